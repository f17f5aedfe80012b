"""What a rule that reads chats is made of, and the one way all of them are asked (docs/policies.md). Pure.

A detector reads one message with the few before it. It is asked only where one of its triggers stands in the text, or
where the buyer asked its question a few messages ago: so most messages cost one look for all triggers at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from policies.detection.folding import Folded


class Certainty(IntEnum):
    """How sure a detector is. The default level of a rule shows LIKELY and above."""

    POSSIBLE = 1
    LIKELY = 2
    SURE = 3


class Shop(NamedTuple):
    """What a detector may know of the store. platform: stores.models.Platform; kind: "" | "enterprise" | "mall" | …;
    country: ISO 3166, "" where not told."""

    platform: str
    kind: str = ""
    country: str = ""


class Said(NamedTuple):
    """One chat line. by_buyer False: an agent's (automatic replies are never asked about). at None: just typed."""

    by_buyer: bool
    folded: Folded
    at: datetime | None = None


class Match(NamedTuple):
    """Where and why. [start, end): in `squeezed` of the message asked about (folding.original_span leads to the text).
    reason: key of the detector's REASONS."""

    start: int
    end: int
    reason: str
    certainty: Certainty = Certainty.LIKELY


class Asked(NamedTuple):
    """The buyer's dangerous question that is still open: its match, and how many messages ago it was (1: the last)."""

    match: Match
    ago: int


@dataclass(frozen=True)
class Detector:
    """name: how a rule names it. triggers: folded phrases without which an agent's text says nothing to `find`, unless
    `asked` stands open. question_triggers: the same for `asks`, which reads buyers' lines.

    asks(said, before, shop): whether a buyer's line puts the dangerous question.
    find(said, before, asked, shop): whether an agent's line breaks the rule. before: the lines before it, oldest
    first, CONTEXT at most, none older than CONTEXT_HOURS.
    reasons: {key of Match.reason: sentence that says why (gettext msgid)}.
    in_remarks: whether remarks are read too; as `notice` they are told, not proposed as violations.
    """

    name: str
    find: Callable[[Said, Sequence[Said], Asked | None, Shop], Match | None]
    triggers: frozenset[str]
    reasons: dict[str, str]
    asks: Callable[[Said, Sequence[Said], Shop], Match | None] | None = None
    question_triggers: frozenset[str] = frozenset()
    in_remarks: bool = False


CONTEXT = 8  # lines before the one that is read
CONTEXT_HOURS = 12
# So many lines after the dangerous question an answer is still read as an answer to it.
ANSWERS_WITHIN = 4
