"""Daily sums per store and agent, made of facts only (docs/kpis.md §9). One SELECT serves the stored rows, a what-if
and the check of one against the other."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection

from kpis.facts import Part, any_sealed
from kpis.inquiries import conversions
from kpis.models import RESPONSE_BINS, STORE
from stores.models import Store

# Distinct buyers need two steps: first one row per buyer, then counts.
CHATS = """
chats AS (
    SELECT day, agent_id, count(*) FILTER (WHERE ins > 0) AS consulting_buyers,
        count(*) FILTER (WHERE ins > 0 AND anybody = 0) AS unanswered_buyers, sum(ins) AS in_messages,
        sum(humans) AS human_replies
    FROM (
        SELECT day, agent_id, buyer_id, sum(in_messages) AS ins, sum(human_replies) AS humans,
            sum(sum(human_replies)) OVER (PARTITION BY day, buyer_id) AS anybody
        FROM {buyer_days} {only} GROUP BY day, agent_id, buyer_id
    ) AS b GROUP BY day, agent_id
    UNION ALL
    SELECT day, {store}, count(*) FILTER (WHERE ins > 0), count(*) FILTER (WHERE ins > 0 AND humans = 0), sum(ins), sum(humans)
    FROM (
        SELECT day, buyer_id, sum(in_messages) AS ins, sum(human_replies) AS humans FROM {buyer_days} {only}
        GROUP BY day, buyer_id
    ) AS b GROUP BY day
), received AS (
    SELECT day, agent_id, count(*) AS received_buyers, sum(number) AS received_sessions FROM (
        SELECT day, CASE WHEN GROUPING(agent_id) = 1 THEN {store} ELSE agent_id END AS agent_id, buyer_id,
            count(*) AS number
        FROM {sessions} {only} AND served_at IS NOT NULL
        GROUP BY GROUPING SETS ((day, agent_id, buyer_id), (day, buyer_id))
    ) AS b GROUP BY day, agent_id
)"""
# Rounds alike in all that is counted are added up first: they are many, and the figures made of them are forty.
ROUNDS = """
rounds AS (
    SELECT day, CASE WHEN GROUPING(agent_id) = 1 THEN {store} ELSE agent_id END AS agent_id,
        sum(number) FILTER (WHERE bin IS NOT NULL) AS response_count, sum(seconds) AS response_seconds_sum,
        sum(number) FILTER (WHERE bin IS NOT NULL AND is_first) AS first_response_count,
        sum(seconds) FILTER (WHERE is_first) AS first_response_seconds_sum,
        sum(number) FILTER (WHERE bin IS NULL) AS unanswered_rounds,
        {within}, sum(number) FILTER (WHERE counts) AS rate_rounds,
        sum(number) FILTER (WHERE counts AND in_time) AS rate_answered,
        ARRAY[{bins}]::integer[] AS response_bins
    FROM (
        SELECT day, agent_id, is_first, width_bucket(seconds - 1, %(bounds)s) AS bin,
            seconds <= %(rate_seconds)s AS in_time, {rate_hours} AS counts, count(*)::integer AS number, sum(seconds) AS seconds
        FROM {rounds} {only} GROUP BY 1, 2, 3, 4, 5, 6
    ) AS r GROUP BY GROUPING SETS ((day, agent_id), (day))
)"""
# All hours count unless the store says otherwise: then no instant need be turned into a wall clock.
RATE_HOURS = """
(%(rate_from)s <= 0 AND %(rate_to)s >= 1440 OR (
    date_part('epoch', (started_at AT TIME ZONE %(zone)s)::time) / 60 >= %(rate_from)s
    AND date_part('epoch', (started_at AT TIME ZONE %(zone)s)::time) / 60 < %(rate_to)s))
