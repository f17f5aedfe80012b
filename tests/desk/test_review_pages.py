"""Pages and follow-ups of reviews: who answers which, and the table of what came of them."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from desk.complaint_tasks import regrade_organization
from desk.follow_ups import close, reopen
from desk.models import State
from orders.complaint_models import ReviewHandling, ServiceSettings
from orders.imports import write_reviews
from orders.models import Review
from orders.reviews import contact, judge, set_grade, settle
from stores.platforms.records import ReviewRecord
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat, write_order

NOW = at("2026-11-02 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


@pytest.fixture
def agent(organization, mei):
    return make_member(organization, "agent", agent_id=mei.pk)


def imports(store, *reviews: tuple, order="o1", written=NOW) -> None:
    records = [
        (n, ReviewRecord(review_id, order, "阿月", stars, text, written))
        for n, (review_id, stars, text) in enumerate(reviews)
    ]
    with organization_scope(store.organization_id):
        write_reviews(store, records)


def act(client, organization, review_id, deed, **fields):
    address = reverse("review_detail", args=[organization.slug, "tb1", review_id])
    return client.post(address, {"act": deed, **fields})


def handling(organization, review_id) -> ReviewHandling | None:
    with organization_scope(organization.pk):
        return ReviewHandling.objects.filter(review_id=review_id).first()


def test_the_list_is_by_class_and_counts_each(client, organization, store, supervisor):
    imports(
        store,
        ("a", 1, "太差"),
        ("b", 2, None),
        ("c", 3, None),
        ("d", 5, "有色差，电话13812341234"),
        ("e", 5, "没有色差"),
    )
    client.force_login(supervisor)
    address = reverse("review_list", args=[organization.slug])
    page = client.get(address)
    assert {key: n for key, _label, n in page.context["shown"]} == {
        "bad": 2, "hidden": 1, "middling": 1, "good": 1, "all": 5,
    }  # fmt: skip
    assert {line["review"].review_id for line in page.context["rows"]} == {"a", "b"}
    hidden = client.get(address, {"show": "hidden"}).content.decode()
    assert "138****1234" in hidden
    assert "13812341234" not in hidden
    act(client, organization, "a", "publish", reply="抱歉")
    waits = client.get(address, {"replied": "no"})
    assert {line["review"].review_id for line in waits.context["rows"]} == {"b"}
    done = client.get(address, {"replied": "yes"})
    assert {line["review"].review_id for line in done.context["rows"]} == {"a"}
    rows = list(
        csv.reader(
            io.StringIO(client.get(address, {"file": "csv", "show": "all"}).content.decode("utf-8-sig"))
        )
    )
    assert len(rows) == 6


def test_an_agent_answers_good_ones_only_and_the_page_says_so(client, organization, store, agent):
    imports(store, ("bad", 1, "太差"), ("good", 5, "很好"))
    client.force_login(agent)
    page = client.get(reverse("review_detail", args=[organization.slug, "tb1", "bad"]))
    assert not page.context["may_answer"]
    assert 'value="publish"' not in page.content.decode()
    assert act(client, organization, "bad", "draft", reply="抱歉").status_code == 403
    assert act(client, organization, "bad", "publish", reply="抱歉").status_code == 403
    assert act(client, organization, "bad", "grade", grade="good").status_code == 403
    assert handling(organization, "bad") is None
    assert act(client, organization, "good", "publish", reply="谢谢").status_code == 302
    assert handling(organization, "good").published_at == NOW


def test_an_agent_contacts_and_says_what_came_of_it(client, organization, store, agent, mei):
    imports(store, ("bad", 1, "太差"))
    client.force_login(agent)
    act(client, organization, "bad", "contact", text="已道歉")
    act(client, organization, "bad", "settle", outcome="changed")
    act(client, organization, "bad", "judge", fault="quality", buyer_rating="4")
    row = handling(organization, "bad")
    assert (row.agent_id, row.outcome, row.fault, row.buyer_rating) == (mei.pk, "changed", "quality", 4)


def test_named_people_answer_bad_ones(client, organization, store, agent):
    imports(store, ("bad", 1, "太差"))
    with organization_scope(organization.pk):
        named = Membership.objects.get(user=agent).pk
        ServiceSettings.objects.create(organization=organization, review_answerers=[named])
    client.force_login(agent)
    assert act(client, organization, "bad", "publish", reply="抱歉").status_code == 302
    assert handling(organization, "bad").published_at == NOW


def test_a_draft_begins_in_the_language_of_the_stores_buyers(client, organization, supervisor):
    shop = make_store(
        organization, "tw1", platform="shopee", country="TW", time_zone="Asia/Taipei", currency="TWD"
    )
    imports(shop, ("r/1", 2, "品質很爛"))
    client.force_login(supervisor)
    page = client.get(reverse("review_detail", args=[organization.slug, "tw1", "r/1"]), {"draft": "quality"})
    assert "品質問題" in page.context["form"]["reply"].value()
    assert page.context["words"] == ["很烂"]


def test_the_table_counts_what_came_of_bad_reviews_by_agent(
    client, organization, store, supervisor, mei, agent
):
    strong = make_agent(organization, "周强", (store, "tb1:qiang"))
    imports(store, *((f"r{n}", 1, None) for n in range(4)), ("hidden", 5, "有色差"), ("good", 5, None))
    imports(store, ("old", 1, None), written=NOW - timedelta(days=40))
    with organization_scope(organization.pk):
        found = {review.review_id: review for review in Review.objects.select_related("store")}
        settle(found["r0"], "changed", mei.pk, supervisor, NOW)
        settle(found["r1"], "deleted", mei.pk, supervisor, NOW)
        contact(found["r2"], "已道歉", mei.pk, supervisor, NOW)
        settle(found["hidden"], "no_answer", strong.pk, supervisor, NOW)
        judge(found["hidden"], "buyer", 1, True, supervisor, NOW)
    client.force_login(supervisor)
    page = client.get(reverse("review_figures", args=[organization.slug]))
    assert {row["agent"]: row["counts"] for row in page.context["rows"] if row["agent_id"]} == {
        "王小美": {"bad": 3, "contacted": 3, "answered": 0, "changed": 1, "deleted": 1, "kept": 0, "open": 1, "malicious": 0},
        "周强": {"bad": 1, "contacted": 1, "answered": 0, "changed": 0, "deleted": 0, "kept": 1, "open": 0, "malicious": 1},
    }  # fmt: skip
    assert page.context["totals"] == [5, 4, 0, 1, 1, 1, 2, 1]
    # Agents see their own line.
    client.force_login(agent)
    own = client.get(reverse("review_figures", args=[organization.slug]))
    assert [row["agent"] for row in own.context["rows"]] == ["王小美"]
    sheet = client.get(reverse("review_figures", args=[organization.slug]), {"file": "csv"}).content.decode(
        "utf-8-sig"
    )
    assert list(csv.reader(io.StringIO(sheet)))[1][:5] == ["王小美", "tb1", "3", "3", "0"]


@pytest.fixture
def shop(committed):
    store = make_store(make_organization("yunfan"), "tb1")
    make_agent(store.organization, "王小美", (store, "tb1:mei"))
    write_chat(
        store, "阿月", "tb1:mei", ("in", "2026-11-01 09:00:00", "在吗"), ("out", "2026-11-01 09:00:10", "在")
    )
    write_order(store, "o1", buyer="阿月", created_at="2026-11-01 09:05:00", paid_amount="10")
    return store


def review(store, review_id) -> Review:
    return Review.objects.select_related("store").get(store=store, review_id=review_id)


def test_good_stars_with_negative_words_are_a_matter_too_until_somebody_says_otherwise(shop):
    lead = make_member(shop.organization, "supervisor")
    imports(shop, ("a", 5, "有色差"), ("b", 5, "没有色差"), ("c", 3, None))
    catch_up(shop, NOW)
    assert {f.subject for f in follow_ups(shop, "bad_review")} == {"a", "c"}
    with organization_scope(shop.organization_id):
        member = Membership.objects.get(user=lead)
        for name, grade in (("a", "good"), ("b", "bad"), ("c", "good")):
            set_grade(review(shop, name), grade, member, NOW)
    catch_up(shop, NOW)
    assert {f.subject: f.state for f in follow_ups(shop, "bad_review")} == {
        "a": State.CLOSED, "b": State.OPEN, "c": State.CLOSED,
    }  # fmt: skip


def test_an_outcome_on_the_list_is_the_handlings_and_the_other_way_round(shop):
    user = make_member(shop.organization, "supervisor")
    imports(shop, ("a", 1, None), ("b", 1, None))
    catch_up(shop, NOW)
    with organization_scope(shop.organization_id):
        close(the_one(shop, "bad_review", subject="a"), "changed", user, NOW, note="改成五星")
        row = ReviewHandling.objects.get(review_id="a")
        assert (row.outcome, row.outcome_at) == ("changed", NOW)
        assert row.agent_id is not None
        settle(review(shop, "b"), "stays", None, user, NOW + timedelta(hours=1))
    catch_up(shop, NOW + timedelta(hours=1))
    other = the_one(shop, "bad_review", subject="b")
    assert (other.state, other.outcome, other.closed_at) == (
        State.CLOSED,
        "handled",
        NOW + timedelta(hours=1),
    )
    with organization_scope(shop.organization_id):
        reopen(the_one(shop, "bad_review", subject="a"), user, NOW)
        assert ReviewHandling.objects.get(review_id="a").outcome == ""
    catch_up(shop, NOW + timedelta(hours=2))
    assert the_one(shop, "bad_review", subject="a").state == State.OPEN


def test_the_background_classes_reviews_under_new_words_and_the_desk_learns_of_it(shop):
    imports(shop, ("a", 5, "甲醛超标"))
    catch_up(shop, NOW)
    assert follow_ups(shop, "bad_review") == []
    with organization_scope(shop.organization_id):
        ServiceSettings.objects.create(organization=shop.organization, negative_words=["甲醛超标"])
    assert regrade_organization(shop.organization_id) == {"looked": 1, "changed": 0}
    assert regrade_organization(shop.organization_id) == {"looked": 0, "changed": 0}
    catch_up(shop, NOW)
    assert [f.subject for f in follow_ups(shop, "bad_review")] == ["a"]
