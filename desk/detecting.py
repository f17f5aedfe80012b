"""From facts to follow-ups: what stands now is compared with what is stored (docs/desk.md).

The steps of one detection of one store, in one transaction under a lock of its own:
1. Read the change log as the reader "desk", up to where the figures are fresh: `kpis` has read those lines, so the
   facts of their buyers are there.
2. Add the buyers whose time has come by the clock alone (Detector.reach).
3. Ask every detector for these buyers' matters, as the facts tell them.
4. Compare with the stored rows: insert, move, close, or open again, each in one statement.
5. Move the cursor. A crash before the commit leaves everything as it was.

A matter is a function of the facts, so it is the same however often and however late this runs. Two things are not:
what fell due more than `fresh_days` before we learned of it is COUNTED, and what a person has touched keeps its owner
and due time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from desk.comparing import compare
from desk.couriers import IS_DELIVERED
from desk.detector import COLUMNS, Detector
from desk.detectors import BY_FACTS
from desk.models import DeskSettings, DetectorReach, DetectorSetting
from kpis.facts import Part
from kpis.refresh import LOCK as REFRESH_LOCK
from kpis.refresh import READER as FIGURES
from stores.models import ChangeCursor, Store
from tenants.scope import organization_scope

READER = "desk"
LOCK = 7302  # advisory lock class of detections; the second key is the store
WHOLE = 0  # where a cursor stands that has read nothing: the store is looked at whole


class Counts(NamedTuple):
    """What one detection did. buyers: looked at, -1 for all. made: of them `counted` are too old, `ended` over already."""

    buyers: int = 0
    made: int = 0
    counted: int = 0
    ended: int = 0
    moved: int = 0
    closed: int = 0
    dropped: int = 0
    resumed: int = 0


def detect_store(store: Store, now: datetime, whole: bool = False) -> Counts:
    """Bring one store's follow-ups up to date. Safe to repeat at any time; the same facts change nothing.

    whole: look at every buyer, whatever the log says. Opens the organization's scope itself.
    """
    _begin_reading(store)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        store.refresh_from_db()
        settings = settings_of(store)
        marks = _read_marks(cursor, store)
        everybody = whole or marks.whole
        buyers = set() if everybody else set(marks.buyers)
        reach = _reach(cursor, store, settings, now)
        if not everybody:
            buyers |= reach.buyers
        counts = Counts()
        if everybody or buyers:
            counts = _detect(cursor, store, settings, None if everybody else sorted(buyers), now)
        # Nothing moves where nothing was read: an idle store costs no write.
        if marks.upto != marks.since:
            ChangeCursor.objects.filter(store=store, reader=READER).update(transaction_no=marks.upto)
        _keep_reach(store, reach, now, everybody)
        return counts


def settings_of(store: Store) -> dict[str, dict]:
    """{name: options} of the detectors that work in a store: its own setting, else everybody's, else the default."""
    found: dict[str, DetectorSetting] = {}
    rows = DetectorSetting.objects.filter(store=None) | DetectorSetting.objects.filter(store=store)
    # The store's own comes last and holds.
    for row in sorted(rows, key=lambda row: row.store_id is not None):
        found[row.detector] = row
    working = {}
    for name, detector in BY_FACTS.items():
        row = found.get(name)
        if row.enabled if row else detector.enabled:
            known = {
                key: value for key, value in (row.options if row else {}).items() if key in detector.options
            }
            working[name] = detector.defaults() | known
    return working


def look_again(stores: Sequence[Store]) -> None:
    """The next detection looks at these stores whole: their settings have changed. The database remembers it."""
    ChangeCursor.objects.filter(store__in=stores, reader=READER).update(transaction_no=WHOLE)


class _Marks(NamedTuple):
    """whole: everything is to be looked at; buyers: those the log names; since, upto: the cursor's old and new place."""

    whole: bool
    buyers: list[int]
    since: int
    upto: int


def _begin_reading(store: Store) -> None:
    """From here on the change log keeps its lines for us too.

    Under the lock of refreshes: one that is running would delete lines past our cursor's first place.
    """
    with organization_scope(store.organization_id):
        if ChangeCursor.objects.filter(store=store, reader=READER).exists():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REFRESH_LOCK, store.pk])
        ChangeCursor.objects.get_or_create(
            organization_id=store.organization_id,
            store=store,
            reader=READER,
            defaults={"transaction_no": WHOLE},
        )


