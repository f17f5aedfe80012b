"""The panel and form of a remark: masked, by permission, with and without scripts; and no way to change history."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from kpis.refresh import refresh_store
from orders.models import Order
from orders.production import steps_of
from orders.remark_models import Attachment, ProductionStep, Remark, RemarkCopy, RemarkKey, Stage
from orders.remarks import current_remark
from tenants.models import AuditEntry
from tests.access_remarks import PNG
from tests.make import make_agent, make_member, write_chat
from tests.orders.remark_world import FIELDS, TEXT, an_order, write

PANEL, EDIT = "/yunfan/orders/tb1/remarks/A1/", "/yunfan/orders/tb1/remark/A1/"
NAME, PHONE = "王小明", "13812341234"


@pytest.fixture
def order(organization, store, scope):
    """Order A1 of buyer ann, whom Ann served; its receiver is 王小明."""
    make_agent(organization, "Ann", (store, "s:ann"))
    make_agent(organization, "Bob", (store, "s:bob"))
    write_chat(
        store, "ann", "s:ann", ("in", "2026-11-02 09:00:00", "在吗"), ("out", "2026-11-02 09:00:20", "在")
    )
    order = an_order(store, receiver_name=NAME, receiver_phone=PHONE)
    refresh_store(store, whole=True)
    return order


def signed_in(user) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def member_called(organization, name: str):
    from team.models import Agent

    return make_member(
        organization, "agent", f"{name}@yunfan.example", agent_id=Agent.objects.get(name=name).pk
    )


def posted(based_on: int = 0, **fields) -> dict:
    """The form's fields as a browser sends them."""
    told = {**FIELDS, "ship_date": "2030-01-01", **fields}
    size = told.pop("size")
    return {f"f_{key}": value for key, value in told.items()} | {
        "f_size_width": size["width"], "f_size_height": size["height"], "based_on": based_on,
    }  # fmt: skip


def test_a_remark_is_written_by_the_form_and_what_is_suspicious_is_asked_first(order, supervisor):
    client = signed_in(supervisor)
    first = client.post(EDIT, posted())
    assert "Is this right?" in first.content.decode()
    assert not Remark.objects.exists()
    asked = re.search(r'name="accept" value="([^"]+)"', first.content.decode())[1]
    done = client.post(EDIT, posted() | {"accept": asked, "flag": "1"})
    assert (done.status_code, done.url) == (302, PANEL)
    remark = Remark.objects.get()
    assert (remark.warnings, remark.flag, remark.made_by) == (["date_far"], 1, supervisor)
    assert current_remark(order).contents.fields == {**FIELDS, "ship_date": "2030-01-01"}


def test_what_is_missing_cannot_be_overridden(order, supervisor):
    client = signed_in(supervisor)
    answer = client.post(EDIT, posted(name="") | {"accept": "missing,date_far"})
    assert "姓名 is missing." in answer.content.decode()
    assert 'name="accept"' not in answer.content.decode()
    assert not Remark.objects.exists()


