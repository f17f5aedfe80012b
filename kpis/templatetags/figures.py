"""Figures and times in templates; the words are made by kpis/wording.py."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from kpis import wording
from kpis.definitions import MEASURES
from tenants.masking import masked_text

register = template.Library()
register.filter("count", wording.count_text)
register.filter("rate", wording.rate_text)
register.filter("ratio", wording.ratio_text)
register.filter("seconds", wording.seconds_text)
register.filter("span", wording.span_text)
register.filter("month", wording.month_text)
register.filter("clock", wording.instant_text)
register.filter("masked", masked_text)


@register.filter
def day(value, form: str = "") -> str:
    return wording.day_text(value, weekday=form == "weekday")


@register.filter
def clock_seconds(value, zone: str) -> str:
    return wording.instant_text(value, zone, seconds=True)


@register.filter
def money(value, currency: str) -> str:
    """Whole units; the exact amount when hovered over."""
    if value is None:
        return wording.UNKNOWN
    exact = wording.money_text(value, currency, exact=True)
    return format_html('<span title="{}">{}</span>', exact, wording.money_text(value, currency))


@register.filter
def money_exact(value, currency: str) -> str:
    return wording.money_text(value, currency, exact=True)


@register.simple_tag
def period(since, until) -> str:
    return wording.period_text(since, until)


@register.inclusion_tag("kpis/_term.html")
def term(key: str, short: str = "") -> dict:
    """The name of a figure that explains itself on hover and focus. key: of kpis.definitions.MEASURES."""
    return {"measure": MEASURES[key], "text": short or MEASURES[key].name}


@register.filter
def maturity_words(maturity: str) -> str:
    """What the maturity of a figure means to its reader."""
    if maturity == "final":
        return gettext("final")
    return gettext("provisional: late payments and chats can still change the latest days")
