"""Promises in what agents write: courier, gift, ship date, price protection, effect, other undertakings (R15). Pure.

What is a promise and what is none (docs/promises.md): a firm word of the shop about this buyer's matter that
somebody can check later. No promises are questions, refusals, what depends on an "if", hedged times (预计, 一般, 左右:
an estimate or the shop's policy), what is done already, what is done at once in the chat (帮您查询), the buyer's own words.

A text is folded to simplified half-width letters and read clause by clause; each kind has one pattern of how it is said.
`test_promise_patterns.py` has a sentence for every line here, benchmarks/promises.py the figures on genuine dialogues.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from orders.promise_times import Due, due_in

COURIERS = (
    "顺丰", "德邦", "圆通", "中通", "申通", "韵达", "极兔", "百世", "汇通", "天天快递", "邮政", "ems", "京东快递", "京东物流",
    "京东配送", "宅急送", "优速", "丰网", "安能", "跨越", "菜鸟", "黑猫", "宅配通", "新竹", "j&t", "ninja van", "spx",
)  # fmt: skip
# What people call them otherwise.
_OTHER_NAMES = {
    "顺风": "顺丰",
    "sf": "顺丰",
    "中邮": "邮政",
    "邮局": "邮政",
    "百世汇通": "百世",
    "jnt": "j&t",
}
# Only the characters these patterns ask for: a text is read, not translated.
_TRADITIONAL = (
    "順豐圓韻達極東遞黃優風萬貓務個張雙條裝贈禮發貨給補運費換紅劵價錢護買貴證絕對質褪壞變飛數號時間後內週兩點幾開單據"
    "電話聯絡繫馬處來這會嗎麼說認為無從沒麻煩預計應該將請問經過訂還試達觸導維裡於並專員業勝實獎賠償審帳賬戶現決負責轉換過覆復"
)
_SIMPLIFIED = (
    "顺丰圆韵达极东递黄优风万猫务个张双条装赠礼发货给补运费换红券价钱护买贵证绝对质褪坏变飞数号时间后内周两点几开单据"
    "电话联络系马处来这会吗么说认为无从没麻烦预计应该将请问经过订还试达触导维里于并专员业胜实奖赔偿审账账户现决负责转换过复复"
)
_FOLD = {ord(a): b for a, b in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)}
_FOLD |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    ord("—"): "-",
    ord("–"): "-",
    ord("妳"): "你",
}

# Nothing below can be found in a text that has none of these: most messages end here.
_WORTH_READING = re.compile(
    r"[顺順][丰豐风風]|德邦|[圆圓中申]通|[韵韻][达達]|极兔|極兔|百世|邮政|郵政|[EeＥ][MmＭ][SsＳ]|京[东東][快物配]|[SsＳ][FfＦ]|宅"
    r"|黑[猫貓]|安能|菜[鸟鳥]|送|[赠贈]|[补補]|[券劵]|京豆|[红紅]包|[发發]|寄|出[库庫]|[差保][价價額额]|[价價]保|打[电電]|[价價]格保|[买買][贵貴]"
    r"|[证證]|承[诺諾]|担保|擔保|[绝絕][对對]|[肯一]定|百分百|100%|包[治退您你换換满滿]|假一|[回来來][电電复覆]|[答回][复覆]"
    r"|[联聯][系繫]|致[电電]|通知|告知|反[馈饋]|退|[换換]|[赔賠]|返|[内內前]|今|明[天日早晚]|[后後]天|次日|工作日|保[质質]|[拦攔]截|[预預][约約]|[开開]具|解[决決]|上[门門]"
)
_BREAK = re.compile(r"[。！!；;，,、~～…\n?？]+|\s+")
_SENTENCE = re.compile(r"[。！!；;\n?？]+")
_NAMES = sorted((*COURIERS, *_OTHER_NAMES), key=len, reverse=True)
_COURIER = rf"(?:{'|'.join(re.escape(name) for name in _NAMES)})(?:快递|速运|物流|速递)?"
_YOU = r"(?:您|你|亲|顾客|客户|客人|买家)"
_SHIPS = r"(?:发货|发出|寄出|出库|发走|寄走|出货|安排发|(?:给|帮|为)[您你](?:发|寄)(?!送|现|票|个?地址|消息|过?链接))"
_ARRIVES = r"(?:送达|送到|送货|配送|派送|派件|送过去|(?:给|帮|为)[您你]送)"
_ANSWERS = (
    rf"(?:回电|回复{_YOU}?|来电|致电|联系{_YOU}|通知{_YOU}|告知{_YOU}|答复|短信(?:通知|告知)|(?:打|回)电话|[和与跟]{_YOU}(?:再|取得|重新|电话)?(?:联系|预约|沟通)|电话(?:联系|沟通)"
    rf"|给{_YOU}(?:回复|回电|电话|答复|反馈|回个?电|结果|打))"
)
_DOES = r"(?:处理(?:好|完|解决)?|解决|开具|寄出|邮寄|安装|上门|维修|审核|受理|退款|退回|退还|返还|返给|赔付|补偿|换新|完成|有结果|出结果|办理|安排)"
_DEED = r"(?:(?:退|补|换|赔|返|重发|补发|补寄|重寄|邮寄|拦截|免)(?!换货(?:政策|流程))|安排(?:退|换|补|上门|维修|人))"

_SAYS = {
    "courier": re.compile(
        rf"(?:发|寄|走|用|改|换|换成|安排|选|配|使用|通过)(?:货|的|成|为|是|个|到)?{_COURIER}|{_COURIER}.{{0,3}}?(?:给{_YOU}|发|寄|包邮|配送|送)"
        rf"|(?:快递|配送|物流)(?:方式)?[:是]\s*{_COURIER}"
    ),
    "gift": re.compile(
        rf"(?<![发配派运转推赠递护])送(?:给)?{_YOU}(?!达|到|货|去|过|回)|(?<![发配派运转推递护])送(?:一|1|两|2|个|份|张|双|套|条|件|点|小|礼|赠|券|运费险)"
        rf"|赠送|(?:赠品|增品|礼品|礼物|小礼|优惠券|京豆|红包|代金券|抵用券|积分).{{0,8}}(?:给{_YOU}|送|补|返|发放)"
        rf"|(?:给|为|帮){_YOU}.{{0,4}}(?:送|补|发|寄|申请|放).{{0,6}}(?:赠品|增品|礼品|礼物|小礼|优惠券|京豆|红包|代金券|抵用券|运费券|积分|券)"
        rf"|补[发寄送].{{0,4}}(?:赠品|增品|礼品|礼物|券)|(?:^|:)送(?![货达到修检回过餐的完去来不没了给您你往女])."
    ),
    "ship_date": re.compile(rf"{_SHIPS}|{_ARRIVES}|(?<=[能可会])(?:以)?(?:送|发)(?=的|哦|呢|哈|$)"),
    "price": re.compile(
        r"(?:退|返|赔)(?:还|偿|给|回|付)?.{0,6}差[价额]|补(?:偿|还|给|回|[您你]).{0,6}差[价额]|(?:给|帮|为)[您你].{0,4}补.{0,4}差[价额]"
        r"|差[价额].{0,10}(?:退|返|赔|补(?:偿|还|给)|给[您你])|买贵(?:了)?(?:就|必|可|包)?[退补赔]"
        r"|(?:\d+|[一二三七十]+)天(?:内)?(?:保价|价保|价格保护)|(?:给|帮|为)[您你].{0,6}(?:保价|价保|价格保护)|(?:保价|价保)(?:到|至)"
    ),
    "effect": re.compile(
        r"(?:保证|绝对|肯定|一定|百分百|100%|承诺|担保|包(?![退换括装含邮裹年月里您你满])|(?:^|[^太商确环担医])保(?![证价修留持养护险密管健存障税姆守]))(?:是|会|都|能|可以|[您你])?.{0,4}?"
        r"(?:正品|行货|真品|原装|原厂|全新|完好|质保量|质量|有效|见效|治|根|不褪|不掉|不起球|不变形|不缩水|不坏|不漏|不生锈|不过敏|瘦|好用|防水|耐用|没问题|无问题|新鲜|真)"
        r"|包治|包[您你]?满意|假一[赔罚]|保质保量|无效(?:包?退|退款)|(?:正品|质量)(?:有)?保(?:证|障)|不满意(?:全额)?退款|永(?:不|久)(?:褪|变|掉|坏)"
    ),
}  # fmt: skip
_ANSWERED = re.compile(_ANSWERS)
_DONE = re.compile(_DOES)
_SHIPPED = re.compile(_SHIPS)
_ARRIVED = re.compile(_ARRIVES)
_INVOICE = re.compile(r"发票|专票|普票|增票|开具|开票")  # what is posted then is no parcel
_GIVES = re.compile(
    rf"(?:给|为|帮){_YOU}(?:们)?(?:直接|全额|重新|免费|先|再|单独|额外|操作|安排|做|优先|这边|办理)?{_DEED}"
)
_PAYS = re.compile(r"按.{0,8}(?:赔付|赔偿|补偿)")
_WILL = re.compile(
    r"会|将|再|去|帮|给|为|升级|专员|同事|我们|我|小妹|妹子|这边|客服|售后|师傅|财务|网点|人员|安排|一定|尽快|第一时间|短信|电话|网点|后"
)

# Why something that is said as a promise is none.
_REFUSES = re.compile(
    r"(?<!褪)(?:不(?:能|可以?|了|会|支持|提供|指定|送|发(?!光)|寄|到|是|用|需|要|包|保|敢|确定|一定|好说|退|补|给|在|太|清楚|需要)|没(?:有|法|办法)?|无法|暂无|勿|别|拒|未|很难|尚)"
)
_HEDGES = re.compile(
    r"预计|预估|预期|大概|大约|左右|估计|一般|正常|通常|默认|随机|原则上|应该|可能|也许|或许|争取|尽量|平均|显示|建议|差不多|不等|为准|最快|若|能否|是否|才能|才会|方可|再决定|正在|寄回|退回来|回寄"
)
_IF = re.compile(
    r"^(?:那|但|您|你|亲)?(?:如果|如有|如您|如需|如若|如是|如|若|要是|假如|只要|除非|一旦|万一|倘若|无法)|的话$|的话|(?:成功后|完成后|收到后|签收后|填写后|提交后|下单后|后期|审核后|取消后|付款后)$"
)
_IF_BEFORE = re.compile(
    r"如果|如有|如需|如您|若是|要是|假如|只要|除非|一旦|万一|的话|(?:取消|审核|填写|提交|付款|下单|拦截|签收|收货|收到|退货|验收|拒收)(?:商品|货|退货|订单|成功|完成|通过|好)?(?:之)?后"
)
# What the buyer would have to want, and mostly to pay for.
_WISH = re.compile(r"^(?:亲)?(?:需要|想要?|要)(?:改)?(?:发|走|用|寄)")
_ASKS = re.compile(
    r"(?:吗|么|嘛|没|不|是不是|有没有|要不要|能不能|可不可以|什么|哪个|哪家|哪里|几点|多少)(?:呢|呀|啊|哦|亲)?$|(?:是不是|有没有|要不要|能不能|可不可以|需不需要|是什么|什么时候|何时)"
)
_TAG = re.compile(
    rf"{_YOU}?(?:看|说)?(?:这样)?(?:子)?(?:可以|好|行|ok|方便|能)(?:的)?(?:吗|么|嘛|不|吧)(?:呢|亲|哦)?$|好不好$|可以不$"
)
_PAST = re.compile(
    r"已经?|(?:退回|退还|返还|申请|价保|差价|提交)成功|刚刚?(?=给|帮|为|发|送)|之前|昨天|上次|(?:发|寄|送|补|退|换|赔|返|反馈|登记|联系|通知|申请|处理|提交|打|告知|完成|回复|赠送)(?:出|走|货|过|好|给您|给你)?(?:去)?了"
)
_BUYER_S = re.compile(
    rf"{_YOU}(?:是|的意思)?(?:说|要求|想要?|需要|问|要的|希望|的意思|反馈|担心|自己|可以|方便|跟|和|先|这边(?:是|可以|需要)|打|把|去|到时|在)|^(?:麻烦|请|辛苦|烦请|还请|劳烦|您可以|你可以|建议)"
)
_OF_BUYER = re.compile(
    rf"(?:能|可以|方便|好|可)(?:够)?联系{_YOU}|联系{_YOU}的(?:电话|方式|时候|号码|手机)|(?<![给为帮和与跟系复知]){_YOU}(?:联系|回复|通知|致电|告知|退|换|补|反馈)|快递员?(?:会)?联系|长时间未|无论|不管|等待?{_YOU}|不联系"
)
_BOILERPLATE = re.compile(
    r"随时|一直都?在|继续(?:反馈|为)|打赏|评价|祝您|感谢|欢迎|路径|点击|客户服务|我的京东|到货通知|原路返回|储蓄卡|信用卡|银行|白条|零钱"
)
_WITHOUT_TIME = re.compile(r"尽快|第一时间|马上|立即|立刻|优先|加急|到货后|有货后|一到货")
_NEXT_TO = 14  # how far from a ship word its time may stand


@dataclass(frozen=True)
class Found:
    """One promise. kind: of PromiseKind; start, end: of its words in the text as given; due: what the words say of
    the time, None if nothing. certain: 0..1, how surely it is a promise (a time named, a firm word)."""

    kind: str
    start: int
    end: int
    due: Due | None
    certain: float

    def due_at(self, said_at: datetime, zone: str) -> datetime | None:
        """By when, of what was said at `said_at` in a store of this time zone; None if the words do not say it."""
        return self.due.resolve(said_at, zone) if self.due else None


@dataclass(frozen=True)
class _Clause:
    """text: folded, from `start` on; open: what came before makes it depend on an "if"; asks: it is a question."""

    text: str
    start: int
    depends: bool
    asks: bool
    offers: bool


def promises_in(text: str) -> list[Found]:
    """The promises of an agent's message or a remark, at most one of each kind: the first that names a time, else
    the first. Most messages are seen through without being folded."""
    if not _WORTH_READING.search(text):
        return []
    best: dict[str, Found] = {}
    for clause in _clauses(text.translate(_FOLD).lower()):
        for found in _in_clause(clause):
            known = best.get(found.kind)
            if known is None or (known.due is None and found.due is not None):
                best[found.kind] = found
    return sorted(best.values(), key=lambda found: found.start)


def courier_in(text: str) -> str:
    """The courier a text names, by its name in COURIERS; "" for none."""
    found = re.search("|".join(re.escape(name) for name in _NAMES), text.translate(_FOLD).lower())
    return _OTHER_NAMES.get(found[0], found[0]) if found else ""


def words_at(text: str, start: int, end: int, sentence: bool = True) -> str:
    """The sentence, or only the clause, that holds these characters: enough to see what was meant."""
    ends = _SENTENCE if sentence else _BREAK
    begin = max((found.end() for found in ends.finditer(text, 0, start)), default=0)
    stop = ends.search(text, end)
    return text[begin : stop.start() if stop else len(text)].strip()


def means_arrival(text: str) -> bool:
    """Whether a ship date's words promise that it arrives by then, not only that it leaves."""
    folded = text.translate(_FOLD).lower()
    return bool(_ARRIVED.search(folded)) and not _SHIPPED.search(folded)


