"""Periods of business days: the presets of the filter bar and what a period is compared with. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PRESETS = {
    "today": _("Today"),
    "7days": _("7 days"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "custom": pgettext_lazy("period", "Custom"),
}
COMPARISONS = {
    "previous": _("Previous period"),
    "last_month": _("Same days last month"),
    "last_year": _("Same days last year"),
    "none": pgettext_lazy("comparison", "None"),
}


@dataclass(frozen=True)
class Period:
    """Business days from `since` to `until`, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month `months` after (before, if negative) the month of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def shifted_by_months(day: date, months: int) -> date:
    """The same day of another month; 31 becomes the last day of a shorter month."""
    last = month_start(day, months + 1) - timedelta(days=1)
    return last if day.day > last.day else last.replace(day=day.day)


def preset_period(preset: str, today: date) -> Period:
    """The days a preset means on `today`. Raises KeyError for "custom", which means none by itself."""
    return {
        "today": Period(today, today),
        "7days": Period(today - timedelta(days=6), today),
        "month": Period(month_start(today), today),
        "last_month": Period(month_start(today, -1), month_start(today) - timedelta(days=1)),
    }[preset]


def compared_period(period: Period, comparison: str) -> Period | None:
    """What `period` is compared with; None for "none".

    "previous" is as many days just before; whole months are compared with whole months.
    """
    whole = _is_whole_months(period)
    if comparison == "previous":
        before = period.since - timedelta(days=1)
        if whole:
            months = (
                (period.until.year - period.since.year) * 12 + period.until.month - period.since.month + 1
            )
            return Period(month_start(period.since, -months), before)
        return Period(before - timedelta(days=period.days - 1), before)
    if comparison == "none":
        return None
    months = {"last_month": -1, "last_year": -12}[comparison]
    until = month_start(period.until, months + 1) - timedelta(days=1) if whole else None
    return Period(shifted_by_months(period.since, months), until or shifted_by_months(period.until, months))


def _is_whole_months(period: Period) -> bool:
    return period.since.day == 1 and (period.until + timedelta(days=1)).day == 1
