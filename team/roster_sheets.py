"""The month as a workbook, out and in again: a row for each person, a column for each day, the same both ways."""

import io
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from stores.platforms import cells
from stores.platforms.cells import CellRefused
from stores.platforms.columns import header_key
from stores.platforms.records import FileRefused, Refusal
from stores.platforms.tables import SheetTable, open_workbook, refuse_old_container
from team.models import Agent
from team.roster import CODES, Cell
from team.roster_models import EntryKind, ShiftKind
from team.roster_month import Grid

NAME, EMPLOYEE_ID = _("Name"), _("Employee id")
# Under which headers a sheet may name people, besides the product's own in all its languages.
NAME_HEADERS, ID_HEADERS = ("name", "姓名", "客服"), ("employee_id", "employeeid", "工号", "工號")
HEADER_ROWS = 10
# What sheets made elsewhere say, besides the product's own words in all its languages.
USUAL_WORDS = {
    "休": "rest", "休息": "rest", "例休": "rest", "off": "rest", "年假": "annual", "特休": "annual",
    "病假": "sick", "事假": "personal", "法定假": "holiday", "公休": "holiday",
}  # fmt: skip


@dataclass
class Reading:
    """What a sheet says. cells: only where a day of the month says something; refusals: the other cells, as
    (row, column as its user sees it)."""

    cells: dict[Cell, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def words_of_codes(kinds: Iterable[ShiftKind]) -> dict[str, str]:
    """{code: what a cell says of it} in the active language."""
    words = {kind.value: str(kind.label) for kind in EntryKind if kind.value in CODES}
    return {f"s{kind.pk}": kind.name for kind in kinds} | words


def codes_of_words(kinds: Iterable[ShiftKind]) -> dict[str, str]:
    """{what a cell may say, in lower case: code}: names of shifts in use, and the reasons in every language."""
    found = {code: code for code in CODES} | USUAL_WORDS
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(kind.label).casefold(): kind.value for kind in EntryKind if kind.value in CODES}
    return found | {kind.name.casefold(): f"s{kind.pk}" for kind in kinds if kind.active}


def as_workbook(grid: Grid) -> bytes:
    """An XLSX file. Everything but the days of the head is text: no cell is a formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(f"{grid.month:%Y-%m}")
    head = book.add_format({"bold": True, "bottom": 1})
    head_day = book.add_format({"bold": True, "bottom": 1, "num_format": "m-d", "align": "center"})
    centred = book.add_format({"align": "center"})
    words = words_of_codes(grid.kinds.values())
    page.freeze_panes(1, 2)
    page.set_column(0, 1, 14)
    page.set_column(2, 1 + len(grid.days), 9)
    page.write_string(0, 0, gettext(NAME), head)
    page.write_string(0, 1, gettext(EMPLOYEE_ID), head)
    for column, day in enumerate(grid.days, start=2):
        page.write_datetime(0, column, datetime.combine(day, time()), head_day)
    for row, agent in enumerate(grid.agents, start=1):
        page.write_string(row, 0, agent.name)
        page.write_string(row, 1, agent.employee_id)
        for column, day in enumerate(grid.days, start=2):
            if code := grid.code(agent.pk, day):
                page.write_string(row, column, words[code], centred)
    book.close()
    return buffer.getvalue()


def read_workbook(content: bytes, name: str, grid: Grid) -> Reading:
    """What the workbook says of the grid's month, for the grid's people. Blank cells say nothing.

    Errors: FileRefused for what is no such workbook. Unknown people and words are refused cell by cell.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        path.write_bytes(content)
        refuse_old_container(path, name)
        if content[:4] != b"PK\x03\x04":
            raise FileRefused(_("%(name)s is no XLSX workbook"), name=name)
        table, head_row, columns, days = _found(open_workbook(path, name), name, grid)
        reading, people = Reading(), people_by_key(grid.agents)
        codes = codes_of_words(grid.kinds.values())
        for numbered in table.rows(head_row):
            if isinstance(numbered, Refusal):
                reading.refusals.append(numbered)
            else:
                _read_row(*numbered, columns, days, people, codes, reading)
    return reading


def _found(tables: Iterable[SheetTable], name: str, grid: Grid):
    """The first sheet with a row that names people and days of the month: (table, that row from 1, columns by field,
    days by column)."""
    for table in tables:
        for number, row in enumerate(table.head()[:HEADER_ROWS]):
            columns = _columns(row)
            days = {place: day for place, cell in enumerate(row) if (day := _a_day(cell)) in grid.days}
            if columns and days:
                return table, number + 1, columns, days
    raise FileRefused(
        _("%(name)s has no row with a name and days of %(month)s"), name=name, month=f"{grid.month:%Y-%m}"
    )


def _columns(row: list) -> dict[str, int]:
    names, ids = set(NAME_HEADERS), set(ID_HEADERS)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(header_key(gettext(NAME)))
            ids.add(header_key(gettext(EMPLOYEE_ID)))
    found = {}
    for place, cell in enumerate(row):
        if header_key(cell) in names:
            found.setdefault("name", place)
        elif header_key(cell) in ids:
            found.setdefault("employee_id", place)
    return found


def _a_day(cell) -> date | None:
    try:
        return cells.day(cell)
    except CellRefused:
        return None


def people_by_key(agents: Iterable[Agent]) -> Mapping[str, list[Agent]]:
    """{name or employee id: who bears it}"""
    people: dict[str, list[Agent]] = {}
    for agent in agents:
        for key in {agent.name, agent.employee_id} - {""}:
            people.setdefault(key, []).append(agent)
    return people


def _read_row(
    number: int,
    row: list,
    columns: Mapping[str, int],
    days: Mapping[int, date],
    people: Mapping[str, list[Agent]],
    codes: Mapping[str, str],
    reading: Reading,
) -> None:
    said = {name: cells.known_text(row[place]) for name, place in columns.items() if place < len(row)}
    spoken = {
        place: text
        for place in days
        if place < len(row) and (text := cells.known_text(row[place])) is not None
    }
    if not any(said.values()) and not spoken:
        return
    agent = whose(said.get("name"), said.get("employee_id"), people)
    if isinstance(agent, str):
        params = {"name": said.get("name") or said.get("employee_id") or ""}
        reading.refusals.append(Refusal(number, gettext(NAME), agent, params))
        return
    for place, text in spoken.items():
        code = codes.get(text.casefold())
        if code is None:
            message = _("“%(value)s” is no shift in use, rest or leave")
            reading.refusals.append(Refusal(number, f"{days[place]:%m-%d}", message, {"value": text}))
        else:
            reading.cells[agent.pk, days[place]] = code


def whose(name: str | None, employee_id: str | None, people: Mapping[str, list[Agent]]) -> Agent | str:
    """Who is meant by a name, an employee id or both; else why nobody is, as an English msgid with %(name)s."""
    by_id = people.get(employee_id, []) if employee_id else None
    by_name = people.get(name, []) if name else None
    if by_id is not None:
        found = [agent for agent in by_id if agent.employee_id == employee_id]
        if name:
            found = [agent for agent in found if agent.name == name]
    else:
        found = [agent for agent in by_name or [] if agent.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        return _("several people are called “%(name)s”: give the employee id")
    return _("nobody here is called “%(name)s”")
