"""A worker killed in the middle of a file, workers that meet, and jobs nobody works on."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from conversations.models import Message
from intake.load import STALLED_AFTER, load
from intake.models import ImportJob, RefusedRow, State
from intake.resume import jobs_to_resume
from intake.tasks import delete_kept_files, resume_imports
from tenants.scope import organization_scope
from tests.intake.files import chat_rows, messages_csv
from tests.make import make_organization, make_store

ROWS = 30_000


@pytest.fixture
def place(committed):
    """(organization, store), committed so that other processes see them."""
    organization = make_organization("yunfan")
    return organization, make_store(organization, "tb1")


def queue(store, path) -> ImportJob:
    with organization_scope(store.organization_id):
        return ImportJob.objects.create(
            organization_id=store.organization_id, store=store, name=path.name, state=State.QUEUED
        )


def start_worker(job, path, chunk_records=500) -> subprocess.Popen:
    arguments = [str(job.organization_id), str(job.pk), str(path), str(chunk_records)]
    return subprocess.Popen([sys.executable, "-m", "tests.intake.worker_process", *arguments])


def current(job) -> ImportJob:
    with organization_scope(job.organization_id):
        return ImportJob.objects.get(pk=job.pk)


def kill_in_the_middle(job, path) -> int:
    """How many records were in when the worker was killed."""
    worker = start_worker(job, path)
    deadline = time.monotonic() + 60
    while current(job).done_records < 3_000:
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    return current(job).done_records


def rows_of(store) -> list[tuple]:
    with organization_scope(store.organization_id):
        found = Message.objects.filter(store=store).order_by("message_id")
        return list(found.values_list("message_id", "buyer__name", "seat__name", "kind", "sent_at", "text"))


def test_a_killed_import_goes_on_in_another_process_and_ends_as_if_it_had_not_been_killed(place, tmp_path):
    organization, store = place
    # Every third line is there three times: their ids depend on how many equal rows came before.
    rows = [row for row in chat_rows(ROWS // 3, refused_every=97) for _copy in range(3)]
    path = messages_csv(tmp_path / "chats.csv", rows)
    job = queue(store, path)

    done = kill_in_the_middle(job, path)
    assert 0 < done < ROWS
    with organization_scope(organization.pk):
        ImportJob.objects.update(heartbeat_at=Now() - STALLED_AFTER - timedelta(seconds=1))
    assert start_worker(job, path, chunk_records=700).wait(60) == 0

    unharmed = make_store(organization, "tb2")
    straight = queue(unharmed, path)
    load(straight, path)
    job = current(job)
    assert (job.state, job.done_records) == (State.DONE, ROWS)
    assert job.counts == straight.counts
    assert sum(job.totals.values()) == ROWS
    assert rows_of(store) == rows_of(unharmed)
    with organization_scope(organization.pk):
        refused = [
            list(RefusedRow.objects.filter(job=one).values_list("row", flat=True)) for one in (job, straight)
        ]
    assert refused[0] == refused[1] != []


def test_a_killed_import_is_not_taken_over_before_its_worker_is_silent_for_two_minutes(place, tmp_path):
    _organization, store = place
    path = messages_csv(tmp_path / "chats.csv", chat_rows(ROWS))
    job = queue(store, path)
    done = kill_in_the_middle(job, path)

    assert start_worker(job, path).wait(60) == 0

    assert (current(job).state, current(job).done_records) == (State.RUNNING, done)


def test_two_workers_on_one_job_load_it_once(place, tmp_path):
    _organization, store = place
    path = messages_csv(tmp_path / "chats.csv", chat_rows(5_000))
    job = queue(store, path)

    workers = [start_worker(job, path) for _worker in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]

    job = current(job)
    assert (job.state, job.totals["new"], job.done_records) == (State.DONE, 5_000, 5_000)


def test_two_jobs_with_the_same_file_at_once_take_each_row_once(place, tmp_path):
    _organization, store = place
    path = messages_csv(tmp_path / "chats.csv", chat_rows(5_000))
    jobs = [queue(store, path) for _job in range(2)]

    workers = [start_worker(job, path) for job in jobs]
    assert [worker.wait(60) for worker in workers] == [0, 0]

    totals = [current(job).totals for job in jobs]
    assert [current(job).state for job in jobs] == [State.DONE, State.DONE]
    assert sum(total["new"] for total in totals) == 5_000
    assert sum(total["unchanged"] for total in totals) == 5_000
    assert len(rows_of(store)) == 5_000


@pytest.mark.django_db
def test_queued_and_stalled_jobs_with_a_kept_file_are_resumed_and_others_left(store, organization):
    now = Now()

    def job(state, kept_as="kept", beat=now):
        with organization_scope(organization.pk):
            return ImportJob.objects.create(
                organization=organization,
                store=store,
                name="x",
                state=state,
                kept_as=kept_as,
                heartbeat_at=beat,
            ).pk

    long_ago = Now() - STALLED_AFTER - timedelta(seconds=1)
    queued, stalled = job(State.QUEUED), job(State.RUNNING, beat=long_ago)
    job(State.RUNNING)
    job(State.UPLOADED)
    job(State.DONE)
    job(State.QUEUED, kept_as="")
    stopped = job(State.RUNNING, kept_as="", beat=long_ago)

    assert jobs_to_resume(organization.pk) == [queued, stalled]
    with organization_scope(organization.pk):
        closed = ImportJob.objects.get(pk=stopped)
    assert closed.state == State.REFUSED
    assert "run it again" in closed.message


@pytest.mark.django_db
def test_jobs_of_every_organization_are_resumed(store, other_store, monkeypatch):
    sent = []
    monkeypatch.setattr("intake.tasks.run_import.delay", lambda *ids: sent.append(ids))
    for one in (store, other_store):
        with organization_scope(one.organization_id):
            ImportJob.objects.create(
                organization_id=one.organization_id, store=one, name="x", state=State.QUEUED, kept_as="kept"
            )

    assert resume_imports() == {"sent": 2}
    assert {organization_id for organization_id, _job in sent} == {
        store.organization_id,
        other_store.organization_id,
    }


@pytest.mark.django_db
def test_an_upload_nobody_confirmed_loses_its_file_after_thirty_days_and_says_so(
    store, organization, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    folder = tmp_path / str(organization.pk)
    folder.mkdir()
    month_ago = time.time() - 31 * 86_400
    for name in ("forgotten", "finished"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (month_ago, month_ago))
    with organization_scope(organization.pk):
        for name, state in (("forgotten", State.UPLOADED), ("finished", State.DONE)):
            ImportJob.objects.create(
                organization=organization, store=store, name=name, state=state, kept_as=name
            )

    assert delete_kept_files() == {"deleted": 2, "left_over": 0, "stray": 0}

    with organization_scope(organization.pk):
        jobs = {job.name: job for job in ImportJob.objects.all()}
    assert (jobs["forgotten"].state, jobs["forgotten"].kept_as) == (State.REFUSED, "")
    assert (jobs["finished"].state, jobs["finished"].kept_as) == (State.DONE, "")
