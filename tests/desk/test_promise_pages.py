"""The pages of promises in the roles that use them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from conversations.models import Message
from desk.follow_ups import open_ones
from desk.models import FollowUp, State
from orders.promises import make_promise, settle
from orders.service_models import Promise, PromiseProposal
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_chat, write_order

NOW = at("2026-11-12 10:00:00")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(organization, store):
    return [make_agent(organization, name, (store, f"s:{name}")) for name in ("王小美", "周强")]


@pytest.fixture
def mei(organization, people):
    return make_member(organization, "agent", agent_id=people[0].pk)


@pytest.fixture
def proposal(organization, store, people) -> PromiseProposal:
    """What 王小美 said to 阿月 in the middle of nine messages, with two orders of hers."""
    lines = [("out" if n % 2 else "in", f"2026-11-12 09:0{n}:00", f"第{n}句 13812341234") for n in range(9)]
    lines[5] = ("out", "2026-11-12 09:05:00", "给您发顺丰")
    write_chat(store, "阿月", "s:王小美", *lines)
    for number in ("A1", "A2"):
        write_order(store, number, buyer="阿月", created_at=f"2026-11-1{number[1]} 09:00:00")
    with organization_scope(organization.pk):
        key = Message.objects.get(text="给您发顺丰").message_id
        return PromiseProposal.objects.create(
            organization=organization, store=store, source_key=f"message:{key}", kind="courier", order_id="A1",
            buyer=Buyer.objects.get(name="阿月"), agent_id=people[0].pk, said_at=at("2026-11-12 09:05:00"),
        )  # fmt: skip


def promised(store, user, agent, due, state="open", **fields) -> Promise:
    """A promise of a day ago due so many hours from now, settled if `state` says so."""
    links = {name: fields.pop(name) for name in ("points", "refund_id") if name in fields}
    with organization_scope(store.organization_id):
        made = make_promise(
            store, promised_at=NOW - 90 * HOUR, due_at=NOW + due * HOUR, agent_id=agent and agent.pk, user=user,
            now=NOW - 90 * HOUR, **{"kind": "gift", "text": "送您一个抱枕", **fields},
        )  # fmt: skip
        if state != "open":
            settle(made, state, user=user, now=NOW - HOUR, note="x", **links)
    return made


def get(client, organization, name, *args, **query):
    return client.get(reverse(name, args=[organization.slug, *args]), query)


def post(client, organization, name, *args, **data):
    return client.post(reverse(name, args=[organization.slug, *args]), data)


def listed(page) -> list[int]:
    return [row.promise.pk for row in page.context["rows"]]


def test_open_ones_come_by_due_time_with_what_is_left_or_late(client, organization, store, people, owner):
    later, late = promised(store, owner, people[0], 3), promised(store, owner, people[1], -2)
    promised(store, owner, people[0], -3, "kept")
    client.force_login(owner)
    page = get(client, organization, "promise_list")
    assert listed(page) == [late.pk, later.pk]
    assert [(bool(row.late), bool(row.left), row.who) for row in page.context["rows"]] == [
        (True, False, "周强"), (False, True, "王小美"),
    ]  # fmt: skip
    assert (page.context["counts"]["open"], page.context["counts"]["overdue"]) == (2, 1)
    assert listed(get(client, organization, "promise_list", agent=people[0].pk)) == [later.pk]
    assert listed(get(client, organization, "promise_list", kind="courier")) == []
    assert listed(get(client, organization, "promise_list", store="nowhere", agent="x")) == [
        late.pk,
        later.pk,
    ]
    assert listed(get(client, organization, "promise_list", until="2026-11-11")) == []


def test_an_agent_sees_the_stores_promises_but_not_who_owes_repairs(
    client, organization, store, people, owner, mei
):
    theirs = promised(store, owner, people[1], 3)
    other = make_store(organization, "tb2")
    client.force_login(mei)
    assert listed(get(client, organization, "promise_list")) == [theirs.pk]
    assert "loose" not in get(client, organization, "promise_list").context["tabs"]
    hidden = make_member(organization, "agent", "elsewhere@yunfan.example", store_ids=[other.pk])
    client.force_login(hidden)
    assert listed(get(client, organization, "promise_list")) == []
    assert get(client, organization, "promise_detail", theirs.pk).status_code == 404
    assert post(client, organization, "promise_act", theirs.pk, act="kept").status_code == 404


def test_broken_ones_that_led_to_nothing_are_listed_for_supervisors(
    client, organization, store, people, owner
):
    write_order(store, "A1", buyer="阿月", created_at="2026-11-01 09:00:00")
    loose = promised(store, owner, people[0], -3, "broken", points=Decimal(6))
    promised(store, owner, people[0], -3, "withdrawn")
    client.force_login(owner)
    page = get(client, organization, "promise_list", show="loose")
    assert (listed(page), page.context["counts"]["loose"]) == ([loose.pk], 1)


def test_a_proposal_is_shown_with_three_messages_before_and_after_masked(client, organization, mei, proposal):
    client.force_login(mei)
    page = get(client, organization, "promise_list", show="proposed")
    (one,) = page.context["proposed"]
    assert [line.text[:3] for line in one.lines] == [
        "第2句",
        "第3句",
        "第4句",
        "给您发",
        "第6句",
        "第7句",
        "第8句",
    ]
    assert (one.quoted, one.unsaid, one.orders) == ("给您发顺丰", True, ["A2", "A1"])
    text = page.content.decode()
    assert "138****1234" in text
    assert "13812341234" not in text


def test_accepted_with_due_time_owner_and_order_as_chosen(client, organization, store, people, mei, proposal):
    client.force_login(mei)
    chosen = {"due_at": "2026-11-14T18:00", "agent": people[1].pk, "order_id": "A2"}
    post(client, organization, "promise_accept", proposal.pk, **chosen)
    post(client, organization, "promise_accept", proposal.pk, **chosen)
    with organization_scope(organization.pk):
        made = Promise.objects.get()
        assert (made.due_at, made.agent_id, made.order_id) == (at("2026-11-14 18:00:00"), people[1].pk, "A2")
        assert (made.decrypted("text"), made.promised_at, made.made_by) == (
            "给您发顺丰",
            proposal.said_at,
            mei,
        )
        proposal.refresh_from_db()
        assert (proposal.state, proposal.promise) == ("accepted", made)


@pytest.mark.parametrize(
    "wrong",
    [{"due_at": ""}, {"due_at": "2026-11-14T18:00", "order_id": "B9"}, {"due_at": "2026-11-01T18:00"}],
)
def test_what_is_wrong_is_said_and_nothing_is_accepted(client, organization, mei, proposal, wrong):
    client.force_login(mei)
    post(client, organization, "promise_accept", proposal.pk, **wrong)
    with organization_scope(organization.pk):
        assert not Promise.objects.exists()
        proposal.refresh_from_db()
        assert proposal.state == "proposed"


def test_several_are_dismissed_at_once_but_none_of_another_store(
    client, organization, store, people, proposal
):
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        theirs = PromiseProposal.objects.create(
            organization=organization, store=other, source_key="message:x", kind="gift", said_at=NOW
        )
    client.force_login(make_member(organization, "supervisor", store_ids=[store.pk]))
    post(client, organization, "promise_dismiss", id=[proposal.pk, theirs.pk, "x"])
    with organization_scope(organization.pk):
        assert list(PromiseProposal.objects.order_by("pk").values_list("state", flat=True)) == [
            "dismissed",
            "proposed",
        ]


def test_where_the_message_is_gone_nothing_can_be_accepted(client, organization, mei, proposal):
    with organization_scope(organization.pk):
        Message.objects.all().delete()
    client.force_login(mei)
    assert get(client, organization, "promise_list", show="proposed").context["proposed"][0].quoted == ""
    post(client, organization, "promise_accept", proposal.pk, due_at="2026-11-14T18:00")
    with organization_scope(organization.pk):
        assert not Promise.objects.exists()


def matter_of(promise: Promise, agent, due_at) -> FollowUp:
    with organization_scope(promise.organization_id):
        return FollowUp.objects.create(
            organization_id=promise.organization_id, store=promise.store, kind="promise", subject=str(promise.pk),
            agent_id=agent.pk, opens_at=NOW, due_at=due_at, made_at=NOW,
        )  # fmt: skip


def test_settled_on_its_page_its_matter_is_closed_and_opened_with_it(
    client, organization, store, people, owner, mei
):
    promise = promised(store, owner, people[0], 3)
    matter = matter_of(promise, people[0], promise.due_at)
    client.force_login(mei)
    post(client, organization, "promise_act", promise.pk, act="broken", points="6")
    with organization_scope(organization.pk):
        promise.refresh_from_db()
        matter.refresh_from_db()
    assert (promise.state, promise.points, promise.settled_by) == ("broken", Decimal(6), mei)
    assert (matter.state, matter.outcome) == (State.CLOSED, "broken")
    post(client, organization, "promise_act", promise.pk, act="reopen")
    with organization_scope(organization.pk):
        promise.refresh_from_db()
        assert (promise.state, open_ones().count()) == ("open", 1)
    post(
        client, organization, "promise_act", promise.pk, act="change", due_at="2026-11-13T09:00", agent=people[1].pk,
        order_id="",
    )  # fmt: skip
    with organization_scope(organization.pk):
        matter.refresh_from_db()
    assert (matter.due_at, matter.agent_id) == (at("2026-11-13 09:00:00"), people[1].pk)


def test_the_page_proposes_the_points_and_writes_none_by_itself(client, organization, store, people, owner):
    promise = promised(store, owner, people[0], -3)
    client.force_login(owner)
    page = get(client, organization, "promise_detail", promise.pk)
    assert page.context["form"]["points"].value() == Decimal(6)
    post(client, organization, "promise_act", promise.pk, act="broken", points="")
    with organization_scope(organization.pk):
        assert Promise.objects.get().points is None


def test_the_facts_suggest_and_a_person_confirms(client, organization, store, people, owner):
    write_order(
        store, "A1", buyer="阿月", status="shipped", created_at="2026-11-01 09:00:00", courier="中通快递",
        shipped_at="2026-11-11 09:00:00",
    )  # fmt: skip
    promise = promised(store, owner, people[0], 3, kind="courier", text="给您发顺丰", order_id="A1")
    client.force_login(owner)
    page = get(client, organization, "promise_detail", promise.pk)
    assert page.context["suggested"] == "broken"
    assert "中通快递" in page.context["suggestion"]
    with organization_scope(organization.pk):
        assert Promise.objects.get().state == "open"


def test_written_down_by_hand_for_an_order(client, organization, store, people, mei):
    write_order(store, "A1", buyer="阿月", created_at="2026-11-01 09:00:00")
    client.force_login(mei)
    form = get(client, organization, "promise_new", store="tb1", order="A1").context["form"]
    assert (form.initial["order_id"], form.initial["due_at"]) == ("A1", "2026-11-14T10:00")
    said = {
        "store": store.pk,
        "kind": "gift",
        "text": "补寄小样",
        "due_at": "2026-11-13T10:00",
        "agent": people[0].pk,
    }
    assert post(client, organization, "promise_new", **said).status_code == 200  # neither order nor buyer
    assert post(client, organization, "promise_new", **said, order_id="A1").status_code == 302
    with organization_scope(organization.pk):
        made = Promise.objects.get()
        assert (made.buyer.name, made.due_at) == ("阿月", at("2026-11-13 10:00:00"))


def test_kept_rates_by_agent_are_kept_over_settled_of_what_was_due(
    client, organization, store, people, owner
):
    mei, qiang = people
    for due, state in (
        (-3, "kept"),
        (-3, "kept"),
        (-4, "broken"),
        (-5, "withdrawn"),
        (-6, "open"),
        (5, "open"),
    ):
        promised(store, owner, mei, due, state)
    promised(store, owner, qiang, -3)
    promised(store, owner, mei, -24 * 2, "broken")  # due two days before the period
    client.force_login(owner)
    period = {"period": "custom", "since": "2026-11-11", "until": "2026-11-12"}
    page = get(client, organization, "promise_rates", **period)
    found = {one["name"]: one["row"] for one in page.context["rows"]}
    row = found["王小美"]
    assert (row.due, row.kept, row.broken, row.withdrawn, row.open, row.overdue) == (6, 2, 1, 1, 2, 1)
    assert row.rate == Decimal(2) / 3
    assert found["周强"].rate is None
    settled = get(
        client,
        organization,
        "promise_list",
        show="settled",
        agent=mei.pk,
        since="2026-11-11",
        until="2026-11-12",
    )
    assert len(listed(settled)) == 4
    answer = get(client, organization, "promise_rates", **period, file="csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["王小美", "6", "2", "1"] in [line[:4] for line in lines]
    assert get(client, organization, "promise_rates", **period, file="xlsx").content[:2] == b"PK"


def test_the_file_hides_personal_data(client, organization, store, people, owner):
    promised(store, owner, people[0], 3, text="给您回电13812341234")
    client.force_login(owner)
    answer = get(client, organization, "promise_list", file="csv").content.decode("utf-8-sig")
    assert "138****1234" in answer
    assert "13812341234" not in answer
