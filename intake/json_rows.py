"""Rows of a JSON request as a table, so that the neutral formats read them by the same rules as a file's."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from stores.platforms.cells import Cell
from stores.platforms.columns import Columns, Parsed, TableFormat
from stores.platforms.encodings import is_damaged
from stores.platforms.records import FileRefused, Refusal, StoreSettings

MOST_ROWS = 5_000
MOST_COLUMNS = 500


class JsonTable:
    """Objects as rows below a header of the format's fields; row 1 is the first object."""

    name, encoding = "request", "json"

    def __init__(self, rows: Sequence[Any], fields: Sequence[str]):
        self.objects = rows
        extra = {name: None for row in rows if isinstance(row, dict) for name in row}
        self.header = list(dict.fromkeys((*fields, *extra)))

    def head(self) -> list[list[Cell]]:
        return [list(self.header)]

    def rows(self, after: int) -> Iterator[tuple[int, list[Cell]] | Refusal]:
        """Every object, whatever `after` says: the header is no row of the request."""
        for number, row in enumerate(self.objects, 1):
            if not isinstance(row, dict):
                yield Refusal(number, None, _("the row is not an object"))
                continue
            wrong = next((name for name, value in row.items() if not _is_cell(value)), None)
            if wrong is not None:
                yield Refusal(number, wrong, _("this is neither text nor a number"))
            elif any(isinstance(value, str) and is_damaged(value) for value in row.values()):
                yield Refusal(number, None, _("the row holds bytes that are no text"))
            else:
                yield number, [_cell(row.get(name)) for name in self.header]


def rows_of(body: bytes) -> tuple[list[Any], str | None]:
    """(rows, as_of as sent) of a body: a list, or {"rows": […], "as_of": …}. Errors: FileRefused."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FileRefused(_("the request is not JSON: %(error)s"), error=str(error)[:200]) from error
    as_of = None
    if isinstance(sent, dict):
        sent, as_of = sent.get("rows"), sent.get("as_of")
    if not isinstance(sent, list):
        raise FileRefused(_('send a list of rows, or {"rows": [...]}'))
    if as_of is not None and not isinstance(as_of, str):
        raise FileRefused(_("as_of is a time such as 2026-01-31T12:00:00+08:00"))
    return sent, as_of


def parse_rows(rows: Sequence[Any], found: TableFormat, store: StoreSettings) -> Iterator[Parsed]:
    """Records and refusals of the rows; numbers count from 1. Errors: FileRefused for too many fields."""
    table = JsonTable(rows, tuple(found.aliases))
    if len(table.header) > MOST_COLUMNS:
        raise FileRefused(_("the rows have more than %(limit)s different field names"), limit=MOST_COLUMNS)
    columns = Columns(table.header, found.aliases)
    return found.parse(table, 1, columns, store)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _cell(value: Any) -> Cell:
    """A whole number as text: unlike a spreadsheet's, all its digits are exact."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
