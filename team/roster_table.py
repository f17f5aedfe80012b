"""The month's grid as plain rows for the template: what each cell shows, and the palette it is filled from."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, pgettext

from stores.settings_text import time_of
from team.calendar_days import SpecialDay
from team.models import Position
from team.positions import held_on
from team.roster import CODES, code_of
from team.roster_conflicts import Conflict
from team.roster_models import EntryKind, RosterEntry, ShiftKind
from team.roster_month import Grid
from team.shifts import short_name

# Keys that set a cell, besides 1–9 for the shifts.
REASON_KEYS = {"rest": "R", "annual": "A", "sick": "S", "personal": "P", "holiday": "H"}
COLOURS = 6
OWN_DAYS = 14


@dataclass(frozen=True)
class Choice:
    """One thing a cell may hold. look: its class; key: what sets it; hours: of a shift, in words."""

    code: str
    name: str
    short: str
    look: str
    key: str = ""
    hours: str = ""
    active: bool = True


@dataclass(frozen=True)
class Palette:
    choices: list[Choice]

    @property
    def by_code(self) -> dict[str, Choice]:
        return {choice.code: choice for choice in self.choices}

    @property
    def words(self) -> dict[str, str]:
        return {"": "–"} | {choice.code: choice.name for choice in self.choices}

    def as_json(self) -> list[dict[str, str]]:
        return [
            {"code": one.code, "short": one.short, "name": one.name, "look": one.look, "key": one.key}
            for one in self.choices
        ]


@dataclass(frozen=True)
class Head:
    """A column: its day, its weekday in short, what is special, and classes."""

    day: date
    weekday: str
    mark: str
    title: str
    look: str


@dataclass
class Line:
    """One person's row. cells: (day as ISO, code, what is shown, classes, title). worked, rests: counts of the month."""

    agent_id: int
    name: str
    group: str
    is_own: bool
    cells: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    worked: int = 0
    rests: int = 0


@dataclass(frozen=True)
class MonthTable:
    heads: list[Head]
    lines: list[Line]


def weekday_of(day: date) -> str:
    """Sun, or 日 for 星期日: a column is two characters wide."""
    name = str(WEEKDAYS_ABBR[day.weekday()])
    return name if name.isascii() else name[-1]


def hours_in_words(kind: ShiftKind) -> str:
    """17:00–02:00"""
    return f"{time_of(kind.starts_minutes)}–{time_of((kind.ends_minutes - 1) % 1440 + 1)}"


def reason_short(code: str) -> str:
    """What a cell shows of a reason not to work: a character or two."""
    return {
        "rest": pgettext("roster cell", "Off"),
        "annual": pgettext("roster cell", "AL"),
        "sick": pgettext("roster cell", "SL"),
        "personal": pgettext("roster cell", "PL"),
        "holiday": pgettext("roster cell", "PH"),
    }[code]


def palette_of(grid: Grid) -> Palette:
    """Shifts by the day's order, keys 1–9 for those in use, then the reasons not to work."""
    choices, number = [], 0
    for place, kind in enumerate(grid.kinds.values()):
        number += kind.active
        key = str(number) if kind.active and number <= 9 else ""
        choices.append(
            Choice(
                f"s{kind.pk}",
                kind.name,
                short_name(kind.name),
                f"shift-{place % COLOURS}",
                key,
                hours_in_words(kind),
                kind.active,
            )
        )
    reasons = [kind for kind in EntryKind if kind.value in CODES]
    choices += [
        Choice(one.value, str(one.label), reason_short(one.value), f"is-{one.value}", REASON_KEYS[one.value])
        for one in reasons
    ]
    return Palette(choices)


