"""Buyers' names, phones and addresses told in chat, and the questions that fish for them (R13). Pure; docs/policies.md.

What is read as personal data: phones (mainland, Taiwan, Hong Kong, Singapore, in figures or words), their first or last
digits, names after a word that announces one, addresses by their grammar (省市区县镇路街弄号栋单元室). Whose they are says the
nearest word before: what belongs to shop or courier (退货地址, 客服电话, 快递员) is no personal data, nor is what the buyer
wrote himself, what is masked (138****, 王*明), or what is asked for. After a question for somebody's data less is enough.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop

from policies.detection import privacy_answers
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.folding import Folded
from policies.detection.privacy_questions import QUESTION_TRIGGERS, asks
from policies.detection.second_reading import read_twice

REASONS = {
    "order_check": gettext_noop("Reads the data of the order just placed back; masked they would be safer."),
    "phone": gettext_noop("A phone number, or a part of one, is told."),
    "name": gettext_noop("A recipient's name is told."),
    "address": gettext_noop("An address, or a part of one, is told."),
    "identity": gettext_noop("An identity card's number is told."),
    "confirmed": gettext_noop("A guess at somebody's data is confirmed."),
    "account": gettext_noop("Gives or asks for a private account, or goes on talking there."),
    "picture": gettext_noop("A picture with somebody's data is sent."),
    "question": gettext_noop("The buyer asks for data of an order, another account or another person."),
}

# ---- phones
_DIGITS = re.compile(
    r"(?<![\da-z*#])\+?\d(?:[^\w,。;/:*\n#]{0,3}\d){6,13}(?![\d*a-wyz])|(?<![a-z\d])[\dloi]{10,11}(?![a-z\d])|[零〇一二三四五六七八九幺两](?: ?[零〇一二三四五六七八九幺两]){5,11}"
)
# Written by their sounds so that no filter sees them: read after a question only.
_SOUNDS = re.compile(
    r"[妖腰夭幺要一衣壹二儿贰两三伞散叁四似寺肆五舞武伍六溜流陆七期妻柒八爸巴捌九酒久玖零领灵铃林〇洞拐勾 ]{9,16}"
)
_COUNTRY = re.compile(r"^(?:\+|00)?(?:86(?=1)|886|852|853|65|60|63|66|84|62)")
_WORDS = str.maketrans("零〇一二三四五六七八九幺两loi", "0012345678912101")
_FEW = r"(\d{3,6}|[零〇一二三四五六七八九幺]{3,6})(?![\d*小天元块个折张件月日])"
_PART = re.compile(
    rf"(?:尾[号数码]|末[尾位码]|[后後末](?:面|边|头)?[三四五六\d几]?[位个码]?数?字?|最后几位|结尾|末几码|last (?:four|4|three|3)(?: digits?)?|ending(?: in| with)?|ends (?:in|with))"
    rf"(?:数字|号码|应该|好像|是|为|:|的|显示|写的|are|is){{0,6}}[ \"“「(]*{_FEW}"
    rf"|(?<![\d*]){_FEW}[\"”」]?\s*(?:结尾|收尾|的?尾号|做?尾)|(?<![\d*])(\d{{3,7}}|[零〇一二三四五六七八九幺]{{3,7}}|\d{{4}}[- ]\d{{3}})\s*[\"”」]?(?:的?开头|打头|起头|头的)"
)
_OTHER_NUMBER = re.compile(
    r"(?:单(?!上)|快递|物流|包裹|编号?|卡|支付宝账|账户|账号|型号|货号|款号|序列|发票|验证|取件|提货|编码|批号|抬头|税号|qq|群|券|报警|isbn|sku|id|jd|sf|order)(?![^,。]*(?:电话|手机|phone))[^,。;!?]{0,6}$"
)
_CARD = re.compile(r"的?[^,。]{0,4}(?:卡|支付宝|账户|微信钱包)")
_SOME_DIGITS = re.compile(r"[\dl]\D{0,3}[\do]\D{0,3}[\do]|[零〇一二三四五六七八九幺]{3}")
_IDENTITY = re.compile(r"(?<!\d)[1-6]\d{5}(?:19|20)\d{9}[\dx](?![\da-z])")

# ---- names
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿"
    "关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉"
    "缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_NAME = rf"(?:(?:欧阳|司马|上官|诸葛|司徒|东方|夏侯|皇甫|尉迟|令狐|慕容|端木|公孙|轩辕)[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
_TITLED = rf"(?:[老小阿][{_SURNAMES}]|[{_SURNAMES}](?:姐|哥|老师|小姐|先生|女士|太太|总|经理|师傅|阿姨|叔|主任|校长|院长|医生|医师|律师|大[哥姐爷妈]|同学|生|老板))"
# What begins like a name and is none.
_NO_NAME = re.compile(
    r"费|白条|方[便向面法式才]|何[时人地处]|常用|应该|马上|安[排徽全装]|全[部名都程天款新]|成[功都为]|江[苏西]|高[新兴]|[白黄蓝金]色|时[间候]|关于|平台|包[括裹装]|任[何意]|周[一二三四五六日末边]|温馨|程序|解[释决]|华为|单[独号位子]|连[同带]"
    r"|石家|本人|金额|管[理家]|明[天细确白显]|车牌|查[询看到不]|宁[波夏]|农村|房|路[上边]|师傅|都|边|万[一分]|于[是]|应|康|易|项目|商[家品城]|卫生|司机|尚未|谢谢|麻烦|于|商|严|白天|文字|向您|施工|费用|温州|马路|毛病|包邮|严格|别的|项|申[请诉]|易|查|解|应|连|游戏|曲线|全|单|时|边|司|师|成|明"
)
_ANNOUNCES = r"(?:(?:收[件货]|取[件货]|下单|购买|登记|联[系络]|签收|订购|付款|实名|采购|订货)(?:的)?人?(?:姓名|名字)?|收件者|[姓本真大]名|名[字子]|全名|机主|户主|叫(?<!大叫)|落款|署名|抬头写|写|留|填)"
_BETWEEN = r"(?:一?栏|信息|那边|这边|写|填|留|登记|显示|记录|预留|当时|的|是|为|叫|做|咗|:|应该|就是|都|确实|给|您|你|系统|上面?|姓名|名[字子]|是不是|这个|那个|人|[ \"“「,]|一位|位|行政部|部|男的|女的|女士|先生){0,8}"
_ENDS = r"(?=$|[,。!?;、…\d \n()\"”」/+~\-]|先生|女士|小姐|同学|阿姨|[吧吗嘛对没的收哦呢啊哈喔这和跟噢啦咯唷呀嗎耶吼住]|电话|手机|地址|本人|也|签|买|订)"
_NAMED = re.compile(
    rf"{_ANNOUNCES}{_BETWEEN}(?:({_NAME}){_ENDS}|({_TITLED})|[\"“「]([^\"”」]{{2,12}})[\"”」])|[\"“「]([^\"”」]{{2,12}})[\"”」]收|({_NAME})(?:先生|女士|小姐)?(?:亲收|本人?收|签收的|收)(?=$|[,。!?;、\d ])"
    r"|(?:收[件货]人?(?:姓名)?|[姓]名|名[字子]|收件者|联系人|叫)(?:是|:|叫|为|写的?| )*([a-z]{2,}(?:[ .]+[a-z]{2,}){0,2})(?![a-z])"
    r"|(?:name|recipient|receiver|consignee|placed by|ordered by|belongs to|deliver to|ship(?:ped)? to|addressed to|under)(?: on (?:it|the (?:order|parcel|label)))?(?: is| was|:|'s)* *(?:mr|ms|mrs|miss)?\.? ?([a-z]{2,}(?: [a-z]{2,}){1,2})"
    rf"|(?:[村镇乡区栋楼元司位校部厂店家班]的|隔壁|栋|单元|楼[上下]|\d{{3,4}}[室户]?的?)({_NAME}|{_TITLED})(?=[一也就上刚买拿订说他她,。 ]|$)"
)
# After a question for somebody's data a name needs no announcement.
_LOOSE_NAME = re.compile(
    rf"(?:^|[,。:、“\" 「;!?是叫的位…])({_NAME}|{_TITLED})(?=$|[,。!?;、…\d \"”」()先女小]|[嘛啊呀哦吧啦喔]|的(?:电话|地址|手机))"
)
_NO_LATIN_NAME = re.compile(
    r"(?:the|your|our|my|not|masked|hidden|is|was|correct|wrong|different|same|private|confidential|and|or|phone|address|number|to|for|in|on|as|what|who|with|of|can|will|please|information|info|details|that|this|you|we|privacy|must|should|has|have|are|be|only|by|from|cannot|account|data|change|another|other|a|an|qq|vip|app)\b"
)

# ---- addresses
_HOUSE = r"(?:(?<![0-9])[0-9]{1,5}[a-z]?|[a-z](?=[座栋楼室])|[一二三四五六七八九十百]{1,5})(?:(?:[ -]{1,2}之?|之) ?\d{1,5})?\s{0,3}(?:号楼|号院|号|栋|幢|座|单元|室|弄|楼|层|户|期|村|组|队|段)(?:之[0-9一二三四五六七八九十]{1,3})?(?!机|以|间|码|线|店|下|左右|货|主|员|个|[一-九]?品|多|的话|可|送|到|前|后|发|能|会|才|就|晚|上午|下午|之前)"
_CJK = r"[\u4e00-\u9fff]"
_AREA = (
    rf"小区|花园|花苑|公寓|大厦|广场|新村|家园|名城|名邸|公馆|华府|雅居|佳园|嘉园|华庭|豪庭|山庄|别墅|国际城|商贸城|建材城|批发市场|宿舍|中学|小学|大学(?!生)|学院|幼儿园|医院|工业园|科技园|产业园|园区|创[意展]中心|写字楼|社区|街道|开发区|新区|大道|胡同"
    rf"|[路街巷弄村镇乡县区市省](?<={_CJK}{{3}})(?<!原路)(?<!一路)(?<!半路)(?<!上市)(?<!超市)(?<!门市)(?<!城市)(?<!省市)(?<!跨市)(?<!本市)(?<!同市)(?<!同区)(?<!同城)(?<!专区)(?<!地区)(?<!分区)(?<!库区)(?<!片区)(?<!县区)(?<!跨省)(?<!外省)(?<!本省)(?<!全市)(?<!市区)(?<!顺路)(?<!电路)(?<!线路)(?<!思路)(?<!网路)(?![费程由过径况别分间域场民静内外上下]|边[的儿])"
    rf"|[苑府庄园湾城庭阁轩坊里楼](?<={_CJK}{{3}})(?=\s*(?:{_HOUSE}|[a-z]座|[东西南北]区))|loft"
)
_PLACES = re.compile(
    rf"{_HOUSE}|{_AREA}|bl(?:oc)?k\.? ?\d+|#\d+-\d+|(?:jalan|jln|lorong|taman) [a-z]+|(?:ave|avenue|street|road) \d+"
    r"|(?<!\d)\d{1,5}[a-z]? (?:[a-z]{1,15} ){0,3}(?:road|rd|street|st|avenue|ave|lane|ln|drive|crescent|close|walk|boulevard)\b|\b[a-z]{1,12} (?:[a-z]{1,12} ){1,4}(?:lu|jie|xiang|dadao|xiaoqu|cun) \d+(?: hao)?|台北|新北|桃园|台中|台南|高雄|基隆|新竹|嘉义|彰化|宜兰|花莲|屏东|苗栗|南投|云林|台东"
)
# After the question these tell enough too.
_LOOSE_PLACES = re.compile(
    rf"(?:旁边|对面|后面|楼上|门卫|收发室|宿舍|老家)|[苑府庄园湾城庭阁轩坊楼厂校院](?<={_CJK}{{3}})(?=$|[,。!?~的那这])|北京|上海|天津|重庆|广州|深圳|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|厦门|福州|合肥|济南|沈阳|大连|昆明|宁波|无锡|东莞|佛山|石家庄|太原|南昌|贵阳|南宁|海口|兰州|长春|哈尔滨|温州|泉州|珠海"
    r"|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙|广西|西藏|宁夏|新疆|香港|澳门|板桥|三重|中坜|永和|新庄"
)
_BACK = re.compile(r"(?:(?![的是在到了为填留写寄送住给])[\u4e00-\u9fff]){1,6}$")
_LEAD = re.compile(
    r"(?:地[址止]|住|寄|送|发|填|留|写|收货|派|改|deliver|address|at|its|it's)(?:的?是|在|为|到|去|了|咗|的|:|写的|给|您|你| |[\"“「])*[^,。!?]{0,12}$"
)

# ---- whose
_SHOPS = re.compile(
    r"退[货换回件](?!的[,。])|怎么退|[您你](?:可以|直接|先|就)?(?:寄|邮|发)[到至往给回]|[退寄发回]回|请[您你][^,。!?]{0,8}寄|寄[到给至]?(?:我们|咱|仓|店|厂)|回寄|返[修厂回]|售后|仓库|[门本实体分]店|店铺?(?:在|地址|位于)|门[市店]|(?:我们|咱们?)(?:家|这边|店|公司|的|工厂|仓库?)*(?:在|位于|地址|电话|店|仓|公司|厂|号码|老板|开在)|我司|本司|小店|本店|公司(?:地址|电话|前台|主页|在|位于)|工厂|厂[址家]|发货地|产地|自提|驿站|菜鸟|网点|站点|快递(?!费)|转运|中转|分拨|集散|维修|专柜|营业|客服|热线|派[件送]员|配送员|骑手|师傅|司机|小哥|送货员|安装|厂商|品牌方|超商"
    r"|展[示厅]|店长|转交|店[里内]|座机|总机|主管|法人|设计师|模特|代言|工作号|我(?:的|个人|私人|手机|电话)*号|招商|业务|销售|我[姓叫是]|我的?(?:电话|手机|微信)|加我|抬头|对公|公账|汇款|有限公司|会计|服务(?:网点|中心|站)|拉新|加盟|老板电话|快闪|报警|派出所|(?<!\d)110(?!\d)|消协|平台|官方|商场|柜台|作者|书|return|service|hotline|courier|rider|driver|store|shop|our |office hour|代收点|丰巢|快递柜|拨打|致电"
)
_PERSONS = re.compile(
    r"[您你](?!们|打|拨|可以|直接|这?边|所在|寄|联系|回拨|先|自己|看|点|有|送|去(?!年)|来|到|加|按|发|也)|[他她](?:留|填|写|家|的(?:地址|电话))|对方|买家|客[户人]|顾客|朋友|机主|订单|账号|账户|预留|[留填写]的|留咗|登记|收货信息|下单|之前|另一|那[位单个号]|团主|本人|采购|真名|跟您核对|confirm|deliver|默认|常用|同批|取件人|同款|隔壁|邻居|老公|老婆|查到|查了|显示的?是|底下"
)
_PLACE_ASKED = re.compile(
    r"哪|电话|地址|联系|号码|怎么[退寄走去]|多少|谁|几点|抬头|账号|给|where|who|phone|address"
)
_OWNER = re.compile(rf"[^,。!?;]{{0,4}}(?:那位|那家|{_TITLED}|家[,。装])")
_CHECKS = re.compile(r"核对|确认(?!收货)|对[吗吧么]|没错吧|是吗|是否|无误")
_EARLIER = re.compile(
    r"[您你][^,。!?]{0,3}(?:上[次回]|之前|原来|去年|以前|原先|当时)[^,。!?]{0,6}[寄留填写送]的?[^,。!?]{0,8}$"
)
_WAITS = re.compile(
    r"^[^。!?;\n]{0,12}(?:稍等|等[下等一我]|看[看下一]|查[查下一]|翻[翻下一]|moment|check|wait|let me|hold on)[^。!?;\n]{0,8}[。!~]*$"
)
_EXAMPLE = re.compile(r"例如|比如|格式|模板|示例|样式|举例|可以刻|刻字|for example|e\.g")
_REFUSES = re.compile(
    r"不(?:能(?!全)|可以(?!全)|方便|便|行|允许|会(?:告诉|透露|提供)|提供|透露|给)|没法|无法|无权|没权限|给不了|保密|隐私|规定|查不到|看不到|隐藏|泄露|本人登[录入]|cannot|can't|not able|unable|唔(?:可以|得|能)|秘密|拒绝|加密|虚拟号"
)
_GIVES_IN = re.compile(
    r"但|偷偷|悄悄|就这一?次|好吧|好啦|唉|欸|别说|破例|告诉你|私下|按理|本来|原则上|其实|大概|只能(?:说|告诉)|透露一?[点下]"
)
_CONFIRMS = re.compile(
    r"^(?:亲+|宝|姐|哥|您好|嗯+|,| )*(?:是[的啊呀哒]|对[的啊呀滴哒,。!?~ ]|对$|没错|嗯+[呐呢,。 ]|正确|就是(?:这|那)|yes|yup|correct|right|係|是這|是喔)"
)
_PICTURE = re.compile(
    r"(?:图片|截[图屏给]|拍给|面单|screenshot)[^。!?]{0,12}(?:名[字子]|电话|地址|信息|都有|都在|name|phone|address)"
)
_GUESS = re.compile(r"是不是|对不对|对吗|对吧|是吗|是吧|吗|吧|係咪|right|\?")


class _Item(NamedTuple):
    """Something that reads like personal data. strong: whole enough to be nothing else."""

    start: int
    end: int
    kind: str
    strong: bool
    parts: int = 1


def _phones(text: str) -> Iterator[_Item]:
    if not _SOME_DIGITS.search(text):
        return
    for found in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", _COUNTRY.sub("", re.sub(r"[^\d+]", "", found[0].translate(_WORDS))))
        mobile = re.fullmatch(r"1[3-9]\d{9}|0?9\d{8}|01\d{8,9}", digits) is not None
        landline = re.fullmatch(r"0\d{9,11}", digits) is not None
        if (
            mobile or landline or re.fullmatch(r"[5689]\d{7}", digits) or not found[0][-1].isascii()
        ) and not _OTHER_NUMBER.search(text[max(0, found.start() - 12) : found.start()]):
            yield _Item(*found.span(), "phone", mobile)
    for found in _PART.finditer(text):
        if not _CARD.match(text, found.end()) and not _OTHER_NUMBER.search(
            text[max(0, found.start() - 8) : found.start()]
        ):
            yield _Item(*found.span(), "phone", False)
    for found in _IDENTITY.finditer(text):
        yield _Item(*found.span(), "identity", True)


def _names(text: str, loose: bool) -> Iterator[_Item]:
    for pattern in (_NAMED, _LOOSE_NAME) if loose else (_NAMED,):
        for found in pattern.finditer(text):
            start, end = found.span(found.lastindex)
            if _NO_NAME.match(text, start) or _NO_LATIN_NAME.match(text, start):
                continue
            if text[end : end + 1] not in ("*", "某"):
                yield _Item(start, end, "name", pattern is _NAMED)


def _spelt(text: str) -> Iterator[_Item]:
    """Numbers spelt by sounds: at least nine of them, not only blanks."""
    for found in _SOUNDS.finditer(text):
        if len(found[0].replace(" ", "")) >= 9:
            yield _Item(*found.span(), "phone", True)


def _addresses(text: str, loose: bool) -> Iterator[_Item]:
    """Neighbouring parts of places as one: 浙江省杭州市 + 幸福路8号 + 3栋."""
    parts: list[re.Match] = []
    if loose:
        yield from (_Item(*found.span(), "place", False) for found in _LOOSE_PLACES.finditer(text))
    for found in (*_PLACES.finditer(text), None):
        if parts and (found is None or found.start() - parts[-1].end() > 8):
            yield _address(text, parts)
            parts = []
        if found is not None:
            parts.append(found)


def _address(text: str, parts: list[re.Match]) -> _Item:
    numbered = [part for part in parts if re.match(_HOUSE, part[0]) or re.search(r"\d", part[0])]
    strong = len(parts) >= 2 and bool(numbered)
    start = _BACK.search(text, max(0, parts[0].start() - 6), parts[0].start())
    return _Item(start.start() if start else parts[0].start(), parts[-1].end(), "address", strong, len(parts))


def _items(text: str, loose: bool) -> Iterator[_Item]:
    titles = [one.span() for one in re.finditer(r"《[^》]*》", text)] if "《" in text else []
    for item in (
        *_phones(text),
        *(_spelt(text) if loose else ()),
        *_names(text, loose),
        *_addresses(text, loose),
    ):
        if not any(first < item.start < last for first, last in titles):
            yield item


def _buyer_wrote(item: _Item, text: str, before: Sequence[Said]) -> bool:
    """Whether the buyer has just written it himself."""
    written = "\n".join(line.folded.squeezed for line in before if line.by_buyer)
    if not written:
        return False
    words = text[item.start : item.end]
    if item.kind in ("phone", "identity"):
        digits = re.sub(r"\D", "", words.translate(_WORDS))
        return digits in re.sub(r"\D", "", written)
    if item.kind == "name":
        return words in written
    pairs = {words[place : place + 2] for place in range(len(words) - 1)}
    return sum(pair in written for pair in pairs) >= 0.6 * len(pairs)


def _last(pattern: re.Pattern, text: str) -> int:
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def _weighed(item: _Item, text: str, asked: Asked | None, before: Sequence[Said]) -> Certainty | None:
    """How sure it is that the item is somebody's, told by the agent. None: it is not."""
    head = text[max(0, item.start - 60) : item.start]
    shops, persons = _last(_SHOPS, head), _last(_PERSONS, head)
    tail = text[item.end : item.end + 14]
    owned = item.kind == "address" and item.strong and _OWNER.match(tail) is not None
    if not owned and (shops > persons or (persons < 0 and _SHOPS.search(tail))):
        return None
    if _EXAMPLE.search(head) or (item.kind == "address" and "*" in tail[:3]):
        return None
    if asked:
        refused = _REFUSES.search(text) is not None and not _GIVES_IN.search(text)
        if item.strong and item.kind != "name":
            return Certainty.SURE
        if item.kind == "place" and not _LEAD.search(head):
            return None
        if item.kind == "address" and not (
            _LEAD.search(head)
            or item.end - item.start > 5
            or re.search(r"[\d之]", text[item.start : item.end])
        ):
            return Certainty.POSSIBLE
        return None if refused else Certainty.LIKELY
    lately = next((line.folded.squeezed for line in reversed(before) if line.by_buyer), "")
    if persons < 0 and not owned and _SHOPS.search(lately) and _PLACE_ASKED.search(lately):
        return None
    if item.kind in ("phone", "identity"):
        return Certainty.LIKELY if item.strong or persons >= 0 else None
    if item.kind == "name":
        return Certainty.LIKELY if item.strong else Certainty.POSSIBLE
    if item.kind == "address" and (item.parts > 1 or _LEAD.search(head)) and _CHECKS.search(text):
        return Certainty.LIKELY
    if item.kind == "address" and persons >= 0 and _EARLIER.search(head):
        return Certainty.LIKELY
    if item.strong and (owned or persons >= 0 or _LEAD.search(head)):
        return Certainty.LIKELY
    return Certainty.POSSIBLE if item.strong else None


