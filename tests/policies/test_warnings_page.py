"""The list of dangerous questions: who sees which, when one is over, and what it offers."""

import pytest
from django.test import Client
from django.urls import reverse

from policies.inspection_models import ChatWarning
from policies.library import LIBRARY
from policies.rule_versions import ensure_library
from policies.warnings import waiting
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat
from tests.policies.inspected import inspect

ASKED = "2026-11-02 11:50:00"


@pytest.fixture
def shop(committed):
    """Mei's and Lin's buyers have asked for invoices, and nobody's buyer whether it is genuine."""
    organization = make_organization("yunfan")
    store = make_store(organization, "y1", platform="tmall", country="CN")
    mei, lin = (
        make_agent(organization, "Mei", (store, "mei")),
        make_agent(organization, "Lin", (store, "lin")),
    )
    make_member(organization, "agent", "mei@yunfan.example", agent_id=mei.pk)
    make_member(organization, "agent", "lin@yunfan.example", agent_id=lin.pk)
    with organization_scope(organization.pk):
        ensure_library(organization.pk, LIBRARY, at(ASKED))
    write_chat(store, "b1", "mei", ("in", ASKED, "能开发票吗？电话13812345678"))
    write_chat(store, "b2", "lin", ("in", ASKED, "请问可以开发票吗"))
    write_chat(store, "b3", "nobody", ("in", ASKED, "这个是高仿还是精仿"))
    inspect(store)
    return store


def signed_in(shop, email: str) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    organization = shop.organization
    with organization_scope(organization.pk):
        client.force_login(Membership.objects.get(user__email=email).user)
    return client


def shown(client: Client, query: str = "") -> str:
    answer = client.get(reverse("warning_list", args=["yunfan"]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_agents_see_questions_of_their_buyers_and_of_nobodys(shop):
    page = shown(signed_in(shop, "mei@yunfan.example"))
    assert "能开发票吗" in page
    assert "高仿还是精仿" in page
    assert "请问可以开发票吗" not in page
    assert "13812345678" not in page
    assert "可以开发票的" in page


def test_a_question_that_was_answered_waits_no_longer(shop):
    mei = signed_in(shop, "mei@yunfan.example")
    write_chat(
        shop,
        "b1",
        "mei",
        ("in", ASKED, "能开发票吗？电话13812345678"),
        ("out", "2026-11-02 11:55:00", "可以的亲"),
    )
    inspect(shop)
    assert "能开发票吗" not in shown(mei)
    assert "能开发票吗" in shown(mei, "?show=answered")


def test_what_needs_no_answer_is_put_aside_once_by_one(shop):
    mei, lin = signed_in(shop, "mei@yunfan.example"), signed_in(shop, "lin@yunfan.example")
    with organization_scope(shop.organization_id):
        own = ChatWarning.objects.get(buyer__name="b1")
    path = reverse("warning_close", args=["yunfan", own.pk])
    assert lin.post(path).status_code == 404
    assert mei.post(path).status_code == 302
    with organization_scope(shop.organization_id):
        closed = ChatWarning.objects.get(pk=own.pk)
    assert closed.closed_by.email == "mei@yunfan.example"
    mei.post(path)
    with organization_scope(shop.organization_id):
        assert ChatWarning.objects.get(pk=own.pk).closed_at == closed.closed_at
        member = Membership.objects.select_related("organization").get(user__email="mei@yunfan.example")
        assert {one.buyer.name for one in waiting(member)} == {"b3"}
