"""A buyer is forgotten: nothing personal is left, no figure changes, no old file brings anything back."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from conversations.imports import remark_automatic, write_messages
from conversations.models import Message
from intake.models import ImportJob, State
from kpis.erasure import erase_buyer
from kpis.refresh import refresh_store
from orders.imports import write_reviews
from orders.models import Order, Review
from stores.imports import write_buyers
from stores.models import Buyer
from stores.platforms.records import BuyerRecord, MessageRecord, ReviewRecord
from tenants import kept_files
from tenants.models import AuditEntry, Organization
from tenants.scope import organization_scope
from tests.kpis.against_reference import product_owners, product_rows
from tests.kpis.piecewise import catch_up, dumped
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat, write_order

pytestmark = pytest.mark.usefixtures("committed")
CHAT = (
    ("in", "2026-11-02 10:00:00", "我是王小明"),
    ("out", "2026-11-02 10:00:20", "欢迎光临"),
    ("out", "2026-11-02 10:01:00", "在的亲"),
)
TIMES = {"created_at": "2026-11-02 10:10:00", "paid_at": "2026-11-02 10:11:00"}
PERSONAL = {"receiver_name": "王小明", "receiver_phone": "13812341234", "receiver_address": "某路1号"}


def tell_all(store) -> None:
    """What the files of the store say, once or again."""
    lines = [
        (n, MessageRecord(f"m{n}", "tb_wang", "s:ann", direction, False, at(when), text))
        for n, (direction, when, text) in enumerate(CHAT)
    ]
    with organization_scope(store.organization_id):
        write_messages(store, lines)
    write_chat(store, "other", "s:ann", ("in", "2026-11-02 11:00:00", "在吗"))
    write_order(store, "A1", buyer="tb_wang", paid_amount="10", **TIMES, **PERSONAL)
    with organization_scope(store.organization_id):
        write_buyers(store, [(1, BuyerRecord("tb_wang", note="王先生"))])
        review = ReviewRecord("r1", "A1", "tb_wang", 5, "王小明好评", at("2026-11-03 10:00:00"))
        write_reviews(store, [(1, review)])


@pytest.fixture
def told():
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1", auto_texts=[{"kind": "prefix", "text": "欢迎"}])
    make_agent(organization, "Ann", (store, "s:ann"))
    tell_all(store)
    catch_up(store)
    return store


def everything(store) -> str:
    """All the organization's rows as text."""
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall() if row[0].split("_")[0] in
                  ("stores", "orders", "conversations", "kpis", "intake", "tenants", "team")]  # fmt: skip
        rows = []
        for table in sorted(set(tables) - {"tenants_slug"}):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [row[0] for row in cursor.fetchall()]
        return "\n".join(rows)


def figures(store) -> tuple:
    return dumped(store), product_rows(store), product_owners(store)


def erase(store) -> dict:
    with organization_scope(store.organization_id):
        return erase_buyer(store, "tb_wang")


def test_nothing_personal_is_left_and_figures_are_as_before_also_after_a_rebuild(told):
    before = figures(told)
    assert "王小明" in everything(told)
    counts = erase(told)
    assert (counts["orders"], counts["messages"]) == (1, 3)
    left = everything(told)
    for word in ("tb_wang", "王", "13812341234"):
        assert word not in left, word
    assert "在吗" in left, "the other buyer's words stay"
    assert figures(told) == before
    refresh_store(told, whole=True)
    assert figures(told) == before
    with organization_scope(told.organization_id):
        entry = AuditEntry.objects.get(verb="erased")
        assert entry.subject == counts["pseudonym"]
        assert Message.objects.count() == 4


def test_the_same_files_again_bring_nothing_back_and_what_is_said_later_is_new(told):
    before = figures(told)
    pseudonym = erase(told)["pseudonym"]
    tell_all(told)
    catch_up(told)
    assert figures(told) == before
    left = everything(told)
    assert "tb_wang" not in left
    assert "王" not in left
    with organization_scope(told.organization_id):
        assert Review.objects.get().text is None
        assert sorted(Buyer.objects.values_list("name", flat=True)) == sorted([pseudonym, "other"])
        new = MessageRecord("new", "tb_wang", "s:ann", "in", False, at("2099-01-01 10:00:00"), "又来了")
        write_messages(told, [(1, new)])
        assert Message.objects.get(message_id="new").text == "又来了"
        assert Message.objects.get(message_id="new").buyer.name == pseudonym


def test_judging_automatic_replies_again_leaves_those_without_words_as_they_were(told):
    erase(told)
    with organization_scope(told.organization_id):
        kinds = list(Message.objects.order_by("sent_at").values_list("kind", flat=True))
        assert kinds == [0, 3, 1, 0]
        remark_automatic(told)
        assert list(Message.objects.order_by("sent_at").values_list("kind", flat=True)) == kinds


def test_finished_uploads_of_the_store_go_and_waiting_ones_stay(told, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    names = [kept_files.keep(told.organization_id, [b"tb_wang"]) for _ in range(2)]
    with organization_scope(told.organization_id):
        for name, state in zip(names, (State.DONE, State.UPLOADED), strict=True):
            ImportJob.objects.create(
                organization_id=told.organization_id, store=told, name="a", kept_as=name, state=state
            )
    assert erase(told)["files"] == 1
    assert [path.name for path in (tmp_path / str(told.organization_id)).iterdir()] == [names[1]]
    with organization_scope(told.organization_id):
        assert ImportJob.objects.get(state=State.DONE).kept_as == ""


def test_the_command_erases_once_and_says_no_such_buyer_afterwards(told):
    said, place = io.StringIO(), {"organization": "yunfan", "store": "tb1"}
    call_command("erase_buyer", "tb_wang", **place, stdout=said)
    assert "1 orders, 3 messages" in said.getvalue()
    with pytest.raises(CommandError, match="no buyer"):
        call_command("erase_buyer", "tb_wang", **place)
    with organization_scope(told.organization_id):
        assert Order.objects.get().personal_erased_at is not None


def test_an_owner_sets_the_days_and_forgets_a_buyer_on_one_page_and_nobody_else_does(told):
    with organization_scope(told.organization_id):
        organization = Organization.objects.get()
    owner, supervisor = (make_member(organization, role) for role in ("owner", "supervisor"))
    client = Client()
    client.force_login(supervisor)
    assert client.get("/yunfan/personal-data/").status_code == 403
    client.force_login(owner)
    assert (
        client.post("/yunfan/personal-data/", {"personal_data_days": "29", "message_days": "59"}).status_code
        == 200
    )
    assert (
        client.post("/yunfan/personal-data/", {"personal_data_days": "30", "message_days": ""}).status_code
        == 302
    )
    wish = {"store": told.pk, "buyer": "tb_wang", "again": "tb_wan"}
    assert client.post("/yunfan/personal-data/forget/", wish).status_code == 200
    assert client.post("/yunfan/personal-data/forget/", wish | {"again": "tb_wang"}).status_code == 302
    with organization_scope(told.organization_id):
        kept = Organization.objects.get()
        assert (kept.personal_data_days, kept.message_days) == (30, None)
        entry = AuditEntry.objects.get(verb="settings_changed")
        assert (entry.who, entry.details["new"]) == (owner.email, {"personal_data_days": 30})
        assert not Buyer.objects.filter(name="tb_wang").exists()
        assert AuditEntry.objects.get(verb="erased").who == owner.email
