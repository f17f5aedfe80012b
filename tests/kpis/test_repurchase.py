"""Repurchase rate: worked out by hand, and against a slow independent computation on random stores."""

import random
from datetime import date, timedelta

import pytest
from django.urls import reverse

from kpis.figures import agent_names
from kpis.refresh import refresh_store
from kpis.repurchase import by_agent, by_product, by_store
from orders.imports import write_order_lines
from stores.platforms.records import OrderLineRecord
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store, refresh
from tests.make import make_agent, make_member, make_store, write_chat, write_order
from tests.reference.days import business_day
from tests.reference.metrics import compute
from tests.reference.random_store import random_store
from tests.reference.sales import rule_of, sales

NOV = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def shop(organization):
    """November 2026 begins on the 1st; a year of 365 days before it began on 2025-11-01.

    | buyer | paid                                  | came back in November                        |
    | mai   | 11-02 (Ann), 11-20 (nobody)           | yes: twice in the period                     |
    | tom   | 2025-11-01 00:00, 11-03 (Ann)         | yes: the first of the 365 days               |
    | lee   | 2025-10-31 23:59:59, 11-03 (Ann)      | no: a second too long ago                    |
    | kim   | 11-04 twice in the same second (Ann)  | no: neither is earlier                       |
    | ivy   | 10-15, closed unpaid; 11-05 (nobody)  | no: what was not paid is no order            |
    | joe   | 10-15, 12-01                          | none in November                             |
    |       | 11-06 without a buyer                 | no buyer                                     |
    """
    store = make_store(organization, "tb1")
    ann = make_agent(organization, "Ann", (store, "s:ann"))
    for buyer, day in (("mai", "02"), ("tom", "03"), ("lee", "03"), ("kim", "04")):
        write_chat(
            store,
            buyer,
            "s:ann",
            ("in", f"2026-11-{day} 10:00:00", "hi"),
            ("out", f"2026-11-{day} 10:00:30", "yes"),
        )
    told = [
        ("mai", "2026-11-02 10:01:00", "A"), ("mai", "2026-11-20 10:00:00", "B"), ("tom", "2025-11-01 00:00:00", "A"),
        ("tom", "2026-11-03 10:01:00", "A"), ("lee", "2025-10-31 23:59:59", "A"), ("lee", "2026-11-03 10:01:00", "B"),
        ("kim", "2026-11-04 10:01:00", "A"), ("kim", "2026-11-04 10:01:00", "A"), ("ivy", "2026-11-05 10:00:00", "B"),
        ("joe", "2026-10-15 10:00:00", "A"), ("joe", "2026-12-01 10:00:00", "A"), (None, "2026-11-06 10:00:00", "A"),
    ]  # fmt: skip
    lines = []
    for number, (buyer, at, product) in enumerate(told):
        write_order(store, f"o{number}", buyer=buyer, created_at=at, paid_at=at, paid_amount="10")
        lines += [(number, OrderLineRecord(f"o{number}", 1, product, f"title of {product}", quantity=1))]
    write_order(
        store, "never", buyer="ivy", created_at="2026-10-15 10:00:00", status="closed", paid_amount="0",
        paid_at="2026-10-15 10:00:00",
    )  # fmt: skip
    with organization_scope(organization.pk):
        write_order_lines(store, lines)
    refresh_store(store, whole=True)
    return store, ann


def test_by_store_worked_out_by_hand(shop, scope):
    store, _ann = shop
    (row,) = by_store([store], *NOV)
    assert (row.store_id, row.buyers, row.again, row.rate) == (store.pk, 5, 2, 0.4)
    assert by_store([store], date(2026, 9, 1), date(2026, 9, 30)) == []


def test_by_agent_the_periods_order_is_the_agents_the_other_anybodys(shop, scope):
    """Ann owns an order of mai, tom, lee, kim; mai's second is nobody's, and mai's first has none before it."""
    store, ann = shop
    (row,) = by_agent([store], *NOV)
    assert (row.agent_id, row.buyers, row.again) == (ann.pk, 4, 1)
    assert by_agent([store], *NOV, [ann.pk + 1]) == []


def test_by_product_any_order_before_and_one_with_the_same_product(shop, scope):
    """A: mai, tom, kim; tom came back, for A. B: mai (back after A), lee, ivy; nobody had B before."""
    store, _ann = shop
    found = [(r.product, r.title, r.buyers, r.again, r.same, r.rate) for r in by_product([store], *NOV)]
    assert found == [("A", "title of A", 3, 1, 1, 1 / 3), ("B", "title of B", 3, 1, 0, 1 / 3)]


