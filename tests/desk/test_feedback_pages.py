"""Pages of feedback, and the customers' opinion table."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from orders.complaint_models import Feedback
from orders.feedback import give_feedback
from stores.models import Product
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store

NOW = at("2026-11-02 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def agent(organization, store):
    return make_member(
        organization, "agent", agent_id=make_agent(organization, "王小美", (store, "s:mei")).pk
    )


def opinion(store, product, kind="opinion", at=NOW, **fields) -> Feedback:
    said = {"department": "design", "text": "颜色偏深，电话13812341234", "user": None, **fields}
    with organization_scope(store.organization_id):
        return give_feedback(store, product_code=product, kind=kind, now=at, **said)


def test_an_agent_writes_it_and_a_lead_says_what_came_of_it(client, organization, store, agent, supervisor):
    client.force_login(agent)
    said = {
        "store": "tb1", "department": "operations", "kind": "competitor", "text": "对面送挂钩", "product_code": "P1",
        "competitor": "对面家", "competitor_price": "19.9", "origin": "review", "origin_key": "r1",
    }  # fmt: skip
    made = client.post(reverse("feedback_new", args=[organization.slug]), said)
    with organization_scope(organization.pk):
        row = Feedback.objects.get()
    assert (row.origin, row.origin_key, row.agent_id is None) == ("review", "r1", False)
    assert client.get(made.url).status_code == 200
    assert client.post(made.url, {"state": "sent"}).status_code == 403
    client.force_login(supervisor)
    for state, result in (("sent", ""), ("accepted", ""), ("done", ""), ("done", "已跟价")):
        client.post(made.url, {"state": state, "result": result})
    with organization_scope(organization.pk):
        row.refresh_from_db()
    assert (row.state, row.decrypted("result")) == ("done", "已跟价")


def test_the_table_counts_by_product_kind_and_what_came_of_it(client, organization, store, supervisor):
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        Product.objects.create(organization=organization, store=store, code="P1", title="遮光帘")
    opinion(store, "P1")
    opinion(store, "P1", "fault")
    opinion(store, "P1", "fault", at=NOW - timedelta(days=60))
    opinion(other, "P1")
    client.force_login(supervisor)
    address = reverse("feedback_by_product", args=[organization.slug])
    rows = client.get(address).context["rows"]
    told = [(row["store"].code, row["product_code"], row["title"], row["n"], row["cells"]) for row in rows]
    assert told == [
        ("tb1", "P1", "遮光帘", 3, [1, 2, 0, 0, 0, 0, 0, 0]),
        ("tb2", "P1", "", 1, [1, 0, 0, 0, 0, 0, 0, 0]),
    ]
    lately = client.get(address, {"since": "2026-11-02", "until": "2026-11-02", "store": "tb1"}).context[
        "rows"
    ]
    assert [row["n"] for row in lately] == [2]
    sheet = client.get(address, {"file": "csv"}).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(sheet)))[1][:6] == ["tb1", "P1", "遮光帘", "3", "1", "2"]
    book = client.get(address, {"file": "xlsx"}).content
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(book)).namelist()


def test_the_lines_hide_phones_on_page_and_in_the_file(client, organization, store, supervisor):
    opinion(store, "P1")
    opinion(store, "P2")
    client.force_login(supervisor)
    address = reverse("feedback_list", args=[organization.slug])
    for query in ({}, {"file": "csv"}):
        text = client.get(address, query | {"product": "P1"}).content.decode()
        assert "138****1234" in text
        assert "13812341234" not in text
        assert "P2" not in text.replace("P1P2", "")
