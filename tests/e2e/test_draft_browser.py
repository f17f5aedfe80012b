"""Checking an answer before it is sent, and a buyer's dangerous question, in a real browser."""

from playwright.sync_api import expect

from policies.library import LIBRARY
from policies.rule_versions import ensure_library
from stores.models import Buyer, Store
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.make import write_chat
from tests.policies.inspected import inspect

ASKED = "2026-11-02 11:50:00"


def store_of(slug: str = "yunfan") -> Store:
    number = organization_id_of(slug)
    with organization_scope(number):
        ensure_library(number, LIBRARY, Organization.objects.get(pk=number).created_at)
        store = Store.objects.exclude(code="jd1").get()
        store.platform = "tmall"
        store.save()
    return store


def test_a_bad_answer_is_marked_while_it_is_typed_and_a_safe_one_takes_its_place(open_page):
    store_of()
    page = open_page("/yunfan/policies/check/", "agent")
    page.fill("[name=asked]", "能开发票吗")
    page.fill("[name=text]", "不好意思，小店开不了发票的")
    mark = page.locator(".draft-text mark").first
    expect(mark).to_be_visible()
    expect(page.locator(".draft-finding").first).to_contain_text("Refusing an invoice")
    page.locator("[data-use]").first.click()
    expect(page.locator("[name=text]")).to_have_value(
        "亲，可以开发票的。请提供发票抬头、税号和接收邮箱，我马上为您登记，开好后会发给您。"
    )
    expect(page.locator(".draft-clear")).to_be_visible()
    page.fill("[name=text]", "<b>你有病吧</b>")
    expect(page.locator(".draft-finding strong", has_text="Abuse of a buyer")).to_be_visible()
    assert page.locator(".draft-text b").count() == 0


def test_the_chat_to_be_answered_is_shown_at_its_end(open_page):
    store = store_of()
    lines = [("in", f"2026-11-02 11:{minute:02}:00", f"第{minute}句") for minute in range(10, 22)]
    write_chat(store, "b1", "nobody", *lines, ("in", ASKED, "你们这个是高仿还是精仿"))
    with organization_scope(store.organization_id):
        number = Buyer.objects.get(name="b1").pk
    page = open_page(f"/yunfan/policies/check/?store={store.code}&buyer={number}", "agent")
    chat = page.locator(".draft-chat")
    expect(chat.locator("li").last).to_be_in_viewport()
    assert chat.evaluate("box => box.scrollHeight > box.clientHeight")
    box, last = chat.bounding_box(), chat.locator("li").last.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1


def test_a_dangerous_question_leads_to_its_safe_words_and_is_put_aside(open_page):
    store = store_of()
    write_chat(store, "b1", "nobody", ("in", ASKED, "你们这个是高仿还是精仿"))
    inspect(store)
    page = open_page("/yunfan/policies/warnings/", "agent", viewport={"width": 390, "height": 844})
    expect(page.locator(".warnings blockquote")).to_have_text("你们这个是高仿还是精仿")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Check an answer").last.click()
    expect(page.locator(".draft-chat")).to_contain_text("你们这个是高仿还是精仿")
    page.fill("[name=text]", "懂的都懂哈")
    expect(page.locator(".draft-finding").first).to_contain_text("Admitting that goods are imitations")
    page.go_back()
    page.get_by_role("button", name="Needs no answer").click()
    expect(page.locator(".empty-title")).to_have_text("No dangerous question waits.")
