"""The handover book: who handed what to whom, what became of it, and in whose shift time went by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from desk.clocks import Lap, Shift, Step, laps
from desk.lines import Told, tell
from desk.models import Duty, FollowUp, FollowUpEvent, HandoverLine, LineState, State
from team.models import Agent

# Lines a page shows where no day is asked for.
LONGEST = 200


@dataclass(frozen=True)
class TimedLap:
    """A lap as the page shows it. name: the holder, "" for nobody; at_work: within a shift of theirs."""

    lap: Lap
    name: str
    at_work: bool


@dataclass(frozen=True)
class BookLine:
    """One matter handed over, in words; to_name "" is whoever of the next shift."""

    told: Told
    line: HandoverLine
    to_name: str
    by_name: str
    answer: str
    clocks: list[TimedLap]


@dataclass(frozen=True)
class BookDuty:
    """One shift's page of the book. hours: of the shift's own clock."""

    duty: Duty
    begins: datetime
    ends: datetime
    note: str
    lines: list[BookLine]

    @property
    def count(self) -> int:
        return len(self.lines)


def lines_open_to(membership, agent_id: int | None) -> QuerySet[HandoverLine]:
    """Lines of the member's stores; agent_id: only those this agent gave or was given."""
    lines = HandoverLine.objects.all()
    if membership.store_ids:
        lines = lines.filter(follow_up__store_id__in=membership.store_ids)
    if agent_id is not None:
        lines = lines.filter(Q(duty__agent_id=agent_id) | Q(to_agent_id=agent_id))
    return lines


def book(
    lines: QuerySet[HandoverLine], now: datetime, duties: Iterable[Duty] = (), notes: bool = True
) -> list[BookDuty]:
    """The lines by the shift they were given in, the earliest shift first, at most LONGEST lines.

    duties: shifts that are shown without lines too, for their notes. A constant number of statements.
    """
    found = list(
        lines.select_related(
            "duty__agent", "duty__entry__shift", "follow_up__store", "follow_up__buyer", "answered_by"
        ).order_by("duty__starts_at", "duty_id", "follow_up__due_at", "pk")[:LONGEST]
    )
    names = dict(Agent.objects.values_list("pk", "name"))
    timed = clocks_of([line.follow_up for line in found], now, names)
    by_duty: dict[int, tuple[Duty, list[BookLine]]] = {duty.pk: (duty, []) for duty in duties}
    for line in found:
        answered = line.answered_by
        by_duty.setdefault(line.duty_id, (line.duty, []))[1].append(
            BookLine(
                tell(line.follow_up, now, line=line), line, names.get(line.to_agent_id, ""),
                (answered.name or answered.email) if answered else "",
                line.decrypted("answer") or "", timed[line.follow_up_id],
            )
        )  # fmt: skip
    ordered = sorted(by_duty.values(), key=lambda both: both[0].starts_at)
    return [_duty_told(duty, told, notes) for duty, told in ordered]


def _duty_told(duty: Duty, lines: list[BookLine], notes: bool) -> BookDuty:
    shift = duty.entry.shift if duty.entry and duty.entry.shift else None
    zone = ZoneInfo(shift.time_zone if shift else settings.TIME_ZONE)
    note = (duty.decrypted("note") or "") if notes else ""
    return BookDuty(duty, duty.starts_at.astimezone(zone), duty.ends_at.astimezone(zone), note, lines)


def clocks_of(
    follow_ups: Sequence[FollowUp], now: datetime, names: dict[int, str]
) -> dict[int, list[TimedLap]]:
    """{follow-up id: its laps}, from its handover lines and what people did with it. Three statements."""
    ids = {follow_up.pk for follow_up in follow_ups}
    lines: dict[int, list[HandoverLine]] = {}
    for line in HandoverLine.objects.filter(follow_up__in=ids).select_related("duty").order_by("offered_at"):
        lines.setdefault(line.follow_up_id, []).append(line)
    events: dict[int, list[FollowUpEvent]] = {}
    for event in FollowUpEvent.objects.filter(follow_up__in=ids).order_by("at", "pk"):
        events.setdefault(event.follow_up_id, []).append(event)
    steps = {f.pk: steps_of(f, lines.get(f.pk, []), events.get(f.pk, [])) for f in follow_ups}
    agents = {step.agent_id for told in steps.values() for step in told if step.agent_id}
    first = min((told[0].at for told in steps.values() if told), default=now)
    worked = Duty.objects.filter(agent_id__in=agents, ends_at__gt=first, starts_at__lt=now)
    shifts = [
        Shift(d.pk, d.agent_id, d.starts_at, max(d.ends_at, d.signed_out_at or d.ends_at)) for d in worked
    ]
    return {
        f.pk: [
            TimedLap(lap, names.get(lap.agent_id, ""), lap.shift is not None)
            for lap in laps(steps[f.pk], f.closed_at or now, shifts)
            if lap.minutes
        ]
        for f in follow_ups
    }  # fmt: skip


# Events after which a matter is with the agent their details name.
HOLDING = ("made", "taken", "assigned", "accepted", "returned")


def steps_of(
    follow_up: FollowUp, lines: Sequence[HandoverLine], events: Sequence[FollowUpEvent]
) -> list[Step]:
    """Who had the matter when: from its opening, or from when it was learned of, whichever came later."""
    begun = max(follow_up.opens_at, follow_up.made_at)
    holding = [Step(e.at, e.details.get("agent_id")) for e in events if e.what in HOLDING]
    waiting = [Step(e.at, e.details.get("to_agent_id"), True) for e in events if e.what == "offered"]
    later = sorted([*holding, *waiting], key=lambda step: step.at)
    first = lines[0].duty.agent_id if lines else follow_up.agent_id
    # Who took it from the pool had not got it before.
    if later and not later[0].waiting and later[0].at > begun:
        first = None
    return [Step(begun, first), *(Step(max(s.at, begun), s.agent_id, s.waiting) for s in later)]


def not_accepted(lines: QuerySet[HandoverLine]) -> QuerySet[HandoverLine]:
    """Lines somebody still has to answer."""
    return lines.filter(state=LineState.OFFERED, follow_up__state=State.OPEN)


def lately_returned(lines: QuerySet[HandoverLine], now: datetime) -> QuerySet[HandoverLine]:
    """Lines that went back to their giver within a day and are open."""
    return lines.filter(
        state=LineState.RETURNED, answered_at__gt=now - timedelta(days=1), follow_up__state=State.OPEN
    )


def duties_of(day: date, agent_ids: Iterable[int]) -> QuerySet[Duty]:
    """The day's shifts of these agents, as they were worked."""
    return Duty.objects.filter(day=day, agent_id__in=agent_ids).select_related("agent", "entry__shift")
