"""Answers to a buyer's question for somebody's data that hold no whole datum (R13). Pure; docs/policies.md.

“寄的昆山”, “姓冉，名字两个字”, “恒大绿洲”, “嗯嗯写的厂里” tell nothing by themselves; right after the question they are the answer.
Read is the grammar of answering: who wrote or sent what where (写的…, 寄到…, 是…那个), a bare noun, a bare number after a
question for a number, a yes after a guess. A line that refuses, sends the buyer to his own order, or asks back is none;
whatever else follows the question at once counts, for answers have more forms than patterns.
"""

import re
from typing import NamedTuple

# Refused, masked, or left to the buyer: what he may look up, ask or write himself.
_TURNS_AWAY = re.compile(
    r"登[录陆入]|自己(?!名)|订单(?:详情|里|页|列表|中|记录)|点[开击进一]|打开|麻烦|需要|必须|要[您你用]|(?:提供|报|发)(?:一?下|给?我|您|新|正确|完整)|告诉我|重新|新的|为准|[*×]|xx|星号|保护|保密|隐私|规定|建议|让[他她您你]|问(?:一?下|问)?(?:[他她您你]|家|本|对方|朋友|阿姨|下单|买|送)|联系(?:[他她]|本人|对方|买家|平台|官方)|请|核[实查]|稍等|等[下等我一]|帮[您你](?:问|看|查[一下询]|转|联系|催|改|备|登|登记)|可以(?:在|看|到|去|用|直接|先)|能看|(?<!我)看看|本人|拦截|改[成好为]|修改|转[给告达]|法院|警|报案|律师|函|流程|猜(?!到|对|中)|卡片|不(?!是|让|过|就|叫|知道是|用谢|远|太好)|没(?!错|改|换|变|问题|寄)|无法|拒|脱敏|看不了|[做办]不到|个人(?:资料|信息)|个资|锁|遮|马赛克|打码|为难|管不|单号|权限|点头|纪律|制度|代码|带星|法律|违法|转接|组长|抱歉|对不起|歹势|是想|本主|账号主|负责任|加密|虚拟|隐藏|匿名|泄|唔(?!係)|冇|什么|怎么|哪|谁(?!的)|吗|呢|多少|几[位号个点]|[?]"
    r"|\b(?:only|holder|confidential|masked|hidden|stars|contact|better|let|policy|security|protect\w*|can we|may we|could|would|if)\b|\b(?:cannot|can't|not|unable|please|pls|log|check|open|see|privacy|private|sorry|don't|won't|account|ask|need)\b"
)
_GIVES_IN = re.compile(
    r"偷偷|悄悄|就这一?次|好吧|行行行|唉|欸|破例|告诉[你您]|私下|按理|本来|原则上|其实|大概|透露一?[点下]|提示|只能说|剩下|具体[^,。!?]{0,6}不|别[急说跟和告]"
)
_SHOPS_OWN = re.compile(
    r"退货|快递|物流|驿站|派[件送]|师傅|客服|我们|咱|本店|门店|仓|厂家|公司的|门市|店里|座机|转交|发货|揽收|运单|单号|品牌|下架|尺码|链接|优惠|现货|库存|抬头|发票|红包|运费|包邮"
)
# Somebody wrote, sent or got it: then comes what or where.
_TOLD = re.compile(
    r"(?:[填留写绑拼寄送发住改登][写记了过的去]{0,2}(?:的?是|的|到|在|给|去|了|:)+|(?:地址|名字|姓名|电话|号码|收[件货]人|取件人|买家|下单人)(?:那里|那栏|那边)?(?:就?是|叫|:|为|在|写|填|留)+|(?:^|[,。 ~])(?:应该|好像|还|就|当时|也|现在)?(?:是|系|係|在)|(?:^|[,。 ~])[他她]?叫|(?:给|送)(?:一[位个]|了)|(?:^|[,。 ~])[寄填留写送]的?(?=公司|家里|单位|学校|宿舍|老家|娘家|婆家|厂))(?P<what>[^,。!?;~…\n]{2,16})"
)
# Only about where: 碧桂园那个, 农贸市场旁边.
_VAGUE = re.compile(r"(?P<what>[\u4e00-\u9fff]{2,8}?)(?:那[个边里一块片带]|那$|附近|旁边|对面|隔壁)")
_HANDLE = re.compile(r"(?:微信|line|wechat|qq)(?:号|id)?(?:是|:| )*(?P<what>[a-z][\w\-]{4,}|\d{6,11})")
# What may follow there and tells nothing.
_NOTHING = re.compile(
    r"[这那][个样边里]?$|[您你]?(?:下单|当时|之前|订单|购买|系统|默认|原来)(?:时|的|填|留|写|里|上)*(?:地址|电话|信息|名字)?$|[您你]的?(?:地址|电话|信息|名字|账号)|(?:完整|正确|真实|详细|默认)|[今明昨后]天|周[一二三四五六日]|[上下]午|一样|一致|对的|正常|真的|可以|有的|的[呀呢哦啊]?$|好的?|同一|最|很|已|要|为了|因为|按|由|平台|系统|信息|资料|内部|为|安全|考虑|[到在]时|[收签]到|件$|货|好友|男生|女生|礼物$|链接|一?条|图片?$|过去|过来|出去|来了|亲"
)
_SURNAMED = re.compile(
    r"(?<![我免])姓(?:氏是|氏|的是|是)?(?!什么|啥|名|氏|[,。]|的)[\u4e00-\u9fff](?=$|[,。!?;~ 的嘅先小女这那，呀哦啊喔唷])"
)
# The whole answer is one noun, perhaps after a courtesy and with a particle.
_BARE = re.compile(
    r"(?:亲+|您好|嗯+|哦+|好的?|是|[我看查帮你您]{1,3}[看查](?:了?一?下|看|到了?|哈)*|行|可以)?[,~… :]*(?P<what>[\u4e00-\u9fff]{2,8}|[\u4e00-\u9fff]{2,6}[0-9a-z][0-9a-z\-]{0,10})[哦呀哈呢啦~。! 亲]*$"
)
_NO_NOUN = re.compile(
    r"[不没能可以请您你我了吗么呢查问等好谢抱歉登会要就来给说让帮在有对行稍知收到亲告诉改看错快慢新旧年月日天周点钟忙办嗯是的确转接换退拦]|隐私|秘密|顺丰|圆通|中通|韵达|申通|极兔|京东|邮政|自提|网上|方便|保留|匿名|随机|人工|客服"
)
_NUMBER = re.compile(r"(?<![\d*#])\d(?:[ \-]?\d){2,10}(?![\d*]|元|块|天|件|斤|个|ml|cm|号[楼店]|[年月日点])")
_FOR_NUMBER = re.compile(r"电话|手机|号码|门号|[后尾末][几三四]?[位码号]|phone|number|digits|contact")
_FOR_PERSON = re.compile(r"谁|名|叫什么|收[件货]人|哪[位个](?!小区|地|城|省|市)|who|name")
_FOR_PLACE = re.compile(
    r"哪(?!位|款|种|天)|地[址止]|住|小区|单位|边[度个]|where|address|还是|[寄送发填留写][^,。]{0,4}(?:边|什么地)"
)
_YES = re.compile(
    r"(?:亲+|宝|姐|哥|您好|,| )*(?:是[的啊呀哒滴哦喔]|对[的啊呀滴哒,。!~ ]|对$|没错|嗯+[呐呢,。 对是写寄填留]?|嗯+$|正确|就是(?:这|那)|yes|yup|yeah|correct|right|係|猜对|bingo)"
)
_GUESSED = re.compile(
    r"是不是[^,。!?]{0,3}(?:[寄送填留写发叫住姓]|\d{3}|\S{1,8}那个)|[寄送填留写发叫住姓][^,。!?]{2,14}(?:对[吗吧不嘛]|是吧|是吗|吧[?]?$)"
)
_PASSES_ON = re.compile(
    r"(?:发|给|截|传|拍)[给你您了]{1,3}[^,。!?]{0,8}(?:表|名单|记录|截图|图|面单|资料)[^。!?]{0,10}(?:名[字子]|电话|地址|信息|都有|都在)|(?:表|名单|截图|聊天记录|面单)[^。!?]{0,4}[,，]?(?:名[字子]|电话|地址)[^,。!?]{0,6}都?(?:有|在)"
)
_FROM_LATIN = re.compile(r"\b(?:from|by|it's|its|it is|to|(?:he|she|they|mom|mum|friend|sis|bro) (?:has |had )?(?:put|used|gave|wrote|left|chose|keyed in|filled in))\s+(?P<what>(?:(?!your|our|my|a |an |us|you|me|not|in |on )[a-z]+)(?: [a-z]+){0,2})[. ]*$")  # fmt: skip

