"""A fine's way from proposal to payroll, each step by the people who may take it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from orders.dossiers import lines_of
from orders.remark_models import About
from policies import fines
from policies.fine_rulings import appeal, confirm, decide, dismiss, lift, second
from policies.inspection_models import ViolationState
from policies.penalty_models import Fine, FineCap, FineState, PenaltySettings
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from team.notice_models import Notice
from tenants.models import Membership
from tests.make import at, make_agent, make_member, write_order
from tests.policies.penalties import DAY, NOW, a_fine, a_violation, the_rule, verified

pytestmark = pytest.mark.usefixtures("english")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


@pytest.fixture
def agent(organization, mei):
    return make_member(organization, "agent", agent_id=mei.pk)


@pytest.fixture
def fine(scope, store, mei, agent, supervisor):
    return a_fine(store, mei.pk, supervisor)


def member_of(user) -> Membership:
    return Membership.objects.select_related("user").get(user=user)


def story(fine: Fine) -> list[str]:
    return [line.what for line in lines_of(About.FINE, [fine.pk])[fine.pk]]


def test_the_library_s_fines_are_the_documents_and_nobody_verified_them(scope, store):
    rule = the_rule(store, "fine-remark-wrong-made")
    version = rule.versions.get()
    assert (version.money, version.takes_credit, version.verified_on) == (Decimal("50.00"), False, None)
    wanted = {
        "fine-remark-late": (20, True), "fine-remark-format": (20, True), "fine-remark-wrong": (20, False),
        "fine-loss": (None, False), "fine-change-not-reported": (50, True), "fine-shipping": (30, True),
        "fine-slow": (50, False), "fine-unanswered": (100, False), "fine-unanswered-hours": (200, False),
        "conduct-idle": (200, False), "fine-bad-review": (100, True), "fine-absent": (200, False), "fine-late": (20, False),
    }  # fmt: skip
    for code, figures in wanted.items():
        found = the_rule(store, code).versions.get()
        assert (found.money, found.takes_credit, found.verified_on) == (*figures, None), code


def test_no_fine_is_proposed_by_an_unverified_rule_not_even_by_hand(scope, store, mei, supervisor):
    rule = the_rule(store, "fine-remark-wrong")
    said = {"order_id": None, "amount": None, "reason": "错", "user": supervisor, "now": NOW}
    with pytest.raises(ValueError, match="owner has to say first"):
        fines.by_hand(rule, store, mei.pk, DAY, **said)
    # Verified from the 10th on: what happened on the 9th is judged by the version before.
    verified(store, rule.code, since=date(2026, 11, 10))
    with pytest.raises(ValueError, match="owner has to say first"):
        fines.by_hand(rule, store, mei.pk, DAY, **said)
    fine = fines.by_hand(rule, store, mei.pk, date(2026, 11, 10), **said)
    assert (fine.amount, fine.state) == (Decimal(20), FineState.PROPOSED)
    # Another figure asks for another look.
    new_version(rule, date(2026, 11, 10), user=None, now=NOW, money=Decimal(30))
    with pytest.raises(ValueError, match="owner has to say first"):
        fines.by_hand(rule, store, mei.pk, date(2026, 11, 10), **said)


def test_by_hand_asks_for_a_reason_an_amount_and_an_order_there_is(scope, store, mei, supervisor):
    verified(store, "fine-loss")
    rule = the_rule(store, "fine-loss")
    said = {"order_id": None, "amount": Decimal("812.50"), "reason": "做错", "user": supervisor, "now": NOW}
    for wrong in ({"reason": " "}, {"amount": None}, {"amount": Decimal(-1)}, {"order_id": "NO"}):
        with pytest.raises(ValueError, match=r"reason|amount|no such order"):
            fines.by_hand(rule, store, mei.pk, DAY, **said | wrong)
    assert not Fine.objects.exists()
    assert fines.by_hand(rule, store, mei.pk, DAY, **said).amount == Decimal("812.50")


def test_confirming_tells_the_agent_once_and_the_time_to_appeal_makes_it_final(fine, supervisor, agent):
    assert confirm(fine, supervisor, NOW)
    assert not confirm(fine, supervisor, LATER)
    assert (fine.state, fine.told_at) == (FineState.CONFIRMED, NOW)
    (notice,) = Notice.objects.filter(user=agent)
    assert (notice.kind, notice.params["amount"], notice.params["until"]) == (
        "penalty",
        "20.00",
        "2026-11-17",
    )
    # Seven days: at 09:59:59 of the 17th one may still appeal, at 10:00:00 it is final.
    assert fines.finish(NOW + timedelta(days=7, seconds=-1)) == 0
    assert fines.finish(NOW + timedelta(days=7)) == 1
    assert fines.finish(NOW + timedelta(days=8)) == 0
    fine.refresh_from_db()
    assert (fine.state, fine.final_day) == (FineState.FINAL, date(2026, 11, 17))
    assert story(fine) == ["proposed_by_hand", "confirmed", "final"]
    with pytest.raises(ValueError, match="cannot be done any more"):
        appeal(fine, member_of(agent), NOW + timedelta(days=8), "不是我")


def test_the_days_to_appeal_are_a_setting(fine, organization, supervisor):
    PenaltySettings.objects.create(organization=organization, appeal_days=2)
    confirm(fine, supervisor, NOW)
    assert fines.finish(NOW + timedelta(days=2)) == 1


def test_an_appeal_waits_until_somebody_else_decides(fine, organization, supervisor, owner, agent):
    confirm(fine, supervisor, NOW)
    with pytest.raises(ValueError, match="reason"):
        appeal(fine, member_of(agent), LATER, " ")
    assert appeal(fine, member_of(agent), LATER, "买家自己改的")
    assert not appeal(fine, member_of(agent), LATER, "再说一次")
    assert fines.finish(NOW + timedelta(days=30)) == 0
    with pytest.raises(ValueError, match="Somebody else"):
        decide(fine, True, supervisor, LATER, "不成立")
    assert decide(fine, True, owner, LATER, "聊天里写的是另一个尺寸")
    assert not decide(fine, True, owner, LATER, "聊天里写的是另一个尺寸")
    assert (fine.state, fine.final_day) == (FineState.FINAL, date(2026, 11, 10))
    with pytest.raises(ValueError, match="cannot be done any more"):
        decide(fine, False, owner, LATER, "又改")


def test_a_house_with_one_ruler_decides_its_appeals_all_the_same(fine, supervisor, agent):
    confirm(fine, supervisor, NOW)
    appeal(fine, member_of(agent), LATER, "不是我")
    assert decide(fine, False, supervisor, LATER, "是对的")
    assert (fine.state, fine.lifted_day, fine.final_day) == (FineState.LIFTED, date(2026, 11, 10), None)


def test_only_who_is_fined_appeals_and_nobody_rules_on_their_own_fine(
    scope, organization, store, mei, supervisor
):
    other = make_agent(organization, "李强", (store, "tb1:li"))
    colleague = make_member(organization, "agent", "li@yunfan.example", agent_id=other.pk)
    lead = make_member(organization, "supervisor", "lead@yunfan.example", agent_id=mei.pk)
    fine = a_fine(store, mei.pk, supervisor)
    for act in (
        lambda: confirm(fine, lead, NOW), lambda: dismiss(fine, lead, NOW, "不"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="own fine"):
            act()
    confirm(fine, supervisor, NOW)
    with pytest.raises(ValueError, match="Only who is fined"):
        appeal(fine, member_of(colleague), NOW, "替她说")
    with pytest.raises(ValueError, match="own fine"):
        lift(fine, lead, NOW, "不")
    appeal(fine, member_of(lead), NOW, "我")
    with pytest.raises(ValueError, match="own fine"):
        decide(fine, False, lead, NOW, "不")


def test_a_grave_fine_needs_two_people_before_the_agent_hears_of_it(
    scope, store, mei, agent, supervisor, owner
):
    verified(store, "fine-loss")
    fine = a_fine(store, mei.pk, supervisor, "fine-loss", amount=900)
    assert confirm(fine, supervisor, NOW)
    assert fine.state == FineState.SECOND
    assert not Notice.objects.filter(user=agent).exists()
    with pytest.raises(ValueError, match="Somebody else"):
        second(fine, True, supervisor, LATER)
    assert second(fine, False, owner, LATER, "再查")
    assert (fine.state, fine.confirmed_by_id) == (FineState.PROPOSED, None)
    confirm(fine, owner, LATER)
    assert second(fine, True, supervisor, LATER)
    assert not second(fine, True, supervisor, LATER)
    assert (fine.state, fine.confirmed_by_id, fine.seconded_by_id) == (
        FineState.CONFIRMED,
        owner.pk,
        supervisor.pk,
    )
    assert Notice.objects.filter(user=agent).count() == 1


def test_another_amount_needs_a_reason_and_stays_decimal(fine, supervisor):
    with pytest.raises(ValueError, match="reason"):
        confirm(fine, supervisor, NOW, amount=Decimal("10.05"))
    assert confirm(fine, supervisor, NOW, "第一次", Decimal("10.05"))
    fine.refresh_from_db()
    assert fine.amount == Decimal("10.05")
    assert story(fine) == ["proposed_by_hand", "changed", "confirmed"]


def test_a_proposal_is_dismissed_with_a_reason_and_does_not_come_back(fine, supervisor):
    with pytest.raises(ValueError, match="reason"):
        dismiss(fine, supervisor, NOW, "")
    assert dismiss(fine, supervisor, NOW, "买家要求改的")
    assert not dismiss(fine, supervisor, NOW, "买家要求改的")
    with pytest.raises(ValueError, match="cannot be done any more"):
        confirm(fine, supervisor, NOW)


def test_a_confirmed_violation_is_fined_once_by_its_own_money(scope, store, mei, agent, supervisor):
    version = verified(store, "conduct-idle")
    violation = a_violation(store, mei.pk, version, money=Decimal("150.00"))
    fine = fines.fine_for(violation, supervisor, NOW)
    assert (fine.amount, fine.state, fine.agent_id) == (Decimal("150.00"), FineState.CONFIRMED, mei.pk)
    assert fines.fine_for(violation, supervisor, LATER).pk == fine.pk
    assert Fine.objects.count() == 1
    assert fines.fine_for(a_violation(store, None, version, "m2"), supervisor, NOW) is None
    assert fines.fine_for(a_violation(store, mei.pk, version, "m3", money=None), supervisor, NOW) is None
    # Its way is the violation's.
    for act in (
        lambda: appeal(fine, member_of(agent), NOW, "不"), lambda: lift(fine, supervisor, NOW, "不"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="belongs to a violation"):
            act()
    assert fines.finish(NOW + timedelta(days=30)) == 0
    violation.state = ViolationState.FINAL
    violation.save(update_fields=["state"])
    assert fines.finish(NOW + timedelta(days=30)) == 1
    fine.refresh_from_db()
    assert fine.state == FineState.FINAL


def test_a_revoked_violation_takes_its_fine_back_and_a_new_confirmation_brings_it_again(
    scope, store, mei, supervisor
):
    violation = a_violation(store, mei.pk, verified(store, "conduct-idle"))
    fine = fines.fine_for(violation, supervisor, NOW)
    assert fines.withdraw_for(violation, supervisor, LATER).state == FineState.LIFTED
    assert fines.withdraw_for(violation, supervisor, LATER) is None
    again = fines.fine_for(violation, supervisor, LATER)
    assert (again.pk, again.state, again.lifted_day) == (fine.pk, FineState.CONFIRMED, None)


def final(store, agent_id, user, day, amount, final_at) -> Fine:
    """A fine told seven days before `final_at` that becomes final then."""
    fine = a_fine(store, agent_id, user, "fine-loss-hand", day, amount, now=final_at - timedelta(days=8))
    confirm(fine, user, final_at - timedelta(days=7))
    fines.finish(final_at)
    fine.refresh_from_db()
    assert fine.state == FineState.FINAL
    return fine


@pytest.fixture
def plain_rule(scope, store):
    """A rule by hand that is not grave."""
    verified(store, "fine-loss", grave=False)
    PolicyRule.objects.filter(code="fine-loss").update(code="fine-loss-hand")


def amounts(month: date) -> dict[int, list[tuple[Decimal, Decimal]]]:
    return {
        agent: [(one.amount, one.deducted) for one in lines] for agent, lines in fines.deducted(month).items()
    }


def test_payroll_deducts_in_the_month_a_fine_became_final_up_to_the_cap_in_the_order_of_days(
    plain_rule, store, organization, mei, supervisor
):
    """Fines of 60 (5 Nov), 100 (3 Nov) and 40 (28 Oct) become final in November; cap 150: 40 + 100 + 10 of the 60.
    One of 70 becomes final on 1 December, Shanghai's clock, which is still 30 November in UTC."""
    for day, amount in ((date(2026, 11, 5), "60"), (date(2026, 11, 3), "100"), (date(2026, 10, 28), "40")):
        final(store, mei.pk, supervisor, day, amount, at("2026-11-20 10:00:00"))
    final(store, mei.pk, supervisor, date(2026, 11, 6), "70", at("2026-12-01 00:30:00"))
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    d = Decimal
    assert amounts(november) == {mei.pk: [(d(40), d(40)), (d(100), d(100)), (d(60), d(60))]}
    cap = FineCap.objects.create(organization=organization, since=november, amount=d(150))
    assert amounts(november) == {mei.pk: [(d(40), d(40)), (d(100), d(100)), (d(60), d(10))]}
    assert amounts(december) == {mei.pk: [(d(70), d(70))]}
    assert amounts(date(2026, 10, 1)) == {}
    # A later cap says nothing of November.
    FineCap.objects.create(organization=organization, since=december, amount=d(5))
    assert amounts(november)[mei.pk][2] == (d(60), d(10))
    assert amounts(december) == {mei.pk: [(d(70), d(5))]}
    cap.amount = None
    cap.save()
    assert amounts(november)[mei.pk][2] == (d(60), d(60))


