"""What people do on the pages of rules besides the straight way: texts of several lines, pressing twice, opening a number."""

from datetime import timedelta

from django.utils import timezone

from policies.inspection_models import InspectionRun, RunState
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from tenants.scope import organization_scope
from tests.policies.test_rule_pages import ABUSE, FORM, LIST, WORDS, lead, newest, own_rule, text_of  # noqa: F401
from tests.policies.violation_world import make_cast

WORDING = "亲，请稍等\n马上为您查\n\n亲，已为您反馈"


def test_the_line_ends_of_a_browser_are_no_change(lead, organization):  # noqa: F811
    lead.get(LIST)
    sent = FORM | {"wording": WORDING, "source": "one\ntwo"}
    lead.post(ABUSE, sent)
    kept = newest(organization)
    assert (kept.wording, kept.source) == (WORDING, "one\ntwo")
    typed = {name: sent[name].replace("\n", "\r\n") for name in ("wording", "source")}
    assert "valid on that day already" in text_of(lead.post(ABUSE, sent | typed))
    lead.post(ABUSE, sent | typed | {"grave": ""})
    last = newest(organization)
    assert (last.number, last.wording, last.source) == (3, WORDING, "one\ntwo")


def test_a_source_with_other_line_ends_leaves_its_figures_verified(lead, organization, owner):  # noqa: F811
    lead.get(LIST)
    day, source = timezone.localdate(), "page\r\nread on paper"
    with organization_scope(organization.pk):
        rule = PolicyRule.objects.get(code="abuse-taobao")
        figures = {"verified_on": day, "verified_by_id": owner.pk, "points": 12, "source": source}
        new_version(rule, day, user=owner, now=timezone.now(), **figures)
    lead.post(ABUSE, FORM | {"since": f"{day}", "source": source, "grave": ""})
    last = newest(organization)
    assert (last.number, last.grave, last.verified_on) == (3, False, day)


def test_a_phrase_that_is_missing_is_asked_for_at_its_field(lead, organization):  # noqa: F811
    answer = lead.post(f"{LIST}+/", FORM | WORDS | {"phrases": " \n "})
    assert answer.context["spec"]["phrases"].errors == ["Write at least one phrase."]
    assert not answer.context["spec"].non_field_errors()


def test_a_trial_put_in_use_twice_makes_one_version(lead, organization):  # noqa: F811
    rule = own_rule(lead, organization)
    day = timezone.localdate()
    lead.post(
        f"{LIST}{rule.code}/trial/",
        WORDS | {"stores": ["tb1"], "since": f"{day}", "until": f"{day}", "level": "2"},
    )
    with organization_scope(organization.pk):
        run = InspectionRun.objects.get()
        InspectionRun.objects.update(state=RunState.DONE)
    lead.post(f"{LIST}{rule.code}/trial/{run.pk}/use/")
    again = lead.post(f"{LIST}{rule.code}/trial/{run.pk}/use/", follow=True)
    assert "valid on that day already" in text_of(again)
    assert newest(organization, rule.code).number == 2
    # What was changed since is taken back by the trial.
    lead.post(f"{LIST}{rule.code}/", FORM | WORDS | {"since": f"{day}", "platforms": [], "enabled": ""})
    lead.post(f"{LIST}{rule.code}/trial/{run.pk}/use/")
    last = newest(organization, rule.code)
    assert (last.number, last.enabled) == (4, True)


def test_the_words_of_ones_own_rule_stand_on_its_page(lead, organization):  # noqa: F811
    rule = own_rule(lead, organization)
    present = text_of(lead.get(f"{LIST}{rule.code}/")).split('id="present"')[1].split("</section>")[0]
    assert "私聊 · 加我…微信" in present
    assert "不能私聊" in present
    assert "Phrases" not in text_of(lead.get(ABUSE)).split('id="present"')[1].split("</section>")[0]


def test_the_number_of_what_was_found_opens_these_and_no_others(client, organization):
    """Of the rule: today, 29 days ago; not 30 days ago, nor what went by itself, nor the other rule's."""
    cast, now = make_cast(organization), timezone.now()
    with organization_scope(organization.pk):
        wanted = [
            cast.violation(f"m{ago}", said_at=now - timedelta(days=ago), day=timezone.localdate() - timedelta(days=ago))
            for ago in (0, 29)
        ]  # fmt: skip
        long_ago = timezone.localdate() - timedelta(days=30)
        cast.violation("old", said_at=now - timedelta(days=30), day=long_ago)
        cast.violation("gone", said_at=now, day=timezone.localdate(), state="lapsed")
        cast.violation("other", rule=cast.grave, said_at=now, day=timezone.localdate())
        # Called the same, as the library's rules are that differ by platform.
        PolicyRule.objects.filter(pk=cast.grave.pk).update(title=cast.rule.title)
    client.force_login(cast.lead)
    page = client.get(f"{LIST}?state=own")
    line = next(
        line for group in page.context["groups"] for line in group["lines"] if line.rule.code == "rude"
    )
    assert line.hits == 2
    for shown in (page, client.get(f"{LIST}rude/")):
        assert line.hits_query.replace("&", "&amp;") in text_of(shown)
    opened = client.get(f"/yunfan/policies/violations/{line.hits_query}")
    assert [row.row.pk for row in opened.context["rows"]] == [one.pk for one in wanted]
