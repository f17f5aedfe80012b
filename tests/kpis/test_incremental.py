"""Whatever comes in, in whatever bits: a refresh of what the change log marks equals a full rebuild."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import psycopg2
import pytest
from django.db import connections

from intake.writers import WRITERS
from kpis import refresh as refreshing
from kpis.models import AgentDay
from kpis.refresh import refresh_store
from stores.models import ChangeCursor, Store
from stores.platforms.records import MessageRecord, OrderLineRecord
from team.models import SeatAssignment
from team.seats import end_assignment
from tenants.scope import organization_scope
from tests.kpis.against_reference import make_reference_store, product_owners
from tests.kpis.piecewise import WHOLE, Piecewise, catch_up, differing, dumped, unread, write
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at, day
from tests.reference.model import Refund, Session
from tests.reference.random_store import random_store

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("seed", range(25))
def test_any_bits_in_any_order_equal_a_full_rebuild(seed):
    rng = random.Random(seed)
    coming = Piecewise(make_organization("yunfan"), random_store(rng), rng)
    steps = [*coming.arrivals(), *coming.corrections(7)]
    while steps:
        size = rng.randrange(1, 5)
        batch, steps = steps[:size], steps[size:]
        for _, step in batch:
            step()
        names = [name for name, _ in batch]
        counts = catch_up(coming.store)
        if not set(names) & set(WHOLE):
            assert all(count["buyers"] >= 0 for count in counts), f"{names} rebuilt the whole store"
        assert differing(coming.store) == [], names


def bring_in(hand: HandStore, *sessions: Session) -> Store:
    """A hand-written store whose figures are up to date."""
    data = hand.store()
    store = make_reference_store(make_organization("yunfan"), data)
    for things in (data.seats, data.messages, sessions, data.orders, data.refunds):
        write(store, *things)
    catch_up(store)
    assert differing(store) == []
    return store


def refresh_a_part(store: Store) -> None:
    """A refresh that takes the incremental path, finds something changed, and leaves what a rebuild would."""
    counts = catch_up(store)
    assert min(count["buyers"] for count in counts) >= 0
    assert sum(count["days"] for count in counts) > 0
    assert differing(store) == []


def owner(store: Store) -> str | None:
    """Who owns o1 under order_first."""
    return product_owners(store)["order_first", "o1"]


def a_sale_of_a() -> HandStore:
    """A serves b at 10:00–10:20; o1 is created at 10:30 and paid at 10:31."""
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:30"), at(1, "10:31"))
    return hand


@pytest.mark.parametrize(
    "correction",
    [{"seat": "B"}, {"sent_at": at(2, "10:01")}, {"auto": True}, {"buyer": "another"}, {"direction": "in"}],
    ids=lambda correction: next(iter(correction)),
)
def test_a_message_told_differently_moves_the_order(correction):
    """A's only reply is gone from A's chat, so A did not serve the buyer."""
    hand = a_sale_of_a()
    store = bring_in(hand)
    assert owner(store) == "A"
    reply = next(message for message in hand.messages if message.direction == "out")
    write(store, replace(reply, **correction))
    refresh_a_part(store)
    assert owner(store) is None


def test_an_order_whose_buyer_becomes_known_finds_its_chat():
    hand = a_sale_of_a()
    known = hand.orders[0]
    hand.orders[0] = replace(known, buyer=None)
    store = bring_in(hand)
    assert owner(store) is None
    write(store, known)
    refresh_a_part(store)
    assert owner(store) == "A"


def test_a_refund_months_later_changes_the_day_of_payment_and_its_own():
    store = bring_in(a_sale_of_a())
    late = at(100, "10:00")
    write(store, Refund("r1", "o1", "return_refund", "completed", 40, 1, "", late, late))
    refresh_a_part(store)
    with organization_scope(store.organization_id):
        rows = AgentDay.objects.exclude(agent_id=-1)
        paid, returned = rows.get(day=day(1)), rows.get(day=day(100))
    assert (paid.refunded_orders, paid.refunded_amount, paid.refunds_completed) == (1, 40, 0)
    assert (returned.refunded_orders, returned.orders, returned.refunds_completed) == (0, 0, 1)


def test_a_holding_that_ends_leaves_later_sales_to_unassigned():
    store = bring_in(a_sale_of_a())
    with organization_scope(store.organization_id):
        end_assignment(SeatAssignment.objects.get(seat__name="A"), day(0))
    refresh_a_part(store)
    assert owner(store) == "unassigned"


def test_messages_of_another_buyer_silence_an_exported_session_of_that_seat_and_day():
    hand = HandStore()
    hand.order(at(1, "10:30"), at(1, "10:31"))
    store = bring_in(hand, Session("x1", "b", "A", at(1, "10:00"), at(1, "10:20"), 2, 2))
    assert owner(store) == "A"
    hand.says("A", at(1, "23:00"), "in", buyer="another")
    write(store, hand.messages[0])
    refresh_a_part(store)
    assert owner(store) is None
    write(store, replace(hand.messages[0], sent_at=at(2, "23:00")))
    refresh_a_part(store)
    assert owner(store) == "A"


@pytest.mark.parametrize(("moment", "expected"), [("11:31:00", "A"), ("11:30:59", "B"), ("12:31:00", "A")])
def test_a_word_to_another_buyer_near_a_chase_proves_the_lander_on_line(moment, expected):
    hand = HandStore({"chaser": True})
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    store = bring_in(hand)
    assert owner(store) == "B"
    hand.says("A", at(2, moment), buyer="another")
    write(store, hand.messages[-1])
    refresh_a_part(store)
    assert owner(store) == expected


def test_a_masked_buyer_who_becomes_known_takes_the_chat_along():
    hand = HandStore()
    hand.order(at(1, "10:30"), at(1, "10:31"), buyer="anna_yz")
    store = bring_in(hand)
    said = [("in", at(1, "10:00")), ("out", at(1, "10:01"))]
    chat = [MessageRecord(f"m{at}", None, "A", way, False, at, "", "a****yz") for way, at in said]
    with organization_scope(store.organization_id):
        WRITERS[MessageRecord](store, list(enumerate(chat)), None)
    refresh_a_part(store)
    assert owner(store) is None
    write(store, Session("x1", "anna_yz", "A", at(1, "10:00"), at(1, "10:01"), 1, 1))
    refresh_a_part(store)
    assert owner(store) == "A"


def test_items_that_come_with_the_lines_are_counted():
    hand = a_sale_of_a()
    hand.orders[0] = replace(hand.orders[0], items=None)
    store = bring_in(hand)
    with organization_scope(store.organization_id):
        WRITERS[OrderLineRecord](store, [(1, OrderLineRecord("o1", 1, quantity=3))], None)
    refresh_a_part(store)
    with organization_scope(store.organization_id):
        assert [row.items for row in AgentDay.objects.filter(day=day(1))] == [3, 3]


def test_a_second_refresh_touches_no_row():
    hand = a_sale_of_a()
    session = Session("x1", "c", "B", at(1, "10:00"), at(1, "10:20"), 2, 2)
    store = bring_in(hand, session)
    places = "t.ctid::text, t.xmin::text, t::text"
    before = dumped(store, columns=places)
    assert refresh_store(store) == {"buyers": 0, "days": 0, "rows": 0}
    # The same session again is marked, read, derived, and found equal.
    write(store, session)
    assert unread(store)
    counts = catch_up(store)
    assert max(count["buyers"] for count in counts) == 1
    assert sum(count["days"] + count["rows"] for count in counts) == 0
    assert dumped(store, columns=places) == before


def cursor_of(store: Store) -> int:
    with organization_scope(store.organization_id):
        return ChangeCursor.objects.get(store=store).transaction_no


def move_the_sale(store: Store, hand: HandStore) -> None:
    """Take A's reply away, so that there is something to refresh."""
    write(store, replace(next(m for m in hand.messages if m.direction == "out"), auto=True))


