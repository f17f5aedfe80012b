"""Files of the platforms and of our own formats, as large as asked, written from the made-up organization."""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from xlsxwriter import Workbook

from benchmarks.dataset import Size, StoreDay, store_days
from intake.demo.files_jd import ORDER_HEADER as JD_HEADER
from intake.demo.files_taobao import DASHES, EQUALS
from intake.demo.files_taobao import ORDER_HEADER as TAOBAO_HEADER
from intake.demo.shopee_headers import FIELDS, HEADERS
from stores.platforms.records import IN, MessageRecord, OrderRecord

_STORE = 0
_ADDRESS = "浙江省 杭州市 余杭区 仓前街道文一西路{}号"


def _days(size: Size) -> Iterator[StoreDay]:
    """The days of the largest store, from the first again when a file needs more of them."""
    while True:
        yield from store_days(size, _STORE)


def _messages(size: Size, rows: int) -> Iterator[MessageRecord]:
    told = itertools.chain.from_iterable(made.messages for made in _days(size))
    for number, said in enumerate(itertools.islice(told, rows)):
        yield said._replace(message_id=str(10**15 + number))


def _orders(size: Size, rows: int) -> Iterator[OrderRecord]:
    told = (order for made in _days(size) for order in made.orders if order.paid_at)
    for number, order in enumerate(itertools.islice(told, rows)):
        yield order._replace(order_id=str(2 * 10**17 + number))


def _clock(instant: datetime | None) -> str:
    return f"{instant + timedelta(hours=8):%Y-%m-%d %H:%M:%S}" if instant else ""


def _csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8"
) -> Path:
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def neutral_messages(folder: Path, size: Size, rows: int) -> Path:
    header = ("message_id", "buyer", "agent", "direction", "auto", "sent_at", "text")
    lines = (
        (m.message_id, m.buyer, m.seat, m.direction, int(m.auto), _clock(m.sent_at), m.text)
        for m in _messages(size, rows)
    )
    return _csv(folder / f"messages-{rows}.csv", header, lines)


def neutral_orders(folder: Path, size: Size, rows: int) -> Path:
    header = ("order_id", "buyer", "status", "created_at", "paid_at", "paid_amount", "items",
              "receiver_name", "receiver_phone", "receiver_address")  # fmt: skip
    lines = (
        (
            o.order_id,
            o.buyer,
            o.status,
            _clock(o.created_at),
            _clock(o.paid_at),
            o.paid_amount,
            o.items,
            *_receiver(n),
        )
        for n, o in enumerate(_orders(size, rows))
    )
    return _csv(folder / f"orders-{rows}.csv", header, lines)


def _receiver(number: int) -> tuple[str, str, str]:
    return f"收货人{number % 9973}", f"138{number % 10**8:08d}", _ADDRESS.format(number % 997)


def qianniu_chats(folder: Path, size: Size, rows: int) -> Path:
    """千牛: one account's chats by buyer, GB18030."""
    path = folder / f"qianniu-{rows}.txt"
    seat = "shop:seat 1"
    with path.open("w", encoding="gb18030", newline="") as target:
        target.write(f"{seat}\r\n\r\n{EQUALS}\r\n{'单聊':>32}\r\n{EQUALS}\r\n\r\n\r\n")
        for buyer, said in _by_buyer(size, rows):
            target.write(f"{DASHES}{buyer}{DASHES}\r\n")
            for m in said:
                target.write(f"{buyer if m.direction == IN else seat}({_clock(m.sent_at)}):  {m.text}\r\n")
            target.write("\r\n")
        target.write(f"\r\n\r\n{EQUALS}\r\n{'群聊':>32}\r\n{EQUALS}\r\n")
    return path


def dongdong_chats(folder: Path, size: Size, rows: int) -> Path:
    """咚咚: sessions between star lines, buyers masked."""
    path = folder / f"dongdong-{rows}.log"
    with path.open("w", encoding="utf-8", newline="") as target:
        for buyer, said in _by_buyer(size, rows):
            if all(m.direction == IN for m in said):
                continue
            masked = f"{buyer[0]}****{buyer[-2:]}"
            target.write("/****************以下为一通会话****************/\r\n")
            for m in said:
                name = masked if m.direction == IN else m.seat.replace(" ", "-").replace(":", "-")
                target.write(f"{name} {_clock(m.sent_at)}\r\n{m.text}\r\n")
            target.write("/****************会话结束****************/\r\n\r\n")
    return path


