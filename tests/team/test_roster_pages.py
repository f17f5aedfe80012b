"""The roster's pages: the grid and its saving, filling, publishing, history, shifts, and the calendar's address."""

import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from team.models import Agent
from team.roster import publish
from team.roster_models import CalendarLink, RosterEntry, RosterMonth, ShiftKind
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store
from tests.team.roster_world import NOVEMBER, moment, put, three_shifts

PATH = "/yunfan/roster/"
MONTH = f"{PATH}?month=2026-11"


@pytest.fixture
def codes(organization):
    with organization_scope(organization.pk):
        return three_shifts(organization)


@pytest.fixture
def ann(organization):
    return make_agent(organization, "Ann")


@pytest.fixture
def bob(organization):
    return make_agent(organization, "Bob")


@pytest.fixture
def planner(client, supervisor):
    client.force_login(supervisor)
    return client


def save(client, *cells, month: str = "2026-11"):
    body = {"month": month, "cells": [list(cell) for cell in cells]}
    return client.post(f"{PATH}save/", json.dumps(body), content_type="application/json")


def entries(organization) -> list:
    with organization_scope(organization.pk):
        return list(
            RosterEntry.objects.order_by("agent__name", "day").values_list("agent__name", "day", "kind")
        )


def test_a_block_is_saved_and_answered_with_the_months_conflicts(planner, organization, ann, bob, codes):
    answer = save(
        planner, (ann.pk, "2026-11-02", codes["night"]), (ann.pk, "2026-11-03", codes["day"]), (bob.pk, "2026-11-02", "")
    )  # fmt: skip
    said = answer.json()
    assert said["changed"] == [
        [ann.pk, "2026-11-02", "", codes["night"]], [ann.pk, "2026-11-03", "", codes["day"]]
    ]  # fmt: skip
    assert {"rest_hours", "missing", "coverage"} == {one["kind"] for one in said["conflicts"]}
    rest = next(one for one in said["conflicts"] if one["kind"] == "rest_hours")
    assert (rest["agent"], rest["days"]) == (ann.pk, ["2026-11-03"])
    assert entries(organization) == [("Ann", date(2026, 11, 2), "work"), ("Ann", date(2026, 11, 3), "work")]


def test_what_is_no_block_is_refused_and_nothing_of_it_written(
    planner, organization, other_organization, ann, codes
):
    stranger = make_agent(other_organization, "Zoe")
    good = (ann.pk, "2026-11-02", codes["day"])
    for cell in (
        (stranger.pk, "2026-11-02", "rest"),
        (ann.pk, "2026-12-01", "rest"),
        (ann.pk, "2026-11-02", "work"),
        (ann.pk, "2026-11-02", "s999999"),
        (ann.pk, "2026-11-02", 7),
        (ann.pk, "x", "rest"),
    ):
        assert save(planner, good, cell).status_code == 400, cell
    for body in ("", "[]", "{}", '{"month": "2026-11", "cells": 7}', '{"month": "x", "cells": []}'):
        assert planner.post(f"{PATH}save/", body, content_type="application/json").status_code == 400
    assert entries(organization) == []


def test_agents_see_only_what_is_published_their_own_row_first(client, organization, ann, bob, codes):
    with organization_scope(organization.pk):
        put(organization, ann, {2: codes["day"]})
        put(organization, bob, {2: "sick"})
    client.force_login(make_member(organization, "agent", agent_id=bob.pk))
    page = client.get(MONTH)
    assert page.context["is_hidden"]
    assert 'data-code="s' not in page.content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{PATH}sheet/?month=2026-11").content)).active
    assert (sheet["A2"].value, sheet["D2"].value) == ("Ann", None)
    with organization_scope(organization.pk):
        publish(organization, NOVEMBER, None, moment("2026-10-25 12:00"))
    page = client.get(MONTH)
    assert [line.name for line in page.context["table"].lines] == ["Bob", "Ann"]
    assert f'data-code="{codes["day"]}"' in page.content.decode()
    assert "roster.js" not in page.content.decode()


