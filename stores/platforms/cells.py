"""What one cell of a platform's file says: text, identifier, money, count, instant, day.

`None` always means "the file does not say". A cell that says something impossible raises CellRefused with
an English msgid and its parameters; the column is added by the row that holds the cell.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unicodedata import is_normalized, normalize
from zoneinfo import ZoneInfo

from stores.platforms.marked_text import gettext_noop as _

Cell = str | int | float | bool | datetime | date | time | timedelta | None

UNKNOWN = frozenset({"", "-", "--", "null", "nan", "none", "延迟统计"})
MAX_AMOUNT = Decimal(10) ** 12
FUTURE_LIMIT = timedelta(days=2)
LONGEST_IDENTIFIER = 100
LONGEST_NUMBER = 40
LONGEST_QUOTED = 80
MAX_COUNT = 2**31 - 1
MOST_HOURS_KEPT = 100_000

_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)
_CURRENCY = re.compile(
    r"^(?:[A-Z]{3}|NT\$|[RS]\$|RM|Rp\.?|[¥￥$₫₱฿])\s*|\s*(?:[A-Z]{3}|[元圆圓₫đ])$", re.IGNORECASE
)
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_COMMA_GROUPS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DOT_GROUPS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
_LOCAL = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)? ?(Z|[+-]\d\d:?\d\d)")
_PADDED_HOUR = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[ T]\d\d")
_EXCEL_EPOCH = datetime(1899, 12, 30)
_YES_NO = {
    "1": True,
    "0": False,
    "是": True,
    "否": False,
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
}
WITHIN_HOUR = {
    f":{minute:02}{second}": timedelta(minutes=minute, seconds=int(second[1:] or 0))
    for minute in range(60)
    for second in ["", *(f":{number:02}" for number in range(60))]
}


class CellRefused(Exception):
    """A cell says something impossible. `column`: its header as printed, set by the row."""

    def __init__(self, message: str, **params: Any):
        cut = {
            name: value[:LONGEST_QUOTED] if isinstance(value, str) else value
            for name, value in params.items()
        }
        super().__init__(message % cut if cut else message)
        self.message, self.params = message, cut
        self.column: str | None = None


def plain_text(cell: Cell) -> str:
    """The cell's text, stripped and NFC-normalised; a whole number of a sheet without its `.0`."""
    if isinstance(cell, str):
        stripped = cell.strip()
        return stripped if is_normalized("NFC", stripped) else normalize("NFC", stripped)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def known_text(cell: Cell) -> str | None:
    """The text without the marks spreadsheets add (`="123"`, a leading apostrophe); None if unknown."""
    text = plain_text(cell)
    if text[:2] == '="' and (wrapped := _EXCEL_TEXT.fullmatch(text)):
        text = wrapped[1].replace('""', '"').strip()
    if text[:1] == "'":
        text = text[1:].strip()
    return None if text.casefold() in UNKNOWN else text


def identifier(cell: Cell) -> str | None:
    """An order, refund or product number. Refused when a spreadsheet has rounded it to 15 digits."""
    text = known_text(cell)
    if text is None:
        return None
    rounded = not isinstance(cell, str) and len(text.partition(".")[0]) > 15
    if rounded or _ROUNDED.fullmatch(text):
        raise CellRefused(
            _(
                "a spreadsheet has rounded this number to %(value)s: export the file again and import it "
                "without saving it in a spreadsheet, or format the column as text first"
            ),
            value=text,
        )
    if len(text) > LONGEST_IDENTIFIER:
        raise CellRefused(_("%(value)s is too long for a number or name of its own"), value=text)
    return text


def tracking_number(cell: Cell) -> str | None:
    """A tracking number; Taobao prints `No:` before it."""
    number = identifier(cell)
    if number is not None and number[:3].casefold() in ("no:", "no："):
        return known_text(number[3:])
    return number


def money(cell: Cell, grouping: str = ",") -> Decimal | None:
    """An amount in the store's currency, currency marks stripped. Negative or unreadable ones are refused.

    grouping: what separates thousands; "." reads `150.000` as 150000 and `150.00` still as 150.00.
    """
    if isinstance(cell, float):
        # A sheet's own number has no grouping; 17 binary digits are no cents.
        cell, grouping = str(Decimal(str(round(cell, 4)))), ","
    text = known_text(cell)
    if text is None:
        return None
    if len(text) > LONGEST_NUMBER:
        raise CellRefused(_("%(value)s is not an amount"), value=text)
    bare = text if _PLAIN.fullmatch(text) else _CURRENCY.sub("", text).replace("，", ",").strip()
    if grouping == "." and _DOT_GROUPS.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif _COMMA_GROUPS.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise CellRefused(_("%(value)s is not an amount"), value=text)
    amount = Decimal(bare)
    if amount < 0:
        raise CellRefused(_("the amount %(value)s is negative"), value=text)
    if amount >= MAX_AMOUNT:
        raise CellRefused(_("the amount %(value)s is too large"), value=text)
    return amount


def number(cell: Cell) -> Decimal | None:
    """A number that is not money, such as an exchange rate, in full precision; negative ones are refused."""
    text = known_text(cell)
    return None if text is None else money(text)


