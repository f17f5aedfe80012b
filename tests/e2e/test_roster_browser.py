"""The roster in a real browser: planned by keyboard and by drag, published, seen by an agent on a phone."""

from django.utils import timezone

from team.models import Agent
from team.roster import code_of
from team.roster_models import RosterEntry, ShiftKind
from tenants.scope import organization_id_of, organization_scope
from tests.team.roster_world import make_shift

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def scope():
    return organization_scope(organization_id_of("yunfan"))


def make_shifts() -> None:
    from tenants.models import Organization

    with scope():
        organization = Organization.objects.get()
        for name, starts, ends in (("Day shift", "08:30", "17:30"), ("On duty", "17:00", "26:00")):
            make_shift(organization, name, starts, ends, people_wanted=0)


def stored() -> dict[tuple[str, int], str]:
    """{(name, day of the month): what stands there}"""
    with scope():
        names = dict(Agent.objects.values_list("pk", "name"))
        kinds = {f"s{kind.pk}": kind.name for kind in ShiftKind.objects.all()}
        found = RosterEntry.objects.all()
        return {(names[one.agent_id], one.day.day): kinds.get(code_of(one), one.kind) for one in found}


def cell(page, name: str, day: int):
    return page.locator(f"#roster tbody tr:has(th span:text-is('{name}')) td").nth(day - 1)


def saved(page) -> None:
    page.wait_for_selector("#roster-state:text-is('Saved')")


def test_a_month_is_planned_by_keyboard(open_page):
    make_shifts()
    page = open_page("/yunfan/roster/?month=2026-11")
    first = page.locator("#roster tbody th span").first.inner_text()
    second = page.locator("#roster tbody th span").nth(1).inner_text()
    cell(page, first, 1).click()
    # On duty on the 1st, a day shift on the 2nd: 6 h 30 min of rest.
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    page.wait_for_selector("#conflicts >> text=less than 11 h of rest before 11-02")
    assert "conflict" in cell(page, first, 2).get_attribute("class")
    assert stored() == {(first, 1): "On duty", (first, 2): "Day shift"}
    # Rest instead: the conflict goes at once.
    page.keyboard.press("r")
    saved(page)
    page.wait_for_selector("#conflicts >> text=less than", state="detached")
    # The two cells are copied to the next person's 3rd and 4th.
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+c")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Control+v")
    saved(page)
    planned = {(first, 1): "On duty", (first, 2): "rest", (second, 3): "On duty", (second, 4): "rest"}
    assert stored() == planned
    # Cleared, and brought back.
    page.keyboard.press("Delete")
    saved(page)
    assert stored() == {place: what for place, what in planned.items() if place != (second, 3)}
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelectorAll('#roster td[data-code^=s]').length >= 2")
    saved(page)
    page.reload()
    assert cell(page, second, 3).inner_text() == "On"
    assert stored() == planned


def test_a_block_is_dragged_and_filled_from_the_palette_with_one_request(open_page):
    make_shifts()
    page = open_page("/yunfan/roster/?month=2026-11")
    names = page.locator("#roster tbody th span").all_inner_texts()[:2]
    sent = []
    page.on("request", lambda request: sent.append(request) if "/roster/save/" in request.url else None)
    cell(page, names[0], 2).hover()
    page.mouse.down()
    cell(page, names[0], 3).hover()
    cell(page, names[1], 4).hover()
    page.mouse.up()
    assert page.locator("#roster td.chosen").count() == 6
    page.click(".roster-palette [data-code] >> nth=0")
    saved(page)
    assert stored() == {(name, day): "Day shift" for name in names for day in (2, 3, 4)}
    assert len(sent) == 1
    row = page.locator("#roster tbody tr").first
    assert row.locator("[data-worked]").inner_text() == "3"


def test_what_cannot_be_saved_is_put_back(open_page):
    make_shifts()
    page = open_page("/yunfan/roster/?month=2026-11")
    page.route("**/roster/save/", lambda route: route.fulfill(body="<p>Sign in</p>"))
    page.locator("#roster tbody td").first.click()
    page.keyboard.press("1")
    page.wait_for_selector("#roster-state:text-is('Not saved: try again.')")
    assert page.locator("#roster tbody td").first.inner_text() == ""


def test_a_published_month_is_seen_by_the_agent_on_a_phone(open_page):
    make_shifts()
    today = timezone.localdate()
    with scope():
        mei = Agent.objects.get(name="王小美")
    page = open_page(f"/yunfan/roster/?month={today:%Y-%m}")
    cell(page, mei.name, today.day).click()
    page.keyboard.press("2")
    saved(page)
    agent = open_page("/yunfan/roster/", who="agent", **PHONE)
    assert "This month is not published yet." in agent.inner_text("main")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-publish]")
    page.wait_for_selector("text=The roster is published.")
    agent.reload()
    assert "17:00–02:00" in agent.inner_text(".own-days li.is-today")
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    agent.click(".own-calendar summary")
    agent.click("text=Make an address")
    address = agent.input_value("#calendar-address")
    answer = agent.request.get(address)
    assert answer.status == 200
    assert answer.text().count("BEGIN:VEVENT") == 1
    # Leave is asked for and decided.
    agent.click("text=Ask for leave or a day")
    agent.fill("#id_since", str(today))
    agent.fill("#id_reason", "dentist")
    agent.click("main form[data-request] button")
    agent.wait_for_selector("text=Your request is on its way.")
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/yunfan/roster/requests/")
    page.click("text=Approve >> nth=0")
    page.wait_for_selector(".alert >> text=Approved.")
    assert stored()[mei.name, today.day] == "annual"
