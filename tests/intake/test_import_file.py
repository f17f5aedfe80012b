"""`import_file`: what it prints, what it writes beside the file, how it ends."""

import csv
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Message
from intake.command_line import language_of
from intake.models import ImportJob, State
from orders.models import Order
from tenants.scope import organization_scope
from tests.intake.files import chat_rows, messages_csv

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def run(store):
    """Run the command without refreshing figures: (exit code, what it printed)."""

    def run(*paths, **options):
        printed = StringIO()
        defaults = {"organization": "yunfan", "store": "tb1", "language": "en", "no_refresh": True}
        try:
            call_command(
                "import_file", *map(str, paths), stdout=printed, stderr=printed, **{**defaults, **options}
            )
        except SystemExit as ended:
            return ended.code, printed.getvalue()
        return 0, printed.getvalue()

    return run


def rejected(path: Path) -> list[list[str]]:
    text = path.with_name(f"{path.name}.rejected.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_a_whole_file_ends_with_0_and_no_rejected_file(run, tmp_path):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4))
    stale = tmp_path / "chats.csv.rejected.csv"
    stale.write_text("of an earlier run")

    code, printed = run(path)

    assert code == 0
    assert "chats.csv (neutral.messages): 4 read, 4 new, 0 changed, 0 unchanged, 0 rejected" in printed
    assert not stale.exists()


def test_refused_rows_end_with_1_and_are_written_beside_the_file(run, tmp_path, organization):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4, refused_every=3))

    code, printed = run(path)

    assert code == 1
    assert "4 read, 2 new, 0 changed, 0 unchanged, 2 rejected" in printed
    assert rejected(path) == [
        ["row", "column", "reason"],
        ["2", "buyer", "this cell must not be blank"],
        ["5", "buyer", "this cell must not be blank"],
    ]
    with organization_scope(organization.pk):
        assert Message.objects.count() == 2


def test_a_file_nobody_knows_ends_with_2_and_says_why(run, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("colour,taste\nred,sweet\n")

    code, printed = run(path)

    assert code == 2
    assert "the headers of list.csv are of no known table: colour, taste" in printed
    assert rejected(path)[1] == ["", "", "the headers of list.csv are of no known table: colour, taste"]


def test_one_bad_file_among_good_ones_ends_with_1(run, tmp_path):
    good = messages_csv(tmp_path / "chats.csv", chat_rows(4))

    code, printed = run(tmp_path / "missing.csv", good)

    assert code == 1
    assert f"{tmp_path / 'missing.csv'} is not a file" in printed
    assert "4 new" in printed


def test_the_files_of_a_zip_are_imported_and_its_rejected_file_names_them(run, tmp_path):
    inner = messages_csv(tmp_path / "a.csv", chat_rows(4, refused_every=3))
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "a.csv")
        archive.writestr("b.csv", "colour\nred\n")

    code, _printed = run(path)

    assert code == 1
    assert [row[:2] for row in rejected(path)] == [
        ["file", "row"],
        ["a.csv", "2"],
        ["a.csv", "5"],
        ["b.csv", ""],
    ]


def test_a_damaged_zip_is_refused_by_the_name_its_user_knows(run, tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w"):
        pass

    code, printed = run(path)

    assert code == 2
    assert "all.zip" in printed


def test_a_dry_run_counts_and_writes_nothing(run, tmp_path, organization):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4, refused_every=3))

    code, printed = run(path, dry_run=True)

    assert code == 1
    assert "4 read (messages 2), 2 rejected; nothing was written" in printed
    assert sorted(found.name for found in tmp_path.iterdir()) == ["chats.csv"]
    with organization_scope(organization.pk):
        assert (Message.objects.count(), ImportJob.objects.count()) == (0, 0)


def test_a_kind_that_is_said_must_fit(run, tmp_path):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4))

    code, printed = run(path, kind="orders")

    assert code == 2
    assert "chats.csv holds messages, not orders" in printed


def test_an_older_file_does_not_take_a_status_back_unless_its_own_time_is_later(run, tmp_path, organization):
    path = tmp_path / "orders.csv"

    def status(said: str, **options) -> str:
        path.write_text(f"order_id,status\no1,{said}\n")
        run(path, **options)
        with organization_scope(organization.pk):
            return Order.objects.get().status

    assert status("shipped", as_of="2026-03-02 00:00:00") == "shipped"
    assert status("paid", as_of="2026-03-01 00:00:00") == "shipped"
    assert status("paid", as_of="2026-03-03T00:00:00+08:00") == "paid"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"organization": "nobody"}, "there is no organization “nobody”"),
        ({"store": "nowhere"}, "the organization has no store “nowhere”"),
        ({"as_of": "31.02.2026"}, "--as-of: 31.02.2026 is not a time"),
        ({"as_of": "2999-01-01"}, "--as-of: the time 2999-01-01 lies in the future"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_does_nothing(options, said, run, tmp_path):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4))

    with pytest.raises(CommandError) as raised:
        run(path, **options)

    assert (raised.value.returncode, str(raised.value)) == (2, said)


def test_what_cannot_be_written_beside_the_file_is_said(run, tmp_path):
    path = messages_csv(tmp_path / "chats.csv", chat_rows(4, refused_every=3))
    (tmp_path / "chats.csv.rejected.csv").mkdir()

    code, printed = run(path)

    assert code == 1
    assert "chats.csv.rejected.csv: Is a directory" in printed


def test_an_error_of_ours_is_tried_three_times_and_then_said(run, tmp_path, monkeypatch, organization):
    calls = []

    def fails(*_arguments):
        calls.append(1)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("intake.load.write_records", fails)
    code, printed = run(messages_csv(tmp_path / "chats.csv", chat_rows(4)))

    assert (code, len(calls)) == (2, 3)
    assert "chats.csv could not be read: it failed 3 times" in printed
    with organization_scope(organization.pk):
        assert ImportJob.objects.get().state == State.REFUSED


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, "", "zh-hans"),
        ("en", "zh_TW", "en"),
        (None, "zh_TW:en", "zh-hant"),
        (None, "en_US.UTF-8", "en"),
        (None, "fr:zh_CN", "zh-hans"),
        ("klingon", "", "zh-hans"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_environments(asked, environment, language, monkeypatch):
    monkeypatch.setenv("LANGUAGE", environment)
    assert language_of(asked) == language