def test_the_grid_asks_as_much_for_thirty_people_as_for_one(planner, organization, codes):
    asked = []
    for count in (1, 29):
        for number in range(count):
            agent = make_agent(organization, f"p{count}-{number}")
            with organization_scope(organization.pk):
                put(organization, agent, dict.fromkeys(range(1, 31), codes["day"]))
        planner.get(MONTH)
        with CaptureQueriesContext(connection) as captured:
            assert planner.get(MONTH).status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 28


def test_the_month_is_filled_from_a_cycle_for_the_people_chosen(planner, organization, ann, bob, codes):
    fields = {
        "source": "cycle",
        "cycle": "1 1 R",
        "since": "2026-11-28",
        "stagger": "0",
        "agents": str(ann.pk),
    }
    path = f"{PATH}fill/?month=2026-11"
    planner.post(path, {f"fill-{name}": value for name, value in fields.items()})
    found = [(name, day.day, kind) for name, day, kind in entries(organization)]
    assert found == [("Ann", 28, "work"), ("Ann", 29, "work"), ("Ann", 30, "rest")]
    planner.post(path, {"fill-source": "cycle", "fill-cycle": "1 nonsense"})
    assert len(entries(organization)) == 3
    with organization_scope(organization.pk):
        put(organization, bob, {5: "rest"}, date(2026, 10, 1))
    planner.post(path, {"fill-source": "last_month"})
    # 5 October was a Monday, the first: so is 2 November, and 30 November takes 26 October, which is blank.
    assert ("Bob", date(2026, 11, 2), "rest") in entries(organization)


def test_publishing_concerns_all_stores(client, organization, ann, codes):
    store = make_store(organization, "tb1")
    with organization_scope(organization.pk):
        put(organization, ann, {2: "rest"})
    limited = make_member(organization, "supervisor", "l@x.example", store_ids=[store.pk])
    for user, published in ((limited, False), (make_member(organization, "owner"), True)):
        client.force_login(user)
        client.post(f"{PATH}publish/?month=2026-11")
        with organization_scope(organization.pk):
            assert (RosterMonth.objects.get().published_at is not None) is published


def test_the_history_tells_each_cell_that_became_something_else(
    planner, organization, supervisor, ann, codes
):
    save(planner, (ann.pk, "2026-11-02", codes["day"]), (ann.pk, "2026-11-03", "rest"))
    planner.post(f"{PATH}publish/?month=2026-11")
    save(planner, (ann.pk, "2026-11-02", "sick"))
    save(planner, (ann.pk, "2026-11-02", ""))
    save(planner, (ann.pk, "2026-11-02", codes["night"]))
    page = planner.get(f"{PATH}history/?month=2026-11", headers={"Accept-Language": "en"})
    rows = [(one.day.day, one.before, one.after, one.published, one.who) for one in page.context["page"]]
    who = supervisor.email
    assert rows[:3] == [
        (2, "–", "night", True, who),
        (2, "Sick leave", "–", True, who),
        (2, "day", "Sick leave", True, who),
    ]
    assert sorted(rows[3:]) == [(2, "–", "day", False, who), (3, "–", "Rest day", False, who)]
    assert planner.get(f"{PATH}history/?month=2026-12").context["page"].paginator.count == 0


