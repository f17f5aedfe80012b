"""A real worker with its beat, on the real broker: a file comes in, and what is to be done stands on a list by itself."""

import csv
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from config.celery import app
from desk.models import FollowUp, StoreHour
from intake.arrivals import arrive, confirm
from intake.tasks import run_import
from tenants.scope import organization_scope
from tests.make import make_agent, make_organization, make_store

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def worker(tmp_path):
    """A worker that is its own beat, of this test's database and broker; stopped by its process id."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "--pool=solo"),
            *("--loglevel=WARNING", f"--schedule={tmp_path / 'schedule'}"),
        ],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "WARNING"},
    )
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_an_imported_unpaid_order_leads_to_a_follow_up_without_anybody_calling(committed, worker, tmp_path):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    make_agent(organization, "Ann", (store, "s:ann"))
    now = timezone.now().astimezone(ZoneInfo(store.time_zone))
    made = now - timedelta(hours=13)  # unpaid orders are reminded of after 12 hours
    for name, header, row in (
        ("chats.csv", ("message_id", "buyer", "agent", "direction", "sent_at", "text"),
         ("m1", "ann", "s:ann", "in", f"{made:%Y-%m-%d %H:%M:%S}", "在吗")),
        ("orders.csv", ("order_id", "buyer", "status", "created_at", "total_amount"),
         ("A1", "ann", "unpaid", f"{made:%Y-%m-%d %H:%M:%S}", "88")),
    ):  # fmt: skip
        with (tmp_path / name).open("w", newline="") as file:
            csv.writer(file).writerows((header, row))
        with organization_scope(organization.pk):
            with (tmp_path / name).open("rb") as file:
                jobs = arrive(store, name, iter([file.read()]), None)
            ids = confirm(jobs)
        for job_id in ids:
            run_import.delay(organization.pk, job_id)

    def found() -> tuple[set[str], int]:
        with organization_scope(organization.pk):
            return set(FollowUp.objects.values_list("kind", flat=True)), StoreHour.objects.count()

    # With tests beside it the open transactions of theirs hold the change log back; the beat asks again.
    deadline = time.monotonic() + 180
    while found() != ({"unpaid", "unanswered"}, 1):
        assert worker.poll() is None
        assert time.monotonic() < deadline, found()
        time.sleep(0.5)


def test_every_task_for_all_organizations_is_on_the_beat_and_known_to_the_worker():
    app.loader.import_default_modules()
    on_beat = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert on_beat <= set(app.tasks)
    for_all = {name for name in app.tasks if name.endswith("_all") and not name.startswith("celery.")}
    assert for_all <= on_beat
    assert {
        "desk.tasks.detect_all", "desk.tasks.close_duties_of_all", "desk.tasks.refresh_work_all",
        "team.tasks.tell_all", "team.tasks.delete_old_notices_of_all",
    } <= for_all  # fmt: skip
