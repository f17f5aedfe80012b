"""Uploading, previewing, confirming, watching and reading what was refused; who may do so."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.models import Message
from intake.load import load_kept
from intake.models import ImportJob, RefusedRow, State
from team.models import Seat
from tenants import kept_files
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_store

pytestmark = pytest.mark.django_db

CHATS = (
    "buyer,agent,direction,sent_at,text,colour\n"
    "张三丰,店铺:小美,in,2026-03-01 09:00:00,在吗 13800001111,red\n"
    "张三丰,店铺:小美,out,2026-03-01 09:00:05,在的亲,red\n"
    ",店铺:小美,out,2026-03-01 09:00:06,谢谢,red\n"
)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def supervisor_client(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


def chat_file(name: str = "chats.csv", text: str = CHATS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def page(name: str, organization, *arguments) -> str:
    return reverse(name, args=[organization.slug, *arguments])


def send(client, organization, store, *files):
    return client.post(page("upload", organization), {"store": store.pk, "files": files})


def the_job(organization) -> ImportJob:
    with organization_scope(organization.pk):
        return ImportJob.objects.get()


def test_an_upload_is_recognised_at_once_and_nothing_comes_in_before_it_is_confirmed(
    supervisor_client, organization, store
):
    response = send(supervisor_client, organization, store, chat_file())

    job = the_job(organization)
    assert response.headers["Location"] == page("import_detail", organization, job.pk)
    assert (job.state, job.format, job.kind) == (State.UPLOADED, "neutral.messages", "messages")
    with organization_scope(organization.pk):
        assert Message.objects.count() == 0


def test_the_preview_shows_columns_and_masked_rows(supervisor_client, organization, store):
    send(supervisor_client, organization, store, chat_file())

    text = supervisor_client.get(
        page("import_detail", organization, the_job(organization).pk)
    ).content.decode()

    assert "张***" in text
    assert "张三丰" not in text
    assert "13800001111" not in text
    assert "2026-03-01 09:00:00" in text
    assert "colour" in text
    assert "this cell must not be blank" in text


def test_the_kept_file_cannot_be_read_on_the_disk(supervisor_client, organization, store, tmp_path):
    send(supervisor_client, organization, store, chat_file())

    [kept] = (tmp_path / "files" / str(organization.pk)).iterdir()
    assert "小美".encode() not in kept.read_bytes()
    assert list((tmp_path / "files" / "reading").iterdir()) == []


def test_a_confirmed_upload_is_sent_to_a_worker_once(
    supervisor_client, organization, store, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("intake.views.run_import.delay", lambda *ids: sent.append(ids))
    send(supervisor_client, organization, store, chat_file())
    job = the_job(organization)

    with django_capture_on_commit_callbacks(execute=True):
        supervisor_client.post(page("confirm_import", organization, job.pk))
        supervisor_client.post(page("confirm_import", organization, job.pk))

    assert sent == [(organization.pk, job.pk)]
    assert the_job(organization).state == State.QUEUED


def test_a_confirmed_upload_comes_in_and_its_page_tells_the_result(supervisor_client, organization, store):
    send(supervisor_client, organization, store, chat_file())
    job = the_job(organization)
    supervisor_client.post(page("confirm_import", organization, job.pk))

    load_kept(organization.pk, job.pk)

    assert the_job(organization).totals == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 1}
    text = supervisor_client.get(page("import_detail", organization, job.pk)).content.decode()
    assert "This file is in, but 1 row was refused" in text
    assert "this cell must not be blank" in text
    assert "1 seat of this store belongs to nobody yet" in text


def test_a_cancelled_upload_leaves_neither_a_job_nor_a_file(supervisor_client, organization, store, tmp_path):
    send(supervisor_client, organization, store, chat_file())

    supervisor_client.post(page("cancel_import", organization, the_job(organization).pk))

    with organization_scope(organization.pk):
        assert ImportJob.objects.count() == 0
    assert list((tmp_path / "files" / str(organization.pk)).iterdir()) == []


def test_a_job_that_runs_is_not_cancelled(supervisor_client, organization, store):
    send(supervisor_client, organization, store, chat_file())
    job = the_job(organization)
    supervisor_client.post(page("confirm_import", organization, job.pk))

    supervisor_client.post(page("cancel_import", organization, job.pk))

    assert the_job(organization).state == State.QUEUED


def test_each_file_of_a_zip_is_a_job_of_its_own(supervisor_client, organization, store):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("march.csv", CHATS)
        archive.writestr("list.csv", "colour,taste\nred,sweet\n")

    response = send(supervisor_client, organization, store, SimpleUploadedFile("all.zip", packed.getvalue()))

    assert response.headers["Location"] == page("import_list", organization)
    with organization_scope(organization.pk):
        found = dict(ImportJob.objects.values_list("name", "state"))
    assert found == {"march.csv": State.UPLOADED, "list.csv": State.REFUSED}


def test_several_files_at_once_are_confirmed_at_once(supervisor_client, organization, store):
    other = CHATS.replace("09:00", "10:00")
    send(supervisor_client, organization, store, chat_file("a.csv"), chat_file("b.csv", other))

    response = supervisor_client.post(page("confirm_waiting", organization), follow=True)

    assert "2 files are queued." in response.content.decode()
    with organization_scope(organization.pk):
        assert set(ImportJob.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_a_refused_file_says_why_in_the_readers_language(supervisor_client, organization, store):
    response = supervisor_client.post(
        page("upload", organization),
        {"store": store.pk, "files": [chat_file("list.csv", "colour,taste\nred,sweet\n")]},
        follow=True,
    )

    assert "the headers of list.csv are of no known table: colour, taste" in response.content.decode()
    assert the_job(organization).kept_as == ""


def test_more_than_fifty_files_are_refused_before_anything_is_kept(supervisor_client, organization, store):
    files = [chat_file(f"{number}.csv") for number in range(51)]

    response = send(supervisor_client, organization, store, *files)

    assert response.status_code == 400 or "at most 50 files" in response.content.decode()
    with organization_scope(organization.pk):
        assert ImportJob.objects.count() == 0


def test_a_file_over_the_limit_is_refused_with_the_limit(supervisor_client, organization, store, settings):
    settings.UPLOAD_MAX_BYTES = 100

    response = send(supervisor_client, organization, store, chat_file())

    assert "chats.csv is larger than 100" in response.content.decode()


def test_a_form_without_files_says_so(supervisor_client, organization, store):
    response = supervisor_client.post(page("upload", organization), {"store": store.pk})

    assert response.status_code == 200
    assert "This field is required" in response.content.decode()


def test_the_list_asks_for_itself_again_only_while_something_runs(supervisor_client, organization, store):
    send(supervisor_client, organization, store, chat_file())
    address = page("import_list", organization)
    assert "every 2s" not in supervisor_client.get(address).content.decode()

    supervisor_client.post(page("confirm_import", organization, the_job(organization).pk))
    assert "every 2s" in supervisor_client.get(address).content.decode()


def test_htmx_gets_the_list_alone(supervisor_client, organization, store):
    text = supervisor_client.get(
        page("import_list", organization), headers={"HX-Request": "true"}
    ).content.decode()

    assert text.lstrip().startswith('<div id="import-list"')


def test_the_list_costs_the_same_queries_for_one_job_and_for_ten(
    supervisor_client, organization, store, django_assert_num_queries
):
    send(supervisor_client, organization, store, chat_file())
    with CaptureQueriesContext(connection) as for_one:
        supervisor_client.get(page("import_list", organization))
    # Read at once: the next request empties the log.
    count = len(for_one)
    for number in range(9):
        send(supervisor_client, organization, store, chat_file(f"{number}.csv"))

    with django_assert_num_queries(count):
        supervisor_client.get(page("import_list", organization))


def test_refused_rows_are_a_csv_file_no_spreadsheet_takes_for_formulas(
    supervisor_client, organization, store
):
    with organization_scope(organization.pk):
        job = ImportJob.objects.create(
            organization=organization,
            store=store,
            name="x.csv",
            state=State.DONE,
            counts={"orders": {"new": 0, "changed": 0, "unchanged": 0, "rejected": 3}},
        )
        RefusedRow.objects.create(
            organization=organization,
            job=job,
            row=2,
            column="=HYPERLINK(1)",
            message="%(value)s is not a time",
            params={"value": "@x"},
        )

    text = supervisor_client.get(page("refused_rows", organization, job.pk)).content.decode("utf-8-sig")

    assert text.splitlines() == [
        "row,column,reason",
        "2,'=HYPERLINK(1),'@x is not a time",
        ",,2 more rows were refused",
    ]


def test_a_pasted_chat_takes_the_same_way_as_a_file(supervisor_client, organization, store):
    chat = "店铺:小美2026-3-1 9:05:03\n您好\n张三丰2026-3-1 9:05:09\n在吗\n"

    response = supervisor_client.post(
        page("paste_chat", organization), {"store": store.pk, "seat": "店铺:小美", "buyer": "", "text": chat}
    )
    job = the_job(organization)
    assert response.headers["Location"] == page("import_detail", organization, job.pk)
    supervisor_client.post(page("confirm_import", organization, job.pk))
    load_kept(organization.pk, job.pk)

    with organization_scope(organization.pk):
        assert list(Message.objects.order_by("sent_at").values_list("text", flat=True)) == ["您好", "在吗"]
        assert list(Seat.objects.values_list("name", flat=True)) == ["店铺:小美"]


def test_a_pasted_text_without_a_chat_is_refused_with_advice(supervisor_client, organization, store):
    response = supervisor_client.post(
        page("paste_chat", organization),
        {"store": store.pk, "seat": "小美", "buyer": "", "text": "hello"},
        follow=True,
    )

    assert "no message was found in the pasted text" in response.content.decode()


def test_a_member_limited_to_stores_sees_only_their_jobs_and_uploads_only_to_them(
    supervisor_client, organization, store, supervisor
):
    send(supervisor_client, organization, store, chat_file())
    job = the_job(organization)
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        Membership.objects.filter(user=supervisor).update(store_ids=[other.pk])

    assert "chats.csv" not in supervisor_client.get(page("import_list", organization)).content.decode()
    for name in ("import_detail", "refused_rows"):
        assert supervisor_client.get(page(name, organization, job.pk)).status_code == 404
    for name in ("confirm_import", "cancel_import"):
        assert supervisor_client.post(page(name, organization, job.pk)).status_code == 404
    assert send(supervisor_client, organization, store, chat_file()).status_code == 200
    supervisor_client.post(page("confirm_waiting", organization))
    assert the_job(organization).state == State.UPLOADED


@pytest.mark.parametrize("name", ["import_list", "upload", "paste_chat"])
def test_pages_are_for_supervisors_and_owners(name, client, organization, owner, agent_member, outsider):
    address = page(name, organization)
    assert client.get(address).status_code == 302
    for user, status in ((owner, 200), (agent_member, 403), (outsider, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status


@pytest.mark.parametrize("name", ["confirm_import", "cancel_import", "confirm_waiting"])
def test_an_agent_cannot_change_what_comes_in(name, client, organization, agent_member):
    client.force_login(agent_member)
    arguments = [] if name == "confirm_waiting" else [1]

    assert client.post(page(name, organization, *arguments)).status_code == 403
    assert client.get(page(name, organization, *arguments)).status_code == 405


def test_a_file_that_is_lost_refuses_its_job_with_advice(supervisor_client, organization, store):
    send(supervisor_client, organization, store, chat_file())
    job = the_job(organization)
    supervisor_client.post(page("confirm_import", organization, job.pk))
    kept_files.discard(organization.pk, job.kept_as)

    load_kept(organization.pk, job.pk)

    job = the_job(organization)
    assert (job.state, job.message_params) == (State.REFUSED, {"name": "chats.csv"})
    assert "upload %(name)s again" in job.message
