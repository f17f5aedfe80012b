"""For the access test: a fine Ann was told, and points of her store."""

from datetime import datetime, timedelta
from decimal import Decimal

from policies import fines, points
from policies.attribution_rules import ALWAYS
from policies.fine_rulings import confirm
from policies.library import LIBRARY
from policies.rule_models import PolicyRule
from policies.rule_versions import ensure_library, new_version
from stores.models import Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        ensure_library(organization.pk, LIBRARY, now)
        rule = PolicyRule.objects.get(code="fine-remark-wrong")
        new_version(rule, ALWAYS, user=users["owner"], now=now, verified_on=now.date())
        fine, entry = _one(store, person, users["supervisor"], now)
        confirm(fine, users["supervisor"], now)
        return {"fine_id": fine.pk, "entry_id": entry.pk, "platform": "taobao"}


def _one(store: Store, person: Agent, user: User, now: datetime):
    rule, day = PolicyRule.objects.get(code="fine-remark-wrong"), store.business_day(now) - timedelta(days=1)
    told = {"order_id": None, "reason": "尺寸写错", "user": user, "now": now}
    fine = fines.by_hand(rule, store, person.pk, day, amount=None, **told)
    entry = points.by_hand(store, Decimal(1), day, rule=None, complaint_id=None, **told)
    return fine, entry


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of both for each person and store; in the caller's scope."""
    for place in (store, world.store):
        for person in people:
            _one(place, person, world.users["owner"], now)