def test_kinds_of_shifts_are_added_and_changed_within_the_limit(planner, organization, codes):
    path = f"{PATH}shifts/"
    fields = {"name": "late", "starts_minutes": "18:00", "ends_minutes": "03:00", "time_zone": "Asia/Shanghai",
              "people_wanted": "2", "active": "on"}  # fmt: skip
    assert planner.post(path, fields).status_code == 302
    with organization_scope(organization.pk):
        late = ShiftKind.objects.get(name="late")
    assert (late.starts_minutes, late.ends_minutes) == (1080, 1620)
    wrong = {"ends_minutes": "03:30", "name": "day", "time_zone": "Mars/Olympus", "starts_minutes": "25:00"}
    for name, value in wrong.items():
        assert name in planner.post(path, fields | {"name": "other"} | {name: value}).context["form"].errors
    planner.post(f"{path}{late.pk}/", fields | {"ends_minutes": "24:00"})
    with organization_scope(organization.pk):
        assert ShiftKind.objects.get(name="late").ends_minutes == 1440


def address_of(client) -> str:
    client.post(f"{PATH}calendar/")
    return client.get(PATH).context["calendar_address"].removeprefix("http://testserver")


def shifts_in(answer) -> list:
    calendar = Calendar.from_ical(answer.content)
    return [
        (str(one["summary"]), one.decoded("dtstart"), one.decoded("dtend")) for one in calendar.walk("VEVENT")
    ]


def test_the_feed_holds_the_agents_own_published_shifts(client, organization, ann, bob, codes, time_machine):
    time_machine.move_to(moment("2026-11-02 12:00"), tick=False)
    with organization_scope(organization.pk):
        put(organization, ann, {2: codes["night"], 3: "rest"})
        put(organization, bob, {2: codes["day"]})
        publish(organization, NOVEMBER, None, moment("2026-10-25 12:00"))
        put(organization, ann, {1: codes["day"]}, date(2026, 12, 1))
    client.force_login(make_member(organization, "agent", agent_id=ann.pk))
    address = address_of(client)
    assert client.get(PATH).context["calendar_address"] == ""  # shown once
    client.logout()
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert shifts_in(answer) == [
        ("night", datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 18, tzinfo=UTC))
    ]  # fmt: skip
    assert b"Bob" not in answer.content


def test_a_feeds_address_ends_when_revoked_renewed_or_its_member_leaves(
    client, organization, other_organization, ann, codes
):
    member = make_member(organization, "agent", agent_id=ann.pk)
    client.force_login(member)
    first = address_of(client)
    with organization_scope(organization.pk):
        assert first.split("/")[-1].removesuffix(".ics") not in CalendarLink.objects.get().digest
    second = address_of(client)
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    assert client.get(second.replace("/yunfan/", "/beihai/")).status_code == 404
    assert client.get(second.replace("/yunfan/", "/nobody/")).status_code == 404
    client.post(f"{PATH}calendar/revoke/")
    assert client.get(second).status_code == 404
    third = address_of(client)
    with organization_scope(organization.pk):
        Membership.objects.filter(user=member).delete()
    assert client.get(third).status_code == 404


def test_too_many_requests_for_a_feed_are_refused(client, organization, ann, settings):
    from django.core.cache import cache

    settings.REQUEST_LIMITS = settings.REQUEST_LIMITS | {"pages": (1, 600)}
    cache.clear()
    client.force_login(make_member(organization, "agent", agent_id=ann.pk))
    codes = {client.get("/calendar/yunfan/wrong.ics").status_code for _time in range(7)}
    cache.clear()
    assert codes == {404, 429}


def test_a_supervisor_of_some_stores_plans_for_their_people_only(client, organization, ann, codes):
    store, other = make_store(organization, "tb1"), make_store(organization, "tb2")
    theirs, foreign = (
        make_agent(organization, "Cid", (store, "s:c")),
        make_agent(organization, "Dan", (other, "s:d")),
    )
    client.force_login(make_member(organization, "supervisor", "l@x.example", store_ids=[store.pk]))
    assert "Dan" not in client.get(MONTH).content.decode()
    assert save(client, (foreign.pk, "2026-11-02", "rest")).status_code == 400
    assert save(client, (theirs.pk, "2026-11-02", "rest")).status_code == 200
    with organization_scope(organization.pk):
        assert Agent.objects.count() == 3
