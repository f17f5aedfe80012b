"""What a month will come to: what it has so far, and for the days left what their weekday brought lately. Pure.

docs/kpis.md §10. Amounts are by business day; a day without an entry brought nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WEEKS = 8
LOOK_BACK = timedelta(weeks=WEEKS)


@dataclass(frozen=True)
class Forecast:
    """achieved: up to and with `reach`; total: at the month's end; None where nothing can be said.

    achieved_by_day, expected_by_day: running sums of the month's days; the latter begins on `reach`.
    """

    reach: date | None
    achieved: Decimal
    total: Decimal | None
    achieved_by_day: list[Decimal | None]
    expected_by_day: list[Decimal | None]


def weekday_means(amounts: Mapping[date, Decimal], reach: date, first: date) -> dict[int, Decimal]:
    """{weekday, Monday 0: mean of its days} among the 56 days before `reach`, from `first` on; absent without any."""
    since = max(reach - LOOK_BACK, first)
    sums: dict[int, list] = {}
    for offset in range((reach - since).days):
        day = since + timedelta(days=offset)
        total = sums.setdefault(day.weekday(), [Decimal(0), 0])
        total[0] += amounts.get(day, Decimal(0))
        total[1] += 1
    return {weekday: total / count for weekday, (total, count) in sums.items()}


def forecast(
    amounts: Mapping[date, Decimal], month: date, last: date, reach: date | None, first: date | None
) -> Forecast:
    """The forecast of the month from `month` to `last`.

    reach: the newest day anything is known of, which may not be over; first: the oldest day ever; None: no data.
    Days before `reach` count as they are, `reach` itself as the larger of what it has and its weekday's mean, later
    days as their weekday's mean. A month that is over needs none: its total is what was achieved.
    """
    days = [month + timedelta(days=offset) for offset in range((last - month).days + 1)]
    if reach is None or first is None:
        return Forecast(None, Decimal(0), None, [None] * len(days), [None] * len(days))
    means = weekday_means(amounts, reach, first) if reach <= last else {}
    had = expected = Decimal(0)
    achieved_by_day: list[Decimal | None] = []
    expected_by_day: list[Decimal | None] = []
    known = True
    for day in days:
        so_far = amounts.get(day, Decimal(0))
        if day <= reach:
            had += so_far
        if day < reach or reach > last:
            expected += so_far
        else:
            known = known and day.weekday() in means
            expected += max(so_far if day == reach else Decimal(0), means.get(day.weekday(), Decimal(0)))
        achieved_by_day.append(had if day <= reach else None)
        expected_by_day.append(expected if known and day >= reach and reach <= last else None)
    return Forecast(reach, had, expected if known else None, achieved_by_day, expected_by_day)
