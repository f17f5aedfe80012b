"""What the sales of a month left over (R09): sales, refunds, courier, compensation and other costs by store and product.

Everything of an order lies in the month of its payment, and is divided over its lines so that the parts are the whole
to the smallest unit (docs/daily-tables.md, "Costs").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import get_currency_precision
from django.db import connection

from kpis.figures import HOME, RATED
from kpis.months import month_end, shift_month
from stores.models import Store

AMOUNTS = ("sales", "refunds", "courier", "compensation", "other")
COSTS = AMOUNTS[1:]
# The product of what belongs to none: orders without lines, ledger entries without a product.
NO_PRODUCT = ""


class Sums(NamedTuple):
    """Amounts of one store's product or whole month, in `currency`; None: a needed exchange rate is missing.

    orders: sales among them. by_file, by_rate, unpriced: shipped orders whose courier cost a file tells, a courier rate
    tells, and nobody.
    """

    currency: str
    sales: Decimal | None
    refunds: Decimal | None
    courier: Decimal | None
    compensation: Decimal | None
    other: Decimal | None
    orders: int
    by_file: int
    by_rate: int
    unpriced: int

    @property
    def left(self) -> Decimal | None:
        if None in self[1:6]:
            return None
        return self.sales - self.refunds - self.courier - self.compensation - self.other


@dataclass(frozen=True)
class Costs:
    """A month and the one before it. products: {(store id, month, product): sums}; stores: {(store id, month): sums};
    together: {month: sums in the organization's currency}; titles: {(store id, product): what it is
    called}.

    unknown: {store id: (how many, how much)} of imported costs whose orders are not known: they are in no month.
    """

    month: date
    products: dict[tuple[int, date, str], Sums]
    stores: dict[tuple[int, date], Sums]
    together: dict[date, Sums]
    titles: dict[tuple[int, str], str]
    unknown: dict[int, tuple[int, Decimal]]


class OrderPart(NamedTuple):
    """What one order brought and cost of a product. order "": a cost of the product's day, or of the ledger alone.

    source: "file", "rate", "unpriced", None where nothing was shipped.
    """

    day: date
    order: str
    sales: Decimal
    refunds: Decimal
    courier: Decimal
    compensation: Decimal
    other: Decimal
    source: str | None

    @property
    def left(self) -> Decimal:
        return self.sales - self.refunds - self.courier - self.compensation - self.other


def _day(instant: str) -> str:
    """SQL of an instant's business day in the place `p`."""
    return f"(({instant} AT TIME ZONE p.time_zone) - p.cut)::date"


