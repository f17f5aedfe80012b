"""Rules an organization writes itself: lists of phrases with exceptions, no regular expressions. Pure.

Why no regular expressions: docs/decisions/policy-phrases.md. A phrase may hold "…", which stands for up to GAP
characters within a sentence. Phrases are folded like the texts they are looked for in, so one writing of a word finds them
all. A phrase counts nowhere where an exception holds it whole: 第一 with the exception 第一时间.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import ahocorasick
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.folding import fold

MOST_PHRASES = 200  # of each list
LONGEST = 60  # characters of a phrase
MOST_GAPS = 3  # "…" in a phrase
GAP = 8  # characters "…" stands for at most
CERTAINTIES = {one.name.lower(): one for one in Certainty}
SPEAKERS = ("agent", "buyer")
REASONS = {
    "phrase": gettext_noop("A phrase of this rule."),
    "question": gettext_noop("A question of this rule."),
}
_DEFAULTS = {
    "phrases": [], "except": [], "asked": [], "speaker": "agent", "in_remarks": False, "certainty": "likely",
}  # fmt: skip
_GAPS = re.compile(r"\s*(?:…|\.{3,})[…. ]*")
_SENTENCE_END = re.compile(r"[。!?;\n…]")

Parts = tuple[str, ...]


def parts_of(phrase: str) -> Parts:
    """A phrase as it is looked for: folded, cut where it holds "…"."""
    folded = (" ".join(fold(part).squeezed.split()) for part in _GAPS.split(phrase))
    return tuple(part for part in folded if part)


class Phrases:
    """A list of phrases with its exceptions, looked for in squeezed texts (folding.Folded)."""

    def __init__(self, phrases: Iterable[str], exceptions: Iterable[str] = ()) -> None:
        self._phrases, self._exceptions = _by_longest(phrases), _by_longest(exceptions)
        # Without its longest part a phrase cannot stand in a text.
        self.triggers = frozenset(self._phrases)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a phrase stands that no exception holds, in the order of the text, at one place the longest first."""
        found = _spans(text, self._phrases)
        if not found:
            return []
        covers = _spans(text, self._exceptions)
        free = [(a, b) for a, b in found if not any(c <= a and b <= d for c, d in covers)]
        return sorted(free, key=lambda span: (span[0], -span[1]))


def _by_longest(phrases: Iterable[str]) -> ahocorasick.Automaton:
    """Finds the longest part of each phrase in one pass over a text; its value: the phrases it is part of."""
    automaton = ahocorasick.Automaton()
    for parts in filter(None, map(parts_of, phrases)):
        longest = max(parts, key=len)
        automaton.add_word(longest, (*automaton.get(longest, ()), parts))
    automaton.make_automaton()
    return automaton


def _spans(text: str, phrases: ahocorasick.Automaton) -> set[tuple[int, int]]:
    seen = {parts for _end, those in phrases.iter(text) for parts in those} if phrases else ()
    return {span for parts in seen for span in _spans_of(text, parts)}


def _spans_of(text: str, parts: Parts) -> Iterator[tuple[int, int]]:
    """Every way the parts stand in the text one after the other, gaps of GAP at most within a sentence."""
    first, *others = parts
    for start in _places(text, first, 0, len(text)):
        ends = {start + len(first)}
        for part in others:
            ends = {
                place + len(part)
                for end in ends
                for place in _places(text, part, end, end + GAP + len(part))
                if not _SENTENCE_END.search(text, end, place)
            }
        yield from ((start, end) for end in ends)


def _places(text: str, part: str, start: int, end: int) -> Iterator[int]:
    """Where a part begins in text[start:end], as a word of its own where it is of Latin letters or figures."""
    place = text.find(part, start, end)
    while place >= 0:
        if not (_goes_on(text, place) or _goes_on(text, place + len(part))):
            yield place
        place = text.find(part, place + 1, end)


