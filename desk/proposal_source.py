"""What a month's proposal is made from, read from the roster, its requests, the seats and the expected load."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from desk.coverage import people_needed
from desk.duties import desk_settings
from desk.load import HOUR, expected_load
from desk.models import DeskSettings
from desk.proposal_task import DAY, REST, Rules, Shift, Stretch, Task, Worker
from stores.models import Store
from team.models import Agent, SeatAssignment
from team.roster import Cell, code_of, days_of, shift_id_of
from team.roster_models import EntryKind, RequestKind, RequestState, RosterEntry, RosterRequest, ShiftKind
from team.shifts import hours_of, shift_kinds

# Days before and after the month that limit what it may hold: nobody is asked to work more than this in a row.
AROUND = timedelta(days=14)
AWAY = "away"


def read_task(organization_id: int, month: date, planned_ids: Iterable[int], now: datetime) -> Task:
    """The month's task: cells from today on of the people in `planned_ids` may be filled, everybody else's stay.

    A constant number of queries. ValueError: no shift in use wants anybody.
    """
    figures = desk_settings()
    kinds = shift_kinds(organization_id)
    if not any(kind.active and kind.people_wanted for kind in kinds):
        raise ValueError("no shift in use wants anybody")
    stores = list(Store.objects.all())
    days = days_of(month)
    around = [month - AROUND + DAY * number for number in range(len(days) + 2 * AROUND.days)]
    shifts = [_shift(kind, stores, around) for kind in kinds]
    today = now.astimezone(ZoneInfo(kinds[0].time_zone)).date()
    workers = _workers(days, set(planned_ids), today, {kind.pk for kind in kinds})
    rules = Rules(figures.rest_days, figures.rest_hours, figures.days_in_row, figures.nights_in_row)
    return Task(days, shifts, workers, rules, _stretches(kinds, shifts, stores, days, figures, today))


def _shift(kind: ShiftKind, stores: Sequence[Store], days: Sequence[date]) -> Shift:
    covered = frozenset(kind.store_ids or [store.pk for store in stores])
    hours = {day: hours_of(kind, day) for day in days}
    # A shift out of use is still worked where it was set, but asked of nobody.
    wanted = kind.people_wanted if kind.active else 0
    return Shift(kind.pk, kind.name, kind.ends_minutes, wanted, covered, hours)


def _workers(days: list[date], planned: set[int], today: date, kind_ids: set[int]) -> list[Worker]:
    first, last = days[0], days[-1]
    seats = SeatAssignment.objects.filter(since__lte=last).exclude(until__lt=first)
    stores: dict[int, set[int]] = {}
    for agent_id, store_id in seats.values_list("agent_id", "seat__store_id"):
        stores.setdefault(agent_id, set()).add(store_id)
    known = {
        (entry.agent_id, entry.day): code_of(entry)
        for entry in RosterEntry.objects.filter(day__range=(first - AROUND, last + AROUND))
    }
    leave, wishes = _requests(first, last)
    workers = []
    for agent in Agent.objects.exclude(left_on__lt=first).order_by("name", "pk"):
        given: dict[date, int | str] = {
            day: shift_id_of(code) or code for (agent_id, day), code in known.items() if agent_id == agent.pk
        }
        for day in days:
            gone = agent.left_on is not None and day > agent.left_on
            if gone or (agent.pk, day) in leave:
                given[day] = AWAY if gone else leave[agent.pk, day]
            elif agent.pk not in planned or day < today:
                given.setdefault(day, AWAY)
        theirs = {day: wish for (agent_id, day), wish in wishes.items() if agent_id == agent.pk}
        theirs = {day: wish for day, wish in theirs.items() if wish is None or wish in kind_ids}
        workers.append(Worker(agent.pk, agent.name, frozenset(stores.get(agent.pk, ())), given, theirs))
    return workers


def _requests(first: date, last: date) -> tuple[dict[Cell, str], dict[Cell, int | None]]:
    """Approved leave as {cell: its kind}, wishes as {cell: shift id, None for a day off}."""
    leave: dict[Cell, str] = {}
    wishes: dict[Cell, int | None] = {}
    found = RosterRequest.objects.filter(since__lte=last, until__gte=first)
    for request in found.filter(kind=RequestKind.LEAVE, state=RequestState.APPROVED):
        leave |= {
            (request.agent_id, day): request.entry_kind or REST for day in _within(request, first, last)
        }
    asked = (RequestState.OPEN, RequestState.APPROVED)
    for request in found.filter(kind=RequestKind.WISH, state__in=asked):
        wished = request.shift_id if request.entry_kind == EntryKind.WORK else None
        if request.entry_kind != EntryKind.WORK or wished:
            wishes |= {(request.agent_id, day): wished for day in _within(request, first, last)}
    return leave, wishes


def _within(request: RosterRequest, first: date, last: date) -> list[date]:
    since, until = max(request.since, first), min(request.until, last)
    return [since + DAY * number for number in range((until - since).days + 1)]


def _stretches(
    kinds: Sequence[ShiftKind],
    shifts: Sequence[Shift],
    stores: Sequence[Store],
    days: Sequence[date],
    figures: DeskSettings,
    today: date,
) -> list[Stretch]:
    """Between any two instants at which a shift begins or ends, the people the busiest hour of it asks for."""
    expected = expected_load(stores, today)
    zone = ZoneInfo(kinds[0].time_zone)
    found = []
    for day in days:
        if day < today:
            continue
        edges = sorted({instant for shift in shifts if shift.wanted for instant in shift.hours[day]})
        for begins, ends in pairwise(edges):
            instant, most = _whole_hour(begins, zone), 0.0
            while instant < ends:
                most = max(most, sum(one.within(instant) for one in expected.values()))
                instant += HOUR
            if people := people_needed(most, figures.rounds_per_hour):
                found.append(Stretch(day, begins, ends, people))
    return found


def _whole_hour(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock's hour began."""
    wall = instant.astimezone(zone)
    return (instant - timedelta(minutes=wall.minute, seconds=wall.second)).astimezone(UTC)
