"""What docs/kpis.md says beside its check cases, and that the random stores reach it."""

import csv
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from .by_hand import HandStore, at, day, row
from .csv_files import reported_refunds, rule_arguments, write_files
from .days import business_day
from .metrics import compute
from .model import DAY, SECOND, Rule, SeatAssignment, Session, StoreData
from .random_store import describe, random_store


def sold(**fields) -> HandStore:
    """A chat with A on day 1 from 10:00 to 10:20, and an order paid in it."""
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:10"), at(1, "10:15"), **fields)
    return hand


@pytest.mark.parametrize(("late", "sales"), [(0, 0), (1, 1)])
def test_an_order_closed_within_cancel_days_of_payment_is_no_sale(late, sales):
    hand = sold(status="closed", closed_at=at(1, "10:15") + 15 * DAY + late * SECOND)
    hand.rule = {"cancel_days": 15}
    assert row(hand.result(), 1, "")["orders"] == sales


def test_an_order_taken_back_still_makes_the_next_chat_an_after_sale_contact():
    hand = sold(status="closed", closed_at=at(1, "10:16"))
    hand.rule = {"cancel_days": 15}
    hand.chat("A", at(4, "10:00"), at(4, "10:20"))
    assert {i.day for i in hand.result().inquiries} == {day(1)}


def test_postage_and_refunds_are_deducted_from_agent_and_store_alike():
    hand = sold(postage=Decimal(8))
    hand.rule = {"deduct_postage": True, "deduct_refunds": True}
    hand.refund("20")
    hand.refund(None)
    hand.refund("50", kind="exchange")
    for agent in ("", "A"):
        figures = row(hand.result(), 1, agent)
        assert (figures["paid_amount"], figures["store_paid_amount"]) == (Decimal(72), Decimal(72))
        assert (figures["refunded_amount"], figures["refunds_without_amount"]) == (Decimal(20), 1)


@pytest.mark.parametrize(("kind", "refunded"), [("refund_only", "7"), ("exchange", "20")])
def test_a_real_refund_replaces_the_reported_one_and_an_exchange_does_not(kind, refunded):
    hand = sold()
    hand.refund("20", from_report=True)
    hand.refund("7", kind=kind)
    assert row(hand.result(), 1, "A")["refunded_amount"] == Decimal(refunded)


def test_a_gap_of_exactly_30_minutes_keeps_a_session_together():
    for seconds, sessions in ((1800, 1), (1801, 2)):
        hand = HandStore()
        hand.says("A", at(1, "10:00"), "in")
        hand.says("A", at(1, "10:00") + seconds * SECOND)
        assert len(hand.result().sessions) == sessions


