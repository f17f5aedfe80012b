"""The live board: what it says, what it keeps quiet about, whom it is for."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.board_data import board_stamp, on_duty_now, overdue, store_tiles
from desk.duties import duty_of, sign_in
from desk.handovers import close_duty, offer
from desk.models import FollowUp
from kpis.refresh import refresh_store, refresh_until_clean
from stores.models import Store
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.desk.two_shifts import TwoShifts, make_two_shifts, noted, rostered
from tests.make import at, make_store, write_chat, write_order

NOON = at("2026-11-02 12:00:00")


@pytest.fixture
def world(committed) -> TwoShifts:
    world = make_two_shifts()
    # a waits since 11:30 (asked twice), b was answered, c asked, was answered, asked again at 11:50, d waited yesterday.
    write_chat(
        world.store,
        "a",
        "tb1:Ann",
        ("in", "2026-11-02 11:30:00", "在吗"),
        ("in", "2026-11-02 11:45:00", "在?"),
    )
    write_chat(
        world.store,
        "b",
        "tb1:Ann",
        ("in", "2026-11-02 11:00:00", "在吗"),
        ("out", "2026-11-02 11:00:30", "在"),
    )
    write_chat(
        world.store, "c", "tb1:Bea", ("in", "2026-11-02 11:00:00", "在吗"), ("out", "2026-11-02 11:01:00", "在"),
        ("in", "2026-11-02 11:50:00", "几号发货"),
    )  # fmt: skip
    write_chat(world.store, "d", "tb1:Ann", ("in", "2026-11-01 22:00:00", "在吗"))
    write_order(
        world.store,
        "O1",
        buyer="b",
        created_at="2026-11-02 11:02:00",
        paid_at="2026-11-02 11:03:00",
        paid_amount="120",
    )
    refresh_store(world.store, whole=True)
    return world


def scope(world):
    return organization_scope(world.organization.pk)


def tile_of(world, now):
    with scope(world):
        (tile,) = store_tiles([world.store], now)
        return tile


def test_who_waits_and_since_when(world):
    tile = tile_of(world, NOON)
    assert tile.data_to == at("2026-11-02 11:50:00")
    assert tile.waiting == [("a", at("2026-11-02 11:30:00")), ("c", at("2026-11-02 11:50:00"))]
    assert (tile.waiting_count, tile.longest) == (2, timedelta(minutes=30))
    assert (tile.row.paid_amount, tile.row.inquiries) == (120, 2)


def test_who_was_answered_after_an_open_question_does_not_wait(world):
    """As rounds on two seats leave it: one seat never answered, the other did later."""
    with scope(world):
        from kpis.models import Round
        from stores.models import Buyer
        from team.models import Seat

        buyer = Buyer.objects.create(organization=world.organization, store=world.store, name="e")
        for clock, seconds in (("10:00:00", None), ("10:30:00", 40)):
            Round.objects.create(
                organization=world.organization, store=world.store, buyer=buyer, started_at=at(f"2026-11-02 {clock}"),
                day=at("2026-11-02 12:00:00").date(), seat=Seat.objects.first(), agent_id=world.ann.pk, seconds=seconds,
                is_first=False,
            )  # fmt: skip
    assert [name for name, _since in tile_of(world, NOON).waiting] == ["a", "c"]


def test_stale_data_says_its_time_and_nothing_about_who_waits(world):
    fresh, stale = (tile_of(world, at(f"2026-11-02 {clock}")) for clock in ("12:50:00", "12:50:01"))
    assert (fresh.stale, fresh.waiting_count) == (False, 2)
    assert (stale.stale, stale.waiting_count, stale.longest, stale.waiting) == (True, 0, None, [])
    assert stale.data_to == at("2026-11-02 11:50:00")


def test_a_store_without_chats_is_stale_without_a_time(world):
    empty = make_store(world.organization, "tb2")
    with scope(world):
        (tile,) = store_tiles([empty], NOON)
    assert (tile.data_to, tile.stale, tile.row) == (None, True, None)


def test_who_settled_a_buyer_without_an_answer_is_believed(world):
    with scope(world):
        from stores.models import Buyer

        buyer = Buyer.objects.get(name="a")
        FollowUp.objects.create(
            organization=world.organization, store=world.store, kind="unanswered", subject="x", buyer=buyer, state="closed",
            opens_at=NOON, due_at=NOON, made_at=NOON, closed_at=at("2026-11-02 11:55:00"), outcome="no_need",
        )  # fmt: skip
    assert [name for name, _since in tile_of(world, NOON).waiting] == ["c"]


def test_who_is_on_duty_and_when_they_last_replied(world):
    ids = [world.ann.pk, world.bea.pk, world.cai.pk]
    with scope(world):
        rostered(world.cai, world.day, at("2026-11-02 00:00:00").date())
        sign_in(world.ann.pk, world.organization.pk, at("2026-11-02 08:30:00"))
        told = [(one.name, one.state, one.last_reply) for one in on_duty_now(ids, NOON)]
        assert told == [("Ann", "in", at("2026-11-02 11:00:30")), ("Cai", "missing", None)]
        assert [one.name for one in on_duty_now(ids, at("2026-11-02 17:10:00"))] == ["Ann", "Cai", "Bea"]
        close_duty(duty_of(world.ann.pk, NOON), world.ann_user, NOON)
        assert [one.name for one in on_duty_now(ids, NOON)] == ["Cai"]


def test_what_is_overdue_by_store_and_kind(world):
    with scope(world):
        for due in ("11:00:00", "11:59:59", "12:00:00", "13:00:00"):
            noted(world, due, world.ann, "2026-11-02 09:00:00", f"2026-11-02 {due}")
        (row,) = overdue([world.store.pk], NOON)
        assert (row["count"], row["oldest"], row["store_id"]) == (
            2,
            at("2026-11-02 11:00:00"),
            world.store.pk,
        )


def board(client: Client, **headers):
    with time_machine.travel(NOON, tick=False):
        return client.get(
            reverse("live_board", args=["yunfan"]), headers={"Accept-Language": "en", **headers}
        )


@pytest.fixture
def lead(world) -> Client:
    client = Client()
    client.force_login(world.supervisor)
    board(client)
    return client


def test_the_page_tells_all_of_it(world, lead):
    with scope(world):
        duty = duty_of(world.ann.pk, NOON)
        one = noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
        offer(duty, one, world.bea.pk, world.ann_user, NOON)
    shown = board(lead).content.decode()
    for words in (
        "2 buyers wait",
        "data to 11:50",
        "longest 30 min",
        "Noted by hand",
        "Ann",
        "not signed in",
        "Not accepted yet",
    ):
        assert words in shown, words
    with time_machine.travel(at("2026-11-02 15:00:00"), tick=False):
        shown = lead.get(
            reverse("live_board", args=["yunfan"]), headers={"Accept-Language": "en"}
        ).content.decode()
    assert "data to 11:50" in shown
    assert "more than an hour old" in shown
    assert "longest" not in shown


def test_a_supervisor_of_another_store_sees_nothing_of_this_one(world, lead):
    other = make_store(world.organization, "tb2", name="Elsewhere")
    with scope(world):
        noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
        Membership.objects.filter(user=world.supervisor).update(store_ids=[other.pk])
    shown = board(lead).content.decode()
    assert "Elsewhere" in shown
    for secret in (world.store.name, "Ann", "Noted by hand", "120"):
        assert secret not in shown, secret


def test_agents_have_no_board(world):
    client = Client()
    client.force_login(world.ann_user)
    assert board(client).status_code == 403


def count(client: Client, **headers) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert board(client, **headers).status_code in (200, 304)
    return len(captured)


def test_a_poll_without_news_costs_two_statements_of_its_own(world, lead):
    tag = board(lead)["ETag"]
    live = {"HX-Request": "true", "If-None-Match": tag}
    assert board(lead, **live).status_code == 304
    with CaptureQueriesContext(connection) as captured:
        board(lead, **live)
    own = [one["sql"] for one in captured if "stores_store" in one["sql"] or "desk_duty" in one["sql"]]
    assert len(own) == 2
    assert len(captured) <= 16
    with scope(world):
        noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
    assert board(lead, **live).status_code == 200


def test_the_stamp_moves_with_new_figures_and_each_minute(world):
    with scope(world):
        ids = list(Store.objects.values_list("pk", flat=True))
        before = board_stamp(ids, NOON)
        assert board_stamp(ids, NOON + timedelta(seconds=59)) == before
        assert board_stamp(ids, NOON + timedelta(seconds=60)) != before
    write_chat(world.store, "e", "tb1:Ann", ("in", "2026-11-02 11:59:00", "在吗"))
    refresh_until_clean(world.store, seconds=180)
    with scope(world):
        assert board_stamp(ids, NOON) != before


def test_the_board_asks_no_more_for_many_stores_and_people(world, lead):
    few = count(lead)
    with scope(world):
        duty = duty_of(world.ann.pk, NOON)
    for number in range(5):
        store = make_store(world.organization, f"more{number}")
        write_chat(store, "a", "s", ("in", "2026-11-02 11:30:00", "在吗"))
        refresh_store(store, whole=True)
        with scope(world):
            one = noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
            offer(duty, one, world.bea.pk, world.ann_user, NOON)
    with scope(world):
        for agent in (world.cai,):
            rostered(agent, world.day, NOON.date())
    more = count(lead)
    # Handovers are read with the first one: four statements that do not grow.
    assert more <= few + 6
    with scope(world):
        for _ in range(5):
            one = noted(world, "x", world.ann, "2026-11-02 09:00:00", "2026-11-02 11:00:00")
            offer(duty, one, world.bea.pk, world.ann_user, NOON)
    assert count(lead) == more
    assert more <= 40
