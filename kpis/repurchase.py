"""Repurchase rate 复购率 by store, agent and product (docs/kpis.md §8), from the facts of orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from kpis.rows import ratio
from stores.models import Store

# How many business days before the period another order still counts.
BACK = timedelta(days=365)
# The period's orders of known buyers, and whether the buyer had paid another before each of them.
# Looked up order by order: the year before is many times the period.
BOUGHT = """
WITH bought AS (
    SELECT f.store_id, f.owner_id, f.buyer_id, f.order_id, f.paid_at, EXISTS (
        SELECT 1 FROM kpis_orderfact e WHERE e.store_id = f.store_id AND e.buyer_id = f.buyer_id
            AND e.paid_at < f.paid_at AND e.paid_day >= %(back)s) AS again
    FROM kpis_orderfact f
    WHERE f.store_id = ANY(%(stores)s) AND f.paid_day BETWEEN %(since)s AND %(until)s AND f.buyer_id <> 0
        AND (%(agents)s::integer[] IS NULL OR f.owner_id = ANY(%(agents)s))
)
"""
BY_STORE = """
SELECT store_id, NULL::integer, '', '', count(DISTINCT buyer_id), count(DISTINCT buyer_id) FILTER (WHERE again), NULL::bigint
FROM bought GROUP BY store_id ORDER BY store_id
"""
# A buyer is one store's: in two stores it is two buyers.
BY_AGENT = """
SELECT NULL::integer, owner_id, '', '', count(DISTINCT (store_id, buyer_id)),
    count(DISTINCT (store_id, buyer_id)) FILTER (WHERE again), NULL::bigint
FROM bought WHERE owner_id IS NOT NULL GROUP BY owner_id ORDER BY owner_id
"""
BY_PRODUCT = """
SELECT store_id, NULL::integer, product, coalesce(min(title), ''), count(DISTINCT buyer_id),
    count(DISTINCT buyer_id) FILTER (WHERE again), count(DISTINCT buyer_id) FILTER (WHERE same)
FROM (
    SELECT b.store_id, b.buyer_id, b.again, l.product, l.title, b.again AND EXISTS (
        SELECT 1 FROM kpis_orderfact e JOIN orders_order p ON p.id = e.order_id
        JOIN orders_orderline m ON m.store_id = e.store_id AND m.order_id = p.order_id
        WHERE e.store_id = b.store_id AND e.buyer_id = b.buyer_id AND e.paid_at < b.paid_at AND e.paid_day >= %(back)s
            AND coalesce(m.product_code, m.title) = l.product) AS same
    FROM bought b JOIN orders_order o ON o.id = b.order_id
    JOIN (SELECT store_id, order_id, coalesce(product_code, title) AS product, title FROM orders_orderline
        WHERE coalesce(product_code, title) IS NOT NULL) AS l ON l.store_id = b.store_id AND l.order_id = o.order_id
) AS lines
GROUP BY store_id, product ORDER BY 5 DESC, store_id, product
"""


@dataclass(frozen=True)
class Repurchase:
    """Of a store, an agent (0: the seats nobody held) or a store's product (its code, else its title).

    buyers: different ones with a paid order in the period; again: those of them who had paid another before it, in the
    365 days before the period or earlier in it; same: another with this product, None where no product is told.
    """

    store_id: int | None
    agent_id: int | None
    product: str
    title: str
    buyers: int
    again: int
    same: int | None

    @property
    def rate(self) -> float | None:
        return ratio(self.again, self.buyers)

    @property
    def same_rate(self) -> float | None:
        return None if self.same is None else ratio(self.same, self.buyers)


def by_store(stores: Sequence[Store], since: date, until: date) -> list[Repurchase]:
    """Of each store with a buyer in the period (business days of payment, both included)."""
    return _read(BY_STORE, stores, since, until, None)


def by_agent(
    stores: Sequence[Store], since: date, until: date, agent_ids: Sequence[int] | None = None
) -> list[Repurchase]:
    """Of each agent who owns an order of the period; the earlier order may be anybody's or nobody's."""
    return _read(BY_AGENT, stores, since, until, agent_ids)


def by_product(
    stores: Sequence[Store], since: date, until: date, agent_ids: Sequence[int] | None = None
) -> list[Repurchase]:
    """Of each product in an order of the period, most buyers first; the earlier order may hold any product."""
    return _read(BY_PRODUCT, stores, since, until, agent_ids)


def _read(
    statement: str, stores: Sequence[Store], since: date, until: date, agent_ids: Sequence[int] | None
) -> list[Repurchase]:
    with connection.cursor() as cursor:
        cursor.execute(
            BOUGHT + statement,
            {
                "stores": [store.pk for store in stores],
                "since": since,
                "until": until,
                "back": since - BACK,
                "agents": None if agent_ids is None else list(agent_ids),
            },
        )
        return [Repurchase(*row) for row in cursor.fetchall()]
