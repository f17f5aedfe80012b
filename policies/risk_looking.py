"""From facts to signs of risk (R16), incrementally; twice or half way leaves the same rows.

One look at one store, in one transaction under a lock of the organization's (who shares a confirmed buyer's address may
be of another store):
1. Read the change log as the reader "risk", up to the oldest transaction still running: which buyers' facts changed.
   Buyers' files write no change log, so buyers whose own row was written since are taken by its transaction.
2. Where these have to do with a confirmed buyer's phones or addresses, everybody who has is looked at too.
3. Derive the signs of these buyers anew and store only the differences (policies/risk_facts.py; names and words here).
4. Tell who crossed the threshold by fresh facts, and move the cursor.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from policies import risk_facts
from policies.risk_kinds import LONGEST_DAYS
from policies.risk_names import cleaned, is_famous, is_vague, machine_like
from policies.risk_scores import Crossed, Weighing, crossed, weighing
from policies.risk_words import Found, Wrote, judged
from stores.models import ChangeCursor, Store
from team.notices import notify, supervisors_of
from tenants.encryption import decrypt, search_hash
from tenants.scope import organization_scope

READER = "risk"
LOCK = 7306  # advisory lock class of these looks; the second key is the organization
BATCH = 5000  # buyers derived at a time
MOST_NAMED = 5  # orders named in evidence
LEAST_PHONE = 8  # digits; fewer are left of a masked one
TEXT = _("A buyer of %(store)s shows signs of risk: %(score)s points.")
TEXTS = _("%(count)s buyers of %(store)s show signs of risk.")


class Counts(NamedTuple):
    """What one look did. buyers: looked at; signs: stored, changed or dropped; told: buyers who crossed the threshold."""

    buyers: int = 0
    signs: int = 0
    told: int = 0


class _Sign(NamedTuple):
    store_id: int
    buyer_id: int
    kind: str
    evidence: dict[str, Any]
    fact_at: datetime


def look(store: Store, now: datetime, fresh: timedelta, whole: bool = False) -> Counts:
    """Bring a store's signs of risk to what its facts say, and tell supervisors whom fresh facts made risky.

    fresh: facts older than that tell nobody. whole: every buyer, whatever the change log says. Opens the scope itself.
    """
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.organization_id])
        since, upto, anything = _marks(cursor, store)
        whole = whole or since == 0
        if not (anything or whole):
            return Counts()
        platforms = dict(Store.objects.values_list("pk", "platform"))
        _mark(cursor, store, since, upto, whole)
        weighs, counts, flagged = weighing(), Counts(), []
        for _number in _batches(cursor):
            before = crossed(cursor, weighs, now)
            signs = _derive(cursor, store.organization_id, platforms, weighs, now)
            after = crossed(cursor, weighs, now)
            flagged += [one for key, one in after.items() if key not in before]
            cursor.execute("SELECT count(*) FROM risk_touched")
            counts = counts._replace(buyers=counts.buyers + cursor.fetchone()[0], signs=counts.signs + signs)
        cursor.execute("UPDATE policies_riskstanding SET spread = true WHERE NOT spread")
        told = _tell([one for one in flagged if one.latest_at >= now - fresh], now)
        ChangeCursor.objects.filter(store=store, reader=READER).update(transaction_no=upto)
        return counts._replace(told=told)


def _marks(cursor, store: Store) -> tuple[int, int, bool]:
    """Where the cursor stands, where it goes, and whether anything is to be looked at."""
    place, _made = ChangeCursor.objects.get_or_create(
        organization_id=store.organization_id, store=store, reader=READER, defaults={"transaction_no": 0}
    )
    cursor.execute(
        f"""
        SELECT q.upto, EXISTS (SELECT 1 FROM stores_change c WHERE c.store_id = %(store)s AND c.buyer_id > 0
                AND c.transaction_no >= %(since)s AND c.transaction_no < q.upto)
            OR EXISTS (SELECT 1 FROM stores_buyer b WHERE b.store_id = %(store)s AND {_WRITTEN})
            OR EXISTS (SELECT 1 FROM policies_riskstanding WHERE NOT spread)
        FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS upto) q
        """,
        {"store": store.pk, "since": place.transaction_no},
    )
    upto, anything = cursor.fetchone()
    return place.transaction_no, upto, anything


# Whether a transaction from `since` on wrote the row: its number without the epoch lies so far behind the present one.
# One that is still running will be met again.
_WRITTEN = (
    "(b.registered_at IS NOT NULL OR b.credit IS NOT NULL OR b.good_rate IS NOT NULL)"
    " AND age(b.xmin) <= pg_snapshot_xmax(pg_current_snapshot())::text::bigint - %(since)s"
)


def _mark(cursor, store: Store, since: int, upto: int, whole: bool) -> None:
    """Fill `risk_all` (store_id, buyer_id) with whose signs are to be derived; the forgotten are not."""
    _table(cursor, "risk_touched")
    chosen = (
        "SELECT b.store_id, b.id FROM stores_buyer b WHERE b.store_id = %(store)s"
        if whole
        else "SELECT c.store_id, c.buyer_id FROM stores_change c WHERE c.store_id = %(store)s AND c.buyer_id > 0"
        " AND c.transaction_no >= %(since)s AND c.transaction_no < %(upto)s"
        f" UNION SELECT b.store_id, b.id FROM stores_buyer b WHERE b.store_id = %(store)s AND {_WRITTEN}"
    )
    cursor.execute(
        f"INSERT INTO risk_touched SELECT DISTINCT * FROM ({chosen}) AS q",
        {"store": store.pk, "since": since, "upto": upto},
    )
    cursor.execute("ANALYZE risk_touched")
    cursor.execute(risk_facts.SHARING_MOVES)
    if cursor.fetchone()[0]:
        cursor.execute(risk_facts.SPREAD)
    _table(cursor, "risk_all")
    cursor.execute(
        "INSERT INTO risk_all SELECT * FROM risk_touched t WHERE NOT EXISTS (SELECT 1 FROM stores_erasedbuyer e"
        " WHERE e.store_id = t.store_id AND e.buyer_id = t.buyer_id)"
    )


def _table(cursor, name: str) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE {name} (store_id integer, buyer_id integer, PRIMARY KEY (store_id, buyer_id)) ON COMMIT DROP"
    )


def _batches(cursor) -> Iterator[int]:
    """Fill `risk_touched` with one batch of `risk_all` after the other; yields their numbers."""
    number = 0
    while True:
        _table(cursor, "risk_touched")
        cursor.execute(
            "WITH taken AS (DELETE FROM risk_all a USING (SELECT * FROM risk_all ORDER BY store_id, buyer_id LIMIT %s) b"
            " WHERE a.store_id = b.store_id AND a.buyer_id = b.buyer_id RETURNING a.*) INSERT INTO risk_touched SELECT * FROM taken",
            [BATCH],
        )
        if not cursor.rowcount:
            return
        cursor.execute("ANALYZE risk_touched")
        yield number
        number += 1


def _derive(cursor, organization_id: int, platforms: dict, weighs: Weighing, now: datetime) -> int:
    """Derive the signs of `risk_touched` and store what differs; how many rows did."""
    cursor.execute("DROP TABLE IF EXISTS risk_found")
    cursor.execute(
        "CREATE TEMPORARY TABLE risk_found (store_id integer, buyer_id integer, kind text, evidence jsonb,"
        " fact_at timestamptz) ON COMMIT DROP"
    )
    for statement in risk_facts.SIGNS:
        cursor.execute(f"INSERT INTO risk_found {statement}", risk_facts.FIGURES)
    signs = [
        *_nicks(cursor, platforms),
        *_recipients(cursor, organization_id),
        *_words(cursor),
        *_sharing(cursor, organization_id),
    ]
    if signs:
        cursor.execute(
            "INSERT INTO risk_found SELECT * FROM unnest(%s::integer[], %s::integer[], %s::text[], %s::jsonb[], %s::timestamptz[])",
            [
                [one.store_id for one in signs], [one.buyer_id for one in signs], [one.kind for one in signs],
                [json.dumps(one.evidence) for one in signs], [one.fact_at for one in signs],
            ],
        )  # fmt: skip
    return _store(cursor, organization_id, weighs, now)


def _store(cursor, organization_id: int, weighs: Weighing, now: datetime) -> int:
    """Make `risk_found` the signs of `risk_touched`, as far as they are not too old to be kept."""
    cursor.execute("DELETE FROM risk_found WHERE fact_at < %s", [now - timedelta(days=LONGEST_DAYS)])
    match = "s.store_id = f.store_id AND s.buyer_id = f.buyer_id AND s.kind = f.kind"
    cursor.execute(
        "DELETE FROM policies_risksignal s USING risk_touched t WHERE s.store_id = t.store_id AND s.buyer_id = t.buyer_id"
        f" AND NOT EXISTS (SELECT 1 FROM risk_found f WHERE {match})"
    )
    changed = cursor.rowcount
    expires = "f.fact_at + make_interval(days => (%(days)s::jsonb ->> f.kind)::integer)"
    params = {"days": json.dumps(weighs.days), "organization": organization_id, "now": now}
    cursor.execute(
        f"UPDATE policies_risksignal s SET evidence = f.evidence, fact_at = f.fact_at, expires_at = {expires} FROM risk_found f"
        f" WHERE {match} AND (s.evidence, s.fact_at) IS DISTINCT FROM (f.evidence, f.fact_at)",
        params,
    )
    changed += cursor.rowcount
    cursor.execute(
        "INSERT INTO policies_risksignal (organization_id, store_id, buyer_id, kind, evidence, fact_at, found_at, expires_at)"
        f" SELECT %(organization)s, f.store_id, f.buyer_id, f.kind, f.evidence, f.fact_at, %(now)s, {expires} FROM risk_found f"
        " ON CONFLICT (organization_id, store_id, buyer_id, kind) DO NOTHING",
        params,
    )
    return changed + cursor.rowcount


def _nicks(cursor, platforms: dict[int, str]) -> Iterator[_Sign]:
    cursor.execute(risk_facts.NICKS)
    for store_id, buyer_id, name, at in cursor.fetchall():
        if at and machine_like(name, platforms.get(store_id, "")):
            yield _Sign(store_id, buyer_id, "machine_nick", {"items": ["name"]}, at)


def _recipients(cursor, organization_id: int) -> list[_Sign]:
    """Celebrities and nobodies parcels went to. A name is told from another by its keyed hash alone."""
    cursor.execute(risk_facts.RECIPIENTS)
    signs = []
    for (store_id, buyer_id), rows in groupby(cursor.fetchall(), key=lambda row: row[:2]):
        kinds: dict[str, list[tuple]] = {}
        for *_of, sealed, at, orders in rows:
            name = decrypt(organization_id, "receiver_name", sealed) or ""
            kind = "celebrity_recipient" if is_famous(name) else "vague_recipient" if is_vague(name) else ""
            if kind:
                item = search_hash(organization_id, "risk", cleaned(name) or name).hex()[:16]
                kinds.setdefault(kind, []).append((item, at, orders))
        for kind, found in kinds.items():
            orders = [order for _item, _at, some in reversed(found) for order in some][:MOST_NAMED]
            evidence = {"items": sorted({item for item, _at, _some in found}), "orders": orders}
            signs.append(_Sign(store_id, buyer_id, kind, evidence, max(at for _item, at, _some in found)))
    return signs


def _words(cursor) -> list[_Sign]:
    cursor.execute(risk_facts.WORDS)
    signs = []
    for (store_id, buyer_id), rows in groupby(cursor.fetchall(), key=lambda row: row[:2]):
        claims, fishing = judged(Wrote(*row[2:]) for row in rows)
        if claims:
            signs.append(_said(store_id, buyer_id, "claim_words", claims, "claims"))
        if fishing:
            signs.append(_said(store_id, buyer_id, "fishing_no_haggling", fishing, "topics"))
    return signs


def _said(store_id: int, buyer_id: int, kind: str, found: Found, name: str) -> _Sign:
    evidence = {"items": sorted(found.message_ids), "messages": found.message_ids, name: found.codes}
    return _Sign(store_id, buyer_id, kind, evidence, found.at)


def _sharing(cursor, organization_id: int) -> list[_Sign]:
    """Who shares a phone or address with a confirmed buyer; masked ones (138****1234) are nobody's."""
    cursor.execute(risk_facts.ANY_CONFIRMED)
    if not cursor.fetchone()[0]:
        return []
    cursor.execute(risk_facts.SHARED, risk_facts.FIGURES)
    signs = []
    for (store_id, buyer_id), rows in groupby(cursor.fetchall(), key=lambda row: row[:2]):
        told = [row for row in rows if _is_whole(organization_id, row[5], row[6])]
        if told:
            buyers = sorted({row[2] for row in told})
            orders = list(dict.fromkeys(row[3] for row in told))[:MOST_NAMED]
            evidence = {"items": [str(one) for one in buyers], "buyers": buyers, "orders": orders}
            signs.append(_Sign(store_id, buyer_id, "shares_address", evidence, max(row[4] for row in told)))
    return signs


