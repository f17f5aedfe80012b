"""What buyers write that tells a claimant from a customer (R16): claims, fishing questions, bargaining. Pure.

Texts are folded first (policies/detection/folding.py): Traditional, full-width and spaced-out writing is one.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.detection.folding import fold
from policies.risk_kinds import FISHING_DAYS, FISHING_TOPICS

_N = r"[一二三四五六七八九十百\d]+"
# A shop's own "ten for a fake" is asked about by honest buyers: a question is no claim.
_ASKED = r"(?!.{0,6}[吗么嘛?呢])"
# Codes of risk_kinds.CLAIMS and TOPICS.
_CLAIM = {
    "tenfold": rf"(?:假一赔{_N}|退一赔{_N}|赔(?:偿|你|我|付)*{_N}倍|{_N}倍(?:的)?赔偿|{_N}倍赔付){_ASKED}",
    "authority": r"(?<!\d)1 ?2 ?3 ?(?:1 ?|4 ?)5(?!\d)|工商(?!银行|户|执照|注册)|市场监[督管]|消协|消费者协会|消保委"
    r"|(?:举报|告)(?:你|你们|贵店)",
    "court": r"(?:我|会|要|准备|直接|只能|等着)(?:去)?(?:被)?起诉|起诉(?:你|你们|贵)|法院(?:见|传票|起诉)|律师函|打官司|诉讼",
    "hunter": r"职业打假|打假人|知假买假|职业举报|职业索赔|打假(?:的|团|师)",
}
_TOPIC = {
    "counterfeit": r"高仿|精仿|仿品|仿的|a货|正品|真品|真货|假货|保真|真的假的|原单|尾单|专柜|授权书|正版吗",
    "invoice": r"发票|开票|专票|普票",
    "statement": r"检测报告|质检报告|检验报告|合格证|生产许可|3c认证|ccc|执行标准|国家级|最好的吗|百分百|百分之百|100%"
    r"|治疗|疗效|功效|有效吗|书面|写下来|截图(?:为证|保存|留)|你(?:们)?(?:能|敢|可以)?(?:保证|承诺|确定)",
}
_BARGAIN = re.compile(
    r"便宜|优惠|打折|折扣|[\d一二三四五六七八九]折|少[点些]|少一点|券|红包|包邮|免邮|最低|砍|抹零|减[点一二三五十\d]|满减"
    r"|送[点个些]|赠品|活动价|[太好有]贵|贵了|多少钱|价格|价钱|怎么卖|discount|cheaper|voucher",
)
_CLAIMS = {code: re.compile(pattern) for code, pattern in _CLAIM.items()}
_TOPICS = {code: re.compile(pattern) for code, pattern in _TOPIC.items()}


class Wrote(NamedTuple):
    """One message of a buyer."""

    message_id: str
    at: datetime
    text: str


class Found(NamedTuple):
    """What a buyer's messages show: which codes, in which messages (the latest last), the latest at `at`."""

    codes: list[str]
    message_ids: list[str]
    at: datetime


def codes_in(patterns: dict[str, re.Pattern], text: str) -> list[str]:
    """The codes whose pattern stands in a folded text."""
    return [code for code, pattern in patterns.items() if pattern.search(text)]


def claims_in(text: str) -> list[str]:
    """Codes of CLAIMS a buyer's message speaks of."""
    return codes_in(_CLAIMS, fold(text).squeezed)


def topics_in(text: str) -> list[str]:
    """Codes of TOPICS a buyer's message fishes in."""
    return codes_in(_TOPICS, fold(text).squeezed)


def bargains(text: str) -> bool:
    """Whether a buyer's message speaks of the price, as customers do."""
    return _BARGAIN.search(fold(text).squeezed) is not None


def judged(messages: Iterable[Wrote], claim_days: int = 180) -> tuple[Found | None, Found | None]:
    """(claims, fishing without bargaining) of one buyer's messages, given in order of time; None: nothing of it.

    Claims: those within `claim_days` of the last one. Fishing: FISHING_TOPICS kinds of questions within FISHING_DAYS
    of the last one, and not one message about the price in that time or after it.
    """
    claims, topics, priced = [], [], []
    for one in messages:
        text = fold(one.text).squeezed
        if found := codes_in(_CLAIMS, text):
            claims.append((one, found))
        if found := codes_in(_TOPICS, text):
            topics.append((one, found))
        if _BARGAIN.search(text):
            priced.append(one.at)
    fishing = _window(topics, FISHING_DAYS)
    if fishing:
        since = fishing.at - timedelta(days=FISHING_DAYS)
        if len(fishing.codes) < FISHING_TOPICS or any(at > since for at in priced):
            fishing = None
    return _window(claims, claim_days), fishing


def _window(found: list[tuple[Wrote, list[str]]], days: int) -> Found | None:
    """What was found within so many days before the last of it."""
    if not found:
        return None
    last = found[-1][0].at
    inside = [(one, codes) for one, codes in found if one.at > last - timedelta(days=days)]
    codes = sorted({code for _one, codes in inside for code in codes})
    return Found(codes, [one.message_id for one, _codes in inside], last)
