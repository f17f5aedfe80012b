"""From chats and remarks to proposals, incrementally; never to a promise without a person."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from desk import promise_proposals, promise_tasks
from desk.models import DeskSettings
from desk.promise_context import contexts_of
from desk.promise_proposals import propose_in
from kpis.refresh import refresh_until_clean
from orders.models import Order
from orders.promises import dismiss
from orders.remarks import RemarkRefused, write_remark
from orders.service_models import Promise, PromiseProposal, ProposalState
from stores.models import Change, ChangeCursor
from tenants.scope import organization_scope
from tests.make import (
    at,
    make_agent,
    make_member,
    make_organization,
    make_store,
    write_chat,
    write_order,
)

NOW = at("2026-11-02 12:00:00")


@pytest.fixture
def the_store(committed):
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(the_store):
    return make_agent(the_store.organization, "王小美", (the_store, "s:mei"))


def proposals(store) -> list[tuple]:
    with organization_scope(store.organization_id):
        found = PromiseProposal.objects.order_by("said_at", "kind")
        return [
            (p.source_key, p.kind, p.buyer and p.buyer.name, p.order_id, p.agent_id, p.due_at) for p in found
        ]


def number_of_promises(store) -> int:
    with organization_scope(store.organization_id):
        return Promise.objects.count()


def test_what_agents_promise_is_proposed_with_its_order_owner_and_time(the_store, mei):
    store = the_store
    write_order(store, "A1", buyer="阿月", created_at="2026-11-02 08:00:00")
    write_chat(
        store, "阿月", "s:mei", ("in", "2026-11-02 10:00:00", "今天给我发顺丰"),
        ("out", "2026-11-02 10:01:00", "好的，给您发顺丰，明天发货"), ("out", "2026-11-02 10:02:00", "在的亲"),
    )  # fmt: skip
    counts = propose_in(store, NOW)
    assert (counts.read, counts.found, counts.made) == (2, 2, 2)
    key = "message:阿月-2026-11-02 10:01:00-1"
    assert proposals(store) == [
        (key, "courier", "阿月", "A1", mei.pk, None),
        (key, "ship_date", "阿月", "A1", mei.pk, at("2026-11-04 00:00:00")),
    ]
    assert number_of_promises(store) == 0


def says(store, buyer: str, when: str, text: str) -> None:
    write_chat(store, buyer, "s:mei", ("out", when, text))


def test_looking_again_and_again_changes_nothing(the_store, mei):
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    assert propose_in(the_store, NOW).made == 1
    before = proposals(the_store)
    assert propose_in(the_store, NOW) == promise_proposals.Counts()
    # The whole store looked at again: a restored backup, a lost cursor.
    with organization_scope(the_store.organization_id):
        ChangeCursor.objects.filter(reader="promises").delete()
    again = propose_in(the_store, NOW)
    assert (again.found, again.made) == (1, 0)
    assert proposals(the_store) == before


def test_only_what_is_new_is_read(the_store, mei):
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    says(the_store, "阿花", "2026-11-02 10:00:00", "给您发顺丰")
    propose_in(the_store, NOW)
    says(the_store, "阿月", "2026-11-02 11:00:00", "送您一个抱枕")
    counts = propose_in(the_store, NOW)
    assert (counts.read, counts.made) == (1, 1)


def test_what_was_dismissed_is_not_proposed_again(the_store, mei):
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    propose_in(the_store, NOW)
    organization_id = the_store.organization_id
    user = make_member(the_store.organization, "supervisor")
    with organization_scope(organization_id):
        assert dismiss(PromiseProposal.objects.all(), user, NOW) == 1
        ChangeCursor.objects.filter(reader="promises").delete()
    propose_in(the_store, NOW)
    with organization_scope(organization_id):
        assert [p.state for p in PromiseProposal.objects.all()] == [ProposalState.DISMISSED]


def test_buyers_and_machines_promise_nothing(the_store, mei):
    store = the_store
    with organization_scope(store.organization_id):
        store.auto_texts = [{"kind": "exact", "text": "亲，今天发货哦"}]
        store.save()
    write_chat(
        store,
        "阿月",
        "s:mei",
        ("in", "2026-11-02 10:00:00", "给您发顺丰"),
        ("out", "2026-11-02 10:00:01", "亲，今天发货哦"),
    )
    assert propose_in(store, NOW).read == 0
    assert proposals(store) == []


def test_what_is_older_than_fresh_asks_nothing(the_store, mei):
    says(the_store, "阿月", "2026-10-30 11:59:59", "给您发顺丰")  # a second more than three days
    says(the_store, "阿花", "2026-10-30 12:00:00", "给您发顺丰")
    propose_in(the_store, NOW)
    assert [row[2] for row in proposals(the_store)] == ["阿花"]
    # An import of old chats later on, with the log's own bounds.
    says(the_store, "阿云", "2026-10-20 10:00:00", "给您发顺丰")
    assert propose_in(the_store, NOW).read == 0
    with organization_scope(the_store.organization_id):
        DeskSettings.objects.create(organization=the_store.organization, fresh_days=30)
    says(the_store, "阿雪", "2026-10-20 10:00:00", "给您发顺丰")
    assert propose_in(the_store, NOW).made == 1


def test_a_promise_before_the_order_names_none(the_store, mei):
    write_order(the_store, "A1", buyer="阿月", created_at="2026-11-02 11:00:00")
    write_order(the_store, "A0", buyer="阿月", created_at="2026-08-02 11:00:00")
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    propose_in(the_store, NOW)
    assert [row[3] for row in proposals(the_store)] == [None]


def test_remarks_are_read_once_and_say_nothing_new_where_it_was_proposed(the_store, mei):
    store = the_store
    write_order(
        store,
        "A1",
        buyer="阿月",
        created_at="2026-11-02 08:00:00",
        paid_at="2026-11-02 08:01:00",
        paid_amount="88",
    )
    says(store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    propose_in(store, NOW)
    user = make_member(store.organization, "agent", agent_id=mei.pk)
    with organization_scope(store.organization_id):
        order = Order.objects.select_related("store").get(order_id="A1")
        _write(order, user, mei.pk, "王小明，发顺丰，送抱枕一个")
    counts = propose_in(store, NOW + timedelta(minutes=1))
    assert (counts.read, counts.made) == (1, 1)
    assert [row[:2] + row[3:5] for row in proposals(store)][1:] == [
        (f"remark:{order.pk}/1", "gift", "A1", mei.pk)
    ]
    assert propose_in(store, NOW + timedelta(minutes=5)).made == 0
    with organization_scope(store.organization_id):
        (line,) = contexts_of([gift := PromiseProposal.objects.get(kind="gift")])[gift.pk]
    # Whom the parcel goes to is nobody's business here.
    assert line.text == "发顺丰；送抱枕一个"
    assert number_of_promises(store) == 0


def _write(order: Order, user, agent_id: int, text: str) -> None:
    """A remark by the ledger's own function, whatever its checks warn of."""
    accepted: list[str] = []
    for _ in range(2):
        try:
            write_remark(
                order, {}, flag=None, agent_id=agent_id, user=user, now=NOW, accepted=accepted, text=text
            )
            return
        except RemarkRefused as refused:
            accepted = [finding.code for finding in refused.findings]
    raise AssertionError(accepted)


