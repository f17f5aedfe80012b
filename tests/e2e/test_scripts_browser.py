"""An agent finds a script by the initials of its pinyin, copies it with Enter, and all of it at the width of a phone."""

import pytest
from playwright.sync_api import expect

from conversations.script_models import ScriptUse
from conversations.script_start import start_with
from stores.models import Buyer
from tenants.scope import organization_id_of, organization_scope


@pytest.fixture
def scripts(site):
    number = organization_id_of("yunfan")
    with organization_scope(number):
        start_with(number, "zh-hans")
    return number


def uses(number: int) -> list[int | None]:
    with organization_scope(number):
        return list(ScriptUse.objects.order_by("pk").values_list("buyer_id", flat=True))


def no_wider_than_the_window(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_initials_enter_and_the_count_goes_up(scripts, open_page):
    page = open_page("/yunfan/scripts/", who="agent", permissions=["clipboard-read", "clipboard-write"])
    field = page.locator(".page-filters [name=q]")
    expect(field).to_be_focused()
    # Enter right behind the letters waits for what they find.
    field.press_sequentially("jcsh")
    field.press("Enter")
    row = page.locator("[data-script]")
    expect(row).to_have_count(1)
    expect(row.locator("[id^=uses-]")).to_have_text("1")
    assert "天猫是不允许泄露其他客户的资料的" in page.evaluate("navigator.clipboard.readText()")
    expect(page.locator("#copied")).to_have_text("Copied.")
    field.press("Enter")
    expect(row.locator("[id^=uses-]")).to_have_text("2")
    assert uses(scripts) == [None, None]
    # Arrows choose another; Traditional characters find Simplified ones.
    field.fill("發票")
    expect(page.locator("[data-script]")).to_have_count(2)
    field.press("ArrowDown")
    expect(page.locator("[data-script]").nth(1)).to_have_class("script chosen")
    field.press("Enter")
    expect(page.locator("[data-script]").nth(1).locator("[id^=uses-]")).to_have_text("1")
    page.locator("[data-script]").first.locator("[data-copy]").click()
    expect(page.locator("[data-script]").first.locator("[id^=uses-]")).to_have_text("1")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[data-text]").first.text_content()


def test_a_buyers_card_leads_to_scripts_for_them_and_all_fits_a_phone(scripts, open_page):
    with organization_scope(scripts):
        buyer = Buyer.objects.filter(store__code="tb1").order_by("pk").first()
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True}
    page = open_page(
        f"/yunfan/buyers/tb1/{buyer.pk}/", permissions=["clipboard-read", "clipboard-write"], **phone
    )
    assert no_wider_than_the_window(page)
    page.locator("summary", has_text="Write on the card").click()
    page.fill("[name=preferences]", "素色，尺寸按米")
    page.select_option("[name=class_by_hand]", "vip")
    page.fill("[name=reason]", "设计师")
    page.locator("details form button").click()
    expect(page.locator(".buyer-facts")).to_contain_text("素色，尺寸按米")
    expect(page.locator("#dossier")).to_contain_text("设计师")
    page.get_by_role("link", name="Scripts", exact=True).first.click()
    expect(page.locator(".page-subtitle")).to_contain_text(buyer.name)
    assert no_wider_than_the_window(page)
    page.fill(".page-filters [name=q]", "hyy")
    expect(page.locator("[data-script]")).to_have_count(1)
    page.locator("[data-copy]").tap()
    expect(page.locator("[id^=uses-]")).to_have_text("1")
    assert uses(scripts) == [buyer.pk]
    for address in ("/yunfan/buyers/", "/yunfan/buyers/links/", "/yunfan/buyers/classes/", "/yunfan/scripts/table/",
                    "/yunfan/desk/visits/results/"):  # fmt: skip
        page.goto(address)
        assert no_wider_than_the_window(page), address
