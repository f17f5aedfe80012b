"""Dangerous questions: kept as warnings, told once to who is to answer, and noted as answered."""

from datetime import date

import pytest

from team.models import Agent, Seat, SeatAssignment
from team.roster import publish
from team.roster_models import ShiftKind
from team.seats import bind_seat, remove_assignment
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat
from tests.policies.inspected import NOW, inspect, make_rule, notices, told, violations, warnings
from tests.team.roster_world import make_shift, put

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def store():
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "s:mei"))


def says(store, buyer: str, when: str, text: str, way: str = "out") -> None:
    write_chat(store, buyer, "s:mei", (way, f"2026-11-02 {when}", text))


def test_a_fresh_question_warns_who_serves_the_buyer(store, mei):
    user = make_member(store.organization, "agent", agent_id=mei.pk)
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    says(store, "阿月", "10:00:00", "是假货吗", way="in")
    assert inspect(store).warned == 1
    (warning,) = warnings(store)
    assert (warning.buyer.name, warning.agent_id, warning.reason, warning.answered_at) == (
        "阿月",
        mei.pk,
        "question",
        None,
    )
    (notice,) = notices(store)
    assert (notice.user, notice.kind, notice.params) == (user, "policy", {"store": "TB1", "count": 1})
    assert violations(store) == []
    says(store, "阿月", "10:02:00", "不是的")
    inspect(store)
    assert [w.answered_at for w in warnings(store)] == [at("2026-11-02 10:02:00")]
    assert len(notices(store)) == 1


def test_old_or_answered_questions_tell_nobody(store, mei):
    make_member(store.organization, "agent", agent_id=mei.pk)
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    write_chat(store, "阿月", "s:mei", ("in", "2026-10-30 11:59:59", "假货吗"))
    write_chat(
        store,
        "阿花",
        "s:mei",
        ("in", "2026-10-30 12:00:00", "假货吗"),
        ("out", "2026-10-30 12:00:00", "不是"),
    )
    inspect(store)
    assert [(w.buyer.name, w.answered_at) for w in warnings(store)] == [("阿花", at("2026-10-30 12:00:00"))]
    assert notices(store) == []


def test_an_automatic_reply_answers_no_question(store, mei):
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    with organization_scope(store.organization_id):
        store.auto_texts = [{"kind": "exact", "text": "在的"}]
        store.save()
    says(store, "阿月", "10:00:00", "假货吗", way="in")
    says(store, "阿月", "10:00:01", "在的")
    inspect(store)
    assert [w.answered_at for w in warnings(store)] == [None]


def test_a_buyer_who_asks_again_and_again_is_told_of_once(store, mei):
    make_member(store.organization, "agent", agent_id=mei.pk)
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    says(store, "阿月", "10:00:00", "假货吗", way="in")
    says(store, "阿月", "10:00:05", "是不是假货", way="in")
    says(store, "阿花", "10:00:05", "假货？", way="in")
    inspect(store)
    assert [n.params["count"] for n in notices(store)] == [2]
    says(store, "阿月", "10:05:00", "说啊，假货吗", way="in")
    inspect(store)
    assert (len(warnings(store)), len(notices(store))) == (4, 1)
    says(store, "阿月", "10:06:00", "不是的")
    inspect(store)
    says(store, "阿月", "10:07:00", "真的不是假货？", way="in")
    inspect(store)
    assert (len(warnings(store)), len(notices(store))) == (5, 2)


def test_a_wrong_answer_after_the_warning_is_a_violation_as_ever(store, mei):
    make_rule(store.organization, "admits", "是的", asked=["假货"])
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    says(store, "阿月", "10:00:00", "假货吗", way="in")
    inspect(store)
    says(store, "阿月", "10:01:00", "是的")
    inspect(store)
    assert [row[1] for row in told(store)] == ["admits"]
    assert [w.answered_at for w in warnings(store)] == [at("2026-11-02 10:01:00")]


@pytest.fixture
def people(store, mei):
    """{name: user}: mei and qiang with a shift on the 2nd, 09:00–17:00, li without, xu who may not see the store."""
    with organization_scope(store.organization_id):
        make_shift(store.organization, "day", "09:00", "17:00")
        code = f"s{ShiftKind.objects.get().pk}"
    others = {name: make_agent(store.organization, name) for name in ("qiang", "li", "xu")}
    users = {}
    for name, agent in {"mei": mei, **others}.items():
        seen = [make_store(store.organization, "elsewhere").pk] if name == "xu" else []
        users[name] = make_member(
            store.organization, "agent", f"{name}@yunfan.example", agent_id=agent.pk, store_ids=seen
        )
    make_member(store.organization, "supervisor", "lead@yunfan.example")
    with organization_scope(store.organization_id):
        for name in ("mei", "qiang", "xu"):
            put(store.organization, mei if name == "mei" else others[name], {2: code})
        publish(store.organization, date(2026, 11, 1), None, at("2026-10-21 12:00:00"))
    return users


def asks(store, now=NOW) -> list[str]:
    """Who is told of a new dangerous question, by the beginning of their address."""
    before = {notice.pk for notice in notices(store)}
    says(store, f"b{len(before)}", "10:00:00", "假货吗", way="in")
    inspect(store, now)
    return sorted(
        n.user.email.split("@")[0] for n in notices(store) if n.pk not in before and n.kind == "policy"
    )


def test_who_serves_the_buyer_is_told_and_the_shift_where_they_have_gone_home(store, people):
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    assert asks(store) == ["mei"]
    with organization_scope(store.organization_id):
        # Now the seat is li's, who has no shift.
        bind_seat(Seat.objects.get(), Agent.objects.get(name="li"), NOW.date(), end_holder=True)
    assert asks(store) == ["li", "mei", "qiang"]
    assert [w.agent_id for w in warnings(store)][1:] == [None], "it is whoever's who is there"
    # At night nobody is on shift.
    assert asks(store, at("2026-11-02 23:00:00")) == ["li"]
    with organization_scope(store.organization_id):
        remove_assignment(SeatAssignment.objects.get(agent__name="li"))
    assert asks(store, at("2026-11-02 23:00:00")) == ["lead"]
