"""The one query behind every figure: pages, files and the API all read agents' and stores' sums here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from kpis.models import STORE, UNASSIGNED
from kpis.rollups import FIGURES, what_if
from kpis.rows import MONEY, Row
from stores.models import Store
from team.models import Agent

COUNTS = tuple(name for name in FIGURES if name not in MONEY)
# All a row can hold. The histogram is the dearest: only percentiles and the distribution need it.
BINS = "response_bins"
EVERYTHING = (*FIGURES, BINS)
# What the rows are summed by: (columns of a row, whether the store's own row is among them, agents' rows too).
GROUPINGS: dict[str, tuple[tuple[str, ...], bool, bool]] = {
    "agent-day": (("store_id", "day", "agent_id"), True, True),
    "agent": (("store_id", "agent_id"), True, True),
    "store-day": (("store_id", "day", "agent_id"), True, False),
    "store": (("store_id", "agent_id"), True, False),
    "store-month": (("store_id", "month", "agent_id"), True, False),
    # Over all stores of the query: a person, or (agent_id STORE) the stores together.
    "person-day": (("day", "agent_id"), True, True),
    "person": (("agent_id",), True, True),
    "person-month": (("month", "agent_id"), True, True),
    # Nobody's figures but the stores' (of "together") or, beside them, those of all people as one (TEAM).
    "together": (("agent_id",), True, False),
    "together-day": (("day", "agent_id"), True, False),
    "together-month": (("month", "agent_id"), True, False),
    "team-day": (("day", "agent_id"), True, True),
    "team-month": (("month", "agent_id"), True, True),
}
# These have one row a day, month or period, and nobody's name to be ordered by.
ALONE = ("together", "team")
# agent_id of the row that sums all people, without the seats nobody held.
TEAM = -3


@dataclass(frozen=True)
class Query:
    """Which figures: business days [since, until] both included, of stores the reader may see.

    agent_ids None: everybody. judgement: a what-if under another judgement rule, else the rule in force.
    """

    since: date
    until: date
    store_ids: tuple[int, ...]
    agent_ids: tuple[int, ...] | None = None
    judgement: str | None = None


def agent_rows(
    query: Query, by: str = "person", now: datetime | None = None, only: Sequence[str] = EVERYTHING
) -> list[Row]:
    """The query's figures summed by one of GROUPINGS, ordered by store code, day, agent name.

    The store's own row has agent_id STORE and counts all its orders. now: the instant maturity is judged at.
    only: sum no others of EVERYTHING; to read another figure of a row is an AttributeError.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_asked(query, by, now, only))
        names = [column.name for column in cursor.description]
        rows = [Row(dict(zip(names, row, strict=True)), query.judgement) for row in cursor.fetchall()]
        stores, people = _names(cursor) if rows and not by.startswith(ALONE) else ({}, {})

    def place(row: Row) -> tuple:
        """By store code, day or month, then the store itself before agents by name in code-point order."""
        step = row.day or row.month or date.min
        return (stores.get(row.store_id, ""), step, people.get(row.agent_id, ""), row.agent_id)

    return sorted(rows, key=place)


def _names(cursor) -> tuple[dict[int, str], dict[int, str]]:
    """({store id: code}, {agent id: name}) that rows are ordered by."""
    cursor.execute("SELECT 's', id, code FROM stores_store UNION ALL SELECT 'a', id, name FROM team_agent")
    words: dict[str, dict[int, str]] = {"s": {}, "a": {UNASSIGNED: "unassigned"}}
    for kind, pk, word in cursor.fetchall():
        words[kind][pk] = word
    return words["s"], words["a"]


def agent_series(query: Query, by: str, only: Sequence[str]) -> dict[int, dict[date, tuple]]:
    """{agent_id: {day or month: sums}}, sums in the order of `only`: agent_rows' for a chart that draws everybody.

    by: "person-day" or "person-month". A Row for each point would take longer than all the rest of a page.
    """
    sql, params = _asked(query, by, None, only)
    asked = [
        f"CASE WHEN first_currency = last_currency THEN {name} ELSE {name}_converted END"
        if name in MONEY
        else name
        for name in only
    ]
    arrays = ", ".join(f"array_agg({name})" for name in asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT agent_id, array_agg({GROUPINGS[by][0][0]}), {arrays} FROM ({sql}) AS r GROUP BY agent_id",
            params,
        )
        return {
            agent_id: dict(zip(steps, zip(*sums, strict=True), strict=True))
            for agent_id, steps, *sums in cursor.fetchall()
        }


