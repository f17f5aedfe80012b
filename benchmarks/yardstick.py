"""The rollups computed by DuckDB from Parquet: the same definitions, written down a second time.

Every figure of a row of the product is here, under the default rule of docs/kpis.md (`order_first`, 48 hours, a
30-minute gap, no flags, no chaser because every order is paid within a day). Instants are UTC in the files; the
stores' days are those of Asia/Shanghai, which knows no summer time.
"""

import itertools
from pathlib import Path

import duckdb

from kpis.models import RESPONSE_BINS, STORE
from kpis.rollups import FIGURES

THREADS = 2
_DAY = "CAST({} + INTERVAL 8 HOURS AS DATE)"
_WINDOW, _GAP = "INTERVAL 48 HOURS", "INTERVAL 30 MINUTES"

TABLES = """
CREATE OR REPLACE TEMP VIEW message AS SELECT * FROM read_parquet('{folder}/messages-*.parquet');
CREATE OR REPLACE TEMP VIEW person AS SELECT * FROM read_parquet('{folder}/people.parquet');
CREATE OR REPLACE TEMP TABLE buyer_day AS
SELECT m.store, m.buyer, m.day, coalesce(p.agent, 0) AS agent, sum(ins) AS ins, sum(humans) AS humans
FROM (
    SELECT store, buyer, seat, {day_sent} AS day, count(*) FILTER (WHERE kind = 0) AS ins,
        count(*) FILTER (WHERE kind = 1) AS humans
    FROM message GROUP BY ALL
) m LEFT JOIN person p USING (store, seat) GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE run AS
SELECT store, buyer, seat, min(sent_at) AS started, max(sent_at) AS ended,
    min(sent_at) FILTER (WHERE kind = 0) AS first_in, min(sent_at) FILTER (WHERE kind = 1) AS first_human,
    arg_min(kind, (sent_at, kind)) = 1 AS opened
FROM (
    SELECT *, sum(starts) OVER (PARTITION BY store, buyer, seat ORDER BY sent_at, kind ROWS UNBOUNDED PRECEDING) AS no
    FROM (
        SELECT store, buyer, seat, sent_at, kind,
            CASE WHEN sent_at - lag(sent_at) OVER (PARTITION BY store, buyer, seat ORDER BY sent_at, kind) <= {gap}
                THEN 0 ELSE 1 END AS starts
        FROM message WHERE kind <= 1
    )
) GROUP BY store, buyer, seat, no;
CREATE OR REPLACE TEMP TABLE trade AS SELECT * FROM read_parquet('{folder}/orders-*.parquet');
CREATE OR REPLACE TEMP TABLE session AS
WITH s AS (
    SELECT r.*, {day_started} AS day, coalesce(p.agent, 0) AS agent,
        CASE WHEN first_in IS NOT NULL AND first_human IS NOT NULL THEN greatest(first_in, first_human) END AS served
    FROM run r LEFT JOIN person p USING (store, seat)
), bought AS (
    SELECT DISTINCT s.store, s.buyer, s.seat, s.started FROM s JOIN trade o USING (store, buyer)
    WHERE o.paid_at < s.started AND o.paid_at >= s.started - INTERVAL 360 HOURS
), buys AS (
    SELECT DISTINCT s.store, s.buyer, s.seat, s.started FROM s JOIN trade o USING (store, buyer)
    WHERE o.created_at BETWEEN s.started AND s.started + {window} OR o.paid_at BETWEEN s.started AND s.started + {window}
), wrote AS (
    SELECT DISTINCT s.store, s.buyer, s.seat, s.started FROM s JOIN message m USING (store, buyer)
    WHERE s.opened AND m.kind = 0 AND m.sent_at BETWEEN s.started - INTERVAL 24 HOURS AND s.started
)
SELECT s.*, s.served IS NOT NULL AND NOT (b.started IS NOT NULL AND y.started IS NULL)
    AND NOT (s.opened AND w.started IS NULL) AS is_inquiry
FROM s LEFT JOIN bought b USING (store, buyer, seat, started) LEFT JOIN buys y USING (store, buyer, seat, started)
LEFT JOIN wrote w USING (store, buyer, seat, started);
CREATE OR REPLACE TEMP TABLE round AS
SELECT store, buyer, day, coalesce(p.agent, 0) AS agent, seconds, is_first
FROM (
    SELECT store, buyer, day, CASE WHEN replied IS NULL THEN seat ELSE reply_seat END AS seat,
        date_diff('second', sent_at, replied) AS seconds,
        row_number() OVER (PARTITION BY store, buyer, day ORDER BY sent_at) = 1 AS is_first
    FROM (
        SELECT *, lead(sent_at) OVER w AS replied, lead(seat) OVER w AS reply_seat
        FROM (
            SELECT *, {day_sent} AS day,
                lag(kind) OVER (PARTITION BY store, buyer, {day_sent} ORDER BY sent_at, kind, message_id) AS before
            FROM message WHERE kind <= 1
        ) WHERE before IS DISTINCT FROM kind
        WINDOW w AS (PARTITION BY store, buyer, day ORDER BY sent_at, kind, message_id)
    ) WHERE kind = 0
) r LEFT JOIN person p USING (store, seat);
CREATE OR REPLACE TEMP TABLE sale AS
WITH o AS (SELECT *, {day_paid} AS paid_day, {day_created} AS created_day FROM trade WHERE paid_at IS NOT NULL),
made AS (
    SELECT o.store, o.order_id, {latest} AS agent FROM o JOIN session s USING (store, buyer)
    WHERE s.served <= o.created_at AND s.ended >= o.created_at - {window} GROUP BY ALL
), paid AS (
    SELECT o.store, o.order_id, {latest} AS agent, list_distinct(list(s.agent)) AS agents
    FROM o JOIN session s USING (store, buyer)
    WHERE s.served <= o.paid_at AND s.ended >= o.paid_at - {window} GROUP BY ALL
), back AS (
    SELECT store, order_id, count(*) AS refunds, sum(cents) AS cents, sum(items) AS items,
        list({day_completed}) AS days
    FROM read_parquet('{folder}/refunds-*.parquet') GROUP BY ALL
)
SELECT o.*, coalesce(made.agent, paid.agent) AS owner, paid.agents, coalesce(back.refunds, 0) > 0 AS refunded,
    coalesce(back.cents, 0) AS back_cents, coalesce(back.items, 0) AS back_items, back.days AS back_days
FROM o LEFT JOIN made USING (store, order_id) LEFT JOIN paid USING (store, order_id) LEFT JOIN back USING (store, order_id);
CREATE OR REPLACE TEMP TABLE inquiry AS
WITH i AS (
    SELECT store, day, buyer, CASE WHEN grouping(agent) = 1 THEN {store} ELSE agent END AS agent, min(started) AS started
    FROM session WHERE is_inquiry GROUP BY GROUPING SETS ((store, day, buyer, agent), (store, day, buyer))
)
SELECT i.store, i.day, i.agent, i.buyer,
    coalesce(bool_or(f.paid_day = i.day), false) AS same_day, coalesce(bool_or(f.created_day <= i.day + 1), false) AS finally
FROM i LEFT JOIN sale f ON f.store = i.store AND f.buyer = i.buyer AND f.paid_at >= i.started
    AND (f.owner = i.agent OR (i.agent = {store} AND f.owner IS NOT NULL))
    AND f.paid_at - f.created_at <= INTERVAL 168 HOURS
GROUP BY ALL;
"""
_OWN = "CASE WHEN grouping({0}) = 1 THEN {1} ELSE {0} END"
ROWS = """
WITH chats AS (
    SELECT store, day, agent, count(*) FILTER (WHERE ins > 0) AS consulting_buyers,
        count(*) FILTER (WHERE ins > 0 AND anybody = 0) AS unanswered_buyers, sum(ins) AS in_messages,
        sum(humans) AS human_replies
    FROM (SELECT *, sum(humans) OVER (PARTITION BY store, day, buyer) AS anybody FROM buyer_day) GROUP BY ALL
    UNION ALL
    SELECT store, day, {store}, count(*) FILTER (WHERE ins > 0), count(*) FILTER (WHERE ins > 0 AND humans = 0), sum(ins),
        sum(humans)
    FROM (SELECT store, day, buyer, sum(ins) AS ins, sum(humans) AS humans FROM buyer_day GROUP BY ALL) GROUP BY store, day
), received AS (
    SELECT store, day, {own} AS agent, count(DISTINCT buyer) AS received_buyers, count(*) AS received_sessions
    FROM session WHERE served IS NOT NULL
    GROUP BY GROUPING SETS ((store, day, agent), (store, day))
), rounds AS (
    SELECT store, day, {own} AS agent, count(seconds) AS response_count, sum(seconds) AS response_seconds_sum,
        count(seconds) FILTER (WHERE is_first) AS first_response_count,
        sum(seconds) FILTER (WHERE is_first) AS first_response_seconds_sum,
        count(*) FILTER (WHERE seconds IS NULL) AS unanswered_rounds, {within}, count(*) AS rate_rounds,
        count(*) FILTER (WHERE seconds <= 180) AS rate_answered, [{bins}] AS response_bins
    FROM round GROUP BY GROUPING SETS ((store, day, agent), (store, day))
), asked AS (
    SELECT store, day, agent, count(*) AS inquiries, count(*) FILTER (WHERE same_day) AS converted_same_day,
        count(*) FILTER (WHERE finally) AS converted_final
    FROM inquiry GROUP BY ALL
), sales AS (
    SELECT store, paid_day AS day, {own_sale} AS agent, count(*) AS orders, count(DISTINCT buyer) AS buyers,
        sum(items) AS items, sum(cents) AS paid_amount, count(*) FILTER (WHERE refunded) AS refunded_orders,
        sum(back_cents) AS refunded_amount, sum(back_items) AS refunded_items,
        sum(cents) FILTER (WHERE owner IS NOT NULL) AS owned_amount
    FROM sale GROUP BY GROUPING SETS ((store, paid_day, owner), (store, paid_day)) HAVING grouping(owner) = 1 OR owner IS NOT NULL
), returned AS (
    SELECT store, d AS day, {own_sale} AS agent, count(*) AS refunds_completed
    FROM (SELECT store, owner, unnest(back_days) AS d FROM sale)
    GROUP BY GROUPING SETS ((store, d, owner), (store, d)) HAVING grouping(owner) = 1 OR owner IS NOT NULL
), assisted AS (
    SELECT store, day, agent, count(*) AS assists
    FROM (SELECT store, paid_day AS day, owner, unnest(agents) AS agent FROM sale) WHERE agent IS DISTINCT FROM owner GROUP BY ALL
), part AS (
    SELECT store, day, agent FROM chats UNION SELECT store, day, agent FROM received UNION SELECT store, day, agent FROM rounds
    UNION SELECT store, day, agent FROM asked UNION SELECT store, day, agent FROM sales
    UNION SELECT store, day, agent FROM returned UNION SELECT store, day, agent FROM assisted
)
SELECT store, day, agent, {figures}, coalesce(response_bins, list_value({no_bins})) AS response_bins
FROM part LEFT JOIN chats USING (store, day, agent) LEFT JOIN received USING (store, day, agent)
LEFT JOIN rounds USING (store, day, agent) LEFT JOIN asked USING (store, day, agent) LEFT JOIN sales USING (store, day, agent)
LEFT JOIN returned USING (store, day, agent) LEFT JOIN assisted USING (store, day, agent)
WHERE coalesce(in_messages, 0) + coalesce(human_replies, 0) + coalesce(received_buyers, 0) + coalesce(response_count, 0)
    + coalesce(unanswered_rounds, 0) + coalesce(inquiries, 0) + coalesce(orders, 0) + coalesce(refunds_completed, 0)
    + coalesce(assists, 0) > 0
"""
# This data has no flags and no ratings, and every refund has an amount.
_ALWAYS_ZERO = (
    "refunds_without_amount", "excluded_orders", "excluded_amount", "flags_not_honoured", "invitations_known",
    "invited_sessions", "rated_invited", "ratings", "satisfied",
)  # fmt: skip


