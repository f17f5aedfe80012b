"""Which column of a table holds which field, and one row read by field."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from stores.platforms import cells
from stores.platforms.cells import Cell, CellRefused, Clock, plain_text
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import Record, Refusal, StoreSettings
from stores.platforms.tables import Table

Parsed = tuple[int, Record] | Refusal
Value = TypeVar("Value")
Aliases = Mapping[str, Sequence[str]]

# Printed after some headers: a currency, (單) per order, (品) per item, the star of a required column.
_HEADER_TAIL = re.compile(r"(\([A-Za-z]{3}\)|\(單\)|\(品\)|\*)+$")
_BRACKETS = str.maketrans("（）／：", "()/:")

_IMPERSONAL = re.compile(
    r"店铺|商品|宝贝|仓库|物流公司|product|item|variation|warehouse|shop|store|produk|sản phẩm"
    r"|kho|courier|sku",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"姓名|收货|收件|收貨|联系|聯絡|電話|电话|手机|手機|地址|身份证|身分證|证件|支付宝|账号|账户|帐号|帳號"
    r"|发票|發票|纳税|税号|统编|統編|信用卡後|邮编|郵遞|邮箱|微信|城市|行政區|門市"
    r"|name|phone|mobile|address|zip|e-?mail|identity|passport|invoice|tax|town|district|city|province|state$"
    r"|area$|nama|telepon|alamat|kota|provinsi|tên|điện thoại|địa chỉ|tỉnh|quận|huyện|phường|xã",
    re.IGNORECASE,
)
_PERSONAL_VALUE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}|\d{17}[\dXx]|[^@\s]+@[^@\s]+\.[a-z]+")


# A longer cell is a text among the first rows, on which the pattern for tails might take minutes.
LONGEST_HEADER = 200


def header_key(header: Cell) -> str:
    """A header reduced to what does not vary: NFC, lower case, no blanks or line breaks, ASCII brackets."""
    text = plain_text(header).strip("\ufeff")
    if len(text) > LONGEST_HEADER:
        return text
    bare = "".join(text.translate(_BRACKETS).casefold().split())
    return _HEADER_TAIL.sub("", bare) or bare


@cache
def _keys(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(header_key(header) for header in headers)


class Columns:
    """The columns of one header row matched against a format's aliases.

    index: field → position. printed: field → header as printed. unknown: (position, header) of the rest.
    Where two columns are aliases of one field, the alias named first in the format wins.
    """

    def __init__(self, header: Sequence[Cell], aliases: Aliases):
        self.width = len(header)
        positions: dict[str, int] = {}
        for position, cell in enumerate(header):
            if plain_text(cell):
                positions.setdefault(header_key(cell), position)
        self.index: dict[str, int] = {}
        for name, headers in aliases.items():
            for key in _keys(tuple(headers)):
                position = positions.get(key, -1)
                if position >= 0 and position not in self.index.values():
                    self.index[name] = position
                    break
        self.printed = {name: plain_text(header[position]) for name, position in self.index.items()}
        taken = set(self.index.values())
        self.unknown = [
            (position, plain_text(cell))
            for position, cell in enumerate(header)
            if position not in taken and plain_text(cell)
        ]

    def recognised(self) -> dict[str, str]:
        """Header as printed → field, in the order of the file."""
        return {
            self.printed[name]: name
            for name, _position in sorted(self.index.items(), key=lambda item: item[1])
        }


class Row:
    """One row, read by field. A field whose column the file lacks is None, like a blank cell."""

    __slots__ = ("cells", "clock", "columns", "number")

    def __init__(self, number: int, row_cells: list[Cell], columns: Columns, clock: Clock):
        self.number, self.cells, self.columns, self.clock = number, row_cells, columns, clock

    def cell(self, name: str) -> Cell:
        position = self.columns.index.get(name)
        return None if position is None or position >= len(self.cells) else self.cells[position]

    def read(self, name: str, reader: Callable[[Cell], Value]) -> Value:
        """The cell through a reader of `cells`; a refusal carries the column's header."""
        try:
            return reader(self.cell(name))
        except CellRefused as refused:
            refused.column = self.columns.printed.get(name)
            raise

    def text(self, name: str) -> str | None:
        return cells.known_text(self.cell(name))

    def identifier(self, name: str) -> str | None:
        return self.read(name, cells.identifier)

    def tracking_number(self, name: str) -> str | None:
        return self.read(name, cells.tracking_number)

    def money(self, name: str) -> Decimal | None:
        return self.read(name, cells.money)

    def count(self, name: str) -> int | None:
        return self.read(name, cells.count)

    def yes_no(self, name: str) -> bool | None:
        return self.read(name, cells.yes_no)

    def instant(self, name: str) -> datetime | None:
        return self.read(name, self.clock.instant)

    def promise(self, name: str) -> datetime | None:
        return self.read(name, self.clock.promise)

    def day(self, name: str) -> date | None:
        return self.read(name, cells.day)

    def choice(self, name: str, choices: Mapping[str, str]) -> str | None:
        """A text translated by `choices` (keys in lower case); a text not among them is refused."""
        text = self.text(name)
        if text is None:
            return None
        if text.casefold() not in choices:
            raise self.refused(name, _("%(value)s is not a value known for this column"), value=text)
        return choices[text.casefold()]

    def need(self, name: str, value: Value | None) -> Value:
        """The value, refused when the file does not say it."""
        if value is None:
            raise self.refused(name, _("this cell must not be blank"))
        return value

    def refused(self, name: str, message: str, **params: Any) -> CellRefused:
        error = CellRefused(message, **params)
        error.column = self.columns.printed.get(name, name)
        return error

    def raw(self) -> dict[str, Any] | None:
        """The columns we have no field for; those that look personal are left out."""
        kept = {}
        for position, header in self.columns.unknown:
            text = cells.known_text(self.cells[position]) if position < len(self.cells) else None
            if text is not None and not is_personal(header) and not _PERSONAL_VALUE.fullmatch(text):
                kept[header] = text
        return kept or None


