"""What an answer would trigger before it is sent: its rules of today, why, where, and a safe wording (R11–R17)."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from django.db.models import Max
from opencc import OpenCC

from policies.detection.detector import CONTEXT, Certainty, Match
from policies.detection.folding import original_span
from policies.detection.reader import Line
from policies.inspection_judge import Judge, book_of_chats
from policies.library import LIBRARY
from policies.rule_models import PolicyVersion
from policies.rule_versions import RuleBook, ensure_library, in_words
from policies.rule_words import consequence_of, wordings_of
from policies.violation_words import reason_in_words
from stores.models import Store

LONGEST_TEXT = 5000  # characters
MOST_BEFORE = CONTEXT
# Buyers of these countries read Traditional Chinese.
_TRADITIONAL = {"TW": "s2twp", "HK": "s2hk", "MO": "s2hk"}
_MOST_ORGANIZATIONS = 50


class Finding(NamedTuple):
    """One rule an answer would break. [start, end): in the answer. shown: at the rule's level; the rest is a maybe.

    points, money: of a verified version; None otherwise. question: not the answer, but what the buyer asked last is
    dangerous; start and end are 0 then. wordings: safe words in the characters the store's buyers read.
    """

    code: str
    title: str
    why: str
    start: int
    end: int
    certainty: Certainty
    shown: bool
    verified: bool
    points: Decimal | None
    money: Decimal | None
    consequence: str
    wordings: list[str]
    question: bool


def check(store: Store, text: str, before: Sequence[Line], now: datetime) -> list[Finding]:
    """What `text`, typed now as an answer in this store, would trigger; the surest first. In the scope's language.

    before: the chat's last lines, oldest first; of more than MOST_BEFORE the last count. At most two statements.
    """
    judge = _judge_of(store, now)
    lines = [*before[-MOST_BEFORE:], Line(text, by_buyer=False)]
    valid = {}
    for version in judge.book.judging(store, store.business_day(now)):
        if version.pk in judge.detectors:
            valid.setdefault(judge.detectors[version.pk].name, []).append(version)
    last = max((place for place, line in enumerate(lines) if line.by_buyer), default=None)
    broken, asked = {}, {}
    for found in judge.reader.read(lines, judge.shop):
        for version in valid.get(found.detector, ()):
            if found.place == len(lines) - 1:
                broken[version.pk] = _finding(judge, version, found.match, text, store)
            elif found.question and found.place == last and found.match.certainty >= version.level:
                asked[version.pk] = _finding(judge, version, found.match, "", store)
    asked = {pk: one for pk, one in asked.items() if pk not in broken}
    return sorted(
        [*broken.values(), *asked.values()],
        key=lambda one: (one.question, -one.certainty, one.start, one.code),
    )


def _finding(judge: Judge, version: PolicyVersion, match: Match, text: str, store: Store) -> Finding:
    start, end = original_span(text, match.start, match.end) if text else (0, 0)
    verified = version.verified_on is not None
    return Finding(
        code=version.rule.code,
        title=in_words(version.rule),
        why=reason_in_words(version.rule, match.reason),
        start=start,
        end=end,
        certainty=match.certainty,
        shown=match.certainty >= version.level,
        verified=verified,
        points=version.points if verified else None,
        money=version.money if verified else None,
        consequence=consequence_of(version),
        wordings=safe_wordings(store, version),
        question=not text,
    )


def safe_wordings(store: Store, version: PolicyVersion) -> list[str]:
    """What a version says an agent may answer, in the characters this store's buyers read."""
    convert = _converter(_TRADITIONAL.get(store.country, ""))
    return [convert(text) if convert else text for text in wordings_of(version)]


@lru_cache(maxsize=len(_TRADITIONAL))
def _converter(configuration: str):
    return OpenCC(configuration).convert if configuration else None


class _Kept(NamedTuple):
    newest: int | None
    book: RuleBook
    judges: dict[int, Judge]


# {organization_id: its rules}, by which many drafts are checked without reading them again; the longest unused goes.
_rules_of_organization: OrderedDict[int, _Kept] = OrderedDict()
_lock = Lock()


def _judge_of(store: Store, now: datetime) -> Judge:
    """One statement where the rules are those of the last check: versions are only ever added."""
    newest = _newest_version()
    if newest is None:
        ensure_library(store.organization_id, LIBRARY, now)
        newest = _newest_version()
    with _lock:
        kept = _rules_of_organization.get(store.organization_id)
    if kept is None or kept.newest != newest:
        kept = _Kept(newest, book_of_chats(), {})
    judge = kept.judges.get(store.pk)
    if judge is None or not judge.is_of(store, kept.book):
        judge = kept.judges[store.pk] = Judge(store, kept.book)
    with _lock:
        _rules_of_organization[store.organization_id] = kept
        _rules_of_organization.move_to_end(store.organization_id)
        while len(_rules_of_organization) > _MOST_ORGANIZATIONS:
            _rules_of_organization.popitem(last=False)
    return judge


def _newest_version() -> int | None:
    return PolicyVersion.objects.aggregate(newest=Max("pk"))["newest"]
