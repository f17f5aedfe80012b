"""Attachments: by content, encrypted, limited, opened under watch, gone with what they belong to."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from intake.tasks import delete_kept_files
from orders import attachments
from orders.attachments import (
    attach,
    attachments_of,
    content_type_of,
    discard_attachments,
    discard_stray_attachments,
    remove_attachment,
)
from orders.models import Order
from orders.remark_models import About, Attachment, DossierEvent
from tenants import kept_files
from tenants.models import AuditEntry
from tenants.scope import organization_scope
from tests.access_remarks import PNG
from tests.make import at, make_member, make_organization, make_store
from tests.orders.remark_world import NOW, an_order

pytestmark = pytest.mark.usefixtures("english")
GIF, JPEG, PDF = b"GIF89a" + bytes(20), b"\xff\xd8\xff\xe1" + bytes(20), b"%PDF-1.7\n" + bytes(20)
WEBP = b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order(store, scope) -> Order:
    return an_order(store)


def file(content: bytes = PNG, name: str = "图.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/html")


def put(
    order: Order, content: bytes = PNG, name: str = "图.png", purpose: str = "picture", user=None
) -> Attachment:
    return attach(order.store, About.ORDER, order.pk, purpose, file(content, name), user, NOW)


def paths(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]


def signed_in(user) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (b"GIF87a" + bytes(9), "image/gif"),
        (WEBP, "image/webp"), (PDF, "application/pdf"), (b"<svg xmlns='x'/>", None), (b"<html>", None), (b"MZ", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None), (b"", None), (b"PK\x03\x04", None), (b" %PDF-1.7", None),
    ],
)  # fmt: skip
def test_what_a_file_is_its_first_bytes_say(content, kind):
    assert content_type_of(content[:16]) == kind


def test_neither_name_nor_browser_make_a_picture(order, tmp_path):
    with pytest.raises(ValueError, match=r"a\.png is neither a picture"):
        put(order, b"<html><script>", "a.png")
    assert put(order, GIF, "a.html").content_type == "image/gif"
    assert len(paths(tmp_path)) == 1


def test_five_megabytes_are_kept_and_one_byte_more_is_not(order):
    most = 5 * 1024**2
    assert put(order, PNG + bytes(most - len(PNG))).size == most
    with pytest.raises(ValueError, match="larger than 5 MB"):
        put(order, PNG + bytes(most - len(PNG) + 1))


def test_a_dossier_takes_twenty_files_and_another_its_own_twenty(order, store):
    for _ in range(20):
        put(order)
    with pytest.raises(ValueError, match="20 files are attached already"):
        put(order)
    put(an_order(store, "A2"))
    remove_attachment(Attachment.objects.filter(about_id=order.pk).first(), user=None, now=NOW)
    put(order)


def test_it_lies_encrypted_on_the_disk_and_comes_back_as_it_was(order, tmp_path):
    content = PNG + b"a secret drawing" * 1000
    attachment = put(order, content)
    (path,) = paths(tmp_path)
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with kept_files.opened(order.organization_id, attachment.kept_as, kept_files.Kind.ATTACHMENT) as plain:
        assert plain.read_bytes() == content
    assert "图".encode() not in bytes(attachment.name)
    assert attachments_of(About.ORDER, [order.pk])[order.pk][0].shown_name == "图.png"


def test_nothing_can_be_attached_to_what_is_not_there(order, organization):
    elsewhere = make_store(organization, "tb2")
    for store, about, number in (
        (elsewhere, "order", order.pk),
        (order.store, "case", 1),
        (order.store, "x", 1),
    ):
        with pytest.raises(ValueError, match="nothing to attach it to"):
            attach(store, about, number, "picture", file(), None, NOW)
    with pytest.raises(ValueError, match="nothing to attach it to"):
        put(order, purpose="virus")


def test_the_dossier_tells_what_was_attached_and_removed(order, owner):
    attachment = put(order, user=owner)
    number = attachment.pk
    remove_attachment(attachment, user=owner, now=NOW)
    events = DossierEvent.objects.filter(about="order", about_id=order.pk).order_by("pk")
    assert [(event.what, event.details["attachment"]) for event in events] == [
        ("attached", number), ("attachment_removed", number),
    ]  # fmt: skip


def test_pages_add_show_and_remove(order, owner, django_capture_on_commit_callbacks, tmp_path):
    client = signed_in(owner)
    address = f"/yunfan/orders/tb1/attachments/order/{order.pk}/"
    back = {"next": "/yunfan/orders/tb1/remarks/A1/"}
    sent = client.post(address, {"files": [file(), file(PDF, "合同.pdf")], "purpose": "evidence", **back})
    assert (sent.status_code, sent.url) == (302, back["next"])
    text = client.get(address).content.decode()
    assert "图.png" in text
    assert "合同.pdf" in text
    assert client.post(address, {"files": file(), "next": "https://evil.example/"}).url.startswith(address)
    fragment = client.post(address, {"files": file(b"MZ", "a.exe")}, headers={"HX-Request": "true"})
    assert "a.exe is neither a picture" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    first = Attachment.objects.order_by("pk").first()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/yunfan/orders/attachments/{first.pk}/remove/", back)
    assert not Attachment.objects.filter(pk=first.pk).exists()
    assert len(paths(tmp_path)) == 2
    assert AuditEntry.objects.filter(verb="attachment_removed", subject_id=str(first.pk)).exists()


def test_a_file_is_served_so_that_it_can_do_nothing_and_the_trail_says_who_opened_it(
    order, owner, agent_member
):
    client = signed_in(owner)
    for content, how in ((PNG, "inline"), (PDF, "attachment")):
        attachment = put(order, content, "a b.x")
        for _ in range(2):
            answer = client.get(f"/yunfan/orders/attachments/{attachment.pk}/")
        assert answer.content == content
        assert answer.headers["Content-Type"] == attachment.content_type
        assert answer.headers["Content-Disposition"].startswith(how)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        opened = AuditEntry.objects.filter(verb="attachment_opened", subject_id=str(attachment.pk))
        assert [entry.user_id for entry in opened] == [owner.pk], "once, however often it is loaded"
        other = signed_in(agent_member).get(f"/yunfan/orders/attachments/{attachment.pk}/")
        assert other.status_code == 200
        assert opened.all().count() == 2


def test_another_organization_other_stores_and_lost_files_are_not_found(
    order, organization, owner, outsider, tmp_path
):
    attachment = put(order)
    address = f"/yunfan/orders/attachments/{attachment.pk}/"
    limited = make_member(organization, "supervisor", "limited@yunfan.example", store_ids=[0])
    for user in (outsider, limited):
        assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(f"{address}remove/").status_code == 404
    assert signed_in(outsider).get(f"/beihai/orders/attachments/{attachment.pk}/").status_code == 404
    paths(tmp_path)[0].unlink()
    assert signed_in(owner).get(address).status_code == 404


def test_an_agent_removes_the_own_and_no_others(order, owner, agent_member):
    theirs, own = put(order, user=owner), put(order, user=agent_member)
    client = signed_in(agent_member)
    assert client.post(f"/yunfan/orders/attachments/{theirs.pk}/remove/").status_code == 403
    assert client.post(f"/yunfan/orders/attachments/{own.pk}/remove/").status_code == 302
    assert list(Attachment.objects.values_list("pk", flat=True)) == [theirs.pk]


def test_files_go_with_the_dossiers_words_and_only_when_the_transaction_is_through(
    order, store, tmp_path, django_capture_on_commit_callbacks
):
    put(order)
    put(order)
    kept = put(an_order(store, "A2"))
    with django_capture_on_commit_callbacks() as waiting:
        assert discard_attachments(About.ORDER, [order.pk]) == 2
    assert len(paths(tmp_path)) == 3
    for callback in waiting:
        callback()
    assert [path.name for path in paths(tmp_path)] == [kept.kept_as]


def test_the_daily_cleaning_takes_old_uploads_and_strays_and_never_an_attachment(committed, tmp_path):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    with organization_scope(organization.pk):
        attachment = put(an_order(store))
    upload = kept_files.keep(organization.pk, [b"old upload"])
    stray = kept_files.keep(organization.pk, [b"x"], kept_files.Kind.ATTACHMENT)
    young = kept_files.keep(organization.pk, [b"x"], kept_files.Kind.ATTACHMENT)
    year_ago = time.time() - 365 * 86_400
    for path in tmp_path.rglob("*"):
        if path.name in (upload, stray, attachment.kept_as):
            os.utime(path, (year_ago, year_ago))
    assert delete_kept_files() == {"deleted": 1, "left_over": 0, "stray": 1}
    assert sorted(path.name for path in paths(tmp_path)) == sorted([attachment.kept_as, young])
    later = timezone.now() + timedelta(days=2)
    assert discard_stray_attachments(organization.pk, later) == 1


def test_a_failed_attaching_leaves_no_row(order, monkeypatch):
    def fails(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(attachments, "keep", fails)
    with pytest.raises(OSError, match="disk full"):
        put(order)
    assert not Attachment.objects.exists()
    assert not DossierEvent.objects.exists()


def test_lists_read_all_attachments_in_one_statement(order, store, django_assert_num_queries):
    others = [an_order(store, f"B{n}") for n in range(3)]
    for one in others:
        put(one)
    with django_assert_num_queries(1):
        found = attachments_of(About.ORDER, [one.pk for one in (order, *others)])
    assert [len(found[one.pk]) for one in (order, *others)] == [0, 1, 1, 1]


def test_times_are_those_given(order):
    assert put(order).made_at == NOW == at("2026-11-02 10:30:00")