def is_personal(header: str) -> bool:
    """Whether a column we do not know, judged by its header, may hold a person's data."""
    return bool(_PERSONAL.search(header)) and not _IMPERSONAL.search(header)


@dataclass(frozen=True)
class TableFormat:
    """A table this product can read.

    platforms: the platforms it may be imported for; None for every one. required: fields without which a
    table is not of this format; `any_of`: at least one of each group. foreign: headers that show the table
    to be something else. parse: reads the rows below the header.
    """

    name: str
    kind: str
    aliases: Aliases
    required: frozenset[str]
    parse: Callable[[Table, int, Columns, StoreSettings], Iterator[Parsed]]
    platforms: frozenset[str] | None = None
    any_of: tuple[frozenset[str], ...] = ()
    foreign: frozenset[str] = field(default_factory=frozenset)

    def match(self, header: Sequence[Cell]) -> Columns | None:
        """The header's columns, or None when it is not of this format."""
        columns = Columns(header, self.aliases)
        found = columns.index.keys()
        if not self.required <= found or not all(group & found for group in self.any_of):
            return None
        if self.foreign & {header_key(cell) for cell in header}:
            return None
        return columns


def row_by_row(
    start: Callable[[StoreSettings], Callable[[Row], list[Record]]],
) -> Callable[[Table, int, Columns, StoreSettings], Iterator[Parsed]]:
    """A format's parse from a function that makes one row's records.

    start: called once per file, so that formats with several rows per order can keep count. A row that is
    refused gives no record at all.
    """

    def parse(table: Table, header_row: int, columns: Columns, store: StoreSettings) -> Iterator[Parsed]:
        make, clock = start(store), Clock(store.time_zone)
        for numbered in table.rows(header_row):
            if isinstance(numbered, Refusal):
                yield numbered
                continue
            number, row_cells = numbered
            if any(plain_text(cell) for cell in row_cells[columns.width :]):
                yield too_many_cells(number, len(row_cells), columns.width)
                continue
            try:
                records = make(Row(number, row_cells, columns, clock))
            except CellRefused as refused:
                yield Refusal(number, refused.column, refused.message, refused.params)
                continue
            for record in records:
                yield number, record

    return parse


def too_many_cells(number: int, cell_count: int, width: int) -> Refusal:
    """The refusal of a row wider than its header, in which every cell may be in the wrong column."""
    return Refusal(
        number,
        None,
        _("the row has %(cells)s cells under %(headers)s headers: a comma within a text must be quoted"),
        {"cells": cell_count, "headers": width},
    )