def _read_marks(cursor, store: Store) -> _Marks:
    """What the log says between our cursor and the figures'. A seat that only wrote changes nothing here."""
    places = dict(ChangeCursor.objects.filter(store=store).values_list("reader", "transaction_no"))
    since, upto = places[READER], places.get(FIGURES, WHOLE)
    if upto == WHOLE:
        # No figures yet, so no facts to look at.
        return _Marks(False, [], since, since)
    if since == WHOLE:
        return _Marks(True, [], since, upto)
    cursor.execute(
        "SELECT DISTINCT buyer_id, buyer_id IS NULL AND (seat_id IS NULL OR holder_changed) FROM stores_change"
        " WHERE store_id = %s AND transaction_no >= %s AND transaction_no < %s",
        [store.pk, since, upto],
    )
    lines = cursor.fetchall()
    return _Marks(
        any(whole for _buyer, whole in lines),
        [buyer for buyer, _whole in lines if buyer is not None],
        since,
        upto,
    )


class _Reach(NamedTuple):
    """detectors: those that work by the clock; buyers: whose time came since each was asked last."""

    detectors: list[str]
    buyers: set[int]


def _reach(cursor, store: Store, settings: dict[str, dict], now: datetime) -> _Reach:
    by_clock = [name for name in settings if BY_FACTS[name].reach]
    reached = dict(DetectorReach.objects.filter(store=store).values_list("detector", "reached_at"))
    buyers: set[int] = set()
    for name in by_clock:
        if name in reached and reached[name] < now:
            params = _params(store, None, now) | settings[name] | {"reached": reached[name]}
            cursor.execute(BY_FACTS[name].reach, params)
            buyers |= {row[0] for row in cursor.fetchall()}
    return _Reach(by_clock, buyers)


def _keep_reach(store: Store, reach: _Reach, now: datetime, everybody: bool) -> None:
    for name in reach.detectors:
        row, made = DetectorReach.objects.get_or_create(
            organization_id=store.organization_id, store=store, detector=name, defaults={"reached_at": now}
        )
        # The clock may be set back (a restored backup): a reach never goes back with it.
        if not made and row.reached_at < now:
            DetectorReach.objects.filter(pk=row.pk).update(reached_at=now)


def _params(store: Store, buyers: Sequence[int] | None, now: datetime) -> dict:
    of_organization = (
        DeskSettings.objects.filter(organization=store.organization_id).first() or DeskSettings()
    )
    return Part(store, buyers).params | {
        "everybody": buyers is None,
        "nobody": buyers is None or 0 in buyers,
        "now": now,
        "today": store.business_day(now),
        "cutoff": now - timedelta(days=of_organization.fresh_days),
        "cut_off": of_organization.shipping_cut_off_minutes,
        "lock": of_organization.chase_lock_minutes,
    }


