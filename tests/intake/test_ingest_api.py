"""Rows a connector sends: taken once, good ones kept, limits named, keys bound to their store."""

import json

import pytest
from django.test import Client

from conversations.models import Message
from orders.models import Order
from tenants.models import ApiKey, Membership
from tenants.scope import organization_scope
from tests.make import make_store

pytestmark = pytest.mark.django_db

LINE = {"buyer": "b1", "agent": "seat1", "direction": "in", "sent_at": "2026-03-01 09:00:00", "text": "在吗"}
NOTHING = {"read": 0, "new": 0, "changed": 0, "unchanged": 0, "rejected": []}


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Tasks are counted, not sent."""
    sent = []
    monkeypatch.setattr("intake.tasks.current_app.send_task", lambda *task, **how: sent.append((task, how)))
    return sent


@pytest.fixture
def secret(organization, store, owner):
    with organization_scope(organization.pk):
        return ApiKey.issue(organization, store.pk, "connector", owner)[1]


def post(client, rows, secret=None, what="messages", code="tb1", slug="yunfan", **headers):
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    body = rows if isinstance(rows, str | bytes) else json.dumps(rows)
    return client.post(
        f"/{slug}/api/v1/stores/{code}/{what}",
        body,
        content_type="application/json",
        headers={"Accept-Language": "en", **headers},
    )


def test_rows_come_in_with_a_key(client, organization, secret):
    response = post(client, [{**LINE, "message_id": "m1"}, {**LINE, "message_id": "m2"}], secret)

    assert response.status_code == 200
    assert response.json() == {**NOTHING, "read": 2, "new": 2}
    with organization_scope(organization.pk):
        assert set(Message.objects.values_list("message_id", flat=True)) == {"m1", "m2"}


def test_the_same_rows_again_change_nothing_with_and_without_ids(client, organization, secret):
    rows = [LINE, LINE, {**LINE, "message_id": "m1"}]
    post(client, rows, secret)

    response = post(client, rows, secret)

    assert response.json() == {**NOTHING, "read": 3, "unchanged": 3}
    with organization_scope(organization.pk):
        assert Message.objects.count() == 3


def test_good_rows_are_kept_and_bad_ones_named(client, organization, secret):
    rows = [
        LINE,
        {**LINE, "direction": "sideways"},
        "no object",
        {**LINE, "text": ["a", "list"]},
        {**LINE, "buyer": "b\u0000"},
        {**LINE, "sent_at": "31.02.2026"},
    ]

    response = post(client, rows, secret)

    assert response.json() == {
        **NOTHING,
        "read": 6,
        "new": 1,
        "rejected": [
            {"row": 2, "column": "direction", "reason": "sideways is neither in nor out"},
            {"row": 3, "column": None, "reason": "the row is not an object"},
            {"row": 4, "column": "text", "reason": "this is neither text nor a number"},
            {"row": 5, "column": None, "reason": "the row holds bytes that are no text"},
            {"row": 6, "column": "sent_at", "reason": "31.02.2026 is not a time"},
        ],
    }


def test_orders_are_read_by_the_rules_of_files(client, organization, secret):
    rows = {
        "as_of": "2026-03-02T00:00:00+08:00",
        "rows": [
            {
                "order_id": 2140730000000000001,
                "status": "paid",
                "paid_amount": 12.5,
                "created_at": "2026-03-01 10:00:00",
            },
            {"order_id": "o2", "status": "paid", "paid_amount": "-1"},
        ],
    }

    response = post(client, rows, secret, "orders")

    assert response.json() == {
        **NOTHING,
        "read": 2,
        "new": 1,
        "rejected": [{"row": 2, "column": "paid_amount", "reason": "the amount -1 is negative"}],
    }
    with organization_scope(organization.pk):
        order = Order.objects.get()
        # All digits of a whole number are kept; a spreadsheet would have rounded it.
        assert (order.order_id, str(order.paid_amount)) == ("2140730000000000001", "12.50")


def test_five_thousand_rows_are_taken_and_one_more_is_not(client, organization, secret):
    rows = [{**LINE, "message_id": f"m{number}"} for number in range(5_001)]

    assert post(client, rows[:5_000], secret).json()["new"] == 5_000
    response = post(client, rows, secret)

    assert response.status_code == 413
    assert response.json()["detail"] == "a request holds at most 5000 rows: send several"
    with organization_scope(organization.pk):
        assert Message.objects.count() == 5_000


def test_a_body_over_eight_megabytes_is_not_read(client, secret):
    response = post(client, json.dumps([{**LINE, "text": "x" * 8 * 1024**2}]), secret)

    assert response.status_code == 413
    assert response.json()["detail"] == "a request holds at most 8 MB: send several"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "the request is not JSON"),
        (b"\xff\xfe", "the request is not JSON"),
        ("[" * 100_000, "the request is not JSON"),
        ('"rows"', "send a list of rows"),
        ('{"orders": []}', "send a list of rows"),
        ('{"rows": [], "as_of": 5}', "as_of is a time"),
        ('{"rows": [], "as_of": "soon"}', "soon is not a time"),
        ("", "the request is not JSON"),
    ],
)
def test_what_is_no_list_of_rows_is_refused_with_advice(body, said, client, secret):
    response = post(client, body, secret)

    assert response.status_code == 400
    assert said in response.json()["detail"]


def test_an_empty_list_is_no_error(client, secret):
    assert post(client, [], secret).json() == NOTHING


def test_reasons_come_in_the_language_asked_for(client, secret):
    response = post(client, "{", secret, **{"Accept-Language": "en"})
    assert response.json()["detail"].startswith("the request is not JSON")


def test_a_key_opens_its_own_store_only(client, organization, secret):
    make_store(organization, "tb2")

    for code in ("tb2", "nowhere"):
        response = post(client, [LINE], secret, code=code)
        assert response.status_code == 403
        assert response.json()["detail"] == "this API key belongs to another store"


def test_a_key_of_one_organization_is_unknown_to_another(client, secret, other_store):
    assert post(client, [LINE], secret, slug="beihai").status_code == 401


def test_without_a_key_one_must_sign_in(client, store):
    assert post(client, [LINE]).status_code == 401


def test_a_supervisor_may_send_rows_and_an_agent_may_not(client, store, supervisor, agent_member):
    client.force_login(supervisor)
    assert post(client, [LINE]).status_code == 200
    client.force_login(agent_member)
    assert post(client, [LINE]).status_code == 403


def test_a_session_needs_the_csrf_token(store, supervisor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(supervisor)

    assert post(client, [LINE]).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    assert post(client, [LINE], **{"X-CSRFToken": "a" * 32}).status_code == 200


def test_a_supervisor_of_other_stores_finds_no_such_store(client, organization, store, supervisor):
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        Membership.objects.filter(user=supervisor).update(store_ids=[other.pk])
    client.force_login(supervisor)

    assert post(client, [LINE]).status_code == 404
    assert post(client, [LINE], code="tb2").status_code == 200


def test_many_requests_queue_one_refresh(
    client, secret, no_broker, organization, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            post(client, [{**LINE, "message_id": f"m{number}"}], secret)

    assert [task for task, _how in no_broker] == [("kpis.tasks.refresh_organization",)]
    assert no_broker[0][1]["args"] == [organization.pk]


def test_get_is_not_offered(client, secret):
    response = client.get("/yunfan/api/v1/stores/tb1/messages", headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 405
