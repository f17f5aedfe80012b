"""With 100,000 orders in history a detection reads what changed, by the rows PostgreSQL counts."""

from datetime import timedelta

import pytest
from django.db import connection, connections

from desk.detecting import detect_store
from kpis.refresh import refresh_store, refresh_until_clean
from stores.models import Store
from tenants.scope import organization_scope
from tests.desk.matters import the_one
from tests.make import at, make_organization, make_store, write_order

pytestmark = pytest.mark.usefixtures("committed")
NOW = at("2026-11-02 18:00:00")
HISTORY = """
INSERT INTO stores_buyer (organization_id, store_id, name, masked, note)
SELECT %(organization)s, %(store)s, 'b' || n, false, '' FROM generate_series(1, 50000) n;
INSERT INTO orders_order (organization_id, store_id, order_id, buyer_id, status, created_at, paid_at, shipped_at, completed_at,
    paid_amount, items_given)
SELECT %(organization)s, %(store)s, 'h' || n, (SELECT min(id) FROM stores_buyer) + n %% 50000, 'completed', t, t, t, t, 9, false
FROM (SELECT n, %(now)s::timestamptz - n * interval '3 minutes' AS t FROM generate_series(1, 100000) n) AS s;
INSERT INTO desk_followup (organization_id, store_id, kind, subject, occasion, facts, opens_at, due_at, offered_pool, state, outcome,
    made_at, buyer_id)
SELECT %(organization)s, %(store)s, 'unpaid', 'h' || n, '', '{}', t, t, false, 'counted', '', t,
    (SELECT min(id) FROM stores_buyer) + n %% 50000
FROM (SELECT n, %(now)s::timestamptz - n * interval '9 minutes' AS t FROM generate_series(1, 30000) n) AS s
"""
READ = """
SELECT relname, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
WHERE relname ~ '^(orders|kpis|conversations|desk|stores|team)_' AND seq_tup_read + idx_tup_fetch > 0
"""


@pytest.fixture
def store():
    """A store detected once; then its history comes without the change log, as if all of it were known."""
    store = make_store(make_organization("yunfan"), "tb1")
    refresh_store(store, whole=True)
    detect_store(store, NOW)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(HISTORY, {"organization": store.organization_id, "store": store.pk, "now": NOW})
    with connections["migrate"].cursor() as cursor:
        for table in ("stores_buyer", "orders_order", "desk_followup"):
            cursor.execute(f"ANALYZE {table}")
    return store


def read_by(store: Store, now) -> dict[str, int]:
    """{table: rows read} of one detection."""
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(READ)
        before = dict(cursor.fetchall())
        detect_store(store, now)
        cursor.execute(READ)
        return {table: rows - before.get(table, 0) for table, rows in cursor.fetchall()}


def test_one_order_more_costs_its_own_buyers_rows(store):
    write_order(
        store, "new", buyer="b77", status="unpaid", created_at="2026-11-02 17:59:00", total_amount="9"
    )
    refresh_until_clean(store)
    rows = read_by(store, NOW)
    assert the_one(store, "unpaid", subject="new").due_at == at("2026-11-03 16:00:00")
    # The buyer has two old orders and at most one old matter; each is looked at a few times.
    assert rows["orders_order"] <= 20, rows
    assert sum(rows.values()) < 100, rows


def test_an_idle_store_reads_nothing_of_its_history(store):
    rows = read_by(store, NOW)
    assert sum(rows.values()) < 20, rows


def test_a_days_return_visits_read_the_orders_of_that_day_alone(store):
    # One order every three minutes: 480 a day; their buyers have two each.
    rows = read_by(store, NOW + timedelta(days=1))
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk_followup WHERE kind = 'return_visit'")
        assert cursor.fetchone()[0] > 0
    assert rows["orders_order"] < 5 * 480, rows
    assert sum(rows.values()) < 10 * 480, rows
