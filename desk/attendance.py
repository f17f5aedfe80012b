"""Attendance of the days that changed, derived from the roster, chats and sign-ins (docs/desk.md, Attendance)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection

from desk.attendance_rules import OFF_LINE, UNDECIDED, Active, Judged, Planned, Seen, judge
from desk.duties import desk_settings
from desk.models import Attendance, Duty
from kpis.models import SealedDay
from stores.models import Store
from team.roster_models import EntryKind, Presence, RosterEntry
from tenants.models import Organization
from tenants.scope import organization_scope

# Messages so long before or after a shift still belong to it; others to their own business day.
AROUND_SHIFT = timedelta(hours=4)
# Own messages that follow within this are one stretch: no rule asks about shorter silences.
SILENCE = timedelta(minutes=5)
LOOK_BACK = timedelta(days=400)
ONE = timedelta(days=1)
FIELDS = (
    "starts_at", "ends_at", "first_at", "last_at", "own_messages", "late_minutes", "left_early_minutes",
    "extended_minutes", "idle_minutes", "absent", "status", "replies", "facts",
)  # fmt: skip

# Each session's human replies by the index on buyer and time; OFFSET 0 keeps the planner from scanning the store.
ACTIVE = """
WITH wrote AS (
    SELECT s.agent_id, s.day, m.sent_at AS at, 1 AS n
    FROM kpis_chatsession s CROSS JOIN LATERAL (
        SELECT sent_at FROM conversations_message m
        WHERE m.store_id = s.store_id AND m.buyer_id = s.buyer_id AND m.sent_at BETWEEN s.started_at AND s.ended_at
            AND m.seat_id = s.seat_id AND m.kind + 0 = 1 OFFSET 0
    ) AS m
    WHERE s.store_id = ANY(%(stores)s) AND s.day BETWEEN %(since)s AND %(until)s AND s.agent_id > 0
        AND s.human_replies > 0 AND NOT s.exported
    UNION ALL
    SELECT s.agent_id, s.day, e.at, e.n
    FROM kpis_chatsession s
    CROSS JOIN LATERAL (VALUES (s.started_at, s.human_replies), (s.ended_at, 0)) AS e (at, n)
    WHERE s.store_id = ANY(%(stores)s) AND s.day BETWEEN %(since)s AND %(until)s AND s.agent_id > 0
        AND s.human_replies > 0 AND s.exported
)
SELECT agent_id, min(day), min(at), max(at), sum(n)::integer
FROM (
    SELECT *, count(*) FILTER (WHERE starts) OVER (PARTITION BY agent_id ORDER BY at ROWS UNBOUNDED PRECEDING) AS no
    FROM (
        SELECT *, at - lag(at) OVER (PARTITION BY agent_id ORDER BY at) > %(silence)s::interval AS starts FROM wrote
    ) AS gaps
) AS numbered GROUP BY agent_id, no ORDER BY 1, 3
"""
REPLIES = """
SELECT agent_id, day, sum(human_replies)::integer FROM kpis_agentday
WHERE store_id = ANY(%(stores)s) AND day BETWEEN %(since)s AND %(until)s AND agent_id > 0 AND human_replies > 0
GROUP BY 1, 2
"""
# Days on which something no longer is as it was when attendance was derived.
STALE = f"""
SELECT coalesce(k.day, a.day) AS day FROM ({REPLIES}) AS k (agent_id, day, replies)
FULL JOIN (SELECT * FROM desk_attendance WHERE day BETWEEN %(since)s AND %(until)s) AS a USING (agent_id, day)
WHERE coalesce(k.replies, 0) <> coalesce(a.replies, 0) OR a.status = ANY(%(undecided)s)
UNION
SELECT coalesce(e.day, a.day) FROM (
    SELECT * FROM team_rosterentry WHERE published AND day BETWEEN %(since)s AND %(until)s
) AS e FULL JOIN (SELECT * FROM desk_attendance WHERE day BETWEEN %(since)s AND %(until)s) AS a USING (agent_id, day)
WHERE CASE WHEN e.id IS NULL THEN a.status <> 'extra' WHEN e.kind = 'work'
    THEN a.id IS NULL OR (a.starts_at, a.ends_at) IS DISTINCT FROM (e.starts_at, e.ends_at)
    ELSE a.status IS DISTINCT FROM e.kind END
"""


def stale_days(now: datetime) -> list[date]:
    """Days whose attendance may be another than is stored: other chats, another roster, undecided till now; and
    always the last three days. In the organization's scope; one statement over the sums, no chat is read."""
    today = now.date() + ONE
    params = _params(today - LOOK_BACK, today) | {"undecided": [str(one) for one in UNDECIDED]}
    with connection.cursor() as cursor:
        cursor.execute(STALE, params)
        found = {row[0] for row in cursor.fetchall()}
    # What is written after midnight may belong to the shift of the day before.
    found |= {day - ONE for day in found}
    return sorted(found | {today - ONE * number for number in range(4)})


def _params(since: date, until: date) -> dict:
    stores = list(Store.objects.values_list("pk", flat=True))
    return {"stores": stores, "since": since, "until": until, "silence": SILENCE}


def derive_attendance(organization: Organization, days: Iterable[date], now: datetime) -> int:
    """Make the attendance of these days what the facts say at `now`; returns how many rows differed.

    Running it again changes nothing; what was corrected by hand stands in a table of its own. Days after `now`
    have none; days whose chats may be gone stay as they are. A constant number of queries for each month of days.
    """
    wanted = sorted({day for day in days if day <= now.date() + ONE})
    changed = 0
    with organization_scope(organization.pk):
        sealed = set(SealedDay.objects.filter(day__in=wanted).values_list("day", flat=True))
        wanted = [day for day in wanted if day not in sealed]
        for month in sorted({(day.year, day.month) for day in wanted}):
            changed += _derive(organization, [day for day in wanted if (day.year, day.month) == month], now)
    return changed


