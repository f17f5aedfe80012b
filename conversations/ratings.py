"""Writing what buyers said of sessions (the format `ratings`). Idempotent; see stores/imports.py for the rules.

A rating is known by its session's id, else by buyer, seat and time. One of a session nobody has told us of is kept
as it is: figures join it by its id once the session comes in (docs/kpis.md §8).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from stores.imports import Written, buyer_ids, forget_erased, log_changes, seat_ids, upsert
from stores.models import Store
from stores.platforms.records import RatingRecord
from stores.staging import stage

COLUMNS = ("buyer_id", "seat_id", "rated_at", "invited", "rating", "text")
# Of two rows of one id in a file, each column's last word counts: a blank never erases.
LAST = "(array_agg({0} ORDER BY row DESC) FILTER (WHERE {0} IS NOT NULL))[1] AS {0}"
FILL = f"SELECT rating_id, {', '.join(map(LAST.format, COLUMNS))} FROM staged GROUP BY rating_id"


def write_ratings(
    store: Store, records: Sequence[tuple[int, RatingRecord]], as_of: datetime | None = None
) -> Written:
    """Take in ratings; those whose buyer is known are marked in the change log where they bring something new."""
    buyers = buyer_ids(store, {r.buyer for _, r in records if r.buyer is not None})
    seats = seat_ids(store, {r.seat for _, r in records if r.seat is not None})
    rows = []
    for row, r in records:
        buyer_id, seat_id = buyers.get(r.buyer or ""), seats.get(r.seat or "")
        rating_id = r.session_id or derived_id(buyer_id, seat_id, r.rated_at)
        rows.append((rating_id, buyer_id, seat_id, r.rated_at, r.invited, r.rating, r.text, row))
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'rating_id text COLLATE "C", buyer_id integer, seat_id integer, rated_at timestamptz, invited boolean,'
            " rating smallint, text text, row bigint",
            rows,
        )
        _learn_from_sessions(cursor, store)
        forget_erased(cursor, store, {"text": "''"}, "rated_at")
        _log(cursor, store)
        return upsert(
            cursor,
            store,
            "conversations_rating",
            keys=("rating_id",),
            columns=COLUMNS,
            fill=FILL,
            defaults={"text": "''"},
            read=len(records),
        )


def derived_id(buyer_id: int | None, seat_id: int | None, rated_at: datetime | None) -> str:
    """The id of a rating whose source names no session. Ids, not names: a buyer who was erased keeps theirs.

    ValueError where one is missing: the parser refuses such a row.
    """
    if buyer_id is None or seat_id is None or rated_at is None:
        raise ValueError("a rating without a session needs buyer, seat and time")
    return f"rated:{buyer_id}:{seat_id}:{rated_at.timestamp():.0f}"


def _learn_from_sessions(cursor, store: Store) -> None:
    """Where a row names a session that is known, its buyer, seat and time stand in for what the row leaves out."""
    cursor.execute(
        "UPDATE staged s SET buyer_id = coalesce(s.buyer_id, e.buyer_id), seat_id = coalesce(s.seat_id, e.seat_id),"
        " rated_at = coalesce(s.rated_at, e.ended_at, e.started_at) FROM conversations_exportedsession e"
        " WHERE e.store_id = %s AND e.session_id = s.rating_id"
        " AND (s.buyer_id IS NULL OR s.seat_id IS NULL OR s.rated_at IS NULL)",
        [store.pk],
    )


def _log(cursor, store: Store) -> None:
    """Mark the buyers of ratings that are new or differ, before they are written; both buyers of one that moves, and
    the buyer its session names, whose figure it is."""
    differs = " OR ".join(f"coalesce(s.{c}, t.{c}) IS DISTINCT FROM t.{c}" for c in COLUMNS)
    log_changes(
        cursor,
        store,
        f"""
        SELECT k.buyer_id, NULL::integer, min(k.at), max(k.at)
        FROM ({FILL}) s LEFT JOIN conversations_rating t ON t.store_id = %s AND t.rating_id = s.rating_id
        LEFT JOIN conversations_exportedsession e ON e.store_id = %s AND e.session_id = s.rating_id
        CROSS JOIN LATERAL (VALUES
            (coalesce(s.buyer_id, t.buyer_id), coalesce(s.rated_at, t.rated_at)), (t.buyer_id, t.rated_at),
            (e.buyer_id, e.started_at)
        ) AS k (buyer_id, at)
        WHERE (t.rating_id IS NULL OR {differs}) AND k.buyer_id IS NOT NULL
        GROUP BY k.buyer_id
        """,
        [store.pk, store.pk],
    )
