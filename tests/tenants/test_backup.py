"""Backup → drop → restore → verify, with PostgreSQL's own programs on real rows."""

import json
import os
from contextlib import closing
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from kpis.refresh import refresh_store
from stores.models import Store
from tenants import tasks
from tenants.backup import (
    BackupError,
    address,
    delete_older,
    make_backup,
    manifest_path,
    other_database,
    read_manifest,
)
from tenants.backup_manifest import differences, table_sums
from tenants.models import Upkeep
from tenants.restore import restore_backup, verify_backup
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at


@pytest.fixture
def two(committed, tmp_path):
    """Two organizations with a store, a chat, an order, a refund and their figures each."""
    organizations = []
    for slug, amount in (("yunfan", "100"), ("beihai", "777")):
        organization = make_organization(slug)
        hand = HandStore()
        hand.chat("A", at(1, "10:00"), at(1, "10:20"))
        hand.order(at(1, "10:30"), at(1, "10:31"), amount)
        hand.refund("5")
        store = make_reference_store(organization, hand.store())
        (tmp_path / slug).mkdir()
        import_data(store, hand.store(), tmp_path / slug)
        refresh_store(store, whole=True)
        organizations.append(organization)
    return organizations


@pytest.fixture
def backup(two, tmp_path) -> Path:
    return make_backup(tmp_path / "backups")


def ask(url: str, sql: str) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.fixture
def empty(monkeypatch):
    """An empty database prepared by deploy/roles.sql as all new ones, which the addresses then name."""
    name = "restored_here"
    with closing(psycopg2.connect(address("MIGRATE_DATABASE_URL"))) as maker, maker.cursor() as cursor:
        maker.autocommit = True
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        # template1 carries the grants of deploy/roles.sql.
        cursor.execute(f"CREATE DATABASE {name}")
        for variable in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL"):
            monkeypatch.setenv(variable, other_database(os.environ[variable], name))
        yield name
        cursor.execute(f"DROP DATABASE {name}")


FIGURES = "SELECT store_id, day, agent_id, orders, paid_amount, refunded_amount, response_bins FROM kpis_agentday ORDER BY 1, 2, 3"


def test_a_backup_is_restored_elsewhere_with_identical_figures_rights_and_policies(backup, empty, two):
    before = ask(
        other_database(os.environ["BACKUP_DATABASE_URL"], connections["default"].settings_dict["NAME"]),
        FIGURES,
    )
    assert {row[4] for row in before} >= {100, 777}
    restore_backup(backup)
    assert ask(os.environ["BACKUP_DATABASE_URL"], FIGURES) == before
    with closing(psycopg2.connect(os.environ["BACKUP_DATABASE_URL"])) as connection:
        found = differences(read_manifest(backup)["tables"], table_sums(connection))
    # Only what a restore changes on purpose: the change log and how far it was read.
    assert {line.partition(",")[0] for line in found} == {"stores_change", "stores_changecursor"}
    app = os.environ["DATABASE_URL"]
    with pytest.raises(psycopg2.errors.InvalidTextRepresentation):
        ask(app, "SET app.organization_id = ''; SELECT 1 FROM kpis_agentday")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(app, f"SET app.organization_id = {two[0].pk}; DELETE FROM tenants_auditentry RETURNING 1")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(app, "SELECT 1 FROM tenants_slug")
    count = f"SET app.organization_id = {two[0].pk}; SELECT DISTINCT organization_id FROM kpis_agentday"
    assert ask(app, count) == [(two[0].pk,)]
    # Tables made later get their grants as before.
    owner = os.environ["MIGRATE_DATABASE_URL"]
    with closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (a int)")
    assert ask(app, "SELECT count(*) FROM made_later") == [(0,)]


def test_after_a_restore_every_store_is_marked_and_the_log_is_read_from_its_beginning(backup, empty, two):
    restore_backup(backup)
    url = os.environ["BACKUP_DATABASE_URL"]
    stores = ask(url, "SELECT organization_id, id FROM stores_store ORDER BY 2")
    assert len(stores) == 2
    marks = "SELECT organization_id, store_id, buyer_id, seat_id FROM stores_change ORDER BY store_id"
    assert ask(url, marks) == [(*store, None, None) for store in stores]
    assert ask(url, "SELECT DISTINCT transaction_no FROM stores_changecursor") == [(0,)]


