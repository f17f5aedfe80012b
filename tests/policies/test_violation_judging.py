"""What a page of violations tells who judges them: the facts behind one, what is missing, and nothing without effect."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from policies.inspection_models import Violation
from policies.violation_writing import write_down
from tenants.scope import organization_scope
from tests.policies.violation_world import NOW, Cast, make_cast, make_rule


@pytest.fixture
def cast(organization, english) -> Cast:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield make_cast(organization)


@pytest.fixture
def lead(client, cast):
    client.cookies["django_language"] = "en"
    client.force_login(cast.lead)
    return client


def page(client, cast, name, *args, **query) -> str:
    return client.get(reverse(name, args=[cast.organization.slug, *args]), query).content.decode()


def by_hand(cast: Cast) -> Violation:
    return write_down(
        cast.store, "Rule rude", key="6b0a4f0e-65b7-4c5d-9d3c-0d4a2b1f7a11", agent_id=cast.mei.pk, said_at=NOW,
        words="在电话里骂人", user=cast.lead, now=NOW,
    )  # fmt: skip


def test_what_facts_tell_opens_the_agents_day(lead, cast, organization):
    with organization_scope(organization.pk):
        idle = make_rule(organization, "idle")
        type(idle).objects.filter(pk=idle.pk).update(reads="facts")
        told = cast.violation("fact:idle/1/1", rule=idle, source_key="fact:idle/1/1", quote=None)
        said = cast.violation("a")
    day = [organization.slug, cast.mei.pk, "2026-11-02"]
    for name in ("agent_day", "attendance_day"):
        assert reverse(name, args=day) in page(lead, cast, "violation_detail", told.pk)
        assert reverse(name, args=day) not in page(lead, cast, "violation_detail", said.pk)


def test_one_by_hand_marks_no_empty_words_and_was_not_found_by_a_rule(lead, cast, organization):
    with organization_scope(organization.pk):
        made, found = by_hand(cast), cast.violation("a")
    listed = page(lead, cast, "violation_list")
    assert "在电话里骂人" in listed
    assert "<mark></mark>" not in listed
    assert listed.count("<mark>") == 1
    # How sure a rule is, is said of what a rule found.
    assert listed.count(">sure</small>") == 1
    story = [
        page(lead, cast, "violation_detail", row.pk).partition('id="history"')[2].partition("</ul>")[0]
        for row in (made, found)
    ]
    assert [">found<" in " ".join(text.split()).replace(" <", "<") for text in story] == [False, True]
    assert "written down by hand" in story[0]


def test_a_notice_is_nothing_an_agent_could_have_asked_about(lead, cast, organization):
    with organization_scope(organization.pk):
        cast.violation("a")
        cast.violation("remark:b", source_key="remark:b", state="notice")
    asked = 'name="exempt"'
    assert asked in page(lead, cast, "violation_list", show="waiting")
    assert asked not in page(lead, cast, "violation_list", show="notice")


def test_other_figures_without_a_note_are_refused_with_what_is_missing(lead, cast, organization):
    with organization_scope(organization.pk):
        row = cast.violation("a")
    address = reverse("violation_rule", args=[organization.slug, row.pk])
    said = {"act": "confirm", "points": "2", "money": "40", "note": " "}
    answer = lead.post(address, said, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["Other figures than proposed need a note."]
    with organization_scope(organization.pk):
        assert Violation.objects.get().state == "found"


def test_an_empty_tab_speaks_of_filters_only_where_there_are_any(lead, cast):
    advice = "Choose a longer period or fewer filters."
    assert advice not in page(lead, cast, "violation_list", show="dismissed")
    assert advice in page(lead, cast, "violation_list", show="dismissed", store="tb1")
