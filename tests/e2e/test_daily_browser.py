"""The daily tables, their mail and the costs in a real browser."""

PHONE = {"viewport": {"width": 390, "height": 800}}
DAILY = "/yunfan/kpis/daily/?day=2025-03-10"


def test_a_supervisor_goes_through_the_day_saves_it_and_orders_it_by_mail(open_page):
    page = open_page(DAILY)
    assert "6 inquiries" in page.inner_text("#daily .card-title")
    page.click(".day-steps >> text=Deals of the day")
    page.wait_for_selector("text=4 deals")
    # A filter applies as soon as it is chosen, and the table stays.
    page.click("summary:has-text('All stores')")
    page.check("input[name=store][value=jd1]")
    page.click(".picker-box >> text=Apply >> visible=true")
    page.wait_for_selector("text=2 deals")
    assert page.locator("h1").inner_text() == "Deals of the day"
    page.click(".day-steps >> text=Sales report of the day")
    page.wait_for_selector("text=the whole store")
    with page.expect_download() as saved:
        page.click("text=XLSX, all tables")
    assert saved.value.suggested_filename == "daily-tables-2025-03-10.xlsx"
    page.click(".day-turns a >> nth=0")
    page.wait_for_url("**day=2025-03-09**")
    page.click(".page-header >> text=By e-mail")
    page.check("#id_active")
    page.fill("#id_at", "08:15")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("text=Saved.")
    assert page.is_checked("#id_active")
    assert page.input_value("#id_at") == "08:15"


def test_costs_open_down_to_the_order_and_nothing_overflows_a_phone(open_page):
    page = open_page("/yunfan/kpis/costs/?month=2025-03", **PHONE)
    page.click("#figures tbody a >> nth=0")
    page.wait_for_selector("text=no product")
    page.click("#figures tbody a >> nth=0")
    page.wait_for_selector("text=2 orders and costs")
    assert "CN¥300.00" in page.inner_text("main")
    for address in (DAILY, f"{DAILY}&table=deals", f"{DAILY}&table=report", "/yunfan/kpis/daily/mail/",
                    "/yunfan/kpis/costs/?month=2025-03", "/yunfan/courier-rates/"):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
