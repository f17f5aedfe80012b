"""New, returning or VIP (R37): dated rules, and what a buyer has bought that decides by them (docs/orders.md).

A class is a function of the sales (kpis.OrderFact) and the rules of a day: nothing of it is stored but what a person
has set over it (orders.BuyerCard.class_by_hand).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from orders.trade_models import BuyerClass, BuyerClassRule
from stores.models import Store

# Until an organization says otherwise: whoever has bought twice is no new buyer, whenever that was. No source gives
# figures for VIP, so nobody is one until somebody sets them.
TWICE = 2
EVER = 36_500


@dataclass(frozen=True)
class Asked:
    """What a class asks for: so many sales or so much paid within so many days. Both None: nobody has it."""

    orders: int | None = None
    amount: Decimal | None = None
    within_days: int = EVER
    treatment: str = ""
    since: date | None = None

    @property
    def given(self) -> bool:
        return self.orders is not None or self.amount is not None


class Bought(NamedTuple):
    """What a buyer has bought in the store. by_rule: the class the rules give."""

    buyer_id: int
    orders: int
    amount: Decimal
    refunded_orders: int
    refunded_amount: Decimal
    first_at: datetime | None
    last_at: datetime | None
    by_rule: str


Rules = Mapping[str, Asked]


def rules_on(stores: Iterable[Store], now: datetime) -> dict[int, dict[str, Asked]]:
    """{store id: {class: what it asks for there now}}. A store's own rule goes before everybody's. One statement."""
    stores = list(stores)
    # Everybody's first, so that a store's own overwrite them; of each the latest last.
    rules = sorted(BuyerClassRule.objects.all(), key=lambda one: (one.store_id is not None, one.since))
    found: dict[int, dict[str, Asked]] = {}
    for store in stores:
        asked = {name: Asked() for name in BuyerClass.values} | {BuyerClass.RETURNING.value: Asked(TWICE)}
        today = store.business_day(now)
        for rule in rules:
            if rule.store_id in (None, store.pk) and rule.since <= today:
                asked[rule.name] = _asked_by(rule)
        found[store.pk] = asked
    return found


def _asked_by(rule: BuyerClassRule) -> Asked:
    nothing = rule.orders is None and rule.amount is None
    if nothing and rule.name == BuyerClass.RETURNING:
        return Asked(TWICE, None, EVER, rule.treatment, rule.since)
    return Asked(rule.orders, rule.amount, rule.within_days, rule.treatment, rule.since)


# One line for each buyer with a sale. `{buyers}` narrows them; the class is decided over all their sales.
BOUGHT = """
SELECT f.buyer_id, count(*)::integer AS orders, sum(f.amount) AS amount,
    (count(*) FILTER (WHERE f.refunded))::integer AS refunded_orders, sum(f.refunded_amount) AS refunded_amount,
    min(f.paid_at) AS first_at, max(f.paid_at) AS last_at, {by_rule} AS by_rule
FROM kpis_orderfact f WHERE f.store_id = %({p}store)s AND f.buyer_id = ANY(%({p}buyers)s)
GROUP BY f.buyer_id
"""


def class_sql(rules: Rules, day: date, p: str = "") -> tuple[str, dict, date]:
    """(SQL of the class over a buyer's grouped sales `f`, its parameters, the first day that can decide).

    p: what its parameters' names begin with, where several stores are asked in one statement.
    """
    cases, params, first = [], {f"{p}day": day}, day
    for name in (BuyerClass.VIP.value, BuyerClass.RETURNING.value):
        asked = rules[name]
        if not asked.given:
            continue
        since = date.fromordinal(max(day.toordinal() - asked.within_days + 1, 1))
        params[f"{p}{name}_since"], first = since, min(first, since)
        within = f"FILTER (WHERE f.paid_day >= %({p}{name}_since)s AND f.paid_day <= %({p}day)s)"
        meets = []
        if asked.orders is not None:
            params[f"{p}{name}_orders"] = asked.orders
            meets.append(f"count(*) {within} >= %({p}{name}_orders)s")
        if asked.amount is not None:
            params[f"{p}{name}_amount"] = asked.amount
            meets.append(f"coalesce(sum(f.amount) {within}, 0) >= %({p}{name}_amount)s")
        cases.append(f"WHEN {' OR '.join(meets)} THEN '{name}'")
    sql = (
        f"CASE {' '.join(cases)} ELSE '{BuyerClass.NEW.value}' END" if cases else f"'{BuyerClass.NEW.value}'"
    )
    return sql, params, first


def bought_by(
    buyers: Mapping[Store, Sequence[int]], rules: Mapping[int, Rules], now: datetime
) -> dict[int, Bought]:
    """{buyer: what they bought and their class by the rules}; who bought nothing is new. One statement for all stores."""
    zero = Decimal(0)
    found = {
        pk: Bought(pk, 0, zero, 0, zero, None, None, BuyerClass.NEW.value)
        for ids in buyers.values()
        for pk in ids
    }
    parts, params = [], {}
    for store, ids in buyers.items():
        p = f"s{store.pk}_"
        by_rule, needed, _first = class_sql(rules[store.pk], store.business_day(now), p)
        parts.append(BOUGHT.format(by_rule=by_rule, p=p))
        params |= needed | {f"{p}store": store.pk, f"{p}buyers": list(ids)}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            found |= {row[0]: Bought(*row) for row in cursor.fetchall()}
    return found
