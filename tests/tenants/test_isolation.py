"""No organization's row can be read or written from another's scope, in any table there is.

Tables are found in the database, not in a list: a new one without a policy fails here.
"""

import io
import json
import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from intake.writers import WRITERS
from kpis.refresh import refresh_store
from stores.platforms.records import BuyerRecord, OrderLineRecord, ProductRecord, ReviewRecord
from tenants.apps import app_role_cannot_bypass
from tenants.rls import GLOBAL_TABLES
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store
from tests.make import make_member, make_organization
from tests.reference.by_hand import HandStore, at, day
from tests.reference.csv_files import write_files
from tests.tenants.rows import (
    OWN_RULES,
    WITHHELD,
    insert_row,
    is_empty,
    organization_column,
    public_tables,
    required_columns,
)

SCOPE = (
    "(organization_id = ( SELECT (current_setting('app.organization_id'::text))::integer AS current_setting))"
)
# Indexes of protected tables that do not begin with the organization, and why that is right.
OTHER_FIRST_COLUMNS = {
    "id": "surrogate key: a number from one sequence, found only under the policy",
    "pgh_id": "surrogate key of a table of history",
    "agent_id": "follows a checked foreign key, for deletes",
    "seat_id": "follows a checked foreign key, for deletes",
    "group_id": "follows a checked foreign key, for deletes",
    "leader_id": "follows a checked foreign key, for deletes",
    "job_id": "follows a checked foreign key, for deletes",
    "user_id": "a person's own memberships, over all organizations",
    "created_by_id": "follows a checked foreign key to a person, for deletes",
    **dict.fromkeys(
        (
            "made_by_id",
            "decided_by_id",
            "shift_id",
            "colleague_id",
            "store_id",
            "folder_id",
            "buyer_id",
            "other_id",
            "case_id",
            "asked_by_id",
            "inspected_by_id",
            "counted_by_id",
        ),
        "a table of history's copy of a key",
    ),
    "order_id": "one to one with a surrogate key",
    "code": "made by Django's SlugField; unique only together with the organization",
    "slug": "the organization's own name, unique over all of them",
}
UNIQUE_WITHOUT = {"id", "pgh_id", "order_id", "slug"}


def protected_tables(cursor) -> list[str]:
    return sorted(public_tables(cursor) - set(GLOBAL_TABLES) - WITHHELD)


def fill(organization, amount: str, directory) -> None:
    """Rows in every table of an organization: through the writers, and the least row where they write none."""
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:30"), at(1, "10:31"), amount)
    hand.refund("5")
    store = make_reference_store(organization, hand.store())
    directory.mkdir()
    import_data(store, hand.store(), directory)
    more = (
        OrderLineRecord("o1", 1, title="x"), ReviewRecord("v1"), BuyerRecord("b2"), ProductRecord("p1"),
    )  # fmt: skip
    with organization_scope(organization.pk):
        for record in more:
            WRITERS[type(record)](store, [(1, record)], None)
    refresh_store(store, whole=True)
    make_member(organization, "owner")
    with organization_scope(organization.pk), connection.cursor() as cursor:
        missing = [table for table in protected_tables(cursor) if is_empty(table, organization.pk)]
        # A table that refers to another of these comes after it.
        while missing:
            left = [table for table in missing if not _inserted(cursor, table, organization.pk)]
            assert len(left) < len(missing), f"no row can be made in {left}"
            missing = left


def _inserted(cursor, table: str, organization_id: int) -> bool:
    if any("SELECT max" in value and _is_null(cursor, value) for _, value in required_columns(cursor, table)):
        return False
    insert_row(cursor, table, organization_id)
    return True


def _is_null(cursor, value: str) -> bool:
    cursor.execute(f"SELECT {value} IS NULL")
    return cursor.fetchone()[0]


@pytest.fixture
def two(committed, tmp_path):
    """Two organizations with rows in every table: (mine, other)."""
    mine, other = make_organization("yunfan"), make_organization("beihai")
    fill(mine, "100", tmp_path / "mine")
    fill(other, "777", tmp_path / "other")
    return mine.pk, other.pk


def without_policy(cursor, tables: Iterable[str] | None = None) -> list[str]:
    """What is wrong with the protection of these tables, else of all of schema public, in words."""
    wrong = []
    for table in tables or protected_tables(cursor):
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
        )
        if cursor.fetchone() != (True, True):
            wrong.append(f"{table}: row-level security is not enabled and forced")
        cursor.execute(
            "SELECT polcmd, polroles, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)"
            " FROM pg_policy WHERE polrelid = %s::regclass",
            [table],
        )
        policies = cursor.fetchall()
        if len(policies) != 1 or policies[0][:3] != ("*", [0], True):
            wrong.append(f"{table}: not exactly one policy, for all commands and roles")
        elif table not in OWN_RULES and policies[0][3:] != (SCOPE, SCOPE):
            wrong.append(f"{table}: its policy is another than the scope's")
        elif table in OWN_RULES and not _is_own_rule(table, *policies[0][3:]):
            wrong.append(f"{table}: its policy is another than its own rule")
    return wrong


