"""Handover: what is open at the end of a shift gets a receiver, who accepts or returns it. Nothing is dropped.

Every change locks in this order: duty, follow-ups by id, lines. Repeating one changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from desk.detectors import DETECTORS
from desk.duties import ends_of, make_duties, open_duties
from desk.follow_ups import on_list_of
from desk.models import Duty, FollowUp, FollowUpEvent, HandoverLine, LineState, State
from team.notices import broadcast, notify, supervisors_of, users_of_agents
from tenants.encryption import encrypt
from tenants.models import Membership, Organization, User

NEXT_SHIFT = timedelta(hours=12)
Wanted = tuple[FollowUp, int | None, str]


class OwnerMissing(ValueError):
    """A shift was to be closed with matters that need somebody; `follow_ups` are those."""

    def __init__(self, follow_ups: list[FollowUp]):
        super().__init__(f"{len(follow_ups)} matters have no receiver")
        self.follow_ups = follow_ups


def needs_an_owner(kind: str) -> bool:
    """Whether follow-ups of this kind need a receiver before a shift may be closed."""
    detector = DETECTORS.get(kind)
    return bool(detector and detector.needs_owner)


def to_hand_over(duty: Duty, now: datetime) -> QuerySet[FollowUp]:
    """What is on the list of the duty's agent, the earliest due first: open now or within NEXT_SHIFT. What opens later
    (a parcel that may not arrive next week) is no business of whoever comes next."""
    mine = on_list_of(duty.agent_id, now).filter(opens_at__lt=now + NEXT_SHIFT)
    return mine.order_by("due_at", "pk")


@transaction.atomic
def offer(
    duty: Duty,
    follow_up: FollowUp,
    to_agent_id: int | None,
    user: User | None,
    now: datetime,
    remark: str = "",
) -> HandoverLine:
    """Offer one matter of the duty's agent to a colleague, or (None) to whoever of the next shift takes it.

    Offered again while nobody answered: the line gets the new receiver. Raises ValueError where the matter is not
    on this agent's list, or is offered to the agent themselves.
    """
    _locked_duty(duty)
    matter = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    line = HandoverLine.objects.select_for_update().filter(follow_up=matter, state=LineState.OFFERED).first()
    if line is not None and line.duty_id == duty.pk:
        if line.to_agent_id != to_agent_id:
            _readdress([(line, matter)], to_agent_id, user, now)
        return line
    if line is not None or not to_hand_over(duty, now).filter(pk=matter.pk).exists():
        raise ValueError(f"follow-up {matter.pk} is not on the list of agent {duty.agent_id}")
    return _offer_all(duty, [(matter, to_agent_id, remark)], user, now)[0]


@transaction.atomic
def hand_over(duty: Duty, wanted: dict[int, tuple[int | None, str]], user: User, now: datetime) -> int:
    """Offer several matters at once; returns how many. wanted: {follow-up id: (receiver as of `offer`, remark)}.

    What is not on the list any more (closed, taken or offered meanwhile) is passed over.
    """
    duty = _locked_duty(duty)
    if duty.closed_at or not wanted:
        return 0
    found = to_hand_over(duty, now).filter(pk__in=wanted).select_for_update().order_by("pk")
    return len(_offer_all(duty, [(matter, *wanted[matter.pk]) for matter in found], user, now))


def _offer_all(duty: Duty, wanted: list[Wanted], user: User | None, now: datetime) -> list[HandoverLine]:
    """Lines for locked follow-ups. user None: the shift closed itself."""
    if any(to == duty.agent_id for _, to, _ in wanted):
        raise ValueError("nobody hands over to themselves")
    organization_id = duty.organization_id
    lines = HandoverLine.objects.bulk_create(
        HandoverLine(
            organization_id=organization_id, duty=duty, follow_up=matter, to_agent_id=to, offered_at=now,
            remark=encrypt(organization_id, "remark", remark) if remark else None,
        )
        for matter, to, remark in wanted
    )  # fmt: skip
    for line in lines:
        line.follow_up.agent_id = duty.agent_id
        line.follow_up.offered_agent_id = line.to_agent_id
        line.follow_up.offered_pool = line.to_agent_id is None
    _save_and_tell(lines, "offered", user, now)
    return lines


def _readdress(
    pairs: list[tuple[HandoverLine, FollowUp]], to_agent_id: int | None, user: User | None, now: datetime
) -> None:
    """Locked lines nobody answered go to another receiver."""
    lines = []
    for line, matter in pairs:
        line.to_agent_id, line.follow_up = to_agent_id, matter
        matter.offered_agent_id, matter.offered_pool = to_agent_id, to_agent_id is None
        lines.append(line)
    HandoverLine.objects.filter(pk__in=[line.pk for line in lines]).update(to_agent_id=to_agent_id)
    _save_and_tell(lines, "offered", user, now)


def _save_and_tell(lines: list[HandoverLine], what: str, user: User | None, now: datetime) -> None:
    FollowUp.objects.bulk_update(
        [line.follow_up for line in lines],
        ["agent_id", "free_at", "offered_agent_id", "offered_pool"],
        batch_size=1000,
    )
    FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            organization_id=line.organization_id, follow_up=line.follow_up, at=now, user=user, what=what,
            details={"line": line.pk, "duty": line.duty_id, "agent_id": line.follow_up.agent_id,
                     "to_agent_id": line.to_agent_id},
        )
        for line in lines
    )  # fmt: skip


@transaction.atomic
def accept(line: HandoverLine, user: User, now: datetime, agent_id: int | None = None) -> bool:
    """The receiver takes the matter on: it is theirs from now. False where the line was answered already.

    agent_id: who takes it; None: the person `user` is. A supervisor who is no agent may accept only for the
    person a line names. Raises ValueError where a line to the next shift would be nobody's.
    """
    matter, line = _locked(line)
    if line.state != LineState.OFFERED:
        return False
    taker = agent_id or _agent_of(user) or line.to_agent_id
    if taker is None:
        raise ValueError("only an agent can take a matter on")
    _answer(line, LineState.ACCEPTED, user, now, "")
    matter.agent_id, matter.free_at = taker, None
    _release(line, matter, "accepted", user, now)
    return True


@transaction.atomic
def return_line(line: HandoverLine, user: User, now: datetime, why: str) -> bool:
    """The receiver does not take the matter: it is the giver's again, who is told, and so are supervisors.

    False where the line was answered already. Raises ValueError without a word of why.
    """
    if not why.strip():
        raise ValueError("say why it is returned")
    matter, line = _locked(line)
    if line.state != LineState.OFFERED:
        return False
    _answer(line, LineState.RETURNED, user, now, why.strip())
    # Who gave it away owns it, also beyond the hour at which others might have taken it.
    matter.free_at = None
    _release(line, matter, "returned", user, now)
    giver = users_of_agents([line.duty.agent_id]).get(line.duty.agent_id)
    told = {*supervisors_of([matter.store_id]), *([giver] if giver else [])} - {user.pk}
    organization = Organization.objects.get(pk=line.organization_id)
    notify(
        organization, sorted(told), key=f"line-returned:{line.pk}", kind="handover",
        text=gettext_noop("%(by)s returned a matter that %(giver)s had handed over."),
        params={"by": user.name or user.email, "giver": line.duty.agent.name},
        link=f"/{organization.slug}/desk/handover/book/?day={line.duty.day}", now=now,
    )  # fmt: skip
    return True


def _locked(line: HandoverLine) -> tuple[FollowUp, HandoverLine]:
    matter = FollowUp.objects.select_for_update().get(pk=line.follow_up_id)
    fresh = HandoverLine.objects.select_for_update(of=("self",)).select_related("duty__agent").get(pk=line.pk)
    return matter, fresh


def _agent_of(user: User) -> int | None:
    return Membership.objects.filter(user=user).values_list("agent_id", flat=True).first()


def _answer(line: HandoverLine, state: str, user: User, now: datetime, word: str) -> None:
    line.state, line.answered_at, line.answered_by = state, now, user
    line.answer = encrypt(line.organization_id, "answer", word) if word else None
    line.save(update_fields=["state", "answered_at", "answered_by", "answer"])


def _release(line: HandoverLine, matter: FollowUp, what: str, user: User, now: datetime) -> None:
    """The matter is offered no more."""
    matter.offered_agent_id, matter.offered_pool = None, False
    line.follow_up = matter
    _save_and_tell([line], what, user, now)


@transaction.atomic
def close_duty(duty: Duty, user: User | None, now: datetime) -> bool:
    """The handover is done. False where the duty is closed already.

    By a person: raises OwnerMissing while a matter that needs somebody is still on the list; the rest stays
    there. user None: the shift closes itself, and its whole list goes to whoever of the next shift takes it.
    What was offered to this agent and not answered goes on to the next shift either way.
    """
    duty = _locked_duty(duty)
    if duty.closed_at:
        return False
    mine = list(to_hand_over(duty, now).select_for_update().order_by("pk"))
    if user is not None and (owned := [matter for matter in mine if needs_an_owner(matter.kind)]):
        raise OwnerMissing(owned)
    again = open_duties(now).filter(agent_id=duty.agent_id, starts_at__gt=duty.starts_at).exists()
    # Whoever has begun the next shift keeps their list: there is nobody to hand it to.
    given = _offer_all(duty, [(m, None, "") for m in mine], None, now) if user is None and not again else []
    passed_on = [] if again else _pass_on(duty, user, now)
    duty.closed_at, duty.closed_by = now, user
    if user is not None and duty.signed_in_at and not duty.signed_out_at:
        duty.signed_out_at = now
    duty.save(update_fields=["closed_at", "closed_by", "signed_out_at"])
    if user is None and (given or passed_on):
        _tell_supervisors(duty, [*given, *passed_on], now)
    return True


def _locked_duty(duty: Duty) -> Duty:
    return Duty.objects.select_for_update(of=("self",)).select_related("agent").get(pk=duty.pk)


def _pass_on(duty: Duty, user: User | None, now: datetime) -> list[HandoverLine]:
    """What was offered to the duty's agent, who leaves without a word about it."""
    asked = FollowUp.objects.filter(state=State.OPEN, offered_agent_id=duty.agent_id)
    matters = {m.pk: m for m in asked.select_for_update().order_by("pk")}
    lines = HandoverLine.objects.select_for_update().filter(
        # What came after the shift's end is meant for their next one.
        follow_up__in=matters,
        state=LineState.OFFERED,
        offered_at__lt=duty.ends_at,
    )
    pairs = [(line, matters[line.follow_up_id]) for line in lines.order_by("pk")]
    _readdress(pairs, None, user, now)
    return [line for line, _ in pairs]


