"""Whose list a follow-up is on, and what people do with one.

An open follow-up is on exactly one list at every instant: offered while its handover waits for an answer; else its
agent's until free_at; else its store's pool. The lists hold what opens later too (`opens_at`): who shows them parts it.

Every act locks the row, writes an event, and changes nothing when repeated. ValueError says in words why it cannot be.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from desk.detectors import BY_HAND, DETECTORS
from desk.models import FollowUp, FollowUpEvent, HandoverLine, LineState, State
from stores.models import Buyer, Store
from team.models import SeatAssignment
from tenants.encryption import encrypt
from tenants.models import User

LONGEST_TEXT = 2000


def open_ones() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(state=State.OPEN)


def _offered() -> Q:
    return Q(offered_agent_id__isnull=False) | Q(offered_pool=True)


def _free(now: datetime) -> Q:
    return Q(agent_id=None) | Q(free_at__lte=now)


def on_list_of(agent_id: int, now: datetime) -> QuerySet[FollowUp]:
    """The open follow-ups that are this agent's own now."""
    return open_ones().filter(agent_id=agent_id).exclude(_offered()).exclude(free_at__lte=now)


def in_pool(store_ids: Iterable[int], now: datetime) -> QuerySet[FollowUp]:
    """The open follow-ups of these stores that anybody may take now."""
    return open_ones().filter(_free(now), store_id__in=list(store_ids)).exclude(_offered())


def offered_to(agent_id: int, now: datetime) -> QuerySet[FollowUp]:
    """What a handover offers to this agent by name, or to whoever of the next shift holds a seat in its store."""
    today = now.date()
    held = SeatAssignment.objects.filter(agent_id=agent_id, since__lte=today).exclude(until__lt=today)
    return open_ones().filter(
        Q(offered_agent_id=agent_id) | Q(offered_pool=True, store_id__in=held.values("seat__store_id"))
    )


@transaction.atomic
def make_by_hand(
    store: Store,
    *,
    kind_text: str,
    buyer: Buyer | None = None,
    order_id: str | None = None,
    due_at: datetime,
    agent_id: int | None,
    user: User,
    now: datetime,
    worth: Decimal | None = None,
) -> FollowUp:
    """A follow-up a person writes down. kind_text: what is to be done; agent_id None: the store's pool."""
    if not kind_text.strip():
        raise ValueError(_("Say what is to be done."))
    made = FollowUp.objects.create(
        organization_id=store.organization_id,
        store=store,
        kind=BY_HAND,
        subject=uuid4().hex,
        buyer=buyer,
        order_id=order_id,
        text=encrypt(store.organization_id, "text", kind_text.strip()[:LONGEST_TEXT]),
        worth=worth,
        opens_at=now,
        due_at=due_at,
        agent_id=agent_id,
        made_by=user,
        made_at=now,
    )
    _write(made, "made", user, now, agent_id=agent_id)
    return made


@transaction.atomic
def take(follow_up: FollowUp, agent_id: int, user: User | None, now: datetime) -> bool:
    """From the pool onto the agent's own list, for good. False: it is theirs already."""
    row = _locked(follow_up)
    if row.offered_pool or row.offered_agent_id is not None:
        raise ValueError(_("It is being handed over: accept or return it there."))
    if row.agent_id == agent_id and row.free_at is None:
        return False
    if row.agent_id not in (None, agent_id) and not (row.free_at and row.free_at <= now):
        raise ValueError(_("Somebody else has it already."))
    return _give(follow_up, row, agent_id, "taken", user, now)


@transaction.atomic
def assign(follow_up: FollowUp, agent_id: int | None, user: User | None, now: datetime) -> bool:
    """To an agent's list, whoever has it now, or (None) into the pool. A handover that waits is settled by it."""
    row = _locked(follow_up)
    offered = row.offered_pool or row.offered_agent_id is not None
    if row.agent_id == agent_id and row.free_at is None and not offered:
        return False
    _settle(row, now)
    return _give(follow_up, row, agent_id, "assigned", user, now)


@transaction.atomic
def close(follow_up: FollowUp, outcome: str, user: User | None, now: datetime, note: str = "") -> bool:
    """Done, with one of its kind's outcomes. False where it is closed already. note: in the person's words."""
    detector = DETECTORS.get(follow_up.kind)
    if detector and outcome not in dict(detector.outcomes):
        raise ValueError(_("Choose how it ended."))
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.state == State.CLOSED:
        return False
    _settle(row, now)
    row.state, row.outcome, row.closed_by, row.closed_at = State.CLOSED, outcome, user, now
    row.outcome_note = encrypt(row.organization_id, "outcome_note", note[:LONGEST_TEXT]) if note else None
    row.save(update_fields=["state", "outcome", "outcome_note", "closed_by", "closed_at", *OFFERED])
    _write(row, "closed", user, now, outcome=outcome, agent_id=row.agent_id)
    if detector and detector.on_close:
        detector.on_close(row, outcome, user, now, note)
    return _told(follow_up, row)


