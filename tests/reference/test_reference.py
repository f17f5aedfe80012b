"""The check cases of docs/kpis.md §10, worked by hand, against the reference itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from .by_hand import HandStore, at, day, row
from .model import DAY, SECOND, SeatAssignment


def one_chat(seat: str = "A", start: str = "10:00", end: str = "10:20", number: int = 1) -> HandStore:
    hand = HandStore()
    hand.chat(seat, at(number, start), at(number, end))
    return hand


def test_case_1_an_order_during_the_chat_is_the_agents_under_every_rule():
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"))
    assert hand.owners() == ("A", "A", "A")


def test_case_2_who_served_at_creation_and_who_at_payment():
    hand = one_chat()
    hand.order(at(1, "10:30"), at(1, "11:05"))
    hand.chat("B", at(1, "11:00"), at(1, "11:10"))
    assert hand.owners() == ("A", "A", "B")


def test_case_3_a_chat_after_creation_lands_the_payment_only():
    hand = one_chat("B", "09:30", "09:45")
    hand.order(at(1, "09:00"), at(1, "09:40"))
    assert hand.owners() == (None, "B", "B")


@pytest.mark.parametrize(("ownership", "owner"), [("time", "B"), ("rounds", "A")])
def test_case_4_of_two_overlapping_chats_the_later_end_wins_or_the_more_rounds(ownership, owner):
    hand = HandStore({"ownership": ownership})
    hand.chat("A", at(1, "10:00"), at(1, "10:30"))
    hand.says("A", at(1, "10:25"))
    hand.chat("B", at(1, "10:05"), at(1, "10:40"))
    hand.order(at(1, "10:20"), at(1, "10:20"))
    assert hand.owners() == (owner, owner, owner)


@pytest.mark.parametrize(("window_days", "owner"), [(2, None), (3, "A")])
def test_case_5_a_chat_49_hours_before_lands_only_in_a_longer_window(window_days, owner):
    hand = one_chat()
    hand.rule = {"window_days": window_days}
    created = at(1, "10:20") + timedelta(hours=49)
    hand.order(created, created)
    assert hand.owners() == (owner, owner, owner)


def test_the_window_ends_after_exactly_48_hours():
    for late, owner in ((0, "A"), (1, None)):
        hand = one_chat()
        created = at(1, "10:20") + 2 * DAY + late * SECOND
        hand.order(created, created)
        assert hand.owners() == (owner, owner, owner)


def test_case_6_who_chased_an_unpaid_order_wins_over_an_agent_off_line():
    hand = one_chat()
    hand.rule = {"chaser": True}
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    assert hand.owners() == ("B", "B", "B")
    assert hand.reasons() == {"chaser"}


@pytest.mark.parametrize(("moment", "owner"), [("11:31:00", "A"), ("11:30:59", "B"), ("12:31:00", "A")])
def test_a_reply_exactly_30_minutes_from_the_chase_is_on_line(moment, owner):
    hand = one_chat()
    hand.rule = {"chaser": True}
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    hand.says("A", at(2, moment))
    assert hand.owners()[0] == owner


def test_case_7_a_chat_across_midnight_is_one_inquiry_of_the_day_it_began():
    hand = one_chat("A", "23:50", "23:59")
    hand.says("A", at(2, "00:10"), "in")
    hand.day_cut = timedelta(hours=2)
    result = hand.result()
    assert [(i.agent, i.day) for i in result.inquiries] == [("", day(1)), ("A", day(1))]
    assert {r["day"] for r in result.rows} == {day(1)}


def test_case_8_one_answered_round_of_90_seconds_and_one_unanswered():
    hand = HandStore()
    hand.says("A", at(1, "10:00:00"), "in")
    hand.says("A", at(1, "10:00:20"), "in")
    hand.says("A", at(1, "10:00:21"), auto=True)
    hand.says("A", at(1, "10:01:30"))
    hand.says("A", at(1, "10:05:00"), "in")
    result = hand.result()
    for agent in ("", "A"):
        figures = row(result, 1, agent)
        assert (figures["response_count"], figures["response_seconds_sum"]) == (1, 90)
        assert (figures["first_response_count"], figures["first_response_seconds_sum"]) == (1, 90)
        assert (figures["unanswered_rounds"], figures["within_180s"]) == (1, 1)
        assert (figures["in_messages"], figures["human_replies"]) == (3, 1)


def test_case_9_completed_parts_are_one_refunded_order_and_their_sum():
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"))
    hand.refund("20")
    hand.refund("10", kind="return_refund")
    hand.refund("5", status="open")
    figures = row(hand.result(), 1, "A")
    assert (figures["refunded_orders"], figures["orders"]) == (1, 1)
    assert (figures["refunded_amount"], figures["paid_amount"]) == (Decimal(30), Decimal(100))


def test_case_10_nobody_lands_what_comes_before_the_first_reply():
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    hand.says("A", at(1, "10:02"))
    hand.order(at(1, "10:01"), at(1, "10:03"))
    assert hand.owners() == (None, "A", "A")


@pytest.mark.parametrize(("flag_rule", "owner"), [("assigns", "A"), ("excludes", None), ("ignored", "B")])
def test_case_11_the_flag_assigns_excludes_or_is_ignored(flag_rule, owner):
    hand = one_chat()
    hand.rule = {"flag_rule": flag_rule}
    hand.chat("B", at(1, "10:30"), at(1, "10:40"))
    hand.order(at(1, "10:45"), at(1, "10:46"), flag=1, flag_seat="A")
    assert hand.owners() == (owner, owner, owner)
    assert hand.result().flags_not_honoured == []


def test_case_11_the_flag_of_one_who_never_served_is_not_honoured():
    hand = one_chat()
    hand.chat("B", at(1, "10:30"), at(1, "10:40"))
    hand.order(at(1, "10:45"), at(1, "10:46"), flag=1, flag_seat="C")
    assert hand.owners() == ("B", "B", "B")
    assert hand.result().flags_not_honoured == ["o1"]
    assert hand.result().assists == {"o1": {"A"}}


def test_case_12_a_chat_before_the_day_cut_is_of_who_held_the_seat_the_day_before():
    hand = HandStore(day_cut=timedelta(hours=2))
    hand.seats = [
        SeatAssignment("X", "A", None, day(1), day(5)),
        SeatAssignment("X", "B", None, day(6), None),
    ]
    hand.chat("X", at(6, "01:00"), at(6, "01:20"))
    assert [(s.agent, s.day) for s in hand.result().sessions] == [("A", day(5))]
    hand.chat("X", at(6, "02:00"), at(6, "02:10"))
    assert [(s.agent, s.day) for s in hand.result().sessions][1:] == [("B", day(6))]


def test_case_13_a_chat_after_a_sale_is_no_inquiry_unless_a_new_order_follows():
    hand = one_chat(number=3)
    hand.order(at(1, "08:59"), at(1, "09:00"))
    assert hand.result().inquiries == []
    hand.order(at(3, "11:00"), None, status="unpaid", paid_amount=None)
    assert [i.agent for i in hand.result().inquiries] == ["", "A"]


def test_the_horizon_is_15_days_and_a_new_order_counts_until_the_window_has_passed():
    start = at(20, "10:00")
    for paid, again, inquiries in (
        (start - 15 * DAY, start + 2 * DAY, 2),
        (start - 15 * DAY, start + 2 * DAY + SECOND, 0),
        (start - DAY, start, 2),
        (start - DAY, start - SECOND, 0),
        (start - 15 * DAY - SECOND, None, 2),
        (start, None, 2),
    ):
        hand = one_chat(number=20)
        hand.order(paid, paid)
        if again is not None:
            hand.order(again, None, status="unpaid", paid_amount=None)
        assert len(hand.result().inquiries) == inquiries


def test_case_14_an_order_created_before_the_chat_and_paid_in_it_converts_it():
    hand = one_chat("B", "09:30", "09:45")
    hand.order(at(1, "09:00"), at(1, "09:40"))
    result = hand.result()
    assert {(i.agent, i.converted_same_day, i.converted_final) for i in result.inquiries} == {
        ("", True, True),
        ("B", True, True),
    }
    assert result.unconverted == []


def test_case_15_the_stores_sales_are_owned_silent_and_unassigned_ones():
    hand = one_chat()
    hand.chat("X", at(1, "12:00"), at(1, "12:10"))
    hand.order(at(1, "10:10"), at(1, "10:15"), "300")
    hand.order(at(1, "12:05"), at(1, "12:06"), "100")
    hand.order(at(1, "12:05"), at(1, "12:06"), "200", buyer="another")
    result = hand.result()
    store, agent, nobody = (row(result, 1, name) for name in ("", "A", "unassigned"))
    assert (store["paid_amount"], store["sales_share"]) == (Decimal(600), Decimal("0.666667"))
    assert (agent["paid_amount"], agent["sales_share"]) == (Decimal(300), Decimal("0.500000"))
    assert (nobody["paid_amount"], nobody["store_paid_amount"]) == (Decimal(100), Decimal(600))
    assert (store["buyers"], agent["buyers"], nobody["buyers"]) == (2, 1, 1)


def test_case_16_a_reply_the_day_after_answers_no_round():
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    hand.says("B", at(2, "10:00"))
    result = hand.result()
    for agent in ("", "A"):
        figures = row(result, 1, agent)
        assert (figures["consulting_buyers"], figures["unanswered_buyers"]) == (1, 1)
        assert (figures["unanswered_rounds"], figures["received_buyers"]) == (1, 0)
    for agent in ("", "B"):
        figures = row(result, 2, agent)
        assert (figures["human_replies"], figures["response_count"]) == (1, 0)
        assert (figures["unanswered_rounds"], figures["unanswered_buyers"]) == (0, 0)


@pytest.mark.parametrize("directions", [("in", "out"), ("out", "in")])
def test_case_17_a_reply_in_the_same_second_is_a_round_of_0_seconds(directions):
    hand = HandStore()
    for direction in directions:
        hand.says("A", at(1, "10:00"), direction)
    figures = row(hand.result(), 1, "A")
    assert (figures["response_count"], figures["response_seconds_sum"]) == (1, 0)
    assert figures["unanswered_rounds"] == 0


@pytest.mark.parametrize(("moment", "owner"), [("11:00", "A"), ("10:00", "A"), ("09:59", None)])
def test_case_18_a_chase_counts_from_24_hours_after_creation(moment, owner):
    hand = HandStore({"chaser": True})
    hand.order(at(1, "10:00"), at(2, "11:30"))
    hand.says("A", at(2, moment))
    assert hand.owners() == (owner, owner, owner)


def test_case_18_who_landed_the_creation_and_chases_himself_keeps_the_order():
    hand = one_chat("A", "09:40", "09:50")
    hand.rule = {"chaser": True}
    hand.order(at(1, "10:00"), at(2, "11:30"))
    hand.says("A", at(2, "11:00"))
    assert hand.owners() == ("A", "A", "A")
    assert "chaser" not in hand.reasons()


@pytest.mark.parametrize(("flag_rule", "owner"), [("assigns", "A"), ("excludes", None)])
def test_case_19_a_colour_without_an_agent_assigns_to_nobody_but_excludes(flag_rule, owner):
    hand = one_chat()
    hand.rule = {"flag_rule": flag_rule}
    hand.order(at(1, "10:10"), at(1, "10:15"), flag=1)
    assert hand.owners() == (owner, owner, owner)
    assert hand.result().flags_not_honoured == []


@pytest.mark.parametrize(("evening_before", "inquiries"), [(False, []), (True, ["", "A"])])
def test_case_20_a_chat_the_agent_opened_lands_orders_but_is_no_inquiry(evening_before, inquiries):
    hand = HandStore()
    if evening_before:
        hand.says("B", at(1, "20:00"), "in")
    hand.says("A", at(2, "10:00"))
    hand.says("A", at(2, "10:05"), "in")
    hand.says("A", at(2, "10:06"))
    hand.order(at(2, "10:10"), at(2, "10:11"))
    assert hand.owners() == ("A", "A", "A")
    assert [i.agent for i in hand.result().inquiries] == inquiries


def test_case_21_a_closed_order_paid_with_nothing_is_no_sale():
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"), "0.00", status="closed")
    result = hand.result()
    assert result.owners == {}
    assert row(result, 1, "")["orders"] == 0


def test_case_21_cash_on_delivery_knows_no_chaser():
    hand = HandStore({"chaser": True})
    hand.order(at(1, "10:00"), at(2, "12:00"), cod=True)
    hand.says("A", at(2, "11:00"))
    assert hand.owners() == (None, None, None)
