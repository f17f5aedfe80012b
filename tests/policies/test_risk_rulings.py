"""What a buyer's signs add up to, and what people make of it: two to confirm, a reason for all, cleared for good."""

from datetime import timedelta

import pytest

from orders.remark_models import DossierNote
from policies.risk_kinds import DEFAULT_DAYS, DEFAULT_WEIGHTS
from policies.risk_models import RiskSettings, RiskSignal, RiskStanding
from policies.risk_rulings import acts_open, history_of, rule
from policies.risk_scores import Hint, Weighing, hints_of, judge, weighing
from policies.risk_settings import default_weighing, preview, save_weighing
from stores.models import Buyer
from tenants.models import AuditEntry
from tenants.scope import organization_scope
from tests.make import at, make_member, make_store

NOW = at("2026-11-02 12:00:00")
DAY = timedelta(days=1)


@pytest.fixture
def buyer(store, scope) -> Buyer:
    return Buyer.objects.create(organization_id=store.organization_id, store=store, name="x7k2m9q4w1")


def sign(buyer: Buyer, kind: str, *items: str, days_ago: int = 1, **evidence) -> RiskSignal:
    """A sign whose latest fact is so many days old."""
    at_ = NOW - DAY * days_ago
    row, _made = RiskSignal.objects.update_or_create(
        organization_id=buyer.organization_id, store_id=buyer.store_id, buyer=buyer, kind=kind,
        defaults={
            "evidence": {"items": list(items or ["1"]), **evidence}, "fact_at": at_, "found_at": NOW,
            "expires_at": at_ + DAY * weighing().days[kind],
        },
    )  # fmt: skip
    return row


def risky(buyer: Buyer) -> None:
    """65 points by default: 35 + 15 + 10 + 5."""
    sign(buyer, "refund_only_often", "r1", "r2", "r3", "r4", orders=["A1"], refunded=4, of=6)
    sign(buyer, "machine_nick")
    sign(buyer, "young_account", "7", days=12)
    sign(buyer, "low_credit", "2", credit=2)


@pytest.fixture
def people(organization):
    return [make_member(organization, "supervisor", f"{name}@yunfan.example") for name in ("a", "b", "c")]


def level(buyer: Buyer, now=NOW) -> tuple[str, int]:
    """As one buyer's page has it, which must be what the lists have."""
    judged = judge(buyer.store_id, buyer.pk, now)
    hint = hints_of([buyer.pk], now).get(buyer.pk)
    assert hint in (None, Hint(judged.level, judged.score))
    assert (hint is None) == (judged.level in ("none", "cleared"))
    return str(judged.level), judged.score


def test_the_score_is_the_sum_in_words(buyer, english):
    risky(buyer)
    judged = judge(buyer.store_id, buyer.pk, NOW)
    assert (judged.score, judged.level) == (65, "proposed")
    assert judged.sentence == (
        "refunded without returning 4 of 6 orders; name looks like a machine’s; account 12 days old; credit of 2"
    )


def test_levels_go_with_the_threshold_and_half_of_it(buyer):
    assert level(buyer) == ("none", 0)
    sign(buyer, "machine_nick")
    sign(buyer, "low_credit", credit=1)
    assert level(buyer) == ("none", 20)
    sign(buyer, "vague_recipient", orders=[])
    assert level(buyer) == ("hint", 25)
    sign(buyer, "low_good_rate", rate=0.5)
    assert level(buyer) == ("hint", 45)
    RiskSignal.objects.filter(kind="vague_recipient").delete()
    sign(buyer, "young_account", days=3)
    assert level(buyer) == ("proposed", 50)


def test_nobody_has_more_than_a_hundred_points(buyer):
    for kind in DEFAULT_WEIGHTS:
        sign(
            buyer, kind, orders=["A"], refunded=3, of=3, rate=0.1, days=1, credit=1, topics=[], minutes=1, claims=[], buyers=[1]
        )  # fmt: skip
    assert level(buyer) == ("proposed", 100)


def test_signs_count_until_they_expire_each_by_its_own_days(buyer):
    risky(buyer)
    sign(buyer, "young_account", days=12, days_ago=89)
    assert level(buyer) == ("proposed", 65)
    assert level(buyer, NOW + DAY) == ("proposed", 55)
    assert level(buyer, NOW + 178 * DAY)[1] == 55
    assert level(buyer, NOW + 179 * DAY) == ("none", 0)


