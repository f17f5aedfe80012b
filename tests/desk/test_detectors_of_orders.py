"""Matters of orders, each worked out by hand. Asia/Shanghai; the shipping cut-off is 16:00."""

import pytest

from desk.models import State
from tests.desk.matters import catch_up, follow_ups, holds, the_one
from tests.make import at, make_agent, make_organization, make_store, write_chat, write_order

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def store():
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "tb1:mei"))


def ask(store, buyer="ann", day="2026-11-02", clock="09:00"):
    lines = (("in", f"{day} {clock}:00", "在吗"), ("out", f"{day} {clock}:20", "在"))
    write_chat(store, buyer, "tb1:mei", *lines)


def test_an_unpaid_order_opens_after_twelve_hours_and_is_due_at_the_cut_off(store, mei):
    ask(store)
    write_order(
        store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 10:00:00", total_amount="99"
    )
    catch_up(store, at("2026-11-02 11:00:00"))
    found = the_one(store, "unpaid")
    # 22:00 is past 16:00, so the next day's.
    assert (found.opens_at, found.due_at) == (at("2026-11-02 22:00:00"), at("2026-11-03 16:00:00"))
    assert found.free_at == at("2026-11-03 10:00:00")
    assert (found.agent_id, found.state, found.worth) == (mei.pk, State.OPEN, 99)


def test_an_order_of_the_night_is_due_the_same_day(store):
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    catch_up(store, at("2026-11-02 11:00:00"))
    found = the_one(store, "unpaid")
    assert (found.opens_at, found.due_at) == (at("2026-11-02 14:00:00"), at("2026-11-02 16:00:00"))
    assert found.agent_id is None


def test_cash_on_delivery_is_confirmed_and_never_chased(store):
    write_order(store, "o1", buyer="ann", status="unpaid", cod=True, created_at="2026-11-02 10:00:00")
    catch_up(store, at("2026-11-02 11:00:00"))
    assert [f.kind for f in follow_ups(store)] == ["cod_call"]
    assert the_one(store, "cod_call").due_at == at("2026-11-02 16:00:00")
    write_order(store, "o1", status="shipped", shipped_at="2026-11-02 15:00:00")
    catch_up(store, at("2026-11-02 15:30:00"))
    found = the_one(store, "cod_call")
    assert (found.state, found.outcome, found.closed_at) == (
        State.CLOSED,
        "shipped",
        at("2026-11-02 15:00:00"),
    )


def test_a_payment_after_a_chase_credits_who_wrote_last(store, mei):
    other = make_agent(store.organization, "周强", (store, "tb1:qiang"))
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    catch_up(store, at("2026-11-02 11:00:00"))
    write_chat(store, "ann", "tb1:qiang", ("out", "2026-11-02 14:10:00", "亲，还没付款哦"))
    catch_up(store, at("2026-11-02 14:11:00"))
    locked = the_one(store, "unpaid")
    # Nobody asks again within an hour of the chase.
    assert (locked.opens_at, locked.due_at) == (at("2026-11-02 15:10:00"), at("2026-11-02 16:00:00"))
    write_order(store, "o1", status="paid", paid_at="2026-11-02 14:30:00", paid_amount="9")
    catch_up(store, at("2026-11-02 14:31:00"))
    found = the_one(store, "unpaid")
    assert (found.state, found.outcome, found.credited_agent_id) == (State.CLOSED, "paid", other.pk)
    assert found.closed_at == at("2026-11-02 14:30:00")


def test_a_reply_before_the_opening_earns_no_credit(store, mei):
    ask(store, clock="02:01")
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    catch_up(store, at("2026-11-02 14:20:00"))
    write_order(store, "o1", status="paid", paid_at="2026-11-02 14:30:00", paid_amount="9")
    catch_up(store, at("2026-11-02 14:31:00"))
    assert the_one(store, "unpaid").credited_agent_id is None


def test_an_order_paid_in_time_leaves_no_chase(store):
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 10:00:00", total_amount="9")
    catch_up(store, at("2026-11-02 10:05:00"))
    assert the_one(store, "unpaid").state == State.OPEN
    write_order(store, "o1", status="paid", paid_at="2026-11-02 10:06:00", paid_amount="9")
    counts = catch_up(store, at("2026-11-02 10:07:00"))
    assert counts.dropped == 1
    assert [f.kind for f in follow_ups(store)] == ["address_check"]


def test_an_order_made_after_a_chase_takes_the_place_of_the_first(store, mei):
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    write_chat(store, "ann", "tb1:mei", ("out", "2026-11-02 14:10:00", "亲，还没付款哦"))
    write_order(store, "o2", buyer="ann", status="unpaid", created_at="2026-11-02 20:00:00", total_amount="8")
    catch_up(store, at("2026-11-02 20:01:00"))
    first, second = follow_ups(store, "unpaid")
    assert (first.state, first.outcome, first.facts) == (State.CLOSED, "re_ordered", {"new_order": "o2"})
    assert second.state == State.OPEN


