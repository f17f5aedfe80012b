"""The demo's roster: the same hours by which its chats are answered, and on beyond its last day."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from intake.demo.company import AGENTS, PERIOD_DAYS, SEATS, STORES, period
from intake.demo.shifts import DAY_HOURS, EVENING_HOURS, ON_DUTY_HOURS, Hours, hours_of, peak_day

HOME_ZONE = "Asia/Shanghai"


class Kind(NamedTuple):
    """A kind of shift. stores: it covers; none named: all. zone: whose clocks it goes by; wanted: people a day."""

    name: str
    hours: Hours
    zone: str
    stores: tuple[str, ...]
    wanted: int


# Taipei's and Kuala Lumpur's clocks show the same time as Shanghai's, Ho Chi Minh City's one hour less.
KINDS = (
    Kind("白班", DAY_HOURS, HOME_ZONE, (), 8),
    Kind("晚班", EVENING_HOURS, HOME_ZONE, (), 4),
    Kind("值班", ON_DUTY_HOURS, HOME_ZONE, (), 4),
    Kind("越南白班", DAY_HOURS, "Asia/Ho_Chi_Minh", ("sp-vn",), 1),
    Kind("越南晚班", EVENING_HOURS, "Asia/Ho_Chi_Minh", ("sp-vn",), 0),
    Kind("越南值班", ON_DUTY_HOURS, "Asia/Ho_Chi_Minh", ("sp-vn",), 0),
)


class Planned(NamedTuple):
    """One agent's day; kind None: rest."""

    employee_id: str
    day: date
    kind: Kind | None


def planned(today: date, until: date) -> Iterator[Planned]:
    """Everybody's days from the period's first to `until`, on which they hold a seat."""
    first, _ = period(today)
    peak = peak_day(today)
    for number, agent in enumerate(AGENTS):
        zone = _zone_of(agent.employee_id)
        kinds = {kind.hours: kind for kind in KINDS if kind.zone == zone}
        for index in range((until - first).days + 1):
            if _holds(agent.employee_id, PERIOD_DAYS - 1 - index):
                hours = hours_of(number, index, peak)
                day = date.fromordinal(first.toordinal() + index)
                yield Planned(agent.employee_id, day, kinds[hours] if hours else None)


def _holds(employee_id: str, ago: int) -> bool:
    """Whether the agent holds a seat so many days before today (less than 0: after it)."""
    return any(
        holder == employee_id and since >= ago and (until is None or until <= ago)
        for seat in SEATS
        for holder, since, until in seat.holders
    )


def _zone_of(employee_id: str) -> str:
    """Whoever answers the Vietnamese store alone works by its clocks."""
    zones = {store.code: store.time_zone for store in STORES}
    held = {zones[seat.store] for seat in SEATS for holder, *_ in seat.holders if holder == employee_id}
    return next(iter(held)) if held == {"Asia/Ho_Chi_Minh"} else HOME_ZONE
