"""Buyer-days, sessions and rounds, derived from messages and exported sessions (docs/kpis.md §2, §3)."""

from django.db import connection

from kpis.facts import Part, is_sealed, replace, rule_on
from stores.business_days import day_of
from team.holders import holder_of

# What each buyer and seat wrote on a day. Seats are looked up once for each of their days, not for each row.
BUYER_DAYS = """
CREATE TEMPORARY TABLE fresh_buyer_day ON COMMIT DROP AS
WITH g AS MATERIALIZED (
    SELECT m.buyer_id, {day} AS day, m.seat_id,
        count(*) FILTER (WHERE kind = 0)::integer AS in_messages,
        count(*) FILTER (WHERE kind = 1)::integer AS human_replies
    FROM conversations_message m
    WHERE m.store_id = %(store)s {only}
    GROUP BY 1, 2, 3
), h AS MATERIALIZED (
    SELECT seat_id, day, {holder} AS agent_id FROM (SELECT DISTINCT seat_id, day FROM g) AS d
)
SELECT g.buyer_id, g.day, g.seat_id, h.agent_id, g.in_messages, g.human_replies, false AS exported
FROM g LEFT JOIN h USING (seat_id, day)
"""
# Every session starts, and every round begins and ends, on a day on which its seat wrote or was written to.
HOLDERS = """
CREATE TEMPORARY TABLE holder_day ON COMMIT DROP AS SELECT DISTINCT seat_id, day, agent_id FROM fresh_buyer_day
"""
# Exported sessions count where their seat has no messages on that day, whoever the buyer is.
EXPORTED = """
CREATE TEMPORARY TABLE exported_session ON COMMIT DROP AS
SELECT e.*, coalesce(e.ended_at, e.started_at) AS last_at, {day} AS day
FROM conversations_exportedsession e
WHERE e.store_id = %(store)s {only}
    AND NOT EXISTS (SELECT 1 FROM fresh_buyer_day d WHERE d.seat_id = e.seat_id AND d.day = {day})
    AND NOT EXISTS (
        SELECT 1 FROM kpis_buyerday d WHERE d.store_id = %(store)s AND d.seat_id = e.seat_id AND d.day = {day}
            AND NOT d.exported {others}
    )
"""
EXPORTED_BUYER_DAYS = """
INSERT INTO fresh_buyer_day
SELECT buyer_id, day, seat_id, {holder}, sum(coalesce(buyer_messages, 0)), sum(coalesce(agent_messages, 0)), true
FROM exported_session g GROUP BY buyer_id, day, seat_id
"""
SESSIONS = """
CREATE TEMPORARY TABLE plain_session ON COMMIT DROP AS
SELECT buyer_id, seat_id, min(sent_at) AS started_at, max(sent_at) AS ended_at,
    min(sent_at) FILTER (WHERE kind = 0) AS first_in, min(sent_at) FILTER (WHERE kind = 1) AS first_human,
    count(*) FILTER (WHERE kind = 0)::integer AS in_messages, count(*) FILTER (WHERE kind = 1)::integer AS human_replies,
    count(*) FILTER (WHERE kind = 1 AND before = 0 AND starts = 0)::integer AS rounds,
    bool_or(starts = 1 AND kind = 1) AS opened, false AS exported, {day} AS day
FROM (
    SELECT *, sum(starts) OVER (PARTITION BY buyer_id, seat_id ORDER BY sent_at, kind ROWS UNBOUNDED PRECEDING) AS no
    FROM (
        SELECT m.buyer_id, m.seat_id, m.sent_at, m.kind, lag(m.kind) OVER w AS before,
            CASE WHEN m.sent_at - lag(m.sent_at) OVER w <= %(gap)s::interval THEN 0 ELSE 1 END AS starts
        FROM conversations_message m
        WHERE m.store_id = %(store)s {only} AND m.kind <= 1
        WINDOW w AS (PARTITION BY m.buyer_id, m.seat_id ORDER BY m.sent_at, m.kind)
    ) AS gaps
) AS numbered
GROUP BY buyer_id, seat_id, no
"""
EXPORTED_SESSIONS = """
INSERT INTO plain_session
SELECT DISTINCT ON (buyer_id, seat_id, started_at) buyer_id, seat_id, started_at, last_at,
    CASE WHEN buyer_messages > 0 THEN started_at END, CASE WHEN agent_messages > 0 THEN started_at END,
    coalesce(buyer_messages, 0), coalesce(agent_messages, 0),
    least(coalesce(buyer_messages, 0), coalesce(agent_messages, 0)), false, true, day
FROM exported_session ORDER BY buyer_id, seat_id, started_at, session_id
"""
# `m.kind = 0`, kept out of the index condition: for an equality behind a range of instants PostgreSQL 18 reckons with
# a skip scan of every instant, finds that dear, and reads the whole store by its primary key instead, row by row.
WROTE, ANSWERED = "m.kind + 0 = 0", "m.kind + 0 = 1"
# What kind of contact each session was (docs/kpis.md §6). An order closed without money was never paid (§4).
PAID = "CASE WHEN o.status = 'closed' AND coalesce(o.paid_amount, 0) = 0 THEN NULL ELSE o.paid_at END"
JUDGED_SESSIONS = """
CREATE TEMPORARY TABLE fresh_session ON COMMIT DROP AS
SELECT s.buyer_id, s.seat_id, s.started_at, s.ended_at, s.served_at, s.day, s.agent_id, s.in_messages, s.human_replies,
    s.rounds, s.exported, s.agent_opened, s.after_sale,
    s.served_at IS NOT NULL AND NOT s.after_sale AND NOT (s.agent_opened AND s.opened_is_none) AS is_inquiry
FROM (
    SELECT d.*, r.agent_opened = 'no_inquiry' AS opened_is_none, h.agent_id,
        CASE WHEN first_in IS NOT NULL AND first_human IS NOT NULL THEN greatest(first_in, first_human) END AS served_at,
        d.opened AND NOT EXISTS (
            SELECT 1 FROM conversations_message m WHERE m.store_id = %(store)s AND m.buyer_id = d.buyer_id
                AND {wrote} AND m.sent_at BETWEEN d.started_at - interval '24 hours' AND d.started_at
        ) AS agent_opened,
        -- most buyers ordered nothing, which one list tells
        d.buyer_id IN (SELECT o.buyer_id FROM orders_order o WHERE o.store_id = %(store)s {ordered} AND o.buyer_id IS NOT NULL)
        AND EXISTS (
            SELECT 1 FROM orders_order o WHERE o.store_id = %(store)s AND o.buyer_id = d.buyer_id
                AND {paid} < d.started_at
                AND {paid} >= d.started_at - make_interval(hours => 24 * r.after_sale_horizon_days)
        ) AND NOT EXISTS (
            SELECT 1 FROM orders_order o WHERE o.store_id = %(store)s AND o.buyer_id = d.buyer_id
                AND (o.created_at BETWEEN d.started_at AND d.started_at + make_interval(hours => 24 * r.window_days)
                    OR {paid} BETWEEN d.started_at AND d.started_at + make_interval(hours => 24 * r.window_days))
        ) AS after_sale
    FROM plain_session d
    LEFT JOIN holder_day h USING (seat_id, day) {rule}
    OFFSET 0 -- or else each look-up is made twice, for its own column and for is_inquiry
) AS s
"""
# A clock starts at the first `in` not yet answered and ends at the next human reply of anybody (docs/kpis.md §3).
ROUNDS = """
CREATE TEMPORARY TABLE fresh_round ON COMMIT DROP AS
SELECT buyer_id, started_at, day, g.seat_id, h.agent_id, seconds, is_first
FROM (
    SELECT buyer_id, sent_at AS started_at, day, CASE WHEN replied_at IS NULL THEN seat_id ELSE reply_seat_id END AS seat_id,
        date_part('epoch', replied_at - sent_at)::integer AS seconds, place <= 2 AS is_first
    FROM (
        -- asked and answered take turns: the day's first `in` stands first or, after a reply to nothing, second
        SELECT buyer_id, day, sent_at, kind, seat_id, lead(sent_at) OVER w AS replied_at, lead(seat_id) OVER w AS reply_seat_id,
            row_number() OVER w AS place
        FROM (
            SELECT m.buyer_id, m.seat_id, m.sent_at, m.kind, m.message_id, day,
                lag(m.kind) OVER (PARTITION BY m.buyer_id, day ORDER BY m.sent_at, m.kind, m.message_id) AS before
            FROM conversations_message m CROSS JOIN LATERAL (SELECT {day} AS day) AS l
            WHERE m.store_id = %(store)s {only} AND m.kind <= 1
        ) AS t
        WHERE before IS DISTINCT FROM kind
        WINDOW w AS (PARTITION BY buyer_id, day ORDER BY sent_at, kind, message_id)
    ) AS turns
    WHERE kind = 0
) AS g LEFT JOIN holder_day h USING (seat_id, day)
"""


