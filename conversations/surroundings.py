"""The messages a buyer's message stands between, in one statement however many are asked about."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from conversations.models import Kind

_STATEMENT = """
    SELECT k.number, x.sent_at, x.kind, x.text, x.said
    FROM unnest(%s::integer[], %s::integer[], %s::text[]) AS k(number, store_id, message_id)
    JOIN conversations_message m ON m.store_id = k.store_id AND m.message_id = k.message_id
    CROSS JOIN LATERAL (
        (SELECT b.sent_at, b.kind, b.message_id, b.text, false AS said FROM conversations_message b
            WHERE b.store_id = m.store_id AND b.buyer_id = m.buyer_id
                AND (b.sent_at, b.kind, b.message_id) < (m.sent_at, m.kind, m.message_id)
            ORDER BY b.sent_at DESC, b.kind DESC, b.message_id DESC LIMIT %s)
        UNION ALL SELECT m.sent_at, m.kind, m.message_id, m.text, true
        UNION ALL
        (SELECT a.sent_at, a.kind, a.message_id, a.text, false FROM conversations_message a
            WHERE a.store_id = m.store_id AND a.buyer_id = m.buyer_id
                AND (a.sent_at, a.kind, a.message_id) > (m.sent_at, m.kind, m.message_id)
            ORDER BY a.sent_at, a.kind, a.message_id LIMIT %s)
    ) AS x
    ORDER BY k.number, x.sent_at, x.kind, x.message_id
"""


class Near(NamedTuple):
    """One message. text: as it was written; said: it is the one that was asked about."""

    at: datetime
    by_buyer: bool
    automatic: bool
    text: str
    said: bool


def lines_around(places: Sequence[tuple[int, int, str]], around: int) -> dict[int, list[Near]]:
    """{number: the message and at most `around` of the buyer's before it and after it, in their order}.

    places: (a number of the caller's, store id, message id); a message that is gone is left out.
    """
    found: dict[int, list[Near]] = defaultdict(list)
    if places:
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENT, [*map(list, zip(*places, strict=True)), around, around])
            for number, sent_at, kind, text, said in cursor.fetchall():
                automatic = kind in (Kind.AUTO_BY_FILE, Kind.AUTO_BY_TEXT)
                found[number].append(Near(sent_at, kind == Kind.IN, automatic, text, said))
    return dict(found)
