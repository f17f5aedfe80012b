"""Fines from facts: each source by figures worked out by hand, the rules that judge them, and looking again and again.

Shanghai's clock (UTC+8). Ann is on line on 3 November from 09:00 to 17:00 unless said.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from desk.conduct_facts import CONDUCT_SOURCES, look_at_conduct
from desk.fine_credit import settle_credit
from desk.fine_facts import Look
from desk.fine_presence import Presence
from desk.fine_sources import FINE_SOURCES, look_for_fines
from desk.models import Attendance, AttendanceCorrection, FollowUp, FollowUpEvent
from kpis.models import OrderFact
from kpis.refresh import refresh_store
from kpis.rulings import effective_ruling
from orders.complaint_models import ReviewHandling
from orders.dossiers import lines_of
from orders.models import Order, Review
from orders.remark_formats import as_json, default_fields
from orders.remark_models import About, ProductionStep, Remark, RemarkFormat
from policies.fine_library import CONDUCT, FINES
from policies.fine_rulings import confirm, dismiss, lift
from policies.fines import finish
from policies.inspection_models import Violation
from policies.penalty_models import Fine, FineState, PenaltySettings
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from stores.models import Buyer, Store
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat, write_order
from tests.orders.remark_world import an_order, write
from tests.policies.penalties import a_fine, verified

DAY, NOW = date(2026, 11, 3), at("2026-11-05 12:00:00")


@pytest.fixture
def ann(organization, store):
    return make_agent(organization, "Ann", (store, "s:ann"))


def on_line(
    agent, since: str = "2026-11-03 09:00:00", until: str = "2026-11-03 17:00:00", **fields
) -> Attendance:
    facts = {
        "seen_from": at(since).isoformat(),
        "seen_to": at(until).isoformat(),
        "gaps": [],
        **fields.pop("facts", {}),
    }
    told = {"day": DAY, "status": "present", "facts": facts} | fields
    return Attendance.objects.create(organization_id=agent.organization_id, agent=agent, **told)


def look(since: date = date(2026, 11, 1), now=NOW, **settings) -> Look:
    stores = {store.pk: store for store in Store.objects.all()}
    return Look(since, now.date(), now, stores, PenaltySettings(**settings))


def told(source: str, *names: str, **settings) -> list[tuple]:
    """What a source finds, sorted: the agent and then the named fields or facts."""
    rows = FINE_SOURCES[source](look(**settings))
    return sorted(tuple(getattr(row, n, row.facts.get(n)) for n in ("agent_id", *names)) for row in rows)


def chat(store, buyer: str, *lines) -> None:
    """lines: (direction, clock of 3 November, text)."""
    write_chat(store, buyer, "s:ann", *((way, f"2026-11-03 {clock}", text) for way, clock, text in lines))


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


@pytest.fixture
def late_day(scope, store, ann):
    """Ann was late on the 3rd, by 15 minutes: a fact of one fine."""
    return on_line(ann, status="late", late_minutes=15)


def test_only_a_rule_an_owner_verified_proposes_and_looking_again_changes_nothing(
    late_day, organization, store, ann, supervisor
):
    verified(store, "fine-late", since=date(2026, 11, 4))
    assert look_for_fines(organization, NOW) == (0, 0, 0, 0)
    assert not Fine.objects.exists()
    verified(store, "fine-late", since=date(2026, 11, 3))
    assert look_for_fines(organization, NOW).made == 1
    for _again in range(2):
        assert look_for_fines(organization, NOW + timedelta(hours=1)) == (0, 0, 0, 0)
    fine = Fine.objects.get()
    assert (fine.state, fine.amount, fine.day, fine.agent_id) == (
        FineState.PROPOSED,
        Decimal("20.00"),
        DAY,
        ann.pk,
    )
    assert Notice.objects.filter(user=supervisor, kind="penalty").count() == 1


def test_a_proposal_nobody_touched_follows_the_facts_and_what_was_touched_stays(
    late_day, organization, store, ann, supervisor
):
    verified(store, "fine-late")
    look_for_fines(organization, NOW)
    late_day.late_minutes = 20
    late_day.save()
    assert look_for_fines(organization, NOW).changed == 1
    assert Fine.objects.get().facts == {"late_minutes": 20}
    word = AttendanceCorrection.objects.create(
        organization=organization,
        agent=ann,
        day=DAY,
        status="present",
        late_minutes=0,
        reason="堵车",
        made_at=NOW,
    )
    assert look_for_fines(organization, NOW).lapsed == 1
    assert Fine.objects.get().state == FineState.LAPSED
    word.delete()
    assert look_for_fines(organization, NOW).back == 1
    fine = Fine.objects.get()
    assert fine.state == FineState.PROPOSED
    dismiss(fine, supervisor, NOW, "第一次")
    late_day.late_minutes = 30
    late_day.save()
    assert look_for_fines(organization, NOW) == (0, 0, 0, 0)
    # A rule that is no longer verified takes its open proposals back.
    on_line(ann, day=date(2026, 11, 4), status="late", late_minutes=12)
    assert look_for_fines(organization, NOW).made == 1
    new_version(
        PolicyRule.objects.get(code="fine-late"), date(2026, 11, 1), user=None, now=NOW, money=Decimal(25)
    )
    assert look_for_fines(organization, NOW).lapsed == 1


def test_a_fine_on_an_order_makes_it_nobodys_and_lifting_it_gives_it_back(
    scope, organization, store, ann, supervisor
):
    """Ann served the buyer and owns the order of 100. Final: nobody's, her sales 0. Lifted: 100 again."""
    write_chat(
        store, "阿月", "s:ann", ("in", "2026-11-03 09:00:00", "在吗"), ("out", "2026-11-03 09:00:20", "在")
    )
    times = {"created_at": "2026-11-03 09:05:00", "paid_at": "2026-11-03 09:06:00"}
    write_order(store, "O1", buyer="阿月", status="paid", paid_amount="100", **times)
    refresh_store(store, whole=True)
    order = Order.objects.get(order_id="O1")
    assert OrderFact.objects.get(order=order).owner_id == ann.pk
    fine = a_fine(store, ann.pk, supervisor, "fine-production-late", order_id="O1")
    confirm(fine, supervisor, NOW)
    assert settle_credit(NOW) == 0
    finish(NOW + timedelta(days=7))
    assert settle_credit(NOW + timedelta(days=7)) == 1
    assert settle_credit(NOW + timedelta(days=7)) == 0
    ruling = effective_ruling(order.pk)
    assert (ruling.agent_id, ruling.made_by_id) == (None, supervisor.pk)
    refresh_store(store, whole=True)
    assert (OrderFact.objects.get(order=order).owner_id, OrderFact.objects.get(order=order).reason) == (
        None,
        "ruling",
    )
    fine.refresh_from_db()
    lift(fine, supervisor, NOW + timedelta(days=8), "查清了")
    assert settle_credit(NOW + timedelta(days=8)) == 1
    assert settle_credit(NOW + timedelta(days=8)) == 0
    assert effective_ruling(order.pk) is None
    refresh_store(store, whole=True)
    assert OrderFact.objects.get(order=order).owner_id == ann.pk