def test_a_refresh_that_fails_half_way_leaves_everything_as_it_was(monkeypatch):
    hand = a_sale_of_a()
    store = bring_in(hand)
    before = dumped(store), cursor_of(store)
    move_the_sale(store, hand)

    def fail(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "roll_up", fail)
        with pytest.raises(ZeroDivisionError):
            # Until the mark can be read, a refresh ends before it comes to the days.
            catch_up(store)
    assert (dumped(store), cursor_of(store)) == before
    refresh_a_part(store)
    assert owner(store) is None


REFRESHER = """
import django
django.setup()
from kpis.refresh import refresh_until_clean
from stores.models import Store
from tenants.scope import organization_ids, organization_scope
with organization_scope(organization_ids()[0]):
    store = Store.objects.get()
refresh_until_clean(store)
"""


def wait_until(happened) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def raw_connection():
    found = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        yield found
    finally:
        found.close()


def test_a_refresh_killed_half_way_leaves_everything_as_it_was():
    hand = a_sale_of_a()
    store = bring_in(hand)
    before = dumped(store), cursor_of(store)
    move_the_sale(store, hand)
    with raw_connection() as holding, raw_connection() as watching:
        watching.autocommit = True
        held, watch = holding.cursor(), watching.cursor()
        # It gets through all facts and then waits for the daily sums.
        held.execute("LOCK TABLE kpis_agentday IN SHARE MODE")

        def waits() -> bool:
            watch.execute("SELECT 1 FROM pg_locks WHERE relation = 'kpis_agentday'::regclass AND NOT granted")
            return watch.rowcount > 0

        process = subprocess.Popen([sys.executable, "-c", REFRESHER])
        try:
            wait_until(waits)
            os.kill(process.pid, signal.SIGKILL)
        finally:
            process.kill()
            process.wait()
        holding.rollback()
    assert (dumped(store), cursor_of(store)) == before
    refresh_a_part(store)
    assert owner(store) is None


