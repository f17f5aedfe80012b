"""Loading a file: counts, refusals, the same file twice, two workers, a job that fails."""

import pytest
from django.db.models.functions import Now

from conversations.models import Message
from intake import load as loading
from intake.direct import load_directly
from intake.load import STALLED_AFTER, claim_job, load
from intake.models import ImportJob, RefusedRow, State
from tenants.scope import organization_scope
from tests.intake.files import chat_rows, messages_csv

pytestmark = pytest.mark.django_db


def new_job(store, path, **fields) -> ImportJob:
    with organization_scope(store.organization_id):
        return ImportJob.objects.create(
            organization_id=store.organization_id,
            store=store,
            name=path.name,
            **{"state": State.QUEUED, **fields},
        )


def test_a_file_comes_in_and_its_records_are_counted(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(10))

    [job] = load_directly(store, path)

    assert (job.state, job.format, job.kind, job.done_records) == (
        State.DONE,
        "neutral.messages",
        "messages",
        10,
    )
    assert job.counts == {"messages": {"new": 10, "changed": 0, "unchanged": 0, "rejected": 0}}
    assert job.percent == 100
    assert Message.objects.count() == 10


def test_refused_rows_are_kept_with_their_row_number_and_the_others_come_in(store, tmp_path, scope):
    # Rows 2, 7 (numbers 0 and 5) have no buyer: the header is row 1.
    path = messages_csv(tmp_path / "chats.csv", chat_rows(10, refused_every=5))

    [job] = load_directly(store, path)

    assert job.totals == {"new": 8, "changed": 0, "unchanged": 0, "rejected": 2}
    refused = list(RefusedRow.objects.values_list("row", "column", "message"))
    assert refused == [
        (2, "buyer", "this cell must not be blank"),
        (7, "buyer", "this cell must not be blank"),
    ]


def test_the_same_file_twice_changes_nothing(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(30))
    load_directly(store, path)

    [again] = load_directly(store, path)

    assert again.totals == {"new": 0, "changed": 0, "unchanged": 30, "rejected": 0}
    assert Message.objects.count() == 30


def test_chunks_add_up_to_the_whole_file(store, tmp_path, scope, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 7)
    path = messages_csv(tmp_path / "chats.csv", chat_rows(30, refused_every=10))

    [job] = load_directly(store, path)

    assert job.totals == {"new": 27, "changed": 0, "unchanged": 0, "rejected": 3}
    assert (job.done_records, Message.objects.count(), RefusedRow.objects.count()) == (30, 27, 3)


def test_only_so_many_refusals_are_kept_and_the_rest_is_counted(store, tmp_path, scope, monkeypatch):
    monkeypatch.setattr("intake.refusals.KEPT_REFUSALS", 4)
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 5)
    path = messages_csv(tmp_path / "chats.csv", chat_rows(10, refused_every=1))

    [job] = load_directly(store, path)

    assert (job.totals["rejected"], RefusedRow.objects.count()) == (10, 4)


def test_a_job_somebody_else_has_is_left_alone(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(3))
    job = new_job(store, path, state=State.RUNNING, claim="other", heartbeat_at=Now())

    load(job, path)

    assert (job.state, job.claim, Message.objects.count()) == (State.RUNNING, "other", 0)


def test_a_job_whose_worker_is_silent_for_two_minutes_is_taken_over(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(3))
    job = new_job(store, path, state=State.RUNNING, claim="dead", heartbeat_at=Now() - STALLED_AFTER * 1.01)

    load(job, path)

    assert (job.state, Message.objects.count()) == (State.DONE, 3)


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(store, tmp_path, scope, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 10)
    path = messages_csv(tmp_path / "chats.csv", chat_rows(30))
    job = new_job(store, path)
    write = loading.write_records

    def taken_after_the_first_chunk(*arguments):
        written = write(*arguments)
        ImportJob.objects.filter(pk=job.pk).update(claim="another worker")
        return written

    monkeypatch.setattr(loading, "write_records", taken_after_the_first_chunk)
    load(job, path)

    # The first chunk was under way when the claim changed; nothing was written under a claim that was gone.
    assert (job.claim, job.state, Message.objects.count()) == ("another worker", State.RUNNING, 10)


def test_a_job_that_goes_on_skips_exactly_what_is_in(store, tmp_path, scope, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 10)
    path = messages_csv(tmp_path / "chats.csv", chat_rows(25, refused_every=10))
    job = new_job(store, path)
    write, calls = loading.write_records, []

    def fails_at_the_second_chunk(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        return write(*arguments)

    monkeypatch.setattr(loading, "write_records", fails_at_the_second_chunk)
    load(job, path)
    assert (job.state, job.done_records, job.attempts) == (State.QUEUED, 10, 1)
    load(job, path)

    assert (job.state, job.done_records, len(calls)) == (State.DONE, 25, 4)
    assert job.totals == {"new": 22, "changed": 0, "unchanged": 0, "rejected": 3}
    assert list(RefusedRow.objects.values_list("row", flat=True)) == [2, 12, 22]


def test_a_job_that_fails_three_times_without_getting_further_is_refused_in_plain_words(
    store, tmp_path, scope, monkeypatch
):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(3))
    job = new_job(store, path)

    def fails(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(loading, "write_records", fails)
    states = []
    for _attempt in range(3):
        load(job, path)
        states.append(job.state)

    assert states == [State.QUEUED, State.QUEUED, State.REFUSED]
    assert job.message == loading.FAILED_TOO_OFTEN
    assert job.message_params == {"name": "chats.csv", "count": 3}


def test_a_job_whose_workers_were_killed_three_times_is_refused_and_not_tried_again(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(3))
    job = new_job(store, path, state=State.RUNNING, attempts=3, heartbeat_at=Now() - STALLED_AFTER * 1.01)

    load(job, path)

    assert (job.state, Message.objects.count()) == (State.REFUSED, 0)


def test_two_claims_on_one_job_give_it_to_one(store, tmp_path, scope):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(3))
    first = new_job(store, path)
    second = ImportJob.objects.get(pk=first.pk)

    assert [claim_job(first), claim_job(second)] == [True, False]


def test_a_file_of_no_known_format_is_refused_with_its_headers(store, tmp_path, scope):
    path = tmp_path / "list.csv"
    path.write_text("colour,taste\nred,sweet\n")

    [job] = load_directly(store, path)

    assert job.state == State.REFUSED
    assert job.message_params["headers"] == "colour, taste"


def test_the_same_orders_with_item_counts_twice_change_nothing(store, tmp_path, scope):
    path = tmp_path / "orders.csv"
    path.write_text("order_id,buyer,status,paid_amount,items\no1,b,paid,10.00,2\no2,b,closed,3.00,1\n")
    load_directly(store, path)

    [again] = load_directly(store, path)

    assert again.totals == {"new": 0, "changed": 0, "unchanged": 2, "rejected": 0}
