"""What a test committed is gone before the next one begins."""

import psycopg2

from tests.conftest import emptied, superuser_of_the_tests
from tests.make import make_agent, make_member, make_organization, make_store, write_chat

KEPT = {"auth_permission", "django_content_type", "django_migrations"}
TABLES = (
    "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
USED = """SELECT d.refobjid::regclass::text FROM pg_sequence s JOIN pg_depend d ON d.objid = s.seqrelid
    AND d.deptype IN ('a', 'i') WHERE pg_sequence_last_value(s.seqrelid) IS NOT NULL"""


def asked(statement: str) -> set[str]:
    connection = psycopg2.connect(superuser_of_the_tests())
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return {row[0] for row in cursor.fetchall()}
    finally:
        connection.close()


def filled() -> set[str]:
    """Tables with rows."""
    return {table for table in asked(TABLES) if asked(f"SELECT 1 FROM {table} LIMIT 1")}


def test_every_table_is_empty_and_every_sequence_at_its_start(committed):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    make_agent(organization, "Ann", (store, "s:ann"))
    make_member(organization, "owner")
    write_chat(store, "bea", "s:ann", ("in", "2026-11-02 10:00:00", "在吗"))
    assert {"tenants_organization", "tenants_user", "stores_change", "conversations_message"} <= filled()
    assert {"tenants_organization", "tenants_user"} <= asked(USED)
    emptied()
    assert filled() == KEPT
    assert asked(USED) <= KEPT
