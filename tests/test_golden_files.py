"""Genuine exports, imported like a user's, and what the database then holds: sums known beforehand to the cent.

The files are kept beside the repository, not in it, and none of their cells is here; without them this skips.
"""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from stores.models import Store
from tenants.scope import organization_scope
from tests.kpis.piecewise import catch_up
from tests.make import make_organization, make_store

EXPORTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "orders"
TOYSHOP, TMALL, SHOPEE = (EXPORTS / name for name in ("taobao_toyshop", "tmall_order_report", "shopee_vn"))
DIALECTS = ("tmall_order_report.original.csv", "tmall_order_report.headers-stripped.csv")
pytestmark = [
    pytest.mark.usefixtures("committed"),
    pytest.mark.skipif(
        not EXPORTS.is_dir(), reason=f"the genuine exports are not beside the repository ({EXPORTS.name})"
    ),
]

ORDERS = """
    SELECT count(*) AS orders, sum(total_amount) AS total, sum(paid_amount) AS gross, max(total_amount) AS highest,
        count(paid_at) AS paid, count(*) - count(paid_at) AS unpaid, count(DISTINCT buyer_id) AS buyers,
        count(*) - count(buyer_id) AS without_buyer, count(*) FILTER (WHERE cod) AS cod,
        count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'closed') AS closed,
        sum(paid_amount) FILTER (WHERE status = 'completed') AS completed_amount,
        count(*) FILTER (WHERE status = 'closed' AND paid_at IS NOT NULL AND paid_amount = 0) AS closed_paid_nothing
    FROM orders_order WHERE store_id = %s
"""
REFUNDS = """
    SELECT count(*) AS refunds, sum(r.amount) AS refunded, count(*) - count(r.amount) AS without_amount,
        count(*) FILTER (WHERE r.amount = o.paid_amount) AS full_refunds, bool_and(from_report) AS all_from_reports
    FROM orders_refund r JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id
    WHERE r.store_id = %s AND r.status = 'completed'
"""
REPEAT = """
    SELECT count(*) FILTER (WHERE n > 1) AS repeat_buyers, max(n) AS orders_of_the_top_buyer
    FROM (SELECT count(*) AS n FROM orders_order WHERE store_id = %s AND buyer_id IS NOT NULL GROUP BY buyer_id) AS b
"""
LINES = "SELECT count(*) AS lines FROM orders_orderline WHERE store_id = %s"
FIGURES = """
    SELECT sum(orders) AS sales, sum(paid_amount) AS sold, sum(refunded_orders) AS refunded_orders,
        sum(refunded_amount) AS refunded_in_figures, sum(refunds_without_amount) AS returns_without_amount
    FROM kpis_agentday WHERE store_id = %s AND agent_id = -1
"""


@pytest.fixture
def shop(settings, tmp_path) -> Callable[..., Store]:
    settings.MEDIA_ROOT = tmp_path
    organization = make_organization("yunfan")
    return lambda code, **fields: make_store(organization, code, **fields)


def bring_in(store: Store, *paths: Path) -> list[str]:
    """Import files with the command; what it says of each, all its rows taken."""
    printed = io.StringIO()
    place = {"organization": "yunfan", "store": store.code, "language": "en"}
    call_command("import_file", *map(str, paths), stdout=printed, stderr=printed, **place)
    said = [line for line in printed.getvalue().splitlines() if " read, " in line]
    assert len(said) == len(paths), printed.getvalue()
    assert all(", 0 rejected" in line for line in said)
    catch_up(store)
    return said


def changed_nothing(said: list[str]) -> bool:
    return all(re.search(r"\b0 new, 0 changed, [1-9]\d* unchanged", line) for line in said)


def found(store: Store, *queries: str) -> dict:
    """The named sums of some of the queries above."""
    sums = {}
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query, [store.pk])
            sums |= dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
    return {
        name: value if isinstance(value, int | bool) or value is None else str(value)
        for name, value in sums.items()
    }


def rows_of(store: Store, table: str) -> list[tuple]:
    """Everything of a table but when its source knew it."""
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(t) - 'as_of' - 'raw' FROM {table} t WHERE store_id = %s ORDER BY id", [store.pk]
        )
        return cursor.fetchall()


