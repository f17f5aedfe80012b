"""Fines from facts: what each source finds, by figures worked out by hand.

Shanghai's clock (UTC+8). Ann is on line on 3 November from 09:00 to 17:00 unless said.
"""

from datetime import date, timedelta

import pytest

from desk.conduct_facts import CONDUCT_SOURCES
from desk.fine_presence import Presence
from desk.fine_sources import FINE_SOURCES
from desk.models import Attendance, AttendanceCorrection, FollowUp, FollowUpEvent
from kpis.refresh import refresh_store
from orders.complaint_models import ReviewHandling
from orders.models import Order, Review
from orders.remark_formats import as_json, default_fields
from orders.remark_models import ProductionStep, Remark, RemarkFormat
from policies.fine_library import CONDUCT, FINES
from stores.models import Buyer
from tests.desk.fine_day import DAY, NOW, chat, look, on_line
from tests.make import at, make_agent, make_member, write_chat, write_order
from tests.orders.remark_world import an_order, write


@pytest.fixture
def ann(organization, store):
    return make_agent(organization, "Ann", (store, "s:ann"))


def told(source: str, *names: str, **settings) -> list[tuple]:
    """What a source finds, sorted: the agent and then the named fields or facts."""
    rows = FINE_SOURCES[source](look(**settings))
    return sorted(tuple(getattr(row, n, row.facts.get(n)) for n in ("agent_id", *names)) for row in rows)


def test_every_rule_about_facts_names_a_source_there_is_and_every_source_has_a_rule():
    assert {one.detector for one in FINES if one.detector} == set(FINE_SOURCES)
    assert {one.detector for one in CONDUCT} == set(CONDUCT_SOURCES)


def test_presence_is_of_the_shift_the_question_came_in():
    def hour(n):
        return at("2026-11-03 00:00:00") + timedelta(hours=n)

    presence = Presence(
        {1: {DAY: [(hour(9), hour(12)), (hour(13), hour(17))], date(2026, 11, 4): [(hour(33), hour(41))]}}
    )
    # 11:00 to 14:30 without the hour off; the next day's hours do not count.
    assert presence.minutes(1, hour(11), hour(14.5)) == 150
    assert presence.minutes(1, hour(16), hour(40)) == 60
    assert presence.minutes(1, hour(12.5), hour(14)) == 0
    assert presence.was_there(1, hour(9))
    assert not presence.was_there(1, hour(12))
    assert not presence.was_there(2, hour(9))


def test_more_than_three_slow_answers_in_a_month_are_one_fine(scope, organization, store, ann):
    """Five answers: 120 s is in time; 121 s, 200 s, 300 s, 400 s are slow: four, one beyond the three that are free.
    One more, asked at 08:59 before she came, does not count; nor a slow thank-you."""
    on_line(ann)
    for n, seconds in enumerate((120, 121, 200, 300, 400)):
        answered = at(f"2026-11-03 1{n}:00:00") + timedelta(seconds=seconds)
        chat(store, f"b{n}", ("in", f"1{n}:00:00", "多少钱？"), ("out", f"{answered:%H:%M:%S}", "一百"))
    chat(store, "early", ("in", "08:59:00", "在吗？"), ("out", "09:05:00", "在"))
    chat(store, "polite", ("in", "15:00:00", "谢谢"), ("out", "15:09:00", "不客气"))
    refresh_store(store, whole=True)
    assert told("slow_answers", "misses", "key", "day") == [(ann.pk, 4, f"{ann.pk}/2026-11", DAY)]
    assert told("slow_answers", slow_times=4) == []
    assert told("slow_answers", "misses", slow_times=0, slow_seconds=250) == [(ann.pk, 2)]


