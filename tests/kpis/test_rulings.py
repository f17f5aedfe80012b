"""Claims and rulings on orders: who may, what they change, that they are told once and cannot be changed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from kpis.explain import explain_order
from kpis.models import AgentDay, OrderFact
from kpis.refresh import refresh_store
from kpis.ruling_effects import effects_of
from kpis.ruling_models import OwnershipClaim, OwnershipRuling
from kpis.rulings import NotPossible, claim, decide, effective_ruling, lift, open_claims, rule
from orders.models import Order
from orders.remark_models import Remark
from stores.models import Change
from team.notice_models import Notice
from tenants.audit_models import AuditEntry
from tenants.scope import organization_scope
from tests.kpis.piecewise import catch_up, differing
from tests.make import make_agent, make_member, make_organization, make_store, write_chat, write_order

NOW = datetime(2026, 11, 3, 4, tzinfo=UTC)


def make_sale(organization) -> tuple:
    """(store, Ann, Bob): Ann's chat led to order o1 of 100, Bob served nobody of it."""
    store = make_store(organization, "tb1", name="Shop")
    ann, bob = (make_agent(organization, name, (store, f"s:{name}")) for name in ("Ann", "Bob"))
    write_chat(
        store, "mai", "s:Ann", ("in", "2026-11-02 10:00:00", "hi"), ("out", "2026-11-02 10:01:00", "yes")
    )
    write_chat(
        store, "tom", "s:Bob", ("in", "2026-11-02 10:00:00", "hi"), ("out", "2026-11-02 10:01:00", "yes")
    )
    order = {"created_at": "2026-11-02 10:05:00", "paid_at": "2026-11-02 10:06:00"}
    write_order(store, "o1", buyer="mai", paid_amount="100", **order)
    write_order(store, "o2", buyer="mai", paid_amount="30", **order)
    write_order(store, "o3", buyer="tom", created_at="2026-11-02 10:05:00", status="unpaid")
    refresh_store(store, whole=True)
    return store, ann, bob


@pytest.fixture
def sale(organization):
    return make_sale(organization)


@pytest.fixture
def first(sale, scope) -> Order:
    return Order.objects.get(order_id="o1")


def owners(store) -> dict[str, tuple]:
    refresh_store(store, whole=True)
    facts = OrderFact.objects.select_related("order").order_by("order__order_id")
    return {fact.order.order_id: (fact.owner_id, fact.reason) for fact in facts}


def test_a_claim_waits_and_changes_nothing(sale, first, supervisor, organization):
    store, ann, bob = sale
    user = make_member(organization, "agent", agent_id=bob.pk)
    made = claim(first, bob.pk, " I sold it ", user=user, now=NOW)
    assert claim(first, bob.pk, "I sold it", user=user, now=NOW) == made
    assert list(open_claims()) == [made]
    assert owners(store)["o1"] == (ann.pk, "order")
    with pytest.raises(NotPossible):
        claim(first, None, "something else", user=user, now=NOW)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (supervisor, "ownership")
    assert AuditEntry.objects.get().verb == "order_claimed"


def test_a_claim_followed_moves_the_order_and_tells_everybody_once(sale, first, supervisor, organization):
    store, ann, bob = sale
    anns = make_member(organization, "agent", "ann@yunfan.example", agent_id=ann.pk)
    bobs = make_member(organization, "agent", "bob@yunfan.example", agent_id=bob.pk)
    made = claim(first, bob.pk, "I sold it", user=bobs, now=NOW)
    ruling = decide(made, follow=True, reason="seen", user=supervisor, now=NOW)
    again = decide(made, follow=True, reason="seen again", user=supervisor, now=NOW)
    assert (again.pk, OwnershipRuling.objects.count()) == (ruling.pk, 1)
    assert (ruling.number, ruling.owner_before, ruling.agent_id) == (1, ann.pk, bob.pk)
    with pytest.raises(NotPossible):
        decide(made, follow=False, reason="no", user=supervisor, now=NOW)
    assert owners(store) == {"o1": (bob.pk, "ruling"), "o2": (ann.pk, "order")}
    assert list(open_claims()) == []
    told = Notice.objects.exclude(user=supervisor).order_by("pk").values_list("user", "text")
    assert [(user, "yours" in text, "no longer" in text) for user, text in told] == [
        (bobs.pk, True, False),
        (anns.pk, True, True),
        (bobs.pk, False, False),
    ]
    entry = AuditEntry.objects.get(verb="order_given")
    assert entry.details["old"] == {"owner": "Ann"}
    assert entry.details["new"] == {"owner": "Bob"}


