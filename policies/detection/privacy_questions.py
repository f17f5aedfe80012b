"""How buyers fish for somebody's data: of an order, another account, another person (R13). Pure; docs/policies.md.

A line asks if it names a datum (地址, 电话, 谁, 寄哪) and asks for it, and neither asks for what is the shop's or the
courier's own nor changes its own order. Whoever names another account or person asks in more ways. Pressing on counts.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from policies.detection.clauses import each
from policies.detection.detector import Certainty, Match, Said, Shop

_KIN = (
    r"(?:老公|老婆|先生|太太|男友|女友|男朋友|女朋友|对象|前[夫妻任]|(?:[妈爸姐弟]|妹(?![子纸])|(?<!小)哥)+|奶奶|爷爷|外婆|外公|婆婆|公公|岳父|岳母|叔|阿姨|舅|儿子|女儿|孩子|小孩|学生|朋友|同事|同学|室友|闺蜜|邻居|房东|租客|房客|员工|老板|领导|客户|主播|网红|明星|博主|团长|团主|代购|别人|人家|对方"
    r"|那个?人|[那哪]个?(?:买家|客户|妹子|小姐姐|大哥)|那位|(?<!其)[他她](?!们)|佢|其[他它](?:买家|客户|人)|(?:上|前|另)一?[个位](?:买家|客户|客人|人)?|买家|差评|拼[单团]|husband|wife|sis(?:ter)?|bro(?:ther)?|mom|mum|dad|friend|bf|gf|colleague|boss|\bhis|\bher|their|buyer|customer)"
)
_ACCOUNT = (
    r"(?:(?:另|别|其[他它]|之前|以前|原来|老|旧|小|大|那|[两俩]|2个|二(?=号机)|换|注销|封|停用|登不上|上次|用)(?:外|个|了|一|的|支|只|张|我|过)*[^,。!?优券码物流快递]{0,4}?(?:账户|[账帐]号|(?<![机话运单型])号(?![码线色店房单令]|机型)|acc(?:ount)?\b|号机)"
    r"|(?:another|other|old|previous|my \w+(?:'s)?|different) (?:acc\w*|id)\b)"
)
_DATA = r"(?:地[址止](?!有误)|电话(?!号码?错)|手机号|号码|门号|收[件货](?:的)?(?:人|信息|资料|方|地)|名[字子]|个名|姓名|联[系络](?:方式|电话|人|信息)|微信(?![么里上支付拼可])|住址|名单|(?:[收订购客用单]\S{0,3})(?:信息|资料)|wechat|address|phone|number|contact|recipient|last \d digits|[后尾末][几三四]?[位码号]|最后几位)"
_NAMES_ACCOUNT = re.compile(_ACCOUNT)
_QUESTION = re.compile(
    rf"{_DATA}[^,。!?;\n]{{0,8}}(?:哪|什么|啥|咩|乜|多少|几|谁|边[个度]|对不对|对没|对[吗嘛么]|是不是|有没|还有|还在|忘|是我(?:吗|的|还|$|\?)|看得到|给(?:我|个|一)|发(?:我|给我|一?下)|来着|报|查|[吗嘛么没](?:$|[?, ])|\?)"
    rf"|(?:查|看|告诉|告知|给(?:我|个|一|下)|发(?:我|给我|一?下|过来)|报|念|讲|说[下一几说]|问|有没有|知道|晓得|回忆|忘了?|记不|想要|要(?:个|一下)|把|能不能|what|which|where|tell|give|share|get|know|have|check)[^,。!?;\n]{{0,12}}{_DATA}|(?:什么|啥|哪[个里支]?|谁的?|几|多少)[^,。!?;\n]{{0,3}}{_DATA}"
    rf"|怕[^,。!?]{{0,4}}(?:乱|错)?[填写](?!不)|[填留写绑][的得了咗过]*(?:是|还是)?(?:哪|谁|什么|啥|对|多少|几|边)|[寄填写留](?:的是|的|了|去|到)?[^,。!?;\n]{{1,5}}还是"
    rf"|(?:{_KIN}|{_ACCOUNT})[^。!?;\n]{{0,16}}是不是(?:[寄送填留写发叫住]|\d{{3}})|是不是(?:[寄送填留写发叫住]|\d{{3}})[^。;\n]{{0,24}}(?:{_KIN}|{_ACCOUNT})"
    rf"|(?:{_KIN}|{_ACCOUNT}|(?<!包裹)[那这][单笔个]|订单|我单)[^。!?;\n]{{0,24}}(?:[寄送发改买住][^,。!?;\n]{{0,4}}(?:哪(?!天|家快|个快)|谁|边[度个]|啥地|什么地)|住(?:址|几|在))|(?:哪|谁|啥)[^,。!?]{{0,5}}(?:住|收的)|住(?:哪|在哪)"
    rf"|{_ACCOUNT}[^。!?;\n]{{0,16}}(?:查|看|忘|回忆|对没|记得)|(?:查|看|忘|回忆)[^。!?;\n]{{0,8}}{_ACCOUNT}|{_KIN}[^,。!?;\n]{{0,4}}[单]的?(?:号码|信息)?$"
    rf"|谁(?:[买写送签收下拍订寄代领给]|在|匿名|呀|啊|的(?:$|[, ?]))|(?:买家|那个人)[是在](?:哪|什么地方)|谁(?:是)?[^,。!?]{{0,6}}(?:买|下单|订)|[是系]谁(?:[^说让叫给]|$)|哪[位个](?:买|客|老师|同学|人|顾客|负责|领导)|(?:老师|负责人|经理|采购|买家|客户|那个人)[^,。!?]{{0,6}}(?:是)?(?:哪[位个]|叫什么|贵姓|姓什么)|who(?:se)? (?:bought|ordered|sent|wrote|signed|paid|is the (?:buyer|sender|recipient))"
    rf"|{_KIN}[^,。!?]{{0,12}}(?:买|订|拍|下单)[了过的]*(?:些)?(?:啥|什么|哪|几|多少|东西)|(?:给|要|有|发)[^,。!?]{{0,8}}(?:名单|客户(?:资料|电话)|联系方式)"
)
# Every character with which a match can begin: looking for these first takes a third of the time.
_BEGINS = re.compile(
    "[2abcdfghklmnoprstw上两个主之买二人什他代以住佢俩停儿先公其写几别前单博原发叔另号同名后告员哥哪啥回团地填外多大太女奶她妈妹姐姓婆学孩客室寄对封小尾岳差弟"
    "微忘念怕想我房手把报拼换收旧明是晓最有朋末查注爷爸用电男留登看知租系经绑给网老联能舅要订记讲说谁负购这那邻采门问闺阿领]"
)
# What is asked of the shop or the courier, or done to one's own order.
_SHOPS_OWN = re.compile(
    r"(?:你(?=[们家店的公司]|地址|电话|联系)|店(?:铺|里|家)?|商家|公司|仓库|厂家?|品牌|客服|售后|快递(?:员|公司|小哥)?|派[件送]员?|配送员?|师傅|司机|骑手|驿站|网点|站点|门店|实体店?|快闪店?|安装|维修|退货|自提点?|黑猫|宅配|下载|人工|投诉|门市|财务|开户|银行|your|courier|rider|driver|shop|store|returns?)(?:们|家|店|的|嘅|那边|现在|那个|公司|仓库?|退货|收货|售后|联系|老板|客服|这边|叫|寄件|厂|人员|师傅|方式)*(?:地址|电话|号码|联系|在哪|在什么|位置|名字|address|phone|number|contact)"
    r"|(?:改|换)(?:一?下|成|为|到|地址|收)|退[货回到]|寄回|send (?:it )?back|return|泄[露漏]|诈骗|骚扰|优惠|积分|会员|红包|券|(?:哪天|什么时候|几时|多久|几点)(?:能|可以|会)?(?:送|到|发)|单号|发票|抬头|修|有人打|空号|弄错|打不通|change|update|edit|modify|打来|报得出|错了?(?:能|可以|怎|,?帮)|保修|密码|验证码|老板的?(?:电话|微信)|[填写][^,。]{0,5}(?:行|可以|能)[吗不]|设计师|作者|法人|执照|包装上|代言|模特|靓号|写什么|(?<!没)署名(?:写|填)|(?:主管|店长|老板|经理|客服)(?:是谁|叫)|这个号码还[在有]|[能可]以?[写填]|(?<![他她])你的?微信|你们?叫|(?:要|怎么|该)(?:填|写)"
)
# Talk of orders in which the same words stand; not held against a line that names somebody else.
_NOT_ASKED = re.compile(
    r"收不到验证|快递(?:号码|单)|[我你](?:给|发)[你您我]的|再发|电话(?:给我|联系我|打)|打电话|接电话|电话(?:接|没|一直)|电话(?:和[你我])?(?:联系|服务|预约|里)|更[改换]|[下搞]错|送达|送货|配送|派送|支付|(?:可以|能|才|就)送|送得到|[打接回][^,]{0,3}电话|我(?:这个)?号码|iphone|物流|回寄|加(?:一下|个)|预计|自提|解绑|注销|定位|入住|预约|重新|下单(?:时|的时候)|给我电话(?!号)|听谁"
)
# What is the buyer's own whoever asks, courier and neighbour too.
_OF_A_BUYER = re.compile(
    r"(?:买家|客户|顾客|收件人|对方|[他她](?!们))的?(?:电话|手机号?|号码|地址|微信)[^。;\n]{0,10}(?:给[个我一]|多少|发[我来下]|告诉|有[吗没]|什么|是哪)|(?:代收|邻居|代签|送货|快递)[^。;\n]{0,10}(?:[几哪](?:楼|户|栋|号|家|层|单元)|(?:叫|姓)什么)|(?:改|寄|送|发|填)[到去]?哪(?:[里儿边]|去)*了|有(?:[他她]|买家|客户|对方)的?(?:地址|电话|号码|联系)|是不是[^,。]{0,4}1[3-9]\d(?!\d)|收[件货]的?[^,。]{0,4}是?男[的还是]*女|where (?:did|does|is) (?:she|he|they|my (?:mum|mom|dad|sis|bro|friend|wife|husb|boy|girl))[^?.]{0,16}(?:ship|sen[dt]|deliver|post|live)|what(?:'s| is)? (?:the )?(?:name|address|number|phone)[^.?]{0,12}did (?:she|he|they|my)"
)
# Whoever names another account or person asks in more ways.
_OTHER = re.compile(
    rf"{_KIN}|{_ACCOUNT}|(?<!包裹)[那这哪][单笔张]|那个订单|当时|来着|[我你]留|[我你]填|绑|匿名|礼物|签收|评价|差评|拼|团购|群里|同款|谁|哪位|买过|收[件货]人|收货(?:信|地)|order|bought"
)
_WANTED = re.compile(
    r"地[址止]|电话|手机|号码|门号|[收寄取][件货]|名[字子]|姓名|联[系络]|微信|wechat|line|住|[寄送发改][到去给往了]*(?:的是)?(?:哪|边|谁|啥|什么)|[填留写绑]|照片|截图|发过来看|名单|信息|资料|买[了过的]*(?:啥|什么|哪|东西)|下的?单|address|phone|number|contact|recipient|[后尾末][几三四]?[位码号]"
)
_WANTING = re.compile(
    r"哪|什么|啥|多少|几|谁|边[个度]|係咪|系咪|[吗嘛没呀不么][,。? ]?$|\?|查|看|告诉|告知|(?<!我)提供|给我|给一|发我|发一?下|发过来|报|念|讲|说[下一几]|回忆|知道|请问|问|有没有|还有|忘|记不|是不是|对不对|怕|还是|变通|what|who|where|which|tell|give|can (?:u|you|i)|check|share|know"
)
_PRESSING = re.compile(
    r"求|就[说看好]|告诉|一眼|拜托|帮帮|凭什么|通融|只[要说看]|[报念]|生日|开头|please|pls|just"
)


# A line is looked at again with each that follows it.
@lru_cache(maxsize=256)
def _puts(text: str) -> re.Match | None:
    """Where a line asks for somebody's data, read alone."""
    found, other = next(each(_QUESTION, _BEGINS, text), None), _OTHER.search(text)
    if own := _OF_A_BUYER.search(text):
        return own
    if not (found or other) or _SHOPS_OWN.search(text):
        return None
    if other and _WANTED.search(text) and _WANTING.search(text):
        return other
    return found if found and not _NOT_ASKED.search(text) else None


