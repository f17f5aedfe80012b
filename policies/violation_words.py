"""Violations in the reader's words: what happened to one, why it was found, and what was written around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from conversations.surroundings import lines_around
from orders.dossiers import Line
from orders.promise_patterns import words_at
from policies.detection.registry import DETECTORS
from policies.fine_library import FACT_REASONS
from policies.inspection_models import Violation
from policies.rule_models import PolicyRule, Reads
from tenants.masking import masked_text

AROUND = 5
MESSAGE, REMARK, HAND = "message:", "remark:", "hand:"
CERTAINTIES = {1: _("possible"), 2: _("likely"), 3: _("sure")}
EVENTS = {
    "written": gettext_noop("written down by hand"),
    "priced": gettext_noop("changed: %(changes)s"),
    "asked_second": gettext_noop("confirmed by one; a second person must agree"),
    "second_refused": gettext_noop("the second person did not agree"),
    "confirmed": gettext_noop("confirmed, the agent is told"),
    "dismissed": gettext_noop("dismissed"),
    "exempted": gettext_noop("dismissed: the agent had asked the supervisor before"),
    "looked_again": gettext_noop("to be looked at again"),
    "appealed": gettext_noop("appealed"),
    "upheld": gettext_noop("appeal refused: the violation is final"),
    "revoked": gettext_noop("revoked"),
    "final": gettext_noop("final: the time to appeal has passed"),
    "lapsed": gettext_noop("the rule no longer finds it"),
    "found_again": gettext_noop("the rule finds it again"),
}


class Marked(NamedTuple):
    """A text cut around the words it is about, personal data hidden."""

    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Shown:
    """One line around a violation. at None: not known; said: the one it is about, with its words marked."""

    at: datetime | None
    by_buyer: bool
    automatic: bool
    said: bool
    text: Marked


def marked(text: str, start: int, end: int) -> Marked:
    """`text` with personal data hidden, cut around its characters [start, end). Hiding comes first, so that a number
    that the cut goes through is hidden too."""
    shown = masked_text(text)
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    if shown != text:
        start, end = _moved(text, shown, start, end)
    return Marked(shown[:start], shown[start:end], shown[end:])


def _moved(text: str, shown: str, start: int, end: int) -> tuple[int, int]:
    """Where [start, end) of the text went: what was replaced belongs to it whole if any of it did."""
    begin, stop = 0, len(shown)
    for _tag, a, b, c, d in SequenceMatcher(None, text, shown, autojunk=False).get_opcodes():
        same = b - a == d - c
        if a <= start < b:
            begin = c + (start - a) if same else c
        if a < end <= b:
            stop = c + (end - a) if same else d
    return begin, max(begin, stop)


def around(violation: Violation) -> list[Shown]:
    """What was written around a violation and its own words, marked; [] where nothing of it is kept. One statement.

    Of a remark only the sentence: the rest names the receiver. Where the chat is gone, the words kept with the violation.
    """
    quote = violation.decrypted("quote") or ""
    start, end = violation.start, violation.end
    if violation.source_key.startswith(MESSAGE):
        place = (0, violation.store_id, violation.source_key.removeprefix(MESSAGE))
        near = lines_around([place], AROUND).get(0, [])
        if any(line.said and line.text for line in near):
            return [
                Shown(line.at, line.by_buyer, line.automatic, line.said,
                      marked(line.text, start, end) if line.said else Marked(masked_text(line.text), "", ""))
                for line in near
            ]  # fmt: skip
    elif violation.source_key.startswith(REMARK):
        sentence = words_at(quote, start, end)
        begin = quote.find(sentence)
        quote, start, end = sentence, start - begin, end - begin
    if not quote:
        return []
    return [Shown(violation.said_at, False, False, True, marked(quote, start, end))]


def words_of(violation: Violation) -> Marked:
    """The sentence a list shows, from what is kept with the violation; blank where it is gone."""
    quote = violation.decrypted("quote") or ""
    if violation.source_key.startswith(HAND):
        return marked(quote, 0, 0)
    sentence = words_at(quote, violation.start, violation.end)
    begin = quote.find(sentence)
    return marked(sentence, violation.start - begin, violation.end - begin)


def reason_in_words(rule: PolicyRule, reason: str) -> str:
    """Why a detector or the facts say so; "" where that is no more than the rule's title."""
    detector = DETECTORS.get(rule.detector)
    reasons = FACT_REASONS if rule.reads == Reads.FACTS else detector.reasons if detector else {}
    return gettext(reasons[reason]) if reason in reasons else ""


def lines_in_words(lines: list[Line], currency: str) -> list[dict]:
    """[{at, who, what, note}], newest first; personal data in notes is hidden. currency: of fines."""
    return [
        {
            "at": line.at,
            "who": line.who or gettext("by itself"),
            "what": gettext(EVENTS[line.what]) % {"changes": _changes(line.details, currency)}
            if line.what in EVENTS
            else line.what,
            "note": masked_text(line.note),
        }
        for line in reversed(lines)
    ]


def _changes(details: Mapping, currency: str) -> str:
    told = []
    if "points" in details:
        told.append(gettext("points %(points)s") % {"points": details["points"]})
    if "money" in details:
        told.append(
            gettext("fine %(money)s %(currency)s") % {"money": details["money"], "currency": currency}
        )
    return ", ".join(told)
