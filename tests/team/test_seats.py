"""Binding seats to agents: days, overlaps, and what the change log is told."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from stores.models import Change
from team.models import Agent, Seat, SeatAssignment
from team.seats import bind_seat, days_in_words, end_assignment, remove_assignment, split_agent

pytestmark = pytest.mark.usefixtures("scope")
FIRST, MIDDLE, LAST = date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 30)


@pytest.fixture
def seat(organization, store):
    return Seat.objects.create(organization=organization, store=store, name="旗舰店:小美")


@pytest.fixture
def agents(organization):
    return [Agent.objects.create(organization=organization, name=name) for name in ("小美", "周强")]


def held(seat):
    return list(SeatAssignment.objects.filter(seat=seat).values_list("agent__name", "since", "until"))


def marks():
    """What the change log was told since the last look: (seat, since, until)."""
    lines = list(Change.objects.order_by("pk").values_list("seat_id", "since", "until"))
    Change.objects.all().delete()
    return lines


def test_a_seat_bound_without_days_is_the_agents_for_ever(seat, agents):
    bind_seat(seat, agents[0])
    assert held(seat) == [("小美", date(1, 1, 1), None)]
    assert marks() == [(seat.pk, None, None)]


def test_a_bounded_binding_marks_its_days(seat, agents):
    bind_seat(seat, agents[0], FIRST, LAST)
    ((marked, since, until),) = marks()
    assert marked == seat.pk
    # Shanghai's 1 November begins at 16:00 UTC of 31 October; its 30 November ends at 16:00 UTC that day.
    assert since <= datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert until >= datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until"),
    [(FIRST, LAST), (date(1, 1, 1), None), (MIDDLE, MIDDLE), (date(2026, 10, 1), FIRST), (LAST, None)],
)
def test_days_somebody_holds_already_are_refused_naming_the_holder(seat, agents, since, until):
    bind_seat(seat, agents[0], FIRST, LAST)
    marks()
    with pytest.raises(ValidationError, match="小美"):
        bind_seat(seat, agents[1], since, until)
    assert held(seat) == [("小美", FIRST, LAST)]
    assert marks() == []


def test_the_day_after_the_last_is_free(seat, agents):
    bind_seat(seat, agents[0], FIRST, date(2026, 11, 14))
    bind_seat(seat, agents[1], MIDDLE, None)
    assert [name for name, *_ in held(seat)] == ["小美", "周强"]


def test_the_holder_may_be_ended_the_day_before(seat, agents):
    bind_seat(seat, agents[0], FIRST)
    bind_seat(seat, agents[1], MIDDLE, end_holder=True)
    assert held(seat) == [("小美", FIRST, date(2026, 11, 14)), ("周强", MIDDLE, None)]


def test_a_holder_of_later_days_stands_in_the_way_all_the_same(seat, agents):
    bind_seat(seat, agents[0], FIRST, date(2026, 11, 20))
    bind_seat(seat, agents[0], LAST)
    with pytest.raises(ValidationError):
        bind_seat(seat, agents[1], MIDDLE, end_holder=True)
    assert held(seat) == [("小美", FIRST, date(2026, 11, 20)), ("小美", LAST, None)]


def test_ending_marks_the_days_taken_away(seat, agents):
    assignment = bind_seat(seat, agents[0], FIRST)
    marks()
    end_assignment(assignment, MIDDLE)
    assert held(seat) == [("小美", FIRST, MIDDLE)]
    ((_, since, until),) = marks()
    assert since <= datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert until is None


def test_opening_again_over_the_next_holder_is_refused(seat, agents):
    assignment = bind_seat(seat, agents[0], FIRST, MIDDLE)
    bind_seat(seat, agents[1], LAST)
    marks()
    with pytest.raises(ValidationError, match="周强"):
        end_assignment(assignment, None)
    assert held(seat)[0] == ("小美", FIRST, MIDDLE)
    assert marks() == []


def test_a_last_day_before_the_first_is_refused(seat, agents):
    assignment = bind_seat(seat, agents[0], MIDDLE)
    with pytest.raises(ValidationError):
        end_assignment(assignment, FIRST)


def test_removing_marks_all_its_days(seat, agents):
    assignment = bind_seat(seat, agents[0])
    marks()
    remove_assignment(assignment)
    assert held(seat) == []
    assert marks() == [(seat.pk, None, None)]


def test_splitting_moves_the_chosen_seats_and_confirms(organization, store, seat, agents):
    one = agents[0]
    Agent.objects.filter(pk=one.pk).update(merged_unconfirmed=True)
    other_seat = Seat.objects.create(organization=organization, store=store, name="专卖店:小美")
    bind_seat(seat, one)
    moved = bind_seat(other_seat, one)
    marks()
    other = split_agent(one, [moved], "小美", "E7")
    assert held(seat)[0][0] == "小美"
    assert SeatAssignment.objects.get(seat=other_seat).agent == other
    assert (other.employee_id, Agent.objects.get(pk=one.pk).merged_unconfirmed) == ("E7", False)
    assert marks() == [(other_seat.pk, None, None)]


def test_days_are_said_with_open_ends():
    always = date(1, 1, 1)
    words = [days_in_words(*days) for days in ((always, None), (always, LAST), (FIRST, None), (FIRST, LAST))]
    assert words[3].startswith("2026-11-01")
    assert len(set(words)) == 4
    assert not any("0001" in said for said in words)
