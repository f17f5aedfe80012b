"""After-sales cases from opening to closing: steps, evidence, who may do what, and what a repeat does."""

import pytest

from orders.cases import (
    add_note,
    assign,
    change_kind,
    close_early,
    do_step,
    freight_payer,
    judge,
    occasion_of,
    open_case,
    reopen,
    skip_step,
    step_of,
)
from orders.procedures import steps_of
from orders.remark_models import About, DossierEvent
from orders.returned import arrive, expect, inspect, settle_item, stage_of
from orders.service_models import Case, CaseKind, Fault, ReturnedItem
from stores.models import Change
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import make_agent, make_member
from tests.orders.after_sales import (
    HOUR,
    NOW,
    a_case,
    a_picture,
    a_refund,
    an_order,
    events,
    go_on,
    limits,
)

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def agent(organization, store):
    return make_agent(organization, "王小美", (store, "s:mei"))


@pytest.fixture
def mei(organization, agent):
    return make_member(organization, "agent", agent_id=agent.pk)


@pytest.fixture
def order(store):
    an_order(store)


@pytest.mark.usefixtures("scope", "order")
class TestSteps:
    @pytest.mark.parametrize("kind", CaseKind.values)
    def test_every_kind_goes_from_its_first_step_to_its_end(self, store, mei, kind):
        case = a_case(store, mei, kind)
        titles = [step.title for step in steps_of(case.procedure)]
        for number, title in enumerate(titles):
            assert step_of(case).title == title
            assert case.step_due_at == NOW + (number + 24) * HOUR
            go_on(case, mei, now=NOW + (number + 1) * HOUR, outcome="settled")
        case.refresh_from_db()
        assert (case.step, case.outcome, case.closed_at) == ("", "settled", NOW + len(titles) * HOUR)
        assert [what for what in events(case) if what != "attached"] == ["step_done"] * len(titles) + [
            "closed"
        ]

    def test_what_is_not_said_is_taken_from_order_and_refund(self, store, mei, agent):
        a_refund(store)
        case = a_case(store, mei, "no_reason", refund_id="r1", order_id=None, agent_id=agent.pk)
        assert (case.order_id, case.buyer.name, case.product_code, case.reason) == (
            "o1",
            "阿月",
            "P1",
            "不喜欢",
        )

    def test_a_case_is_about_an_order_or_a_buyer(self, store, mei):
        with pytest.raises(ValueError, match="which order"):
            open_case(store, "repair", user=mei, now=NOW)

    def test_a_refund_has_one_case_whoever_opens_it_and_however(self, store, mei):
        a_refund(store)
        first, new = open_case(store, "no_reason", refund_id="r1", user=mei, now=NOW)
        again, also_new = open_case(store, "quality", refund_id="r1", user=mei, now=NOW + HOUR)
        assert (new, also_new, again.pk) == (True, False, first.pk)
        go_on(first, mei)
        close_early(first, "refunded", "done", user=mei, lead=True, now=NOW)
        assert open_case(store, "no_reason", refund_id="r1", user=mei, now=NOW)[0].pk == first.pk

    def test_the_same_order_has_one_open_case_of_a_kind_and_product(self, store, mei):
        first = a_case(store, mei)
        assert a_case(store, mei).pk == first.pk
        assert a_case(store, mei, "repair").pk != first.pk
        assert a_case(store, mei, product_code="P2").pk != first.pk
        close_early(first, "settled", "done", user=mei, lead=True, now=NOW)
        assert a_case(store, mei).pk != first.pk

    def test_a_step_that_asks_for_evidence_is_not_done_without(self, store, mei):
        case = a_case(store, mei)
        a_picture(case, NOW - HOUR)  # of before the step began
        with pytest.raises(ValueError, match="evidence"):
            do_step(case, occasion_of(case), user=mei, lead=False, now=NOW)
        a_picture(case, NOW)
        assert do_step(case, occasion_of(case), user=mei, lead=False, now=NOW)
        assert case.step == "compensate"

    def test_a_step_done_twice_is_one_event(self, store, mei):
        case = a_case(store, mei, "invoice")
        stale, occasion = Case.objects.get(pk=case.pk), occasion_of(case)
        assert do_step(case, occasion, user=mei, lead=False, now=NOW)
        assert not do_step(stale, occasion, user=mei, lead=False, now=NOW + HOUR)
        assert (events(case), stale.step, stale.step_since) == (["step_done"], "issue", NOW)

    def test_a_page_that_shows_another_step_is_told_so(self, store, mei):
        case = a_case(store, mei, "invoice")
        with pytest.raises(ValueError, match="moved on"):
            do_step(case, "issue-0", user=mei, lead=True, now=NOW)
        assert events(case) == []

    def test_the_last_step_needs_an_outcome(self, store, mei):
        case = a_case(store, mei, "invoice")
        go_on(case, mei)
        for outcome in ("", "no_such"):
            with pytest.raises(ValueError, match="how the case ended"):
                do_step(case, occasion_of(case), user=mei, lead=True, now=NOW, outcome=outcome)

    def test_a_supervisors_step_waits_for_one_who_is_told_once(self, store, mei, supervisor):
        case = a_case(store, mei, "quality_grave")
        go_on(case, mei, lead=False)
        with pytest.raises(ValueError, match="supervisor's"):
            go_on(case, mei, lead=False)
        assert list(Notice.objects.values_list("user_id", "kind")) == [(supervisor.pk, "case")]
        assert go_on(case, supervisor)
        assert case.step == "way_back"

    def test_only_supervisors_pass_over_a_step_and_say_why(self, store, mei, supervisor):
        case = a_case(store, mei)
        skip = {"user": supervisor, "now": NOW}
        with pytest.raises(ValueError, match="supervisor"):
            skip_step(case, occasion_of(case), "no camera", lead=False, **skip)
        with pytest.raises(ValueError, match="why"):
            skip_step(case, occasion_of(case), "  ", lead=True, **skip)
        occasion = occasion_of(case)
        assert skip_step(case, occasion, "no camera", lead=True, **skip)
        assert not skip_step(case, occasion, "no camera", lead=True, **skip)
        assert (case.step, events(case)) == ("compensate", ["step_skipped"])

    def test_a_case_opened_under_a_version_keeps_it(self, store, mei, owner):
        old = a_case(store, mei, "invoice")
        only = {"key": "all", "title": "All", "who": "agent", "hours": 2, "evidence": False, "script": ""}
        limits(store, "invoice", None, None, owner, steps=[only])
        new = a_case(store, mei, "invoice", product_code="P2")
        assert (new.procedure.number, new.step, new.step_due_at) == (2, "all", NOW + 2 * HOUR)
        old = Case.objects.select_related("procedure").get(pk=old.pk)
        assert (old.procedure.number, len(steps_of(old.procedure))) == (1, 2)
        go_on(old, mei)
        assert old.step == "issue"


