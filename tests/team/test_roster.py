"""Hours of shifts, who is on duty, saving blocks, publishing, conflicts, copying. Expected values by hand."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.models import Change
from team.calendar_days import countries_of, special_days
from team.models import Agent, Seat, SeatAssignment
from team.notice_models import Notice
from team.roster import change_shift, days_in_brief, publish, write_cells
from team.roster_conflicts import conflicts
from team.roster_copy import day_before, from_cycle, from_last_month, parse_cycle, sparing
from team.roster_limits import Limits, limits_of
from team.roster_models import RosterEntry, RosterMonth, RosterRequest, ShiftKind
from team.shifts import hours_of, on_duty, shift_kinds
from tests.make import make_member, make_store
from tests.team.roster_world import NOVEMBER, grid_of, make_shift, moment, put, three_shifts

pytestmark = pytest.mark.usefixtures("scope", "english")


@pytest.fixture
def shifts(organization):
    return three_shifts(organization)


@pytest.fixture
def people(organization):
    return [Agent.objects.create(organization=organization, name=name) for name in ("Ann", "Bob", "Cid")]


def utc(*parts) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_an_organization_without_shifts_is_given_the_documents_three(organization):
    found = [(kind.starts_minutes, kind.ends_minutes) for kind in shift_kinds(organization.pk)]
    assert sorted(found) == [(510, 1050), (1020, 1440), (1020, 1560)]
    ShiftKind.objects.filter(starts_minutes=510).delete()
    assert len(shift_kinds(organization.pk)) == 2


def test_a_shift_over_midnight_belongs_to_the_day_it_begins_on(organization):
    night = make_shift(organization, "night", "17:00", "26:00")
    # 17:00 and 02:00 in Shanghai are 09:00 and 18:00 UTC, over the month's end too.
    assert hours_of(night, date(2026, 11, 30)) == (utc(2026, 11, 30, 9), utc(2026, 11, 30, 18))


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "expected"),
    [
        # London goes back from 02:00 to 01:00 on 25 October 2026: 22:00 BST is 21:00 UTC, 06:00 GMT is 06:00 UTC.
        ("Europe/London", date(2026, 10, 24), "22:00", "30:00", (utc(2026, 10, 24, 21), utc(2026, 10, 25, 6))),
        # New York goes ahead from 02:00 to 03:00 on 8 March 2026: 22:00 EST is 03:00 UTC, 06:00 EDT is 10:00 UTC.
        ("America/New_York", date(2026, 3, 7), "22:00", "30:00", (utc(2026, 3, 8, 3), utc(2026, 3, 8, 10))),
        # 02:30 does not exist that night: half an hour after the change, 03:30 EDT, is meant.
        ("America/New_York", date(2026, 3, 8), "02:30", "09:00", (utc(2026, 3, 8, 7, 30), utc(2026, 3, 8, 13))),
        # 01:30 comes twice in London: the first, still summer time, is meant.
        ("Europe/London", date(2026, 10, 25), "01:30", "09:00", (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 9))),
    ],
)  # fmt: skip
def test_the_wall_clock_decides_on_the_days_clocks_change(organization, zone, day, starts, ends, expected):
    assert hours_of(make_shift(organization, "x", starts, ends, time_zone=zone), day) == expected


def test_who_is_on_duty_over_midnight(organization, shifts, people):
    ann, bob, cid = people
    put(organization, ann, {30: shifts["night"]})
    put(organization, bob, {30: shifts["evening"]})
    put(organization, cid, {1: shifts["day"]}, date(2026, 12, 1))
    store = make_store(organization, "tb1").pk
    late = moment("2026-12-01 01:59")
    assert on_duty(late) == []  # nothing is published yet
    publish(organization, NOVEMBER, None, late)
    publish(organization, date(2026, 12, 1), None, late)
    assert [entry.agent.name for entry in on_duty(moment("2026-11-30 18:00"), store)] == ["Ann", "Bob"]
    assert [(entry.agent.name, entry.day) for entry in on_duty(late)] == [("Ann", date(2026, 11, 30))]
    assert on_duty(moment("2026-12-01 02:00")) == []


def test_a_shift_that_names_stores_covers_only_these(organization, people):
    one, other = make_store(organization, "tb1"), make_store(organization, "tb2")
    kind = make_shift(organization, "tb1 only", "09:00", "18:00", store_ids=[one.pk])
    put(organization, people[0], {2: f"s{kind.pk}"})
    publish(organization, NOVEMBER, None, moment("2026-10-20 12:00"))
    noon = moment("2026-11-02 12:00")
    assert [len(on_duty(noon, store.pk)) for store in (one, other)] == [1, 0]


def test_a_block_is_saved_with_as_many_statements_as_a_cell(organization, shifts, people):
    counts = []
    # A first block makes the month's row.
    put(organization, people[2], {30: "rest"})
    for days in (range(1, 2), range(1, 29)):
        with CaptureQueriesContext(connection) as captured:
            put(organization, people[len(counts)], dict.fromkeys(days, shifts["day"]))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9
    assert RosterEntry.objects.count() == 30


def test_saving_twice_changes_nothing_and_clearing_deletes(organization, shifts, people):
    assert len(put(organization, people[0], {1: shifts["day"], 2: "rest"})) == 2
    assert put(organization, people[0], {1: shifts["day"], 2: "rest"}) == []
    (changed,) = put(organization, people[0], {1: "", 2: "rest", 3: ""})
    assert (changed.day, changed.before, changed.after) == (NOVEMBER, shifts["day"], "")
    assert list(RosterEntry.objects.values_list("day", "kind")) == [(date(2026, 11, 2), "rest")]


def test_publishing_tells_everybody_once_and_later_changes_whom_they_concern(organization, shifts, people):
    ann, bob, _cid = people
    users = [
        make_member(organization, "agent", f"{one.name}@x.example", agent_id=one.pk) for one in (ann, bob)
    ]
    boss, now = make_member(organization, "supervisor"), moment("2026-10-25 12:00")
    put(organization, ann, {3: shifts["day"]}, user=boss)
    put(organization, bob, {3: "rest"}, user=boss)
    assert Notice.objects.count() == 0
    assert publish(organization, NOVEMBER, boss, now) == 2
    assert publish(organization, NOVEMBER, boss, now) == 0
    assert sorted(Notice.objects.values_list("user_id", flat=True)) == sorted(user.pk for user in users)
    put(
        organization,
        ann,
        {3: shifts["evening"], 4: "rest", 5: "rest"},
        now=moment("2026-10-26 12:00"),
        user=boss,
    )
    told = Notice.objects.filter(text__contains="changed")
    assert [(one.user_id, one.params) for one in told] == [(users[0].pk, {"days": "11-03…05"})]
    assert set(RosterEntry.objects.values_list("published", flat=True)) == {True}


def test_published_shifts_that_begin_within_a_day_are_marked_in_the_change_log(organization, shifts, people):
    ann, store, other = people[0], make_store(organization, "tb1"), make_store(organization, "tb2")
    for one, name in ((store, "s:a"), (store, "s:b"), (other, "s:c")):
        seat = Seat.objects.create(organization=organization, store=one, name=name)
        SeatAssignment.objects.create(organization=organization, seat=seat, agent=ann, since=date(2026, 1, 1))
    Change.objects.all().delete()
    now = moment("2026-11-05 12:00")
    put(organization, ann, {2: shifts["night"], 3: "rest", 20: shifts["day"]}, now=now)
    assert not Change.objects.exists()
    publish(organization, NOVEMBER, None, now)
    hours = (utc(2026, 11, 2, 9), utc(2026, 11, 2, 18))
    assert marks() == [(store.pk, "s:a", *hours), (other.pk, "s:c", *hours)]
    put(organization, ann, {2: shifts["day"], 20: "rest"}, now=now)
    changed = (utc(2026, 11, 2, 0, 30), utc(2026, 11, 2, 9, 30))
    assert marks() == [
        (store.pk, "s:a", *changed), (other.pk, "s:c", *changed),
        (store.pk, "s:a", *hours), (other.pk, "s:c", *hours),
    ]  # fmt: skip


def marks() -> list:
    """The change log's new lines (store, seat's name, since, until) by time; then it is emptied."""
    seats = dict(Seat.objects.values_list("pk", "name"))
    lines = Change.objects.order_by("since", "store_id").values_list("store_id", "seat_id", "since", "until")
    found = [(store, seats[seat], since, until) for store, seat, since, until in lines]
    Change.objects.all().delete()
    return found


def test_new_hours_move_what_has_not_begun_and_leave_what_was_worked(organization, shifts, people):
    kind = ShiftKind.objects.get(name="day")
    put(organization, people[0], {3: shifts["day"], 9: shifts["day"]})
    kind.starts_minutes = 540
    publish(organization, NOVEMBER, None, moment("2026-11-01 12:00"))
    member = make_member(organization, "agent", agent_id=people[0].pk)
    assert change_shift(organization, kind, ["starts_minutes"], moment("2026-11-05 12:00")) == 1
    assert [(one.user_id, one.params) for one in Notice.objects.all()] == [(member.pk, {"days": "11-09"})]
    begins = list(RosterEntry.objects.values_list("starts_at", flat=True))
    assert begins == [utc(2026, 11, 3, 0, 30), utc(2026, 11, 9, 1)]


def told(grid) -> list[tuple]:
    names = {agent.pk: agent.name for agent in grid.agents}
    return [(one.kind, names.get(one.agent_id, ""), [day.day for day in one.days]) for one in conflicts(grid)]


def test_every_rule_that_is_broken_is_told_with_its_days(organization, shifts, people):
    ShiftKind.objects.update(people_wanted=0)
    ann, bob, cid = people
    late = make_shift(organization, "too late", "18:00", "28:00", people_wanted=0)
    rest = dict.fromkeys(range(1, 31), "rest")
    # 2nd night until 02:00 of the 3rd, day from 08:30: 6 h 30 min of rest. 11 h are kept from evening (24:00) to 11:00.
    put(organization, ann, rest | {2: shifts["night"], 3: shifts["day"], 10: shifts["evening"]})
    # The same hours twice: until 10:30 of the 6th, and from 08:30 of the 6th.
    round_the_clock = make_shift(organization, "round", "08:30", "34:30", people_wanted=0)
    put(organization, bob, rest | {5: f"s{round_the_clock.pk}", 6: shifts["day"], 20: f"s{late.pk}"})
    put(
        organization,
        cid,
        {day: code for day, code in rest.items() if day not in (7, 8)} | {12: shifts["day"]},
    )
    RosterRequest.objects.create(
        organization=organization, kind="leave", agent=cid, since=date(2026, 10, 30), until=date(2026, 11, 1),
        entry_kind="annual", state="approved", made_at=moment("2026-10-20 12:00"),
    )  # fmt: skip
    Agent.objects.filter(pk=cid.pk).update(left_on=date(2026, 11, 28))
    put(organization, cid, {1: shifts["evening"]})
    assert told(grid_of()) == [
        ("rest_hours", "Ann", [3]),
        ("overlap", "Bob", [6]),
        ("late_end", "Bob", [5, 20]),
        ("on_leave", "Cid", [1]),
        ("left", "Cid", [29, 30]),
        ("missing", "Cid", [7, 8]),
    ]


def test_rest_between_shifts_is_watched_over_the_months_end(organization, shifts, people):
    ShiftKind.objects.update(people_wanted=0)
    put(organization, people[0], {31: shifts["night"]}, date(2026, 10, 1))
    put(organization, people[0], {1: shifts["day"]})
    assert ("rest_hours", "Ann", [1]) in told(grid_of())
    assert ("rest_hours", "Ann", [1]) not in told(grid_of(limits=Limits(rest_hours=6)))
    assert all(kind != "rest_hours" for kind, _name, _days in told(grid_of(date(2026, 10, 1))))


def test_four_rest_days_are_asked_for_and_fewer_of_who_is_on_leave(organization, shifts, people):
    ShiftKind.objects.update(people_wanted=0)
    ann, bob, cid = people
    # 27 shifts leave 3 days of 30: too few of 4, and told before the last day is filled.
    put(organization, ann, dict.fromkeys(range(1, 28), shifts["day"]))
    put(organization, bob, dict.fromkeys(range(1, 27), shifts["day"]) | dict.fromkeys(range(27, 31), "rest"))
    # 10 days of leave: 4 × 20 / 30 = 2 rest days are due, one is there.
    leave = dict.fromkeys(range(1, 11), "annual") | {30: "rest"}
    put(organization, cid, leave | dict.fromkeys(range(11, 30), shifts["day"]))
    found = {one.agent_id: one.words() for one in conflicts(grid_of()) if one.kind == "rest_days"}
    assert found == {ann.pk: "Ann: 3 rest days of 4 this month", cid.pk: "Cid: 1 rest days of 2 this month"}


def test_days_without_enough_people_are_told_by_shift_but_not_of_an_empty_month(organization, shifts, people):
    ShiftKind.objects.filter(name="night").update(active=False)
    ShiftKind.objects.filter(name="day").update(people_wanted=2)
    assert told(grid_of()) == []
    for agent in people[:2]:
        put(organization, agent, dict.fromkeys(range(1, 31), shifts["day"]))
    put(organization, people[0], {4: "rest"})
    put(organization, people[2], dict.fromkeys((day for day in range(1, 31) if day != 9), shifts["evening"]))
    assert [one for one in told(grid_of()) if one[0] == "coverage"] == [
        ("coverage", "", [4]), ("coverage", "", [9])
    ]  # fmt: skip


def test_the_limits_are_the_organizations_own(organization):
    from desk.models import DeskSettings

    assert limits_of(organization.pk) == Limits(4, 11, 1620)
    DeskSettings.objects.create(organization=organization, rest_hours=8, rest_days=6, latest_end_minutes=1500)
    assert limits_of(organization.pk) == Limits(6, 8, 1500)


def test_last_month_is_laid_over_weekday_on_weekday(organization, shifts, people):
    # Four weeks before Sunday 1 November lies Sunday 4 October; 29 and 30 November take 25 and 26 October.
    days = [day_before(date(2026, 11, day)) for day in (1, 28, 29, 30)]
    assert days == [date(2026, 10, 4), date(2026, 10, 31), date(2026, 10, 25), date(2026, 10, 26)]
    # March after a February of 28 days: 1 March takes 1 February, 29 March takes 22 February.
    assert day_before(date(2026, 3, 1)) == date(2026, 2, 1)
    assert day_before(date(2026, 3, 29)) == date(2026, 2, 22)
    put(
        organization,
        people[0],
        {4: shifts["day"], 5: "rest", 6: "annual", 26: shifts["evening"]},
        date(2026, 10, 1),
    )
    kinds = ShiftKind.objects.in_bulk()
    found = from_last_month(NOVEMBER, [people[0].pk], kinds)
    by_day = {day.day: code for (_agent, day), code in found.items()}
    assert by_day == {1: shifts["day"], 2: "rest", 23: shifts["evening"], 30: shifts["evening"]}


def test_a_cycle_goes_round_and_each_next_person_begins_further_into_it(organization, shifts, people):
    kinds = list(ShiftKind.objects.all())
    codes = parse_cycle("1 1, Evening，R -", kinds)
    assert codes == [f"s{kinds[0].pk}", f"s{kinds[0].pk}", shifts["evening"], "rest", ""]
    days = [date(2026, 11, day) for day in range(1, 7)]
    found = from_cycle([7, 8], days, ["a", "b", "c", "d"], stagger=1)
    assert "".join(found[7, day] for day in days) == "abcdab"
    assert "".join(found[8, day] for day in days) == "bcdabc"
    for wrong in ("", "1 x", "4"):
        with pytest.raises(ValidationError):
            parse_cycle(wrong, kinds)


def test_filling_spares_what_is_set_approved_leave_and_who_left(organization, shifts, people):
    ann, bob, cid = people
    put(organization, ann, {1: "rest"})
    RosterRequest.objects.create(
        organization=organization, kind="leave", agent=bob, since=date(2026, 11, 1), until=date(2026, 11, 1),
        entry_kind="annual", state="approved", made_at=moment("2026-10-20 12:00"),
    )  # fmt: skip
    Agent.objects.filter(pk=cid.pk).update(left_on=date(2026, 11, 1))
    grid = grid_of()
    wanted = {(agent.pk, date(2026, 11, day)): shifts["day"] for agent in people for day in (1, 2)}
    kept = sorted((cell[0], cell[1].day) for cell in sparing(grid, wanted, replace=False))
    assert kept == sorted([(ann.pk, 2), (bob.pk, 2), (cid.pk, 1)])
    kept = sorted((cell[0], cell[1].day) for cell in sparing(grid, wanted, replace=True))
    assert kept == sorted([(ann.pk, 1), (ann.pk, 2), (bob.pk, 2), (cid.pk, 1)])


def test_chinas_holidays_have_make_up_days_and_other_countries_their_own():
    found = special_days(date(2026, 9, 28), date(2026, 10, 11), ["CN", "VN"], "zh-hans")
    # State Council's notice for 2026: 1–7 October off, worked on 20 September and 10 October.
    assert [one.day for one in found if one.worked] == [date(2026, 10, 10)]
    china = {one.day.day: one.name for one in found if one.country == "CN" and not one.worked}
    # The 4th is a Sunday like any other.
    assert sorted(china) == [1, 2, 3, 5, 6, 7]
    assert "国庆节" in china[1]
    (vietnam,) = special_days(date(2026, 9, 2), date(2026, 9, 2), ["VN"], "en")
    assert vietnam.name == "National Day"


def test_the_stores_tell_whose_holidays_matter(organization):
    assert countries_of([]) == ["CN"]
    stores = [
        make_store(organization, "a", platform="shopee", country="VN"),
        make_store(organization, "b"),
        make_store(organization, "c", platform="shopee", country="XX"),
    ]
    assert countries_of(stores) == ["CN", "VN"]


def test_days_are_told_in_brief():
    days = [date(2026, 11, day) for day in (3, 5, 6, 7, 9, 10)] + [
        date(2026, 11, 30),
        date(2026, 12, 1),
        date(2026, 12, 2),
    ]
    assert days_in_brief(days) == "11-03, 11-05…07, 11-09, 11-10, 11-30…12-02"


def test_a_month_row_is_made_once_however_often_it_is_written(organization, shifts, people):
    for _time in range(2):
        write_cells(organization, {(people[0].pk, NOVEMBER): "rest"}, moment("2026-10-20 12:00"))
    assert RosterMonth.objects.count() == 1
