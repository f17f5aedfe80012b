"""Detection as a whole: repeated, broken off, late, over a back-fill, and with a long history."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from desk import detecting
from desk.detecting import Counts, detect_store
from desk.models import FollowUp, FollowUpEvent, State
from kpis.refresh import refresh_store, refresh_until_clean
from stores.models import ChangeCursor
from team.models import Agent
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, told
from tests.make import at, make_agent, make_organization, make_store, write_chat, write_order

pytestmark = pytest.mark.usefixtures("committed")
ALL = ("unpaid", "address_check", "cod_call", "not_shipped", "not_arrived", "unanswered", "lost_buyer")


def small_world(slug: str = "yunfan"):
    """A store with something for most detectors; its news ends at 2026-11-03 18:00."""
    store = make_store(make_organization(slug), "tb1")
    make_agent(store.organization, "王小美", (store, "tb1:mei"))
    talk = [("in" if n % 2 == 0 else "out", f"2026-11-02 10:{n:02}:00", "?") for n in range(18)]
    write_chat(store, "ann", "tb1:mei", *talk)
    write_chat(store, "bob", "tb1:mei", ("in", "2026-11-03 17:50:00", "在吗"))
    made = {"created_at": "2026-11-02 11:00:00"}
    paid = made | {"paid_at": "2026-11-02 11:05:00", "paid_amount": "20"}
    write_order(store, "o1", buyer="cat", status="unpaid", total_amount="9", **made)
    write_order(store, "o2", buyer="dan", promised_ship_at="2026-11-04 11:05:00", **paid)
    write_order(store, "o3", buyer="eve", status="shipped", shipped_at="2026-11-03 09:00:00", **paid)
    write_order(store, "o4", buyer="fay", status="unpaid", cod=True, total_amount="9", **made)
    write_order(
        store,
        "o5",
        buyer="guy",
        created_at="2026-11-02 01:00:00",
        paid_at="2026-11-02 14:00:00",
        paid_amount="5",
    )
    write_order(store, "o6", status="unpaid", total_amount="3", **made)  # of nobody
    return store


def test_the_small_world_has_a_matter_of_each_kind():
    store = small_world()
    catch_up(store, at("2026-11-03 18:00:00"))
    assert {f.kind for f in follow_ups(store)} == set(ALL)
    over = {(f.kind, f.subject) for f in follow_ups(store, state=State.CLOSED)}
    assert over == {("unpaid", "o5"), ("address_check", "o3")}


def test_a_second_detection_writes_nothing():
    store = small_world()
    catch_up(store, at("2026-11-03 18:00:00"))
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmin::text FROM desk_followup ORDER BY id")
        before = cursor.fetchall()
    assert detect_store(store, at("2026-11-03 18:00:00")) == Counts()
    whole = detect_store(store, at("2026-11-03 18:00:00"), whole=True)
    assert whole == Counts(buyers=-1)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmin::text FROM desk_followup ORDER BY id")
        assert cursor.fetchall() == before


def test_a_day_late_it_finds_the_same():
    on_time, late = small_world("yunfan"), small_world("wanle")
    catch_up(on_time, at("2026-11-03 18:00:00"))
    refresh_until_clean(late)
    detect_store(on_time, at("2026-11-04 18:00:00"))
    detect_store(late, at("2026-11-04 18:00:00"))
    # Buyers' numbers differ between the stores, their orders' do not.
    orders = [kind for kind in ALL if kind not in ("unanswered", "lost_buyer")]
    assert told(on_time, *orders) == told(late, *orders)
    assert len(told(on_time, *orders)) == 9
    chats = [
        {(f.kind, f.opens_at, f.due_at, f.state) for f in follow_ups(s, "unanswered", "lost_buyer")}
        for s in (on_time, late)
    ]
    assert chats[0] == chats[1]
    assert len(chats[0]) == 2


def test_news_that_comes_while_detection_stands_still_are_found_late_as_on_time():
    on_time, late = small_world("yunfan"), small_world("wanle")
    catch_up(on_time, at("2026-11-03 18:00:00"))
    for store in (on_time, late):
        write_order(store, "o1", status="paid", paid_at="2026-11-04 09:00:00", paid_amount="9")
        write_order(store, "o2", status="shipped", shipped_at="2026-11-04 10:00:00")
        if store is on_time:
            catch_up(store, at("2026-11-04 10:05:00"))
        refresh_until_clean(store)
        detect_store(store, at("2026-11-05 09:00:00"))
    orders = [kind for kind in ALL if kind not in ("unanswered", "lost_buyer")]
    assert told(on_time, *orders) == told(late, *orders)
    assert ("unpaid", "o1", "paid") in {(row[0], row[1], row[6]) for row in told(late)}


def test_a_detection_that_breaks_off_leaves_nothing_half_done(monkeypatch):
    store = small_world()
    refresh_until_clean(store)
    real, asked = detecting._ask, []

    def break_off(cursor, detector, params):
        asked.append(detector.name)
        real(cursor, detector, params)

    def fail(*_args):
        raise RuntimeError("power cut")

    monkeypatch.setattr(detecting, "_ask", break_off)
    monkeypatch.setattr(detecting, "_keep_reach", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        detect_store(store, at("2026-11-03 18:00:00"))
    assert len(asked) > 10
    assert follow_ups(store) == []
    monkeypatch.undo()
    detect_store(store, at("2026-11-03 18:00:00"))
    assert {f.kind for f in follow_ups(store)} == set(ALL)


KILLED = """
import os, signal
import django
django.setup()
from desk import comparing, detecting
from stores.models import Store
from tenants.scope import organization_scope
from tests.make import at
with organization_scope({organization}):
    store = Store.objects.get(pk={store})
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
detecting._keep_reach = die
detecting.detect_store(store, at("2026-11-03 18:00:00"))
"""


def test_a_killed_process_leaves_nothing_and_its_lock_is_gone():
    store = small_world()
    refresh_until_clean(store)
    code = KILLED.format(organization=store.organization_id, store=store.pk)
    process = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.getcwd()}, timeout=60, check=False
    )
    assert process.returncode == -signal.SIGKILL
    assert follow_ups(store) == []
    detect_store(store, at("2026-11-03 18:00:00"))
    assert {f.kind for f in follow_ups(store)} == set(ALL)


def test_two_at_once_make_each_matter_once():
    store = small_world()
    refresh_until_clean(store)
    counts = []

    def work():
        try:
            counts.append(detect_store(store, at("2026-11-03 18:00:00")))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(count.made for count in counts) == [0, 0, len(follow_ups(store))]


def test_half_a_year_imported_at_once_is_counted_and_told_to_nobody():
    store = make_store(make_organization("yunfan"), "tb1")
    make_agent(store.organization, "王小美", (store, "tb1:mei"))
    for month in range(5, 11):
        for n in range(10):
            when = f"2026-{month:02}-{n + 1:02}"
            buyer = f"b{month}-{n}"
            write_chat(store, buyer, "tb1:mei", ("in", f"{when} 10:00:00", "在吗"))
            write_order(
                store,
                f"u{month}-{n}",
                buyer=buyer,
                status="unpaid",
                created_at=f"{when} 10:00:00",
                total_amount="9",
            )
            write_order(
                store, f"p{month}-{n}", buyer=buyer, status="completed", created_at=f"{when} 11:00:00",
                paid_at=f"{when} 11:01:00", paid_amount="9", shipped_at=f"{when} 15:00:00", completed_at=f"{when} 20:00:00",
            )  # fmt: skip
    now = at("2026-11-20 09:00:00")
    counts = catch_up(store, now)
    with organization_scope(store.organization_id):
        assert set(FollowUp.objects.values_list("state", flat=True)) <= {State.COUNTED, State.OPEN}
        late = FollowUp.objects.filter(state=State.OPEN, due_at__lt=now - timedelta(days=3))
        assert not late.exists()
        by_kind = {
            kind: FollowUp.objects.filter(kind=kind, state=State.COUNTED).count()
            for kind in ("unpaid", "unanswered")
        }
        assert by_kind == {"unpaid": 60, "unanswered": 60}
        # Paid before the visits' time: those due within the last days alone are on a list.
        assert set(FollowUp.objects.filter(state=State.OPEN).values_list("kind", flat=True)) <= {
            "return_visit"
        }
        assert (Notice.objects.count(), FollowUpEvent.objects.count()) == (0, 0)
    assert counts.made == counts.counted + len(follow_ups(store, state=State.OPEN))


def test_what_was_counted_closes_by_the_facts_and_never_comes_onto_a_list():
    store = small_world()
    catch_up(store, at("2026-11-20 18:00:00"))
    assert {f.state for f in follow_ups(store, "unpaid")} == {State.COUNTED}
    write_order(store, "o1", status="closed", closed_at="2026-11-20 18:30:00")
    catch_up(store, at("2026-11-20 19:00:00"))
    states = {f.subject: (f.state, f.outcome) for f in follow_ups(store, "unpaid")}
    assert states == {"o1": ("closed", "closed_order"), "o6": ("counted", "")}


def test_a_seat_that_gets_a_holder_gives_its_matters_an_owner():
    store = small_world()
    with organization_scope(store.organization_id):
        Agent.objects.get().assignments.all().delete()
    refresh_store(store, whole=True)
    catch_up(store, at("2026-11-03 18:00:00"))
    assert [f.agent_id for f in follow_ups(store, "unanswered")] == [None]
    from datetime import date

    from team.models import Seat
    from team.seats import bind_seat

    with organization_scope(store.organization_id):
        agent = Agent.objects.get()
        bind_seat(Seat.objects.get(), agent, date(2026, 1, 1))
    catch_up(store, at("2026-11-03 18:00:00"))
    assert [f.agent_id for f in follow_ups(store, "unanswered")] == [agent.pk]


def test_lines_wait_until_the_figures_have_read_them():
    store = small_world()
    catch_up(store, at("2026-11-03 18:00:00"))
    write_order(store, "o1", status="paid", paid_at="2026-11-03 18:05:00", paid_amount="9")
    assert detect_store(store, at("2026-11-03 18:06:00")) == Counts()
    with organization_scope(store.organization_id):
        places = dict(ChangeCursor.objects.values_list("reader", "transaction_no"))
    assert places["desk"] == places["kpis"]
    assert catch_up(store, at("2026-11-03 18:07:00")).closed == 1


def test_the_command_says_what_it_did(capsys, monkeypatch):
    store = small_world()
    refresh_until_clean(store)
    monkeypatch.setattr("desk.management.commands.detect.timezone.now", lambda: at("2026-11-03 18:00:00"))
    call_command("detect", "--organization", "yunfan", "--store", "tb1")
    assert capsys.readouterr().out.startswith("tb1: buyers -1, made 11, ended 2")
    call_command("detect", "--organization", "yunfan")
    assert capsys.readouterr().out == "tb1: nothing new\n"


def test_a_finished_refresh_asks_for_a_detection(monkeypatch):
    from desk import tasks
    from kpis.tasks import refresh_organization

    store = small_world()
    asked = []
    monkeypatch.setattr(tasks.detect_organization, "delay", asked.append)
    refresh_organization.apply(args=[store.organization_id])
    assert asked == [store.organization_id]
    monkeypatch.undo()
    assert tasks.detect_organization(store.organization_id) == {"stores": 1, "hours": 2}
    assert len(follow_ups(store)) > 5


def test_the_facts_leave_alone_what_people_decided():
    from desk.follow_ups import set_due, take
    from tests.make import make_member

    store = make_store(make_organization("yunfan"), "tb1")
    mei, qiang = (make_agent(store.organization, name, (store, f"s:{name}")) for name in ("mei", "qiang"))
    user = make_member(store.organization, "owner")
    paid = {"created_at": "2026-11-02 09:00:00", "paid_at": "2026-11-02 09:01:00", "paid_amount": "9"}
    for buyer in ("ann", "bob", "cat"):
        write_chat(
            store, buyer, "s:mei", ("in", "2026-11-02 08:00:00", "在吗"), ("out", "2026-11-02 08:01:00", "在")
        )
        write_order(store, f"o-{buyer}", buyer=buyer, promised_ship_at="2026-11-04 09:00:00", **paid)
    catch_up(store, at("2026-11-02 10:00:00"))
    ann, bob, _cat = follow_ups(store, "not_shipped")
    with organization_scope(store.organization_id):
        take(ann, mei.pk, user, at("2026-11-02 10:01:00"))
        set_due(bob, at("2026-11-03 12:00:00"), user, at("2026-11-02 10:01:00"))
    for buyer in ("ann", "bob", "cat"):
        write_chat(
            store, buyer, "s:qiang", ("in", "2026-11-02 11:00:00", "?"), ("out", "2026-11-02 11:01:00", "在")
        )
        write_order(store, f"o-{buyer}", promised_ship_at="2026-11-05 09:00:00", status="paid")
    catch_up(store, at("2026-11-02 12:00:00"))
    moved = at("2026-11-05 09:00:00")
    assert [(f.agent_id, f.due_at, f.free_at) for f in follow_ups(store, "not_shipped")] == [
        (mei.pk, moved, None),
        (mei.pk, at("2026-11-03 12:00:00"), at("2026-11-04 09:00:00")),
        (qiang.pk, moved, moved),
    ]


def test_what_the_facts_close_settles_the_handover_that_waits():
    from desk.models import Duty, HandoverLine, LineState

    store = small_world()
    now = at("2026-11-03 18:00:00")
    catch_up(store, now)
    (matter,) = follow_ups(store, "unpaid", subject="o1")
    with organization_scope(store.organization_id):
        of = {"organization_id": store.organization_id}
        duty = Duty.objects.create(
            **of, agent=Agent.objects.get(), day=now.date(), starts_at=now, ends_at=now
        )
        line = HandoverLine.objects.create(**of, duty=duty, follow_up=matter, offered_at=now)
        FollowUp.objects.filter(pk=matter.pk).update(offered_pool=True)
    write_order(store, "o1", status="paid", paid_at="2026-11-03 18:05:00", paid_amount="9")
    catch_up(store, at("2026-11-03 18:06:00"))
    (matter,) = follow_ups(store, "unpaid", subject="o1")
    with organization_scope(store.organization_id):
        line.refresh_from_db()
        assert (matter.state, matter.offered_pool, line.state) == (State.CLOSED, False, LineState.SETTLED)
        (event,) = FollowUpEvent.objects.filter(follow_up=matter)
        assert (event.what, event.user, event.details) == ("closed", None, {"outcome": "paid"})