# Neither an answer nor a refusal: courtesy, a joke, what is done now.
_SAYS_NOTHING = re.compile(
    r"^[^\u4e00-\u9fffa-z0-9]*(?:亲+|您好|好[的滴哒呀]|嗯+|在的?|哈+|收到|谢谢|是的?|对的?|\d|[某]{2}|ok|hi|hello|dear)*[^\u4e00-\u9fffa-z0-9]*$|预计|送达|\d元|审核|服务单|询问|取件码|短信|秘密|快乐|开心|惊喜|祝|\b(?:haha|secret|later|check|moment|wait)"
)


class Told(NamedTuple):
    """Where an answer tells something, and the key of its reason in privacy.REASONS."""

    start: int
    end: int
    reason: str


def _kind(question: str) -> str:
    """What was asked for: the reason under which the answer is told."""
    if _FOR_NUMBER.search(question):
        return "phone"
    if _FOR_PERSON.search(question) and not _FOR_PLACE.search(question):
        return "name"
    return "address"


def _number(text: str, question: str) -> Told | None:
    found = _NUMBER.search(text) if _FOR_NUMBER.search(question) else None
    return Told(*found.span(), "phone") if found else None


def _guess_confirmed(text: str, question: str) -> Told | None:
    yes = _YES.match(text) if _GUESSED.search(question) else None
    return Told(*yes.span(), "confirmed") if yes and yes.end() > 0 else None


