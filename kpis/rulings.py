"""Disputes over whose an order is: claims, and the rulings that stand before every rule (docs/kpis.md §4 a).

Everything is appended under a lock of the order; the figures follow by the change log.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kpis.models import OrderFact
from kpis.ruling_models import OwnershipClaim, OwnershipRuling, RulingKind
from orders.models import Order
from stores.imports import log_changes
from team.models import Agent
from team.notices import notify, supervisors_of, users_of_agents
from tenants.audit import record
from tenants.models import User

LONGEST_REASON = 500
VERBS = {
    RulingKind.GIVEN: "order_given",
    RulingKind.LIFTED: "ruling_lifted",
    RulingKind.REFUSED: "claim_refused",
}


class NotPossible(ValueError):
    """Why a claim or ruling cannot be made, in words for who asked."""


@transaction.atomic
def claim(
    order: Order, agent_id: int | None, reason: str, *, user: User, now: datetime, request=None
) -> OwnershipClaim:
    """Say that an order is an agent's (None: nobody's). The same said again while it is open changes nothing.

    Errors: NotPossible for an order that is not paid, an unknown agent, no reason, or another open claim of the user.
    """
    order, reason = _locked(order), _reason(reason)
    _check(order, agent_id)
    open_one = open_claims(order.pk).filter(made_by=user).first()
    if open_one is not None:
        if (open_one.agent_id, open_one.reason) == (agent_id, reason):
            return open_one
        raise NotPossible(_("Your claim on this order still waits for an answer."))
    made = OwnershipClaim.objects.create(
        organization_id=order.organization_id, store_id=order.store_id, order=order, agent_id=agent_id,
        reason=reason, made_by=user, made_at=now,
    )  # fmt: skip
    record(
        request, "order_claimed", order, by=user, store=order.store.code, agent=_name(agent_id), reason=reason
    )
    text = gettext_noop("%(who)s says that order %(order)s of %(store)s is somebody else’s.")
    people = [person for person in supervisors_of([order.store_id]) if person != user.pk]
    _tell(order, people, f"claim-{made.pk}", text, now, who=user.name)
    return made


@transaction.atomic
def decide(
    made: OwnershipClaim, *, follow: bool, reason: str, user: User, now: datetime, request=None
) -> OwnershipRuling:
    """Follow a claim or refuse it, with a reason. Decided already: that ruling, unchanged.

    Errors: NotPossible without a reason, or when it was decided the other way.
    """
    order, reason = _locked(made.order), _reason(reason)
    kind = RulingKind.GIVEN if follow else RulingKind.REFUSED
    known = OwnershipRuling.objects.filter(claim_id=made.pk).first()
    if known is not None:
        if known.kind != kind:
            raise NotPossible(_("This claim is decided already."))
        return known
    ruling = _append(order, kind, made.agent_id if follow else None, made.pk, reason, user, now, request)
    text = (
        gettext_noop("Your claim on order %(order)s of %(store)s was followed.")
        if follow
        else gettext_noop("Your claim on order %(order)s of %(store)s was refused.")
    )
    _tell(order, [made.made_by_id], f"claim-answer-{made.pk}", text, now)
    return ruling


@transaction.atomic
def rule(
    order: Order, agent_id: int | None, reason: str, *, user: User, now: datetime, request=None
) -> OwnershipRuling:
    """Give an order to an agent (None: to nobody) without a claim. The same ruling again changes nothing.

    Errors: NotPossible as for `claim`.
    """
    order, reason = _locked(order), _reason(reason)
    _check(order, agent_id)
    holding = effective_ruling(order.pk)
    if holding is not None and (holding.agent_id, holding.reason) == (agent_id, reason):
        return holding
    return _append(order, RulingKind.GIVEN, agent_id, None, reason, user, now, request)


@transaction.atomic
def lift(order: Order, reason: str, *, user: User, now: datetime, request=None) -> OwnershipRuling | None:
    """Let the rules decide again. None where no ruling holds. Errors: NotPossible without a reason."""
    order, reason = _locked(order), _reason(reason)
    if effective_ruling(order.pk) is None:
        return None
    return _append(order, RulingKind.LIFTED, None, None, reason, user, now, request)


def effective_ruling(order_pk: int) -> OwnershipRuling | None:
    """The ruling that holds on an order: the last that is no refusal, unless it lifts the one before."""
    rulings = OwnershipRuling.objects.filter(order=order_pk).exclude(kind=RulingKind.REFUSED)
    last = rulings.select_related("made_by").order_by("-number").first()
    return None if last is None or last.kind == RulingKind.LIFTED else last


def open_claims(order_pk: int | None = None) -> QuerySet[OwnershipClaim]:
    """Claims without an answer, of one order or of all."""
    answers = OwnershipRuling.objects.filter(claim_id=OuterRef("pk"))
    waiting = OwnershipClaim.objects.filter(~Exists(answers))
    return waiting if order_pk is None else waiting.filter(order=order_pk)


def ownable_by(order: Order) -> QuerySet[Agent]:
    """Whom an order may be given to: who holds or held a seat of its store."""
    return Agent.objects.filter(assignments__seat__store=order.store_id).distinct().order_by("name", "pk")


def _locked(order: Order) -> Order:
    """The order, locked until the transaction's end: two rulings at once would take the same number."""
    return Order.objects.select_for_update(no_key=True, of=("self",)).select_related("store").get(pk=order.pk)


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise NotPossible(_("Give the reason."))
    return reason[:LONGEST_REASON]


