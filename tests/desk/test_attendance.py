"""Attendance derived from real chats, the published roster and sign-ins, again and again with the same result."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.attendance import derive_attendance, stale_days
from desk.attendance_month import month_sheet
from desk.models import Attendance, AttendanceCorrection, DeskSettings, Duty
from intake.writers import WRITERS
from kpis.refresh import refresh_store
from stores.platforms.records import PresenceRecord
from team.models import Agent
from team.roster import days_of, write_cells
from team.roster_models import Presence, RosterEntry, RosterMonth, ShiftKind
from tests.make import at, make_agent, make_store, write_chat

DAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def people(organization, store):
    return {name: make_agent(organization, name, (store, f"s:{name}")) for name in ("ann", "bob")}


@pytest.fixture
def shifts(organization, scope):
    made = {
        name: ShiftKind.objects.create(organization=organization, name=name, starts_minutes=a, ends_minutes=b)
        for name, a, b in (("day", 510, 1050), ("duty", 1020, 1560))
    }
    RosterMonth.objects.create(organization=organization, month=DAY.replace(day=1), published_at=NOW)
    return made


def rostered(organization, cells: dict) -> None:
    """cells: {(agent, day of November): shift or a reason}, published."""
    wanted = {
        (agent.pk, DAY.replace(day=day)): f"s{what.pk}" if isinstance(what, ShiftKind) else what
        for (agent, day), what in cells.items()
    }
    write_cells(organization, wanted, NOW, tell=False)


def chats(store, seat: str, *days: tuple[str, str, str]) -> None:
    """days: (buyer, first instant, last instant); the agent answers every 10 minutes from the first to the last."""
    for buyer, first, last in days:
        instant, end, lines = datetime.fromisoformat(first), datetime.fromisoformat(last), []
        while instant <= end:
            lines += [("in", str(instant - timedelta(seconds=30)), "?"), ("out", str(instant), "好")]
            instant += timedelta(minutes=10)
        write_chat(store, buyer, seat, *lines)
    refresh_store(store, whole=True)


def row(agent, day: int) -> Attendance:
    return Attendance.objects.get(agent=agent, day=DAY.replace(day=day))


def test_a_night_is_one_day_and_what_was_written_after_midnight_belongs_to_it(
    organization, store, people, shifts
):
    rostered(organization, {(people["ann"], 3): shifts["duty"], (people["ann"], 4): "rest"})
    chats(store, "s:ann", ("b1", "2026-11-03 17:06:00", "2026-11-03 23:46:00"),
          ("b2", "2026-11-04 00:06:00", "2026-11-04 02:06:00"))  # fmt: skip
    assert derive_attendance(organization, [DAY, DAY + timedelta(days=1)], NOW) == 2
    night, rest = row(people["ann"], 3), row(people["ann"], 4)
    # 17:06 to 23:46 are 41 messages, 00:06 to 02:06 are 13; 02:06 is six minutes past the end.
    assert (night.status, night.late_minutes, night.extended_minutes, night.own_messages) == (
        "late",
        6,
        6,
        54,
    )
    assert (night.first_at, night.last_at) == (at("2026-11-03 17:06:00"), at("2026-11-04 02:06:00"))
    assert (rest.status, rest.own_messages, rest.replies) == ("rest", 0, 13)


def test_absence_rest_and_chats_off_the_roster(organization, store, people, shifts):
    ann, bob = people["ann"], people["bob"]
    rostered(organization, {(ann, 3): shifts["day"], (bob, 3): "sick"})
    chats(store, "s:bob", ("b1", "2026-11-05 10:00:00", "2026-11-05 10:40:00"))
    derive_attendance(organization, [DAY.replace(day=day) for day in (3, 4, 5)], NOW)
    assert (row(ann, 3).status, row(ann, 3).absent) == ("absent", True)
    assert row(bob, 3).status == "sick"
    assert (row(bob, 5).status, row(bob, 5).own_messages, row(bob, 5).starts_at) == ("extra", 5, None)
    assert Attendance.objects.count() == 3


def test_running_twice_changes_nothing_and_later_chats_change_their_day_only(
    organization, store, people, shifts
):
    ann = people["ann"]
    rostered(organization, {(ann, day): shifts["day"] for day in (3, 4)})
    chats(store, "s:ann", ("b1", "2026-11-03 08:30:00", "2026-11-03 17:30:00"))
    days = days_of(DAY.replace(day=1))
    assert derive_attendance(organization, days, NOW) == 2
    before = list(Attendance.objects.order_by("day").values())
    assert derive_attendance(organization, days, NOW) == 0
    assert list(Attendance.objects.order_by("day").values()) == before
    chats(store, "s:ann", ("b2", "2026-11-04 08:50:00", "2026-11-04 17:30:00"))
    assert derive_attendance(organization, days, NOW) == 1
    assert (row(ann, 4).status, row(ann, 4).late_minutes) == ("late", 20)


def test_stale_days_are_those_whose_chats_or_roster_changed(organization, store, people, shifts):
    ann = people["ann"]
    rostered(organization, {(ann, 3): shifts["day"]})
    chats(store, "s:ann", ("b1", "2026-11-03 08:30:00", "2026-11-03 17:30:00"))
    recent = {date(2026, 11, day) for day in (18, 19, 20, 21)}
    assert set(stale_days(NOW)) == {date(2026, 11, 2), DAY} | recent
    derive_attendance(organization, stale_days(NOW), NOW)
    assert set(stale_days(NOW)) == recent
    chats(store, "s:ann", ("b2", "2026-11-05 10:00:00", "2026-11-05 10:40:00"))
    assert set(stale_days(NOW)) - recent == {date(2026, 11, 4), date(2026, 11, 5)}
    derive_attendance(organization, stale_days(NOW), NOW)
    rostered(organization, {(ann, 3): "annual"})
    assert set(stale_days(NOW)) - recent == {date(2026, 11, 2), DAY}
    derive_attendance(organization, stale_days(NOW), NOW)
    assert row(ann, 3).status == "annual"


def test_signing_in_and_presence_count_before_the_first_message(organization, store, people, shifts):
    ann, bob = people["ann"], people["bob"]
    rostered(organization, {(ann, 3): shifts["day"], (bob, 3): shifts["day"]})
    chats(store, "s:ann", ("b1", "2026-11-03 09:10:00", "2026-11-03 17:30:00"))
    entry = RosterEntry.objects.get(agent=ann)
    Duty.objects.create(
        organization=organization, agent=ann, day=DAY, entry=entry, starts_at=entry.starts_at, ends_at=entry.ends_at,
        signed_in_at=at("2026-11-03 08:34:00"), signed_out_at=at("2026-11-03 17:40:00"),
    )  # fmt: skip
    on_line = PresenceRecord("s:bob", at("2026-11-03 08:20:00"), at("2026-11-03 16:30:00"))
    WRITERS[PresenceRecord](store, [(2, on_line)])
    derive_attendance(organization, [DAY], NOW)
    assert (row(ann, 3).late_minutes, row(ann, 3).left_early_minutes) == (4, 0)
    # On line for eight hours from the shift's start without a message: all of it idle, an hour too early away.
    found = row(bob, 3)
    assert (found.late_minutes, found.left_early_minutes, found.idle_minutes) == (0, 60, 480)


def test_a_shift_in_a_store_abroad_is_judged_by_its_own_clock(organization, people, scope):
    london = make_store(organization, "uk1", time_zone="Europe/London", currency="GBP")
    eve = make_agent(organization, "eve", (london, "s:eve"))
    night = ShiftKind.objects.create(
        organization=organization,
        name="night",
        starts_minutes=1320,
        ends_minutes=1800,
        time_zone="Europe/London",
    )
    RosterMonth.objects.create(organization=organization, month=date(2026, 10, 1), published_at=NOW)
    write_cells(organization, {(eve.pk, date(2026, 10, 24)): f"s{night.pk}"}, NOW, tell=False)
    # The clocks go back at 02:00 BST: 22:00 BST is 05:00 in Shanghai, 06:00 GMT is 14:00 there, nine hours later.
    chats(london, "s:eve", ("b1", "2026-10-25 05:12:00", "2026-10-25 14:12:00"))
    derive_attendance(organization, [date(2026, 10, 24), date(2026, 10, 25)], NOW)
    # What was written on the 25th belongs to the night: nothing is left to tell of that day.
    sheet = month_sheet(Agent.objects.filter(pk=eve.pk), days_of(date(2026, 10, 1)), DeskSettings())
    assert [day.day for day in sheet[0].cells] == [24]
    found = Attendance.objects.get(agent=eve, day=date(2026, 10, 24))
    assert (found.day, found.late_minutes, found.extended_minutes, found.idle_minutes) == (
        date(2026, 10, 24),
        12,
        12,
        0,
    )
    zone = zoneinfo.ZoneInfo("Europe/London")
    assert found.ends_at == datetime(2026, 10, 25, 6, tzinfo=zone)


def test_a_correction_stands_when_its_day_is_derived_anew(organization, store, people, shifts):
    ann = people["ann"]
    rostered(organization, {(ann, day): shifts["day"] for day in (3, 4, 5)})
    for day in (3, 4, 5):
        chats(store, "s:ann", (f"b{day}", f"2026-11-0{day} 08:38:00", f"2026-11-0{day} 17:18:00"))
    days = days_of(DAY.replace(day=1))
    derive_attendance(organization, days, NOW)

    def marks() -> list:
        cells = month_sheet(Agent.objects.filter(pk=ann.pk), days, DeskSettings())[0].cells.values()
        return [(cell.day.day, cell.status, cell.mark) for cell in cells]

    assert marks() == [(3, "late", "free"), (4, "late", "free"), (5, "late", "counted")]
    AttendanceCorrection.objects.create(
        organization=organization,
        agent=ann,
        day=DAY,
        status="present",
        reason="the power was out",
        made_at=NOW,
    )
    chats(store, "s:ann", ("again", "2026-11-03 08:41:00", "2026-11-03 09:41:00"))
    derive_attendance(organization, days, NOW)
    assert row(ann, 3).late_minutes == 8
    # One free time fewer is used: the fifth is free now.
    assert marks() == [(3, "present", ""), (4, "late", "free"), (5, "late", "free")]


def test_presence_is_written_once_and_a_blank_erases_nothing(store, people, scope):
    first = PresenceRecord("s:ann", at("2026-11-03 08:20:00"), at("2026-11-03 12:00:00"), "online")
    write = WRITERS[PresenceRecord]
    assert write(store, [(2, first), (3, PresenceRecord("nobody", at("2026-11-03 08:20:00")))])[:3] == (
        1,
        0,
        0,
    )
    again = write(store, [(2, first), (3, first._replace(offline_at=None, state=None))])
    assert again[:2] == (0, 0)
    assert not again.refusals
    assert write(store, [(2, first._replace(offline_at=at("2026-11-03 12:30:00")))])[:3] == (0, 1, 0)
    kept = Presence.objects.get()
    assert (kept.agent_id, kept.offline_at, kept.state) == (
        people["ann"].pk,
        at("2026-11-03 12:30:00"),
        "online",
    )
    refused = write(store, [(7, PresenceRecord("nobody", at("2026-11-03 08:20:00")))]).refusals
    assert [(one.row, one.column) for one in refused] == [(7, "agent")]


def test_deriving_a_month_asks_the_same_however_many_people(organization, store, people, shifts):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            derive_attendance(organization, days_of(DAY.replace(day=1)), NOW)
        return len(asked)

    rostered(organization, {(people["ann"], 3): shifts["day"]})
    few = count()
    for number in range(5):
        agent = make_agent(organization, f"p{number}", (store, f"s:p{number}"))
        rostered(organization, {(agent, day): shifts["day"] for day in (3, 4, 5)})
        chats(store, f"s:p{number}", (f"c{number}", "2026-11-03 09:00:00", "2026-11-03 10:00:00"))
    assert count() == few
