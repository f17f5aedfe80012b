"""What people do with follow-ups: whose list one is on, and that no act happens twice."""

from datetime import timedelta

import pytest

from desk.follow_ups import (
    ask_supervisor,
    asked_in_time,
    assign,
    close,
    in_pool,
    make_by_hand,
    offered_to,
    on_list_of,
    reopen,
    set_due,
    take,
)
from desk.models import Duty, FollowUp, FollowUpEvent, HandoverLine, LineState, State
from tests.make import at, make_agent, make_member

pytestmark = pytest.mark.usefixtures("english")

NOW = at("2026-11-02 10:00:00")


@pytest.fixture
def people(organization, store):
    return [make_agent(organization, name, (store, f"s:{name}")) for name in ("mei", "qiang")]


@pytest.fixture
def user(organization):
    return make_member(organization, "owner")


@pytest.fixture
def matter(store, people, user, scope):
    """Free for others two hours from now."""
    made = make_by_hand(
        store,
        kind_text="call back",
        due_at=NOW + timedelta(hours=2),
        agent_id=people[0].pk,
        user=user,
        now=NOW,
    )
    FollowUp.objects.filter(pk=made.pk).update(free_at=NOW + timedelta(hours=2))
    made.refresh_from_db()
    return made


def lists(matter, people, now=NOW) -> list[str]:
    """On which lists it is now."""
    found = [a.name for a in people if on_list_of(a.pk, now).filter(pk=matter.pk).exists()]
    found += ["pool"] * in_pool([matter.store_id], now).filter(pk=matter.pk).exists()
    return found + [
        f"offered {a.name}" for a in people if offered_to(a.pk, now).filter(pk=matter.pk).exists()
    ]


def offer(matter, giver, to=None):
    duty = Duty.objects.create(
        organization_id=matter.organization_id, agent=giver, day=NOW.date(), starts_at=NOW, ends_at=NOW
    )
    FollowUp.objects.filter(pk=matter.pk).update(offered_agent_id=to and to.pk, offered_pool=to is None)
    return HandoverLine.objects.create(
        organization_id=matter.organization_id,
        duty=duty,
        follow_up=matter,
        to_agent_id=to and to.pk,
        offered_at=NOW,
    )


def test_it_is_its_agents_until_it_is_free(matter, people):
    assert lists(matter, people) == ["mei"]
    assert lists(matter, people, NOW + timedelta(minutes=119)) == ["mei"]
    assert lists(matter, people, NOW + timedelta(hours=2)) == ["pool"]


def test_who_takes_it_keeps_it(matter, people, user):
    with pytest.raises(ValueError, match="Somebody else"):
        take(matter, people[1].pk, user, NOW)
    late = NOW + timedelta(hours=3)
    assert take(matter, people[1].pk, user, late)
    assert not take(matter, people[1].pk, user, late)
    assert lists(matter, people, late + timedelta(days=9)) == ["qiang"]
    assert FollowUpEvent.objects.filter(what="taken").count() == 1


def test_what_is_offered_is_on_that_list_alone(matter, people, user):
    offer(matter, people[0], people[1])
    assert lists(matter, people) == ["offered qiang"]
    with pytest.raises(ValueError, match="handed over"):
        take(matter, people[1].pk, user, NOW)


def test_what_is_offered_to_the_next_shift_shows_to_those_with_a_seat_there(organization, matter, people):
    stranger = make_agent(organization, "stranger")
    offer(matter, people[0])
    assert lists(matter, [*people, stranger]) == ["offered mei", "offered qiang"]


def test_assigning_settles_a_handover_that_waits(matter, people, user):
    line = offer(matter, people[0], people[1])
    assert assign(matter, None, user, NOW)
    line.refresh_from_db()
    assert (line.state, line.answered_at) == (LineState.SETTLED, NOW)
    assert lists(matter, people) == ["pool"]


def test_closing_needs_an_outcome_of_its_kind_and_settles_the_handover(matter, people, user):
    line = offer(matter, people[0], people[1])
    with pytest.raises(ValueError, match="how it ended"):
        close(matter, "paid", user, NOW)
    assert close(matter, "done", user, NOW, note="电话 13812345678")
    assert not close(matter, "no_answer", user, NOW)
    matter.refresh_from_db()
    line.refresh_from_db()
    assert (matter.state, matter.outcome, matter.closed_by, matter.closed_at) == (
        State.CLOSED,
        "done",
        user,
        NOW,
    )
    assert b"138" not in bytes(matter.outcome_note)
    assert (line.state, lists(matter, people)) == (LineState.SETTLED, [])


def test_it_opens_again_where_it_was(matter, people, user):
    close(matter, "done", user, NOW)
    assert reopen(matter, user, NOW)
    assert not reopen(matter, user, NOW)
    assert lists(matter, people) == ["mei"]
    assert [e.what for e in FollowUpEvent.objects.order_by("pk")] == ["made", "closed", "reopened"]


def test_what_the_facts_closed_no_person_opens(matter, user):
    FollowUp.objects.filter(pk=matter.pk).update(state=State.CLOSED, outcome="paid", closed_at=NOW)
    with pytest.raises(ValueError, match="by the facts"):
        reopen(matter, user, NOW)


def test_a_later_due_time_keeps_it_with_its_agent_as_long(matter, people, user):
    assert set_due(matter, NOW + timedelta(hours=5), user, NOW)
    matter.refresh_from_db()
    assert (matter.due_at, matter.free_at) == (NOW + timedelta(hours=5),) * 2
    assert not set_due(matter, matter.due_at, user, NOW)


def test_asking_before_it_is_due_clears_the_agent(matter, user):
    ask_supervisor(matter, "仓库没货？", user, NOW + timedelta(hours=3))
    assert not asked_in_time(matter)
    ask_supervisor(matter, "还没发？", user, NOW)
    assert asked_in_time(matter)
    assert FollowUp.objects.get(pk=matter.pk).decrypted("text") == "call back\n仓库没货？\n还没发？"


def test_a_closed_one_is_nobodys_to_change(matter, people, user):
    close(matter, "done", user, NOW)
    for act in (lambda: take(matter, people[0].pk, user, NOW), lambda: assign(matter, None, user, NOW)):
        with pytest.raises(ValueError, match="closed already"):
            act()