SEALED_SESSIONS = """
INSERT INTO fresh_session (buyer_id, seat_id, started_at, ended_at, served_at, day, agent_id, in_messages, human_replies,
    rounds, exported, agent_opened, after_sale, is_inquiry)
SELECT buyer_id, seat_id, started_at, ended_at, served_at, day, agent_id, in_messages, human_replies, rounds, exported,
    agent_opened, after_sale, is_inquiry
FROM kpis_chatsession s WHERE s.store_id = %(store)s AND {sealed} {only}
"""


def derive_chats(part: Part) -> dict[str, int]:
    """Derive and store this part's buyer-days, sessions and rounds; returns how many rows of each differed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS fresh_buyer_day, exported_session, plain_session, holder_day, fresh_session, fresh_round"
        )
        only = part.only("m.buyer_id")
        cursor.execute(
            BUYER_DAYS.format(holder=holder_of("d.seat_id", "d.day"), day=day_of("m.sent_at"), only=only),
            part.params,
        )
        cursor.execute(SESSIONS.format(day=day_of("min(sent_at)"), only=only), part.params)
        _add_exported(cursor, part)
        cursor.execute(HOLDERS)
        cursor.execute("ANALYZE holder_day")
        cursor.execute("ANALYZE plain_session (buyer_id)")
        cursor.execute(
            JUDGED_SESSIONS.format(
                paid=PAID,
                wrote=WROTE,
                ordered=part.only("o.buyer_id"),
                rule=rule_on("day"),
            ),
            part.params,
        )
        # Whoever owns a sale is looked up here, order by order: what the planner knows of the stored table is
        # older than this transaction, and for a new store it knows nothing.
        cursor.execute("CREATE INDEX ON fresh_session (buyer_id)")
        cursor.execute("ANALYZE fresh_session (buyer_id)")
        cursor.execute(ROUNDS.format(day=day_of("m.sent_at"), only=only), part.params)
    return _store_chats(part)


def _add_exported(cursor, part: Part) -> None:
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM conversations_exportedsession WHERE store_id = %(store)s)", part.params
    )
    if not cursor.fetchone()[0]:
        return
    others = "AND false" if part.buyers is None else "AND d.buyer_id <> ALL(%(buyers)s)"
    cursor.execute(
        EXPORTED.format(day=day_of("e.started_at"), only=part.only("e.buyer_id"), others=others), part.params
    )
    cursor.execute(EXPORTED_BUYER_DAYS.format(holder=holder_of("g.seat_id", "g.day")), part.params)
    cursor.execute(EXPORTED_SESSIONS)


def _store_chats(part: Part) -> dict[str, int]:
    differing = {
        "buyer_days": replace(
            part,
            "kpis_buyerday",
            "fresh_buyer_day",
            ("buyer_id", "day", "seat_id"),
            ("agent_id", "in_messages", "human_replies", "exported"),
            "ARRAY[x.day]",
            of_chats=True,
        ),
        "sessions": replace(
            part,
            "kpis_chatsession",
            "fresh_session",
            ("buyer_id", "seat_id", "started_at"),
            (
                "ended_at",
                "served_at",
                "day",
                "agent_id",
                "in_messages",
                "human_replies",
                "rounds",
                "exported",
                "agent_opened",
                "after_sale",
                "is_inquiry",
            ),
            "ARRAY[x.day]",
            of_chats=True,
        ),
        "rounds": replace(
            part,
            "kpis_round",
            "fresh_round",
            ("buyer_id", "started_at"),
            ("day", "seat_id", "agent_id", "seconds", "is_first"),
            "ARRAY[x.day]",
            of_chats=True,
        ),
    }
    with connection.cursor() as cursor:
        # What is derived of sessions next reads `fresh_session`: sealed days' sessions belong to it too.
        cursor.execute(
            SEALED_SESSIONS.format(sealed=is_sealed("s.day"), only=part.only("s.buyer_id")), part.params
        )
    return differing