@transaction.atomic
def reopen(follow_up: FollowUp, user: User, now: datetime) -> bool:
    """Open again, where it was. False where it is open. Only what a person closed: the facts reopen their own."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.state == State.OPEN:
        return False
    if row.state == State.CLOSED and row.closed_by_id is None:
        raise ValueError(_("It was closed by the facts; it opens again when they change."))
    row.state, row.outcome, row.outcome_note = State.OPEN, "", None
    row.closed_by = row.closed_at = None
    row.save(update_fields=["state", "outcome", "outcome_note", "closed_by", "closed_at"])
    _write(row, "reopened", user, now)
    detector = DETECTORS.get(row.kind)
    if detector and detector.on_reopen:
        detector.on_reopen(row, user, now)
    return _told(follow_up, row)


@transaction.atomic
def set_due(follow_up: FollowUp, due_at: datetime, user: User, now: datetime) -> bool:
    """Another due time; the facts do not move it any more. False where it is due then already."""
    row = _locked(follow_up)
    if row.due_at == due_at:
        return False
    before, row.due_at = row.due_at, due_at
    if row.free_at is not None:
        # It stays with its agent as long as it did beyond the due time.
        row.free_at = max(row.free_at, due_at)
    row.save(update_fields=["due_at", "free_at"])
    _write(row, "moved", user, now, before=before.isoformat(), due_at=due_at.isoformat())
    return _told(follow_up, row)


@transaction.atomic
def ask_supervisor(follow_up: FollowUp, question: str, user: User, now: datetime) -> None:
    """The agent asked the supervisor about it (R30): recorded with its time, which clears the agent.

    The words are added to the follow-up's own text, where personal data is protected.
    """
    row = _locked(follow_up)
    said = "\n".join(part for part in (row.decrypted("text"), question.strip()) if part)
    row.text = encrypt(row.organization_id, "text", said[-LONGEST_TEXT:])
    row.save(update_fields=["text"])
    _write(row, "asked", user, now, agent_id=row.agent_id)
    _told(follow_up, row)


def asked_in_time(follow_up: FollowUp) -> bool:
    """Whether the supervisor was asked before it fell due: then the delay is not the agent's."""
    return FollowUpEvent.objects.filter(follow_up=follow_up, what="asked", at__lte=follow_up.due_at).exists()


OFFERED = ("offered_agent_id", "offered_pool")
_SHOWN = (
    "state",
    "agent_id",
    "free_at",
    "due_at",
    "text",
    "outcome",
    "outcome_note",
    "closed_by",
    "closed_at",
)


def _locked(follow_up: FollowUp) -> FollowUp:
    """The row as it stands, locked until the transaction ends. ValueError if it is not open."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if row.state != State.OPEN:
        raise ValueError(_("It is closed already."))
    return row


def _give(
    follow_up: FollowUp, row: FollowUp, agent_id: int | None, what: str, user: User | None, now: datetime
) -> bool:
    before = row.agent_id
    row.agent_id, row.free_at = agent_id, None
    row.save(update_fields=["agent_id", "free_at", *OFFERED])
    _write(row, what, user, now, agent_id=agent_id, before=before)
    return _told(follow_up, row)


def _settle(row: FollowUp, now: datetime) -> None:
    """A handover of it that waits for an answer asks for nothing any more."""
    if row.offered_pool or row.offered_agent_id is not None:
        HandoverLine.objects.filter(follow_up=row, state=LineState.OFFERED).update(
            state=LineState.SETTLED, answered_at=now
        )
        row.offered_agent_id, row.offered_pool = None, False


def _write(row: FollowUp, what: str, user: User | None, now: datetime, **details) -> None:
    FollowUpEvent.objects.create(
        organization_id=row.organization_id, follow_up=row, at=now, user=user, what=what, details=details
    )


def _told(follow_up: FollowUp, row: FollowUp) -> bool:
    """The caller's object shows what became of it."""
    for name in (*_SHOWN, *OFFERED):
        setattr(follow_up, name, getattr(row, name))
    return True
