"""Figures and times in templates; the words are made by kpis/wording.py."""

import re

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from kpis import wording
from kpis.definitions import MEASURES

register = template.Library()
register.filter("count", wording.count_text)
register.filter("rate", wording.rate_text)
register.filter("ratio", wording.ratio_text)
register.filter("seconds", wording.seconds_text)
register.filter("span", wording.span_text)
register.filter("month", wording.month_text)
register.filter("clock", wording.instant_text)

# Long digit runs are phones and ids; what has an @ in the middle is an address.
_DIGITS = re.compile(r"\d{15,17}[\dXx]|(?<!\d)(?:\+?\d[\s-]?){6,}\d(?!\d)")
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


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


@register.filter
def masked(text: str) -> str:
    """Chat text with phones, ids and e-mail addresses hidden but for their ends."""
    text = _E_MAIL.sub(lambda found: f"{found[0][0]}***@***", text or "")
    return _DIGITS.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)


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
