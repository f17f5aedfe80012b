"""Loads one file: parses it and writes it chunk by chunk, so that a killed job goes on where it was.

Each chunk, the counts it adds and the rows it refuses are committed together under the job's row lock. A
worker that was taken for dead finds another's claim on the job and stops without having written anything.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from intake.limits import beyond_limits
from intake.message_ids import MessageIds
from intake.models import COUNTED, ImportJob, State
from intake.reading import recognise_job, row_total
from intake.refusals import keep_refusals, printable_params
from intake.writers import WRITERS
from stores.models import Store
from stores.platforms import records as r
from stores.platforms.columns import Parsed
from stores.platforms.records import FileRefused, MessageRecord, Refusal
from tenants.audit import record
from tenants.kept_files import KeptFileLost, opened
from tenants.scope import organization_scope

CHUNK_RECORDS = 20_000
STALLED_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 3
_BEAT_SECONDS = 15

KIND_OF: dict[type, str] = {
    r.SeatRecord: "seats",
    r.RosterRecord: "roster",
    r.MessageRecord: "messages",
    r.SessionRecord: "sessions",
    r.OrderRecord: "orders",
    r.OrderLineRecord: "order_lines",
    r.RefundRecord: "refunds",
    r.ReviewRecord: "reviews",
    r.TrackingRecord: "tracking",
    r.BuyerRecord: "buyers",
    r.ProductRecord: "products",
    r.RateRecord: "rates",
    r.RatingRecord: "ratings",
    r.PresenceRecord: "presence",
    r.CostRecord: "costs",
}
# Orders before their lines before their refunds, whatever their order within a chunk.
_WRITE_ORDER = {record_type: place for place, record_type in enumerate(WRITERS)}

logger = logging.getLogger(__name__)


class TakenOver(Exception):
    """Another worker has claimed the job since; what this one was writing is rolled back."""


def load_kept(organization_id: int, job_id: int) -> None:
    """Load a job from its kept file. A job that is gone, done or in other hands is left alone."""
    with organization_scope(organization_id):
        job = ImportJob.objects.filter(pk=job_id).first()
    if job is None or not job.is_unfinished:
        return
    try:
        with opened(organization_id, job.kept_as) as path:
            load(job, path)
    except KeptFileLost:
        logger.exception("import %s: kept file %s cannot be read", job.pk, job.kept_as)
        if claim_job(job):
            refuse(job, _("the uploaded file is no longer there: upload %(name)s again"), {"name": job.name})


def load(job: ImportJob, path: Path) -> None:
    """Load the job's file from its plain copy at `path`; `job` holds the outcome afterwards.

    1. Claim the job; if somebody else has it, do nothing. 2. Recognise and parse the file. 3. Skip what is
    committed already. 4. Write the rest in chunks. A file that cannot be taken is refused with its message;
    after any other error the job is queued again, and refused when it has failed 3 times without getting
    further.
    """
    if claim_job(job):
        try:
            _load_claimed(job, path)
        except FileRefused as refused:
            refuse(job, refused.message, refused.params)
        except TakenOver:
            logger.warning("import %s: taken over by another worker", job.pk)
        except Exception:
            logger.exception("import %s: attempt %s failed", job.pk, job.attempts)
            _give_back(job)
    with organization_scope(job.organization_id):
        job.refresh_from_db()


def claim_job(job: ImportJob) -> bool:
    """Make the job ours if it is queued or its worker died; refuse it instead if it failed too often."""
    ours = secrets.token_hex(16)
    stalled = Q(state=State.RUNNING, heartbeat_at__lt=Now() - STALLED_AFTER)
    with organization_scope(job.organization_id):
        # A worker within a chunk holds the row's lock, however long that takes: not dead, not waited for.
        free = (
            ImportJob.objects.select_for_update(skip_locked=True)
            .filter(Q(state=State.QUEUED) | stalled, pk=job.pk)
            .values_list("attempts", flat=True)
        )
        attempts = free.first()
        if attempts is None:
            return False
        ImportJob.objects.filter(pk=job.pk).update(
            state=State.RUNNING, claim=ours, attempts=attempts + 1, heartbeat_at=Now()
        )
        job.refresh_from_db()
    if attempts >= MOST_ATTEMPTS:
        refuse(job, FAILED_TOO_OFTEN, {"name": job.name, "count": attempts})
        return False
    return True


FAILED_TOO_OFTEN = _(
    "%(name)s could not be read: it failed %(count)s times because of an error of ours, not of the file. "
    "What came in before is kept; tell your administrator, the log names the error"
)


def refuse(job: ImportJob, message: str, params: dict[str, Any]) -> None:
    """End a claimed job as refused, with an English msgid and its values."""
    _end(job, state=State.REFUSED, message=message, message_params=printable_params(params))


def _give_back(job: ImportJob) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        refuse(job, FAILED_TOO_OFTEN, {"name": job.name, "count": job.attempts})
    else:
        with organization_scope(job.organization_id):
            _ours(job).update(state=State.QUEUED)


def _end(job: ImportJob, **outcome: Any) -> None:
    with organization_scope(job.organization_id):
        if _ours(job).update(finished_at=Now(), heartbeat_at=Now(), **outcome):
            verb = "imported" if outcome["state"] == State.DONE else "import_refused"
            record(None, verb, job, by=job.created_by, job=job.pk, store=job.store.code, counts=job.counts)


def _ours(job: ImportJob):
    return ImportJob.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING)


def _load_claimed(job: ImportJob, path: Path) -> None:
    with organization_scope(job.organization_id):
        store = Store.objects.get(pk=job.store_id)
    recognised = recognise_job(job, path, store)
    as_of = job.as_of or recognised.as_of
    job.format, job.kind = recognised.format, recognised.kind
    rows = row_total(path)
    parsed = completed(recognised.parse())
    _skip(job, parsed)
    while chunk := list(islice(parsed, CHUNK_RECORDS)):
        # The last row of the chunk, as its user counts, tells how far the file is read.
        _write_chunk(job, store, chunk, as_of, min(chunk[-1][0] / rows, 1.0))
    _end(job, state=State.DONE, done_bytes_share=1.0, format=job.format, kind=job.kind)


def completed(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """The same in order, every message with an id, and what the tables cannot hold refused."""
    ids = MessageIds()
    for item in parsed:
        if isinstance(item, Refusal):
            yield item
        elif refusal := beyond_limits(*item):
            yield refusal
        elif isinstance(item[1], MessageRecord):
            yield item[0], ids.complete(item[1])
        else:
            yield item


def _skip(job: ImportJob, parsed: Iterator[Parsed]) -> None:
    """Read past what is committed; the ids of what follows depend on it."""
    left, beaten = job.done_records, time.monotonic()
    while left and (skipped := sum(1 for _item in islice(parsed, min(left, CHUNK_RECORDS)))):
        left -= skipped
        if time.monotonic() - beaten > _BEAT_SECONDS:
            beaten = time.monotonic()
            with organization_scope(job.organization_id):
                if not _ours(job).update(heartbeat_at=Now()):
                    raise TakenOver


def _write_chunk(
    job: ImportJob, store: Store, chunk: list[Parsed], as_of: datetime | None, share: float
) -> None:
    with organization_scope(job.organization_id):
        if not _ours(job).select_for_update().filter(done_records=job.done_records).exists():
            raise TakenOver
        counts, refusals = write_records(store, chunk, as_of, job.kind)
        keep_refusals(job, refusals, job.refused_rows.count())
        progress = {
            "done_records": job.done_records + len(chunk),
            "done_bytes_share": share,
            "counts": added(job.counts, counts),
            "format": job.format,
            "kind": job.kind,
            "attempts": 1,
            "heartbeat_at": Now(),
        }
        _ours(job).update(**progress)
    # Only what is committed may be counted on: a failed commit leaves the job's own copy as it was.
    job.done_records, job.counts, job.attempts = progress["done_records"], progress["counts"], 1


def write_records(
    store: Store, parsed: list[Parsed], as_of: datetime | None, kind: str
) -> tuple[dict[str, dict[str, int]], list[Refusal]]:
    """Write records in the caller's scope: (counts as ImportJob.counts has them, refusals by row).

    kind: under which the rows the parser refused are counted. Errors: FileRefused for records nobody takes.
    """
    refusals = [item for item in parsed if isinstance(item, Refusal)]
    counts: dict[str, dict[str, int]] = {}
    if refusals:
        counts[kind] = {**dict.fromkeys(COUNTED, 0), "rejected": len(refusals)}
    by_type: dict[type, list[tuple[int, Any]]] = {}
    for item in parsed:
        if not isinstance(item, Refusal):
            by_type.setdefault(type(item[1]), []).append(item)
    if unknown := by_type.keys() - WRITERS.keys():
        raise FileRefused(_("%(kind)s are not taken in yet"), kind=KIND_OF[unknown.pop()])
    for record_type in sorted(by_type, key=_WRITE_ORDER.__getitem__):
        written = WRITERS[record_type](store, by_type[record_type], as_of)
        refusals += written.refusals
        found = (written.new, written.changed, written.unchanged, len(written.refusals))
        counts = added(counts, {KIND_OF[record_type]: dict(zip(COUNTED, found, strict=True))})
    return counts, sorted(refusals, key=lambda refusal: refusal.row)


def added(first: dict[str, dict[str, int]], second: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The sum of two {kind: {name: number}}."""
    return {
        kind: {name: first.get(kind, {}).get(name, 0) + second.get(kind, {}).get(name, 0) for name in COUNTED}
        for kind in {**first, **second}
    }
