"""Writing what orders and products cost, as a file tells it. Idempotent; see stores/imports.py for the rules."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from orders.merging import merge, merged
from stores.imports import Written
from stores.models import Store
from stores.platforms.records import CostRecord
from stores.staging import stage

KEYS = "order_id, day, product_code, kind"
# Without `IS NOT DISTINCT FROM`, which no index serves: an order's cost mostly has no day.
SAME = (
    "t.store_id = %s AND t.order_id = s.order_id AND t.product_code = s.product_code AND t.kind = s.kind"
    " AND (t.day = s.day OR (t.day IS NULL AND s.day IS NULL))"
)


def write_costs(
    store: Store, records: Sequence[tuple[int, CostRecord]], as_of: datetime | None = None
) -> Written:
    """Take in costs. The same order (or day), product and kind again is the same cost, whose later telling holds.

    A cost of an order that is not known yet is kept and counts from when the order comes. Nothing but the cost table
    reads costs, so the change log is told nothing.
    """
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'order_id text COLLATE "C", day date, product_code text COLLATE "C", kind text, amount numeric(16, 2),'
            " as_of timestamptz, row bigint",
            [
                (r.order_id or "", r.day, r.product_code or "", r.kind, r.amount, as_of, row)
                for row, r in records
            ],
        )
        cursor.execute(
            f"DELETE FROM staged s USING (SELECT {KEYS}, max(row) AS last FROM staged GROUP BY {KEYS}) o"
            " WHERE s.row < o.last AND s.order_id = o.order_id AND s.day IS NOT DISTINCT FROM o.day"
            " AND s.product_code = o.product_code AND s.kind = o.kind"
        )
        merge(cursor, "orders_cost", "staged", SAME, {"amount": merged("amount")}, "t.id", [store.pk])
        cursor.execute("SELECT count(*) FROM merged_rows")
        changed = cursor.fetchone()[0]
        cursor.execute(
            f"INSERT INTO orders_cost (organization_id, store_id, {KEYS}, amount, as_of)"
            f" SELECT %s, %s, {KEYS}, amount, as_of FROM staged"
            " ON CONFLICT (organization_id, store_id, order_id, day, product_code, kind) DO NOTHING",
            [store.organization_id, store.pk],
        )
        new = cursor.rowcount
    return Written(new, changed, len(records) - new - changed, [])