def test_typing_tells_the_text_and_its_bytes_and_saves_nothing(order, supervisor):
    answer = signed_in(supervisor).post(EDIT, posted() | {"look": "1"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    told = "刘贺，3米*2.4米，图案正常，1月1日发货，自提。送胶。"
    assert told in text
    assert f"{len(told.encode())} of 1000 bytes" in text
    assert not Remark.objects.exists()


def test_the_panel_masks_the_receiver_for_everybody(order, organization, owner):
    write(order, owner, name=NAME, notes=f"打{PHONE}，{NAME}本人收")
    ann = member_called(organization, "Ann")
    for user in (owner, ann, make_member(organization, "auditor")):
        answer = signed_in(user).get(PANEL)
        text = answer.content.decode()
        assert "王*，3米*2.4米" in text
        assert "138****1234" in text
        assert NAME not in text
        assert PHONE not in text
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_name_typed_otherwise_than_the_orders_is_masked_too_in_every_version(order, owner):
    write(order, owner, name="李大海", notes="李大海收")
    write(order, owner, name="赵四", notes="改由赵四收")
    text = signed_in(owner).get(PANEL).content.decode()
    assert "李大海" not in text
    assert "赵四" not in text


def test_the_full_text_opens_for_who_may_see_the_order_and_the_trail_says_so(order, organization, owner):
    write(order, owner, name=NAME)
    ann, bob = (signed_in(member_called(organization, name)) for name in ("Ann", "Bob"))
    shown_pass = ann.get("/yunfan/kpis/stores/tb1/orders/A1/").context["personal_address"].split("?")[1]
    assert bob.get(f"{EDIT}?{shown_pass}").status_code == 403
    assert ann.get(EDIT).status_code == 403
    assert bob.post("/yunfan/orders/tb1/remark-text/A1/").status_code == 403
    assert bob.post(EDIT, posted(1)).status_code == 403
    assert not AuditEntry.objects.filter(verb="remark_opened").exists()
    for _ in range(3):
        assert NAME in ann.get(f"{EDIT}?{shown_pass}").content.decode()
    copied = ann.post(f"/yunfan/orders/tb1/remark-text/A1/?{shown_pass}")
    assert copied.content.decode() == TEXT.replace("刘贺", NAME)
    (entry,) = AuditEntry.objects.filter(verb="remark_opened")
    assert (entry.subject, entry.details) == ("A1", {"store": "tb1"})
    assert signed_in(make_member(organization, "auditor")).get(EDIT).status_code == 403


def test_a_first_remark_anybody_on_shift_may_write_without_learning_the_receiver(order, organization):
    bob = signed_in(member_called(organization, "Bob"))
    assert NAME not in bob.get(EDIT).content.decode()
    assert bob.post(EDIT, posted() | {"accept": "date_far"}).status_code == 302
    assert Remark.objects.get().number == 1


def test_an_agent_flags_for_themselves_and_for_nobody_else(order, organization):
    bob = member_called(organization, "Bob")
    from team.models import Agent

    ann = Agent.objects.get(name="Ann")
    client = signed_in(bob)
    assert "Select a valid choice" in client.post(EDIT, posted() | {"agent": ann.pk}).content.decode()
    client.post(EDIT, posted() | {"accept": "date_far", "flag": "1", "agent": bob.memberships.get().agent_id})
    remark = Remark.objects.get()
    assert (remark.flag, remark.agent_id) == (1, Agent.objects.get(name="Bob").pk)


def test_who_writes_without_a_flag_takes_nobodys_flag(order, organization):
    bob = member_called(organization, "Bob")
    signed_in(bob).post(EDIT, posted() | {"accept": "date_far", "agent": bob.memberships.get().agent_id})
    assert Remark.objects.get().agent_id is None


def test_restoring_adopting_and_marking_by_button(order, owner, store):
    write(order, owner)
    write(order, owner, notes="x")
    client = signed_in(owner)
    base = "/yunfan/orders/tb1/remark-"
    assert client.post(f"{base}restore/A1/", {"number": 1}).url == PANEL
    assert Remark.objects.order_by("-number").first().restored_number == 1
    client.post(f"{base}put/A1/", {"number": 3})
    assert RemarkCopy.objects.get().number == 3
    assert "The platform has no memo" in client.post(f"{base}adopt/A1/").content.decode()
    an_order(store, seller_memo="外面改的")
    client.post(f"{base}adopt/A1/")
    assert current_remark(order).contents.text == "外面改的"
    for number in ("", "9", "x", "99999999999", "-1"):
        assert client.post(f"{base}restore/A1/", {"number": number}).status_code == 404
        assert client.post(f"{base}put/A1/", {"number": number}).status_code == 404


def test_stages_follow_one_another_with_their_version_and_the_buyers_confirmation(order, owner):
    client, address = signed_in(owner), "/yunfan/orders/tb1/production/A1/"

    def step(stage: str, **files) -> str:
        answer = client.post(address, {"stage": stage, **files})
        return "" if answer.status_code == 302 else answer.context["problem"]

    assert "Write the remark first" in step("handed_off")
    write(order, owner)
    assert "Attach what the buyer confirmed" in step("confirmed")
    assert step("confirmed", files=SimpleUploadedFile("chat.png", PNG)) == ""
    assert Attachment.objects.get().purpose == "confirmation"
    assert "cannot follow" in step("made")
    write(order, owner, notes="x")
    assert step("handed_off") == ""
    assert step("handed_off") == "", "twice is once"
    assert step("taken_back") == ""
    assert step("handed_off") == ""
    assert step("made") == ""
    assert "cannot follow" in step("taken_back")
    assert [(s.stage, s.number) for s in steps_of(order)] == [
        (Stage.CONFIRMED, 1), (Stage.HANDED_OFF, 2), (Stage.TAKEN_BACK, 2), (Stage.HANDED_OFF, 2), (Stage.MADE, 2),
    ]  # fmt: skip
    assert client.post(address, {"stage": "burnt"}).status_code == 404


def test_a_confirmation_that_is_no_picture_reaches_no_stage(order, owner):
    write(order, owner)
    answer = signed_in(owner).post(
        "/yunfan/orders/tb1/production/A1/",
        {"stage": "confirmed", "files": SimpleUploadedFile("chat.png", b"<html>")},
    )
    assert "neither a picture" in answer.context["problem"]
    assert not ProductionStep.objects.exists()


def test_the_panel_of_an_erased_remark_says_so(order, owner):
    write(order, owner)
    RemarkKey.objects.filter(order=order).delete()
    Order.objects.update(personal_erased_at="2026-11-05T00:00Z")
    answer = signed_in(owner).get(PANEL)
    assert "Erased: personal data of this order are no longer kept." in answer.content.decode()
    assert signed_in(owner).get(EDIT).status_code == 403


def test_other_stores_and_organizations_find_no_remark(order, organization, owner, outsider):
    write(order, owner)
    limited = make_member(organization, "supervisor", "limited@yunfan.example", store_ids=[0])
    for user in (outsider, limited):
        client = signed_in(user)
        assert client.get(PANEL).status_code == 404
        assert client.get(EDIT).status_code == 404
        assert client.post(EDIT, posted()).status_code == 404


def test_no_address_of_remarks_takes_put_patch_or_delete(order, owner):
    write(order, owner)
    client, before = signed_in(owner), list(Remark.objects.values_list())
    views = ("remarks", "remark", "remark-restore", "remark-adopt", "remark-put", "remark-text", "production")
    for view in views:
        for method in (client.put, client.patch, client.delete):
            assert method(f"/yunfan/orders/tb1/{view}/A1/").status_code == 405, view
    assert list(Remark.objects.values_list()) == before


def test_there_is_no_api_of_remarks():
    def walk(resolver, before=""):
        for pattern in resolver.url_patterns:
            here = before + str(pattern.pattern)
            yield from walk(pattern, here) if hasattr(pattern, "url_patterns") else [here]

    named = [address for address in walk(get_resolver()) if "remark" in address or "production" in address]
    assert named
    assert [address for address in named if "api" in address] == []


def test_the_form_cannot_name_its_version_writer_or_time(order, owner, supervisor):
    write(order, owner)
    data = posted(1, notes="x") | {
        "accept": "date_far",
        "number": 1,
        "made_by": owner.pk,
        "made_at": "2020-01-01",
    }
    signed_in(supervisor).post(EDIT, data)
    new, old = Remark.objects.order_by("-number")
    assert (new.number, new.made_by, new.made_at.year > 2020) == (2, supervisor, True)
    assert (old.number, old.made_by) == (1, owner)


def test_who_begins_with_an_old_version_is_told_and_nothing_is_lost(order, owner, supervisor):
    write(order, owner)
    data = posted(0, notes="mine") | {"accept": "date_far"}
    text = signed_in(supervisor).post(EDIT, data).content.decode()
    assert "Somebody has written another version meanwhile" in text
    assert "mine" in text
    assert Remark.objects.count() == 1


def test_the_format_page_refuses_what_cannot_be_written(order, supervisor):
    client, address = signed_in(supervisor), "/yunfan/orders/remarks/format/?store=tb1"
    line = {"field-0-label": "发货", "field-0-kind": "date", "field-0-unit": "{x}"}
    rest = {"field-TOTAL_FORMS": 1, "field-INITIAL_FORMS": 0, "late_minutes": 20}
    assert "Write {y}, {m} and {d}" in client.post(address, {**line, **rest}).content.decode()
    line = {"field-0-label": "配送", "field-0-kind": "choice"}
    assert "Name what may be chosen" in client.post(address, {**line, **rest}).content.decode()
    assert "at least one field" in client.post(address, {"field-0-kind": "text", **rest}).content.decode()
    tried = client.post(address, {"field-0-label": "a", "field-0-kind": "long", "look": "1", **rest})
    assert tried.context["sample"] == "送胶. ".strip()
