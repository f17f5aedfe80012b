"""Looking for fines in the facts (R18): each source finds breaches, the dated rules judge them, proposals follow.

Looking again changes nothing. A proposal nobody touched follows the facts and lapses with them; what a person has
touched stays as they saw it. A rule whose figures no owner has verified proposes nothing (docs/policies.md, Penalties).
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from desk.fine_answers import slow_answers, unanswered, unanswered_hours
from desk.fine_attendance import absent, late
from desk.fine_facts import Found, Look
from desk.fine_orders import bad_review, shipping
from desk.fine_remarks import remark_format, remark_late, remark_wrong, remark_wrong_made
from policies.fines import penalty_settings, write_lines
from policies.penalty_models import Fine, FineReach, FineState
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_versions import RuleBook
from stores.models import Store
from team.notices import notify, supervisors_of
from tenants.models import Organization

LOCK = 7307  # advisory lock class of these looks; the second key is the organization
# Imports bring days late: so many before the last look are looked at again.
AGAIN = timedelta(days=3)
# The names rules give as their detector.
FINE_SOURCES: dict[str, Callable[[Look], list[Found]]] = {
    "remark_late": remark_late,
    "remark_format": remark_format,
    "remark_wrong": remark_wrong,
    "remark_wrong_made": remark_wrong_made,
    "shipping": shipping,
    "slow_answers": slow_answers,
    "unanswered": unanswered,
    "unanswered_hours": unanswered_hours,
    "absent": absent,
    "late": late,
    "bad_review": bad_review,
}
FOLLOWS = ("store_id", "agent_id", "version_id", "day", "order_id", "buyer_id", "facts", "times", "amount", "takes_credit")  # fmt: skip


class Counts(NamedTuple):
    """Proposals made, changed after the facts, lapsed and come back."""

    made: int = 0
    changed: int = 0
    lapsed: int = 0
    back: int = 0


def look_for_fines(organization: Organization, now: datetime) -> Counts:
    """Propose what the facts of the open month, and of the days since the last look, call for. In the scope.

    One at a time for each organization; a look that died wrote nothing. A few statements for each source.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, organization.pk])
        stores = {store.pk: store for store in Store.objects.order_by("pk")}
        rules = PolicyRule.objects.filter(reads=Reads.FACTS, detector__in=FINE_SOURCES).order_by("code")
        if not stores or not rules:
            return Counts()
        book, reached = (
            RuleBook([Reads.FACTS]),
            dict(FineReach.objects.values_list("source", "reached_at")),
        )
        seen: dict[date, Look] = {}
        sums = Counts()
        for rule in rules:
            since = min(now, reached.get(rule.detector, now)).date() - AGAIN
            look = _look(stores, since.replace(day=1), now, seen)
            counts = _compare(organization, rule, _wanted(rule, look, book), look)
            sums = Counts(*(a + b for a, b in zip(sums, counts, strict=True)))
        FineReach.objects.bulk_create(
            [FineReach(organization=organization, source=rule.detector, reached_at=now) for rule in rules],
            update_conflicts=True, update_fields=["reached_at"], unique_fields=["organization", "source"],
        )  # fmt: skip
        if sums.made:
            _tell_leads(organization, stores, now)
        return sums


def _look(stores: dict[int, Store], since: date, now: datetime, seen: dict[date, Look]) -> Look:
    """The same look for sources that go back as far: attendance is read once."""
    if since not in seen:
        seen[since] = Look(since, now.date() + timedelta(days=1), now, stores, penalty_settings())
    return seen[since]


def _wanted(rule: PolicyRule, look: Look, book: RuleBook) -> dict[str, tuple[Found, PolicyVersion]]:
    """{source key: (breach, the version that judges it)} of those a verified version with money judges."""
    if not any(one.rule_id == rule.pk and _fines(one) for one in book.versions):
        return {}
    found = {}
    for one in FINE_SOURCES[rule.detector](look):
        store = look.stores[one.store_id]
        version = book.valid(rule.code, store, one.day) if one.day <= store.business_day(look.now) else None
        if version is not None and _fines(version):
            found[one.key] = (one, version)
    return found


def _fines(version: PolicyVersion) -> bool:
    return version.verified_on is not None and bool(version.money)


def _compare(organization: Organization, rule: PolicyRule, wanted: dict, look: Look) -> Counts:
    """Make the untouched proposals of a rule within the look what the facts say."""
    within = Q(day__range=(look.since, look.until)) | Q(source_key__in=list(wanted))
    known = {
        fine.source_key: fine
        for fine in Fine.objects.filter(within, rule=rule, violation_id=None)
        .exclude(source_key__startswith="hand:")
        .select_for_update()
        .order_by("pk")
    }
    fresh, changed, lapsed, back = [], [], [], []
    for key, (found, version) in wanted.items():
        fine = known.get(key)
        values = _values(found, version)
        if fine is None:
            fresh.append(
                Fine(
                    organization=organization, rule=rule, source_key=key, proposed_at=look.now, **values
                )
            )  # fmt: skip
        elif fine.state == FineState.LAPSED:
            _follow(fine, values)
            back.append(fine)
        elif fine.state == FineState.PROPOSED and any(getattr(fine, k) != v for k, v in values.items()):
            _follow(fine, values)
            changed.append(fine)
    for key, fine in known.items():
        if key not in wanted and fine.state == FineState.PROPOSED:
            fine.state = FineState.LAPSED
            lapsed.append(fine)
    made = Fine.objects.bulk_create(fresh, batch_size=500)
    Fine.objects.bulk_update([*changed, *back, *lapsed], [*FOLLOWS, "state"], batch_size=500)
    for fines, what in ((made, "proposed"), (lapsed, "lapsed"), (back, "found_again")):
        write_lines(fines, look.now, lambda _fine, what=what: what)
    return Counts(len(made), len(changed), len(lapsed), len(back))


def _values(found: Found, version: PolicyVersion) -> dict:
    return {
        "store_id": found.store_id, "agent_id": found.agent_id, "version_id": version.pk, "day": found.day,
        "order_id": found.order_id, "buyer_id": found.buyer_id, "facts": dict(found.facts), "times": found.times,
        "amount": version.money * found.times, "takes_credit": version.takes_credit and found.order_id is not None,
    }  # fmt: skip


def _follow(fine: Fine, values: dict) -> None:
    fine.state = FineState.PROPOSED
    for name, value in values.items():
        setattr(fine, name, value)


def _tell_leads(organization: Organization, stores: Iterable[int], now: datetime) -> None:
    """Once a day, whoever decides on proposals."""
    notify(
        organization, supervisors_of(list(stores)), key=f"fines-proposed-{now.date()}", kind="penalty",
        text=gettext_noop("New fines are proposed and wait for your decision."),
        link=reverse("penalty_list", args=[organization.slug]), now=now,
    )  # fmt: skip
