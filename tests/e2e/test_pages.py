"""What a supervisor does with the pages of figures, in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.kpis.day_of_chats import PERIOD

TABLE = f"/yunfan/kpis/agents/?{PERIOD}"


def test_a_figure_opens_down_to_the_chat_behind_it(open_page):
    page = open_page(TABLE)
    page.click("#figures tbody >> text=王小美 >> nth=0")
    page.click("#figures tbody >> text=Mar 10")
    assert "2 received buyers, 2 inquiries of which 1 converted" in page.inner_text("main")
    page.click("text=O-1")
    assert "在吗，这款有现货吗" in page.inner_text(".happenings")
    assert "it ended 4 min 40 s before creation" in page.inner_text(".why-steps")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_no_page_scrolls_sideways_on_a_phone(open_page, language):
    page = open_page(TABLE, language=language, viewport={"width": 390, "height": 844})
    for address in (
        TABLE,
        f"/yunfan/kpis/unconverted/?{PERIOD}",
        f"/yunfan/kpis/response/?{PERIOD}",
        "/yunfan/kpis/months/?month=2025-03",
        "/yunfan/kpis/stores/tb1/orders/O-1/",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, (address, theme)


def test_the_chosen_look_is_remembered(open_page):
    page = open_page(TABLE, color_scheme="light")
    page.click(".navbar .user-button >> visible=true")
    page.click("button[data-theme-choice=dark] >> visible=true")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_language_is_changed_from_the_menu(open_page):
    page = open_page(TABLE)
    page.click(".navbar .user-button >> visible=true")
    page.click("button[value='zh-hant'] >> visible=true")
    page.wait_for_selector("text=客服績效")
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"
    assert PERIOD in page.url


def test_keys_search_walk_and_help(open_page):
    page = open_page("/yunfan/kpis/agents/?since=2025-03-10&until=2025-03-10")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.innerText") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.innerText") == first
    page.keyboard.press("?")
    assert page.is_visible("dialog#keys")
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog#keys")


def test_a_figures_name_explains_itself_on_focus(open_page):
    page = open_page(TABLE)
    page.focus(".tile [data-term=refund_rate]")
    page.wait_for_selector(".popover >> text=completed refund")
    assert "docs/kpis.md §7" in page.inner_text(".popover")


def test_a_chart_is_drawn_and_can_be_read_as_a_table(open_page):
    page = open_page("/yunfan/kpis/agents/?since=2025-03-10&until=2025-03-10")
    page.wait_for_selector(".chart canvas")
    page.click("text=As a table")
    rows = [row.split("\t") for row in page.inner_text(".chart-table").splitlines()]
    assert dict(zip(*rows, strict=True))["王小美"] == "50.0%"
    page.click("text=As a table")
    # It takes its size again with the next frame.
    page.wait_for_selector(".chart canvas", state="visible", timeout=5000)


def test_a_chart_follows_the_windows_width(open_page):
    page = open_page(TABLE, viewport={"width": 1600, "height": 900})
    page.wait_for_selector(".chart canvas")
    wide = page.evaluate("document.querySelector('.chart canvas').getBoundingClientRect().width")
    page.set_viewport_size({"width": 1250, "height": 900})
    page.wait_for_function(
        f"document.querySelector('.chart canvas').getBoundingClientRect().width < {wide} - 50"
    )


def test_choosing_a_store_stands_in_the_address_and_in_the_figures(open_page):
    page = open_page(TABLE)
    assert "京东王小美" in page.inner_text("#figures")
    page.click("text=All stores (2)")
    page.check("input[name=store][value=tb1]")
    page.click("details[open] button.btn-primary")
    page.wait_for_load_state("networkidle")
    assert "store=tb1" in page.url
    assert "since=2025-03-01" in page.url
    assert "京东王小美" not in page.inner_text("#figures")


def test_an_agent_has_the_three_daily_pages_below_on_a_phone(open_page):
    page = open_page(TABLE, who="agent", viewport={"width": 390, "height": 844})
    bar = page.locator(".bottom-bar")
    assert bar.is_visible()
    assert [text.strip() for text in bar.locator("a").all_inner_texts()] == [
        "My day",
        "My figures",
        "Unconverted buyers",
    ]
    bar.locator("a").nth(2).click()
    assert page.locator("h1").inner_text() == "Unconverted buyers"


def test_every_control_has_a_name(open_page):
    page = open_page(TABLE)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select")].filter((one) =>
            one.offsetParent && !one.textContent.trim() && !one.getAttribute("aria-label")
            && !(one.labels && one.labels.length)).map((one) => one.outerHTML)"""
    )
    assert nameless == []
