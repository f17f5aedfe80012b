"""Why goods come back: refunds as the platforms tell them, with what the cases say of them (R08, R32)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from orders.service_models import CaseKind
from stores.models import Store

# Price protection and invoices bring nothing back.
RETURNING = [kind for kind in CaseKind.values if kind not in (CaseKind.PRICE, CaseKind.INVOICE)]


class ReturnRow(NamedTuple):
    """One refund, or one case that has none. day: the store's business day on which it was asked for.

    kind, state: the refund's (refund_only, …; open, completed, …), else the case's (CaseKind; open or closed). fault: as
    a case's people judged it, "unknown" where nobody did: then the mapping of reasons speaks. amount: the refund's,
    store's currency. agent_id: the case's. product: the case's, else the order's line of the greatest amount.
    """

    store_id: int
    day: date
    order_id: str | None
    refund_id: str | None
    kind: str
    reason: str
    product_code: str
    title: str
    fault: str
    amount: Decimal | None
    agent_id: int | None
    state: str


# A case without a refund of its own speaks for its order's refunds; it is a row of its own only where the order has none.
ROWS = """
WITH store AS (
    SELECT id, time_zone, make_interval(mins => day_cut_minutes) AS cut FROM stores_store WHERE id = ANY(%(stores)s)
), refund AS (
    SELECT r.store_id, coalesce(r.created_at, r.completed_at, r.as_of) AS at, r.order_id, r.refund_id, r.kind, r.status AS state,
        r.reason, r.amount
    FROM orders_refund r
    WHERE r.store_id = ANY(%(stores)s) AND (r.created_at IS NULL
        OR (r.created_at >= %(since)s::date - interval '2 days' AND r.created_at < %(until)s::date + interval '3 days'))
), told AS (
    SELECT r.store_id, r.at, r.order_id, r.refund_id, r.kind, r.state, coalesce(nullif(c.reason, ''), r.reason, '') AS reason,
        r.amount, coalesce(c.product_code, '') AS product_code, coalesce(c.fault, 'unknown') AS fault, c.agent_id
    FROM refund r LEFT JOIN LATERAL (
        SELECT * FROM orders_case c
        WHERE c.store_id = r.store_id AND (c.refund_id = r.refund_id OR (c.refund_id IS NULL AND c.order_id = r.order_id
            AND c.kind = ANY(%(returning)s)))
        ORDER BY c.refund_id IS NULL, c.id DESC LIMIT 1
    ) c ON true
    UNION ALL
    SELECT c.store_id, c.opened_at, c.order_id, NULL, c.kind, CASE WHEN c.closed_at IS NULL THEN 'open' ELSE 'closed' END,
        c.reason, NULL, c.product_code, c.fault, c.agent_id
    FROM orders_case c
    WHERE c.store_id = ANY(%(stores)s) AND c.refund_id IS NULL AND c.kind = ANY(%(returning)s)
        AND c.opened_at >= %(since)s::date - interval '2 days' AND c.opened_at < %(until)s::date + interval '3 days'
        AND NOT EXISTS (SELECT 1 FROM orders_refund r WHERE r.store_id = c.store_id AND r.order_id = c.order_id)
), dated AS (
    SELECT t.*, ((t.at AT TIME ZONE s.time_zone) - s.cut)::date AS day FROM told t JOIN store s ON s.id = t.store_id
)
SELECT d.store_id, d.day, d.order_id, d.refund_id, d.kind, d.reason,
    coalesce(nullif(d.product_code, ''), l.product_code, ''), coalesce(l.title, ''), d.fault, d.amount, d.agent_id, d.state
FROM dated d LEFT JOIN LATERAL (
    SELECT l.product_code, l.title FROM orders_orderline l
    WHERE l.store_id = d.store_id AND l.order_id = d.order_id
        AND (d.product_code = '' OR l.product_code = d.product_code)
    ORDER BY coalesce(l.price, 0) * coalesce(l.quantity, 1) DESC, l.line_no LIMIT 1
) l ON true
WHERE d.day BETWEEN %(since)s AND %(until)s
ORDER BY d.store_id, d.day, d.at, d.order_id, d.refund_id
"""


def returns_by_reason(stores: Sequence[Store], since: date, until: date) -> list[ReturnRow]:
    """Refunds and cases asked for on the business days since … until, both included; each refund once. One statement."""
    params = {
        "stores": [store.pk for store in stores], "since": since, "until": until, "returning": RETURNING,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ROWS, params)
        return [ReturnRow(*row) for row in cursor.fetchall()]