def table_of(grid: Grid, specials: list[SpecialDay], home: str, today: date, own: int | None) -> MonthTable:
    """Heads and rows; a person's group is the one held on the month's last day. One query.

    home: the country whose holidays colour the days; others' are named only.
    """
    heads = _heads(grid, specials, home, today)
    looks = {head.day: head.look for head in heads}
    choices, groups = palette_of(grid).by_code, _groups(grid)
    lines = []
    for agent in grid.agents:
        line = Line(agent.pk, agent.name, groups.get(agent.pk, ""), agent.pk == own)
        for day in grid.days:
            entry = grid.entries.get((agent.pk, day))
            code = code_of(entry)
            choice = choices.get(code)
            classes = [looks[day], choice.look if choice else ""]
            if (agent.pk, day) in grid.asked:
                classes.append("asked")
            title = _title(choice, entry)
            line.cells.append(
                (
                    day.isoformat(),
                    code,
                    choice.short if choice else "",
                    " ".join(filter(None, classes)),
                    title,
                )
            )
            line.worked += bool(entry and entry.kind == EntryKind.WORK)
            line.rests += bool(entry and entry.kind in (EntryKind.REST, EntryKind.HOLIDAY))
        lines.append(line)
    return MonthTable(heads, lines)


def _title(choice: Choice | None, entry: RosterEntry | None) -> str:
    if choice is None:
        return ""
    said = f"{choice.name} {choice.hours}".strip()
    return f"{said} · {entry.note}" if entry and entry.note else said


def _heads(grid: Grid, specials: list[SpecialDay], home: str, today: date) -> list[Head]:
    found: dict[date, list[SpecialDay]] = defaultdict(list)
    for special in specials:
        found[special.day].append(special)
    heads = []
    for day in grid.days:
        at_home = next((special for special in found[day] if special.country == home), None)
        look = "is-weekend" if day.weekday() >= 5 else ""
        mark = found[day][0].country if found[day] else ""
        if at_home and at_home.worked:
            look, mark = "", pgettext("calendar day", "work")
        elif at_home:
            look, mark = "is-free", pgettext("calendar day", "off")
        look += " is-today" if day == today else ""
        title = "; ".join(special_in_words(special) for special in found[day])
        heads.append(Head(day, weekday_of(day), mark, title, look.strip()))
    return heads


def special_in_words(special: SpecialDay) -> str:
    """`CN: 国庆节`, or that the weekend day is worked."""
    name = gettext("working day instead of a holiday") if special.worked else special.name
    return f"{special.country}: {name}"


def _groups(grid: Grid) -> dict[int, str]:
    positions = Position.objects.filter(agent__in=[agent.pk for agent in grid.agents]).select_related("group")
    by_agent: dict[int, list[Position]] = defaultdict(list)
    for position in positions:
        by_agent[position.agent_id].append(position)
    last = grid.days[-1]
    held = {agent_id: held_on(theirs, last) for agent_id, theirs in by_agent.items()}
    return {agent_id: one.group.name for agent_id, one in held.items() if one and one.group}


def conflict_rows(found: list[Conflict]) -> list[dict]:
    """Conflicts as page and script show them: {kind, agent, days as ISO, text}."""
    return [
        {
            "kind": one.kind,
            "agent": one.agent_id,
            "days": [day.isoformat() for day in one.days],
            "text": one.words(),
        }
        for one in found
    ]


@dataclass(frozen=True)
class OwnDay:
    """A day of the member's own, as a phone lists it. hours: by the shift's wall clock."""

    day: date
    weekday: str
    name: str
    hours: str
    is_today: bool
    is_work: bool


def own_days(agent_id: int, today: date) -> list[OwnDay]:
    """The published days of the next two weeks, today first. One query."""
    until = today + timedelta(days=OWN_DAYS - 1)
    entries = RosterEntry.objects.filter(agent_id=agent_id, published=True, day__range=(today, until))
    found = {entry.day: entry for entry in entries.select_related("shift")}
    return [
        _own_day(day, found.get(day), today)
        for day in (today + timedelta(days=n) for n in range(OWN_DAYS))
        if day in found
    ]


def _own_day(day: date, entry: RosterEntry, today: date) -> OwnDay:
    work = entry.kind == EntryKind.WORK
    name, hours = str(entry.get_kind_display()), ""
    if work:
        zone = ZoneInfo(entry.shift.time_zone)
        name = entry.shift.name
        begins, ends = (f"{instant.astimezone(zone):%H:%M}" for instant in (entry.starts_at, entry.ends_at))
        # The end of the day, not its beginning.
        hours = f"{begins}–{'24:00' if ends == '00:00' else ends}"
    return OwnDay(day, weekday_of(day), name, hours, day == today, work)