def _read(folded: Folded) -> str:
    """What is read: where asterisks mask something, the text that still has them."""
    return folded.text if "*" in folded.text or "'" in folded.text else folded.squeezed


def _squeezed_place(folded: Folded, place: int) -> int:
    """Where a place of `folded.text` lies in `folded.squeezed`, whose characters stand in `text` in the same order."""
    reached = position = 0
    for character in folded.squeezed:
        position = folded.text.index(character, position) + 1
        if position > place:
            break
        reached += 1
    return reached


def _question(before: Sequence[Said], asked: Asked) -> str:
    """What the buyer wrote who asked, his last lines together."""
    lines = list(before)[-asked.ago :] if asked.ago <= len(before) else list(before)
    return "\n".join(line.folded.squeezed for line in lines if line.by_buyer)


def _answered(said: Said, asked: Asked | None, before: Sequence[Said]) -> Match | None:
    """What the line tells as an answer to the question that stands open."""
    if asked is None:
        return None
    lately = [line for line in list(before)[-asked.ago + 1 :] if asked.ago > 1]
    at_once = all(not line.by_buyer and _WAITS.search(line.folded.squeezed) for line in lately)
    found = privacy_answers.told(said.folded.squeezed, _question(before, asked), at_once)
    return Match(*found, Certainty.LIKELY) if found else None


