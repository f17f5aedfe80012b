"""The table a page shows as CSV or XLSX: the same rows in the same order, all pages of it, values unrounded."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext

from kpis.tables import Table

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def escaped(text: str) -> str:
    """Text a spreadsheet program will not run as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def file_answer(table: Table, kind: str, name: str) -> HttpResponse:
    """The table as a download. kind: "csv" or "xlsx"; name: the file's, without its ending. KeyError otherwise."""
    answer = HttpResponse(content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.write(_csv_bytes(table) if kind == "csv" else _xlsx_bytes(table))
    return answer


def header_of(table: Table) -> list[str]:
    """Column titles; money names its currency, seconds and rates their unit."""
    units = {"money": table.currency, "seconds": gettext("seconds"), "rate": ""}
    titles = [table.head]
    for column in table.columns:
        unit = units.get(column.unit, "")
        titles.append(f"{column.name} ({unit})" if unit else str(column.name))
    extra = table.rows[0].extra if table.rows else {}
    return titles + list(extra)


def lines_of(table: Table) -> Iterator[list]:
    """One list of plain values per row: text, int, Decimal or None (unknown)."""
    for row in table.rows:
        yield [row.name, *(cell.value for cell in row.cells), *row.extra.values()]


def _plain(value) -> str:
    if value is None:
        return ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6f}"
    # Numbers stay numbers, a minus sign is no formula.
    return str(value) if isinstance(value, (int, Decimal)) else escaped(str(value))


def _csv_bytes(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([escaped(title) for title in header_of(table)])
    writer.writerows([[_plain(value) for value in line] for line in lines_of(table)])
    # Excel reads UTF-8 only behind a byte-order mark.
    return text.getvalue().encode("utf-8-sig")


def _xlsx_bytes(table: Table) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet()
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    shapes = {
        "rate": book.add_format({"num_format": "0.0%"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "seconds": book.add_format({"num_format": "#,##0.0"}),
        "ratio": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
    }
    formats = [None, *(shapes[column.unit] for column in table.columns)]
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, len(table.columns), 13)
    for position, title in enumerate(header_of(table)):
        sheet.write_string(0, position, title, heading)
    for number, line in enumerate(lines_of(table), start=1):
        for position, value in enumerate(line):
            shape = formats[position] if position < len(formats) else None
            if isinstance(value, (int, float, Decimal)):
                sheet.write_number(number, position, value, shape)
            elif value is not None:
                sheet.write_string(number, position, str(value))
    book.close()
    return buffer.getvalue()