def test_two_people_confirm_and_a_third_clears(buyer, store, people, english):
    first, second, third = people
    risky(buyer)
    rule(store, buyer, "watch", "seems organised", first, NOW)
    assert level(buyer)[0] == "watched"
    rule(store, buyer, "ask", "four refunds in a month", first, NOW + DAY)
    assert level(buyer)[0] == "asked"
    for act in ("confirm", "refuse"):
        with pytest.raises(ValueError, match="a second person must"):
            rule(store, buyer, act, "me again", first, NOW)
    standing = RiskStanding.objects.get()
    assert acts_open(standing, first) == ["clear"]
    assert acts_open(standing, second) == ["confirm", "refuse", "clear"]
    rule(store, buyer, "confirm", "", second, NOW + 2 * DAY)
    assert level(buyer)[0] == "confirmed"
    assert level(buyer, NOW + 400 * DAY) == ("confirmed", 0)
    rule(store, buyer, "clear", "our parcels were broken", third, NOW + 3 * DAY)
    assert level(buyer) == ("cleared", 0)
    assert [(line.who, line.what, line.note) for line in history_of(buyer)] == [
        (str(third), "risk_cleared", "our parcels were broken"), (str(second), "risk_confirmed", ""),
        (str(first), "risk_asked", "four refunds in a month"), (str(first), "risk_watched", "seems organised"),
    ]  # fmt: skip


def test_a_refusal_leaves_the_buyer_watched_and_may_be_asked_again(buyer, store, people, english):
    first, second, _third = people
    rule(store, buyer, "ask", "r", first, NOW)
    rule(store, buyer, "refuse", "too little", second, NOW)
    assert level(buyer)[0] == "watched"
    rule(store, buyer, "ask", "more now", second, NOW)
    with pytest.raises(ValueError, match="second person"):
        rule(store, buyer, "confirm", "", second, NOW)
    rule(store, buyer, "confirm", "", first, NOW)


def test_every_decision_needs_a_reason_and_the_right_state(buyer, store, people, english):
    first, second, _third = people
    for act in ("watch", "ask", "clear"):
        with pytest.raises(ValueError, match="Say why"):
            rule(store, buyer, act, "  ", first, NOW)
    for act in ("confirm", "refuse"):
        with pytest.raises(ValueError, match="in the meantime"):
            rule(store, buyer, act, "r", first, NOW)
    assert not RiskStanding.objects.exists()
    rule(store, buyer, "watch", "r", first, NOW)
    with pytest.raises(ValueError, match="in the meantime"):
        rule(store, buyer, "watch", "r", second, NOW)


def test_what_was_cleared_is_not_proposed_again_but_new_facts_are(buyer, store, people):
    risky(buyer)
    rule(store, buyer, "clear", "a known customer", people[0], NOW)
    assert level(buyer) == ("cleared", 0)
    # The same facts told again, fewer of them, and later: nothing new.
    sign(buyer, "refund_only_often", "r2", "r3", "r4", orders=["A1"], refunded=3, of=3)
    sign(buyer, "machine_nick", days_ago=0)
    assert level(buyer) == ("cleared", 0)
    sign(buyer, "refund_only_often", "r3", "r4", "r5", orders=["A1"], refunded=3, of=3)
    assert level(buyer) == ("cleared", 35)
    sign(buyer, "claim_words", "m1", claims=["court"], messages=["m1"])
    assert level(buyer) == ("proposed", 60)
    rule(store, buyer, "clear", "again", people[1], NOW)
    assert level(buyer) == ("cleared", 0)
    assert acts_open(RiskStanding.objects.get(), people[0]) == ["watch", "ask", "clear"]
    assert RiskStanding.objects.get().cleared["refund_only_often"] == ["r1", "r2", "r3", "r4", "r5"]


def test_reasons_are_kept_encrypted(buyer, store, people):
    rule(store, buyer, "watch", "lives at 13812341234", people[0], NOW)
    note = DossierNote.objects.get()
    assert note.decrypted("text") == "lives at 13812341234"
    assert b"13812341234" not in bytes(note.text)