def _goes_on(text: str, place: int) -> bool:
    """Whether a word or a number goes on over this place: "line" is not in "online", "5元" not in "15元"."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    both = left + right
    return both.isdecimal() or (both.isascii() and both.isalpha())


def phrase_detector(name: str, spec: dict) -> Detector:
    """The detector of a rule written as phrases. spec: as `checked_spec` gives it.

    With "asked", a phrase counts only in an answer to a buyer who said one of these. With the speaker "buyer" the
    phrases are questions to warn of.
    """
    phrases, certainty = Phrases(spec["phrases"], spec["except"]), CERTAINTIES[spec["certainty"]]
    if spec["speaker"] == "buyer":
        asks = partial(_first, phrases, "question", certainty)
        return Detector(name, _nothing, frozenset(), REASONS, asks=asks, question_triggers=phrases.triggers)
    questions = Phrases(spec["asked"])
    return Detector(
        name,
        partial(_answer, phrases, bool(spec["asked"]), certainty),
        phrases.triggers,
        REASONS,
        asks=partial(_first, questions, "question", Certainty.POSSIBLE) if spec["asked"] else None,
        question_triggers=questions.triggers,
        in_remarks=spec["in_remarks"],
    )


def _first(
    phrases: Phrases, reason: str, certainty: Certainty, said: Said, before: Sequence[Said], shop: Shop
) -> Match | None:
    spans = phrases.spans(said.folded.squeezed)
    return Match(*spans[0], reason, certainty) if spans else None


def _answer(
    phrases: Phrases, only_asked: bool, certainty: Certainty, said: Said, before: Sequence[Said],
    asked: Asked | None, shop: Shop,
) -> Match | None:  # fmt: skip
    if only_asked and asked is None:
        return None
    return _first(phrases, "phrase", certainty, said, before, shop)


def _nothing(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> None:
    """What is said by agents is no matter of a rule about buyers."""


def checked_spec(spec: dict) -> dict:
    """A rule's phrases as they are kept: every key, phrases trimmed and each once. ValidationError: says in words why not."""
    if not isinstance(spec, dict) or not set(spec) <= set(_DEFAULTS):
        raise ValidationError(_("A rule of phrases has other fields."))
    kept = _DEFAULTS | spec
    if (
        kept["speaker"] not in SPEAKERS
        or kept["certainty"] not in CERTAINTIES
        or type(kept["in_remarks"]) is not bool
    ):
        raise ValidationError(_("A rule of phrases has other fields."))
    kept |= {field: _checked_phrases(kept[field]) for field in ("phrases", "except", "asked")}
    if not kept["phrases"]:
        raise ValidationError(_("Write at least one phrase."))
    if kept["speaker"] == "buyer" and (kept["asked"] or kept["in_remarks"]):
        raise ValidationError(
            _("A rule about what buyers write has no question before it and reads no remarks.")
        )
    if kept["asked"] and kept["in_remarks"]:
        raise ValidationError(_("A remark answers no question: leave the questions or the remarks out."))
    return kept


def _checked_phrases(phrases: Sequence[str]) -> list[str]:
    """Each phrase once, in the order written."""
    if not isinstance(phrases, list | tuple) or not all(isinstance(phrase, str) for phrase in phrases):
        raise ValidationError(_("A rule of phrases has other fields."))
    if len(phrases) > MOST_PHRASES:
        raise ValidationError(
            ngettext(
                "At most %(count)d phrase fits into a list.",
                "At most %(count)d phrases fit into a list.",
                MOST_PHRASES,
            )
            % {"count": MOST_PHRASES}
        )
    kept: dict[Parts, str] = {}
    for phrase in filter(None, map(str.strip, phrases)):
        kept.setdefault(_checked_parts(phrase), phrase)
    return list(kept.values())


def _checked_parts(phrase: str) -> Parts:
    parts = parts_of(phrase)
    shown = {"phrase": phrase[:LONGEST], "count": LONGEST, "gaps": MOST_GAPS}
    if len(phrase) > LONGEST:
        raise ValidationError(_("“%(phrase)s…” is longer than %(count)d characters."), params=shown)
    # A single character wakes the rule for nearly every message.
    if not any(len(part) > 1 and any(map(str.isalnum, part)) for part in parts):
        raise ValidationError(
            _("“%(phrase)s” is too short: two characters in a row are the least."), params=shown
        )
    if len(parts) > MOST_GAPS + 1:
        raise ValidationError(_("“%(phrase)s” has more than %(gaps)d gaps."), params=shown)
    return parts
