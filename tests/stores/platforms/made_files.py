"""Small files written by hand in the tests, and the reading of one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from stores.platforms.recognise import recognise
from stores.platforms.records import Refusal, StoreSettings

TAOBAO = StoreSettings("taobao", "Asia/Shanghai", "CNY")
JD = StoreSettings("jd", "Asia/Shanghai", "CNY")
SHOPEE_VN = StoreSettings("shopee", "Asia/Ho_Chi_Minh", "VND")
SHOPEE_TW = StoreSettings("shopee", "Asia/Taipei", "TWD")
SHOPEE_ID = StoreSettings("shopee", "Asia/Jakarta", "IDR")
SHOPEE_SG = StoreSettings("shopee", "Asia/Singapore", "SGD")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def write_text(folder: Path, text: str, encoding: str = "utf-8", name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(folder: Path, rows: list[list[Any]], sheet: str = "orders", name: str = "file.xlsx") -> Path:
    path = folder / name
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    page, as_time = book.add_worksheet(sheet), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                page.write_datetime(number, column, value, as_time)
            else:
                page.write(number, column, value)
    book.close()
    return path


def read(
    path: Path, store: StoreSettings = TAOBAO, kind: str | None = None
) -> tuple[list[Any], list[Refusal]]:
    """(records, refusals) of the file."""
    parsed = list(recognise(path, path.name, store).parse())
    refusals = [item for item in parsed if isinstance(item, Refusal)]
    return [item[1] for item in parsed if not isinstance(item, Refusal)], refusals


def said(refusal: Refusal) -> str:
    return refusal.message % refusal.params
