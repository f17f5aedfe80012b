"""One rule over past chats: tried before it goes live, or inspected again after it changed (docs/policies.md).

Starting, stopping and labelling; policies/inspection_steps.py does the work, a step at a time.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from celery import current_app
from django.db import transaction
from django.db.models import Case, Q, Value, When

from policies.inspecting import lock
from policies.inspection_models import (
    InspectionRun,
    RunKind,
    RunState,
    TrialHit,
    Violation,
    ViolationState,
)
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_versions import applies_to
from stores.models import Store
from tenants.models import User

UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
ENDED_EARLY = (RunState.STOPPED, RunState.FAILED)
# What decides whether a line is a breach; the rest only says what follows.
DECIDING = ("enabled", "platforms", "kinds", "countries", "spec", "level")
Z = 1.96  # of a 95 % interval


class Precision(NamedTuple):
    """right of labelled hits were labelled right; the share is in [low, high] with 95 % certainty. Without labels: 0–1."""

    right: int
    labelled: int
    low: float
    high: float


@transaction.atomic
def start_again(
    rule: PolicyRule, old_versions: Sequence[PolicyVersion], user: User | None, now: datetime
) -> list[InspectionRun]:
    """After a new version: have the chats inspected again that it can affect, one run a store; the runs.

    old_versions: the rule's versions before. A version judges its own days and no other (rule_versions.RuleBook), so
    only these are read, in the stores some version of the rule is for. Where the same lines break the rule as before,
    no chat is read: what nobody has touched gets the new figures at once.
    """
    new = rule.versions.order_by("-number").first()
    stores = [
        store
        for store in Store.objects.order_by("pk")
        if any(applies_to(version, store) for version in (new, *old_versions))
    ]
    if not any(_finds_the_same(old, new) for old in old_versions[-1:]):
        return _start_reading(rule, new, stores, user, now) if rule.reads == Reads.CHAT else []
    for store in stores:
        # A step under way judges by the version before: it ends first.
        lock(store)
    _set_figures(new)
    return []


def _finds_the_same(old: PolicyVersion, new: PolicyVersion) -> bool:
    """Whether `old`, the last one before, judged all days of `new`, and what is a breach by one is one by the other."""
    begins = old.since <= new.since
    ends = old.until is None or (new.until is not None and new.until <= old.until)
    return begins and ends and all(getattr(old, name) == getattr(new, name) for name in DECIDING)


def _set_figures(version: PolicyVersion) -> None:
    """Untouched violations on the version's days are judged by it from now on."""
    of_days = Q(day__gte=version.since) & (Q(day__lte=version.until) if version.until else Q())
    is_verified = version.verified_on is not None
    Violation.objects.filter(
        of_days, rule=version.rule_id, state__in=(ViolationState.FOUND, ViolationState.NOTICE)
    ).exclude(source_key__startswith="hand:").update(
        version=version,
        # A notice has neither.
        points=_where_found(version.points if is_verified else None),
        money=_where_found(version.money if is_verified else None),
    )


def _where_found(figure) -> Case | None:
    # To the database a case of nothing but NULL is a text.
    return (
        None if figure is None else Case(When(state=ViolationState.FOUND, then=Value(figure)), default=None)
    )


def _start_reading(
    rule: PolicyRule, new: PolicyVersion, stores: Iterable[Store], user: User | None, now: datetime
) -> list[InspectionRun]:
    runs = []
    for store in stores:
        today = store.business_day(now)
        until = min(new.until or today, today)
        if new.since <= until:
            run = InspectionRun(
                organization_id=rule.organization_id, store=store, kind=RunKind.AGAIN, rule=rule,
                detector=rule.detector, spec=new.spec, level=new.level, since=new.since, until=until, made_by=user,
                made_at=now,
            )  # fmt: skip
            runs.append(run)
    return _start(rule.organization_id, runs)


@transaction.atomic
def start_trial(
    stores: Iterable[Store], rule: PolicyRule, spec: dict, level: int, since: date, until: date,
    user: User | None, now: datetime,
) -> list[InspectionRun]:  # fmt: skip
    """Try a rule over the chats of business days [since, until], one run a store; nobody's violations come of it.

    spec: of an organization's own words (checked), {} for a detector of the library; level: the least certainty told.
    """
    if until < since:
        raise ValueError(f"{since} to {until} are no days")
    runs = [
        InspectionRun(
            organization_id=rule.organization_id, store=store, kind=RunKind.TRIAL, rule=rule, detector=rule.detector,
            spec=spec, level=level, since=since, until=until, made_by=user, made_at=now,
        )
        for store in stores
    ]  # fmt: skip
    return _start(rule.organization_id, runs)


def _start(organization_id: int, runs: list[InspectionRun]) -> list[InspectionRun]:
    runs = InspectionRun.objects.bulk_create(runs)
    if runs:
        _have_done(organization_id)
    return runs


def _have_done(organization_id: int) -> None:
    # By name: tasks are a room above this one. Should the broker be away, the next beat finds the runs.
    send = partial(current_app.send_task, "desk.policy_tasks.run_inspections", args=[organization_id])
    transaction.on_commit(send, robust=True)


def stop(runs: Iterable[InspectionRun], now: datetime) -> int:
    """Stop those of the runs that are under way; how many. What they have found stays; a step under way ends first."""
    under_way = InspectionRun.objects.filter(pk__in=[run.pk for run in runs], state__in=UNDER_WAY)
    return under_way.update(state=RunState.STOPPED, ended_at=now)


@transaction.atomic
def try_again(runs: Sequence[InspectionRun]) -> int:
    """Have those of the runs that failed or were stopped go on behind the last buyer they have done; how many.

    The same days and store; by the rule as it is now, as every step of a run after a change is.
    """
    ended = InspectionRun.objects.filter(pk__in=[run.pk for run in runs], state__in=ENDED_EARLY)
    number = ended.update(state=RunState.WAITING, ended_at=None, error="")
    if number:
        _have_done(runs[0].organization_id)
    return number


def label(hit: TrialHit, right: bool | None, user: User, now: datetime) -> None:
    """A person says that a trial's hit is right or wrong, or takes the word back (None). ValueError while it runs: the
    sample still changes."""
    if InspectionRun.objects.filter(pk=hit.run_id, state__in=UNDER_WAY).exists():
        raise ValueError(f"run {hit.run_id} is under way")
    said = (user, now) if right is not None else (None, None)
    TrialHit.objects.filter(pk=hit.pk).update(right=right, labelled_by=said[0], labelled_at=said[1])


def precision_of(runs: Iterable[InspectionRun]) -> Precision:
    """How many of the labelled hits of these trials are right. One statement."""
    labels = list(
        TrialHit.objects.filter(run__in=list(runs), right__isnull=False).values_list("right", flat=True)
    )
    return wilson(sum(labels), len(labels))


def wilson(right: int, labelled: int) -> Precision:
    """The score interval of a share (E. B. Wilson, JASA 22 (1927), p. 209–212)."""
    if not labelled:
        return Precision(0, 0, 0.0, 1.0)
    share, squared = right / labelled, Z * Z
    middle = share + squared / (2 * labelled)
    half = Z * math.sqrt(share * (1 - share) / labelled + squared / (4 * labelled**2))
    under = 1 + squared / labelled
    return Precision(right, labelled, max(0.0, (middle - half) / under), min(1.0, (middle + half) / under))
