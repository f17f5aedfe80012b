"""Throw-away servers, tables and worker processes for one run, and what machine it runs on."""

import contextlib
import os
import platform
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

PROCESSES = 2
# Given to the throw-away server, whose own default is smaller, so that it is the size `make run` makes.
SHARED_BUFFERS = "1GB"


@contextlib.contextmanager
def throwaway_servers(dump: Path | None = None) -> Iterator[Path]:
    """PostgreSQL and Valkey of this run alone, migrated, with Django set up; yields their directory.

    dump: of an empty, migrated database (pg_dump's custom format), where somebody has one: migrating takes a minute.
    They run without fsync (durable=False), so no figure here measures a disk.
    """
    from config.servers import ensure_servers, start_throwaway, stop_servers, stop_throwaway

    _forget_servers()
    var_dir = start_throwaway()
    try:
        as_superuser(var_dir, f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")
        stop_servers(var_dir)
        _forget_servers()
        ensure_servers(var_dir)
        # All requests come from one owner at one address: without a limit.
        os.environ.update(
            VAR_DIR=str(var_dir), DJANGO_SETTINGS_MODULE="config.settings", LIMIT_PAGES="1000000/60"
        )
        set_up_django()
        _make_tables(var_dir, dump)
        yield var_dir
    finally:
        from django.db import connections

        connections.close_all()
        stop_throwaway(var_dir)


def _make_tables(var_dir: Path, dump: Path | None) -> None:
    from django.core.management import call_command

    from config.servers import superuser_address
    from tenants.backup import client_environment, other_database, program

    if dump:
        environment = client_environment(other_database(superuser_address(var_dir), "kefudesk"))
        loads = [program("pg_restore"), "--exit-on-error", "--dbname=kefudesk", str(dump)]
        subprocess.run(loads, env=environment, check=True)
    # After a dump of this very version there is nothing left to do.
    call_command("migrate", database="migrate", verbosity=0)


def _forget_servers() -> None:
    # What the environment names is taken as running and as the user's own.
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "VAR_DIR"):
        os.environ.pop(name, None)


def set_up_django() -> None:
    import django

    django.setup()


def as_superuser(var_dir: Path, *statements: str) -> list[tuple]:
    """Run statements as the cluster's superuser, outside of row-level security; the rows of the last."""
    import psycopg2

    from config.embedded_postgres import postgres_url

    connection = psycopg2.connect(postgres_url(var_dir, "postgres"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@contextlib.contextmanager
def processes(number: int = PROCESSES) -> Iterator[ProcessPoolExecutor]:
    """Worker processes with Django set up and their own database connections."""
    with ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=set_up_django) as pool:
        # All are up before anything is measured.
        list(pool.map(abs, range(number)))
        yield pool


def machine() -> dict[str, str]:
    """What a reader must know to judge the figures."""
    import duckdb
    import psutil

    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or "unknown",
    )
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "DuckDB": duckdb.__version__,
        "load average at the start": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
        "PostgreSQL settings": f"fsync off, full_page_writes off, shared_buffers {SHARED_BUFFERS}",
    }


def _lines(path: str) -> list[str]:
    with contextlib.suppress(OSError), open(path) as source:
        return source.readlines()
    return []
