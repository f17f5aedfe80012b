"""A folder other programs drop files into: DIR/STORE_CODE/file is imported and moved to done/ or refused/.

Nothing but the move says that a file is finished. A watcher that dies between import and move imports the
file again, which changes nothing.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext

from intake.direct import load_directly, summary, write_rejected
from intake.models import State
from stores.models import Store

DONE, REFUSED = "done", "refused"
SETTLED_SECONDS = 2.0
# What copying programs and spreadsheets leave while they are at work.
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")


class AlreadyWatched(Exception):
    """Another process watches the folder."""


@contextmanager
def only_watcher(folder: Path) -> Iterator[None]:
    """Hold the folder until the end. Errors: AlreadyWatched."""
    with open(folder / ".kefudesk.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyWatched(folder) from error
        yield


def waiting_files(folder: Path) -> list[tuple[str, Path]]:
    """(store code, file) of all that lies in the stores' folders, oldest first."""
    found = [
        (store_folder.name, path)
        for store_folder in folder.iterdir()
        if store_folder.is_dir() and not store_folder.name.startswith(".")
        for path in store_folder.iterdir()
        if path.is_file() and not _is_unfinished(path)
    ]
    return sorted(found, key=lambda item: (item[1].stat().st_mtime, item[1].name))


class Settled:
    """Tells when a file has stopped growing: size and time of change the same for 2 seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.seen: dict[Path, tuple[tuple[int, int], float]] = {}

    def has(self, path: Path) -> bool:
        try:
            status = path.stat()
        except FileNotFoundError:
            self.seen.pop(path, None)
            return False
        state, now = (status.st_size, status.st_mtime_ns), self.clock()
        before = self.seen.get(path)
        if before is None or before[0] != state:
            self.seen[path] = (state, now)
            return False
        return now - before[1] >= SETTLED_SECONDS

    def forget(self, path: Path) -> None:
        self.seen.pop(path, None)


def take(store: Store, path: Path, say: Callable[[str], object]) -> bool:
    """Import one file and move it, with its reasons beside it; whether anything came in."""
    jobs = load_directly(store, path)
    for job in jobs:
        say(summary(job))
    took = any(job.state == State.DONE for job in jobs)
    target = _free_place(path.parent / (DONE if took else REFUSED), path.name)
    if took:
        write_rejected(target, jobs)
    else:
        reason = target.with_name(f"{target.name}.reason.txt")
        reason.write_text("".join(f"{summary(job)}\n" for job in jobs), encoding="utf-8")
    os.replace(path, target)
    return took


def unknown_store(code: str) -> str:
    return gettext("no store “%(code)s”: what lies in its folder is left there") % {"code": code}


def _is_unfinished(path: Path) -> bool:
    name = path.name.lower()
    return name.startswith((".", "~$")) or name.endswith(_UNFINISHED)


def _free_place(folder: Path, name: str) -> Path:
    """A path in `folder` nothing lies at: `name`, else `name` with -2, -3, … before its suffix."""
    folder.mkdir(exist_ok=True)
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target
