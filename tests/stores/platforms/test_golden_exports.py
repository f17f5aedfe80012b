"""Sums of genuine exports, kept beside the repository and not in it; skipped where they are absent."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from stores.platforms.recognise import recognise
from stores.platforms.records import OrderLineRecord, OrderRecord, RefundRecord
from tests.stores.platforms.made_files import SHOPEE_VN, TAOBAO, read, utc

EXPORTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "orders"
pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the genuine exports are not beside the repository (../shared/data/orders)"
)


def split(records):
    """(orders, lines, refunds)."""
    return tuple(
        [record for record in records if isinstance(record, kind)]
        for kind in (OrderRecord, OrderLineRecord, RefundRecord)
    )


def test_the_toy_shops_orders_and_items_add_up():
    records, refusals = read(EXPORTS / "taobao_toyshop" / "orders.redacted.csv")
    orders, _lines, refunds = split(records)
    assert refusals == []
    assert len(orders) == 3989
    assert sum(order.total_amount for order in orders) == Decimal("291011.43")
    refunded = sum(refund.amount for refund in refunds)
    assert (len(refunds), refunded) == (46, Decimal("1355.49"))
    assert sum(order.paid_amount for order in orders) - refunded == Decimal("289655.94")
    buyers = Counter(order.buyer for order in orders)
    assert (len(buyers), max(buyers.values())) == (3411, 16)
    assert sum(count > 1 for count in buyers.values()) == 376
    couriers = Counter((order.courier or "")[:2] for order in orders)
    assert couriers == {"百世": 1984, "申通": 1622, "邮政": 382, "": 1}
    assert not any((order.tracking_no or "").startswith("No") for order in orders)
    assert not any((order.seller_memo or "").startswith("'") for order in orders)

    records, refusals = read(EXPORTS / "taobao_toyshop" / "Items_orders.csv")
    assert (len(records), refusals) == (21_897, [])
    assert {line.order_id for line in records} == {order.order_id for order in orders}
    assert max(order.paid_at for order in orders) < utc(2017, 5, 31, 16)


def tmall_sums(path):
    records, refusals = read(path)
    orders, _lines, refunds = split(records)
    paid = [order for order in orders if order.paid_at is not None]
    refunded = {refund.order_id: refund.amount for refund in refunds}
    net = [order.paid_amount - refunded.get(order.order_id, 0) for order in paid]
    assert refusals == []
    assert all(order.paid_amount is None for order in orders if order.paid_at is None)
    return {
        "paid": len(paid),
        "unpaid": len(orders) - len(paid),
        "refunds": len(refunds),
        "full": sum(order.order_id in refunded and rest == 0 for order, rest in zip(paid, net, strict=True)),
        "total": sum(order.total_amount for order in orders),
        "net": sum(net),
        "refunded": sum(refunded.values()),
    }


TMALL = EXPORTS / "tmall_order_report" / "tmall_order_report.original.csv"
TMALL_SUMS = {
    "paid": 24_087,
    "unpaid": 3_923,
    "refunds": 5_646,
    "full": 5_132,
    "total": Decimal("2995760.61"),
    "net": Decimal("1902487.15"),
    "refunded": Decimal("572335.92"),
}


@pytest.mark.parametrize("dialect", ["original", "headers-stripped"])
def test_tmalls_report_adds_up(dialect):
    assert tmall_sums(TMALL.with_name(f"tmall_order_report.{dialect}.csv")) == TMALL_SUMS


def test_tmalls_report_resaved_by_a_spreadsheet_adds_up_to_the_same(tmp_path):
    with TMALL.open(newline="") as source:
        header, *rows = csv.reader(source)
    for row in rows:
        row[1], row[2], row[6] = (cell.removesuffix(".0") for cell in (row[1], row[2], row[6]))
        row[4], row[5] = (
            cell[:-3].replace("-0", "-").replace("-", "/").replace(" 0", " ") for cell in row[4:6]
        )
    path = tmp_path / "resaved.csv"
    with path.open("w", newline="", encoding="gb18030") as target:
        csv.writer(target).writerows([header, *rows])
    assert tmall_sums(path) == TMALL_SUMS


def test_tmalls_report_with_a_data_frames_index_adds_up_without_its_unpaid_orders(tmp_path):
    with TMALL.open(newline="") as source:
        header, *rows = csv.reader(source)
    kept = [[str(number), *row[:4], *row[5:]] for number, row in enumerate(rows) if row[5]]
    path = tmp_path / "indexed.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target, lineterminator="\n").writerows([["", *header[:4], *header[5:]], *kept])
    unpaid_total = sum(Decimal(row[1]) for row in rows if not row[5])
    expected = TMALL_SUMS | {"unpaid": 0, "total": TMALL_SUMS["total"] - unpaid_total}
    assert tmall_sums(path) == expected


def test_six_months_of_a_shopee_store_add_up():
    paths = sorted((EXPORTS / "shopee_vn").glob("*.xlsx"))
    assert len(paths) == 6
    records = []
    for path in paths:
        found, refusals = read(path, SHOPEE_VN)
        assert refusals == []
        records += found
    orders, lines, refunds = split(records)
    completed = [order for order in orders if order.status == "completed"]
    cancelled = [order for order in orders if order.status == "closed"]
    assert (len(lines), len(orders)) == (2963, 2078)
    assert (len(completed), sum(order.paid_amount for order in completed)) == (1610, Decimal(374_157_246))
    assert len(cancelled) == 468
    assert sum(order.paid_at is not None and order.paid_amount == 0 for order in cancelled) == 290
    assert len({order.buyer for order in orders if order.buyer}) == 1854
    assert sum(order.buyer is None for order in orders) == 10
    assert Counter(refund.status for refund in refunds)["completed"] == 6
    assert all(refund.amount is None for refund in refunds)
    assert sum(bool(order.cod) for order in orders) == 1383


def test_a_months_export_says_until_when_it_holds():
    path = EXPORTS / "shopee_vn" / "Order.all.20230101_20230131.xlsx"
    assert recognise(path, path.name, SHOPEE_VN).as_of == utc(2023, 1, 31, 17)


def test_no_persons_data_of_the_toy_shop_is_kept_aside():
    records, _refusals = read(EXPORTS / "taobao_toyshop" / "orders.redacted.csv")
    kept = {header for record in records if isinstance(record, OrderRecord) for header in record.raw or {}}
    assert not kept & {"买家支付宝账号", "发票抬头", "收货人姓名", "联系手机"}
    assert "宝贝标题" in kept
    assert TAOBAO.platform == "taobao"
