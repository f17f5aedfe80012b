"""The agent's day page: what it lists, what its buttons do, and what asking "anything new?" costs."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from desk.day import lists_of, stamp_of
from desk.day_page import end_of_day
from desk.duties import duty_of
from desk.handovers import offer
from desk.models import Duty, FollowUp
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.desk.two_shifts import TwoShifts, make_two_shifts, noted
from tests.make import at, make_member, write_chat

NOON = at("2026-11-02 12:00:00")
LIVE = {"HX-Request": "true"}


@pytest.fixture
def world(committed) -> TwoShifts:
    return make_two_shifts()


@pytest.fixture
def ann(world) -> Client:
    client = Client()
    client.force_login(world.ann_user)
    return client


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def scope(world):
    return organization_scope(world.organization.pk)


def page(client: Client, **headers):
    return client.get(reverse("my_day", args=["yunfan"]), headers=headers)


def press(client: Client, name: str, number: int | None = None, follow=True, **data):
    return client.post(reverse(name, args=["yunfan", *([number] if number else [])]), data, follow=follow)


def test_an_agent_comes_in_to_the_day(ann):
    home = ann.get("/yunfan/")
    assert home.status_code == 302
    assert home["Location"] == "/yunfan/desk/day/"


def test_the_list_is_ordered_by_due_time_and_within_half_an_hour_by_worth(world):
    with scope(world):
        for text, due, worth in (
            ("a", "14:00:00", 10),
            ("b", "14:20:00", 500),
            ("c", "13:00:00", None),
            ("d", "11:00:00", 1),
        ):
            one = noted(
                world, text, world.ann if text in "ac" else None, "2026-11-02 09:00:00", f"2026-11-02 {due}"
            )
            FollowUp.objects.filter(pk=one.pk).update(worth=worth)
        lists = lists_of(world.ann.pk, [world.store.pk], NOON, end_of_day(NOON, "Asia/Shanghai"))
        assert [m.follow_up.decrypted("text") for m in lists.now] == ["d", "c", "b", "a"]
        assert [m.where for m in lists.now] == ["pool", "mine", "pool", "mine"]


def test_what_opens_later_today_and_what_opens_tomorrow(world):
    with scope(world):
        made = [noted(world, text, world.ann, "2026-11-02 09:00:00", "2026-11-03 10:00:00") for text in "abc"]
        for one, opens in zip(made[1:], ("2026-11-03 02:59:59", "2026-11-03 03:00:00"), strict=True):
            FollowUp.objects.filter(pk=one.pk).update(opens_at=at(opens))
        lists = lists_of(world.ann.pk, [world.store.pk], NOON, end_of_day(NOON, "Asia/Shanghai"))
        assert [len(lists.now), len(lists.later), lists.beyond] == [1, 1, 1]


def test_the_page_shows_shift_lists_and_what_was_handed_over(world, ann):
    with scope(world):
        duty = duty_of(world.ann.pk, NOON)
        noted(world, "call the buyer back", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
        noted(world, "from the pool", None, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
        given = noted(world, "ask the warehouse", world.ann, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
        offer(duty, given, world.bea.pk, world.ann_user, NOON, "they close at six")
    shown = page(ann, **{"Accept-Language": "en"}).content.decode()
    assert "08:30–17:30" in shown
    assert "1 h 0 min late" in shown or "1 h late" in shown
    assert "from the pool" in shown
    assert "call the buyer back" in shown
    assert "ask the warehouse" not in shown
    bea = Client()
    bea.force_login(world.bea_user)
    shown = page(bea, **{"Accept-Language": "en"}).content.decode()
    assert "ask the warehouse" in shown
    assert "they close at six" in shown
    assert "from Ann" in shown
    assert "call the buyer back" not in shown


def test_taking_closing_and_undoing(world, ann):
    with scope(world):
        one = noted(world, "x", None, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
    press(ann, "take_matter", one.pk)
    with scope(world):
        assert FollowUp.objects.get().agent_id == world.ann.pk
    asked = press(ann, "close_matter", one.pk, outcome="").content.decode()
    with translation.override("zh-hans"):
        assert translation.gettext("Choose how it ended.") in asked
    with scope(world):
        assert FollowUp.objects.get().state == "open"
    shown = press(ann, "close_matter", one.pk, outcome="done", note="said yes").content.decode()
    assert "data-undo" in shown
    with scope(world):
        closed = FollowUp.objects.get()
        assert (closed.state, closed.outcome, closed.decrypted("outcome_note")) == (
            "closed",
            "done",
            "said yes",
        )
    assert "data-undo" not in page(ann).content.decode()
    press(ann, "reopen_matter", one.pk)
    with scope(world):
        assert FollowUp.objects.get().state == "open"


def test_nobody_closes_or_takes_what_is_a_colleague_s(world, ann):
    with scope(world):
        hers = noted(world, "x", world.bea, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
    press(ann, "close_matter", hers.pk, outcome="done")
    press(ann, "take_matter", hers.pk)
    with scope(world):
        hers.refresh_from_db()
        assert (hers.state, hers.agent_id) == ("open", world.bea.pk)


def test_a_matter_by_hand_is_due_by_the_store_s_clock(world, ann):
    data = {"text": "Muster schicken", "store": world.store.pk, "due_on": "2026-11-02", "due_time": "16:30"}
    press(ann, "new_matter", **data)
    with scope(world):
        one = FollowUp.objects.get()
        assert (one.due_at, one.agent_id) == (at("2026-11-02 16:30:00"), world.ann.pk)
    press(ann, "new_matter", **(data | {"text": ""}))
    with scope(world):
        assert FollowUp.objects.count() == 1


def test_signing_in_and_out(world, ann):
    press(ann, "start_shift")
    with scope(world):
        assert Duty.objects.get(agent=world.ann).signed_in_at == NOON
    left = press(ann, "leave_shift", follow=False)
    assert left["Location"] == "/yunfan/desk/handover/"
    with scope(world):
        assert Duty.objects.get(agent=world.ann).signed_out_at == NOON


def test_nothing_new_is_304_and_anything_new_is_not(world, ann):
    with scope(world):
        one = noted(world, "x", None, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
    page(ann)
    tag = page(ann, **LIVE)["ETag"]

    def asked() -> int:
        return page(ann, **LIVE, **{"If-None-Match": tag}).status_code

    assert asked() == 304
    changes = [
        lambda: noted(world, "y", world.ann, "2026-11-02 12:00:00", "2026-11-02 18:00:00"),
        lambda: FollowUp.objects.filter(pk=one.pk).update(due_at=at("2026-11-02 17:00:00")),
        lambda: FollowUp.objects.filter(pk=one.pk).update(agent_id=world.bea.pk),
        lambda: Duty.objects.filter(agent=world.ann).update(signed_in_at=NOON),
    ]
    for change in changes:
        with scope(world):
            change()
        assert asked() == 200
        tag = page(ann, **LIVE)["ETag"]
        assert asked() == 304


def test_time_alone_changes_the_page_when_something_falls_due(world):
    with scope(world):
        noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 12:30:00")
        until = end_of_day(NOON, "Asia/Shanghai")

        def stamp(minutes: int) -> str:
            return stamp_of(world.ann.pk, [world.store.pk], NOON + timedelta(minutes=minutes), until)

        assert stamp(0) == stamp(30)
        assert stamp(30) != stamp(31)


def statements(client: Client, **headers) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, **headers)
    return len(captured)


def test_a_poll_costs_two_statements_of_its_own_however_much_there_is(world, ann):
    ann.get("/yunfan/desk/board/")
    page(ann)
    frame = statements_of_the_frame(ann)
    tag = page(ann, **LIVE)["ETag"]
    # The stores whose seats the agent holds, and the stamp.
    assert statements(ann, **LIVE, **{"If-None-Match": tag}) == frame + 2
    with scope(world):
        for number in range(40):
            noted(
                world,
                str(number),
                None if number % 2 else world.ann,
                "2026-11-02 09:00:00",
                "2026-11-02 18:00:00",
            )
    tag = page(ann, **LIVE)["ETag"]
    assert statements(ann, **LIVE, **{"If-None-Match": tag}) == frame + 2


def statements_of_the_frame(client: Client) -> int:
    """What session, membership and scope cost before any view: of a request that is refused."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/yunfan/desk/board/").status_code == 403
    return len(captured)


