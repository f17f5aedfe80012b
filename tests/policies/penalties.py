"""What tests of fines and points share: rules an owner has called right, a fine, a violation."""

from datetime import date, datetime
from decimal import Decimal

from policies import fines
from policies.attribution_rules import ALWAYS
from policies.inspection_models import Violation, ViolationState
from policies.library import LIBRARY
from policies.penalty_models import Fine
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import ensure_library, new_version
from stores.models import Store
from tenants.models import User
from tests.make import at

NOW = at("2026-11-10 10:00:00")
DAY = date(2026, 11, 9)


def the_rule(store: Store, code: str) -> PolicyRule:
    """A rule of the library as it comes, unverified; in the caller's scope."""
    ensure_library(store.organization_id, LIBRARY, NOW)
    return PolicyRule.objects.get(code=code)


def verified(store: Store, code: str, since: date = ALWAYS, **values) -> PolicyVersion:
    """The rule's figures called right from a day on; in the caller's scope."""
    rule = the_rule(store, code)
    return new_version(rule, since, user=None, now=NOW, **{"verified_on": date(2026, 11, 1), **values})


def a_fine(
    store: Store, agent_id: int, user: User, code: str = "fine-remark-wrong", day: date = DAY, amount=None,
    now: datetime = NOW, order_id: str | None = None,
) -> Fine:  # fmt: skip
    """A fine by hand of a verified rule; in the caller's scope."""
    if not PolicyVersion.objects.filter(rule__code=code, verified_on__isnull=False).exists():
        verified(store, code)
    rule = the_rule(store, code)
    amount = None if amount is None else Decimal(amount)
    return fines.by_hand(
        rule, store, agent_id, day, order_id=order_id, amount=amount, reason="写错尺寸", user=user, now=now
    )


def a_violation(
    store: Store, agent_id: int | None, version: PolicyVersion, key: str = "m1", **fields
) -> Violation:
    """A confirmed violation of 9 November; in the caller's scope."""
    told = {"money": version.money, "points": version.points, "state": ViolationState.CONFIRMED}
    return Violation.objects.create(
        organization_id=store.organization_id, store=store, rule=version.rule, version=version,
        source_key=f"message:{key}", agent_id=agent_id, said_at=at("2026-11-09 12:00:00"), day=DAY, found_at=NOW,
        **told | fields,
    )  # fmt: skip
