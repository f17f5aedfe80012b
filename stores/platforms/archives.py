"""Unpacking a ZIP a user uploaded, with limits against archives made to fill the disk."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import FileRefused

MAX_ENTRIES = 1000
MAX_UNPACKED_BYTES = 2 * 1024**3
# Chat logs and order reports shrink to a tenth or twentieth; a fiftieth of that is no export.
MAX_RATIO = 200
RATIO_CHECKED_FROM = 10 * 1024**2
CHUNK = 1024**2

_UTF8_NAME, _ENCRYPTED = 0x800, 0x1


def is_archive(path: Path) -> bool:
    """Whether the file is a ZIP to unpack; an XLSX workbook, itself a ZIP, is not."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def unpack(path: Path, into: Path, max_bytes: int = MAX_UNPACKED_BYTES) -> list[tuple[str, Path]]:
    """The archive's files as (name within the archive, unpacked file), in the archive's order.

    Files are written to `into`, which the caller removes, under numbers: a name in the archive never becomes
    a path. An archive within the archive is handed over as it is, not opened. Errors: FileRefused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            _check(entries, path, max_bytes)
            written, unpacked = 0, []
            for number, entry in enumerate(entries, 1):
                name = entry_name(entry)
                target = into / f"{number:04}{_safe_suffix(name)}"
                written += _write(archive, entry, target, path, max_bytes - written)
                unpacked.append((name, target))
            return unpacked
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise FileRefused(_("%(name)s is damaged: pack it again as ZIP"), name=path.name) from error


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name: UTF-8 where it says so or is so, else GB18030, as Windows in China packs."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    packed = entry.filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return packed.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """Neither a folder nor what macOS adds to every archive."""
    parts = PurePosixPath(entry.filename).parts
    return not entry.is_dir() and bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(".")


def _check(entries: list[zipfile.ZipInfo], path: Path, max_bytes: int) -> None:
    if not entries:
        raise FileRefused(_("%(name)s holds no files"), name=path.name)
    if len(entries) > MAX_ENTRIES:
        raise FileRefused(
            _("%(name)s holds more than %(limit)s files: split it"), name=path.name, limit=MAX_ENTRIES
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefused(
            _("%(name)s is protected by a password: unpack it and import the files"), name=path.name
        )
    unpacked, packed = (
        sum(entry.file_size for entry in entries),
        sum(entry.compress_size for entry in entries),
    )
    if unpacked > max_bytes:
        raise _too_large(path, max_bytes)
    if unpacked > RATIO_CHECKED_FROM and unpacked > MAX_RATIO * packed:
        raise FileRefused(
            _("%(name)s unpacks to more than %(limit)s times its size: unpack it and import the files"),
            name=path.name,
            limit=MAX_RATIO,
        )


def _too_large(path: Path, max_bytes: int) -> FileRefused:
    return FileRefused(
        _("%(name)s is larger than %(limit)s MB unpacked: split it"),
        name=path.name,
        limit=max_bytes // 1024**2,
    )


def _safe_suffix(name: str) -> str:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    return suffix if len(suffix) <= 6 and suffix[1:].isalnum() and suffix.isascii() else ""


def _write(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, path: Path, bytes_left: int
) -> int:
    """Bytes written. They are counted: the size an entry declares may be false."""
    written = 0
    with archive.open(entry) as packed, target.open("wb") as unpacked:
        while chunk := packed.read(CHUNK):
            written += len(chunk)
            if written > bytes_left:
                raise _too_large(path, bytes_left)
            unpacked.write(chunk)
    return written
