"""An order's page: its facts, what is next, whose it is, the timeline, who sees what of it, and how much it reads."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from conversations.phone_calls import Told, log_call
from desk import order_events
from desk.follow_ups import close, make_by_hand
from desk.models import FollowUp
from intake.writers import WRITERS
from kpis.refresh import refresh_store
from kpis.rulings import rule
from orders.complaint_models import Complaint
from orders.imports import write_order_lines
from orders.models import Order
from orders.promises import make_promise
from orders.remark_models import ProductionStep, Stage
from orders.remarks import write_remark
from orders.service_models import Promise
from orders.trade_models import Concession
from stores.models import Product
from stores.platforms.records import OrderLineRecord, RefundRecord, ReviewRecord, TrackingRecord
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_chat, write_order

ADDRESS = "/yunfan/orders/tb1/page/A1/"
SECRET = "13812341234"
REMARK = {
    "name": "王小明", "size": {"width": "3", "height": "2.4"}, "pattern": "图案正常", "ship_date": "2026-11-03",
    "delivery": "快递",
}  # fmt: skip


@pytest.fixture
def world(organization, store):
    """Order A1 of buyer ann, served by Ann in two chats; Bob of the same store has nothing to do with it."""
    ann = make_agent(organization, "Ann", (store, "s:ann"))
    bob = make_agent(organization, "Bob", (store, "s:bob"))
    write_chat(
        store, "ann", "s:ann", ("in", "2026-11-02 10:00:00", f"call {SECRET}"), ("out", "2026-11-02 10:00:20", "在的"),
        ("in", "2026-11-04 09:00:00", "发了吗"), ("out", "2026-11-04 09:00:30", "发了"),
    )  # fmt: skip
    write_chat(
        store, "ann", "s:ann", ("in", "2026-01-02 10:00:00", "long ago"), ("out", "2026-01-02 10:00:20", "在")
    )
    write_order(
        store, "A1", buyer="ann", paid_amount="99.50", status="shipped", created_at="2026-11-02 10:10:00",
        paid_at="2026-11-02 10:11:00", shipped_at="2026-11-03 16:00:00", courier="顺丰", tracking_no="SF1",
        receiver_phone=SECRET, receiver_name="王小明", flag=1,
    )  # fmt: skip
    refresh_store(store, whole=True)
    users = {
        "owner": make_member(organization, "owner"),
        "ann": make_member(organization, "agent", "ann@yunfan.example", agent_id=ann.pk),
        "bob": make_member(organization, "agent", "bob@yunfan.example", agent_id=bob.pk),
    }
    return SimpleNamespace(organization=organization, store=store, ann=ann, bob=bob, users=users)


def signed_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def bring(store, *records) -> None:
    with organization_scope(store.organization_id):
        WRITERS[type(records[0])](store, list(enumerate(records, 1)), None)


def an_order(world) -> Order:
    return Order.objects.select_related("store", "buyer").get(store=world.store, order_id="A1")


def everything(world) -> None:
    """One of all that the page knows of, around A1."""
    owner, now = world.users["owner"], at("2026-11-05 12:00:00")
    bring(world.store, TrackingRecord("A1", "揽收", at("2026-11-03 18:00:00"), "SF1", "顺丰", "杭州"))
    bring(world.store, RefundRecord("R1", "A1", "refund_only", "completed", Decimal("9.50"), 1, "色差", at("2026-11-04 08:00:00"), at("2026-11-05 08:00:00")))  # fmt: skip
    bring(
        world.store,
        ReviewRecord("V1", "A1", "ann", 2, f"bad, {SECRET}", at("2026-11-05 09:00:00"), None, None),
    )
    with organization_scope(world.organization.pk):
        order = an_order(world)
        write_order_lines(
            world.store, [(1, OrderLineRecord("A1", 1, "p1", "Curtain", "red", 2, Decimal("45.00")))]
        )
        Product.objects.update_or_create(
            organization=world.organization, store=world.store, code="p1", defaults={"stock": 7}
        )
        write_remark(order, REMARK, flag=3, agent_id=world.ann.pk, user=owner, now=at("2026-11-02 10:20:00"))
        ProductionStep.objects.create(
            organization=world.organization, store=world.store, order=order, stage=Stage.HANDED_OFF, number=1,
            reached_at=at("2026-11-02 12:00:00"), made_by=owner, made_at=now,
        )  # fmt: skip
        make_promise(
            world.store, kind="gift", text=f"glue, {SECRET}", promised_at=at("2026-11-02 10:05:00"),
            due_at=at("2026-11-09 10:00:00"), agent_id=world.ann.pk, user=owner, now=now, order_id="A1",
        )  # fmt: skip
        Complaint.objects.create(
            organization=world.organization, store=world.store, source="phone", level="ordinary", order_id="A1",
            due_at=at("2026-11-06 10:00:00"), opened_by=owner, opened_at=at("2026-11-05 10:00:00"),
        )  # fmt: skip
        for agent in (world.ann, world.bob):
            Concession.objects.create(
                organization=world.organization, store=world.store, kind="discount", order_id="A1", agent_id=agent.pk,
                taken_off=Decimal(5), state="within", asked_by=owner, asked_at=at("2026-11-02 10:08:00"),
            )  # fmt: skip
            log_call(Told(world.store, agent, order.buyer, "A1", True, at("2026-11-05 11:00:00"), 3, f"colour {SECRET}", ""), owner, now)  # fmt: skip
        rule(order, world.bob.pk, "Bob measured it", user=owner, now=at("2026-11-05 11:30:00"))
        done = make_by_hand(world.store, kind_text="ask", due_at=now, user=owner, now=now, agent_id=world.ann.pk, order_id="A1")  # fmt: skip
        close(done, "done", owner, now, note="told")
        make_by_hand(world.store, kind_text="send glue", due_at=now + timedelta(days=2), user=owner, now=now, agent_id=world.ann.pk, order_id="A1")  # fmt: skip


def titles(page) -> list[str]:
    return [event.title for event in page.context["events"]]


def test_the_timeline_tells_everything_in_its_order(world):
    everything(world)
    page = signed_in(world.users["owner"]).get(ADDRESS)
    assert titles(page) == [
        "Chat until 10:00", "Promised: Gift", "Concession: Price", "Concession: Price", "Order placed", "Paid",
        "Remark, version 1", "Handed to production", "Shipped", "揽收", "Refund asked: refund without return",
        "Chat until 09:00", "Refund completed: refund without return", "Review 2 of 5", "Complaint", "The buyer called",
        "The buyer called", "Ruled: belongs to Bob", "Noted by hand: Done",
    ]  # fmt: skip
    days = [(event.title, str(event.new_day)) for event in page.context["events"] if event.new_day]
    assert [day for _, day in days] == ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]
    assert str(page.context["owner"]) == "Ann", "figures follow a ruling when they are refreshed"
    assert page.context["flag"]["colour"] == "green", "our remark's flag stands over the platform's"


def test_what_is_next_stands_by_due_time_with_its_button(world):
    everything(world)
    page = signed_in(world.users["owner"]).get(ADDRESS)
    assert [(step.title, step.overdue) for step in page.context["steps"]] == [
        (title, timezone.now() > due)
        for title, due in (
            ("Complaint", at("2026-11-06 10:00:00")),
            ("Noted by hand", at("2026-11-07 12:00:00")),
            ("Promise: Gift", at("2026-11-09 10:00:00")),
        )
    ]
    begun = {each["label"]: each["href"] for each in page.context["beginnings"]}
    buyer = page.context["order"].buyer_id
    assert begun["After-sales case"] == f"/yunfan/cases/new/?store=tb1&order=A1&buyer={buyer}"
    assert set(begun) == {
        "Promise", "After-sales case", "Complaint", "Concession", "Feedback", "Phone call", "Follow-up",
    }  # fmt: skip
    auditor = signed_in(make_member(world.organization, "auditor")).get(ADDRESS)
    assert auditor.context["beginnings"] == []


def test_a_follow_up_that_reminds_of_a_matter_shown_anyway_is_not_told_twice(world):
    everything(world)
    with organization_scope(world.organization.pk):
        reminder = FollowUp.objects.filter(state="open").get()
        reminder.kind = "promise"
        reminder.save()
    page = signed_in(world.users["owner"]).get(ADDRESS)
    assert [step.title for step in page.context["steps"]] == ["Complaint", "Promise: Gift"]


def test_an_order_that_is_not_paid_not_shipped_or_without_remark_says_so(world):
    write_order(world.store, "U1", buyer="ann", status="unpaid", created_at="2026-11-02 10:00:00")
    write_order(
        world.store,
        "P1",
        paid_amount="10",
        paid_at="2026-11-02 10:00:00",
        promised_ship_at="2026-11-04 10:00:00",
    )
    client = signed_in(world.users["owner"])

    def told(order_id: str) -> list[tuple[str, bool]]:
        page = client.get(ADDRESS.replace("A1", order_id))
        return [(step.title, step.overdue) for step in page.context["steps"]]

    assert told("U1") == [("Not paid", False)]
    assert told("P1") == [
        ("No remark is written", False),
        ("Not shipped", timezone.now() > at("2026-11-04 10:00:00")),
    ]
    assert told("A1") == []


def test_any_member_of_the_store_opens_it_masked_and_an_agent_sees_the_own_of_what_is_their_own(world):
    everything(world)
    for who in ("ann", "bob"):
        page = signed_in(world.users[who]).get(ADDRESS)
        assert titles(page).count("Concession: Price") == 1
        assert titles(page).count("The buyer called") == 1
        text = page.content.decode()
        assert SECRET not in text
        assert "王小明" not in text
        assert "glue, 138****1234" in text
    assert "Noted by hand: Done" not in titles(page)
    assert page.context["personal_address"] == ""
    assert not page.context["may_see_why"]
    own = signed_in(world.users["ann"]).get(ADDRESS)
    assert "/orders/tb1/personal/A1/" in own.context["personal_address"]
    assert own.context["may_see_why"]
    second = make_store(world.organization, "tb2")
    limited = signed_in(make_member(world.organization, "supervisor", store_ids=[second.pk]))
    assert limited.get(ADDRESS).status_code == 404


def test_a_chat_opens_to_its_messages_with_phones_hidden_and_long_ago_is_another_matter(world):
    client = signed_in(world.users["bob"])
    page = client.get(ADDRESS)
    chats = [event.chat for event in page.context["events"] if event.chat]
    assert len(chats) == 2, "the chat of January is none of this order's"
    first = client.get(chats[0], headers={"HX-Request": "true"}).content.decode()
    assert "call 138****1234" in first
    assert "发了吗" not in first
    assert "<html" not in first
    whole = client.get(chats[1]).content.decode()
    assert "发了吗" in whole
    assert "<html" in whole
    latest = client.get(chats[0].partition("?")[0]).content.decode()
    assert "发了吗" in latest
    assert client.get(chats[0].partition("?")[0] + "?start=2026-01-05T00:00:00%2B08:00").status_code == 404


def test_products_show_the_stock_of_their_store(world):
    everything(world)
    (line,) = signed_in(world.users["owner"]).get(ADDRESS).context["lines"]
    assert (line.title, line.quantity, line.stock) == ("Curtain", 2, 7)


def test_of_many_lines_the_newest_are_shown_and_the_rest_is_one_address_away(world, monkeypatch):
    everything(world)
    monkeypatch.setattr(order_events, "MOST_SHOWN", 8)
    client = signed_in(world.users["owner"])
    newest = client.get(ADDRESS)
    assert len(titles(newest)) == 8
    assert titles(newest)[-1] == "Noted by hand: Done"
    earlier = client.get(ADDRESS, {"before": newest.context["earlier"]})
    assert titles(earlier)[-1] == "Refund asked: refund without return"
    first = client.get(ADDRESS, {"before": earlier.context["earlier"]})
    assert titles(first)[0] == "Chat until 10:00"
    assert first.context["earlier"] is None
    assert titles(client.get(ADDRESS, {"before": "nonsense"})) == titles(newest)


@pytest.mark.parametrize("who", ["owner", "ann"])
def test_the_page_reads_no_more_the_more_there_is(world, who, django_assert_max_num_queries):
    client = signed_in(world.users[who])
    client.get(ADDRESS)
    for _ in range(2):
        everything_again(world)
    with django_assert_max_num_queries(30):
        page = client.get(ADDRESS)
    assert len(page.context["events"]) > 30


def everything_again(world) -> None:
    owner, now = world.users["owner"], at("2026-11-05 12:00:00")
    with organization_scope(world.organization.pk):
        count = Promise.objects.count()
        for number in range(count, count + 8):
            for agent in (world.ann, world.bob):
                make_promise(
                    world.store, kind="gift", text=f"glue {number}", promised_at=at("2026-11-02 10:05:00"),
                    due_at=at("2026-11-09 10:00:00"), agent_id=agent.pk, user=owner, now=now, order_id="A1",
                )  # fmt: skip
            make_by_hand(world.store, kind_text=f"do {number}", due_at=now, user=owner, now=now, agent_id=world.ann.pk, order_id="A1")  # fmt: skip
            Complaint.objects.create(
                organization=world.organization, store=world.store, source="phone", level="ordinary", order_id="A1",
                due_at=now, opened_by=owner, opened_at=now, closed_at=now, closed_by=owner, outcome="settled",
            )  # fmt: skip
            bring(
                world.store,
                TrackingRecord("A1", f"event {number}", at("2026-11-03 18:00:00"), "SF1", "顺丰", "杭州"),
            )
