"""The agent's day by keyboard alone, evening and day shift in two browsers, and the width of a phone."""

from datetime import timedelta

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import expect

from desk.duties import duty_of
from desk.follow_ups import make_by_hand
from desk.handovers import offer
from desk.models import Duty, FollowUp, HandoverLine, State
from team.roster_models import RosterEntry, ShiftKind
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store

# Longer than the pages wait before they ask again, in milliseconds.
LIVE = 20_000


def later(page) -> None:
    """A while goes by on a page with `own_clock`: what asks again after it does so at once."""
    page.clock.run_for(LIVE)


class Floor:
    """Ann's shift ends in ten minutes, Bea's has begun; the supervisor watches."""

    def __init__(self):
        self.now = timezone.now().replace(microsecond=0)
        self.organization = make_organization("yunfan")
        self.store = make_store(self.organization, "tb1", name="云帆旗舰店")
        self.ann, self.bea = (
            make_agent(self.organization, name, (self.store, f"tb1:{name}")) for name in ("王小美", "周强")
        )
        self.user = make_member(self.organization, "agent", "ann@yunfan.example", agent_id=self.ann.pk)
        make_member(self.organization, "agent", "bea@yunfan.example", agent_id=self.bea.pk)
        self.lead = make_member(self.organization, "supervisor")
        with organization_scope(self.organization.pk):
            kind = ShiftKind.objects.create(
                organization=self.organization, name="白班", starts_minutes=510, ends_minutes=1050
            )
            for agent, begins, ends in ((self.ann, -300, 10), (self.bea, -20, 480)):
                RosterEntry.objects.create(
                    organization=self.organization, agent=agent, day=self.now.date(), kind="work", shift=kind, published=True,
                    starts_at=self.now + timedelta(minutes=begins), ends_at=self.now + timedelta(minutes=ends),
                )  # fmt: skip

    def scope(self):
        return organization_scope(self.organization.pk)

    def noted(self, text: str, agent, minutes: int) -> FollowUp:
        with self.scope():
            return make_by_hand(
                self.store, kind_text=text, due_at=self.now + timedelta(minutes=minutes), user=self.lead, now=self.now,
                agent_id=agent and agent.pk,
            )  # fmt: skip

    def state(self, follow_up: FollowUp) -> tuple:
        with self.scope():
            fresh = FollowUp.objects.get(pk=follow_up.pk)
            return fresh.agent_id, fresh.state, fresh.outcome


@pytest.fixture
def floor(committed) -> Floor:
    return Floor()


@pytest.fixture
def site(floor):
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


def focused(page) -> str:
    return page.evaluate("document.activeElement.closest('[data-matter]')?.dataset.matter ?? ''")


def walk_to(page, follow_up: FollowUp) -> None:
    for _ in range(20):
        page.keyboard.press("j")
        if focused(page) == str(follow_up.pk):
            return
    raise AssertionError(f"j does not come to {follow_up}")


def row(page, follow_up: FollowUp):
    return page.locator(f"#matter-{follow_up.pk}")


def test_an_agent_works_the_day_with_the_keyboard_alone(floor, open_page):
    late, pool = floor.noted("回电确认地址", floor.bea, -30), floor.noted("催付大单", None, 30)
    given = floor.noted("补发赠品", floor.ann, 60)
    with floor.scope():
        duty = duty_of(floor.ann.pk, floor.now)
        offer(duty, given, floor.bea.pk, floor.user, floor.now, "仓库六点关门")
    page = open_page("/yunfan/desk/day/", who="bea")
    # In: the button is reached by Tab.
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.day-shift form') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".day-shift")).to_contain_text("signed in at")
    # What was handed over comes first; a takes it on.
    page.keyboard.press("j")
    assert focused(page) == str(given.pk)
    page.keyboard.press("a")
    expect(page.locator(".day-offered")).to_have_count(0)
    assert floor.state(given)[0] == floor.bea.pk
    # t takes from the pool.
    page.evaluate("document.activeElement.blur()")
    walk_to(page, pool)
    page.keyboard.press("t")
    expect(row(page, pool).locator("[data-act=take]")).to_have_count(0)
    assert floor.state(pool)[0] == floor.bea.pk
    # A digit on a matter that is shut opens it; the next one closes it, with a note.
    page.evaluate("document.activeElement.blur()")
    walk_to(page, late)
    page.keyboard.press("1")
    expect(row(page, late).locator(".matter-body")).to_be_visible()
    assert floor.state(late)[1] == State.OPEN
    page.keyboard.press("1")
    expect(row(page, late)).to_have_count(0)
    assert floor.state(late) == (floor.bea.pk, "closed", "done")
    page.keyboard.press("u")
    expect(row(page, late)).to_be_visible()
    assert floor.state(late)[1] == State.OPEN
    # Enter opens, and a note may be written.
    page.evaluate("document.activeElement.blur()")
    walk_to(page, late)
    page.keyboard.press("Enter")
    expect(row(page, late).locator(".matter-body")).to_be_visible()
    page.keyboard.press("2")
    expect(row(page, late)).to_have_count(0)
    assert floor.state(late)[2] == "not_needed"
    # n notes something down.
    page.keyboard.press("n")
    page.keyboard.type("寄样品")
    page.keyboard.press("Enter")
    expect(page.locator(".matters")).to_contain_text("寄样品")
    # / narrows, ? explains.
    page.keyboard.press("/")
    page.keyboard.type("寄样")
    expect(row(page, pool)).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Take the matter from the pool")


