"""Targets of stores and agents by month (R26): setting them, dividing a store's sales over its people, reading them.

docs/kpis.md §10. Months are of the store's business days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from babel.numbers import get_currency_precision
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from kpis.models import AgentDay
from kpis.months import month_end, shift_month
from kpis.target_models import AgentTarget, Division, StoreTarget
from stores.models import Store
from team.models import Agent, SeatAssignment
from team.roster_models import EntryKind, RosterEntry

# Measures a store may have a target of besides its sales; each holds for every agent of the store alike.
SERVICE = ("conversion_final", "three_minute_rate", "average_first_response_seconds", "satisfaction")
# Of these less is better.
LOWER_IS_BETTER = frozenset({"average_first_response_seconds"})

# Why a rule has nothing to go by.
NOBODY = _("Nobody holds a seat of this store in this month: there is nobody to divide it over.")
NO_SALES = _("Nobody of them sold anything in this store last month: choose another way to divide.")
NO_ROSTER = _(
    "No shift of theirs is published for this month: publish the roster first, or choose another way."
)


class NotDivisible(Exception):
    """The rule has nothing to go by. str(): an English msgid."""


@dataclass(frozen=True)
class StoreAims:
    """What one store asks for in a month. sales: of the store, or of one agent; None: no target."""

    store_id: int
    currency: str
    sales: Decimal | None
    service: Mapping[str, Decimal]


@dataclass(frozen=True)
class Aims:
    """What one agent is to reach in a month, over all stores; empty where nothing is set."""

    month: date
    stores: list[StoreAims] = field(default_factory=list)

    @property
    def sales(self) -> dict[str, Decimal]:
        """{currency: the parts of all stores of that currency together}."""
        sums: dict[str, Decimal] = {}
        for aims in self.stores:
            if aims.sales is not None:
                sums[aims.currency] = sums.get(aims.currency, Decimal(0)) + aims.sales
        return sums

    def service(self, name: str) -> Decimal | None:
        """The strictest target of one of SERVICE among the agent's stores; None: there is none."""
        asked = [aims.service[name] for aims in self.stores if name in aims.service]
        return (min if name in LOWER_IS_BETTER else max)(asked, default=None)


def month_of(store: Store, now) -> date:
    """The first day of the store's business month at an instant."""
    return store.business_day(now).replace(day=1)


def target_of(agent_id: int, month: date) -> Aims:
    """What an agent is to reach in a month (its first day): a part of sales in each store, and the service targets
    of the stores where the agent holds a seat some day of the month or has a part. Three statements."""
    parts = dict(AgentTarget.objects.filter(agent_id=agent_id, month=month).values_list("store_id", "sales"))
    seats = held_in(month).filter(agent_id=agent_id).values("seat__store_id")
    targets = StoreTarget.objects.filter(Q(store_id__in=list(parts)) | Q(store_id__in=seats), month=month)
    return Aims(
        month,
        [
            StoreAims(target.store_id, target.store.currency, parts.get(target.store_id), service_of(target))
            for target in targets.select_related("store").order_by("store_id")
        ],
    )


def service_of(target: StoreTarget) -> dict[str, Decimal]:
    """{measure: target} of those that are set."""
    values = {name: getattr(target, name) for name in SERVICE}
    return {name: value for name, value in values.items() if value is not None}


def held_in(month: date) -> QuerySet[SeatAssignment]:
    """Who held which seat some day of the month."""
    last = month_end(month)
    return SeatAssignment.objects.filter(since__lte=last).filter(Q(until=None) | Q(until__gte=month))


def people_of(store: Store, month: date) -> list[Agent]:
    """Who holds a seat of the store some day of the month and had not left before it, by name."""
    holders = held_in(month).filter(seat__store=store).values("agent")
    here = Agent.objects.filter(pk__in=holders).filter(Q(left_on=None) | Q(left_on__gte=month))
    return list(here.order_by("name", "pk"))


def weights_of(
    store: Store, month: date, division: Division, people: list[Agent]
) -> dict[int, Decimal | int]:
    """{agent id: weight} by which a rule divides. Raises NotDivisible. HAND divides nothing: KeyError."""
    ids = [person.pk for person in people]
    if not ids:
        raise NotDivisible(NOBODY)
    if division == Division.EQUAL:
        return dict.fromkeys(ids, 1)
    return {Division.SHARE: _sales_before, Division.DAYS: _days_on}[division](store, month, ids)


