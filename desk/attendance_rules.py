"""What one day's roster, chats and sign-ins say about attendance (docs/desk.md, Attendance). Pure.

Minutes are whole, rounded down. All instants are aware.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.models import DeskSettings
from team.roster_models import EntryKind

# States of a presence sheet that are not on line, in the words of the platforms' own consoles.
OFF_LINE = frozenset({"offline", "away", "hidden", "suspended", "离线", "离开", "隐身", "挂起", "下线"})
Span = tuple[datetime, datetime]


class Status(models.TextChoices):
    PLANNED = "planned", _("Not begun")
    ON_SHIFT = "on_shift", _("On shift")
    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    LEFT_EARLY = "left_early", _("Left early")
    ABSENT = "absent", _("Absent")
    EXTRA = "extra", pgettext_lazy("attendance", "Not on the roster")
    REST = EntryKind.REST.value, EntryKind.REST.label
    ANNUAL = EntryKind.ANNUAL.value, EntryKind.ANNUAL.label
    SICK = EntryKind.SICK.value, EntryKind.SICK.label
    PERSONAL = EntryKind.PERSONAL.value, EntryKind.PERSONAL.label
    HOLIDAY = EntryKind.HOLIDAY.value, EntryKind.HOLIDAY.label


# What later chats may still change.
UNDECIDED = (Status.PLANNED, Status.ON_SHIFT)


@dataclass(frozen=True)
class Active:
    """Own messages that follow each other without a silence: from the first to the last, and how many."""

    begins: datetime
    ends: datetime
    messages: int


@dataclass(frozen=True)
class Planned:
    """The published roster's word; hours of a shift only."""

    kind: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """What shows that somebody was there. active: of this day's shift, in order; beside: messages of the day far
    from any shift. online: stretches on line, an open one without its end."""

    active: Sequence[Active] = ()
    beside: int = 0
    signed_in: datetime | None = None
    signed_out: datetime | None = None
    online: Sequence[tuple[datetime, datetime | None]] = ()

    def began(self) -> tuple[datetime, str] | None:
        """The first sign of presence and what it was."""
        signs = [(begins, "presence") for begins, _ends in self.online[:1]]
        signs += [(one.begins, "chat") for one in self.active[:1]]
        signs += [(self.signed_in, "sign_in")] if self.signed_in else []
        return min(signs) if signs else None

    def ended(self) -> tuple[datetime, bool] | None:
        """The last sign of presence, and whether it says that somebody left; None where nothing was seen or a
        stretch on line has no end."""
        if any(ends is None for _begins, ends in self.online):
            return None
        said = [ends for _begins, ends in self.online if ends] + (
            [self.signed_out] if self.signed_out else []
        )
        written = [one.ends for one in self.active]
        if not said and not written:
            return None
        return max(said + written), bool(said)


@dataclass(frozen=True)
class Judged:
    status: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    own_messages: int = 0
    late_minutes: int = 0
    left_early_minutes: int = 0
    extended_minutes: int = 0
    idle_minutes: int = 0
    absent: bool = False
    facts: Mapping = field(default_factory=dict)


def minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))


