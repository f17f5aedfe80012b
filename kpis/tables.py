"""A table of figures: one description that the page shows, the files export and the address sorts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

from django.utils.functional import Promise

from kpis import wording
from kpis.definitions import MEASURES, NO_CONVERSION, OF_CONVERSION, Measure
from kpis.rows import ratio

PAGE_ROWS = 50


def value_of(row, key: str):
    """The figure `key` of a kpis.figures row; None is unknown. Raises AttributeError on an unknown key."""
    if key.startswith("response_p"):
        return row.response_percentile(int(key.removeprefix("response_p")) / 100)
    if key.startswith("within_") and key.endswith("_rate"):
        return ratio(getattr(row, key.removesuffix("_rate")), row.rounds)
    if key == "net_amount":
        return None if row.paid_amount is None else row.paid_amount - row.refunded_amount
    return getattr(row, key)


class Cell(NamedTuple):
    """One figure; its words are made where it is shown. value: None is unknown; currency: of money.

    href: of the facts behind it, "" for none; bar, mark: 0..100 of a drawn bar; tone: "better" or "worse".
    words: in place of the figure's own; why: what is said of it when hovered over.
    """

    value: Any
    measure: Measure
    currency: str = ""
    href: str = ""
    bar: float | None = None
    mark: float | None = None
    tone: str = ""
    words: str = ""
    why: str | Promise = ""

    @property
    def text(self) -> str:
        return self.words or wording.figure_text(self.value, self.measure, self.currency)

    @property
    def exact(self) -> str:
        """The amount to its smallest unit; "" where it is no money."""
        money = self.measure.unit == "money"
        return wording.money_text(self.value, self.currency, exact=True) if money else ""


@dataclass(frozen=True)
class TableRow:
    """One line: `name` and `detail` of its head, then a cell per column. extra: columns of files only."""

    name: str
    cells: list[Cell]
    href: str = ""
    detail: str = ""
    order: Any = None
    person: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """head: the first column's title; columns: measures; rows: all of them, sorted; total: a last line or None."""

    head: str
    columns: list[Measure]
    rows: list[TableRow]
    sort: str
    currency: str
    total: TableRow | None = None

    @property
    def headings(self) -> list[dict]:
        """For each column its measure, the address parameter that sorts by it, and how it is sorted now."""
        return [
            {"measure": column, "sort": self._turned(f"-{column.key}"), "now": self._now(column.key)}
            for column in self.columns
        ]

    @property
    def head_sort(self) -> dict:
        return {"sort": self._turned("name"), "now": self._now("name")}

    def _now(self, key: str) -> str:
        return {key: "ascending", f"-{key}": "descending"}.get(self.sort, "")

    def _turned(self, first: str) -> str:
        """Figures begin with the largest, names with the first; a second click turns the order."""
        second = first.removeprefix("-") if first.startswith("-") else f"-{first}"
        return second if self.sort == first else first


def sorted_rows(rows: Sequence[TableRow], columns: Sequence[Measure], sort: str) -> list[TableRow]:
    """By "key" or "-key" of a column, or by "name"; unknown values last either way; ties by name."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    position = {column.key: number for number, column in enumerate(columns)}.get(key)
    by_name = sorted(rows, key=lambda row: row.order if row.order is not None else row.name)
    if position is None:
        return by_name[::-1] if down else by_name
    known = [row for row in by_name if row.cells[position].value is not None]
    unknown = [row for row in by_name if row.cells[position].value is None]
    return sorted(known, key=lambda row: row.cells[position].value, reverse=down) + unknown


def asked_sort(asked: str, columns: Sequence[Measure], default: str) -> str:
    """The address' sort if it names a column, else the default."""
    return asked if asked.removeprefix("-") in {"name", *(column.key for column in columns)} else default


def cells_of(row, columns: Sequence[Measure], currency: str, links: Iterable[str] = repeat("")) -> list[Cell]:
    """The cells of one figures row. links: for each column the address of the facts behind it, "" for none."""
    cells = [
        Cell(value_of(row, column.key), column, currency, link)
        for column, link in zip(columns, links, strict=False)
    ]
    if not row.without_conversion:
        return cells
    return [cell._replace(why=NO_CONVERSION) if cell.measure.key in OF_CONVERSION else cell for cell in cells]


def measures(*keys: str) -> list[Measure]:
    return [MEASURES[key] for key in keys]
