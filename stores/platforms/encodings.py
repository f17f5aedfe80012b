"""Which encoding a text file is in, found by decoding all of it once.

Bad bytes refuse the line that holds them, not the file: only a file most of whose non-ASCII lines no
encoding can read is refused.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import FileRefused

MAX_FILE_BYTES = 1024**3
MAX_LINE_BYTES = 1024**2
CHUNK = 1024**2


class TextFile(NamedTuple):
    """A text file and one way to read it. damaged: some lines hold bytes that are no text, or NUL."""

    path: Path
    name: str
    encoding: str
    damaged: bool

    def lines(self) -> Iterator[str]:
        """The lines with their ends, in order; undecodable bytes as lone surrogates (see `is_damaged`)."""
        if not self.damaged:
            with self.path.open("rb") as source:
                yield from TextIOWrapper(source, self.encoding, newline="")
            return
        with self.path.open("rb") as source:
            for number, line in enumerate(source):
                if number == 0:
                    line = line.removeprefix(BOM_UTF8)
                yield line.decode(self.encoding.removesuffix("-sig"), "surrogateescape")


def is_damaged(text: str) -> bool:
    """Whether the text holds undecodable bytes (lone surrogates) or a NUL, which the database cannot keep."""
    if "\0" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class _Tally(NamedTuple):
    encoding: str
    good: int
    bad: int
    first_bad: int


def readings(path: Path, name: str, max_bytes: int = MAX_FILE_BYTES) -> list[TextFile]:
    """The ways the file can be read, likeliest first: UTF-8, then GB18030, then Big5.

    Errors: FileRefused for a file too large, a line over 1 MiB, binary content, UTF-16, or no encoding.
    """
    if path.stat().st_size > max_bytes:
        raise FileRefused(
            _("%(name)s is larger than %(limit)s MB: split it by month"),
            name=name,
            limit=max_bytes // 1024**2,
        )
    is_utf8, has_nul = _scan(path, name)
    if is_utf8:
        return [TextFile(path, name, "utf-8-sig", has_nul)]
    tallies = [_tally(path, encoding) for encoding in ("utf-8", "gb18030", "cp950")]
    likely = _likely(*tallies)
    if not likely:
        nearest = min(tallies, key=lambda tally: tally.bad)
        raise FileRefused(
            _(
                "%(name)s is neither UTF-8 nor GB18030 nor Big5 text: line %(line)s cannot be read. "
                "Save it as CSV UTF-8 or XLSX"
            ),
            name=name,
            line=nearest.first_bad,
        )
    return [TextFile(path, name, tally.encoding, has_nul or tally.bad > 0) for tally in likely]


def _likely(utf8: _Tally, gb18030: _Tally, big5: _Tally) -> list[_Tally]:
    """The encodings that read at least half of the lines with other than ASCII, likeliest first.

    GB18030 has a meaning for nearly all Big5 bytes, so the two are told apart by the headers, by the caller.
    """
    # Bytes that happen to be valid multi-byte UTF-8 are rare: as many good lines as bad ones is proof.
    if utf8.good >= utf8.bad:
        return [utf8]
    return [tally for tally in (gb18030, big5) if tally.good >= tally.bad]


def _scan(path: Path, name: str) -> tuple[bool, bool]:
    """(whether all of it is UTF-8, whether it holds NUL bytes), in bounded memory."""
    is_utf8, has_nul, line, unfinished = True, False, 1, 0
    decoder = getincrementaldecoder("utf-8")()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            if source.tell() == len(chunk) and chunk.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                raise FileRefused(_("%(name)s is UTF-16 text: save it as CSV UTF-8 or XLSX"), name=name)
            if b"\0" in chunk:
                has_nul = True
                if source.tell() == len(chunk) and b"\0" in chunk.partition(b"\n")[0]:
                    raise FileRefused(_("%(name)s is neither a table nor a chat file"), name=name)
            line, unfinished = _measure_lines(chunk, name, line, unfinished)
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return is_utf8, has_nul


def _measure_lines(chunk: bytes, name: str, line: int, unfinished: int) -> tuple[int, int]:
    """The line number and the length of the line left open at the chunk's end; a line too long is refused.

    A chunk is no longer than the longest line allowed, so only the line that was open before it, and the
    one open after it, can be too long.
    """
    ends = chunk.count(b"\n")
    first_end = chunk.find(b"\n")
    longest = unfinished + (len(chunk) if first_end < 0 else first_end)
    if longest > MAX_LINE_BYTES:
        raise FileRefused(_("line %(line)s of %(name)s is longer than 1 MB"), name=name, line=line)
    return line + ends, longest if first_end < 0 else len(chunk) - chunk.rfind(b"\n") - 1


def _tally(path: Path, encoding: str) -> _Tally:
    good = bad = first_bad = 0
    with path.open("rb") as source:
        for number, line in enumerate(source, 1):
            if line.isascii():
                continue
            try:
                line.decode(encoding)
                good += 1
            except UnicodeDecodeError:
                bad += 1
                first_bad = first_bad or number
    return _Tally(encoding, good, bad, first_bad)
