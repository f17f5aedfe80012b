"""What is no longer kept goes, and no figure changes: not then, not by a full rebuild, not by a late refund."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from conversations.models import Message
from kpis.models import ChatSession, OrderFact, SealedDay
from kpis.refresh import refresh_store
from kpis.retention import apply_retention, delete_chats
from orders.imports import SECRETS
from orders.models import Order
from stores.business_days import start_of
from stores.imports import log_changes
from stores.models import Buyer, Store
from tenants.models import AuditEntry, Organization
from tenants.scope import organization_scope
from tests.kpis.against_reference import make_reference_store, product_owners, product_rows
from tests.kpis.piecewise import Piecewise, catch_up, differing, dumped, write
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at, day
from tests.reference.model import Refund
from tests.reference.random_store import random_store

pytestmark = pytest.mark.usefixtures("committed")
CHATS = ("kpis_buyerday", "kpis_chatsession", "kpis_inquiry", "kpis_round", "kpis_satisfaction")


def bring_in(hand: HandStore) -> Store:
    data = hand.store()
    store = make_reference_store(make_organization("yunfan"), data)
    for things in (data.seats, data.messages, data.orders, data.refunds):
        write(store, *things)
    catch_up(store)
    return store


def messages_before(store: Store, instant) -> int:
    with organization_scope(store.organization_id):
        return Message.objects.filter(store=store, sent_at__lt=instant).count()


def figures(store: Store) -> tuple:
    """Everything derived, as it is stored; sealed days are no figure."""
    rows = dumped(store)
    rows.pop("kpis_sealedday")
    return rows, product_rows(store), product_owners(store)


def month_of_chats() -> HandStore:
    """Thirty days of two agents; chats over midnight, a chase on day 5, exactly one buyer."""
    hand = HandStore(rule={"chaser": True, "window_days": 3})
    for number in range(1, 31):
        hand.chat("A", at(number, "10:00"), at(number, "10:40"))
        hand.chat("B", at(number, "23:50"), at(number + 1, "00:30"))
        hand.says("A", at(number, "12:00"), buyer=f"opened{number}")
        hand.says("A", at(number, "12:05"), "in", buyer=f"opened{number}")
    # Unpaid for more than a day; C chases on day 5 at 09:00 while A, who led to it, is not on line.
    hand.order(at(4, "08:00"), at(5, "09:30"), "100")
    hand.says("C", at(5, "09:00"))
    hand.order(at(20, "10:30"), at(20, "10:35"), "70")
    return hand


def test_a_chase_whose_message_is_gone_still_decides():
    store = bring_in(month_of_chats())
    assert product_owners(store)["payment", "o1"] == "C"
    before = figures(store)
    assert delete_chats(store, day(10)) > 0
    assert messages_before(store, at(11, "00:00")) == 0
    assert figures(store) == before
    assert differing(store) == []
    refresh_store(store, whole=True)
    assert figures(store) == before


def test_days_up_to_two_after_the_last_deleted_one_are_sealed_and_their_messages_stay():
    store = bring_in(month_of_chats())
    delete_chats(store, day(10))
    with organization_scope(store.organization_id):
        sealed = sorted(SealedDay.objects.values_list("day", flat=True))
    assert sealed == [day(n) for n in range(1, 13)]
    assert messages_before(store, at(13, "00:00")) > 0
    assert start_of(store, day(11)) == at(11, "00:00")


@pytest.mark.parametrize("seed", range(12))
def test_any_store_has_the_same_figures_after_its_chats_are_gone_and_after_a_rebuild(seed):
    rng = random.Random(seed)
    coming = Piecewise(make_organization("yunfan"), random_store(rng), rng)
    for _, step in coming.arrivals():
        step()
    catch_up(coming.store)
    store, days = coming.store, sorted({coming.store.business_day(m.sent_at) for m in coming.data.messages})
    with organization_scope(store.organization_id):
        buyers = Buyer.objects.count()
    before = figures(store)
    last = rng.choice(days)
    assert delete_chats(store, last) > 0
    assert figures(store) == before
    assert differing(store) == []
    refresh_store(store, whole=True)
    assert figures(store) == before
    # Some buyers are derived again by themselves.
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        log_changes(
            cursor, store, "SELECT id, NULL::integer, now(), now() FROM stores_buyer ORDER BY id LIMIT 3"
        )
    assert [count["buyers"] for count in catch_up(store) if count["buyers"]] == [min(3, buyers)]
    assert figures(store)[0] == before[0]


def test_a_late_refund_of_an_old_order_is_counted_and_changes_no_chat_figure_and_no_owner():
    store = bring_in(month_of_chats())
    rows, _, owners = figures(store)
    delete_chats(store, day(10))
    write(
        store,
        Refund(
            "late", "o1", "refund_only", "completed", Decimal(40), 1, "", at(40, "10:00"), at(40, "10:00")
        ),
    )
    catch_up(store)
    after = dumped(store)
    assert {table: after[table] for table in CHATS} == {table: rows[table] for table in CHATS}
    assert product_owners(store) == owners
    with organization_scope(store.organization_id):
        fact = OrderFact.objects.get(order__order_id="o1")
        assert (fact.refunded_amount, fact.reason) == (Decimal(40), "chaser")
    assert differing(store) == []


def test_chats_that_come_in_for_a_sealed_day_change_nothing_and_go_again():
    hand = month_of_chats()
    store = bring_in(hand)
    delete_chats(store, day(10))
    before = figures(store)
    write(store, *hand.messages)
    catch_up(store)
    assert figures(store) == before
    assert delete_chats(store, day(10)) > 0
    assert figures(store) == before


def test_a_changed_day_cut_leaves_sealed_days_alone_and_counts_no_kept_chat_twice():
    """With a cut at 04:00 the chat of 02:00 on the 13th is day 12's, which is sealed; with none it would be day 13's."""
    hand = HandStore(day_cut=timedelta(hours=4))
    for number in range(1, 31):
        hand.chat("A", at(number, "02:00"), at(number, "02:20"))
    store = bring_in(hand)
    delete_chats(store, day(10))
    with organization_scope(store.organization_id):
        Store.objects.filter(pk=store.pk).update(day_cut_minutes=0)
    refresh_store(store, whole=True)
    with organization_scope(store.organization_id):
        days = list(ChatSession.objects.order_by("started_at").values_list("day", flat=True))
    # Day 0 to 12 as they were; from the 14th on by the new cut.
    assert days == [*(day(n) for n in range(13)), *(day(n) for n in range(14, 31))]


def test_the_organizations_days_decide_what_goes_and_the_trail_says_how_much():
    hand = month_of_chats()
    hand.order(at(1, "10:30"), at(1, "10:31"), "10", status="closed", closed_at=at(2, "10:00"))
    store = bring_in(hand)
    number = store.organization_id
    with organization_scope(number):
        Order.objects.filter(order_id="o3").update(receiver_name=b"secret")
    assert not any(apply_retention(number, at(200, "12:00")).values())
    with organization_scope(number):
        Organization.objects.filter(pk=number).update(personal_data_days=100, message_days=190)
    before = figures(store)
    # 200 - 190 - 1: everything up to day 9 goes; o3 was closed on day 2, o1 and o2 ended at an unknown time.
    first = apply_retention(number, at(200, "12:00"))
    assert first["orders"] == 3
    assert first["messages"] > 0
    assert messages_before(store, at(10, "00:00")) == 0
    assert messages_before(store, at(11, "00:00")) > 0
    assert figures(store) == before
    with organization_scope(number):
        assert not any(getattr(Order.objects.get(order_id="o3"), column) for column in SECRETS)
        assert AuditEntry.objects.get(verb="erased").details == {k: n for k, n in first.items() if n}
    assert not any(apply_retention(number, at(200, "12:00")).values())
