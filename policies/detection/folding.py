"""Texts as rules read them: Traditional, full-width, capital and spaced-out writing become one (R11–R17). Pure.

Folding replaces characters one by one, so that a place in the folded text is the same place in the original. What
people put between single characters to hide a word (高 . 仿, g a o f a n g) is taken out in a second text, `squeezed`,
whose places `original_span` brings back.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC

# CJK unified ideographs with extension A and the compatibility forms.
_IDEOGRAPHS = ((0x3400, 0x9FFF), (0xF900, 0xFAFF))
# Written as one character for another so commonly that rules would have to list both.
_OTHER_FORMS = {"妳": "你", "牠": "它", "祂": "他"}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"
_BETWEEN = r"[ .·・•*_\-~/|'\"]"
# Characters held apart. Letters only one by one: words of a Latin script, its accents among them, stay words.
_NO_WORD_BEFORE, _NO_WORD_BEHIND = r"(?<![^\W\u3400-\u9fff])", r"(?![^\W\u3400-\u9fff])"
_HELD_APART = re.compile(
    rf"(?:{_NO_WORD_BEFORE}[a-z0-9]|[\u3400-\u9fff])"
    rf"(?:{_BETWEEN}{{1,3}}(?:[a-z]{_NO_WORD_BEHIND}|[\u3400-\u9fff]))+"
)
_BREAKS = re.compile(_BETWEEN)


class Folded(NamedTuple):
    """text: as long as the original, character by character; squeezed: without what holds characters apart (the same
    object where nothing does)."""

    text: str
    squeezed: str


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """{code point: what rules read instead of it}, each a single character."""
    every = [chr(code) for first, last in _IDEOGRAPHS for code in range(first, last + 1)]
    simplified = OpenCC("t2s").convert("\n".join(every)).split("\n")
    table = {ord(a): b for a, b in zip(every, simplified, strict=True) if a != b and len(b) == 1}
    for code in [
        *range(0x20, 0x250),
        *range(0x2100, 0x2190),
        *range(0x2460, 0x2500),
        *range(0x3000, 0x3040),
        *range(0xFF00, 0xFFF0),
    ]:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and plain != chr(code):
            table[code] = plain
    table |= {ord(a): b for a, b in _OTHER_FORMS.items()} | dict.fromkeys(map(ord, _INVISIBLE), "\u200b")
    return table | dict.fromkeys(map(ord, "\t\r\u00a0\u3000"), " ")


@lru_cache(maxsize=1)
def _changed() -> re.Pattern[str]:
    return re.compile("[" + "".join(re.escape(chr(code)) for code in _table()) + "]")


def fold(text: str) -> Folded:
    """How rules read a text."""
    table = _table()
    # Most characters stay as they are; `translate` asks about each.
    folded = _changed().sub(lambda found: table[ord(found[0])], text)
    squeezed = folded.replace("\u200b", "")
    if _BREAKS.search(squeezed):
        squeezed = _HELD_APART.sub(lambda found: _BREAKS.sub("", found[0]), squeezed)
    return Folded(folded, squeezed if len(squeezed) != len(folded) else folded)


def original_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Where [start, end) of `fold(text).squeezed` lies in the text itself. ValueError: no such place."""
    folded, squeezed = fold(text)
    if not 0 <= start <= end <= len(squeezed):
        raise ValueError(f"[{start}, {end}) is no place in {len(squeezed)} characters")
    places, position = [], 0
    for character in squeezed:
        position = folded.index(character, position)
        places.append(position)
        position += 1
    return (places[start], places[end - 1] + 1) if end > start else (0, 0)
