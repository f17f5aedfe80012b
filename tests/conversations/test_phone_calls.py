"""The phone log: written down by whoever called, encrypted, masked where it is shown, an agent's own for the agent."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from conversations.models import PhoneCall
from conversations.phone_calls import Told, log_call
from kpis.erasure import erase_buyer
from stores.imports import buyer_ids
from stores.models import Buyer
from tenants.audit_models import AuditEntry
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store, write_order

PHONE = "13812345678"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "Mei", (store, "s:mei"))


@pytest.fixture
def lin(organization, store):
    return make_agent(organization, "Lin", (store, "s:lin"))


@pytest.fixture
def buyer(organization, store) -> Buyer:
    with organization_scope(organization.pk):
        return Buyer.objects.get(pk=buyer_ids(store, ["阿月"])["阿月"])


def call_of(store, agent, **more) -> PhoneCall:
    values = {"buyer": None, "order_id": None, "incoming": False, "called_at": NOW, "minutes": 3}
    values |= {"about": f"asked to call {PHONE}", "outcome": "sends it back", **more}
    with organization_scope(store.organization_id):
        return log_call(Told(store=store, agent=agent, **values), None, NOW)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def form(store, agent, **more) -> dict:
    values = {
        "store": store.pk,
        "agent": agent.pk,
        "incoming": "1",
        "called_at": "2026-03-02T09:30",
        "minutes": "4",
    }
    return values | {"about": f"size, {PHONE}", "outcome": "keeps it", **more}


def test_a_call_is_written_down_with_the_stores_clock_and_encrypted(
    organization, store, supervisor, mei, buyer
):
    answer = client_of(supervisor).post("/yunfan/calls/new/", form(store, mei, buyer="阿月", order_id="O1"))
    assert answer.status_code == 302
    with organization_scope(organization.pk):
        call = PhoneCall.objects.get()
        assert (call.called_at, call.minutes, call.incoming) == (
            datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
            4,
            True,
        )
        assert (call.buyer_id, call.order_id, call.agent_id, call.made_by_id) == (
            buyer.pk,
            "O1",
            mei.pk,
            supervisor.pk,
        )
        assert (call.decrypted("about"), call.decrypted("outcome")) == (f"size, {PHONE}", "keeps it")
        with connection.cursor() as cursor:
            cursor.execute("SELECT about, outcome FROM conversations_phonecall")
            stored = b"".join(map(bytes, cursor.fetchone()))
        assert PHONE.encode() not in stored
        assert b"keeps" not in stored
        entry = AuditEntry.objects.filter(verb="call_logged").get()
        assert PHONE not in str(entry.details)


def test_in_another_zone_the_wall_clock_is_that_stores(organization, supervisor):
    store = make_store(organization, "br", time_zone="America/Sao_Paulo", currency="BRL")
    agent = make_agent(organization, "Ana", (store, "s:ana"))
    client_of(supervisor).post("/yunfan/calls/new/", form(store, agent))
    with organization_scope(organization.pk):
        assert PhoneCall.objects.get().called_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [{"buyer": "nobody"}, {"called_at": "2999-01-01T00:00"}, {"about": " "}, {"minutes": "-1"}, {"store": "999"},
     {"agent": "999"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(organization, store, supervisor, mei, wrong):
    assert client_of(supervisor).post("/yunfan/calls/new/", form(store, mei) | wrong).status_code == 200
    with organization_scope(organization.pk):
        assert not PhoneCall.objects.exists()


def test_lists_order_fragment_and_file_hide_phones(organization, store, supervisor, mei):
    call_of(store, mei, order_id="O/1 x")
    client = client_of(supervisor)
    shown = {
        path: client.get(path).content.decode()
        for path in ("/yunfan/calls/", "/yunfan/calls/?file=csv", "/yunfan/calls/orders/tb1/?order=O%2F1+x")
    }
    for path, page in shown.items():
        assert "138****5678" in page, path
        assert PHONE not in page, path
        assert "sends it back" in page, path
    assert "No call" in client.get("/yunfan/calls/orders/tb1/?order=O2").content.decode()


def test_an_agent_sees_and_writes_the_own_calls_only(organization, store, mei, lin):
    own, other = (
        call_of(store, mei, order_id="O1", about="mine"),
        call_of(store, lin, order_id="O1", about="hers"),
    )
    client = client_of(make_member(organization, "agent", agent_id=mei.pk))
    for path in ("/yunfan/calls/", "/yunfan/calls/?file=csv", "/yunfan/calls/orders/tb1/?order=O1"):
        page = client.get(path).content.decode()
        assert "mine" in page, path
        assert "hers" not in page, path
    assert client.get(f"/yunfan/calls/{other.pk}/").status_code == 404
    # Somebody else wrote it down for the agent: seen, not changed.
    assert client.get(f"/yunfan/calls/{own.pk}/").status_code == 403
    assert client.post("/yunfan/calls/new/", form(store, lin)).status_code == 200
    assert client.post("/yunfan/calls/new/", form(store, mei)).status_code == 302
    with organization_scope(organization.pk):
        assert PhoneCall.objects.filter(agent=mei).count() == 2
        assert PhoneCall.objects.filter(agent=lin).count() == 1
        newest = PhoneCall.objects.order_by("-pk").first()
    assert client.post(f"/yunfan/calls/{newest.pk}/", form(store, mei, about="corrected")).status_code == 302
    with organization_scope(organization.pk):
        assert PhoneCall.objects.get(pk=newest.pk).decrypted("about") == "corrected"


def test_an_account_that_is_nobody_of_the_team_sees_nothing(organization, store, mei, agent_member):
    call_of(store, mei, about="mine")
    client = client_of(agent_member)
    assert "mine" not in client.get("/yunfan/calls/").content.decode()
    assert "not tied to a person" in client.get("/yunfan/calls/new/").content.decode()


def test_filters_choose(organization, store, supervisor, mei, lin, buyer):
    other = make_store(organization, "tb2")
    call_of(store, mei, about="first", buyer=buyer)
    # 23:59 of 1 March and 00:00 of 2 March in Shanghai.
    call_of(store, lin, about="second", called_at=datetime(2026, 3, 1, 15, 59, tzinfo=UTC), incoming=True)
    call_of(other, lin, about="third", called_at=datetime(2026, 3, 1, 16, 0, tzinfo=UTC), order_id="O7")
    client = client_of(supervisor)
    chosen = {
        "": "first second third", "store=tb2": "third", f"agent={mei.pk}": "first", "direction=in": "second",
        "since=2026-03-02": "first third", "until=2026-03-01": "second", "q=阿月": "first", "q=O7": "third",
        "since=nonsense": "first second third", "store=nowhere": "first second third",
    }  # fmt: skip
    for query, expected in chosen.items():
        page = client.get(f"/yunfan/calls/?{query}").content.decode()
        assert [word for word in ("first", "second", "third") if f">{word}<" in page] == expected.split(), (
            query
        )


def test_an_orders_page_shows_its_calls(organization, store, supervisor, mei, buyer):
    write_order(store, "O1", buyer="阿月", created_at="2026-03-01 10:00:00")
    call_of(store, mei, order_id="O1", about="about the size")
    client = client_of(supervisor)
    page = client.get("/yunfan/kpis/stores/tb1/orders/O1/").content.decode()
    assert 'hx-get="/yunfan/calls/orders/tb1/?order=O1"' in page
    part = client.get("/yunfan/calls/orders/tb1/?order=O1", headers={"HX-Request": "true"}).content.decode()
    assert "about the size" in part
    assert "<html" not in part
    assert 'href="/yunfan/calls/new/?store=tb1&amp;order=O1"' in part


def test_a_buyer_who_is_forgotten_takes_the_words_along(organization, store, mei, buyer):
    call_of(store, mei, buyer=buyer)
    call_of(store, mei, about="of another")
    with organization_scope(organization.pk):
        erase_buyer(store, "阿月")
        of_buyer, other = PhoneCall.objects.order_by("pk")
        assert (of_buyer.decrypted("about"), of_buyer.decrypted("outcome")) == ("", None)
        assert other.decrypted("about") == "of another"