# Sales of the days, and orders that are none but cost something: shipped in vain, or named by a file or the ledger.
BASE = f"""
places AS MATERIALIZED (
    SELECT s.id, s.currency, s.time_zone, make_interval(mins => s.day_cut_minutes) AS cut, d.digits
    FROM stores_store s JOIN unnest(%(currencies)s::text[], %(digits)s::integer[]) AS d (currency, digits) USING (currency)
    WHERE s.id = ANY(%(stores)s)
), filed AS MATERIALIZED (
    SELECT store_id, order_id, sum(amount) FILTER (WHERE kind = 'courier' AND product_code = '') AS courier,
        bool_or(kind = 'courier') AS has_courier,
        sum(amount) FILTER (WHERE kind = 'compensation' AND product_code = '') AS compensation,
        bool_or(kind = 'compensation') AS has_compensation,
        sum(amount) FILTER (WHERE kind = 'other' AND product_code = '') AS other
    FROM orders_cost WHERE store_id = ANY(%(stores)s) AND order_id <> '' GROUP BY store_id, order_id
), ledger AS MATERIALIZED (
    SELECT c.store_id, c.order_id, c.product_code, c.amount, {_day("coalesce(c.paid_at, c.decided_at, c.asked_at)")} AS day
    FROM orders_compensation c JOIN places p ON p.id = c.store_id WHERE c.state IN ('approved', 'paid')
), base AS MATERIALIZED (
    SELECT o.id, o.store_id, o.order_id, f.paid_day AS day, f.amount AS sales,
        CASE WHEN v.deduct_refunds THEN 0 ELSE f.refunded_amount END AS refunds, o.courier,
        {_day("o.shipped_at")} AS shipped, true AS is_sale, p.digits
    FROM kpis_orderfact f JOIN orders_order o ON o.id = f.order_id JOIN places p ON p.id = f.store_id
    JOIN policies_attributionrule v ON v.id = f.rule_id
    WHERE f.store_id = ANY(%(stores)s) AND f.paid_day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT * FROM (
        SELECT o.id, o.store_id, o.order_id, {_day("coalesce(o.paid_at, o.created_at)")} AS day, 0, 0, o.courier,
            {_day("o.shipped_at")}, false, p.digits
        FROM orders_order o JOIN places p ON p.id = o.store_id
        WHERE o.id IN (
            SELECT o.id FROM orders_order o JOIN (
                SELECT store_id, order_id FROM filed UNION SELECT store_id, order_id FROM ledger
            ) AS n ON n.store_id = o.store_id AND n.order_id = o.order_id
            UNION SELECT o.id FROM orders_order o WHERE o.store_id = ANY(%(stores)s) AND o.shipped_at IS NOT NULL
                AND o.paid_at BETWEEN %(since)s::date - 2 AND %(until)s::date + 3
        ) AND NOT EXISTS (SELECT 1 FROM kpis_orderfact f WHERE f.order_id = o.id)
    ) AS n WHERE n.day BETWEEN %(since)s AND %(until)s
)"""
# What a file says wins over what we worked out: its courier cost over the rates, its compensation over our ledger.
WHOLE = """
held AS MATERIALIZED (
    SELECT b.id, coalesce(nullif(l.product_code, ''), nullif(l.title, ''), '') AS product, l.product_code,
        l.line_no, coalesce(l.quantity, 1) * coalesce(l.price, 0) AS weight,
        sum(coalesce(l.quantity, 1) * coalesce(l.price, 0)) OVER (PARTITION BY b.id) AS all_weight,
        row_number() OVER (PARTITION BY b.id ORDER BY coalesce(l.quantity, 1) * coalesce(l.price, 0) DESC, l.line_no) AS place
    FROM base b JOIN orders_orderline l ON l.store_id = b.store_id AND l.order_id = b.order_id
), priced AS MATERIALIZED (
    SELECT b.*, t.courier AS filed_courier, t.compensation AS filed_compensation, t.other AS filed_other,
        coalesce(t.has_compensation, false) AS has_compensation,
        CASE WHEN t.has_courier OR EXISTS (
                SELECT 1 FROM orders_cost c JOIN held h ON h.id = b.id AND h.product_code = c.product_code
                WHERE c.store_id = b.store_id AND c.order_id = '' AND c.day = b.shipped AND c.kind = 'courier'
            ) THEN 'file'
            WHEN b.shipped IS NULL THEN NULL WHEN r.amount IS NULL THEN 'unpriced' ELSE 'rate' END AS source,
        r.amount AS rate
    FROM base b LEFT JOIN filed t ON t.store_id = b.store_id AND t.order_id = b.order_id
    LEFT JOIN LATERAL (
        SELECT r.amount FROM orders_courierrate r
        WHERE r.store_id = b.store_id AND r.since <= b.shipped
            AND lower(btrim(r.courier)) IN ('', lower(btrim(coalesce(b.courier, ''))))
        ORDER BY btrim(r.courier) = '', r.since DESC LIMIT 1
    ) AS r ON true
), undivided AS (
    SELECT p.id, p.store_id, p.order_id, p.day, p.is_sale, p.source, p.digits, p.sales, p.refunds,
        coalesce(p.filed_courier, 0) + CASE WHEN p.source = 'rate' THEN p.rate ELSE 0 END AS courier,
        CASE WHEN p.has_compensation THEN coalesce(p.filed_compensation, 0) ELSE coalesce((
            SELECT sum(l.amount) FROM ledger l
            WHERE l.store_id = p.store_id AND l.order_id = p.order_id AND l.product_code = ''), 0) END AS compensation,
        coalesce(p.filed_other, 0) AS other
    FROM priced p
)"""
# The remainder of rounding goes to the line of the greatest price × quantity; where no line has a price, all does.
_PART = (
    "CASE WHEN h.id IS NULL THEN u.{name} WHEN h.all_weight > 0 THEN trunc(u.{name} * h.weight / h.all_weight, u.digits)"
    " ELSE 0 END"
)
_DIVIDED = f"{_PART} + CASE WHEN h.place = 1 THEN u.{{name}} - sum({_PART}) OVER (PARTITION BY u.id) ELSE 0 END AS {{name}}"
PIECES = f"""
CREATE TEMPORARY TABLE cost_piece ON COMMIT DROP AS
WITH {BASE}, {WHOLE}
SELECT u.store_id, u.day, u.id AS order_pk, u.order_id, coalesce(h.product, '') AS product, u.is_sale, u.source,
    {", ".join(_DIVIDED.format(name=name) for name in AMOUNTS)}
FROM undivided u LEFT JOIN held h ON h.id = u.id
UNION ALL
SELECT b.store_id, b.day, b.id, b.order_id, c.product_code, false, NULL, 0, 0,
    CASE c.kind WHEN 'courier' THEN c.amount ELSE 0 END, CASE c.kind WHEN 'compensation' THEN c.amount ELSE 0 END,
    CASE c.kind WHEN 'other' THEN c.amount ELSE 0 END
FROM base b JOIN orders_cost c ON c.store_id = b.store_id AND c.order_id = b.order_id AND c.product_code <> ''
UNION ALL
SELECT p.store_id, p.day, p.id, p.order_id, l.product_code, false, NULL, 0, 0, 0, l.amount, 0
FROM priced p JOIN ledger l ON l.store_id = p.store_id AND l.order_id = p.order_id AND l.product_code <> ''
WHERE NOT p.has_compensation
UNION ALL
SELECT c.store_id, c.day, NULL, '', c.product_code, false, NULL, 0, 0,
    CASE c.kind WHEN 'courier' THEN c.amount ELSE 0 END, CASE c.kind WHEN 'compensation' THEN c.amount ELSE 0 END,
    CASE c.kind WHEN 'other' THEN c.amount ELSE 0 END
FROM orders_cost c
WHERE c.store_id = ANY(%(stores)s) AND c.order_id = '' AND c.day BETWEEN %(since)s AND %(until)s
UNION ALL
SELECT l.store_id, l.day, NULL, '', l.product_code, false, NULL, 0, 0, 0, l.amount, 0
FROM ledger l WHERE l.day BETWEEN %(since)s AND %(until)s AND NOT EXISTS (
    SELECT 1 FROM orders_order o WHERE o.store_id = l.store_id AND o.order_id = l.order_id)
"""
_AMOUNT_SUMS = ", ".join(f"sum(c.{name}) AS {name}" for name in AMOUNTS)
_ORDERS = """count(DISTINCT c.order_pk) FILTER (WHERE c.is_sale),
    count(DISTINCT c.order_pk) FILTER (WHERE c.source = 'file'), count(DISTINCT c.order_pk) FILTER (WHERE c.source = 'rate'),
    count(DISTINCT c.order_pk) FILTER (WHERE c.source = 'unpriced')"""