def other(**weights) -> Weighing:
    threshold = weights.pop("threshold", 60)
    return Weighing(DEFAULT_WEIGHTS | weights, DEFAULT_DAYS, threshold)


def test_other_weights_are_tried_before_they_are_saved(buyer, store, people):
    risky(buyer)
    more = [
        Buyer.objects.create(organization_id=store.organization_id, store=store, name=f"b{n}")
        for n in range(3)
    ]
    sign(more[0], "claim_words", claims=["court"], messages=[])  # 25
    sign(more[1], "claim_words", claims=["court"], messages=[])
    sign(more[2], "claim_words", claims=["court"], messages=[])
    rule(store, more[1], "watch", "r", people[0], NOW)
    rule(store, more[2], "clear", "r", people[0], NOW)
    found = preview([store.pk], other(claim_words=60, low_credit=4, young_account=5), NOW)
    assert [(one.buyer, one.before, one.after) for one in found.newly] == [(more[0], 25, 60)]
    assert [(one.buyer, one.before, one.after) for one in found.no_longer] == [(buyer, 65, 59)]
    assert (found.newly_count, found.no_longer_count, found.now, found.then) == (1, 1, 1, 1)
    # Nothing was saved.
    assert level(buyer) == ("proposed", 65)
    assert not RiskSettings.objects.exists()
    assert preview([], other(claim_words=60), NOW).then == 0


def test_longer_days_bring_back_what_is_kept(buyer):
    sign(buyer, "shares_address", buyers=[1], days_ago=10)
    sign(buyer, "claim_words", claims=["court"], messages=[], days_ago=200)
    assert level(buyer) == ("hint", 40)
    longer = Weighing(DEFAULT_WEIGHTS, DEFAULT_DAYS | {"claim_words": 365}, 60)
    assert [one.after for one in preview([buyer.store_id], longer, NOW).newly] == [65]
    assert save_weighing(buyer.organization_id, longer)
    assert level(buyer) == ("proposed", 65)
    assert RiskSignal.objects.get(kind="claim_words").expires_at == NOW + 165 * DAY


def test_saving_is_audited_kept_and_says_whether_anything_changed(buyer):
    organization_id = buyer.organization_id
    assert not save_weighing(organization_id, default_weighing())
    assert save_weighing(organization_id, other(low_credit=0, threshold=70))
    assert not save_weighing(organization_id, other(low_credit=0, threshold=70))
    risky(buyer)
    assert level(buyer) == ("hint", 60)
    (entry,) = AuditEntry.objects.filter(verb="settings_changed")
    assert entry.details == {
        "old": {"low_credit.weight": 5, "threshold": 50}, "new": {"low_credit.weight": 0, "threshold": 70},
    }  # fmt: skip
    from tenants.history_page import kinds

    assert kinds()["risksettings"].objects.count() == 1


def test_another_organizations_buyers_and_weights_are_never_seen(buyer, store, other_store, people):
    risky(buyer)
    save_weighing(store.organization_id, other(threshold=60))
    with organization_scope(other_store.organization_id):
        twin = Buyer.objects.create(
            organization_id=other_store.organization_id, store=other_store, name=buyer.name
        )
        assert weighing() == default_weighing()
        assert hints_of([buyer.pk, twin.pk], NOW) == {}
        assert preview([store.pk, other_store.pk], other(threshold=1), NOW).then == 0
        assert judge(store.pk, buyer.pk, NOW).signs == []


def test_hints_in_lists_leave_out_who_shows_but_some_signs(buyer, store, people):
    sign(buyer, "shares_address", buyers=[1])
    assert hints_of([buyer.pk], NOW) != {}
    assert hints_of([buyer.pk, None], NOW, from_hint=False) == {}
    rule(store, buyer, "watch", "r", people[0], NOW)
    assert hints_of([buyer.pk], NOW, from_hint=False)[buyer.pk].level == "watched"


def test_another_store_of_the_organization_has_its_own_buyers(buyer, organization, store):
    risky(buyer)
    other_place = make_store(organization, "tb2")
    assert preview([other_place.pk], other(threshold=1), NOW).then == 0
