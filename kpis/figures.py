"""The one query behind every figure: pages, files and the API all read agents' and stores' sums here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone

from kpis.models import RESPONSE_BINS, STORE, UNASSIGNED
from kpis.rollups import FIGURES, what_if
from stores.models import Store
from team.models import Agent

MONEY = ("paid_amount", "refunded_amount", "owned_amount", "excluded_amount")
COUNTS = tuple(name for name in FIGURES if name not in MONEY)
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
}


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


def ratio(part: Any, whole: Any) -> float | None:
    """part / whole; None where either is unknown or the whole is 0."""
    return float(part) / float(whole) if whole and part is not None else None


class Row:
    """Sums of one group, and the rates made of them; a rate is None where it is unknown.

    Attributes: store_id, agent_id, day, month (None where summed over), every count of FIGURES, and the money
    columns in `currency`: the stores' own if they share one, else the organization's (`converted` says so);
    money is None where a needed exchange rate is missing. store_paid_amount: the stores' total of the period.
    """

    store_id: int | None = None
    agent_id: int
    day: date | None = None
    month: date | None = None
    currency: str
    rule_numbers: list[int]
    bins_text: str  # the days' histograms as PostgreSQL prints an array of arrays

    def __init__(self, values: dict[str, Any], organization_currency: str, judgement: str | None):
        self.__dict__.update(values)
        self.judgement = judgement
        self.converted = values["first_currency"] != values["last_currency"]
        self.currency = organization_currency if self.converted else values["first_currency"]
        if self.converted:
            for name in (*MONEY, "store_paid_amount"):
                setattr(self, name, values[f"{name}_converted"])

    @property
    def is_store(self) -> bool:
        return self.agent_id == STORE

    @property
    def rule_version(self) -> str:
        return f"what-if:{self.judgement}" if self.judgement else "+".join(map(str, self.rule_numbers))

    @property
    def maturity(self) -> str:
        """Of converted_final: the least mature of the row's days."""
        return "final" if self.is_final else "provisional"

    @property
    def same_day_maturity(self) -> str:
        return "final" if self.same_day_is_final else "provisional"

    @property
    def sales_share(self) -> Decimal | None:
        """客服销售占比: of an agent own / store; of the store owned by anybody / all (docs/kpis.md §5)."""
        own = self.owned_amount if self.is_store else self.paid_amount
        total = self.store_paid_amount
        return own / total if total and own is not None else None

    @property
    def silent_amount(self) -> Decimal | None:
        """Of a store's row: what nobody owns and no flag excluded."""
        if self.paid_amount is None:
            return None
        return self.paid_amount - self.owned_amount - self.excluded_amount

    @property
    def silent_share(self) -> float | None:
        return ratio(self.silent_amount, self.paid_amount)

    @property
    def conversion_same_day(self) -> float | None:
        return ratio(self.converted_same_day, self.inquiries)

    @property
    def conversion_final(self) -> float | None:
        return ratio(self.converted_final, self.inquiries)

    @property
    def reply_rate(self) -> float | None:
        return ratio(self.consulting_buyers - self.unanswered_buyers, self.consulting_buyers)

    @property
    def qa_ratio(self) -> float | None:
        """答问比"""
        return ratio(self.human_replies, self.in_messages)

    @property
    def average_response_seconds(self) -> float | None:
        return ratio(self.response_seconds_sum, self.response_count)

    @property
    def average_first_response_seconds(self) -> float | None:
        return ratio(self.first_response_seconds_sum, self.first_response_count)

    @property
    def rounds(self) -> int:
        return self.response_count + self.unanswered_rounds

    @property
    def three_minute_rate(self) -> float | None:
        """Of the rounds in the hours that count, those answered within the store's seconds (180 unless set)."""
        return ratio(self.rate_answered, self.rate_rounds)

    @property
    def refund_rate(self) -> float | None:
        return ratio(self.refunded_orders, self.orders)

    @property
    def refund_rate_amount(self) -> float | None:
        return ratio(self.refunded_amount, self.paid_amount)

    @property
    def refund_rate_items(self) -> float | None:
        return ratio(self.refunded_items, self.items)

    @property
    def refund_rate_event(self) -> float | None:
        return ratio(self.refunds_completed, self.orders)

    @property
    def amount_per_buyer(self) -> float | None:
        """客单价"""
        return ratio(self.paid_amount, self.buyers)

    @property
    def items_per_buyer(self) -> float | None:
        """客件数"""
        return ratio(self.items, self.buyers)

    @property
    def amount_per_item(self) -> float | None:
        """件均价"""
        return ratio(self.paid_amount, self.items)

    @cached_property
    def response_bins(self) -> list[int]:
        """Answered rounds by RESPONSE_BINS. Days are added up here, and only where somebody asks."""
        days = json.loads(self.bins_text.replace("{", "[").replace("}", "]"))
        return [sum(counts) for counts in zip(*days, strict=True)]

    def response_percentile(self, share: float) -> float | None:
        """The response time in seconds within which `share` (0..1) of the answered rounds were answered.

        Interpolated inside a bin of RESPONSE_BINS; None without rounds, and the last bound for what is slower.
        """
        total = sum(self.response_bins)
        if not total:
            return None
        wanted, below, lower = share * total, 0, 0
        for count, upper in zip(self.response_bins, (*RESPONSE_BINS, RESPONSE_BINS[-1]), strict=True):
            if below + count >= wanted and count:
                return lower + (upper - lower) * (wanted - below) / count
            below, lower = below + count, upper
        return float(RESPONSE_BINS[-1])


