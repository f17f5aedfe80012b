"""From chats and remarks to proposed promises (R15). Nothing here makes a promise: that is a person's (orders/promises.py).

One look at one store, in one transaction under a lock of its own:
1. Read the change log as the reader "promises", up to the oldest transaction still running.
2. Read what people wrote to the marked buyers between the marked instants, as far as it is fresh (`fresh_days` of the
   desk's settings): what is older would ask people about what is long over, so it is not read at all.
3. Insert what seems a promise; what was proposed before, whatever became of it, is passed over by its key.
4. The same for remarks written since the last look.
5. Move the cursor. A crash before the commit leaves everything as it was.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from desk.models import DeskSettings, DetectorReach
from kpis.facts import Part
from orders.promise_patterns import promises_in
from orders.promises import settle_kept
from orders.remark_models import Remark
from orders.remark_seals import read
from stores.business_days import day_of
from stores.models import ChangeCursor, Store
from team.holders import holder_of
from tenants.models import Membership
from tenants.scope import organization_scope

READER = "promises"
LOCK = 7303  # advisory lock class of these looks; the second key is the store
REMARKS = "promise_remarks"  # how the reach of remarks read is called
CHUNK = 5000
# A remark of a transaction that was still running at the last look.
LATE = timedelta(minutes=10)
# An order of long ago is not the one somebody makes promises about.
ORDER_DAYS = 60


class Counts(NamedTuple):
    """What one look did. read: messages and remarks; found: promises seen in them; made: proposals that are new;
    kept: promises the facts settled."""

    read: int = 0
    found: int = 0
    made: int = 0
    kept: int = 0


class _Said(NamedTuple):
    """One promise somebody seems to have made; due_at None: the words do not say."""

    source_key: str
    kind: str
    buyer_id: int | None
    order_id: str | None
    agent_id: int | None
    said_at: datetime
    due_at: datetime | None


def propose_in(store: Store, now: datetime) -> Counts:
    """Propose what seems promised in a store's new messages and remarks, and settle what the facts say was kept.

    Safe to repeat at any time, and to run twice at once. Opens the organization's scope itself.
    """
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        since, upto, whole = _marks(cursor, store)
        cutoff = now - timedelta(days=_fresh_days(store))
        kept = settle_kept(store, now)
        counts = Counts(kept=kept)
        if upto != since:
            for chunk in _messages(cursor, store, since, upto, whole, cutoff):
                counts = _propose(store, chunk, counts, _in_message)
            ChangeCursor.objects.filter(store=store, reader=READER).update(transaction_no=upto)
        counts = _propose(store, _remarks(store, cutoff, now), counts, _in_remark)
        return counts


def _fresh_days(store: Store) -> int:
    settings = DeskSettings.objects.filter(organization=store.organization_id).first() or DeskSettings()
    return settings.fresh_days


def _marks(cursor, store: Store) -> tuple[int, int, bool]:
    """Where the cursor stands, where it goes, and whether the whole store is to be looked at."""
    place, _made = ChangeCursor.objects.get_or_create(
        organization_id=store.organization_id, store=store, reader=READER, defaults={"transaction_no": 0}
    )
    cursor.execute(
        "SELECT q.upto, EXISTS (SELECT 1 FROM stores_change c WHERE c.store_id = %s AND c.transaction_no >= %s"
        " AND c.transaction_no < q.upto) FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS upto) q",
        [store.pk, place.transaction_no],
    )
    upto, anything = cursor.fetchone()
    whole = place.transaction_no == 0
    # Nothing moves where nothing was read: an idle store costs no write.
    return place.transaction_no, upto if anything or whole else place.transaction_no, whole


# Whose messages are read, and between which instants. `kind + 0` as in kpis/chats.py.
MARKED = """
    SELECT buyer_id, greatest(min(coalesce(since, '-infinity')), %(cutoff)s) AS since,
        max(coalesce(until, 'infinity')) AS until
    FROM stores_change WHERE store_id = %(store)s AND buyer_id > 0
        AND transaction_no >= %(since)s AND transaction_no < %(upto)s
    GROUP BY buyer_id
"""
EVERYBODY = "SELECT id AS buyer_id, %(cutoff)s::timestamptz AS since, 'infinity'::timestamptz AS until FROM stores_buyer WHERE store_id = %(store)s"
MESSAGES = f"""
    SELECT m.message_id, m.buyer_id, m.sent_at, m.text, nullif({holder_of("m.seat_id", day_of("m.sent_at"))}, 0)
    FROM ({{marked}}) AS k JOIN conversations_message m ON m.store_id = %(store)s AND m.buyer_id = k.buyer_id
        AND m.sent_at BETWEEN k.since AND k.until AND m.kind + 0 = 1
    WHERE k.since <= k.until
