"""The open step of a case is a follow-up of its agent, and only that."""

import pytest

from desk.models import State
from orders.cases import assign, change_kind, close_early, reopen
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one
from tests.make import make_agent, make_member, make_organization, make_store
from tests.orders.after_sales import HOUR, NOW, a_case, an_order, go_on

pytestmark = pytest.mark.usefixtures("committed", "english")


@pytest.fixture
def world():
    """(store, the agent, a member, a case of an invoice, opened at NOW)."""
    store = make_store(make_organization("yunfan"), "tb1")
    agent = make_agent(store.organization, "王小美", (store, "s:mei"))
    user = make_member(store.organization, "agent", agent_id=agent.pk)
    an_order(store)
    with organization_scope(store.organization_id):
        case = a_case(store, user, "invoice", agent_id=agent.pk)
    return store, agent, user, case


def found(store) -> list[tuple]:
    return [
        (f.occasion, f.agent_id, f.state, f.outcome, f.due_at, f.closed_at)
        for f in follow_ups(store, "case_step")
    ]


def test_each_step_is_one_until_it_is_done(world):
    store, agent, user, case = world
    catch_up(store, NOW + HOUR)
    first = the_one(store, "case_step")
    assert (first.subject, first.occasion, first.order_id, first.worth) == (str(case.pk), "data-0", "o1", 100)
    assert (first.opens_at, first.due_at, first.facts["case"]) == (NOW, NOW + 24 * HOUR, case.pk)
    with organization_scope(store.organization_id):
        go_on(case, user, now=NOW + 2 * HOUR)
    catch_up(store, NOW + 3 * HOUR)
    done = ("data-0", agent.pk, State.CLOSED, "step_done", NOW + 24 * HOUR, NOW + 2 * HOUR)
    assert found(store) == [done, ("issue-0", agent.pk, State.OPEN, "", NOW + 26 * HOUR, None)]
    with organization_scope(store.organization_id):
        go_on(case, user, now=NOW + 4 * HOUR, outcome="invoiced")
    catch_up(store, NOW + 5 * HOUR)
    assert [row[2:4] for row in found(store)] == [(State.CLOSED, "step_done")] * 2


def test_closed_early_opened_again_and_begun_anew_each_have_their_own(world):
    store, _agent, user, case = world
    with organization_scope(store.organization_id):
        close_early(case, "settled", "x", user=user, lead=True, now=NOW + HOUR)
        reopen(case, "x", user=user, now=NOW + 2 * HOUR)
        change_kind(case, "repair", "x", user=user, now=NOW + 3 * HOUR)
    catch_up(store, NOW + 4 * HOUR)
    assert [(row[0], row[2], row[5]) for row in found(store)] == [
        ("data-0", State.CLOSED, NOW + HOUR),
        ("data-1", State.CLOSED, NOW + 3 * HOUR),
        ("fault-2", State.OPEN, None),
    ]


def test_it_goes_with_the_case_to_somebody_else(world):
    store, _agent, user, case = world
    other = make_agent(store.organization, "周强", (store, "s:qiang"))
    catch_up(store, NOW + HOUR)
    with organization_scope(store.organization_id):
        assign(case, other.pk, user=user, now=NOW + HOUR)
    catch_up(store, NOW + 2 * HOUR)
    assert the_one(store, "case_step").agent_id == other.pk


def test_a_case_of_no_buyer_has_its_follow_up_too(world):
    store, agent, user, _case = world
    catch_up(store, NOW)
    with organization_scope(store.organization_id):
        case = a_case(store, user, "repair", order_id="not-imported", agent_id=agent.pk)
    catch_up(store, NOW + HOUR)
    assert the_one(store, "case_step", subject=str(case.pk)).state == State.OPEN
    with organization_scope(store.organization_id):
        go_on(case, user, now=NOW + HOUR)
    catch_up(store, NOW + 2 * HOUR)
    assert {f.occasion for f in follow_ups(store, "case_step", subject=str(case.pk), state=State.OPEN)} == {
        "way_back-0"
    }
