"""Fines for remarks (R27): late, saved against the format, or wrong and mended afterwards."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from desk.fine_facts import Found, Look
from desk.remark_late import late_remarks

# Warnings of orders/remark_checks.py a person went on in spite of.
AGAINST_FORMAT = ["size_unit", "size_range"]
LOOKS_WRONG = ["size_swapped", "size_turned", "date_past", "date_far"]

_WARNED = """
SELECT r.store_id, o.order_id, o.buyer_id, m.agent_id, r.number, r.made_at, n.made_at, p.reached_at
FROM orders_remark r
JOIN orders_order o ON o.id = r.order_id
JOIN tenants_membership m ON m.organization_id = r.organization_id AND m.user_id = r.made_by_id
LEFT JOIN LATERAL (
    SELECT x.made_at FROM orders_remark x
    WHERE x.store_id = r.store_id AND x.order_id = r.order_id AND x.number > r.number
        AND NOT x.warnings && %(codes)s::varchar[] ORDER BY x.number LIMIT 1
) AS n ON true
LEFT JOIN LATERAL (
    SELECT min(x.reached_at) AS reached_at FROM orders_productionstep x
    WHERE x.store_id = r.store_id AND x.order_id = r.order_id AND x.stage = 'handed_off' AND x.number = r.number
) AS p ON true
WHERE r.store_id = ANY(%(stores)s) AND r.made_at >= %(begins)s AND r.made_at < %(ends)s AND m.agent_id IS NOT NULL
    AND r.warnings && %(codes)s::varchar[]
ORDER BY r.made_at, r.id
"""


class Warned(NamedTuple):
    """A version saved in spite of a warning. mended_at: the first later one without; handed_at: this one's production."""

    store_id: int
    order_id: str
    buyer_id: int | None
    agent_id: int
    number: int
    made_at: datetime
    mended_at: datetime | None
    handed_at: datetime | None


def remark_late(look: Look) -> list[Found]:
    """Remarks later than the store asks for, of orders paid while their agent was there."""
    found = []
    for row in late_remarks(list(look.stores.values()), *look.instants, look.now):
        day = look.day(row.store_id, row.paid_at)
        if day is None or not row.agent_id or not look.presence.was_there(row.agent_id, row.paid_at):
            continue
        facts = {"minutes": row.minutes} if row.made_at else {"missing": True}
        key = f"{row.store_id}/{row.order_id}"
        found.append(Found(row.store_id, row.agent_id, key, day, row.order_id, facts=facts))
    return found


def remark_format(look: Look) -> list[Found]:
    """Remarks whose unit or size is against the format, saved in spite of the warning."""
    return [_found(row, day) for row, day in _warned(look, AGAINST_FORMAT)]


def remark_wrong(look: Look) -> list[Found]:
    """Remarks that looked wrong, were saved all the same, and were mended before production began."""
    return [
        _found(row, day)
        for row, day in _warned(look, LOOKS_WRONG)
        if row.mended_at and not (row.handed_at and row.handed_at <= row.mended_at)
    ]


def remark_wrong_made(look: Look) -> list[Found]:
    """The same, mended when it was in production already."""
    return [
        _found(row, day)
        for row, day in _warned(look, LOOKS_WRONG)
        if row.mended_at and row.handed_at and row.handed_at <= row.mended_at
    ]


def _found(row: Warned, day) -> Found:
    key, facts = f"{row.store_id}/{row.order_id}/{row.number}", {"number": row.number}
    return Found(row.store_id, row.agent_id, key, day, row.order_id, row.buyer_id, facts=facts)


def _warned(look: Look, codes: list[str]) -> Iterator[tuple[Warned, object]]:
    with connection.cursor() as cursor:
        cursor.execute(_WARNED, look.params | {"codes": codes})
        rows = [Warned(*row) for row in cursor.fetchall()]
    for row in rows:
        if day := look.day(row.store_id, row.made_at):
            yield row, day
