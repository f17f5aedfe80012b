"""A file arrives: unpacked, kept encrypted, recognised at once, and shown before it comes in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intake.models import ImportJob, State
from intake.preview import preview_of
from intake.reading import recognise_job
from intake.refusals import printable, printable_params
from stores.models import Store
from stores.platforms.archives import is_archive, unpack
from stores.platforms.records import FileRefused
from tenants.kept_files import chunks_of, discard, keep, plain_copy, private_folder
from tenants.models import User


@contextmanager
def files_of(path: Path, name: str) -> Iterator[list[tuple[str, Path]]]:
    """The files behind a path: those in a zip, else the file itself, as (name, path).

    Unpacked files live in a private folder until the end. Errors: FileRefused for an archive that cannot be
    opened.
    """
    if not is_archive(path):
        yield [(name, path)]
        return
    with private_folder() as folder:
        try:
            inside = unpack(path, folder)
        except FileRefused as refused:
            # Of the private copy only the path is known there, not what its user calls it.
            raise FileRefused(refused.message, **{**refused.params, "name": name}) from refused
        yield inside


def arrive(
    store: Store, name: str, chunks: Iterable[bytes], user: User | None, options: dict[str, Any] | None = None
) -> list[ImportJob]:
    """Keep and recognise an uploaded file: a job for it, or for each file of a zip, in the caller's scope.

    What cannot be taken is a job too, refused with its reason.
    """
    with plain_copy(chunks) as path:
        try:
            with files_of(path, name) as files:
                return [_arrive_one(store, inner, at, user, options or {}) for inner, at in files]
        except FileRefused as refused:
            job = _new_job(store, name, path.stat().st_size, user, options or {})
            _refuse(job, refused)
            return [job]


def paste(store: Store, text: str, seat: str, buyer: str, user: User | None) -> ImportJob:
    """Keep and recognise chat lines copied from the agent's desk, as one more file."""
    options = {"pasted": True, "seat": seat, "buyer": buyer}
    with plain_copy([text.encode("utf-8", "replace")]) as path:
        return _arrive_one(store, f"{seat}.txt", path, user, options)


def confirm(jobs: Iterable[ImportJob]) -> list[int]:
    """Queue those of the jobs that wait for their user; their ids. Twice confirmed is queued once."""
    return [
        job.pk
        for job in jobs
        if ImportJob.objects.filter(pk=job.pk, state=State.UPLOADED).update(state=State.QUEUED)
    ]


def cancel(job: ImportJob) -> bool:
    """Forget an upload that was not confirmed, and its file; False when it is past that."""
    deleted, _by_model = ImportJob.objects.filter(pk=job.pk, state=State.UPLOADED).delete()
    if deleted:
        discard(job.organization_id, job.kept_as)
    return bool(deleted)


def _arrive_one(store: Store, name: str, path: Path, user: User | None, options: dict[str, Any]) -> ImportJob:
    job = _new_job(store, name, path.stat().st_size, user, options)
    if _recognise(job, store, path):
        job.kept_as = keep(store.organization_id, chunks_of(path))
        job.save(update_fields=["kept_as"])
    return job


def _new_job(store: Store, name: str, size: int, user: User | None, options: dict[str, Any]) -> ImportJob:
    return ImportJob.objects.create(
        organization_id=store.organization_id,
        store=store,
        name=printable(name),
        size=size,
        created_by=user,
        options=options,
    )


def _recognise(job: ImportJob, store: Store, path: Path) -> bool:
    try:
        found = recognise_job(job, path, store)
    except FileRefused as refused:
        _refuse(job, refused)
        return False
    job.format, job.kind, job.preview = found.format, found.kind, preview_of(found, store.time_zone)
    job.save(update_fields=["format", "kind", "preview"])
    return True


def _refuse(job: ImportJob, refused: FileRefused) -> None:
    job.state, job.message = State.REFUSED, refused.message
    job.message_params = printable_params(refused.params)
    job.finished_at = job.created_at
    job.save(update_fields=["state", "message", "message_params", "finished_at"])
