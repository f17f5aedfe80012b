"""R12: a shop that must issue invoices and refuses one, charges for it or puts it off. Pure.

Tmall, JD and enterprise stores answer yes to 可以开发票吗, whatever the amount; ordinary Taobao shops need not. Shops
on Shopee have to say how it is, so a refusal there is only shown to who wants to see it (POSSIBLE).
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.second_reading import read_twice

REASONS = {
    "refuses": gettext_noop("Refuses an invoice, which this store has to issue."),
    "charges": gettext_noop("Makes the buyer pay for the invoice: tax, a fee, postage or a higher price."),
    "ties": gettext_noop("Ties the invoice to an amount, a kind of payment or of goods, or a favour."),
    "substitute": gettext_noop("Offers another paper, or somebody else's invoice, in place of one."),
    "puts_off": gettext_noop("Puts the invoice off without a date."),
    "evades": gettext_noop("Does not say yes where the buyer asks for an invoice."),
    "asks_invoice": gettext_noop("Asks for an invoice."),
    "asks_lack": gettext_noop("Asks whether there is no invoice."),
    "asks_cost": gettext_noop("Asks whether the invoice costs more."),
    "asks_about": gettext_noop("Asks when or how the invoice comes, or to change it."),
}

# --- words -----------------------------------------------------------------------------------------------------------
_NOUN = (
    r"[发法花]票(?!机|打印|夹|收纳|袋|本|架|列印|箱|盒)|[发法]漂|[发法]飘|f票|发 ?p(?:iao)?(?![a-z])|fa *票|fa *piao|🧾|(?<![a-z])fp(?![a-z])|[专普增税开带含要出补给有没无]票(?!选|房)|票[据呢]|电子票|纸质票|税票"
    r"|开 ?p(?:iao)?(?![a-z])|[三二]联(?!收据|单|纸|画|屏|挂|框|拼|开关)|统编|统一编号|invoices?"
)
_NOUN_HERE = re.compile(_NOUN)

# --- the buyer's requests ----------------------------------------------------------------------------------------------
_REQUEST = re.compile(
    rf"{_NOUN}|(?<![门车机船彩邮股选投支钞绑肉饭餐球月戏影一])票(?=什么|忘|多久|能|可以|开|没|吗|给|怎么|呢|要|在哪|何时|\?|\Z)|给不给开|[个张]票|能开公司|开(?:公司|单位|个人)(?=的?(?:[发票名抬]|吗|么|\?|\Z))|能开给|(?:公司|单位)抬头|报销|税[点率]|含税|机打|载具"
    rf"|[开有给]收据|公户|对公(?=[转账付打户])|开不开(?:吧|呀|啊|\?|\Z)|做账|入账|走账|抵扣|抵税|\b(?:tax )?receipt\b"
)
_NO_REQUEST = re.compile(
    r"(?<!要)(?:不|无需|不用|别)(?:需要?|用|要|必|想|急着)(?:给我)?再?(?:开具?)?(?:发)?票(?!吗|么|\?|还是|怎么|行吗|可以)|(?:发票|票)(?:(?!没|未|不|才|能|怎么)\S){0,3}(?:收到|ok|看到|下载(?:好|到|了)|拿到|中奖)"
    r"|(?<!没)(?<!没有)(?<!才能)(?:收到|拿到|看到|下载)\S{0,3}(?:发票|票)(?!怎么|了吗|吗)"
    r"|发?票(?:就|都)?不(?:用|要|需)(?!吗|么)|验\S{0,2}发票|发票(?:机|打印|夹|收纳|袋|本|架|列印|箱|盒)|(?:打印|收纳|(?<![我里])放|装|夹)\S{0,4}(?:发票|票据)|(?:机(?!打)|[器仪])\S{0,6}(?:印|打)\S{0,2}发票|(?:[门车机船彩邮股选投支钞])票|抬头税号已|已经?有(?:发)?票"
)
_LACK = re.compile(
    r"是不是(?:没有?|不)|(?:没有?|不(?:给|能|可以|带|含|开|提供))\S{0,4}发?票\S{0,3}(?:吗|么|吧|\?|是吧)"
)
_COST = re.compile(
    r"(?:要|需要|得|用|会)\S{0,3}(?:另外|额外|再)?\S{0,3}(?:加|付|补|收)\S{0,4}(?:钱|税|点|费)|税[点率]|收费吗|加钱吗|含税|多少点|几个点"
)
_ABOUT = re.compile(
    r"改|换|什么时候|多久|几时|何时|哪天|怎么|如何|在哪|哪里|错|抬头|税号|识别号|金额|明细|名称|收到|物流|寄"
)

# --- the agent's answers -----------------------------------------------------------------------------------------------
_VERB = r"(?:开|给|出|附|补|带|含|提供|处理|配|放|寄|支持|办|弄|做|搞|申请|满足|走)"
_REFUSES = re.compile(
    rf"{_VERB}(?:具|您|你|到|得)?(?:{_NOUN})?不(?:了|到|出|起|成|上)|不(?:能|可以|可|会|给|予|再|太|好|方便|用|另|单独|额外)?(?:{_VERB}|具备|负责)(?!心|口|始|车|玩笑|关|机|启|价|货|走|完|收)|不包(?:含|括)?(?:{_NOUN})|不让|不(?:行|可以"
    rf"|能)(?=[的哦喔呢哈啊呀啦亲~,。!]|\Z)|不受理|无法|没(?:有)?(?:办法|法|这\S{{0,2}}服务|几家)|谢绝|拒绝|恕不|概不|暂停|停开|不涉及|默认\S{{0,2}}(?:放弃|不|没)|视为\S{{0,2}}(?:放弃|不)|免了|就免|免开|[别不]要发?票了?(?=[,。!?哦哈吧啦]|\Z)|作罢|🙅"
    rf"|(?:没有?|木有|无)\S{{0,3}}(?:{_NOUN}|票|税务|税控|开票|资质|资格|权限)|(?:没|木)有(?=[的哦喔呢哈啊呀啦~,。!]|\Z)|(?:{_NOUN}|票)\S{{0,4}}(?:没有|没|取消|算了|就算|不要了)"
    r"|no (?:fapiao|invoice|receipt)|(?:cannot|can't|can not|don't|do not|unable|won't|not)\b[^.]{0,25}(?:invoice|fapiao|issue|provide)|not (?:available|possible)"
    r"|sorry,? (?:dear,? )?(?:we )?(?:no|cannot|can't)"
    r"|mei ?you|bu ?neng|bu ?kai|kai ?bu ?liao|bu ?xing|mei ?piao|没piao"
)
_CALL = r"(?:亲+|亲爱的|您好|你好|抱歉|不好意思|宝+贝?|[,~ !])*"
_END = r"(?:[的呢哦喔啊呀哈吧啦噢滴哒嘛唷欸~]|亲|宝+贝?)*(?=[^\u4e00-\u9fff]|\Z)"
_BARE_YES = re.compile(rf"{_CALL}(?:是+|对+|[嗯恩]+|要|需要|没错|yes){_END}")
_WILL = re.compile("会[^,。]{0,3}[附开给有提寄带出]")
_WILL_NOT = re.compile(rf"{_CALL}不会{_END}")
_BARE_GRANT = re.compile(
    rf"{_CALL}(?:[都也一直当然肯定随时必须真的]*(?:可以|能|会|行|有|开|给|含|包含|好|马上|安排|没问题|ok|yes|sure))+{_END}"
)
# A last clause that says nothing but no.
_FLAT_NO = re.compile(
    rf"(?<=[,。!~… ])(?:真的?|确实|就是|实在|反正|我们|这边|也|都|实际上?|其实|目前|现在|暂时)*(?:没有|没了?|不开|不给|不行|不能|没(?:有)?这\S{{0,3}}|开不了|弄不了|做不了){_END}\W*\Z"
)
# Any no in an answer to a plain request, once harmless phrases with a no are left out.
_HARMLESS = re.compile(
    r"不(?:用|需|必|便|客气|好意思|另|影响|限|少|错|同|过|急|着急|担心|管|论|然|仅|但|超|低于|多|晚|额外|知(?:道)?您|变)|不(?:加|收|补)(?=[钱费税差工任一手])|(\S)没\1|没下单|看不到|不会(?!给|开|提供|出|补|寄|附|有|随|带)|不(?:麻烦|难|贵|慢|迟|晚|复杂|耽误|超过)|不是\S{1,6}开|不要(?=着急|担心|急|钱|紧|额外|另|加|补|忘)"
    r"|没有?影响|没帮到|没有?收据|没有?不|不是不|怎么(?:会|可能)不[给开]?|哪[会能]不|抱歉(?:给|让)您|找不到|(?:还|尚)未|未(?:完成|开|生成|出)|不(?=亲?\W*\Z)|没有?(?:要求|限制|特殊)|忘不了|(?:抱歉|不好意思)\S{0,2}漏|没(?:问题|关系|事|收到|看到|填|勾|选|税号)"
    r"|无(?:需|须|论|误|忧)|别(?:生气|急|着急|担心|客气|的|忘)|差不多|([要是能行对好会给开可有])不\2|有没有|难免|免费|免税|避免|免得|未(?:付|收)|要不|麻烦|not? (?:problem|extra|need)"
)
_ANY_NO = re.compile(
    r"放弃|视为|不|没|无|未|木有|别|拒|谢绝|恕|难|免|停|锁|取消|抱歉|遗憾|可惜|有必要|何必|亏|理解|体谅|谅解|关闭|做不了主|算了|过期|超期|🙅|❌|n(?<![a-z]n)ot?(?![a-z])|n't|cannot|unable|sorry|m(?<![a-z]m)ei|bu(?= |neng|kai|xing)"
)
_PART = re.compile(
    r"纸质|纸本|合开|合并|卷式|机打|专票|专用|增票|多开|虚开|开多|品名|[改换写开]\S{0,2}类目|内容|明细|办公用品|原价|全额|优惠|红包|积分|运费|邮费|抬头|税号|重复|两[次张]|[三3]次|改|换|作废|寄回|退回|随货|跟货|随包裹|一起|提前|赠品|礼品|杯子|补贴|别的公司|其他公司|金额|按\S{0,2}实|如实"
)
_DATED = re.compile(
    r"[上下中]午|晚上|今晚|\d点(?!税|的税|钱)|(?:收货|完成|签收|到账|到帐|发货|付款|审核|开具|核实)[^,。!?;]{0,3}后|工作日|小时|天[内后]|\d天(?!\S{0,2}不)|[一二两三四五六七]天|\d+[号日]|明[天早]|后天|今[天晚]|下?周[一二三四五六日末]|当天|月底|月初|之后"
)
_GRANTS = re.compile(
    r"必须给|收到[啦了,。]|真的?能(?=[,。!的哦呢]|\Z)|在路上|查收|(?:发|寄|传|推)给?[您你到](?!说)|(?:开|寄|发|补)(?:好|出来|过去|过来|出去)?了(?=[,。!哦呢哈]|\Z)|重开(?=就|给|好|一)|红冲|(?:可以|能|(?<!不)会|帮[您你]|给[您你]|已经?|照|支持|默认|自动|马上|都|随时|正常|统一)\S{0,5}(?:开(?!收据|小票|个人)|补(?!差|税)|寄|发[您你到]|出|申请|登记|存到|推送|提供)|(?<!之前)(?<!以前)(?<!原来)有(?=[的哦呢呀啊哈喔,。!~]|\Z|电?子?发?票)|(?:\A|亲|都|全|单|肯定|当然)有"
    r"|可以(?!吗|么|的话|是可以|\S{0,5}[送退返减折优]|问|找|去)|能[的哦呢](?!\S{0,3}[吗么?])|给的|没问题|都行|行的|随时|税号|识别号"
    r"|电子(?:发票|票|的|版|普|专)|开得[了出]|也(?:可以|能|给)?开(?!不)|开票(?:资料|信息)|邮箱|下载|查看|照开|重新寄|好[的哒嘞滴]|\A(?:亲+,?)?(?:[嗯恩]|是[的呀]|对[的呀])|\A开(?=[的哦呢哈啊呀,。!~]|\Z)|我们(?:出|承担|包|来)|免费|直接开|上传|随货"
    r"|一起寄|放包裹|给票|妥妥|[就这]补|🆗|👌|不会少|当然|必须[的开]|一定开|(?<![a-z])ok(?![a-z])|备注好|这就|sure|yes|of course|you de|keyi|\bcan\b|抬头(?:发|给|写|填|什么|是|报|麻烦)"
)
_ALL = re.compile(
    "(?:赠品|优惠|红包|积分|礼品|活动|特价)\\S{0,3}(?:单|商品|款|类|价)|都[没不]|也\\S{0,2}[没不]|普票\\S{0,4}[没不]|什么票|任何|一律"
)
_NOT_IN_PRICE = re.compile(r"\S{0,3}不(?:含|包括?)")
_BUT = re.compile("但|不过(?!期)|可惜|只是|就是")
# Not an answer yet: greets, looks it up, asks back, names an order.
_NOT_YET = re.compile(
    r"(?:把|报|发|留|给|写|填|说)\S{0,6}(?:单号|订单|抬头|税号|信息|资料|名称|邮箱|截图)|稍等|等一?下(?!个|次|周|月)|等等哈|[帮给为][您你]\S{0,3}(?:看|查|问|确认|核实|催|反馈|处理|备注|记录)|查询|核实|订单号|请(?:问|您|提供|说)|提供|欢迎光临|有什么|什么(?!发?票|用)|还是|哪[个种款]|\[|(?:吗|么|\?)\W*\Z|(?:什么|哪|几|多少|怎么"
    r"|谁)\S{0,8}呢\W*\Z|选择|勾选|填写|联系\S{0,4}(?:客服|专员)|很高兴|客气|谢谢|\A\W*(?:您好|你好|在的?)\W*亲?\W*\Z|嗯"
)
_FEE = r"(?:税点|税费|税金|税钱|税款|增值税(?!发|专|普|电|票)|营业税|手续费|发?票费|开票费|工本费|服务费|邮费|邮资|运费|快递费|差价|差额|个点|点(?:税|的税)|\d+ ?%|百分之\S{1,2})"
_GAP = r"(?:(?![不没无免])[^,。!?;])"
_PAY = r"(?:加|补(?![寄开])|另|多|付|承担|出|贴|收|算|扣|缴|交|自理|额外)"
_CHARGES = re.compile(
    rf"{_PAY}{_GAP}{{0,5}}{_FEE}|{_FEE}(?:(?!我们|本店|我司|我方|店里|商家|卖家){_GAP}){{0,6}}(?:自理|自付|到付|另|[您你贵](?:方|司)?(?:出|付|自|来|承|补|先|转|打)|请?先[转付]|加|补|收|买家|客户|承担|才)|(?<!货)到付(?=[才寄哦的哈,。]|\Z)|不含税|未税|裸价|净价|算在外|上浮|上调"
    rf"|含税{_GAP}{{0,4}}(?:另|加|要|价是)|要票\d\d|不[带含]票|[含带]票{_GAP}{{0,6}}(?:价|\d\d)|(?:要|开|带)票{_GAP}{{0,6}}(?:恢复|原价|另|加|贵|多|补)|(?:发票|票)\S{{0,4}}价[格钱]?\S{{0,3}}(?:不是|就不|另|高)|不[开带]票的价"
    rf"|(?:不[要开]|免|放弃)(?:发)?票\S{{0,6}}(?:便宜|优惠|少|减|折|返|送)"
    rf"|(?:便宜|优惠|打折|[九八]折|红包|返\S{{0,3}}|小?礼[品物])\S{{0,8}}(?:发票|票)\S{{0,4}}(?:算了|不开|免|就不)|开(?:一)?[张次]{_GAP}{{0,3}}\d+(?:块|元)|(?:要|需|得|{_PAY}){_GAP}{{0,6}}(?:税(?=[点费钱金款的哦呢,。]"
    rf"|\Z)|\d+ ?(?:块|元|个点|%)|个点|点钱|块钱)|(?:价格?|单价|总价|报价){_GAP}{{0,4}}(?:重新?算|重算|重报|另[算议谈报]|调|要高|会高|高一?[点些]|要涨|不(?:同|一样))|(?:票|税){_GAP}{{0,2}}另(?:算|计|付|收|外算)|差\S{{0,3}}\d|加钱|贵\S{{0,3}}\d|恢复原价|涨"
    r"|(?:price|cost|\d+ ?%)[^.]{0,25}(?:higher|more\b|different|increase)|(?:price|cost)[^.]{0,12}\d+ ?%|(?:extra|plus|add|top up|pay|costs?)\b[^.]{0,15}(?:tax|%|fee|rmb|yuan)"
)
_MONEY = re.compile("[税外浮费价钱块元%点付涨折返减送礼带含开裸惠宜]|票\\d|tax|fee")
_NOT_CHARGED = re.compile(
    r"(?:不用|不需|无需|无须|不会|不要|不收|不另|不额外|不再|不加|不补|没有?|免|不必|别|勿|无|我们|本店)\S{0,6}\Z|(?:就是|已经?是?|都是|全是|本来就)\Z|不\Z"
)
_TIES = re.compile(
    r"(?<!不用)(?<!不要)(?<!不需要)(?<!无需)(?:好评|晒图|五星|追评)|(?<![不没])(?:满|够|超过|达到|大于|凑)\S{0,4}[\d一二两三四五六七八九十百千万]+(?![\d天日]|个?工作|小时|个月)\S{0,6}(?:才|起|再|开)|[\d一二两三四五六七八九十百千万]+(?:块|元)?(?:以上|起)\S{0,4}(?:才|开|可)|(?:低于|不满|不足|不到|没到|没满|少于"
    r"|不够)\S{0,3}[\d一二两三四五六七八九十百千]+\S{0,8}|[\d一二两三四五六七八九十百千]+(?:块|元)?(?:以下|以内)\S{0,8}"
    r"|(?:金额|数额|单子|订单|钱|单价|量|数量)(?:也|都)?(?:太|有点|比较)?(?:小|少|低)了?|量少|几(?:块|十块|十)钱?\S{0,6}(?:还|也|就|不)|(?:好评|晒图|五星|收藏|关注|会员|加群|大客户|老客户|批发)\S{0,6}(?:才|后|再|就)|(?:开"
    r"|要)(?:发)?票的?话\S{0,4}(?:不能|不享|没有(?!问题|限制|额外)|不参|不包|没法)|(?:线下|门店|实体|全款|原价|公司|企业|大单)\S{0,6}才|只(?:给|限|针对)\S{0,3}(?:公司|企业|对公|大客)|small orders?"
)
_SUBSTITUTE = re.compile(
    r"手写的|手撕|白条|去[^,。]{1,6}[要弄买拿]一?张|(?<!可)(?:通过|用|以)\S{0,4}公司\S{0,4}开|(?:只(?:能|有|可以|给|开)|只)\S{0,6}(?:收据|小票|送货单|出货单|发货单|销货单|清单|截图)|(?:收据|小票|送货单|出货单|发货单|销货单|清单|截图|明细|订单(?:记录|页))\S{0,6}(?:代替|替代|也?一样|就够|就行|就好|也行|行吗|可以吗|行不|去报|报销|报的|能报|报账)|(?:找|去"
    r"|让)\S{0,6}(?:代开|借)|(?:另一|别的|其他|别)\S{0,3}(?:公司|家|店)\S{0,3}票|同事借|借一?张|保修卡就|别家的票|替票"
)
_SUBSTITUTE_ASKED = re.compile("明细|收据|小票|送货单|出货单|发货单|销货单|清单")
# Put off for good, whatever else the line says; and vaguely, where it says nothing else.
_NEVER = re.compile(
    r"不知道(?=[,。!呢哦]|\Z)|等\S{0,6}有(?:了|票|额度)|时间待定|另行通知|看\S{0,4}(?:运气|缘分|心情|人品)|再来?[问找]|等着吧|慢慢等|自然会|说不好|(?:可以|能|有)是(?:可以|能|有)|等着|下次一定|又忘|再说|(?:可能|也许|得等|要等|等)\S{0,4}(?:再?下一?季|明年|下半年)|等通知|没数|说不准|不一定\S{0,3}(?:能|有|开)|改天|过(?:段|阵|些)\S{0,2}(?:时间|子|日)|下次(?:买|一起|再|单)|看情况|攒|凑够|急什么|催\S{0,3}没用"
)
_PUTS_OFF = re.compile(
    r"不一定(?=\W|\Z)|要等(?=[,。喔哦的呢]|\Z)|耐心等(?=[,。!]|\Z)|等等?吧|等呗|急不来|还没[交排]|过几天|看\S{0,4}心情|不好说|可能\S{0,4}(?:月|年|很?久)|(?:不|没)(?:确定|知道|清楚|好说|准|说)(?=[的呢哦喔哈啊耶欸捏啦,。!]|\Z)|回头|有空|等\S{0,6}(?:回来|恢复|有空|通知)|(?:不|没)(?:确定|知道|清楚|好说|一定|准)\S{0,4}(?:什么时候|时间|多久|几时"
    r"|哪天)|尽量|以后|晚点|慢慢|先别急|再等等|下一?季|看情况|到时候?|尽快|排队|抽空|忙完|忙着|记着|缓缓|哪天"
)
# Sends the buyer away, or asks what he wants it for.
_PUSHES = re.compile(
    rf"[您你](?:自己)?(?:还是)?(?:去|找|问)\S{{0,3}}(?:平台|客服|京东|淘宝|天猫|厂家|厂商|供应商|品牌|别的?家|别人|他|她|谁|哪)|爱找谁|找谁都|另请高明|[要开拿]\S{{0,2}}(?:什么|啥)(?:{_NOUN}|票)|(?:{_NOUN}|票)\S{{0,3}}(?:干嘛|干什么|干啥|干吗|做什么|有啥用|有什么用)"
    r"|哪(?:来|有|里有|会有)\S{0,3}票|没(?:啥|什么)用|(?:不用|不需要|用不着|没必要|何必)\S{0,2}(?:发?票|开)(?!\S{0,2}的话|\S{0,3}可以|\S{0,3}忽略|\S{0,3}不)|不(?:管|归\S{1,4}管|关\S{0,3}事)|(?:为什么|为啥|凭什么|干嘛|干吗)\S{0,2}要|自己(?:想办法|解决|看着办)|钱?\S{0,2}(?:还|也|都)要\S{0,2}(?:发票|票)(?:呀|啊|吗|\?|,|\Z)"
)
# What no shop may write: refusing it is right.
_WANTS_FALSE = re.compile(
    r"[开写改换](?:成|为)|多(?:开|写)|[开写]\S{0,2}(?:多|高|大)|高一?点|虚开|少开|只开|朋友|别人|第三方|品名|不写|办公用品|礼品|原价|别的(?:内容|名称|公司)|原价开|按原价|先开票|重复|两张"
)
_THIS = re.compile("这|那个")
_CHANGE = re.compile("改|换|错|重开|补")
_PROOF = re.compile(r"(?:聊天|购买|订单|交易)\S{0,2}(?:记录|编号|号)\S{0,8}(?:凭[据证]|售后|保修|依据)")
_WANTS_PROOF = re.compile("保修|售后|凭证|凭据|坏了|质保|保固")
_STOPS = ",。!?;\n…:"
_CLAUSES = re.compile(rf"[^{_STOPS}]+")


def asks(said: Said, before: Sequence[Said], shop: Shop) -> Match | None:
    """Whether the buyer asks for an invoice. The reason says which answer refuses."""
    text = said.folded.squeezed
    found = _REQUEST.search(text)
    if not found or _NO_REQUEST.search(text):
        return None
    kinds = (("asks_cost", _COST), ("asks_lack", _LACK), ("asks_about", _ABOUT))
    kind = next((kind for kind, pattern in kinds if pattern.search(text)), "asks_invoice")
    return Match(found.start(), found.end(), kind)


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """Whether the agent refuses, charges for or puts off an invoice that this store has to issue."""
    certainty = _duty(shop)
    if certainty is None:
        return None
    text = said.folded.squeezed
    match = None
    if asked and not any(
        line.by_buyer and len(line.folded.squeezed) > 3
        for line in list(before)[len(before) - asked.ago + 1 :]
    ):
        match = _answered(text, before[-asked.ago].folded.squeezed, asked.match.reason)
    elif _NOUN_HERE.search(text) and not any(
        line.by_buyer and _NO_REQUEST.search(line.folded.squeezed) for line in list(before)[-3:]
    ):
        match = _volunteered(text)
    return match and match._replace(certainty=min(certainty, match.certainty))


def _duty(shop: Shop) -> Certainty | None:
    """How sure a refusal breaks a rule there; None: the shop may refuse."""
    if shop.platform in ("tmall", "jd") or shop.kind == "enterprise":
        return Certainty.SURE
    return Certainty.POSSIBLE if shop.platform == "shopee" else None


def _answered(text: str, question: str, kind: str) -> Match | None:
    """What an answer to the buyer's request says."""
    if match := _charged(text) or _agreed(text, question, kind):
        return match
    # A buyer who only wants proof for a repair may be told that the order record serves.
    if _WANTS_PROOF.search(question) and _PROOF.search(text):
        return None
    for pattern, reason in ((_TIES, "ties"), (_NEVER, "puts_off"), (_PUSHES, "evades")):
        if found := pattern.search(text):
            return Match(found.start(), found.end(), reason)
    instead = _offered_instead(text, question)
    if instead and text[instead.start] in "只另通用以":
        return instead
    refused, granted = _no_and_yes(text)
    if kind == "asks_invoice" and (found := _WILL_NOT.match(text)) and _WILL.search(question):
        return Match(found.start(), found.end(), "refuses")
    if (granted or _DATED.search(text)) and (found := _FLAT_NO.search(text)):
        return Match(found.start(), found.end(), "refuses")
    if granted or _DATED.search(text):
        return refused if refused and _BUT.match(text, refused.start) else None
    if instead:
        return instead
    if found := _PUTS_OFF.search(text):
        return Match(found.start(), found.end(), "puts_off")
    if refused and _WANTS_FALSE.search(question) and not _ALL.search(text):
        return None
    if kind == "asks_about":
        return _refused(text, whole=bool(_CHANGE.search(question)))
    if kind == "asks_cost" or refused:
        return refused if kind != "asks_cost" else None
    return (
        None
        if any(one.search(text) for one in (_NOT_YET, _PART, _HARMLESS))
        else Match(0, len(text), "evades")
    )