def test_a_refused_claim_leaves_everything_as_it_was(sale, first, supervisor):
    store, ann, bob = sale
    made = claim(first, bob.pk, "mine", user=supervisor, now=NOW)
    changes = Change.objects.count()
    decide(made, follow=False, reason="not seen", user=supervisor, now=NOW)
    assert owners(store)["o1"] == (ann.pk, "order")
    assert Change.objects.count() == changes, "no figure depends on a refusal"
    assert AuditEntry.objects.filter(verb="claim_refused").count() == 1
    # Refused once, one may ask again.
    assert claim(first, bob.pk, "mine, look", user=supervisor, now=NOW) != made


def test_ruled_lifted_and_ruled_again(sale, first, supervisor):
    store, ann, bob = sale
    known = {"user": supervisor, "now": NOW}
    rule(first, bob.pk, "so", **known)
    rule(first, bob.pk, "so", **known)
    assert OwnershipRuling.objects.count() == 1
    assert owners(store)["o1"] == (bob.pk, "ruling")
    lift(first, "no longer", **known)
    assert lift(first, "no longer", **known) is None
    assert owners(store)["o1"] == (ann.pk, "order")
    rule(first, None, "nobody's", **known)
    assert owners(store)["o1"] == (None, "ruling")
    rule(first, ann.pk, "after all", **known)
    assert owners(store)["o1"] == (ann.pk, "ruling")
    assert [r.number for r in OwnershipRuling.objects.order_by("pk")] == [1, 2, 3, 4]
    assert effective_ruling(first.pk).agent_id == ann.pk


@pytest.mark.parametrize("who", ["Carl", "another's"])
def test_an_order_goes_only_to_somebody_of_its_store(sale, first, supervisor, organization, who):
    elsewhere = make_store(organization, "tb2")
    stranger = make_agent(organization, who, (elsewhere, "x"))
    with pytest.raises(NotPossible):
        rule(first, stranger.pk, "so", user=supervisor, now=NOW)
    with pytest.raises(NotPossible):
        rule(first, 10**8, "so", user=supervisor, now=NOW)
    with pytest.raises(NotPossible):
        rule(first, None, "   ", user=supervisor, now=NOW)
    with pytest.raises(NotPossible):
        rule(Order.objects.get(order_id="o3"), None, "so", user=supervisor, now=NOW)
    assert not OwnershipRuling.objects.exists()


def test_the_effect_is_told_once_the_figures_follow(sale, first, supervisor):
    """Ann sold 100 + 30, Bob nothing; o1 goes to Bob: Ann 130 → 30, Bob 0 → 100."""
    store, _ann, bob = sale
    ruling = rule(first, bob.pk, "so", user=supervisor, now=NOW)

    def effect(made):
        rows = list(OwnershipRuling.objects.select_related("order__fact").filter(pk=made.pk))
        return effects_of(rows, {store.pk: store})[made.pk]

    assert effect(ruling).state == "waiting"
    refresh_store(store, whole=True)
    assert [(c.name, c.before, c.after) for c in effect(ruling).changes] == [
        ("Ann", 130, 30),
        ("Bob", 0, 100),
    ]
    lifted = lift(first, "no", user=supervisor, now=NOW)
    assert (effect(ruling).state, effect(lifted).state) == ("replaced", "waiting")
    refresh_store(store, whole=True)
    assert [(c.name, c.before, c.after) for c in effect(lifted).changes] == [
        ("Bob", 100, 0),
        ("Ann", 30, 130),
    ]


