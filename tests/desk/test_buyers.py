"""Classes of buyers by dated rules, the card, its short form, and the list by name and by value."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.buyer_classes import bought_by, rules_on
from desk.buyer_list import after
from kpis.refresh import refresh_store
from orders.buyers import note_on, write_card
from orders.models import Review
from orders.remark_models import DossierEvent
from orders.service_models import Promise
from orders.trade_models import BuyerCard, BuyerClassRule, Concession
from stores.models import Buyer, ErasedBuyer
from tenants.encryption import encrypt
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_chat, write_order

NOW = at("2026-11-20 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def sold(store, order_id, buyer, day, amount, **fields):
    times = {"created_at": f"{day} 09:00:00", "paid_at": f"{day} 09:05:00"}
    write_order(store, order_id, buyer=buyer, paid_amount=amount, total_amount=amount, **times, **fields)


@pytest.fixture
def shop(organization, store):
    """ann bought once, bea twice (once last year), cid for 900 in November, dan never; Mei talked with ann."""
    mei = make_agent(organization, "王小美", (store, "s:mei"))
    sold(store, "A1", "ann", "2026-11-02", "100")
    sold(store, "B1", "bea", "2025-06-01", "50")
    sold(store, "B2", "bea", "2026-11-05", "70")
    sold(store, "C1", "cid", "2026-11-06", "400")
    sold(store, "C2", "cid", "2026-11-07", "500")
    write_order(
        store, "D1", buyer="dan", status="unpaid", created_at="2026-11-08 09:00:00", total_amount="30"
    )
    write_chat(
        store,
        "ann",
        "s:mei",
        ("in", "2026-11-02 08:50:00", "我的电话13812341234"),
        ("out", "2026-11-02 08:51:00", "好的"),
    )
    refresh_store(store, whole=True)
    return mei


def rule(store, name, since, **fields):
    with organization_scope(store.organization_id):
        only = fields.pop("only", None)
        BuyerClassRule.objects.create(
            organization_id=store.organization_id,
            store=only,
            name=name,
            since=date.fromisoformat(since),
            **fields,
        )


def classes(store, now=NOW) -> dict[str, str]:
    with organization_scope(store.organization_id):
        buyers = {buyer.pk: buyer.name for buyer in Buyer.objects.filter(store=store)}
        found = bought_by({store: list(buyers)}, rules_on([store], now), now)
        return {buyers[pk]: bought.by_rule for pk, bought in found.items()}


def number(store, name) -> int:
    with organization_scope(store.organization_id):
        return Buyer.objects.get(store=store, name=name).pk


def test_until_a_rule_says_otherwise_two_purchases_make_a_returning_buyer_and_nobody_is_vip(shop, store):
    assert classes(store) == {"ann": "new", "bea": "returning", "cid": "returning", "dan": "new"}


def test_rules_count_within_their_days_from_their_day_on(shop, store):
    rule(store, "returning", "2026-11-10", orders=2, within_days=365)
    rule(store, "vip", "2026-11-10", amount=Decimal(900), within_days=30)
    # bea's first purchase is more than a year old; cid's 900 lie within 30 days.
    assert classes(store) == {"ann": "new", "bea": "new", "cid": "vip", "dan": "new"}
    # The day before the rules nothing of it held; 30 days after the 6th (the 6th is the first of them) 500 are left.
    assert classes(store, at("2026-11-09 10:00:00"))["cid"] == "returning"
    assert classes(store, at("2026-12-05 10:00:00"))["cid"] == "vip"
    assert classes(store, at("2026-12-06 10:00:00"))["cid"] == "returning"


def test_either_figure_is_enough_and_a_stores_own_rule_goes_before_everybodys(organization, shop, store):
    rule(store, "vip", "2026-11-01", orders=2, amount=Decimal(10_000), within_days=3650)
    assert classes(store)["bea"] == "vip"
    rule(store, "vip", "2026-10-01", orders=3, only=store)
    # The store's own is older than everybody's, and holds.
    assert classes(store)["bea"] == "returning"


def test_a_rule_without_figures_only_says_how_the_class_is_served(shop, store):
    rule(store, "returning", "2026-11-01", treatment="送小礼物")
    rule(store, "vip", "2026-11-01", treatment="找主管")
    assert classes(store) == {"ann": "new", "bea": "returning", "cid": "returning", "dan": "new"}
    with organization_scope(store.organization_id):
        assert rules_on([store], NOW)[store.pk]["returning"].treatment == "送小礼物"


def card_address(store, name, page="") -> str:
    return f"/yunfan/buyers/{store.code}/{number(store, name)}/{page}"


@pytest.fixture
def english_client(client):
    client.cookies["django_language"] = "en"
    return client


def test_the_card_shows_everything_of_the_buyer_in_thirty_two_statements(
    organization, shop, store, supervisor, english_client
):
    pk = number(store, "ann")
    with organization_scope(organization.pk):
        buyer = Buyer.objects.get(pk=pk)
        words = encrypt(organization.pk, "text", "发顺丰，打13812341234")
        Promise.objects.create(
            organization=organization, store=store, buyer=buyer, kind="courier", text=words, promised_at=NOW, due_at=NOW,
            made_at=NOW,
        )  # fmt: skip
        Review.objects.create(
            organization=organization, store=store, review_id="r1", order_id="A1", buyer=buyer, rating=2, text="一般",
            created_at=NOW,
        )  # fmt: skip
        write_card(
            store, buyer, preferences="素色", treatment="先确认尺寸", class_by_hand="vip", reason="老朋友", user=supervisor,
            now=NOW,
        )  # fmt: skip
        note_on(store, buyer, "问过团购", supervisor, NOW)
    english_client.force_login(supervisor)
    address = card_address(store, "ann")
    english_client.get(address)  # coming in is noted once
    with CaptureQueriesContext(connection) as captured:
        page = english_client.get(address).content.decode()
    assert len(captured) <= 32
    for words in (
        "A1",
        "素色",
        "先确认尺寸",
        "老朋友",
        "问过团购",
        "2 of 5 stars",
        "王小美",
        "发顺丰，打138****1234",
        "¥100.00",
    ):
        assert words in page, words
    assert "13812341234" not in page
    # Words of chats come when they are asked for.
    assert "我的电话" not in page
    assert "我的电话138****1234" in english_client.get(card_address(store, "ann", "words/")).content.decode()
    hint = english_client.get(
        card_address(store, "ann", "hint/"), headers={"HX-Request": "true"}
    ).content.decode()
    assert "素色" in hint
    assert "VIP" in hint


def test_a_class_by_hand_needs_a_reason_and_every_change_is_a_line(
    organization, shop, store, supervisor, english_client
):
    english_client.force_login(supervisor)
    written = {"preferences": "要发票", "treatment": "", "class_by_hand": "vip", "reason": ""}
    answer = english_client.post(card_address(store, "ann", "write/"), written)
    assert "Say why the class is another." in answer.content.decode()
    with organization_scope(organization.pk):
        assert not BuyerCard.objects.exists()
    for _time in range(2):
        english_client.post(card_address(store, "ann", "write/"), written | {"reason": "设计师"})
    with organization_scope(organization.pk):
        card = BuyerCard.objects.get()
        assert (card.class_by_hand, card.decrypted("preferences"), card.treatment) == ("vip", "要发票", None)
        assert b"\xe8\xa6\x81" not in bytes(card.preferences)
        lines = list(DossierEvent.objects.order_by("pk").values_list("what", "details"))
    assert lines == [
        ("class_set", {"before": "", "after": "vip"}), ("card_written", {"fields": ["preferences"]}),
    ]  # fmt: skip
    page = english_client.get(card_address(store, "ann")).content.decode()
    assert "by hand; by the rules: New" in page
    assert "设计师" in page


def test_nothing_is_written_of_a_buyer_who_asked_to_be_forgotten(
    organization, shop, store, supervisor, english_client
):
    with organization_scope(organization.pk):
        ErasedBuyer.objects.create(
            organization=organization,
            store=store,
            buyer_id=number(store, "ann"),
            name_hash=b"x",
            erased_at=NOW,
        )
    english_client.force_login(supervisor)
    for page, sent in (("note/", {"note": "x"}), ("write/", {"preferences": "x"})):
        answer = english_client.post(card_address(store, "ann", page), sent).content.decode()
        assert "This buyer asked to be forgotten" in answer


def test_agents_see_concessions_of_their_own_only(organization, shop, store, english_client):
    with organization_scope(organization.pk):
        for agent_id, amount in ((shop.pk, 11), (shop.pk + 1, 22)):
            Concession.objects.create(
                organization=organization, store=store, kind="discount", buyer_id=number(store, "ann"), state="within",
                taken_off=amount, agent_id=agent_id, asked_at=NOW,
            )  # fmt: skip
    english_client.force_login(make_member(organization, "agent", agent_id=shop.pk))
    page = english_client.get(card_address(store, "ann")).content.decode()
    assert "¥11.00" in page
    assert "¥22.00" not in page


def listed(client, **asked) -> list[tuple]:
    rows = client.get("/yunfan/buyers/", asked).context["rows"]
    return [(row.buyer.name, row.name, row.valued and row.valued.value) for row in rows]


def test_the_list_orders_a_stores_buyers_by_what_they_paid_in_the_period(shop, store, supervisor, client):
    client.force_login(supervisor)
    assert listed(client) == [
        ("cid", "returning", Decimal(900)), ("ann", "new", Decimal(100)), ("bea", "returning", Decimal(70)),
    ]  # fmt: skip
    assert listed(client, wanted="returning", days="30") == [
        ("cid", "returning", Decimal(900)), ("bea", "returning", Decimal(70)),
    ]  # fmt: skip
    assert listed(client, wanted="vip") == []
    rule(store, "vip", "2026-11-01", amount=Decimal(500), within_days=30)
    assert listed(client, wanted="vip") == [("cid", "vip", Decimal(900))]
    # A class by hand counts in the list too, and takes the buyer out of the rule's.
    with organization_scope(store.organization_id):
        buyer = Buyer.objects.get(name="ann")
        write_card(
            store,
            buyer,
            preferences="",
            treatment="",
            class_by_hand="vip",
            reason="x",
            user=supervisor,
            now=NOW,
        )
    assert listed(client, wanted="vip")[1] == ("ann", "vip", Decimal(100))
    assert listed(client, wanted="new") == []


def test_a_name_is_found_by_its_beginning_in_every_store_one_may_see(organization, shop, store, client):
    other = make_store(organization, "jd1", platform="jd")
    hidden = make_store(organization, "hid1")
    sold(other, "J1", "anna", "2026-11-02", "5")
    sold(hidden, "H1", "ante", "2026-11-02", "5")
    client.force_login(make_member(organization, "supervisor", store_ids=[store.pk, other.pk]))
    assert [name for name, *_rest in listed(client, q="an")] == ["ann", "anna"]
    assert [name for name, *_rest in listed(client, q="ann")] == ["ann", "anna"]
    assert listed(client, q="nn") == []
    assert client.get("/yunfan/buyers/", {"q": "an", "file": "csv"}).content.decode().count("\r\n") == 3


def test_the_text_behind_a_beginning_is_above_all_that_begin_so():
    assert after("ab") == "ac"
    assert after("张") == "弡"
    assert after("a\ud7ff") == "a\ue000"


def test_a_rule_of_the_same_class_store_and_day_is_replaced_and_can_be_taken_away(
    shop, store, supervisor, client
):
    client.force_login(supervisor)
    sent = {
        "name": "vip",
        "store": "",
        "since": "2026-11-01",
        "orders": "2",
        "amount": "",
        "within_days": "3650",
    }
    for orders in ("2", "3"):
        answer = client.post("/yunfan/buyers/classes/", sent | {"orders": orders})
        assert answer.status_code == 302
    with organization_scope(store.organization_id):
        (made,) = BuyerClassRule.objects.all()
    assert (made.orders, made.amount, made.within_days) == (3, None, 3650)
    assert client.post("/yunfan/buyers/classes/", sent | {"orders": "0"}).status_code == 200
    client.post(f"/yunfan/buyers/classes/{made.pk}/delete/")
    with organization_scope(store.organization_id):
        assert not BuyerClassRule.objects.exists()


def test_who_sees_some_stores_only_sets_no_rule_for_all(organization, shop, store, client):
    client.force_login(make_member(organization, "supervisor", store_ids=[store.pk]))
    sent = {"name": "vip", "store": "", "since": "2026-11-01", "orders": "2", "within_days": "30"}
    assert client.post("/yunfan/buyers/classes/", sent).status_code == 200
    assert client.post("/yunfan/buyers/classes/", sent | {"store": store.pk}).status_code == 302
    with organization_scope(store.organization_id):
        assert BuyerClassRule.objects.get().store == store
