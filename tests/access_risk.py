"""For the access test: buyers with signs of risk, one watched; their page is that of the access test's own buyer."""

from datetime import datetime, timedelta

from policies.risk_models import RiskSignal, RiskStanding
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope

EVIDENCE = {
    "celebrity_recipient": {"items": ["ab"], "orders": ["o1"]},
    "claim_words": {"items": ["m"], "messages": ["s:ann1in"], "claims": ["court"]},
    "low_credit": {"items": ["1"], "credit": 1},
}


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        buyer = Buyer.objects.get(store=store, name="buyer1")
        _signs(buyer, now, *EVIDENCE)
        RiskStanding.objects.create(
            organization=organization,
            store=store,
            buyer=buyer,
            state="watched",
            changed_by=users["owner"],
            changed_at=now,
        )
    return {}


def _signs(buyer: Buyer, now: datetime, *kinds: str, **more) -> None:
    RiskSignal.objects.bulk_create(
        RiskSignal(
            organization_id=buyer.organization_id, store_id=buyer.store_id, buyer=buyer, kind=kind,
            evidence=EVIDENCE[kind] | more, fact_at=now, found_at=now, expires_at=now + timedelta(days=60),
        )
        for kind in kinds
    )  # fmt: skip


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """More buyers to be decided; more evidence of the one whose page is opened."""
    for place in (store, world.store):
        buyer = Buyer.objects.create(organization=world.organization, store=place, name=f"risky{number}")
        _signs(buyer, now, *EVIDENCE)
        RiskStanding.objects.create(
            organization=world.organization, store=place, buyer=buyer, state="asked", asked_by=world.users["owner"],
            changed_by=world.users["owner"], changed_at=now,
        )  # fmt: skip
    first = RiskSignal.objects.get(buyer__name="buyer1", buyer__store=world.store, kind="celebrity_recipient")
    first.evidence["orders"].append(f"more{number}")
    first.save()