def test_claims_and_rulings_cannot_be_changed(sale, first, supervisor):
    made = claim(first, None, "nobody", user=supervisor, now=NOW)
    decide(made, follow=True, reason="so", user=supervisor, now=NOW)
    for model in (OwnershipClaim, OwnershipRuling):
        for change in (lambda m: m.objects.update(reason="other"), lambda m: m.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(model)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET agent_id = 1")
    assert OwnershipRuling.objects.get().reason == "so"


def test_explained_with_the_ruling_and_with_our_remarks_flag(sale, first, supervisor):
    store, ann, bob = sale
    rule(first, bob.pk, "buyer said so", user=supervisor, now=NOW)
    second = Order.objects.get(order_id="o2")
    Remark.objects.create(
        organization_id=store.organization_id, store=store, order=second, number=1, sealed=b"", flag=3,
        agent_id=ann.pk, made_at=NOW,
    )  # fmt: skip
    refresh_store(store, whole=True)
    told = explain_order(store, "o1")
    assert (told["owner"], told["reason"]) == ("Bob", "ruling")
    assert told["judgements"] == {"order": "Bob", "order_first": "Bob", "payment": "Bob"}
    assert told["ruling"] == {
        "number": 1, "agent": "Bob", "reason": "buyer said so", "by": str(supervisor), "at": NOW.isoformat(),
    }  # fmt: skip
    told = explain_order(store, "o2")
    assert (told["owner"], told["reason"], told["ruling"]) == ("Ann", "flag", None)
    assert told["flag"] == {"flag": 3, "seat": None, "from_remark": True, "agent": "Ann", "honoured": True}


# Committed: the change log, other connections
def test_a_ruling_reaches_the_figures_through_the_change_log(committed):
    organization = make_organization("yunfan")
    store, ann, bob = make_sale(organization)
    catch_up(store)
    user = make_member(organization, "supervisor")
    steps = [
        lambda order: rule(order, bob.pk, "so", user=user, now=NOW),
        lambda order: lift(order, "no", user=user, now=NOW),
        lambda order: rule(order, None, "nobody's", user=user, now=NOW),
    ]
    for step, sales in zip(steps, ({ann.pk: 30, bob.pk: 100}, {ann.pk: 130}, {ann.pk: 30}), strict=True):
        with organization_scope(organization.pk):
            step(Order.objects.get(order_id="o1"))
        assert all(count["buyers"] >= 0 for count in catch_up(store)), "the whole store was rebuilt"
        assert differing(store) == []
        with organization_scope(organization.pk):
            rows = AgentDay.objects.filter(agent_id__gt=0, paid_amount__gt=0)
            assert dict(rows.values_list("agent_id", "paid_amount")) == sales


def test_two_who_decide_at_once_make_one_ruling(committed):
    organization = make_organization("yunfan")
    _store, _ann, bob = make_sale(organization)
    user = make_member(organization, "supervisor")
    with organization_scope(organization.pk):
        made = claim(Order.objects.get(order_id="o1"), bob.pk, "mine", user=user, now=NOW)
    start, found = threading.Barrier(2), []

    def work(follow: bool) -> None:
        try:
            start.wait(10)
            with organization_scope(organization.pk):
                found.append(decide(made, follow=follow, reason="so", user=user, now=NOW).kind)
        except NotPossible:
            found.append("decided")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(follow,)) for follow in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with organization_scope(organization.pk):
        assert OwnershipRuling.objects.count() == 1
        assert sorted(found) == sorted(["decided", OwnershipRuling.objects.get().kind])


# Pages
def address(name: str, order_id: str = "o1") -> str:
    return reverse(name, args=["yunfan", "tb1", order_id])


