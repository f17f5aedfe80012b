"""From the change log to figures: which buyers changed, their facts anew, and only the days that differ.

The steps of one refresh of one store, in one transaction:
1. Take the store's lock; a second refresh waits and then finds nothing left to do.
2. Read the log from the cursor up to the oldest transaction still running (its lines may come later).
3. Widen the marks to every buyer whose facts can depend on them (see `touched_buyers`).
4. Derive these buyers' facts, store what differs, and roll up the days on which something did.
5. Move the cursor. A crash before the commit leaves everything as it was.
"""

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from kpis.chats import derive_chats
from kpis.facts import Part, prepare_days
from kpis.inquiries import derive_inquiries
from kpis.ownership import derive_owners
from kpis.rollups import roll_up
from kpis.satisfaction import derive_satisfaction
from stores.business_days import day_of
from stores.models import ChangeCursor, Store
from tenants.scope import organization_scope

READER = "kpis"
LOCK = 7301  # advisory lock class of refreshes; the second key is the store
# Beyond this share of a store's buyers, deriving all of them at once is the faster way.
WHOLE_STORE_SHARE = 0.3


class Marks(NamedTuple):
    """What the log says since last time. whole: everything; upto: the cursor's next place."""

    whole: bool
    empty: bool
    since: int
    upto: int


def refresh_store(store: Store, whole: bool = False) -> dict[str, int]:
    """Bring one store's figures up to date; returns counts {buyers, days, rows}. Safe to repeat at any time.

    whole: derive everything anew, whatever the log says.
    """
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        # A fresh statement sees what the refresh before us committed.
        marks = read_marks(cursor, store)
        if marks.empty and not whole:
            return {"buyers": 0, "days": 0, "rows": 0}
        store.refresh_from_db()
        buyers = None if whole or marks.whole else touched_buyers(cursor, store, marks)
        part = Part(store, buyers)
        days, rows = roll_up(part, derive(part))
        ChangeCursor.objects.filter(store=store, reader=READER).update(transaction_no=marks.upto)
        cursor.execute(
            "DELETE FROM stores_change WHERE store_id = %s AND transaction_no <"
            " (SELECT min(transaction_no) FROM stores_changecursor WHERE store_id = %s)",
            [store.pk, store.pk],
        )
        return {"buyers": -1 if buyers is None else len(buyers), "days": days, "rows": rows}


def derive(part: Part) -> list[date] | None:
    """Derive and store the part's facts; returns the business days on which any differed. None: a whole store's."""
    with connection.cursor() as cursor:
        # Temporary tables are analysed to know their size and how many values a column has, no more.
        cursor.execute("SET LOCAL default_statistics_target = 10")
    prepare_days()
    derive_chats(part)
    derive_owners(part)
    derive_inquiries(part)
    derive_satisfaction(part)
    if part.buyers is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT day FROM dirty_day ORDER BY day")
        return [row[0] for row in cursor.fetchall()]


def read_marks(cursor, store: Store) -> Marks:
    """What is to be read of the log now, without moving the cursor."""
    ChangeCursor.objects.get_or_create(
        organization_id=store.organization_id, store=store, reader=READER, defaults={"transaction_no": 0}
    )
    cursor.execute(
        """
        WITH place AS (
            SELECT transaction_no AS read_to, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS upto
            FROM stores_changecursor WHERE store_id = %(store)s AND reader = %(reader)s
        )
        SELECT read_to, upto, count(c.id), coalesce(bool_or(c.buyer_id IS NULL AND c.seat_id IS NULL), false)
        FROM place LEFT JOIN stores_change c
            ON c.store_id = %(store)s AND c.transaction_no >= read_to AND c.transaction_no < upto
        GROUP BY read_to, upto
        """,
        {"store": store.pk, "reader": READER},
    )
    since, upto, lines, whole = cursor.fetchone()
    return Marks(whole, lines == 0, since, upto)


def touched_buyers(cursor, store: Store, marks: Marks) -> Sequence[int] | None:
    """Every buyer whose facts the marks can alter; None where that is most of the store.

    Besides the marked buyers: those who wrote to a seat whose holder changed, rated it, or whose order it flagged;
    those with an exported session on a marked seat's days (messages there silence it); and those with a chase within
    half an hour of a marked seat's messages (its person may have been on line).
    """
    cursor.execute(
        f"""
        WITH mark AS (
            SELECT buyer_id, seat_id, holder_changed, coalesce(since, '-infinity') AS since,
                coalesce(until, 'infinity') AS until
            FROM stores_change WHERE store_id = %(store)s AND transaction_no >= %(since)s AND transaction_no < %(upto)s
        )
        SELECT buyer_id FROM mark WHERE buyer_id IS NOT NULL
        UNION
        SELECT m.buyer_id FROM conversations_message m JOIN mark k
            ON k.holder_changed AND k.seat_id = m.seat_id AND m.sent_at BETWEEN k.since AND k.until
        WHERE m.store_id = %(store)s
        UNION
        SELECT coalesce(o.buyer_id, 0) FROM orders_order o JOIN mark k ON k.holder_changed AND k.seat_id = o.flag_seat_id
        WHERE o.store_id = %(store)s
        UNION
        SELECT r.buyer_id FROM conversations_rating r JOIN mark k ON k.holder_changed AND k.seat_id = r.seat_id
        WHERE r.store_id = %(store)s AND r.buyer_id IS NOT NULL
        UNION
        SELECT e.buyer_id FROM conversations_exportedsession e JOIN mark k ON k.seat_id = e.seat_id
            AND (k.holder_changed OR {day_of("e.started_at")} BETWEEN
                CASE WHEN isfinite(k.since) THEN {day_of("k.since")} END AND CASE WHEN isfinite(k.until) THEN {day_of("k.until")} END)
        WHERE e.store_id = %(store)s
        UNION
        SELECT f.buyer_id FROM kpis_orderfact f JOIN mark k ON k.seat_id IS NOT NULL
            AND f.chase_at BETWEEN k.since - interval '30 minutes' AND k.until + interval '30 minutes'
        WHERE f.store_id = %(store)s
        """,
        {**Part(store, None).params, "since": marks.since, "upto": marks.upto},
    )
    buyers = [row[0] for row in cursor.fetchall()]
    cursor.execute("SELECT count(*) FROM stores_buyer WHERE store_id = %s", [store.pk])
    return buyers if len(buyers) <= WHOLE_STORE_SHARE * cursor.fetchone()[0] + 100 else None


def refresh_until_clean(store: Store, seconds: float = 30) -> dict[str, int]:
    """`refresh_store` until the log is read to its end: a transaction still running elsewhere holds lines back."""
    total = {"buyers": 0, "days": 0, "rows": 0}
    deadline = time.monotonic() + seconds
    while True:
        for name, count in refresh_store(store).items():
            total[name] += count
        with organization_scope(store.organization_id):
            unread = _unread(store)
        if not unread or time.monotonic() > deadline:
            return total
        time.sleep(0.2)


def _unread(store: Store) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM stores_change c JOIN stores_changecursor k ON k.store_id = c.store_id AND"
            " k.reader = %s WHERE c.store_id = %s AND c.transaction_no >= k.transaction_no)",
            [READER, store.pk],
        )
        return cursor.fetchone()[0]
