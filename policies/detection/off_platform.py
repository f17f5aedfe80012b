"""An agent who draws the buyer away from the platform: to a private account, to paying privately, to another market. Pure.

A channel's name (微信, QQ, LINE …) says nothing by itself: platforms pay, log in and inform through it. What counts is what
is done with it: adding it, giving or asking its number, going on talking there. Denials, warnings of fraud and words
quoted back count for nothing.
"""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import clause_before, each, listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop

REASONS = {
    "contact": gettext_noop("Gives or asks for a private account, or goes on talking there."),
    "payment": gettext_noop("Has the buyer pay outside the platform."),
    "elsewhere": gettext_noop("Sends the buyer to another market to buy."),
    "mentions": gettext_noop("Speaks of an account outside the platform; read it yourself."),
}

_CHANNEL = re.compile(
    r"微信|[薇威维徽卫]信|微心|v信|微x|v❤|[微薇]❤|微芯|扣扣|企鹅号?|q号|钉钉|(?<![a-z])(?:vx|wx|v ?xin|weixin|we ?chat|qq(?!糖|飞车)|telegram"
    r"|whats ?app|line|messenger|instagram|zalo|viber|skype|kakao ?talk)(?![a-z])|(?<![a-z0-9])[vq](?=[^a-z0-9]|\d{5}"
    r"|\Z)|[薇微徽](?=[,。!~: ]|[a-z0-9]{5}|聊|私|详|好友|领|群|\Z)|赖(?=[,。!~: ]|i?d|号|聊|\Z)"
)
_CHANNEL_BEGINS = re.compile("[微薇威维徽卫扣企钉赖vwqtmizslk]")
# One character is a channel's name only where it is added or somebody's own.
_SHORT = re.compile("[vq薇微徽赖]|企鹅")
_ADDED_SHORT = re.compile(r"(?:加|➕|\+|搜|我的|互|私聊|私)(?:我|一?下|个|我们|老板|客服|店长|[您你])*的?\Z")
_NO_NAME = re.compile(r"弹|图|公|先|玩|版|型|字|币|领|绒|萌|友|章|宠")
# The platform's and the bank's use of a channel, official accounts among it.
_OFFICIAL = re.compile(
    r"(?:上?的?)?(?:公众|服务号|订阅号|小程序|支付|付款|登[录陆]| ?friends|图案|图标|logo|零钱|红包|钱包|卡包|卡券|京东|淘宝|商城|渠道|端|版|余额|绑定|提现|立减|邮箱| up"
    r"| of | art| with |退款|退回|到账|购物|授权|通知|推送|步数|分享|运动|扫码支付|客户端|刷脸|手表|表情|头像|电话手表|功能|登不|消息提醒|会员|视频通话|音乐)"
)
_ADD = re.compile(
    r"(?:添?加|➕|\+|互加|扫码?|搜索?|关注|add|contact|message|reach|dm|text|find|follow|私)(?!急|购|入|至|到|载|快|热|湿|绒|厚|大|价"
    r"|盟)(?:[^,。!?;至到入]{0,12})\Z"
)
_GIVE = re.compile(
    r"(?:留|给|报|告诉|提供|要|换|联系方式[^。]{0,4})(?:我|一?下|个|给|我们|[您你]|的|咱){0,4}\Z"
)
_MINE = re.compile(r"(?:我|我们|老板|店长|客服|咱|咱们)(?:家|自己)?(?:个人|私人)?的?\Z")
_YOURS = re.compile(r"[您你亲](?:本人)?的?\Z")
_SENDS = re.compile(r"发(?:到|给|在)?(?:我|我们)的?\Z")
_IN_IT = re.compile(r"(?:去|到|在|用|上|咱们?|我们|走|从|通过|直接)\Z")
_ID = re.compile(
    r" ?(?:号码?|id|账号|名)?(?:是|为|:|就是|号是|is| ){0,3}(?:[a-z][a-z0-9_-]{4,}|\d{5,}|@\w{3,})|[^,。!?]{0,2}同(?:号|手机|电话|步|这个)"
    r"| ?(?:号|id|账号)(?:是|:|给|发我|多少)"
)
_TALK = re.compile(
    r"(?:号|群)?(?:上面?|里面?|那边)?(?:和我|跟我|再|来|直接|咱们?|慢慢|详细?|具体|一对一|单独|随时)?(?:私?聊|谈|沟通|联系(?!电信|京东|平台|快递|物流|厂|商家客服|官方|品牌)"
    r"|说(?!明)|发我|发你|发您|发给|找我|找店长|私信|私|给[您你](?!转|退|打)|报价|下单|拍|语音|领|优惠|便宜|chat|talk)"
)
_HIS_NUMBER = re.compile(
    r"(?:号码?|id|账号)?(?:是?多少|[是叫交]什么|叫啥|发|给|留|报|告诉|说|加|有吗|方便|呢|\?|是\?|推|\Z)"
)
_OTHERS = re.compile(r"快递|配送|小哥|师傅|司机|站点|驿站|安装|厂家|品牌方|物流|派送|维修|专员")
_INTO = re.compile(r"群[^。!?]{0,6}(?:拉[您你]|进来|进群|加)")
_MONEY_BACK = re.compile(r"(?:退|返|打款|到账|原路)[^,]{0,6}\Z")
_PLAIN_LINE = re.compile(
    r"\b(?:the|a|an|this|that|in|on|of|product|bottom|dotted|waist|hair|new|first|second|one|each) ?\Z"
)
_GROUP = re.compile(r"(?:进|加|入|拉|建|扫)[^,。!?;]{0,8}\Z")

