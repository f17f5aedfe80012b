"""The box that finds an order: who finds what, by which way, and that nothing typed stays in an address."""

import pytest
from django.test import Client

from tests.make import make_member, make_organization, make_store, write_order

ADDRESS = "/yunfan/orders/find/"


@pytest.fixture
def orders(organization, store):
    write_order(
        store, "1234567890123", buyer="ann", paid_amount="10", receiver_name="王小明", receiver_phone="13812341234",
        tracking_no="SF1000200", seller_memo="要礼盒", created_at="2026-11-02 10:00:00",
    )  # fmt: skip
    write_order(store, "1234599999999", buyer="anna", paid_amount="10", created_at="2026-11-03 10:00:00")
    write_order(make_store(organization, "jd1"), "9", buyer="ann", paid_amount="10", seller_memo="礼盒")
    write_order(
        make_store(make_organization("beihai"), "tb9"), "1234567890123", paid_amount="10", seller_memo="礼盒"
    )
    return store


def signed_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.mark.parametrize("typed", ["1234567890123", "SF1000200", "138 1234 1234"])
@pytest.mark.parametrize("role", ["agent", "auditor", "owner"])
def test_a_whole_number_or_phone_opens_the_order(orders, organization, typed, role):
    answer = signed_in(make_member(organization, role)).post(ADDRESS, {"q": typed})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/yunfan/orders/tb1/page/1234567890123/"


def test_what_may_be_meant_is_listed_with_the_way_it_was_found_and_masked(orders, owner):
    page = signed_in(owner).post(ADDRESS, {"q": "ann"})
    assert [(row["order"].order_id, str(row["way"])) for row in page.context["rows"]] == [
        ("1234567890123", "buyer's name"),
        ("9", "buyer's name"),
        ("1234599999999", "buyer's name begins so"),
    ]
    text = page.content.decode()
    assert "王*" in text
    assert "138****1234" in text
    assert "王小明" not in text
    assert "13812341234" not in text


def test_a_member_of_one_store_finds_nothing_of_another(orders, organization):
    jd = organization_store(organization, "jd1")
    limited = signed_in(make_member(organization, "agent", store_ids=[jd]))
    page = limited.post(ADDRESS, {"q": "礼盒"})
    assert [row["order"].order_id for row in page.context["rows"]] == ["9"]
    assert limited.post(ADDRESS, {"q": "1234567890123"}).context["rows"] == []


def organization_store(organization, code: str) -> int:
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization.pk):
        return Store.objects.get(code=code).pk


def test_nothing_typed_is_taken_from_an_address_or_kept(orders, owner):
    client = signed_in(owner)
    asked = client.get(ADDRESS, {"q": "1234567890123"})
    assert asked.context["rows"] is None
    for answer in (asked, client.post(ADDRESS, {"q": "ann"}), client.post(ADDRESS, {"q": "SF1000200"})):
        assert answer.headers["Cache-Control"] == "no-store"
    for wrong in ("", " ", "x" * 101, "a\0"):
        assert client.post(ADDRESS, {"q": wrong}).context["rows"] is None, wrong
    assert client.post(ADDRESS, {"q": "nothing like it"}).context["rows"] == []


def test_fifty_rows_cost_as_many_statements_as_one(orders, owner, django_assert_max_num_queries):
    client = signed_in(owner)
    client.post(ADDRESS, {"q": "ann"})
    for number in range(60):
        write_order(orders, f"5555500{number}", buyer=f"buyer{number}", paid_amount="10", seller_memo="蓝色")
    with django_assert_max_num_queries(24):
        page = client.post(ADDRESS, {"q": "55555"})
    assert len(page.context["rows"]) == 50
    with django_assert_max_num_queries(24):
        assert len(client.post(ADDRESS, {"q": "蓝色"}).context["rows"]) == 50
