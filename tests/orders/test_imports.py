"""Two tellings of one order: what wins, what is refused, what a refund replaces."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orders.imports import write_order_lines, write_orders, write_refunds
from orders.models import Order, Refund
from stores.models import Change
from stores.platforms.records import OrderLineRecord, OrderRecord, RefundRecord
from tests.make import at

MADE, PAID, DONE = at("2026-11-02 10:00:00"), at("2026-11-02 10:05:00"), at("2026-11-09 10:00:00")


def tell(store, as_of=None, **fields) -> tuple[int, int, int]:
    """(new, changed, unchanged) of one telling of order A1."""
    record = OrderRecord(
        "A1", **{"buyer": "ann", "status": "paid", "created_at": MADE, "paid_at": PAID} | fields
    )
    return write_orders(store, [(2, record)], as_of)[:3]


def test_telling_it_twice_changes_nothing(store, scope):
    told = {"paid_amount": Decimal(10), "seller_memo": "送礼", "items": 2, "raw": {"渠道": "手机"}, "flag": 1}
    assert tell(store, **told) == (1, 0, 0)
    assert tell(store, **told) == (0, 0, 1)


def test_an_older_telling_neither_takes_the_status_back_nor_overwrites(store, scope):
    tell(store, status="completed", completed_at=DONE, paid_amount=Decimal(10), courier="顺丰")
    assert tell(store, status="paid", paid_amount=Decimal(8), courier="中通", tracking_no="T1") == (0, 1, 0)
    order = Order.objects.get()
    assert (order.status, order.paid_amount, order.courier) == ("completed", Decimal(10), "顺丰")
    assert order.tracking_no == "T1", "what the newer telling left blank is still filled in"


def test_a_later_telling_may_take_a_status_back_but_a_blank_never_erases(store, scope):
    early, late = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC)
    tell(store, early, status="closed", paid_amount=Decimal(10), receiver_name="王小明")
    tell(store, late, status="paid", paid_amount=Decimal(12))
    order = Order.objects.get()
    assert (order.status, order.paid_amount, order.decrypted("receiver_name")) == (
        "paid",
        Decimal(12),
        "王小明",
    )


def test_a_paid_order_without_an_amount_is_refused_and_the_others_kept(store, scope):
    good = OrderRecord("A2", "bea", "paid", MADE, PAID, paid_amount=Decimal(5))
    closed = OrderRecord("A3", "cay", "closed", MADE, PAID)
    written = write_orders(store, [(2, OrderRecord("A1", "ann", "paid", MADE, PAID)), (3, good), (4, closed)])
    assert (written.new, [(r.row, r.column) for r in written.refusals]) == (2, [(2, "paid_amount")])
    assert set(Order.objects.values_list("order_id", flat=True)) == {"A2", "A3"}
    # Once the amount is known, a file that leaves it out is fine.
    assert write_orders(store, [(2, OrderRecord("A2", "bea", "shipped", MADE, PAID))]).refusals == []


def test_items_are_the_sum_of_the_lines_unless_the_file_counts_them(store, scope):
    lines = [(n, OrderLineRecord(order, n, quantity=n)) for order in ("A1", "A2") for n in (1, 2)]
    write_order_lines(store, lines)
    for order_id, items in (("A1", None), ("A2", 7)):
        write_orders(store, [(1, OrderRecord(order_id, "ann", "unpaid", MADE, items=items))])
    assert dict(Order.objects.values_list("order_id", "items")) == {"A1": 3, "A2": 7}
    write_order_lines(store, [(3, OrderLineRecord("A1", 3, quantity=4))])
    assert Order.objects.get(order_id="A1").items == 7


@pytest.mark.parametrize("kind", ["refund_only", "return_refund"])
def test_a_real_refund_replaces_the_reported_one_in_either_order(store, scope, kind):
    tell(store, paid_amount=Decimal(10))
    reported = RefundRecord("report:A1", "A1", status="completed", amount=Decimal(3), from_report=True)
    real = RefundRecord("R1", "A1", kind, "open", Decimal(4), created_at=DONE)
    for first, second in ((reported, real), (real, reported)):
        Refund.objects.all().delete()
        write_refunds(store, [(1, first)])
        write_refunds(store, [(1, second)])
        assert [r.refund_id for r in Refund.objects.all()] == ["R1"]
    Refund.objects.all().delete()
    write_refunds(store, [(1, reported), (2, real)])
    assert [r.refund_id for r in Refund.objects.all()] == ["R1"]


def test_an_exchange_leaves_the_reported_refund(store, scope):
    write_refunds(
        store, [(1, RefundRecord("report:A1", "A1", status="completed", amount=Decimal(3), from_report=True))]
    )
    write_refunds(store, [(1, RefundRecord("R1", "A1", "exchange", "completed"))])
    assert Refund.objects.count() == 2


def test_a_refund_marks_its_orders_buyer(store, scope):
    tell(store, paid_amount=Decimal(10))
    Change.objects.all().delete()
    write_refunds(
        store, [(1, RefundRecord("R1", "A1", status="completed", amount=Decimal(1), completed_at=DONE))]
    )
    assert list(Change.objects.values_list("buyer_id", flat=True)) == [Order.objects.get().buyer_id]
    Change.objects.all().delete()
    write_refunds(
        store, [(1, RefundRecord("R1", "A1", status="completed", amount=Decimal(1), completed_at=DONE))]
    )
    assert not Change.objects.exists()


def test_a_signed_memo_names_the_seat_that_flagged(store, scope):
    store.memo_signature = r"【(.+?)】"
    tell(store, paid_amount=Decimal(10), flag=1, seller_memo="要顺丰【小美】")
    assert Order.objects.select_related("flag_seat").get().flag_seat.name == "小美"
