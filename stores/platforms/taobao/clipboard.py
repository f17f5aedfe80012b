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
from stores.platforms.taobao.chats import LONGEST_MARK, Spoken, message_from

_TIME = r"\d{4}-\d{1,2}-\d{1,2} +\d{1,2}:\d{2}:\d{2}"
_TIME_ALONE = re.compile(_TIME)
_ADDRESSED = re.compile(rf"(?P<name>\S.*?) --> (?P<other>\S.*?) ?(?P<time>{_TIME})")
_NAMED = re.compile(rf"(?P<name>\S.*?) ?(?P<time>{_TIME})")
_CLIENT_LINES = frozenset({"已读", "未读", "发送中", "送达"})
_TAKEN_BACK = re.compile(r".{1,40} ?撤回了一条消息")


def parse_clipboard(text: str, seat: str, buyer: str | None, store: StoreSettings) -> Iterator[Parsed]:
    """The messages of a pasted chat; row numbers are the pasted lines'.

    seat: the account of the agent who pasted. buyer: None to take the one name that is not the shop's; when
    given, everybody else is a colleague, who may be printed without the shop's name. Errors: FileRefused
    when no message is found, or when it is not clear who the buyer is.
    """
    shop, clock = Shop(bare_name(seat)), Clock(store.time_zone)
    messages = [(spoken, other) for spoken, other in _messages(text) if not spoken.is_noise()]
    if not messages:
        raise FileRefused(_("no message was found in the pasted text"))
    names = {name for spoken, other in messages for name in (spoken.name, other) if name}
    strangers = {name for name in names if shop.seat_of(name) is None}
    if buyer not in strangers and len(strangers) > 1:
        raise FileRefused(
            _("the pasted text holds several buyers: %(buyers)s. Say which one it is"),
            buyers=", ".join(sorted(strangers)[:5]),
        )
    # A buyer given by name may be printed masked, or under a nickname: then the only stranger is meant.
    printed = buyer if buyer in strangers else next(iter(strangers), None)
    for spoken, _other in messages:
        writer = shop.seat_of(spoken.name)
        if spoken.name != printed and writer is None:
            writer = f"{shop.main_account}:{spoken.name}"
        yield message_from(spoken, writer, shop, buyer or printed, clock)


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
        elif _TAKEN_BACK.fullmatch(bare) or bare in _CLIENT_LINES:
            continue
        elif bare:
            # Before the first head there may be the name that stands alone above its time.
            spoken = spoken or Spoken(number, "", "", [])
            spoken.lines.append(bare)
    if spoken is not None and spoken.time:
        yield spoken, other
