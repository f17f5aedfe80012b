"""Random stores full of edges: windows hit to the second, ties, clock changes, handed-over seats."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .days import business_day
from .model import Message, Order, Refund, Rule, SeatAssignment, Session, Shift, StoreData
from .random_chats import chat_all_over, collide_in_the_same_second, exported_sessions
from .random_orders import after_sale_edges, order_all_over, refund_some
from .random_ratings import rate_some
from .random_words import last_words

# (zone, a day near which its clocks change, or any day where they do not)
ZONES = (
    ("Asia/Shanghai", date(2025, 6, 3)),
    ("Asia/Ho_Chi_Minh", date(2025, 1, 30)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Europe/London", date(2025, 3, 30)),
    ("Europe/London", date(2025, 10, 26)),
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight itself does not exist
    ("America/Sao_Paulo", date(2018, 2, 17)),  # the hour before midnight occurs twice
)
DAY_CUTS = (timedelta(0), timedelta(0), timedelta(hours=2), timedelta(hours=4), timedelta(hours=6))
SIZES = {"tiny": (2, 8, 5), "small": (4, 25, 23), "large": (16, 150, 140)}


@dataclass
class Draft:
    """A store in the making: the parts that chats, orders and refunds are drawn from.

    `chats` holds the messages of each chat drawn so far; ids of messages are given at the end.
    """

    rng: random.Random
    store: StoreData
    days: list[date]
    buyers: list[str]
    seats: list[str]
    chats: list[list[Message]] = field(default_factory=list)

    @property
    def rule(self) -> Rule:
        """Any of the store's versions: edges are drawn for each of them."""
        return self.rng.choice(self.store.rules)