def _asked(query: Query, by: str, now: datetime | None, only: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters; a what-if's days are made first."""
    keys, with_store, with_agents = GROUPINGS[by]
    source = "kpis_agentday"
    if query.judgement:
        source = "what_if_day"
        _make_what_if(query)
    agents = None if query.agent_ids is None else [*query.agent_ids, *([STORE] if with_store else [])]
    params = {
        "since": query.since,
        "until": query.until,
        "stores": list(query.store_ids),
        "agents": agents if with_agents else [STORE],
        "now": now or timezone.now(),
    }
    return _sql(keys, source, only, as_team=by.startswith("team-")), params


def _make_what_if(query: Query) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS what_if_day")
    for store in Store.objects.filter(pk__in=query.store_ids):
        what_if(store, query.since, query.until, query.judgement)


def _sql(keys: Sequence[str], source: str, only: Sequence[str], as_team: bool) -> str:
    grouped = ", ".join(keys)
    alike = ", ".join(key for key in keys if key != "agent_id")
    # The store's own row stands in each group of rows it is the total of: a window, since a join of the two sums,
    # which have no statistics, is planned as a nested loop.
    total = f"FILTER (WHERE g.agent_id = {STORE}) OVER ({f'PARTITION BY {alike}' if alike else ''})"
    sums = [f"sum({name})::bigint AS {name}" for name in COUNTS if name in only]
    sums += [
        f"sum({name}) AS {name}, CASE WHEN bool_or(rate IS NULL AND {name} <> 0) THEN NULL"
        f" ELSE coalesce(round(sum({name} * rate), 2), 0) END AS {name}_converted"
        for name in MONEY
        if name in only
    ]
    sums += [f"array_agg({BINS})::text AS bins_text"] if BINS in only else []
    sales = STORES_SALES.format(total=total) if "paid_amount" in only else ""
    agent = (
        f"CASE WHEN a.agent_id > {UNASSIGNED} THEN {TEAM} ELSE a.agent_id END" if as_team else "a.agent_id"
    )
    picked = ", ".join([f"{agent} AS agent_id", *(f"a.{name}" for name in only)])
    return f"""
        WITH {PLACES}, dated AS MATERIALIZED ({DATED.format(source=source, picked=picked)}), rated AS MATERIALIZED ({RATED.format(home=HOME)}),
        summed AS (
            SELECT {grouped}, {", ".join(sums)}, array_agg(number) AS rule_numbers,
                min(currency) AS lowest, max(currency) AS highest, bool_and(day <= final_until) AS is_final,
                bool_and(day <= same_day_final_until) AS same_day_is_final
            FROM dated JOIN rated USING (currency, day) GROUP BY {grouped}
        )
        SELECT g.*, {sales} ({HOME}) AS home_currency, min(lowest) {total} AS first_currency, max(highest) {total} AS last_currency FROM summed g
    """


# What a reader needs of the stores and their rules, and the days up to which nothing can change any more. Worked out
# before it is joined: a day in a time zone costs more than all the sums of a row.
PLACES = """
    places AS MATERIALIZED (
        SELECT p.*, today - 1 - greatest(inquiry_days + 7 + coalesce(cancel_days, 0), window_days + 1) AS final_until,
            today - 1 - greatest(window_days + 1, coalesce(cancel_days, 0)) AS same_day_final_until
        FROM (
            SELECT v.id AS rule_id, v.number, v.inquiry_days, v.cancel_days, v.window_days, s.currency,
                ((%(now)s::timestamptz AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date AS today
            FROM policies_attributionrule v JOIN stores_store s ON s.id = v.store_id WHERE s.id = ANY(%(stores)s)
        ) AS p
    )"""
# Each day's row. Materialized, so that it is read by store and day, whatever is joined to it.
DATED = """
    SELECT a.store_id, a.day, {picked}, date_trunc('month', a.day)::date AS month, p.currency, p.number,
        p.final_until, p.same_day_final_until
    FROM {source} a JOIN places p ON p.rule_id = a.rule_id
    WHERE a.day BETWEEN %(since)s AND %(until)s AND a.store_id = ANY(%(stores)s)
        AND (%(agents)s::integer[] IS NULL OR a.agent_id = ANY(%(agents)s))
"""
# The organization's currency.
HOME = "SELECT currency FROM tenants_organization WHERE id = current_setting('app.organization_id')::integer"
# The rate of each currency and day that occurs: the latest one entered for that day or before.
RATED = """
    SELECT currency, day, CASE WHEN currency = ({home}) THEN 1 ELSE (
        SELECT r.rate FROM stores_exchangerate r WHERE r.currency = k.currency AND r.day <= k.day
        ORDER BY r.day DESC LIMIT 1) END AS rate
    FROM (SELECT DISTINCT currency, day FROM dated) AS k
"""
# The stores' total of the row's period, and the same converted.
STORES_SALES = """
    coalesce(sum(paid_amount) {total}, 0) AS store_paid_amount,
    CASE WHEN bool_or(paid_amount_converted IS NULL) {total} THEN NULL
        ELSE coalesce(sum(paid_amount_converted) {total}, 0) END AS store_paid_amount_converted,
"""


def agent_names() -> dict[int, str]:
    """{agent_id: name} of the scope's people and `unassigned`; a name borne by several shows the employee id."""
    agents = list(Agent.objects.values_list("pk", "name", "employee_id"))
    bearers = Counter(name for _pk, name, _employee_id in agents)
    return {UNASSIGNED: "unassigned"} | {
        pk: f"{name} ({employee_id})" if bearers[name] > 1 else name for pk, name, employee_id in agents
    }


def data_until(query: Query) -> date | None:
    """The last business day with any figure in the query's stores, whatever its period."""
    with connection.cursor() as cursor:
        # One look into the index for each store: the maximum over several of them is worked out from all their rows.
        cursor.execute(
            "SELECT max((SELECT max(day) FROM kpis_agentday a WHERE a.store_id = s)) FROM unnest(%s) s",
            [list(query.store_ids)],
        )
        return cursor.fetchone()[0]


def first_days(query: Query) -> dict[int, date]:
    """{store id: first business day with figures} of the query's stores, whatever its period."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s, (SELECT min(day) FROM kpis_agentday a WHERE a.store_id = s) FROM unnest(%s) s",
            [list(query.store_ids)],
        )
        return {store_id: day for store_id, day in cursor.fetchall() if day}
