"""`manage.py import_file` as its user runs it: a process of its own, committed rows, exit codes."""

import os
import subprocess
import sys

from kpis.models import AgentDay
from tenants.scope import organization_scope
from tests.intake.files import chat_rows, messages_csv
from tests.make import make_organization, make_store


def ended(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "import_file", "--organization", "yunfan", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "LANGUAGE": "en"}, check=False
    )


def test_it_imports_refreshes_the_figures_and_ends_with_its_code(committed, tmp_path):
    organization = make_organization("yunfan")
    make_store(organization, "tb1")
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4, refused_every=3))

    done = ended("--store", "tb1", str(path))

    assert done.returncode == 1, done.stderr
    assert "4 read, 2 new, 0 changed, 0 unchanged, 2 rejected" in done.stdout
    with organization_scope(organization.pk):
        assert AgentDay.objects.exists()
    assert ended("--store", "nowhere", str(path)).returncode == 2
    assert ended("--store", "tb1").returncode == 2
