"""Exchange rates: added, corrected, deleted; what is missing is said."""

from datetime import date
from decimal import Decimal

import pytest

from stores.models import ExchangeRate
from tenants.scope import organization_scope
from tests.make import make_store

RATE = {"currency": "twd", "day": "2026-11-01", "rate": "0.2231"}


def rates_of(organization):
    with organization_scope(organization.pk):
        return list(ExchangeRate.objects.values_list("currency", "day", "rate"))


def test_a_rate_is_added(client, owner, organization):
    client.force_login(owner)
    assert client.post("/yunfan/rates/", RATE).status_code == 302
    assert rates_of(organization) == [("TWD", date(2026, 11, 1), Decimal("0.2231"))]


def test_a_second_rate_of_a_day_replaces_the_first(client, owner, organization):
    client.force_login(owner)
    client.post("/yunfan/rates/", RATE)
    client.post("/yunfan/rates/", RATE | {"rate": "0.225"})
    assert rates_of(organization) == [("TWD", date(2026, 11, 1), Decimal("0.225"))]


def test_a_small_rate_is_written_out(client, owner, organization):
    client.force_login(owner)
    client.post("/yunfan/rates/", RATE | {"rate": "0.00000028"})
    assert "0.00000028" in client.get("/yunfan/rates/").text
    client.post("/yunfan/rates/", RATE | {"rate": "100"})
    assert [rate.written for rate in client.get("/yunfan/rates/").context["page"]] == ["100"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "CNY"),
        ("currency", "TW"),
        ("rate", "0"),
        ("rate", "-1"),
        ("rate", "x"),
        ("day", "2026-02-30"),
    ],
)
def test_a_wrong_rate_is_shown_again_with_its_error(client, owner, organization, field, value):
    client.force_login(owner)
    answer = client.post("/yunfan/rates/", RATE | {field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert rates_of(organization) == []


def test_a_currency_without_any_rate_is_named(client, owner, organization):
    make_store(organization, "sp1", currency="VND")
    client.force_login(owner)
    assert client.get("/yunfan/rates/").context["missing"] == ["VND"]
    client.post("/yunfan/rates/", RATE | {"currency": "VND"})
    assert client.get("/yunfan/rates/").context["missing"] == []


def test_a_rate_is_deleted_but_not_another_organizations(client, owner, organization, other_organization):
    for one in (organization, other_organization):
        with organization_scope(one.pk):
            ExchangeRate.objects.create(organization=one, currency="TWD", day=date(2026, 1, 1), rate=1)
            number = ExchangeRate.objects.get().pk
        client.force_login(owner)
        answer = client.post(f"/yunfan/rates/{number}/delete/")
        assert answer.status_code == (302 if one == organization else 404)
    assert rates_of(organization) == []
    assert len(rates_of(other_organization)) == 1