@pytest.mark.usefixtures("scope", "order")
class TestChanges:
    def test_another_severity_begins_anew_and_says_so(self, store, mei):
        case = a_case(store, mei)
        go_on(case, mei)
        with pytest.raises(ValueError, match="why"):
            change_kind(case, "quality_grave", "", user=mei, now=NOW)
        assert change_kind(case, "quality_grave", "worse than it looked", user=mei, now=NOW + HOUR)
        assert not change_kind(case, "quality_grave", "worse", user=mei, now=NOW + HOUR)
        assert (case.kind, case.restarts, occasion_of(case)) == ("quality_grave", 1, "pictures-1")
        assert case.step_due_at == NOW + 25 * HOUR
        last = DossierEvent.objects.filter(about=About.CASE, about_id=case.pk).latest("pk")
        told = last.details
        assert (last.what, told["before"], told["kind"]) == ("restarted", "quality_slight", "quality_grave")
        assert told["occasion"] == "compensate-0"

    def test_given_to_a_colleague_who_is_told(self, organization, store, mei, supervisor):
        other = make_agent(organization, "周强", (store, "s:qiang"))
        member = make_member(organization, "agent", "q@yunfan.example", agent_id=other.pk)
        case = a_case(store, mei)
        assert assign(case, other.pk, user=supervisor, now=NOW)
        assert not assign(case, other.pk, user=supervisor, now=NOW)
        assert (case.agent_id, events(case)) == (other.pk, ["assigned"])
        assert Notice.objects.get().user_id == member.pk

    def test_who_pays_the_way_back_follows_rule_and_fault(self, store, mei, owner):
        case = a_case(store, mei)
        assert freight_payer(case) == ""
        for fault, payer in (
            ("buyer", "buyer"),
            ("quality", "seller"),
            ("logistics", "seller"),
            ("agent", "seller"),
        ):
            judge(case, fault=fault, reason="色差", product_code="P1", user=mei, now=NOW)
            assert freight_payer(case) == payer
        assert freight_payer(a_case(store, mei, "no_reason")) == "buyer"

    def test_a_judgement_repeated_changes_nothing(self, store, mei):
        case = a_case(store, mei)
        said = {"fault": Fault.QUALITY, "reason": "色差", "product_code": "P1", "user": mei, "now": NOW}
        assert judge(case, **said)
        assert not judge(case, **said)
        assert events(case) == ["judged"]

    def test_closing_early_is_a_supervisors_until_a_refund_is_completed(self, store, mei):
        case = a_case(store, mei)
        close = {"user": mei, "lead": False, "now": NOW}
        with pytest.raises(ValueError, match="Steps are left"):
            close_early(case, "refunded", "paid back", **close)
        refund = a_refund(store)
        with pytest.raises(ValueError, match="Steps are left"):
            close_early(case, "refunded", "paid back", **close)
        refund.status = "completed"
        refund.save()
        with pytest.raises(ValueError, match="why"):
            close_early(case, "refunded", " ", **close)
        assert close_early(case, "refunded", "paid back", **close)
        assert not close_early(case, "refunded", "paid back", **close)
        assert events(case) == ["closed"]

    def test_opened_again_where_it_was_closed(self, store, mei):
        case = a_case(store, mei)
        go_on(case, mei)
        close_early(case, "settled", "x", user=mei, lead=True, now=NOW)
        assert reopen(case, "the buyer wrote again", user=mei, now=NOW + HOUR)
        assert not reopen(case, "the buyer wrote again", user=mei, now=NOW + HOUR)
        assert (case.closed_at, case.outcome, occasion_of(case)) == (None, "", "compensate-1")
        go_on(case, mei)
        go_on(case, mei, outcome="settled")
        reopen(case, "again", user=mei, now=NOW)
        assert occasion_of(case) == "report-2"

    def test_a_closed_case_takes_no_step_and_no_other_kind(self, store, mei):
        case = a_case(store, mei, "invoice")
        close_early(case, "settled", "x", user=mei, lead=True, now=NOW)
        with pytest.raises(ValueError, match="moved on"):
            do_step(case, "issue-0", user=mei, lead=True, now=NOW, outcome="settled")
        with pytest.raises(ValueError, match="closed"):
            change_kind(case, "repair", "x", user=mei, now=NOW)

    def test_every_move_tells_the_detectors(self, store, mei):
        case = a_case(store, mei, "invoice")
        lines = Change.objects.filter(buyer_id=case.buyer_id)
        before = lines.count()
        go_on(case, mei)
        go_on(case, mei, outcome="invoiced")
        reopen(case, "x", user=mei, now=NOW)
        assert lines.count() == before + 3

    def test_notes_are_kept_apart_and_not_empty(self, store, mei):
        case = a_case(store, mei)
        with pytest.raises(ValueError, match="note"):
            add_note(case, "  ", user=mei, now=NOW)
        assert add_note(case, "she calls at 8", user=mei, now=NOW)
        assert not add_note(case, " she calls at 8", user=mei, now=NOW)
        assert events(case) == ["noted"]
        assert "calls" not in str(DossierEvent.objects.latest("pk").details)


