"""Keeping what an inspection found: one violation for each source and rule, whatever is read how often.

What nobody has touched follows the chats and the rules; what a person has looked at stays as that person left it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from orders.remark_models import About, DossierEvent
from policies.detection.detector import Match
from policies.detection.folding import original_span
from policies.inspection_judge import Told
from policies.inspection_models import ViolationState
from policies.rule_models import PolicyVersion
from stores.models import Store
from team.holders import holder_of
from tenants.encryption import encrypt

LONGEST_QUOTE = 2000  # characters
MESSAGE = "message:"  # how the source_key of a chat line begins
UNTOUCHED = (ViolationState.FOUND, ViolationState.NOTICE)


class Hit(NamedTuple):
    """A breach that was found. seat_id: who wrote, by their seat; None: agent_id is known otherwise."""

    source_key: str
    version: PolicyVersion
    day: date
    said_at: datetime
    text: str
    match: Match
    buyer_id: int | None
    seat_id: int | None = None
    agent_id: int | None = None
    order_id: str | None = None
    state: ViolationState = ViolationState.FOUND


class Stored(NamedTuple):
    """made: violations that are new or stand again; lapsed: that no longer stand."""

    made: int = 0
    lapsed: int = 0


def hit_of(told: Told) -> Hit:
    row = told.row
    return Hit(
        MESSAGE + row.message_id, told.version, told.day, row.sent_at, row.text, told.match, row.buyer_id,
        row.seat_id,
    )  # fmt: skip


def store_hits(
    store: Store, judged: Collection[str], hits: Sequence[Hit], now: datetime, rule_id: int | None = None
) -> Stored:
    """Bring the violations of these sources in line with the hits; in the caller's transaction.

    judged: source keys that were judged just now; whatever untouched violation of them is no hit lapses. rule_id:
    only this rule was asked.
    """
    # One for each source and rule: a rule whose versions overlap in detectors could give two.
    hits = list({(hit.source_key, hit.version.rule_id): hit for hit in hits}.values())
    lapsed = _lapse(store, judged, hits, rule_id) if judged else []
    again = _stand_again(store, hits) if hits else []
    made = _upsert(store, hits, now) if hits else 0
    DossierEvent.objects.bulk_create(
        DossierEvent(
            organization_id=store.organization_id, store=store, about=About.VIOLATION, about_id=violation_id, at=now,
            user=None, what=what, details={},
        )
        for what, ids in (("lapsed", lapsed), ("found_again", again))
        for violation_id in ids
    )  # fmt: skip
    return Stored(made + len(again), len(lapsed))


LAPSE = """
    UPDATE policies_violation v SET state = 'lapsed'
    WHERE v.store_id = %(store)s AND v.source_key = ANY(%(judged)s) AND v.state = ANY(%(untouched)s)
        AND (%(rule)s::integer IS NULL OR v.rule_id = %(rule)s)
        AND NOT EXISTS (SELECT FROM unnest(%(keys)s::text[], %(rules)s::integer[]) AS h(source_key, rule_id)
            WHERE h.source_key = v.source_key AND h.rule_id = v.rule_id)
    RETURNING v.id
"""
LAPSED_HITS = """
    SELECT v.id FROM unnest(%(keys)s::text[], %(rules)s::integer[]) AS h(source_key, rule_id)
    JOIN policies_violation v ON v.store_id = %(store)s AND v.source_key = h.source_key AND v.rule_id = h.rule_id
    WHERE v.state = 'lapsed' ORDER BY v.id