def _tell_supervisors(duty: Duty, lines: list[HandoverLine], now: datetime) -> None:
    organization = Organization.objects.get(pk=duty.organization_id)
    told = {
        "key": f"duty-closed:{duty.pk}",
        "kind": "handover",
        "text": gettext_noop(
            "%(agent)s did not hand over the shift of %(day)s: %(count)s matters went to the next shift."
        ),
        "params": {"agent": duty.agent.name, "day": str(duty.day), "count": len(lines)},
        "link": f"/{organization.slug}/desk/handover/book/?day={duty.day}",
        "now": now,
    }
    notify(organization, supervisors_of(sorted({line.follow_up.store_id for line in lines})), **told)
    broadcast(organization, **told)


def close_overdue_duties(now: datetime) -> dict[str, int]:
    """Every few minutes: duties of shifts that began, and shifts nobody handed over.

    A shift closes itself `close_after_minutes` after its end, later while buyers are served. Inside a scope;
    returns counts {made, closed}. What closes, takes or assigns a matter settles its line itself.
    """
    made = make_duties(now)
    late = list(open_duties(now).filter(ends_at__lt=now).select_related("agent", "entry__shift"))
    ends = ends_of(late, now) if late else {}
    due: Iterable[Duty] = (duty for duty in late if ends[duty.pk].at <= now)
    closed = sum(close_duty(duty, None, now) for duty in due)
    return {"made": made, "closed": closed}
