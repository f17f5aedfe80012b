"""What a ruling did to the figures: its agents' sales of the day, with it and without it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max

from kpis.figures import agent_names
from kpis.models import AgentDay, OrderFact
from kpis.ruling_models import OwnershipRuling, RulingKind
from stores.models import Store


@dataclass(frozen=True)
class Change:
    """An agent's sales of the order's business day in its store, in the store's currency."""

    name: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Effect:
    """state: "none" (a refusal), "no_sale", "replaced" (a later ruling holds), "waiting" (the figures are not yet
    refreshed), "same" (no owner changed), "moved". changes: of "moved", one for each agent."""

    state: str
    day: date | None = None
    currency: str = ""
    changes: tuple[Change, ...] = ()


def effects_of(rulings: Collection[OwnershipRuling], stores: Mapping[int, Store]) -> dict[int, Effect]:
    """{ruling's id: its effect}; rulings with `order__fact`. Three statements, however many.

    After: as the figures are now. Before: the same without this order's amount for whom it went to, with it for
    whom it came from.
    """
    orders = {ruling.order_id for ruling in rulings}
    counted = OwnershipRuling.objects.filter(order__in=orders).exclude(kind=RulingKind.REFUSED)
    last = dict(counted.order_by().values_list("order").annotate(Max("number")))
    facts = {ruling.order_id: ruling.order.fact for ruling in rulings if hasattr(ruling.order, "fact")}
    days = AgentDay.objects.filter(
        store__in={fact.store_id for fact in facts.values()},
        day__in={fact.paid_day for fact in facts.values()},
        agent_id__in={agent for r in rulings for agent in (r.owner_before, r.agent_id)}
        | {fact.owner_id for fact in facts.values()},
    )
    sales = {
        (store, day, agent): amount
        for store, day, agent, amount in days.values_list("store", "day", "agent_id", "paid_amount")
    }
    names = agent_names()
    return {
        ruling.pk: _effect(
            ruling, facts.get(ruling.order_id), last.get(ruling.order_id), stores, sales, names
        )
        for ruling in rulings
    }


def _effect(
    ruling: OwnershipRuling,
    fact: OrderFact | None,
    last: int | None,
    stores: Mapping[int, Store],
    sales: dict,
    names: dict,
) -> Effect:
    if ruling.kind == RulingKind.REFUSED:
        return Effect("none")
    if ruling.number != last:
        return Effect("replaced")
    if fact is None:
        return Effect("no_sale")
    ruled = fact.reason == "ruling"
    if ruled != (ruling.kind == RulingKind.GIVEN) or (ruled and fact.owner_id != ruling.agent_id):
        return Effect("waiting")
    moves = [(ruling.owner_before, fact.amount), (fact.owner_id, -fact.amount)]
    if ruling.owner_before == fact.owner_id:
        return Effect("same")
    changes = []
    for agent, amount in moves:
        if agent is not None:
            now = sales.get((fact.store_id, fact.paid_day, agent), Decimal(0))
            changes.append(Change(names.get(agent, "–"), now + amount, now))
    return Effect("moved", fact.paid_day, stores[fact.store_id].currency, tuple(changes))
