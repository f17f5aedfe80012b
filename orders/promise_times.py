"""By when something was promised: the words for a time in Chinese, and the instant they mean. Pure.

`text` is folded (orders/promise_patterns.py): simplified, half-width, lower case. A day without an hour ends at its
midnight, "within 48 hours" counts from the words, working days are Monday to Friday (holidays are not known here),
of a range the later end holds.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|半)"
_RANGE = rf"(?:{_NUMBER}\s*[-~到至]\s*)?({_NUMBER})"
_SPAN = re.compile(
    rf"{_RANGE}\s*(个半|个)?\s*(分钟|小时|钟头|h(?![a-z])|工作日|天|日(?!期)|周|星期|礼拜)(?![前后]|以后|之后|无理由|质保)"
)
_DAY = re.compile(
    rf"(大后天|后天|后日|明天|明日|明早|明晚|次日|今天|今日|今晚|今早|当天|当日|今(?=[早上中下晚]))"
    rf"|(下下?个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天])|(?:({_NUMBER})月)?({_NUMBER})[号日](?!码|线|店|楼|[^\s]{{0,2}}货号)"
    r"|(月底)"
)
_HOUR = re.compile(rf"(凌晨|早上|上午|中午|下午|晚上|傍晚|晚)?\s*({_NUMBER})\s*(?:点|:(\d\d))(半)?")
_PART = re.compile("(上午|中午|下午|晚上|傍晚)")
_DAYS_ON = {"大后天": 3, "后天": 2, "后日": 2, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "次日": 1}
_PARTS = {"上午": 12, "中午": 14, "下午": 18, "傍晚": 20, "晚上": 24}
_LONGEST = timedelta(days=180)


@dataclass(frozen=True)
class Due:
    """What the words say: a span counted from them, or a day (and an hour of it). start, end: where in the text.

    working_days: counted instead of `span`. days: after the day of the words; weekday 0..6 with `weeks` further on;
    month, day: of the calendar, the next to come. minute: of the day, 1440 for its end.
    """

    start: int
    end: int
    span: timedelta | None = None
    working_days: int = 0
    days: int | None = None
    weekday: int | None = None
    weeks: int = 0
    month: int | None = None
    day: int | None = None
    month_end: bool = False
    minute: int = 1440

    def resolve(self, said_at: datetime, zone: str) -> datetime | None:
        """The instant meant by who said it at `said_at` in a store of time zone `zone`; None for no such day."""
        wall = said_at.astimezone(ZoneInfo(zone))
        if self.working_days:
            on = wall.date()
            for _ in range(self.working_days):
                on += timedelta(days=1)
                while on.weekday() > 4:
                    on += timedelta(days=1)
            return _at(on, 1440, zone)
        if self.span is not None:
            return said_at + self.span if self.span <= _LONGEST else None
        on = self._date(wall.date())
        if on is None:
            return None
        found = _at(on, self.minute, zone)
        # "At 9" said at 10 without a day: tomorrow's.
        if found <= said_at and self.days == 0:
            found = _at(on + timedelta(days=1), self.minute, zone)
        return found

    def _date(self, today: date) -> date | None:
        if self.days is not None:
            return today + timedelta(days=self.days)
        if self.weekday is not None:
            monday = today - timedelta(days=today.weekday())
            on = monday + timedelta(days=self.weekday, weeks=self.weeks)
            return on + timedelta(weeks=1) if on < today else on
        if self.month_end:
            return today.replace(day=calendar.monthrange(today.year, today.month)[1])
        return _next_date(today, self.month, self.day)


def due_in(text: str) -> Due | None:
    """The time the words name, the most exact one; None without any."""
    if found := _DAY.search(text):
        return _of_day(text, found)
    if found := _SPAN.search(text):
        return _of_span(found)
    if found := _HOUR.search(text):
        return Due(found.start(), found.end(), days=0, minute=_minute_of(found))
    return None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text[-1:], 0)
    return (_DIGITS.get(tens[-1:], 1) if tens else 1) * 10 + _DIGITS.get(ones, 0)


def _of_span(found: re.Match) -> Due | None:
    number, half, unit = found.groups()
    halves = 1 if number == "半" else 2 * _number(number) + (1 if half == "个半" else 0)
    if unit == "工作日":
        return Due(*found.span(), working_days=min(max(halves // 2, 1), 60))
    hours = {"分钟": 1 / 60, "小时": 1, "钟头": 1, "h": 1, "天": 24, "日": 24}.get(unit, 168)
    return Due(*found.span(), span=timedelta(hours=halves * hours / 2)) if halves else None


def _of_day(text: str, found: re.Match) -> Due | None:
    word, week, weekday, month, day, month_end = found.groups()
    after = text[found.end() : found.end() + 10]
    minute, end = 1440, found.end()
    if hour := _HOUR.match(after.lstrip()):
        minute, end = _minute_of(hour), found.end() + len(after) - len(after.lstrip()) + hour.end()
    elif part := _PART.match(after):
        minute, end = _PARTS[part[1]] * 60, found.end() + part.end()
    elif word == "明早":
        minute = 720
    if word:
        return Due(found.start(), end, days=_DAYS_ON.get(word, 0), minute=minute)
    if weekday:
        weeks = (week or "").count("下")
        return Due(
            found.start(),
            end,
            weekday="一二三四五六日".index(weekday.replace("天", "日")),
            weeks=weeks,
            minute=minute,
        )
    if month_end:
        return Due(found.start(), end, month_end=True)
    return Due(found.start(), end, month=_number(month) if month else None, day=_number(day), minute=minute)


def _minute_of(found: re.Match) -> int:
    part, hour, minutes, half = found.groups()
    number = _number(hour)
    if (part in ("下午", "晚上", "傍晚", "晚") and number < 12) or (part == "中午" and number < 6):
        number += 12
    return min(number * 60 + int(minutes or 0) + (30 if half else 0), 1440)


def _next_date(today: date, month: int | None, day: int) -> date | None:
    """The next day of the calendar that is the `day` of a month (of this one or of any); None if there is none."""
    for ahead in range(13):
        year, number = divmod(today.month - 1 + ahead, 12)
        if (
            month not in (None, number + 1)
            or not 1 <= day <= calendar.monthrange(today.year + year, number + 1)[1]
        ):
            continue
        on = date(today.year + year, number + 1, day)
        if on >= today:
            return on
    return None


def _at(on: date, minute: int, zone: str) -> datetime:
    wall = datetime.combine(on, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=ZoneInfo(zone))
