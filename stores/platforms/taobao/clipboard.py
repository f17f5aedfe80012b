"""What an agent copies out of a 千牛 chat window and pastes.

A message begins with `name2026-1-2 9:05:03` (no blank between), with name and time on two lines, or with
`name --> other 2026-1-2 9:05:03`. The client's own lines (已读, transfers, messages taken back) are dropped.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize

from stores.platforms.cells import Clock
from stores.platforms.columns import Parsed
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import FileRefused, StoreSettings
from stores.platforms.taobao.accounts import Shop, bare_name
from stores.platforms.taobao.chats import LONGEST_MARK, Spoken, message_of

_TIME = r"\d{4}-\d{1,2}-\d{1,2} +\d{1,2}:\d{2}:\d{2}"
_TIME_ALONE = re.compile(_TIME)
_ADDRESSED = re.compile(rf"(?P<name>\S.*?) --> (?P<other>\S.*?) ?(?P<time>{_TIME})")
_NAMED = re.compile(rf"(?P<name>\S.*?) ?(?P<time>{_TIME})")
_CLIENT_LINES = frozenset({"已读", "未读", "发送中", "送达"})
_TAKEN_BACK = re.compile(r".{1,40} ?撤回了一条消息")
_TRANSFER = re.compile(r"由 ?服务助手 ?转交给.*")


def parse_clipboard(text: str, seat: str, buyer: str | None, store: StoreSettings) -> Iterator[Parsed]:
    """The messages of a pasted chat; row numbers are the pasted lines'.

    seat: the account of the agent who pasted. buyer: None to take the one other name in the chat.
    Errors: FileRefused when no message is found, or when buyer is None and the chat holds several buyers.
    """
    shop, clock = Shop(bare_name(seat)), Clock(store.time_zone)
    messages = [(spoken, other) for spoken, other in _messages(text) if not _is_noise(spoken)]
    if not messages:
        raise FileRefused(_("no message was found in the pasted text"))
    if buyer is None:
        names = {name for spoken, other in messages for name in (spoken.name, other) if name}
        buyers = {name for name in names if shop.seat_of(name) is None}
        if len(buyers) > 1:
            raise FileRefused(
                _("the pasted text holds several buyers: %(buyers)s. Say which one it is"),
                buyers=", ".join(sorted(buyers)[:5]),
            )
        buyer = next(iter(buyers), None)
    for spoken, _other in messages:
        yield message_of(spoken, shop, buyer, clock)


def _is_noise(spoken: Spoken) -> bool:
    return spoken.is_noise() or bool(_TRANSFER.fullmatch(spoken.text()))


def _messages(text: str) -> Iterator[tuple[Spoken, str | None]]:
    """(message, whom it is addressed to if the line says so)."""
    spoken: Spoken | None = None
    other: str | None = None
    for number, line in enumerate(normalize("NFC", text).splitlines(), 1):
        bare = line.strip()
        head = None
        if len(bare) <= LONGEST_MARK:
            head = _ADDRESSED.fullmatch(bare) or _NAMED.fullmatch(bare)
        started: Spoken | None = None
        if head:
            started = Spoken(number, bare_name(head["name"]), head["time"], [])
        elif _TIME_ALONE.fullmatch(bare) and spoken is not None and spoken.lines:
            started = Spoken(number - 1, bare_name(spoken.lines.pop()), bare, [])
        if started is not None:
            if spoken is not None and spoken.time:
                yield spoken, other
            spoken = started
            other = bare_name(head["other"]) if head and "other" in head.re.groupindex else None
        elif _TAKEN_BACK.fullmatch(bare) or bare in _CLIENT_LINES or _TRANSFER.fullmatch(bare):
            continue
        elif bare:
            # Before the first head there may be the name that stands alone above its time.
            spoken = spoken or Spoken(number, "", "", [])
            spoken.lines.append(bare)
    if spoken is not None and spoken.time:
        yield spoken, other
