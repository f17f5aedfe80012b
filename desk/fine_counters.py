"""How near an agent is to a fine that comes with repetition: slow answers and lateness of the month so far."""

from datetime import date, datetime
from typing import NamedTuple

from desk.attendance_month import month_sheet
from desk.duties import desk_settings
from desk.fine_answers import misses_of
from desk.fine_facts import Look
from policies.fines import next_month, penalty_settings
from stores.models import Store
from team.models import Agent


class Counters(NamedTuple):
    """Of the running month, `month` to `today`. slow, late: how many; *_free: how many a month cost nothing."""

    month: date
    today: date
    slow: int
    slow_free: int
    late: int
    late_free: int


def counters_of(agent: Agent, now: datetime) -> Counters:
    """Five statements. late: days of any lateness that was free or counted."""
    stores = {store.pk: store for store in Store.objects.order_by("pk")}
    settings, desk = penalty_settings(), desk_settings()
    today = max((store.business_day(now) for store in stores.values()), default=now.date())
    month = today.replace(day=1)
    look = Look(month, today, now, stores, settings)
    slow = len(misses_of(look).get((agent.pk, month), []))
    days = [month.replace(day=n + 1) for n in range((next_month(month) - month).days)]
    (person,) = month_sheet([agent], days, desk)
    late = sum(bool(cell.mark) for cell in person.cells.values())
    return Counters(month, today, slow, settings.slow_times, late, desk.late_free_times)