def test_half_an_hour_and_each_two_hours_are_counted_while_she_is_there(scope, store, ann):
    """Asked 10:00, never answered: 7 h till 17:00 = 420 minutes, three times two hours. Asked 11:00, answered 11:30:
    30 minutes. Asked 12:00, answered 12:29:59: 29. Asked 16:40: 20 minutes are left of the shift. Words that ask for
    nothing do not wait; nor does a matter somebody settled as needing no answer."""
    on_line(ann)
    chat(store, "never", ("in", "10:00:00", "什么时候发货？"))
    chat(store, "half", ("in", "11:00:00", "有货吗"), ("out", "11:30:00", "有"))
    chat(store, "less", ("in", "12:00:00", "有货吗"), ("out", "12:29:59", "有"))
    chat(store, "late", ("in", "16:40:00", "有货吗"))
    chat(store, "bye", ("in", "09:30:00", "在吗"), ("out", "09:30:10", "在"), ("in", "09:31:00", "好的谢谢"))
    chat(store, "settled", ("in", "10:30:00", "有货吗"))
    refresh_store(store, whole=True)
    user = make_member(store.organization, "owner", "o@yunfan.example")
    FollowUp.objects.create(
        organization_id=store.organization_id, store=store, kind="unanswered", state="closed", outcome="no_need",
        subject=str(Buyer.objects.get(name="settled").pk), occasion=str(int(at("2026-11-03 10:30:00").timestamp())),
        opens_at=NOW, due_at=NOW, made_at=NOW, closed_by=user, closed_at=NOW,
    )  # fmt: skip
    assert told("unanswered", "waited", "times") == [(ann.pk, 30, 1), (ann.pk, 420, 1)]
    assert told("unanswered_hours", "waited", "times") == [(ann.pk, 420, 3)]
    assert told("unanswered", "waited", unanswered_minutes=20) == [(ann.pk, n) for n in (20, 29, 30, 420)]


def test_who_was_asked_answers_for_the_wait_not_who_helped_out(scope, organization, store, ann):
    bob = make_agent(organization, "Bob", (store, "s:bob"))
    on_line(ann)
    on_line(bob)
    chat(store, "b1", ("in", "10:00:00", "有货吗"))
    write_chat(store, "b1", "s:bob", ("out", "2026-11-03 10:45:00", "有"))
    refresh_store(store, whole=True)
    assert told("unanswered", "waited") == [(ann.pk, 45)]


def test_remarks_late_against_the_format_and_wrong(scope, organization, store, ann):
    """Paid 10:00 while Ann is there: remark at 10:25 is late; one at 10:10 is not; one paid 08:00 is not hers to write
    then. Warnings: size_unit is against the format; size_swapped mended later was wrong: before production 20, after 50."""
    writer = make_member(organization, "agent", agent_id=ann.pk)
    on_line(ann)
    RemarkFormat.objects.create(
        organization=organization, store=store, fields=as_json(default_fields(store)), late_minutes=20,
        since=at("2026-11-01 00:00:00"),
    )  # fmt: skip
    for order_id, paid, clock in (
        ("in-time", "10:00", "10:10"),
        ("late", "10:00", "10:25"),
        ("before", "08:00", "09:30"),
    ):
        write(
            an_order(store, order_id, paid_at=f"2026-11-03 {paid}:00"), writer, at(f"2026-11-03 {clock}:00")
        )
    assert told("remark_late", "order_id", "minutes", "day") == [(ann.pk, "late", 25, DAY)]

    def warned(order_id: str, number: int, clock: str, *codes: str) -> None:
        order = Order.objects.get(order_id=order_id)
        Remark.objects.create(
            organization=organization, store=store, order=order, number=number, sealed=b"x", warnings=list(codes),
            made_by=writer, made_at=at(f"2026-11-03 {clock}:00"),
        )  # fmt: skip

    warned("in-time", 2, "11:00", "size_unit")
    warned("late", 2, "11:00", "size_swapped")
    warned("late", 3, "11:30")
    warned("before", 2, "11:00", "date_far")
    ProductionStep.objects.create(
        organization=organization, store=store, order=Order.objects.get(order_id="before"), stage="handed_off", number=2,
        reached_at=at("2026-11-03 11:10:00"), made_at=NOW,
    )  # fmt: skip
    # Handed off and not mended: nobody knows that it is wrong.
    assert told("remark_wrong_made") == []
    warned("before", 3, "11:30")
    assert told("remark_format", "order_id", "number") == [(ann.pk, "in-time", 2)]
    assert told("remark_wrong", "order_id", "number") == [(ann.pk, "late", 2)]
    assert told("remark_wrong_made", "order_id", "number") == [(ann.pk, "before", 2)]


