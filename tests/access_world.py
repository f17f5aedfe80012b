"""Two organizations with one of everything that an address can name, for the tests of who may open what."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from intake.models import ImportJob, RefusedRow, State
from kpis.refresh import refresh_store
from stores.models import ExchangeRate, Store
from team.models import Agent, Group, Position, Seat, SeatAssignment
from tenants.invitations import invite
from tenants.models import ApiKey, Membership, Organization, User
from tenants.scope import organization_scope
from tests.kpis.piecewise import write
from tests.make import make_agent, make_member, make_organization, make_store
from tests.reference.model import Message, Order

ACTORS = ("anonymous", "agent", "limited", "supervisor", "owner", "auditor", "outsider")


@dataclass
class World:
    """`users`: by the names of ACTORS; `ids`: what an address' parameters are for this organization."""

    organization: Organization
    store: Store
    users: dict[str, User]
    ids: dict[str, object]


def yesterday_at(hour: int, minute: int = 0):
    """An instant of the business day before today in Shanghai: within the default period except on the 1st."""
    now = timezone.now().astimezone(ZoneInfo("Asia/Shanghai"))
    return (now - timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)


def asks(number: int, seat: str, minute: int) -> list[Message]:
    """A buyer who asks and is answered."""
    buyer = f"buyer{number}"
    at = yesterday_at(10 + minute // 60, minute % 60)
    first = Message(f"{seat}{number}in", buyer, seat, "in", False, at, "在吗")
    return [
        first,
        replace(first, message_id=f"{seat}{number}out", direction="out", sent_at=at + timedelta(seconds=20)),
    ]


def an_order(number: int | str, paid: bool, buyer: str = "") -> Order:
    at = yesterday_at(12)
    return Order(
        f"o{number}", buyer or f"buyer{number}", "paid" if paid else "unpaid", at, at if paid else None, None, 100,
        100 if paid else None, 0, 1,
    )  # fmt: skip


def make_world(slug: str) -> World:
    """Store SLUG1 with chats, orders and imports; SLUG2, which `limited` alone may see, has nothing.

    Of two agents, the member `agent` is Ann; Bob has the chat with buyer2 and order oSLUG.
    """
    organization = make_organization(slug)
    store, empty = make_store(organization, f"{slug}1"), make_store(organization, f"{slug}2")
    person = make_agent(organization, "Ann", (store, "s:ann"))
    other = make_agent(organization, "Bob", (store, "s:bob"))
    write(store, *asks(1, "s:ann", 0), *asks(2, "s:bob", 5))
    write(store, an_order(1, True), an_order(2, False), an_order(slug, True, "buyer2"))
    refresh_store(store, whole=True)
    users = {role: make_member(organization, role) for role in ("supervisor", "owner", "auditor")}
    users["agent"] = make_member(organization, "agent", agent_id=person.pk)
    users["limited"] = make_member(
        organization, "supervisor", f"limited@{slug}.example", store_ids=[empty.pk]
    )
    invited = make_member(organization, "agent", f"invited@{slug}.example")
    ids = _ids(organization, store, person, invited)
    return World(organization, store, users, ids | {"colleague_id": other.pk})


def _ids(organization: Organization, store: Store, person: Agent, invited: User) -> dict[str, object]:
    with organization_scope(organization.pk):
        job = ImportJob.objects.create(organization=organization, store=store, name="a.csv", kept_as="a.csv")
        RefusedRow.objects.create(organization=organization, job=job, row=2, message="no such day")
        group = Group.objects.create(organization=organization, name="Group")
        position = Position.objects.create(
            organization=organization, agent=person, group=group, since=date(2020, 1, 1)
        )
        holding = SeatAssignment.objects.get(agent=person)
        rate = ExchangeRate.objects.create(
            organization=organization, currency="VND", day=date(2020, 1, 1), rate="0.0003"
        )
        key, _ = ApiKey.issue(organization, store.pk, "connector", None)
        guest, secret = invite(organization, f"guest@{organization.slug}.example", "agent", [], None, None)
        member = Membership.objects.get(user=invited)
    return {
        "organization": organization.slug, "code": store.code, "order_id": "o1", "day": str(yesterday_at(0).date()),
        "agent_id": person.pk, "group_id": group.pk, "position_id": position.pk, "seat_id": holding.seat_id,
        "assignment_id": holding.pk, "job_id": job.pk, "rate_id": rate.pk, "key_id": key.pk,
        "uidb64": urlsafe_base64_encode(force_bytes(invited.pk)), "token": default_token_generator.make_token(invited),
        "slug": organization.slug, "secret": secret, "invitation_id": guest.pk, "member_id": member.pk,
        "uidb36": user_pk_to_url_str(invited), "key": "never-sent", "pk": 0,
    }  # fmt: skip


def grow(world: World, count: int) -> None:
    """`count` more of everything that lists show."""
    organization = world.organization
    with organization_scope(organization.pk):
        first = Seat.objects.count() + 10
    for number in range(first, first + count):
        store = make_store(organization, f"more{number}")
        people = [
            make_agent(organization, f"person{number}{x}", (world.store, f"s:{x}{number}"), (store, f"s:{x}"))
            for x in "ab"
        ]
        with organization_scope(organization.pk):
            Seat.objects.create(organization=organization, store=world.store, name=f"unbound{number}")
            group = Group.objects.create(organization=organization, name=f"g{number}", leader=people[0])
            for person in people:
                since = {"since": date(2020, 1, 1)}
                Position.objects.create(organization=organization, agent=person, group=group, **since)
            Agent.objects.filter(pk=people[1].pk).update(merged_unconfirmed=True)
            fields = {"organization": organization, "store": store, "created_by": world.users["owner"]}
            for state in (State.DONE, State.UPLOADED):
                job = ImportJob.objects.create(name=f"{number}.csv", state=state, **fields)
            RefusedRow.objects.create(organization=organization, job=job, row=2, message="no such day")
            RefusedRow.objects.create(
                organization=organization, job_id=world.ids["job_id"], row=number, message="x"
            )
            rate = {"currency": "TWD", "rate": "0.2", "day": date(2020, 1, 1) + timedelta(days=number)}
            ExchangeRate.objects.create(organization=organization, **rate)
            ApiKey.issue(organization, store.pk, f"key{number}", world.users["owner"])
        write(store, *asks(number, "s:a", number))
        write(world.store, *asks(number, f"s:a{number}", number), *asks(number, f"s:b{number}", number + 30))
        write(world.store, an_order(number, number % 2 == 0), an_order(number + 500, False))
        refresh_store(store, whole=True)
    refresh_store(world.store, whole=True)
    with organization_scope(organization.pk):
        assert Membership.objects.count() == 6
