"""The check cases of the metrics' definition about what is counted: sessions, rounds, inquiries, sums; worked by hand.

Stores come in as in test_check_cases.py, which has the cases about whose an order is.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from kpis.figures import agent_names
from kpis.models import ChatSession
from tenants.scope import organization_scope
from tests.kpis.imported import one_chat
from tests.reference.by_hand import HandStore, at, day
from tests.reference.model import DAY, SECOND, SeatAssignment


def test_case_7_a_session_across_midnight(bring_in):
    """
    | session                          | day cut | business day | inquiries        |
    | 23:50 day 1 – 00:10 day 2        | 02:00   | 1            | A's, the store's |
    """
    hand = one_chat("A", "23:50", "23:59")
    hand.says("A", at(2, "00:10"), "in")
    hand.day_cut = timedelta(hours=2)
    found = bring_in(hand)
    assert set(found.inquiries()) == {(1, ""), (1, "A")}
    assert {number for number, _ in found.figures()} == {1}


def test_case_8_rounds(bring_in):
    """
    | in 10:00:00 | in 10:00:20 | auto 10:00:21 | human 10:01:30 | → a round of 90 s       |
    | in 10:05:00 | never answered                               | → an unanswered round   |
    """
    hand = HandStore()
    hand.says("A", at(1, "10:00:00"), "in")
    hand.says("A", at(1, "10:00:20"), "in")
    hand.says("A", at(1, "10:00:21"), auto=True)
    hand.says("A", at(1, "10:01:30"))
    hand.says("A", at(1, "10:05:00"), "in")
    figures = bring_in(hand).figures()
    for agent in ("", "A"):
        row = figures[1, agent]
        assert (row.response_count, row.response_seconds_sum, row.unanswered_rounds) == (1, 90, 1)
        assert (row.first_response_count, row.first_response_seconds_sum) == (1, 90)
        assert (row.within_60s, row.within_120s, row.within_180s) == (0, 1, 1)
        assert (row.in_messages, row.human_replies) == (3, 1)
        assert row.three_minute_rate == 0.5


def test_case_9_refunds_in_parts(bring_in):
    """
    | order of 100 | part 20 completed | part 10 completed | part 5 open | → orders 1/1, amount 30/100 |
    """
    hand = one_chat()
    hand.order(at(1, "10:10"), at(1, "10:15"))
    hand.refund("20")
    hand.refund("10", kind="return_refund")
    hand.refund("5", status="open")
    figures = bring_in(hand).figures()
    for agent in ("", "A"):
        row = figures[1, agent]
        assert (row.refunded_orders, row.orders, row.refund_rate) == (1, 1, 1.0)
        assert (row.refunded_amount, row.paid_amount) == (Decimal(30), Decimal(100))
        assert row.refund_rate_amount == 0.3


def test_case_12_a_seat_handed_over_at_the_day_cut(bring_in):
    """
    Seat X is A's to day 5 and B's from day 6, day cut 02:00.
    | session            | business day | agent |
    | day 6 01:00–01:20  | 5            | A     |
    | day 6 02:00–02:10  | 6            | B     |
    """
    hand = HandStore(day_cut=timedelta(hours=2))
    hand.seats = [
        SeatAssignment("X", "A", None, day(1), day(5)),
        SeatAssignment("X", "B", None, day(6), None),
    ]
    hand.chat("X", at(6, "01:00"), at(6, "01:20"))
    hand.chat("X", at(6, "02:00"), at(6, "02:10"))
    found = bring_in(hand)
    with organization_scope(found.store.organization_id):
        names = agent_names()
        sessions = ChatSession.objects.order_by("started_at")
        assert [((s.day - day(1)).days + 1, names[s.agent_id]) for s in sessions] == [(5, "A"), (6, "B")]


@pytest.mark.parametrize(
    ("paid", "again", "asked"),
    [
        (at(1, "09:00"), None, set()),
        (at(1, "09:00"), at(3, "11:00"), {"", "A"}),
        (at(3, "10:00") - 15 * DAY, None, set()),
        (at(3, "10:00") - 15 * DAY - SECOND, None, {"", "A"}),
        (at(1, "09:00"), at(3, "10:00") + 2 * DAY, {"", "A"}),
        (at(1, "09:00"), at(3, "10:00") + 2 * DAY + SECOND, set()),
    ],
)
def test_case_13_after_sale_contacts(bring_in, paid, again, asked):
    """
    Chat day 3 10:00–10:20; horizon 15 days, window 48 h, both ends included.
    | paid before the chat     | a new order                  | contact    |
    | day 1 09:00              | none                         | after-sale |
    | day 1 09:00              | 1 h after the chat's start   | inquiry    |
    | exactly 15 days / + 1 s  | none                         | after-sale / inquiry |
    | day 1 09:00              | start + 48 h / + 1 s         | inquiry / after-sale |
    """
    hand = one_chat(number=3)
    hand.order(paid - timedelta(minutes=1), paid)
    if again:
        hand.order(again, None, status="unpaid", paid_amount=None)
    assert set(bring_in(hand).inquiries()) == {(3, agent) for agent in asked}


def test_case_14_an_order_created_before_its_chat_converts(bring_in):
    """
    | created 09:00 without a chat | B 09:30–09:45 | paid 09:40 → B | B's inquiry: converted both ways |
    """
    hand = one_chat("B", "09:30", "09:45")
    hand.order(at(1, "09:00"), at(1, "09:40"))
    found = bring_in(hand)
    assert found.inquiries() == {(1, ""): (True, True), (1, "B"): (True, True)}
    assert found.lost() == 0


def test_case_15_shares_of_a_stores_sales(bring_in):
    """
    | owned by A 300 | unassigned 100 | silent 200 | store 600 | share 400/600 | A 300/600 |
    """
    hand = one_chat()
    hand.chat("X", at(1, "12:00"), at(1, "12:10"))
    hand.order(at(1, "10:10"), at(1, "10:15"), "300")
    hand.order(at(1, "12:05"), at(1, "12:06"), "100")
    hand.order(at(1, "12:05"), at(1, "12:06"), "200", buyer="another")
    figures = bring_in(hand).figures()
    store, agent, unassigned = (figures[1, name] for name in ("", "A", "unassigned"))
    assert (store.paid_amount, store.sales_share) == (600, Decimal(400) / 600)
    assert (agent.paid_amount, agent.sales_share) == (300, Decimal("0.5"))
    assert (unassigned.paid_amount, unassigned.store_paid_amount) == (100, 600)
    assert (store.silent_amount, store.buyers, agent.buyers, unassigned.buyers) == (200, 2, 1, 1)


def test_case_16_a_reply_the_next_day_answers_nothing(bring_in):
    """
    | day 1: in to A, no reply | A and store: 1 unanswered buyer, 1 unanswered round |
    | day 2: B replies         | B and store: 1 human reply, no round at all         |
    """
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    hand.says("B", at(2, "10:00"))
    figures = bring_in(hand).figures()
    for agent in ("", "A"):
        row = figures[1, agent]
        assert (row.consulting_buyers, row.unanswered_buyers, row.received_buyers) == (1, 1, 0)
        assert (row.unanswered_rounds, row.response_count, row.reply_rate) == (1, 0, 0.0)
    for agent in ("", "B"):
        row = figures[2, agent]
        assert (row.human_replies, row.response_count, row.unanswered_rounds) == (1, 0, 0)
        assert (row.consulting_buyers, row.unanswered_buyers) == (0, 0)
    assert (2, "A") not in figures


@pytest.mark.parametrize("directions", [("in", "out"), ("out", "in")])
def test_case_17_a_reply_in_the_same_second(bring_in, directions):
    """
    | in 10:00:00 | human 10:00:00, its id before or after | → one round of 0 s |
    """
    hand = HandStore()
    for direction in directions:
        hand.says("A", at(1, "10:00"), direction)
    row = bring_in(hand).figures()[1, "A"]
    assert (row.response_count, row.response_seconds_sum, row.unanswered_rounds) == (1, 0, 0)
    assert row.within_30s == 1


@pytest.mark.parametrize(("evening_before", "asked"), [(False, set()), (True, {(2, ""), (2, "A")})])
def test_case_20_a_chat_the_agent_opened(bring_in, evening_before, asked):
    """
    A 10:00, buyer 10:05, A 10:06 on day 2; created 10:10, paid 10:11 → A.
    | the buyer wrote to B at 20:00 the evening before | inquiry |
    | no                                               | none    |
    | yes (14 h)                                       | A's     |
    """
    hand = HandStore()
    if evening_before:
        hand.says("B", at(1, "20:00"), "in")
    hand.says("A", at(2, "10:00"))
    hand.says("A", at(2, "10:05"), "in")
    hand.says("A", at(2, "10:06"))
    hand.order(at(2, "10:10"), at(2, "10:11"))
    found = bring_in(hand)
    assert found.owners() == ("A", "A", "A")
    assert set(found.inquiries()) == asked
