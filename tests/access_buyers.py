"""For the access test: a buyer with a card and a link, a rule of classes, a script in a folder, a visit that was made."""

from datetime import datetime, timedelta

from conversations.script_models import Script
from conversations.scripts import folder_named, note_use, save_script
from desk.models import FollowUp, State
from orders.buyer_links import decide
from orders.buyers import note_on, write_card
from orders.models import Order, Status
from orders.trade_models import BuyerClassRule
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        buyer, other = (Buyer.objects.get(store=store, name=name) for name in ("buyer1", "buyer2"))
        link = decide(buyer, other, True, users["owner"], now)
        rule = BuyerClassRule.objects.create(
            organization=organization, store=store, name="vip", since=now.date(), orders=9
        )
        script = _script(store, "Hello", "Hello {buyer}")
        _visit(store, buyer, users["owner"], 0, now)
    return {
        "buyer_id": buyer.pk, "link_id": link.pk, "rule_id": rule.pk, "script_id": script.pk,
        "folder_id": script.folder_id,
    }  # fmt: skip


def _script(store: Store, title: str, text: str) -> Script:
    folder = folder_named(store.organization_id, title, store, "", "")
    return save_script(Script(organization_id=store.organization_id, folder=folder, title=title, text=text))


def _visit(store: Store, buyer: Buyer, user: User, number: int, now: datetime) -> None:
    FollowUp.objects.create(
        organization_id=store.organization_id, store=store, kind="return_visit", subject=str(buyer.pk),
        occasion=str(number), buyer=buyer, opens_at=now - timedelta(days=2), due_at=now, made_at=now,
        state=State.CLOSED, outcome="content", closed_by=user, closed_at=now - timedelta(hours=1),
    )  # fmt: skip


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    owner = world.users["owner"]
    for place in (store, world.store):
        pair = [
            Buyer.objects.create(organization=world.organization, store=place, name=f"twin{number}{x}")
            for x in "ab"
        ]
        _same_phone(pair, number, now)
        decide(*pair, True, owner, now)
        third = Buyer.objects.create(organization=world.organization, store=place, name=f"twin{number}c")
        _same_phone([pair[0], third], number + 10_000, now)
        BuyerClassRule.objects.create(
            organization=world.organization,
            store=place,
            name="vip",
            since=now.date() - timedelta(days=number + 1),
        )
        script = _script(place, f"script{number}", "Hello {order}")
        note_use(script, place, third, people[0].pk, now)
        _visit(place, third, owner, number, now)
    buyer = Buyer.objects.get(store=world.store, name="buyer1")
    note_on(world.store, buyer, f"note {number}", owner, now)
    write_card(
        world.store,
        buyer,
        preferences=f"p{number}",
        treatment="",
        class_by_hand="",
        reason="",
        user=owner,
        now=now,
    )
    decide(buyer, third, True, owner, now)


def _same_phone(buyers: list[Buyer], number: int, now: datetime) -> None:
    for buyer in buyers:
        Order.objects.create(
            organization_id=buyer.organization_id, store=buyer.store, order_id=f"t{number}{buyer.name}", buyer=buyer,
            status=Status.UNPAID, created_at=now, phone_hash=number.to_bytes(16, "big"),
        )  # fmt: skip