def _check(order: Order, agent_id: int | None) -> None:
    if order.paid_at is None:
        raise NotPossible(_("The order is not paid, so it is nobody’s."))
    if agent_id is not None and not ownable_by(order).filter(pk=agent_id).exists():
        raise NotPossible(_("Choose somebody who works or worked for this store."))


def _append(
    order: Order,
    kind: RulingKind,
    agent_id: int | None,
    claim_id: int | None,
    reason: str,
    user: User,
    now,
    request,
) -> OwnershipRuling:
    """Write the ruling, mark the figures it changes, note it in the audit trail and tell whom it concerns."""
    last = OwnershipRuling.objects.filter(store=order.store_id, order=order).order_by("-number").first()
    fact = OrderFact.objects.filter(order=order).first()
    before = fact.owner_id if fact else None
    ruling = OwnershipRuling.objects.create(
        organization_id=order.organization_id, store_id=order.store_id, order=order,
        number=last.number + 1 if last else 1, kind=kind, agent_id=agent_id, owner_before=before, claim_id=claim_id,
        reason=reason, made_by=user, made_at=now,
    )  # fmt: skip
    owners = (
        {"old": {"owner": _name(before)}, "new": {"owner": _name(agent_id)}}
        if kind == RulingKind.GIVEN
        else {}
    )
    record(request, VERBS[kind], order, by=user, store=order.store.code, reason=reason, **owners)
    if kind == RulingKind.REFUSED:
        return ruling
    with connection.cursor() as cursor:
        log_changes(
            cursor,
            order.store,
            "SELECT %s::integer, NULL::integer, %s::timestamptz, %s::timestamptz",
            [order.buyer_id or 0, order.paid_at, order.paid_at],
        )
    _tell_winner_and_loser(order, ruling, now)
    return ruling


def _tell_winner_and_loser(order: Order, ruling: OwnershipRuling, now: datetime) -> None:
    before, after = ruling.owner_before, ruling.agent_id
    if ruling.kind != RulingKind.GIVEN or before == after:
        return
    people = users_of_agents(filter(None, (before, after)))
    won = gettext_noop("Order %(order)s of %(store)s is yours by a ruling.")
    lost = gettext_noop("Order %(order)s of %(store)s is no longer yours by a ruling.")
    for agent_id, text in ((after, won), (before, lost)):
        if agent_id in people:
            _tell(order, [people[agent_id]], f"ruling-{ruling.pk}", text, now)


def _name(agent_id: int | None) -> str | None:
    return Agent.objects.filter(pk=agent_id).values_list("name", flat=True).first() if agent_id else None


def _tell(order: Order, users: Iterable[int | None], key: str, text: str, now: datetime, **params) -> None:
    notify(
        order.store.organization,
        [user for user in users if user],
        key=key,
        kind="ownership",
        text=text,
        params={"order": order.order_id, "store": order.store.name, **params},
        link=reverse("claim_list", args=[order.store.organization.slug]),
        now=now,
    )
