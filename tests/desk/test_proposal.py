"""Rosters proposed: every rule checked by independent code, small cases worked out by hand, the big one timed."""

import random
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import translation

from desk.proposal import propose
from desk.proposal_source import read_task
from desk.proposal_task import Rules, Shift, Stretch, Task, Worker
from desk.proposal_words import explain
from desk.tasks import propose_roster
from team.models import Agent
from team.roster import write_cells
from team.roster_models import RosterRequest, ShiftKind
from tests.make import make_agent

DAY = timedelta(days=1)
DECEMBER = [date(2026, 12, 1) + DAY * number for number in range(31)]
WEEK = DECEMBER[:7]


def shift(number: int, name: str, starts: int, ends: int, wanted: int, stores=(1,)) -> Shift:
    hours = {}
    for offset in range(-20, 60):
        day = DECEMBER[0] + DAY * offset
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        hours[day] = (midnight + timedelta(minutes=starts), midnight + timedelta(minutes=ends))
    return Shift(number, name, ends, wanted, frozenset(stores), hours)


def early(wanted: int) -> Shift:
    return shift(1, "day", 510, 1050, wanted)


def late(wanted: int) -> Shift:
    return shift(3, "on duty", 1020, 1560, wanted)


def worker(number: int, name: str = "", stores=(1,), set=None, wishes=None) -> Worker:
    return Worker(number, name or f"P{number}", frozenset(stores), set or {}, wishes or {})


def check(task: Task, cells: dict) -> None:
    """The rules nobody may break, by plain loops over the finished roster."""
    shifts = {one.id: one for one in task.shifts}
    for person in task.workers:
        done = {day: what for day, what in person.set.items() if what in shifts}
        done |= {day: what for (who, day), what in cells.items() if who == person.id and what is not None}
        assert not set(person.set) & {day for who, day in cells if who == person.id}, "what is set stays"
        for day, what in done.items():
            follows = done.get(day + DAY)
            if follows:
                rest = shifts[follows].hours[day + DAY][0] - shifts[what].hours[day][1]
                assert rest >= timedelta(hours=task.rules.rest_hours), (person.name, day)
        for day in done:
            row = [day + DAY * n for n in range(task.rules.days_in_row + 1)]
            assert not all(one in done for one in row), (person.name, day, "days in a row")
            nights = [day + DAY * n for n in range(task.rules.nights_in_row + 1)]
            assert not all(shifts.get(done.get(one)) and shifts[done[one]].night for one in nights)
        for (who, _day), what in cells.items():
            if who == person.id and what is not None:
                assert person.stores & shifts[what].stores


def test_twenty_four_people_a_month_and_three_shifts_take_less_than_half_a_minute(capsys):
    chance = random.Random(4)
    shifts = [shift(1, "day", 510, 1050, 8, (1, 2, 3)), shift(2, "evening", 1020, 1440, 6, (1, 2, 3)),
              shift(3, "on duty", 1020, 1560, 4, (1, 2, 3))]  # fmt: skip
    people = [
        worker(n, stores=(1 + n % 3, 1 + (n + 1) % 3), wishes={chance.choice(DECEMBER): None},
               set={chance.choice(DECEMBER): "annual"} if n % 3 == 0 else {})
        for n in range(1, 25)
    ]  # fmt: skip
    task = Task(DECEMBER, shifts, people, Rules())
    started = time.perf_counter()
    found = propose(task)
    seconds = time.perf_counter() - started
    worked, nights, rests = Counter(), Counter(), Counter()
    for (who, _day), what in found.cells.items():
        worked[who] += what is not None
        nights[who] += what == 3
        rests[who] += what is None
    with capsys.disabled():
        print(f"\n24 people x 31 days x 3 shifts: {seconds:.1f} s, missing {sum(s.missing for s in found.shortages)},"
              f" days {min(worked.values())}-{max(worked.values())},"
              f" nights {min(nights.values())}-{max(nights.values())}, wishes broken {found.wishes_broken}")  # fmt: skip
    assert seconds < 30
    check(task, found.cells)
    assert min(rests.values()) >= 4
    assert max(nights.values()) - min(nights.values()) <= 2
    on = Counter((day, what) for (_who, day), what in found.cells.items() if what)
    short = sum(max(0, one.wanted - on[day, one.id]) for day in DECEMBER for one in shifts)
    assert short == sum(one.missing for one in found.shortages if one.what == "people") == 0


def test_the_same_task_gives_the_same_roster():
    task = Task(WEEK, [early(2), late(1)], [worker(n) for n in range(1, 6)], Rules(rest_days=1))
    first = propose(task)
    assert propose(task).cells == first.cells
    check(task, first.cells)


def test_what_is_set_stays_and_limits_what_is_proposed():
    # Ann worked late on 30 November: no day shift on the 1st. Bob's 6 days before the month are set: he rests first.
    ann = worker(1, "Ann", set={DECEMBER[0] - DAY: 3})
    bob = worker(2, "Bob", set={DECEMBER[0] - DAY * n: 1 for n in range(1, 7)} | {DECEMBER[2]: "sick"})
    task = Task(WEEK, [early(1), late(0)], [ann, bob], Rules(rest_days=1))
    found = propose(task)
    check(task, found.cells)
    assert (found.cells[1, WEEK[0]], found.cells[2, WEEK[0]]) == (None, None)
    assert (2, WEEK[2]) not in found.cells
    assert [(one.day, one.missing) for one in found.shortages if one.what == "people"] == [(WEEK[0], 1)]


