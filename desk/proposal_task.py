"""What a roster is proposed from and what comes of it: plain rows (docs/desk.md, Proposal)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

MIDNIGHT = 1440
REST = "rest"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """hours: {day: (begins, ends)} as instants; ends_minutes: after midnight of its day; stores: those it covers."""

    id: int
    name: str
    ends_minutes: int
    wanted: int
    stores: frozenset[int]
    hours: Mapping[date, tuple[datetime, datetime]] = field(hash=False, compare=False)

    @property
    def night(self) -> bool:
        return self.ends_minutes > MIDNIGHT


@dataclass(frozen=True)
class Worker:
    """set: {day: shift id, or a word for why they do not work (rest, annual, …, gone)}, also of the week before the
    month and the days after it. wishes: {day: shift id, or None for a day off}. stores: where they hold a seat."""

    id: int
    name: str
    stores: frozenset[int]
    set: Mapping[date, int | str] = field(default_factory=dict, hash=False)
    wishes: Mapping[date, int | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Rules:
    rest_days: int = 4
    rest_hours: int = 11
    days_in_row: int = 6
    nights_in_row: int = 4


@dataclass(frozen=True)
class Stretch:
    """An expected load: `people` are needed between two instants of a day."""

    day: date
    begins: datetime
    ends: datetime
    people: int


@dataclass(frozen=True)
class Task:
    days: Sequence[date]
    shifts: Sequence[Shift]
    workers: Sequence[Worker]
    rules: Rules = Rules()
    load: Sequence[Stretch] = ()

    def able(self, worker: Worker, shift: Shift) -> bool:
        """Whether the worker may be asked to work the shift: it wants people, and covers a store of theirs. Where
        nobody holds a seat everybody may."""
        return shift.wanted > 0 and (
            bool(worker.stores & shift.stores) or not any(one.stores for one in self.workers)
        )

    def free(self, worker: Worker, day: date) -> bool:
        return day not in worker.set

    def away(self, worker: Worker) -> int:
        """Days of the month on which the worker is on leave, or not with us any more or yet."""
        return sum(isinstance(why := worker.set.get(day), str) and why != REST for day in self.days)


@dataclass(frozen=True)
class Shortage:
    """What could not be had. what: people (`missing` of a shift), rest (days of a worker), store (nobody of it)."""

    what: str
    missing: int
    day: date | None = None
    shift: Shift | None = None
    worker: Worker | None = None
    store_id: int | None = None


@dataclass(frozen=True)
class Proposal:
    """cells: {(worker id, day): shift id, or None for a rest day} of the cells that were empty. best: proven."""

    cells: dict[tuple[int, date], int | None]
    shortages: list[Shortage]
    wishes_broken: int
    best: bool
    seconds: float
