"""Using scripts on the page, what comes of them, and writing them."""

import io
from decimal import Decimal

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from conversations.script_models import Script, ScriptFolder, ScriptUse
from conversations.scripts import folder_named, note_use, save_script
from desk.script_figures import Figures, figures_of
from kpis.refresh import refresh_store
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_order

NOW = at("2026-11-20 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def script(organization, store) -> Script:
    with organization_scope(organization.pk):
        folder = folder_named(organization.pk, "订单", None, "", "售后")
        text = "{buyer}您好，{agent}为您查到{order}由{courier}发出，单号{tracking_no}"
        return save_script(Script(organization=organization, folder=folder, title="发货通知", text=text))


def test_places_are_filled_with_the_order_one_is_busy_with(organization, store, script, client):
    mei = make_agent(organization, "王小美", (store, "s:mei"))
    client.force_login(make_member(organization, "agent", agent_id=mei.pk))
    write_order(
        store, "A1", buyer="小明", created_at="2026-11-02 09:00:00", courier="顺丰", tracking_no="SF1"
    )
    (row,) = client.get("/yunfan/scripts/", {"store": "tb1", "order": "A1"}).context["rows"]
    assert row.text == "小明您好，王小美为您查到A1由顺丰发出，单号SF1"
    (row,) = client.get("/yunfan/scripts/", {"store": "tb1", "order": "none"}).context["rows"]
    assert row.text == "{buyer}您好，王小美为您查到{order}由{courier}发出，单号{tracking_no}"


def test_an_order_of_a_store_one_may_not_see_fills_nothing(organization, store, script, client):
    other = make_store(organization, "tb2")
    write_order(store, "A1", buyer="小明", created_at="2026-11-02 09:00:00", courier="顺丰")
    client.force_login(make_member(organization, "supervisor", store_ids=[other.pk]))
    (row,) = client.get("/yunfan/scripts/", {"store": "tb1", "order": "A1"}).context["rows"]
    assert "小明" not in row.text
    assert "{order}" in row.text


def test_a_use_is_noted_with_buyer_and_person_and_counted(organization, store, script, client):
    mei = make_agent(organization, "王小美", (store, "s:mei"))
    client.force_login(make_member(organization, "agent", agent_id=mei.pk))
    write_order(store, "A1", buyer="小明", created_at="2026-11-02 09:00:00")
    answers = [
        client.post(f"/yunfan/scripts/{script.pk}/use/{asked}").content.decode()
        for asked in ("", "?store=tb1&order=A1", "?store=none&order=A1")
    ]
    assert answers == ["1", "2", "3"]
    with organization_scope(organization.pk):
        buyer = Buyer.objects.get(name="小明")
        uses = ScriptUse.objects.order_by("pk").values_list("script_id", "store_id", "buyer_id", "agent_id")
        assert list(uses) == [
            (script.pk, None, None, mei.pk), (script.pk, store.pk, buyer.pk, mei.pk), (script.pk, None, None, mei.pk),
        ]  # fmt: skip


def test_typing_answers_with_the_list_alone(script, supervisor, client):
    client.force_login(supervisor)
    part = client.get("/yunfan/scripts/", {"q": "fhtz"}, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "发货通知" in part
    part = client.get("/yunfan/scripts/", {"q": "zzzz"}, headers={"HX-Request": "true"}).content.decode()
    assert "发货通知" not in part


def test_conversion_is_of_known_buyers_whose_window_is_over(organization, store, script):
    """Window 2 days: ann paid a day after, bea three days after, cid before; dan's use is of yesterday and dan paid
    already; nobody is known of the last."""
    for name, paid in (("ann", "11-03"), ("bea", "11-05"), ("cid", "11-01"), ("dan", "11-19")):
        write_order(
            store,
            name,
            buyer=name,
            created_at=f"2026-{paid} 12:00:00",
            paid_at=f"2026-{paid} 12:00:00",
            paid_amount="9",
        )
    refresh_store(store, whole=True)
    with organization_scope(organization.pk):
        for name in ("ann", "bea", "cid"):
            note_use(script, store, Buyer.objects.get(name=name), None, at("2026-11-02 10:00:00"))
        note_use(script, store, Buyer.objects.get(name="dan"), None, at("2026-11-19 10:00:00"))
        note_use(script, store, None, None, at("2026-11-02 10:00:00"))
        note_use(script, store, Buyer.objects.get(name="ann"), None, at("2026-08-02 10:00:00"))
        found = figures_of([script.pk, 0], NOW)
    assert found == {script.pk: Figures(5, at("2026-11-19 10:00:00"), 3, 1)}
    assert found[script.pk].conversion == Decimal(1) / 3
    assert Figures().conversion is None


def test_writing_a_script_keeps_its_earlier_wordings(organization, store, script, supervisor, client):
    client.force_login(supervisor)
    sent = {"folder": script.folder_id, "title": "发货通知", "text": "已发出", "active": "on"}
    assert client.post(f"/yunfan/scripts/{script.pk}/", sent).status_code == 302
    page = client.get(f"/yunfan/scripts/{script.pk}/")
    assert [(one["text"], one["who"]) for one in page.context["versions"]] == [
        ("已发出", supervisor.email), (script.text, ""),
    ]  # fmt: skip
    refused = client.post(f"/yunfan/scripts/{script.pk}/", sent | {"text": "{phone}"})
    assert refused.status_code == 200
    assert "{phone}" in str(refused.context["form"].errors["text"])
    again = client.post("/yunfan/scripts/new/", sent)
    assert "title" in again.context["form"].errors
    preview = client.post("/yunfan/scripts/preview/", {"text": "{store}的{order}{x}"}).content.decode()
    assert "TB1" in preview
    assert '<mark class="open">{x}</mark>' in preview


def test_a_folder_of_a_store_one_may_not_see_cannot_be_written_into(organization, store, script, client):
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        hidden = ScriptFolder.objects.create(organization=organization, name="x", store=store)
    client.force_login(make_member(organization, "supervisor", store_ids=[other.pk]))
    sent = {"folder": hidden.pk, "title": "t", "text": "x", "active": "on"}
    assert "folder" in client.post("/yunfan/scripts/new/", sent).context["form"].errors
    assert client.get(f"/yunfan/scripts/folders/{hidden.pk}/").status_code == 404


def test_the_table_is_given_out_and_read_again(script, supervisor, client):
    client.force_login(supervisor)
    content = client.get("/yunfan/scripts/table/", {"file": "xlsx"}).content
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert lines[1] == ["订单", "", "", "售后", "发货通知", script.text]
    upload = io.BytesIO(content)
    upload.name = "scripts.xlsx"
    outcome = client.post("/yunfan/scripts/import/", {"file": upload}).context["outcome"]
    assert (outcome.added, outcome.changed, outcome.same, outcome.refused) == (0, 0, 1, [])
    wrong = io.BytesIO(b"nothing")
    wrong.name = "x.xlsx"
    assert client.post("/yunfan/scripts/import/", {"file": wrong}).context["form"].errors["file"]


def test_starting_with_ours_adds_them_in_the_readers_language(organization, script, supervisor, client):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    client.post("/yunfan/scripts/start/")
    with organization_scope(organization.pk):
        assert Script.objects.filter(title="Welcome").exists()
        assert Script.objects.count() == 22
