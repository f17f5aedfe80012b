"""The panel of an order's personal data: masked, revealed for a reason, counted, kept by no cache."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from kpis.refresh import refresh_store
from orders.models import Order
from tenants.models import AuditEntry, User
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store, write_chat, write_order

SECRETS = {
    "receiver_name": "王小明",
    "receiver_phone": "13812341234",
    "receiver_address": "浙江省 杭州市 西湖区 文三路12号",
    "seller_memo": "王小明要礼盒【小美】",
    "buyer_message": "打13812341234",
}


@pytest.fixture
def order(organization, store):
    """Order A1 of buyer ann, whom only Ann chatted with."""
    make_agent(organization, "Ann", (store, "s:ann"))
    make_agent(organization, "Bob", (store, "s:bob"))
    write_chat(
        store, "ann", "s:ann", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:20", "在的")
    )
    times = {"created_at": "2026-11-02 10:10:00", "paid_at": "2026-11-02 10:11:00"}
    write_order(store, "A1", buyer="ann", paid_amount="10", **times, **SECRETS)
    refresh_store(store, whole=True)
    return store


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(page: str = "personal") -> str:
    return f"/yunfan/orders/tb1/{page}/A1/"


def entries(organization) -> list[AuditEntry]:
    with organization_scope(organization.pk):
        return list(AuditEntry.objects.filter(verb="revealed"))


def agent_called(organization, name: str):
    from team.models import Agent

    with organization_scope(organization.pk):
        number = Agent.objects.get(name=name).pk
    return make_member(organization, "agent", f"{name}@yunfan.example", agent_id=number)


def test_the_panel_is_masked_for_everybody_and_no_cache_keeps_it(order, organization, owner):
    for user in (owner, make_member(organization, "auditor")):
        answer = signed_in(user).get(address())
        text = answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
        for shown in ("王*", "138****1234", "浙江省 杭州市 ***", "王*要礼盒【小美】", "打138****1234"):
            assert shown in text
        for hidden in ("王小明", "13812341234", "西湖区"):
            assert hidden not in text


def test_a_reveal_shows_all_for_a_minute_and_the_trail_says_who_and_why_but_not_what(
    order, organization, supervisor
):
    client = signed_in(supervisor)
    answer = client.post(address("reveal"), {"reason": "parcel came back"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert all(secret in text for secret in SECRETS.values())
    assert 'data-hide-after="60"' in text
    assert 'hx-history="false"' in text
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries(organization)
    assert (entry.user_id, entry.subject, entry.details["reason"]) == (
        supervisor.pk,
        "A1",
        "parcel came back",
    )
    assert entry.details["columns"] == [
        "receiver_name",
        "receiver_phone",
        "receiver_address",
        "buyer_message",
        "seller_memo",
    ]
    assert not any(secret in str(entry.details) for secret in SECRETS.values())


def test_without_a_reason_nothing_is_revealed(order, organization, owner):
    text = signed_in(owner).post(address("reveal"), {"reason": " "}).content.decode()
    assert "王小明" not in text
    assert entries(organization) == []


def test_an_auditor_reveals_nothing(order, organization):
    client = signed_in(make_member(organization, "auditor"))
    assert client.post(address("reveal"), {"reason": "curious"}).status_code == 403
    assert "/reveal/" not in client.get(address()).content.decode()


def test_the_reveals_of_an_hour_are_counted_by_person(
    order, organization, owner, supervisor, settings, monkeypatch
):
    settings.REVEALS_PER_HOUR = 2
    client = signed_in(owner)
    for _ in range(2):
        assert "13812341234" in client.post(address("reveal"), {"reason": "call back"}).content.decode()
    third = client.post(address("reveal"), {"reason": "call back"})
    assert "13812341234" not in third.content.decode()
    assert 3590 <= int(third.headers["Retry-After"]) <= 3600
    assert len(entries(organization)) == 2
    assert "13812341234" in signed_in(supervisor).post(address("reveal"), {"reason": "call"}).content.decode()
    # What is older than the window does not count.
    monkeypatch.setattr("orders.personal._HOUR", timedelta(microseconds=1))
    assert "13812341234" in client.post(address("reveal"), {"reason": "call back"}).content.decode()


def test_an_agent_opens_the_panel_of_own_orders_through_their_page_and_no_others(order, organization):
    ann, bob = (signed_in(agent_called(organization, name)) for name in ("Ann", "Bob"))
    page = ann.get("/yunfan/kpis/stores/tb1/orders/A1/")
    panel = page.context["personal_address"]
    assert "王*" in ann.get(panel).content.decode()
    assert (
        "王小明"
        in ann.post(panel.replace("/personal/", "/reveal/"), {"reason": "call back"}).content.decode()
    )
    assert ann.get(address()).status_code == 403
    assert bob.get(panel).status_code == 403
    assert bob.post(panel.replace("/personal/", "/reveal/"), {"reason": "call back"}).status_code == 403
    assert bob.get("/yunfan/kpis/stores/tb1/orders/A1/").status_code == 403


def test_another_organization_and_other_stores_find_no_panel(order, organization, outsider):
    limited = make_member(organization, "supervisor", "limited@yunfan.example", store_ids=[0])
    for user in (outsider, limited):
        assert signed_in(user).get(address()).status_code == 404
        assert signed_in(user).post(address("reveal"), {"reason": "call back"}).status_code == 404


def test_a_receivers_orders_are_found_by_exact_phone_or_name_and_shown_masked(order, organization, owner):
    client = signed_in(owner)
    for asked in (
        {"phone": "+86 138-1234-1234"},
        {"name": "王 小明"},
        {"phone": "13812341234", "name": "王小明"},
    ):
        answer = client.post("/yunfan/orders/search/", asked)
        assert [found["order"].order_id for found in answer.context["orders"]] == ["A1"]
        assert "138****1234" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
    for asked in ({"phone": "13812341235"}, {"name": "王小"}, {"phone": "13812341234", "name": "王小"}):
        assert client.post("/yunfan/orders/search/", asked).context["orders"] == []
    assert client.post("/yunfan/orders/search/", {}).context["orders"] is None
    agent = agent_called(organization, "Ann")
    assert signed_in(agent).post("/yunfan/orders/search/", {"phone": "13812341234"}).status_code == 403


def test_what_was_erased_is_neither_found_nor_told_again_by_an_old_file(order, organization, owner, store):
    from orders.erasure import erase_orders_of

    with organization_scope(organization.pk):
        assert erase_orders_of(store, Order.objects.get().buyer_id) == 1
    write_order(store, "A1", buyer="ann", paid_amount="12", **SECRETS)
    with organization_scope(organization.pk):
        told = Order.objects.get()
        assert [told.decrypted(column) for column in SECRETS] == [None] * 5
        assert (told.phone_hash, told.name_hash) == (None, None)
    client = signed_in(owner)
    assert client.post("/yunfan/orders/search/", {"phone": "13812341234"}).context["orders"] == []
    assert client.get(address()).status_code == 200


def test_two_reveals_at_the_same_moment_are_not_both_the_last_one_allowed(committed, settings):
    settings.REVEALS_PER_HOUR = 1
    for number in range(5):
        organization = make_organization(f"yunfan{number}")
        store = make_store(organization, "tb1")
        write_order(store, "A1", created_at="2026-11-02 10:10:00", **SECRETS)
        clients = [signed_in(make_member(organization, "owner", f"o{number}@x.example"))]
        clients.append(signed_in(User.objects.get(email=f"o{number}@x.example")))
        start, shown = threading.Barrier(2), []

        def reveal(client, path=f"/{organization.slug}/orders/tb1/reveal/A1/", start=start, shown=shown):
            try:
                client.get(path.replace("reveal", "personal"))
                start.wait(10)
                answer = client.post(path, {"reason": "call back"})
                shown.append(SECRETS["receiver_phone"] in answer.content.decode())
            finally:
                connection.close()

        threads = [threading.Thread(target=reveal, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(shown) == [False, True]
