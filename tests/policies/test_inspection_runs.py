"""One rule over past chats: again after a change, and tried before it goes live."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from orders.models import Order
from policies import inspection_steps
from policies.detection.reader import Reader
from policies.detection.registry import DETECTORS
from policies.inspecting import inspect_whole
from policies.inspection_models import InspectionRun, RunState, TrialHit, Violation
from policies.inspection_prefilter import concerned
from policies.inspection_runs import label, precision_of, start_again, start_trial, stop, try_again, wilson
from policies.inspection_steps import step
from policies.run_batches import inspected_again
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store, write_chat, write_order
from tests.policies.inspected import (
    ALWAYS,
    HAIRY,
    NOW,
    change_rule,
    checked_spec,
    inspect,
    make_rule,
    told,
    violations,
)
from tests.policies.test_inspecting import write_remark_on

pytestmark = pytest.mark.usefixtures("committed")
SECOND = date(2026, 11, 2)


@pytest.fixture
def store():
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "s:mei"))


def says(store, buyer: str, when: str, text: str, way: str = "out") -> str:
    write_chat(store, buyer, "s:mei", (way, f"2026-11-{when}", text))
    return f"message:{buyer}-2026-11-{when}-0"


def changed(rule, since: date = ALWAYS, user=None, **values) -> list[InspectionRun]:
    """A new version, and what it starts."""
    with organization_scope(rule.organization_id):
        old = list(rule.versions.order_by("number"))
    change_rule(rule, since, **values)
    with organization_scope(rule.organization_id):
        return start_again(rule, old, user, NOW)


def finish(*runs: InspectionRun) -> list[InspectionRun]:
    """The runs as they are when nothing is left to do."""
    for run in runs:
        while step(run.organization_id, run.pk, NOW):
            pass
    with organization_scope(runs[0].organization_id):
        return list(InspectionRun.objects.filter(pk__in=[run.pk for run in runs]).order_by("pk"))


def same_as_whole(store) -> None:
    """A look at everything by every rule finds what stands, and changes nothing."""
    before = told(store)
    with organization_scope(store.organization_id):
        inspect_whole(store)
    counts = inspect(store)
    assert (counts.made, counts.lapsed, told(store)) == (0, 0, before)


# Inspected again


def test_other_words_lapse_what_stands_no_more_and_find_what_was_passed_over(store, mei):
    rule = make_rule(store.organization, "cash", "返现")
    make_rule(store.organization, "other", "红包")
    first = says(store, "阿月", "02 10:00:00", "返现")
    second = says(store, "阿花", "02 10:00:00", "红包")
    says(store, "阿云", "02 10:00:00", "在的")
    inspect(store)
    assert [row[:2] for row in told(store)] == [(first, "cash"), (second, "other")]
    (run,) = changed(rule, phrases=["红包"])
    assert (run.kind, run.since, run.until, run.state) == ("again", ALWAYS, NOW.date(), "waiting")
    (run,) = finish(run)
    assert (run.state, run.hits, run.messages, run.buyers, run.buyers_done) == ("done", 1, 3, 3, 3)
    assert [row[:2] for row in told(store)] == [(second, "cash"), (second, "other")]
    assert [row[:2] for row in told(store, "lapsed")] == [(first, "cash")]
    same_as_whole(store)


def test_only_the_days_of_the_new_version_are_read(store, mei):
    rule = make_rule(store.organization, "cash", "返现")
    old = says(store, "阿月", "01 10:00:00", "返现")
    says(store, "阿月", "02 10:00:00", "返现")
    new = says(store, "阿月", "02 11:00:00", "红包")
    inspect(store)
    (run,) = finish(*changed(rule, SECOND, phrases=["红包"]))
    assert (run.since, run.until, run.messages) == (SECOND, SECOND, 2)
    assert [row[0] for row in told(store)] == [old, new]
    same_as_whole(store)


def test_a_version_of_days_gone_by_is_read_with_what_stands_around_them(store, mei):
    rule = make_rule(store.organization, "admits", "对的", asked=["假货"])
    says(store, "阿月", "01 23:59:00", "假货吗", way="in")
    key = says(store, "阿月", "02 00:01:00", "是的")
    says(store, "阿月", "03 00:01:00", "是的")
    inspect(store)
    with organization_scope(store.organization_id):
        spec = checked_spec({"phrases": ["是的"], "asked": ["假货"]})
        old = list(rule.versions.all())
    change_rule(rule, SECOND, spec=spec, until=SECOND)
    with organization_scope(store.organization_id):
        (run,) = start_again(rule, old, None, NOW + timedelta(days=9))
    (run,) = finish(run)
    assert (run.since, run.until) == (SECOND, SECOND)
    assert [row[0] for row in told(store)] == [key]
    same_as_whole(store)


def test_a_rule_that_is_switched_off_lapses_and_one_that_is_for_other_stores_too(store, mei):
    other = make_store(store.organization, "jd1", platform="jd")
    rule = make_rule(store.organization, "cash", "返现")
    for one in (store, other):
        says(one, "阿月", "02 10:00:00", "返现")
        inspect(one)
    runs = changed(rule, platforms=["jd"])
    assert [run.store_id for run in runs] == [store.pk, other.pk]
    finish(*runs)
    assert (len(violations(store)), len(violations(other))) == (0, 1)
    finish(*changed(rule, platforms=["jd"], enabled=False))
    assert len(violations(other)) == 0
    same_as_whole(store)


def test_what_the_detector_of_a_release_before_found_lapses_too(store, mei, monkeypatch):
    monkeypatch.setitem(DETECTORS, "hairy", HAIRY)
    rule = make_rule(store.organization, "hairy", detector="hairy")
    says(store, "阿月", "02 10:00:00", "x")
    inspect(store)
    assert len(violations(store)) == 1
    # No line holds a word of it any more.
    monkeypatch.setitem(DETECTORS, "hairy", replace(HAIRY, triggers=frozenset({"w"})))
    finish(*changed(rule, level=3))
    assert violations(store) == []


def test_stores_no_version_is_for_are_not_read(store, mei):
    rule = make_rule(store.organization, "cash", "返现", platforms=["jd"])
    jd = make_store(store.organization, "jd1", platform="jd")
    assert [run.store_id for run in changed(rule, phrases=["红包"])] == [jd.pk]


def test_what_a_person_has_looked_at_stays_whatever_the_rule_becomes(store, mei):
    rule = make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "02 10:00:00", "返现")
    inspect(store)
    with organization_scope(store.organization_id):
        Violation.objects.update(state="confirmed")
    finish(*changed(rule, phrases=["红包"]))
    (found,) = violations(store, "confirmed")
    with organization_scope(store.organization_id):
        assert found.version.number == 1


def test_other_figures_are_set_without_reading_a_chat(store, mei):
    rule = make_rule(store.organization, "cash", "返现", points=6)
    says(store, "阿月", "01 10:00:00", "返现")
    says(store, "阿月", "02 10:00:00", "返现")
    says(store, "阿花", "02 10:00:00", "返现")
    inspect(store)
    with organization_scope(store.organization_id):
        Violation.objects.filter(buyer__name="阿花").update(state="confirmed")
    assert changed(rule, SECOND, verified_on=SECOND, points=12, money="5") == []
    figures = {
        (v.buyer.name, v.day.day): (v.points, v.money) for v in violations(store, "found", "confirmed")
    }
    assert figures == {("阿月", 1): (None, None), ("阿月", 2): (12, 5), ("阿花", 2): (None, None)}
    same_as_whole(store)
    # A version before the last one judged some of these days otherwise: the chats must be read.
    assert len(changed(rule, ALWAYS, wording="您好")) == 1


def test_notices_of_remarks_follow_the_rule(store, mei):
    paid = {"created_at": "2026-11-02 08:00:00", "paid_at": "2026-11-02 08:01:00", "paid_amount": "8"}
    write_order(store, "A1", buyer="阿月", **paid)
    user = make_member(store.organization, "agent", agent_id=mei.pk)
    rule = make_rule(store.organization, "cash", "好评返现", in_remarks=True)
    write_remark_on(store, "A1", user, "好评返现5元，送红包")
    inspect(store)
    finish(*changed(rule, phrases=["红包"]))
    assert (told(store, "notice"), len(told(store, "lapsed"))) == ([], 1)
    with organization_scope(store.organization_id):
        spec = checked_spec({"phrases": ["红包"], "in_remarks": True})
        assert Order.objects.count() == 1
    finish(*changed(rule, spec=spec))
    assert [(row[1], row[6], row[7]) for row in told(store, "notice")] == [("cash", 8, 10)]


def test_a_run_can_be_stopped_and_an_error_ends_it_in_words(store, mei, monkeypatch):
    rule = make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "02 10:00:00", "返现")
    (run,) = changed(rule, phrases=["红包"])
    with organization_scope(store.organization_id):
        assert stop([run], NOW) == 1
        assert stop([run], NOW) == 0
    assert not step(run.organization_id, run.pk, NOW)
    (run,) = finish(run)
    assert (run.state, run.ended_at, run.buyers_done) == (RunState.STOPPED, NOW, 0)
    (run,) = changed(rule, phrases=["红包", "返现"])
    with organization_scope(store.organization_id):
        InspectionRun.objects.filter(pk=run.pk).update(kind="trial", detector="gone", state="waiting")
    (run,) = finish(run)
    assert (run.state, run.error) == (RunState.FAILED, "KeyError: 'gone'")


def test_a_stopped_run_goes_on_behind_the_last_buyer_it_did_and_ends_as_if_it_had_not_been_stopped(
    store, mei, monkeypatch
):
    monkeypatch.setattr(inspection_steps, "BUYERS", 2)
    rule = make_rule(store.organization, "cash", "返现")
    keys = [says(store, f"b{number}", f"02 10:0{number}:00", "红包") for number in range(5)]
    (run,) = changed(rule, phrases=["红包"])
    assert step(run.organization_id, run.pk, NOW)
    with organization_scope(store.organization_id):
        assert stop([run], NOW) == 1
    assert not step(run.organization_id, run.pk, NOW)
    # What was found stays, and nothing of the others.
    assert [row[0] for row in told(store)] == keys[:2]
    with organization_scope(store.organization_id):
        assert try_again([run]) == 1
        assert try_again([run]) == 0
        run.refresh_from_db()
        assert (run.state, run.ended_at, run.buyers_done) == (RunState.WAITING, None, 2)
    (run,) = finish(run)
    # Each buyer is read once: five messages, not seven.
    assert (run.state, run.buyers, run.buyers_done, run.messages, run.hits) == ("done", 5, 5, 5, 5)
    assert [row[0] for row in told(store)] == keys
    with organization_scope(store.organization_id):
        assert try_again([run]) == 0
    same_as_whole(store)


def test_a_failed_run_is_tried_again_without_its_error(store, mei, monkeypatch):
    rule = make_rule(store.organization, "cash", "返现")
    key = says(store, "阿月", "02 10:00:00", "返现")
    with organization_scope(store.organization_id):
        spec = checked_spec({"phrases": ["返现"]})
        runs = start_trial([store], rule, spec, 2, SECOND, SECOND, None, NOW)
        InspectionRun.objects.update(detector="gone")
    (run,) = finish(*runs)
    assert (run.state, run.error) == (RunState.FAILED, "KeyError: 'gone'")
    with organization_scope(store.organization_id):
        InspectionRun.objects.update(detector="phrases")
        assert try_again([run]) == 1
    (run,) = finish(run)
    assert (run.state, run.error, run.hits) == (RunState.DONE, "", 1)
    with organization_scope(store.organization_id):
        assert TrialHit.objects.get().source_key == key


def test_a_trial_stopped_and_tried_again_keeps_the_sample_it_would_have_kept(store, mei, monkeypatch):
    monkeypatch.setattr(inspection_steps, "SAMPLE", 3)
    monkeypatch.setattr(inspection_steps, "BUYERS", 2)
    # By hand: of b0 to b6 the three largest numbers have the smallest lots.
    monkeypatch.setattr(inspection_steps, "_lot", lambda run, key: -int(key[len("message:b")]))
    rule = make_rule(store.organization, "cash", "返现")
    for number in range(7):
        says(store, f"b{number}", "02 10:00:00", "返现")
    with organization_scope(store.organization_id):
        (run,) = start_trial([store], rule, checked_spec({"phrases": ["返现"]}), 2, SECOND, SECOND, None, NOW)
    assert step(run.organization_id, run.pk, NOW)
    with organization_scope(store.organization_id):
        stop([run], NOW)
        assert TrialHit.objects.filter(run=run).count() == 2
        try_again([run])
    (run,) = finish(run)
    assert (run.hits, run.messages, run.buyers_done) == (7, 7, 7)
    with organization_scope(store.organization_id):
        kept = TrialHit.objects.filter(run=run).order_by("source_key").values_list("source_key", flat=True)
        assert [key[8:10] for key in kept] == ["b4", "b5", "b6"]


def test_what_was_stopped_is_told_until_a_later_run_has_all_of_its_days(store, mei):
    rule = make_rule(store.organization, "cash", "返现")
    says(store, "阿月", "02 10:00:00", "返现")

    def shown() -> list[tuple]:
        with organization_scope(store.organization_id):
            batch = inspected_again(rule, [store])
            return [(run.since, run.state) for run in batch.runs]

    (long,) = changed(rule, phrases=["红包"])
    with organization_scope(store.organization_id):
        stop([long], NOW)
    short = changed(rule, SECOND, phrases=["现金"])
    assert shown() == [(ALWAYS, "stopped"), (SECOND, "waiting")]
    finish(*short)
    assert shown() == [(ALWAYS, "stopped"), (SECOND, "done")]
    finish(*changed(rule, phrases=["返现"]))
    assert shown() == [(SECOND, "done"), (ALWAYS, "done")]


def test_what_is_passed_over_holds_no_word_and_what_holds_one_is_read_in_any_writing(store, mei):
    make_rule(store.organization, "cash", "好评返现")
    written = {
        "simple": "好评返现", "traditional": "好評返現", "wide": "好 评 返 现", "dots": "好.评.返.现", "none": "好评返红包",
        "lines": "好评\n返现",
    }  # fmt: skip
    for buyer, text in written.items():
        says(store, buyer, "02 10:00:00", text)
    says(store, "asked", "02 10:00:00", "好评返现吗", way="in")
    with organization_scope(store.organization_id):
        reader = Reader([inspection_steps.phrase_detector("cash", checked_spec({"phrases": ["好评返现"]}))])
        ids = dict(Buyer.objects.values_list("name", "pk"))
        found = concerned(store, reader, list(ids.values()), SECOND, SECOND)
    assert {name for name, pk in ids.items() if pk in found.buyers} == {
        "simple",
        "traditional",
        "wide",
        "dots",
    }
    assert found.messages == 6


# Tried


def test_a_trial_counts_and_keeps_examples_and_makes_no_violation(store, mei):
    user = make_member(store.organization, "owner")
    rule = make_rule(store.organization, "cash", "返现", enabled=False)
    key = says(store, "阿月", "02 10:00:00", "亲，返 现5元")
    says(store, "阿月", "01 10:00:00", "返现")  # a day before
    says(store, "阿花", "02 10:00:00", "在的")
    says(store, "阿花", "02 10:01:00", "返现吗", way="in")
    spec = checked_spec({"phrases": ["返现"]})
    with organization_scope(store.organization_id):
        runs = start_trial([store], rule, spec, 2, SECOND, SECOND, user, NOW)
    (run,) = finish(*runs)
    assert (run.kind, run.state, run.hits, run.messages) == ("trial", "done", 1, 2)
    with organization_scope(store.organization_id):
        (hit,) = TrialHit.objects.all()
        assert (hit.source_key, hit.start, hit.end, hit.certainty, hit.reason) == (key, 2, 5, 2, "phrase")
        assert not Violation.objects.exists()
        with pytest.raises(ValueError, match="no days"):
            start_trial([store], rule, spec, 2, SECOND, ALWAYS, user, NOW)


def test_a_trial_of_what_buyers_ask_tells_their_questions_and_the_level_is_the_least_certainty(store, mei):
    rule = make_rule(store.organization, "fake", "假货", speaker="buyer")
    says(store, "阿月", "02 10:00:00", "假货吗", way="in")
    says(store, "阿月", "02 10:01:00", "不是假货")
    found = []
    for level in (2, 3):
        with organization_scope(store.organization_id):
            spec = checked_spec({"phrases": ["假货"], "speaker": "buyer"})
            found += finish(*start_trial([store], rule, spec, level, SECOND, SECOND, None, NOW))
    assert [run.hits for run in found] == [1, 0]


def test_the_sample_is_the_same_whatever_the_steps_and_as_large_as_it_may_be(store, mei, monkeypatch):
    monkeypatch.setattr(inspection_steps, "SAMPLE", 5)
    rule = make_rule(store.organization, "cash", "返现")
    for number in range(12):
        says(store, f"b{number:02}", "02 10:00:00", "返现")
    spec, samples = checked_spec({"phrases": ["返现"]}), []
    # By hand: the five keys with the smallest hash, of this run.
    monkeypatch.setattr(inspection_steps, "_lot", lambda run, key: key[::-1].encode())
    for size in (1000, 3, 1):
        monkeypatch.setattr(inspection_steps, "BUYERS", size)
        with organization_scope(store.organization_id):
            (run,) = finish(*start_trial([store], rule, spec, 2, SECOND, SECOND, None, NOW))
            hits = TrialHit.objects.filter(run=run).values_list("source_key", flat=True)
            samples.append(sorted(hits))
        assert run.hits == 12
    every = [f"message:b{number:02}-2026-11-02 10:00:00-0" for number in range(12)]
    assert samples == [sorted(sorted(every, key=lambda key: key[::-1])[:5])] * 3


def test_labels_give_the_precision_with_its_interval(store, mei):
    user = make_member(store.organization, "supervisor")
    rule = make_rule(store.organization, "cash", "返现")
    for number in range(3):
        says(store, f"b{number}", "02 10:00:00", "返现")
    with organization_scope(store.organization_id):
        runs = start_trial([store], rule, checked_spec({"phrases": ["返现"]}), 2, SECOND, SECOND, user, NOW)
        hit = TrialHit(run=runs[0])
        with pytest.raises(ValueError, match="under way"):
            label(hit, True, user, NOW)
    finish(*runs)
    with organization_scope(store.organization_id):
        assert precision_of(runs) == (0, 0, 0.0, 1.0)
        for hit, right in zip(TrialHit.objects.order_by("pk"), (True, False, True), strict=True):
            label(hit, right, user, NOW)
        assert precision_of(runs)[:2] == (2, 3)
        label(hit, None, user, NOW)
        assert precision_of(runs)[:2] == (1, 2)
        assert TrialHit.objects.filter(labelled_by=user, labelled_at=NOW).count() == 2


def test_wilsons_interval_is_the_one_of_the_textbook():
    # 15 of 20: (0.75 + 3.8416/40 ± 1.96·√(0.75·0.25/20 + 3.8416/1600)) / (1 + 3.8416/20), worked out by hand.
    low, high = wilson(15, 20)[2:]
    assert (round(low, 4), round(high, 4)) == (0.5313, 0.8881)
    assert wilson(10, 10).high == 1.0
    assert round(wilson(0, 10).high, 4) == 0.2775


def test_a_detector_of_the_library_is_tried_as_it_is(store, mei):
    rule = make_rule(store.organization, "abuse", detector="abuse")
    assert "abuse" in DETECTORS
    says(store, "阿月", "02 10:00:00", "你是傻逼吗")
    with organization_scope(store.organization_id):
        (run,) = finish(*start_trial([store], rule, {}, 2, SECOND, SECOND, None, NOW))
    assert run.hits == 1
