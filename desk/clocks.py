"""How long a matter lay open, and in whose shift: what the handover book shows beside each line.

Pure: steps and shifts in, laps out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Step:
    """From `at` on the matter is with `agent_id` (None: with nobody, in the store's pool or offered to all).

    waiting: it is offered and not accepted.
    """

    at: datetime
    agent_id: int | None
    waiting: bool = False


@dataclass(frozen=True)
class Shift:
    """One duty's hours. id: of the duty."""

    id: int
    agent_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Lap:
    """`minutes` (whole, rounded down) the matter lay with one holder; shift None: outside of their shifts."""

    agent_id: int | None
    waiting: bool
    shift: int | None
    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        return (self.until - self.since) // timedelta(minutes=1)


def laps(steps: Sequence[Step], ended_at: datetime, shifts: Iterable[Shift]) -> list[Lap]:
    """The open time from the first step to `ended_at`, cut where the holder or the holder's shift changes.

    steps: by time. The laps follow each other without a gap; empty ones are left out.
    """
    by_agent: dict[int, list[Shift]] = {}
    for shift in sorted(shifts, key=lambda shift: shift.starts_at):
        by_agent.setdefault(shift.agent_id, []).append(shift)
    told: list[Lap] = []
    for number, step in enumerate(steps):
        until = min(steps[number + 1].at if number + 1 < len(steps) else ended_at, ended_at)
        place = step.at
        for shift in by_agent.get(step.agent_id, []) if step.agent_id else []:
            begins, ends = max(place, shift.starts_at), min(until, shift.ends_at)
            if begins >= ends:
                continue
            told.append(Lap(step.agent_id, step.waiting, None, place, begins))
            told.append(Lap(step.agent_id, step.waiting, shift.id, begins, ends))
            place = ends
        told.append(Lap(step.agent_id, step.waiting, None, place, until))
    return [lap for lap in told if lap.since < lap.until]
