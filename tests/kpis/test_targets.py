"""Targets: divided to the cent, forecast by weekdays, read back, kept in every version."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.apps import apps
from django.test import Client

from kpis.forecast import forecast, weekday_means
from kpis.models import STORE, AgentDay
from kpis.months import month_end
from kpis.refresh import refresh_store
from kpis.target_models import AgentTarget, Division, StoreTarget
from kpis.target_progress import progress_of
from kpis.targets import NotDivisible, divided, people_of, set_targets, target_of, weights_of
from team.models import Agent, Seat, SeatAssignment
from team.roster_models import RosterEntry, ShiftKind
from tenants.audit_models import AuditEntry
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store, write_chat, write_order

MONTH = date(2026, 11, 1)
NO_SERVICE = {"service": {}, "division": Division.EQUAL}


# Dividing
@pytest.mark.parametrize(
    ("amount", "weights", "currency", "parts"),
    [
        ("100", {1: 1, 2: 1, 3: 1}, "CNY", {1: "33.34", 2: "33.33", 3: "33.33"}),
        ("100", {1: 1, 2: 1, 3: 1}, "VND", {1: "34", 2: "33", 3: "33"}),
        # 4/7, 2/7, 1/7 of 10: 5.7143, 2.8571, 1.4286; the two units go to those cut most, 3 (.0086) and 2 (.0071).
        ("10", {1: 4, 2: 2, 3: 1}, "CNY", {1: "5.71", 2: "2.86", 3: "1.43"}),
        ("50000", {1: D("300"), 2: 0, 3: D("100")}, "CNY", {1: "37500.00", 2: "0.00", 3: "12500.00"}),
        ("0.01", {1: 1, 2: 1}, "CNY", {1: "0.01", 2: "0.00"}),
    ],
)
def test_parts_are_in_proportion_and_add_up_to_the_smallest_unit(amount, weights, currency, parts):
    found = divided(D(amount), weights, currency)
    assert found == {pk: D(part) for pk, part in parts.items()}
    assert sum(found.values()) == D(amount)


def test_a_random_division_always_adds_up():
    for number in range(1, 60):
        weights = {pk: (pk * 7919 * number) % 13 for pk in range(1, 1 + number % 9 + 1)}
        weights[99] = 1
        amount = D(number * 1009 % 9973) + D(number) / 100
        parts = divided(amount, weights, "CNY")
        assert sum(parts.values()) == amount
        total = sum(weights.values())
        assert all(abs(parts[pk] - amount * weights[pk] / total) < D("0.01") for pk in weights)


# Forecast
def test_the_forecast_worked_out_by_hand():
    """November 2026 begins on a Sunday. Sales of 100 on each day, Saturdays 300, for the eight weeks to the 10th; the
    10th (Tuesday, not over) has 40 so far: it counts as 100, the mean of Tuesdays."""
    reach = date(2026, 11, 10)
    amounts = {}
    for offset in range(1, 57):
        day = reach - timedelta(days=offset)
        amounts[day] = D(300) if day.weekday() == 5 else D(100)
    amounts[reach] = D(40)
    told = forecast(amounts, MONTH, month_end(MONTH), reach, first=date(2026, 1, 1))
    # 1–9 November: 8 × 100 + Saturday the 7th; 40 on the 10th.
    assert told.achieved == 8 * 100 + 300 + 40
    # The 10th to the 30th are 21 days, three of them Saturdays (14, 21, 28).
    assert told.total == (8 * 100 + 300) + 18 * 100 + 3 * 300
    assert told.achieved_by_day[8:11] == [D(1100), D(1140), None]
    assert told.expected_by_day[8:11] == [None, D(1200), D(1300)]
    assert told.expected_by_day[-1] == told.total
    # More than the mean already: it counts as it is.
    amounts[reach] = D(500)
    more = forecast(amounts, MONTH, month_end(MONTH), reach, first=date(2026, 1, 1))
    assert more.total == told.total + 400


def test_a_mean_counts_days_without_sales_and_none_before_the_first():
    reach = date(2026, 11, 10)
    mondays = [reach - timedelta(days=1 + 7 * week) for week in range(8)]
    amounts = {mondays[0]: D(80), mondays[3]: D(160)}
    assert weekday_means(amounts, reach, date(2026, 1, 1))[0] == D(30)  # 240 over 8 Mondays
    assert weekday_means(amounts, reach, mondays[3])[0] == D(60)  # 240 over 4
    # What is older than eight weeks says nothing.
    amounts[mondays[0] - timedelta(weeks=8)] = D(8000)
    assert weekday_means(amounts, reach, date(2026, 1, 1))[0] == D(30)


def test_a_month_that_is_over_one_to_come_and_one_without_data():
    over = forecast({date(2026, 11, 3): D(70)}, MONTH, month_end(MONTH), date(2026, 12, 5), date(2026, 1, 1))
    assert (over.achieved, over.total) == (70, 70)
    every_day = {date(2026, 10, 1) - timedelta(days=offset): D(10) for offset in range(90)}
    ahead = forecast(every_day, MONTH, month_end(MONTH), date(2026, 10, 1), date(2026, 1, 1))
    assert (ahead.achieved, ahead.total) == (0, 300)
    assert forecast({}, MONTH, month_end(MONTH), None, None).total is None
    # Known since the day before: only that weekday has a mean, so nothing can be said of the month.
    young = forecast(
        {date(2026, 11, 9): D(10)}, MONTH, month_end(MONTH), date(2026, 11, 10), date(2026, 11, 9)
    )
    assert (young.achieved, young.total) == (10, None)


# Setting and reading
@pytest.fixture
def team(organization, store) -> list[Agent]:
    return [make_agent(organization, name, (store, f"s:{name}")) for name in ("Ann", "Bob")]


@pytest.fixture
def in_scope(organization):
    with organization_scope(organization.pk):
        yield


def test_only_those_who_hold_a_seat_in_the_month_take_part(organization, store, team, in_scope):
    ann, bob = team
    make_agent(organization, "Later", (store, "s:later"), since=date(2026, 12, 1))
    make_agent(organization, "Elsewhere", (make_store(organization, "tb2"), "s:x"))
    SeatAssignment.objects.filter(agent=bob).update(until=MONTH)
    assert people_of(store, MONTH) == [ann, bob]
    SeatAssignment.objects.filter(agent=bob).update(until=date(2026, 10, 31))
    assert people_of(store, MONTH) == [ann]
    Agent.objects.filter(pk=ann.pk).update(left_on=date(2026, 10, 31))
    assert people_of(store, MONTH) == []
    with pytest.raises(NotDivisible):
        set_targets(store, MONTH, sales=D(100), **NO_SERVICE)


def test_by_last_months_share(store, team, in_scope):
    ann, bob = team
    with pytest.raises(NotDivisible):
        weights_of(store, MONTH, Division.SHARE, team)
    for number, (name, amount, day) in enumerate(
        [("Ann", "300", "2026-10-01"), ("Bob", "100", "2026-10-31"), ("Bob", "900", "2026-11-01")]
    ):
        write_chat(
            store,
            f"b{number}",
            f"s:{name}",
            ("in", f"{day} 10:00:00", "在"),
            ("out", f"{day} 10:00:09", "在"),
        )
        times = {"created_at": f"{day} 10:01:00", "paid_at": f"{day} 10:02:00"}
        write_order(store, f"O{number}", buyer=f"b{number}", paid_amount=amount, **times)
    refresh_store(store, whole=True)
    assert weights_of(store, MONTH, Division.SHARE, team) == {ann.pk: D(300), bob.pk: D(100)}
    parts = set_targets(store, MONTH, sales=D(50000), service={}, division=Division.SHARE)
    assert parts == {ann.pk: D("37500.00"), bob.pk: D("12500.00")}


def test_by_working_days_of_the_published_roster(organization, store, team, in_scope):
    ann, bob = team
    with pytest.raises(NotDivisible):
        weights_of(store, MONTH, Division.DAYS, team)
    hours = {"starts_at": datetime(2026, 11, 1, tzinfo=UTC), "ends_at": datetime(2026, 11, 1, 9, tzinfo=UTC)}

    def shift(name, store_ids):
        return ShiftKind.objects.create(
            organization=organization, name=name, starts_minutes=480, ends_minutes=1020, store_ids=store_ids
        )

    here, everywhere, elsewhere = shift("here", [store.pk]), shift("all", []), shift("other", [store.pk + 1])

    def enter(agent, day, kind, published=True):
        values = {"kind": "work", "shift": kind, **hours} if kind else {"kind": "rest"}
        RosterEntry.objects.create(
            organization=organization, agent=agent, day=day, published=published, **values
        )

    for number, kind in enumerate([here, everywhere, here, elsewhere, None], 1):
        enter(ann, date(2026, 11, number), kind)
    enter(bob, date(2026, 11, 30), here)
    enter(bob, date(2026, 11, 29), here, published=False)
    enter(bob, date(2026, 12, 1), here)
    assert weights_of(store, MONTH, Division.DAYS, team) == {ann.pk: 3, bob.pk: 1}


def test_by_hand_must_add_up(store, team, in_scope):
    ann, bob = team
    by_hand = {ann.pk: D("60.01"), bob.pk: D("39.98")}
    with pytest.raises(ValueError, match=r"99\.99 are not 100"):
        set_targets(store, MONTH, sales=D(100), service={}, division=Division.HAND, by_hand=by_hand)
    assert not StoreTarget.objects.exists()
    by_hand[bob.pk] = D("39.99")
    assert (
        set_targets(store, MONTH, sales=D(100), service={}, division=Division.HAND, by_hand=by_hand)
        == by_hand
    )


def test_an_agents_targets_over_stores_and_currencies(organization, store, team, in_scope):
    ann, _bob = team
    second = make_store(organization, "tb2")
    vietnam = make_store(organization, "vn", currency="VND", time_zone="Asia/Ho_Chi_Minh")
    third = make_agent(organization, "Cy", (second, "s:cy"))
    for place in (second, vietnam):
        seat = Seat.objects.create(organization=organization, store=place, name="s:ann2")
        SeatAssignment.objects.create(organization=organization, seat=seat, agent=ann, since=date.min)
    set_targets(store, MONTH, sales=D(100), service={"three_minute_rate": D("0.9")}, division=Division.EQUAL)
    service = {"three_minute_rate": D("0.95"), "average_first_response_seconds": D(40)}
    set_targets(second, MONTH, sales=D(60), service=service, division=Division.EQUAL)
    set_targets(
        vietnam, MONTH, sales=None, service={"average_first_response_seconds": D(30)}, division=Division.EQUAL
    )
    aims = target_of(ann.pk, MONTH)
    assert aims.sales == {"CNY": D("80.00")}  # half of 100 and half of 60
    assert aims.service("three_minute_rate") == D("0.95")
    assert aims.service("average_first_response_seconds") == 30
    assert aims.service("conversion_final") is None
    assert target_of(third.pk, MONTH).sales == {"CNY": D(30)}
    assert target_of(ann.pk, date(2026, 12, 1)).stores == []


def test_every_version_is_kept_and_saving_the_same_is_none(store, team, in_scope):
    store_events, agent_events = (
        apps.get_model("kpis", f"{name}Event") for name in ("StoreTarget", "AgentTarget")
    )
    for sales in (D(100), D(100), D(120)):
        set_targets(store, MONTH, sales=sales, **NO_SERVICE)
    assert list(store_events.objects.order_by("pgh_id").values_list("pgh_label", "sales")) == [
        ("insert", 100), ("update", 120),
    ]  # fmt: skip
    assert agent_events.objects.filter(pgh_label="update", sales=60).count() == 2
    set_targets(store, MONTH, sales=None, **NO_SERVICE)
    assert not AgentTarget.objects.exists()
    assert agent_events.objects.filter(pgh_label="delete").count() == 2


def test_progress_takes_the_same_figures_as_the_pages(store, team, in_scope):
    ann, bob = team
    write_chat(store, "b", "s:Ann", ("in", "2026-11-03 10:00:00", "在"), ("out", "2026-11-03 10:00:30", "在"))
    write_order(
        store,
        "O1",
        buyer="b",
        paid_amount="40",
        created_at="2026-11-03 10:01:00",
        paid_at="2026-11-03 10:02:00",
    )
    write_order(
        store, "O2", paid_amount="10", created_at="2026-11-04 10:01:00", paid_at="2026-11-04 10:02:00"
    )
    refresh_store(store, whole=True)
    service = {"average_first_response_seconds": D(20), "three_minute_rate": D(1)}
    set_targets(store, MONTH, sales=D(100), service=service, division=Division.EQUAL)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    lines = {line.agent_id: line for line in progress_of([store], MONTH, now, None)}
    assert lines.keys() == {STORE, ann.pk, bob.pk}
    assert [(lines[pk].sales, lines[pk].target, lines[pk].reached) for pk in (STORE, ann.pk, bob.pk)] == [
        (50, 100, 0.5), (40, 50, 0.8), (0, 50, 0.0),
    ]  # fmt: skip
    # The data reaches to the 4th, whatever today is.
    assert lines[STORE].forecast.reach == date(2026, 11, 4)
    assert lines[ann.pk].service_figure("average_first_response_seconds") == 30
    assert lines[ann.pk].meets("average_first_response_seconds") is False
    assert lines[ann.pk].meets("three_minute_rate") is True
    assert lines[bob.pk].meets("three_minute_rate") is None
    assert AgentDay.objects.filter(agent_id=STORE).count() == 2


# Pages
def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_the_form_divides_and_says_what_does_not_add_up(organization, store, team, supervisor):
    ann, bob = team
    client, page = client_of(supervisor), "/yunfan/targets/tb1/set/?month=2026-11"
    wrong = {"sales": "100", "division": "hand", f"part-{ann.pk}": "60", f"part-{bob.pk}": "30"}
    refused = client.post(page, wrong).content.decode()
    assert "The parts add up to 90, the target is 100." in refused
    assert (
        "published for this month" in client.post(page, {"sales": "9", "division": "days"}).content.decode()
    )
    right = wrong | {f"part-{bob.pk}": "40", "three_minute_rate": "90.5"}
    assert client.post(page, right)["Location"] == "/yunfan/targets/tb1/?month=2026-11"
    with organization_scope(organization.pk):
        target = StoreTarget.objects.get()
        assert (target.sales, target.three_minute_rate, target.division) == (100, D("0.905"), "hand")
        entry = AuditEntry.objects.get(verb="targets_set")
        assert entry.details["new"]["parts"] == {str(ann.pk): "60.00", str(bob.pk): "40.00"}
    again = client.get(page).content.decode()
    assert 'value="90.5"' in again
    assert 'value="60.00"' in again


def test_an_agent_sees_the_own_part_and_nobody_elses(organization, store, team):
    ann, _bob = team
    with organization_scope(organization.pk):
        by_hand = {team[0].pk: D(61), team[1].pk: D(39)}
        set_targets(store, MONTH, sales=D(100), service={}, division=Division.HAND, by_hand=by_hand)
    client = client_of(make_member(organization, "agent", agent_id=ann.pk))
    for path in ("/yunfan/targets/?month=2026-11", "/yunfan/targets/tb1/?month=2026-11"):
        for page in (client.get(path), client.get(f"{path}&file=csv")):
            text = page.content.decode()
            assert "61" in text, path
            for secret in ("Bob", "¥39", "39.00", "¥100", "100.00"):
                assert secret not in text, (path, secret)
    assert client.get("/yunfan/targets/tb1/set/?month=2026-11").status_code == 403


def test_the_file_holds_what_the_page_shows(organization, store, team, supervisor):
    with organization_scope(organization.pk):
        set_targets(store, MONTH, sales=D(100), **NO_SERVICE)
    text = (
        client_of(supervisor).get("/yunfan/targets/tb1/?month=2026-11&file=csv").content.decode("utf-8-sig")
    )
    rows = [line.split(",") for line in text.splitlines()]
    assert [row[:3] for row in rows[1:]] == [["Ann", "50.00", "0"], ["Bob", "50.00", "0"]]
