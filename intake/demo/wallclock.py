"""How the demo's files print times and amounts."""

from collections.abc import Callable
from datetime import date, timedelta

from intake.demo.company import PERIOD_DAYS, period
from intake.demo.shifts import DAY

# Promises may lie a little in the demo's future.
AHEAD_DAYS = 5
Stamp = Callable[[int | None], str]


def stamper(today: date) -> Stamp:
    """A function from seconds since the period began to `YYYY-MM-DD HH:MM:SS` local; None → empty."""
    first, _ = period(today)
    days = [str(first + timedelta(days=index)) for index in range(PERIOD_DAYS + AHEAD_DAYS)]

    def stamp(instant: int | None) -> str:
        if instant is None:
            return ""
        day, second = divmod(instant, DAY)
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        return f"{days[day]} {hour:02d}:{minute:02d}:{second:02d}"

    return stamp


def money(hundredths: int) -> str:
    """`12345` → `123.45`."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
