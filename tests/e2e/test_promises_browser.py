"""A promise from the chat to its end, in a browser: proposed, accepted, on the list, settled; and by keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from desk.detecting import detect_store
from desk.models import FollowUp
from desk.promise_proposals import propose_in
from kpis.refresh import refresh_until_clean
from orders.service_models import Promise, PromiseProposal
from stores.models import Store
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.make import at, write_chat, write_order


@pytest.fixture
def tb1(site):
    """The store tb1 with three things said an hour ago that seem promises."""
    with organization_scope(organization_id_of("yunfan")):
        store = Store.objects.select_related(None).get(code="tb1")
        organization = Organization.objects.get(slug="yunfan")
    store.organization = organization
    then = timezone.now().astimezone(at("2026-11-02 00:00:00").tzinfo) - timedelta(hours=1)
    wall = [f"{then + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}" for n in range(8)]
    write_order(
        store, "P1", buyer="阿月", status="paid", created_at=wall[0], paid_at=wall[0], paid_amount="88"
    )
    write_chat(
        store, "阿月", "店:小美", ("in", wall[1], "能发顺丰吗，我电话13812341234"), ("out", wall[2], "好的，给您发顺丰"),
        ("in", wall[3], "谢谢"), ("out", wall[4], "这边送您一个抱枕"), ("out", wall[5], "差价退给您"),
    )  # fmt: skip
    propose_in(store, timezone.now())
    return store


def counts(store) -> tuple[int, int]:
    with organization_scope(store.organization_id):
        return Promise.objects.count(), PromiseProposal.objects.filter(state="proposed").count()


def test_from_what_was_said_to_kept(tb1, open_page):
    page = open_page("/yunfan/promises/?show=proposed")
    assert counts(tb1) == (0, 3)
    rows = page.locator("#proposals .matter")
    expect(rows).to_have_count(3)
    # The newest first, and it has the focus: one key turns it down.
    expect(rows.nth(0)).to_contain_text("差价")
    page.keyboard.press("d")
    expect(rows).to_have_count(2)
    assert counts(tb1) == (0, 2)
    courier = page.locator(".matter", has_text="发顺丰").last
    courier.locator("[data-open]").click()
    around = courier.locator(".said-around")
    expect(around).to_contain_text("能发顺丰吗")
    expect(around).to_contain_text("138****1234")
    expect(around).not_to_contain_text("13812341234")
    expect(courier.locator("[name=order_id]")).to_have_value("P1")
    courier.locator("[data-act=accept]").click()
    expect(rows).to_have_count(1)
    assert counts(tb1) == (1, 1)

    refresh_until_clean(tb1)
    detect_store(tb1, timezone.now())
    with organization_scope(tb1.organization_id):
        matter = FollowUp.objects.get(kind="promise")
    page.goto("/yunfan/promises/")
    expect(page.locator("#promises tbody tr")).to_have_count(1)
    page.locator("#promises tbody th a").click()
    expect(page.locator("h1, .page-title").first).to_contain_text("Courier")
    page.get_by_label("How it was kept").fill("SF1234567")
    page.get_by_role("button", name="Kept", exact=True).click()
    expect(page.locator("#history")).to_contain_text("SF1234567")
    with organization_scope(tb1.organization_id):
        assert (Promise.objects.get().state, FollowUp.objects.get(pk=matter.pk).outcome) == ("kept", "kept")
    page.get_by_role("button", name="Open again").click()
    page.get_by_label("Platform points").fill("6")
    page.get_by_role("button", name="Broken", exact=True).click()
    page.goto("/yunfan/promises/?show=loose")
    expect(page.locator("#promises tbody tr")).to_have_count(1)


def test_written_down_on_a_phone_and_counted(tb1, open_page):
    page = open_page(
        "/yunfan/promises/new/?store=tb1&order=P1", who="agent", viewport={"width": 390, "height": 800}
    )
    expect(page.locator("[name=order_id]")).to_have_value("P1")
    page.get_by_label("What was promised").fill("明天给买家回电")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator(".promise-words")).to_contain_text("明天给买家回电")
    page.locator("#why-withdrawn").fill("买家说不用了")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#history")).to_contain_text("买家说不用了")
    for address in ("promises/", "promises/?show=proposed", "promises/?show=settled", "promises/kept/"):
        page.goto(f"/yunfan/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    # All that is chosen goes at once.
    page.goto("/yunfan/promises/?show=proposed")
    for box in page.locator("#proposals [type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Dismiss the chosen").click()
    expect(page.locator("main")).to_contain_text(re.compile("Nothing is proposed"))
    assert counts(tb1) == (1, 0)
