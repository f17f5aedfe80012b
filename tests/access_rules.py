"""For the access test: a rule of the organization's own words, tried on store 1 with a hit to label."""

from datetime import datetime

from policies.inspection_models import InspectionRun, RunKind, RunState, TrialHit
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope

SPEC = {
    "phrases": ["私聊"], "except": [], "asked": [], "speaker": "agent", "in_remarks": False, "certainty": "likely",
}  # fmt: skip


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        rule = own_rule(organization, f"own-{organization.slug}", now)
        run = trial(store, rule, now)
        return {"rule_code": rule.code, "run_id": run.pk, "hit_id": TrialHit.objects.get(run=run).pk}


def own_rule(organization: Organization, code: str, now: datetime) -> PolicyRule:
    rule = PolicyRule.objects.create(
        organization=organization, code=code, title=code, reads="chat", detector="phrases", made_at=now
    )
    new_version(rule, now.date(), user=None, now=now, enabled=False, spec=SPEC)
    return rule


def trial(store: Store, rule: PolicyRule, now: datetime, message_id: str = "s:ann1out") -> InspectionRun:
    """A trial that is done, with one hit."""
    run = InspectionRun.objects.create(
        organization_id=store.organization_id, store=store, kind=RunKind.TRIAL, rule=rule, detector="phrases", spec=SPEC,
        since=now.date(), until=now.date(), state=RunState.DONE, buyers=1, buyers_done=1, messages=10, hits=1,
        made_at=now,
    )  # fmt: skip
    TrialHit.objects.create(
        organization_id=store.organization_id, run=run, source_key=f"message:{message_id}", said_at=now, certainty=2,
        buyer=Buyer.objects.filter(store=store).first(), start=0, end=2,
    )  # fmt: skip
    return run


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """More rules, versions of the one there is, runs of it in more stores, and more hits to label."""
    rule = PolicyRule.objects.get(code=world.ids["rule_code"])
    own_rule(world.organization, f"own-{number}", now)
    new_version(rule, now.date(), user=world.users["owner"], now=now, reason=f"{number}")
    trial(store, rule, now)
    run = InspectionRun.objects.get(pk=world.ids["run_id"])
    TrialHit.objects.create(
        organization=world.organization, run=run, source_key=f"message:more{number}", said_at=now, certainty=2,
        start=0, end=1,
    )  # fmt: skip
    InspectionRun.objects.create(
        organization=world.organization, store=store, kind=RunKind.AGAIN, rule=rule, since=now.date(),
        until=now.date(), made_at=run.made_at,
    )  # fmt: skip
