"""Platform points: what is taken, expected and given back, and what is left of a period's allowance."""

from datetime import date
from decimal import Decimal

import pytest

from orders.service_models import Promise
from policies import points
from policies.penalty_models import Period, PointAllowance, PointEntry, PointState
from policies.point_allowances import DEFAULTS, gauges, period_of
from stores.models import Platform
from tests.make import at, make_store, write_order
from tests.policies.penalties import DAY, NOW, a_violation, verified

pytestmark = pytest.mark.usefixtures("english")
D = Decimal


def by_hand(store, user, number, day=DAY, **said):
    told = {
        "reason": "平台通知",
        "rule": None,
        "order_id": None,
        "complaint_id": None,
        "user": user,
        "now": NOW,
    }
    return points.by_hand(store, D(number), day, **told | said)


def test_a_year_and_a_quarter_and_a_quarter_from_its_first_monday():
    assert period_of(Period.YEAR, date(2026, 11, 9)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_of(Period.QUARTER, date(2026, 11, 9)) == (date(2026, 10, 1), date(2026, 12, 31))
    # 1 October 2026 is a Thursday, the first Monday is the 5th; 1 January 2027 a Friday, the first Monday the 4th.
    assert period_of(Period.QUARTER_MONDAY, date(2026, 11, 9)) == (date(2026, 10, 5), date(2027, 1, 3))
    assert period_of(Period.QUARTER_MONDAY, date(2026, 10, 4)) == (date(2026, 7, 6), date(2026, 10, 4))
    assert period_of(Period.QUARTER_MONDAY, date(2027, 1, 3)) == (date(2026, 10, 5), date(2027, 1, 3))
    # A quarter that begins on a Monday: 1 July 2030.
    assert period_of(Period.QUARTER_MONDAY, date(2030, 7, 1))[0] == date(2030, 7, 1)


def test_only_what_a_source_states_has_steps_and_none_is_verified():
    assert [at for at, _text in DEFAULTS[Platform.SHOPEE].tiers] == [3, 6, 9, 12, 15]
    for platform in (Platform.TAOBAO, Platform.TMALL, Platform.JD):
        assert DEFAULTS[platform].tiers == ()
        assert DEFAULTS[platform].most is None
    assert all(one.verified_on is None for one in DEFAULTS.values())


def test_the_gauge_says_what_is_left_and_what_the_next_step_is(scope, organization, owner):
    shop = make_store(organization, "sp1", platform="shopee", time_zone="Asia/Taipei", currency="TWD")
    taobao = make_store(organization, "tb9")
    by_hand(shop, owner, "4")
    by_hand(shop, owner, "2.5", date(2026, 10, 4))  # the quarter before
    by_hand(taobao, owner, "6", date(2026, 1, 1))
    points.points_for(a_violation(shop, None, verified(shop, "conduct-left", points=D(3))), owner, NOW)
    left, other = gauges([shop, taobao], NOW)
    assert (left.taken, left.expected, left.left, left.next_at, left.to_next) == (
        D(4),
        D(3),
        D(11),
        D(6),
        D(2),
    )
    assert left.reached
    assert left.percent == 26
    assert (other.taken, other.left, other.next_at) == (D(6), None, None)
    PointAllowance.objects.create(
        organization=organization,
        platform="taobao",
        period=Period.YEAR,
        tiers=[["12", "限制"], ["48", "查封"]],
    )
    (other,) = gauges([taobao], NOW)
    assert (other.left, other.next_at, other.next_text, other.reached) == (D(42), D(12), "限制", "")
    # Its own row stands over the platform's.
    PointAllowance.objects.create(
        organization=organization, platform="taobao", store=taobao, period=Period.QUARTER, tiers=[["5", "x"]]
    )
    (other,) = gauges([taobao], NOW)
    assert (other.taken, other.left) == (D(0), D(5))


def test_points_by_hand_need_a_reason_a_day_that_was_and_a_number(scope, store, owner):
    for wrong in (
        {"reason": " "},
        {"number": "0"},
        {"number": "101"},
        {"day": date(2026, 11, 11)},
        {"order_id": "NO"},
    ):
        with pytest.raises(ValueError, match=r"reason|Points are|still to come|no such order"):
            by_hand(store, owner, **{"number": "6"} | wrong)
    entry = by_hand(store, owner, "6")
    assert (entry.state, entry.decrypted("words")) == (PointState.BOOKED, "平台通知")


def test_an_appeal_with_the_platform_gives_points_back(scope, store, owner):
    entry = by_hand(store, owner, "6")
    assert points.appeal(entry, owner, NOW, "已提交凭证")
    assert not points.appeal(entry, owner, NOW, "已提交凭证")
    assert gauges([store], NOW)[0].taken == D(6)
    with pytest.raises(ValueError, match="between 0 and"):
        points.answered(entry, D(7), owner, NOW, "?")
    assert points.answered(entry, D(2), owner, NOW, "部分成立")
    assert (entry.points, entry.latest, entry.state) == (D(6), D(2), PointState.GIVEN_BACK)
    assert gauges([store], NOW)[0].taken == D(2)
    refused = by_hand(store, owner, "3")
    points.appeal(refused, owner, NOW, "申诉")
    points.answered(refused, D(3), owner, NOW, "不成立")
    assert (refused.state, refused.latest) == (PointState.BOOKED, D(3))
    with pytest.raises(ValueError, match="cannot be done any more"):
        points.answered(refused, D(0), owner, NOW, "?")


def test_a_violation_s_points_are_expected_until_the_platform_takes_them(scope, store, owner):
    violation = a_violation(store, None, verified(store, "conduct-left", points=D(12)))
    entry = points.points_for(violation, owner, NOW)
    assert points.points_for(violation, owner, NOW).pk == entry.pk
    assert points.withdraw_for(violation, owner, NOW).state == PointState.WITHDRAWN
    assert points.withdraw_for(violation, owner, NOW) is None
    again = points.points_for(violation, owner, NOW)
    assert (again.pk, again.state) == (entry.pk, PointState.EXPECTED)
    assert points.taken(again, D(6), owner, NOW)
    assert not points.taken(again, None, owner, NOW)
    # What the platform took stays, whatever we think of the violation.
    assert points.withdraw_for(violation, owner, NOW) is None
    assert (PointEntry.objects.get().state, PointEntry.objects.get().points) == (PointState.BOOKED, D(6))
    assert (
        points.points_for(a_violation(store, None, violation.version, "m2", points=None), owner, NOW) is None
    )


def test_broken_promises_bring_their_points_and_take_them_back(scope, store, owner):
    write_order(store, "O1", buyer="阿月", created_at="2026-11-01 09:00:00", paid_at="2026-11-01 09:01:00")
    promise = Promise.objects.create(
        organization_id=store.organization_id, store=store, order_id="O1", kind="courier",
        promised_at=at("2026-11-01 09:02:00"), due_at=at("2026-11-03 18:00:00"), made_at=NOW,
    )  # fmt: skip
    assert points.from_promises(NOW) == 0
    Promise.objects.filter(pk=promise.pk).update(
        state="broken", points=D(6), settled_at=at("2026-11-04 09:00:00")
    )
    assert points.from_promises(NOW) == 1
    assert points.from_promises(NOW) == 0
    entry = PointEntry.objects.get()
    assert (entry.points, entry.day, entry.order_id, entry.state) == (
        D(6),
        date(2026, 11, 4),
        "O1",
        PointState.BOOKED,
    )
    Promise.objects.filter(pk=promise.pk).update(points=D(3))
    assert points.from_promises(NOW) == 1
    assert PointEntry.objects.get().points == D(3)
    Promise.objects.filter(pk=promise.pk).update(state="open", points=None)
    assert points.from_promises(NOW) == 1
    assert PointEntry.objects.get().state == PointState.WITHDRAWN