def _by_buyer(size: Size, rows: int) -> Iterator[tuple[str, list[MessageRecord]]]:
    """Chats of one day by buyer, spaces out of names, about `rows` messages in all."""
    written = 0
    for made in _days(size):
        for buyer, said in itertools.groupby(
            sorted(made.messages, key=lambda m: (m.buyer, m.sent_at)), lambda m: m.buyer
        ):
            chat = list(said)
            if written >= rows:
                return
            written += len(chat)
            yield buyer.replace(" ", "_"), chat


def taobao_orders(folder: Path, size: Size, rows: int) -> Path:
    lines = (
        _row(TAOBAO_HEADER, {
            "订单编号": f'="{o.order_id}"', "买家会员名": o.buyer, "买家应付货款": o.paid_amount, "买家应付邮费": 0,
            "总金额": o.paid_amount, "买家实际支付金额": o.paid_amount, "订单状态": "交易成功",
            "收货人姓名": name, "收货地址 ": address, "联系手机": f"'{phone}", "订单创建时间": _clock(o.created_at),
            "订单付款时间 ": _clock(o.paid_at), "宝贝标题 ": "连衣裙", "宝贝种类": 1, "宝贝总数量": o.items,
            "订单关闭原因": "订单未关闭", "退款金额": 0,
        })
        for o, (name, phone, address) in _received(size, rows)
    )  # fmt: skip
    return _csv(folder / f"taobao-{rows}.csv", TAOBAO_HEADER, lines, "gb18030")


def jd_orders(folder: Path, size: Size, rows: int) -> Path:
    lines = (
        _row(JD_HEADER, {
            "订单号": o.order_id, "商品ID": 1000288, "商品名称": "连衣裙", "订购数量": o.items, "支付方式": "在线支付",
            "下单时间": _clock(o.created_at), "京东价": o.paid_amount, "订单金额": o.paid_amount,
            "结算金额": o.paid_amount, "余额支付": "0.00", "应付金额": o.paid_amount, "订单状态": "完成",
            "订单类型": "POP", "下单帐号": o.buyer, "客户姓名": name, "客户地址": address, "联系电话": phone,
            "运费金额": "0.00", "付款确认时间": _clock(o.paid_at), "货号": "A1",
        })
        for o, (name, phone, address) in _received(size, rows)
    )  # fmt: skip
    return _csv(folder / f"jd-{rows}.csv", JD_HEADER, lines, "gb18030")


def shopee_orders(folder: Path, size: Size, rows: int) -> Path:
    """Shopee: a workbook in English, every cell a text."""
    path = folder / f"Order.all.20260801_20261031-{rows}.xlsx"
    header = HEADERS["english"]
    with Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("orders")
        sheet.write_row(0, 0, header)
        for number, (o, (name, phone, address)) in enumerate(_received(size, rows), 1):
            cells = {
                "order_id": o.order_id, "status": "Completed", "created": _clock(o.created_at)[:16],
                "paid": _clock(o.paid_at)[:16], "goods": str(o.paid_amount), "postage": "0.00",
                "total": str(o.paid_amount), "items": str(o.items), "quantity": str(o.items), "buyer": o.buyer,
                "receiver": name, "phone": phone, "address": address, "code": "A1", "title": "Dress", "sku": "M",
                "price": str(o.paid_amount), "subtotal": str(o.paid_amount), "country": "SG", "method": "Credit Card",
            }  # fmt: skip
            sheet.write_row(number, 0, [cells.get(FIELDS.get(column, ""), "") for column in header])
    return path


def _received(size: Size, rows: int) -> Iterator[tuple[OrderRecord, tuple[str, str, str]]]:
    return ((order, _receiver(number)) for number, order in enumerate(_orders(size, rows)))


def _row(header: Sequence[str], cells: dict[str, object]) -> list[object]:
    return [cells.get(column, "") for column in header]


# What a format is called here → the store's platform, and its writer: (folder, size, rows) → path.
FORMATS: dict[str, tuple[str, Callable[[Path, Size, int], Path]]] = {
    "messages CSV": ("other", neutral_messages),
    "千牛 chats": ("taobao", qianniu_chats),
    "咚咚 chats": ("jd", dongdong_chats),
    "orders CSV": ("other", neutral_orders),
    "Taobao orders CSV": ("taobao", taobao_orders),
    "JD orders CSV": ("jd", jd_orders),
    "Shopee orders XLSX": ("shopee", shopee_orders),
}
