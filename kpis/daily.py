"""The daily tables (R08): every inquiry, deal and refund of some days, line by line (docs/daily-tables.md).

The lines are the facts that the daily sums are made of, so a table's foot is the figure of the pages. Each table is two
statements: its sums over all lines, and one page of them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from kpis.figures import Query
from kpis.models import STORE
from policies.refund_faults import JUDGED, refund_fault_sql

# More lines than a file may have: a day has thousands at most.
ALL = 1_000_000
# As Unconverted.went_to: bought, and nobody owns the order.
SILENT = -2


class InquiryLine(NamedTuple):
    """One inquiry. bought_*: the first order paid within the limits of converted_final; bought_by: its owner, SILENT for
    nobody. amount, unpaid_amount: store's currency. Instants are aware."""

    store_id: int
    day: date
    agent_id: int
    buyer: str
    first_at: datetime
    last_at: datetime
    in_messages: int
    human_replies: int
    rounds: int
    same_day: bool
    converted: bool
    bought_order: str | None
    bought_by: int | None
    amount: Decimal | None
    unpaid_order: str | None
    unpaid_amount: Decimal | None


class DealLine(NamedTuple):
    """One sale. owner_id None: nobody's; products: `title × quantity` of its lines; remark: we or the platform hold one."""

    store_id: int
    day: date
    order: str
    buyer: str | None
    owner_id: int | None
    paid_at: datetime
    amount: Decimal
    items: int
    products: str
    reason: str
    remark: bool
    refunded_amount: Decimal
    refunded: bool


class ReturnLine(NamedTuple):
    """One refund, exchange or repair that was asked for or completed on a day of the query. counts: it is one of
    `refunds_completed` of these days. products: of its order's lines."""

    store_id: int
    order: str
    refund: str
    kind: str
    status: str
    reason: str | None
    fault: str
    products: str
    amount: Decimal | None
    items: int | None
    owner_id: int | None
    created_at: datetime | None
    completed_at: datetime | None
    counts: bool


class InquirySums(NamedTuple):
    """Of the lines; and of the stores, where a buyer who asked several people on a day is one inquiry. None where only
    some people's lines are asked for."""

    lines: int
    same_day: int
    converted: int
    of_stores: int | None
    stores_converted: int | None


class Money(NamedTuple):
    """Sums in one currency."""

    currency: str
    amount: Decimal


class DealSums(NamedTuple):
    """buyers: distinct per store and day, as the figures count them; money: one sum per currency."""

    lines: int
    buyers: int
    items: int
    refunded: int
    money: list[Money]


class ReturnSums(NamedTuple):
    """completed: as `refunds_completed`; money: of these; without_amount: those of which no amount is known."""

    lines: int
    completed: int
    without_amount: int
    money: list[Money]


