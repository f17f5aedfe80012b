"""Writing times on line (the `presence` format). Safe to repeat; a blank end never erases a known one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop as _

from stores.imports import Written, seat_ids
from stores.models import Store
from stores.platforms.records import PresenceRecord, Refusal
from stores.staging import stage

# Whoever held the seat on the business day on which the stretch begins.
HELD = """
CREATE TEMPORARY TABLE held ON COMMIT DROP AS
SELECT s.*, a.agent_id FROM staged s LEFT JOIN team_seatassignment a ON a.seat_id = s.seat_id
    AND a.since <= s.day AND (a.until IS NULL OR a.until >= s.day)
"""
WRITE = """
INSERT INTO team_presence AS t (organization_id, store_id, agent_id, online_at, offline_at, state)
SELECT %(organization)s, %(store)s, agent_id, online_at, (array_agg(offline_at ORDER BY row DESC)
        FILTER (WHERE offline_at IS NOT NULL))[1],
    coalesce((array_agg(state ORDER BY row DESC) FILTER (WHERE state IS NOT NULL))[1], '')
FROM held WHERE agent_id IS NOT NULL GROUP BY agent_id, online_at
ON CONFLICT (organization_id, agent_id, online_at) DO UPDATE SET
    offline_at = coalesce(EXCLUDED.offline_at, t.offline_at),
    state = CASE WHEN EXCLUDED.state = '' THEN t.state ELSE EXCLUDED.state END
WHERE (t.offline_at, t.state) IS DISTINCT FROM (coalesce(EXCLUDED.offline_at, t.offline_at),
    CASE WHEN EXCLUDED.state = '' THEN t.state ELSE EXCLUDED.state END)
RETURNING xmax = 0
"""


def write_presence(
    store: Store, records: Sequence[tuple[int, PresenceRecord]], as_of: datetime | None = None
) -> Written:
    """Upsert by (agent, online_at). A stretch of a seat nobody held that day is refused."""
    seats = seat_ids(store, {record.seat for _row, record in records})
    rows = [
        (row, r.seat, seats[r.seat], store.business_day(r.online_at), r.online_at, r.offline_at, r.state)
        for row, r in records
    ]
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            "row bigint, seat text, seat_id integer, day date, online_at timestamptz, offline_at timestamptz, state text",
            rows,
        )
        cursor.execute("DROP TABLE IF EXISTS held")
        cursor.execute(HELD)
        cursor.execute("SELECT row, seat, day FROM held WHERE agent_id IS NULL ORDER BY row")
        message = _("Nobody held “%(seat)s” on %(day)s: say first who does.")
        refused = [
            Refusal(row, "agent", message, {"seat": seat, "day": str(day)})
            for row, seat, day in cursor.fetchall()
        ]
        cursor.execute(WRITE, {"organization": store.organization_id, "store": store.pk})
        made = [is_new for (is_new,) in cursor.fetchall()]
    new, changed = sum(made), len(made) - sum(made)
    return Written(new, changed, len(records) - len(refused) - len(made), refused)
