"""The read-only API: the pages' figures as JSON, under the pages' limits."""

import pytest

from tests.kpis.day_of_chats import PERIOD, make_day_of_chats
from tests.make import make_member


@pytest.fixture
def day(organization):
    return make_day_of_chats(organization)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    return client


API = "/yunfan/api/v1"


def test_agents_have_the_pages_figures_with_money_as_text(lead, day):
    rows = {row["agent_id"]: row for row in lead.get(f"{API}/agents?{PERIOD}").json()}
    mei = rows[day.mei.pk]
    assert mei["agent"] == "王小美"
    assert mei["paid_amount"] == "300.00"
    assert mei["conversion_final"] == 0.5
    assert mei["average_first_response_seconds"] == 30
    assert (mei["rule_version"], mei["maturity"], mei["currency"]) == ("1", "final", "CNY")
    assert rows[day.qiang.pk]["refund_rate"] is None
    assert rows[-1]["paid_amount"] == "500.00"


def test_days_are_one_row_per_store_agent_and_day(lead, day):
    page = lead.get(f"{API}/days?{PERIOD}").json()
    assert (page["total"], page["page"], len(page["rows"])) == (3, 1, 3)
    rows = page["rows"]
    assert [(row["store"], row["day"], row["agent_id"]) for row in rows if row["agent_id"] > 0] == [
        ("tb1", "2025-03-10", day.qiang.pk),
        ("tb1", "2025-03-10", day.mei.pk),
    ]


def test_days_come_in_pages(lead, day, monkeypatch):
    monkeypatch.setattr("kpis.api.DAY_ROWS", 2)
    pages = [lead.get(f"{API}/days?{PERIOD}&page={number}").json() for number in (1, 2, 3)]
    whole = lead.get(f"{API}/agents?{PERIOD}&by=agent").json()
    assert [len(page["rows"]) for page in pages] == [2, 1, 0]
    told = [row["agent_id"] for page in pages for row in page["rows"]]
    assert sorted(told) == sorted(row["agent_id"] for row in whole)
    assert lead.get(f"{API}/days?{PERIOD}&page=0").status_code == 400


def test_stores_by_month(lead, day):
    (row,) = lead.get(f"{API}/stores?{PERIOD}&by=store-month").json()
    assert (row["store"], row["month"], row["sales_share"]) == ("tb1", "2025-03-01", 0.6)


def test_a_wrong_parameter_is_an_error_here(lead, day):
    assert lead.get(f"{API}/agents?{PERIOD}&by=planet").status_code == 400
    assert lead.get(f"{API}/agents?{PERIOD}&store=nowhere").status_code == 400
    assert lead.get(f"{API}/agents?since=2025-13-01&until=2025-03-01").status_code == 400


def test_unconverted_buyers_come_in_pages(lead, day):
    page = lead.get(f"{API}/unconverted?{PERIOD}").json()
    assert (page["total"], page["page"], [row["buyer"] for row in page["rows"]]) == (2, 1, ["大刘", "小北"])
    assert page["rows"][0]["unpaid_amount"] == "88.00"


def test_an_order_is_explained(lead, day):
    told = lead.get(f"{API}/orders/tb1/O/3/explanation").json()
    assert (told["owner"], told["reason"], told["paid_amount"]) == (None, "silent", "200.00")


def test_an_agent_gets_the_own_rows_only(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    assert [row["agent_id"] for row in client.get(f"{API}/agents?{PERIOD}").json()] == [day.mei.pk]
    assert [row["buyer"] for row in client.get(f"{API}/unconverted?{PERIOD}").json()["rows"]] == ["小北"]
    assert client.get(f"{API}/stores?{PERIOD}").status_code == 403
    assert client.get(f"{API}/orders/tb1/O/3/explanation").status_code == 403


def test_strangers_get_nothing(client, outsider, day):
    assert client.get(f"{API}/agents?{PERIOD}").status_code == 401
    client.force_login(outsider)
    assert client.get(f"{API}/agents?{PERIOD}").status_code == 404


def test_the_schema_names_every_address(lead, day):
    schema = lead.get(f"{API}/schema").json()
    paths = {path.split("/api/v1/")[-1] for path in schema["paths"]}
    assert {"agents", "days", "stores", "unconverted", "orders/{code}/{order_id}/explanation"} <= paths