def test_a_look_that_dies_leaves_everything_as_it_was(the_store, mei, monkeypatch):
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(
            promise_proposals, "_remarks", die
        )  # after the proposals were inserted, before the commit
        with pytest.raises(KeyboardInterrupt):
            propose_in(the_store, NOW)
    assert proposals(the_store) == []
    assert propose_in(the_store, NOW).made == 1


def test_the_task_delivered_twice_proposes_once_and_promises_nothing(the_store, mei):
    now = timezone.now()
    says(the_store, "阿月", f"{now.astimezone(NOW.tzinfo):%Y-%m-%d %H:%M:%S}", "给您发顺丰")
    refresh_until_clean(the_store)
    first = promise_tasks.propose_promises(the_store.organization_id)
    second = promise_tasks.propose_promises(the_store.organization_id)
    assert (first["made"], second["made"]) == (1, 0)
    assert len(proposals(the_store)) == 1
    assert number_of_promises(the_store) == 0


def test_the_log_is_kept_until_it_was_read(the_store, mei):
    propose_in(the_store, NOW)
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    refresh_until_clean(the_store)
    with organization_scope(the_store.organization_id):
        assert Change.objects.filter(buyer_id__isnull=False).exists()
    assert propose_in(the_store, NOW).made == 1


def test_who_may_not_keep_promises_makes_none(the_store, mei, client):
    says(the_store, "阿月", "2026-11-02 10:00:00", "给您发顺丰")
    propose_in(the_store, NOW)
    organization = the_store.organization
    with organization_scope(organization.pk):
        number = PromiseProposal.objects.get().pk
    address = reverse("promise_accept", args=[organization.slug, number])
    data = {"due_at": "2026-11-03T10:00", "agent": str(mei.pk)}
    assert client.post(address, data).status_code == 302  # to sign in
    client.force_login(make_member(organization, "auditor"))
    assert client.post(address, data).status_code == 403
    assert number_of_promises(the_store) == 0
    client.force_login(make_member(organization, "agent", agent_id=mei.pk))
    assert client.get(address).status_code == 405
    assert number_of_promises(the_store) == 0
    client.post(address, data)
    assert number_of_promises(the_store) == 1


def test_no_statement_of_the_reader_writes_promises():
    """The reader's own words: it may settle what stands, it inserts proposals only."""
    assert "INSERT INTO orders_promiseproposal" in promise_proposals.INSERT
    assert "make_promise" not in vars(promise_proposals)
    assert "accept" not in vars(promise_proposals)