def _stated(text: str, question: str) -> Told | None:
    for found in _TOLD.finditer(text):
        if not _NOTHING.match(found["what"]):
            return Told(*found.span("what"), _kind(question))
    return None


def _vague(text: str, question: str) -> Told | None:
    """The first such place whose words are a noun."""
    if _FOR_PLACE.search(question):
        for found in _VAGUE.finditer(text):
            if not _NO_NOUN.search(found["what"]):
                return Told(*found.span("what"), "address")
    return None


def _bare(text: str, question: str) -> Told | None:
    if not (_FOR_PERSON.search(question) or _FOR_PLACE.search(question)):
        return None
    found = _BARE.match(text)
    if found is None:
        found = _FROM_LATIN.search(text)
        return Told(*found.span("what"), "name") if found else None
    return None if _NO_NOUN.search(found["what"]) else Told(*found.span("what"), _kind(question))


def told(text: str, question: str, next_line: bool) -> Told | None:
    """What an answer to `question` tells. next_line: the answer follows it at once; otherwise only a surname and data
    passed on as a picture or table count. Both texts squeezed."""
    if _TURNS_AWAY.search(text) and not _GIVES_IN.search(text):
        return None
    if found := _SURNAMED.search(text):
        return Told(*found.span(), "name")
    if found := _HANDLE.search(text):
        return Told(*found.span("what"), "account")
    if found := _PASSES_ON.search(text):
        return Told(*found.span(), "picture")
    if not next_line or _SHOPS_OWN.search(text):
        return None
    for look in (_number, _guess_confirmed, _stated, _vague, _bare):
        if found := look(text, question):
            return found
    return None if _SAYS_NOTHING.search(text) else Told(0, len(text), _kind(question))
