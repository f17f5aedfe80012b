"""The pages of cases: lists, what a new one is filled with, and a constant number of statements."""

from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.cases import close_early
from orders.compensations import ask
from orders.returned import arrive, expect
from orders.service_models import Case
from stores.models import Buyer
from team.models import Agent
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store
from tests.orders.after_sales import HOUR, NOW, a_case, a_refund, an_order

LISTS = ("case_list", "case_detail", "procedure_list", "procedure_edit", "compensation_list", "returned_list")


@pytest.fixture(autouse=True)
def reads_english(client, english):
    client.cookies["django_language"] = "en"
    with time_machine.travel(NOW + 25 * HOUR, tick=False):
        yield


@pytest.fixture
def mei(organization, store):
    agent = make_agent(organization, "王小美", (store, "s:mei"))
    return make_member(organization, "agent", agent_id=agent.pk)


def get(client, organization, name, *args, **query):
    return client.get(reverse(name, args=[organization.slug, *args]), query)


def kinds(page) -> list[str]:
    return [row["case"].kind for row in page.context["rows"]]


def test_open_ones_by_due_time_overdue_ones_and_closed_ones(client, organization, store, supervisor, mei):
    an_order(store)
    with organization_scope(organization.pk):
        for number, kind in enumerate(("repair", "invoice", "price", "damaged")):
            a_case(store, mei, kind)
            Case.objects.filter(kind=kind).update(step_due_at=NOW + (30 - 4 * number) * HOUR)
        close_early(Case.objects.get(kind="price"), "settled", "x", user=mei, lead=True, now=NOW)
    client.force_login(supervisor)
    assert kinds(get(client, organization, "case_list")) == ["damaged", "invoice", "repair"]
    assert kinds(get(client, organization, "case_list", show="overdue")) == ["damaged"]
    assert kinds(get(client, organization, "case_list", show="closed")) == ["price"]
    assert kinds(get(client, organization, "case_list", kind="repair", q="o1", store="tb1")) == ["repair"]
    assert kinds(get(client, organization, "case_list", q="nothing", agent="0")) == []
    page = get(client, organization, "case_list", kind="no_such", show="no_such")
    counts = {row["kind"]: (row["open"], row["overdue"], row["closed"]) for row in page.context["overview"]}
    assert counts == {"damaged": (1, 1, 0), "invoice": (1, 0, 0), "price": (0, 0, 1), "repair": (1, 0, 0)}


def test_a_new_case_is_filled_with_what_the_page_before_knew(client, organization, store, mei):
    an_order(store, "o1", "100", "P1", "P2")
    a_refund(store)
    client.force_login(mei)
    form = get(client, organization, "case_new", store="tb1", refund="r1").context["form"]
    assert {name: form.initial[name] for name in ("order_id", "buyer", "refund_id", "reason")} == {
        "order_id": "o1", "buyer": "阿月", "refund_id": "r1", "reason": "不喜欢",
    }  # fmt: skip
    assert [code for code, _title in form.fields["product_code"].choices] == ["", "P1", "P2"]
    with organization_scope(organization.pk):
        buyer = Buyer.objects.get(name="阿月")
    assert (
        get(client, organization, "case_new", store="tb1", buyer=buyer.pk).context["form"].initial["buyer"]
        == "阿月"
    )
    sent = {"store": store.pk, "kind": "no_reason", "order_id": "o1", "refund_id": "r1", "product_code": "P2"}
    for _click in (1, 2):
        assert client.post(reverse("case_new", args=[organization.slug]), sent).status_code == 302
    with organization_scope(organization.pk):
        case = Case.objects.get()
        assert (case.product_code, case.agent_id is not None, case.refund_id) == ("P2", True, "r1")


@pytest.mark.parametrize("wrong", [{"order_id": ""}, {"buyer": "nobody"}, {"kind": ""}, {"store": 0}])
def test_a_new_case_that_says_too_little_is_refused(client, organization, store, mei, wrong):
    client.force_login(mei)
    sent = {"store": store.pk, "kind": "repair", "order_id": "o1"} | wrong
    page = client.post(reverse("case_new", args=[organization.slug]), sent)
    assert (page.status_code, page.context["form"].is_valid()) == (200, False)


def test_an_agent_takes_a_case_over_but_gives_it_to_nobody_else(client, organization, store, supervisor, mei):
    other = make_agent(organization, "周强", (store, "s:qiang"))
    an_order(store)
    with organization_scope(organization.pk):
        case = a_case(store, supervisor)
    address = reverse("case_act", args=[organization.slug, case.pk])
    client.force_login(mei)
    assert client.post(address, {"act": "assign", "agent": other.pk}).status_code == 403
    with organization_scope(organization.pk):
        own = Agent.objects.get(name="王小美").pk
    assert client.post(address, {"act": "assign", "agent": own}).status_code == 302
    with organization_scope(organization.pk):
        assert Case.objects.get().agent_id == own


def test_another_stores_case_is_not_found(client, organization, store, mei):
    elsewhere = make_store(organization, "tb2")
    limited = make_member(organization, "supervisor", "l@yunfan.example", store_ids=[elsewhere.pk])
    an_order(store)
    with organization_scope(organization.pk):
        case = a_case(store, mei)
    client.force_login(limited)
    assert get(client, organization, "case_detail", case.pk).status_code == 404
    address = reverse("case_act", args=[organization.slug, case.pk])
    assert client.post(address, {"act": "note", "note": "x"}).status_code == 404
    assert kinds(get(client, organization, "case_list")) == []


def fill(store, user, first: int, count: int) -> None:
    for number in range(first, first + count):
        case = a_case(store, user, "quality_slight", order_id=f"x{number}", reason=str(number))
        ask(store, case=case, kind="money", amount=Decimal(5), user=user, role="agent", now=NOW, note="stain")
        arrive(expect(case, product_code="P", quantity=1, user=user, now=NOW), user=user, now=NOW)


def test_many_rows_take_as_many_statements_as_few(client, organization, store, owner, mei):
    an_order(store)

    def counts() -> dict[str, int]:
        found = {}
        for name in LISTS:
            with CaptureQueriesContext(connection) as captured:
                page = get(client, organization, name, *([first.pk] if name == "case_detail" else []))
            assert page.status_code == 200
            found[name] = len(captured)
        return found

    client.force_login(owner)
    with organization_scope(organization.pk):
        first = a_case(store, mei, "quality_slight")
        fill(store, mei, 0, 2)
    get(client, organization, "case_list")
    few = counts()
    with organization_scope(organization.pk):
        fill(store, mei, 2, 8)
        for number in range(5):
            ask(
                store,
                case=first,
                kind="gift",
                amount=Decimal(number + 1),
                user=mei,
                role="agent",
                now=NOW,
                note="x",
            )
            expect(first, product_code=f"P{number}", quantity=1, user=mei, now=NOW)
    assert counts() == few
    assert few == {
        "case_list": 18, "case_detail": 27, "procedure_list": 15, "procedure_edit": 17, "compensation_list": 21,
        "returned_list": 18,
    }  # fmt: skip
