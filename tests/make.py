"""Plain makers of the rows tests need. Each opens the organization's scope itself."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from conversations.imports import write_messages
from orders.imports import write_orders
from policies.models import AttributionRule
from stores.models import Store
from stores.platforms.records import MessageRecord, OrderRecord
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


def at(text: str) -> datetime:
    """`2026-11-02 10:00:00` of Asia/Shanghai's wall clock (no daylight saving: always UTC+8)."""
    return datetime.fromisoformat(f"{text}+08:00")


def write_chat(store: Store, buyer: str, seat: str, *lines: tuple[str, str, str]) -> None:
    """Messages through the real writer. lines: (direction, wall clock in Shanghai, text); id from buyer and place."""
    records = [
        (n, MessageRecord(f"{buyer}-{when}-{n}", buyer, seat, direction, False, at(when), text))
        for n, (direction, when, text) in enumerate(lines)
    ]
    with organization_scope(store.organization_id):
        write_messages(store, records)


def write_order(store: Store, order_id: str, **fields) -> None:
    """One order through the real writer; times as wall clocks in Shanghai, amounts as text."""
    for name, value in fields.items():
        if name.endswith("_at"):
            fields[name] = at(value)
        if name.endswith("_amount") or name == "postage":
            fields[name] = Decimal(value)
    with organization_scope(store.organization_id):
        write_orders(store, [(1, OrderRecord(order_id, **{"status": "paid", **fields}))])
