"""The check cases of the metrics' definition about whose an order is, worked by hand, against the product's SQL.

Stores come in through real files and writers; nothing expected here is the reference computation's. Owners are told
as (order, order_first, payment). Each chat's first `in` is at its start, its only human reply a minute later.
The cases about what is counted are in test_check_cases_counted.py.
"""

from datetime import timedelta

import pytest

from tests.kpis.against_reference import product_owners
from tests.kpis.imported import one_chat
from tests.reference.by_hand import HandStore, at
from tests.reference.model import DAY, SECOND, Shift

NOBODY = None


def test_case_1_an_order_during_the_chat(bring_in):
    """| A 10:00–10:20 | created 10:10 → A | paid 10:15 → A |"""
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"))
    assert bring_in(hand).owners() == ("A", "A", "A")


def test_case_2_a_second_agent_serves_the_payment(bring_in):
    """
    | created 10:30 | A ended 10 min before → A  |
    | paid 11:05    | B 11:00–11:10 covers it → B |
    """
    hand = one_chat()
    hand.order(at(1, "10:30"), at(1, "11:05"))
    hand.chat("B", at(1, "11:00"), at(1, "11:10"))
    assert bring_in(hand).owners() == ("A", "A", "B")


def test_case_3_a_chat_after_creation(bring_in):
    """
    | created 09:00 | no chat yet → nobody      |
    | paid 09:40    | B 09:30–09:45 covers → B  |
    """
    hand = one_chat("B", "09:30", "09:45")
    hand.order(at(1, "09:00"), at(1, "09:40"))
    assert bring_in(hand).owners() == (NOBODY, "B", "B")


@pytest.mark.parametrize(("ownership", "owner"), [("time", "B"), ("rounds", "A")])
def test_case_4_overlapping_chats(bring_in, ownership, owner):
    """
    | chat          | rounds | end   |
    | A 10:00–10:30 | 2      | 10:30 |
    | B 10:05–10:40 | 1      | 10:40 |
    Created and paid 10:20, inside both: the latest end is B's, the most rounds are A's.
    """
    hand = HandStore({"ownership": ownership})
    hand.chat("A", at(1, "10:00"), at(1, "10:30"))
    hand.says("A", at(1, "10:25"))
    hand.chat("B", at(1, "10:05"), at(1, "10:40"))
    hand.order(at(1, "10:20"), at(1, "10:20"))
    assert bring_in(hand).owners() == (owner, owner, owner)


@pytest.mark.parametrize(
    ("window_days", "after", "owner"),
    [
        (2, timedelta(hours=49), NOBODY),
        (3, timedelta(hours=49), "A"),
        (2, 2 * DAY, "A"),
        (2, 2 * DAY + SECOND, NOBODY),
    ],
)
def test_case_5_the_window(bring_in, window_days, after, owner):
    """
    | created and paid after A's end | window 2 days (172,800 s) | 3 days |
    | 49 h                           | nobody                    | A      |
    | 48 h / 48 h and a second       | A / nobody                |        |
    """
    hand = one_chat(window_days=window_days)
    hand.order(at(1, "10:20") + after, at(1, "10:20") + after)
    assert bring_in(hand).owners() == (owner, owner, owner)


@pytest.mark.parametrize(
    ("a_writes", "owners"),
    [
        (None, ("B", "B", "B")),
        ("11:31:00", ("A", "A", "B")),
        ("11:30:59", ("B", "B", "B")),
        ("12:31:00", ("A", "A", "B")),
    ],
)
def test_case_6_the_chaser_wins_over_who_is_off_line(bring_in, a_writes, owners):
    """
    Created day 1 10:30 (A landed it at 10:20), paid day 2 12:05, B's last reply 12:01 is 25 h 31 min later.
    | A writes to another buyer | off line at 12:01?   | owner                         |
    | never                     | yes                  | B, the chaser                 |
    | 11:31:00 or 12:31:00      | no, exactly 30 min   | A by creation, B by payment   |
    | 11:30:59                  | yes, 30 min and 1 s  | B, the chaser                 |
    """
    hand = one_chat(chaser=True)
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    if a_writes:
        hand.says("A", at(2, a_writes), buyer="another")
    assert bring_in(hand).owners() == owners


@pytest.mark.parametrize(
    ("shift", "owners"),
    [
        (("09:00", "12:01"), ("A", "A", "B")),
        (("12:01", "18:00"), ("A", "A", "B")),
        (("09:00", "12:00"), ("B", "B", "B")),
        (("12:02", "18:00"), ("B", "B", "B")),
    ],
)
def test_case_6_who_has_a_shift_at_the_chase_is_on_line(bring_in, shift, owners):
    """
    As case 6, A writes nothing on day 2 but has a published shift; the chase is B's last reply, 12:01.
    | A's shift on day 2            | on line at 12:01?  | owner                       |
    | 09:00–12:01 or 12:01–18:00    | yes, ends included | A by creation, B by payment |
    | 09:00–12:00 or 12:02–18:00    | no                 | B, the chaser               |
    """
    hand = one_chat(chaser=True)
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    hand.shifts.append(Shift("A", *(at(2, time) for time in shift)))
    assert bring_in(hand).owners() == owners


