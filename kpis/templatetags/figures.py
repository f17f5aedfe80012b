"""Figures and times in templates; the words are made by kpis/wording.py."""

from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kpis import wording
from kpis.definitions import MEASURES
from kpis.tables import Cell, TableRow
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


@register.simple_tag
def cells(row: TableRow) -> SafeString:
    """The cells of a line of figures. Not as a template, which takes 20 µs for each of a page's thousand."""
    links = {
        href: (f'<a href="{escape(href)}">' if href else "") for href in {cell.href for cell in row.cells}
    }
    return mark_safe("".join(_cell(cell, links[cell.href]) for cell in row.cells))


def _cell(cell: Cell, link: str) -> str:
    tone = f' class="{cell.tone}"' if cell.tone else ""
    hover = cell.exact or str(cell.why)
    title = f' title="{escape(hover)}"' if hover else ""
    text = f"{link}{escape(cell.text)}</a>" if link else escape(cell.text)
    return f"<td{tone}{title}>{text}{_bar(cell)}</td>"


def _bar(cell: Cell) -> str:
    if cell.bar is None:
        return ""
    mark = "" if cell.mark is None else f'<rect class="bar-mark" x="{cell.mark:.1f}" width="1" height="4"/>'
    return (
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-rail" width="100" height="4"/>'
        f'<rect class="bar-fill" width="{cell.bar:.1f}" height="4"/>{mark}</svg>'
    )
