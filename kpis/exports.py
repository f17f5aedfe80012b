"""The table a page shows as CSV or XLSX: the same rows in the same order, all pages of it, values unrounded."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from kpis.tables import Table
from tenants.audit import record_export
from tenants.permissions import allowed
from tenants.spreadsheets import escaped

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NUMBER_FORMATS = {
    "rate": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "money": "#,##0.00",
    "seconds": "#,##0.0",
    "ratio": "#,##0.00",
    "count": "#,##0",
}


def wall_clock(instant: datetime | None, zone: str) -> str:
    """An instant in a file: on the clock of the zone (a store's), "" for None."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" if instant else ""


@dataclass(frozen=True)
class Sheet:
    """Titles and lines of plain values (text, int, float, Decimal, date, None); for XLSX units of the columns, and foot:
    lines of sums below the others."""

    titles: Sequence[str]
    lines: Iterable[Sequence]
    units: Sequence[str] = ()
    foot: Sequence[Sequence] = ()


def sheet_of(table: Table) -> Sheet:
    """The table's rows; money names its currency and seconds their unit in the title."""
    shown = {"money": table.currency, "seconds": gettext("seconds")}
    titles = [table.head]
    for column in table.columns:
        unit = shown.get(column.unit, "")
        titles.append(f"{column.name} ({unit})" if unit else str(column.name))
    extra = table.rows[0].extra if table.rows else {}
    lines = ([row.name, *(cell.value for cell in row.cells), *row.extra.values()] for row in table.rows)
    return Sheet([*titles, *extra], lines, ["", *(column.unit for column in table.columns)])


def file_answer(request: HttpRequest, sheet: Sheet, kind: str, name: str) -> HttpResponse:
    """The sheet as a download, noted in the audit trail. kind: "csv" or "xlsx"; name: the file's, without its ending.

    KeyError for another kind; PermissionDenied for a member who may not save files.
    """
    sheet = replace(sheet, lines=list(sheet.lines))
    return _answered(
        request, kind, name, len(sheet.lines), lambda: as_csv(sheet) if kind == "csv" else as_xlsx(sheet)
    )


def workbook_answer(request: HttpRequest, sheets: Mapping[str, Sheet], name: str) -> HttpResponse:
    """Several sheets as one XLSX, as `file_answer`; sheets: {title: sheet}."""
    held = {title: replace(sheet, lines=list(sheet.lines)) for title, sheet in sheets.items()}
    count = sum(len(sheet.lines) for sheet in held.values())
    return _answered(request, "xlsx", name, count, lambda: as_workbook(held))


def _answered(
    request: HttpRequest, kind: str, name: str, count: int, made: Callable[[], bytes]
) -> HttpResponse:
    if not allowed(request.membership, "export"):
        raise PermissionDenied
    answer = HttpResponse(content_type=CONTENT_TYPES[kind])
    chosen = {key: request.GET.getlist(key) for key in request.GET if key != "file"}
    record_export(request, name, kind, count, chosen=chosen)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.write(made())
    return answer


def _plain(value) -> str:
    if value is None:
        return ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6f}"
    # Numbers stay numbers, a minus sign is no formula.
    return str(value) if isinstance(value, (int, Decimal)) else escaped(str(value))


def as_csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([escaped(title) for title in sheet.titles])
    writer.writerows([[_plain(value) for value in line] for line in sheet.lines])
    # Excel reads UTF-8 only behind a byte-order mark.
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    return as_workbook({"": sheet})


def as_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """One workbook with a page for each of {its title: sheet}; a blank title is the spreadsheet's own."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    shapes = {unit: book.add_format({"num_format": shape}) for unit, shape in NUMBER_FORMATS.items()}
    for title, sheet in sheets.items():
        # A sheet's name has at most 31 characters, none of these among them.
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or None)
        _fill(page, sheet, heading, shapes)
    book.close()
    return buffer.getvalue()


def _fill(page, sheet: Sheet, heading, shapes: dict) -> None:
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 18)
    page.set_column(1, len(sheet.titles), 13)
    for position, title in enumerate(sheet.titles):
        page.write_string(0, position, title, heading)
    for number, line in enumerate(chain(sheet.lines, sheet.foot), start=1):
        for position, value in enumerate(line):
            unit = sheet.units[position] if position < len(sheet.units) else ""
            if isinstance(value, (int, float, Decimal)):
                page.write_number(number, position, value, shapes.get(unit))
            elif value is not None:
                # Text is written as text: no cell of the file is a formula.
                page.write_string(number, position, str(value))