def _agreed(text: str, question: str, kind: str) -> Match | None:
    """A yes to "is there none?" or "does it cost more?"; a no to "is the tax in the price?"."""
    if kind == "asks_cost" and "含" in question:
        found = _NOT_IN_PRICE.match(text)
    else:
        found = _BARE_YES.match(text) if kind in ("asks_cost", "asks_lack") else None
    if not found or (kind == "asks_lack" and _no_and_yes(text[found.end() :])[1]):
        return None
    return Match(found.start(), found.end(), "charges" if kind == "asks_cost" else "refuses")


def _volunteered(text: str) -> Match | None:
    """What a line says that names the invoice unasked."""
    if charged := _charged(text):
        return charged
    refused = None if _no_and_yes(text, named=True)[1] else _refused(text, named=True)
    if refused and _DATED.search(_ahead(text, refused.start) + _behind(text, refused.end)):
        return None
    return refused


def _refused(text: str, named: bool = False, whole: bool = False) -> Match | None:
    """A refusal of the whole in so many words. named: the clause itself has to name the invoice. whole: what
    is refused is all the buyer asked for."""
    # Masked, not taken out: the places stay those of the text.
    text = _HARMLESS.sub(lambda found: "〇" * len(found[0]), text)
    for found in _REFUSES.finditer(text):
        clause = _ahead(text, found.start()) + found[0] + _behind(text, found.end())
        if (whole or _ALL.search(clause) or not _PART.search(clause)) and (
            not named
            or _NOUN_HERE.search(clause)
            or (_THIS.match(clause) and _NOUN_HERE.search(text[: found.start()]))
        ):
            return Match(found.start(), found.end(), "refuses")
    return None