def _derive(organization: Organization, days: list[date], now: datetime) -> int:
    figures = desk_settings()
    judged = {
        cell: (judge(planned, seen, figures, now), replies)
        for cell, (planned, seen, replies) in _gather(days, now).items()
    }
    stored = {(row.agent_id, row.day): row for row in Attendance.objects.filter(day__in=days)}
    fresh = []
    for (agent_id, day), (outcome, replies) in judged.items():
        row = Attendance(organization=organization, agent_id=agent_id, day=day, **_values(outcome, replies))
        known = stored.get((agent_id, day))
        if known is None or any(getattr(known, name) != getattr(row, name) for name in FIELDS):
            fresh.append(row)
    gone = [row.pk for cell, row in stored.items() if cell not in judged]
    Attendance.objects.filter(pk__in=gone).delete()
    Attendance.objects.bulk_create(
        fresh, batch_size=2000, update_conflicts=True, update_fields=FIELDS,
        unique_fields=["organization", "agent", "day"],
    )  # fmt: skip
    return len(fresh) + len(gone)


def _values(outcome: Judged, replies: int) -> dict:
    values = {name: getattr(outcome, name) for name in FIELDS if name not in ("replies", "facts", "status")}
    return values | {"replies": replies, "facts": dict(outcome.facts), "status": str(outcome.status)}


def _gather(days: list[date], now: datetime) -> dict[tuple[int, date], tuple[Planned | None, Seen, int]]:
    """{(agent id, day): (roster, signs, replies of the day's figures)} of everybody rostered or seen on these days."""
    since, until = days[0] - ONE, days[-1] + ONE
    entries = {
        (entry.agent_id, entry.day): entry
        for entry in RosterEntry.objects.filter(published=True, day__range=(since, until))
    }
    params = _params(since, until)
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, params)
        stretches = cursor.fetchall()
        cursor.execute(REPLIES, params)
        replies = {(agent_id, day): count for agent_id, day, count in cursor.fetchall()}
    active, beside = _by_shift(stretches, entries)
    duties = {(one.agent_id, one.day): one for one in Duty.objects.filter(day__in=days)}
    online = _online(entries)
    wanted = set(days)
    cells = {
        cell
        for cell in (
            *entries,
            *active,
            *beside,
            *replies,
            *(c for c, duty in duties.items() if duty.signed_in_at),
        )
        if cell[1] in wanted and (cell not in entries or not _is_ahead(entries[cell], now))
    }
    found = {}
    for cell in cells:
        entry, duty = entries.get(cell), duties.get(cell)
        seen = Seen(
            active.get(cell, ()), beside.get(cell, 0), duty and duty.signed_in_at, duty and duty.signed_out_at,
            online.get(cell, ()),
        )  # fmt: skip
        planned = entry and Planned(entry.kind, entry.starts_at, entry.ends_at)
        found[cell] = (planned, seen, replies.get(cell, 0))
    return found


def _is_ahead(entry: RosterEntry, now: datetime) -> bool:
    """Whether the day lies ahead: a shift that has not begun is told on its own day only."""
    return entry.day > now.date() and (entry.starts_at is None or entry.starts_at > now)


def _by_shift(stretches: list[tuple], entries: dict) -> tuple[dict, dict]:
    """Stretches of own messages by the cell they belong to, and how many messages lie beside the day's shift."""
    shifts = defaultdict(list)
    for entry in entries.values():
        if entry.kind == EntryKind.WORK:
            shifts[entry.agent_id].append(entry)
    active: dict[tuple[int, date], list[Active]] = defaultdict(list)
    beside: dict[tuple[int, date], int] = defaultdict(int)
    for agent_id, day, begins, ends, count in stretches:
        near = [
            (max(one.starts_at - ends, begins - one.ends_at, timedelta()), one.starts_at, one.day)
            for one in shifts[agent_id]
            if begins <= one.ends_at + AROUND_SHIFT and ends >= one.starts_at - AROUND_SHIFT
        ]
        if near:
            active[agent_id, min(near)[2]].append(Active(begins, ends, count))
        elif (entry := entries.get((agent_id, day))) and entry.kind == EntryKind.WORK:
            beside[agent_id, day] += count
        else:
            active[agent_id, day].append(Active(begins, ends, count))
    return active, beside


def _online(entries: dict) -> dict[tuple[int, date], list[tuple[datetime, datetime | None]]]:
    """Stretches on line that reach into each shift, in order."""
    work = [entry for entry in entries.values() if entry.kind == EntryKind.WORK]
    if not work:
        return {}
    rows = Presence.objects.filter(
        online_at__gte=min(one.starts_at for one in work) - ONE,
        online_at__lt=max(one.ends_at for one in work),
    ).order_by("online_at")
    by_agent = defaultdict(list)
    for row in rows:
        if row.state.strip().casefold() not in OFF_LINE:
            by_agent[row.agent_id].append((row.online_at, row.offline_at))
    return {
        (one.agent_id, one.day): [
            span
            for span in by_agent[one.agent_id]
            if span[0] < one.ends_at and (span[1] is None or span[1] > one.starts_at - AROUND_SHIFT)
        ]
        for one in work
    }
