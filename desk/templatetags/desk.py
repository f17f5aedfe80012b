"""Times of the desk's pages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from desk.lines import clock, minutes_text

register = template.Library()


@register.filter
def hour(instant: datetime, zone: str) -> str:
    """17:00, by the wall clock of `zone`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"


@register.simple_tag
def when(instant: datetime, zone: str, now: datetime) -> str:
    """14:05 today, 11-21 14:05 on another day."""
    return clock(instant, zone, now)


@register.filter
def since(instant: datetime, now: datetime) -> str:
    """How long ago, in words."""
    return minutes_text(now - instant)
