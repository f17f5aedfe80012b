"""A risky buyer in a browser: proposed by one supervisor, confirmed by another, cleared by a third; and the hint on the card."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from policies.risk_looking import look
from policies.risk_models import RiskStanding
from stores.imports import write_buyers
from stores.models import Buyer, Store
from stores.platforms.records import BuyerRecord
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.make import at, make_member, write_chat, write_order

NICK = "x7k2m9q4w1"


@pytest.fixture
def risky(site) -> Buyer:
    """A buyer of tb1 with 65 points: a famous recipient, words of claims, a machine's name, low credit."""
    with organization_scope(organization_id_of("yunfan")):
        organization = Organization.objects.get(slug="yunfan")
        store = Store.objects.get(code="tb1")
    store.organization = organization
    for name in ("second", "third"):
        make_member(organization, "supervisor", f"{name}@yunfan.example")
    wall = timezone.now().astimezone(at("2026-11-02 00:00:00").tzinfo) - timedelta(hours=2)
    then = f"{wall:%Y-%m-%d %H:%M:%S}"
    write_order(
        store,
        "R1",
        buyer=NICK,
        status="shipped",
        created_at=then,
        paid_at=then,
        paid_amount="88",
        receiver_name="周杰伦",
    )
    write_chat(store, NICK, "店:小美", ("in", then, "赔我三倍,打13812341234,不然法院见"))
    with organization_scope(organization.pk):
        write_buyers(store, [(1, BuyerRecord(NICK, credit=1))])
    look(store, timezone.now(), timedelta(days=3))
    with organization_scope(organization.pk):
        return Buyer.objects.get(name=NICK)


def state(buyer: Buyer) -> str:
    with organization_scope(buyer.organization_id):
        return RiskStanding.objects.get(buyer=buyer).state


def test_two_supervisors_confirm_a_third_clears_and_the_card_says_so(risky, open_page):
    page = open_page("/yunfan/policies/risky-buyers/")
    row = page.locator("#risk tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("parcel to somebody famous")
    row.locator("th a").click()
    address = page.url
    expect(page.locator("#score")).to_contain_text("65")
    sign = page.locator(".risk-sign", has_text="Words of claims")
    expect(sign).to_contain_text("138****1234")
    expect(sign).not_to_contain_text("13812341234")
    page.get_by_role("button", name="Propose to confirm").click()
    expect(page.locator("#decide .alert")).to_contain_text("Say why")
    page.get_by_label("Why").fill("threatens, and the name is a joke")
    page.get_by_role("button", name="Propose to confirm").click()
    expect(page.locator("#decide")).to_contain_text("somebody else has to look")
    expect(page.get_by_role("button", name="Confirm as risky")).to_have_count(0)
    assert state(risky) == "asked"

    second = open_page("/yunfan/policies/risky-buyers/", who="second", viewport={"width": 390, "height": 800})
    expect(second.locator("#risk tbody tr")).to_contain_text("Waits for a second person")
    second.locator("#risk tbody th a").click()
    assert second.evaluate("document.documentElement.scrollWidth") <= 390
    expect(second.locator("#history")).to_contain_text("the name is a joke")
    second.get_by_role("button", name="Confirm as risky").click()
    expect(second.locator("#history")).to_contain_text("confirmed as risky, by a second person")
    assert state(risky) == "confirmed"

    card = open_page(f"/yunfan/buyers/tb1/{risky.pk}/", who="agent")
    expect(card.locator("#risk-hint")).to_contain_text("Take care: confirmed as a risky buyer")
    expect(card.locator("#risk-hint a")).to_have_count(0)
    expect(card.locator("main")).not_to_contain_text("the name is a joke")

    third = open_page(urlsplit(address).path, who="third")
    third.get_by_label("Why").fill("it was a parody account of our own")
    third.get_by_role("button", name="Clear of suspicion").click()
    expect(third.locator("#score")).to_contain_text("Nothing new since the buyer was cleared")
    assert state(risky) == "cleared"
    card.reload()
    expect(card.locator("#risk-hint")).to_have_count(0)


def test_weights_are_tried_before_they_are_saved(risky, open_page):
    page = open_page("/yunfan/policies/risky-buyers/weights/")
    page.get_by_label("Celebrity as recipient: Weight").fill("0")
    page.get_by_label("Celebrity as recipient: Weight").press("Enter")
    expect(page.locator("#preview")).to_be_in_viewport()
    expect(page.get_by_label("Celebrity as recipient: Weight")).to_have_value("0")
    expect(page.locator("#preview")).to_contain_text(NICK)
    expect(page.locator("#preview")).to_contain_text("65 → 45")
    page.get_by_role("button", name="Save").click()
    page.goto("/yunfan/policies/risky-buyers/")
    expect(page.locator("#risk")).to_contain_text("Nobody here just now")
