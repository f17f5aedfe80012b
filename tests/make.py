"""Plain makers of the rows tests need. Each opens the organization's scope itself."""

from datetime import date

from django.db import connection

from policies.models import AttributionRule
from stores.models import Store
from team.models import Agent, Seat, SeatAssignment
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope

PASSWORD = "correct horse battery"


def make_organization(slug: str, **fields) -> Organization:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organization', 'id'))")
        number = cursor.fetchone()[0]
    with organization_scope(number):
        return Organization.objects.create(pk=number, slug=slug, **{"name": slug.title(), **fields})


def make_store(organization: Organization, code: str, rule: dict | None = None, **fields) -> Store:
    """A store with its first attribution rule; rule: that rule's fields."""
    values = {
        "platform": "taobao",
        "time_zone": "Asia/Shanghai",
        "currency": "CNY",
        "name": code.upper(),
        **fields,
    }
    with organization_scope(organization.pk):
        store = Store.objects.create(organization=organization, code=code, **values)
        AttributionRule.objects.create(
            organization=organization, store=store, number=1, since=date.min, **(rule or {})
        )
    return store


def make_member(organization: Organization, role: str, email: str | None = None, **fields) -> User:
    user = User.objects.create_user(
        email or f"{role}@{organization.slug}.example", PASSWORD, name=role.title()
    )
    with organization_scope(organization.pk):
        Membership.objects.create(organization=organization, user=user, role=role, **fields)
    return user


def make_agent(
    organization: Organization, name: str, *seats: tuple[Store, str], since: date = date.min
) -> Agent:
    """An agent who holds these seats (store, seat name) from `since` on."""
    with organization_scope(organization.pk):
        agent = Agent.objects.create(organization=organization, name=name)
        for store, seat_name in seats:
            seat, _ = Seat.objects.get_or_create(organization=organization, store=store, name=seat_name)
            SeatAssignment.objects.create(organization=organization, seat=seat, agent=agent, since=since)
    return agent
