"""千牛/旺旺 chat logs (.txt): the 单聊 part by buyer, and the older 即时消息 list.

Line 1 names the account they were exported from. 单聊: 28 dashes, buyer, 28 dashes opens a buyer; then
`name(2017-04-01 10:00:00):  text` and continuation lines; lines of 64 `=` part the sections, 群聊 is left
out. 即时消息: `2017-04-01 10:00:00 name: text`, bare days between, without saying whom the shop wrote to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from stores.platforms.cells import CellRefused, Clock
from stores.platforms.chats import ChatFormat, Line, damaged_line, first_lines, numbered_lines
from stores.platforms.columns import Parsed
from stores.platforms.encodings import TextFile
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import IN, OUT, MessageRecord, Refusal, StoreSettings
from stores.platforms.taobao.accounts import Shop, bare_name, buyer_fields
from stores.platforms.taobao.orders import FAMILY

_TIME = r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}"
_BY_BUYER = re.compile(rf"(?P<name>.+?)\((?P<time>{_TIME})\):(?P<text>.*)")
_LISTED = re.compile(rf"(?P<time>{_TIME}) (?P<name>.+?):(?: (?P<text>.*))?")
_BUYER = re.compile(r"-{20,}\s*(.*?[^-\s])\s*-{20,}")
_SECTION = re.compile(r"={40,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Patterns with two open ends are tried on short lines only: on a megabyte of dashes they would not end.
LONGEST_MARK = 300
_SYSTEM = ("系统提示", "系统提醒", "系统消息")
_TAKEN_BACK = re.compile(r".{0,40}撤回了一条消息")
# Printed as if the buyer had written it.
_TRANSFER = re.compile(r"由 ?服务助手 ?转交给.*")


@dataclass
class Spoken:
    """One message as printed: its first line's number, who, when, its lines. damaged: not to be kept."""

    number: int
    name: str
    time: str
    lines: list[str]
    damaged: bool = False

    def text(self) -> str:
        return "\n".join(self.lines).strip()

    def is_noise(self) -> bool:
        """Lines the client writes itself, and messages taken back."""
        text = self.text()
        is_system = self.name in _SYSTEM or text.startswith(_SYSTEM)
        return is_system or bool(_TAKEN_BACK.fullmatch(text) or _TRANSFER.fullmatch(text))


def _spoken(line: Line, head: re.Match[str]) -> Spoken:
    return Spoken(line.number, bare_name(head["name"]), head["time"], [head["text"] or ""], line.damaged)


def message_of(spoken: Spoken, shop: Shop, buyer: str | None, clock: Clock) -> Parsed:
    """The record of a message; `buyer`: whom the shop wrote to, unknown (None) is refused."""
    return message_from(spoken, shop.seat_of(spoken.name), shop, buyer, clock)


def message_from(spoken: Spoken, seat: str | None, shop: Shop, buyer: str | None, clock: Clock) -> Parsed:
    """The record of a message written by `seat`, or, when that is None, by the buyer."""
    try:
        sent_at = clock.instant(spoken.time)
    except CellRefused as refused:
        return Refusal(spoken.number, None, refused.message, refused.params)
    other = buyer or (None if seat else spoken.name)
    if other is None or sent_at is None:
        return Refusal(
            spoken.number, None, _("the file does not say which buyer this message was written to")
        )
    named, masked = buyer_fields(other)
    way = OUT if seat else IN
    return spoken.number, MessageRecord(
        None, named, seat or shop.seat, way, False, sent_at, spoken.text(), masked
    )


def _parse_by_buyer(lines: Iterator[Line], shop: Shop, clock: Clock) -> Iterator[Parsed]:
    buyer: str | None = None
    spoken: Spoken | None = None
    is_group = heading = False
    for line in lines:
        head = _BY_BUYER.fullmatch(line.text)
        opened = _BUYER.fullmatch(line.text) if len(line.text) <= LONGEST_MARK else None
        parted = _SECTION.fullmatch(line.text)
        if spoken is not None and (head or opened or parted):
            yield from _finish(spoken, shop, buyer, clock)
            spoken = None
        if line.damaged and not is_group:
            yield damaged_line(line.number)
        if parted:
            heading, buyer = True, None
        elif heading and line.text.strip() in ("单聊", "群聊"):
            is_group, heading = line.text.strip() == "群聊", False
        elif is_group:
            continue
        elif opened:
            # A damaged name is nobody's: the messages below it are refused one by one.
            buyer, heading = None if line.damaged else bare_name(opened[1]), False
        elif head:
            spoken = _spoken(line, head)
        elif spoken is not None and not line.damaged:
            spoken.lines.append(line.text)
    if spoken is not None:
        yield from _finish(spoken, shop, buyer, clock)


