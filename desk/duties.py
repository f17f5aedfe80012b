"""Shifts as they are worked: made when the roster's time comes, or by signing in without a roster entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from desk.models import DeskSettings, Duty
from kpis.models import ChatSession
from stores.models import Store
from team.models import SeatAssignment

# How early an agent may sign in to a shift of the roster.
EARLY = timedelta(hours=2)
# A shift nobody planned is taken for as long as the documents' day shift, until its agent signs out.
UNPLANNED = timedelta(hours=9)
# A beat that stood still makes the shifts of the last day; what ended before left its matters on the agent's list.
MADE_LATE = timedelta(days=1)

MAKE = """
    INSERT INTO desk_duty (organization_id, agent_id, day, entry_id, starts_at, ends_at)
    SELECT e.organization_id, e.agent_id, e.day, e.id, e.starts_at, e.ends_at FROM team_rosterentry e
    WHERE e.published AND e.kind = 'work' AND e.starts_at <= %(now)s::timestamptz + %(early)s
        AND e.starts_at > %(now)s::timestamptz - %(longest)s AND e.ends_at > %(now)s::timestamptz - %(late)s
        AND (%(agent)s::integer IS NULL OR e.agent_id = %(agent)s)
    ON CONFLICT (organization_id, agent_id, day) DO UPDATE
        SET entry_id = excluded.entry_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at
        WHERE desk_duty.closed_at IS NULL AND (desk_duty.entry_id, desk_duty.starts_at, desk_duty.ends_at)
            IS DISTINCT FROM (excluded.entry_id, excluded.starts_at, excluded.ends_at)
"""
# The roster was changed to a day off before anybody came: the shift is none.
TAKE_BACK = """
    DELETE FROM desk_duty d USING team_rosterentry e WHERE e.organization_id = d.organization_id
        AND e.agent_id = d.agent_id AND e.day = d.day AND e.published AND e.kind <> 'work' AND d.closed_at IS NULL
        AND d.signed_in_at IS NULL AND d.ends_at > %(now)s::timestamptz - %(longest)s AND NOT EXISTS (SELECT FROM desk_handoverline l WHERE l.duty_id = d.id)
"""


def desk_settings() -> DeskSettings:
    """The scope's figures of the working day; their defaults where nobody set any."""
    return DeskSettings.objects.first() or DeskSettings()


def make_duties(now: datetime, agent_id: int | None = None, early: timedelta = timedelta(0)) -> int:
    """The duties of all published shifts whose time has come (`early` before it); returns how many are new or moved.

    Idempotent. A shift that was changed moves its duty while nobody closed it.
    """
    params = {
        "now": now, "agent": agent_id, "early": early, "late": MADE_LATE, "longest": timedelta(days=3),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, params)
        cursor.execute(MAKE, params)
        return cursor.rowcount


def open_duties(now: datetime) -> QuerySet[Duty]:
    """Duties that have begun, by the roster or by signing in, and are not closed."""
    begun = Q(starts_at__lte=now) | Q(signed_in_at__lte=now)
    return Duty.objects.filter(begun, closed_at=None)


def duty_of(agent_id: int, now: datetime) -> Duty | None:
    """The shift this agent works now, or has not handed over yet; the latest where there are several."""
    make_duties(now, agent_id)
    mine = open_duties(now).filter(agent_id=agent_id).select_related("agent", "entry__shift")
    return mine.order_by("-starts_at").first()


