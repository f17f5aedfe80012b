"""Broken files as users bring them, each built here: name → (file name, what writes it)."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

Writer = Callable[[Path], object]
MESSAGE_HEADER = "message_id,buyer,agent,direction,auto,sent_at,text\n"
GOOD_LINE = "m0,b,s,in,0,2026-03-01 09:00:00,hello\n"
ORDER_HEADER = "order_id,buyer,status,created_at,paid_amount,items,flag\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
TAOBAO_HEADER = (
    "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝总数量"
)
JD_HEADER = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态"
)
SHOPEE_HEADER = (
    "Order ID,Order Status,Order Creation Date,Order Paid Time,SKU Reference No.,Quantity,Grand Total"
)


def text(content: str, encoding: str = "utf-8") -> Writer:
    return lambda path: path.write_bytes(content.encode(encoding))


def raw(content: bytes) -> Writer:
    return lambda path: path.write_bytes(content)


def messages(*lines: str) -> Writer:
    return text(MESSAGE_HEADER + GOOD_LINE + "".join(f"{line}\n" for line in lines))


def orders(*lines: str) -> Writer:
    return text(
        ORDER_HEADER + "o0,b,paid,2026-03-01 09:00:00,1,1,0\n" + "".join(f"{line}\n" for line in lines)
    )


def workbook(*rows: tuple) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def archive(entries: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return packed.getvalue()


def encrypted(packed: bytes) -> bytes:
    """The archive with its entries marked as encrypted, in local and central headers."""
    changed = bytearray(packed)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        changed[at + place] |= 1
    return bytes(changed)


def long_line(path: Path) -> None:
    """A header and one line of 100 MB, which takes no room on the disk."""
    with path.open("wb") as target:
        target.write((MESSAGE_HEADER + GOOD_LINE * 20).encode())
        target.truncate(100 * 1024**2)


def wide_table(path: Path) -> None:
    extra = ",".join(f"column{number}" for number in range(10_000))
    blank = "," * 9_999
    path.write_text(f"order_id,status,{extra}\no1,paid,{blank}\n")


def workbook_without(part: bytes, replacement: bytes) -> bytes:
    """A workbook whose list of sheets is changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("order_id", "status")))) as source,
        zipfile.ZipFile(made, "w") as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(
                entry, content.replace(part, replacement) if entry.filename == "xl/workbook.xml" else content
            )
    return made.getvalue()


def swollen_workbook() -> bytes:
    """A workbook of 200 KB that unpacks to 120 MB."""
    return archive({"[Content_Types].xml": "<Types/>", "xl/worksheets/sheet1.xml": bytes(120 * 1024**2)})


def false_size(packed: bytes) -> bytes:
    """The archive with a declared size of 10 bytes for its first entry."""
    changed = bytearray(packed)
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.find(mark)
        changed[at + place : at + place + 4] = struct.pack("<I", 10)
    return bytes(changed)


GOOD_CSV = MESSAGE_HEADER + GOOD_LINE
NOISE = random.Random(7).randbytes(5_000)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + NOISE
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + NOISE
HTML = (
    "<html><table><tr><td>order_id</td><td>status</td></tr><tr><td>o1</td><td>paid</td></tr></table></html>\n"
)