def _charged(text: str) -> Match | None:
    for found in _CHARGES.finditer(text) if _MONEY.search(text) else ():
        if not _NOT_CHARGED.search(_ahead(text, found.start())):
            return Match(found.start(), found.end(), "charges")
    return None


def _offered_instead(text: str, question: str) -> Match | None:
    """Another paper in place of the invoice, unless the buyer asked for that paper."""
    found = _SUBSTITUTE.search(text)
    return (
        Match(found.start(), found.end(), "substitute")
        if found and not _SUBSTITUTE_ASKED.search(question)
        else None
    )


def _no_and_yes(text: str, named: bool = False) -> tuple[Match | None, bool]:
    """The first clause with a no that concerns the invoice as a whole, and whether another clause says yes. named: only
    a yes that names the invoice."""
    refused, granted = None, not named and bool(_BARE_GRANT.match(text))
    for clause in _CLAUSES.finditer(text):
        words = clause[0]
        if _ANY_NO.search(words) and _ANY_NO.search(_HARMLESS.sub("", words)):
            if not refused and (_ALL.search(words) or not _PART.search(words)):
                refused = Match(clause.start(), clause.end(), "refuses")
        elif not granted and (not named or _NOUN_HERE.search(words)):
            granted = bool(_GRANTS.search(words))
    return refused, granted


