"""Two organizations with one of everything that an address can name, for the tests of who may open what."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from conversations.phone_calls import Told, log_call
from desk.duties import sign_in
from desk.follow_ups import make_by_hand
from desk.handovers import offer
from intake.models import ImportJob, RefusedRow, State
from kpis.refresh import refresh_store
from kpis.target_models import Division
from kpis.targets import set_targets
from stores.models import ExchangeRate, Store
from team.calendar_feed import make_link
from team.channels import seal
from team.models import Agent, Group, Position, Seat, SeatAssignment
from team.notice_models import Channel, Notice
from team.notices import broadcast, notify
from team.roster import write_cells
from team.roster_models import RosterRequest, ShiftKind
from tenants.invitations import invite
from tenants.models import ApiKey, Membership, Organization, User
from tenants.scope import organization_scope
from tests import (
    access_buyers,
    access_cases,
    access_complaints,
    access_concessions,
    access_costs,
    access_penalties,
    access_promises,
    access_remarks,
    access_risk,
    access_rules,
    access_rulings,
    access_violations,
    access_warnings,
)
from tests.kpis.piecewise import write
from tests.make import make_agent, make_member, make_organization, make_store
from tests.reference.model import Message, Order

# Rooms' own: ids(organization, store, person, users, now) -> {parameter: value}; grow(world, store, people, number,
# now) makes one more of everything that lists show, in the organization's scope.
PARTS = (
    access_buyers,
    access_cases,
    access_complaints,
    access_concessions,
    access_costs,
    access_penalties,
    access_promises,
    access_remarks,
    access_risk,
    access_rules,
    access_rulings,
    access_violations,
    access_warnings,
)
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
    ids |= _desk(organization, store, person, other, users["owner"])
    ids |= _told(organization, store, person, users)
    for part in PARTS:
        ids |= part.ids(organization, store, person, users, timezone.now())
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
        roster = _roster(organization, person)
    return {
        "organization": organization.slug, "code": store.code, "order_id": "o1", "day": str(yesterday_at(0).date()),
        "agent_id": person.pk, "group_id": group.pk, "position_id": position.pk, "seat_id": holding.seat_id,
        "assignment_id": holding.pk, "job_id": job.pk, "rate_id": rate.pk, "key_id": key.pk,
        "uidb64": urlsafe_base64_encode(force_bytes(invited.pk)), "token": default_token_generator.make_token(invited),
        "slug": organization.slug, "secret": secret, "invitation_id": guest.pk, "member_id": member.pk,
        "uidb36": user_pk_to_url_str(invited), "key": "never-sent", "pk": 0, "detector": "unpaid",
        **roster,
    }  # fmt: skip


def _desk(organization: Organization, store: Store, person: Agent, other: Agent, owner: User) -> dict:
    """A matter on the person's list, and one a colleague hands over to them."""
    now = timezone.now()
    due = {"due_at": now + timedelta(hours=1), "user": owner, "now": now}
    with organization_scope(organization.pk):
        own = make_by_hand(store, kind_text="call back", agent_id=person.pk, **due)
        given = make_by_hand(store, kind_text="ask", agent_id=other.pk, **due)
        line = offer(sign_in(other.pk, organization.pk, now), given, person.pk, owner, now)
    return {"follow_up_id": own.pk, "line_id": line.pk}


def _told(
    organization: Organization, store: Store, person: Agent, users: dict[str, User]
) -> dict[str, object]:
    """A notice of the owner's, a channel, a call that Ann wrote down, and a target of hers."""
    now = timezone.now()
    with organization_scope(organization.pk):
        notify(organization, [users["owner"].pk], key="first", kind="roster", text="Published.", now=now)
        channel = Channel(organization=organization, name="Team", kind="wecom")
        seal(channel, "https://robots.example/send?key=1", None)
        channel.save()
        told = Told(store, person, None, "o1", False, now, 3, "size", "")
        call = log_call(told, users["agent"], now)
        month = yesterday_at(0).date().replace(day=1)
        set_targets(store, month, sales=Decimal(1000), service={}, division=Division.EQUAL)
        return {"notice_id": Notice.objects.get().pk, "channel_id": channel.pk, "call_id": call.pk}


def _roster(organization: Organization, person: Agent) -> dict[str, object]:
    """A kind of shift, a day of it, a request for leave, and the address of the person's calendar."""
    kind = ShiftKind.objects.create(
        organization=organization, name="Day", starts_minutes=510, ends_minutes=1050
    )
    now = timezone.now()
    write_cells(organization, {(person.pk, now.date()): f"s{kind.pk}"}, now)
    request = RosterRequest.objects.create(
        organization=organization, kind="leave", agent=person, since=now.date(), until=now.date(),
        entry_kind="annual", made_at=now,
    )  # fmt: skip
    secret = make_link(organization, person, now)
    return {"shift_id": kind.pk, "request_id": request.pk, "calendar_secret": secret}


def _grow_told(world: World, store: Store, people: list[Agent], number: int) -> None:
    organization, now = world.organization, timezone.now()
    notify(organization, [world.users["owner"].pk], key=f"n{number}", kind="x", text="More.", now=now)
    channel = Channel(organization=organization, name=f"c{number}", kind="wecom")
    seal(channel, "https://robots.example/send?key=1", None)
    channel.save()
    broadcast(organization, key=f"n{number}", kind="x", text="More.", now=now)
    for person in people:
        log_call(Told(store, person, None, "o1", False, now, 3, "size", "fits"), None, now)
        log_call(Told(world.store, person, None, "o1", False, now, 3, "size", "fits"), None, now)
    month = yesterday_at(0).date().replace(day=1)
    for place in (store, world.store):
        set_targets(place, month, sales=Decimal(1000), service={}, division=Division.EQUAL)


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
            _grow_told(world, store, people, number)
            for part in PARTS:
                part.grow(world, store, people, number, timezone.now())
            Seat.objects.create(organization=organization, store=world.store, name=f"unbound{number}")
            group = Group.objects.create(organization=organization, name=f"g{number}", leader=people[0])
            ShiftKind.objects.create(
                organization=organization, name=f"shift{number}", starts_minutes=60, ends_minutes=600
            )
            today = timezone.now().date()
            write_cells(organization, {(person.pk, today): "rest" for person in people}, timezone.now())
            for person in people:
                RosterRequest.objects.create(
                    organization=organization, kind="wish", agent=person, since=today, until=today,
                    entry_kind="rest", made_at=timezone.now(),
                )  # fmt: skip
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
        _desk(organization, world.store, people[0], people[1], world.users["owner"])
        write(store, *asks(number, "s:a", number))
        write(world.store, *asks(number, f"s:a{number}", number), *asks(number, f"s:b{number}", number + 30))
        write(world.store, an_order(number, number % 2 == 0), an_order(number + 500, False))
        refresh_store(store, whole=True)
    refresh_store(world.store, whole=True)
    with organization_scope(organization.pk):
        assert Membership.objects.count() == 6
