"""Buyers who asked and did not buy, and why that may be (R03, docs/kpis.md §6)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from kpis.figures import Query
from kpis.models import STORE


@dataclass(frozen=True)
class Unconverted:
    """One inquiry that did not convert. went_to: None nobody, "silent", or the owner's agent_id."""

    store_id: int
    store_code: str
    currency: str
    agent_id: int
    day: object
    buyer_id: int
    buyer: str
    first_at: datetime
    last_at: datetime
    chat_seconds: int
    in_messages: int
    human_replies: int
    last_words: str | None
    last_by_buyer: bool | None
    unpaid_order: str | None
    unpaid_amount: Decimal | None
    bought_order: str | None
    went_to: int | str | None
    is_final: bool


# Inquiries are counted and cut into pages before messages are touched: only a page's last words are read.
PAGE = """
WITH lost AS (
    SELECT i.*, c.first_at, c.last_at, c.in_messages, c.human_replies,
        date_part('epoch', c.last_at - c.first_at)::integer AS chat_seconds
    FROM kpis_inquiry i
    CROSS JOIN LATERAL (
        SELECT min(s.started_at) AS first_at, max(s.ended_at) AS last_at, sum(s.in_messages)::integer AS in_messages,
            sum(s.human_replies)::integer AS human_replies
        FROM kpis_chatsession s
        WHERE s.store_id = i.store_id AND s.buyer_id = i.buyer_id AND s.day = i.day AND s.is_inquiry
            AND (i.agent_id = {store} OR s.agent_id = i.agent_id)
    ) AS c
    WHERE i.store_id = ANY(%(stores)s) AND i.day BETWEEN %(since)s AND %(until)s AND NOT i.converted_final
        AND CASE WHEN %(agents)s::integer[] IS NULL THEN i.agent_id <> {store} ELSE i.agent_id = ANY(%(agents)s) END
        AND CASE %(went)s WHEN 'nobody' THEN i.bought_order_id IS NULL
            WHEN 'silent' THEN i.bought_order_id IS NOT NULL AND i.bought_owner_id IS NULL
            WHEN 'colleague' THEN i.bought_owner_id IS NOT NULL ELSE true END
        AND (%(unpaid)s IS FALSE OR i.unpaid_order_id IS NOT NULL)
), kept AS (
    SELECT * FROM lost WHERE chat_seconds >= %(at_least)s AND chat_seconds <= %(at_most)s
)
SELECT k.store_id, s.code, s.currency, k.agent_id, k.day, k.buyer_id, b.name, k.first_at, k.last_at, k.chat_seconds,
    k.in_messages, k.human_replies, m.text, m.kind = 0, u.order_id, u.total_amount, o.order_id,
    CASE WHEN k.bought_order_id IS NULL THEN NULL ELSE coalesce(k.bought_owner_id, -2) END,
    ((now() AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date - k.day - 1
        >= greatest(v.inquiry_days + 7 + coalesce(v.cancel_days, 0), v.window_days + 1),
    k.total
FROM (SELECT *, count(*) OVER () AS total FROM kept ORDER BY {order}, buyer_id, agent_id LIMIT %(limit)s OFFSET %(offset)s) AS k
JOIN stores_store s ON s.id = k.store_id
JOIN stores_buyer b ON b.id = k.buyer_id
JOIN policies_attributionrule v ON v.id = k.rule_id
LEFT JOIN orders_order u ON u.id = k.unpaid_order_id
LEFT JOIN orders_order o ON o.id = k.bought_order_id
LEFT JOIN LATERAL (
    SELECT text, kind FROM conversations_message m
    WHERE m.store_id = k.store_id AND m.buyer_id = k.buyer_id AND m.sent_at BETWEEN k.first_at AND k.last_at AND m.kind <= 1
    ORDER BY m.sent_at DESC, m.kind DESC, m.message_id DESC LIMIT 1
) AS m ON true
ORDER BY {order}, k.buyer_id, k.agent_id
"""
ORDERS = {
    "-day": "day DESC, first_at DESC",
    "day": "day, first_at",
    "-chat_seconds": "chat_seconds DESC, first_at DESC",
    "chat_seconds": "chat_seconds, first_at",
}
SILENT = -2


def unconverted(
    query: Query,
    went: str = "nobody",
    unpaid: bool = False,
    at_least: int = 0,
    at_most: int = 10**9,
    order: str = "-day",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Unconverted], int]:
    """One page of unconverted inquiries, and how many there are in all.

    went: "nobody" (bought nowhere: the unconverted proper), "silent", "colleague" (shown apart) or "all".
    unpaid: only those who left an order unpaid. at_least, at_most: chat length in seconds. query.agent_ids None
    lists every agent's inquiries; [STORE] the store-level ones.
    """
    params = {
        "stores": list(query.store_ids),
        "since": query.since,
        "until": query.until,
        "agents": None if query.agent_ids is None else list(query.agent_ids),
        "went": went,
        "unpaid": unpaid,
        "at_least": at_least,
        "at_most": at_most,
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAGE.format(store=STORE, order=ORDERS[order]), params)
        rows = cursor.fetchall()
    lost = []
    for row in rows:
        went_to = "silent" if row[17] == SILENT else row[17]
        lost.append(Unconverted(*row[:17], went_to, row[18]))
    return lost, rows[0][19] if rows else 0
