"""Bringing a backup back: into an empty database for good, or into a throw-away one to see that it can be."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import psycopg2
from psycopg2.sql import SQL, Identifier

from tenants.backup import (
    BackupError,
    address,
    client_environment,
    other_database,
    program,
    read_manifest,
)
from tenants.backup_files import count_files, files_path, restore_files
from tenants.backup_manifest import differences, row_total, table_sums
from tenants.models import Upkeep

# Grants a database gets from deploy/roles.sql for tables that are made later would come on top of those in the dump:
# the trail could be changed again. The dump brings these defaults itself, at its end.
_NO_DEFAULTS = "".join(
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {kind} FROM app, backup;\n"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS")
)
# Transaction numbers begin anew in another cluster, so what was read of the change log and what was not can no
# longer be told: every store is marked as changed, and the next refresh derives it anew.
_MARK_EVERY_STORE = """
SET search_path = public;
SET row_security = on;
DO $$ DECLARE organization integer; BEGIN
    FOR organization IN SELECT * FROM organization_ids() LOOP
        PERFORM set_config('app.organization_id', organization::text, true);
        DELETE FROM stores_change;
        UPDATE stores_changecursor SET transaction_no = 0;
        INSERT INTO stores_change (organization_id, store_id) SELECT organization_id, id FROM stores_store;
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$;
"""


def restore_backup(path: Path) -> dict:
    """Load a backup into the empty database of MIGRATE_DATABASE_URL and put its attachments back; its manifest.

    The database is loaded all or nothing. Errors: BackupError.
    """
    manifest, url = read_manifest(path), address("MIGRATE_DATABASE_URL")
    _refuse_unless_empty(url)
    if lacking := _files_lacking(path, manifest):
        raise BackupError(f"{lacking}: nothing was done.")
    _load(url, path, _MARK_EVERY_STORE)
    restore_files(files_path(path))
    return manifest


def verify_backup(path: Path) -> list[str]:
    """Restore a backup into a database of its own, hold it against its manifest, and drop it again.

    Returns the differences, a line each; empty where all is as it was. The outcome is noted. Errors: BackupError.
    """
    manifest = read_manifest(path)
    with _throw_away_database() as name:
        _load(other_database(address("MIGRATE_DATABASE_URL"), name), path)
        with closing(psycopg2.connect(other_database(address("BACKUP_DATABASE_URL"), name))) as connection:
            found = differences(manifest["tables"], table_sums(connection))
    found += filter(None, [_files_lacking(path, manifest)])
    told = {"file": path.name, "made_at": manifest["made_at"], "rows": row_total(manifest["tables"])}
    Upkeep.objects.create(
        kind=Upkeep.RESTORE_TEST, passed=not found, details=told | {"differences": len(found)}
    )
    return found


def _files_lacking(path: Path, manifest: dict) -> str:
    """What is wrong with the attachments beside a dump, "" if nothing. Backups of earlier versions have none."""
    expected, found = manifest.get("attachments", {"files": 0, "bytes": 0}), count_files(files_path(path))
    if expected == found:
        return ""
    told = [f"{one['files']} files of {one['bytes']} bytes" for one in (found, expected)]
    return f"{files_path(path)} holds {told[0]} instead of {told[1]}"


def _refuse_unless_empty(url: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), current_database() FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')"
        )
        count, name = cursor.fetchone()
    if count:
        raise BackupError(
            f"Database {name!r} is not empty ({count} tables and sequences): nothing was done. Restore into a new "
            "one: make it, run deploy/roles.sql in it (an embedded server does both in a new VAR_DIR), give its "
            "addresses in DATABASE_URL, MIGRATE_DATABASE_URL and BACKUP_DATABASE_URL, and do not migrate it before."
        )


def _load(url: str, path: Path, then: str = "") -> None:
    """Run the dump as one transaction, as the tables' owner, and `then` in the same."""
    environment = client_environment(url)
    reads = [program("pg_restore"), "--no-owner", "--file=-", str(path)]
    runs = [program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction"]
    runs += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    with TemporaryFile("w+") as said:
        pipes = {"env": environment, "stderr": said}
        with (
            subprocess.Popen(reads, stdout=subprocess.PIPE, **pipes) as reader,
            subprocess.Popen(runs, stdin=subprocess.PIPE, **pipes) as runner,
        ):
            # A pipe that breaks has its reason in what psql said.
            with suppress(BrokenPipeError), runner.stdin as script:
                script.write(_NO_DEFAULTS.encode())
                shutil.copyfileobj(reader.stdout, script)
                if reader.wait():
                    # At the script's end psql would commit what came so far.
                    runner.kill()
                script.write(then.encode())
            reader.stdout.close()
        if reader.returncode or runner.returncode:
            said.seek(0)
            raise BackupError(f"The restore of {path} failed and was undone: {said.read().strip()[-2000:]}")


@contextmanager
def _throw_away_database() -> Iterator[str]:
    """An empty database of the owner's, dropped at the end; its name.

    Made by VERIFY_DATABASE_URL's role where that is given, else by the owner, who then must be allowed to.
    """
    maker = os.environ.get("VERIFY_DATABASE_URL") or address("MIGRATE_DATABASE_URL")
    name = f"kefudesk_verify_{secrets.token_hex(6)}"
    with closing(psycopg2.connect(maker)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        owner = client_environment(address("MIGRATE_DATABASE_URL"))["PGUSER"]
        try:
            make = SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
            cursor.execute(make.format(Identifier(name), Identifier(owner)))
        except psycopg2.errors.InsufficientPrivilege as error:
            raise BackupError(
                "A database to restore into cannot be made. Give the address of a role that may make one in "
                "VERIFY_DATABASE_URL."
            ) from error
        try:
            yield name
        finally:
            # Not by force: another role's connection, closed a moment ago, may not be ended; PostgreSQL waits for it.
            cursor.execute(SQL("DROP DATABASE {}").format(Identifier(name)))
