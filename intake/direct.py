"""Importing without a worker: what the commands do with a file on this machine."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext

from intake.arrivals import files_of
from intake.load import KIND_OF, load
from intake.models import ImportJob, State
from intake.reading import recognise_job
from intake.refusals import explain, printable, printable_params, refused_rows_csv, sentences
from stores.models import Store
from stores.platforms.records import FileRefused, Refusal
from tenants.scope import organization_scope


class Reading(NamedTuple):
    """One file read without writing. read: records by kind; refused: rows; message: why nothing was taken."""

    name: str
    format: str
    read: dict[str, int]
    refused: int
    message: str


def load_directly(
    store: Store, path: Path, kind: str | None = None, as_of: datetime | None = None
) -> list[ImportJob]:
    """Load a file, or each file of a zip, in this process; its jobs, all done or refused."""
    try:
        with files_of(path, path.name) as files:
            return [_load_one(store, name, at, kind, as_of) for name, at in files]
    except FileRefused as refused:
        return [_refused_at_once(store, path, refused)]


def read_only(store: Store, path: Path, kind: str | None = None) -> list[Reading]:
    """Read a file, or each file of a zip, to the end and write nothing."""
    try:
        with files_of(path, path.name) as files:
            return [_read_one(store, name, at, kind) for name, at in files]
    except FileRefused as refused:
        return [Reading(path.name, "", {}, 0, explain(refused.message, refused.params))]


def summary(job: ImportJob) -> str:
    """The job's outcome in one line of the active language."""
    if job.state == State.REFUSED:
        return f"{job.name}: {explain(job.message, job.message_params)}"
    counts = gettext(
        "%(read)s read, %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(rejected)s rejected"
    ) % {"read": job.done_records, **job.totals}
    return f"{job.name} ({job.format}): {counts}"


def reading_summary(reading: Reading) -> str:
    """The same for a file that was only read."""
    if reading.message:
        return f"{reading.name}: {reading.message}"
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(reading.read.items()))
    counts = gettext("%(read)s read (%(kinds)s), %(rejected)s rejected; nothing was written") % {
        "read": sum(reading.read.values()) + reading.refused,
        "kinds": kinds or "0",
        "rejected": reading.refused,
    }
    return f"{reading.name} ({reading.format}): {counts}"


def write_rejected(path: Path, jobs: list[ImportJob]) -> Path | None:
    """Write `PATH.rejected.csv`: row, column, reason of what was refused; None and no file if nothing was.

    For the files of a zip a first column names the file.
    """
    target = path.with_name(f"{path.name}.rejected.csv")
    rows = []
    for job in jobs:
        with organization_scope(job.organization_id):
            found = sentences(job)
        if job.state == State.REFUSED:
            found.append(("", "", explain(job.message, job.message_params)))
        rows += [(job.name, *line) for line in found]
    if not rows:
        target.unlink(missing_ok=True)
        return None
    header = ["file", "row", "column", "reason"]
    start = 1 if len(jobs) == 1 else 0
    target.write_text(
        refused_rows_csv([row[start:] for row in rows], header[start:]), encoding="utf-8", newline=""
    )
    return target


def exit_code(took: int, refused: int) -> int:
    """0 all well; 1 something refused and the rest in; 2 nothing done. took: files that came in."""
    if not took:
        return 2
    return 1 if refused else 0


def _load_one(store: Store, name: str, path: Path, kind: str | None, as_of: datetime | None) -> ImportJob:
    job = _new_job(store, name, path, {"kind": kind} if kind else {}, as_of)
    # `load` queues a job again after an unexpected error, and refuses it when that repeats.
    while job.state == State.QUEUED:
        load(job, path)
    return job


def _new_job(
    store: Store, name: str, path: Path, options: dict, as_of: datetime | None, **outcome
) -> ImportJob:
    with organization_scope(store.organization_id):
        return ImportJob.objects.create(
            organization_id=store.organization_id,
            store=store,
            name=printable(name),
            size=path.stat().st_size,
            options=options,
            as_of=as_of,
            **{"state": State.QUEUED, **outcome},
        )


def _refused_at_once(store: Store, path: Path, refused: FileRefused) -> ImportJob:
    return _new_job(
        store,
        path.name,
        path,
        {},
        None,
        state=State.REFUSED,
        message=refused.message,
        message_params=printable_params(refused.params),
    )


def _read_one(store: Store, name: str, path: Path, kind: str | None) -> Reading:
    job = ImportJob(name=printable(name), options={"kind": kind} if kind else {})
    read: Counter[str] = Counter()
    refused = 0
    try:
        recognised = recognise_job(job, path, store)
        for item in recognised.parse():
            if isinstance(item, Refusal):
                refused += 1
            else:
                read[KIND_OF[type(item[1])]] += 1
    except FileRefused as error:
        return Reading(job.name, "", {}, 0, explain(error.message, error.params))
    return Reading(job.name, recognised.format, dict(read), refused, "")