def test_an_agent_asks_and_a_supervisor_rules_on_the_pages(client, sale, supervisor, organization):
    _store, _ann, bob = sale
    bobs = make_member(organization, "agent", agent_id=bob.pk)
    listed = reverse("claim_list", args=["yunfan"])
    client.cookies["django_language"] = "en"
    client.force_login(bobs)
    assert client.get(address("order_claim")).status_code == 405
    said = {"claim-agent": bob.pk, "claim-reason": "I sold it"}
    assert client.post(address("order_claim"), said)["Location"] == f"{listed}?store=tb1"
    assert client.post(address("order_rule"), {"act": "rule"}).status_code == 403
    page = client.get(listed).content.decode()
    assert "I sold it" in page
    assert 'name="decide-reason"' not in page
    client.force_login(supervisor)
    page = client.get(listed).content.decode()
    assert 'name="decide-reason"' in page
    with organization_scope(organization.pk):
        made = OwnershipClaim.objects.get()
    why = reverse("order_why", args=["yunfan", "tb1", "o1"])
    answer = client.post(
        address("order_rule"),
        {"act": "follow", "decide-claim": made.pk, "decide-reason": "seen", "next": why},
    )
    assert answer["Location"] == why
    with organization_scope(organization.pk):
        assert OwnershipRuling.objects.get().kind == "given"
        refresh_store(sale[0], whole=True)
    assert "ruled at" in client.get(why).content.decode()
    page = client.get(f"{listed}?show=decided").content.decode()
    assert "belongs to Bob" in page
    assert client.get(f"{listed}?show=decided&file=csv").status_code == 200
    with organization_scope(organization.pk):
        assert AuditEntry.objects.filter(verb="exported").count() == 1


@pytest.mark.parametrize(
    "posted",
    [
        {"act": "rule", "rule-agent": "", "rule-reason": "so"},
        {"act": "rule", "rule-agent": "nobody", "rule-reason": ""},
        {"act": "rule", "rule-agent": "999999", "rule-reason": "so"},
        {"act": "lift", "lift-reason": ""},
        {"act": "follow", "decide-reason": "so"},
        {"act": "follow", "decide-reason": "so", "decide-claim": "x"},
        {"act": "rule", "rule-agent": "nobody", "rule-reason": "so", "next": "https://elsewhere.example/"},
    ],
)
def test_a_form_filled_in_wrongly_rules_nothing_and_leads_nowhere_else(
    client, sale, supervisor, organization, posted
):
    client.force_login(supervisor)
    answer = client.post(address("order_rule"), posted)
    assert answer["Location"].startswith("/yunfan/orders/claims/")
    with organization_scope(organization.pk):
        assert OwnershipRuling.objects.count() == ("next" in posted)


def test_an_agent_sees_only_what_concerns_them(client, sale, supervisor, organization):
    _store, ann, bob = sale
    carl = make_agent(organization, "Carl")
    users = {agent.name: make_member(organization, "agent", f"{agent.name}@x.example", agent_id=agent.pk)
             for agent in (ann, bob, carl)}  # fmt: skip
    with organization_scope(organization.pk):
        order = Order.objects.get(order_id="o1")
        claim(order, bob.pk, "he helped", user=supervisor, now=NOW)
        rule(order, bob.pk, "ruled because", user=supervisor, now=NOW + timedelta(minutes=1))
    listed = reverse("claim_list", args=["yunfan"])
    for name, open_ones, decided in (("Ann", False, True), ("Bob", True, True), ("Carl", False, False)):
        client.force_login(users[name])
        assert ("he helped" in client.get(listed).content.decode()) is open_ones, name
        assert ("ruled because" in client.get(f"{listed}?show=decided").content.decode()) is decided, name


def test_nothing_of_another_organization_or_store(client, sale, outsider, organization):
    client.force_login(outsider)
    assert client.post(address("order_rule"), {"act": "lift"}).status_code == 404
    limited = make_member(
        organization, "supervisor", "l@x.example", store_ids=[make_store(organization, "tb2").pk]
    )
    client.force_login(limited)
    assert client.post(address("order_rule"), {"act": "lift"}).status_code == 404
