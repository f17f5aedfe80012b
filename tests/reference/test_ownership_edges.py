"""docs/kpis.md §4 and §6 to the second: where a window, a chase, a flag or an inquiry begins and ends."""

from datetime import timedelta

import pytest

from .by_hand import HandStore, at, day, row
from .metrics import compute
from .model import DAY, SECOND, Session


def served(seat: str = "A", **rule) -> HandStore:
    """A chat with `seat` on day 1 from 10:00 to 10:20."""
    hand = HandStore(rule)
    hand.chat(seat, at(1, "10:00"), at(1, "10:20"))
    return hand


def chased(created_on_day_1: str, paid_on_day_2: str, chaser: bool = True) -> HandStore:
    hand = HandStore({"chaser": chaser})
    hand.order(at(1, created_on_day_1), at(2, paid_on_day_2))
    return hand


def test_the_last_second_of_a_session_is_in_it():
    hand = served()
    hand.order(at(1, "10:20"), at(1, "10:20"))
    assert hand.owners() == ("A", "A", "A")


def test_of_sessions_with_the_same_end_the_later_start_wins():
    hand = served("B")
    hand.chat("C", at(1, "10:05"), at(1, "10:20"))
    hand.order(at(1, "10:30"), at(1, "10:30"))
    assert hand.owners() == ("C", "C", "C")


def test_a_session_that_covers_the_event_wins_over_one_that_ended():
    hand = served("B")
    hand.chat("A", at(1, "10:10"), at(1, "10:15"))
    hand.order(at(1, "10:18"), at(1, "10:18"))
    assert hand.owners() == ("B", "B", "B")


@pytest.mark.parametrize(("late", "reason"), [(0, "flag"), (1, "silent")])
def test_a_flag_holds_until_exactly_48_hours_after_the_session(late, reason):
    hand = served()
    paid = at(1, "10:20") + 2 * DAY + late * SECOND
    hand.order(paid, paid, flag=3, flag_seat="A")
    assert hand.reasons() == {reason}
    assert hand.result().flags_not_honoured == (["o1"] if late else [])


@pytest.mark.parametrize(("paid", "reason"), [("10:01:00", "flag"), ("10:00:59", "silent")])
def test_a_flag_holds_from_the_second_the_buyer_was_served(paid, reason):
    hand = served()
    hand.order(at(1, "09:00"), at(1, paid), flag=3, flag_seat="A")
    assert hand.reasons() == {reason}


def test_a_colour_that_is_not_among_the_excluded_ones_excludes_nothing():
    hand = served(flag_rule="excludes", excluded_flags=frozenset({2}))
    hand.order(at(1, "10:10"), at(1, "10:15"), flag=1)
    assert hand.owners() == ("A", "A", "A")


def test_assists_are_of_the_same_buyer_until_48_hours_before_payment():
    hand = served("C")
    start = at(1, "10:20") + 2 * DAY - timedelta(minutes=20)
    hand.chat("A", start, start + timedelta(minutes=25))
    hand.says("B", start, "in", buyer="another")
    hand.says("B", start, buyer="another")
    paid = at(1, "10:20") + 2 * DAY
    hand.order(paid, paid)
    hand.order(paid + SECOND, paid + SECOND)
    assert hand.result().assists == {"o1": {"C"}, "o2": set()}


@pytest.mark.parametrize(("created", "owner"), [("09:59:59", "A"), ("10:00:00", None)])
def test_the_chaser_needs_more_than_24_hours_and_may_write_in_the_second_of_payment(created, owner):
    hand = chased(created, "10:00")
    hand.says("A", at(2, "10:00"))
    assert hand.owners() == (owner, owner, owner)


@pytest.mark.parametrize(("late", "owner"), [(0, "A"), (1, None)])
def test_a_chase_is_forgotten_after_the_window(late, owner):
    hand = HandStore({"chaser": True})
    hand.says("A", at(3, "10:00"))
    hand.order(at(1, "10:00"), at(3, "10:00") + 2 * DAY + late * SECOND)
    assert hand.owners() == (owner, owner, owner)


def test_neither_an_automatic_reply_nor_one_to_another_buyer_is_a_chase():
    hand = chased("09:00", "12:00")
    hand.says("A", at(2, "11:00"), auto=True)
    hand.says("A", at(2, "11:00"), buyer="another")
    assert hand.owners() == (None, None, None)