def agent_rows(query: Query, by: str = "person", now: datetime | None = None) -> list[Row]:
    """The query's figures summed by one of GROUPINGS, ordered by store code, day, agent name.

    The store's own row has agent_id STORE and counts all its orders. now: the instant maturity is judged at.
    """
    keys, with_store, with_agents = GROUPINGS[by]
    source = "kpis_agentday"
    if query.judgement:
        source = "what_if_day"
        _make_what_if(query)
    params = {
        "since": query.since,
        "until": query.until,
        "stores": list(query.store_ids),
        "agents": None if query.agent_ids is None else [*query.agent_ids, *([STORE] if with_store else [])],
        "now": now or timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        words = {(kind, pk): word for kind, pk, word in cursor.fetchall()}
        currency = params["currency"] = next(word for (kind, _), word in words.items() if kind == "currency")
        cursor.execute(_sql(keys, source, with_agents), params)
        names = [column.name for column in cursor.description]
        rows = [
            Row(dict(zip(names, row, strict=True)), currency, query.judgement) for row in cursor.fetchall()
        ]

    def place(row: Row) -> tuple:
        """By store code, day or month, then the store itself before agents by name in code-point order."""
        name = {STORE: "", UNASSIGNED: "unassigned"}.get(row.agent_id) or words.get(
            ("agent", row.agent_id), ""
        )
        return (words.get(("store", row.store_id), ""), row.day or row.month or date.min, name, row.agent_id)

    return sorted(rows, key=place)


# What rows are ordered by and converted into, in one go.
WORDS = """
    SELECT 'currency', id, currency FROM tenants_organization WHERE id = current_setting('app.organization_id')::integer
    UNION ALL SELECT 'store', id, code FROM stores_store UNION ALL SELECT 'agent', id, name FROM team_agent
"""


def _make_what_if(query: Query) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS what_if_day")
    for store in Store.objects.filter(pk__in=query.store_ids):
        what_if(store, query.since, query.until, query.judgement)


def _sql(keys: Sequence[str], source: str, with_agents: bool) -> str:
    grouped = ", ".join(keys)
    alike = ", ".join(key for key in keys if key != "agent_id")
    # The store's own row stands in each group of rows it is the total of: a window, since a join of the two sums,
    # which have no statistics, is planned as a nested loop.
    total = f"FILTER (WHERE g.agent_id = {STORE}) OVER ({f'PARTITION BY {alike}' if alike else ''})"
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in COUNTS)
    money = ", ".join(
        f"sum({name}) AS {name}, CASE WHEN bool_or(rate IS NULL AND {name} <> 0) THEN NULL"
        f" ELSE coalesce(round(sum({name} * rate), 2), 0) END AS {name}_converted"
        for name in MONEY
    )
    return f"""
        WITH rated AS MATERIALIZED ({RATED.format(source=source)}),
        summed AS (
            SELECT {grouped}, {sums}, {money}, array_agg(response_bins)::text AS bins_text,
                array_agg(DISTINCT number ORDER BY number) AS rule_numbers, min(currency) AS lowest,
                max(currency) AS highest, bool_and(age >= final_age) AS is_final,
                bool_and(age >= same_day_age) AS same_day_is_final
            FROM ({DATED.format(source=source)}) AS d
            WHERE (%(agents)s::integer[] IS NULL OR agent_id = ANY(%(agents)s))
                {"" if with_agents else f"AND agent_id = {STORE}"}
            GROUP BY {grouped}
        ), compared AS (
            SELECT g.*, coalesce(sum(paid_amount) {total}, 0) AS store_paid_amount,
                CASE WHEN bool_or(paid_amount_converted IS NULL) {total} THEN NULL
                    ELSE coalesce(sum(paid_amount_converted) {total}, 0) END AS store_paid_amount_converted,
                min(lowest) {total} AS first_currency, max(highest) {total} AS last_currency
            FROM summed g
        )
        SELECT * FROM compared
    """