_PAYMENT = re.compile(
    r"(?:私下|私底下|线下|场外|平台外|站外)(?:里|来|进行|直接|再|给我|给[您你]|微信|支付宝|单独){0,2}(?:转|交易|付|打款|拍|成交|汇|给钱|收|支付|结算|买|补|退|返|联系|聊|谈|沟通"
    r"|加)|(?:转|打|汇|付|发红包|发[0-9]+元)(?:账|帐|钱|款|定金|订金|货款|尾款|全款|[0-9]+元?)?(?:给|到|至)?(?:我|我们|老板|店长)的?(?:个人|私人|自己的?)?(?:支付宝"
    r"|微信|银行卡|卡|账户|账号|就行|就可以|便宜|即可)|(?:转账|转帐|转钱|打款|打钱|汇款|付款|付钱|(?:转|打|付)[0-9]+元?|(?:转|打|付)(?:定金|订金|货款|尾款|全款))(?:给"
    r"|到)(?:我|我们|老板|店长)(?:,|。|!|~|\Z)|(?:支付宝|微信|vx|wx|银行卡?|line ?pay)(?:上|里)?(?:直接|私下|单独|先)?(?:转|打|汇|付)(?:账|帐|钱|款|过来"
    r"|[0-9]+元?)?(?:给|到|我|便宜|过来|就|可以便宜|优惠)|(?:支付宝|微信)(?:直接|私下)(?:转|付|打)|直接(?:微信|支付宝)?(?:转账|转帐|转钱|打款|打钱|汇款|转我"
    r"|转给)(?!到(?:京东|平台|淘宝))|(?:扫|识别|长按)(?:一?下|描)?(?:我|我们|这个|下面|上面|图片|老板|店里|发[您你]|这张)(?:家|上|里)?的?(?:个)?(?:收款|付款|收钱"
    r"|支付)?(?:二维)?码(?!查|看|下载|登|绑|关注|注册|激活|安装|验|领|入会)|扫(?:收款|收钱)码|(?:收款|收钱)码(?:发|给)[您你]|(?:走|做|拍|下)?私单|扫码(?:付款|支付|付"
    r"|转账)[^。,]{0,4}(?:便宜|优惠|少|减)|微信红包(?:发|给|转|补)(?:给)?[您你]|汇款?(?:到|至|给)(?:这个|下面|以下)的?(?:账|帐|卡)|(?:发|给|推)[您你](?:一?个|张"
    r"|一下)?(?:我们?的?)?(?:支付宝|微信)?(?:收款|付款|收钱|转账)(?:二维)?码|(?:这是|看)(?:我们?的?)?(?:收款|收钱)码|(?:不走|绕过|绕开|不通过|不经过|避开|跳过)(?:淘宝"
    r"|平台|京东|虾皮|天猫|系统|链接|官方|店铺)|(?:不用|不要|别|先别|不需要|不必)(?:在|到|从|走|通过)(?:这里|这边|平台|淘宝|京东|天猫|虾皮|链接|店铺|店里)(?:上|里)?(?:拍|下单|付"
    r"|买)|(?:pay|transfer|send)(?: the money| money| it)? (?:me |us )?(?:directly|privately|outside|off[- ]?platform"
    r"|to (?:my|our) (?:bank|account|paypal|alipay))|(?:pay|deal|order|transact) outside"
)
_PAYMENT_BEGINS = re.compile(
    "私下|私底|私单|走私|做私|拍私|下私|收款|收钱|线下|场外|平台外|站外|转|打|汇|付|发|支付宝|微信|vx|wx|银行|line|直接|扫|识别|长按|给您|给你|推您|推你|这是|看我|看收|不走|绕|不通|不经"
    "|避开|跳过|不用|不要|别|先别|不需|不必|pay|transfer|send|deal|order|transact"
)
_SCAN = re.compile(r"扫(?:描|一?下)?(?:二维)?码(?:付款|付钱|支付|转账|转钱)")
# A refund or a compensation beside the platform is meant well, as often as not.
_HIS_ALIPAY = re.compile(
    r"[您你]的?支付宝(?:账号|帐号|账户|号)?(?:是?多少|发|给|留|报)|(?:给|留|发|报)(?:我)?(?:一?个|一?下)?[您你]?的?支付宝(?:账号|帐号|号)|支付宝(?:账号|帐号|账户"
    r"|号)(?:发|给|告诉)"
)
_AT_THE_DOOR = re.compile(r"货到付款|到付|快递|配送|小哥|收银|柜台|pos|收货时|送货|安装|电脑|网页|pc|app")

