"""Promises: made by people, settled once, judged by the facts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from orders.dossiers import lines_of
from orders.models import Order, Refund
from orders.promises import (
    accept,
    change,
    default_due,
    dismiss,
    facts_say,
    link,
    make_promise,
    reopen,
    settle,
    settle_kept,
)
from orders.remark_models import About
from orders.service_models import Promise, PromiseProposal, PromiseState, ProposalState
from stores.models import Buyer, Change
from tenants.scope import organization_scope
from tests.make import at, write_order

NOW = at("2026-11-02 10:00:00")
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("scope", "english")


def promise(store, user, kind="ship_date", text="今天发货", due=14, **fields) -> Promise:
    return make_promise(
        store, kind=kind, text=text, promised_at=NOW, due_at=NOW + due * HOUR, agent_id=fields.pop("agent_id", 7),
        user=user, now=NOW, **fields,
    )  # fmt: skip


def proposal(store, **fields) -> PromiseProposal:
    values = {"kind": "courier", "agent_id": 7, "said_at": NOW, "source_key": "message:m1", **fields}
    return PromiseProposal.objects.create(organization_id=store.organization_id, store=store, **values)


def happenings(one: Promise) -> list[tuple[str, str]]:
    return [(line.what, line.note) for line in lines_of(About.PROMISE, [one.pk])[one.pk]]


def test_a_promise_knows_its_orders_buyer_and_tells_the_desk(store, owner):
    write_order(store, "A1", buyer="阿月", created_at="2026-11-01 09:00:00")
    Change.objects.all().delete()
    made = promise(store, owner, order_id="A1")
    assert (made.buyer.name, made.state, made.decrypted("text")) == ("阿月", PromiseState.OPEN, "今天发货")
    assert list(Change.objects.values_list("buyer_id", flat=True)) == [made.buyer_id]
    assert happenings(made) == [("made", "")]


def test_the_words_are_encrypted(store, owner):
    made = promise(store, owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM orders_promise WHERE id = %s", [made.pk])
        assert "今天".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("fields", "words"), [({"text": "  "}, "Say what"), ({"due": -1}, "cannot be due before")]
)
def test_what_says_nothing_or_is_due_before_it_was_said_is_refused(store, owner, fields, words):
    with pytest.raises(ValueError, match=words):
        promise(store, owner, **fields)


def test_nobody_but_a_person_makes_one(store):
    with pytest.raises(TypeError):
        promise(store, None)
    with pytest.raises(TypeError):
        accept(
            proposal(store), text="发顺丰", due_at=NOW + HOUR, agent_id=7, order_id=None, user=None, now=NOW
        )
    assert not Promise.objects.exists()


def test_accepting_twice_makes_one_promise(store, owner):
    one = proposal(store)
    accepted = [
        accept(one, text="发顺丰", due_at=NOW + HOUR, agent_id=7, order_id=None, user=owner, now=NOW)
        for _ in range(2)
    ]
    assert accepted[0].pk == accepted[1].pk
    assert Promise.objects.count() == 1
    one.refresh_from_db()
    assert (one.state, one.decided_by, one.promise) == (ProposalState.ACCEPTED, owner, accepted[0])


def test_what_was_dismissed_cannot_be_accepted_any_more(store, owner):
    one, other = proposal(store), proposal(store, kind="gift")
    assert dismiss([one], owner, NOW) == 1
    assert dismiss([one], owner, NOW) == 0
    assert accept(one, text="x", due_at=NOW + HOUR, agent_id=7, order_id=None, user=owner, now=NOW) is None
    other.refresh_from_db()
    assert (Promise.objects.count(), other.state) == (0, ProposalState.PROPOSED)


def test_kept_with_its_proof_and_only_once(store, owner):
    made = promise(store, owner)
    assert settle(made, "kept", user=owner, now=NOW + HOUR, proof="运单 SF1")
    assert not settle(made, "broken", user=owner, now=NOW + 2 * HOUR)
    made.refresh_from_db()
    assert (made.state, made.settled_at, made.decrypted("proof")) == ("kept", NOW + HOUR, "运单 SF1")
    assert happenings(made) == [("made", ""), ("kept", "运单 SF1")]


def test_a_withdrawal_says_why(store, owner):
    made = promise(store, owner)
    with pytest.raises(ValueError, match="Say why"):
        settle(made, "withdrawn", user=owner, now=NOW, note=" ")
    assert settle(made, "withdrawn", user=owner, now=NOW, note="买家改主意了")
    assert happenings(made)[-1] == ("withdrawn", "买家改主意了")


def test_a_broken_one_is_linked_to_what_it_led_to(store, owner):
    made = promise(store, owner, order_id="A1")
    with pytest.raises(ValueError, match="no refund"):
        settle(made, "broken", user=owner, now=NOW, refund_id="R9")
    with pytest.raises(ValueError, match="no complaint"):
        settle(made, "broken", user=owner, now=NOW, complaint_id=99)
    with pytest.raises(ValueError, match="Only a broken"):
        link(made, refund_id=None, complaint_id=None, points=Decimal(6), user=owner, now=NOW)
    Refund.objects.create(
        organization_id=store.organization_id,
        store=store,
        refund_id="R1",
        order_id="A1",
        kind="refund",
        status="open",
    )
    assert settle(made, "broken", user=owner, now=NOW)
    assert (made.refund_id, made.points) == (None, None)  # nothing is put down by itself
    assert link(made, refund_id="R1", complaint_id=None, points=Decimal(6), user=owner, now=NOW)
    assert not link(made, refund_id="R1", complaint_id=None, points=Decimal(6), user=owner, now=NOW)
    made.refresh_from_db()
    assert (made.refund_id, made.points) == ("R1", Decimal(6))
    assert lines_of(About.PROMISE, [made.pk])[made.pk][-1].details == {"refund": "R1", "points": "6"}


def test_opened_again_nothing_of_the_settling_stays(store, owner):
    made = promise(store, owner)
    settle(made, "broken", user=owner, now=NOW, points=Decimal(6))
    assert reopen(made, owner, NOW + HOUR)
    assert not reopen(made, owner, NOW + HOUR)
    made.refresh_from_db()
    assert (made.state, made.settled_at, made.settled_by, made.points) == ("open", None, None, None)


def test_another_due_time_and_owner(store, owner):
    made = promise(store, owner)
    assert change(made, due_at=NOW + 30 * HOUR, agent_id=8, order_id=None, user=owner, now=NOW)
    assert not change(made, due_at=NOW + 30 * HOUR, agent_id=8, order_id=None, user=owner, now=NOW)
    assert (made.due_at, made.agent_id) == (NOW + 30 * HOUR, 8)
    settle(made, "kept", user=owner, now=NOW)
    with pytest.raises(ValueError, match="settled already"):
        change(made, due_at=NOW + HOUR, agent_id=8, order_id=None, user=owner, now=NOW)


@pytest.mark.parametrize(
    ("kind", "order", "expected"),
    [
        ("courier", {"promised_ship_at": NOW + 5 * HOUR, "paid_at": NOW - HOUR}, 5),
        ("gift", {"paid_at": NOW - HOUR}, 47),
        ("gift", {"paid_at": NOW - 100 * HOUR}, 48),  # over already: from the words on
        ("courier", {}, 48),
        ("courier", None, 48),
        ("price", {"promised_ship_at": NOW + 5 * HOUR}, 48),
    ],
)
def test_where_the_words_name_no_time(kind, order, expected):
    found = default_due(
        kind, NOW, order and Order(**order) if order else (None if order is None else Order())
    )
    assert found == NOW + expected * HOUR


@pytest.mark.parametrize(
    ("kind", "text", "order", "expected"),
    [
        ("courier", "发顺丰", {"status": "shipped", "courier": "顺丰速运", "shipped_at": NOW + HOUR}, "kept"),
        ("courier", "发顺丰", {"status": "shipped", "courier": "中通", "shipped_at": NOW + HOUR}, "broken"),
        ("courier", "發順豐", {"status": "shipped", "courier": "SF", "shipped_at": NOW + HOUR}, "kept"),
        ("courier", "发顺丰", {"status": "shipped", "courier": "", "shipped_at": NOW + HOUR}, ""),
        ("courier", "发顺丰", {"status": "paid", "courier": "中通"}, ""),
        (
            "courier",
            "发顺丰",
            {"status": "shipped", "courier": "中通", "shipped_at": NOW - HOUR},
            "",
        ),  # another parcel
        ("ship_date", "今天发货", {"status": "shipped", "shipped_at": NOW + 14 * HOUR}, "kept"),
        ("ship_date", "今天发货", {"status": "shipped", "shipped_at": NOW + 15 * HOUR}, "broken"),
        ("ship_date", "今天发货", {"status": "paid"}, "broken"),
        ("ship_date", "今天送达", {"status": "shipped", "shipped_at": NOW + HOUR}, "broken"),
        (
            "ship_date",
            "今天送达",
            {"status": "shipped", "shipped_at": NOW, "delivered_at": NOW + HOUR},
            "kept",
        ),
        ("ship_date", "今天发货", {"status": "completed"}, ""),  # shipped nobody knows when
        ("ship_date", "今天发货", {"status": "closed"}, "withdrawn"),
        ("gift", "送您一个", {"status": "shipped", "shipped_at": NOW + HOUR}, ""),
        ("ship_date", "今天发货", None, ""),
    ],
)
def test_what_the_order_tells_of_it(store, owner, kind, text, order, expected):
    made = promise(store, owner, kind=kind, text=text)
    assert facts_say(made, order and Order(**order), NOW + 20 * HOUR) == expected


def test_not_shipped_is_not_broken_before_its_time(store, owner):
    assert facts_say(promise(store, owner), Order(status="paid"), NOW + HOUR) == ""


def test_the_facts_settle_what_was_kept_and_nothing_else(store, owner):
    made = {}
    for number, courier in (("A1", "顺丰速运"), ("A2", "中通")):
        write_order(
            store, number, buyer="阿月", status="shipped", created_at="2026-11-01 09:00:00",
            shipped_at="2026-11-02 12:00:00", courier=courier,
        )  # fmt: skip
        made[number] = promise(store, owner, kind="courier", text="发顺丰", order_id=number)
    assert settle_kept(store, NOW + 5 * HOUR) == 1
    assert settle_kept(store, NOW + 5 * HOUR) == 0
    states = dict(Promise.objects.values_list("order_id", "state"))
    assert states == {"A1": "kept", "A2": "open"}
    # A person who opens it again has the last word.
    reopen(made["A1"], owner, NOW + 6 * HOUR)
    assert settle_kept(store, NOW + 7 * HOUR) == 0


def test_a_system_can_never_say_that_one_was_broken(store, owner):
    made = promise(store, owner)
    for state in ("broken", "withdrawn", "open"):
        with pytest.raises(ValueError, match="nothing a promise can be settled as"):
            settle(made, state, user=None, now=NOW, note="x")
    assert Promise.objects.get().state == "open"


def test_another_organization_sees_none_of_it(store, owner, other_organization):
    Buyer.objects.create(organization_id=store.organization_id, store=store, name="阿月")
    promise(store, owner)
    proposal(store)
    with organization_scope(other_organization.pk):
        assert not Promise.objects.exists()
        assert not PromiseProposal.objects.exists()