INQUIRIES = """
    FROM kpis_inquiry i
    WHERE i.store_id = ANY(%(stores)s) AND i.day BETWEEN %(since)s AND %(until)s
        AND {who}
"""
INQUIRY_PAGE = """
SELECT i.store_id, i.day, i.agent_id, b.name, i.started_at, c.last_at, c.in_messages, c.human_replies, c.rounds,
    i.converted_same_day, i.converted_final, o.order_id,
    CASE WHEN i.bought_order_id IS NOT NULL THEN coalesce(i.bought_owner_id, {silent}) END, f.amount,
    u.order_id, u.total_amount
FROM (SELECT i.* {inquiries} ORDER BY {place}, i.day, i.started_at, i.buyer_id, i.agent_id LIMIT %(limit)s OFFSET %(offset)s) AS i
CROSS JOIN LATERAL (
    SELECT max(s.ended_at) AS last_at, sum(s.in_messages)::integer AS in_messages,
        sum(s.human_replies)::integer AS human_replies, sum(s.rounds)::integer AS rounds
    FROM kpis_chatsession s
    WHERE s.store_id = i.store_id AND s.buyer_id = i.buyer_id AND s.day = i.day AND s.is_inquiry
        AND s.agent_id = i.agent_id
) AS c
JOIN stores_buyer b ON b.id = i.buyer_id
LEFT JOIN orders_order o ON o.id = i.bought_order_id
LEFT JOIN kpis_orderfact f ON f.order_id = i.bought_order_id
LEFT JOIN orders_order u ON u.id = i.unpaid_order_id
ORDER BY {place}, i.day, i.started_at, i.buyer_id, i.agent_id
"""
DEALS = """
    FROM kpis_orderfact f
    WHERE f.store_id = ANY(%(stores)s) AND f.paid_day BETWEEN %(since)s AND %(until)s AND {who}
"""
# What an order holds; a line nobody named is told by its variation or number.
PRODUCTS = """
    SELECT string_agg(concat_ws(' × ', coalesce(nullif(l.title, ''), nullif(l.product_code, ''), l.sku), l.quantity::text), '; '
        ORDER BY l.line_no) AS products
    FROM orders_orderline l WHERE l.store_id = {store} AND l.order_id = {order}
"""
DEAL_PAGE = """
SELECT f.store_id, f.paid_day, o.order_id, b.name, f.owner_id, f.paid_at, f.amount, f.items, coalesce(p.products, ''),
    f.reason, o.seller_memo IS NOT NULL OR EXISTS (
        SELECT 1 FROM orders_remark r WHERE r.store_id = f.store_id AND r.order_id = f.order_id),
    f.refunded_amount, f.refunded
FROM (SELECT f.* {deals} ORDER BY {place}, f.paid_at, f.order_id LIMIT %(limit)s OFFSET %(offset)s) AS f
JOIN orders_order o ON o.id = f.order_id
LEFT JOIN stores_buyer b ON b.id = f.buyer_id
CROSS JOIN LATERAL ({products}) AS p
ORDER BY {place}, f.paid_at, f.order_id
"""
# A refund of an order that is no sale (not paid, or not known) is a line too, and counts for nobody.
RETURNS = """
    SELECT r.*, o.id AS order_pk, f.owner_id, coalesce(r.completed_day BETWEEN %(since)s AND %(until)s, false)
            AND r.status = 'completed' AND r.kind IN ('refund_only', 'return_refund') AND f.order_id IS NOT NULL AS counts
    FROM (
        SELECT r.*, s.platform, s.currency, {created_day} AS created_day, {completed_day} AS completed_day
        FROM orders_refund r JOIN stores_store s ON s.id = r.store_id WHERE r.store_id = ANY(%(stores)s)
    ) AS r
    LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id
    LEFT JOIN kpis_orderfact f ON f.order_id = o.id
    WHERE (r.created_day BETWEEN %(since)s AND %(until)s OR r.completed_day BETWEEN %(since)s AND %(until)s) AND {who}
"""
RETURN_PAGE = """
SELECT r.store_id, r.order_id, r.refund_id, r.kind, r.status, r.reason, {fault}, coalesce(p.products, ''), r.amount,
    r.items, r.owner_id, r.created_at, r.completed_at, r.counts
FROM (SELECT * FROM ({returns}) AS r ORDER BY {place}, coalesce(r.completed_at, r.created_at), r.id
    LIMIT %(limit)s OFFSET %(offset)s) AS r
{judged}
CROSS JOIN LATERAL ({products}) AS p
ORDER BY {place}, coalesce(r.completed_at, r.created_at), r.id
"""


def _day(instant: str) -> str:
    """SQL of an instant's business day in the store `s` (docs/kpis.md §1)."""
    return f"(({instant} AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date"


def _place(alias: str) -> str:
    """SQL of a store's place: in the order in which the query names the stores."""
    return f"array_position(%(stores)s, {alias}.store_id)"


def _params(query: Query, limit: int = ALL, offset: int = 0) -> dict:
    return {
        "stores": list(query.store_ids), "since": query.since, "until": query.until,
        "agents": None if query.agent_ids is None else list(query.agent_ids), "limit": limit, "offset": offset,
    }  # fmt: skip


def _who(query: Query, column: str) -> str:
    """SQL condition that keeps the query's agents."""
    return "true" if query.agent_ids is None else f"{column} = ANY(%(agents)s)"