def _finish(spoken: Spoken, shop: Shop, buyer: str | None, clock: Clock) -> Iterator[Parsed]:
    if not spoken.damaged and not spoken.is_noise():
        yield message_of(spoken, shop, buyer, clock)


@dataclass
class _Listed:
    """The 即时消息 list: the shop's messages wait until a buyer shows whom they were written to."""

    shop: Shop
    clock: Clock
    only_buyer: str | None
    buyer: str | None = None
    waiting: list[Spoken] = field(default_factory=list)

    def add(self, spoken: Spoken) -> Iterator[Parsed]:
        if spoken.damaged or spoken.is_noise():
            return
        if self.shop.seat_of(spoken.name) is None:
            self.buyer = spoken.name
            yield from self.release()
        elif self.buyer is None and self.only_buyer is None:
            self.waiting.append(spoken)
            return
        yield message_of(spoken, self.shop, self.only_buyer or self.buyer, self.clock)

    def release(self) -> Iterator[Parsed]:
        for spoken in self.waiting:
            yield message_of(spoken, self.shop, self.only_buyer or self.buyer, self.clock)
        self.waiting.clear()

    def end_day(self) -> Iterator[Parsed]:
        yield from self.release()
        self.buyer = None


def _parse_listed(lines: Iterator[Line], listed: _Listed) -> Iterator[Parsed]:
    spoken: Spoken | None = None
    for line in lines:
        head, is_day = _LISTED.fullmatch(line.text), bool(_DAY.fullmatch(line.text.strip()))
        if line.damaged:
            yield damaged_line(line.number)
        if not head and not is_day:
            if spoken is not None and not line.damaged:
                spoken.lines.append(line.text)
            continue
        if spoken is not None:
            yield from listed.add(spoken)
            spoken = None
        if is_day:
            yield from listed.end_day()
        elif head:
            spoken = _spoken(line, head)
    if spoken is not None:
        yield from listed.add(spoken)
    yield from listed.end_day()


def _only_buyer(text: TextFile, shop: Shop) -> str | None:
    """The buyer of a list that holds one buyer's chats; None when it holds several."""
    buyers: set[str] = set()
    for line in numbered_lines(text):
        head = _LISTED.fullmatch(line.text)
        if head and not line.damaged and not (head["text"] or "").strip().startswith(_SYSTEM):
            name = bare_name(head["name"])
            if shop.seat_of(name) is None and name not in _SYSTEM:
                buyers.add(name)
        if len(buyers) > 1:
            return None
    return next(iter(buyers), None)


def _is_listed(text: TextFile) -> bool:
    return any("即时消息" in line for line in first_lines(text)[:4])


def looks_like(text: TextFile) -> bool:
    """An account's name on the first line, and one of the two kinds' marks near the top."""
    lines = first_lines(text)
    if not lines or _BY_BUYER.fullmatch(lines[0]) or _LISTED.fullmatch(lines[0]) or "," in lines[0]:
        return False
    by_buyer = any(_BUYER.fullmatch(line[:LONGEST_MARK]) or line.strip() == "单聊" for line in lines)
    return _is_listed(text) or (by_buyer and any(_BY_BUYER.fullmatch(line) for line in lines))


def parse(text: TextFile, store: StoreSettings) -> Iterator[Parsed]:
    """Messages without ids; a line that cannot be decoded is refused, and the message that begins on it."""
    shop, clock = Shop(bare_name(first_lines(text)[0].strip("\ufeff"))), Clock(store.time_zone)
    if _is_listed(text):
        yield from _parse_listed(numbered_lines(text), _Listed(shop, clock, _only_buyer(text, shop)))
    else:
        yield from _parse_by_buyer(numbered_lines(text), shop, clock)


WANGWANG = ChatFormat("wangwang.chat", FAMILY, looks_like, parse)