def _sales_before(store: Store, month: date, ids: list[int]) -> dict[int, Decimal]:
    before = shift_month(month, -1)
    sold = AgentDay.objects.filter(store=store, day__range=(before, month_end(before)), agent_id__in=ids)
    sums = dict(sold.values_list("agent_id").annotate(Sum("paid_amount")))
    if not any(sums.values()):
        raise NotDivisible(NO_SALES)
    return {pk: sums.get(pk) or Decimal(0) for pk in ids}


def _days_on(store: Store, month: date, ids: list[int]) -> dict[int, int]:
    """Published shifts of the month that cover the store; a shift that names no store covers all."""
    shifts = RosterEntry.objects.filter(
        Q(shift__store_ids=[]) | Q(shift__store_ids__contains=[store.pk]),
        agent_id__in=ids, day__range=(month, month_end(month)), kind=EntryKind.WORK, published=True,
    )  # fmt: skip
    days = dict(shifts.values_list("agent_id").annotate(Count("pk")))
    if not days:
        raise NotDivisible(NO_ROSTER)
    return {pk: days.get(pk, 0) for pk in ids}


def divided(amount: Decimal, weights: Mapping[int, Decimal | int], currency: str) -> dict[int, Decimal]:
    """{id: part} of a currency's smallest units that add up to `amount` exactly, in proportion to the weights.

    Everybody gets the part rounded down; the units left over go one each to those who lost most by it, of equals to
    the lower id. ValueError: all weights are 0.
    """
    total = sum(map(Decimal, weights.values()))
    if not total:
        raise ValueError("nobody has a weight")
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    exact = {pk: amount * Decimal(weight) / total for pk, weight in weights.items()}
    parts = {pk: part.quantize(unit, ROUND_DOWN) for pk, part in exact.items()}
    left = amount - sum(parts.values())
    for pk in sorted(parts, key=lambda pk: (parts[pk] - exact[pk], pk)):
        if left <= 0:
            break
        # The last step may be less than a unit: an amount finer than the currency's own.
        parts[pk] += min(unit, left)
        left -= min(unit, left)
    return parts


@transaction.atomic
def set_targets(
    store: Store,
    month: date,
    *,
    sales: Decimal | None,
    service: Mapping[str, Decimal | None],
    division: Division,
    by_hand: Mapping[int, Decimal] | None = None,
) -> dict[int, Decimal]:
    """Write a store's targets of a month and its people's parts of the sales; {agent id: part}.

    service: of SERVICE; what is left out or None has no target. by_hand: the parts, where division is HAND.
    Errors: NotDivisible; ValueError where parts by hand do not add up. The database keeps every version.
    """
    Store.objects.select_for_update().get(pk=store.pk)
    parts: dict[int, Decimal] = {}
    if sales is not None and division == Division.HAND:
        parts = {pk: part for pk, part in (by_hand or {}).items() if part is not None}
        if sum(parts.values()) != sales:
            raise ValueError(f"parts of {sum(parts.values())} are not {sales}")
    elif sales is not None:
        parts = divided(sales, weights_of(store, month, division, people_of(store, month)), store.currency)
    values = {name: service.get(name) for name in SERVICE}
    _write_store(store, month, {"sales": sales, "division": division, **values})
    _write_parts(store, month, parts)
    return parts


def _write_store(store: Store, month: date, values: dict) -> None:
    """Only what differs is written: the history shows changes, not savings."""
    row = StoreTarget.objects.filter(store=store, month=month).first()
    if row is None:
        StoreTarget.objects.create(organization_id=store.organization_id, store=store, month=month, **values)
        return
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)


def _write_parts(store: Store, month: date, parts: dict[int, Decimal]) -> None:
    rows = {row.agent_id: row for row in AgentTarget.objects.filter(store=store, month=month)}
    AgentTarget.objects.filter(pk__in=[row.pk for pk, row in rows.items() if pk not in parts]).delete()
    moved = [row for pk, row in rows.items() if pk in parts and row.sales != parts[pk]]
    for row in moved:
        row.sales = parts[row.agent_id]
    AgentTarget.objects.bulk_update(moved, ["sales"])
    AgentTarget.objects.bulk_create(
        AgentTarget(organization_id=store.organization_id, store=store, month=month, agent_id=pk, sales=part)
        for pk, part in sorted(parts.items())
        if pk not in rows
    )
