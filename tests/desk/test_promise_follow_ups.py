"""An open promise is a matter of whoever made it, until it is settled: on the list, on the page, or by the facts."""

from datetime import timedelta

import pytest

from desk.follow_ups import assign, close, reopen
from desk.handovers import needs_an_owner
from desk.models import State
from desk.promise_proposals import propose_in
from orders import promises
from orders.service_models import Promise, PromiseState
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one
from tests.make import at, make_agent, make_member, make_organization, make_store, write_order

NOW = at("2026-11-02 10:00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def store(committed):
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "s:mei"))


@pytest.fixture
def user(store, mei):
    return make_member(store.organization, "agent", agent_id=mei.pk)


def promised(store, mei, user, **fields) -> Promise:
    values = {"kind": "courier", "text": "给您发顺丰", "due_at": NOW + 5 * HOUR, "agent_id": mei.pk, **fields}
    with organization_scope(store.organization_id):
        return promises.make_promise(store, promised_at=NOW, user=user, now=NOW, **values)


def in_scope(store, act, *args, **kwargs):
    with organization_scope(store.organization_id):
        return act(*args, **kwargs)


def state_of(store, promise: Promise) -> str:
    with organization_scope(store.organization_id):
        return Promise.objects.get(pk=promise.pk).state


def test_it_is_on_its_owners_list_due_when_the_promise_is_and_stays_there(store, mei, user):
    write_order(store, "A1", buyer="阿月", created_at="2026-11-01 09:00:00", paid_amount="88")
    promise = promised(store, mei, user, order_id="A1")
    catch_up(store, NOW)
    matter = the_one(store, "promise")
    assert (matter.subject, matter.agent_id, matter.order_id, matter.due_at) == (
        str(promise.pk), mei.pk, "A1", NOW + 5 * HOUR,
    )  # fmt: skip
    assert (matter.buyer.name, matter.state, matter.worth) == ("阿月", State.OPEN, 88)
    assert matter.free_at > NOW + 300 * 24 * HOUR
    assert needs_an_owner("promise")


def test_one_without_buyer_and_owner_is_in_the_pool(store, mei, user):
    promised(store, mei, user, agent_id=None)
    catch_up(store, NOW)
    assert the_one(store, "promise").agent_id is None


@pytest.mark.parametrize(
    ("outcome", "state"), [("kept", "kept"), ("broken", "broken"), ("taken_back", "withdrawn")]
)
def test_closing_the_matter_settles_the_promise_and_undoing_opens_it(store, mei, user, outcome, state):
    promise = promised(store, mei, user)
    catch_up(store, NOW)
    matter = the_one(store, "promise")
    in_scope(store, close, matter, outcome, user, NOW + HOUR, note="买家改了")
    assert state_of(store, promise) == state
    catch_up(store, NOW + HOUR)
    assert the_one(store, "promise").closed_by == user
    in_scope(store, reopen, matter, user, NOW + 2 * HOUR)
    assert state_of(store, promise) == "open"
    catch_up(store, NOW + 2 * HOUR)
    assert the_one(store, "promise").state == State.OPEN


def test_withdrawing_on_the_list_needs_a_reason_and_closes_nothing_without(store, mei, user):
    promise = promised(store, mei, user)
    catch_up(store, NOW)
    matter = the_one(store, "promise")
    with pytest.raises(ValueError, match=r"."):
        in_scope(store, close, matter, "taken_back", user, NOW)
    assert (state_of(store, promise), the_one(store, "promise").state) == ("open", State.OPEN)


@pytest.mark.parametrize(("state", "outcome"), [("kept", "promise_kept"), ("broken", "promise_broken")])
def test_settling_the_promise_elsewhere_ends_the_matter_by_the_facts(store, mei, user, state, outcome):
    promise = promised(store, mei, user)
    catch_up(store, NOW)
    in_scope(store, promises.settle, promise, state, user=user, now=NOW + HOUR)
    catch_up(store, NOW + HOUR)
    matter = the_one(store, "promise")
    assert (matter.state, matter.outcome, matter.closed_by, matter.closed_at) == (
        State.CLOSED, outcome, None, NOW + HOUR,
    )  # fmt: skip
    in_scope(store, promises.reopen, promise, user, NOW + 2 * HOUR)
    catch_up(store, NOW + 2 * HOUR)
    assert the_one(store, "promise").state == State.OPEN


def test_shipped_by_that_courier_it_is_kept_by_another_it_waits_for_a_person(store, mei, user):
    made = {}
    for number, courier in (("A1", "顺丰速运"), ("A2", "圆通")):
        write_order(store, number, buyer="阿月", created_at="2026-11-01 09:00:00")
        made[number] = promised(store, mei, user, order_id=number)
        write_order(
            store, number, buyer="阿月", status="shipped", created_at="2026-11-01 09:00:00",
            shipped_at="2026-11-02 12:00:00", courier=courier,
        )  # fmt: skip
    propose_in(store, NOW + 3 * HOUR)
    catch_up(store, NOW + 3 * HOUR)
    assert [state_of(store, made[number]) for number in ("A1", "A2")] == [
        PromiseState.KEPT,
        PromiseState.OPEN,
    ]
    ended = {matter.order_id: (matter.state, matter.outcome) for matter in follow_ups(store, "promise")}
    assert ended["A2"] == (State.OPEN, "")
    assert ended.get("A1", (State.CLOSED, "promise_kept")) == (State.CLOSED, "promise_kept")


def test_handed_over_it_stays_with_the_receiver_whatever_the_facts_move(store, mei, user):
    other = make_agent(store.organization, "周强", (store, "s:qiang"))
    promise = promised(store, mei, user)
    catch_up(store, NOW)
    in_scope(store, assign, the_one(store, "promise"), other.pk, user, NOW + HOUR)
    in_scope(
        store,
        promises.change,
        promise,
        due_at=NOW + 9 * HOUR,
        agent_id=mei.pk,
        order_id=None,
        user=user,
        now=NOW + HOUR,
    )
    catch_up(store, NOW + HOUR)
    matter = the_one(store, "promise")
    assert (matter.agent_id, matter.due_at) == (other.pk, NOW + 9 * HOUR)