_MARKETS = {
    "taobao": "京东|拼多多|抖音|抖店|闲鱼|咸鱼|转转|小红书|快手|微店|虾皮|1688",
    "jd": "淘宝|天猫|拼多多|抖音|抖店|闲鱼|咸鱼|转转|小红书|快手|微店|1688",
    "shopee": "淘宝|天猫|拼多多|闲鱼|微店|lazada|momo|露天|卖货便",
    "other": "闲鱼|咸鱼|微店",
}
_MARKETS["tmall"] = _MARKETS["taobao"]
_MARKET = {platform: re.compile(names) for platform, names in _MARKETS.items()}
_GO_TO = re.compile(r"(?:去|到|上|来|走|从|在|用)(?:我们?|我家|咱们?|本店)?(?:家|店)?的?\Z")
_BUYS_THERE = re.compile(
    r"(?:店铺|旗舰店|小店|店|上面?|那边|平台|app|链接|里|搜索?)*(?:去|来|直接|再|那边|我们|我家|便宜)?(?:下单|拍|购买|买|付款|下|找我|搜)(?!的|了|过|到)"
)
_CHEAPER_THERE = re.compile(
    r"(?:店铺|小店|店|上|那边)*(?:(?:会|要|能|卖|比这边?|更|也){1,2}(?:便宜|优惠|划算|低)|(?:有|也有)(?:优惠|活动|折扣)|(?:便宜|优惠|划算)(?:很多|[0-9]|点|些))"
)
_OWN_SITE = re.compile(
    r"(?:去|到|上|在)(?:我们|我家|咱们?|本店)(?:自己)?的?(?:官网|微店|小程序|独立站)\S{0,4}?(?:下单|拍|购买|买|付款)(?!的|了|过)"
)
_TOKEN = re.compile(
    r"(?:淘|猫|吱)口令|复制(?:这段|此|本条|整段|下面|这条)?(?:口令|信息|文字|内容|链接)[^。!?]{0,8}(?:打开|去)(?:手机)?(?:淘宝|天猫|拼多多|闲鱼|咸鱼|抖音|支付宝)"
)