# This account has just ordered: shops have their agents read the order's data back (document 003).
_JUST_ORDERED = re.compile(
    r"下[好了完]?单|(?<!没)拍[下了好完]|(?<!没)付(?:[了好完过]|款|钱)|已付|买好了|提交|刷[了卡]|\b(?:ordered|paid|placed|checked out)\b"
)
_FOR_ANOTHER = re.compile(
    r"[的个大小他她]号|账号|帐号|帮|替|朋友|同事|老公|老婆|[妈爸姐妹哥弟]|friend|account|husband|wife|mom"
)


def _is_check(before: Sequence[Said]) -> bool:
    """Whether what is told unasked is the check after an order, for nobody else than this account."""
    lately = [line.folded.squeezed for line in list(before)[-4:] if line.by_buyer]
    return any(map(_JUST_ORDERED.search, lately)) and not any(map(_FOR_ANOTHER.search, lately))


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """Whether an agent's line tells somebody's data: the surest of what stands in it."""
    text = _read(said.folded)
    best: tuple[Certainty, _Item] | None = None
    for item in _items(text, asked is not None):
        weighed = _weighed(item, text, asked, before)
        if weighed and (best is None or weighed > best[0]) and not _buyer_wrote(item, text, before):
            best = weighed, item
    if best and asked is None and _is_check(before):
        return Match(0, len(said.folded.squeezed), "order_check", Certainty.POSSIBLE)
    if best and best[0] < Certainty.LIKELY and (found := _answered(said, asked, before)):
        return found
    if best:
        start, end = best[1].start, best[1].end
        if text is not said.folded.squeezed:
            start, end = _squeezed_place(said.folded, start), _squeezed_place(said.folded, end)
        return Match(start, end, "address" if best[1].kind == "place" else best[1].kind, best[0])
    if asked and _PICTURE.search(text) and not _REFUSES.search(text):
        return Match(*_PICTURE.search(text).span(), "picture", Certainty.LIKELY)
    if asked and asked.ago == 1 and not _REFUSES.search(text) and (yes := _CONFIRMS.search(text)):
        guess = before[-1].folded.squeezed if before else ""
        if _GUESS.search(guess) and next(iter(_items(guess, False)), None):
            return Match(*yes.span(), "confirmed", Certainty.LIKELY)
    return _answered(said, asked, before)


# Without any of these an agent's line is not read.
_TELLING = (
    "地址 地止 取件 联络人 收件 收货 签收 寄到 寄给 发到 住 先生 小姐 女士 买家 顾客 客户 邻居 姓名 本名 真名 名字 名子 "
    "全名 大名 联系人 机主 户主 尾号 尾数 尾码 末尾 末位 末码 后四 后三 最后几位 结尾 开头 打头 last ending ends name recipient receiver "
    "consignee placed ordered belongs deliver ship addressed under 号楼 单元 栋 幢 弄 小区 花园 公寓 大厦 新村 家园 村 镇 blk block jalan "
    "lorong road street 叫 老客户 隔壁 同批 09 01 +6 +8 零九 幺三 幺八 一三 一八 "
) + " ".join(f"1{second}{third}" for second in "3456789" for third in range(10))
_TELLING += " " + " ".join(f"{road}{digit}" for road in "路街道巷弄段村" for digit in range(10))
TRIGGERS = frozenset(_TELLING.split())
RULES = Detector("privacy", find, TRIGGERS, REASONS, asks, QUESTION_TRIGGERS)
ASKED_AS = "question"
DETECTOR = read_twice(RULES, ASKED_AS, settled=frozenset({"order_check"}))
