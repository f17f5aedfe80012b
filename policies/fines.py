"""Fines of agents: what makes one, when it is final, what payroll deducts (R18, docs/policies.md, Penalties).

What people do about one is policies/fine_rulings.py. Every line of its story stands in About.FINE.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.dossiers import happened
from orders.models import Order
from orders.remark_models import About, DossierEvent
from policies.inspection_models import Violation, ViolationState
from policies.penalty_models import Fine, FineCap, FineState, PenaltySettings
from policies.rule_models import PolicyRule
from policies.rule_versions import RuleBook
from stores.models import Store
from team.notices import notify, users_of_agents
from tenants.models import User

LARGEST = Decimal("1000000")
OPEN = (FineState.PROPOSED, FineState.SECOND, FineState.CONFIRMED, FineState.APPEALED)
BATCH = 500


def penalty_settings() -> PenaltySettings:
    """The scope's settings; unsaved defaults where nobody has set them."""
    return PenaltySettings.objects.first() or PenaltySettings()


@transaction.atomic
def fine_for(violation: Violation, user: User | None, now: datetime) -> Fine | None:
    """The fine of a violation that has just been confirmed, told with it; None where it costs nobody anything.

    The money is the violation's: of a version an owner has verified, or as a person typed it. Its way through is the
    violation's: it is appealed and settled there. The same violation confirmed anew has the same fine again.
    """
    if violation.agent_id is None or not violation.money:
        return None
    said = {
        "agent_id": violation.agent_id, "version_id": violation.version_id, "day": violation.day,
        "order_id": violation.order_id, "buyer_id": violation.buyer_id, "amount": violation.money,
        "takes_credit": violation.version.takes_credit and violation.order_id is not None,
        "state": FineState.CONFIRMED, "confirmed_by": user, "confirmed_at": now, "told_at": now, "lifted_day": None,
        "seconded_by_id": violation.seconded_by_id, "settled_by": None, "settled_at": None, "final_day": None,
    }  # fmt: skip
    fine = Fine.objects.select_for_update().filter(violation_id=violation.pk).first()
    if fine and fine.state in (FineState.CONFIRMED, FineState.APPEALED, FineState.FINAL):
        return fine
    if fine is None:
        fine = Fine(
            organization_id=violation.organization_id, store_id=violation.store_id, rule_id=violation.rule_id,
            source_key=f"violation:{violation.pk}", violation_id=violation.pk, proposed_at=now,
        )  # fmt: skip
    for name, value in said.items():
        setattr(fine, name, value)
    fine.save()
    happened(
        violation.store, About.FINE, fine.pk, "from_violation", user=user, now=now, amount=plain(fine.amount)
    )
    return fine


@transaction.atomic
def withdraw_for(violation: Violation, user: User | None, now: datetime) -> Fine | None:
    """Lift the fine of a violation that is revoked or no longer confirmed; None where there is none to lift."""
    fine = Fine.objects.select_for_update().filter(violation_id=violation.pk).first()
    if fine is None or fine.state in (FineState.LIFTED, FineState.LAPSED, FineState.DISMISSED):
        return None
    lifted(fine, user, now, "")
    return fine


def lifted(fine: Fine, user: User | None, now: datetime, note: str) -> None:
    """Set a locked fine lifted, as of the store's business day, and write its line."""
    fine.state, fine.settled_by, fine.settled_at = FineState.LIFTED, user, now
    fine.lifted_day = fine.store.business_day(now)
    fine.save(update_fields=["state", "settled_by", "settled_at", "lifted_day"])
    happened(fine.store, About.FINE, fine.pk, "lifted", user=user, now=now, note=note)


@transaction.atomic
def by_hand(
    rule: PolicyRule,
    store: Store,
    agent_id: int,
    day: date,
    *,
    order_id: str | None,
    amount: Decimal | None,
    reason: str,
    user: User,
    now: datetime,
    book: RuleBook | None = None,
    key: uuid.UUID | None = None,
) -> Fine:
    """Propose a fine a person writes down. amount: None for the rule's own; needed where the rule names none. key: the
    same one is proposed once.

    Errors: ValueError in words: no reason, a day to come, a rule that is not valid there and then or whose figures no
    owner has verified, no amount, an order the store does not have.
    """
    reason, version = reason.strip(), (book or RuleBook()).valid(rule.code, store, day)
    if not reason:
        raise ValueError(_("Give the reason."))
    if day > store.business_day(now):
        raise ValueError(_("This day is still to come."))
    if version is None:
        raise ValueError(_("This rule is not valid for this store on that day."))
    if version.verified_on is None:
        raise ValueError(_("An owner has to say first that this rule’s figures are right."))
    amount = version.money if amount is None else amount
    if amount is None or not 0 < amount <= LARGEST:
        raise ValueError(_("Give an amount greater than 0."))
    if order_id and not Order.objects.filter(store=store, order_id=order_id).exists():
        raise ValueError(_("This store has no such order."))
    fine, made = Fine.objects.get_or_create(
        organization_id=store.organization_id, rule=rule, source_key=f"hand:{key or uuid.uuid4()}",
        defaults={
            "store": store, "agent_id": agent_id, "version": version, "day": day, "order_id": order_id or None,
            "amount": amount, "takes_credit": version.takes_credit and bool(order_id), "proposed_by": user,
            "proposed_at": now,
        },
    )  # fmt: skip
    if made:
        said = {"note": reason, "amount": plain(amount)}
        happened(store, About.FINE, fine.pk, "proposed_by_hand", user=user, now=now, **said)
    return fine