_DENIED = re.compile(
    r"(?:不能|不可以?|不会|不让|不许|不准|不允许|不支持|不提供|不接受|不建议|不需要?|不用|不加|不收|不做|不搞|无法|没法|没有|没办法|禁止|严禁|请?勿|(?<!级)(?<!特)别(?!的|人)|不要"
    r"|不得|(?<!这里)(?<!这边)不方便|(?<!这里)(?<!这边)不便|拒绝|谨防|警惕|小心|当心|防止|避免|以免|凡|任何|要求|若有|让[您你]|叫[您你]|从不|绝不|[您你](?:说|提|问)(?:到"
    r"|过)?的|所谓|怎么(?:会|可能|能)|哪能|(?:can't|cannot|can not|don't|do not|never|not allowed to"
    r"|unable to)\b)[^说聊讲谈发拍看]{0,9}\Z|不\Z"
)
_DENIED_AFTER = re.compile(
    r"[^。!?;]{0,7}?(?:不(?:允许|可以|能|行|安全|受|支持|可|许|符合|合规|太安全|提供|接受|给)(?!在这)|违(?:规|反)|没有?(?:任何)?保(?:障|证)|没保障|无法保|有风险|风险"
    r"|(?<!不)(?:会|要)被|被(?:查|罚|处罚|封)|禁止|骗|无效|是不|都不|not allowed|is against|not safe)"
)
_FRAUD = re.compile(
    r"(?<!不是)(?:骗|诈)|冒充|自称|陌生|上当|谨防|其他人员|有人(?:要|让|叫|加|联系|通过)|他人|切勿|以免损失|scam"
)


def _contact(text: str, channel: re.Match) -> tuple[str, Certainty] | None:
    """What is done with a channel, None where nothing is."""
    before, after = clause_before(text, channel.start()), text[channel.end() : channel.end() + 14]
    if _OFFICIAL.match(after):
        follows = _ADD.search(before) and after.lstrip("上的").startswith(
            ("公众", "服务号", "订阅号", "小程序")
        )
        return ("mentions", Certainty.POSSIBLE) if follows else None
    short = _SHORT.fullmatch(channel[0])
    if short and (_NO_NAME.match(after) or not (_ADDED_SHORT.search(before) or _ID.match(after))):
        return None
    if channel[0] == "line" and _PLAIN_LINE.search(before):
        return None
    if _MONEY_BACK.search(before):
        return ("mentions", Certainty.POSSIBLE)
    others = _OTHERS.search(before) or _OTHERS.match(after)
    if _ADD.search(before) or after.startswith(("加我", "加一下", "加你", "加您", "加下")):
        return (
            ("mentions", Certainty.POSSIBLE)
            if others
            else ("contact", Certainty.SURE if _ID.match(after) else Certainty.LIKELY)
        )
    if others:
        return ("mentions", Certainty.POSSIBLE)
    if (
        _ID.match(after)
        or (before.endswith("有") and after[:1] in ("吗", "么", "没"))
        or _GIVE.search(before)
        or _SENDS.search(before)
        or (after.startswith("群") and (_GROUP.search(before) or _INTO.match(after)))
    ):
        return ("contact", Certainty.LIKELY)
    if _YOURS.search(before) and _HIS_NUMBER.match(after):
        return ("contact", Certainty.LIKELY)
    if _TALK.match(after) or (_MINE.search(before) and not after.startswith(("里", "上", "也", "看"))):
        return ("contact", Certainty.LIKELY)
    return ("mentions", Certainty.POSSIBLE) if _IN_IT.search(before) else None


