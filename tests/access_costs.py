"""For the access test: courier rates, imported costs and a member's daily mail."""

from datetime import datetime, timedelta
from decimal import Decimal

from kpis.daily_models import DailyMail, DailyMailSent
from orders.trade_models import Cost, CourierRate
from stores.models import Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    since = now.date() - timedelta(days=30)
    with organization_scope(organization.pk):
        rate = CourierRate.objects.create(
            organization=organization, store=store, since=since, amount=Decimal(8)
        )
        DailyMail.objects.create(
            organization=organization, user=users["owner"], tables=["deals"], since=since
        )
    return {"courier_rate_id": rate.pk}


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    organization = world.organization
    for place in (store, world.store):
        CourierRate.objects.create(
            organization=organization, store=place, courier=f"c{number}", since=now.date(), amount=Decimal(9)
        )
        Cost.objects.create(
            organization=organization, store=place, day=now.date(), product_code=f"p{number}", kind="other",
            amount=Decimal(number),
        )  # fmt: skip
    DailyMailSent.objects.create(
        organization=organization, user=world.users["owner"], day=now.date() - timedelta(days=number), claimed_at=now
    )  # fmt: skip