def share(cell: Cell) -> Decimal | None:
    """A share from 0 to 1; `98.5%` is 0.985."""
    text = known_text(cell)
    if text is None:
        return None
    value = money(text.removesuffix("%"))
    if value is not None and text.endswith("%"):
        value /= 100
    if value is not None and value > 1:
        raise CellRefused(_("%(value)s is not a share from 0 to 1"), value=text)
    return value


def count(cell: Cell) -> int | None:
    """A whole number >= 0; `2.0` is 2."""
    text = known_text(cell)
    if text is None:
        return None
    bare = text.replace(",", "") if len(text) <= LONGEST_NUMBER else ""
    if not _PLAIN.fullmatch(bare) or Decimal(bare) != int(Decimal(bare)):
        raise CellRefused(_("%(value)s is not a whole number"), value=text)
    if bare.startswith("-"):
        raise CellRefused(_("the number %(value)s is negative"), value=text)
    if Decimal(bare) > MAX_COUNT:
        raise CellRefused(_("the number %(value)s is too large"), value=text)
    return int(Decimal(bare))


def yes_no(cell: Cell) -> bool | None:
    """0/1, yes/no, true/false, 是/否."""
    text = known_text(cell)
    if text is None:
        return None
    if text.casefold() not in _YES_NO:
        raise CellRefused(_("%(value)s is neither 0 nor 1"), value=text)
    return _YES_NO[text.casefold()]


def day(cell: Cell) -> date | None:
    """A calendar day, such as `2026-01-31` or `2026/1/31`; a time of day, if printed, is left off."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = known_text(cell)
    if text is None:
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(float(cell)).date()
    return _wall_clock(text).date()


def _from_serial(days: float) -> datetime:
    # Outside 1954..2119 a bare number is more likely an id or an amount than a day.
    if not 20_000 <= days <= 80_000:
        raise CellRefused(_("%(value)s is not a time"), value=days)
    return _EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))


def _wall_clock(text: str) -> datetime:
    """The naive time a text prints. Refused when day and month cannot be told apart."""
    if found := _LOCAL.fullmatch(text):
        year, _separator, month, day_of_month, hour, minute, second, fraction = found.groups()
    elif found := _YEAR_LAST.fullmatch(text):
        first, other, year, hour, minute, second = found.groups()
        fraction = None
        if int(first) <= 12 and int(other) <= 12 and int(first) != int(other):
            raise CellRefused(
                _("day and month of %(value)s cannot be told apart: write YYYY-MM-DD"), value=text
            )
        month, day_of_month = (first, other) if int(first) <= 12 else (other, first)
    else:
        raise CellRefused(_("%(value)s is not a time"), value=text)
    try:
        return datetime(
            int(year),
            int(month),
            int(day_of_month),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")),
        )
    except ValueError as error:
        raise CellRefused(_("%(value)s is not a time"), value=text) from error


class Clock:
    """Reads a store's local times into UTC instants.

    A local time that occurs twice is the first, one that does not exist is read with the offset before the
    change (docs/metrics.md §1); both are what fold=0 means. `now` decides what lies in the future.
    """

    def __init__(self, time_zone: str, now: datetime | None = None):
        self.zone = ZoneInfo(time_zone)
        self.latest = (now or datetime.now(UTC)) + FUTURE_LIMIT
        self.hours: dict[str, datetime] = {}

    def instant(self, cell: Cell) -> datetime | None:
        """The UTC instant of something that has happened; more than 2 days ahead of now is refused."""
        try:
            at: datetime | None = self.hours[cell[:13]] + WITHIN_HOUR[cell[13:]]  # type: ignore[index]
        except (KeyError, TypeError):
            at = self.promise(cell)
        if at is not None and at > self.latest:
            raise CellRefused(_("the time %(value)s lies in the future"), value=plain_text(cell))
        return at

    def promise(self, cell: Cell) -> datetime | None:
        """The UTC instant of something that may be yet to come."""
        if isinstance(cell, datetime):
            return self.local(cell)
        if isinstance(cell, date):
            return self.local(datetime.combine(cell, time()))
        text = known_text(cell)
        if text is None:
            return None
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return self.local(_from_serial(float(cell)))
        if _WITH_OFFSET.fullmatch(text):
            try:
                return datetime.fromisoformat(text.replace(" +", "+").replace(" Z", "Z")).astimezone(UTC)
            except (ValueError, OverflowError) as error:
                raise CellRefused(_("%(value)s is not a time"), value=text) from error
        wall = _wall_clock(text)
        self._remember(text, wall)
        return self.local(wall)

    def local(self, wall: datetime) -> datetime:
        """The UTC instant of a naive time on the store's clocks."""
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        if not 1970 <= wall.year <= 9000:
            raise CellRefused(_("%(value)s is not a time"), value=wall)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def _remember(self, text: str, wall: datetime) -> None:
        """Keep the hour's first instant, so that its other times need one addition each.

        An hour in which the offset changes (a half-hour change at Lord Howe Island) is not kept.
        """
        # Only of padded times do 13 characters end with the hour: `2026-1-2 9:05` + `:40` must not be kept.
        if not _PADDED_HOUR.fullmatch(text[:13]) or len(self.hours) > MOST_HOURS_KEPT:
            return
        start = wall.replace(minute=0, second=0, microsecond=0, tzinfo=self.zone)
        if 1970 <= wall.year <= 9000 and start.utcoffset() == start.replace(minute=59).utcoffset():
            self.hours[text[:13]] = start.astimezone(UTC)
