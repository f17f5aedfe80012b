"""The assembled run: genuine chats and genuine orders, put together into one JD store that never existed.

Real: every chat's words and who spoke (a slice of the JDDC dialogues), every order's times and money and every
refund's amount (the toy shop's export). Ours, drawn by a seeded rule: all ids, the buyers' account names, agents,
the chats' times, and which chat belongs to which order. So totals of money are true, and conversion or response
times say nothing about anybody; they are compared with the slow reference computation of the same store.

The rule: chats that speak of a refund go to refunded orders first and, like those that show an order card, begin
1 to 10 days after payment; the others begin 5 minutes to 60 hours before the order was made.

Rendered as a supervisor would export it: 咚咚 logs, one for each account, buyers masked; the session list, which
names the buyers, with some sessions missing; the order export; refunds and seats in the neutral formats.
"""

import csv
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from tests.reference.csv_files import write_files
from tests.reference.model import Message, Order, Refund, Rule, SeatAssignment, Session, StoreData

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DIALOGUES = DATA / "dialogues" / "jddc_chat_0.1per.txt"
ORDERS = DATA / "orders" / "taobao_toyshop" / "orders.redacted.csv"
SHANGHAI = ZoneInfo("Asia/Shanghai")
SEATS = tuple(f"toys_kf{number}" for number in range(1, 7))
# The last account is nobody's; kf5 changed hands.
HELD = [SeatAssignment(seat, f"客服{seat[-1]}", None, date(2017, 1, 1), None) for seat in SEATS[:4]] + [
    SeatAssignment(SEATS[4], "客服5", None, date(2017, 1, 1), date(2017, 5, 15)),
    SeatAssignment(SEATS[4], "客服1", None, date(2017, 5, 16), None),
]
# Every so manieth session is missing from the session list.
MISSING_EVERY = 60
SILENT_ORDERS = 500

ORDER_HEADER = (
    "订单号", "商品ID", "商品名称", "订购数量", "支付方式", "下单时间", "京东价", "订单金额", "结算金额", "余额支付",
    "应付金额", "订单状态", "订单类型", "下单帐号", "运费金额", "付款确认时间", "订单完成时间", "",
)  # fmt: skip
SESSION_HEADER = (
    "咨询时间", "顾客", "咨询类型", "客服", "转接后客服", "技能组", "商品编号", "商品名称", "首次响应时间",
    "新平均响应时间(S) | 平均响应时间(S)", "会话时长(M)", "客户消息数", "客服消息数", "满意度", "是否解决", "cid",
)  # fmt: skip


@dataclass
class Chat:
    """One JDDC session: turns are (direction, text). The rest is drawn."""

    turns: list[tuple[str, str]]
    seat: str = ""
    buyer: str = ""
    is_listed: bool = True
    times: list[datetime] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(text for _, text in self.turns)


@dataclass
class Assembled:
    """data: the store as it truly is, unresolved buyers under their masks; files: in the order of import."""

    data: StoreData
    chats: list[Chat]
    files: list[Path]


def read_dialogues(path: Path = DIALOGUES) -> list[Chat]:
    """The sessions of the slice in its order: tab-separated, one message a line, no header."""
    chats: dict[str, Chat] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        session, _user, is_agent, *_rest, text = line.split("\t")
        chats.setdefault(session, Chat([])).turns.append(("out" if is_agent == "1" else "in", text.strip()))
    return list(chats.values())


def read_orders(path: Path = ORDERS) -> list[tuple[Order, Decimal]]:
    """(order, refunded amount) in the file's order; numbers and buyers' names are ours."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(file)]
    buyers = {
        name: account(number) for number, name in enumerate(dict.fromkeys(row["买家会员名"] for row in rows))
    }
    return [(_order(number, row, buyers), Decimal(row["退款金额"] or 0)) for number, row in enumerate(rows)]


def _order(number: int, row: dict[str, str], buyers: dict[str, str]) -> Order:
    def instant(text: str) -> datetime:
        return datetime.strptime(text, "%Y/%m/%d %H:%M").replace(tzinfo=SHANGHAI).astimezone(UTC)

    total = Decimal(row["总金额"])
    created, paid = instant(row["订单创建时间"]), instant(row["订单付款时间"])
    return Order(
        f"70{number:06d}", buyers[row["买家会员名"]], "completed", created, paid, None, total, total,
        Decimal(row["买家应付邮费"]), int(row["宝贝总数量"]),
    )  # fmt: skip


def account(number: int) -> str:
    """A buyer's account name whose ends, all that a mask leaves, are rarely those of another."""
    letters, ends = string.ascii_lowercase, string.ascii_lowercase + string.digits
    return f"{letters[number % 26]}jd{number}{ends[number // 26 % 36]}{ends[number // 936 % 36]}"


def masked(name: str) -> str:
    return f"{name[0]}****{name[-2:]}"