SUMMED = f"""
SELECT c.store_id, date_trunc('month', c.day)::date AS month, c.product, GROUPING(c.product) = 1, s.currency, {_AMOUNT_SUMS},
    {_ORDERS}
FROM cost_piece c JOIN stores_store s ON s.id = c.store_id
GROUP BY GROUPING SETS ((c.store_id, date_trunc('month', c.day)::date, s.currency, c.product),
    (c.store_id, date_trunc('month', c.day)::date, s.currency))
"""
# As kpis.figures converts: each day's amounts at the dated rate of that day.
CONVERTED = f"""
WITH dated AS MATERIALIZED (
    SELECT s.currency, c.day, {
    _AMOUNT_SUMS
} FROM cost_piece c JOIN stores_store s ON s.id = c.store_id GROUP BY 1, 2
), rated AS MATERIALIZED ({RATED.format(home=HOME)})
SELECT date_trunc('month', d.day)::date, ({HOME}), {
    ", ".join(
        f"CASE WHEN bool_or(r.rate IS NULL AND d.{name} <> 0) THEN NULL ELSE coalesce(round(sum(d.{name} * r.rate), 2), 0) END"
        for name in AMOUNTS
    )
}
FROM dated d JOIN rated r USING (currency, day) GROUP BY 1
"""
COUNTED = f"SELECT date_trunc('month', c.day)::date, {_ORDERS} FROM cost_piece c GROUP BY 1"
UNKNOWN = """
SELECT c.store_id, count(*), sum(c.amount) FROM orders_cost c
WHERE c.store_id = ANY(%(stores)s) AND c.order_id <> '' AND NOT EXISTS (
    SELECT 1 FROM orders_order o WHERE o.store_id = c.store_id AND o.order_id = c.order_id)
GROUP BY c.store_id
"""
TITLES = """
SELECT p.store_id, p.code, p.title FROM stores_product p
WHERE p.store_id = ANY(%(stores)s) AND p.title <> '' AND (p.store_id, p.code) IN (SELECT store_id, product FROM cost_piece)
"""


