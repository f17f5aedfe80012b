"""manage.py: which commands start servers, and its own `servers` command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from manage import needs_servers, with_owner

PROJECT = Path(__file__).resolve().parents[2]


def manage(var_dir, *arguments):
    given = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name not in given}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=environment | {"VAR_DIR": str(var_dir)}, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("collectstatic --no-input", False),
        ("makemessages -a", False),
        ("check", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("migrate", True),
        ("makemigrations --check", True),
        ("shell", True),
    ],
)
def test_only_commands_that_read_the_database_start_servers(line, needed):
    assert needs_servers(line.split()) is needed


def test_migrate_works_as_the_owner_unless_told_otherwise(monkeypatch):
    monkeypatch.setenv("MIGRATE_DATABASE_URL", "postgresql://migrate@db/kefudesk")
    assert with_owner(["migrate", "stores"]) == ["migrate", "stores", "--database=migrate"]
    assert with_owner(["migrate", "--database=default"]) == ["migrate", "--database=default"]
    assert with_owner(["shell"]) == ["shell"]


def test_check_leaves_the_servers_alone_and_status_and_stop_say_so(tmp_path):
    assert manage(tmp_path, "check").returncode == 0
    status = manage(tmp_path, "servers", "status")
    assert (status.returncode, status.stdout) == (0, "PostgreSQL: stopped\nValkey: stopped\n")
    assert manage(tmp_path, "servers", "stop").stdout == "nothing was running\n"
    assert not (tmp_path / "postgresql").exists()


def test_an_unknown_servers_command_shows_the_usage(tmp_path):
    ended = manage(tmp_path, "servers", "restart")
    assert (ended.returncode, ended.stderr) == (2, "usage: manage.py servers status|stop\n")
