"""Looking for fines again and again: which rules propose, what follows the facts and what stays, two looks at once.

Shanghai's clock (UTC+8). Ann is on line on 3 November from 09:00 to 17:00 unless said.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from desk.conduct_facts import look_at_conduct
from desk.fine_credit import settle_credit
from desk.fine_sources import look_for_fines
from desk.models import Attendance, AttendanceCorrection
from kpis.models import OrderFact
from kpis.refresh import refresh_store
from kpis.rulings import effective_ruling
from orders.dossiers import lines_of
from orders.models import Order
from orders.remark_models import About
from policies.fine_rulings import confirm, dismiss, lift
from policies.fines import finish
from policies.inspection_models import Violation
from policies.penalty_models import Fine, FineState
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.desk.fine_day import DAY, NOW, chat, look, on_line
from tests.make import at, make_agent, make_organization, make_store, write_chat, write_order
from tests.policies.penalties import a_fine, verified


@pytest.fixture
def ann(organization, store):
    return make_agent(organization, "Ann", (store, "s:ann"))


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