def _clauses(text: str) -> list[_Clause]:
    parts: list[tuple[int, int, str]] = []
    at = 0
    for found in _BREAK.finditer(text):
        if found.start() > at:
            parts.append((at, found.start(), found[0]))
        at = found.end()
    if at < len(text):
        parts.append((at, len(text), ""))
    clauses: list[_Clause] = []
    depends = False
    for place, (start, end, stop) in enumerate(parts):
        said = text[start:end]
        following = parts[place + 1] if place + 1 < len(parts) else None
        tag_follows = following is not None and bool(_TAG.fullmatch(text[following[0] : following[1]]))
        without_tag = _TAG.sub("", said)
        own_tag = without_tag != said and bool(without_tag)
        asks = bool(_ASKS.search(without_tag if own_tag else said)) or ("?" in stop and not own_tag)
        clauses.append(
            _Clause(without_tag if own_tag else said, start, depends, asks, own_tag or tag_follows)
        )
        # An "if" reaches as far as the next clause of its sentence.
        depends = bool(_IF.search(said) or _IF_BEFORE.search(said)) and not any(
            mark in stop for mark in "。！!"
        )
    return clauses


def _in_clause(clause: _Clause) -> list[Found]:
    text = clause.text
    if clause.asks or clause.depends or not _WORTH_READING.search(text):
        return []
    if _BOILERPLATE.search(text) or _IF_BEFORE.search(text) or _WISH.search(text):
        return []
    due = due_in(text)
    found = []
    for kind, pattern in _SAYS.items():
        holding = (said for said in pattern.finditer(text) if _holds(kind, text, said, due))
        if said := next(holding, None):
            found.append(_found(kind, clause, said.span(), due))
    if not found and (said := _undertaking(text, due)):
        found.append(_found("other", clause, said.span(), due))
    # An offer ("… 可以吗") binds only where it says by when, or is a deed that stands by itself.
    return [one for one in found if not clause.offers or one.due or one.kind in ("other", "gift")]


