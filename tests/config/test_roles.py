"""deploy/roles.sql: what each of the three roles may do, in throw-away databases of the test's own server."""

import os
from contextlib import closing
from unittest import mock

import psycopg2
import pytest

from config.servers import start_throwaway, stop_throwaway

TABLE = """
CREATE TABLE parcel (parcel_id bigint GENERATED ALWAYS AS IDENTITY, organization_id int);
ALTER TABLE parcel ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_only ON parcel
    USING (organization_id = current_setting('app.organization_id')::int);
"""


@pytest.fixture(scope="module")
def addresses():
    """{role: address} of a database holding two organizations' parcels."""
    with mock.patch.dict(os.environ):
        for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        var_dir = start_throwaway()
        names = {"app": "DATABASE_URL", "migrate": "MIGRATE_DATABASE_URL", "backup": "BACKUP_DATABASE_URL"}
        addresses = {role: os.environ[name] for role, name in names.items()}
    ask(addresses["migrate"], TABLE)
    for organization in (1, 2):
        insert = f"INSERT INTO parcel (organization_id) VALUES ({organization})"
        ask(addresses["app"], f"SET app.organization_id = {organization}; {insert}")
    yield addresses
    stop_throwaway(var_dir)


def ask(address, sql):
    with closing(psycopg2.connect(address)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def test_no_role_is_a_superuser_and_only_backup_passes_row_level_security(addresses):
    rows = ask(
        addresses["app"],
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
        "WHERE rolname IN ('app', 'migrate', 'backup') ORDER BY rolname",
    )
    assert rows == [
        ("app", False, False, False),
        ("backup", False, True, False),
        ("migrate", False, False, False),
    ]


def test_app_and_the_owner_see_one_organization_and_backup_all(addresses):
    count = "SET app.organization_id = 1; SELECT count(*) FROM parcel"
    assert {role: ask(address, count) for role, address in addresses.items()} == {
        "app": [(1,)],
        "migrate": [(1,)],
        "backup": [(2,)],
    }


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        ("app", "CREATE TABLE stray (a int)"),
        ("app", "TRUNCATE parcel"),
        ("app", "ALTER TABLE parcel DISABLE ROW LEVEL SECURITY"),
        ("app", "SET ROLE migrate"),
        ("backup", "DELETE FROM parcel"),
        ("backup", "CREATE TEMP TABLE stray (a int)"),
    ],
)
def test_what_a_role_may_not_do_is_refused(addresses, role, sql):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(addresses[role], sql)


def test_app_may_fill_temporary_tables(addresses):
    assert ask(addresses["app"], "CREATE TEMP TABLE draft AS SELECT 3 AS a; SELECT a FROM draft") == [(3,)]


def test_a_database_made_for_a_test_worker_carries_the_grants(addresses):
    connection = psycopg2.connect(addresses["migrate"])
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE worker_one")
    of_worker = {role: address.replace("/kefudesk", "/worker_one") for role, address in addresses.items()}
    ask(of_worker["migrate"], "CREATE TABLE parcel (a int)")
    ask(of_worker["app"], "INSERT INTO parcel VALUES (5)")
    assert ask(of_worker["backup"], "SELECT a FROM parcel") == [(5,)]


def test_text_is_utf8_sorted_by_code_point_and_the_clock_is_utc(addresses):
    sql = "SELECT getdatabaseencoding(), current_setting('TimeZone'), upper('é'), 'Z' < 'a'"
    assert ask(addresses["app"], sql) == [("UTF8", "UTC", "É", True)]