def test_what_comes_is_announced_without_loading_anew_and_does_not_disturb_writing(floor, open_page):
    first = floor.noted("第一件", floor.bea, 30)
    page = open_page("/yunfan/desk/day/", who="bea", own_clock=True)
    page.evaluate("window.notReloaded = true")
    page.locator(f"#matter-{first.pk} [data-open]").click()
    page.fill(f"#note-{first.pk}", "正在写")
    second = floor.noted("第二件", None, 40)
    page.evaluate(
        "document.addEventListener('htmx:afterRequest', (event) => { document.body.dataset.asked = event.target.id; })"
    )
    later(page)
    expect(page.locator("body")).to_have_attribute("data-asked", "day", timeout=LIVE)
    assert page.input_value(f"#note-{first.pk}") == "正在写"
    expect(row(page, second)).to_have_count(0)
    page.keyboard.press("Escape")
    later(page)
    expect(row(page, second)).to_be_visible(timeout=LIVE)
    expect(page.locator("#came")).to_contain_text("New on your list")
    expect(row(page, first).locator(".matter-body")).to_be_visible()
    assert page.evaluate("window.notReloaded") is True


def test_evening_hands_over_to_night_in_two_browsers_live(floor, open_page):
    with floor.scope():
        must = FollowUp.objects.create(
            organization=floor.organization, store=floor.store, kind="unanswered", subject="b1", opens_at=floor.now,
            due_at=floor.now + timedelta(minutes=5), agent_id=floor.ann.pk, made_at=floor.now,
        )  # fmt: skip
    other = floor.noted("寄样品", floor.ann, 200)
    bea = open_page("/yunfan/desk/day/", who="bea", own_clock=True)
    board = open_page("/yunfan/desk/board/", own_clock=True)
    ann = open_page("/yunfan/desk/handover/", who="ann", own_clock=True)
    for page in (bea, board):
        page.evaluate("window.notReloaded = true")
    ann.select_option(f"#to-{other.pk}", str(floor.bea.pk))
    ann.fill(f"#remark-{other.pk}", "客户要蓝色")
    ann.fill("#note", "仓库今天提前关门")
    ann.click("button[value=close]")
    expect(ann.locator(".alert-danger")).to_contain_text("need somebody")
    with floor.scope():
        assert Duty.objects.get(agent=floor.ann).closed_at is None
    later(bea)
    expect(row(bea, other)).to_be_visible(timeout=LIVE)
    expect(row(bea, other)).to_contain_text("客户要蓝色")
    # The receiver returns one, the giver sees it come back without loading anew.
    row(bea, other).locator("[data-open]").click()
    bea.fill(f"#why-{other.pk}", "不是我的店")
    bea.keyboard.press("Enter")
    expect(row(bea, other)).to_have_count(0)
    later(ann)
    expect(ann.locator("#handed")).to_contain_text("不是我的店", timeout=LIVE)
    ann.reload()
    ann.select_option(f"#to-{must.pk}", str(floor.bea.pk))
    ann.select_option(f"#to-{other.pk}", "mine")
    ann.click("button[value=close]")
    expect(ann.locator(".alert-success")).to_contain_text("closed")
    later(board)
    expect(board.locator("#board")).to_contain_text("王小美", timeout=LIVE)
    later(bea)
    expect(row(bea, must)).to_be_visible(timeout=LIVE)
    row(bea, must).locator("[data-act=accept]").click()
    expect(bea.locator(".day-offered")).to_have_count(0)
    later(board)
    expect(board.locator("section[aria-labelledby=handovers-title]")).to_contain_text(
        "Every handover was accepted", timeout=LIVE
    )
    assert bea.evaluate("window.notReloaded") is board.evaluate("window.notReloaded") is True
    with floor.scope():
        assert HandoverLine.objects.get(follow_up=must).state == "accepted"
        assert FollowUp.objects.get(pk=must.pk).agent_id == floor.bea.pk
        assert Duty.objects.get(agent=floor.ann).decrypted("note") == "仓库今天提前关门"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_on_a_phone_nothing_is_wider_than_the_screen(floor, open_page, language):
    one = floor.noted("回电确认地址，客户要求下午三点以后再打，之前都在开会", floor.bea, -90)
    floor.noted("催付大单" * 12, None, 30)
    given = floor.noted("补发赠品", floor.ann, 60)
    with floor.scope():
        offer(duty_of(floor.ann.pk, floor.now), given, floor.bea.pk, floor.user, floor.now, "仓库六点关门")
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    page = open_page("/yunfan/desk/day/", who="bea", language=language, **phone)
    row(page, one).locator("[data-open]").click()
    for address in (None, "/yunfan/desk/handover/", "/yunfan/desk/handover/book/"):
        if address:
            page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".bottom-bar a").count() == 3
    lead = open_page("/yunfan/desk/board/", language=language, **phone)
    assert lead.evaluate("document.documentElement.scrollWidth") <= 390