def overdue(store, agent, order_id: str, **fields) -> FollowUp:
    return FollowUp.objects.create(
        organization_id=store.organization_id, store=store, kind="not_shipped", subject=order_id, order_id=order_id,
        agent_id=agent.pk, opens_at=at("2026-11-03 14:00:00"), due_at=at("2026-11-03 16:00:00"), made_at=NOW, **fields,
    )  # fmt: skip


def test_shipping_is_not_followed_up_when_it_is_late_nobody_asked_and_something_came_of_it(
    scope, organization, store, ann
):
    user = make_member(organization, "agent", agent_id=ann.pk)
    for order_id in ("bad", "asked", "no-harm", "in-time", "taken"):
        write_order(store, order_id, created_at="2026-11-01 09:00:00", paid_at="2026-11-01 09:01:00")
        if order_id != "no-harm":
            Review.objects.create(
                organization=organization, store=store, review_id=f"r-{order_id}", order_id=order_id, rating=1,
                grade="bad", created_at=at("2026-11-04 09:00:00"),
            )  # fmt: skip
    overdue(store, ann, "bad", state="closed", outcome="shipped", closed_at=at("2026-11-04 02:30:00"))
    asked, taken = overdue(store, ann, "asked"), overdue(store, ann, "taken")
    overdue(store, ann, "no-harm")
    overdue(store, ann, "in-time", state="closed", closed_at=at("2026-11-03 15:59:00"))
    for row, what, clock in ((asked, "asked", "15:00"), (taken, "taken", "17:00")):
        FollowUpEvent.objects.create(
            organization=organization, follow_up=row, at=at(f"2026-11-03 {clock}:00"), user=user, what=what
        )
    assert told("shipping", "order_id", "came_of", "overdue_hours", "day") == [
        (ann.pk, "bad", "review", 10, DAY)
    ]


def test_a_bad_review_through_the_agent_is_a_fine_when_it_still_stands_after_a_week(
    scope, organization, store, ann
):
    for review_id, fault, outcome in (
        ("stands", "agent", "stays"),
        ("mended", "agent", "changed"),
        ("quality", "quality", ""),
    ):
        Review.objects.create(
            organization=organization, store=store, review_id=review_id, rating=2, grade="bad",
            created_at=at("2026-10-29 11:00:00"),
        )  # fmt: skip
        ReviewHandling.objects.create(
            organization=organization, store=store, review_id=review_id, fault=fault, outcome=outcome, agent_id=ann.pk,
            changed_at=NOW,
        )  # fmt: skip
    # Seven days after 29 October 11:00 is 5 November 11:00, an hour before now.
    assert told("bad_review", "stars", "day") == [(ann.pk, 2, date(2026, 11, 5))]
    assert told("bad_review", review_days=8) == []


def test_lateness_beyond_what_is_free_and_absence_unless_it_is_corrected(scope, organization, store, ann):
    """Late 8 and 9 minutes: free, twice a month; a third time 5 minutes counts; 11 minutes count at any time."""
    hours = {"starts_at": at("2026-11-03 08:30:00"), "ends_at": at("2026-11-03 17:30:00")}
    for day, minutes in ((1, 8), (2, 9), (3, 5), (4, 11)):
        on_line(ann, day=date(2026, 11, day), status="late", late_minutes=minutes, **hours)
    assert told("late", "day", "late_minutes") == [
        (ann.pk, date(2026, 11, 3), 5),
        (ann.pk, date(2026, 11, 4), 11),
    ]
    bob = make_agent(organization, "Bob", (store, "s:bob"))
    for day in (2, 3):
        Attendance.objects.create(
            organization=organization,
            agent=bob,
            day=date(2026, 11, day),
            status="absent",
            absent=True,
            **hours,
        )
    AttendanceCorrection.objects.create(
        organization=organization, agent=bob, day=date(2026, 11, 2), status="sick", reason="x", made_at=NOW
    )
    assert told("absent", "day", "store_id") == [(bob.pk, DAY, store.pk)]