def test_buyers_of_two_stores_are_different_ones(shop, organization):
    store, ann = shop
    other = make_store(organization, "tb2")
    write_order(
        other,
        "x1",
        buyer="mai",
        created_at="2026-11-21 10:00:00",
        paid_at="2026-11-21 10:00:00",
        paid_amount="1",
    )
    refresh_store(other, whole=True)
    with organization_scope(organization.pk):
        assert [(r.buyers, r.again) for r in by_store([store, other], *NOV)] == [(5, 2), (1, 0)]
        assert [(r.agent_id, r.buyers) for r in by_agent([store, other], *NOV)] == [(ann.pk, 4)]


# The slow computation
def slow(data, since: date, until: date) -> dict[tuple, tuple[int, int]]:
    """{("",) store | ("agent", name) | ("product", code): (buyers, of them back)} by looking at every pair of orders."""
    owners = compute(data).owners
    known = [(order, paid_at) for order, paid_at in sales(data) if order.buyer is not None]
    met, back = {}, {}
    for order, paid_at in known:
        day = business_day(data, paid_at)
        if not since <= day <= until:
            continue
        earlier = [
            other for other, at in known
            if other.buyer == order.buyer and at < paid_at and business_day(data, at) >= since - timedelta(days=365)
        ]  # fmt: skip
        keys = [("",), ("product", product_of(order.order_id))]
        owner = owners[rule_of(data, paid_at).judgement, order.order_id].agent
        if owner is not None:
            keys.append(("agent", owner))
        for key in keys:
            met.setdefault(key, set()).add(order.buyer)
            if earlier:
                back.setdefault(key, set()).add(order.buyer)
            if key[0] == "product" and any(product_of(other.order_id) == key[1] for other in earlier):
                back.setdefault(("same", key[1]), set()).add(order.buyer)
    return {key: (len(buyers), len(back.get(key, ()))) for key, buyers in met.items()} | {
        key: (0, len(buyers)) for key, buyers in back.items() if key[0] == "same"
    }


def product_of(order_id: str) -> str:
    return f"p{sum(order_id.encode()) % 3}"


@pytest.mark.parametrize("seed", range(15))
def test_random_stores_agree_with_the_slow_computation(organization, tmp_path, seed):
    rng = random.Random(seed)
    data = random_store(rng)
    data.remarks = []
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    lines = [
        (n, OrderLineRecord(o.order_id, 1, product_of(o.order_id), "t")) for n, o in enumerate(data.orders)
    ]
    with organization_scope(organization.pk):
        write_order_lines(store, lines)
    refresh(store)
    days = sorted(business_day(data, paid_at) for _order, paid_at in sales(data))
    for _ in range(4):
        since, until = sorted((rng.choice(days), rng.choice(days)))
        expected = slow(data, since, until)
        with organization_scope(organization.pk):
            names = agent_names()
            (whole,) = by_store([store], since, until) or [None]
            found = {("",): (whole.buyers, whole.again)} if whole else {}
            found |= {
                ("agent", names[r.agent_id]): (r.buyers, r.again) for r in by_agent([store], since, until)
            }
            products = by_product([store], since, until)
        found |= {("product", r.product): (r.buyers, r.again) for r in products}
        found |= {("same", r.product): (0, r.same) for r in products if r.same}
        assert found == expected, (since, until)


# Pages
def test_the_page_and_its_files(client, shop, organization, supervisor):
    _store, ann = shop
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    address = reverse("repurchase", args=["yunfan"])
    asked = {"since": "2026-11-01", "until": "2026-11-30"}
    page = client.get(address, asked).content.decode()
    assert "40.0%" in page
    products = (
        client.get(address, asked | {"by": "product", "file": "csv"}).content.decode("utf-8-sig").splitlines()
    )
    assert products[0].startswith("Product,Different buyers,Repurchasing buyers,Repurchase rate")
    assert [line.split(",")[:6] for line in products[1:]] == [
        ["A", "3", "1", "0.333333", "1", "0.333333"],
        ["B", "3", "1", "0.333333", "0", "0.000000"],
    ]
    assert "25.0%" in client.get(address, asked | {"by": "agent"}).content.decode()
    part = client.get(address, asked, headers={"HX-Request": "true"}).content.decode()
    assert "40.0%" in part
    assert "<html" not in part
    person = client.get(reverse("agent_refunds", args=["yunfan", ann.pk]), asked).content.decode()
    assert "1 of 4 buyers had bought before" in person
    client.force_login(make_member(organization, "agent", agent_id=ann.pk))
    assert client.get(address).status_code == 403
    person = client.get(reverse("agent_refunds", args=["yunfan", ann.pk]), asked).content.decode()
    assert "1 of 4 buyers had bought before" in person
