"""A made-up organization of any size: chats, orders and refunds, the same in every run.

Every store-day has its own random stream, so a shorter history holds exactly the newest days of a longer one.
What real data has and averages hide is in it: a few large stores and many small ones, buyers who come back,
chats at night and over midnight, transfers, automatic replies, messages of one second, unanswered buyers,
silent orders, people with two seats and a seat nobody holds. Orders are paid within 20 hours and bear no flag.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from benchmarks.phrases import ASKED, GREETING, SAID
from stores.platforms.records import IN, OUT, MessageRecord, OrderRecord, RefundRecord, SeatRecord

LAST_DAY = date(2026, 10, 31)
DAYS = 90
STORES = 20
SEATS = 6
# Share of the first day of a peak: sales days are what servers are sized for.
PEAK_DAYS, PEAK = 2, 4.0
MESSAGES_PER_CHAT = 8.3  # of `_chat`, measured; only scales the number of chats
_HOUR_WEIGHTS = (3, 2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 8, 6, 7, 8, 8, 8, 7, 7, 9, 11, 12, 9, 6)
_MIDNIGHT = timedelta(hours=-8)  # of Asia/Shanghai, in UTC


@dataclass
class StoreDay:
    """What happened in one store on one business day; messages and orders in the order they were made."""

    store: int
    day: date
    messages: list[MessageRecord] = field(default_factory=list)
    orders: list[OrderRecord] = field(default_factory=list)
    refunds: list[RefundRecord] = field(default_factory=list)


class Size(NamedTuple):
    """How much: about `messages` chat lines and `orders` orders over `days` days that end on LAST_DAY.

    made: how many of the newest of these days are made, None for all; each of them is the same in any case.
    """

    messages: int
    orders: int
    days: int = DAYS
    stores: int = STORES
    made: int | None = None

    def newest(self, share: float) -> "Size":
        """The newest `share` of this history."""
        return self._replace(made=round(self.days * share))


def share_of(store: int, stores: int) -> float:
    """A store's part of everything: the n-th largest has 1/n of the largest's."""
    return 1 / (store + 1) / sum(1 / (n + 1) for n in range(stores))


def days_of(size: Size) -> list[date]:
    return [
        LAST_DAY - timedelta(days=n) for n in reversed(range(size.days if size.made is None else size.made))
    ]


def seats(store: int) -> list[SeatRecord]:
    """Who holds which seat; one person has two, the last seat is nobody's."""
    holders = [f"agent {store:02d}-{n}" for n in (0, 1, 2, 3, 3)]
    return [
        SeatRecord(seat_name(store, n), holder, since=date(2020, 1, 1)) for n, holder in enumerate(holders)
    ]


def seat_name(store: int, number: int) -> str:
    return f"shop{store:02d}:seat {number}"


def store_days(size: Size, store: int) -> Iterator[StoreDay]:
    """Every day of one store, oldest first."""
    days = days_of(size)
    weight = size.days + PEAK_DAYS * (PEAK - 1) * size.days / DAYS
    chats = size.messages * share_of(store, size.stores) / weight / MESSAGES_PER_CHAT
    orders = size.orders * share_of(store, size.stores) / weight
    for day in days:
        peak = PEAK if (LAST_DAY - day).days % (DAYS // PEAK_DAYS) == 20 else 1.0
        yield _StoreDayMaker(store, day).make(chats * peak, orders * peak)


class _StoreDayMaker:
    """Makes one StoreDay; ids are the day's number and an ordinal, all of one length, as platforms print them."""

    def __init__(self, store: int, day: date):
        self.random = Random(f"{store} {day}")
        self.made = StoreDay(store, day)
        self.midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + _MIDNIGHT
        self.number = 10**15 + (day.toordinal() * 100 + store) * 10**6

    def make(self, chats: float, orders: float) -> StoreDay:
        for _ in range(self._whole(chats)):
            self._chat(chats, orders / chats)
        for _ in range(self._whole(orders * 0.35)):
            # Silent: nobody was asked.
            self._order(self._buyer(chats), self._instant())
        self.made.messages.sort(key=lambda m: m.sent_at)
        return self.made

    def _whole(self, number: float) -> int:
        return int(number) + (self.random.random() < number % 1)

    def _next(self) -> str:
        self.number += 1
        return str(self.number)

    def _instant(self) -> datetime:
        hour = self.random.choices(range(24), _HOUR_WEIGHTS)[0]
        return self.midnight + timedelta(seconds=hour * 3600 + self.random.randrange(3600))

    def _buyer(self, chats: float) -> str:
        # A third of those who write today have written before; the pool is about 60 days' newcomers.
        return f"buyer {self.made.store:02d} {int(self.random.random() ** 1.5 * chats * 60):06d}"

    def _chat(self, chats: float, orders_per_chat: float) -> None:
        random, said = self.random, self.made.messages
        buyer, at, seat = self._buyer(chats), self._instant(), seat_name(self.made.store, random.randrange(6))
        answered = random.random() > 0.04
        if random.random() < 0.3:
            said.append(MessageRecord(self._next(), buyer, seat, OUT, True, at, GREETING))
        for _ in range(1 + int(random.expovariate(0.45))):
            for _ in range(1 + (random.random() < 0.45) + (random.random() < 0.15)):
                said.append(MessageRecord(self._next(), buyer, seat, IN, False, at, random.choice(ASKED)))
                at += timedelta(seconds=int(random.expovariate(0.08)))
            if not answered or random.random() < 0.03:
                continue
            if random.random() < 0.03:
                seat = seat_name(self.made.store, random.randrange(6))
            at += timedelta(seconds=int(random.lognormvariate(3.4, 1.1)))
            for _ in range(1 + (random.random() < 0.4)):
                said.append(MessageRecord(self._next(), buyer, seat, OUT, False, at, random.choice(SAID)))
                at += timedelta(seconds=3 + int(random.expovariate(0.06)))
            if random.random() < 0.06:
                at += timedelta(minutes=25 + random.randrange(300))
        if random.random() < orders_per_chat * 0.65:
            self._order(buyer, at + timedelta(seconds=int(random.expovariate(1 / 5000)) - 300))

    def _order(self, buyer: str, created_at: datetime) -> None:
        random = self.random
        paid_at = created_at + timedelta(seconds=20 + min(int(random.expovariate(1 / 900)), 72_000))
        paid = random.random() < 0.88
        order = OrderRecord(
            self._next(),
            buyer,
            "completed" if paid else "unpaid",
            created_at,
            paid_at if paid else None,
            paid_amount=Decimal(990 + random.randrange(30_000)) / 100 if paid else None,
            postage=Decimal(0),
            items=1 + int(random.expovariate(1.5)),
            cod=False,
        )
        self.made.orders.append(order)
        if paid and random.random() < 0.072:
            back = paid_at + timedelta(days=1 + random.randrange(12))
            self.made.refunds.append(
                RefundRecord(
                    f"R{order.order_id}", order.order_id, "refund_only", "completed", order.paid_amount,
                    order.items, "质量问题", paid_at + timedelta(hours=6), back,
                )
            )  # fmt: skip
