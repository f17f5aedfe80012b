"""The classes of reviews, who may answer them, and what came of contact with their buyers."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from orders.complaint_models import ReviewHandling, ServiceSettings
from orders.dossiers import lines_of
from orders.imports import write_reviews
from orders.models import Review
from orders.remark_models import About
from orders.review_grades import BY_HAND, regrade_some
from orders.reviews import (
    contact,
    draft,
    handlings_of,
    judge,
    may_answer,
    published,
    set_grade,
    settle,
    settle_changed,
    waiting,
)
from stores.models import Change
from stores.platforms.records import ReviewRecord
from tenants.models import Membership
from tests.make import at, make_agent, make_member

NOW = at("2026-11-02 10:00:00")
pytestmark = pytest.mark.usefixtures("scope")


def imports(store, *reviews: tuple, **fields) -> None:
    """(review id, stars, text) through the real writer."""
    records = [
        (n, ReviewRecord(review_id, "o1", "阿月", stars, text, NOW, **fields))
        for n, (review_id, stars, text) in enumerate(reviews)
    ]
    write_reviews(store, records)


def grades() -> dict[str, str]:
    return dict(Review.objects.values_list("review_id", "grade"))


def one(review_id: str) -> Review:
    return Review.objects.select_related("store").get(review_id=review_id)


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


@pytest.fixture
def agent(organization, mei):
    return Membership.objects.get(user=make_member(organization, "agent", agent_id=mei.pk))


@pytest.fixture
def lead(organization):
    return Membership.objects.get(user=make_member(organization, "supervisor"))


@pytest.fixture
def bad(store):
    imports(store, ("bad", 1, "用了两天就坏了"))
    return one("bad")


def test_a_review_has_its_class_when_it_is_read(store):
    imports(
        store, ("a", 1, "很好"), ("b", 2, None), ("c", 3, "还行"), ("d", 4, "质量不错"), ("e", 5, "有色差"),
        ("f", 5, "没有色差"), ("g", None, "用了两天就坏了"), ("h", None, "还行"), ("i", 5, None),
    )  # fmt: skip
    assert grades() == {
        "a": "bad", "b": "bad", "c": "middling", "d": "good", "e": "hidden", "f": "good", "g": "hidden", "h": "",
        "i": "good",
    }  # fmt: skip


def test_a_review_that_is_read_again_is_classed_by_all_that_is_known(store):
    imports(store, ("a", 5, "有色差"))
    imports(store, ("a", 2, None))
    assert grades() == {"a": "bad"}
    imports(store, ("a", 5, None))
    # Its words were not told again, and stay.
    assert grades() == {"a": "hidden"}


def test_own_words_class_old_reviews_anew_and_tell_the_change_log_whose(organization, store):
    imports(store, ("a", 5, "甲醛超标"), ("b", 5, "好看"))
    assert regrade_some() == 0
    before = Change.objects.count()
    ServiceSettings.objects.create(organization=organization, negative_words=["甲醛超标"])
    assert regrade_some() == 2
    assert grades() == {"a": "hidden", "b": "good"}
    assert Change.objects.count() == before + 1
    assert regrade_some() == 0


def test_a_class_by_hand_stands_until_it_is_given_back(organization, store, lead, agent):
    imports(store, ("a", 5, "有色差"))
    with pytest.raises(PermissionDenied):
        set_grade(one("a"), "good", agent, NOW)
    set_grade(one("a"), "good", lead, NOW)
    imports(store, ("a", 5, "有色差，太差"))
    ServiceSettings.objects.create(organization=organization, negative_words=["甲醛超标"])
    regrade_some()
    assert (one("a").grade, one("a").graded_with) == ("good", BY_HAND)
    set_grade(one("a"), "", lead, NOW)
    assert one("a").grade == "hidden"


def test_bad_and_middling_ones_only_leads_and_named_people_answer(organization, store, agent, lead, mei):
    imports(store, ("bad", 1, None), ("hidden", 5, "有色差"), ("middling", 3, None), ("good", 5, None))
    answers = {name: may_answer(agent, one(name), None) for name in grades()}
    assert answers == {"bad": False, "hidden": False, "middling": False, "good": True}
    auditor = Membership.objects.get(user=make_member(organization, "auditor"))
    assert not may_answer(auditor, one("good"), None)
    assert all(may_answer(lead, one(name), None) for name in grades())
    with pytest.raises(PermissionDenied):
        draft(one("bad"), "抱歉", agent, NOW)
    assert not ReviewHandling.objects.exists()
    draft(one("good"), "谢谢", agent, NOW)
    ServiceSettings.objects.create(organization=organization, review_answerers=[agent.pk])
    assert draft(one("bad"), "抱歉", agent, NOW).decrypted("reply_draft") == "抱歉"


def test_a_reply_is_drafted_and_then_put_on_the_platform_once(bad, lead):
    with pytest.raises(ValueError, match=r"."):
        published(bad, lead, NOW)
    draft(bad, "抱歉，今天就处理", lead, NOW)
    draft(bad, "抱歉，今天就处理", lead, NOW)
    published(bad, lead, NOW)
    row = published(bad, lead, NOW + timedelta(hours=1))
    assert row.published_at == NOW
    assert [line.what for line in lines_of(About.REVIEW, [bad.pk])[bad.pk]] == ["drafted", "published"]


def test_a_good_one_that_turns_bad_is_no_longer_an_agents_to_answer(store, agent):
    imports(store, ("a", 5, None))
    review = one("a")
    imports(store, ("a", 1, None))
    # The page was opened before the file came.
    with pytest.raises(PermissionDenied):
        draft(one("a"), "谢谢", agent, NOW)
    assert review.grade == "good"


def test_contact_comes_before_its_outcome_and_both_are_kept(bad, agent, mei):
    with pytest.raises(ValueError, match=r"."):
        contact(bad, " ", mei.pk, agent.user, NOW)
    contact(bad, "电话里道歉，答应补偿", mei.pk, agent.user, NOW)
    row = settle(bad, "changed", mei.pk, agent.user, NOW + timedelta(days=1), "改成五星")
    assert (row.agent_id, row.contacted_at, row.outcome, row.outcome_at) == (
        mei.pk, NOW, "changed", NOW + timedelta(days=1),
    )  # fmt: skip
    lines = lines_of(About.REVIEW, [bad.pk])[bad.pk]
    assert [(line.what, line.note) for line in lines] == [
        ("contacted", "电话里道歉，答应补偿"),
        ("settled", "改成五星"),
    ]
    with pytest.raises(ValueError, match=r"."):
        settle(bad, "no such", mei.pk, agent.user, NOW)


def test_we_rate_the_buyer_and_say_whose_fault_it_is(bad, lead):
    row = judge(bad, "buyer", 1, True, lead.user, NOW)
    assert (row.fault, row.buyer_rating, row.malicious) == ("buyer", 1, True)
    for wrong in (0, 6):
        with pytest.raises(ValueError, match=r"."):
            judge(bad, "buyer", wrong, True, lead.user, NOW)


def test_stars_that_rise_after_contact_count_as_changed(store, bad, agent, mei):
    contact(bad, "道歉", mei.pk, agent.user, NOW)
    assert settle_changed(NOW) == 0
    imports(store, ("bad", 3, None))
    assert settle_changed(NOW) == 0
    imports(store, ("bad", 5, None))
    later = NOW + timedelta(days=2)
    assert [settle_changed(later), settle_changed(later)] == [1, 0]
    row = handlings_of([one("bad")])[one("bad").pk]
    assert (row.outcome, row.outcome_at, row.agent_id) == ("changed", later, mei.pk)


def test_waiting_are_those_nobody_answered_or_settled(store, bad, lead, agent, mei):
    imports(store, ("replied", 1, None), reply="抱歉", replied_at=NOW)
    imports(store, ("drafted", 1, None), ("published", 1, None), ("settled", 1, None))
    draft(one("drafted"), "抱歉", lead, NOW)
    draft(one("published"), "抱歉", lead, NOW)
    published(one("published"), lead, NOW)
    settle(one("settled"), "stays", mei.pk, agent.user, NOW)
    assert set(waiting(Review.objects.all()).values_list("review_id", flat=True)) == {"bad", "drafted"}
