"""Business days, the rule version of a day, and who held a seat on a day (docs/kpis.md §1, §2)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .model import Rule, StoreData

UNASSIGNED = "unassigned"


def business_day(store: StoreData, t: datetime) -> date:
    """date(wall clock of t in the store's zone − day_cut): wall-clock arithmetic, not elapsed time."""
    wall_clock = t.astimezone(ZoneInfo(store.time_zone)).replace(tzinfo=None)
    return (wall_clock - store.day_cut).date()


def rule_on(store: StoreData, day: date) -> Rule:
    """The version valid on `day`; ValueError when the store's versions begin later."""
    valid = None
    for rule in store.rules:
        if rule.since <= day and (valid is None or rule.since >= valid.since):
            valid = rule
    if valid is None:
        raise ValueError(f"no rule version is valid on {day}")
    return valid


def holder(store: StoreData, seat: str, day: date) -> str:
    """The person who held `seat` on the business day `day`, or `unassigned`.

    A person is a name; the employee id is added where one name goes with several ids.
    ValueError when assignments overlap.
    """
    held_by = [
        assignment
        for assignment in store.seats
        if assignment.seat == seat
        and assignment.since <= day
        and (assignment.until is None or day <= assignment.until)
    ]
    if len(held_by) > 1:
        raise ValueError(f"seat {seat} has {len(held_by)} holders on {day}")
    if not held_by:
        return UNASSIGNED
    name, employee_id = held_by[0].name, held_by[0].employee_id
    ids = {other.employee_id for other in store.seats if other.name == name and other.employee_id}
    if len(ids) > 1 and employee_id:
        return f"{name} ({employee_id})"
    return name


def holder_at(store: StoreData, seat: str, t: datetime) -> str:
    """The holder of `seat` on the business day of `t`."""
    return holder(store, seat, business_day(store, t))
