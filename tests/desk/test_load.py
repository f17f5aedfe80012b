"""Questions by hour, what is expected of days to come, and people against it; figures by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.coverage import coverage, people_needed
from desk.load import (
    Expected,
    actual_load,
    expected_load,
    extraordinary_days,
    refresh_load,
    refresh_stale_load,
    spans,
)
from desk.models import StoreHour
from kpis.refresh import refresh_store
from team.roster import write_cells
from team.roster_models import ShiftKind
from tests.make import make_agent, make_store, write_chat

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
CN = ZoneInfo("Asia/Shanghai")


def ask(store, *instants: str, seat: str = "s:ann") -> None:
    """A buyer for each instant who asks then and is answered half a minute later, but for the last."""
    for place, instant in enumerate(instants):
        said = datetime.fromisoformat(instant)
        lines = [("in", str(said), "在吗")]
        if place < len(instants) - 1:
            lines.append(("out", str(said + timedelta(seconds=30)), "在"))
        write_chat(store, f"{store.code}{instant}", seat, *lines)
    refresh_store(store, whole=True)


def hours(store) -> list[tuple]:
    rows = StoreHour.objects.filter(store=store).order_by("starts_at")
    return [(str(one.day), one.hour, one.rounds, one.buyers, one.unanswered_rounds) for one in rows]


def put(store, day: str, hour: int, rounds: int) -> None:
    zone = ZoneInfo(store.time_zone)
    starts_at = datetime.combine(date.fromisoformat(day), datetime.min.time(), zone) + timedelta(hours=hour)
    StoreHour.objects.create(
        organization_id=store.organization_id, store=store, day=date.fromisoformat(day), starts_at=starts_at,
        hour=hour, rounds=rounds, buyers=rounds, unanswered_rounds=0,
    )  # fmt: skip


def refreshed(store, since=None, until=None) -> int:
    with connection.cursor() as cursor:
        return refresh_load(cursor, store, since, until)


def test_questions_are_counted_by_the_hour_of_the_store(store, scope):
    make_agent(store.organization, "ann", (store, "s:ann"))
    ask(store, "2026-11-02 09:00:00", "2026-11-02 09:59:59", "2026-11-02 10:00:00", "2026-11-03 00:10:00")
    assert refreshed(store) == 3
    assert hours(store) == [
        ("2026-11-02", 9, 2, 2, 0),
        ("2026-11-02", 10, 1, 1, 0),
        ("2026-11-03", 0, 1, 1, 1),
    ]
    assert refreshed(store) == 0


def test_only_the_days_asked_for_change(store, scope):
    ask(store, "2026-11-02 09:00:00", "2026-11-03 09:00:00", "2026-11-04 09:00:00")
    assert refreshed(store, date(2026, 11, 3), date(2026, 11, 3)) == 1
    assert [row[0] for row in hours(store)] == ["2026-11-03"]
    assert refresh_stale_load(store.organization_id) == 2
    StoreHour.objects.filter(day=date(2026, 11, 4)).update(rounds=7)
    put(store, "2026-11-20", 9, 3)
    assert refresh_stale_load(store.organization_id) == 2
    assert [(row[0], row[2]) for row in hours(store)] == [
        ("2026-11-02", 1),
        ("2026-11-03", 1),
        ("2026-11-04", 1),
    ]
    assert refresh_stale_load(store.organization_id) == 0


def test_a_repeated_hour_has_two_instants_and_a_cut_hour_two_days(organization, scope):
    london = make_store(organization, "uk1", time_zone="Europe/London", currency="GBP", day_cut_minutes=90)
    # 25 October 2026: 01:40 BST (08:40 in Shanghai), 01:40 GMT (09:40); on the 26th 01:10 and 01:50 around the cut.
    ask(london, "2026-10-25 08:40:00", "2026-10-25 09:40:00", "2026-10-26 09:10:00", "2026-10-26 09:50:00")
    refreshed(london)
    rows = StoreHour.objects.order_by("starts_at", "day").values_list("day", "hour", "starts_at", "rounds")
    assert [(str(day), hour, instant.isoformat()[:16], n) for day, hour, instant, n in rows] == [
        ("2026-10-25", 1, "2026-10-25T00:00", 1),
        ("2026-10-25", 1, "2026-10-25T01:00", 1),
        ("2026-10-25", 1, "2026-10-26T01:00", 1),
        ("2026-10-26", 1, "2026-10-26T01:00", 1),
    ]


def test_expected_is_the_mean_of_the_last_four_ordinary_days_of_the_weekday(store, scope):
    # Wednesdays; 11 November is a shopping festival, 28 October a fifth one back that no longer counts.
    for day, rounds in (("2026-10-21", 100), ("2026-10-28", 6), ("2026-11-04", 8), ("2026-11-11", 900),
                        ("2026-11-18", 10), ("2026-11-25", 20)):  # fmt: skip
        put(store, day, 10, rounds)
    found = expected_load([store], date(2026, 11, 30))[store.pk]
    assert [str(day) for day in found.days[2]] == ["2026-11-25", "2026-11-18", "2026-11-04", "2026-10-28"]
    assert found.hours[2][10] == (6 + 8 + 10 + 20) / 4
    # Thursdays within the data were silent.
    assert (len(found.days[3]), found.hours[3][10]) == (4, 0)


def test_holidays_and_the_weekends_worked_for_them_are_no_ordinary_days(store):
    found = extraordinary_days(store, date(2026, 10, 1), date(2026, 10, 31))
    assert {date(2026, 10, 1), date(2026, 10, 10)} <= found  # National Day, and the Saturday worked for it
    assert date(2026, 10, 14) not in found


def test_load_of_three_countries_adds_up_in_the_readers_hours(organization, store, scope):
    vietnam = make_store(organization, "vn1", time_zone="Asia/Ho_Chi_Minh", currency="VND")
    india = make_store(organization, "in1", time_zone="Asia/Kolkata", currency="INR")
    # Monday 10:00 in Shanghai is 09:00 in Saigon and 07:30 in Kolkata.
    expected = {
        store.pk: Expected(CN, _week(0, {10: 30}), {}),
        vietnam.pk: Expected(ZoneInfo("Asia/Ho_Chi_Minh"), _week(0, {9: 12, 10: 99}), {}),
        india.pk: Expected(ZoneInfo("Asia/Kolkata"), _week(0, {7: 8, 8: 20}), {}),
    }
    ten = datetime(2026, 11, 30, 10, tzinfo=CN)
    assert [one.within(ten) for one in expected.values()] == [30, 12, 8 * 0.5 + 20 * 0.5]
    put(store, "2026-11-23", 10, 5)
    put(vietnam, "2026-11-23", 9, 7)
    instant = datetime(2026, 11, 23, 10, tzinfo=CN)
    assert actual_load([store, vietnam], instant, instant + timedelta(hours=1)) == {instant: 12}


def _week(weekday: int, said: dict[int, float]) -> list[list[float]]:
    week = [[0.0] * 24 for _ in range(7)]
    for hour, load in said.items():
        week[weekday][hour] = load
    return week


@pytest.mark.parametrize(
    ("load", "people"), [(0, 0), (3.9, 0), (4.1, 1), (40, 1), (44, 1), (44.1, 2), (80, 2)]
)
def test_a_tenth_of_a_persons_work_calls_nobody(load, people):
    assert people_needed(load, 40) == people


def test_neighbouring_days_are_one_stretch():
    days = [date(2026, 11, day) for day in (1, 2, 3, 7, 9, 10)]
    assert [(a.day, b.day) for a, b in spans(days)] == [(1, 3), (7, 7), (9, 10)]


def test_coverage_sets_people_against_load_hour_by_hour(organization, store, scope):
    ann = make_agent(organization, "ann", (store, "s:ann"))
    bob = make_agent(organization, "bob", (store, "s:bob"))
    stranger = make_agent(organization, "no seat here")
    day_shift = ShiftKind.objects.create(
        organization=organization, name="d", starts_minutes=510, ends_minutes=1050
    )
    night = ShiftKind.objects.create(
        organization=organization, name="n", starts_minutes=1020, ends_minutes=1560
    )
    first, second = date(2026, 12, 1), date(2026, 12, 2)
    cells = {
        (ann.pk, first): f"s{day_shift.pk}",
        (bob.pk, first): f"s{night.pk}",
        (stranger.pk, first): f"s{night.pk}",
    }
    write_cells(organization, cells, NOW)
    for week in (3, 10, 17, 24):
        put(store, f"2026-11-{week:02}", 8, 90)
        put(store, f"2026-11-{week:02}", 18, 30)
    found = coverage([store], [first, second], CN, 40, NOW)
    by_hour = {hour.hour: hour for hour in found[0].hours}
    # Tuesday 08:00: 90 questions need 3 people (90/40 − 0.1, rounded up); from 08:30 one is on: 2.5 are missing.
    assert (by_hour[8].load, by_hour[8].needed, by_hour[8].people, by_hour[8].short) == (90, 3, 0.5, True)
    assert (by_hour[17].people, by_hour[18].people, by_hour[18].needed, by_hour[18].short) == (
        1.5,
        1,
        1,
        False,
    )
    assert found[0].missing == 2.5
    # The night reaches into the next day until 02:00.
    assert [hour.people for hour in found[1].hours[:3]] == [1, 1, 0]
    assert coverage([store], [first], CN, 40, NOW, drafts=False)[0].hours[12].people == 0


def test_coverage_of_days_past_tells_what_was_asked_and_a_changed_clock_has_its_hours(organization, scope):
    london = make_store(organization, "uk1", time_zone="Europe/London", currency="GBP")
    put(london, "2026-10-25", 12, 41)
    found = coverage([london], [date(2026, 10, 25)], ZoneInfo("Europe/London"), 40, NOW)[0]
    assert len(found.hours) == 25
    assert [hour.hour for hour in found.hours][:4] == [0, 1, 1, 2]
    assert sum(hour.load for hour in found.hours if hour.known) == 41


def test_a_month_of_coverage_asks_the_same_however_much_there_is(organization, store, scope):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            coverage([store], [date(2026, 12, day) for day in range(1, 32)], CN, 40, NOW)
        return len(asked)

    few = count()
    for day in range(2, 28):
        put(store, f"2026-11-{day:02}", 9, 3)
    assert count() == few <= 5
