"""The only place that changes a violation after it was found: confirm, dismiss, second, appeal, decide (docs/policies.md).

Each act locks the row and looks at its state again. Who does the same thing twice changes nothing (False); a state the
act is not for is a ValueError in words. The agent concerned never rules on their own.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.dossiers import LONGEST_NOTE, happened
from orders.remark_models import About, DossierEvent, DossierNote
from policies import fines
from policies import points as store_points
from policies.inspection_models import Violation, ViolationState
from team.notices import notify, supervisors_of, users_of_agents
from tenants.encryption import encrypt
from tenants.models import Membership, User
from tenants.permissions import PERMISSIONS

BATCH = 500
# What a person has confirmed and nobody has revoked.
STANDING = (ViolationState.CONFIRMED, ViolationState.APPEALED, ViolationState.FINAL)
UNJUDGED = (ViolationState.FOUND, ViolationState.NOTICE)
CONFIRMED = gettext_noop(
    "A violation of yours was confirmed (%(store)s, %(day)s). You may appeal until %(until)s."
)
SECOND_ASKED = gettext_noop("%(store)s: a grave violation waits for a second person.")
APPEALED = gettext_noop("%(store)s: somebody appeals against a violation.")
UPHELD = gettext_noop("Your appeal was refused: the violation stands (%(store)s, %(day)s).")
REVOKED = gettext_noop("The violation of yours was revoked (%(store)s, %(day)s).")


@transaction.atomic
def confirm(
    violation: Violation,
    user: User,
    now: datetime,
    note: str = "",
    points: Decimal | None = None,
    money: Decimal | None = None,
) -> bool:
    """Say that it is one. A grave one then waits for a second person; any other is told to the agent at once.

    points, money: None as proposed, 0 none; others than proposed need a note. False: this person did so before.
    """
    row = _ruled(violation, user)
    if row.state in (ViolationState.SECOND, ViolationState.CONFIRMED) and row.confirmed_by_id == user.pk:
        return False
    _in_state(row, ViolationState.FOUND)
    changed = _priced(row, points, money)
    note = note.strip()
    if changed and not note:
        raise ValueError(_("Other figures than proposed need a note."))
    row.confirmed_by, row.confirmed_at = user, now
    if changed:
        _line(row, "priced", user, now, **changed)
    if not row.version.grave:
        return _confirmed(violation, row, user, now, note)
    row.state = ViolationState.SECOND
    row.save(update_fields=["state", "points", "money", "confirmed_by", "confirmed_at"])
    _line(row, "asked_second", user, now, note)
    _tell_leads(row, {user.pk}, "second", SECOND_ASKED, now)
    return _told(violation, row)


@transaction.atomic
def second(violation: Violation, user: User, now: datetime, note: str = "") -> bool:
    """The second person agrees that it is a grave one. False: this person did so before."""
    row = _ruled(violation, user)
    if row.state == ViolationState.CONFIRMED and row.seconded_by_id == user.pk:
        return False
    _in_state(row, ViolationState.SECOND)
    _not_the_first(row, user)
    row.seconded_by, row.confirmed_at = user, now
    return _confirmed(violation, row, user, now, note)


@transaction.atomic
def refuse_second(violation: Violation, user: User, now: datetime, note: str) -> bool:
    """The second person does not agree: it is to be looked at again."""
    row = _ruled(violation, user)
    _in_state(row, ViolationState.SECOND)
    _not_the_first(row, user)
    row.state, row.confirmed_by, row.confirmed_at = ViolationState.FOUND, None, None
    row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _line(row, "second_refused", user, now, _reason(note))
    return _told(violation, row)


@transaction.atomic
def dismiss(violation: Violation, user: User, now: datetime, note: str, exempt: bool = False) -> bool:
    """It is none, for a reason. exempt: it would be one, but the agent had asked the supervisor before."""
    row = _ruled(violation, user)
    if row.state == ViolationState.DISMISSED and row.settled_by_id == user.pk:
        return False
    _in_state(row, ViolationState.FOUND, ViolationState.SECOND)
    return _dismissed(violation, row, user, now, _reason(note), exempt)


@transaction.atomic
def put_aside(violation: Violation, user: User, now: datetime, note: str = "") -> bool:
    """A notice was read and needs nothing more."""
    row = _ruled(violation, user)
    if row.state == ViolationState.DISMISSED and row.settled_by_id == user.pk:
        return False
    _in_state(row, ViolationState.NOTICE)
    return _dismissed(violation, row, user, now, note, False)


@transaction.atomic
def dismiss_many(ids: Iterable[int], user: User, now: datetime, note: str, exempt: bool = False) -> int:
    """Dismiss what nobody has judged, and put notices aside, for one reason; how many. The same few statements however
    many. The caller says which ids this person may see; their own and what was judged meanwhile is left as it is."""
    note = _reason(note)
    own = Membership.objects.filter(user=user, agent_id__isnull=False).values_list("agent_id", flat=True)
    open_rows = Violation.objects.select_for_update(of=("self",)).filter(pk__in=list(ids), state__in=UNJUDGED)
    rows = list(open_rows.exclude(agent_id__in=list(own)).order_by("pk"))
    for row in rows:
        row.exempt = exempt and row.state == ViolationState.FOUND
        row.state, row.settled_by, row.settled_at = ViolationState.DISMISSED, user, now
    Violation.objects.bulk_update(rows, ["state", "exempt", "settled_by", "settled_at"])
    about = [
        {
            "organization_id": row.organization_id,
            "store_id": row.store_id,
            "about": About.VIOLATION,
            "about_id": row.pk,
        }
        for row in rows
    ]
    events = DossierEvent.objects.bulk_create(
        DossierEvent(at=now, user=user, what="exempted" if row.exempt else "dismissed", details={}, **of)
        for row, of in zip(rows, about, strict=True)
    )
    DossierNote.objects.bulk_create(
        DossierNote(
            event_id=event.pk, made_by=user, made_at=now,
            text=encrypt(event.organization_id, "text", note[:LONGEST_NOTE]), **of,
        )
        for event, of in zip(events, about, strict=True)
    )  # fmt: skip
    return len(rows)


@transaction.atomic
def look_again(violation: Violation, user: User, now: datetime, note: str) -> bool:
    """Dismissed by mistake: it is to be judged again."""
    row = _ruled(violation, user)
    _in_state(row, ViolationState.DISMISSED)
    is_notice = row.source_key.startswith("remark:")
    row.state = ViolationState.NOTICE if is_notice else ViolationState.FOUND
    row.exempt, row.settled_by, row.settled_at = False, None, None
    row.confirmed_by, row.confirmed_at = None, None
    row.save(update_fields=["state", "exempt", "settled_by", "settled_at", "confirmed_by", "confirmed_at"])
    _line(row, "looked_again", user, now, _reason(note))
    return _told(violation, row)


@transaction.atomic
def appeal(violation: Violation, member: Membership, now: datetime, note: str) -> bool:
    """The agent's word against it, once, while the time to appeal runs. False: appealed before."""
    row = _locked(violation)
    if row.agent_id is None or member.agent_id != row.agent_id:
        raise ValueError(_("Only the agent concerned can appeal."))
    if row.state == ViolationState.APPEALED:
        return False
    _in_state(row, ViolationState.CONFIRMED)
    if now > appeal_until(row):
        raise ValueError(_("The time to appeal has passed."))
    row.state, row.appealed_at = ViolationState.APPEALED, now
    row.save(update_fields=["state", "appealed_at"])
    _line(row, "appealed", member.user, now, _reason(note))
    _tell_leads(row, {member.user_id}, "appeal", APPEALED, now)
    return _told(violation, row)


