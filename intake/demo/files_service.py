"""What buyers say of chats, what couriers report, and who was on line when: the demo's `ratings`, `tracking` and
`presence` files."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from intake.demo.company import PERIOD_DAYS, SEATS, Store, period
from intake.demo.files_neutral import write_csv
from intake.demo.roster import planned
from intake.demo.sales import HOUR, NOW, Order
from intake.demo.shifts import DAY
from intake.demo.talk import Message
from intake.demo.wallclock import Stamp
from intake.demo.world import StoreFacts

# Of the sessions somebody served, how many are invited to rate, and how many of these do.
INVITED, RATED = 0.25, 0.4
SESSION_GAP = HOUR
STARS, STARS_WEIGHTS = (5, 4, 3, 2, 1), (66, 22, 7, 3, 2)
WORDS = {
    "simplified": {5: ("客服很耐心", "回复很快，态度好"), 3: ("一般",), 1: ("等了很久没人理", "答非所问")},
    "taiwan": {5: ("客服很親切", "回覆很快"), 3: ("普通",), 1: ("等很久都沒人回",)},
    "vietnamese": {5: ("Shop tư vấn nhiệt tình",), 3: ("Bình thường",), 1: ("Trả lời chậm quá",)},
    "english": {5: ("Very helpful", "Fast reply"), 3: ("So so",), 1: ("Waited too long",)},
}
# Couriers' events are told of the parcels of the last days; one parcel in EXCEPTIONS has an exception at its end.
TRACKED_DAYS, EXCEPTIONS = 4, 60
STEPS = {
    "simplified": ("快件已揽收", "快件已到达分拨中心", "快件正在派送", "快件已签收"),
    "taiwan": ("已取件", "已到達轉運中心", "配送中", "已送達"),
    "vietnamese": ("Đã lấy hàng", "Đến kho trung chuyển", "Đang giao hàng", "Giao hàng thành công"),
    "english": ("Picked up", "Arrived at sorting centre", "Out for delivery", "Delivered"),
}
TROUBLE = {
    "simplified": ("快件破损，等待处理", "收件人拒收，快件退回中", "地址异常，滞留网点"),
    "taiwan": ("地址異常，滯留門市",),
    "vietnamese": ("Delivery failed: khách không nghe máy",),
    "english": ("Delivery failed, returned to hub",),
}


class Served(NamedTuple):
    """A session with a reply: its last seat and when its last message was sent."""

    buyer: str
    seat: str
    ended: int


def served_sessions(messages: list[Message]) -> Iterator[Served]:
    """Sessions by buyer and seat, divided where nothing was said for an hour; messages: in order of time."""
    open_ones: dict[tuple[str, str], tuple[int, bool]] = {}
    for said in messages:
        key = (said.buyer, said.seat)
        ended, answered = open_ones.get(key, (said.sent, False))
        if said.sent - ended > SESSION_GAP:
            if answered:
                yield Served(*key, ended)
            answered = False
        open_ones[key] = (said.sent, answered or (said.direction == "out" and not said.auto))
    for key, (ended, answered) in open_ones.items():
        if answered:
            yield Served(*key, ended)


def write_ratings(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    """One row for each invited session; a blank rating: invited, and the buyer did not rate."""
    rng, words = Random(f"ratings:{facts.store.code}"), WORDS[facts.store.language]
    rows = []
    for session in served_sessions(facts.messages):
        if rng.random() >= INVITED:
            continue
        rating = rng.choices(STARS, STARS_WEIGHTS)[0] if rng.random() < RATED else None
        said = words[5 if rating >= 4 else 3 if rating == 3 else 1] if rating else ()
        text = rng.choice(said) if said and rng.random() < 0.3 else ""
        rated = min(session.ended + rng.randrange(20, 600), NOW)
        rows.append((session.buyer, session.seat, stamp(rated), 1, rating or "", text))
    return write_csv(path, ("buyer", "agent", "rated_at", "invited", "rating", "text"), rows)


def write_tracking(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    rng, language = Random(f"tracking:{facts.store.code}"), facts.store.language
    rows = [
        (order.order_id, event, stamp(at), order.tracking, order.courier)
        for order in facts.orders
        if order.shipped is not None and order.shipped >= NOW - TRACKED_DAYS * DAY
        for event, at in _way_of(order, rng, language)
    ]
    return write_csv(path, ("order_id", "event", "happened_at", "tracking_no", "courier"), rows)


def _way_of(order: Order, rng: Random, language: str) -> Iterator[tuple[str, int]]:
    """(event, when) of one parcel, up to now."""
    picked_up, arrived, on_the_way, delivered = STEPS[language]
    at, last = order.shipped + rng.randrange(600, 2 * HOUR), order.completed or NOW
    event = picked_up
    while at < last:
        yield event, at
        event = arrived if rng.random() < 0.7 else on_the_way
        at += rng.randrange(6 * HOUR, 20 * HOUR)
    if order.completed is not None:
        yield delivered, order.completed
    elif rng.randrange(EXCEPTIONS) == 0 and order.shipped < NOW - 3 * HOUR:
        yield rng.choice(TROUBLE[language]), NOW - rng.randrange(600, 3 * HOUR)


def write_presence(path: Path, store: Store, today: date, stamp: Stamp) -> Path:
    """When the people of the roster were on line: a few minutes around their shifts, now and then late or gone early.
    Whoever holds seats in several stores is told of by the first one's file."""
    rng, first = Random(f"presence:{store.code}"), period(today)[0]
    rows = []
    for one in planned(today, today):
        index = (one.day - first).days
        seat = _first_seat(one.employee_id, index)
        if one.kind is None or seat is None or seat[0] != store.code:
            continue
        begins, ends = (index * DAY + round(hour * HOUR) for hour in one.kind.hours)
        chance = rng.random()
        begins += 60 * (
            rng.randrange(-12, 0) if chance < 0.94 else rng.randrange(2, 9 if chance < 0.98 else 45)
        )
        ends += 60 * (rng.randrange(12) if rng.random() < 0.98 else rng.randrange(-70, -30))
        if begins <= NOW:
            rows.append((seat[1], stamp(begins), stamp(ends if ends <= NOW else None)))
    return write_csv(path, ("agent", "online_at", "offline_at"), rows)


def _first_seat(employee_id: str, index: int) -> tuple[str, str] | None:
    """(store, account) of the first seat a person holds on a day of the period."""
    ago = PERIOD_DAYS - 1 - index
    held = (
        (seat.store, seat.account)
        for seat in SEATS
        for holder, since, until in seat.holders
        if holder == employee_id and since >= ago and (until is None or until <= ago)
    )
    return next(held, None)
