"""For the access test: dangerous questions, of Ann's buyers and of nobody's."""

from datetime import datetime

from policies.inspection_models import ChatWarning
from policies.library import LIBRARY
from policies.rule_models import PolicyVersion
from policies.rule_versions import ensure_library
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        ensure_library(organization.pk, LIBRARY, now)
        return {"warning_id": _warning(store, "w0", person, now).pk}


def _warning(store: Store, message_id: str, person: Agent | None, now: datetime) -> ChatWarning:
    version = PolicyVersion.objects.filter(rule__code="invoice-tmall").latest("number")
    return ChatWarning.objects.create(
        organization_id=store.organization_id, store=store, rule_id=version.rule_id, version=version,
        message_id=message_id, buyer=Buyer.objects.filter(store=store).first(), agent_id=person and person.pk,
        reason="asked", asked_at=now, found_at=now,
    )  # fmt: skip


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    for person in (*people, None):
        _warning(world.store, f"w{number}-{person and person.pk}", person, now)
