"""Figures as people read them, in the reader's language. None is unknown and reads as an em dash, never as 0."""

import zoneinfo
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils.translation import get_language, gettext, ngettext

from kpis.definitions import Measure

UNKNOWN = "—"
_LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW"}


@lru_cache
def locale_of(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "en"))


def locale() -> Locale:
    """The Babel locale of the active language."""
    return locale_of(get_language() or "en")


def _number(value: int | float | Decimal, digits: int) -> str:
    """1,234.5 as all our languages write it, a half to the even neighbour: Babel's `#,##0.0`.

    By hand, because a page has a thousand of them and Babel takes 30 µs for each.
    """
    return f"{value if isinstance(value, Decimal) else Decimal(str(value)):,.{digits}f}"


def count_text(value: int | Decimal | None) -> str:
    return UNKNOWN if value is None else _number(value, 0)


def ratio_text(value: Decimal | float | None) -> str:
    return UNKNOWN if value is None else _number(value, 2)


def rate_text(value: Decimal | float | None) -> str:
    """0.4684 → 46.8%."""
    return UNKNOWN if value is None else f"{_number(Decimal(value) * 100, 1)}%"


def money_text(value: Decimal | None, currency: str, exact: bool = False) -> str:
    """Whole units, or to the currency's smallest unit when `exact`. currency: ISO 4217."""
    if value is None:
        return UNKNOWN
    digits = _digits(currency) if exact else 0
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    minus = "-" if rounded.is_signed() else ""
    return f"{minus}{currency_sign(currency)}{_number(abs(rounded), digits)}"


_digits = lru_cache(get_currency_precision)


def currency_sign(currency: str) -> str:
    return _sign(currency, get_language() or "en")


@lru_cache
def _sign(currency: str, language: str) -> str:
    return get_currency_symbol(currency, locale_of(language))


def seconds_text(value: float | Decimal | None) -> str:
    """48 s; from 100 s on 1 min 40 s; from 1 h on 1 h 5 min."""
    if value is None:
        return UNKNOWN
    seconds = int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))
    if seconds < 100:
        return gettext("%(seconds)s s") % {"seconds": seconds}
    if seconds < 3600:
        minutes, rest = divmod(seconds, 60)
        text = gettext("%(minutes)s min %(seconds)s s") if rest else gettext("%(minutes)s min")
        return text % {"minutes": minutes, "seconds": rest}
    hours, rest = divmod(seconds // 60, 60)
    text = gettext("%(hours)s h %(minutes)s min") if rest else gettext("%(hours)s h")
    return text % {"hours": hours, "minutes": rest}


def figure_text(value, measure: Measure, currency: str = "") -> str:
    """`value` in the unit of `measure`; currency: of money."""
    if measure.unit == "money":
        return money_text(value, currency)
    if measure.unit == "change":
        return change_text(value, measure)
    return _TEXTS[measure.unit](value)


_TEXTS = {"count": count_text, "rate": rate_text, "seconds": seconds_text, "ratio": ratio_text}


def change_text(difference, measure: Measure) -> str:
    """A difference with its sign: points for rates, percent for what is counted (a share of the former value)."""
    if difference is None:
        return UNKNOWN
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    if measure.unit == "rate":
        points = _number(abs(Decimal(difference)) * 100, 1)
        return gettext("%(change)s pp") % {"change": sign + points}
    if measure.unit == "seconds":
        return sign + seconds_text(abs(difference))
    return sign + rate_text(abs(difference))


def day_text(day: date, weekday: bool = False) -> str:
    """11月21日 周六; Nov 21 Sat."""
    return _day(day, weekday, get_language() or "en")


# A chart's axis and a table of days name the same days again and again.
@lru_cache(4096)
def _day(day: date, weekday: bool, language: str) -> str:
    spoken = locale_of(language)
    text = format_skeleton("MMMd", day, locale=spoken)
    return f"{text} {format_date(day, 'EEE', locale=spoken)}" if weekday else text


def period_text(since: date, until: date) -> str:
    """Both days with their year where it is not the same."""
    skeleton = "MMMd" if since.year == until.year == date.today().year else "yMMMd"
    first, last = (format_skeleton(skeleton, day, locale=locale()) for day in (since, until))
    return first if since == until else f"{first} – {last}"


def month_text(day: date) -> str:
    return _month(day, get_language() or "en")


@lru_cache(1024)
def _month(day: date, language: str) -> str:
    return format_skeleton("yMMM", day, locale=locale_of(language))


def instant_text(instant: datetime | None, zone: str, seconds: bool = False) -> str:
    """The wall clock of a store: 11-21 23:58."""
    if instant is None:
        return UNKNOWN
    wall = instant.astimezone(zoneinfo.ZoneInfo(zone))
    return wall.strftime("%m-%d %H:%M:%S" if seconds else "%m-%d %H:%M")


def span_text(span: timedelta | None) -> str:
    """A length of time in its two largest units."""
    if span is None:
        return UNKNOWN
    days = span.days
    if days:
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return seconds_text(span.total_seconds())
