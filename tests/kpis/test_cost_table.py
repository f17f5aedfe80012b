"""The monthly cost table: what belongs to a month and product, and that the parts are the whole to the cent."""

import csv
import io
import random
import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from intake.writers import WRITERS
from kpis.cost_sums import AMOUNTS, costs_of, orders_of
from kpis.figures import Query, agent_rows
from kpis.refresh import refresh_store
from orders.service_models import Compensation
from orders.trade_models import CourierRate
from policies.models import AttributionRule
from stores.models import ExchangeRate
from stores.platforms.records import CostRecord, OrderLineRecord, OrderRecord, ProductRecord, RefundRecord
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store, refresh
from tests.make import make_member, make_store
from tests.reference.random_store import random_store

MARCH, FEBRUARY = date(2025, 3, 1), date(2025, 2, 1)
PAGE = "/yunfan/kpis/costs/?month=2025-03"


def on(day: int, month: int = 3) -> datetime:
    return datetime(2025, month, day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def sold(number: str, day: int, amount, month: int = 3, **fields) -> OrderRecord:
    """An order of one day, paid and, unless said, shipped on it with SF."""
    at = on(day, month)
    values = {"status": "shipped", "shipped_at": at, "courier": "SF", "items": 1, **fields}
    return OrderRecord(number, "老陈", created_at=at, paid_at=at, paid_amount=Decimal(amount), **values)


def line(order: str, number: int, code: str | None, quantity: int, price, title=None) -> OrderLineRecord:
    return OrderLineRecord(
        order, number, code, title, None, quantity, None if price is None else Decimal(price)
    )


def cost(order, kind: str, amount, day=None, product=None) -> CostRecord:
    return CostRecord(order, day, product, kind, Decimal(amount))


def write(store, *records) -> None:
    with organization_scope(store.organization_id):
        for kind in dict.fromkeys(map(type, records)):
            rows = [(n, r) for n, r in enumerate(records, 2) if type(r) is kind]
            assert not WRITERS[kind](store, rows, None).refusals
        refresh_store(store, whole=True)


def ledger(store, amount, state="paid", **fields) -> None:
    with organization_scope(store.organization_id):
        Compensation.objects.create(
            organization_id=store.organization_id, store=store, kind="money", amount=Decimal(amount), state=state,
            asked_at=on(20), paid_at=on(21) if state == "paid" else None, decided_at=on(20), **fields,
        )  # fmt: skip


def rate(store, amount, since: date, courier: str = "") -> None:
    with organization_scope(store.organization_id):
        CourierRate.objects.create(
            organization_id=store.organization_id,
            store=store,
            courier=courier,
            since=since,
            amount=Decimal(amount),
        )


def march(store) -> dict[str, tuple]:
    """{product: sales, refunds, courier, compensation, other} of March, `*` the store."""
    with organization_scope(store.organization_id):
        costs = costs_of([store], MARCH)
        found = {p: s for (_store, month, p), s in costs.products.items() if month == MARCH}
        found["*"] = costs.stores.get((store.pk, MARCH))
        return {p: tuple(getattr(s, name) for name in AMOUNTS) for p, s in found.items() if s}


def dec(*values) -> tuple:
    return tuple(Decimal(str(value)) for value in values)


def test_an_order_is_divided_over_its_lines_and_the_remainder_goes_to_the_largest(store):
    # 100 over weights 3 × 10, 1 × 10, 1 × 10: 60, 20, 20. A courier cost of 10.00 over thirds of 1: 3.33 each, and 0.01 over.
    write(
        store,
        sold("a", 3, 100), line("a", 1, "P1", 3, 10), line("a", 2, "P2", 1, 10), line("a", 3, "P3", 1, 10),
        sold("b", 4, 30), line("b", 1, "P1", 1, 1), line("b", 2, "P2", 1, 1), line("b", 3, "P3", 1, 1),
        cost("b", "courier", 10),
    )  # fmt: skip
    assert march(store) == {
        "P1": dec(70, 0, "3.34", 0, 0), "P2": dec(30, 0, "3.33", 0, 0), "P3": dec(30, 0, "3.33", 0, 0),
        "*": dec(130, 0, 10, 0, 0),
    }  # fmt: skip


def test_orders_without_lines_and_lines_without_prices_lose_nothing(store):
    write(
        store, sold("a", 3, 70), sold("b", 3, 50), line("b", 1, "P1", 1, None), line("b", 2, "P2", 2, None),
        sold("c", 3, 20), line("c", 1, None, 1, 20, "窗帘"),
    )  # fmt: skip
    assert {p: s[0] for p, s in march(store).items()} == {"": 70, "P1": 50, "P2": 0, "窗帘": 20, "*": 140}


def test_a_currency_without_small_coins_is_divided_into_whole_units(organization):
    store = make_store(organization, "vn1", currency="VND", time_zone="Asia/Ho_Chi_Minh")
    write(store, sold("a", 3, 100_000), *(line("a", n, f"P{n}", 1, 5) for n in (1, 2, 3)))
    assert {p: s[0] for p, s in march(store).items()} == {
        "P1": 33_334, "P2": 33_333, "P3": 33_333, "*": 100_000,
    }  # fmt: skip


def test_courier_costs_are_as_imported_else_by_the_rate_of_courier_and_day(store):
    rate(store, 6, date(2025, 1, 1))
    rate(store, 9, date(2025, 1, 1), "sf")
    rate(store, 11, date(2025, 3, 5), "SF ")
    write(
        store, sold("filed", 3, 10), cost("filed", "courier", "4.50"), sold("early", 4, 10), sold("late", 6, 10),
        sold("any", 6, 10, courier="YTO"), sold("nobody", 6, 10, courier=None),
        sold("unsent", 6, 10, status="paid", shipped_at=None),
    )  # fmt: skip
    with organization_scope(store.organization_id):
        parts, total = orders_of(store, MARCH, "", 50)
        assert total == 6
        assert {part.order: (part.courier, part.source) for part in parts} == {
            "filed": (Decimal("4.50"), "file"), "early": (9, "rate"), "late": (11, "rate"), "any": (6, "rate"),
            "nobody": (6, "rate"), "unsent": (0, None),
        }  # fmt: skip
        sums = costs_of([store], MARCH).stores[store.pk, MARCH]
    assert (sums.courier, sums.by_file, sums.by_rate, sums.unpriced) == (Decimal("36.50"), 1, 4, 0)


def test_shipped_without_any_known_cost_is_counted_not_taken_for_free(store):
    rate(store, 9, date(2025, 3, 10))
    write(store, sold("a", 3, 10))
    with organization_scope(store.organization_id):
        sums = costs_of([store], MARCH).stores[store.pk, MARCH]
    assert (sums.courier, sums.by_rate, sums.unpriced) == (0, 0, 1)


def test_an_imported_courier_cost_of_a_product_and_day_covers_that_days_parcels_of_it(store):
    rate(store, 6, date(2025, 1, 1))
    write(
        store, sold("a", 3, 10), line("a", 1, "P1", 1, 10), sold("b", 4, 10), line("b", 1, "P1", 1, 10),
        cost(None, "courier", 50, date(2025, 3, 3), "P1"),
    )  # fmt: skip
    assert march(store)["P1"] == dec(20, 0, 56, 0, 0)


def test_compensation_counts_once_the_file_before_the_ledger(store):
    write(
        store, sold("both", 3, 100), cost("both", "compensation", 12), sold("ours", 3, 100), sold("asked", 3, 100),
        cost(None, "compensation", 3, date(2025, 3, 9), "P9"),
    )  # fmt: skip
    ledger(store, 20, order_id="both")
    ledger(store, 7, order_id="ours")
    ledger(store, 1, "approved", order_id="ours", product_code="P1")
    ledger(store, 99, "asked", order_id="asked")
    ledger(store, 99, "refused", order_id="asked")
    ledger(store, 5, product_code="P2")
    found = {p: s[3] for p, s in march(store).items()}
    assert found == {"": 12 + 7, "P1": 1, "P2": 5, "P9": 3, "*": 28}


def test_everything_of_an_order_lies_in_the_month_of_its_payment(store):
    write(
        store, sold("feb", 28, 100, month=2), cost("feb", "other", 5, date(2025, 3, 2)),
        RefundRecord("r", "feb", "refund_only", "completed", Decimal(40), 1, "x", on(2), on(2)),
    )  # fmt: skip
    ledger(store, 8, order_id="feb")
    assert march(store) == {}
    with organization_scope(store.organization_id):
        sums = costs_of([store], MARCH).stores[store.pk, FEBRUARY]
    assert (sums.sales, sums.refunds, sums.compensation, sums.other, sums.left) == (100, 40, 8, 5, 47)


def test_parcels_of_orders_that_became_no_sale_cost_all_the_same(store):
    rate(store, 6, date(2025, 1, 1))
    gone = sold("cod", 3, 0, status="closed", closed_at=on(5), cod=True)
    write(store, gone, sold("good", 3, 10))
    assert march(store)["*"] == dec(10, 0, 12, 0, 0)
    with organization_scope(store.organization_id):
        assert costs_of([store], MARCH).stores[store.pk, MARCH].orders == 1


def test_costs_of_orders_nobody_knows_are_said_and_counted_when_the_order_comes(store):
    write(store, sold("a", 3, 10), cost("later", "other", 4))
    with organization_scope(store.organization_id):
        assert costs_of([store], MARCH).unknown == {store.pk: (1, Decimal(4))}
    write(store, sold("later", 9, 10))
    assert march(store)["*"][4] == 4
    with organization_scope(store.organization_id):
        assert costs_of([store], MARCH).unknown == {}


def test_refunds_that_the_rule_deducts_already_are_not_taken_twice(organization):
    store = make_store(organization, "d1", rule={"deduct_refunds": True})
    refund = RefundRecord("r", "a", "refund_only", "completed", Decimal(40), 1, "x", on(4), on(4))
    write(store, sold("a", 3, 100), refund)
    assert march(store)["*"] == dec(60, 0, 0, 0, 0)
    with organization_scope(organization.pk):
        AttributionRule.objects.update(deduct_refunds=False)
        refresh_store(store, whole=True)
    assert march(store)["*"] == dec(100, 40, 0, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_products_add_up_to_the_store_and_the_store_to_the_figures_pages(organization, tmp_path, seed):
    data = random_store(random.Random(seed))
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    rng = random.Random(seed)
    with organization_scope(organization.pk):
        months = agent_rows(Query(date(2000, 1, 1), date(2040, 1, 1), (store.pk,)), "store-month")
        assert months
        numbers = sorted({o.order_id for o in data.orders})
        lines = [
            line(number, n, rng.choice(["P1", "P2", "P3", None]), rng.randint(1, 3), rng.choice(["0", "9.99", "33.33"]))
            for number in numbers for n in range(1, rng.randint(1, 4))
        ]  # fmt: skip
        WRITERS[OrderLineRecord](store, list(enumerate(lines, 2)), None)
        told = [
            cost(n, rng.choice(["courier", "other", "compensation"]), rng.choice(["1.01", "7.77"]))
            for n in numbers
        ]
        WRITERS[CostRecord](store, list(enumerate(told, 2)), None)
        deducts = AttributionRule.objects.filter(store=store, deduct_refunds=True).exists()
        for row in months:
            costs = costs_of([store], row.month)
            whole = costs.stores.get((store.pk, row.month))
            assert (whole.sales if whole else 0, whole.orders if whole else 0) == (
                row.paid_amount,
                row.orders,
            )
            if whole and not deducts:
                assert whole.refunds == row.refunded_amount
            for name in AMOUNTS:
                parts = [getattr(s, name) for (_s, m, _p), s in costs.products.items() if m == row.month]
                assert sum(parts) == (getattr(whole, name) if whole else 0)
            every = [
                part for key in costs.products if key[1] == row.month
                for part in orders_of(store, row.month, key[2], 10_000)[0]
            ]  # fmt: skip
            assert sum(part.left for part in every) == (whole.left if whole else 0)


def test_stores_in_other_currencies_are_converted_day_by_day(organization):
    home, abroad = (
        make_store(organization, "tb1"),
        make_store(organization, "my1", currency="MYR", time_zone="Asia/Kuala_Lumpur"),
    )
    write(home, sold("a", 3, 100))
    write(abroad, sold("b", 3, 10), sold("c", 9, 20), cost("c", "other", 1))
    with organization_scope(organization.pk):
        for day, value in ((1, "1.5"), (5, "2")):
            ExchangeRate.objects.create(
                organization=organization, currency="MYR", day=date(2025, 3, day), rate=Decimal(value)
            )
        together = costs_of([home, abroad], MARCH).together[MARCH]
        assert (together.currency, together.sales, together.other, together.orders) == ("CNY", 155, 2, 3)
        figures = agent_rows(Query(MARCH, date(2025, 3, 31), (home.pk, abroad.pk)), "together")
        assert figures[0].paid_amount == together.sales
        ExchangeRate.objects.filter(day=date(2025, 3, 1)).delete()
        missing = costs_of([home, abroad], MARCH).together[MARCH]
        assert (missing.sales, missing.other, missing.left) == (None, 2, None)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


def rows_of(page: str) -> list[list[str]]:
    body = re.search(r"<tbody data-rows>(.*?)</tbody>", page, re.S)[1]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


def test_the_page_opens_from_stores_to_products_to_orders(lead, store):
    rate(store, 6, date(2025, 1, 1))
    write(
        store, ProductRecord("P1", "窗帘"), sold("o1", 3, 100), line("o1", 1, "P1", 1, 100), sold("f1", 27, 50, month=2),
        cost("o1", "other", 4),
    )  # fmt: skip
    page = lead.get(PAGE).content.decode()
    assert rows_of(page) == [
        ["TB1 Taobao", "CN¥100", "1", "CN¥0", "CN¥6", "CN¥0", "CN¥4", "CN¥90", "90.0%", "CN¥50", "CN¥44"]
    ]
    assert "Courier costs: 1 by courier rates." in page
    products = lead.get(f"{PAGE}&store=tb1").content.decode()
    assert [row[0] for row in rows_of(products)] == ["窗帘 P1", "no product"]
    orders = lead.get(f"{PAGE}&store=tb1&product=P1").content.decode()
    assert rows_of(orders) == [
        ["o1", "Mar 3", "CN¥100.00", "CN¥0.00", "CN¥6.00 by rate", "CN¥0.00", "CN¥4.00", "CN¥90.00"]
    ]
    rows = list(csv.reader(io.StringIO(lead.get(f"{PAGE}&store=tb1&file=csv").content.decode("utf-8-sig"))))
    assert rows[1][:2] == ["窗帘", "100.00"]
    rows = list(
        csv.reader(io.StringIO(lead.get(f"{PAGE}&store=tb1&product=P1&file=csv").content.decode("utf-8-sig")))
    )
    assert rows[1] == [
        "2025-03-03",
        "o1",
        "100.00",
        "0.00",
        "6.00",
        "0.00",
        "4.00",
        "90.00",
        "CNY",
        "by rate",
    ]


def test_the_workbook_has_the_products_of_each_store(lead, store, organization):
    other = make_store(organization, "tb2")
    write(store, sold("o1", 3, 100), line("o1", 1, "P1", 1, 100))
    write(other, sold("o1", 3, 30))
    book = load_workbook(io.BytesIO(lead.get(f"{PAGE}&file=xlsx").content))
    assert book.sheetnames == ["Costs", "tb1", "tb2"]
    assert [row[1].value for row in list(book["tb2"].rows)[1:]] == [30]


def test_agents_see_no_costs_and_other_stores_stay_closed(client, organization, store):
    other = make_store(organization, "tb2")
    write(store, sold("o1", 3, 100))
    client.force_login(make_member(organization, "agent"))
    assert client.get(PAGE).status_code == 403
    client.force_login(make_member(organization, "supervisor", store_ids=[other.pk]))
    assert client.get(f"{PAGE}&store=tb1").status_code == 404
    assert "TB1" not in client.get(PAGE).content.decode()


def test_pages_ask_as_little_of_many_products_as_of_one(lead, store):
    write(store, sold("o1", 3, 100), line("o1", 1, "P0", 1, 100))
    address = f"{PAGE}&store=tb1"
    lead.get(address)
    with CaptureQueriesContext(connection) as few:
        lead.get(address)
    write(
        store,
        *(sold(f"x{n}", 4, 10) for n in range(60)),
        *(line(f"x{n}", 1, f"P{n}", 1, 10) for n in range(60)),
    )
    with CaptureQueriesContext(connection) as many:
        page = lead.get(address)
    assert len(many) == len(few) <= 26
    assert len(rows_of(page.content.decode())) == 50


def test_an_owner_sets_rates_and_a_supervisor_only_reads_them(client, organization, store, owner, supervisor):
    address = "/yunfan/courier-rates/"
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    new = {"store": "tb1", "courier": " SF  Express ", "since": "2025-03-01", "amount": "12.50"}
    assert client.post(address, new).status_code == 302
    assert client.post(address, {**new, "amount": "13"}).status_code == 302
    assert client.post(address, {**new, "amount": "-1"}).context["form"].errors
    with organization_scope(organization.pk):
        found = CourierRate.objects.get()
    assert (found.courier, found.amount) == ("SF Express", 13)
    assert "CN¥13.00" in client.get(address).content.decode()
    client.force_login(supervisor)
    assert "Save rate" not in client.get(address).content.decode()
    assert client.post(address, new).status_code == 403
    assert client.post(f"{address}{found.pk}/delete/").status_code == 403
    client.force_login(owner)
    client.post(f"{address}{found.pk}/delete/")
    assert "No courier rates yet" in client.get(address).content.decode()