def test_case_10_not_served_yet(bring_in):
    """
    | in 10:00 | created 10:01: A has not replied → nobody | reply 10:02 | paid 10:03 → A |
    """
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    hand.says("A", at(1, "10:02"))
    hand.order(at(1, "10:01"), at(1, "10:03"))
    assert bring_in(hand).owners() == (NOBODY, "A", "A")


@pytest.mark.parametrize(
    ("flag_rule", "flagged_by", "owner", "not_honoured"),
    [
        ("assigns", "A", "A", 0),
        ("excludes", "A", NOBODY, 0),
        ("ignored", "A", "B", 0),
        ("assigns", "C", "B", 1),
    ],
)
def test_case_11_flags(bring_in, flag_rule, flagged_by, owner, not_honoured):
    """
    A 10:00–10:20, B 10:30–10:40; created 10:45, paid 10:46, flag 1.
    | flagged by              | assigns                | excludes | ignored |
    | A                       | A                      | nobody   | B       |
    | C, who never served     | B, flag not honoured   |          |         |
    """
    hand = one_chat(flag_rule=flag_rule)
    hand.chat("B", at(1, "10:30"), at(1, "10:40"))
    hand.order(at(1, "10:45"), at(1, "10:46"), flag=1, flag_seat=flagged_by)
    found = bring_in(hand)
    assert found.owners() == (owner, owner, owner)
    row = found.figures()[1, ""]
    assert row.flags_not_honoured == not_honoured
    assert row.excluded_orders == (flag_rule == "excludes")
    assert row.silent_amount == 0


@pytest.mark.parametrize(("writes", "owner"), [("11:00", "A"), ("10:00", "A"), ("09:59", NOBODY)])
def test_case_18_a_chase_from_24_hours_on(bring_in, writes, owner):
    """
    Created day 1 10:00 without a chat, paid day 2 11:30; A writes on day 2, the buyer does not answer.
    | A at 11:00 | at 10:00: exactly 24 h | at 09:59 |
    | A          | A                      | nobody   |
    """
    hand = HandStore({"chaser": True})
    hand.order(at(1, "10:00"), at(2, "11:30"))
    hand.says("A", at(2, writes))
    assert bring_in(hand).owners() == (owner, owner, owner)


def test_case_18_who_landed_the_order_chases_himself(bring_in):
    """
    | A 09:40–09:50 lands creation 10:00 | A chases day 2 11:00 | paid 11:30 | A, by the judgement rule |
    """
    hand = one_chat("A", "09:40", "09:50", chaser=True)
    hand.order(at(1, "10:00"), at(2, "11:30"))
    hand.says("A", at(2, "11:00"))
    assert bring_in(hand).owners() == ("A", "A", "A")


@pytest.mark.parametrize(("flag_rule", "owner"), [("assigns", "A"), ("excludes", NOBODY)])
def test_case_19_a_flag_without_an_agent(bring_in, flag_rule, owner):
    """| flag 1, nobody named | assigns: ignored → A | excludes → nobody |"""
    hand = one_chat(flag_rule=flag_rule)
    hand.order(at(1, "10:10"), at(1, "10:15"), flag=1)
    found = bring_in(hand)
    assert found.owners() == (owner, owner, owner)
    assert found.figures()[1, ""].flags_not_honoured == 0


def test_case_21_a_closed_order_paid_with_nothing(bring_in):
    """
    | status closed, paid time, 0.00 (Shopee's cancelled order) | no sale, no refund base |
    """
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"), "0.00", status="closed")
    hand.refund("5")
    found = bring_in(hand)
    assert product_owners(found.store) == {}
    row = found.figures()[1, ""]
    assert (row.orders, row.paid_amount, row.refunded_orders, row.refund_rate) == (0, 0, 0, None)


@pytest.mark.parametrize(("cod", "owner"), [(True, NOBODY), (False, "A")])
def test_case_21_cash_on_delivery_knows_no_chaser(bring_in, cod, owner):
    """
    Created day 1 10:00, confirmed day 2 12:00 (26 h), A writes 11:00.
    | cash on delivery: nobody | else: A, the chaser |
    """
    hand = HandStore({"chaser": True})
    hand.order(at(1, "10:00"), at(2, "12:00"), cod=cod)
    hand.says("A", at(2, "11:00"))
    assert bring_in(hand).owners() == (owner, owner, owner)