def test_conduct_by_facts_becomes_violations_once(scope, organization, store, ann):
    """Idle 10:30-13:00 while a buyer waits from 11:00: one; silent 14:00-16:30 while nobody asks: none. She leaves the
    buyer with an unpaid order at 09:20 and stays: left. Bob goes on with b2 five minutes after her: passed."""
    gaps = [
        [at(f"2026-11-03 {a}:00").isoformat(), at(f"2026-11-03 {b}:00").isoformat()]
        for a, b in (("10:30", "13:00"), ("14:00", "16:30"))
    ]
    on_line(ann, idle_minutes=300, facts={"gaps": gaps})
    bob = make_agent(organization, "Bob", (store, "s:bob"))
    on_line(bob)
    chat(store, "waits", ("in", "11:00:00", "有货吗"), ("out", "13:00:00", "有"))
    chat(store, "b1", ("in", "09:10:00", "在吗"), ("out", "09:10:20", "在"), ("in", "09:20:00", "怎么付款？"))
    write_order(store, "O1", buyer="b1", status="unpaid", created_at="2026-11-03 09:15:00")
    chat(store, "b2", ("in", "09:40:00", "在吗"), ("out", "09:40:20", "在"))
    write_chat(
        store, "b2", "s:bob", ("in", "2026-11-03 09:45:00", "?"), ("out", "2026-11-03 09:45:30", "我来")
    )
    refresh_store(store, whole=True)
    verified(store, "conduct-idle")
    assert look_at_conduct(organization, look()) == 3
    assert look_at_conduct(organization, look()) == 0
    found = {v.rule.code: v for v in Violation.objects.select_related("rule")}
    assert {code: (v.agent_id, v.reason, v.order_id, v.money) for code, v in found.items()} == {
        "conduct-idle": (ann.pk, "idle", None, Decimal("200.00")),
        "conduct-left": (ann.pk, "order_unpaid", "O1", None),
        "conduct-passed": (ann.pk, "moved", None, None),
    }
    assert all(v.source_key.startswith("fact:") and v.quote is None for v in found.values())
    # The facts are corrected: what nobody touched lapses, what somebody confirmed stays.
    Violation.objects.filter(rule__code="conduct-left").update(state="confirmed")
    Attendance.objects.filter(agent=ann).update(facts={}, idle_minutes=0)
    assert look_at_conduct(organization, look()) == 2
    states = dict(Violation.objects.values_list("rule__code", "state"))
    assert states == {"conduct-idle": "lapsed", "conduct-left": "confirmed", "conduct-passed": "lapsed"}


@pytest.mark.usefixtures("committed")
def test_a_look_that_dies_leaves_nothing_and_two_at_once_make_one_fine(monkeypatch):
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    agent = make_agent(organization, "Ann", (store, "s:ann"))
    with organization_scope(organization.pk):
        on_line(agent, status="late", late_minutes=15)
        verified(store, "fine-late")

    def look_once(*_args) -> int:
        try:
            with organization_scope(organization.pk):
                return look_for_fines(organization, NOW).made
        finally:
            connections.close_all()

    def dies(*_args) -> None:
        raise RuntimeError("the worker is killed")

    with monkeypatch.context() as patch:
        # The last thing before the end: proposals stand in the transaction already.
        patch.setattr("desk.fine_sources._tell_leads", dies)
        with pytest.raises(RuntimeError, match="killed"):
            look_once()
    with organization_scope(organization.pk):
        assert not Fine.objects.exists()
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(look_once, range(2))) == [0, 1]
    with organization_scope(organization.pk):
        fine = Fine.objects.get()
        assert [line.what for line in lines_of(About.FINE, [fine.pk])[fine.pk]] == ["proposed"]
