"""咚咚 chat logs (.log, .txt): sessions between star lines, the buyer masked as `a****yz`.

Within a session a head line `sender 2026-10-07 10:00:00` is followed by the message's lines. The seat is a
sender that is not the masked buyer. What the buyer wrote belongs to the agent who had written last, or,
before any agent wrote (robot or queue), to the first agent who did.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from stores.platforms.cells import CellRefused, Clock
from stores.platforms.chats import ChatFormat, Line, damaged_line, first_lines, numbered_lines
from stores.platforms.columns import Parsed
from stores.platforms.encodings import TextFile
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import IN, OUT, MessageRecord, Refusal, StoreSettings

_START = re.compile(r"/\*{5,}\s*以下为一通会话\s*\**/?")
_END = re.compile(r"/\*{5,}\s*会话结束.*")
_HEAD = re.compile(r"(?P<name>[^\s：:]+)\s+(?P<time>\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2})")
_ROBOT = "jimi_vender"
_SYSTEM = frozenset({"系统消息", "系统提示", "系统"})
_RECALLED = re.compile(r".{0,40}撤回了一条消息")
# A file without star lines is read in parts, so that its size does not matter.
LONGEST_SESSION = 50_000


class _Spoken(NamedTuple):
    number: int
    name: str
    time: str
    lines: list[str]

    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass
class _Session:
    """The messages of one session, kept until its end shows who served it."""

    number: int
    spoken: list[_Spoken] = field(default_factory=list)


def _sessions(lines: Iterator[Line]) -> Iterator[_Session | Refusal]:
    session = _Session(1)
    is_open = True
    for line in lines:
        text = line.text.strip()
        head = _HEAD.fullmatch(text)
        if line.damaged:
            yield damaged_line(line.number)
        if head and len(session.spoken) >= LONGEST_SESSION:
            yield session
            session = _Session(line.number)
        if _START.fullmatch(text):
            yield session
            session, is_open = _Session(line.number), True
        elif _END.fullmatch(text):
            is_open = False
        elif head and line.damaged:
            is_open = False  # the lines below belong to the message that was refused
        elif head:
            is_open = True
            session.spoken.append(_Spoken(line.number, head["name"], head["time"], []))
        elif is_open and session.spoken and not line.damaged:
            session.spoken[-1].lines.append(text)
    yield session


def _is_agent(name: str) -> bool:
    return "*" not in name and _ROBOT not in name and name not in _SYSTEM


def _agents_of_file(text: TextFile) -> set[str]:
    """Everyone who wrote to a masked buyer: the agents, by whom an unmasked buyer can be told apart."""
    agents: set[str] = set()
    for session in _sessions(numbered_lines(text)):
        if isinstance(session, _Session):
            names = {spoken.name for spoken in session.spoken}
            if any("*" in name for name in names):
                agents |= {name for name in names if _is_agent(name)}
    return agents


def _buyer(session: _Session, agents: set[str]) -> str | None:
    names = list(dict.fromkeys(spoken.name for spoken in session.spoken))
    masked = [name for name in names if "*" in name]
    unknown = [name for name in names if _is_agent(name) and name not in agents]
    candidates = masked or (unknown if agents else [])
    return candidates[0] if len(candidates) == 1 else None


def _read_session(session: _Session, agents: set[str], clock: Clock) -> Iterator[Parsed]:
    spoken = [
        one for one in session.spoken if one.name not in _SYSTEM and not _RECALLED.fullmatch(one.text())
    ]
    if not spoken:
        return
    buyer = _buyer(session, agents)
    if buyer is None:
        yield Refusal(session.number, None, _("the buyer of this chat cannot be told from the agents"))
        return
    writers = [one.name for one in spoken if one.name != buyer and _is_agent(one.name)]
    robots = [one.name for one in spoken if _ROBOT in one.name]
    # A log is exported for one account, or for several: only one can stand for a chat nobody answered.
    seat = next(iter([*writers, *robots, *(agents if len(agents) == 1 else ())]), None)
    if seat is None:
        yield Refusal(session.number, None, _("nobody answered this chat, and it does not say whose it was"))
        return
    for one in spoken:
        if one.name != buyer and _is_agent(one.name):
            seat = one.name
        yield _message(one, buyer, seat, clock)


def _message(spoken: _Spoken, buyer: str, seat: str, clock: Clock) -> Parsed:
    try:
        sent_at = clock.instant(spoken.time)
    except CellRefused as refused:
        return Refusal(spoken.number, None, refused.message, refused.params)
    assert sent_at is not None  # the head line's pattern holds a time
    is_robot = _ROBOT in spoken.name
    is_masked = "*" in buyer
    return spoken.number, MessageRecord(
        message_id=None,
        buyer=None if is_masked else buyer,
        seat=spoken.name if is_robot else seat,
        direction=IN if spoken.name == buyer else OUT,
        auto=is_robot,
        sent_at=sent_at,
        text=spoken.text(),
        masked_buyer=buyer if is_masked else None,
    )


def looks_like(text: TextFile) -> bool:
    return any(_START.fullmatch(line.strip()) for line in first_lines(text))


def parse(text: TextFile, store: StoreSettings) -> Iterator[Parsed]:
    """Messages without ids; empty ones are kept, and so is a session without its end line."""
    clock, agents = Clock(store.time_zone), _agents_of_file(text)
    for session in _sessions(numbered_lines(text)):
        if isinstance(session, Refusal):
            yield session
        else:
            yield from _read_session(session, agents, clock)


DONGDONG = ChatFormat("dongdong.chat", frozenset({"jd"}), looks_like, parse)