"""
INQUIRIES = """
asked AS (
    SELECT day, agent_id, count(*) AS inquiries, count(*) FILTER (WHERE converted_same_day) AS converted_same_day,
        count(*) FILTER (WHERE converted_final) AS converted_final
    FROM {inquiries} {only} GROUP BY day, agent_id
)"""
RATINGS = """
rated AS (
    SELECT day, CASE WHEN GROUPING(agent_id) = 1 THEN {store} ELSE agent_id END AS agent_id,
        count(invited) AS invitations_known, count(*) FILTER (WHERE invited) AS invited_sessions,
        count(rating) FILTER (WHERE invited) AS rated_invited, count(rating) AS ratings,
        count(*) FILTER (WHERE rating >= 4) AS satisfied
    FROM {satisfaction} {only} GROUP BY GROUPING SETS ((day, agent_id), (day))
)"""
SALES = """
sales AS (
    SELECT paid_day AS day, CASE WHEN GROUPING({owner}) = 1 THEN {store} ELSE {owner} END AS agent_id,
        count(*) AS orders, count(DISTINCT nullif(buyer_id, 0)) AS buyers, sum(items) AS items, sum(amount) AS paid_amount,
        count(*) FILTER (WHERE refunded) AS refunded_orders, sum(refunded_amount) AS refunded_amount,
        sum(refunded_items) AS refunded_items, sum(refunds_without_amount) AS refunds_without_amount,
        count(*) FILTER (WHERE reason = 'flag_excluded') AS excluded_orders,
        sum(amount) FILTER (WHERE reason = 'flag_excluded') AS excluded_amount,
        sum(amount) FILTER (WHERE {owner} IS NOT NULL) AS owned_amount,
        count(*) FILTER (WHERE flag_honoured IS FALSE) AS flags_not_honoured
    FROM {orders} {only_paid}
    GROUP BY GROUPING SETS ((paid_day, {owner}), (paid_day))
    HAVING GROUPING({owner}) = 1 OR {owner} IS NOT NULL
), returned AS (
    SELECT d AS day, CASE WHEN GROUPING({owner}) = 1 THEN {store} ELSE {owner} END AS agent_id,
        count(*) AS refunds_completed
    FROM {orders} f, unnest(refund_days) AS d {only_refunded}
    GROUP BY GROUPING SETS ((d, {owner}), (d)) HAVING GROUPING({owner}) = 1 OR {owner} IS NOT NULL
), assisted AS (
    SELECT paid_day AS day, a AS agent_id, count(*) AS assists FROM {orders} f, unnest(assist_ids) AS a
    {only_paid} GROUP BY 1, 2
)"""
# The tables of facts: as they are stored, and as a derivation of the same transaction left them.
STORED = {
    "buyer_days": "kpis_buyerday",
    "sessions": "kpis_chatsession",
    "rounds": "kpis_round",
    "inquiries": "kpis_inquiry",
    "orders": "kpis_orderfact",
    "satisfaction": "kpis_satisfaction",
}
FRESH = {
    "buyer_days": "fresh_buyer_day",
    "sessions": "fresh_session",
    "rounds": "fresh_round",
    "inquiries": "fresh_inquiry",
    "orders": "fresh_order",
    "satisfaction": "fresh_satisfaction",
}
PARTS = ("chats", "received", "rounds", "asked", "rated", "sales", "returned", "assisted")
# Every number of a row, with the SQL type it is counted in.
FIGURES = (
    "inquiries", "converted_same_day", "converted_final", "orders", "buyers", "items", "paid_amount",
    "refunded_orders", "refunded_amount", "refunded_items", "refunds_without_amount", "refunds_completed",
    "excluded_orders", "excluded_amount", "owned_amount", "flags_not_honoured", "assists", "consulting_buyers",
    "received_buyers", "unanswered_buyers", "in_messages", "human_replies", "response_count",
    "response_seconds_sum", "first_response_count", "first_response_seconds_sum", "unanswered_rounds",
    "within_30s", "within_60s", "within_120s", "within_180s", "within_300s", "rate_rounds", "rate_answered",
    "received_sessions", "invitations_known", "invited_sessions", "rated_invited", "ratings", "satisfied",
)  # fmt: skip
NAMES = ", ".join(("day", "agent_id", "rule_id", *FIGURES, "response_bins"))
# A row stands for a non-zero figure; these are non-zero whenever any is.
SIGNS = (
    "inquiries", "orders", "refunds_completed", "assists", "in_messages", "human_replies", "received_buyers",
    "response_count", "unanswered_rounds", "invitations_known", "ratings",
)  # fmt: skip


def rollup_query(owner: str = "owner_id", facts: Mapping[str, str] = STORED, every_day: bool = False) -> str:
    """SELECT of (day, agent_id, rule_id, *FIGURES, response_bins) for %(store)s and %(days)s.

    owner: the column of kpis_orderfact that names the owner; facts: the tables to read, STORED or FRESH;
    every_day: whatever %(days)s is.
    """
    of_store = [] if facts is FRESH else ["store_id = %(store)s"]

    def only(*of_days: str) -> str:
        return "WHERE " + " AND ".join([*of_store, *([] if every_day else of_days)] or ["true"])

    within = ", ".join(
        f"sum(number) FILTER (WHERE bin <= {RESPONSE_BINS.index(s)}) AS within_{s}s"
        for s in (30, 60, 120, 180, 300)
    )
    bins = ", ".join(
        f"coalesce(sum(number) FILTER (WHERE bin = {i}), 0)" for i in range(len(RESPONSE_BINS) + 1)
    )
    places = {
        **facts,
        "only": only("day = ANY(%(days)s)"),
        "only_paid": only("paid_day = ANY(%(days)s)"),
        "only_refunded": only("refund_days && %(days)s", "d = ANY(%(days)s)"),
    }
    tables = (CHATS, ROUNDS, INQUIRIES, RATINGS, SALES)
    ctes = ",".join(
        t.format(store=STORE, within=within, bins=bins, rate_hours=RATE_HOURS, owner=owner, **places)
        for t in tables
    )
    keys = " UNION ".join(f"SELECT day, agent_id FROM {part}" for part in PARTS)
    joins = " ".join(f"LEFT JOIN {part} USING (day, agent_id)" for part in PARTS)
    figures = ", ".join(f"coalesce({name}, 0) AS {name}" for name in FIGURES)
    return f"""
        WITH {ctes}
        SELECT k.day, k.agent_id, (
            SELECT v.id FROM policies_attributionrule v WHERE v.store_id = %(store)s AND v.since <= k.day
            ORDER BY v.since DESC, v.number DESC LIMIT 1
        ) AS rule_id, {figures}, coalesce(response_bins, array_fill(0, ARRAY[{len(RESPONSE_BINS) + 1}])) AS response_bins
        FROM ({keys}) AS k {joins}
        WHERE {" + ".join(f"coalesce({name}, 0)" for name in SIGNS)} > 0
    """


def rollup_params(part: Part, days: Sequence[date]) -> dict:
    store = part.store
    return part.params | {
        "days": list(days),
        "bounds": list(RESPONSE_BINS),
        "rate_from": store.rate_from_minutes,
        "rate_to": store.rate_to_minutes,
        "rate_seconds": store.rate_seconds,
    }


def roll_up(part: Part, days: Sequence[date] | None) -> tuple[int, int]:
    """Make these business days' rows anew by delete and insert; (days, rows they have now).

    days None: all of the store, right after its facts were derived in the same transaction.
    """
    if days is not None and not days:
        return 0, 0
    # What was just derived lies at hand; what sealed days kept of before is only in the stored tables.
    facts = FRESH if days is None and not any_sealed(part) else STORED
    of_days = "" if days is None else "AND day = ANY(%(days)s)"
    params = rollup_params(part, days or [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM kpis_agentday WHERE store_id = %(store)s {of_days} RETURNING day", params
        )
        made = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            f"INSERT INTO kpis_agentday (organization_id, store_id, {NAMES})"
            f" SELECT %(organization)s, %(store)s, {NAMES}"
            f" FROM ({rollup_query(facts=facts, every_day=days is None)}) AS q RETURNING day",
            params,
        )
        rows = cursor.fetchall()
        made.update(row[0] for row in rows)
        return len(made if days is None else days), len(rows)


def what_if(store: Store, since: date, until: date, judgement: str) -> None:
    """Append to the temporary table `what_if_day` the rows of [since, until] as another judgement rule gives them.

    The table looks like kpis_agentday, so that the same query reads both; it goes with the transaction.
    """
    owner = f"{judgement}_owner_id"
    days = [date.fromordinal(n) for n in range(since.toordinal(), until.toordinal() + 1)]
    judged = conversions(owner)
    params = {**rollup_params(Part(store, None), days), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS what_if_inquiry")
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE what_if_inquiry ON COMMIT DROP AS
            SELECT i.store_id, i.day, i.agent_id, {judged["same_day"]} AS converted_same_day,
                {judged["finally"]} AS converted_final
            FROM (
                SELECT q.*, r.inquiry_days FROM kpis_inquiry q JOIN policies_attributionrule r ON r.id = q.rule_id
                WHERE q.store_id = %(store)s AND q.day BETWEEN %(since)s AND %(until)s
            ) AS i
            """,
            params,
        )
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS what_if_day (LIKE kpis_agentday) ON COMMIT DROP")
        cursor.execute(
            f"INSERT INTO what_if_day (organization_id, store_id, {NAMES})"
            f" SELECT %(organization)s, %(store)s, {NAMES}"
            f" FROM ({rollup_query(owner, STORED | {'inquiries': 'what_if_inquiry'})}) AS q",
            params,
        )