def test_of_two_chases_in_the_same_second_the_smaller_seat_name_wins():
    hand = chased("09:00", "12:00")
    hand.says("B", at(2, "11:00"))
    hand.says("A", at(2, "11:00"))
    hand.says("C", at(2, "10:59"))
    assert hand.owners() == ("A", "A", "A")


def test_an_automatic_reply_is_no_proof_of_being_on_line():
    hand = served(chaser=True)
    hand.order(at(1, "10:10"), at(2, "12:00"))
    hand.says("B", at(2, "11:00"))
    hand.says("A", at(2, "11:00"), auto=True)
    assert hand.owners() == ("B", "B", "B")
    hand.says("A", at(2, "11:00"), buyer="another")
    assert hand.owners()[:2] == ("A", "A")


@pytest.mark.parametrize(("counts", "received"), [((1, 1), 1), ((1, 0), 0), ((0, 1), 0)])
def test_an_exported_session_is_served_when_both_counts_are_at_least_one(counts, received):
    store = HandStore().store()
    store.sessions.append(Session("x", "b", "A", at(1, "10:00"), at(1, "10:20"), *counts))
    assert row(compute(store), 1, "A")["received_buyers"] == received


def test_a_session_counts_a_round_each_time_the_store_answers():
    hand = HandStore()
    for minute, direction in enumerate(("out", "in", "in", "out", "out", "in", "out", "in")):
        hand.says("A", at(1, f"10:0{minute}"), direction)
    (session,) = hand.result().sessions
    assert (session.rounds, session.in_count, session.reply_count) == (2, 4, 4)
    assert (session.opened_by, session.served_at) == ("out", at(1, "10:01"))


def test_a_word_to_another_seat_in_the_second_of_the_agents_opening_makes_an_inquiry():
    hand = HandStore()
    hand.says("A", at(1, "10:00"))
    hand.says("A", at(1, "10:05"), "in")
    hand.says("B", at(1, "10:00"), "in")
    assert {i.agent for i in hand.result().inquiries} == {"", "A"}


def test_an_order_paid_in_the_first_second_of_the_inquiry_converts_it():
    hand = served()
    hand.chat("A", at(2, "10:00"), at(2, "10:20"))
    hand.order(at(2, "10:00"), at(2, "10:00"))
    assert {(i.day, i.converted_same_day, i.converted_final) for i in hand.result().inquiries} == {
        (day(1), False, True),
        (day(2), True, True),
    }


def test_another_buyers_order_converts_nothing():
    hand = served()
    hand.says("A", at(1, "10:00"), "in", buyer="c")
    hand.says("A", at(1, "10:00"), buyer="c")
    hand.order(at(1, "10:10"), at(1, "10:15"), buyer="c")
    converted = {(i.agent, i.buyer): i.converted_same_day for i in hand.result().inquiries}
    assert converted == {("", "b"): False, ("A", "b"): False, ("", "c"): True, ("A", "c"): True}


def test_an_unconverted_buyer_is_shown_with_the_chat_and_the_order_left_unpaid():
    hand = served()
    hand.says("A", at(1, "11:30"), "in")
    hand.says("A", at(1, "11:31"))
    hand.says("A", at(1, "11:30"), "in", buyer="another")
    hand.order(at(2, "23:59:59"), None, status="unpaid", paid_amount=None)
    (lost,) = hand.result().unconverted
    assert (lost.agent, lost.buyer, lost.day) == ("A", "b", day(1))
    assert (lost.first_message_at, lost.last_message_at) == (at(1, "10:00"), at(1, "11:31"))
    assert (lost.chat_seconds, lost.in_count, lost.reply_count) == (5460, 3, 2)
    assert (lost.last_words, lost.unpaid_order) == ("m996", True)


@pytest.mark.parametrize(
    ("created", "buyer"), [(at(3, "00:00"), "b"), (at(1, "11:00"), "c"), (at(1, "09:59"), "b")]
)
def test_an_order_of_another_buyer_or_time_is_not_the_one_left_unpaid(created, buyer):
    hand = served()
    hand.order(created, None, status="unpaid", paid_amount=None, buyer=buyer)
    assert [lost.unpaid_order for lost in hand.result().unconverted] == [False]


def test_a_session_of_one_second_can_hold_the_flag_of_an_order_paid_in_it():
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    hand.says("A", at(1, "10:00"))
    hand.order(at(1, "09:00"), at(1, "10:00"), flag=1, flag_seat="A")
    assert hand.reasons() == {"flag"}
