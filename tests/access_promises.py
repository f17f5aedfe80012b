"""For the access test: a promise of Ann's and a proposal."""

from datetime import datetime, timedelta

from orders.promises import make_promise, settle
from orders.service_models import PromiseKind, PromiseProposal, PromiseState
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        return {
            "promise_id": _promise(store, person, users["agent"], now).pk,
            "proposal_id": _proposal(store, "m0", person, now).pk,
        }


def _promise(store: Store, person: Agent, user: User, now: datetime):
    return make_promise(
        store, kind=PromiseKind.COURIER, text="给您发顺丰", promised_at=now, due_at=now + timedelta(hours=2),
        agent_id=person.pk, user=user, now=now, order_id="o1",
    )  # fmt: skip


def _proposal(store: Store, key: str, person: Agent, now: datetime) -> PromiseProposal:
    return PromiseProposal.objects.create(
        organization_id=store.organization_id, store=store, source_key=f"message:{key}", kind=PromiseKind.GIFT,
        buyer=Buyer.objects.filter(store=store).first(), agent_id=person.pk, said_at=now,
    )  # fmt: skip


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    for place in (store, world.store):
        for person in people:
            _promise(place, person, world.users["owner"], now)
            settled = _promise(place, person, world.users["owner"], now)
            settle(settled, PromiseState.BROKEN, user=world.users["owner"], now=now)
        _proposal(place, f"m{number + 1}", people[0], now)