def test_the_same_product_bought_again_takes_the_place_of_the_first(store):
    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    write_order(
        store,
        "o2",
        buyer="ann",
        created_at="2026-11-02 15:00:00",
        paid_at="2026-11-02 15:05:00",
        paid_amount="9",
    )
    write_order(store, "o3", buyer="bob", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    write_order(
        store,
        "o4",
        buyer="bob",
        created_at="2026-11-02 15:00:00",
        paid_at="2026-11-02 15:05:00",
        paid_amount="9",
    )
    for order, product in (("o1", "cup"), ("o2", "cup"), ("o3", "cup"), ("o4", "hat")):
        holds(store, order, product)
    catch_up(store, at("2026-11-02 16:01:00"))
    outcomes = {f.subject: (f.outcome, f.closed_at) for f in follow_ups(store, "unpaid")}
    assert outcomes == {"o1": ("re_ordered", at("2026-11-02 15:05:00")), "o3": ("", None)}
    assert follow_ups(store, "duplicate") == []


def test_two_unpaid_orders_of_the_same_things_are_one_too_many(store):
    for order, clock in (("o1", "10:00"), ("o2", "10:20"), ("o3", "10:30")):
        write_order(
            store, order, buyer="ann", status="unpaid", created_at=f"2026-11-02 {clock}:00", total_amount="9"
        )
    holds(store, "o1", "cup", "hat")
    holds(store, "o2", "hat", "cup")
    holds(store, "o3", "cup")
    catch_up(store, at("2026-11-02 11:00:00"))
    found = the_one(store, "duplicate")
    assert (found.subject, found.facts, found.due_at) == ("o2", {"other": "o1"}, at("2026-11-02 16:00:00"))
    write_order(store, "o1", status="closed", closed_at="2026-11-02 12:00:00")
    catch_up(store, at("2026-11-02 12:01:00"))
    found = the_one(store, "duplicate")
    assert (found.outcome, found.closed_at) == ("closed_order", at("2026-11-02 12:00:00"))


def test_the_address_is_checked_between_payment_and_shipping(store):
    write_order(
        store,
        "o1",
        buyer="ann",
        created_at="2026-11-02 15:58:00",
        paid_at="2026-11-02 16:00:00",
        paid_amount="9",
    )
    write_order(
        store,
        "o2",
        buyer="bob",
        created_at="2026-11-02 15:58:00",
        paid_at="2026-11-02 16:00:01",
        paid_amount="9",
    )
    catch_up(store, at("2026-11-02 16:05:00"))
    due = {f.subject: f.due_at for f in follow_ups(store, "address_check")}
    assert due == {"o1": at("2026-11-02 16:00:00"), "o2": at("2026-11-03 16:00:00")}
    write_order(store, "o1", status="shipped", shipped_at="2026-11-02 16:30:00")
    catch_up(store, at("2026-11-02 17:00:00"))
    assert the_one(store, "address_check", subject="o1").outcome == "shipped"


def test_a_promise_of_shipping_is_watched_from_two_hours_before(store):
    write_order(
        store, "o1", buyer="ann", created_at="2026-11-02 09:00:00", paid_at="2026-11-02 09:01:00", paid_amount="9",
        promised_ship_at="2026-11-04 09:00:00",
    )  # fmt: skip
    catch_up(store, at("2026-11-02 16:05:00"))
    found = the_one(store, "not_shipped")
    assert (found.opens_at, found.due_at) == (at("2026-11-04 07:00:00"), at("2026-11-04 09:00:00"))
    write_order(store, "o1", status="shipped", shipped_at="2026-11-04 08:00:00", courier="顺丰")
    catch_up(store, at("2026-11-04 08:10:00"))
    assert the_one(store, "not_shipped").outcome == "shipped"
    late = the_one(store, "not_arrived")
    assert (late.opens_at, late.due_at) == (at("2026-11-11 08:00:00"), at("2026-11-12 08:00:00"))


def test_what_a_person_closed_stays_closed_and_what_the_facts_closed_comes_back(store, owner_of):
    from desk.follow_ups import close
    from tenants.scope import organization_scope

    write_order(store, "o1", buyer="ann", status="unpaid", created_at="2026-11-02 02:00:00", total_amount="9")
    catch_up(store, at("2026-11-02 14:20:00"))
    with organization_scope(store.organization_id):
        close(
            the_one(store, "unpaid"), "reminded", owner_of(store), at("2026-11-02 14:21:00"), note="打过电话"
        )
    write_order(store, "o1", total_amount="8", status="unpaid")
    catch_up(store, at("2026-11-02 14:30:00"))
    found = the_one(store, "unpaid")
    assert (found.state, found.outcome, found.decrypted("outcome_note")) == (
        State.CLOSED,
        "reminded",
        "打过电话",
    )


@pytest.fixture
def owner_of():
    from tests.make import make_member

    return lambda store: make_member(store.organization, "owner")
