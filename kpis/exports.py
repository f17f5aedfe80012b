"""The table a page shows as CSV or XLSX: the same rows in the same order, all pages of it, values unrounded."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

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


@dataclass(frozen=True)
class Sheet:
    """Titles and lines of plain values (text, int, float, Decimal, date, None); units: of the columns, for XLSX."""

    titles: Sequence[str]
    lines: Iterable[Sequence]
    units: Sequence[str] = ()


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
    if not allowed(request.membership, "export"):
        raise PermissionDenied
    answer = HttpResponse(content_type=CONTENT_TYPES[kind])
    sheet = replace(sheet, lines=list(sheet.lines))
    chosen = {key: request.GET.getlist(key) for key in request.GET if key != "file"}
    record_export(request, name, kind, len(sheet.lines), chosen=chosen)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.write(as_csv(sheet) if kind == "csv" else as_xlsx(sheet))
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
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    page = book.add_worksheet()
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    shapes = {unit: book.add_format({"num_format": shape}) for unit, shape in NUMBER_FORMATS.items()}
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 18)
    page.set_column(1, len(sheet.titles), 13)
    for position, title in enumerate(sheet.titles):
        page.write_string(0, position, title, heading)
    for number, line in enumerate(sheet.lines, start=1):
        for position, value in enumerate(line):
            unit = sheet.units[position] if position < len(sheet.units) else ""
            if isinstance(value, (int, float, Decimal)):
                page.write_number(number, position, value, shapes.get(unit))
            elif value is not None:
                # Text is written as text: no cell of the file is a formula.
                page.write_string(number, position, str(value))
    book.close()
    return buffer.getvalue()
