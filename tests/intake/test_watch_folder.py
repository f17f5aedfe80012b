"""`watch_folder`: files that arrive, settle, come in and are moved; a watcher that dies changes nothing."""

import fcntl
import os
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Message
from intake.watch import Settled, waiting_files
from tenants.scope import organization_scope
from tests.intake.files import chat_rows, messages_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings, monkeypatch):
    """A watched folder in which files settle at once."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr("intake.watch.SETTLED_SECONDS", 0.0)
    monkeypatch.setattr("intake.management.commands.watch_folder._PAUSE_SECONDS", 0.0)
    (tmp_path / "in" / "tb1").mkdir(parents=True)
    return tmp_path / "in"


def watch(folder) -> str:
    printed = StringIO()
    call_command(
        "watch_folder",
        str(folder),
        organization="yunfan",
        language="en",
        once=True,
        no_refresh=True,
        stdout=printed,
        stderr=printed,
    )
    return printed.getvalue()


def names(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_in_and_is_moved_to_done(folder, store, organization):
    messages_csv(folder / "tb1" / "chats.csv", chat_rows(4))

    printed = watch(folder)

    assert "4 new" in printed
    assert names(folder) == [".kefudesk.lock", "tb1/done/chats.csv"]
    with organization_scope(organization.pk):
        assert Message.objects.count() == 4


def test_rows_that_were_refused_lie_beside_the_file_in_done(folder, store):
    messages_csv(folder / "tb1" / "chats.csv", chat_rows(4, refused_every=3))

    watch(folder)

    assert names(folder)[1:] == ["tb1/done/chats.csv", "tb1/done/chats.csv.rejected.csv"]


def test_a_file_that_cannot_be_taken_lies_in_refused_with_the_reason(folder, store):
    (folder / "tb1" / "list.csv").write_text("colour,taste\nred,sweet\n")

    watch(folder)

    assert names(folder)[1:] == ["tb1/refused/list.csv", "tb1/refused/list.csv.reason.txt"]
    assert "of no known table: colour, taste" in (folder / "tb1/refused/list.csv.reason.txt").read_text()


def test_a_second_file_of_the_same_name_does_not_cover_the_first(folder, store):
    for text in ("first", "second"):
        rows = [("", "b", "s", "in", "0", "2026-03-01 09:00:00", text)]
        messages_csv(folder / "tb1" / "chats.csv", rows)
        watch(folder)

    assert names(folder)[1:] == ["tb1/done/chats-2.csv", "tb1/done/chats.csv"]
    assert "second" in (folder / "tb1/done/chats-2.csv").read_text()


def test_a_watcher_that_died_between_import_and_move_imports_again_and_changes_nothing(
    folder, store, organization, monkeypatch
):
    messages_csv(folder / "tb1" / "chats.csv", chat_rows(4))

    def dies(*_paths):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("intake.watch.os.replace", dies)
        with pytest.raises(KeyboardInterrupt):
            watch(folder)
    printed = watch(folder)

    assert "4 unchanged" in printed
    assert names(folder)[1:] == ["tb1/done/chats.csv"]
    with organization_scope(organization.pk):
        assert Message.objects.count() == 4


def test_the_folder_of_no_store_is_named_and_left_alone(folder, store):
    (folder / "tb9").mkdir()
    messages_csv(folder / "tb9" / "chats.csv", chat_rows(4))

    assert "no store “tb9”" in watch(folder)
    assert names(folder)[1:] == ["tb9/chats.csv"]


def test_what_a_copying_program_has_not_finished_is_left_alone(folder, store):
    for name in (".chats.csv", "~$orders.xlsx", "chats.csv.part", "chats.csv.tmp"):
        (folder / "tb1" / name).write_text("half")

    assert waiting_files(folder) == []


def test_a_folder_is_watched_by_one_process(folder, store):
    with (folder / ".kefudesk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError) as raised:
            watch(folder)

    assert (raised.value.returncode, str(raised.value)) == (
        2,
        f"{folder} is being watched by another process",
    )


def test_a_folder_that_is_not_there_ends_with_2(folder, store):
    with pytest.raises(CommandError) as raised:
        watch(folder / "nowhere")

    assert raised.value.returncode == 2


def test_a_file_has_settled_when_it_is_the_same_for_two_seconds(tmp_path):
    path, now = tmp_path / "chats.csv", [0.0]
    settled = Settled(clock=lambda: now[0])
    path.write_text("a")
    assert not settled.has(path)
    now[0] = 1.9
    assert not settled.has(path)
    path.write_text("ab")
    now[0] = 2.5
    assert not settled.has(path)
    now[0] = 4.4
    assert not settled.has(path)
    now[0] = 4.5
    assert settled.has(path)


def test_a_file_rewritten_with_the_same_size_has_not_settled(tmp_path):
    path, now = tmp_path / "chats.csv", [0.0]
    settled = Settled(clock=lambda: now[0])
    path.write_text("a")
    settled.has(path)
    os.utime(path, (time.time() + 5, time.time() + 5))
    now[0] = 3.0

    assert not settled.has(path)


def test_a_file_that_has_gone_has_not_settled(tmp_path):
    assert not Settled().has(tmp_path / "gone.csv")