def _ahead(text: str, start: int) -> str:
    """The clause of a match before it."""
    return text[max(text.rfind(stop, 0, start) for stop in _STOPS) + 1 : start]


def _behind(text: str, end: int) -> str:
    """The clause of a match after it."""
    ends = [place for stop in _STOPS if (place := text.find(stop, end)) >= 0]
    return text[end : min(ends, default=len(text))]


_TRIGGERS = listed(
    "发票 法票 花票 发漂 法漂 花漂 发飘 法飘 花飘 f票 a票 fapiao piao 发p 开p 🧾 fp 专票 普票 增票 税票 开票 带票 含票 要票 出票 补票 给票 有票 没票 无票 票据 票呢 电子票 纸质票 三联 二联"
    " 统编 统一编号 invoice"
)
_QUESTION_TRIGGERS = listed(
    "票 给不给开 能开公司 开公司 开单位 开个人 公司抬头 单位抬头 报销 税点 税率 含税 机打 载具 开收据 有收据 给收据 公户 能开给 开不开 对公 做账 入账 走账 抵扣 抵税 receipt"
)
RULES = Detector(
    name="invoice",
    find=find,
    triggers=_TRIGGERS,
    reasons=REASONS,
    asks=asks,
    question_triggers=_TRIGGERS | _QUESTION_TRIGGERS,
)
ASKED_AS = "asks_invoice"


def binds(shop: Shop) -> bool:
    """Whether a refusal breaks the rule there."""
    return _duty(shop) is Certainty.SURE


DETECTOR = read_twice(RULES, ASKED_AS, binds)