def test_the_toy_shop(shop, tmp_path):
    """3,989 orders in two files, refunds in a net column; then the same again, then an older telling."""
    store = shop("toys")
    orders, items = TOYSHOP / "orders.redacted.csv", TOYSHOP / "Items_orders.csv"
    bring_in(store, orders, items)
    # Net 289,655.94 and refunded 1,355.49 are gross 291,011.43, which is also what the orders were for.
    expected = {
        "orders": 3989, "total": "291011.43", "gross": "291011.43", "paid": 3989, "buyers": 3411, "without_buyer": 0,
        "refunds": 46, "refunded": "1355.49", "full_refunds": 1, "without_amount": 0, "all_from_reports": True,
        "repeat_buyers": 376, "orders_of_the_top_buyer": 16, "lines": 21_897,
        "sales": 3989, "sold": "291011.43", "refunded_orders": 46, "refunded_in_figures": "1355.49",
    }  # fmt: skip
    sums = found(store, ORDERS, REFUNDS, REPEAT, LINES, FIGURES)
    assert {name: sums[name] for name in expected} == expected

    before = rows_of(store, "orders_order"), rows_of(store, "orders_refund")
    assert changed_nothing(bring_in(store, orders, items))
    older = as_of_before_dispatch(orders, tmp_path / "older.csv")
    assert changed_nothing(bring_in(store, older))
    assert (rows_of(store, "orders_order"), rows_of(store, "orders_refund")) == before
    # Told in the order in which it happened, it ends the same.
    other = shop("toys2")
    bring_in(other, older)
    assert found(other, ORDERS)["completed"] == 0
    bring_in(other, orders, items)
    assert found(other, ORDERS, REFUNDS, REPEAT, LINES, FIGURES) == sums


def as_of_before_dispatch(orders: Path, older: Path) -> Path:
    """The same orders as an export of the days of payment printed them: paid, nothing sent, nothing refunded."""
    with orders.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {name.strip(): name for name in rows[0]}
    for row in rows:
        row[names["订单状态"]] = "买家已付款，等待卖家发货"
        refund = row[names["退款金额"]]
        row[names["买家实际支付金额"]] = str(
            round(float(row[names["买家实际支付金额"]]) + float(refund or 0), 2)
        )
        for name in ("退款金额", "物流单号", "物流公司"):
            row[names[name]] = ""
    with older.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return older


def test_the_dialects_of_one_tmall_report(shop):
    """28,010 orders: each dialect gives the same, in a store of its own or after the other."""
    expected = {
        "orders": 28_010, "total": "2995760.61", "paid": 24_087, "unpaid": 3923, "highest": "188320.00",
        "gross": "2474823.07", "refunds": 5646, "refunded": "572335.92", "full_refunds": 5132,
    }  # fmt: skip
    first, second = (TMALL / name for name in DIALECTS)
    store, other = shop("tm1", platform="tmall"), shop("tm2", platform="tmall")
    bring_in(store, first)
    bring_in(other, second)
    for one in (store, other):
        sums = found(one, ORDERS, REFUNDS, FIGURES)
        # 1,902,487.15 net and 572,335.92 refunded.
        assert {name: sums[name] for name in expected} == expected
        assert (sums["sales"], sums["sold"], sums["refunded_orders"]) == (24_087, "2474823.07", 5646)
    before = rows_of(store, "orders_order")
    assert changed_nothing(bring_in(store, second))
    assert rows_of(store, "orders_order") == before


def test_half_a_year_of_a_shopee_store(shop):
    """Six monthly files, lines of 2,078 orders; latest first, so that older files come after newer ones."""
    store = shop("vn1", platform="shopee", time_zone="Asia/Ho_Chi_Minh", currency="VND")
    months = sorted(SHOPEE.glob("Order.all.2023*.xlsx"))
    assert len(months) == 6
    bring_in(store, *reversed(months))
    expected = {
        "orders": 2078, "lines": 2963, "completed": 1610, "completed_amount": "374157246.00", "closed": 468,
        "closed_paid_nothing": 290, "buyers": 1854, "without_buyer": 10, "cod": 1383,
        "refunds": 6, "without_amount": 6, "refunded": None,
        # What was cancelled was no sale; what is completed was one.
        "sales": 1610, "sold": "374157246.00", "refunded_orders": 6, "returns_without_amount": 6,
    }  # fmt: skip
    sums = found(store, ORDERS, REFUNDS, LINES, FIGURES)
    assert {name: sums[name] for name in expected} == expected
    before = rows_of(store, "orders_order")
    assert changed_nothing(bring_in(store, *months))
    assert rows_of(store, "orders_order") == before
