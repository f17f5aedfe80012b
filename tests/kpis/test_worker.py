"""A real worker on the real broker brings figures up to date; killed, it leaves them whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpis.models import AgentDay
from kpis.tasks import refresh_all, refresh_organization
from tenants.scope import organization_scope
from tests.make import make_agent, make_organization, make_store, write_chat

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def worker():
    """A celery worker of this test's database and broker; stopped by its process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool=solo", "--loglevel=WARNING"],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "WARNING"},
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(condition, seconds=180):
    """As the beat does, ask again: a transaction that still runs holds the change log back."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the worker did not get there in time"
        time.sleep(0.3)
        refresh_all.delay()


def received(organization) -> int:
    with organization_scope(organization.pk):
        return sum(AgentDay.objects.filter(agent_id__gt=0).values_list("received_buyers", flat=True))


def ask(store, buyer: str) -> None:
    lines = (("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:01:00", "在"))
    write_chat(store, buyer, "s:wang", *lines)


def test_the_worker_rolls_up_what_came_in(committed, worker):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    make_agent(organization, "王小美", (store, "s:wang"))
    ask(store, "ann")
    # The beat's task finds the unread line in the database and queues the organization.
    refresh_all.delay()
    wait_for(lambda: received(organization) == 1)
    ask(store, "bea")
    for _ in range(5):
        refresh_organization.delay(organization.pk)
    wait_for(lambda: received(organization) == 2)


def test_a_worker_that_was_killed_is_made_up_for_by_the_next(committed, worker):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    make_agent(organization, "王小美", (store, "s:wang"))
    worker.kill()
    worker.wait(10)
    ask(store, "ann")
    refresh_all.apply()
    next_one = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool=solo", "--loglevel=WARNING"],
        cwd=ROOT,
    )
    try:
        wait_for(lambda: received(organization) == 1)
    finally:
        next_one.terminate()
        next_one.wait(20)
