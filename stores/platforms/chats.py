"""What the chat-log formats of the platforms have in common: text read line by line, with line numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from unicodedata import normalize

from stores.platforms.columns import Parsed
from stores.platforms.encodings import TextFile, is_damaged
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import Refusal, StoreSettings

HEAD_LINES = 40
_SURROGATES = dict.fromkeys([*range(0xDC80, 0xDD00), 0], "\ufffd")


@dataclass(frozen=True)
class ChatFormat:
    """A chat log this product can read. looks_like: decides from the first lines. Line numbers are rows."""

    name: str
    platforms: frozenset[str]
    looks_like: Callable[[TextFile], bool]
    parse: Callable[[TextFile, StoreSettings], Iterator[Parsed]]
    kind: str = "messages"


class Line(NamedTuple):
    """A line of a chat log without its end and trailing blanks, NFC.

    damaged: it held bytes that are no text; they stand as U+FFFD, so that the line's shape can still be seen.
    """

    number: int
    text: str
    damaged: bool


def numbered_lines(text: TextFile) -> Iterator[Line]:
    for number, line in enumerate(text.lines(), 1):
        damaged = text.damaged and is_damaged(line)
        if damaged:
            line = line.translate(_SURROGATES)
        yield Line(number, normalize("NFC", line.rstrip()), damaged)


def first_lines(text: TextFile) -> list[str]:
    """The first lines of the file that are not blank."""
    return [line.text for line in islice(numbered_lines(text), HEAD_LINES) if line.text.strip()]


def damaged_line(number: int) -> Refusal:
    return Refusal(number, None, _("the line holds bytes that are no text"))
