"""Inquiries and whether they converted (docs/kpis.md §6)."""

from django.db import connection

from kpis.chats import PAID
from kpis.facts import Part, replace, rule_on
from kpis.models import STORE
from stores.business_days import day_of

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
# Of an inquiry `i` and a sale `f` of its buyer. {owner}: the column of kpis_orderfact that says who owns a sale,
# so that a what-if asks the same question.
PAID_AFTER = "f.paid_at >= i.started_at AND f.paid_at - f.created_at <= interval '168 hours'"
OWNS = "(f.{owner} = i.agent_id OR (i.agent_id = {store} AND f.{owner} IS NOT NULL))"
SAME_DAY = "f.paid_day = i.day"
IN_TIME = "f.created_day <= i.day + i.inquiry_days - 1"
# Most inquiries are of buyers who ordered nothing: sales and unpaid orders are brought to them by one join each.
JUDGED = """
CREATE TEMPORARY TABLE fresh_inquiry ON COMMIT DROP AS
SELECT i.day, i.buyer_id, i.agent_id, i.rule_id, i.started_at,
    coalesce(sold.same_day, false) AS converted_same_day, coalesce(sold.finally, false) AS converted_final,
    bought_order_id, bought_owner_id, unpaid_order_id
FROM first_inquiry i
LEFT JOIN (
    SELECT i.day, i.buyer_id, i.agent_id, bool_or({owns} AND {same_day}) AS same_day, bool_or({owns} AND {in_time}) AS finally,
        (array_agg(f.order_id {the_first}) FILTER (WHERE {in_time}))[1] AS bought_order_id,
        (array_agg(f.owner_id {the_first}) FILTER (WHERE {in_time}))[1] AS bought_owner_id
    FROM first_inquiry i JOIN fresh_order f USING (buyer_id)
    WHERE {paid_after} GROUP BY i.day, i.buyer_id, i.agent_id
) AS sold USING (day, buyer_id, agent_id)
LEFT JOIN (
    SELECT DISTINCT ON (i.day, i.buyer_id, i.agent_id) i.day, i.buyer_id, i.agent_id, o.id AS unpaid_order_id
    FROM first_inquiry i JOIN (
        SELECT o.id, o.buyer_id, o.created_at, {created_day} AS created_day FROM orders_order o
        WHERE o.store_id = %(store)s {only} AND {paid} IS NULL
    ) AS o USING (buyer_id)
    WHERE o.created_at >= i.started_at AND o.created_day <= i.day + i.inquiry_days - 1
    ORDER BY i.day, i.buyer_id, i.agent_id, o.created_at, o.id
) AS unpaid USING (day, buyer_id, agent_id)
"""


def conversions(owner: str) -> dict[str, str]:
    """SQL of both conversions of an inquiry `i` by stored sales; owner: the column of kpis_orderfact to ask."""
    sold = f"EXISTS (SELECT 1 FROM kpis_orderfact f WHERE f.store_id = %(store)s AND f.buyer_id = i.buyer_id AND {PAID_AFTER}"
    owns = OWNS.format(owner=owner, store=STORE)
    return {"same_day": f"{sold} AND {owns} AND {SAME_DAY})", "finally": f"{sold} AND {owns} AND {IN_TIME})"}


def derive_inquiries(part: Part) -> int:
    """Derive and store this part's inquiries from its sessions and sales; returns how many differed."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS first_inquiry, fresh_inquiry")
        cursor.execute(FIRST.format(store=STORE, rule=rule_on("i.day")), part.params)
        cursor.execute("ANALYZE first_inquiry (day, buyer_id, agent_id)")
        cursor.execute(
            JUDGED.format(
                paid=PAID,
                paid_after=PAID_AFTER,
                owns=OWNS.format(owner="owner_id", store=STORE),
                same_day=SAME_DAY,
                in_time=IN_TIME,
                the_first="ORDER BY f.owner_id IS DISTINCT FROM i.agent_id, f.paid_at, f.order_id",
                created_day=day_of("o.created_at"),
                only=part.only("o.buyer_id"),
            ),
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
