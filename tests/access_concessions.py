"""For the access test: a concession that Ann asks for, and products with a count sheet."""

from datetime import datetime
from decimal import Decimal

from orders.concessions import Wish, give_or_ask
from orders.stock import make_sheet
from orders.trade_models import BargainLimit, ConcessionKind
from stores.models import Product, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        return {"concession_id": _ask(store, person, users["agent"], now)}


def _ask(store: Store, person: Agent, user: User | None, now: datetime) -> int:
    wish = Wish(
        store, ConcessionKind.DISCOUNT, person.pk, None, "o1", "", Decimal(100), Decimal(10), "please"
    )
    return give_or_ask(wish, user=user, may_decide=False, now=now).pk


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    organization = world.organization
    for place in (store, world.store):
        for person in people:
            _ask(place, person, None, now)
        Product.objects.create(organization=organization, store=place, code=f"p{number}", stock=1)
        make_sheet(place, place.business_day(now).replace(day=1))
    BargainLimit.objects.create(organization=organization, grade=f"g{number}", since=now.date(), amount=1)
