"""The draft check against the rules every organization begins with: its page, its API and whose rules it reads."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from policies.detection.detector import Certainty
from policies.detection.reader import Line
from policies.draft_check import check
from policies.draft_pages import Piece, pieces_of
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from stores.models import Buyer
from tenants.models import ApiKey
from tenants.scope import organization_scope
from tests.make import at, make_member, make_organization, make_store, write_chat
from tests.policies.inspected import make_rule

NOW = at("2026-11-02 12:00:00")


@pytest.fixture
def tmall(committed):
    return make_store(make_organization("yunfan"), "y1", platform="tmall", country="CN")


def found(store, text: str, *asked: str) -> dict[str, object]:
    """{rule: its finding} of an answer to a buyer who asked these."""
    with organization_scope(store.organization_id):
        return {one.code: one for one in check(store, text, [Line(line, True) for line in asked], NOW)}


def shown(store, text: str, *asked: str) -> set[str]:
    return {code for code, one in found(store, text, *asked).items() if one.shown and not one.question}


def test_the_library_speaks_at_once_of_each_of_the_four_rules(tmall):
    assert shown(tmall, "亲，我们这个是高仿的哦", "这个是正品吗") == {"counterfeit-taobao"}
    assert shown(tmall, "不好意思，小店开不了发票", "能开发票吗") == {"invoice-tmall"}
    assert shown(
        tmall, "亲，当时留的地址是杭州市西湖区文三路12号3单元501", "我用另一个账号买的，帮我查下留的地址"
    ) == {"privacy-taobao"}
    assert shown(tmall, "你有病吧，穷鬼买什么买") == {"abuse-taobao"}
    assert shown(tmall, "亲，可以开的，请把抬头和税号发我", "能开发票吗") == set()


def test_a_dangerous_question_is_told_before_anything_is_answered(tmall):
    asked = found(tmall, "", "你们这个是高仿还是精仿啊")
    assert [(one.code, one.question, one.start, one.end) for one in asked.values()] == [
        ("counterfeit-taobao", True, 0, 0)
    ]
    # Only the last thing a buyer wrote is a question that waits.
    assert found(tmall, "", "你们这个是高仿还是精仿啊", "算了，什么时候发货") == {}


def test_where_it_is_stands_in_what_was_typed_however_it_is_written(tmall):
    text = "親，这款是 高 . 仿 的"
    one = found(tmall, text, "是正品嗎")["counterfeit-taobao"]
    assert "高 . 仿" in text[one.start : one.end]
    assert pieces_of("ab高仿c", [one._replace(start=2, end=4, certainty=Certainty.SURE)]) == [
        Piece("ab", ""), Piece("高仿", "sure"), Piece("c", ""),
    ]  # fmt: skip


def test_safe_words_come_in_the_characters_the_stores_buyers_read(tmall):
    taiwan = make_store(tmall.organization, "tw", platform="shopee", country="TW", currency="TWD")
    ours = found(tmall, "", "我用另一个账号买的，帮我查下留的地址")["privacy-taobao"].wordings
    theirs = found(taiwan, "", "我用另一個帳號買的，幫我查下留的地址")["privacy-shopee"].wordings
    assert "不允许泄露" in ours[0]
    assert "不允許洩" in theirs[0]


def test_points_are_told_of_verified_versions_only(tmall):
    assert found(tmall, "不好意思，小店开不了发票", "能开发票吗")["invoice-tmall"].points is None
    with organization_scope(tmall.organization_id):
        rule = PolicyRule.objects.get(code="invoice-tmall")
        new_version(rule, NOW.date(), user=None, now=NOW, points=6, verified_on=NOW.date())
    one = found(tmall, "不好意思，小店开不了发票", "能开发票吗")["invoice-tmall"]
    assert (one.points, one.verified) == (6, True)


def test_a_new_version_counts_from_the_next_check_on(tmall):
    rule = make_rule(tmall.organization, "house", "走量款")
    assert shown(tmall, "这是走量款") == {"house"}
    with organization_scope(tmall.organization_id):
        new_version(rule, NOW.date() - timedelta(days=1), user=None, now=NOW, enabled=False)
    assert shown(tmall, "这是走量款") == set()


def test_a_store_that_becomes_one_of_another_kind_is_judged_by_that_kinds_rules(tmall):
    refusal = ("不好意思，小店开不了发票", "能开发票吗")
    store = make_store(tmall.organization, "tb2")
    assert found(store, *refusal) == {}
    with organization_scope(tmall.organization_id):
        store.platform = "tmall"
        store.save()
    assert set(found(store, *refusal)) == {"invoice-tmall"}


def test_nobody_elses_rules_are_read(tmall):
    elsewhere = make_store(make_organization("beihai"), "b1", platform="tmall")
    make_rule(tmall.organization, "house", "走量款")
    assert shown(tmall, "这是走量款") == {"house"}
    assert shown(elsewhere, "这是走量款") == set()
    assert shown(tmall, "这是走量款") == {"house"}


def test_a_check_with_known_rules_costs_one_statement(tmall):
    found(tmall, "在的")
    with organization_scope(tmall.organization_id), CaptureQueriesContext(connection) as captured:
        check(tmall, "亲，我们这个是高仿的哦", [], NOW)
    assert len(captured) == 1


def post(client: Client, store, body: object, **headers):
    path = reverse("api_check_draft", args=[store.organization.slug, store.code])
    content = body if isinstance(body, str) else json.dumps(body)
    return client.post(path, content, content_type="application/json", headers=headers)


def test_the_api_answers_members_and_keys_of_that_store(tmall):
    client, other = Client(), make_store(tmall.organization, "y2", platform="tmall")
    client.force_login(make_member(tmall.organization, "agent"))
    draft = {"text": "小店开不了发票", "before": [{"by": "buyer", "text": "能开发票吗"}]}
    told = post(client, tmall, draft).json()["findings"]
    assert [(one["code"], one["shown"], one["points"]) for one in told] == [("invoice-tmall", True, None)]
    with organization_scope(tmall.organization_id):
        _key, secret = ApiKey.issue(tmall.organization, tmall.pk, "plugin", None)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert post(Client(), tmall, draft, **bearer).json()["findings"] == told
    assert post(Client(), other, draft, **bearer).status_code == 403
    client.force_login(make_member(tmall.organization, "auditor"))
    assert post(client, tmall, draft).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": "x", "before": [{"by": "robot", "text": "y"}]}, "before"),
        ({"text": "x", "before": [{"by": "buyer", "text": "y"}] * 9}, "before"),
        ('{"text": ', "detail"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_request(tmall, body, field):
    client = Client()
    client.force_login(make_member(tmall.organization, "agent"))
    answer = post(client, tmall, body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def page(client: Client, store, query: str = "", **typed):
    path = reverse("draft_check", args=[store.organization.slug]) + query
    return client.post(path, {"store": store.code, **typed}, headers={"HX-Request": "true"}).content.decode()


@pytest.fixture
def agent(tmall) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make_member(tmall.organization, "agent"))
    return client


def test_the_page_marks_what_is_wrong_and_offers_safe_words(tmall, agent):
    told = page(agent, tmall, text="不好意思，小店开不了发票", asked="能开发票吗")
    assert '<mark class="mark-' in told
    assert "Refusing an invoice" in told
    assert "可以开发票的" in told
    assert "No rule of Y1 stands against this answer." in page(agent, tmall, text="亲，今天发货")
    assert "<script>alert" not in page(agent, tmall, text="<script>alert(1)</script>高仿的")


def test_the_page_tells_stores_of_other_kinds_apart(tmall, agent):
    make_store(tmall.organization, "c1", platform="taobao", name="C-shop")
    told = page(agent, tmall, text="小店开不了发票", asked="能开发票吗")
    here, there = told.split("The same answer in your stores")[1].split("<li>")[1:]
    assert "Refusing an invoice" in (here if "Y1" in here else there)
    assert "Refusing an invoice" not in (there if "Y1" in here else here)


def test_the_page_reads_the_chat_it_is_opened_from(tmall, agent):
    write_chat(tmall, "b1", "mei", ("in", "2026-11-22 10:00:00", "能开发票吗？我电话13812345678"))
    buyer = buyer_named(tmall, "b1")
    query = f"?store=y1&buyer={buyer.pk}"
    assert "Refusing an invoice" in page(agent, tmall, query, text="小店开不了")
    shown = agent.get(reverse("draft_check", args=["yunfan"]) + query).content.decode()
    assert "能开发票吗" in shown
    assert "13812345678" not in shown
    # Somebody else's buyer is nobody.
    there = make_store(make_organization("beihai"), "b1")
    write_chat(there, "b2", "lin", ("in", "2026-11-22 10:00:00", "能开发票吗"))
    path = reverse("draft_check", args=["yunfan"]) + f"?buyer={buyer_named(there, 'b2').pk}"
    assert "能开发票吗" not in agent.get(path).content.decode()


def buyer_named(store, name: str) -> Buyer:
    with organization_scope(store.organization_id):
        return Buyer.objects.get(store=store, name=name)


def test_reasons_and_titles_are_told_in_the_members_language(tmall):
    with translation.override("zh-hans"):
        one = found(tmall, "小店开不了发票", "能开发票吗")["invoice-tmall"]
    assert not one.title.isascii()
    assert not one.why.isascii()
