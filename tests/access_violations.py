"""For the access test: a confirmed violation of Ann's, and rules to judge by."""

from datetime import datetime

from policies import violations
from policies.inspection_models import Violation
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        row = _found(store, _rule(organization, "own-access", now), person, "m0", now)
        violations.confirm(row, users["supervisor"], now)
        return {"violation_id": row.pk}


def _rule(organization: Organization, code: str, now: datetime) -> PolicyRule:
    rule = PolicyRule.objects.create(
        organization=organization, code=code, title=code, reads="hand", made_at=now
    )
    new_version(rule, now.date(), user=None, now=now)
    return rule


def _found(store: Store, rule: PolicyRule, person: Agent, key: str, now: datetime) -> Violation:
    return Violation.objects.create(
        organization_id=store.organization_id, store=store, rule=rule, version=rule.versions.get(),
        source_key=f"message:{key}", buyer=Buyer.objects.filter(store=store).first(), agent_id=person.pk,
        said_at=now, day=store.business_day(now), found_at=now,
    )  # fmt: skip


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    rule = _rule(world.organization, f"own-access-{number}", now)
    for place in (store, world.store):
        for person in people:
            _found(place, rule, person, f"a{number}-{person.pk}", now)
            confirmed = _found(place, rule, person, f"b{number}-{person.pk}", now)
            violations.confirm(confirmed, world.users["supervisor"], now)
