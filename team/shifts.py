"""Kinds of shifts, their hours as instants, and who is on duty when.

Only what is published counts here. A shift belongs to the day it starts on: 17:00–02:00 of the 7th ends on the 8th.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from team.roster_models import EntryKind, RosterEntry, ShiftKind

# The customer-service handbooks' hours: day 08:30–17:30, evening 17:00–24:00, on duty 17:00–02:00.
DEFAULT_SHIFTS = (
    (_("Day shift"), 510, 1050),
    (_("Evening shift"), 1020, 1440),
    (_("On duty"), 1020, 1560),
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def shift_kinds(organization_id: int) -> list[ShiftKind]:
    """All kinds of shifts in the order of the day. An organization without any is given the default ones, named in
    the language in force."""
    kinds = list(ShiftKind.objects.all())
    if not kinds:
        made = [
            ShiftKind(
                organization_id=organization_id, name=gettext(name), starts_minutes=starts, ends_minutes=ends
            )
            for name, starts, ends in DEFAULT_SHIFTS
        ]
        ShiftKind.objects.bulk_create(made, ignore_conflicts=True)
        kinds = list(ShiftKind.objects.all())
    return kinds


def hours_of(shift: ShiftKind, day: date) -> tuple[datetime, datetime]:
    """When the shift of this day begins and ends, aware, in UTC.

    The wall clock decides: 17:00–02:00 lasts 8 or 10 hours in a night on which the clocks change. A time the clocks
    skip is the instant as far after the change; of a time they show twice the first is meant.
    """
    zone = ZoneInfo(shift.time_zone)
    midnight = datetime.combine(day, time())
    begins, ends = (
        (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
        for minutes in (shift.starts_minutes, shift.ends_minutes)
    )
    return begins, max(begins, ends)


def short_name(name: str) -> str:
    """What a cell of the grid shows of a shift: 白班 → 白班, Evening shift → Eve."""
    name = name.strip()
    return name[:2] if _WIDE.match(name) else name.split(" ")[0][:3]


def _published() -> QuerySet[RosterEntry]:
    return RosterEntry.objects.filter(published=True, kind=EntryKind.WORK).select_related("agent", "shift")


def _covering(store_id: int | None) -> Q:
    """Entries of shifts that cover the store; a shift that names no store covers all of them."""
    if store_id is None:
        return Q()
    return Q(shift__store_ids=[]) | Q(shift__store_ids__contains=[store_id])


def on_duty(now: datetime, store_id: int | None = None) -> list[RosterEntry]:
    """Everybody's published shift at `now`, by who has been on longest; store_id: those that cover the store."""
    working = _published().filter(_covering(store_id), starts_at__lte=now, ends_at__gt=now)
    return list(working.order_by("starts_at", "agent__name"))


def log_shifts(intervals: Iterable[tuple[int, datetime, datetime]], now: datetime) -> None:
    """Append to the change log that published shifts (agent_id, starts_at, ends_at) came, went or moved.

    One line for each store where the agent ever held a seat and each pair of hours: stores_change(store, a seat of
    theirs there, since=starts_at, until=ends_at), so that chases within them are judged anew (docs/kpis.md §4 c).
    Shifts more than a day ahead have no facts yet and leave no line.
    """
    past = [one for one in intervals if one[1] <= now + timedelta(days=1)]
    if not past:
        return
    agents, starts, ends = zip(*past, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO stores_change (organization_id, store_id, seat_id, since, until)
            SELECT s.organization_id, s.store_id, min(s.id), p.starts_at, p.ends_at
            FROM unnest(%s::integer[], %s::timestamptz[], %s::timestamptz[]) AS p (agent_id, starts_at, ends_at)
            JOIN team_seatassignment a ON a.agent_id = p.agent_id JOIN team_seat s ON s.id = a.seat_id
            GROUP BY s.organization_id, s.store_id, p.starts_at, p.ends_at
            """,
            [list(agents), list(starts), list(ends)],
        )
