"""Who holds which seat, and who may see which seats and people."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from team.imports import log_seat
from team.models import Agent, Seat, SeatAssignment

# Since ever: a seat whose first day nobody knows.
ALWAYS = date.min


def seats_open_to(membership) -> QuerySet[Seat]:
    """Seats of the stores this member may see."""
    seats = Seat.objects.all()
    return seats.filter(store_id__in=membership.store_ids) if membership.store_ids else seats


def assignments_open_to(membership) -> QuerySet[SeatAssignment]:
    held = SeatAssignment.objects.all()
    return held.filter(seat__store_id__in=membership.store_ids) if membership.store_ids else held


def agents_open_to(membership) -> QuerySet[Agent]:
    """Everybody for a member of all stores; else those who hold or held a seat of the member's stores, and
    those who never held any seat."""
    if not membership.store_ids:
        return Agent.objects.all()
    holders = assignments_open_to(membership).values("agent")
    return Agent.objects.filter(Q(pk__in=holders) | ~Q(pk__in=SeatAssignment.objects.values("agent")))


@transaction.atomic
def bind_seat(
    seat: Seat, agent: Agent, since: date = ALWAYS, until: date | None = None, end_holder: bool = False
) -> SeatAssignment:
    """The seat is the agent's from business day `since` to `until`, both included; None: no end.

    end_holder: who held it on `since` holds it until the day before. Raises ValidationError naming the
    present holders where the days overlap; then nothing is changed.
    """
    if end_holder and since > ALWAYS:
        for held in SeatAssignment.objects.filter(_overlap(since, since), seat=seat, since__lt=since):
            end_assignment(held, since - timedelta(days=1))
    try:
        with transaction.atomic():
            assignment = SeatAssignment.objects.create(
                organization_id=seat.organization_id, seat=seat, agent=agent, since=since, until=until
            )
    except IntegrityError as error:
        if "assignments_do_not_overlap" not in str(error):
            raise
        raise ValidationError(overlap_in_words(seat, since, until)) from error
    log_seat(seat.store, seat.pk, since, until or date.max)
    return assignment


@transaction.atomic
def end_assignment(assignment: SeatAssignment, until: date | None) -> None:
    """Change the last day (None: open again). Raises ValidationError where another holder's days overlap."""
    before = assignment.until
    if until == before:
        return
    if until is not None and until < assignment.since:
        raise ValidationError(_("The last day is before the first."))
    try:
        with transaction.atomic():
            SeatAssignment.objects.filter(pk=assignment.pk).update(until=until)
    except IntegrityError as error:
        if "assignments_do_not_overlap" not in str(error):
            raise
        raise ValidationError(
            overlap_in_words(assignment.seat, assignment.since, until, without=assignment)
        ) from error
    assignment.until = until
    changed_from = min(before or date.max, until or date.max)
    log_seat(
        assignment.seat.store, assignment.seat_id, changed_from, max(before or date.max, until or date.max)
    )


@transaction.atomic
def remove_assignment(assignment: SeatAssignment) -> None:
    """As if this agent had never held the seat on these days."""
    log_seat(assignment.seat.store, assignment.seat_id, assignment.since, assignment.until or date.max)
    assignment.delete()


@transaction.atomic
def split_agent(agent: Agent, assignments: list[SeatAssignment], name: str, employee_id: str) -> Agent:
    """Two people were taken for one: a new agent gets these assignments, and both count as confirmed."""
    other = Agent.objects.create(organization_id=agent.organization_id, name=name, employee_id=employee_id)
    for assignment in assignments:
        SeatAssignment.objects.filter(pk=assignment.pk).update(agent=other)
        log_seat(assignment.seat.store, assignment.seat_id, assignment.since, assignment.until or date.max)
    Agent.objects.filter(pk=agent.pk).update(merged_unconfirmed=False)
    return other


def overlap_in_words(
    seat: Seat, since: date, until: date | None, without: SeatAssignment | None = None
) -> str:
    """Who holds the seat on some of these days, and what to do about it."""
    holders = SeatAssignment.objects.filter(_overlap(since, until), seat=seat).select_related("agent")
    if without:
        holders = holders.exclude(pk=without.pk)
    held = "; ".join(f"{holder.agent}, {days_in_words(holder.since, holder.until)}" for holder in holders)
    return _(
        "%(seat)s is held on some of these days already (%(held)s). End that first, or choose other days."
    ) % {
        "seat": seat.name,
        "held": held,
    }


def days_in_words(since: date, until: date | None) -> str:
    """`2026-11-01 to 2026-11-30`, with words for open ends."""
    if since == ALWAYS and until is None:
        return _("always")
    if since == ALWAYS:
        return _("until %(until)s") % {"until": date_format(until, "Y-m-d")}
    if until is None:
        return _("from %(since)s on") % {"since": date_format(since, "Y-m-d")}
    return _("%(since)s to %(until)s") % {
        "since": date_format(since, "Y-m-d"),
        "until": date_format(until, "Y-m-d"),
    }


def _overlap(since: date, until: date | None) -> Q:
    return Q(since__lte=until or date.max) & (Q(until=None) | Q(until__gte=since))
