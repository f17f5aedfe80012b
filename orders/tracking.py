"""Writing what couriers report about parcels. Idempotent; see stores/imports.py for the rules of the house."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from stores.imports import Written, log_changes
from stores.models import Store
from stores.platforms.records import TrackingRecord
from stores.staging import stage

KEYS = "order_id, tracking_no, happened_at, event"

# `xmax = 0`: the row was inserted, not updated.
WRITE = f"""
CREATE TEMPORARY TABLE written_event ON COMMIT DROP AS SELECT order_id, true AS is_new FROM staged LIMIT 0;
WITH written AS (
    INSERT INTO orders_trackingevent AS t (organization_id, store_id, {KEYS}, courier, place)
    SELECT DISTINCT ON ({KEYS}) %(organization)s, %(store)s, {KEYS}, courier, place FROM staged
    ORDER BY {KEYS}, row DESC
    ON CONFLICT (organization_id, store_id, {KEYS}) DO UPDATE SET
        courier = coalesce(nullif(excluded.courier, ''), t.courier),
        place = coalesce(nullif(excluded.place, ''), t.place)
    WHERE (excluded.courier NOT IN ('', t.courier)) OR (excluded.place NOT IN ('', t.place))
    RETURNING order_id, xmax = 0 AS is_new
)
INSERT INTO written_event SELECT * FROM written
"""


def write_tracking(
    store: Store, records: Sequence[tuple[int, TrackingRecord]], as_of: datetime | None = None
) -> Written:
    """Take in couriers' events. The same event again says nothing new, but may name its place or courier.

    An event without a tracking number belongs to its order's parcel, whichever that is. An event of an order that is
    not known yet is kept; it counts from when the order comes.
    """
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'order_id text COLLATE "C", event text COLLATE "C", happened_at timestamptz, tracking_no text COLLATE "C",'
            " courier text, place text, row bigint",
            [
                (r.order_id, r.event, r.happened_at, r.tracking_no or "", r.courier or "", r.place or "", row)
                for row, r in records
            ],
        )
        cursor.execute("DROP TABLE IF EXISTS written_event")
        cursor.execute(WRITE, {"organization": store.organization_id, "store": store.pk})
        cursor.execute(
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written_event"
        )
        new, changed = cursor.fetchone()
        log_changes(
            cursor,
            store,
            "SELECT coalesce(o.buyer_id, 0), NULL::integer, min(o.created_at), max(o.created_at) FROM orders_order o"
            " WHERE o.store_id = %s AND o.order_id IN (SELECT order_id FROM written_event) GROUP BY 1",
            [store.pk],
        )
    return Written(new, changed, len(records) - new - changed, [])
