"""A full rebuild over figures that exist: whatever is wrong is put right, and what is right is not written again."""

import random

import pytest
from django.db import connection

from kpis.compare import DERIVED
from kpis.refresh import refresh_store
from stores.models import Store
from tenants.scope import organization_scope
from tests.kpis.against_reference import make_reference_store
from tests.kpis.piecewise import FACTS, catch_up, dumped, write
from tests.make import make_organization
from tests.reference.random_store import random_store

pytestmark = pytest.mark.usefixtures("committed")
PLACES = "t.ctid::text, t.xmin::text, t::text"
# SQL of another value than the one in the column {c}, by the column's type.
OTHER_VALUE = {
    "bool": "NOT coalesce({c}, false)",
    "int4": "coalesce({c}, 0) + 1000",
    "int8": "{c} + 1000",
    "numeric": "{c} + 1",
    "date": "coalesce({c}, '2001-01-01') + 1",
    "timestamptz": "coalesce({c}, '2001-01-01') + interval '1 second'",
    "varchar": "'other'",
    "text": "'other'",
    "int2": "coalesce({c}, 0) + 1",
    "_int4": "{c} || 1000",
    "_date": "{c} || '2001-01-01'::date",
}
KEPT = ("organization_id", "store_id")


@pytest.fixture
def store() -> Store:
    """A store of every kind of fact."""
    data = random_store(random.Random(5))
    store = make_reference_store(make_organization("yunfan"), data)
    for things in (data.seats, data.messages, data.sessions, data.orders, data.refunds, data.ratings):
        write(store, *things)
    catch_up(store)
    assert all(dumped(store)[model._meta.db_table] for model in DERIVED)
    return store


def columns_of(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
        return [row for row in cursor.fetchall() if row[0] not in KEPT]


@pytest.mark.parametrize("table", [model._meta.db_table for model in DERIVED])
def test_a_rebuild_puts_every_altered_column_right(store, table):
    right = dumped(store)
    for name, kind in columns_of(table):
        other = OTHER_VALUE[kind].format(c=name)
        with organization_scope(store.organization_id), connection.cursor() as cursor:
            cursor.execute(
                # The last by key: the next day or agent is nobody else's.
                f"UPDATE {table} SET {name} = {other} WHERE ctid ="
                f" (SELECT ctid FROM {table} WHERE store_id = %s ORDER BY {table} DESC LIMIT 1)",
                [store.pk],
            )
        assert dumped(store) != right, name
        refresh_store(store, whole=True)
        assert dumped(store) == right, name


@pytest.mark.parametrize("table", [model._meta.db_table for model in DERIVED])
def test_a_rebuild_brings_back_a_row_that_was_lost(store, table):
    right = dumped(store)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table} WHERE store_id = %s)",
            [store.pk],
        )
    assert dumped(store) != right
    refresh_store(store, whole=True)
    assert dumped(store) == right


def test_a_rebuild_that_finds_nothing_different_writes_no_fact(store):
    daily = {"kpis_agentday"}
    before = dumped(store, columns=PLACES)
    counts = refresh_store(store, whole=True)
    after = dumped(store, columns=PLACES)
    assert counts["rows"] == len(before["kpis_agentday"])
    assert {table: after[table] for table in set(FACTS) - daily} == {
        table: before[table] for table in set(FACTS) - daily
    }
