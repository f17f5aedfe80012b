"""Settings that people write as text: a time of day, flag colours, a memo signature. Pure."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LATEST_DAY_CUT_MINUTES = 360
MINUTES_PER_DAY = 1440
HIGHEST_FLAG = 20


def minutes_of(text: str) -> int:
    """`04:30` → 270 minutes after midnight. Raises ValidationError outside 00:00–06:00."""
    minutes = _clock(text)
    if minutes is None or minutes > LATEST_DAY_CUT_MINUTES:
        raise ValidationError(_("The day cut is a time between 00:00 and 06:00, such as 04:00."))
    return minutes


def hour_of(text: str) -> int:
    """`09:30` → 570 minutes after midnight; `24:00`, the end of the day, → 1440. Raises ValidationError."""
    minutes = _clock(text)
    if minutes is None or minutes > MINUTES_PER_DAY:
        raise ValidationError(_("Give a time between 00:00 and 24:00, such as 09:00."))
    return minutes


def _clock(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text.strip(), re.ASCII)
    return int(match[1]) * 60 + int(match[2]) if match else None


def time_of(minutes: int) -> str:
    """270 minutes after midnight → `04:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_flags(text: str) -> list[int]:
    """`1,2,3` → [1, 2, 3]; `all` (or nothing) → [], which means every flag but 0."""
    text = text.strip()
    if text.lower() in ("all", ""):
        return []
    parts = [part.strip() for part in re.split(r"[,，]", text)]
    if not all(re.fullmatch(r"\d{1,2}", part, re.ASCII) and 1 <= int(part) <= HIGHEST_FLAG for part in parts):
        raise ValidationError(_("Give flag numbers from 1 on, separated by commas, or “all”."))
    return sorted({int(part) for part in parts})


def a_signature(text: str) -> str:
    """A regular expression with one group, which finds who flagged an order in its memo; "" for none."""
    text = text.strip()
    if not text:
        return ""
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValidationError(
            _("This is no regular expression: %(reason)s."), params={"reason": str(error)}
        ) from error
    if groups != 1:
        raise ValidationError(
            _("The expression needs exactly one group: the seat's name, such as ^\\[(.+?)\\].")
        )
    if len(text) > 200:
        raise ValidationError(_("The expression is longer than 200 characters."))
    return text