def _found(kind: str, clause: _Clause, span: tuple[int, int], due: Due | None) -> Found:
    start, end = span
    if due and kind != "effect":
        start, end = min(start, due.start), max(end, due.end)
    sure = 0.9 if due else 0.7
    if kind == "other" and not due:
        sure = 0.5
    return Found(kind, clause.start + start, clause.start + end, None if kind == "effect" else due, sure)


def _holds(kind: str, text: str, said: re.Match, due: Due | None) -> bool:
    """Whether words of a kind are a promise where they stand."""
    if kind == "effect":
        return not re.search(
            r"不(?:能|敢|可以?|会|是)|没(?:有|法)|无法|难以|未", text[: said.start() + 2]
        ) and not _BUYER_S.search(text)
    if _HEDGES.search(text) or _BUYER_S.search(text) or _REFUSES.search(text):
        return False
    if kind == "ship_date":
        named = due is not None and _is_near(due, said) and not _PAST.search(text)
        soon = _WITHOUT_TIME.search(text) and _SHIPPED.search(text) and not _PAST.search(text)
        return bool(named or soon) and not _INVOICE.search(text)
    return not _PAST.search(text)


def _is_near(due: Due, said: re.Match) -> bool:
    return max(due.start - said.end(), said.start() - due.end) <= _NEXT_TO


def _undertaking(text: str, due: Due | None) -> re.Match | None:
    """What the shop says it will do, and is none of the other kinds: an answer, money, an exchange, something in time."""
    if _BUYER_S.search(text) or _OF_BUYER.search(text) or _HEDGES.search(text) or _REFUSES.search(text):
        return None
    if _PAST.search(text) and due is None:
        return None
    if (said := _ANSWERED.search(text)) and (due or _WILL.search(text)):
        return said
    if said := _GIVES.search(text) or _PAYS.search(text):
        return said
    return _DONE.search(text) if due else None
