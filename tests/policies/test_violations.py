"""The way of a violation: every transition and every forbidden one, four eyes, one's own case, and two at once."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections

from orders.dossiers import lines_of
from orders.models import Order
from orders.remark_models import About, DossierNote
from policies import violations
from policies.inspection_models import Violation, ViolationState
from policies.penalty_models import Fine, FineState, PenaltySettings, PointEntry, PointState
from policies.violation_erasure import erase_old_violations, forget_violations
from policies.violation_writing import write_down
from stores.models import Buyer
from team.notice_models import Notice
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store
from tests.policies.violation_world import NOW, WORDS, Cast, make_cast, make_rule

LATER = NOW + timedelta(days=1)
S = ViolationState


@pytest.fixture
def cast(organization, english) -> Cast:
    return make_cast(organization)


@pytest.fixture
def scope(cast):
    with organization_scope(cast.organization.pk):
        yield


def state_of(violation: Violation) -> str:
    return Violation.objects.get(pk=violation.pk).state


def whats(violation: Violation) -> list[str]:
    return [line.what for line in lines_of(About.VIOLATION, [violation.pk])[violation.pk]]


# Each deed by somebody who has not touched the violation: (its name, how it is done, where it leads).
DEEDS = {
    "confirm": (lambda v, c: violations.confirm(v, c.other, LATER), {S.FOUND: S.CONFIRMED}),
    "second": (lambda v, c: violations.second(v, c.other, LATER), {S.SECOND: S.CONFIRMED}),
    "refuse_second": (lambda v, c: violations.refuse_second(v, c.other, LATER, "no"), {S.SECOND: S.FOUND}),
    "dismiss": (
        lambda v, c: violations.dismiss(v, c.other, LATER, "no"),
        {S.FOUND: S.DISMISSED, S.SECOND: S.DISMISSED},
    ),
    "put_aside": (lambda v, c: violations.put_aside(v, c.other, LATER), {S.NOTICE: S.DISMISSED}),
    "look_again": (lambda v, c: violations.look_again(v, c.other, LATER, "hm"), {S.DISMISSED: S.FOUND}),
    "appeal": (
        lambda v, c: violations.appeal(v, c.member(c.mei_user), LATER, "no"),
        {S.CONFIRMED: S.APPEALED},
    ),
    "uphold": (
        lambda v, c: violations.decide_appeal(v, True, c.other, LATER, "so"),
        {S.APPEALED: S.FINAL},
    ),
    "grant": (
        lambda v, c: violations.decide_appeal(v, False, c.other, LATER, "no"),
        {S.APPEALED: S.REVOKED},
    ),
    "revoke": (
        lambda v, c: violations.revoke(v, c.other, LATER, "no"),
        {S.CONFIRMED: S.REVOKED, S.FINAL: S.REVOKED},
    ),
}
# Done before: nothing happens and nothing is refused.
TWICE = {("appeal", S.APPEALED), ("revoke", S.REVOKED)}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_leads_where_it_should_and_is_refused_everywhere_else(cast, scope, deed):
    do, leads = DEEDS[deed]
    for number, before in enumerate(S.values):
        confirmed = (
            {}
            if before in (S.FOUND, S.NOTICE, S.LAPSED)
            else {"confirmed_by": cast.lead, "confirmed_at": NOW}
        )
        row = cast.violation(f"{deed}{number}", state=before, **confirmed)
        if before in leads:
            assert do(row, cast) is True
            assert state_of(row) == row.state == leads[before], before
            assert len(whats(row)) == 1
        elif (deed, before) in TWICE:
            assert do(row, cast) is False
        else:
            with pytest.raises(ValueError, match="cannot be done any more"):
                do(row, cast)
        if before not in leads:
            assert (state_of(row), whats(row)) == (before, [])


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - {"appeal"}))
def test_nobody_rules_on_their_own_whatever_their_role(cast, scope, deed):
    Membership.objects.filter(user=cast.other).update(agent_id=cast.mei.pk)
    do, leads = DEEDS[deed]
    row = cast.violation(state=next(iter(leads)), confirmed_by=cast.lead, confirmed_at=NOW)
    with pytest.raises(ValueError, match="their own"):
        do(row, cast)
    assert state_of(row) == next(iter(leads))


def test_who_confirms_tells_the_agent_and_makes_the_fine_and_the_points(cast, scope):
    row = cast.violation()
    assert violations.confirm(row, cast.lead, NOW, "骂人") is True
    assert violations.confirm(row, cast.lead, LATER) is False
    with pytest.raises(ValueError, match="Confirmed"):
        violations.confirm(row, cast.other, LATER)
    fine, entry = Fine.objects.get(), PointEntry.objects.get()
    assert (fine.violation_id, fine.amount, fine.state) == (row.pk, Decimal("50.00"), FineState.CONFIRMED)
    assert (entry.violation_id, entry.points, entry.state) == (row.pk, 2, PointState.EXPECTED)
    told = Notice.objects.get()
    assert (told.user, told.kind) == (cast.mei_user, "violation")
    assert told.link.endswith(f"/policies/violations/{row.pk}/")
    assert told.params["until"] == "2026-11-09"
    assert "13812341234" not in str(told.params)


def test_other_figures_than_proposed_need_a_note_and_then_count(cast, scope):
    row = cast.violation()
    for figures in ({"money": Decimal(20)}, {"points": Decimal(0)}):
        with pytest.raises(ValueError, match="need a note"):
            violations.confirm(row, cast.lead, NOW, **figures)
    with pytest.raises(ValueError, match="between"):
        violations.confirm(row, cast.lead, NOW, "x", points=Decimal(101))
    assert state_of(row) == S.FOUND
    violations.confirm(row, cast.lead, NOW, "初犯", points=Decimal(0), money=Decimal(20))
    assert Fine.objects.get().amount == 20
    assert not PointEntry.objects.exists()
    assert lines_of(About.VIOLATION, [row.pk])[row.pk][0].details == {"points": "0", "money": "20"}


def test_an_unverified_rule_costs_nothing_unless_somebody_types_it(cast, scope):
    unverified = make_rule(cast.organization, "new", points=Decimal(6), money=Decimal(30), verified_on=None)
    plain = write_down(
        cast.store, unverified.title, key=uuid.uuid4(), agent_id=cast.mei.pk, said_at=NOW, words=WORDS, user=cast.lead, now=NOW
    )  # fmt: skip
    assert (plain.points, plain.money) == (None, None)
    violations.confirm(plain, cast.lead, NOW)
    assert not Fine.objects.exists()
    typed = cast.violation("m2", unverified, points=None, money=None)
    violations.confirm(typed, cast.lead, NOW, "说好的", money=Decimal(30))
    assert Fine.objects.get().amount == 30


def test_a_grave_one_counts_only_when_a_second_person_agrees(cast, scope):
    row = cast.violation(rule=cast.grave)
    violations.confirm(row, cast.lead, NOW)
    assert (row.state, Fine.objects.exists()) == (S.SECOND, False)
    # The other supervisor is asked, the agent is not told.
    assert [told.user for told in Notice.objects.all()] == [cast.other]
    with pytest.raises(ValueError, match="Somebody else"):
        violations.second(row, cast.lead, NOW)
    with pytest.raises(ValueError, match="Somebody else"):
        violations.refuse_second(row, cast.lead, NOW, "x")
    violations.refuse_second(row, cast.other, NOW, "不像")
    assert (row.state, row.confirmed_by_id) == (S.FOUND, None)
    violations.confirm(row, cast.other, NOW + timedelta(minutes=1))
    assert violations.second(row, cast.lead, LATER, "同意") is True
    assert violations.second(row, cast.lead, LATER) is False
    assert (row.state, row.seconded_by_id, row.confirmed_at) == (S.CONFIRMED, cast.lead.pk, LATER)
    assert Fine.objects.get().seconded_by == cast.lead
    assert whats(row) == ["asked_second", "second_refused", "asked_second", "confirmed"]


def test_alone_in_the_house_the_owner_is_asked_to_be_the_second(cast, scope):
    owner = make_member(cast.organization, "owner")
    Membership.objects.filter(user=cast.other).update(store_ids=[make_store(cast.organization, "tb9").pk])
    row = cast.violation(rule=cast.grave)
    violations.confirm(row, cast.lead, NOW)
    assert [told.user for told in Notice.objects.all()] == [owner]


def test_an_appeal_comes_once_from_the_agent_and_in_time(cast, scope):
    row = cast.violation()
    violations.confirm(row, cast.lead, NOW)
    with pytest.raises(ValueError, match="Only the agent"):
        violations.appeal(row, cast.member(cast.ann_user), NOW, "x")
    with pytest.raises(ValueError, match="reason"):
        violations.appeal(row, cast.member(cast.mei_user), NOW, " ")
    with pytest.raises(ValueError, match="has passed"):
        violations.appeal(row, cast.member(cast.mei_user), NOW + timedelta(days=7, seconds=1), "x")
    violations.appeal(row, cast.member(cast.mei_user), NOW + timedelta(days=7), "没有骂")
    violations.decide_appeal(row, True, cast.other, LATER, "记录清楚")
    with pytest.raises(ValueError, match="Final"):
        violations.appeal(row, cast.member(cast.mei_user), LATER, "again")
    kinds = [(told.user, told.text) for told in Notice.objects.order_by("pk")]
    assert kinds == [
        (cast.mei_user, violations.CONFIRMED), (cast.lead, violations.APPEALED), (cast.other, violations.APPEALED),
        (cast.mei_user, violations.UPHELD),
    ]  # fmt: skip


def test_somebody_else_than_who_confirmed_decides_where_there_is_somebody_else(cast, scope):
    row = cast.violation()
    violations.confirm(row, cast.lead, NOW)
    violations.appeal(row, cast.member(cast.mei_user), NOW, "没有")
    with pytest.raises(ValueError, match="Somebody else"):
        violations.decide_appeal(row, True, cast.lead, LATER, "x")
    # The other one is the agent concerned now: nobody else is left.
    Membership.objects.filter(user=cast.other).update(agent_id=cast.mei.pk)
    assert violations.decide_appeal(row, False, cast.lead, LATER, "有道理") is True
    assert violations.decide_appeal(row, False, cast.lead, LATER, "有道理") is False


def test_what_is_revoked_costs_nothing_any_more(cast, scope):
    row = cast.violation()
    violations.confirm(row, cast.lead, NOW)
    violations.appeal(row, cast.member(cast.mei_user), NOW, "没有")
    violations.decide_appeal(row, False, cast.other, LATER, "有道理")
    assert (Fine.objects.get().state, PointEntry.objects.get().state) == (
        FineState.LIFTED,
        PointState.WITHDRAWN,
    )


def test_without_an_appeal_it_is_final_when_the_time_has_passed(cast, scope):
    PenaltySettings.objects.create(organization=cast.organization, appeal_days=3)
    in_time, over, appealed = cast.violation("a"), cast.violation("b"), cast.violation("c")
    violations.confirm(in_time, cast.lead, NOW + timedelta(seconds=1))
    violations.confirm(over, cast.lead, NOW)
    violations.confirm(appealed, cast.lead, NOW)
    violations.appeal(appealed, cast.member(cast.mei_user), NOW, "没有")
    night = NOW + timedelta(days=3, seconds=1)
    assert violations.finish(NOW + timedelta(days=3)) == 0
    assert violations.finish(night) == 1
    assert violations.finish(night) == 0
    assert (state_of(in_time), state_of(over), state_of(appealed)) == (S.CONFIRMED, S.FINAL, S.APPEALED)
    assert whats(over)[-1] == "final"


def test_exempt_is_dismissed_with_its_reason_and_can_be_taken_back(cast, scope):
    row = cast.violation()
    with pytest.raises(ValueError, match="reason"):
        violations.dismiss(row, cast.lead, NOW, " ", exempt=True)
    violations.dismiss(row, cast.lead, NOW, "问过主管", exempt=True)
    assert violations.dismiss(row, cast.lead, NOW, "问过主管") is False
    assert (row.state, row.exempt, whats(row)) == (S.DISMISSED, True, ["exempted"])
    violations.look_again(row, cast.other, LATER, "没有问过")
    assert (row.state, row.exempt, row.settled_by_id) == (S.FOUND, False, None)
    aside = cast.violation("n", state=S.NOTICE, source_key="remark:1/1")
    violations.put_aside(aside, cast.lead, NOW)
    violations.look_again(aside, cast.lead, NOW, "再看")
    assert aside.state == S.NOTICE


def test_many_are_dismissed_for_one_reason_with_the_same_few_statements(
    cast, scope, django_assert_num_queries
):
    own = make_agent(cast.organization, "主管")
    Membership.objects.filter(user=cast.lead).update(agent_id=own.pk)
    mine, judged = cast.violation("own", agent_id=own.pk), cast.violation("judged")
    violations.confirm(judged, cast.other, NOW)
    found = [cast.violation(f"f{n}") for n in range(20)] + [
        cast.violation("n", state=S.NOTICE, agent_id=None, source_key="remark:1/1")
    ]
    ids = [row.pk for row in (*found, mine, judged)]
    with django_assert_num_queries(7):  # own agent, lock, update, events, notes and a savepoint's two
        assert violations.dismiss_many(ids, cast.lead, LATER, "玩笑") == 21
    assert (state_of(mine), state_of(judged)) == (S.FOUND, S.CONFIRMED)
    lines = lines_of(About.VIOLATION, [row.pk for row in found])
    assert {(line.what, line.note, line.who) for each in lines.values() for line in each} == {
        ("dismissed", "玩笑", "Supervisor")
    }
    assert violations.dismiss_many(ids, cast.lead, LATER, "玩笑") == 0


def test_written_down_twice_is_one_and_is_judged_by_the_rule_of_that_day(cast, scope):
    said = {"agent_id": cast.mei.pk, "said_at": NOW, "words": WORDS, "user": cast.lead, "now": NOW}
    key = uuid.uuid4()
    made, again = (write_down(cast.store, cast.rule.title, key=key, **said) for _time in range(2))
    assert made == again
    assert (made.version.number, made.points, made.state, made.decrypted("quote")) == (1, 2, S.FOUND, WORDS)
    assert whats(made) == ["written"]
    for wrong, told in (
        ({"said_at": at("2025-12-31 10:00:00")}, "not valid"),
        ({"said_at": LATER}, "still to come"),
        ({"words": " "}, "Say what"),
        ({"title": "no such rule"}, "not valid"),
    ):
        with pytest.raises(ValueError, match=told):
            write_down(cast.store, key=uuid.uuid4(), **{"title": cast.rule.title} | said | wrong)


def test_words_go_with_the_buyer_and_in_time_but_not_those_somebody_works_by(cast, scope):
    other = Buyer.objects.create(organization=cast.organization, store=cast.store, name="别人")
    Order.objects.create(
        organization=cast.organization, store=cast.store, order_id="O1", status="paid", as_of=NOW
    )
    first, by_order = cast.violation("a"), cast.violation("b", buyer=None, order_id="O1")
    kept = cast.violation("c", buyer=other)
    for row in (first, kept):
        violations.confirm(row, cast.lead, NOW, "note 13812341234")
    assert forget_violations(cast.store, first.buyer_id, ["O1"]) == {"violations": 2}
    assert [Violation.objects.get(pk=row.pk).quote for row in (first, by_order)] == [None, None]
    assert [note.about_id for note in DossierNote.objects.all()] == [kept.pk]
    assert forget_violations(cast.store, first.buyer_id, ["O1"]) == {"violations": 0}


@pytest.mark.usefixtures("committed", "english")
def test_old_words_go_once_they_are_settled_or_were_never_judged():
    cast = make_cast(make_organization("yunfan"))
    with organization_scope(cast.organization.pk):
        waits, never = cast.violation("a", rule=cast.grave), cast.violation("b")
        done, standing = cast.violation("c"), cast.violation("d")
        violations.confirm(waits, cast.lead, NOW)
        violations.dismiss(done, cast.lead, LATER, "no")
        violations.confirm(standing, cast.lead, NOW)
    number = cast.organization.pk
    assert erase_old_violations(number, NOW) == {"violations": 0}
    assert erase_old_violations(number, LATER) == {"violations": 1}
    assert erase_old_violations(number, LATER + timedelta(days=1), batch=1) == {"violations": 1}
    with organization_scope(number):
        held = {row.pk for row in Violation.objects.filter(quote__isnull=False)}
        assert held == {waits.pk, standing.pk}
        assert not Violation.objects.get(pk=never.pk).quote


@pytest.mark.usefixtures("committed")
def test_of_two_supervisors_at_once_one_confirms_and_the_other_is_told_so():
    cast = make_cast(make_organization("yunfan"))
    with organization_scope(cast.organization.pk):
        row = cast.violation()
    gate, ends = threading.Barrier(2), []

    def press(user) -> None:
        try:
            with organization_scope(cast.organization.pk):
                mine = Violation.objects.get(pk=row.pk)
                gate.wait(timeout=10)
                ends.append(violations.confirm(mine, user, NOW))
        except ValueError:
            ends.append("refused")
        finally:
            connections.close_all()

    people = [threading.Thread(target=press, args=[user]) for user in (cast.lead, cast.other)]
    for person in people:
        person.start()
    for person in people:
        person.join(timeout=20)
    assert sorted(map(str, ends)) == ["True", "refused"]
    with organization_scope(cast.organization.pk):
        assert (Fine.objects.count(), PointEntry.objects.count(), Notice.objects.count()) == (1, 1, 1)
        assert whats(row) == ["confirmed"]
