"""What was written around what seems a promise: three messages before it and three after, in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from conversations.models import Kind
from orders.promise_patterns import promises_in, words_at
from orders.remark_models import Remark
from orders.remark_seals import read
from tenants.masking import masked_text

MESSAGE, REMARK = "message:", "remark:"
AROUND = 3


@dataclass(frozen=True)
class Line:
    """One message. text: as it was written; `shown` hides personal data. said: it is the one it is all about."""

    at: datetime
    by_buyer: bool
    automatic: bool
    text: str
    said: bool

    @property
    def shown(self) -> str:
        return masked_text(self.text)


SURROUNDINGS = """
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


def contexts_of(sources: Iterable) -> dict[int, list[Line]]:
    """{pk: the lines around its source}, [] where the source is gone. sources: proposals or promises, each with pk,
    store_id and source_key. At most three statements however many."""
    rows = list(sources)
    found: dict[int, list[Line]] = defaultdict(list)
    messages = [row for row in rows if row.source_key.startswith(MESSAGE)]
    if messages:
        params = [
            [row.pk for row in messages],
            [row.store_id for row in messages],
            [row.source_key.removeprefix(MESSAGE) for row in messages],
        ]
        with connection.cursor() as cursor:
            cursor.execute(SURROUNDINGS, [*params, AROUND, AROUND])
            for number, sent_at, kind, text, said in cursor.fetchall():
                automatic = kind in (Kind.AUTO_BY_FILE, Kind.AUTO_BY_TEXT)
                found[number].append(Line(sent_at, kind == Kind.IN, automatic, text, said))
    found.update(_of_remarks([row for row in rows if row.source_key.startswith(REMARK)]))
    return {row.pk: found.get(row.pk, []) for row in rows}


def words_of(lines: list[Line]) -> str:
    """What was said, as it was written; "" where it is gone."""
    return next((line.text for line in lines if line.said), "")


def _promised(remark: str) -> str:
    """Of a remark only what it promises: the rest names the receiver."""
    found = promises_in(remark)
    return "；".join(dict.fromkeys(words_at(remark, one.start, one.end, sentence=False) for one in found))


def _of_remarks(rows: list) -> dict[int, list[Line]]:
    if not rows:
        return {}
    wanted = {row.pk: tuple(map(int, row.source_key.removeprefix(REMARK).split("/"))) for row in rows}
    remarks = {
        (remark.order_id, remark.number): remark
        for remark in Remark.objects.filter(order_id__in={order for order, _number in wanted.values()})
    }
    contents = read(remarks.values())
    found = {}
    for pk, key in wanted.items():
        remark = remarks.get(key)
        if remark and (told := contents[remark.pk]):
            found[pk] = [Line(remark.made_at, False, False, _promised(told.text), True)]
    return found
