"""Which orders are sales, of how much, and which refunds count (docs/kpis.md §4, §5, §7)."""

from datetime import datetime, timedelta
from decimal import Decimal

from .days import business_day, rule_on
from .model import DAY, Order, Refund, Rule, StoreData

REFUND_KINDS = ("refund_only", "return_refund")
SEVEN_DAYS = 7 * DAY


def paid_at_of(order: Order) -> datetime | None:
    """When the order was paid; None for one never paid, among them a closed one paid 0 or blank."""
    if order.status == "closed" and (order.paid_amount is None or order.paid_amount == 0):
        return None
    return order.paid_at


def rule_of(store: StoreData, paid_at: datetime) -> Rule:
    """The version an order paid at `paid_at` is judged under."""
    return rule_on(store, business_day(store, paid_at))


def taken_back(store: StoreData, order: Order) -> bool:
    """A paid order the platform takes back: closed within cancel_days of its payment."""
    paid_at = paid_at_of(order)
    if paid_at is None or order.status != "closed" or order.closed_at is None:
        return False
    cancel_days = rule_of(store, paid_at).cancel_days
    return cancel_days is not None and order.closed_at - paid_at <= timedelta(hours=24 * cancel_days)


def sales(store: StoreData) -> list[tuple[Order, datetime]]:
    """(order, paid_at) of every sale, by order id."""
    found = []
    for order in sorted(store.orders, key=lambda o: o.order_id):
        paid_at = paid_at_of(order)
        if paid_at is not None and not taken_back(store, order):
            found.append((order, paid_at))
    return found


def completed_refunds(store: StoreData, order: Order) -> list[Refund]:
    """The order's completed refunds; one known from a report only until a real one is there."""
    refunds = [r for r in store.refunds if r.order_id == order.order_id and r.kind in REFUND_KINDS]
    if any(not r.from_report for r in refunds):
        refunds = [r for r in refunds if not r.from_report]
    return [r for r in refunds if r.status == "completed"]


def sale_amount(store: StoreData, order: Order, paid_at: datetime) -> Decimal:
    """What the sale counts for: paid_amount, less postage and refunds where the version deducts them."""
    amount = order.paid_amount
    if amount is None:
        raise ValueError(f"order {order.order_id} is paid and has no amount")
    rule = rule_of(store, paid_at)
    if rule.deduct_postage:
        amount -= order.postage
    if rule.deduct_refunds:
        for refund in completed_refunds(store, order):
            if refund.amount is not None:
                amount -= refund.amount
    return amount


def paid_within_seven_days(order: Order, paid_at: datetime) -> bool:
    """paid_at − created_at ≤ 7 days; False when the creation is unknown."""
    return order.created_at is not None and paid_at - order.created_at <= SEVEN_DAYS