def _is_own_rule(table: str, reading: str, writing: str) -> bool:
    """Read by the scope's organization and by a person's own memberships, written in the scope alone."""
    settings = ("current_setting('app.organization_id'", "current_setting('app.user_id'")
    in_scope = SCOPE.replace("organization_id =", f"{organization_column(table)} =")
    return all(setting in reading for setting in settings) and writing == in_scope


def reachable(cursor, mine: int, other: int) -> list[str]:
    """What raw SQL with `mine`'s scope, or none, can do with rows of `other`, table by table, in words."""
    return [
        f"{table}: {wrong}"
        for table in protected_tables(cursor)
        for wrong in (*_seen(cursor, table, mine, other), *_written(cursor, table, mine, other))
    ]


def _seen(cursor, table: str, mine: int, other: int) -> Iterator[str]:
    column = organization_column(table)
    unscoped = _answer(cursor, "", f"SELECT 1 FROM {table}")
    if unscoped != (0 if table in OWN_RULES else "error"):
        yield f"without a scope: {unscoped}"
    ours = _answer(cursor, mine, f"SELECT 1 FROM {table} WHERE {column} = {mine}")
    if not ours or _answer(cursor, mine, f"SELECT 1 FROM {table}") != ours:
        yield "its own organization sees no row, or more than its own"
    if rows := _answer(cursor, mine, f"SELECT 1 FROM {table} WHERE {column} = {other}"):
        yield f"another organization's rows are read: {rows}"


def _written(cursor, table: str, mine: int, other: int) -> Iterator[str]:
    column = organization_column(table)
    for command in (f"UPDATE {table} SET {column} = {mine}", f"DELETE FROM {table}"):
        rows = _answer(cursor, mine, f"{command} WHERE {column} = {other}")
        # Some tables the program may only add to: there even trying is refused.
        if rows not in (0, "refused"):
            yield f"{command}: {rows} rows of another organization"
    if _answer(cursor, mine, f"UPDATE {table} SET {column} = {other}") != "refused":
        yield "its rows can be given to another organization"
    if _answer(cursor, mine, partial(insert_row, cursor, table, other)) != "refused":
        yield "rows can be made in another organization's name"


def _answer(cursor, scope, command) -> int | str:
    """Rows a statement touches under a scope; "refused" by a policy, "error" otherwise. Undone after."""
    cursor.execute("SAVEPOINT answer")
    try:
        cursor.execute(
            "SELECT set_config('app.organization_id', %s, true), set_config('app.user_id', '', true)",
            [str(scope)],
        )
        if callable(command):
            command()
        else:
            cursor.execute(command)
        return cursor.rowcount
    except DatabaseError as error:
        return "refused" if error.__cause__.pgcode == "42501" else "error"
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT answer")


def test_every_table_is_global_for_a_reason_or_protected(db):
    with connection.cursor() as cursor:
        assert without_policy(cursor) == []
        tables = public_tables(cursor)
        assert set(GLOBAL_TABLES) <= tables, "GLOBAL_TABLES names a table that is gone"
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organization_id'"
        )
        assert not {row[0] for row in cursor.fetchall()} & set(GLOBAL_TABLES)
        # What runs with its owner's rights was looked at; whatever is added must be, too.
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
        assert {row[0] for row in cursor.fetchall()} == {
            "keep_slug",
            "organization_id_of",
            "organization_ids",
        }


def test_raw_sql_reaches_nothing_of_another_organization(two):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("app",)
        assert reachable(cursor, *two) == []
        assert reachable(cursor, *reversed(two)) == []
        assert _answer(cursor, two[0], "SELECT * FROM tenants_slug") == "refused"


def test_the_owner_of_the_tables_reaches_nothing_either(two):
    with transaction.atomic("migrate"), connections["migrate"].cursor() as cursor:
        assert reachable(cursor, *two) == []


LEAKS = (
    "DROP POLICY {policy} ON {table}",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "ALTER POLICY {policy} ON {table} USING (true)",
    "ALTER POLICY {policy} ON {table} WITH CHECK (true)",
    "CREATE POLICY generous ON {table} FOR SELECT USING (true)",
)


def test_the_checks_notice_every_hole_in_every_table(two):
    """Each hole is made by the owner in a transaction that is rolled back."""
    with transaction.atomic("migrate"), connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT polrelid::regclass::text, polname FROM pg_policy")
        policies = dict(cursor.fetchall())
        for table in protected_tables(cursor):
            for leak in LEAKS:
                cursor.execute("SAVEPOINT hole")
                cursor.execute(leak.format(table=table, policy=policies[table]))
                assert without_policy(cursor, [table]), leak
                cursor.execute("ROLLBACK TO SAVEPOINT hole")


