"""What rules of several subjects read with: word lists, clauses, large patterns. Pure.

A clause ends at punctuation. Blanks end none: squeezed text has none between ideographs.
"""

import re
from collections.abc import Iterator

CLAUSE_ENDS = ",。!?;\\n~…"
REACH = 20  # characters looked at
_TAIL = re.compile(rf"[^{CLAUSE_ENDS}]*\Z")


def listed(words: str) -> frozenset[str]:
    """A list of words written with blanks between; "_" stands for a blank within one."""
    return frozenset(word.replace("_", " ") for word in words.split())


def clause_before(text: str, start: int) -> str:
    """The words of the same clause before `start`, at most REACH characters."""
    found = _TAIL.search(text[max(0, start - REACH) : start])
    return found[0] if found else ""


def each(pattern: re.Pattern, begins: re.Pattern, text: str) -> Iterator[re.Match]:
    """The matches of a large pattern, asked only where `begins` does: a scan for a few characters is much cheaper."""
    for place in begins.finditer(text):
        found = pattern.match(text, place.start())
        if found:
            yield found