def judge(planned: Planned | None, seen: Seen, figures: DeskSettings, now: datetime) -> Judged:
    """The day as it stands at `now`; what is not over yet is not judged."""
    chats = {
        "first_at": seen.active[0].begins if seen.active else None,
        "last_at": seen.active[-1].ends if seen.active else None,
        "own_messages": sum(one.messages for one in seen.active) + seen.beside,
    }
    if planned is None or planned.starts_at is None or planned.ends_at is None:
        return Judged(planned.kind if planned else Status.EXTRA, **chats, facts=_facts(seen, []))
    starts, ends = planned.starts_at, planned.ends_at
    hours = {"starts_at": starts, "ends_at": ends}
    began = seen.began()
    limit = min(ends, starts + timedelta(minutes=figures.absent_after_minutes))
    ended = seen.ended()
    # Whoever was only seen before the shift did not come to it.
    if began is None or began[0] >= limit or (ended and ended[0] <= starts):
        absent = now >= limit
        status = Status.ABSENT if absent else Status.PLANNED
        return Judged(status, **hours, **chats, absent=absent, facts=_facts(seen, []))
    late = minutes(began[0] - starts)
    left = _left_early(seen, ends, figures) if now >= ends else 0
    gaps = idle_gaps(seen, planned, figures, now)
    if now < ends:
        status = Status.LATE if late else Status.ON_SHIFT
    else:
        status = Status.LATE if late else Status.LEFT_EARLY if left else Status.PRESENT
    return Judged(
        status, **hours, **chats, late_minutes=late, left_early_minutes=left,
        extended_minutes=minutes(_served_until(seen.active, ends, timedelta(minutes=figures.served_minutes)) - ends),
        idle_minutes=sum(minutes(until - since) for since, until in gaps), facts=_facts(seen, gaps),
    )  # fmt: skip


def _facts(seen: Seen, gaps: Sequence[Span]) -> dict:
    began, ended = seen.began(), seen.ended()
    return {
        "seen_by": began[1] if began else "",
        "seen_from": began[0].isoformat() if began else None,
        "seen_to": ended[0].isoformat() if ended else None,
        "signed_in": seen.signed_in.isoformat() if seen.signed_in else None,
        "signed_out": seen.signed_out.isoformat() if seen.signed_out else None,
        "online": [[begins.isoformat(), ends and ends.isoformat()] for begins, ends in seen.online],
        "gaps": [[since.isoformat(), until.isoformat()] for since, until in gaps],
    }


def _left_early(seen: Seen, ends: datetime, figures: DeskSettings) -> int:
    """Signing out and going off line say it to the minute; a last message only when a long silence follows it."""
    ended = seen.ended()
    if ended is None:
        return 0
    early = minutes(ends - ended[0])
    return early if ended[1] or early >= figures.left_early_minutes else 0


def _served_until(active: Sequence[Active], ends: datetime, serving: timedelta) -> datetime:
    """Until when buyers were served past the shift's end: each own message within `serving` of the one before."""
    last = max((min(one.ends, ends) for one in active if one.begins <= ends), default=None)
    until = ends
    for one in (one for one in active if one.ends > ends):
        if last is None or one.begins - last > serving:
            break
        last = until = one.ends
    return until


def idle_gaps(seen: Seen, planned: Planned, figures: DeskSettings, now: datetime) -> list[Span]:
    """Silences of at least the setting inside the shift while on line.

    Without a presence sheet somebody is on line from the first sign of them to the last.
    """
    began, ended = seen.began(), seen.ended()
    if began is None or planned.starts_at is None or planned.ends_at is None:
        return []
    arrived = max(planned.starts_at, began[0])
    left = min(planned.ends_at, now, ended[0] if ended else now)
    on_line = [(max(begins, arrived), min(ends or left, left)) for begins, ends in seen.online] or [
        (arrived, left)
    ]
    least, gaps = timedelta(minutes=figures.idle_minutes), []
    for begins, ends in on_line:
        silent_from = begins
        for one in seen.active:
            if one.ends <= begins or one.begins >= ends:
                continue
            if one.begins - silent_from >= least:
                gaps.append((silent_from, one.begins))
            silent_from = max(silent_from, one.ends)
        if ends - silent_from >= least:
            gaps.append((silent_from, ends))
    return gaps


def late_marks(late: Iterable[tuple[date, int]], figures: DeskSettings) -> dict[date, str]:
    """{day: "free" or "counted"} of one person's late days of one month, given as (day, minutes).

    Late by at most the free minutes is free so many times; later lateness is counted each time and uses up none.
    """
    marks, used = {}, 0
    for day, minutes_late in sorted(late):
        if minutes_late <= 0:
            continue
        is_free = minutes_late <= figures.late_free_minutes and used < figures.late_free_times
        used += is_free
        marks[day] = "free" if is_free else "counted"
    return marks