# The orders of the buyers being looked at, with what their statuses mean in time (an order closed without money was
# never paid; one that is shipped without a time was, at the latest, when it was completed).
TOUCHED_ORDERS = f"""
CREATE TEMPORARY TABLE touched_order ON COMMIT DROP AS
SELECT o.id, o.order_id, o.buyer_id, o.created_at, coalesce(o.cod, false) AS cod, o.courier, o.total_amount, o.paid_amount,
    o.promised_ship_at,
    CASE WHEN o.status IN ('paid', 'shipped', 'completed') AND NOT coalesce(o.cod, false)
        THEN coalesce(o.paid_at, o.shipped_at, o.completed_at, o.created_at)
        WHEN o.status <> 'closed' OR coalesce(o.paid_amount, 0) <> 0 THEN o.paid_at END AS paid_at,
    CASE WHEN o.status IN ('shipped', 'completed')
        THEN coalesce(o.shipped_at, o.delivered_at, o.completed_at, o.paid_at, o.created_at) ELSE o.shipped_at END AS shipped_at,
    CASE WHEN o.status = 'closed' THEN coalesce(o.closed_at, o.completed_at, o.shipped_at, o.paid_at, o.created_at)
        END AS cancelled_at,
    least(o.delivered_at, o.completed_at, CASE WHEN o.status = 'completed' AND o.completed_at IS NULL
        THEN coalesce(o.delivered_at, o.shipped_at, o.paid_at, o.created_at) END, t.delivered_at) AS arrived_at
FROM orders_order o LEFT JOIN LATERAL (
    SELECT min(happened_at) AS delivered_at FROM orders_trackingevent e
    WHERE e.store_id = o.store_id AND e.order_id = o.order_id AND {IS_DELIVERED}
) AS t ON true
WHERE o.store_id = %(store)s AND (%(everybody)s OR o.buyer_id = ANY(%(buyers)s) OR (%(nobody)s AND o.buyer_id IS NULL))
"""
MATTERS = """
CREATE TEMPORARY TABLE matter (
    kind text, subject text COLLATE "C", occasion text COLLATE "C", buyer_id integer, order_id text COLLATE "C",
    agent_id integer, opens_at timestamptz, due_at timestamptz, free_at timestamptz, locked_until timestamptz,
    worth numeric, facts jsonb, ended_at timestamptz, outcome text, credited_agent_id integer, pooled boolean
) ON COMMIT DROP
"""
# Whoever served the buyer last has it first; nobody's, or who has left: the pool's.
GIVE = """
UPDATE matter m SET agent_id = s.agent_id
FROM (SELECT DISTINCT buyer_id FROM matter WHERE agent_id IS NULL AND NOT pooled AND buyer_id IS NOT NULL) AS b
CROSS JOIN LATERAL (
    SELECT s.agent_id FROM kpis_chatsession s
    WHERE s.store_id = %(store)s AND s.buyer_id = b.buyer_id AND s.agent_id > 0 AND s.served_at IS NOT NULL
    ORDER BY s.started_at DESC, s.seat_id LIMIT 1
) AS s
WHERE m.buyer_id = b.buyer_id AND m.agent_id IS NULL AND NOT m.pooled
"""
TAKE_FROM_LEFT = """
UPDATE matter m SET agent_id = NULL FROM team_agent a WHERE a.id = m.agent_id AND a.left_on < %(today)s
"""
# A chase just made keeps others off; before a matter is over nobody is asked what it will have been.
TIMES = """
UPDATE matter SET opens_at = CASE WHEN ended_at IS NULL THEN greatest(opens_at, locked_until) ELSE opens_at END,
    due_at = CASE WHEN ended_at IS NULL THEN greatest(due_at, locked_until) ELSE due_at END,
    free_at = coalesce(free_at, due_at)
"""


def _detect(
    cursor, store: Store, settings: dict[str, dict], buyers: Sequence[int] | None, now: datetime
) -> Counts:
    params = _params(store, buyers, now)
    if buyers is not None:
        # Some buyers among many: every look-up goes by a key, whatever is known of the tables.
        cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute("DROP TABLE IF EXISTS touched_order, matter")
    cursor.execute(TOUCHED_ORDERS, params)
    cursor.execute("CREATE INDEX ON touched_order (buyer_id)")
    cursor.execute("ANALYZE touched_order")
    cursor.execute(MATTERS)
    for name, options in settings.items():
        _ask(cursor, BY_FACTS[name], params | options)
    cursor.execute(GIVE, params)
    cursor.execute(TAKE_FROM_LEFT, params)
    cursor.execute(TIMES)
    # A store looked at whole also drops what its detectors no longer look for.
    kinds = list(BY_FACTS) if buyers is None else list(settings)
    done = compare(cursor, params | {"kinds": kinds})
    return Counts(buyers=-1 if buyers is None else len(buyers), **done)


def _ask(cursor, detector: Detector, params: dict) -> None:
    """One detector's matters into the table `matter`. What opens at no known time never stands."""
    names = ", ".join(COLUMNS)
    cursor.execute(
        f"INSERT INTO matter (kind, {names}, pooled) SELECT %(kind)s, {', '.join(f'q.{n}' for n in COLUMNS)}, %(pooled)s"
        f" FROM ({detector.select}) AS q WHERE q.opens_at IS NOT NULL AND q.subject IS NOT NULL",
        params | {"kind": detector.name, "pooled": detector.pooled},
    )
