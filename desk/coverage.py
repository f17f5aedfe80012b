"""Load against people: what each hour of a month asks for and who is on shift (docs/desk.md, Load and coverage)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Q

from desk.load import HOUR, actual_load, expected_load
from stores.models import Store
from team.models import SeatAssignment
from team.roster_models import EntryKind, RosterEntry

# Less than a tenth of one person's work calls nobody.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Hour:
    """One hour of the reader's wall clock. load: questions, asked (`known`) or expected; people: of those on shift,
    half a person who leaves after half the hour; needed: people the load asks for, whole ones."""

    starts_at: datetime
    hour: int
    load: float
    known: bool
    people: float
    needed: int

    @property
    def short(self) -> bool:
        return self.people < self.needed


@dataclass(frozen=True)
class Day:
    day: date
    hours: tuple[Hour, ...]

    @property
    def missing(self) -> float:
        """Person-hours that are missing, gaps only: people too many at noon do not help in the evening."""
        return sum(hour.needed - hour.people for hour in self.hours if hour.short)


def month_days(month: date) -> list[date]:
    """All days of the month that `month` lies in."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return [first + timedelta(days=number) for number in range((after - first).days)]


def coverage(
    stores: Sequence[Store],
    days: Sequence[date],
    zone: ZoneInfo,
    rounds_per_hour: int,
    now: datetime,
    drafts: bool = True,
) -> list[Day]:
    """Each day hour by hour, in the reader's `zone`. A daylight-saving change makes a day of 23 or 25 hours.

    Hours up to the newest data tell what was asked, later ones what is expected. drafts: entries of months that
    are not published count too. A constant number of queries.
    """
    if not days or not stores:
        return [Day(day, ()) for day in days]
    edges = [datetime.combine(day, datetime.min.time(), zone) for day in days]
    edges.append(datetime.combine(days[-1] + timedelta(days=1), datetime.min.time(), zone))
    since, until = edges[0].astimezone(UTC), edges[-1].astimezone(UTC)
    asked = actual_load(stores, since - HOUR, until)
    newest = max(asked, default=None)
    expected = expected_load(stores, now.astimezone(zone).date())
    working = _shifts(stores, since, until, drafts)
    found = []
    for day, begins, ends in zip(days, edges, edges[1:], strict=False):
        instant, last, hours = begins.astimezone(UTC), ends.astimezone(UTC), []
        while instant < last:
            known = newest is not None and instant <= newest and instant < now
            load = (
                _asked_within(asked, instant)
                if known
                else sum(one.within(instant) for one in expected.values())
            )
            needed = people_needed(load, rounds_per_hour)
            wall = instant.astimezone(zone)
            hours.append(Hour(instant, wall.hour, round(load, 1), known, _people(working, instant), needed))
            instant += HOUR
        found.append(Day(day, tuple(hours)))
    return found


def people_needed(load: float, rounds_per_hour: int) -> int:
    """Whole people for `load` questions in an hour."""
    return max(0, ceil(load / rounds_per_hour - TOLERANCE)) if rounds_per_hour else 0


def _asked_within(asked: dict[datetime, int], instant: datetime) -> float:
    """Questions of the hour from `instant` on. Stores whose clocks are half an hour off begin within it."""
    total = float(asked.get(instant, 0))
    for minutes in (15, 30, 45):
        offset = timedelta(minutes=minutes)
        total += asked.get(instant + offset, 0) * (1 - minutes / 60)
        total += asked.get(instant + offset - HOUR, 0) * minutes / 60
    return total


def _shifts(stores: Sequence[Store], since: datetime, until: datetime, drafts: bool) -> list[tuple]:
    """(starts_at, ends_at) of everybody on shift for any of the stores: the shift covers it and they hold a seat.

    Where nobody of the organization holds a seat yet, seats are not asked for.
    """
    ids = [store.pk for store in stores]
    entries = RosterEntry.objects.filter(
        Q(shift__store_ids=[]) | Q(shift__store_ids__overlap=ids),
        kind=EntryKind.WORK, ends_at__gt=since, starts_at__lt=until,
    )  # fmt: skip
    if not drafts:
        entries = entries.filter(published=True)
    holders = set(SeatAssignment.objects.filter(seat__store__in=ids).values_list("agent_id", flat=True))
    rows = entries.values_list("agent_id", "starts_at", "ends_at")
    return [row[1:] for row in rows if not holders or row[0] in holders]


def _people(working: list[tuple[datetime, datetime]], instant: datetime) -> float:
    after = instant + HOUR
    within = sum(
        ((min(ends, after) - max(starts, instant)) / HOUR)
        for starts, ends in working
        if starts < after and ends > instant
    )
    return round(within, 2)