def test_what_cannot_be_is_explained_person_by_person():
    sunday = date(2026, 12, 6)
    people = [
        worker(1, "A", set={sunday: "annual"}),
        worker(2, "B", set={sunday - DAY: 3}),
        worker(3, "C", set={sunday: "rest"}),
        worker(4, "D", stores=(2,)),
        worker(5, "E"),
    ]
    task = Task([sunday], [early(3), late(0)], people, Rules(rest_days=0))
    with translation.override("en"):
        [reason] = [one for one in explain(task, propose(task), {}) if one.day]
    assert reason.text == "Sunday 6: day needs 3, only 1 is free."
    assert reason.whys == [
        "A: is on leave", "B: has worked until 02:00", "C: has a rest day", "D: holds no seat there",
    ]  # fmt: skip


def test_wishes_stores_and_load_are_kept_where_they_can_be():
    wishes = {WEEK[0]: None, WEEK[1]: 3}
    people = [
        worker(1, stores=(1,), wishes=wishes),
        worker(2, stores=(1,)),
        worker(3, stores=(2,)),
        worker(4, stores=(1,)),
    ]
    both = shift(1, "day", 510, 1050, 1, (1, 2))
    noon = both.hours[WEEK[4]]
    task = Task(WEEK, [both, late(1)], people, Rules(rest_days=1), [Stretch(WEEK[4], *noon, people=3)])
    found = propose(task)
    check(task, found.cells)
    assert (found.cells[1, WEEK[0]], found.cells[1, WEEK[1]], found.wishes_broken) == (None, 3, 0)
    # Only the third holds a seat of store 2: on the shift each day but the one of rest.
    assert sum(found.cells[3, day] == 1 for day in WEEK) == 6
    assert [(one.what, one.store_id) for one in found.shortages] == [("store", 2)]
    assert sum(found.cells[n, WEEK[4]] == 1 for n in (1, 2, 3, 4)) == 3


def test_four_rest_days_each_come_before_everything_but_people():
    task = Task(DECEMBER, [early(1)], [worker(1), worker(2)], Rules(rest_days=4))
    found = propose(task)
    check(task, found.cells)
    assert found.shortages == []
    assert all(sum(found.cells[n, day] is None for day in DECEMBER) >= 4 for n in (1, 2))


@pytest.fixture
def planned(organization, store, scope):
    ShiftKind.objects.create(
        organization=organization, name="Early", starts_minutes=510, ends_minutes=1050, people_wanted=1
    )
    return [make_agent(organization, name, (store, f"s:{name}")) for name in ("ann", "bob")]


NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_the_task_is_read_from_roster_leave_wishes_and_seats(organization, store, planned):
    ann, bob = planned
    write_cells(organization, {(ann.pk, DECEMBER[4]): "sick", (ann.pk, DECEMBER[0] - DAY): "rest"}, NOW)
    Agent.objects.filter(pk=bob.pk).update(left_on=DECEMBER[29])
    asked = {"organization": organization, "made_at": NOW}
    RosterRequest.objects.create(agent=bob, kind="leave", entry_kind="annual", state="approved",
                                 since=DECEMBER[9], until=DECEMBER[10], **asked)  # fmt: skip
    RosterRequest.objects.create(
        agent=ann, kind="wish", entry_kind="rest", since=DECEMBER[1], until=DECEMBER[1], **asked
    )
    RosterRequest.objects.create(agent=ann, kind="wish", entry_kind="rest", state="refused",
                                 since=DECEMBER[2], until=DECEMBER[2], **asked)  # fmt: skip
    task = read_task(organization.pk, DECEMBER[0], [ann.pk, bob.pk], NOW)
    one, two = task.workers
    assert one.set == {DECEMBER[4]: "sick", DECEMBER[0] - DAY: "rest"}
    assert one.wishes == {DECEMBER[1]: None}
    assert two.set == {DECEMBER[9]: "annual", DECEMBER[10]: "annual", DECEMBER[30]: "away"}
    assert (one.stores, task.shifts[0].stores) == ({store.pk}, {store.pk})
    # People who are not to be planned, and days past, are not filled.
    others = read_task(organization.pk, DECEMBER[0], [ann.pk], datetime(2026, 12, 30, 4, tzinfo=UTC)).workers
    assert [day for day in DECEMBER if day not in others[0].set] == DECEMBER[29:]
    assert all(day in others[1].set for day in DECEMBER)


def test_the_background_task_leaves_its_result_for_whoever_asked(organization, planned):
    import time_machine

    with time_machine.travel(NOW, tick=False):
        state = propose_roster(organization.pk, "2026-12", [one.pk for one in planned], "proposal-test", "en")
    found = cache.get("proposal-test")
    assert (state, found["reasons"]) == ("done", [])
    assert len(found["cells"]) == 2 * 31
    ShiftKind.objects.update(people_wanted=0)
    assert propose_roster(organization.pk, "2026-12", [planned[0].pk], "proposal-test", "en") == "failed"
