"""When agents were there, for judging what they left undone: nobody is late with what came while they were away.

There is who a presence sheet shows on line; without one, from the first sign of somebody to the last, and to the end
of their shift unless they signed out (docs/policies.md, Penalties).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from desk.models import Attendance

ONE = timedelta(days=1)
Span = tuple[datetime, datetime]


class Presence:
    """Stretches of being there: {agent id: {day of the shift: [(from, to)]}}; instants are aware."""

    def __init__(self, spans: Mapping[int, Mapping[date, Iterable[Span]]]) -> None:
        self.spans = {
            agent: {day: _joined(one) for day, one in days.items()} for agent, days in spans.items()
        }

    def was_there(self, agent_id: int, at: datetime) -> bool:
        return self._shift(agent_id, at) is not None

    def minutes(self, agent_id: int, since: datetime, until: datetime) -> int:
        """Whole minutes of [since, until] in which the agent was there, in the shift `since` lies in; 0 for none."""
        shift = self._shift(agent_id, since) or []
        there = (min(ends, until) - max(begins, since) for begins, ends in shift)
        return int(sum((one for one in there if one > timedelta()), timedelta()).total_seconds() // 60)

    def _shift(self, agent_id: int, at: datetime) -> list[Span] | None:
        for spans in self.spans.get(agent_id, {}).values():
            if any(begins <= at < ends for begins, ends in spans):
                return spans
        return None


def presence(since: date, until: date, now: datetime) -> Presence:
    """Of the attendance of these days and the day before (nights end after midnight). One statement."""
    rows = Attendance.objects.filter(day__range=(since - ONE, until), facts__seen_from__isnull=False)
    spans: dict[int, dict[date, list[Span]]] = defaultdict(dict)
    for row in rows.only("agent_id", "day", "ends_at", "facts"):
        spans[row.agent_id][row.day] = spans_of(row, now)
    return Presence(spans)


def spans_of(row: Attendance, now: datetime) -> list[Span]:
    """The stretches of one day's attendance, an open one up to `now`."""
    facts = row.facts
    if facts.get("online"):
        return [(_at(begins), _at(ends) if ends else now) for begins, ends in facts["online"]]
    if not facts.get("seen_from"):
        return []
    ends = _at(facts["seen_to"]) if facts.get("seen_to") else now
    if row.ends_at and not facts.get("signed_out"):
        ends = max(ends, min(row.ends_at, now))
    return [(_at(facts["seen_from"]), ends)]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif begins < ends:
            found.append((begins, ends))
    return found