def test_verifying_finds_the_copy_identical_notes_it_and_leaves_no_database(backup):
    output = StringIO()
    call_command("verify_backup", str(backup), stdout=output)
    assert "as they were" in output.getvalue()
    test = Upkeep.objects.get(kind=Upkeep.RESTORE_TEST)
    assert test.passed
    assert test.details["rows"] > 20
    left = ask(
        os.environ["MIGRATE_DATABASE_URL"],
        "SELECT datname FROM pg_database WHERE datname LIKE 'kefudesk_verify%'",
    )
    assert left == []


def test_verifying_notices_one_changed_value(backup):
    manifest = json.loads(manifest_path(backup).read_text())
    (sums, *_rest) = manifest["tables"]["kpis_agentday"]["organizations"].values()
    sums["sums"]["orders"] = str(int(sums["sums"]["orders"]) + 1)
    manifest_path(backup).write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match=r"kpis_agentday, organization \d+") as raised:
        call_command("verify_backup", str(backup))
    assert raised.value.returncode == 1
    assert not Upkeep.objects.get(kind=Upkeep.RESTORE_TEST).passed


def test_sums_notice_a_changed_text_and_swapped_values(two):
    def sums() -> dict:
        with closing(psycopg2.connect(os.environ["BACKUP_DATABASE_URL"])) as connection:
            return table_sums(connection)

    before = sums()
    assert differences(before, sums()) == []
    with organization_scope(two[0].pk):
        Store.objects.update(name="Other")
    # The row itself, and the line of its history.
    row, line = differences(before, sums())
    assert row.startswith(f"stores_store, organization {two[0].pk}: 1 rows")
    assert line.startswith(f"stores_storeevent, organization {two[0].pk}")


def test_a_damaged_or_incomplete_backup_is_refused(backup):
    whole = backup.read_bytes()
    backup.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupError, match="damaged: its SHA-256"):
        verify_backup(backup)
    manifest_path(backup).unlink()
    with pytest.raises(BackupError, match="is missing"):
        verify_backup(backup)


def test_a_restore_into_a_database_with_tables_is_refused_with_what_to_do(backup):
    with pytest.raises(CommandError, match=r"is not empty.*nothing was done") as raised:
        call_command("restore", str(backup))
    assert raised.value.returncode == 2


def test_a_restore_says_which_keys_are_missing(backup, empty, settings):
    settings.FIELD_KEYS = ["another"]
    errors = StringIO()
    call_command("restore", str(backup), stdout=StringIO(), stderr=errors)
    assert "FIELD_KEYS lacks 1 of the keys" in errors.getvalue()


def test_a_backup_needs_the_role_backup_and_the_file_is_for_its_owner_alone(backup, monkeypatch, tmp_path):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert manifest_path(backup).stat().st_mode & 0o777 == 0o600
    monkeypatch.delenv("BACKUP_DATABASE_URL")
    with pytest.raises(BackupError, match="BACKUP_DATABASE_URL is not set"):
        make_backup(tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []


def test_a_failed_dump_leaves_no_file(two, monkeypatch, tmp_path):
    # The program's role sees no row, so pg_dump refuses.
    monkeypatch.setenv("BACKUP_DATABASE_URL", os.environ["DATABASE_URL"])
    with pytest.raises((BackupError, psycopg2.Error)):
        make_backup(tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []
    assert not Upkeep.objects.filter(kind=Upkeep.BACKUP).exists()


def test_only_the_newest_are_kept(tmp_path):
    for day in range(1, 6):
        path = tmp_path / f"kefudesk-2026110{day}T000000000000Z.dump"
        path.touch()
        manifest_path(path).touch()
    (tmp_path / "mine.dump").touch()
    assert len(delete_older(tmp_path, 2)) == 3
    assert {path.name[:17] for path in tmp_path.iterdir()} == {
        "kefudesk-20261104",
        "kefudesk-20261105",
        "mine.dump",
    }


def test_the_beat_makes_a_backup_when_one_is_due(two, settings, tmp_path):
    settings.BACKUP_DIR, settings.BACKUP_EVERY_HOURS = tmp_path / "b", 24
    assert tasks.make_due_backup()["file"].startswith("kefudesk-")
    assert tasks.make_due_backup() == {}
    from datetime import timedelta

    from django.utils import timezone

    Upkeep.objects.filter(kind=Upkeep.BACKUP).update(at=timezone.now() - timedelta(hours=25))
    assert "file" in tasks.make_due_backup()
    Upkeep.objects.filter(kind=Upkeep.BACKUP).update(at=timezone.now() - timedelta(hours=25))
    settings.BACKUP_EVERY_HOURS = 0
    assert tasks.make_due_backup() == {}
    assert Upkeep.objects.filter(kind=Upkeep.KEY).count() == 1