def _found(text: str, shop: Shop) -> Iterator[tuple[int, int, str, Certainty]]:
    """(start, end, reason, certainty) of everything that may draw the buyer away, denied or not."""
    for channel in each(_CHANNEL, _CHANNEL_BEGINS, text):
        verdict = _contact(text, channel)
        if verdict:
            added = _ADD.search(clause_before(text, channel.start()))
            start = channel.start() - len(added[0]) if added else channel.start()
            yield start, channel.end(), *verdict
    for paid in each(_PAYMENT, _PAYMENT_BEGINS, text):
        yield paid.start(), paid.end(), "payment", Certainty.LIKELY
    scanned = _SCAN.search(text)
    if scanned and not _AT_THE_DOOR.search(text):
        yield scanned.start(), scanned.end(), "payment", Certainty.POSSIBLE
    his = _HIS_ALIPAY.search(text)
    if his:
        yield his.start(), his.end(), "payment", Certainty.POSSIBLE
    for start, end in _elsewhere(text, shop.platform):
        yield start, end, "elsewhere", Certainty.LIKELY


def _elsewhere(text: str, platform: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what sends the buyer to another market; on Taobao its own tokens are none."""
    for market in _MARKET.get(platform, _MARKET["other"]).finditer(text):
        going = _GO_TO.search(text[max(0, market.start() - 8) : market.start()])
        found = _CHEAPER_THERE.match(text, market.end()) or (going and _BUYS_THERE.match(text, market.end()))
        if found:
            yield market.start() - (len(going[0]) if going else 0), found.end()
    patterns = (_OWN_SITE,) if platform in ("taobao", "tmall") else (_OWN_SITE, _TOKEN)
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            yield found.span()


def _allowed(text: str, start: int, end: int) -> bool:
    """Whether the words around say no, or quote."""
    return bool(_DENIED.search(clause_before(text, start)) or _DENIED_AFTER.match(text, end))


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """The plainest attempt to draw the buyer away in an agent's line."""
    text, best = said.folded.squeezed, None
    for start, end, reason, certainty in _found(text, shop):
        if (best is None or certainty > best.certainty) and not _allowed(text, start, end):
            best = Match(start, end, reason, certainty)
    return None if best is None or _FRAUD.search(text) else best


DETECTOR = Detector(
    name="off_platform",
    find=find,
    triggers=listed(
        "微信 薇信 威信 维信 徽信 卫信 微心 微芯 v信 微x v❤ 微❤ 薇❤ 扣扣 企鹅号 q号 钉钉 vx wx vxin weixin wechat qq telegram whatsapp line"
        " messenger instagram zalo viber skype kakao 加v 加q 加微 加薇 加我 加下 加一下 加个 加老板 加店长 加赖 徽: 徽号 私聊 赖id 赖号 ➕ +v +微 +薇"
        " 私下 私底下 线下 场外"
        " 平台外 站外 转账 转帐 转钱 转给 转我 转到 打款 打钱 打给 打到 汇款 汇给 收款 收钱 付给 付款给 付款码 扫码 个码 扫我 二维码 支付宝账 支付宝帐 支付宝号 支付宝多少 支付宝发 支付宝给 私单"
        " 微信红包 到我卡 到我账 到我的 到我支 不走 绕过 绕开 避开 不通过 不经过 跳过 口令"
        " 在这拍 平台拍 平台下 这里拍 这里下 这边拍 这边下 淘宝拍 淘宝下 京东下 京东拍 链接拍 淘宝 天猫 去京东 到京东 上京东 京东店 京东买 拼多多 抖音 抖店 闲鱼 咸鱼 转转 小红书 快手 微店 虾皮"
        " 1688 官网 小程序 独立站 lazada"
        " momo 露天 卖货便 复制这 privately directly outside off-platform off_platform we_chat whats_app to_my_account to_my_bank"
    ),
    reasons=REASONS,
)