def _make_pieces(cursor, stores: Sequence[Store], since: date, until: date) -> dict:
    """The temporary table cost_piece of these business days; returns the statement's parameters."""
    currencies = sorted({store.currency for store in stores})
    params = {
        "stores": [store.pk for store in stores], "since": since, "until": until, "currencies": currencies,
        # Amounts are kept to two places, whatever the currency has.
        "digits": [min(2, get_currency_precision(currency)) for currency in currencies],
    }  # fmt: skip
    cursor.execute("DROP TABLE IF EXISTS cost_piece")
    cursor.execute(PIECES, params)
    return params


def costs_of(stores: Sequence[Store], month: date) -> Costs:
    """The month (its first day) and the one before it. Seven statements, however many stores and products."""
    if not stores:
        return Costs(month, {}, {}, {}, {}, {})
    products, whole = {}, {}
    with connection.cursor() as cursor:
        params = _make_pieces(cursor, stores, shift_month(month, -1), month_end(month))
        cursor.execute(SUMMED)
        for store_id, of_month, product, is_whole, *sums in cursor.fetchall():
            if is_whole:
                whole[store_id, of_month] = Sums(*sums)
            else:
                products[store_id, of_month, product] = Sums(*sums)
        cursor.execute(COUNTED)
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(CONVERTED)
        together = {row[0]: Sums(*row[1:], *counts[row[0]]) for row in cursor.fetchall()}
        cursor.execute(TITLES, params)
        titles = {(store_id, code): title for store_id, code, title in cursor.fetchall()}
        cursor.execute(UNKNOWN, params)
        unknown = {store_id: (number, amount) for store_id, number, amount in cursor.fetchall()}
    return Costs(month, products, whole, together, titles, unknown)


def orders_of(
    store: Store, month: date, product: str, limit: int, offset: int = 0
) -> tuple[list[OrderPart], int]:
    """The orders (and costs without one) that a product's line of the month is made of, by day; and how many in all."""
    with connection.cursor() as cursor:
        params = _make_pieces(cursor, [store], month, month_end(month))
        cursor.execute(
            f"""
            SELECT c.day, c.order_id, {_AMOUNT_SUMS}, max(c.source), count(*) OVER () FROM cost_piece c
            WHERE c.product = %(product)s GROUP BY c.day, c.order_id, c.order_pk
            ORDER BY c.day, c.order_id LIMIT %(limit)s OFFSET %(offset)s
            """,
            params | {"product": product, "limit": limit, "offset": offset},
        )
        rows = cursor.fetchall()
    return [OrderPart(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
