"""Pages of attendance, load and the proposal: who sees what, corrections, files, and counts of queries."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.attendance import derive_attendance
from desk.models import Attendance, AttendanceCorrection, DeskSettings, StoreHour
from desk.tasks import propose_roster
from team.roster import days_of, write_cells
from team.roster_models import RosterEntry, RosterMonth, ShiftKind
from tenants.audit_models import AuditEntry
from tests.make import make_agent, make_member

DAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def world(organization, store, scope, owner, supervisor):
    shift = ShiftKind.objects.create(
        organization=organization, name="Early", starts_minutes=510, ends_minutes=1050
    )
    RosterMonth.objects.create(organization=organization, month=DAY.replace(day=1), published_at=NOW)
    people = {name: make_agent(organization, name, (store, f"s:{name}")) for name in ("Ann", "Bob")}
    people["member"] = make_member(organization, "agent", agent_id=people["Ann"].pk)
    cells = {(people[name].pk, DAY): f"s{shift.pk}" for name in ("Ann", "Bob")}
    write_cells(organization, cells, NOW, tell=False)
    derive_attendance(organization, [DAY], NOW)
    with time_machine.travel(NOW):
        yield people | {"shift": shift}


def client_of(user) -> Client:
    client = Client(headers=ENGLISH)
    client.force_login(user)
    return client


def address(organization, name: str, *args) -> str:
    return reverse(name, args=[organization.slug, *args])


def test_a_supervisor_sees_everybody_and_an_agent_their_own_row(organization, world, supervisor):
    page = address(organization, "attendance_month")
    shown = client_of(supervisor).get(page, {"month": "2026-11"}).content.decode()
    assert "Ann" in shown
    assert "Bob" in shown
    assert "✗" in shown
    own = client_of(world["member"])
    shown = own.get(page, {"month": "2026-11"}).content.decode()
    assert "Ann" in shown
    assert "Bob" not in shown
    assert own.get(address(organization, "attendance_day", world["Ann"].pk, DAY)).status_code == 200
    assert own.get(address(organization, "attendance_day", world["Bob"].pk, DAY)).status_code == 403
    mine = address(organization, "attendance_day", world["Ann"].pk, DAY)
    assert own.post(mine, {"status": "present", "reason": "I was there"}).status_code == 403
    assert not AttendanceCorrection.objects.exists()


def test_a_correction_needs_a_reason_is_noted_and_can_be_taken_back(organization, world, supervisor):
    client, day = client_of(supervisor), address(organization, "attendance_day", world["Bob"].pk, DAY)
    assert "required" in client.post(day, {"status": "late", "late_minutes": 5}).content.decode()
    assert "belong to a late day" in client.post(
        day, {"status": "present", "late_minutes": 5, "reason": "x"}
    ).content.decode()  # fmt: skip
    assert client.post(day, {"status": "late", "late_minutes": 5, "reason": "the train"}).status_code == 302
    word = AttendanceCorrection.objects.get()
    assert (word.agent_id, word.late_minutes, word.made_by_id) == (world["Bob"].pk, 5, supervisor.pk)
    shown = client.get(address(organization, "attendance_month"), {"month": "2026-11"}).content.decode()
    assert "corrected: the train" in shown
    assert "5 minutes late" in shown
    assert AuditEntry.objects.filter(verb="attendance_corrected").count() == 1
    assert Attendance.objects.get(agent=world["Bob"]).status == "absent"
    events = (
        AttendanceCorrection.pgh_event_model.objects
        if hasattr(AttendanceCorrection, "pgh_event_model")
        else None
    )
    assert events is None or events.count() == 1
    back = address(organization, "attendance_uncorrect", world["Bob"].pk, DAY)
    assert client.post(back).status_code == 302
    assert not AttendanceCorrection.objects.exists()
    assert client.post(back).status_code == 404


def test_the_months_sheet_is_saved_with_its_totals(organization, world, supervisor):
    page = address(organization, "attendance_month")
    answer = client_of(supervisor).get(page, {"month": "2026-11", "file": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:3] == ("Name", "Employee id", "2026-11-01")
    ann = dict(zip(rows[0], rows[1], strict=True))
    assert (ann["Name"], ann["2026-11-03"], ann["Absent"], ann["Days worked"]) == ("Ann", "Absent", 1, 0)


def test_working_out_anew_takes_a_changed_roster(organization, world, supervisor):
    RosterEntry.objects.filter(agent=world["Bob"]).update(
        kind="sick", shift=None, starts_at=None, ends_at=None
    )
    client = client_of(supervisor)
    assert client.post(address(organization, "attendance_derive") + "?month=2026-11").status_code == 302
    assert Attendance.objects.get(agent=world["Bob"]).status == "sick"


def test_the_sheet_asks_the_same_however_many_people(organization, store, world, supervisor):
    client, page = client_of(supervisor), address(organization, "attendance_month")

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page, {"month": "2026-11"}).status_code == 200
        return len(asked)

    count()
    few = count()
    for number in range(4):
        agent = make_agent(organization, f"p{number}", (store, f"s:{number}"))
        write_cells(organization, {(agent.pk, DAY): f"s{world['shift'].pk}"}, NOW, tell=False)
    derive_attendance(organization, [DAY], NOW)
    assert count() == few


def test_figures_of_the_working_day_are_set_and_checked(organization, world, supervisor):
    client, page = client_of(supervisor), address(organization, "desk_settings")
    shown = client.get(page)
    assert "03:00" in shown.content.decode()
    values = {name: value for name, value in shown.context["form"].initial.items() if name != "organization"}
    values |= {"latest_end_minutes": "02:30", "shipping_cut_off_minutes": "15:30", "late_free_minutes": 5}
    assert client.post(page, values | {"days_in_row": 0}).status_code == 200
    assert client.post(page, values | {"latest_end_minutes": "26:3"}).status_code == 200
    assert not DeskSettings.objects.exists()
    assert client.post(page, values).status_code == 302
    kept = DeskSettings.objects.get()
    assert (kept.latest_end_minutes, kept.shipping_cut_off_minutes, kept.late_free_minutes) == (1590, 930, 5)
    assert client_of(world["member"]).get(page).status_code == 403


def test_coverage_is_a_fragment_for_the_roster_and_a_page_by_itself(organization, store, world, supervisor):
    client, page = client_of(supervisor), address(organization, "roster_coverage")
    assert "No load is known yet" in client.get(page, {"month": "2026-11"}).content.decode()
    StoreHour.objects.create(
        organization=organization, store=store, day=DAY, starts_at=datetime(2026, 11, 3, 2, tzinfo=UTC), hour=10,
        rounds=90, buyers=80, unanswered_rounds=0,
    )  # fmt: skip
    fragment = client.get(
        page, {"month": "2026-11", "day": "2026-11-03"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in fragment
    assert "90 questions asked; 2 on shift, 3 people needed" in fragment
    assert "−1" in fragment
    assert '"coverage-chart"' in fragment
    assert "<html" in client.get(page, {"month": "2026-11"}).content.decode()


def test_a_proposal_is_looked_at_taken_or_dropped(organization, world, supervisor):
    client, page = client_of(supervisor), address(organization, "roster_proposal") + "?month=2026-12"
    assert "days of 2 people are empty" in client.get(page).content.decode()
    key = f"proposal-{organization.pk}-{supervisor.pk}-2026-12"
    people = [world["Ann"].pk, world["Bob"].pk]
    propose_roster(organization.pk, "2026-12", people, key, "en")
    shown = client.get(page).content.decode()
    assert "is-proposed" in shown
    assert "62 empty days would be filled" in shown
    # Set by hand meanwhile: stays.
    december = days_of(date(2026, 12, 1))
    write_cells(organization, {(people[0], december[0]): "annual"}, NOW, tell=False)
    accept = address(organization, "roster_proposal_accept") + "?month=2026-12"
    assert client.post(accept).status_code == 302
    entries = RosterEntry.objects.filter(day__range=(december[0], december[-1]))
    assert entries.count() == 62
    assert not entries.filter(published=True).exists()
    assert entries.get(agent_id=people[0], day=december[0]).kind == "annual"
    assert client.post(accept).status_code == 302
    assert entries.count() == 62
    propose_roster(organization.pk, "2026-12", people, key, "en")
    client.post(address(organization, "roster_proposal_drop") + "?month=2026-12")
    assert "is-proposed" not in client.get(page).content.decode()
    assert client_of(world["member"]).get(page).status_code == 403


def test_who_asks_for_a_proposal_sees_how_long_it_takes(organization, world, supervisor, monkeypatch):
    asked = []
    monkeypatch.setattr(propose_roster, "delay", lambda *arguments: asked.append(arguments))
    client, page = client_of(supervisor), address(organization, "roster_proposal") + "?month=2026-12"
    assert client.post(page).status_code == 302
    assert [arguments[1] for arguments in asked] == ["2026-12"]
    assert "being worked out" in client.get(page).content.decode()
    polled = client.get(page, headers={"HX-Request": "true"})
    assert "being worked out" in polled.content.decode()
    propose_roster(*asked[0])
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    client.post(page)
    with time_machine.travel(NOW + timedelta(minutes=4)):
        assert "Nobody worked on it" in client.get(page).content.decode()
