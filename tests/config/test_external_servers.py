"""The commands of docker-compose.yml against a PostgreSQL and a Redis the project did not start.

Uses Debian's postgresql and redis-server (or valkey-server) if installed, on loopback, in a temporary place.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from config.server_account import server_account
from tenants.backup import client_environment, program
from tests.migrated import migrated_dump

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
BROKER = shutil.which("redis-server") or shutil.which("valkey-server")
PASSWORDS = {f"{role}_PASSWORD": f"{role.lower()}-secret" for role in ("MIGRATE", "APP", "BACKUP")}

pytestmark = [
    pytest.mark.skipif(not POSTGRES, reason="no external PostgreSQL in /usr/lib/postgresql to run against"),
    pytest.mark.skipif(BROKER is None, reason="no redis-server or valkey-server installed to run against"),
]


@pytest.fixture(scope="module")
def environment():
    """Environment of a container of docker-compose.yml, with both servers on loopback."""
    directory = Path(tempfile.mkdtemp(prefix="kefudesk-external-"))
    directory.chmod(0o711)
    with postgres(directory / "cluster") as database_port, broker(directory) as broker_port:
        address = f"127.0.0.1:{database_port}/kefudesk"
        without = ("MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL")
        yield {name: value for name, value in os.environ.items() if name not in without} | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "VAR_DIR": str(directory / "var"),
            "DATABASE_URL": f"postgresql://app:app-secret@{address}",
            "OWNER_URL": f"postgresql://migrate:migrate-secret@{address}",
            "REDIS_URL": f"redis://:broker-secret@127.0.0.1:{broker_port}/0",
            "SECRET_KEY": "external",
            "FIELD_KEYS": "YQ==" * 22,
        }
    shutil.rmtree(directory)


@contextmanager
def postgres(cluster):
    """A cluster made and set up as the image's entry point does it; gives its port."""
    account, programs, port = server_account(cluster), POSTGRES[-1], unused_port()
    cluster.mkdir()
    account.own(cluster, 0o700)
    as_account = account.child_arguments() | {"check": True, "cwd": "/", "stdout": subprocess.DEVNULL}
    subprocess.run(
        [programs / "initdb", "-D", cluster, "-U", "postgres", "-E", "UTF8", "--no-locale"], **as_account
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    start = [programs / "pg_ctl", "-D", cluster, "-l", cluster / "log", "-o", options, "-w"]
    subprocess.run([*start, "start"], **as_account)
    try:
        reach = os.environ | PASSWORDS | {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres"}
        subprocess.run([programs / "createdb", "kefudesk"], env=reach, check=True)
        roles = [programs / "psql", "-q", "-d", "kefudesk", "-f", PROJECT / "deploy" / "roles.sql"]
        # As the image runs it: connected to POSTGRES_DB, passwords in the environment.
        subprocess.run(roles, env=reach, check=True)
        yield port
    finally:
        subprocess.run([programs / "pg_ctl", "-D", cluster, "-m", "immediate", "stop"], **as_account)


@contextmanager
def broker(directory):
    """A broker with a password; gives its port."""
    port = unused_port()
    command = [BROKER, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", ""]
    with running([*command, "--requirepass", "broker-secret"], os.environ) as process:
        until(lambda: "ready to accept" in said(process).lower(), process)
        yield port


@contextmanager
def running(command, environment):
    """A process of its own, ended with its children; its output is in `process.output`."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        process.output = output
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, said(process)
        assert time.monotonic() < deadline, said(process)
        time.sleep(0.1)


def said(process) -> str:
    process.output.seek(0)
    return process.output.read().decode(errors="replace")


def answer(url) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except OSError:
        return None


@pytest.fixture(scope="module")
def migrated(environment):
    """The environment after the service `migrate` has run: tests/migrated.py runs its command as it is run here.

    What it made comes in as a dump, which may be of a later PostgreSQL than the one here.
    """
    address = urlsplit(environment["OWNER_URL"])
    reads = [program("pg_restore"), "--no-owner", "--no-acl", "--file=-", migrated_dump()]
    script = subprocess.run(reads, capture_output=True, text=True, check=True).stdout
    script = script.replace("SET transaction_timeout = 0;", "").replace("CREATE SCHEMA public;", "")
    loads = [POSTGRES[-1] / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", "-"]
    subprocess.run(loads, env=client_environment(address.geturl()), input=script, text=True, check=True)
    owner = environment | {"MIGRATE_DATABASE_URL": environment["OWNER_URL"]}
    command = SERVICES["migrate"]["command"]
    ended = subprocess.run(command, cwd=PROJECT, env=owner, capture_output=True, text=True, check=True)
    assert "No migrations to apply" in ended.stdout
    return environment


def test_migrating_without_the_owners_address_says_what_is_missing(environment):
    command = SERVICES["migrate"]["command"]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "MIGRATE_DATABASE_URL" in ended.stderr


def test_the_web_service_answers_and_starts_no_server_of_its_own(migrated):
    address = f"127.0.0.1:{unused_port()}"
    command = [part.replace("0.0.0.0:8000", address) for part in SERVICES["web"]["command"]]
    with running([*command, "--no-control-socket"], migrated) as web:
        until(lambda: answer(f"http://{address}/readyz") == 200, web)
        assert answer(f"http://{address}/healthz") == 200
    assert not (Path(migrated["VAR_DIR"]) / "postgresql").exists()


def test_the_worker_service_answers_a_ping_through_the_broker(migrated):
    ping = ["celery", "-A", "config", "inspect", "ping", "--timeout", "3"]
    with running(SERVICES["worker"]["command"], migrated) as worker:
        until(lambda: " ready." in said(worker), worker)
        ended = subprocess.run(ping, cwd=PROJECT, env=migrated, capture_output=True, text=True)
    assert "pong" in ended.stdout, ended.stdout + ended.stderr


def test_the_beat_service_sends_what_is_due(migrated, tmp_path):
    command = [
        part.replace("/tmp/schedule", str(tmp_path / "schedule")) for part in SERVICES["beat"]["command"]
    ]
    with running(command, migrated) as beat:
        until(lambda: "beat: Starting" in said(beat), beat)
        assert beat.poll() is None
