"""The bell in a real browser: it counts what comes while the page is open, says so, and leads to the matter."""

from django.utils import timezone
from playwright.sync_api import expect

from team.notices import notify
from tenants.models import Membership, Organization
from tenants.scope import organization_id_of, organization_scope

PHONE = {"viewport": {"width": 390, "height": 800}}


def tell(key: str) -> None:
    number = organization_id_of("yunfan")
    with organization_scope(number):
        users = Membership.objects.values_list("user_id", flat=True)
        link, now = "/yunfan/kpis/response/", timezone.now()
        notify(
            Organization.objects.get(), users, key=key, kind="roster", text="It changed.", link=link, now=now
        )


def poll(page) -> None:
    """Ask at once what the bell asks every half minute."""
    with page.expect_response("**/notices/bell/"):
        page.evaluate(
            "htmx.ajax('GET', '/yunfan/notices/bell/', {source: '#bell', target: '#bell', swap: 'outerHTML'})"
        )


def test_the_bell_counts_what_comes_and_leads_there(open_page):
    page = open_page("/yunfan/kpis/agents/")
    page.wait_for_selector("#bell[hx-trigger='every 30s']")
    expect(page.locator(".bell-count")).to_have_count(0)
    tell("k1")
    poll(page)
    expect(page.locator(".bell-count")).to_have_text("1")
    expect(page.locator("body > [role=status]")).to_have_text("1 unread notice")
    tell("k2")
    poll(page)
    expect(page.locator(".bell-count")).to_have_text("2")
    page.click("#bell a")
    expect(page.locator(".notices .unread")).to_have_count(2)
    page.click(".notices .unread >> nth=0")
    page.wait_for_url("**/kpis/response/")
    expect(page.locator(".bell-count")).to_have_text("1")


def test_on_a_phone_the_bell_is_in_the_bar_and_nothing_overflows(open_page):
    tell("k1")
    page = open_page("/yunfan/notices/", "agent", **PHONE)
    page.wait_for_selector(".bell-count")
    assert page.locator("#bell a").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("text=Mark all as read")
    page.wait_for_selector("text=Everything is read.")
    poll(page)
    expect(page.locator(".bell-count")).to_have_count(0)
