"""The evidence file: what is in it, who has it in full, and that its sums fit."""

import hashlib
import io
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conversations.phone_calls import Told, log_call
from desk import evidence
from desk.evidence import collect
from orders.attachments import attach
from orders.complaints import open_complaint
from orders.imports import write_refunds, write_reviews
from orders.models import Order, Review
from orders.remark_models import About
from orders.remarks import write_remark
from orders.reviews import contact, judge
from stores.models import Buyer
from stores.platforms.records import RefundRecord, ReviewRecord
from tenants.models import AuditEntry
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, write_chat, write_order

NOW = at("2026-11-05 10:00:00")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
FIELDS = {
    "name": "王小明", "size": {"width": "1.24", "height": "2"}, "pattern": "定制", "delivery": "快递", "ship_date": "2026-11-07",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def known(organization, store, owner, settings, tmp_path):
    """A buyer with a chat, an order, two versions of its remark, a refund, a call, a review and a complaint."""
    settings.MEDIA_ROOT = tmp_path
    mei = make_agent(organization, "王小美", (store, "tb1:mei"))
    write_chat(
        store, "阿月", "tb1:mei", ("in", "2026-11-01 09:00:00", "不给十元就给差评"),
        ("out", "2026-11-01 09:01:00", "寄给王小明，13812341234 对吗"),
    )  # fmt: skip
    write_chat(store, "别人", "tb1:mei", ("in", "2026-11-01 09:00:00", "不相干"))
    write_order(
        store, "O1", buyer="阿月", created_at="2026-11-01 09:10:00", paid_at="2026-11-01 09:11:00", paid_amount="50",
        receiver_name="王小明", receiver_phone="13812341234", receiver_address="浙江省杭州市西湖区文三路1号",
    )  # fmt: skip
    write_order(store, "O2", buyer="别人", created_at="2026-11-01 09:10:00", paid_amount="9")
    with organization_scope(organization.pk):
        write_refunds(store, [(1, RefundRecord("R1", "O1", "refund_only", "completed", reason="质量问题"))])
        write_reviews(
            store, [(1, ReviewRecord("V1", "O1", "阿月", 1, "王小明说太差了", at("2026-11-02 09:00:00")))]
        )
        buyer, order = Buyer.objects.get(name="阿月"), Order.objects.get(order_id="O1")
        warnings = ("date_far", "date_past", "size_range")
        for delivery in ("快递", "顺丰"):
            write_remark(
                order,
                FIELDS | {"delivery": delivery},
                flag=1,
                agent_id=mei.pk,
                user=owner,
                now=NOW,
                accepted=warnings,
            )
        log_call(Told(store, mei, buyer, "O1", True, NOW, 3, "要求返现", "拒绝"), owner, NOW)
        review = Review.objects.select_related("store").get()
        contact(review, "王小明要求返现", mei.pk, owner, NOW)
        judge(review, "buyer", 1, True, owner, NOW)
        picture = SimpleUploadedFile("chat.png", PNG)
        attach(store, About.REVIEW, review.pk, "evidence", picture, owner, NOW)
        return open_complaint(
            store,
            source="review",
            source_key="V1",
            level="serious",
            user=owner,
            now=NOW,
            buyer=buyer,
            order_id="O1",
        )


def saved(client, organization, complaint, **fields):
    address = reverse("complaint_evidence", args=[organization.slug, complaint.pk])
    answer = client.post(address, {"reason": "平台申诉", **fields})
    assert answer["Content-Type"] == "application/zip", answer.content.decode()[-2000:]
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_in_full_it_holds_everything_of_the_buyer_and_nothing_of_others(client, organization, owner, known):
    client.force_login(owner)
    book = saved(client, organization, known, full="on")
    index = book.read("index.html").decode()
    for said in (
        "不给十元就给差评", "13812341234", "浙江省杭州市西湖区文三路1号", "O1", "质量问题", "要求返现", "王小明说太差了",
        "王小明要求返现", "顺丰", "2026-11-01 09:00:00+08:00", "Asia/Shanghai", hashlib.sha256(PNG).hexdigest(),
    ):  # fmt: skip
        assert said in index, said
    for strange in ("不相干", "O2", "别人", "<script"):
        assert strange not in index
    (attachment,) = [name for name in book.namelist() if name.startswith("attachments/")]
    assert book.read(attachment) == PNG
    assert f'href="{attachment}"' in index


def test_its_sums_are_those_of_its_files(client, organization, owner, known):
    client.force_login(owner)
    book = saved(client, organization, known, full="on")
    sums = dict(line.split("  ")[::-1] for line in book.read("SHA256SUMS.txt").decode().splitlines())
    assert set(sums) == set(book.namelist()) - {"SHA256SUMS.txt"}
    for name, digest in sums.items():
        assert hashlib.sha256(book.read(name)).hexdigest() == digest


def test_masked_it_names_nobody_and_holds_no_picture(client, organization, owner, known):
    client.force_login(owner)
    book = saved(client, organization, known)
    index = book.read("index.html").decode()
    for personal in ("13812341234", "王小明", "文三路", "chat.png"):
        assert personal not in index
    for shown in ("138****1234", "不给十元就给差评", "王*说太差了", hashlib.sha256(PNG).hexdigest()):
        assert shown in index
    assert set(book.namelist()) == {"index.html", "SHA256SUMS.txt"}


def test_an_agent_has_it_masked_whatever_they_ask_for(client, organization, known):
    client.force_login(make_member(organization, "agent"))
    page = client.get(reverse("complaint_evidence", args=[organization.slug, known.pk]))
    assert "full" not in page.context["form"].fields
    assert "13812341234" not in saved(client, organization, known, full="on").read("index.html").decode()


def test_it_is_asked_why_and_the_trail_keeps_it(client, organization, store, owner, known):
    client.force_login(owner)
    address = reverse("review_evidence", args=[organization.slug, "tb1", "V1"])
    assert client.post(address, {"reason": " ", "full": "on"})["Content-Type"].startswith("text/html")
    answer = client.post(address, {"reason": "平台申诉", "full": "on"})
    with organization_scope(organization.pk):
        entry = AuditEntry.objects.get(verb="exported")
    assert entry.subject.startswith("evidence-tb1-")
    assert (entry.details["reason"], entry.details["full"], entry.details["store"]) == (
        "平台申诉",
        True,
        "tb1",
    )
    assert entry.details["sha256"] == hashlib.sha256(answer.content).hexdigest()


def test_what_is_beyond_the_bounds_is_named(organization, store, known, monkeypatch, english):
    monkeypatch.setattr(evidence, "MOST_MESSAGES", 1)
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)
    with organization_scope(organization.pk):
        found = collect(store, known.buyer, {"O1"}, full=True)
    assert [message["text"] for message in found.messages] == ["寄给王小明，13812341234 对吗"]
    assert found.attachments == []
    assert len(found.left_out) == 2


def test_it_asks_the_same_number_of_statements_for_many_orders(
    organization, store, known, django_assert_max_num_queries
):
    with organization_scope(organization.pk), django_assert_max_num_queries(40) as few:
        collect(store, known.buyer, {"O1"}, full=False)
    for number in range(5):
        write_order(store, f"M{number}", buyer="阿月", created_at="2026-11-01 09:10:00", paid_amount="9")
    with organization_scope(organization.pk), django_assert_max_num_queries(len(few)):
        collect(store, known.buyer, {"O1"}, full=False)