"""


def _messages(
    cursor, store: Store, since: int, upto: int, whole: bool, cutoff: datetime
) -> Iterator[list[tuple]]:
    """People's messages to the marked buyers: (id, buyer, sent_at, text, agent or None), in chunks."""
    params = Part(store, None).params | {"since": since, "upto": upto, "cutoff": cutoff}
    cursor.execute(MESSAGES.format(marked=EVERYBODY if whole else MARKED), params)
    while chunk := cursor.fetchmany(CHUNK):
        yield chunk


def _in_message(store: Store, rows: list[tuple]) -> Iterator[_Said]:
    for message_id, buyer_id, sent_at, text, agent_id in rows:
        for found in promises_in(text):
            yield _Said(
                f"message:{message_id}", found.kind, buyer_id, None, agent_id, sent_at,
                found.due_at(sent_at, store.time_zone),
            )  # fmt: skip


def _remarks(store: Store, cutoff: datetime, now: datetime) -> list[Remark]:
    """Remarks written since the last look and not older than `cutoff`."""
    reach, made = DetectorReach.objects.get_or_create(
        organization_id=store.organization_id, store=store, detector=REMARKS, defaults={"reached_at": now}
    )
    since = cutoff if made else max(cutoff, reach.reached_at - LATE)
    found = list(
        Remark.objects.filter(store=store, made_at__gte=since).select_related("order").order_by("pk")
    )
    if found:
        DetectorReach.objects.filter(pk=reach.pk, reached_at__lt=now).update(reached_at=now)
    return found


def _in_remark(store: Store, rows: list[Remark]) -> Iterator[_Said]:
    contents = read(rows)
    writers = {row.made_by_id for row in rows}
    agents = dict(Membership.objects.filter(user_id__in=writers).values_list("user_id", "agent_id"))
    for row in rows:
        told = contents[row.pk]
        for found in promises_in(told.text) if told else ():
            yield _Said(
                f"remark:{row.order_id}/{row.number}", found.kind, row.order.buyer_id, row.order.order_id,
                agents.get(row.made_by_id) or row.agent_id, row.made_at, found.due_at(row.made_at, store.time_zone),
            )  # fmt: skip


# A message is about the buyer's latest order of its time. A remark repeats what was agreed before: where a promise of
# that kind stands or was proposed for its order, it says nothing new.
INSERT = """
    WITH said AS (
        SELECT s.*, o.id AS pk, coalesce(s.order_id, o.order_id) AS of_order
        FROM unnest(%(keys)s::text[], %(kinds)s::text[], %(buyers)s::integer[], %(orders)s::text[], %(agents)s::integer[],
            %(said)s::timestamptz[], %(dues)s::timestamptz[])
            AS s(source_key, kind, buyer_id, order_id, agent_id, said_at, due_at)
        LEFT JOIN LATERAL (
            SELECT o.id, o.order_id FROM orders_order o
            WHERE s.order_id IS NULL AND o.store_id = %(store)s AND o.buyer_id = s.buyer_id AND o.status <> 'closed'
                AND o.created_at BETWEEN s.said_at - make_interval(days => %(days)s) AND s.said_at
            ORDER BY o.created_at DESC LIMIT 1
        ) AS o ON true
    )
    INSERT INTO orders_promiseproposal
        (organization_id, store_id, source_key, kind, buyer_id, order_id, agent_id, said_at, due_at, state)
    SELECT %(organization)s, %(store)s, s.source_key, s.kind, s.buyer_id, s.of_order, s.agent_id, s.said_at, s.due_at,
        'proposed'
    FROM said s WHERE s.source_key LIKE 'message:%%' OR NOT EXISTS (
        SELECT 1 FROM orders_promiseproposal p WHERE p.store_id = %(store)s AND p.kind = s.kind
            AND p.buyer_id IS NOT DISTINCT FROM s.buyer_id AND p.order_id = s.of_order
    ) AND NOT EXISTS (
        SELECT 1 FROM orders_promise p WHERE p.store_id = %(store)s AND p.order_id = s.of_order AND p.kind = s.kind
    )
    ORDER BY s.said_at, s.source_key, s.kind
    ON CONFLICT (organization_id, store_id, source_key, kind) DO NOTHING
"""


def _propose(store: Store, rows: list, counts: Counts, reads) -> Counts:
    """Insert what `reads` finds in the rows, in one statement; the counts with what was done."""
    said = list(reads(store, rows)) if rows else []
    made = _insert(store, said) if said else 0
    return counts._replace(
        read=counts.read + len(rows), found=counts.found + len(said), made=counts.made + made
    )


def _insert(store: Store, said: Iterable[_Said]) -> int:
    columns = list(zip(*said, strict=True))
    names = ("keys", "kinds", "buyers", "orders", "agents", "said", "dues")
    params = {name: list(column) for name, column in zip(names, columns, strict=True)}
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            params | {"organization": store.organization_id, "store": store.pk, "days": ORDER_DAYS},
        )
        return cursor.rowcount
