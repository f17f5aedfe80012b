"""How the ledger and the platform's copy stand to each other, state by state."""

import pytest

from orders.models import Order
from orders.remark_sync import sync_of
from orders.remarks import put_on_platform, versions_of
from tests.make import at, make_store
from tests.orders.remark_world import NOW, TEXT, an_order, write

pytestmark = pytest.mark.usefixtures("scope", "english")


def state(order: Order):
    order = Order.objects.select_related("store", "flag_seat").get(pk=order.pk)
    return sync_of(order, versions_of(order))


def test_nothing_anywhere_and_a_memo_only_there(store):
    assert state(an_order(store)).state == "none"
    assert state(an_order(store, seller_memo="自提")).state == "only_there"
    assert state(an_order(store, "A2", flag=1)).state == "only_there"


def test_ours_is_not_there_until_somebody_says_so_and_an_import_shows_it(store, owner):
    order = an_order(store)
    write(order)
    assert state(order).state == "not_there"
    put_on_platform(order, 1, user=owner, now=NOW)
    marked = state(order)
    assert (marked.state, marked.who, marked.at) == ("marked", "Owner", NOW)
    an_order(store, seller_memo=f" {TEXT}\n")
    assert state(order).state == "same", "blanks do not count"


def test_an_older_version_of_ours_is_named(store, owner):
    order = an_order(store)
    write(order)
    an_order(store, seller_memo=TEXT)
    write(order, notes="x")
    told = state(order)
    assert (told.state, told.number) == ("older", 1)


def test_another_text_was_written_outside_by_the_seat_the_file_names(store):
    order = an_order(store)
    write(order)
    an_order(store, seller_memo="改成3.2米", flag=1, flag_seat="tb1:mei")
    told = state(order)
    assert (told.state, told.writer) == ("outside", "tb1:mei")


def test_what_is_marked_counts_as_there_until_a_later_file_says_otherwise(store, owner):
    order = an_order(store)
    write(order)
    put_on_platform(order, 1, user=owner, now=at("2026-11-02 12:00:00"))
    an_order(store, seller_memo="old", status="shipped", shipped_at="2026-11-02 11:59:00")
    assert state(order).state == "marked"
    an_order(store, seller_memo="newer", status="shipped", shipped_at="2026-11-02 12:01:00")
    assert state(order).state == "outside"


def test_a_memo_that_was_cleared_there_is_a_change_outside(store, owner):
    order = an_order(store)
    write(order)
    put_on_platform(order, 1, user=owner, now=NOW)
    an_order(store, status="shipped", shipped_at="2026-11-02 16:00:00")
    assert state(order).state == "outside"


def test_a_flag_that_differs_is_a_difference_and_one_nobody_tells_is_none(store):
    order = an_order(store, seller_memo=TEXT, flag=1)
    write(order, flag=4)
    told = state(order)
    assert (told.state, told.flag) == ("outside", 1)
    write(order, flag=1)
    assert state(order).state == "same"
    write(order, flag=None)
    assert state(order).state == "same", "ours says nothing of the flag"


def test_a_note_without_flags_is_compared_by_its_text(organization, english):
    shopee = make_store(organization, "sp", platform="shopee", country="TW", currency="TWD")
    order = an_order(shopee)
    remark = write(order)
    assert remark.flag is None
    an_order(shopee, seller_memo=versions_of(order)[0].contents.text)
    assert state(order).state == "same"


def test_marking_twice_is_once(store, owner, supervisor):
    order = an_order(store)
    write(order)
    first = put_on_platform(order, 1, user=owner, now=NOW)
    assert put_on_platform(order, 1, user=owner, now=at("2026-11-02 13:00:00")).pk == first.pk
    assert put_on_platform(order, 1, user=supervisor, now=NOW).pk != first.pk