"""


def _keys(store: Store, hits: Sequence[Hit]) -> dict:
    return {
        "store": store.pk,
        "keys": [hit.source_key for hit in hits],
        "rules": [hit.version.rule_id for hit in hits],
    }


def _lapse(store: Store, judged: Collection[str], hits: Sequence[Hit], rule_id: int | None) -> list[int]:
    params = {"judged": list(judged), "untouched": list(UNTOUCHED), "rule": rule_id}
    with connection.cursor() as cursor:
        cursor.execute(LAPSE, _keys(store, hits) | params)
        return sorted(violation_id for (violation_id,) in cursor.fetchall())


def _stand_again(store: Store, hits: Sequence[Hit]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(LAPSED_HITS, _keys(store, hits))
        return [violation_id for (violation_id,) in cursor.fetchall()]


# The columns a hit decides, in the order of `_values`.
COLUMNS = {
    "source_key": "text", "rule_id": "integer", "version_id": "integer", "buyer_id": "integer", "order_id": "text",
    "said_at": "timestamptz", "day": "date", "certainty": "smallint", "reason": "text", "start": "integer",
    "end": "integer", "quote": "bytea", "state": "text", "points": "numeric", "money": "numeric",
}  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_ARRAYS = ", ".join(f"%({name})s::{kind}[]" for name, kind in COLUMNS.items())


def _of(row: str) -> str:
    return ", ".join(f'{row}."{name}"' for name in (*COLUMNS, "agent_id"))


# A row that says the same already is not written: looking again costs no dead rows.
UPSERT = f"""
    INSERT INTO policies_violation AS v (organization_id, store_id, {_NAMES}, agent_id, exempt, found_at)
    SELECT %(organization)s, %(store)s, {_of("h")}, false, %(now)s
    FROM (
        SELECT {_NAMES}, CASE WHEN seat_id IS NULL THEN agent_id
            ELSE nullif({holder_of("u.seat_id", "u.day")}, 0) END AS agent_id
        FROM unnest({_ARRAYS}, %(seats)s::integer[], %(agents)s::integer[]) AS u({_NAMES}, seat_id, agent_id)
    ) AS h
    ORDER BY h.source_key, h.rule_id
    ON CONFLICT (organization_id, store_id, source_key, rule_id) DO UPDATE SET
        {", ".join(f'"{name}" = excluded."{name}"' for name in (*COLUMNS, "agent_id"))},
        found_at = CASE WHEN v.state = 'lapsed' THEN excluded.found_at ELSE v.found_at END
    WHERE v.state IN ('found', 'notice', 'lapsed') AND ({_of("v")}) IS DISTINCT FROM ({_of("excluded")})
    RETURNING xmax = 0
"""


def _upsert(store: Store, hits: Sequence[Hit], now: datetime) -> int:
    """Insert or correct; how many are new."""
    columns = zip(*(_values(store, hit) for hit in hits), strict=True)
    params = {name: list(column) for name, column in zip(COLUMNS, columns, strict=True)}
    params |= {"seats": [hit.seat_id for hit in hits], "agents": [hit.agent_id for hit in hits], "now": now}
    params |= {"organization": store.organization_id, "store": store.pk}
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, params)
        return sum(is_new for (is_new,) in cursor.fetchall())


def _values(store: Store, hit: Hit) -> tuple:
    version, match = hit.version, hit.match
    start, end = original_span(hit.text, match.start, match.end)
    is_priced = version.verified_on is not None and hit.state == ViolationState.FOUND
    return (
        hit.source_key, version.rule_id, version.pk, hit.buyer_id, hit.order_id, hit.said_at, hit.day,
        int(match.certainty), match.reason, start, end,
        encrypt(store.organization_id, "quote", hit.text[:LONGEST_QUOTE]), str(hit.state),
        version.points if is_priced else None, version.money if is_priced else None,
    )  # fmt: skip


# Another holder of a seat: what nobody has touched goes to whoever held it that day.
HOLDERS = f"""
    UPDATE policies_violation v SET agent_id = q.agent_id FROM (
        SELECT v.id, nullif({holder_of("m.seat_id", "v.day")}, 0) AS agent_id
        FROM (SELECT seat_id, min(coalesce(since, '-infinity')) AS since, max(coalesce(until, 'infinity')) AS until
            FROM stores_change WHERE store_id = %(store)s AND holder_changed AND transaction_no >= %(since)s
                AND transaction_no < %(upto)s GROUP BY seat_id) AS k
        JOIN policies_violation v ON v.store_id = %(store)s AND v.said_at BETWEEN k.since AND k.until
            AND v.state IN ('found', 'lapsed') AND starts_with(v.source_key, '{MESSAGE}')
        JOIN conversations_message m ON m.store_id = %(store)s AND m.seat_id = k.seat_id
            AND m.message_id = substr(v.source_key, {len(MESSAGE) + 1})
    ) AS q
    WHERE v.id = q.id AND v.agent_id IS DISTINCT FROM q.agent_id
"""


def follow_holders(store: Store, since: int, upto: int) -> int:
    """Give untouched violations to who holds their seats by what transactions [since, upto) changed; how many moved."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, {"store": store.pk, "since": since, "upto": upto})
        return cursor.rowcount