def asks(said: Said, before: Sequence[Said], shop: Shop) -> Match | None:
    """Whether a buyer's line asks for data of an order, another account or another person, or presses on after that."""
    text = said.folded.squeezed
    if found := _puts(text):
        return Match(*found.span(), "question")
    if _PRESSING.search(text) or (
        _WANTED.search(text) and _WANTING.search(text) and not _SHOPS_OWN.search(text)
    ):
        for line in list(before)[-4:]:
            earlier = line.folded.squeezed
            if line.by_buyer and (
                _puts(earlier) or (_NAMES_ACCOUNT.search(earlier) and _WANTED.search(earlier))
            ):
                return Match(0, len(text), "question", Certainty.LIKELY)
    return None


# Without any of these a buyer's line is not read.
_ASKED_FOR = (
    "地址 地止 电话 手机号 号码 门号 收件 收货人 收货信 收货地 收货方 寄件 名字 名子 姓名 联系方 联系人 联系电 联络 微信 住址 名单 wechat address "
    "phone number contact recipient digits 几位 几码 几个码 资料 单信息 单的信息 客信息 人信息 谁 哪位 住哪 住在 账号 帐号 账户 个号 的号 小号 大号 "
    "旧号 老号 号机 俩号 两号 acc who whose 寄哪 寄到哪 寄去哪 寄给 寄边 送哪 送到哪 送去哪 发哪 发到哪 改哪 改到哪 填的 留的 写的 填哪 留哪 写哪 "
    "填得 留得 写得 留咗 还是寄 还是填 还是留 还是写 还是我 怕他 怕她 怕我 怕填 怕写 买家是 买家在 买了啥 买了什么 买啥 买什么 买过什么 买过啥 买了几 "
    "买了多少 买了些 买了哪 买东西 买了东西 订了什么 拍了什么 拍了啥 是不是寄 是不是送 是不是填 是不是留 是不是写 那单 "
    "老公 老婆 先生 太太 男友 女友 男朋友 女朋友 对象 前夫 前妻 前任 我妈 我爸 我姐 我妹 我哥 我弟 妈妈 爸爸 奶奶 爷爷 外婆 外公 婆婆 岳 阿姨 儿子 女儿 孩子 "
    "朋友 同事 同学 室友 闺蜜 邻居 房东 租客 员工 客户 主播 网红 博主 团长 团主 代购 别人 人家 对方 个人 那位 买家 顾客 差评 拼单 拼团 佢 "
    "他的 她的 他用 她用 他买 她买 他住 她住 寄哪 另一 另外 别的号 换号 husband wife sister brother mom mum dad friend colleague another old acc "
    "号 住 寄 送 填 留 写 谁 哪 名 下单 下的单 家买 只要 只说 只看 报 念 开头 求 就说 就看 就好 告诉 一眼 拜托 帮帮 凭什么 通融 生日 please pls just "
    "did where 是不是1 了1 男是女 男还是女 代收 代签 个名 边个 咩 乜 几楼 哪户 提供 改去"
)
QUESTION_TRIGGERS = frozenset(_ASKED_FOR.split())
