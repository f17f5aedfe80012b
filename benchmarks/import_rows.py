"""1. Parsed messages → the database: the product's writer beside raw COPY and Django's bulk_create."""

import gc
import io
import itertools
from functools import partial

from benchmarks.dataset import Size, store_days
from benchmarks.loading import chunks, make_organization, write
from benchmarks.measure import Report, interleaved, ratio, seconds, spread
from stores.platforms.records import MessageRecord

_RAW = "message_id text, buyer text, seat text, direction text, auto boolean, sent_at timestamptz, text text"
_BULK_SHARE = 0.2  # bulk_create is slow: it takes this part of the rows, and its time is scaled
_number = itertools.count()


def import_rows(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    records = first_messages(run.size, run.import_rows)
    # The product holds one chunk: going through all of these again and again is nobody's cost but the benchmark's.
    gc.collect()
    gc.freeze()
    few = records[: int(len(records) * _BULK_SHARE)]
    stores: list = []

    def first() -> float:
        stores.append(empty_store())
        return import_all(stores[-1], records)

    actions = {
        "raw COPY": partial(raw_copy, records),
        "import": first,
        # Of what the round before it, or this one, brought in.
        "again": lambda: import_all(stores[-1], records),
        "bulk_create": lambda: bulk_create(empty_store(), few) / _BULK_SHARE,
    }
    actions["import"]()
    found = interleaved(actions, run.repeats)
    gc.unfreeze()
    return _report(run, found, len(records))


def _report(run, found: dict[str, list[float]], rows: int) -> Report:
    report = Report("Import of parsed messages")
    report.add(
        "rate of the import / raw COPY into a table without index",
        ratio(found, "raw COPY", "import"),
        0.25,
        "at least",
    )
    report.add(
        "rate of the import / bulk_create(ignore_conflicts) by 1,000",
        ratio(found, "bulk_create", "import"),
        5,
        "at least",
        "×",
    )
    report.add(
        "rate of importing all of it again / the first time",
        ratio(found, "import", "again"),
        1.5,
        "at least",
        "×",
    )
    report.add("rows/s of the import", rows / min(found["import"]))
    report.notes.append(f"{rows:,} messages, {run.repeats} rounds: {spread(found)}")
    return report


def first_messages(size: Size, number: int) -> list[MessageRecord]:
    """The first `number` messages of a middling store, or all it has."""
    told = itertools.chain.from_iterable(made.messages for made in store_days(size, 1))
    return list(itertools.islice(told, number))


def empty_store():
    """A store of an organization of its own."""
    from stores.models import Store
    from tenants.scope import organization_scope

    organization_id, store_ids = make_organization(f"import-{next(_number)}", Size(0, 0, stores=1))
    with organization_scope(organization_id):
        return Store.objects.get(pk=store_ids[0])


def import_all(store, records: list[MessageRecord]) -> float:
    """Seconds for the product's writer: chunks, duplicates, both indexes, row-level security, change log."""

    def write_all() -> None:
        for chunk in chunks(records):
            write(store, chunk)

    return seconds(write_all)


def raw_copy(records: list[MessageRecord]) -> float:
    """Seconds for COPY of the same records into an unindexed table of the owner: nothing can be quicker."""
    from django.db import connections

    from stores.staging import cell

    def copy_all() -> None:
        lines = "".join("\t".join(map(cell, record[:7])) + "\n" for record in records)
        cursor.copy_expert("COPY raw_message FROM STDIN", io.StringIO(lines))

    with connections["migrate"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS raw_message; CREATE TABLE raw_message ({_RAW})")
        taken = seconds(copy_all)
        cursor.execute("DROP TABLE raw_message")
    return taken


def bulk_create(store, records: list[MessageRecord]) -> float:
    """Seconds for the same table and row-level security through the ORM, 1,000 rows a statement."""
    from conversations.models import Message
    from stores.imports import buyer_ids, seat_ids
    from tenants.scope import organization_scope

    def create_all() -> None:
        with organization_scope(store.organization_id):
            buyers = buyer_ids(store, {m.buyer for m in records})
            seats = seat_ids(store, {m.seat for m in records})
            rows = [
                Message(
                    organization_id=store.organization_id,
                    store_id=store.pk,
                    message_id=m.message_id,
                    buyer_id=buyers[m.buyer],
                    seat_id=seats[m.seat],
                    kind=0 if m.direction == "in" else 2 if m.auto else 1,
                    sent_at=m.sent_at,
                    text=m.text,
                )
                for m in records
            ]
            Message.objects.bulk_create(rows, 1000, ignore_conflicts=True)

    return seconds(create_all)