@transaction.atomic
def finish(now: datetime) -> int:
    """Make final whose time to appeal has passed, and what hangs on a violation that is final; how many. In the scope.

    Running it again finds nothing. A fine of a violation that was revoked while nobody looked is lifted.
    """
    until = now - timedelta(days=penalty_settings().appeal_days)
    violations = dict(
        Violation.objects.filter(
            pk__in=Fine.objects.filter(
                state__in=(FineState.CONFIRMED, FineState.APPEALED), violation_id__isnull=False
            ).values("violation_id"),
            state__in=(ViolationState.FINAL, ViolationState.REVOKED, ViolationState.DISMISSED),
        ).values_list("pk", "state")
    )
    done = [pk for pk, state in violations.items() if state == ViolationState.FINAL]
    over = Q(state=FineState.CONFIRMED, violation_id=None, told_at__lte=until) | Q(
        state__in=(FineState.CONFIRMED, FineState.APPEALED), violation_id__in=done
    )
    count = 0
    while fines := list(_locked(Fine.objects.filter(over))[:BATCH]):
        for fine in fines:
            fine.state, fine.settled_at, fine.final_day = FineState.FINAL, now, fine.store.business_day(now)
        Fine.objects.bulk_update(fines, ["state", "settled_at", "final_day"])
        write_lines(fines, now, lambda fine: "final_with_violation" if fine.violation_id else "final")
        count += len(fines)
    gone = [pk for pk in violations if pk not in done]
    for fine in _locked(Fine.objects.filter(violation_id__in=gone, state__in=OPEN)):
        lifted(fine, None, now, "")
    return count


def _locked(fines):
    return fines.select_related("store").select_for_update(of=("self",)).order_by("pk")


def write_lines(fines: Iterable[Fine], now: datetime, what) -> None:
    """One line of the system in the dossier of each of these fines; what(fine): its code. One statement."""
    DossierEvent.objects.bulk_create(
        DossierEvent(
            organization_id=fine.organization_id, store_id=fine.store_id, about=About.FINE, about_id=fine.pk, at=now,
            what=what(fine), details={"amount": plain(fine.amount)},
        )
        for fine in fines
    )  # fmt: skip


def tell_agent(fine: Fine, key: str, text: str, now: datetime, **params) -> None:
    """Tell the fined agent's member, if there is one. text: a msgid with the places store, day, amount, currency."""
    organization = fine.store.organization
    notify(
        organization, users_of_agents([fine.agent_id]).values(), key=f"fine-{fine.pk}-{key}", kind="penalty", text=text,
        params={
            "store": fine.store.name, "day": fine.day, "amount": plain(fine.amount), "currency": organization.currency,
            **params,
        },
        link=reverse("penalty_detail", args=[organization.slug, fine.pk]), now=now,
    )  # fmt: skip


FINED = gettext_noop("You were fined %(amount)s %(currency)s (%(store)s, %(day)s). Appeal until %(until)s.")


class Deduction(NamedTuple):
    """One line of payroll. deducted: `amount` as far as the month's cap allows; negative for what is given back."""

    fine_id: int
    rule_id: int
    store_id: int
    day: date
    order_id: str | None
    amount: Decimal
    deducted: Decimal


def deducted(month: date) -> dict[int, list[Deduction]]:
    """{agent id: what payroll deducts in the month, by the day it happened}. Three statements.

    Final ones by the month they became final (docs/policies.md), up to the cap of that month in the order of days.
    What was lifted after it had been final is given back in the month it was lifted: as much as was deducted then.
    """
    first = month.replace(day=1)
    back = list(
        Fine.objects.filter(
            lifted_day__gte=first, lifted_day__lt=next_month(first), final_day__lt=first
        ).order_by("agent_id", "day", "pk")
    )
    lines = _lines({first} | {fine.final_day.replace(day=1) for fine in back})
    taken = {line.fine_id: line.deducted for _agent, line in (one for each in lines.values() for one in each)}
    found: dict[int, list[Deduction]] = defaultdict(list)
    for agent_id, line in lines[first]:
        found[agent_id].append(line)
    for fine in back:
        found[fine.agent_id].append(_line(fine, -taken.get(fine.pk, Decimal(0)), -fine.amount))
    return dict(found)


def _lines(months: set[date]) -> dict[date, list[tuple[int, Deduction]]]:
    """{month: [(agent id, line)]} of what became final in these months, each agent's by day, within the cap."""
    finals = Fine.objects.filter(final_day__gte=min(months), final_day__lt=next_month(max(months)))
    caps = list(FineCap.objects.order_by("-since").values_list("since", "amount"))
    left: dict[tuple[date, int], Decimal] = {}
    found: dict[date, list[tuple[int, Deduction]]] = {month: [] for month in months}
    for fine in finals.order_by("agent_id", "day", "pk"):
        month = fine.final_day.replace(day=1)
        # Lifted within the month: payroll never saw it.
        if month not in months or (fine.lifted_day and fine.lifted_day < next_month(month)):
            continue
        cap = next((amount for since, amount in caps if since <= month), None)
        key = (month, fine.agent_id)
        part = fine.amount if cap is None else min(fine.amount, left.get(key, cap))
        if cap is not None:
            left[key] = left.get(key, cap) - part
        found[month].append((fine.agent_id, _line(fine, part, fine.amount)))
    return found


def _line(fine: Fine, part: Decimal, amount: Decimal) -> Deduction:
    return Deduction(fine.pk, fine.rule_id, fine.store_id, fine.day, fine.order_id, amount, part)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def plain(amount: Decimal) -> str:
    """An amount as lines and notices carry it: two decimals, no sign of a currency."""
    return str(Decimal(amount).quantize(Decimal("0.01")))
