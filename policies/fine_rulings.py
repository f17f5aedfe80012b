"""What people do about a fine: confirm, second, dismiss, appeal, decide, lift (R18).

Each act locks the row and looks at its state again: a double click changes nothing (False), a state the act is not for
is a ValueError in words. Whoever is fined never rules on it. A fine of a violation is settled with its violation.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.dossiers import happened
from orders.remark_models import About
from policies.fines import FINED, LARGEST, lifted, penalty_settings, plain, tell_agent
from policies.penalty_models import Fine, FineState
from team.notices import notify, supervisors_of
from tenants.models import Membership, User
from tenants.permissions import PERMISSIONS


@transaction.atomic
def confirm(fine: Fine, user: User, now: datetime, note: str = "", amount: Decimal | None = None) -> bool:
    """Say that a proposal is right; a grave one then waits for a second person, others are told to the agent.

    amount: another than proposed, which needs a note. False: confirmed before.
    """
    row = _ruled(fine, user)
    if row.state in (FineState.SECOND, FineState.CONFIRMED):
        return False
    _in_state(row, FineState.PROPOSED)
    if amount is not None and amount != row.amount:
        if not 0 < amount <= LARGEST:
            raise ValueError(_("Give an amount greater than 0."))
        _reason(note)
        _line(row, "changed", user, now, note, before=plain(row.amount), amount=plain(amount))
        row.amount, note = amount, ""
    row.confirmed_by, row.confirmed_at = user, now
    if not row.version.grave:
        return _confirmed(fine, row, user, now, note)
    row.state = FineState.SECOND
    row.save(update_fields=["state", "amount", "confirmed_by", "confirmed_at"])
    _line(row, "asked_second", user, now, note)
    others = [pk for pk in supervisors_of([row.store_id]) if pk != user.pk]
    _tell_leads(
        row, others, "second", gettext_noop("%(store)s: a grave fine waits for a second person."), now
    )
    return _told(fine, row)


@transaction.atomic
def second(fine: Fine, agree: bool, user: User, now: datetime, note: str = "") -> bool:
    """The second person's word on a grave fine. Not agreeing (with a note) makes it a proposal again."""
    row = _ruled(fine, user)
    if row.state == FineState.CONFIRMED and row.seconded_by_id == user.pk and agree:
        return False
    _in_state(row, FineState.SECOND)
    if row.confirmed_by_id == user.pk:
        raise ValueError(_("Somebody else must be the second person."))
    if agree:
        row.seconded_by = user
        return _confirmed(fine, row, user, now, note)
    row.state, row.confirmed_by, row.confirmed_at = FineState.PROPOSED, None, None
    row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _line(row, "second_refused", user, now, _reason(note))
    return _told(fine, row)


@transaction.atomic
def dismiss(fine: Fine, user: User, now: datetime, note: str) -> bool:
    """Put a proposal aside, with the reason. False: dismissed before."""
    row = _ruled(fine, user)
    if row.state == FineState.DISMISSED:
        return False
    _in_state(row, FineState.PROPOSED, FineState.SECOND)
    row.state, row.settled_by, row.settled_at = FineState.DISMISSED, user, now
    row.save(update_fields=["state", "settled_by", "settled_at"])
    _line(row, "dismissed", user, now, _reason(note))
    return _told(fine, row)


@transaction.atomic
def appeal(fine: Fine, member: Membership, now: datetime, note: str) -> bool:
    """The fined agent's word against it, once, while the time to appeal runs. False: appealed before."""
    row = _locked(fine)
    if member.agent_id != row.agent_id:
        raise ValueError(_("Only who is fined can appeal."))
    if row.state == FineState.APPEALED:
        return False
    _in_state(row, FineState.CONFIRMED)
    _not_of_violation(row)
    if now > appeal_until(row):
        raise ValueError(_("The time to appeal has passed."))
    row.state, row.appealed_at = FineState.APPEALED, now
    row.save(update_fields=["state", "appealed_at"])
    _line(row, "appealed", member.user, now, _reason(note))
    leads = [pk for pk in supervisors_of([row.store_id]) if pk != member.user_id]
    _tell_leads(row, leads, "appeal", gettext_noop("%(store)s: somebody appeals against a fine."), now)
    return _told(fine, row)


