"""The embedded servers against what happens to servers: crashes, stale files, taken ports, races."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from unittest import mock

import psutil
import psycopg2
import pytest
import redis

from config.server_account import server_account
from config.servers import (
    ServersError,
    ensure_servers,
    server_status,
    start_throwaway,
    stop_servers,
    stop_throwaway,
)

PROJECT = Path(__file__).resolve().parents[2]
NAMED = (
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "BACKUP_DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
)
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}
ENSURE = (
    "import os; from config.servers import *; ensure_servers(durable=False); print(os.environ['REDIS_URL'])"
)


@pytest.fixture(scope="module")
def shared_var_dir():
    with mock.patch.dict(os.environ):
        forget_servers()
        var_dir = start_throwaway()
    yield var_dir
    stop_throwaway(var_dir)


@pytest.fixture
def var_dir(shared_var_dir):
    """Running throw-away servers; the environment names them during the test only."""
    with mock.patch.dict(os.environ):
        forget_servers()
        ensure_servers(shared_var_dir)
        yield shared_var_dir


@pytest.fixture
def empty_dir():
    """A directory the servers' own account can enter (pytest's tmp_path is private), cleared afterwards."""
    path = Path(tempfile.mkdtemp(prefix="kefudesk-test-"))
    path.chmod(0o711)
    with mock.patch.dict(os.environ):
        forget_servers()
        yield path
    for state in path.rglob("servers.json"):
        stop_servers(state.parent)
    shutil.rmtree(path)


def forget_servers():
    for name in NAMED:
        os.environ.pop(name, None)


def python_for(account, environment) -> str:
    """A Python of this version which another account may run: root's own may lie in root's home."""
    needed = "import psutil, psycopg2, redis"
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            if subprocess.run([python, "-c", needed], env=environment, **account).returncode == 0:
                return python
        except (PermissionError, FileNotFoundError):
            continue
    pytest.skip("no Python of this version that another user may run")


def ensure_again(var_dir):
    forget_servers()
    ensure_servers(var_dir)


def postgres_pid(var_dir) -> int:
    return int((var_dir / "postgresql" / "postmaster.pid").read_text().split()[0])


def ask(sql, role="DATABASE_URL"):
    with closing(psycopg2.connect(os.environ[role])) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} survived SIGKILL"
        time.sleep(0.01)


def test_starting_twice_attaches_to_the_same_servers(var_dir):
    first = postgres_pid(var_dir), redis.Redis.from_url(os.environ["REDIS_URL"]).info()["process_id"]
    ensure_again(var_dir)
    assert (
        postgres_pid(var_dir),
        redis.Redis.from_url(os.environ["REDIS_URL"]).info()["process_id"],
    ) == first


def test_killed_servers_are_started_again_on_the_same_port_with_their_rows(var_dir):
    ask("CREATE TABLE IF NOT EXISTS kept (row_number int)", "MIGRATE_DATABASE_URL")
    ask("INSERT INTO kept VALUES (17)")
    address = os.environ["DATABASE_URL"]
    kill(postgres_pid(var_dir))
    kill(redis.Redis.from_url(os.environ["REDIS_URL"]).info()["process_id"])
    ensure_again(var_dir)
    assert os.environ["DATABASE_URL"] == address
    assert ask("SELECT row_number FROM kept") == [(17,)]
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()


def test_a_pid_file_whose_number_another_program_has_is_stale(var_dir):
    stop_servers(var_dir)
    account = server_account(var_dir / "postgresql")
    stranger = subprocess.Popen(["sleep", "60"], **account.child_arguments())
    try:
        pid_file = var_dir / "postgresql" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n1700000000\n5432\n\n127.0.0.1\n1 1\nready\n")
        account.own(pid_file, 0o600)
        ensure_again(var_dir)
        assert ask("SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_exchanged_for_a_free_one(var_dir):
    stop_servers(var_dir)
    before = json.loads((var_dir / "servers.json").read_text())
    with socket.socket() as postgres_port, socket.socket() as valkey_port:
        for holder, name in ((postgres_port, "postgres_port"), (valkey_port, "valkey_port")):
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", before[name]))
            holder.listen()
        ensure_again(var_dir)
    after = json.loads((var_dir / "servers.json").read_text())
    assert after["postgres_port"] != before["postgres_port"]
    assert after["valkey_port"] != before["valkey_port"]
    assert ask("SELECT 1") == [(1,)]


def test_a_copied_directory_gets_servers_of_its_own(var_dir, empty_dir):
    copy = empty_dir / "copy"
    copy.mkdir()
    for name in ("secrets.json", "servers.json"):
        shutil.copy2(var_dir / name, copy)
    assert set(server_status(copy).values()) == {"stopped"}


def test_two_processes_starting_at_once_share_one_pair(empty_dir):
    environment = os.environ | {"VAR_DIR": str(empty_dir), "PYTHONPATH": str(PROJECT)}
    both = [
        subprocess.Popen([sys.executable, "-c", ENSURE], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    addresses = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert addresses[0] == addresses[1] != ""
    # Both processes have ended, the servers have not.
    assert all(status.startswith("running") for status in server_status(empty_dir).values())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_them_in_a_directory_too_long_for_a_unix_socket(empty_dir):
    long = empty_dir / ("deep" * 20) / ("long" * 20)
    long.mkdir(parents=True)
    for directory in (empty_dir, long.parent, long):
        os.chown(directory, 65534, 65534)
    environment = os.environ | {"VAR_DIR": str(long), "PYTHONPATH": str(PROJECT), "HOME": str(empty_dir)}
    environment["PYTHONPATH"] += f":{Path(psycopg2.__file__).parents[1]}:{os.environ.get('PYTHONPATH', '')}"
    ended = subprocess.run(
        [python_for(NOBODY, environment), "-c", ENSURE], env=environment, text=True, **NOBODY
    )
    assert ended.returncode == 0
    assert (long / "postgresql").stat().st_uid == 65534
    # Root comes later and works with what the user made.
    ensure_again(long)
    assert ask("SELECT current_user") == [("app",)]
    assert (long / "servers.json").stat().st_uid == 65534


def test_data_of_another_major_version_are_refused_by_name(empty_dir):
    (empty_dir / "postgresql").mkdir()
    (empty_dir / "postgresql" / "PG_VERSION").write_text("15\n")
    (empty_dir / "secrets.json").write_text("{}")
    with pytest.raises(ServersError, match=r"written by PostgreSQL 15, installed is \d+"):
        ensure_servers(empty_dir)


def test_data_without_their_secrets_are_refused(empty_dir):
    (empty_dir / "postgresql").mkdir()
    with pytest.raises(ServersError, match=r"secrets\.json is missing"):
        ensure_servers(empty_dir)


def test_given_addresses_start_nothing(empty_dir):
    os.environ |= {"DATABASE_URL": "postgresql://a@db/kefudesk", "REDIS_URL": "redis://broker"}
    ensure_servers(empty_dir)
    assert server_status(empty_dir) == {"PostgreSQL": "stopped", "Valkey": "stopped"}
    assert "MIGRATE_DATABASE_URL" not in os.environ
    assert not (empty_dir / "postgresql").exists()


def test_secrets_are_private_and_kept(var_dir):
    first = os.environ["FIELD_KEYS"]
    ensure_again(var_dir)
    assert os.environ["FIELD_KEYS"] == first
    assert (var_dir / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_servers_of_a_killed_session_are_cleared_by_the_next(empty_dir):
    started = (
        "import time; from config.servers import *; print(start_throwaway(), flush=True); time.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "TMPDIR": str(empty_dir)}
    session = subprocess.Popen(
        [sys.executable, "-c", started], env=environment, stdout=subprocess.PIPE, text=True
    )
    left_over = Path(session.stdout.readline().strip())
    server = postgres_pid(left_over)
    session.kill()
    session.wait()
    with mock.patch.object(tempfile, "tempdir", str(empty_dir)):
        stop_throwaway(start_throwaway())
    assert not left_over.exists()
    assert not psutil.pid_exists(server) or psutil.Process(server).status() == psutil.STATUS_ZOMBIE