@transaction.atomic
def decide_appeal(violation: Violation, uphold: bool, user: User, now: datetime, note: str) -> bool:
    """Decide an appeal, with the reason: the violation is final, or revoked with its fine and points.

    By somebody else than who confirmed or seconded it, where there is somebody else. False: decided so before.
    """
    row = _ruled(violation, user)
    if row.state == (ViolationState.FINAL if uphold else ViolationState.REVOKED) and row.appealed_at:
        return False
    _in_state(row, ViolationState.APPEALED)
    first = (row.confirmed_by_id, row.seconded_by_id)
    if user.pk in first and others_who_may_rule(row, first):
        raise ValueError(_("Somebody else than who confirmed it decides the appeal."))
    note = _reason(note)
    if not uphold:
        return _revoked(violation, row, user, now, note)
    row.state, row.settled_by, row.settled_at = ViolationState.FINAL, user, now
    row.save(update_fields=["state", "settled_by", "settled_at"])
    _line(row, "upheld", user, now, note)
    _tell_agent(row, "decided", UPHELD, now)
    return _told(violation, row)


@transaction.atomic
def revoke(violation: Violation, user: User, now: datetime, note: str) -> bool:
    """Take a confirmed or final one back without an appeal, with the reason. False: revoked before."""
    row = _ruled(violation, user)
    if row.state == ViolationState.REVOKED:
        return False
    _in_state(row, ViolationState.CONFIRMED, ViolationState.FINAL)
    return _revoked(violation, row, user, now, _reason(note))


@transaction.atomic
def finish(now: datetime) -> int:
    """Make final what was confirmed and not appealed in time; how many. In the scope. Running it again finds nothing."""
    until, count = now - timedelta(days=fines.penalty_settings().appeal_days), 0
    over = Violation.objects.filter(state=ViolationState.CONFIRMED, confirmed_at__lt=until)
    while rows := list(over.select_for_update(of=("self",)).order_by("pk")[:BATCH]):
        for row in rows:
            row.state, row.settled_at = ViolationState.FINAL, now
        Violation.objects.bulk_update(rows, ["state", "settled_at"])
        DossierEvent.objects.bulk_create(
            DossierEvent(
                organization_id=row.organization_id, store_id=row.store_id, about=About.VIOLATION,
                about_id=row.pk, at=now, user=None, what="final", details={},
            )
            for row in rows
        )  # fmt: skip
        count += len(rows)
    return count