# The rate of each currency and day that occurs: the latest one entered for that day or before.
RATED = """
    SELECT currency, day, CASE WHEN currency = %(currency)s THEN 1 ELSE (
        SELECT r.rate FROM stores_exchangerate r WHERE r.currency = k.currency AND r.day <= k.day
        ORDER BY r.day DESC LIMIT 1) END AS rate
    FROM (SELECT DISTINCT s.currency, a.day FROM {source} a JOIN stores_store s ON s.id = a.store_id
        WHERE a.day BETWEEN %(since)s AND %(until)s AND a.store_id = ANY(%(stores)s)) AS k
"""
# Each day's row with what its reader needs of store, rule and rate; ages are days since the day ended.
DATED = """
    SELECT a.*, date_trunc('month', a.day)::date AS month, s.currency, x.rate, v.number,
        ((%(now)s::timestamptz AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date - a.day - 1 AS age,
        greatest(v.inquiry_days + 7 + coalesce(v.cancel_days, 0), v.window_days + 1) AS final_age,
        greatest(v.window_days + 1, coalesce(v.cancel_days, 0)) AS same_day_age
    FROM {source} a JOIN stores_store s ON s.id = a.store_id JOIN policies_attributionrule v ON v.id = a.rule_id
    JOIN rated x ON x.currency = s.currency AND x.day = a.day
    WHERE a.day BETWEEN %(since)s AND %(until)s AND a.store_id = ANY(%(stores)s)
"""


def agent_names() -> dict[int, str]:
    """{agent_id: name} of the scope's people and `unassigned`; a name borne by several shows the employee id."""
    agents = list(Agent.objects.all())
    names = [agent.name for agent in agents]
    return {UNASSIGNED: "unassigned"} | {
        agent.pk: f"{agent.name} ({agent.employee_id})" if names.count(agent.name) > 1 else agent.name
        for agent in agents
    }


def data_until(query: Query) -> date | None:
    """The last business day with any figure in the query's stores, whatever its period."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(day) FROM kpis_agentday WHERE store_id = ANY(%s)", [list(query.store_ids)])
        return cursor.fetchone()[0]