def _rows(sql: str, params: dict) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _inquiries(query: Query) -> str:
    return INQUIRIES.format(who=f"i.agent_id <> {STORE} AND {_who(query, 'i.agent_id')}")


def inquiry_lines(query: Query, limit: int = ALL, offset: int = 0) -> list[InquiryLine]:
    """《客户咨询表》: the inquiries of the query's stores, days and agents, by store and time."""
    sql = INQUIRY_PAGE.format(inquiries=_inquiries(query), place=_place("i"), silent=SILENT)
    return [InquiryLine(*row) for row in _rows(sql, _params(query, limit, offset))]


def inquiry_sums(query: Query) -> InquirySums:
    agents, stores = f"i.agent_id <> {STORE}", f"i.agent_id = {STORE}"
    sql = f"""
        SELECT count(*) FILTER (WHERE {agents}), count(*) FILTER (WHERE {agents} AND i.converted_same_day),
            count(*) FILTER (WHERE {agents} AND i.converted_final), count(*) FILTER (WHERE {stores}),
            count(*) FILTER (WHERE {stores} AND i.converted_final)
        {INQUIRIES.format(who=_who(query, "i.agent_id"))}
    """
    sums = InquirySums(*_rows(sql, _params(query))[0])
    return sums if query.agent_ids is None else sums._replace(of_stores=None, stores_converted=None)


def deal_lines(query: Query, limit: int = ALL, offset: int = 0) -> list[DealLine]:
    """《成交记录表》: the sales paid on the query's days, by store and time; query.agent_ids: of these owners only."""
    sql = DEAL_PAGE.format(
        deals=DEALS.format(who=_who(query, "f.owner_id")),
        place=_place("f"),
        products=PRODUCTS.format(store="f.store_id", order="o.order_id"),
    )
    return [DealLine(*row) for row in _rows(sql, _params(query, limit, offset))]


def deal_sums(query: Query) -> DealSums:
    sql = f"""
        SELECT s.currency, sum(d.lines)::integer, sum(d.buyers)::integer, sum(d.items)::integer, sum(d.refunded)::integer,
            sum(d.amount)
        FROM (
            SELECT f.store_id, f.paid_day, count(*) AS lines, count(DISTINCT nullif(f.buyer_id, 0)) AS buyers,
                sum(f.items) AS items, count(*) FILTER (WHERE f.refunded) AS refunded, sum(f.amount) AS amount
            {DEALS.format(who=_who(query, "f.owner_id"))} GROUP BY f.store_id, f.paid_day
        ) AS d JOIN stores_store s ON s.id = d.store_id GROUP BY s.currency ORDER BY s.currency
    """
    rows = _rows(sql, _params(query))
    counts = [sum(row[place] for row in rows) for place in range(1, 5)]
    return DealSums(*counts, [Money(row[0], row[5]) for row in rows])


def _returns(query: Query) -> str:
    return RETURNS.format(
        created_day=_day("r.created_at"), completed_day=_day("r.completed_at"), who=_who(query, "f.owner_id")
    )


def return_lines(query: Query, limit: int = ALL, offset: int = 0) -> list[ReturnLine]:
    """The returns and refunds asked for or completed on the query's days, by store and time."""
    sql = RETURN_PAGE.format(
        returns=_returns(query),
        place=_place("r"),
        fault=refund_fault_sql("r.platform"),
        judged=JUDGED,
        products=PRODUCTS.format(store="r.store_id", order="r.order_id"),
    )
    return [ReturnLine(*row) for row in _rows(sql, _params(query, limit, offset))]


def return_sums(query: Query) -> ReturnSums:
    sql = f"""
        SELECT currency, count(*)::integer, count(*) FILTER (WHERE counts)::integer,
            count(*) FILTER (WHERE counts AND amount IS NULL)::integer, coalesce(sum(amount) FILTER (WHERE counts), 0)
        FROM ({_returns(query)}) AS r GROUP BY currency ORDER BY currency
    """
    rows = _rows(sql, _params(query))
    counts = [sum(row[place] for row in rows) for place in range(1, 4)]
    return ReturnSums(*counts, [Money(row[0], row[4]) for row in rows if row[2]])
