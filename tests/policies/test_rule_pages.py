"""The pages of rules: the list, one rule with its versions, verifying, writing one's own, and trying it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from policies.inspection_models import InspectionRun, RunState, TrialHit, Violation
from policies.inspection_runs import UNDER_WAY
from policies.inspection_steps import step
from policies.library import LIBRARY
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import ensure_library, new_version
from tenants.audit_models import AuditEntry
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_chat

LIST, ABUSE = "/yunfan/policies/rules/", "/yunfan/policies/rules/abuse-taobao/"
FORM = {
    "since": "2026-11-01", "until": "", "enabled": "on", "platforms": ["taobao", "tmall"], "kinds": "", "countries": "",
    "level": "2", "grave": "on", "points": "12", "money": "", "consequence": "", "wording": "", "source": "s",
    "reason": "",
}  # fmt: skip
WORDS = {
    "title": "不许私聊", "phrases": "私聊\n加我…微信", "exceptions": "不能私聊", "asked": "", "speaker": "agent",
    "certainty": "likely",
}  # fmt: skip


@pytest.fixture
def lead(client, supervisor, store):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def as_owner(client, owner, store):
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    return client


def text_of(answer) -> str:
    return answer.content.decode()


def newest(organization, code: str = "abuse-taobao") -> PolicyVersion:
    with organization_scope(organization.pk):
        return PolicyVersion.objects.filter(rule__code=code).select_related("rule").latest("number")


def test_the_library_comes_with_the_first_look_and_stays_one(lead, organization):
    page = text_of(lead.get(LIST))
    assert "Abuse of a buyer" in page
    assert "unverified: nothing is proposed" in page
    lead.get(LIST)
    with organization_scope(organization.pk):
        assert PolicyVersion.objects.count() == len(LIBRARY)


def test_the_list_is_narrowed_by_platform_store_state_and_words(lead, organization):
    make_store(organization, "jd1", platform="jd")

    def codes(query: str) -> set[str]:
        lines = [line for group in lead.get(f"{LIST}?{query}").context["groups"] for line in group["lines"]]
        return {line.rule.code for line in lines}

    assert {"abuse-jd", "superlatives-law"} <= codes("platform=jd")
    assert "abuse-taobao" not in codes("platform=jd")
    assert {"abuse-taobao"} <= codes("store=tb1")
    assert "invoice-enterprise" not in codes("store=tb1")
    assert codes("state=own") == set()
    assert codes("state=verified") == set()
    # 12768 stands in the source of one rule alone; 资料 in one wording, here of three platforms and Taobao's.
    assert codes("q=12768") == {"abuse-shopee"}
    assert codes("q=%E5%85%B6%E4%BB%96%E5%AE%A2%E6%88%B7%E7%9A%84%E8%B5%84%E6%96%99") == {
        "privacy-taobao", "privacy-jd", "privacy-shopee", "privacy-other",
    }  # fmt: skip
    assert len(codes("state=nonsense&platform=mars")) == 50  # a wrong value asks for nothing; a page has 50


def test_a_new_version_holds_from_its_day_and_is_told_in_words_and_in_the_audit_trail(lead, organization):
    lead.get(LIST)
    sent = FORM | {"points": "6", "until": "2026-11-15", "reason": "Read it again"}
    assert lead.post(ABUSE, sent).status_code == 302
    version = newest(organization)
    assert (version.number, version.since, version.until) == (2, date(2026, 11, 1), date(2026, 11, 15))
    assert (version.points, version.made_by.name, version.reason) == (
        Decimal(6), "Supervisor", "Read it again",
    )  # fmt: skip
    page = text_of(lead.get(ABUSE))
    assert 'Points: <span class="text-secondary">12</span> → <strong>6</strong>' in page
    assert "2026-11-01 – 2026-11-15" in page
    assert "2026-11-16" in page  # from then on the first one again
    with organization_scope(organization.pk):
        entry = AuditEntry.objects.get(verb="rule_made")
    assert entry.subject == "abuse-taobao v2"
    assert Decimal(entry.details["old"]["points"]) == 12
    assert Decimal(entry.details["new"]["points"]) == 6
    assert entry.details["reason"] == "Read it again"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"since": ""}, "This field is required."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"until": "2026-10-31"}, "It ends before it begins."),
        ({"points": "many"}, "Enter a number."),
        ({"points": "-1"}, "greater than or equal to 0"),
        ({"points": "1.25"}, "no more than 1 decimal place"),
        ({"money": "1e9"}, "less than or equal to"),
        ({"countries": "TW, Taiwan"}, "“TAIWAN” is no country of two letters."),
        ({"kinds": "x" * 51}, "at most 50 characters"),
        ({"platforms": ["mars"]}, "mars is not one of the available choices"),
        ({"level": "4"}, "4 is not one of the available choices"),
        ({"source": "x" * 501}, "at most 500 characters"),
        ({"wording": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(lead, organization, wrong, words):
    answer = lead.post(ABUSE, FORM | wrong)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert newest(organization).number == 1


def test_what_changes_nothing_is_no_version(lead, organization):
    lead.get(LIST)
    lead.post(ABUSE, FORM)
    assert "valid on that day already" in text_of(lead.post(ABUSE, FORM))
    assert newest(organization).number == 2


def test_a_consequence_of_the_library_stays_a_sentence_of_the_program(lead, organization):
    """Who reads it in Chinese and changes something else does not turn it into Chinese for everybody."""
    lead.get(LIST)
    with organization_scope(organization.pk):
        rule = PolicyRule.objects.get(code="abuse-taobao")
        new_version(rule, date(2026, 11, 1), user=None, now=timezone.now(), consequence="Store")
    lead.cookies["django_language"] = "zh-hans"
    in_chinese = lead.get(ABUSE).context["form"].initial["consequence"]
    assert in_chinese == "店铺"
    lead.post(ABUSE, FORM | {"consequence": in_chinese, "points": "6"})
    assert (newest(organization).points, newest(organization).consequence) == (Decimal(6), "Store")
    lead.post(ABUSE, FORM | {"consequence": "本店自定", "points": "6"})
    assert newest(organization).consequence == "本店自定"


def test_only_the_owner_says_that_figures_are_right(lead, organization, owner):
    lead.get(LIST)
    sent = {
        "verify-source": "rule.example/12",
        "verify-checked_on": "2026-11-20",
        "verify-since": "2026-11-21",
    }
    assert lead.post(f"{ABUSE}verify/", sent).status_code == 403
    assert "The figures are right" not in text_of(lead.get(ABUSE))
    lead.force_login(owner)
    lead.cookies["django_language"] = "en"
    assert "The figures are right" in text_of(lead.get(ABUSE))
    assert lead.post(f"{ABUSE}verify/", sent).status_code == 302
    version = newest(organization)
    assert (version.verified_on, version.verified_by_id) == (date(2026, 11, 20), owner.pk)
    assert (version.since, version.source, version.points) == (
        date(2026, 11, 21), "rule.example/12", Decimal(12),
    )  # fmt: skip
    assert "verified on 2026-11-20 Owner" in text_of(lead.get(ABUSE))
    # Other figures, or other places, ask for a new look.
    lead.post(ABUSE, FORM | {"since": "2026-11-22", "source": "rule.example/12", "wording": "亲"})
    assert newest(organization).verified_on == date(2026, 11, 20)
    lead.post(ABUSE, FORM | {"since": "2026-11-22", "source": "rule.example/12", "platforms": ["shopee"]})
    assert newest(organization).verified_on is None


def test_a_source_is_not_read_tomorrow(as_owner, organization):
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"verify-source": "s", "verify-checked_on": f"{tomorrow}", "verify-since": f"{tomorrow}"}
    assert "That day has not come yet." in text_of(as_owner.post(f"{ABUSE}verify/", sent))
    assert newest(organization).number == 1


def test_an_unverified_rule_proposes_no_points_and_a_verified_one_proposes_its_own(
    as_owner, organization, store
):
    """Found violations that nobody has touched follow; what is unverified leaves them without figures."""
    as_owner.get(LIST)
    day = timezone.localdate()
    with organization_scope(organization.pk):
        version = newest(organization)
        found = Violation.objects.create(
            organization=organization, store=store, rule=version.rule, version=version, source_key="message:1",
            said_at=timezone.now(), day=day, found_at=timezone.now(),
        )  # fmt: skip

    def proposed() -> Decimal | None:
        with organization_scope(organization.pk):
            return Violation.objects.get(pk=found.pk).points

    today = FORM | {"since": f"{day}"}
    kept = {"consequence": version.consequence, "wording": version.wording}
    as_owner.post(ABUSE, today | kept | {"points": "9"})
    assert proposed() is None
    as_owner.post(
        f"{ABUSE}verify/", {"verify-source": "s", "verify-checked_on": f"{day}", "verify-since": f"{day}"}
    )
    assert proposed() == Decimal(9)
    as_owner.post(ABUSE, today | kept | {"points": "8"})
    assert proposed() is None


def test_who_may_see_some_stores_only_changes_no_rule_of_all(client, organization, store):
    client.force_login(make_member(organization, "supervisor", "l@yunfan.example", store_ids=[store.pk]))
    assert client.get(ABUSE).status_code == 200
    assert client.post(ABUSE, FORM).status_code == 403
    assert client.get(f"{LIST}+/").status_code == 403
    assert newest(organization).number == 1


def test_an_agent_reads_the_rules_without_what_was_found(client, organization, store, lead):
    lead.get(LIST)
    client.force_login(make_member(organization, "agent"))
    page = text_of(client.get(LIST))
    assert "Abuse of a buyer" in page
    assert "Found in 30 days" not in page
    assert "Write a rule" not in page


def own_rule(client, organization, **other) -> PolicyRule:
    answer = client.post(f"{LIST}+/", FORM | WORDS | {"platforms": []} | other)
    assert answer.status_code == 302, text_of(answer)
    with organization_scope(organization.pk):
        return PolicyRule.objects.get(from_library=False)


def test_a_rule_of_ones_own_words_is_kept_and_not_in_use_before_it_was_tried(lead, organization):
    rule = own_rule(lead, organization)
    version = newest(organization, rule.code)
    assert version.enabled is False
    assert version.spec == {
        "phrases": ["私聊", "加我…微信"], "except": ["不能私聊"], "asked": [], "speaker": "agent",
        "in_remarks": False, "certainty": "likely",
    }  # fmt: skip
    page = text_of(lead.get(f"{LIST}{rule.code}/"))
    assert "不许私聊" in page
    assert "not in use" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"phrases": ""}, "Write at least one phrase."),
        ({"phrases": "私"}, "“私” is too short"),
        ({"phrases": "…"}, "“…” is too short"),
        ({"phrases": "私" * 61}, "longer than 60 characters"),
        ({"phrases": "\n".join(f"词语{n}" for n in range(201))}, "At most 200 phrases"),
        ({"speaker": "buyer", "in_remarks": "on"}, "reads no remarks"),
        ({"speaker": "courier"}, "courier is not one of the available choices"),
        ({"title": " "}, "This field is required."),
        ({"points": "x"}, "Enter a number."),
    ],
)
def test_words_that_cannot_be_are_refused_in_words(lead, organization, wrong, words):
    answer = lead.post(f"{LIST}+/", FORM | WORDS | wrong)
    assert answer.status_code == 200
    assert words in text_of(answer)
    with organization_scope(organization.pk):
        assert not PolicyRule.objects.filter(from_library=False).exists()


def test_what_people_write_into_a_rule_is_text_and_no_markup(lead, organization):
    script = "<script>alert(1)</script>"
    rule = own_rule(lead, organization, title=script, phrases=script, wording=script, source=script)
    for path in (LIST, f"{LIST}{rule.code}/", f"{LIST}{rule.code}/trial/"):
        page = text_of(lead.get(path))
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert" in page, path


def test_a_rule_is_tried_on_past_chats_its_hits_labelled_and_put_in_use(lead, organization, store):
    """Of four answers two hold 私聊 and no exception: 2 of 4 messages are 500 per 1,000; one of them labelled wrong."""
    make_agent(organization, "小美", (store, "s:mei"))
    write_chat(
        store, "王小明", "s:mei", ("in", "2026-11-10 10:00:00", "电话13812345678"),
        ("out", "2026-11-10 10:00:10", "亲，我们私聊吧13812345678"), ("out", "2026-11-10 10:00:20", "不能私聊哦"),
    )  # fmt: skip
    write_chat(
        store, "b2", "s:mei", ("in", "2026-11-11 10:00:00", "在吗"), ("out", "2026-11-11 10:00:10", "私 聊"),
        ("out", "2026-11-11 10:00:20", "好的"), ("out", "2026-11-20 10:00:20", "私聊"),
    )  # fmt: skip
    rule = own_rule(lead, organization)
    trial = f"{LIST}{rule.code}/trial/"
    sent = WORDS | {"stores": ["tb1"], "since": "2026-11-01", "until": "2026-11-15", "level": "2"}
    address = lead.post(trial, sent).headers["Location"]
    assert "Past chats are read" in text_of(lead.get(address))
    with organization_scope(organization.pk):
        run = InspectionRun.objects.get()
    while step(organization.pk, run.pk, at("2026-11-21 10:00:00")):
        pass
    shown = lead.get(address)
    assert (shown.context["trial"].messages, shown.context["trial"].hits) == (4, 2)
    assert shown.context["trial"].per_thousand == 500
    page = text_of(shown)
    assert "<mark>私聊</mark>" in page
    assert "<mark>私 聊</mark>" in page
    assert "13812345678" not in page
    assert shown.context["precision"] is None
    with organization_scope(organization.pk):
        first, second = TrialHit.objects.order_by("said_at").values_list("pk", flat=True)
    for hit, answer in ((first, "right"), (second, "wrong")):
        lead.post(f"/yunfan/policies/trials/{hit}/", {"right": answer})
    shown = lead.get(address, headers={"HX-Request": "true"})
    assert (shown.context["right"], shown.context["labelled"]) == (1, 2)
    # Wilson's interval of 1 of 2, by hand: (0.5 + 0.9604) / 2.9208 is the middle 0.5, ± 0.405 of it.
    assert (round(shown.context["low"], 3), round(shown.context["high"], 3)) == (0.095, 0.905)
    assert "<html" not in text_of(shown)
    lead.post(f"/yunfan/policies/trials/{second}/", {"right": ""})
    assert lead.get(address).context["labelled"] == 1
    assert lead.post(f"{trial}{run.pk}/use/").status_code == 302
    version = newest(organization, rule.code)
    assert (version.number, version.enabled, version.reason) == (2, True, "After a trial")
    assert version.since == timezone.localdate()


def test_a_trial_tries_other_words_and_the_rule_keeps_its_own_until_they_are_put_in_use(lead, organization):
    rule = own_rule(lead, organization)
    day = timezone.localdate()
    sent = WORDS | {"phrases": "加微", "stores": ["tb1"], "since": f"{day}", "until": f"{day}", "level": "3"}
    lead.post(f"{LIST}{rule.code}/trial/", sent)
    assert newest(organization, rule.code).spec["phrases"] == ["私聊", "加我…微信"]
    with organization_scope(organization.pk):
        run = InspectionRun.objects.get()
        InspectionRun.objects.update(state=RunState.DONE)
    lead.post(f"{LIST}{rule.code}/trial/{run.pk}/use/")
    version = newest(organization, rule.code)
    assert (version.spec["phrases"], version.level) == (["加微"], 3)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stores": []}, "This field is required."),
        ({"stores": ["elsewhere"]}, "elsewhere is not one of the available choices"),
        ({"until": "2026-10-31"}, "It ends before it begins."),
        ({"until": "2027-11-03"}, "At most 366 days."),
        ({"phrases": ""}, "Write at least one phrase."),
    ],
)
def test_a_trial_that_cannot_be_is_refused_in_words(lead, organization, wrong, words):
    rule = own_rule(lead, organization)
    sent = WORDS | {"stores": ["tb1"], "since": "2026-11-01", "until": "2026-11-15", "level": "2"}
    answer = lead.post(f"{LIST}{rule.code}/trial/", sent | wrong)
    assert answer.status_code == 200
    assert words in text_of(answer)
    with organization_scope(organization.pk):
        assert not InspectionRun.objects.exists()


def test_rules_that_read_no_chats_are_not_tried(lead):
    assert lead.get(f"{LIST}promise-taobao/trial/").status_code == 404
    assert lead.get(f"{LIST}no-such-rule/").status_code == 404


def test_a_change_has_the_chats_inspected_again_and_the_page_asks_for_the_progress(lead, organization, store):
    write_chat(
        store, "b1", "s:mei", ("in", "2026-11-10 10:00:00", "在吗"), ("out", "2026-11-10 10:00:10", "滚")
    )
    lead.get(LIST)
    lead.post(ABUSE, FORM | {"level": "3", "since": "2026-11-01"})
    page = text_of(lead.get(ABUSE))
    assert "inspected again" in page
    assert f'hx-get="{ABUSE}runs/"' in page
    with organization_scope(organization.pk):
        runs = list(InspectionRun.objects.filter(state__in=UNDER_WAY))
    assert [(run.store_id, run.since) for run in runs] == [(store.pk, date(2026, 11, 1))]
    while step(organization.pk, runs[0].pk, at("2026-11-21 10:00:00")):
        pass
    assert "hx-get" not in text_of(lead.get(f"{ABUSE}runs/"))


def under_way_again(lead, organization) -> InspectionRun:
    """A change of a rule, and the run it started."""
    lead.get(LIST)
    lead.post(ABUSE, FORM | {"level": "3", "since": "2026-11-01"})
    with organization_scope(organization.pk):
        return InspectionRun.objects.get()


def state_of(organization, run) -> str:
    with organization_scope(organization.pk):
        return InspectionRun.objects.get(pk=run.pk).state


def test_an_inspection_under_way_is_stopped_and_tried_again_from_the_page(lead, organization, store):
    write_chat(store, "b1", "s:mei", ("out", "2026-11-10 10:00:10", "滚"))
    run, runs = under_way_again(lead, organization), f"{ABUSE}runs/"
    page = text_of(lead.get(ABUSE))
    assert 'value="stop"' in page
    assert "Stopped, it keeps what it has found." in page
    answer = lead.post(runs, {"act": "stop"}, headers={"HX-Request": "true"})
    assert answer.headers["Location"] == runs
    assert state_of(organization, run) == "stopped"
    page = text_of(lead.get(ABUSE))
    assert f"Stopped in {store.name} after 0 buyers." in page
    assert "What was found stays" in page
    assert 'value="stop"' not in page
    assert 'value="again"' in page
    # Who clicks twice: once.
    for _ in range(2):
        assert lead.post(runs, {"act": "again"}).headers["Location"] == ABUSE
    assert state_of(organization, run) == "waiting"
    while step(organization.pk, run.pk, at("2026-11-21 10:00:00")):
        pass
    # What is done is neither stopped nor tried again.
    for act in ("stop", "again", "nonsense"):
        lead.post(runs, {"act": act})
        assert state_of(organization, run) == "done"
    page = text_of(lead.get(runs))
    assert "value=" not in page
    with organization_scope(organization.pk):
        entries = AuditEntry.objects.filter(verb__startswith="inspection_").order_by("pk")
        assert [(entry.verb, entry.details["stores"]) for entry in entries] == [
            ("inspection_stopped", 1), ("inspection_resumed", 1),
        ]  # fmt: skip


def test_who_may_not_change_rules_sees_that_an_inspection_was_stopped_and_no_button(
    lead, client, organization, store
):
    run, runs = under_way_again(lead, organization), f"{ABUSE}runs/"
    limited = make_member(organization, "supervisor", "l@yunfan.example", store_ids=[store.pk])
    for user in (limited, make_member(organization, "auditor")):
        client.force_login(user)
        assert "inspected again" in text_of(client.get(runs))
        assert 'value="stop"' not in text_of(client.get(runs))
        assert client.post(runs, {"act": "stop"}).status_code == 403
    assert state_of(organization, run) == "waiting"
    with organization_scope(organization.pk):
        InspectionRun.objects.update(state=RunState.FAILED)
    page = text_of(client.get(runs))
    assert "The inspection failed in 1 store" in page
    assert 'value="again"' not in page


def test_a_trial_is_stopped_in_the_members_stores_and_tried_again(lead, client, organization, store):
    make_store(organization, "jd1", platform="jd")
    rule = own_rule(lead, organization)
    trial = f"{LIST}{rule.code}/trial/"
    sent = WORDS | {"stores": ["tb1", "jd1"], "since": "2026-11-01", "until": "2026-11-15", "level": "2"}
    address = lead.post(trial, sent).headers["Location"]
    with organization_scope(organization.pk):
        mine, other = InspectionRun.objects.order_by("store__code").reverse()
    limited = make_member(organization, "supervisor", "l@yunfan.example", store_ids=[store.pk])
    client.force_login(limited)
    client.cookies["django_language"] = "en"
    assert 'value="stop"' in text_of(client.get(address))
    assert client.post(f"{trial}{other.pk}/", {"act": "stop"}).status_code == 404
    answer = client.post(f"{trial}{mine.pk}/", {"act": "stop"}, headers={"HX-Request": "true"})
    assert answer.headers["Location"] == f"{trial}?run={mine.pk}"
    assert (state_of(organization, mine), state_of(organization, other)) == ("stopped", "waiting")
    page = text_of(client.get(f"{trial}?run={mine.pk}"))
    assert f"Stopped in {store.name} after 0 buyers." in page
    assert "the figures are of what was read" in page
    for _ in range(2):
        client.post(f"{trial}{mine.pk}/", {"act": "again"})
    assert state_of(organization, mine) == "waiting"
    client.post(f"{trial}{mine.pk}/", {})
    assert state_of(organization, mine) == "waiting"


def test_the_library_knows_no_other_organizations_rules(lead, organization, other_organization):
    with organization_scope(other_organization.pk):
        ensure_library(other_organization.pk, LIBRARY, datetime(2026, 11, 1, tzinfo=UTC))
        PolicyRule.objects.create(
            organization=other_organization, code="own-theirs", title="theirs", reads="chat", made_at=timezone.now()
        )  # fmt: skip
    assert "theirs" not in text_of(lead.get(LIST))
    assert lead.get(f"{LIST}own-theirs/").status_code == 404
