"""The file of figures other programs read: the columns docs/imports.md fixes, values as they stand."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

import xlsxwriter

from kpis.figures import Row, agent_names
from stores.models import Store
from tenants.spreadsheets import escaped

COLUMNS = (
    "store", "agent", "day", "inquiries", "converted_same_day", "converted_final", "orders", "buyers", "items",
    "paid_amount", "store_paid_amount", "sales_share", "refunded_orders", "refunded_amount", "consulting_buyers",
    "received_buyers", "unanswered_buyers", "response_count", "response_seconds_sum", "first_response_count",
    "first_response_seconds_sum", "unanswered_rounds", "within_180s", "in_messages", "human_replies",
    "refunds_without_amount", "maturity", "rule_version",
)  # fmt: skip
# Whole numbers that make a row worth a line; money is never non-zero without them.
COUNTED = tuple(name for name in COLUMNS[3:-2] if name not in ("store_paid_amount", "sales_share"))


def export_lines(rows: Iterable[Row]) -> Iterator[dict]:
    """One dict of COLUMNS per row with any non-zero figure; money and share are Decimal, unknown is None."""
    names = agent_names()
    codes = dict(Store.objects.values_list("pk", "code"))
    for row in rows:
        if not any(getattr(row, name) for name in COUNTED):
            continue
        line = {name: getattr(row, name, None) for name in COLUMNS}
        share = row.sales_share
        line["store"] = codes[row.store_id]
        line["agent"] = "" if row.is_store else names[row.agent_id]
        line["day"] = row.day.isoformat() if row.day else ""
        line["sales_share"] = None if share is None else share.quantize(Decimal("0.000001"), ROUND_HALF_UP)
        yield line


def as_csv(lines: Iterable[dict]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for line in lines:
        writer.writerow(
            {k: escaped(v) if isinstance(v, str) else "" if v is None else v for k, v in line.items()}
        )
    return text.getvalue().encode()


def as_json(lines: Iterable[dict]) -> bytes:
    """A list of objects; money and share as text, so that no reader rounds them."""
    plain = [{k: str(v) if isinstance(v, Decimal) else v for k, v in line.items()} for line in lines]
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def as_xlsx(lines: Iterable[dict]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("kpis")
        sheet.write_row(0, 0, COLUMNS)
        for number, line in enumerate(lines, 1):
            for column, name in enumerate(COLUMNS):
                value = line[name]
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)
    return buffer.getvalue()


WRITERS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
