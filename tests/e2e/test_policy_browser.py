"""Charts, tooltips and popovers place and colour themselves without anything the Content-Security-Policy refuses.

tests/tenants/test_headers.py opens every page under it.
"""

import pytest

from tenants.headers import CONTENT_SECURITY_POLICY
from tests.kpis.day_of_chats import PERIOD

LISTENS = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
WITH_CHARTS = (
    f"/yunfan/kpis/agents/?{PERIOD}",
    "/yunfan/kpis/stores/tb1/orders/O-1/",
    f"/yunfan/kpis/unconverted/?{PERIOD}",
    "/yunfan/kpis/agents/?since=2025-03-10&until=2025-03-10",
    f"/yunfan/kpis/response/?{PERIOD}",
    "/yunfan/kpis/months/?month=2025-03",
)


@pytest.fixture
def page(open_page):
    page = open_page("/yunfan/kpis/months/")
    page.add_init_script(LISTENS)
    return page


def refused(page) -> list[str]:
    return page.evaluate("window.refused")


def test_the_policy_allows_nothing_written_into_a_page():
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_charts_tooltips_and_popovers_need_nothing_the_policy_refuses(page):
    for address in WITH_CHARTS:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for canvas in page.locator(".chart canvas >> visible=true").all():
            box = canvas.bounding_box()
            for part in (0.3, 0.5, 0.8):
                page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.6)
                # Two frames: the chart has answered the pointer.
                page.evaluate(
                    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
                )
        for term in page.locator("[data-term] >> visible=true").all()[:2]:
            term.focus()
            page.wait_for_selector(".popover")
        assert refused(page) == [], address
    page.goto(WITH_CHARTS[0])
    box = page.locator(".chart canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".chart-tip")
    # The dots in it are coloured by a script's style object.
    colour = page.evaluate("getComputedStyle(document.querySelector('.chart-tip i')).backgroundColor")
    assert colour not in ("rgba(0, 0, 0, 0)", "")


def test_the_listener_hears_a_refusal(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.add_init_script(LISTENS)
    page.goto("/login/")
    assert refused(page) == []
    page.evaluate("document.querySelector('main').setAttribute('style', 'color: red')")
    page.wait_for_function("window.refused.length > 0")
    assert refused(page)[0].startswith("style-src")
    context.close()
