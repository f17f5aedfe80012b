"""Rows of CSV files and XLSX sheets, with the row numbers their user sees."""

import csv
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from stores.platforms.cells import Cell
from stores.platforms.encodings import MAX_LINE_BYTES, TextFile, is_damaged
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import FileRefused, Refusal

MAX_SHEET_BYTES = 100 * 1024**2
HEADER_SEARCH_ROWS = 10
DELIMITERS = (",", "\t", ";")
OLE_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# The module's own limit (128 KiB) is below the longest line this product accepts.
csv.field_size_limit(MAX_LINE_BYTES)


class Table(Protocol):
    """Rows of cells. `encoding`: of the text, or "xlsx"."""

    name: str
    encoding: str

    def head(self) -> list[list[Cell]]:
        """The first rows, among which the header is looked for."""

    def rows(self, after: int) -> Iterator[tuple[int, list[Cell]] | Refusal]:
        """(row number, cells) of every row below row `after`; blank rows are left out."""


class CsvTable:
    def __init__(self, text: TextFile, delimiter: str):
        self.text, self.delimiter = text, delimiter
        self.name, self.encoding = text.name, text.encoding.removesuffix("-sig")

    def head(self) -> list[list[Cell]]:
        found: list[list[Cell]] = []
        for numbered in self._records():
            found.append([] if isinstance(numbered, Refusal) else list(numbered[1]))
            if len(found) == HEADER_SEARCH_ROWS:
                break
        return found

    def rows(self, after: int) -> Iterator[tuple[int, list[Cell]] | Refusal]:
        damaged = self.text.damaged
        for numbered in self._records():
            if numbered[0] <= after:
                continue
            if isinstance(numbered, Refusal):
                yield numbered
            elif damaged and any(is_damaged(cell) for cell in numbered[1]):
                yield Refusal(numbered[0], None, _("the row holds bytes that are no text"))
            elif any(numbered[1]):
                yield numbered  # type: ignore[misc]

    def raw_rows(self) -> Iterator[list[str]] | None:
        """The reader itself, for formats of millions of rows; None when a row may be damaged.

        Raises csv.Error at a row whose quotes do not pair and can be read on after it.
        """
        if self.text.damaged:
            return None
        return csv.reader(self.text.lines(), delimiter=self.delimiter, strict=True)

    def _records(self) -> Iterator[tuple[int, list[str]] | Refusal]:
        # strict: a quotation mark that is never closed would otherwise swallow the rows after it in silence.
        reader = csv.reader(self.text.lines(), delimiter=self.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield broken_quotes(number)


def broken_quotes(number: int) -> Refusal:
    """The refusal of a CSV row whose quotation marks do not pair."""
    return Refusal(
        number, None, _("the quotation marks of the row do not pair, or a cell is longer than 1 MB")
    )


class SheetTable:
    """One sheet of an XLSX workbook, held in memory (the workbook's unpacked size is limited)."""

    encoding = "xlsx"

    def __init__(self, name: str, sheet: str, cells: list[list[Cell]]):
        self.name, self.sheet, self.cells = name, sheet, cells

    def head(self) -> list[list[Cell]]:
        return self.cells[:HEADER_SEARCH_ROWS]

    def rows(self, after: int) -> Iterator[tuple[int, list[Cell]] | Refusal]:
        for number, cells in enumerate(self.cells[after:], after + 1):
            if not any(cell not in ("", None) for cell in cells):
                continue
            if any(isinstance(cell, str) and is_damaged(cell) for cell in cells):
                yield Refusal(number, None, _("the row holds bytes that are no text"))
                continue
            yield number, cells


def open_workbook(path: Path, name: str) -> Iterator[SheetTable]:
    """The sheets of an XLSX file, one after the other.

    Errors: FileRefused for a workbook that is protected by a password, too large unpacked, or damaged.
    """
    _check_unpacked_size(path, name)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for sheet_name in workbook.sheet_names:
            # skip_empty_area=False keeps the row numbers of a sheet that begins with blank rows.
            rows = workbook.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False)
            yield SheetTable(name, sheet_name, rows)  # type: ignore[arg-type]
    except PasswordError as error:
        raise protected_workbook(name) from error
    except (CalamineError, zipfile.BadZipFile) as error:
        raise FileRefused(_("%(name)s is damaged: export it again"), name=name) from error


def protected_workbook(name: str) -> FileRefused:
    return FileRefused(
        _("%(name)s is protected by a password: open it in a spreadsheet and save it without one"),
        name=name,
    )


def refuse_old_container(path: Path, name: str) -> None:
    """Refuse what is kept in an OLE container: a workbook with a password, or one of the old .xls kind."""
    with path.open("rb") as source:
        start = source.read(MAX_LINE_BYTES)
    if not start.startswith(OLE_CONTAINER):
        return
    if "EncryptedPackage".encode("utf-16-le") in start or "EncryptionInfo".encode("utf-16-le") in start:
        raise protected_workbook(name)
    raise FileRefused(_("%(name)s is of the old .xls kind: save it as .xlsx or CSV"), name=name)


def _check_unpacked_size(path: Path, name: str) -> None:
    """Unpack every part once without keeping it: the sizes an archive declares may be false."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_SHEET_BYTES:
                raise FileRefused(
                    _("%(name)s is larger than %(limit)s MB unpacked: save it as CSV, or split it by month"),
                    name=name,
                    limit=MAX_SHEET_BYTES // 1024**2,
                )
            for part in archive.infolist():
                with archive.open(part) as unpacked:
                    while unpacked.read(1024**2):
                        pass
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise FileRefused(_("%(name)s is damaged: export it again"), name=name) from error