@transaction.atomic
def decide(fine: Fine, uphold: bool, user: User, now: datetime, note: str) -> bool:
    """Decide an appeal, with the reason: the fine is final, or lifted. False: decided so before.

    By somebody else than who confirmed it, where there is somebody else.
    """
    row = _ruled(fine, user)
    if row.state == (FineState.FINAL if uphold else FineState.LIFTED) and row.appealed_at:
        return False
    _in_state(row, FineState.APPEALED)
    _not_of_violation(row)
    if row.confirmed_by_id == user.pk and others_may_rule(row, user):
        raise ValueError(_("Somebody else than who confirmed it decides the appeal."))
    note = _reason(note)
    if uphold:
        row.state, row.settled_by, row.settled_at = FineState.FINAL, user, now
        row.final_day = row.store.business_day(now)
        row.save(update_fields=["state", "settled_by", "settled_at", "final_day"])
        _line(row, "upheld", user, now, note)
        text = gettext_noop(
            "Your appeal was refused: the fine of %(amount)s %(currency)s is final (%(store)s)."
        )
    else:
        lifted(row, user, now, note)
        text = LIFTED
    tell_agent(row, "decided", text, now)
    return _told(fine, row)


@transaction.atomic
def lift(fine: Fine, user: User, now: datetime, note: str) -> bool:
    """Take a told or final fine back, with the reason; payroll gives back what it had deducted. False: lifted before."""
    row = _ruled(fine, user)
    if row.state == FineState.LIFTED:
        return False
    _in_state(row, FineState.CONFIRMED, FineState.APPEALED, FineState.FINAL)
    _not_of_violation(row)
    lifted(row, user, now, _reason(note))
    tell_agent(row, "lifted", LIFTED, now)
    return _told(fine, row)


LIFTED = gettext_noop("Your fine of %(amount)s %(currency)s was lifted (%(store)s, %(day)s).")


def appeal_until(fine: Fine) -> datetime | None:
    """Until when its agent may appeal; None while nobody was told."""
    return fine.told_at + timedelta(days=penalty_settings().appeal_days) if fine.told_at else None


def _confirmed(fine: Fine, row: Fine, user: User, now: datetime, note: str) -> bool:
    row.state, row.told_at = FineState.CONFIRMED, now
    row.save(update_fields=["state", "amount", "confirmed_by", "confirmed_at", "seconded_by", "told_at"])
    _line(row, "confirmed", user, now, note, amount=plain(row.amount))
    tell_agent(row, "confirmed", FINED, now, until=row.store.business_day(appeal_until(row)))
    return _told(fine, row)


def _locked(fine: Fine) -> Fine:
    rows = Fine.objects.select_for_update(of=("self",))
    return rows.select_related("store__organization", "version").get(pk=fine.pk)


def _ruled(fine: Fine, user: User) -> Fine:
    """The row as it stands, for somebody who may rule on it."""
    row = _locked(fine)
    if Membership.objects.filter(user=user, agent_id=row.agent_id).exists():
        raise ValueError(_("Nobody rules on their own fine."))
    return row


def _in_state(row: Fine, *states: str) -> None:
    if row.state not in states:
        raise ValueError(
            _("This cannot be done any more: the fine is “%(state)s”.") % {"state": row.get_state_display()}
        )


def _not_of_violation(row: Fine) -> None:
    if row.violation_id:
        raise ValueError(_("This fine belongs to a violation: it is appealed and settled there."))


def others_may_rule(row: Fine, user: User) -> bool:
    """Whether somebody else may rule on this fine. One statement."""
    may = Membership.objects.filter(role__in=PERMISSIONS["rule_penalties"].roles)
    may = may.filter(Q(store_ids=[]) | Q(store_ids__contains=[row.store_id])).exclude(user=user)
    return may.exclude(agent_id=row.agent_id).exists()


def _reason(note: str) -> str:
    if not note.strip():
        raise ValueError(_("Give the reason."))
    return note


def _line(row: Fine, what: str, user: User, now: datetime, note: str, **details) -> None:
    happened(row.store, About.FINE, row.pk, what, user=user, now=now, note=note, **details)


def _tell_leads(row: Fine, people: list[int], key: str, text: str, now: datetime) -> None:
    organization = row.store.organization
    notify(
        organization, people, key=f"fine-{row.pk}-{key}-{now:%Y%m%d%H%M%S}", kind="penalty", text=text,
        params={"store": row.store.name},
        link=reverse("penalty_detail", args=[organization.slug, row.pk]), now=now,
    )  # fmt: skip


def _told(fine: Fine, row: Fine) -> bool:
    """Let the caller's object say what the row says now."""
    for field in Fine._meta.concrete_fields:
        setattr(fine, field.attname, getattr(row, field.attname))
    return True