def test_what_is_lifted_after_it_was_deducted_is_given_back_in_the_month_it_was_lifted(
    plain_rule, store, organization, mei, supervisor
):
    """Cap 80 in November: 50 of the 5th deducted whole, of 60 of the 6th 30. Lifting the 60 in December gives 30 back."""
    FineCap.objects.create(organization=organization, since=date(2026, 11, 1), amount=Decimal(80))
    final(store, mei.pk, supervisor, date(2026, 11, 5), "50", at("2026-11-20 10:00:00"))
    late = final(store, mei.pk, supervisor, date(2026, 11, 6), "60", at("2026-11-20 11:00:00"))
    same = final(store, mei.pk, supervisor, date(2026, 11, 2), "15", at("2026-11-20 12:00:00"))
    # Lifted in the month it became final: payroll never saw it.
    assert lift(same, supervisor, at("2026-11-25 10:00:00"), "搞错了")
    assert lift(late, supervisor, at("2026-12-10 10:00:00"), "查清了")
    d = Decimal
    assert amounts(date(2026, 11, 1)) == {mei.pk: [(d(50), d(50)), (d(60), d(30))]}
    assert amounts(date(2026, 12, 1)) == {mei.pk: [(d(-60), d(-30))]}


def test_a_fine_takes_credit_only_where_there_is_an_order(scope, store, mei, supervisor):
    write_order(
        store, "O1", created_at="2026-11-09 09:00:00", paid_at="2026-11-09 09:01:00", paid_amount="100"
    )
    assert a_fine(store, mei.pk, supervisor, "fine-change-not-reported", order_id="O1").takes_credit
    assert not a_fine(store, mei.pk, supervisor, "fine-change-not-reported").takes_credit