def _is_whole(organization_id: int, phone: memoryview | None, address: memoryview | None) -> bool:
    if phone is not None:
        return len(re.sub(r"\D", "", decrypt(organization_id, "receiver_phone", phone) or "")) >= LEAST_PHONE
    return bool(address) and "*" not in (decrypt(organization_id, "receiver_address", address) or "*")


def _tell(flagged: list[Crossed], now: datetime) -> int:
    """One notice a store, to its supervisors: of one buyer with their page, of several with the list. How many buyers."""
    if not flagged:
        return 0
    stores = Store.objects.select_related("organization").in_bulk({one.store_id for one in flagged})
    for store_id, store in sorted(stores.items()):
        mine = [one for one in flagged if one.store_id == store_id]
        slug, first, alone = store.organization.slug, mine[0], len(mine) == 1
        page = reverse("risk_buyer", args=[slug, store.code, first.buyer_id])
        told = {"score": first.score} if alone else {"count": len(mine)}
        notify(
            store.organization, supervisors_of([store_id]), kind="risk", now=now, text=TEXT if alone else TEXTS,
            key=f"risk-{first.buyer_id}-{len(mine)}-{store.business_day(now)}", params=told | {"store": store.name},
            link=page if alone else f"{reverse('risk_list', args=[slug])}?store={store.code}&state=proposed",
        )  # fmt: skip
    return len(flagged)
