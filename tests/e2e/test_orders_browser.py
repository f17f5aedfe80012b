"""From the box to the order and through its page: the key, the ways in, the chats, the width of a phone."""

import re

from playwright.sync_api import expect

from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.make import write_order

MEMO = "3米*2.4米，绒布加厚，发顺丰"


def more_orders() -> None:
    """Beside the day of chats: two orders of one buyer, one with a memo."""
    from stores.models import Store

    number = organization_id_of("yunfan")
    with organization_scope(number):
        store = Store.objects.get(code="tb1", organization=Organization.objects.get(pk=number))
    write_order(
        store, "7000000000001", buyer="李雷的店", paid_amount="88.00", created_at="2025-03-10 11:00:00",
        paid_at="2025-03-10 11:05:00", seller_memo=MEMO, receiver_name="王小明", receiver_phone="13812341234",
    )  # fmt: skip
    write_order(
        store, "7000000000002", buyer="李雷的店", status="unpaid", created_at="2025-03-11 11:00:00",
    )  # fmt: skip


def find(page, question: str) -> None:
    page.keyboard.press("/")
    box = page.locator("#navbar-find")
    expect(box).to_be_focused()
    box.fill(question)
    box.press("Enter")
    page.wait_for_load_state("networkidle")


def test_an_agent_finds_orders_by_the_key_and_reads_one_without_leaving_a_trace(open_page):
    more_orders()
    page = open_page("/yunfan/orders/find/", who="agent")
    page.locator("h1").click()
    find(page, "绒布 顺丰")
    expect(page.locator("#found [data-rows] tr")).to_have_count(1)
    expect(page.locator("#found")).to_contain_text("words of the remark")
    expect(page.locator("#found")).not_to_contain_text("王小明")
    page.locator("h1").click()
    find(page, "李雷的店")
    expect(page.locator("#found [data-rows] tr")).to_have_count(2)
    assert page.url.endswith("/yunfan/orders/find/")
    page.locator("h1").click()
    find(page, "138 1234 1234")
    expect(page).to_have_url(re.compile(r"/yunfan/orders/tb1/page/7000000000001/$"))
    expect(page.locator(".order-facts")).to_contain_text("88.00")
    expect(page.locator("#remark-panel")).to_be_visible()
    assert "王小明" not in page.content()
    assert "13812341234" not in page.content()
    # What is next leads on: a promise about this very order.
    page.locator(".order-beginnings a", has_text="Promise").click()
    page.wait_for_load_state("networkidle")
    assert "order=7000000000001" in page.url


def test_a_chat_in_the_timeline_opens_to_its_messages(open_page):
    page = open_page("/yunfan/orders/tb1/page/O-1/")
    chat = page.locator(".order-event details").first
    expect(chat.locator(".bubble")).to_have_count(0)
    chat.locator("summary").click()
    expect(chat.locator(".bubble").first).to_be_visible()
    page.locator("#order-ruling summary", has_text="Rule on it").click()
    expect(page.locator("#order-ruling textarea").first).to_be_visible()


def test_on_a_phone_nothing_is_cut_off(open_page):
    more_orders()
    page = open_page("/yunfan/orders/find/", viewport={"width": 390, "height": 844})
    page.locator("#id_q").fill("70000")
    page.locator("main form button").click()
    expect(page.locator("#found [data-rows] tr")).to_have_count(2)
    for address in ("/yunfan/orders/tb1/page/O-1/", "/yunfan/orders/tb1/page/7000000000001/"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
