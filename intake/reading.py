"""What a file on its way in holds: recognised by its content, or a chat its user has pasted."""

import re
import zipfile
from pathlib import Path

from django.utils.translation import gettext_noop as _

from intake.models import ImportJob
from stores.models import Store
from stores.platforms.preview import preview_rows
from stores.platforms.recognise import Recognised, recognise
from stores.platforms.records import FileRefused, StoreSettings
from stores.platforms.taobao.clipboard import parse_clipboard

CLIPBOARD = "wangwang.clipboard"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ZIP_START = b"PK\x03\x04"
_READ_BYTES = 1024**2


def recognise_job(job: ImportJob, path: Path, store: Store) -> Recognised:
    """What the job's file, its plain copy at `path`, holds. Errors: FileRefused."""
    settings = store.parser_settings()
    if job.options.get("pasted"):
        return _recognise_pasted(path, job.options, settings)
    return recognise(path, job.name, settings, kind=job.options.get("kind") or None)


def _recognise_pasted(path: Path, options: dict, settings: StoreSettings) -> Recognised:
    text = path.read_text(encoding="utf-8")

    def parse():
        return parse_clipboard(text, options["seat"], options.get("buyer") or None, settings)

    return Recognised(CLIPBOARD, "messages", "utf-8", parse, preview=preview_rows(parse()))


def row_total(path: Path) -> int:
    """About how many rows the file has, for its progress bar: lines of a text, rows of a workbook's sheets.

    Errors: FileRefused when a workbook is damaged.
    """
    with path.open("rb") as source:
        if source.read(len(_ZIP_START)) != _ZIP_START:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(_READ_BYTES), b"")) + 1
    try:
        with zipfile.ZipFile(path) as workbook:
            sheets = [part for part in workbook.namelist() if _SHEET_PART.fullmatch(part)]
            return max(1, sum(_row_marks(workbook, part) for part in sheets))
    except (zipfile.BadZipFile, EOFError) as error:
        raise FileRefused(_("%(name)s is damaged: export it again"), name=path.name) from error


def _row_marks(workbook: zipfile.ZipFile, part: str) -> int:
    found, end = 0, b""
    with workbook.open(part) as sheet:
        while chunk := sheet.read(_READ_BYTES):
            found += (end + chunk).count(b"<row ")
            # A mark cut by the chunk's end is found with the next one, a whole one is not found twice.
            end = chunk[-4:]
    return found