def random_store(rng: random.Random, size: str = "small") -> StoreData:
    """A store drawn by `rng`; the same state of `rng` gives the same store.

    size: `tiny` (to read a difference by eye), `small` (60-250 messages, 15-40 orders) or `large`.
    Instants have whole seconds. KeyError for another size.
    """
    buyer_count, chat_count, order_count = SIZES[size]
    draft = _frame(rng, buyer_count + rng.randrange(4))
    for _ in range(chat_count + rng.randrange(chat_count // 3 + 1)):
        chat_all_over(draft)
    for _ in range(order_count + rng.randrange(order_count // 2 + 1)):
        order_all_over(draft)
    after_sale_edges(draft)
    collide_in_the_same_second(draft, chat_count // 3)
    _name_messages(draft)
    exported_sessions(draft)
    refund_some(draft)
    _shifts(draft)
    rng.shuffle(draft.store.messages)
    rng.shuffle(draft.store.orders)
    rate_some(draft)
    last_words(draft)
    return draft.store


def _frame(rng: random.Random, buyer_count: int) -> Draft:
    zone, change = rng.choice(ZONES)
    first = change - timedelta(days=rng.randrange(1, 4))
    days = [first + timedelta(days=n) for n in range(rng.randrange(4, 9))]
    store = StoreData(
        code="s1",
        platform=rng.choice(("taobao", "tmall", "jd", "shopee", "other")),
        time_zone=zone,
        currency="CNY",
        day_cut=rng.choice(DAY_CUTS),
        rules=_rules(rng, days),
    )
    store.seats, seats = _seats(rng, days)
    names = ["tb小红", "Buyer_1", "buyer-2", "a", "Z", "阿明", "x9", "b10", "b9"]
    buyers = (names + [f"买家{n}" for n in range(buyer_count)])[:buyer_count]
    return Draft(rng, store, days, buyers, seats)


def _rules(rng: random.Random, days: list[date]) -> list[Rule]:
    starts = [date.min, *sorted(rng.sample(days, rng.choice((0, 0, 1, 2))))]
    return [_rule(rng, number, since) for number, since in enumerate(starts, start=1)]


def _rule(rng: random.Random, number: int, since: date) -> Rule:
    return Rule(
        number=number,
        since=since,
        judgement=rng.choice(("order", "order_first", "order_first", "payment")),
        ownership=rng.choice(("time", "time", "rounds")),
        window_days=rng.choice((2, 2, 3, 4)),
        flag_rule=rng.choice(("assigns", "assigns", "excludes", "ignored")),
        excluded_flags=rng.choice((None, frozenset({1}), frozenset({2, 3}))),
        chaser=rng.random() < 0.8,
        after_sale_horizon_days=rng.choice((1, 2, 15, 15)),
        agent_opened=rng.choice(("no_inquiry", "no_inquiry", "inquiry")),
        inquiry_days=rng.choice((1, 2, 2, 3)),
        cancel_days=rng.choice((None, None, 1, 15)),
        deduct_postage=rng.random() < 0.25,
        deduct_refunds=rng.random() < 0.25,
    )


def _seats(rng: random.Random, days: list[date]) -> tuple[list[SeatAssignment], list[str]]:
    """One person with two seats, a seat handed over, a gap in holding, a seat nobody holds."""
    people = ["小美", "Ann", "amy", "Zoe"]
    rng.shuffle(people)
    names = ["店:B1", "店:a2", "店:小3", "店:Z", "店:é", "店:10"]
    rng.shuffle(names)
    count = rng.randrange(3, 7)
    before = days[0] - timedelta(days=400)
    handover = rng.choice(days[1:])
    held = [
        SeatAssignment(names[0], people[0], "E1", before, None),
        SeatAssignment(names[1], people[1], None, before, handover - timedelta(days=1)),
        SeatAssignment(names[1], people[0], "E1", handover, None),
    ]
    if count >= 4:
        held.append(SeatAssignment(names[3], people[1], None, before, None))
    if count >= 5:
        gap = rng.choice(days)
        held.append(SeatAssignment(names[4], people[2], "E3", before, gap - timedelta(days=1)))
        held.append(SeatAssignment(names[4], people[2], "E3", gap + timedelta(days=1), None))
    if count >= 6:
        held.append(SeatAssignment(names[5], people[3], "E4", rng.choice(days), None))
    return held, names[:count]


def _shifts(draft: Draft) -> None:
    """Shifts that begin or end around replies, which may be chases: to the second, a second off, hours off."""
    rng, people = draft.rng, sorted({held.name for held in draft.store.seats})
    replies = [message.sent_at for message in draft.store.messages if message.direction == "out"]
    off = [timedelta(seconds=seconds) for seconds in (-1, 0, 1, 3600, 8 * 3600)]
    for _ in range(rng.randrange(8) if replies else 0):
        c = rng.choice(replies)
        starts_at, ends_at = c - rng.choice(off), c + rng.choice(off)
        if starts_at < ends_at:
            draft.store.shifts.append(Shift(rng.choice(people), starts_at, ends_at))


def _name_messages(draft: Draft) -> None:
    """Give ids whose code-point order differs from the order in time, then put the chats in the store."""
    messages = [message for chat in draft.chats for message in chat]
    numbers = list(range(1, len(messages) + 1))
    draft.rng.shuffle(numbers)
    form = draft.rng.choice(("{}", "m{}", "M-{:05d}", "消息{}"))
    for number, message in zip(numbers, messages, strict=True):
        draft.store.messages.append(
            Message(
                form.format(number),
                message.buyer,
                message.seat,
                message.direction,
                message.auto,
                message.sent_at,
                message.text,
            )
        )


def describe(store: StoreData) -> dict[str, int]:
    """How many of each thing the store holds, to judge a draw by."""
    paid: list[Order] = [order for order in store.orders if order.paid_at is not None]
    open_refunds: list[Refund] = [refund for refund in store.refunds if refund.status == "open"]
    exported: list[Session] = store.sessions
    return {
        "messages": len(store.messages),
        "orders": len(store.orders),
        "paid_orders": len(paid),
        "paid_nothing": sum(1 for order in paid if order.paid_amount == Decimal(0)),
        "refunds": len(store.refunds),
        "open_refunds": len(open_refunds),
        "exported_sessions": len(exported),
        "ratings": len(store.ratings),
        "remarks": len(store.remarks),
        "rulings": len(store.rulings),
        "business_days": len({business_day(store, message.sent_at) for message in store.messages}),
    }
