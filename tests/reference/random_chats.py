"""Chats for a random store: gaps on the edge, midnight, clock changes, ties, exported sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .days import business_day
from .model import DAY, SECOND, Message, Session

if TYPE_CHECKING:
    from .random_store import Draft

# i = buyer, o = human reply, a = automatic reply
PATTERNS = (
    "io",
    "ioio",
    "iioio",
    "i",
    "iai",
    "ia",
    "o",
    "oi",
    "oio",
    "oioi",
    "iaoio",
    "aio",
    "ooi",
    "iooiiaooi",
    "ioioioio",
)
GAPS = (0, 0, 1, 5, 29, 30, 59, 60, 61, 119, 120, 179, 180, 181, 300, 301, 600, 1799, 1800, 1800, 1801, 2400)
DIRECTIONS = {"i": "in", "o": "out", "a": "out"}
TEXTS = ("在吗", "多少钱?", "好的", "Hi, is it in stock?", "亲,在的", "下单吧", "")


def local_instant(draft: Draft, day: date, seconds: int) -> datetime:
    """The instant `seconds` of wall clock after midnight of `day` in the store's zone."""
    wall_clock = datetime.combine(day, time()) + timedelta(seconds=seconds)
    return wall_clock.replace(tzinfo=ZoneInfo(draft.store.time_zone)).astimezone(UTC)


def any_instant(draft: Draft) -> datetime:
    """Within the store's days; often in the daytime, sometimes on the edge of a business day."""
    rng = draft.rng
    day = rng.choice(draft.days)
    cut = int(draft.store.day_cut.total_seconds())
    pick = rng.random()
    if pick < 0.15:
        return local_instant(draft, day, cut + rng.choice((-1200, -600, -60, -1, 0, 1)))
    if pick < 0.25:
        return local_instant(draft, day, rng.choice((-900, -1, 0, 3600, 3601, 5400, 7199, 7200)))
    return local_instant(draft, day, rng.randrange(8 * 60, 24 * 60, 5) * 60 + rng.choice((0, 0, 7)))


def chat_of(
    draft: Draft, buyer: str, seat: str, start: datetime, pattern: str, gaps: tuple[int, ...] = GAPS
) -> list[Message]:
    """Draw a chat's messages from `start` on, `gaps` seconds apart, and add it to the draft."""
    sent_at = start
    chat = []
    for position, letter in enumerate(pattern):
        if position:
            sent_at += timedelta(seconds=draft.rng.choice(gaps))
        text = draft.rng.choice(TEXTS)
        chat.append(Message("", buyer, seat, DIRECTIONS[letter], letter == "a", sent_at, text))
    draft.chats.append(chat)
    return chat


def chat_all_over(draft: Draft) -> None:
    """One more chat, at any time or at a telling distance from another chat of the same buyer."""
    rng = draft.rng
    if draft.chats and rng.random() < 0.5:
        _chat_beside(draft, rng.choice(draft.chats), rng.choice(draft.seats))
    else:
        chat_of(
            draft, rng.choice(draft.buyers), rng.choice(draft.seats), any_instant(draft), rng.choice(PATTERNS)
        )


def _chat_beside(draft: Draft, other: list[Message], seat: str) -> None:
    rng = draft.rng
    buyer, start, end = other[0].buyer, other[0].sent_at, other[-1].sent_at
    kind = rng.randrange(6)
    if kind == 0:  # begins in the second of one of the other's messages
        chat_of(draft, buyer, seat, rng.choice(other).sent_at, rng.choice(PATTERNS))
    elif kind == 1:  # a gap of exactly session_gap on the same seat, or a second more
        start = end + draft.store.session_gap + rng.choice((0, 1)) * SECOND
        chat_of(draft, buyer, other[0].seat, start, rng.choice(PATTERNS))
    elif kind == 2:  # the agent writes 24 h after a word of the buyer
        said = [message.sent_at for message in other if message.direction == "in"] or [end]
        start = said[-1] + DAY + rng.choice((-1, 0, 0, 1)) * SECOND
        chat_of(draft, buyer, seat, start, rng.choice(("oi", "oio", "oioio")))
    elif kind == 3:  # ends in the other's last second
        gap = rng.choice((1, 60, 600, 1800))
        chat_of(draft, buyer, seat, end - gap * SECOND, "io", (gap,))
    elif kind == 4:  # the same times on another seat
        draft.chats.append([replace(message, seat=seat) for message in other])
    else:  # the next morning
        chat_of(draft, buyer, seat, start + timedelta(hours=rng.randrange(6, 30)), rng.choice(PATTERNS))


def collide_in_the_same_second(draft: Draft, count: int) -> None:
    """Add messages in the very second of others, of either direction, on the same seat or another."""
    rng = draft.rng
    for _ in range(count):
        other = rng.choice(rng.choice(draft.chats))
        seat = rng.choice((other.seat, rng.choice(draft.seats)))
        direction = rng.choice(("in", "out"))
        auto = direction == "out" and rng.random() < 0.2
        draft.chats.append([replace(other, seat=seat, direction=direction, auto=auto, text="同一秒")])


def exported_sessions(draft: Draft) -> None:
    """Sessions from a platform's export: on seat-days without messages, and on some with (ignored)."""
    rng, store = draft.rng, draft.store
    if rng.random() < 0.5:
        return
    seat_days = {(m.seat, business_day(store, m.sent_at)) for m in store.messages}
    wanted = rng.randrange(2, 8)
    for number in range(wanted):
        seat, start = rng.choice([*draft.seats, "店:导出"]), any_instant(draft)
        for _ in range(20):
            if (seat, business_day(store, start)) not in seat_days or number == wanted - 1:
                break
            seat, start = rng.choice([*draft.seats, "店:导出"]), any_instant(draft)
        store.sessions.append(
            Session(
                session_id=f"x{number}",
                buyer=rng.choice(draft.buyers),
                seat=seat,
                started_at=start,
                ended_at=start + timedelta(seconds=rng.choice((0, 60, 1200, 5400))),
                buyer_messages=rng.choice((0, 1, 2, 5)),
                agent_messages=rng.choice((0, 1, 3, 4)),
                invited=rng.choice((None, True, False)),
                rating=None,
            )
        )
