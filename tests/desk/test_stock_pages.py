"""Products while answering, and the count sheet of a month (R36)."""

from datetime import date

import pytest

from orders.stock import make_sheet, sheet_lines, write_counts
from orders.trade_models import StockCount
from stores.models import Product
from tenants.scope import organization_scope
from tests.make import make_member, make_store

MARCH = date(2026, 3, 1)


@pytest.fixture
def products(organization, store):
    with organization_scope(organization.pk):
        for code, title, stock, risk in (
            ("A1", "星空 拼图 1000片", 40, None), ("A2", "拼图 收纳袋", 3, None), ("B1", "手表", 0, True), ("C1", "胶水", None, None),
        ):  # fmt: skip
            Product.objects.create(
                organization=organization,
                store=store,
                code=code,
                title=title,
                stock=stock,
                counterfeit_risk=risk,
                price="9.90",
            )


def codes(page: str) -> list[str]:
    return [code for code in ("A1", "A2", "B1", "C1") if f">{code}" in page]


def test_products_are_found_by_words_and_marked_when_few_are_left(
    client, organization, store, products, agent_member
):
    client.force_login(agent_member)
    assert codes(client.get("/yunfan/products/").content.decode()) == ["A1", "A2", "B1", "C1"]
    assert codes(client.get("/yunfan/products/?q=拼图").content.decode()) == ["A1", "A2"]
    assert codes(client.get("/yunfan/products/?q=拼图 1000").content.decode()) == ["A1"]
    assert codes(client.get("/yunfan/products/?q=b1").content.decode()) == ["B1"]
    assert codes(client.get("/yunfan/products/?only=low").content.decode()) == ["A2", "B1"]
    assert codes(client.get("/yunfan/products/?only=risk").content.decode()) == ["B1"]


def test_a_sheet_made_twice_keeps_what_was_counted(scope, organization, store, products, owner, english):
    from django.utils import timezone

    assert make_sheet(store, MARCH) == 4
    line = StockCount.objects.get(product_code="A1")
    now = timezone.now()
    assert write_counts(store, MARCH, {line.pk: (38, "two broken")}, user=owner, now=now) == 1
    assert write_counts(store, MARCH, {line.pk: (38, "two broken")}, user=owner, now=now) == 0
    Product.objects.filter(code="A1").update(stock=7)
    Product.objects.create(organization=organization, store=store, code="D1", stock=1)
    assert make_sheet(store, MARCH) == 1
    told = [
        (row.product_code, row.expected, row.counted, row.difference) for row in sheet_lines(store, MARCH)
    ]
    assert told == [
        ("A1", 40, 38, -2), ("A2", 3, None, None), ("B1", 0, None, None), ("C1", None, None, None), ("D1", 1, None, None),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="0 or more"):
        write_counts(store, MARCH, {line.pk: (-1, "")}, user=owner, now=now)


def test_counts_of_another_sheet_are_not_touched(scope, organization, store, products, owner):
    from django.utils import timezone

    other = make_store(organization, "tb2")
    make_sheet(store, MARCH)
    line = StockCount.objects.get(product_code="A1")
    now = timezone.now()
    assert write_counts(other, MARCH, {line.pk: (1, "")}, user=owner, now=now) == 0
    assert write_counts(store, date(2026, 4, 1), {line.pk: (1, "")}, user=owner, now=now) == 0


def test_a_wrong_count_is_named_and_the_others_are_kept(
    client, organization, store, products, supervisor, english
):
    client.force_login(supervisor)
    address = "/yunfan/products/count/?store=tb1&month=2026-03"
    assert client.post(address, {"make": "1"}).status_code == 302
    with organization_scope(organization.pk):
        number = dict(StockCount.objects.values_list("product_code", "pk"))
    told = {
        "save": "1",
        f"counted-{number['A1']}": "39",
        f"counted-{number['B1']}": "2x",
        f"code-{number['B1']}": "B1",
    }
    page = client.post(address, told, follow=True).content.decode()
    assert "B1: 2x" in page
    with organization_scope(organization.pk):
        counted = dict(StockCount.objects.values_list("product_code", "counted"))
    assert counted == {"A1": 39, "A2": None, "B1": None, "C1": None}
    file = client.get(address + "&file=csv").content.decode("utf-8-sig").splitlines()
    assert file[1].split(",")[:5] == ["A1", "星空 拼图 1000片", "40", "39", "-1"]


def test_agents_see_the_sheet_but_do_not_fill_it(client, organization, store, products, agent_member):
    client.force_login(agent_member)
    assert client.get("/yunfan/products/count/").status_code == 200
    assert client.post("/yunfan/products/count/", {"make": "1"}).status_code == 403
    limited = make_member(
        organization, "supervisor", "limited@example.com", store_ids=[make_store(organization, "tb2").pk]
    )
    client.force_login(limited)
    assert client.post("/yunfan/products/count/?store=tb1", {"make": "1"}).status_code == 404
