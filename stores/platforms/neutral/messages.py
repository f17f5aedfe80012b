"""Neutral `messages` tables: one chat line per row. Millions of rows, so ordinary cells take a short cut."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from sys import intern
from unicodedata import is_normalized, normalize

from stores.platforms.cells import (
    LONGEST_IDENTIFIER,
    WITHIN_HOUR,
    Cell,
    CellRefused,
    Clock,
    identifier,
    known_text,
    plain_text,
    yes_no,
)
from stores.platforms.columns import Columns, Parsed, TableFormat, too_many_cells
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import IN, OUT, MessageRecord, Refusal, StoreSettings
from stores.platforms.tables import CsvTable, Table, broken_quotes

FIELDS = ("message_id", "buyer", "agent", "direction", "auto", "sent_at", "text")
_REQUIRED = ("buyer", "agent", "direction", "sent_at")
_WAYS = {"in": IN, "out": OUT}
_AUTO = {"": False, "0": False, "1": True}
# An identifier that begins so may be unknown, quoted or padded: `identifier` looks at it.
_UNUSUAL_STARTS = frozenset(" \t'=-nN延\ufeff")
MOST_BUYERS_KEPT = 200_000


class _Reader:
    """Makes records of rows. `seats` and `buyers` keep names as printed → cleaned, since they repeat."""

    def __init__(self, columns: Columns, store: StoreSettings):
        self.columns, self.clock = columns, Clock(store.time_zone)
        # A column the file lacks is read from one blank cell added to each row.
        self.positions = [columns.index.get(name, columns.width) for name in FIELDS]
        self.seats: dict[Cell, str] = {}
        self.buyers: dict[Cell, str] = {}

    def read(self, number: int, row: Sequence[Cell]) -> Parsed:
        """The row's record, or why it has none."""
        width = self.columns.width
        if len(row) > width and any(plain_text(cell) for cell in row[width:]):
            return too_many_cells(number, len(row), width)
        padded = [*row[:width], *[""] * (width + 1 - min(len(row), width))]
        message_id, buyer_cell, seat_cell, direction, auto, sent_at, text = (
            padded[at] for at in self.positions
        )
        column = "message_id"
        try:
            key = identifier(message_id)
            column = "auto"
            is_auto = bool(yes_no(auto))
            column = "sent_at"
            at = self.clock.instant(sent_at)
        except CellRefused as refused:
            return Refusal(number, self.columns.printed[column], refused.message, refused.params)
        buyer, seat = known_text(buyer_cell), known_text(seat_cell)
        way = _WAYS.get(plain_text(direction).casefold())
        if buyer is None or seat is None or way is None or at is None:
            return self._refuse(number, direction, (buyer, seat, known_text(direction), at))
        self._keep(seat_cell, seat, buyer_cell, buyer)
        # A message's text is kept as written: "-" or "null" may be all the buyer said.
        return number, MessageRecord(key, buyer, seat, way, is_auto and way == OUT, at, plain_text(text))

    def _refuse(self, number: int, direction: Cell, found: tuple[str | datetime | None, ...]) -> Refusal:
        for name, value in zip(_REQUIRED, found, strict=True):
            if value is None:
                return Refusal(number, self.columns.printed[name], _("this cell must not be blank"))
        printed = {"value": plain_text(direction)}
        return Refusal(
            number, self.columns.printed["direction"], _("%(value)s is neither in nor out"), printed
        )

    def _keep(self, seat_cell: Cell, seat: str, buyer_cell: Cell, buyer: str) -> None:
        if len(self.buyers) >= MOST_BUYERS_KEPT:
            self.buyers.clear()
        if len(self.seats) >= MOST_BUYERS_KEPT:
            self.seats.clear()
        self.seats[seat_cell] = intern(seat)
        self.buyers[buyer_cell] = buyer

    def read_csv(self, rows: Iterator[list[str]], header_row: int) -> Iterator[Parsed]:
        """The rows below the header of an undamaged CSV file, one broken by its quotes as a refusal."""
        number = sum(1 for _row in islice(rows, header_row))
        width, read_usual = self.columns.width, self.shortcut()
        while True:
            try:
                for row in rows:
                    number += 1
                    record = read_usual(row) if len(row) == width else None
                    if record is not None:
                        yield number, record
                    elif any(row):
                        yield self.read(number, row)
                return
            except csv.Error:
                number += 1
                yield broken_quotes(number)

    def shortcut(self) -> Callable[[list[str]], MessageRecord | None]:
        """Reads a row of names already seen and cells without surprises; None for any other row.

        A closure over locals, since it runs once for each of millions of rows.
        """
        id_at, buyer_at, seat_at, direction_at, auto_at, sent_at, text_at = self.positions
        hours, latest, instant = self.clock.hours, self.clock.latest, self.clock.instant
        buyers, seats, unusual, new = self.buyers, self.seats, _UNUSUAL_STARTS, tuple.__new__

        def read_usual(row: list[str]) -> MessageRecord | None:
            row.append("")
            key, sent, text = row[id_at], row[sent_at], row[text_at].strip()
            if key and (key[0] in unusual or "+" in key or key[-1] <= " " or not key.isascii()):
                return None
            if len(key) > LONGEST_IDENTIFIER:
                return None
            try:
                hour = hours.get(sent[:13])
                at = instant(sent) if hour is None else hour + WITHIN_HOUR[sent[13:]]
                if at is None or at > latest:
                    return None
                way = _WAYS[row[direction_at]]
                buyer, seat = buyers[row[buyer_at]], seats[row[seat_at]]
                is_auto = _AUTO[row[auto_at]] and way == OUT
            except (KeyError, CellRefused):
                return None
            if not is_normalized("NFC", text):
                text = normalize("NFC", text)
            return new(MessageRecord, (key or None, buyer, seat, way, is_auto, at, text, None))

        return read_usual


def parse(table: Table, header_row: int, columns: Columns, store: StoreSettings) -> Iterator[Parsed]:
    """Message records; direction `in`/`out`, `auto` counts for `out` only, times of the store's zone."""
    reader = _Reader(columns, store)
    rows = table.raw_rows() if isinstance(table, CsvTable) else None
    if rows is not None:
        yield from reader.read_csv(rows, header_row)
        return
    for numbered in table.rows(header_row):
        yield numbered if isinstance(numbered, Refusal) else reader.read(*numbered)


MESSAGES = TableFormat(
    name="neutral.messages",
    kind="messages",
    aliases={name: (name,) for name in FIELDS},
    required=frozenset({"buyer", "agent", "direction", "sent_at", "text"}),
    parse=parse,
)
