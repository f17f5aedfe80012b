"""What an inspection reads: which buyers' chats, and the lines whose judgement a change can alter.

A line is judged by the CONTEXT lines before it and by questions put up to ANSWERS_WITHIN lines before, which hang on
their own context. So whatever changes a line reaches REACH lines further on, and what is judged is read with as many
lines before it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from policies.detection.detector import ANSWERS_WITHIN, CONTEXT
from stores.models import Store

REACH = CONTEXT + ANSWERS_WITHIN


class Mark(NamedTuple):
    """A buyer whose lines between two instants are to be judged anew; None: from the first, to the last."""

    buyer_id: int
    since: datetime | None = None
    until: datetime | None = None


class Row(NamedTuple):
    """A stored chat line. kind: conversations.models.Kind. judged False: it is there as context."""

    buyer_id: int
    message_id: str
    seat_id: int
    kind: int
    sent_at: datetime
    text: str
    judged: bool


MARKED = """
    SELECT buyer_id, nullif(min(coalesce(since, '-infinity')), '-infinity'),
        nullif(max(coalesce(until, 'infinity')), 'infinity')
    FROM stores_change WHERE store_id = %(store)s AND buyer_id > %(after)s
        AND transaction_no >= %(since)s AND transaction_no < %(upto)s
    GROUP BY buyer_id ORDER BY buyer_id LIMIT %(limit)s
"""
EVERYBODY = (
    "SELECT id FROM stores_buyer WHERE store_id = %(store)s AND id > %(after)s ORDER BY id LIMIT %(limit)s"
)
# The bounds are looked up first, each in the index of messages by buyer; then every line between them.
LINES = """
    WITH bounds AS MATERIALIZED (
        SELECT k.buyer_id, k.since,
            coalesce((SELECT min(q.sent_at) FROM (SELECT m.sent_at FROM conversations_message m
                WHERE m.store_id = %(store)s AND m.buyer_id = k.buyer_id AND m.sent_at < k.since
                ORDER BY m.sent_at DESC LIMIT %(reach)s) q), k.since, '-infinity') AS first,
            coalesce((SELECT max(q.sent_at) FROM (SELECT m.sent_at FROM conversations_message m
                WHERE m.store_id = %(store)s AND m.buyer_id = k.buyer_id AND m.sent_at > k.until
                ORDER BY m.sent_at LIMIT %(reach)s) q), k.until, 'infinity') AS last
        FROM unnest(%(buyers)s::integer[], %(sinces)s::timestamptz[], %(untils)s::timestamptz[])
            AS k(buyer_id, since, until)
    )
    SELECT m.buyer_id, m.message_id, m.seat_id, m.kind, m.sent_at, m.text, m.sent_at >= coalesce(b.since, '-infinity')
    FROM bounds b JOIN conversations_message m ON m.store_id = %(store)s AND m.buyer_id = b.buyer_id
        AND m.sent_at BETWEEN b.first AND b.last
    ORDER BY m.buyer_id, m.sent_at, m.kind, m.message_id
"""
WHOLE = """
    SELECT m.buyer_id, m.message_id, m.seat_id, m.kind, m.sent_at, m.text, true FROM conversations_message m
    WHERE m.store_id = %(store)s AND m.buyer_id = ANY(%(buyers)s)
    ORDER BY m.buyer_id, m.sent_at, m.kind, m.message_id
"""


def marked(store: Store, since: int, upto: int, after: int, limit: int) -> list[Mark]:
    """The next buyers behind buyer `after` whom the change log names in transactions [since, upto), by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            MARKED, {"store": store.pk, "since": since, "upto": upto, "after": after, "limit": limit}
        )
        return [Mark(*row) for row in cursor.fetchall()]


def everybody(store: Store, after: int, limit: int) -> list[Mark]:
    """The store's next buyers behind buyer `after`, by id."""
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY, {"store": store.pk, "after": after, "limit": limit})
        return [Mark(buyer_id) for (buyer_id,) in cursor.fetchall()]


def chats(store: Store, marks: Sequence[Mark]) -> Iterator[list[Row]]:
    """One list for each of the marks' buyers who wrote: their lines in the order of time, with context. One statement."""
    if not marks:
        return
    buyers, sinces, untils = zip(*marks, strict=True)
    params = {"store": store.pk, "buyers": list(buyers)}
    is_whole = not any(sinces) and not any(untils)
    if not is_whole:
        params |= {"sinces": list(sinces), "untils": list(untils), "reach": REACH}
    with connection.cursor() as cursor:
        cursor.execute(WHOLE if is_whole else LINES, params)
        for _buyer_id, rows in groupby(map(Row._make, cursor), key=attrgetter("buyer_id")):
            yield list(rows)
