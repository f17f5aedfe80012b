"""One month of the roster as it is read: people, days, what each does, and the limits it must keep to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from team.models import Agent
from team.roster import Cell, code_of, days_of
from team.roster_limits import Limits
from team.roster_models import RequestKind, RequestState, RosterEntry, RosterMonth, RosterRequest, ShiftKind
from team.seats import agents_open_to


@dataclass
class Grid:
    """entries: by (agent_id, day), one day before and after the month too, whose shifts reach into it. kinds: all
    kinds of shifts by id, in the order of the day. leave: cells of approved leave; asked: of open requests."""

    month: date
    agents: list[Agent]
    kinds: dict[int, ShiftKind]
    limits: Limits
    published_at: datetime | None
    entries: dict[Cell, RosterEntry]
    leave: set[Cell] = field(default_factory=set)
    asked: set[Cell] = field(default_factory=set)

    @property
    def days(self) -> list[date]:
        return days_of(self.month)

    def code(self, agent_id: int, day: date) -> str:
        return code_of(self.entries.get((agent_id, day)))


def people_of(membership, month: date) -> QuerySet[Agent]:
    """The people this member may see who had not left before the month."""
    people = agents_open_to(membership).filter(Q(left_on=None) | Q(left_on__gte=month))
    return people.order_by("name", "pk")


def load_month(
    month: date, agents: QuerySet[Agent], kinds: list[ShiftKind], limits: Limits, drafts: bool = True
) -> Grid:
    """Four queries, however many people. drafts: also what is not published."""
    people = list(agents)
    ids, days = [agent.pk for agent in people], days_of(month)
    around = (days[0] - timedelta(days=1), days[-1] + timedelta(days=1))
    entries = RosterEntry.objects.filter(agent_id__in=ids, day__range=around)
    if not drafts:
        entries = entries.filter(published=True)
    row = RosterMonth.objects.filter(month=month).first()
    grid = Grid(
        month,
        people,
        {kind.pk: kind for kind in kinds},
        limits,
        row.published_at if row else None,
        {(entry.agent_id, entry.day): entry for entry in entries},
    )
    if drafts:
        for request in _requests(ids, days[0], days[-1]):
            cells = grid.leave if request.state == RequestState.APPROVED else grid.asked
            cells.update((request.agent_id, day) for day in _days_within(request, days))
    return grid


def _requests(agent_ids: list[int], since: date, until: date) -> QuerySet[RosterRequest]:
    """Open requests, and leave that was approved, on some of these days."""
    waiting = Q(state=RequestState.OPEN)
    granted = Q(state=RequestState.APPROVED, kind=RequestKind.LEAVE)
    return RosterRequest.objects.filter(
        waiting | granted, agent_id__in=agent_ids, since__lte=until, until__gte=since
    )


def _days_within(request: RosterRequest, days: list[date]) -> Iterator[date]:
    if request.kind == RequestKind.SWAP:
        yield from (day for day in days if day in (request.since, request.until))
    else:
        yield from (day for day in days if request.since <= day <= request.until)
