"""Writing who holds which seat (the `seats` format). Few rows: one at a time, each refused by itself."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from stores.imports import Written, seat_ids
from stores.models import Change, Store
from stores.platforms.records import Refusal, SeatRecord
from team.models import Agent, Grade, Position, SeatAssignment

GRADES = {
    "初级": "junior",
    "中级": "middle",
    "高级": "senior",
    "mid": "middle",
    "客户经理": "account_manager",
}


def write_seats(
    store: Store, records: Sequence[tuple[int, SeatRecord]], as_of: datetime | None = None
) -> Written:
    """Upsert assignments by (seat, from). Overlaps and ambiguous names are refused, the other rows kept."""
    seats = seat_ids(store, {record.seat for _, record in records})
    written = Written(0, 0, 0, [])
    for row, record in records:
        try:
            with transaction.atomic():
                written += _write_seat(store, seats[record.seat], record)
        except AmbiguousName:
            message = _("Several people are called “%(name)s”: give the employee id.")
            written.refusals.append(Refusal(row, "name", message, {"name": record.name}))
        except IntegrityError:
            message = _(
                "“%(seat)s” is held by somebody else on some of these days; end that assignment first."
            )
            written.refusals.append(Refusal(row, "from", message, {"seat": record.seat}))
    return written


class AmbiguousName(Exception):
    """A name without an employee id that several people bear."""


def _write_seat(store: Store, seat_id: int, record: SeatRecord) -> Written:
    agent = find_or_make_agent(store.organization_id, record.name, record.employee_id or "")
    since = record.since or date.min
    _note_grade(agent, record.grade, since)
    found = SeatAssignment.objects.filter(seat_id=seat_id, since=since).first()
    if found and (found.agent_id, found.until) == (agent.pk, record.until):
        return Written(0, 0, 1, [])
    if found:
        until = max(found.until or date.max, record.until or date.max)
        SeatAssignment.objects.filter(pk=found.pk).update(agent=agent, until=record.until)
    else:
        until = record.until or date.max
        SeatAssignment.objects.create(
            organization_id=store.organization_id,
            seat_id=seat_id,
            agent=agent,
            since=since,
            until=record.until,
        )
    log_seat(store, seat_id, since, until)
    return Written(0, 1, 0, []) if found else Written(1, 0, 0, [])


def find_or_make_agent(organization_id: int, name: str, employee_id: str) -> Agent:
    """The person: by employee id, else by name. The same name is the same person unless ids differ; a person
    found by name alone is marked for somebody to confirm."""
    if employee_id:
        agent = Agent.objects.filter(employee_id=employee_id).order_by("pk").first()
        if agent:
            return agent
        nameless = Agent.objects.filter(name=name, employee_id="").first()
        if nameless:
            nameless.employee_id, nameless.merged_unconfirmed = employee_id, True
            nameless.save(update_fields=["employee_id", "merged_unconfirmed"])
            return nameless
    else:
        same = list(Agent.objects.filter(name=name)[:2])
        if len(same) > 1:
            raise AmbiguousName
        if same:
            return same[0]
    return Agent.objects.create(organization_id=organization_id, name=name, employee_id=employee_id)


def _note_grade(agent: Agent, grade: str | None, since: date) -> None:
    code = GRADES.get((grade or "").strip(), (grade or "").strip().lower())
    if code in Grade.values and not agent.positions.exists():
        Position.objects.create(organization_id=agent.organization_id, agent=agent, grade=code, since=since)


def log_seat(store: Store, seat_id: int, since: date, until: date) -> None:
    """Append to the change log: who held this seat changed on these business days (both included)."""
    zone = ZoneInfo(store.time_zone)
    # Open ends stay open; the others get a day of air for the day cut and the zone.
    start = None if since.year < 1971 else datetime.combine(since - timedelta(1), time(), zone)
    end = None if until.year > 2999 else datetime.combine(until + timedelta(2), time(), zone)
    Change.objects.create(
        organization_id=store.organization_id,
        store=store,
        seat_id=seat_id,
        holder_changed=True,
        since=start,
        until=end,
    )
