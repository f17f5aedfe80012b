"""Inquiries and whether they converted (docs/kpis.md §6)."""

from django.db import connection

from kpis.chats import PAID
from kpis.facts import Part, day_of, replace, rule_on
from kpis.models import STORE

FIRST = """
CREATE TEMPORARY TABLE first_inquiry ON COMMIT DROP AS
SELECT i.*, r.id AS rule_id, r.inquiry_days
FROM (
    SELECT day, buyer_id, CASE WHEN GROUPING(agent_id) = 1 THEN {store} ELSE agent_id END AS agent_id,
        min(started_at) AS started_at
    FROM fresh_session s
    WHERE s.is_inquiry
    GROUP BY GROUPING SETS ((day, buyer_id, agent_id), (day, buyer_id))
) AS i {rule}
"""
# {owner}: the column of kpis_orderfact that says who owns a sale, so that a what-if asks the same question.
CONVERTS_SAME_DAY = """
EXISTS (
    SELECT 1 FROM {sales} f WHERE {of_store} f.buyer_id = i.buyer_id
        AND (f.{owner} = i.agent_id OR (i.agent_id = {store} AND f.{owner} IS NOT NULL))
        AND f.paid_at >= i.started_at AND f.paid_day = i.day AND f.paid_at - f.created_at <= interval '168 hours'
)
"""
CONVERTS_FINALLY = """
EXISTS (
    SELECT 1 FROM {sales} f WHERE {of_store} f.buyer_id = i.buyer_id
        AND (f.{owner} = i.agent_id OR (i.agent_id = {store} AND f.{owner} IS NOT NULL))
        AND f.paid_at >= i.started_at AND f.created_day <= i.day + i.inquiry_days - 1
        AND f.paid_at - f.created_at <= interval '168 hours'
)
"""
JUDGED = """
CREATE TEMPORARY TABLE fresh_inquiry ON COMMIT DROP AS
SELECT i.day, i.buyer_id, i.agent_id, i.rule_id, i.started_at,
    {same_day} AS converted_same_day, {finally} AS converted_final,
    bought.order_id AS bought_order_id, bought.owner_id AS bought_owner_id, unpaid.id AS unpaid_order_id
FROM first_inquiry i
LEFT JOIN LATERAL (
    SELECT f.order_id, f.owner_id FROM fresh_order f
    WHERE f.buyer_id = i.buyer_id AND f.paid_at >= i.started_at
        AND f.created_day <= i.day + i.inquiry_days - 1 AND f.paid_at - f.created_at <= interval '168 hours'
    ORDER BY f.owner_id IS DISTINCT FROM i.agent_id, f.paid_at, f.order_id LIMIT 1
) AS bought ON true
LEFT JOIN LATERAL (
    SELECT o.id FROM orders_order o
    WHERE o.store_id = %(store)s AND o.buyer_id = i.buyer_id AND {paid} IS NULL
        AND o.created_at >= i.started_at AND {created_day} <= i.day + i.inquiry_days - 1
    ORDER BY o.created_at, o.id LIMIT 1
) AS unpaid ON true
"""


def conversions(owner: str, sales: str = "fresh_order") -> dict[str, str]:
    """SQL of both conversions of an inquiry `i`; owner: the column of kpis_orderfact to ask."""
    of_store = "f.store_id = %(store)s AND" if sales == "kpis_orderfact" else ""
    return {
        "same_day": CONVERTS_SAME_DAY.format(owner=owner, store=STORE, sales=sales, of_store=of_store),
        "finally": CONVERTS_FINALLY.format(owner=owner, store=STORE, sales=sales, of_store=of_store),
    }


def derive_inquiries(part: Part) -> int:
    """Derive and store this part's inquiries from its sessions and sales; returns how many differed."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS first_inquiry, fresh_inquiry")
        cursor.execute(FIRST.format(store=STORE, rule=rule_on("i.day")), part.params)
        cursor.execute("ANALYZE first_inquiry")
        cursor.execute(
            JUDGED.format(paid=PAID, created_day=day_of("o.created_at"), **conversions("owner_id")),
            part.params,
        )
    return replace(
        part,
        "kpis_inquiry",
        "fresh_inquiry",
        ("day", "buyer_id", "agent_id"),
        (
            "rule_id",
            "started_at",
            "converted_same_day",
            "converted_final",
            "bought_order_id",
            "bought_owner_id",
            "unpaid_order_id",
        ),
        "ARRAY[x.day]",
        of_chats=True,
    )