def appeal_until(violation: Violation) -> datetime | None:
    """Until when its agent may appeal; None while it is not confirmed."""
    if violation.state == ViolationState.SECOND or violation.confirmed_at is None:
        return None
    return violation.confirmed_at + timedelta(days=fines.penalty_settings().appeal_days)


def others_who_may_rule(row: Violation, but: Collection[int | None]) -> list[int]:
    """User ids of those who may rule on it, without these and the agent concerned."""
    may = Membership.objects.filter(role__in=PERMISSIONS["rule_violations"].roles)
    may = may.filter(Q(store_ids=[]) | Q(store_ids__contains=[row.store_id])).order_by("user_id")
    return [
        user_id
        for user_id, agent_id in may.values_list("user_id", "agent_id")
        if user_id not in but and (agent_id is None or agent_id != row.agent_id)
    ]


def _priced(row: Violation, points: Decimal | None, money: Decimal | None) -> dict[str, str]:
    """Set what was typed where it differs; {what: its text} of that."""
    changed = {}
    for name, typed, most in (("points", points, store_points.MOST), ("money", money, fines.LARGEST)):
        if typed is None or typed == (getattr(row, name) or 0):
            continue
        if not 0 <= typed <= most:
            raise ValueError(_("Points and fine are between 0 and %(most)s.") % {"most": most})
        setattr(row, name, typed or None)
        changed[name] = str(typed)
    return changed


def _confirmed(violation: Violation, row: Violation, user: User, now: datetime, note: str) -> bool:
    row.state = ViolationState.CONFIRMED
    row.save(update_fields=["state", "points", "money", "confirmed_by", "confirmed_at", "seconded_by"])
    _line(row, "confirmed", user, now, note)
    fines.fine_for(row, user, now)
    store_points.points_for(row, user, now)
    _tell_agent(row, "confirmed", CONFIRMED, now, until=row.store.business_day(appeal_until(row)))
    return _told(violation, row)


def _revoked(violation: Violation, row: Violation, user: User, now: datetime, note: str) -> bool:
    row.state, row.settled_by, row.settled_at = ViolationState.REVOKED, user, now
    row.save(update_fields=["state", "settled_by", "settled_at"])
    _line(row, "revoked", user, now, note)
    fines.withdraw_for(row, user, now)
    store_points.withdraw_for(row, user, now)
    _tell_agent(row, "revoked", REVOKED, now)
    return _told(violation, row)


def _dismissed(
    violation: Violation, row: Violation, user: User, now: datetime, note: str, exempt: bool
) -> bool:
    row.state, row.exempt, row.settled_by, row.settled_at = ViolationState.DISMISSED, exempt, user, now
    row.save(update_fields=["state", "exempt", "settled_by", "settled_at"])
    _line(row, "exempted" if exempt else "dismissed", user, now, note)
    return _told(violation, row)


def _locked(violation: Violation) -> Violation:
    rows = Violation.objects.select_for_update(of=("self",)).select_related("store__organization", "version")
    return rows.get(pk=violation.pk)


def _ruled(violation: Violation, user: User) -> Violation:
    """The row as it stands, for somebody who may rule on it."""
    row = _locked(violation)
    if row.agent_id is not None and Membership.objects.filter(user=user, agent_id=row.agent_id).exists():
        raise ValueError(_("Nobody rules on their own violation."))
    return row


def _in_state(row: Violation, *states: str) -> None:
    if row.state not in states:
        raise ValueError(
            _("This cannot be done any more: the violation is “%(state)s”.")
            % {"state": row.get_state_display()}
        )


def _not_the_first(row: Violation, user: User) -> None:
    if row.confirmed_by_id == user.pk:
        raise ValueError(_("Somebody else must be the second person."))


def _reason(note: str) -> str:
    if not note.strip():
        raise ValueError(_("Give the reason."))
    return note.strip()


def _line(row: Violation, what: str, user: User | None, now: datetime, note: str = "", **details) -> None:
    happened(row.store, About.VIOLATION, row.pk, what, user=user, now=now, note=note, **details)


def _tell_agent(row: Violation, key: str, text: str, now: datetime, **params) -> None:
    if row.agent_id is None:
        return
    people = users_of_agents([row.agent_id]).values()
    _tell(row, people, key, text, now, day=row.day, **params)


def _tell_leads(row: Violation, but: set[int], key: str, text: str, now: datetime) -> None:
    people = [pk for pk in supervisors_of([row.store_id]) if pk not in but]
    _tell(row, people or others_who_may_rule(row, but), key, text, now)


def _tell(row: Violation, people: Iterable[int], key: str, text: str, now: datetime, **params) -> None:
    organization = row.store.organization
    notify(
        organization, people, key=f"violation-{row.pk}-{key}-{now:%Y%m%d%H%M%S}", kind="violation", text=text,
        params={"store": row.store.name, **params},
        link=reverse("violation_detail", args=[organization.slug, row.pk]), now=now,
    )  # fmt: skip


def _told(violation: Violation, row: Violation) -> bool:
    """Let the caller's object say what the row says now."""
    for field in Violation._meta.concrete_fields:
        setattr(violation, field.attname, getattr(row, field.attname))
    return True
