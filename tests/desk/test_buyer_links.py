"""Buyers who may be one person: proposed by equal phones, decided by people, undone by people."""

import pytest
import time_machine

from orders.buyer_links import MOST_BUYERS, decide, linked_to, proposals
from orders.trade_models import BuyerLink
from stores.models import Buyer, ErasedBuyer, Store
from tenants.history_page import kinds
from tenants.scope import organization_scope
from tests.make import at, make_member, make_store, write_order

NOW = at("2026-11-20 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def jd(organization, store):
    """Store jd1; ann of tb1 and jd_ann of jd1 share a phone in two and one orders, a warehouse's has six buyers."""
    jd = make_store(organization, "jd1", platform="jd")
    sent(store, "A1", "ann", "13812341234")
    sent(store, "A2", "ann", "+86 138-1234-1234")
    sent(jd, "J1", "jd_ann", "13812341234")
    sent(jd, "J2", "alone", "13900000000")
    for n in range(MOST_BUYERS + 1):
        sent(store, f"W{n}", f"w{n}", "13700000000")
    return jd


def sent(store, order_id, buyer, phone):
    write_order(store, order_id, buyer=buyer, created_at="2026-11-02 09:00:00", receiver_phone=phone)


def named(store, *stores) -> tuple:
    """([(buyer, other, orders of each, phones)], how many in all, common phones) of these stores."""
    with organization_scope(store.organization_id):
        found, count, common = proposals([one.pk for one in stores or Store.objects.all()])
        names = dict(Buyer.objects.values_list("pk", "name"))
    pairs = [(names[p.buyer_id], names[p.other_id], p.orders, p.other_orders, p.phones) for p in found]
    return pairs, count, common


def buyer(store, name) -> Buyer:
    with organization_scope(store.organization_id):
        return Buyer.objects.select_related("store").get(name=name)


def test_buyers_of_the_same_phone_are_proposed_and_a_warehouses_is_counted_apart(store, jd):
    assert named(store) == ([("ann", "jd_ann", 2, 1, 1)], 1, 1)


def test_only_stores_one_may_see_are_compared(store, jd):
    assert named(store, store) == ([], 0, 1)


def test_a_pair_of_two_phones_is_one_proposal(store, jd):
    sent(store, "A3", "ann", "13611112222")
    sent(jd, "J3", "jd_ann", "13611112222")
    assert named(store) == ([("ann", "jd_ann", 3, 2, 2)], 1, 1)


def test_who_asked_to_be_forgotten_is_not_proposed(organization, store, jd):
    with organization_scope(organization.pk):
        ErasedBuyer.objects.create(
            organization=organization, store=jd, buyer=buyer(jd, "jd_ann"), name_hash=b"x", erased_at=NOW
        )
    assert named(store)[0] == []


def test_nothing_is_linked_by_itself_and_every_decision_can_be_undone(
    organization, store, jd, supervisor, client
):
    client.force_login(supervisor)
    one, two = buyer(store, "ann"), buyer(jd, "jd_ann")
    page = client.get("/yunfan/buyers/links/").content.decode()
    assert "a*" in page
    assert "jd_ann" not in page
    with organization_scope(organization.pk):
        assert linked_to(one.pk) == []
    # The higher number first: the pair is the same.
    client.post("/yunfan/buyers/links/decide/", {"buyer": two.pk, "other": one.pk, "same": "1"})
    with organization_scope(organization.pk):
        link = BuyerLink.objects.get()
        assert (link.buyer_id, link.other_id, link.same, link.decided_by) == (
            one.pk,
            two.pk,
            True,
            supervisor,
        )
        assert linked_to(one.pk) == [two]
        assert linked_to(two.pk) == [one]
    assert named(store)[0] == []
    card = client.get(f"/yunfan/buyers/tb1/{one.pk}/").content.decode()
    assert 'id="linked"' in card
    assert "jd_ann" in card
    client.post(f"/yunfan/buyers/links/{link.pk}/undo/")
    assert named(store)[1] == 1
    with organization_scope(organization.pk):
        labels = list(kinds()["buyerlink"].objects.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "delete"]


def test_a_refused_pair_is_not_proposed_again_and_the_card_shows_nothing(
    organization, store, jd, supervisor, client
):
    client.force_login(supervisor)
    one, two = buyer(store, "ann"), buyer(jd, "jd_ann")
    client.post("/yunfan/buyers/links/decide/", {"buyer": one.pk, "other": two.pk, "same": "0"})
    assert named(store)[0] == []
    assert 'id="linked"' not in client.get(f"/yunfan/buyers/tb1/{one.pk}/").content.decode()


def test_the_card_shows_linked_buyers_of_ones_own_stores_only(organization, store, jd, supervisor, client):
    one, two = buyer(store, "ann"), buyer(jd, "jd_ann")
    with organization_scope(organization.pk):
        decide(one, two, True, supervisor, NOW)
    limited = make_member(organization, "supervisor", "part@yunfan.example", store_ids=[store.pk])
    client.force_login(limited)
    page = client.get(f"/yunfan/buyers/tb1/{one.pk}/").content.decode()
    assert "jd_ann" not in page
    for sent_pair in ({"buyer": one.pk, "other": two.pk}, {"buyer": one.pk, "other": "x"}, {}):
        assert client.post("/yunfan/buyers/links/decide/", sent_pair | {"same": "0"}).status_code == 404
    with organization_scope(organization.pk):
        assert BuyerLink.objects.get().same
