"""Public holidays and the days on which they are worked off, from the package `holidays`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from stores.models import Platform, Store

CHINA = "CN"
# The languages of the product, as the package calls them.
LANGUAGES = {"zh-hans": "zh_CN", "zh-hant": "zh_TW", "en": "en_US"}
_CHINESE_PLATFORMS = (Platform.TAOBAO, Platform.TMALL, Platform.JD)


@dataclass(frozen=True)
class SpecialDay:
    """country: two letters. worked: a weekend day on which China works a holiday off; else a holiday."""

    day: date
    country: str
    name: str
    worked: bool = False


def countries_of(stores: Iterable[Store]) -> list[str]:
    """The countries whose holidays matter: those of the stores, China for its platforms and where there is none."""
    found = {
        store.country.upper() or (CHINA if store.platform in _CHINESE_PLATFORMS else "") for store in stores
    }
    known = found & set(holidays.list_supported_countries())
    return sorted(known or {CHINA}, key=lambda country: (country != CHINA, country))


@lru_cache(maxsize=256)
def _year(country: str, year: int, language: str) -> tuple[SpecialDay, ...]:
    calendar = holidays.country_holidays(country, years=year)
    spoken = LANGUAGES.get(language, "en_US")
    if spoken in calendar.supported_languages:
        calendar = holidays.country_holidays(country, years=year, language=spoken)
    days = [SpecialDay(day, country, name) for day, name in calendar.items() if day.year == year]
    worked = getattr(calendar, "weekend_workdays", set())
    days += [SpecialDay(day, country, "", worked=True) for day in worked if day.year == year]
    return tuple(sorted(days, key=lambda one: (one.day, one.country)))


def special_days(since: date, until: date, countries: Iterable[str], language: str) -> list[SpecialDay]:
    """Holidays and make-up working days of these countries between two days, both included, by day.

    language: of the names, as the product calls it (zh-hans, zh-hant, en); where the package lacks it, English or
    the country's own.
    """
    found = [
        special
        for country in countries
        for year in range(since.year, until.year + 1)
        for special in _year(country, year, language)
        if since <= special.day <= until
    ]
    return sorted(found, key=lambda one: one.day)