def in_thread(work) -> tuple[threading.Thread, list[BaseException]]:
    """`work` under way on a database connection of its own, and what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # handed to the test's own thread, which asserts on it
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_two_refreshes_at_once_end_as_one():
    hand = a_sale_of_a()
    store = bring_in(hand)
    move_the_sale(store, hand)
    ready = threading.Barrier(3)

    def refresh() -> None:
        mine = Store(pk=store.pk, organization_id=store.organization_id)
        ready.wait()
        catch_up(mine)

    threads = [in_thread(refresh) for _ in range(3)]
    for thread, raised in threads:
        thread.join()
        assert raised == []
    assert not unread(store)
    assert differing(store) == []
    assert owner(store) is None


@contextmanager
def open_transaction(store: Store, *things):
    """Somebody writes `things` and commits only when the block ends."""
    written, finish = threading.Event(), threading.Event()

    def work() -> None:
        with organization_scope(store.organization_id):
            write(store, *things)
            written.set()
            assert finish.wait(60)

    thread, raised = in_thread(work)
    assert written.wait(60)
    try:
        yield
    finally:
        finish.set()
        thread.join()
        assert raised == []


def test_a_mark_of_a_transaction_still_open_is_read_after_it_ends():
    """The slow one's number is the lower; a later one that commits first must not carry the cursor past it."""
    hand = a_sale_of_a()
    store = bring_in(hand)
    reply = replace(next(m for m in hand.messages if m.direction == "out"), auto=True)
    with open_transaction(store, reply):
        hand.says("B", at(3, "10:00"), "in", buyer="another")
        write(store, hand.messages[-1])
        refresh_store(store)
        assert owner(store) == "A"
    refresh_a_part(store)
    assert owner(store) is None


def test_what_is_committed_while_a_refresh_derives_is_found_by_the_next(monkeypatch):
    hand = a_sale_of_a()
    store = bring_in(hand)
    hand.says("B", at(3, "10:00"), "in", buyer="another")
    write(store, hand.messages[-1])
    derive, come = refreshing.derive, []

    def late_commit(part):
        if not come:
            thread, raised = in_thread(lambda: move_the_sale(store, hand))
            thread.join()
            come.append(raised)
        return derive(part)

    monkeypatch.setattr(refreshing, "derive", late_commit)
    refresh_a_part(store)
    assert come == [[]]
    assert owner(store) is None


def test_a_store_of_many_buyers_is_refreshed_in_part_unless_most_of_it_changed():
    """Of 200 buyers: one who wrote is derived alone; of 170 who did (0.3 × 200 + 100 = 160), all are."""
    hand = HandStore()
    for number in range(200):
        hand.says("A", at(1, "10:00") + timedelta(minutes=number), "in", buyer=f"b{number}")
    store = bring_in(hand)
    for told, expected in ((1, 1), (170, -1)):
        write(store, *(replace(message, text="anew") for message in hand.messages[:told]))
        hand.messages = [replace(message, text="") for message in hand.messages]
        counts = [count["buyers"] for count in catch_up(store) if count["buyers"]]
        assert counts == [expected]
