"""After-sales cases in a browser: every procedure to its end, limits, a refusal, and a procedure changed on the way."""

import pytest
from django.utils.translation import override
from playwright.sync_api import expect

from orders.procedures import present_procedure
from orders.service_models import Case, CaseKind, Compensation
from stores.models import Store
from tenants.models import User
from tenants.scope import organization_id_of, organization_scope
from tests.orders.after_sales import limits

PICTURE = {"name": "stain.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(40)}
NEW = "/yunfan/cases/new/"


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shop(site):
    """The organization's id."""
    return organization_id_of("yunfan")


def open_one(page, kind: str, order: str) -> int:
    """Through the form; the case's id."""
    page.goto(f"{NEW}?store=tb1&order={order}")
    page.select_option("#case_kind", kind)
    page.fill("#case_reason", "色差")
    page.fill("#case_story", "花边有色差")
    page.click("main form .btn-primary")
    page.wait_for_url("**/cases/*/")
    with override("en"):
        name = str(CaseKind(kind).label)
    expect(page.locator("h1")).to_contain_text(name)
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def do_open_step(page) -> None:
    """Whatever the step asks for: a file, an outcome."""
    form = page.locator("#do-step")
    if form.locator("#step_files").count():
        form.locator("#step_files").set_input_files(PICTURE)
    if form.locator("#step_outcome").count():
        form.locator("#step_outcome").select_option("settled")
    with page.expect_navigation():
        form.locator(".btn-primary").click()


@pytest.mark.parametrize(
    "kinds", [CaseKind.values[:5], CaseKind.values[5:]], ids=["quality and returns", "the rest"]
)
def test_each_procedure_from_opening_to_closing(open_page, shop, kinds):
    page = open_page("/yunfan/cases/")
    for kind in kinds:
        case_id = open_one(page, kind, f"o-{kind}")
        steps = page.locator(".case-steps > li")
        for number in range(steps.count()):
            expect(steps.nth(number)).to_have_attribute("aria-current", "step")
            do_open_step(page)
            expect(page.locator(".case-step-done")).to_have_count(number + 1)
        expect(page.locator("#do-step")).to_have_count(0)
        with organization_scope(shop):
            case = Case.objects.get(pk=case_id)
            assert (case.kind, case.outcome) == (kind, "settled")
            assert case.closed_at is not None


def test_a_step_without_its_evidence_is_not_done_and_a_double_click_does_it_once(open_page, shop):
    page = open_page("/yunfan/cases/", "agent")
    open_one(page, "quality_slight", "o1")
    with page.expect_navigation():
        page.click("#do-step .btn-primary")
    expect(page.locator("#do-step .alert-danger")).to_contain_text("asks for evidence")
    page.set_input_files("#step_files", PICTURE)
    page.fill("#step_note", "seen on her picture")
    page.dblclick("#do-step .btn-primary")
    expect(page.locator(".case-step-done")).to_have_count(1)
    expect(page.locator("#history")).to_contain_text("seen on her picture")
    expect(page.locator(".case-steps > li").nth(1)).to_have_attribute("aria-current", "step")
    expect(page.locator(".attachment-list li")).to_have_count(1)


def test_beyond_the_limit_it_waits_and_the_agent_reads_why_it_was_refused(open_page, shop):
    with organization_scope(shop):
        store, lead = Store.objects.get(code="tb1"), User.objects.get(email="supervisor@yunfan.example")
        limits(store, "quality_slight", "20", "50", lead)
    agent = open_page("/yunfan/cases/", "agent")
    case_id = open_one(agent, "quality_slight", "o1")
    for amount in ("15", "10"):
        agent.fill("#ask_amount", amount)
        agent.fill("#ask_note", "a stain")
        with agent.expect_navigation():
            agent.click("#ask .btn")
    expect(agent.locator("#compensation .badge")).to_have_text(["Approved", "Waits for approval"])
    expect(agent.locator("#compensation button[value=approve]")).to_have_count(0)
    lead_page = open_page("/yunfan/cases/compensation/")
    row = lead_page.locator("#ledger tbody tr").first
    expect(row).to_contain_text("Waits for approval")
    row.locator("details.refuse summary").click()
    row.locator("[name=note]").fill("it washes out")
    with lead_page.expect_navigation():
        row.locator("button[value=refuse]").click()
    agent.goto(f"/yunfan/cases/{case_id}/")
    expect(agent.locator("#compensation")).to_contain_text("it washes out")
    expect(agent.locator("#compensation .badge")).to_have_text(["Approved", "Refused"])
    with agent.expect_navigation():
        agent.click("#compensation button[value=pay]")
    with organization_scope(shop):
        assert list(Compensation.objects.order_by("pk").values_list("state", flat=True)) == [
            "paid",
            "refused",
        ]


def test_a_procedure_changed_while_a_case_runs_holds_for_the_next_one(open_page, shop):
    page = open_page("/yunfan/cases/")
    first = open_one(page, "invoice", "o1")
    page.goto("/yunfan/cases/procedures/")
    page.locator("section", has=page.locator("#kind-invoice")).locator("a.btn").click()
    page.locator("[aria-label='Step 2 up']").press("Enter")
    expect(page.locator("#id_step-0-title")).to_have_value("Issue the invoice, send it, and close")
    page.click("button[value=add]")
    page.fill("#id_step-2-title", "Ask whether it arrived")
    page.fill("#id_step-2-hours", "48")
    page.click("#save")
    page.wait_for_url("**/procedures/")
    with organization_scope(shop):
        assert [step["hours"] for step in present_procedure(shop, None, "invoice").steps] == [24, 24, 48]
    second = open_one(page, "invoice", "o2")
    expect(page.locator("#version")).to_contain_text("version 2 of 2")
    expect(page.locator(".case-steps > li")).to_have_count(3)
    page.goto(f"/yunfan/cases/{first}/")
    expect(page.locator("#version")).to_contain_text("version 1 of 2")
    expect(page.locator(".case-steps > li")).to_have_count(2)
    for _step in range(2):
        do_open_step(page)
    with organization_scope(shop):
        assert Case.objects.get(pk=first).closed_at is not None
        assert Case.objects.get(pk=second).closed_at is None


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_runs_over_the_edge(open_page, shop, width):
    page = open_page("/yunfan/cases/", viewport={"width": width, "height": 844})
    case_id = open_one(page, "no_reason", "o1")
    page.fill("#ask_amount", "12")
    page.click("#ask .btn")
    page.click("#expect .btn")
    for address in (
        "",
        f"{case_id}/",
        "compensation/",
        "returned/?show=expected",
        "procedures/",
        "procedures/edit/",
        "new/",
    ):
        page.goto(f"/yunfan/cases/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
