"""What a file is, decided from its content: the one door through which files become records."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from stores.platforms.cells import Clock, plain_text
from stores.platforms.chats import ChatFormat
from stores.platforms.columns import Columns, Parsed, TableFormat
from stores.platforms.encodings import MAX_FILE_BYTES, TextFile, readings
from stores.platforms.jd import CHATS as JD_CHATS
from stores.platforms.jd import FORMATS as JD_FORMATS
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.neutral import FORMATS as NEUTRAL_FORMATS
from stores.platforms.preview import preview_rows
from stores.platforms.records import FileRefused, StoreSettings
from stores.platforms.shopee import FORMATS as SHOPEE_FORMATS
from stores.platforms.tables import DELIMITERS, CsvTable, Table, open_workbook, refuse_old_container
from stores.platforms.taobao import CHATS as TAOBAO_CHATS
from stores.platforms.taobao import FORMATS as TAOBAO_FORMATS

TABLE_FORMATS: tuple[TableFormat, ...] = (*TAOBAO_FORMATS, *SHOPEE_FORMATS, *JD_FORMATS, *NEUTRAL_FORMATS)
CHAT_FORMATS: tuple[ChatFormat, ...] = (*TAOBAO_CHATS, *JD_CHATS)
PLATFORM_NAMES = {"taobao": "Taobao/Tmall", "tmall": "Taobao/Tmall", "jd": "JD", "shopee": "Shopee"}
KINDS = tuple(sorted({known.kind for known in TABLE_FORMATS} | {known.kind for known in CHAT_FORMATS}))

_SHOPEE_PERIOD = re.compile(r"Order\.[a-z_]+\.(\d{8})_(\d{8})", re.IGNORECASE)


@dataclass(frozen=True)
class Recognised:
    """A file this product can read.

    columns: header as printed → field. unknown_columns: headers without a field of ours. preview: the first
    5 records with personal data masked. as_of: when the file's statements held, if it says so.
    """

    format: str
    kind: str
    encoding: str
    parse: Callable[[], Iterator[Parsed]] = field(repr=False)
    columns: dict[str, str] = field(default_factory=dict)
    unknown_columns: list[str] = field(default_factory=list)
    preview: list[dict[str, str | None]] = field(default_factory=list)
    as_of: datetime | None = None


@dataclass(frozen=True)
class _Match:
    found: TableFormat
    columns: Columns
    table: Table
    header_row: int


def recognise(
    path: Path, name: str, store: StoreSettings, kind: str | None = None, max_bytes: int = MAX_FILE_BYTES
) -> Recognised:
    """What the file at `path`, called `name` by its user, holds; `parse()` reads it, as often as called.

    kind: what the user says it holds; only formats of that kind are then considered. Errors: FileRefused
    when it is of no known format, of another platform than the store's, too large or damaged.
    """
    with path.open("rb") as source:
        start = source.read(4)
    if not start:
        raise FileRefused(_("%(name)s is empty"), name=name)
    refuse_old_container(path, name)
    if start == b"PK\x03\x04":
        if path.stat().st_size > max_bytes:
            raise FileRefused(
                _("%(name)s is larger than %(limit)s MB: split it by month"),
                name=name,
                limit=max_bytes // 1024**2,
            )
        if not _is_workbook(path, name):
            raise FileRefused(_("%(name)s is an archive without a table"), name=name)
        tables: list[Table] = list(open_workbook(path, name))
    else:
        texts = readings(path, name, max_bytes)
        for text in texts:
            if chat := _chat(text, store, kind):
                return chat
        tables = [CsvTable(text, delimiter) for text in texts for delimiter in DELIMITERS]
    return _table(tables, name, store, kind)


def _is_workbook(path: Path, name: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile as error:
        raise FileRefused(_("%(name)s is damaged: export it again"), name=name) from error


def _chat(text: TextFile, store: StoreSettings, kind: str | None) -> Recognised | None:
    for chat in CHAT_FORMATS:
        if not chat.looks_like(text):
            continue
        _check_platform(chat.platforms, text.name, store)
        _check_kind(chat.kind, kind, text.name)

        def parse(chat: ChatFormat = chat) -> Iterator[Parsed]:
            return chat.parse(text, store)

        return Recognised(
            chat.name, chat.kind, text.encoding.removesuffix("-sig"), parse, preview=preview_rows(parse())
        )
    return None


def _table(tables: list[Table], name: str, store: StoreSettings, kind: str | None) -> Recognised:
    match = None
    for table in tables:
        match = _best_match(table, kind)
        if match is not None:
            break
    if match is None:
        for table in tables:
            if kind is not None and (other := _best_match(table, None)):
                _check_kind(other.found.kind, kind, name)
        raise _unknown(tables, name)
    found, columns = match.found, match.columns
    _check_platform(found.platforms, name, store)

    def parse() -> Iterator[Parsed]:
        return found.parse(match.table, match.header_row, columns, store)

    return Recognised(
        format=found.name,
        kind=found.kind,
        encoding=match.table.encoding,
        parse=parse,
        columns=columns.recognised(),
        unknown_columns=[header for _position, header in columns.unknown],
        preview=preview_rows(parse()),
        as_of=_as_of(found, name, store),
    )


def _best_match(table: Table, kind: str | None) -> _Match | None:
    """The format that knows most of the headers of the first row any format knows."""
    for header_row, header in enumerate(table.head(), 1):
        matches = [
            _Match(known, columns, table, header_row)
            for known in TABLE_FORMATS
            if kind in (None, known.kind) and (columns := known.match(header)) is not None
        ]
        if matches:
            return max(matches, key=lambda match: len(match.columns.index))
    return None


def _check_platform(platforms: frozenset[str] | None, name: str, store: StoreSettings) -> None:
    if platforms is None or store.platform in platforms:
        return
    raise FileRefused(
        _("%(name)s is an export of %(found)s, but the store is one of %(platform)s"),
        name=name,
        found=PLATFORM_NAMES[min(platforms)],
        platform=PLATFORM_NAMES.get(store.platform, store.platform),
    )


def _check_kind(found: str, wanted: str | None, name: str) -> None:
    if wanted is not None and found != wanted:
        raise FileRefused(
            _("%(name)s holds %(found)s, not %(wanted)s"), name=name, found=found, wanted=wanted
        )


def _unknown(tables: list[Table], name: str) -> FileRefused:
    """Names the headers read, in the reading that splits the first row into most cells."""
    headers = max(
        (
            [plain_text(cell) for cell in row if plain_text(cell)]
            for table in tables
            for row in table.head()[:1]
        ),
        key=len,
        default=[],
    )
    return FileRefused(
        _("the headers of %(name)s are of no known table: %(headers)s"),
        name=name,
        headers=", ".join(header[:40] for header in headers[:12]),
    )


def _as_of(found: TableFormat, name: str, store: StoreSettings) -> datetime | None:
    """The end of the period a Shopee export names; it says nothing about what came after it."""
    period = _SHOPEE_PERIOD.search(name)
    if period is None or not found.name.startswith("shopee."):
        return None
    try:
        last = date.fromisoformat(period[2])
    except ValueError:
        return None
    return Clock(store.time_zone).local(datetime.combine(last + timedelta(days=1), time_of_day()))
