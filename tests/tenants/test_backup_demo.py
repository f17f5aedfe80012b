"""Backup → drop → restore → verify of the demo organization, whose figures come out as they were."""

import json
import os
import time
from contextlib import closing
from datetime import date
from io import StringIO

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, connections

from intake.demo import company
from kpis.demo import load_demo
from kpis.figures import GROUPINGS, Query, Row, agent_rows
from kpis.refresh import refresh_store
from orders.models import Order
from stores.models import Change, Store
from tenants.backup import address, make_backup, other_database
from tenants.models import Upkeep
from tenants.restore import restore_backup, verify_backup
from tenants.scope import organization_id_of, organization_scope

ADDRESSES = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL")
TODAY = date(2026, 11, 20)


def manage(*statements: str) -> None:
    """Make or drop databases, from the server's own one."""
    with closing(psycopg2.connect(other_database(address("MIGRATE_DATABASE_URL"), "postgres"))) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            for statement in statements:
                _execute(cursor, statement)


def _execute(cursor, statement: str) -> None:
    """Autovacuum may be at work in a database of so many rows; it is the server's own and cannot be ended by us."""
    for _try in range(30):
        try:
            return cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            time.sleep(2)
    cursor.execute(statement)


def close_connections() -> None:
    for connection in connections.all():
        connection.close()


@pytest.fixture
def database(committed):
    """The name of a database of its own, made like the tests', which the program works in meanwhile."""
    tests = connections["default"].settings_dict["NAME"]
    name = f"{tests}_demo"
    close_connections()
    manage(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {tests}")
    # Undone before `committed` empties the tests' database.
    with pytest.MonkeyPatch.context() as patch:
        for variable in ADDRESSES:
            patch.setenv(variable, other_database(os.environ[variable], name))
        for connection in connections.all():
            patch.setitem(connection.settings_dict, "NAME", name)
        yield name
        close_connections()
    manage(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def plain(row: Row) -> dict:
    """A row's attributes; its days' histograms and rules, which come in any order, summed and as their set."""
    days = json.loads(row.bins_text.translate(str.maketrans("{}", "[]")))
    summed = [sum(seconds) for seconds in zip(*days, strict=True)]
    return vars(row) | {"bins_text": summed, "rule_numbers": set(row.rule_numbers)}


def figures() -> dict[str, list[dict]]:
    """Every attribute of every row of the demo's figures, by every grouping, over all its days."""
    since, until = company.period(TODAY)
    with organization_scope(organization_id_of(company.SLUG)):
        stores = tuple(Store.objects.order_by("pk").values_list("pk", flat=True))
        told = {by: [plain(row) for row in agent_rows(Query(since, until, stores), by)] for by in GROUPINGS}
    close_connections()
    return told


def receivers() -> list[tuple]:
    """Phones of the demo's orders, decrypted."""
    with organization_scope(organization_id_of(company.SLUG)):
        orders = Order.objects.exclude(receiver_phone=None).order_by("order_id")
        found = [(order.order_id, order.decrypted("receiver_phone")) for order in orders]
    close_connections()
    return found


def refresh_all() -> None:
    with organization_scope(organization_id_of(company.SLUG)):
        stores = list(Store.objects.all())
        assert Change.objects.values("store").distinct().count() == len(stores) == 8
    for store in stores:
        refresh_store(store)
    close_connections()


def test_the_demo_comes_back_from_its_backup_with_identical_figures(database, tmp_path):
    for _line in load_demo(TODAY, 4000, "kefu-demo-77"):
        pass
    before, phones = figures(), receivers()
    assert sum(row["inquiries"] for row in before["agent-day"]) > 300
    assert len(phones) > 100
    assert all(phone for _order, phone in phones)
    backup = make_backup(tmp_path / "backups")
    assert verify_backup(backup) == []

    close_connections()
    manage(f"DROP DATABASE {database}")
    with pytest.raises(OperationalError, match="does not exist"):
        figures()
    manage(f"CREATE DATABASE {database}")
    restore_backup(backup)

    assert figures() == before
    assert receivers() == phones
    # Every store is marked; deriving all of it anew changes no figure.
    refresh_all()
    assert figures() == before
    output = StringIO()
    call_command("verify_backup", str(backup), stdout=output)
    assert "as they were" in output.getvalue()
    assert Upkeep.objects.get(kind=Upkeep.RESTORE_TEST).passed
