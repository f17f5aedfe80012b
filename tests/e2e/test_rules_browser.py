"""A rule of one's own words in a browser: written, tried on past chats, its examples judged, put in use, verified."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from policies.inspection_models import InspectionRun
from policies.inspection_runs import UNDER_WAY
from policies.inspection_steps import step
from policies.rule_models import PolicyRule, PolicyVersion
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.kpis.day_of_chats import PHONE
from tests.make import make_member


def work() -> None:
    """What the worker does with runs that are under way."""
    organization_id = organization_id_of("yunfan")
    with organization_scope(organization_id):
        runs = list(InspectionRun.objects.filter(state__in=UNDER_WAY).values_list("pk", flat=True))
    for run in runs:
        while step(organization_id, run, timezone.now()):
            pass


def newest(**of) -> PolicyVersion:
    with organization_scope(organization_id_of("yunfan")):
        return PolicyVersion.objects.filter(rule=PolicyRule.objects.get(**of)).latest("number")


def test_a_rule_is_written_tried_judged_and_put_in_use_and_its_figures_are_verified(open_page):
    with organization_scope(organization_id_of("yunfan")):
        organization = Organization.objects.get()
    make_member(organization, "owner")
    page = open_page("/yunfan/policies/rules/")
    expect(page.locator("#rules")).to_contain_text("Abuse of a buyer")
    page.get_by_role("link", name="Write a rule").click()
    page.get_by_label("What the rule is called").fill("Cheapest")
    page.get_by_label("Phrases", exact=True).fill("最低价\n收到")
    page.get_by_label("Points of the platform").fill("3")
    page.get_by_role("button", name="Keep it and try it").click()
    expect(page.locator("h1")).to_have_text("Trial: Cheapest")
    page.get_by_label("From", exact=True).fill("2025-03-01")
    page.get_by_label("To", exact=True).fill("2025-03-31")
    page.get_by_label("JD1").uncheck()
    page.get_by_role("button", name="Run the trial").click()
    expect(page.locator("#trial-result progress")).to_be_visible()
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.locator("#run-ended")).to_contain_text("after 0 buyers")
    expect(page.locator("#run-ended")).to_be_focused()
    work()
    page.get_by_role("button", name="Try again").dblclick()
    expect(page.locator("#trial-result progress")).to_be_visible()
    work()
    # The page asks by itself.
    expect(page.locator(".trial-hit")).to_have_count(2)
    # Five messages of agents, two hits.
    expect(page.locator(".trial-figures")).to_contain_text("400.00")
    expect(page.locator(".trial-hit mark").first).to_have_text("最低价")
    expect(page.locator("#trial-result")).not_to_contain_text(PHONE)
    page.get_by_role("button", name="Right").first.click()
    expect(page.locator(".trial-figures")).to_contain_text("1 of 1")
    page.get_by_role("button", name="Wrong").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".trial-figures")).to_contain_text("1 of 2")
    expect(page.get_by_role("button", name="Wrong").nth(1)).to_be_focused()
    expect(page.get_by_role("button", name="Wrong").nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Put in use").click()
    expect(page.locator("#present")).to_contain_text("in use")
    expect(page.locator("#rule-runs progress")).to_be_visible()
    work()
    expect(page.locator("#rule-runs progress")).to_have_count(0)
    assert newest(title="Cheapest").enabled
    expect(page.get_by_text("These figures are right")).to_have_count(0)

    code = re.search(r"own-\w+", page.url)[0]
    owner = open_page(f"/yunfan/policies/rules/{code}/", who="owner")
    owner.get_by_text("These figures are right…").click()
    owner.locator("#id_verify-source").fill("House rule 7")
    owner.get_by_role("button", name="The figures are right").click()
    expect(owner.locator("#present")).to_contain_text("verified on")
    version = newest(title="Cheapest")
    assert (version.source, version.verified_by.name, version.points) == ("House rule 7", "Owner", 3)
