"""One store and one business day, small enough to be worked out by hand; the pages' tests share it.

2025-03-10, Asia/Shanghai, window 48 h. 王小美 and 周强 hold a seat each.
    阿月   王小美  asks 10:00:00, answered 10:00:20, creates 10:05, pays 300.00 (2 items) 10:06
    小北   王小美  asks 11:00:00, answered 11:00:40, buys nothing; last words hold a phone number
    大刘   周强    asks 12:00:00, answered 12:05:00, creates 88.00 at 12:10 and does not pay
    阿青   周强    asks 16:00:00, nobody answers
    老陈   nobody  pays 200.00 at 15:00 without a chat
So: 王小美 2 inquiries, 1 converted, first response (20 + 40) / 2 = 30 s, sales 300 of 500.
    周强 1 inquiry, none converted, first response 300 s, 2 consulting buyers of whom 1 unanswered.
    store 3 inquiries, 1 converted, sales 500, share 300 / 500 = 60 %, silent 200.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from intake.writers import WRITERS
from kpis.refresh import refresh_store
from stores.models import Store
from stores.platforms.records import MessageRecord, OrderRecord
from team.models import Agent
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.make import make_agent, make_store

DAY = date(2025, 3, 10)
PERIOD = "since=2025-03-01&until=2025-03-31"
PHONE = "13812345678"


@dataclass(frozen=True)
class DayOfChats:
    organization: Organization
    store: Store
    mei: Agent
    qiang: Agent


def at(clock: str) -> datetime:
    return datetime.combine(DAY, datetime.strptime(clock, "%H:%M:%S").time(), ZoneInfo("Asia/Shanghai"))


def _line(number: int, buyer: str, seat: str, direction: str, clock: str, text: str) -> MessageRecord:
    return MessageRecord(f"m{number:02}", buyer, seat, direction, False, at(clock), text)


def make_day_of_chats(
    organization: Organization, code: str = "tb1", surname: str = "", **fields
) -> DayOfChats:
    """The store with its facts and figures. surname: goes before the agents' names; fields: of the store."""
    store = make_store(organization, code, **fields)
    mei = make_agent(organization, surname + "王小美", (store, "tb1:mei"))
    qiang = make_agent(organization, surname + "周强", (store, "tb1:qiang"))
    messages = [
        _line(1, "阿月", "tb1:mei", "in", "10:00:00", "在吗，这款有现货吗"),
        _line(2, "阿月", "tb1:mei", "out", "10:00:20", "亲，有的"),
        _line(3, "小北", "tb1:mei", "in", "11:00:00", "能便宜点吗"),
        _line(4, "小北", "tb1:mei", "out", "11:00:40", "亲，已是最低价"),
        _line(5, "小北", "tb1:mei", "in", "11:02:00", f"我再看看，电话{PHONE}"),
        _line(6, "小北", "tb1:mei", "out", "11:02:30", "好的亲"),
        _line(7, "小北", "tb1:mei", "in", "11:03:00", f"加我{PHONE}"),
        _line(8, "小北", "tb1:mei", "out", "11:03:10", f"收到{PHONE}"),
        _line(9, "大刘", "tb1:qiang", "in", "12:00:00", "尺寸能定制吗"),
        _line(10, "大刘", "tb1:qiang", "out", "12:05:00", "可以"),
        _line(11, "阿青", "tb1:qiang", "in", "16:00:00", "有人吗"),
    ]
    orders = [
        OrderRecord("O-1", "阿月", "paid", at("10:05:00"), at("10:06:00"), paid_amount=Decimal(300), items=2),
        OrderRecord("O-2", "大刘", "unpaid", at("12:10:00"), total_amount=Decimal(88)),
        OrderRecord("O/3", "老陈", "paid", at("14:59:00"), at("15:00:00"), paid_amount=Decimal(200), items=1),
    ]
    with organization_scope(organization.pk):
        for rows in (messages, orders):
            written = WRITERS[type(rows[0])](store, list(enumerate(rows, 2)), None)
            assert not written.refusals
        # Its log lines belong to the test's own transaction: no refresh reads them before it ends.
        refresh_store(store, whole=True)
    return DayOfChats(organization, store, mei, qiang)
