"""A violation's way in a browser: judged by keyboard, by two people, appealed and decided."""

import re

import pytest
from playwright.sync_api import expect

from policies.inspection_models import Violation, ViolationState
from policies.rule_models import PolicyRule
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import Membership, Organization
from tenants.scope import organization_id_of, organization_scope
from tests.kpis.day_of_chats import at
from tests.make import make_member
from tests.policies.violation_world import make_rule


@pytest.fixture
def found(site) -> list[int]:
    """Three found violations of the agent's, the last one grave; the newest first. And a second supervisor."""
    organization_id = organization_id_of("yunfan")
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        store, agent = Store.objects.get(code="tb1"), Membership.objects.get(role="agent").agent_id
        rude, abuse = (
            make_rule(organization, "rude", points=2, money=50),
            make_rule(organization, "abuse", grave=True),
        )
        made = [
            Violation.objects.create(
                organization=organization, store=store, rule=rule, version=rule.versions.get(), agent_id=agent,
                source_key=f"message:gone{number}", buyer=Buyer.objects.filter(store=store).first(), start=0, end=2,
                said_at=at(f"1{number}:00:00"), day=at("10:00:00").date(), found_at=at("18:00:00"),
                points=rule.versions.get().points, money=rule.versions.get().money,
                quote=encrypt(organization_id, "quote", words),
            ).pk
            for number, (rule, words) in enumerate([(abuse, "你滚"), (rude, "笨蛋"), (rude, "傻瓜，打13812341234")])
        ]  # fmt: skip
    make_member(organization, "supervisor", "second@yunfan.example")
    return made[::-1]


def states(found: list[int]) -> list[str]:
    with organization_scope(organization_id_of("yunfan")):
        known = dict(Violation.objects.values_list("pk", "state"))
        return [known[pk] for pk in found]


def shows(page, words: str) -> None:
    """The violation with these words is open, and the keys' script has been run."""
    expect(page.locator("mark")).to_have_text(words)
    page.wait_for_load_state("domcontentloaded")


def test_from_finding_to_the_end_of_an_appeal(found, open_page):
    lead = open_page("/yunfan/policies/violations/")
    expect(lead.locator("#violations tbody tr")).to_have_count(3)
    expect(lead.locator("#violations")).not_to_contain_text("13812341234")
    # By keyboard: the first row, confirmed; the next, dismissed with a reason; the third waits for a second person.
    lead.keyboard.press("j")
    lead.keyboard.press("Enter")
    shows(lead, "傻瓜")
    expect(lead.get_by_role("button", name="Confirm c")).to_be_visible()
    lead.keyboard.press("c")
    lead.keyboard.press("Enter")
    shows(lead, "笨蛋")
    lead.keyboard.press("d")
    lead.keyboard.type("玩笑")
    lead.keyboard.press("Enter")
    shows(lead, "你滚")
    lead.keyboard.press("c")
    lead.keyboard.press("Enter")
    expect(lead.get_by_text("Nothing waits for you.")).to_be_visible()
    assert states(found) == [ViolationState.CONFIRMED, ViolationState.DISMISSED, ViolationState.SECOND]

    # Four eyes: not the same, but another.
    lead.goto(f"/yunfan/policies/violations/{found[2]}/")
    expect(lead.get_by_text("a second person must agree before it counts")).to_be_visible()
    expect(lead.get_by_role("button", name="I agree")).to_have_count(0)
    other = open_page("/yunfan/policies/violations/", who="second")
    other.locator("#violations tbody th a").click()
    other.once("dialog", lambda dialog: dialog.dismiss())
    other.get_by_role("button", name="I agree").click()
    assert states(found)[2] == ViolationState.SECOND
    other.once("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="I agree").click()
    expect(other.get_by_text("Nothing waits for you.")).to_be_visible()
    assert states(found)[2] == ViolationState.CONFIRMED

    agent = open_page("/yunfan/policies/violations/", who="agent", viewport={"width": 390, "height": 800})
    # The dismissed one is nobody's business any more.
    expect(agent.locator("#violations tbody tr")).to_have_count(2)
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    agent.locator("#violations tbody th a").first.click()
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    agent.get_by_label("Why it is not right").fill("是引用买家的话")
    agent.get_by_role("button", name="Hand in the appeal").click()
    expect(agent.locator("#history")).to_contain_text("是引用买家的话")
    expect(agent.get_by_role("button", name="Hand in the appeal")).to_have_count(0)

    # Who confirmed it does not decide; the other one does.
    lead.goto("/yunfan/policies/violations/")
    expect(lead.get_by_text("Nothing waits for you.")).to_be_visible()
    other.goto(f"/yunfan/policies/violations/{found[0]}/")
    other.get_by_label("Reason", exact=False).first.fill("确实是引用")
    other.get_by_role("button", name="The appeal is right: revoke").click()
    expect(other.locator("#history")).to_contain_text("revoked")
    agent.reload()
    expect(agent.locator("main")).to_contain_text(re.compile("Revoked"))
    assert states(found) == [ViolationState.REVOKED, ViolationState.DISMISSED, ViolationState.CONFIRMED]


def test_other_figures_ask_for_a_note_before_anything_typed_is_lost(found, open_page):
    lead = open_page(f"/yunfan/policies/violations/{found[0]}/")
    shows(lead, "傻瓜")
    lead.locator("[name=money]").fill("20")
    lead.get_by_role("button", name="Confirm c").click()
    expect(lead.locator("#confirm-note:invalid")).to_have_count(1)
    expect(lead.locator("[name=money]")).to_have_value("20")
    assert states(found)[0] == ViolationState.FOUND
    lead.locator("[name=money]").fill("50")
    lead.get_by_role("button", name="Confirm c").click()
    expect(lead.get_by_text("Saved. Confirmed")).to_be_visible()
    assert states(found)[0] == ViolationState.CONFIRMED


def test_many_at_once_and_one_by_hand(found, open_page):
    lead = open_page("/yunfan/policies/violations/")
    lead.keyboard.press("j")
    lead.keyboard.press("x")
    lead.keyboard.press("j")
    lead.keyboard.press("x")
    lead.keyboard.press("d")
    lead.keyboard.type("玩笑")
    lead.get_by_role("button", name="Dismiss the chosen").click()
    expect(lead.locator("#violations tbody tr")).to_have_count(1)
    lead.get_by_role("link", name="Write one down").click()
    with organization_scope(organization_id_of("yunfan")):
        title = PolicyRule.objects.get(code="rude").title
    lead.get_by_label("Rule", exact=True).select_option(label=title)
    lead.get_by_label("When").fill("2026-11-02T10:30")
    lead.get_by_label("What was written or done").fill("在电话里骂人")
    lead.get_by_role("button", name="Write down").click()
    expect(lead.locator(".said-around")).to_contain_text("在电话里骂人")
    for address in ("", "?show=dismissed", "trends/", "new/"):
        lead.goto(f"/yunfan/policies/violations/{address}")
        expect(lead.locator("h1")).to_be_visible()
