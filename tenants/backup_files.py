"""Attachments in a backup: a tree of the encrypted files beside the dump, unchanged ones shared with the one before.

Kept files are written once and never changed (a rotation of keys writes them anew under the same name), so a file of
the same size and age as in the last copy is the same and becomes another link to it: seven backups of a house take
hardly more room than one. Uploads to import are in no backup: they live for 30 days only.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from tenants.kept_files import Kind


def files_path(dump: Path) -> Path:
    """Where a dump's attachments are."""
    return dump.with_name(dump.name + ".files")


def copy_files(target: Path, previous: Path | None) -> dict[str, int]:
    """Copy every attachment there is below `target`; {"files", "bytes"}.

    previous: the tree of an earlier backup. A file deleted while this runs is left out: it was erased.
    """
    target.mkdir(mode=0o700)
    for name, source in _files(_attachments()):
        place = target / name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            if previous and _is_same(source, previous / name):
                os.link(previous / name, place)
            else:
                shutil.copy2(source, place)
    return count_files(target)


def count_files(tree: Path) -> dict[str, int]:
    """{"files", "bytes"} of a copied tree; zeros where there is none."""
    sizes = [path.stat().st_size for _name, path in _files(tree)]
    return {"files": len(sizes), "bytes": sum(sizes)}


def restore_files(tree: Path) -> int:
    """Put a backup's attachments where the program reads them; how many. Files that are there already stay."""
    count = 0
    for name, source in _files(tree):
        place = _attachments() / name
        if not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(source, place)
            count += 1
    return count


def newest_tree(directory: Path) -> Path | None:
    """The attachments of the latest backup in a directory."""
    return max(directory.glob("kefudesk-*.dump.files"), default=None)


def _attachments() -> Path:
    return Path(settings.MEDIA_ROOT) / Kind.ATTACHMENT.value


def _files(tree: Path) -> Iterator[tuple[str, Path]]:
    """(ORGANIZATION/NAME, path) of every file of a tree."""
    for path in sorted(tree.glob("*/*")):
        yield f"{path.parent.name}/{path.name}", path


def _is_same(one: Path, other: Path) -> bool:
    if not other.exists():
        return False
    a, b = one.stat(), other.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)
