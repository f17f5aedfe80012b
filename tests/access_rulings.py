"""For the access test: claims on orders, decided and open, and refunds with reasons."""

from datetime import datetime, timedelta
from decimal import Decimal

from kpis.rulings import claim, decide
from orders.imports import write_orders, write_refunds
from orders.models import Order
from stores.models import Store
from stores.platforms.records import OrderRecord, RefundRecord
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        order = Order.objects.get(store=store, order_id=f"o{organization.slug}")
        claim(order, person.pk, "mine", user=users["agent"], now=now)
    return {}


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """An open claim, a decided one and a refund for a reason of its own; in the caller's scope."""
    user = world.users["owner"]
    paid = OrderRecord(f"claimed{number}", status="paid", created_at=now, paid_at=now, paid_amount=Decimal(1))
    write_orders(world.store, [(1, paid)])
    order = Order.objects.get(store=world.store, order_id=paid.order_id)
    for person in people:
        made = claim(order, person.pk, "mine", user=user, now=now)
        decide(made, follow=True, reason="so", user=user, now=now)
    claim(order, None, "nobody's", user=world.users["agent"], now=now + timedelta(minutes=number))
    decide(claim(order, None, "gone", user=user, now=now), follow=False, reason="no", user=user, now=now)
    refund = RefundRecord(f"r{number}", order.order_id, "refund_only", "completed", reason=f"reason {number}")
    write_refunds(world.store, [(1, refund)])