@transaction.atomic
def sign_in(agent_id: int, organization_id: int, now: datetime) -> Duty:
    """The agent is here: to a shift of the roster up to two hours before it, else to one of their own.

    Signing in twice changes nothing; after a shift was closed the same day it opens again.
    """
    make_duties(now, agent_id, EARLY)
    mine = Duty.objects.select_for_update().filter(agent_id=agent_id)
    near = mine.filter(closed_at=None, starts_at__lte=now + EARLY, ends_at__gt=now - EARLY)
    duty = near.order_by("-starts_at").first()
    if duty is None:
        duty, made = mine.get_or_create(
            organization_id=organization_id, agent_id=agent_id, day=working_day(agent_id, now),
            defaults={"starts_at": now, "ends_at": now + UNPLANNED, "signed_in_at": now},
        )  # fmt: skip
        if not made:
            duty.closed_at = duty.closed_by = duty.signed_out_at = None
            duty.ends_at = max(duty.ends_at, now + UNPLANNED)
    duty.signed_in_at = duty.signed_in_at or now
    duty.signed_out_at = None
    duty.save(update_fields=["closed_at", "closed_by", "signed_in_at", "signed_out_at", "ends_at"])
    return duty


def sign_out(duty: Duty, now: datetime) -> bool:
    """The agent leaves; False where they have left already or never came. The handover is closed by itself."""
    here = Duty.objects.filter(pk=duty.pk, signed_in_at__isnull=False, signed_out_at=None)
    return bool(here.update(signed_out_at=now))


def stores_held(agent_id: int, now: datetime) -> list[Store]:
    """The stores in which this agent holds a seat on the store's business day, by code. One statement."""
    held = SeatAssignment.objects.filter(agent_id=agent_id).select_related("seat__store")
    found: dict[int, Store] = {}
    for assignment in held:
        store = assignment.seat.store
        day = store.business_day(now)
        if assignment.since <= day and (assignment.until is None or day <= assignment.until):
            found[store.pk] = store
    return sorted(found.values(), key=lambda store: (store.platform, store.code))


def stores_of(agent_id: int, now: datetime) -> list[int]:
    """Ids of `stores_held`."""
    return [store.pk for store in stores_held(agent_id, now)]


def zone_of(agent_id: int, now: datetime) -> ZoneInfo:
    """The clock this agent lives by: of their present shift, else of a store of theirs, else of the server."""
    duty = open_duties(now).filter(agent_id=agent_id).select_related("entry__shift").first()
    if duty and duty.entry and duty.entry.shift:
        return ZoneInfo(duty.entry.shift.time_zone)
    stores = stores_held(agent_id, now)
    return ZoneInfo(stores[0].time_zone if stores else settings.TIME_ZONE)


def working_day(agent_id: int, now: datetime) -> date:
    """The day a shift begun now belongs to."""
    return now.astimezone(zone_of(agent_id, now)).date()


@dataclass(frozen=True)
class End:
    """When a shift ends. at: after which it closes itself; extended: a buyer is being served beyond its hours."""

    at: datetime
    extended: bool


def last_served(agent_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """{agent id: when the latest chat they served went on}, of the last two days."""
    since = (now - timedelta(days=2)).date()
    chats = ChatSession.objects.filter(
        agent_id__in=list(agent_ids), day__gte=since, served_at__isnull=False, ended_at__lte=now
    )
    return dict(chats.values("agent_id").annotate(last=Max("ended_at")).values_list("agent_id", "last"))


def ends_of(duties: list[Duty], now: datetime, figures: DeskSettings | None = None) -> dict[int, End]:
    """{duty id: its end}. While a buyer was served within `served_minutes` a shift goes on, until the latest end."""
    figures = figures or desk_settings()
    grace = timedelta(minutes=figures.close_after_minutes)
    served = last_served({duty.agent_id for duty in duties}, now)
    found = {}
    for duty in duties:
        seen = served.get(duty.agent_id)
        busy_until = seen + timedelta(minutes=figures.served_minutes) if seen else duty.ends_at
        latest = max(duty.ends_at, _latest_end(duty, figures.latest_end_minutes))
        until = min(max(duty.ends_at, busy_until), latest)
        found[duty.pk] = End(until + grace, duty.ends_at < now < until)
    return found


def _latest_end(duty: Duty, minutes: int) -> datetime:
    """The instant after which nobody works, by the wall clock of the shift's zone on its day."""
    entry = duty.entry
    zone = ZoneInfo(entry.shift.time_zone if entry and entry.shift else settings.TIME_ZONE)
    wall = datetime.combine(duty.day, datetime.min.time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone)
