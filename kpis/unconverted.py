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


# What of inquiries is asked for decides alone which are on a page; chats are read for the page's 50 only. The conditions
# are those of the index lost_inquiry, which holds every column named in LOST and ORDERS.
LOST = """
    SELECT i.store_id, i.day, i.started_at AS first_at, i.buyer_id, i.agent_id, i.bought_order_id, i.bought_owner_id,
        i.unpaid_order_id, i.rule_id
    FROM kpis_inquiry i
    WHERE i.store_id = ANY(%(stores)s) AND i.day BETWEEN %(since)s AND %(until)s AND NOT i.converted_final
        AND {agents} AND {went} AND {unpaid}
"""
# The inquiry's chats: all of the buyer's with this agent (STORE: with anybody) on that day.
CHATS = """
    SELECT max(s.ended_at) AS last_at, sum(s.in_messages)::integer AS in_messages,
        sum(s.human_replies)::integer AS human_replies,
        date_part('epoch', max(s.ended_at) - min(s.started_at))::integer AS chat_seconds
    FROM kpis_chatsession s
    WHERE s.store_id = i.store_id AND s.buyer_id = i.buyer_id AND s.day = i.day AND s.is_inquiry
        AND (i.agent_id = {store} OR s.agent_id = i.agent_id)
"""
# Only who asks for the length of chats needs them read before the page is cut out.
OF_LENGTH = """
    SELECT i.*, c.chat_seconds FROM ({lost}) AS i CROSS JOIN LATERAL ({chats}) AS c
    WHERE c.chat_seconds BETWEEN %(at_least)s AND %(at_most)s
"""
PAGE = """
WITH lost AS {how} ({lost})
SELECT i.store_id, s.code, s.currency, i.agent_id, i.day, i.buyer_id, b.name, i.first_at, c.last_at, c.chat_seconds,
    c.in_messages, c.human_replies, m.text, m.kind = 0, u.order_id, u.total_amount, o.order_id,
    CASE WHEN i.bought_order_id IS NULL THEN NULL ELSE coalesce(i.bought_owner_id, {silent}) END,
    ((now() AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date - i.day - 1
        >= greatest(v.inquiry_days + 7 + coalesce(v.cancel_days, 0), v.window_days + 1),
    (SELECT count(*) FROM lost)
FROM (SELECT * FROM lost ORDER BY {order}, buyer_id, agent_id LIMIT %(limit)s OFFSET %(offset)s) AS i
CROSS JOIN LATERAL ({chats}) AS c
JOIN stores_store s ON s.id = i.store_id
JOIN stores_buyer b ON b.id = i.buyer_id
JOIN policies_attributionrule v ON v.id = i.rule_id
LEFT JOIN orders_order u ON u.id = i.unpaid_order_id
LEFT JOIN orders_order o ON o.id = i.bought_order_id
LEFT JOIN LATERAL (
    SELECT text, kind FROM conversations_message m
    WHERE m.store_id = i.store_id AND m.buyer_id = i.buyer_id AND m.sent_at BETWEEN i.first_at AND c.last_at AND m.kind + 0 <= 1
    ORDER BY m.sent_at DESC, m.kind DESC, m.message_id DESC LIMIT 1
) AS m ON true
ORDER BY {order}, i.buyer_id, i.agent_id
"""
WENT = {
    "nobody": "i.bought_order_id IS NULL",
    "silent": "i.bought_order_id IS NOT NULL AND i.bought_owner_id IS NULL",
    "colleague": "i.bought_owner_id IS NOT NULL",
    "all": "true",
}
LONGEST = 10**9
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
    at_most: int = LONGEST,
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
        "at_least": at_least,
        "at_most": at_most,
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(_sql(query, went, unpaid, (at_least, at_most) != (0, LONGEST), order), params)
        rows = cursor.fetchall()
    lost = []
    for row in rows:
        went_to = "silent" if row[17] == SILENT else row[17]
        lost.append(Unconverted(*row[:17], went_to, row[18]))
    return lost, rows[0][19] if rows else 0


def _sql(query: Query, went: str, unpaid: bool, of_length: bool, order: str) -> str:
    agents = f"i.agent_id <> {STORE}"
    if query.agent_ids is not None:
        # Said besides: of more than a hundred the planner does not prove that lost_inquiry holds them all (188 ms, not 33).
        agents = "i.agent_id = ANY(%(agents)s)" + ("" if STORE in query.agent_ids else f" AND {agents}")
    unpaid_only = "i.unpaid_order_id IS NOT NULL" if unpaid else "true"
    lost = LOST.format(agents=agents, went=WENT[went], unpaid=unpaid_only)
    chats = CHATS.format(store=STORE)
    how = "NOT MATERIALIZED"
    if of_length or "chat_seconds" in order:
        lost, how = OF_LENGTH.format(lost=lost, chats=chats), "MATERIALIZED"
    return PAGE.format(lost=lost, how=how, chats=chats, order=ORDERS[order], silent=SILENT)