@pytest.mark.usefixtures("scope", "order")
class TestReturnedGoods:
    def test_expected_arrived_inspected_resold(self, store, mei):
        case = a_case(store, mei, "no_reason")
        who = {"user": mei, "now": NOW}
        item = expect(case, product_code="P1", quantity=2, tracking_no="SF1", **who)
        assert expect(case, product_code="P1", quantity=2, tracking_no="SF1", **who).pk == item.pk
        with pytest.raises(ValueError, match="not arrived"):
            inspect(item, "as_new", **who)
        with pytest.raises(ValueError, match="Inspect it first"):
            settle_item(item, "resold", 30, **who)
        for move in (lambda: arrive(item, **who), lambda: inspect(item, "as_new", **who),
                     lambda: settle_item(item, "resold", 30, **who)):  # fmt: skip
            assert (move(), move()) == (True, False)
        item = ReturnedItem.objects.get(pk=item.pk)
        assert (stage_of(item), item.worth) == ("decided", 30)
        assert events(case) == ["goods_expected", "goods_arrived", "goods_inspected", "goods_decided"]

    def test_damaged_goods_ask_for_a_picture(self, store, mei):
        case = a_case(store, mei, "no_reason")
        item = expect(case, product_code="P1", quantity=1, user=mei, now=NOW)
        arrive(item, user=mei, now=NOW)
        with pytest.raises(ValueError, match="picture"):
            inspect(item, "damaged", user=mei, now=NOW)
        a_picture(case)
        assert inspect(item, "damaged", user=mei, now=NOW)


def test_cases_of_another_organization_are_not_there(organization, store, other_organization, mei):
    an_order(store)
    with organization_scope(organization.pk):
        case = a_case(store, mei)
    with organization_scope(other_organization.pk):
        assert not Case.objects.filter(pk=case.pk).exists()
        with pytest.raises(Case.DoesNotExist):
            do_step(case, occasion_of(case), user=mei, lead=True, now=NOW)