def compute(folder: Path, threads: int = THREADS) -> list[tuple]:
    """Rows (store, day, agent, *FIGURES, response_bins) from the Parquet files in `folder`; money in cents."""
    connection = duckdb.connect(config={"threads": threads})
    try:
        connection.execute(_tables(folder))
        return connection.execute(_rows()).fetchall()
    finally:
        connection.close()


def _tables(folder: Path) -> str:
    return TABLES.format(
        folder=folder,
        day_sent=_DAY.format("sent_at"),
        day_started=_DAY.format("r.started"),
        day_paid=_DAY.format("paid_at"),
        day_created=_DAY.format("created_at"),
        day_completed=_DAY.format("completed_at"),
        window=_WINDOW,
        gap=_GAP,
        store=STORE,
        # The seat that comes first wins a tie; their numbers are in the order of their names.
        latest="arg_max(s.agent, (s.ended, s.started, -s.seat))",
    )


def _rows() -> str:
    bins = (0, *RESPONSE_BINS, 10**9)
    within = ", ".join(
        f"count(*) FILTER (WHERE seconds <= {s}) AS within_{s}s" for s in (30, 60, 120, 180, 300)
    )
    counted = ", ".join(
        f"count(*) FILTER (WHERE seconds > {low} AND seconds <= {high})"
        if low
        else f"count(*) FILTER (WHERE seconds <= {high})"
        for low, high in itertools.pairwise(bins)
    )
    return ROWS.format(
        store=STORE,
        own=_OWN.format("agent", STORE),
        own_sale=_OWN.format("owner", STORE),
        within=within,
        bins=counted,
        no_bins=", ".join("0" * (len(bins) - 1)),
        figures=", ".join(f"0 AS {f}" if f in _ALWAYS_ZERO else f"coalesce({f}, 0) AS {f}" for f in FIGURES),
    )
