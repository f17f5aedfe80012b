"""Who sits at which seat when, and how many buyers come when. Times are seconds of local wall clock."""

from bisect import bisect
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from intake.demo.company import AGENTS, PERIOD_DAYS, SEATS, Agent, Store, period

DAY = 86_400
HALF_HOUR = 1_800
NOW_HOUR = 15  # the demo's last day is seen at three in the afternoon

# Buyers per hour of the day: a morning rise, a lunch peak, the long evening, a thin night.
HOURS = (20, 9, 3, 1, 1, 1, 2, 6, 18, 44, 58, 55, 50, 52, 54, 52, 48, 44, 46, 60, 74, 78, 66, 42)
WEEKDAYS = (1.0, 0.98, 0.97, 1.0, 1.02, 0.9, 1.16)
PEAK = 3.2
Hours = tuple[float, float]
DAY_HOURS, EVENING_HOURS, ON_DUTY_HOURS = (8.5, 17.5), (17.0, 24.0), (17.0, 26.0)
# Whoever is at an account that belongs to nobody, on the day everybody helps out.
STAND_IN = Agent("", "", "pre_sales", "", "junior", 0.42, 50)


def peak_day(today: date) -> int:
    """Index of the busiest day: 11 November when the period has one, else its middle."""
    first, _ = period(today)
    days = [first + timedelta(days=index) for index in range(PERIOD_DAYS)]
    return next(
        (index for index, day in enumerate(days) if (day.month, day.day) == (11, 11)), PERIOD_DAYS // 2
    )


def day_weights(today: date) -> list[float]:
    """How busy each day is; the last one only until NOW_HOUR."""
    first, _ = period(today)
    peak = peak_day(today)
    weights = []
    for index in range(PERIOD_DAYS):
        weight = WEEKDAYS[(first + timedelta(days=index)).weekday()]
        weight *= {0: PEAK, 1: 1.5, -1: 1.6, -2: 1.2}.get(index - peak, 1.0)
        weights.append(weight)
    weights[-1] *= sum(HOURS[:NOW_HOUR]) / sum(HOURS)
    return weights


def hours_of(number: int, day: int, peak: int) -> Hours | None:
    """Start and end hour (24 and more: past midnight) of the shift the agent at place `number` of AGENTS begins on
    `day`, an index from the period's first day that may lie beyond its last; None: a day of rest."""
    if (day + 2 * number) % 7 == 0 and day != peak:
        return None
    if (day // 7 + number) % 2 == 0:
        return DAY_HOURS
    return ON_DUTY_HOURS if (day + number) % 2 == 0 else EVENING_HOURS


class Arrivals:
    """Draws instants at which buyers come."""

    def __init__(self, today: date):
        self.weights = day_weights(today)
        self._days = list(accumulate(self.weights))
        self._hours = list(accumulate(HOURS))

    def draw(self, rng: Random) -> int:
        """Seconds since the period's first local midnight, never later than the demo's now."""
        day = bisect(self._days, rng.random() * self._days[-1])
        hours = self._hours[:NOW_HOUR] if day == PERIOD_DAYS - 1 else self._hours
        hour = bisect(hours, rng.random() * hours[-1])
        return day * DAY + hour * 3600 + rng.randrange(3600)


class Desk:
    """The seats of one store through the period: who is there in each half hour."""

    def __init__(self, store: Store, today: date):
        self._peak = peak_day(today)
        self._people = {agent.employee_id: agent for agent in AGENTS}
        self._order = [agent.employee_id for agent in AGENTS]
        self._seats = [seat for seat in SEATS if seat.store == store.code]
        self._presence = [
            self._present(day, slot) for day in range(PERIOD_DAYS) for slot in range(DAY // HALF_HOUR)
        ]

    def _holders(self, day: int) -> list[tuple[str, Agent]]:
        ago = PERIOD_DAYS - 1 - day
        held = [
            (seat.account, self._people[employee_id])
            for seat in self._seats
            for employee_id, since, until in seat.holders
            if since >= ago and (until is None or until <= ago)
        ]
        if abs(day - self._peak) <= 1:
            held += [(seat.account, STAND_IN) for seat in self._seats if seat.duty]
        return held

    def _hours_of(self, agent: Agent, day: int) -> Hours | None:
        return (
            (9.0, 24.0)
            if agent is STAND_IN
            else hours_of(self._order.index(agent.employee_id), day, self._peak)
        )

    def _present(self, day: int, slot: int) -> list[tuple[str, Agent]]:
        hour = slot / 2
        present = []
        for account, agent in self._holders(day):
            today, before = self._hours_of(agent, day), self._hours_of(agent, day - 1)
            if (today and today[0] <= hour < today[1]) or (before and hour + 24 < before[1]):
                present.append((account, agent))
        if not present and 8.5 <= hour < 24:  # somebody who works that day covers the gap
            present = [held for held in self._holders(day) if self._hours_of(held[1], day)]
        return present

    def present(self, instant: int) -> list[tuple[str, Agent]]:
        """(account, agent) at the desk; empty at night."""
        index = instant // HALF_HOUR
        return self._presence[index] if 0 <= index < len(self._presence) else []

    def somebody(self, rng: Random, instant: int, position: str) -> tuple[str, Agent] | None:
        """One who is there, preferably for that position (pre_sales or after_sales)."""
        present = self.present(instant)
        fitting = [held for held in present if held[1].position in (position, "both")]
        return rng.choice(fitting or present) if present else None

    def last_seat(self, rng: Random, instant: int) -> str:
        """The account a message lands on when nobody is there: one of the day's."""
        return rng.choice(self._holders(min(instant // DAY, PERIOD_DAYS - 1)))[0]

    def next_hours(self, instant: int) -> int:
        """The first working instant from `instant` on: itself, or 08:30 and a bit of the day."""
        if self.present(instant):
            return instant
        day, second = divmod(instant, DAY)
        return (day if second < 30_600 else day + 1) * DAY + 30_600 + instant % 2_400
