"""What the rules say of chat lines: detectors find, and of each rule the version of that business day judges."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from conversations.models import Kind
from policies.detection.detector import Detector, Match, Shop
from policies.detection.phrases import phrase_detector
from policies.detection.reader import Line, Reader
from policies.detection.registry import DETECTORS
from policies.inspection_reading import Row
from policies.rule_models import PolicyVersion, Reads
from policies.rule_versions import RuleBook, applies_to
from stores.models import Store

PHRASES = "phrases"  # PolicyRule.detector of the rules an organization wrote itself


class Told(NamedTuple):
    """A version says something of a line. question: the buyer asks what must be answered with care."""

    row: Row
    version: PolicyVersion
    day: date
    match: Match
    question: bool


def detector_of(version: PolicyVersion) -> Detector | None:
    """What a version reads chats with; None where there is no such detector (any more)."""
    if version.rule.detector == PHRASES:
        # Each version has phrases of its own, so each is a detector of its own.
        return phrase_detector(f"{PHRASES}-{version.pk}", version.spec)
    return DETECTORS.get(version.rule.detector)


def shop_of(store: Store) -> Shop:
    return Shop(store.platform, store.kind, store.country)


def lines_of(rows: Iterable[Row]) -> Iterator[Line]:
    """Chat lines as detectors read them."""
    return (Line(row.text, row.kind == Kind.IN, row.sent_at, row.kind > Kind.HUMAN) for row in rows)


class Judge:
    """The versions that can judge a store's chats on some day, with their detectors. Building costs milliseconds."""

    def __init__(self, store: Store, book: RuleBook, *, rule_id: int | None = None, in_remarks: bool = False):
        """rule_id: that rule alone. in_remarks: only what reads remarks."""
        self.store, self.book, self.shop = store, book, shop_of(store)
        self._rule_id, self._in_remarks, self._key = rule_id, in_remarks, _key(store, book)
        self._days: dict[date, dict[str, list[PolicyVersion]]] = {}

    @cached_property
    def detectors(self) -> dict[int, Detector]:
        """{primary key of a version that is for this store: what it reads chats with}."""
        found = {}
        for version in self.book.versions:
            if self._rule_id in (None, version.rule_id) and version.enabled:
                one = detector_of(version) if applies_to(version, self.store) else None
                if one and (one.in_remarks or not self._in_remarks):
                    found[version.pk] = one
        return found

    @property
    def library(self) -> int:
        """The newest version that came with the library; 0 without any."""
        return max((version.pk for version in self.book.versions if version.edition is not None), default=0)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.detectors.values())

    def told_of(self, rows: Sequence[Row]) -> Iterator[Told]:
        """What the versions of the days say of one buyer's lines, in the order of time."""
        for found in self.reader.read(lines_of(rows), self.shop):
            row = rows[found.place]
            if not row.judged:
                continue
            day = self.store.business_day(row.sent_at)
            for version in self._judging(day).get(found.detector, ()):
                if found.match.certainty >= version.level:
                    yield Told(row, version, day, found.match, found.question)

    def is_of(self, store: Store, book: RuleBook) -> bool:
        """Whether a new judge would judge as this one does."""
        return self._key == _key(store, book)

    def _judging(self, day: date) -> dict[str, list[PolicyVersion]]:
        if day not in self._days:
            named: dict[str, list[PolicyVersion]] = {}
            for version in self.book.judging(self.store, day):
                if version.pk in self.detectors:
                    named.setdefault(self.detectors[version.pk].name, []).append(version)
            self._days[day] = named
        return self._days[day]


def _key(store: Store, book: RuleBook) -> tuple:
    """What judgements hang on. Versions are never changed, only made."""
    versions = [version.pk for version in book.versions]
    return store.pk, shop_of(store), store.time_zone, store.day_cut, versions


def book_of_chats() -> RuleBook:
    """Every version of the scope's rules that read chats. One statement."""
    return RuleBook((Reads.CHAT,))