def link(
    chats: list[Chat], orders: list[tuple[Order, Decimal]], rng: random.Random
) -> list[tuple[Order, Decimal]]:
    """Give every chat its order's buyer, a seat and times; returns the orders of the store, silent ones among them."""
    refunded, others = [o for o in orders if o[1]], [o for o in orders if not o[1]]
    rng.shuffle(refunded)
    rng.shuffle(others)
    kept = []
    for chat in sorted(chats, key=lambda chat: not _is_about_refund(chat)):
        pool = refunded if refunded and _is_about_refund(chat) else others
        order, amount = pool.pop()
        kept.append((order, amount))
        chat.buyer, chat.seat = order.buyer or "", rng.choice(SEATS)
        chat.times = list(_times(chat, order, rng))
    for number, chat in enumerate(chats, start=1):
        chat.is_listed = number % MISSING_EVERY != 0
    return kept + refunded + others[:SILENT_ORDERS]


def _is_about_refund(chat: Chat) -> bool:
    return "退款" in chat.words or "退货" in chat.words


def _times(chat: Chat, order: Order, rng: random.Random) -> Iterator[datetime]:
    assert order.created_at
    assert order.paid_at
    if _is_about_refund(chat) or "[订单" in chat.words:
        at = order.paid_at + timedelta(seconds=rng.randrange(86_400, 864_000))
    else:
        at = order.created_at - timedelta(seconds=rng.randrange(300, 216_000))
    for _ in chat.turns:
        yield at
        at += timedelta(seconds=rng.choice((3, 8, 15, 25, 31, 60, 95, 200, 400)))


def store_of(chats: list[Chat], orders: list[tuple[Order, Decimal]]) -> StoreData:
    """What the files say, once everybody who can be told from the session list is told."""
    data = StoreData(
        "toysjd", "jd", "Asia/Shanghai", "CNY", seats=HELD, rules=[Rule(1, date.min, cancel_days=15)]
    )
    for number, chat in enumerate(chats):
        buyer = chat.buyer if chat.is_listed else masked(chat.buyer)
        for turn, (at, (direction, text)) in enumerate(zip(chat.times, chat.turns, strict=True)):
            data.messages.append(Message(f"{number}-{turn}", buyer, chat.seat, direction, False, at, text))
        if chat.is_listed:
            ins = sum(direction == "in" for direction, _ in chat.turns)
            outs = len(chat.turns) - ins
            data.sessions.append(
                Session(f"cid{number:05d}", chat.buyer, chat.seat, chat.times[0], chat.times[-1], ins, outs)
            )
    for order, amount in orders:
        data.orders.append(order)
        if amount and order.paid_at:
            asked, done = (order.paid_at + timedelta(days=days) for days in (3, 40))
            data.refunds.append(
                Refund(
                    f"R{order.order_id}",
                    order.order_id,
                    "refund_only",
                    "completed",
                    amount,
                    None,
                    "",
                    asked,
                    done,
                )
            )
    return data


def local(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def write_logs(directory: Path, chats: list[Chat]) -> list[Path]:
    """A 咚咚 log for each account, sessions in time order; lines end with blanks, the last session never ends."""
    paths = []
    for seat in SEATS:
        mine = sorted((chat for chat in chats if chat.seat == seat), key=lambda chat: chat.times[0])
        lines = []
        for chat in mine:
            lines.append(f"/{'*' * 17}以下为一通会话{'*' * 17}/\t\t")
            for at, (direction, text) in zip(chat.times, chat.turns, strict=True):
                name = masked(chat.buyer) if direction == "in" else seat
                lines += [f"{name} {local(at)}\t", f"{text}\t"]
            lines.append(f"/{'*' * 17}会话结束_时间:{local(chat.times[-1])}{'*' * 17}/")
        paths.append(directory / f"{seat}.log")
        paths[-1].write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8-sig")
    return paths


def write_session_list(path: Path, data: StoreData) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, SESSION_HEADER)
        for row, s in enumerate(data.sessions, start=1):
            minutes = f"{(s.ended_at - s.started_at).total_seconds() / 60:.2f}"
            sheet.write_row(
                row, 0, (local(s.started_at), s.buyer, "在线", s.seat, "", "", "", "", "", "", minutes,
                         str(s.buyer_messages), str(s.agent_messages), "未评价", "", s.session_id),
            )  # fmt: skip
    return path


def write_orders(path: Path, data: StoreData) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ORDER_HEADER)
        for o in data.orders:
            writer.writerow(
                (o.order_id, "1001", "玩具", o.items, "在线支付", local(o.created_at), "1.00", o.total_amount,
                 o.paid_amount, "0.00", o.paid_amount, "完成", "POP", o.buyer, o.postage, local(o.paid_at), "", "")
            )  # fmt: skip
    return path


def assemble(directory: Path, seed: int = 2019) -> Assembled:
    """Draw the store and write its files into `directory`. Errors: FileNotFoundError without the genuine files."""
    rng = random.Random(seed)
    chats = read_dialogues()
    orders = link(chats, read_orders(), rng)
    data = store_of(chats, orders)
    neutral = StoreData(
        data.code, data.platform, data.time_zone, data.currency, refunds=data.refunds, seats=data.seats
    )
    seats, refunds = write_files(neutral, directory)
    files = [seats, *write_logs(directory, chats), write_session_list(directory / "会话记录.xlsx", data)]
    return Assembled(data, chats, [*files, write_orders(directory / "orders.csv", data), refunds])
