"""Reasons of returns: every refund once, with what the cases say of it."""

from datetime import date
from decimal import Decimal

import pytest

from orders.cases import close_early, judge
from orders.returns import ReturnRow, returns_by_reason
from tests.make import at, make_agent, make_store
from tests.orders.after_sales import NOW, a_case, a_refund, an_order

pytestmark = pytest.mark.usefixtures("scope", "english")
DAY = date(2026, 11, 2)


def rows(*stores, since=DAY, until=DAY) -> list[ReturnRow]:
    return returns_by_reason(stores, since, until)


def test_a_refund_without_a_case_has_the_orders_dearest_product_and_no_judgement(store):
    an_order(store, "o1", "100", "P1", "P2")
    a_refund(store)
    (row,) = rows(store)
    assert row == ReturnRow(
        store.pk, DAY, "o1", "r1", "return_refund", "不喜欢", "P1", "布 P1", "unknown", Decimal(40), None, "open"
    )  # fmt: skip


def test_a_case_of_the_refund_says_why_whose_fault_and_which_product(organization, store, owner):
    an_order(store, "o1", "100", "P1", "P2")
    agent = make_agent(organization, "王小美", (store, "s"))
    a_refund(store)
    case = a_case(store, owner, "quality", refund_id="r1", agent_id=agent.pk)
    judge(case, fault="quality", reason="色差", product_code="P2", user=owner, now=NOW)
    (row,) = rows(store)
    assert (row.reason, row.fault, row.product_code, row.title) == ("色差", "quality", "P2", "布 P2")
    assert (row.refund_id, row.amount, row.agent_id, row.state) == ("r1", 40, agent.pk, "open")


def test_a_case_of_the_order_speaks_for_its_refund_and_counts_once(store, owner):
    an_order(store)
    case = a_case(store, owner, "damaged", reason="压坏")
    (row,) = rows(store)
    assert (row.refund_id, row.kind, row.reason, row.amount, row.state) == (
        None,
        "damaged",
        "压坏",
        None,
        "open",
    )
    close_early(case, "refunded", "x", user=owner, lead=True, now=NOW)
    assert rows(store)[0].state == "closed"
    a_refund(store)
    assert [(row.refund_id, row.reason) for row in rows(store)] == [("r1", "压坏")]


def test_invoices_and_price_protection_are_no_returns(store, owner):
    an_order(store)
    a_case(store, owner, "invoice")
    a_case(store, owner, "price")
    assert rows(store) == []


def test_days_are_the_stores_own_and_other_stores_stay_out(organization, store):
    late = make_store(organization, "tw1", time_zone="Asia/Taipei", day_cut_minutes=240)
    for one in (store, late):
        a_refund(one, "r1", created_at=at("2026-11-02 03:59:59"))
        a_refund(one, "r2", created_at=at("2026-11-02 04:00:00"))
        a_refund(one, "r3", created_at=None, completed_at=at("2026-11-02 23:59:59"))
        a_refund(one, "r4", created_at=at("2026-11-03 00:00:00"))
    assert [row.refund_id for row in rows(store)] == ["r1", "r2", "r3"]
    assert [row.refund_id for row in rows(late)] == ["r2", "r3", "r4"]
    both = rows(store, late, since=date(2026, 11, 1), until=date(2026, 11, 3))
    assert sorted((row.store_id, row.refund_id) for row in both) == sorted(
        (one.pk, f"r{n}") for one in (store, late) for n in range(1, 5)
    )