def test_the_page_asks_no_more_for_many_matters_than_for_few(world, ann):
    with scope(world):
        duty = duty_of(world.ann.pk, NOON)

    def grow(count: int):
        with scope(world):
            for number in range(count):
                noted(
                    world,
                    str(number),
                    None if number % 2 else world.ann,
                    "2026-11-02 09:00:00",
                    "2026-11-02 18:00:00",
                )
                given = noted(world, "g", world.bea, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
                FollowUp.objects.filter(pk=given.pk).update(agent_id=world.ann.pk)
                offer(duty, given, world.bea.pk, world.ann_user, NOON)

    bea = Client()
    bea.force_login(world.bea_user)
    for client in (ann, bea):
        page(client)
    grow(2)
    few = [statements(client) for client in (ann, bea)]
    grow(10)
    assert [statements(client) for client in (ann, bea)] == few
    assert max(few) <= 50


def test_figures_and_the_next_threshold(world, ann):
    from kpis.refresh import refresh_store

    # Three buyers: answered after 20 s, after 60 s and after 10 minutes; two of three within 180 s.
    for number, wait in enumerate(("09:00:20", "09:01:00", "09:10:00")):
        lines = [("in", "2026-11-02 09:00:00", "在吗"), ("out", f"2026-11-02 {wait}", "在")]
        write_chat(world.store, f"buyer{number}", "tb1:Ann", *lines)
    refresh_store(world.store, whole=True)
    shown = ann.get(reverse("my_day", args=["yunfan"]), headers={"Accept-Language": "en"}).content.decode()
    # (2 + 7) / (3 + 7) = 90 %
    assert "7 more replies within 3 min reach 90%." in shown


def test_the_organization_s_targets_are_what_is_worked_for(world, ann):
    from kpis.refresh import refresh_store
    from kpis.target_models import AgentTarget, StoreTarget
    from tests.make import write_order

    lines = [("in", "2026-11-02 09:00:00", "在吗"), ("out", "2026-11-02 09:00:20", "在")]
    write_chat(world.store, "buyer", "tb1:Ann", *lines)
    times = {"created_at": "2026-11-02 09:01:00", "paid_at": "2026-11-02 09:02:00"}
    write_order(world.store, "O1", buyer="buyer", paid_amount="250", **times)
    refresh_store(world.store, whole=True)
    with scope(world):
        key = {
            "organization": world.organization,
            "store": world.store,
            "month": at("2026-11-01 12:00:00").date(),
        }
        StoreTarget.objects.create(sales=2000, three_minute_rate="0.99", **key)
        AgentTarget.objects.create(agent_id=world.ann.pk, sales=1000, **key)
    shown = ann.get(reverse("my_day", args=["yunfan"]), headers={"Accept-Language": "en"}).content.decode()
    assert "TB1 this month: CN¥250 of CN¥1,000, 25.0%." in shown
    assert "0 replies may come later than 3 min and 99% is kept." in shown


def test_a_member_who_is_no_agent_is_told_so(world):
    lead = Client()
    lead.force_login(world.supervisor)
    assert page(lead).status_code == 200
    with scope(world):
        one = noted(world, "x", None, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
    press(lead, "take_matter", one.pk)
    with scope(world):
        assert FollowUp.objects.get().agent_id is None


def test_an_agent_of_other_stores_sees_and_touches_nothing(world):
    from tests.make import make_store

    other = make_store(world.organization, "tb2")
    user = make_member(world.organization, "agent", "x@yunfan.example", agent_id=world.cai.pk)
    with scope(world):
        Membership.objects.filter(user=user).update(store_ids=[other.pk])
        one = noted(world, "secret matter", None, "2026-11-02 09:00:00", "2026-11-02 18:00:00")
    client = Client()
    client.force_login(user)
    assert "secret matter" not in page(client).content.decode()
    for name in ("take_matter", "close_matter", "reopen_matter"):
        assert press(client, name, one.pk).status_code == 404