def test_of_two_sessions_with_the_same_times_the_smaller_seat_name_wins():
    hand = HandStore()
    for seat in ("C", "B"):
        hand.chat(seat, at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:10"), at(1, "10:15"))
    assert hand.owners() == ("B", "B", "B")
    assert hand.result().assists == {"o1": {"C"}}


def test_one_person_on_two_seats_is_one_agent():
    hand = sold()
    hand.seats = [SeatAssignment(seat, "小美", None, day(0), None) for seat in "AB"]
    hand.chat("B", at(1, "10:05"), at(1, "10:25"))
    figures = row(hand.result(), 1, "小美")
    assert (figures["received_buyers"], figures["inquiries"], figures["orders"]) == (1, 1, 1)
    assert hand.result().assists == {"o1": set()}


def test_the_same_name_with_two_employee_ids_is_two_people():
    hand = sold()
    hand.seats = [SeatAssignment(seat, "小美", f"E{seat}", day(0), None) for seat in "AB"]
    assert hand.owners() == ("小美 (EA)", "小美 (EA)", "小美 (EA)")


def test_an_unassigned_seat_chases_nothing_and_loses_what_it_landed():
    hand = HandStore({"chaser": True})
    hand.chat("X", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:10"), at(2, "12:00"))
    hand.says("Y", at(2, "11:59"))
    assert hand.owners() == ("unassigned", "unassigned", "unassigned")
    hand.says("A", at(2, "11:00"))
    hand.says("X", at(2, "11:00"))
    assert hand.owners() == ("A", "A", "A")


@pytest.mark.parametrize(("hours", "inquiries"), [(24, 2), (25, 0)])
def test_a_word_of_the_buyer_24_hours_before_makes_the_agents_opening_an_inquiry(hours, inquiries):
    hand = HandStore()
    hand.says("A", at(3, "10:00"))
    hand.says("A", at(3, "10:05"), "in")
    hand.says("B", at(3, "10:00") - timedelta(hours=hours), "in")
    assert len(hand.result().inquiries) == inquiries


def test_a_final_conversion_waits_for_creation_on_the_next_day_and_payment_in_seven():
    created = at(2, "23:59:59")
    for made, paid, final in (
        (created, created + 7 * DAY, True),
        (created, created + 7 * DAY + SECOND, False),
        (created + SECOND, created + DAY, False),
    ):
        hand = HandStore()
        hand.chat("A", at(1, "10:00"), at(1, "10:20"))
        hand.order(made, paid)
        result = hand.result()
        assert [i.converted_final for i in result.inquiries] == [final, final]
        assert [i.converted_same_day for i in result.inquiries] == [False, False]
        assert len(result.unconverted) == (0 if final else 1)


def test_a_buyer_who_bought_through_a_colleague_converts_the_store_and_not_the_agent():
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.chat("B", at(1, "11:00"), at(1, "11:20"))
    hand.order(at(1, "11:10"), at(1, "11:15"))
    result = hand.result()
    assert {i.agent: i.converted_final for i in result.inquiries} == {"": True, "A": False, "B": True}
    assert result.unconverted == []


@pytest.mark.parametrize(("cancel_days", "wait"), [(None, 10), (15, 25)])
def test_a_day_is_provisional_until_its_last_order_can_be_judged(cancel_days, wait):
    hand = sold()
    hand.rule = {"cancel_days": cancel_days}
    midnight = at(1 + wait, "00:00")
    assert row(hand.result(now=midnight - SECOND), 1, "A")["maturity"] == "provisional"
    assert row(hand.result(now=midnight), 1, "A")["maturity"] == "final"
    assert row(hand.result(), 1, "A")["maturity"] is None


def test_exported_sessions_count_only_where_their_seat_has_no_messages_that_day():
    hand = HandStore()
    hand.says("A", at(1, "10:00"), "in")
    store = hand.store()
    for number in (1, 2):
        start = at(number, "12:00")
        store.sessions.append(Session(f"x{number}", "b", "A", start, start + DAY / 24, 3, 2))
    store.orders = sold(buyer="b").orders
    store.orders[0] = replace(store.orders[0], created_at=at(2, "12:00"), paid_at=at(2, "12:00"))
    result = compute(store)
    assert [(s.day, s.exported, s.rounds) for s in result.sessions] == [(day(1), False, 0), (day(2), True, 2)]
    figures = row(result, 2, "A")
    assert (figures["orders"], figures["inquiries"], figures["in_messages"]) == (1, 1, 3)
    assert (figures["received_buyers"], figures["response_count"]) == (1, 0)


def test_each_order_is_judged_by_the_version_of_the_day_it_was_paid():
    store = sold().store()
    store.orders[0] = replace(store.orders[0], paid_at=at(3, "10:15"))
    store.rules.append(Rule(2, day(3), flag_rule="ignored", window_days=2, judgement="payment"))
    result = compute(store)
    assert row(result, 3, "A")["orders"] == 1
    assert [(r["day"], r["rule_version"]) for r in result.rows if r["agent"] == ""] == [
        (day(1), "1"),
        (day(3), "2"),
    ]
    assert compute(store, what_if="order").rows[0]["rule_version"] == "what-if:order"


def test_a_business_day_is_wall_clock_less_the_cut_through_a_change_of_clocks():
    store = StoreData("s", "other", "America/New_York", "USD", day_cut=timedelta(hours=4))
    before = datetime(2025, 3, 9, 7, 59, 59, tzinfo=UTC)  # 03:59:59 daylight time
    assert business_day(store, before) == date(2025, 3, 8)
    assert business_day(store, before + SECOND) == date(2025, 3, 9)


def test_the_order_of_the_input_changes_nothing_and_agents_messages_add_up():
    for seed in range(12):
        store = random_store(random.Random(seed))
        rows = compute(store).rows
        random.Random(seed + 1).shuffle(store.messages)
        store.orders.reverse()
        store.refunds.reverse()
        store.seats.reverse()
        assert compute(store).rows == rows
        for figure in ("in_messages", "human_replies", "response_seconds_sum", "unanswered_rounds"):
            of_store = sum(int(str(r[figure])) for r in rows if r["agent"] == "")
            assert of_store == sum(int(str(r[figure])) for r in rows if r["agent"] != "")


def test_random_stores_are_of_the_promised_size_and_reach_every_step():
    seen: Counter[str] = Counter()
    for seed in range(40):
        store = random_store(random.Random(seed))
        sizes = describe(store)
        assert 60 <= sizes["messages"] <= 250
        assert 15 <= sizes["orders"] <= 40
        result = compute(store)
        seen.update(owner.reason for owner in result.owners.values())
        seen["flag not honoured"] += len(result.flags_not_honoured)
        seen["exported"] += sum(s.exported for s in result.sessions)
    steps = ("flag", "flag_excluded", "chaser", "order", "payment", "silent", "flag not honoured", "exported")
    assert all(seen[step] >= 20 for step in steps), seen


def test_the_same_seed_draws_the_same_store():
    assert random_store(random.Random(7), "tiny") == random_store(random.Random(7), "tiny")
    assert random_store(random.Random(7), "tiny") != random_store(random.Random(8), "tiny")


def test_the_files_carry_every_row_at_its_instant(tmp_path):
    store = random_store(random.Random(3))
    rows = {
        path.stem: list(csv.DictReader(path.open(encoding="utf-8"))) for path in write_files(store, tmp_path)
    }
    assert [(r["message_id"], datetime.fromisoformat(r["sent_at"])) for r in rows["messages"]] == [
        (m.message_id, m.sent_at) for m in store.messages
    ]
    assert [r["buyer"] or None for r in rows["orders"]] == [o.buyer for o in store.orders]
    assert len(rows["refunds"]) + len(reported_refunds(store)) == len(store.refunds)
    assert len(rows["seats"]) == len(store.seats)


def test_rule_arguments_name_every_setting():
    rule = Rule(3, day(1), excluded_flags=frozenset({3, 1}), chaser=False, cancel_days=15)
    assert rule_arguments(rule) == [
        "judgement=order_first",
        "ownership=time",
        "window=2",
        "flag_rule=assigns",
        "excluded_flags=1,3",
        "chaser=off",
        "after_sale_horizon=15",
        "agent_opened=no_inquiry",
        "inquiry_days=2",
        "cancel_days=15",
        "deduct_postage=off",
        "deduct_refunds=off",
    ]
