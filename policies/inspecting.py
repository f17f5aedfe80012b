"""Reading new chats and remarks by the rules: violations, warnings, notices (docs/policies.md).

A look at one store goes buyer by buyer, BUYERS at a time. Each step is one transaction under the store's lock:
1. Read what the change log says for the reader "policies" up to the oldest transaction that ran when the look began.
2. Read the marked lines of the next buyers with what stands before and after them (policies/inspection_reading.py).
3. Judge them by the versions of their days; bring violations and warnings in line with that.
4. Keep the place. A crash costs the step under way; the next look goes on behind the last one that was kept.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from orders.remark_models import Remark
from policies.inspection_judge import Judge, Told, book_of_chats
from policies.inspection_models import InspectionReach
from policies.inspection_reading import Mark, chats, everybody, marked
from policies.inspection_remarks import LATE, inspect_remarks
from policies.inspection_storing import MESSAGE, follow_holders, hit_of, store_hits
from policies.inspection_warnings import settle, warn
from stores.models import ChangeCursor, Store
from tenants.scope import organization_scope

READER = "policies"
LOCK = 7305  # advisory lock class of inspections; the second key is the store
LOOK = 7309  # advisory lock class of looks at a store; the second key is the store
BUYERS = 500  # in one transaction


class Counts(NamedTuple):
    """What a look did. lines: chat lines and remarks judged; made: violations and notices that are new or stand again;
    lapsed: that no longer stand; warned: dangerous questions that are new."""

    buyers: int = 0
    lines: int = 0
    made: int = 0
    lapsed: int = 0
    warned: int = 0

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def inspect_store(store: Store, now: datetime, fresh_since: datetime) -> Counts:
    """Inspect what is new in a store since the last look. Safe to repeat at any time, and to run twice at once: who
    finds another at work leaves the rest to them.

    fresh_since: an older question warns nobody. Opens the organization's scope itself.
    """
    total, judge, is_done = Counts(), None, False
    while not is_done:
        with organization_scope(store.organization_id):
            if not claimed(LOOK, store.pk):
                return total
            judge = _current(lock(store), judge)
            counts, is_done = _step(judge, now, fresh_since)
        total += counts
    return total


def claimed(kind: int, key: int) -> bool:
    """Take a lock to the transaction's end, if nobody has it; whether it is ours. A worker that waited would do nothing
    else meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [kind, key])
        return cursor.fetchone()[0]


def lock(store: Store) -> Store:
    """Wait for the store's lock and hold it to the transaction's end; the store as it is then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
    return Store.objects.get(pk=store.pk)


def inspect_whole(store: Store) -> None:
    """Have the next look read every chat of the store: what decides which rules are for it has changed.

    In the caller's transaction.
    """
    lock(store)
    _read_again(store)


def _read_again(store: Store) -> None:
    ChangeCursor.objects.filter(store=store, reader=READER).update(transaction_no=0)
    InspectionReach.objects.filter(store=store).update(upto=None, at_buyer=0)


def _current(store: Store, judge: Judge | None) -> Judge:
    """The judge of the rules as they are now; the one at hand where nothing has changed."""
    book = book_of_chats()
    if judge and judge.is_of(store, book):
        return judge
    return Judge(store, book)


def _step(judge: Judge, now: datetime, fresh_since: datetime) -> tuple[Counts, bool]:
    """One step of the look under way, or of a new one; what it did, and whether the look is over."""
    store = judge.store
    of_store = {"organization_id": store.organization_id, "store": store}
    place, _made = ChangeCursor.objects.get_or_create(
        **of_store, reader=READER, defaults={"transaction_no": 0}
    )
    reach, _made = InspectionReach.objects.get_or_create(**of_store)
    begins = reach.upto is None
    if begins and reach.library < judge.library:
        # Rules that came with a new release are for what was said before, too.
        reach.library = judge.library
        reach.save(update_fields=["library"])
        _read_again(store)
        place.transaction_no = 0
    upto, anything, whole = _log(store, place.transaction_no, reach.upto)
    counts = _remarks(judge, reach, now, whole) if begins else Counts()
    if not anything and not whole:
        return counts, True
    if begins:
        reach.upto, reach.at_buyer = upto, 0
    if whole:
        marks = everybody(store, reach.at_buyer, BUYERS)
    else:
        marks = marked(store, place.transaction_no, upto, reach.at_buyer, BUYERS)
    counts += _inspect(judge, marks, now, fresh_since)
    is_done = len(marks) < BUYERS
    if is_done:
        follow_holders(store, place.transaction_no, upto)
        ChangeCursor.objects.filter(pk=place.pk).update(transaction_no=upto)
    reach.upto, reach.at_buyer = (None, 0) if is_done else (reach.upto, marks[-1].buyer_id)
    reach.save(update_fields=["upto", "at_buyer"])
    return counts, is_done


def _log(store: Store, since: int, upto: int | None) -> tuple[int, bool, bool]:
    """How far a look reads the log, whether anything stands there, and whether all of the store is to be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT q.upto, count(c.id) > 0, bool_or(c.id IS NOT NULL AND c.buyer_id IS NULL AND c.seat_id IS NULL)
            FROM (SELECT coalesce(%s, pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS upto) AS q
            LEFT JOIN stores_change c ON c.store_id = %s AND c.transaction_no >= %s AND c.transaction_no < q.upto
            GROUP BY q.upto
            """,
            [upto, store.pk, since],
        )
        upto, anything, whole = cursor.fetchone()
    return upto, anything, whole or since == 0


def _inspect(judge: Judge, marks: Sequence[Mark], now: datetime, fresh_since: datetime) -> Counts:
    """Judge the marked lines, and keep what was found."""
    store = judge.store
    judged: list[str] = []
    told: list[Told] = []
    for rows in chats(store, marks):
        judged += [MESSAGE + row.message_id for row in rows if row.judged]
        told += judge.told_of(rows)
    stored = store_hits(store, judged, [hit_of(one) for one in told if not one.question], now)
    settle(store, [mark.buyer_id for mark in marks])
    questions = [one for one in told if one.question and one.row.sent_at >= fresh_since]
    warned = warn(store, questions, now)
    return Counts(len(marks), len(judged), stored.made, stored.lapsed, warned)


def _remarks(judge: Judge, reach: InspectionReach, now: datetime, whole: bool) -> Counts:
    """Judge the remarks written since the last look, or all of them."""
    store = judge.store
    remarks = Remark.objects.filter(store=store)
    if reach.remarks_at and not whole:
        remarks = remarks.filter(made_at__gte=reach.remarks_at - LATE)
    count, stored = inspect_remarks(store, Judge(store, judge.book, in_remarks=True), remarks, now)
    if count or reach.remarks_at is None:
        reach.remarks_at = now
        reach.save(update_fields=["remarks_at"])
    return Counts(lines=count, made=stored.made, lapsed=stored.lapsed)