def test_raw_sql_notices_every_hole_by_itself(two):
    """All tables at once, without a look at the catalogue: what matters is what can be reached."""
    with transaction.atomic("migrate"), connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT polrelid::regclass::text, polname FROM pg_policy")
        policies = cursor.fetchall()
        for leak in LEAKS:
            cursor.execute("SAVEPOINT hole")
            for table, policy in policies:
                cursor.execute(leak.format(table=table, policy=policy))
            found = {line.partition(":")[0] for line in reachable(cursor, *two)}
            cursor.execute("ROLLBACK TO SAVEPOINT hole")
            assert found == set(protected_tables(cursor)), leak


def test_indexes_begin_with_the_organization(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT x.indrelid::regclass::text, x.indexrelid::regclass::text, x.indisunique,
                (SELECT attname FROM pg_attribute WHERE attrelid = x.indrelid AND attnum = x.indkey[0])
            FROM pg_index x WHERE x.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            """
        )
        rows = cursor.fetchall()
        protected = protected_tables(cursor)
    for table, index, is_unique, first in rows:
        if table in protected and first != "organization_id":
            assert first in OTHER_FIRST_COLUMNS, f"{index} begins with {first}"
            assert not is_unique or first in UNIQUE_WITHOUT, f"{index} is unique over organizations"
    assert {first for table, _, _, first in rows if table in protected} - {"organization_id"} == set(
        OTHER_FIRST_COLUMNS
    )


@pytest.mark.parametrize(
    ("alias", "role", "errors"), [("default", "app", 0), ("migrate", "migrate", 1), (None, "backup", 1)]
)
def test_only_a_role_bound_by_the_policies_may_run_the_program(committed, monkeypatch, alias, role, errors):
    """The owner can switch policies off; the role of backups, like a superuser, passes them by."""
    used = connections[alias or "default"].copy()
    if alias is None:
        url = urlsplit(os.environ["BACKUP_DATABASE_URL"])
        used.settings_dict |= {"USER": url.username, "PASSWORD": url.password}
    monkeypatch.setattr("django.db.connection", used)
    try:
        found = app_role_cannot_bypass(databases=["default"])
    finally:
        used.close()
    assert [error.id for error in found] == ["tenants.E001"] * errors
    assert all(repr(role) in error.msg for error in found)


def everything_of(organization_id: int) -> dict[str, list]:
    """{table: its rows with their places in the file}: a row touched, even to the same value, differs."""
    with organization_scope(organization_id), connection.cursor() as cursor:
        rows = {}
        for table in protected_tables(cursor):
            cursor.execute(f"SELECT t.ctid::text, t.xmin::text, t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
        return rows


def _exported(path: Path, by: str, rule: str | None = None) -> list[dict]:
    options = {"organization": "yunfan", "since": day(-9), "until": day(9), "by": by, "rule": rule}
    call_command("export_kpis", **options, format="json", output=str(path))
    return json.loads(path.read_text())


def test_commands_of_one_organization_neither_show_nor_touch_the_other(two, tmp_path):
    """Both have a store `s`, buyer `b` and order `o1`; of 100 here, of 777 there."""
    _mine, other = two
    theirs = everything_of(other)
    assert all(theirs.values())
    place = ["--organization", "yunfan", "--store", "s"]
    for by in ("agent-day", "agent", "store-day", "store"):
        rows = _exported(tmp_path / "figures.json", by) + _exported(tmp_path / "figures.json", by, "payment")
        assert {(row["store"], row["store_paid_amount"]) for row in rows} == {("s", "100.00")}
    told = io.StringIO()
    call_command("explain_order", *place, "o1", stdout=told)
    assert json.loads(told.getvalue())["paid_amount"] == "100.00"

    hand = HandStore()
    hand.chat("A", at(2, "10:00"), at(2, "10:20"))
    hand.order(at(1, "10:30"), at(1, "10:31"), "150")
    (tmp_path / "again").mkdir()
    paths = [str(path) for path in write_files(hand.store(), tmp_path / "again")]
    call_command("import_file", *place, *paths, stdout=io.StringIO())
    call_command("set_rule", *place, "--from", str(day(1)), "judgement=payment", stdout=io.StringIO())
    call_command("refresh_kpis", "--organization", "yunfan", "--all", stdout=io.StringIO())
    told = io.StringIO()
    call_command("explain_order", *place, "o1", stdout=told)
    assert json.loads(told.getvalue())["paid_amount"] == "150.00"
    assert everything_of(other) == theirs
