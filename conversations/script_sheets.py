"""Scripts in and out of a spreadsheet: columns folder, platform, store, situation, title, text, one script a row.

A row names its script by folder and title: read again, it changes the text or nothing.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from conversations.script_models import Script, ScriptFolder
from conversations.scripts import folder_named, save_script, unknown_places
from stores.models import Platform, Store

COLUMNS = ("folder", "platform", "store", "situation", "title", "text")
# Headings people write instead of the columns' names.
HEADINGS = {
    "文件夹": "folder", "文件夾": "folder", "資料夾": "folder", "平台": "platform", "店铺": "store", "店鋪": "store",
    "场景": "situation", "場景": "situation", "标题": "title", "標題": "title", "内容": "text", "內容": "text",
    "话术": "text", "話術": "text",
}  # fmt: skip
LONGEST = {"folder": 100, "situation": 50, "title": 100, "text": 2000}
NEEDED = ("folder", "title", "text")
MOST_BYTES = 2_000_000
MOST_ROWS = 5_000


class Refused(NamedTuple):
    """A row that was not taken: its number in the sheet, the column, and why in words."""

    row: int
    column: str
    reason: str


@dataclass
class Outcome:
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: list[Refused] = field(default_factory=list)


def rows_of(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """(row number, {column: text}) of the first sheet. ValueError in words for what is no such table."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise ValueError(_("This is no XLSX file.")) from error
    lines = lines[: MOST_ROWS + 2]
    heads = [str(head).strip().lower() for head in lines[0]] if lines else []
    places = {HEADINGS.get(head, head): n for n, head in enumerate(heads)}
    if missing := [name for name in NEEDED if name not in places]:
        raise ValueError(_("The first row lacks these columns: %(names)s.") % {"names": ", ".join(missing)})
    if len(lines) > MOST_ROWS + 1:
        raise ValueError(_("At most %(most)s rows at once.") % {"most": MOST_ROWS})
    found = []
    for number, line in enumerate(lines[1:], start=2):
        cells = {name: _text(line[n]) for name, n in places.items() if name in COLUMNS and n < len(line)}
        if any(cells.values()):
            found.append((number, {name: cells.get(name, "") for name in COLUMNS}))
    return found


def _text(value) -> str:
    # A title of digits alone is a number to a spreadsheet.
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()


@transaction.atomic
def read_scripts(organization_id: int, stores: Iterable[Store], content: bytes) -> Outcome:
    """Take the rows that are right, refuse the others by row and column. stores: those the reader may write for.

    ValueError in words where the file is no such table. A fixed number of statements, and two for each new script.
    """
    by_code = {store.code: store for store in stores}
    outcome, seen = Outcome(), set()
    folders = {_key(folder): folder for folder in ScriptFolder.objects.all()}
    known = {(script.folder_id, script.title): script for script in Script.objects.all()}
    for number, cells in rows_of(content):
        wrong = _wrong(number, cells, by_code)
        place = tuple(cells[name] for name in ("folder", "platform", "store", "situation", "title"))
        if not wrong and place in seen:
            wrong = [Refused(number, "title", _("This folder and title stand in an earlier row."))]
        outcome.refused += wrong
        if wrong:
            continue
        seen.add(place)
        store = by_code.get(cells["store"])
        key = (cells["folder"], store and store.pk, cells["platform"], cells["situation"])
        if key not in folders:
            folders[key] = folder_named(
                organization_id, cells["folder"], store, cells["platform"], cells["situation"]
            )
        _take(organization_id, folders[key], cells, known, outcome)
    return outcome


def _key(folder: ScriptFolder) -> tuple:
    return folder.name, folder.store_id, folder.platform, folder.situation


def _take(organization_id: int, folder: ScriptFolder, cells: dict, known: dict, outcome: Outcome) -> None:
    script = known.get((folder.pk, cells["title"]))
    if script is None:
        made = Script(
            organization_id=organization_id, folder=folder, title=cells["title"], text=cells["text"]
        )
        known[folder.pk, cells["title"]] = save_script(made)
        outcome.added += 1
    elif script.text == cells["text"]:
        outcome.same += 1
    else:
        script.text = cells["text"]
        save_script(script)
        outcome.changed += 1


def _wrong(number: int, cells: dict[str, str], by_code: dict[str, Store]) -> list[Refused]:
    found = [Refused(number, name, _("This must be filled in.")) for name in NEEDED if not cells[name]] + [
        Refused(number, name, _("At most %(most)s characters.") % {"most": most})
        for name, most in LONGEST.items()
        if len(cells[name]) > most
    ]
    if cells["platform"] and cells["platform"] not in Platform.values:
        found.append(
            Refused(
                number, "platform", _("One of %(names)s, or nothing.") % {"names": ", ".join(Platform.values)}
            )
        )
    if cells["store"] and cells["store"] not in by_code:
        found.append(Refused(number, "store", _("You see no store of this code.")))
    if places := unknown_places(cells["text"]):
        found.append(Refused(number, "text", _("Nothing stands for {%(name)s}.") % {"name": places[0]}))
    return found


def lines_of(scripts: Iterable[Script]) -> list[list[str]]:
    """The lines below COLUMNS that `read_scripts` reads again. scripts: with their folders and folders' stores."""
    return [
        [
            script.folder.name, script.folder.platform, script.folder.store.code if script.folder.store else "",
            script.folder.situation, script.title, script.text,
        ]
        for script in scripts
    ]  # fmt: skip
