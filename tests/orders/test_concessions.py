"""What agents may give alone, what they must ask for, and who answers (R35)."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from orders.concessions import Wish, decide, give_or_ask, limit_of
from orders.dossiers import lines_of
from orders.remark_models import About
from orders.trade_models import BargainLimit, Concession, ConcessionKind, ConcessionState
from team.models import Position
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store, write_order

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@pytest.fixture
def junior(organization, store):
    person = make_agent(organization, "Ann", (store, "s:ann"))
    with organization_scope(organization.pk):
        Position.objects.create(
            organization=organization, agent=person, grade="junior", since=date(2026, 1, 1)
        )
    return person


def limit(organization, store=None, grade="", since=date(2026, 1, 1), percent=None, amount=None) -> None:
    BargainLimit.objects.create(
        organization=organization, store=store, grade=grade, since=since, percent=percent, amount=amount
    )


def wish(store, person, taken_off, **other) -> Wish:
    told = {
        "store": store, "kind": ConcessionKind.DISCOUNT, "agent_id": person.pk, "buyer": None, "order_id": None,
        "product_code": "", "price": Decimal(100), "taken_off": taken_off and Decimal(taken_off), "text": "",
    }  # fmt: skip
    return Wish(**told | other)


def test_without_a_limit_an_agent_may_take_off_nothing(scope, organization, store, junior):
    assert limit_of(store, junior.pk, Decimal(100), TODAY) == 0


def test_of_percent_and_amount_the_smaller_holds_and_cents_are_cut(scope, organization, store, junior):
    """12.5 % of 99.99 is 12.49875: 12.49; with at most 10 it is 10; of 40.00 it is 5.00."""
    limit(organization, percent="12.5")
    assert limit_of(store, junior.pk, Decimal("99.99"), TODAY) == Decimal("12.49")
    BargainLimit.objects.update(amount=10)
    assert limit_of(store, junior.pk, Decimal("99.99"), TODAY) == 10
    assert limit_of(store, junior.pk, Decimal(40), TODAY) == 5
    assert limit_of(store, junior.pk, None, TODAY) == 0


def test_the_nearest_limit_of_the_day_holds(scope, organization, store, junior):
    """Store before all stores, grade before all grades, then the latest that has begun."""
    limit(organization, amount=1)
    assert limit_of(store, junior.pk, None, TODAY) == 1
    limit(organization, grade="junior", amount=2)
    limit(organization, grade="senior", amount=50)
    assert limit_of(store, junior.pk, None, TODAY) == 2
    limit(organization, store, amount=3)
    assert limit_of(store, junior.pk, None, TODAY) == 3
    limit(organization, store, grade="junior", amount=4)
    limit(organization, store, grade="junior", since=date(2026, 3, 10), amount=5)
    limit(organization, store, grade="junior", since=date(2026, 3, 11), amount=6)
    assert limit_of(store, junior.pk, None, date(2026, 3, 9)) == 4
    assert limit_of(store, junior.pk, None, TODAY) == 5


def test_what_the_order_got_before_counts_but_refusals_do_not(scope, organization, store, junior, supervisor):
    limit(organization, amount=10)
    write_order(store, "o1", paid_amount="100")
    first = give_or_ask(wish(store, junior, "6", order_id="o1"), user=None, may_decide=False, now=NOW)
    second = give_or_ask(wish(store, junior, "4.01", order_id="o1"), user=None, may_decide=False, now=NOW)
    assert (first.state, second.state) == (ConcessionState.WITHIN, ConcessionState.ASKED)
    assert decide(second, False, "no more", user=supervisor, now=NOW)
    third = give_or_ask(wish(store, junior, "4", order_id="o1"), user=None, may_decide=False, now=NOW)
    assert third.state == ConcessionState.WITHIN
    assert {row.limit for row in (first, second, third)} == {Decimal(10)}


def test_supervisors_are_asked_and_the_agent_is_told_once(
    scope, organization, store, junior, supervisor, owner, english
):
    agent = make_member(organization, "agent", agent_id=junior.pk)
    asked = give_or_ask(wish(store, junior, "9", text="要 9 折"), user=agent, may_decide=False, now=NOW)
    assert list(Notice.objects.values_list("user_id", flat=True)) == [supervisor.pk]
    assert decide(asked, True, "", user=supervisor, now=NOW) is True
    assert decide(asked, True, "", user=owner, now=NOW) is False
    with pytest.raises(ValueError, match="answered already"):
        decide(asked, False, "no", user=owner, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by_id) == (ConcessionState.ALLOWED, supervisor.pk)
    assert list(Notice.objects.order_by("pk").values_list("user_id", flat=True)) == [supervisor.pk, agent.pk]
    assert [line.what for line in lines_of(About.CONCESSION, [asked.pk])[asked.pk]] == ["asked", "allowed"]


def test_a_refusal_needs_a_word(scope, store, junior, supervisor, english):
    asked = give_or_ask(wish(store, junior, "9"), user=None, may_decide=False, now=NOW)
    with pytest.raises(ValueError, match="why not"):
        decide(asked, False, "  ", user=supervisor, now=NOW)
    asked.refresh_from_db()
    assert asked.state == ConcessionState.ASKED


def test_leads_allow_themselves_and_an_address_is_only_recorded(scope, store, junior, supervisor, english):
    given = give_or_ask(wish(store, junior, "90"), user=supervisor, may_decide=True, now=NOW)
    assert (given.state, given.decided_by_id) == (ConcessionState.ALLOWED, supervisor.pk)
    moved = give_or_ask(
        wish(store, junior, None, kind=ConcessionKind.ADDRESS, price=None, text="改到公司"),
        user=None, may_decide=False, now=NOW,
    )  # fmt: skip
    assert (moved.state, moved.limit, moved.decrypted("text")) == (ConcessionState.WITHIN, None, "改到公司")
    with pytest.raises(ValueError, match="how much"):
        give_or_ask(wish(store, junior, None), user=None, may_decide=True, now=NOW)


def test_two_at_once_on_one_order_do_not_both_fit_below_its_limit(committed):
    from tests.make import make_organization

    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    person = make_agent(organization, "Ann", (store, "s:ann"))
    write_order(store, "o1", paid_amount="100")
    with organization_scope(organization.pk):
        limit(organization, amount=10)
    begin = threading.Barrier(2)

    def give() -> None:
        begin.wait()
        try:
            with organization_scope(organization.pk):
                give_or_ask(wish(store, person, "7", order_id="o1"), user=None, may_decide=False, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with organization_scope(organization.pk):
        states = sorted(Concession.objects.values_list("state", flat=True))
    assert states == [ConcessionState.ASKED, ConcessionState.WITHIN]


def test_an_agent_asks_on_the_page_and_sees_the_own_only(
    client, organization, store, junior, supervisor, english
):
    member = make_member(organization, "agent", agent_id=junior.pk)
    other = make_agent(organization, "Bob", (store, "s:bob"))
    write_order(store, "o1", paid_amount="100")
    with organization_scope(organization.pk):
        theirs = give_or_ask(wish(store, other, "3"), user=None, may_decide=False, now=timezone.now())
    client.cookies["django_language"] = "en"
    client.force_login(member)
    told = {"store": store.code, "agent": junior.pk, "kind": "discount", "order_id": "o1", "price": "100"}
    page = client.post("/yunfan/concessions/new/", told).content.decode()
    assert "Say how much is taken off." in page
    page = client.post(
        "/yunfan/concessions/new/", told | {"taken_off": "5", "order_id": "o9"}
    ).content.decode()
    assert "knows no such order" in page
    answer = client.post("/yunfan/concessions/new/", told | {"taken_off": "5"})
    with organization_scope(organization.pk):
        mine = Concession.objects.exclude(pk=theirs.pk).get()
    assert answer["Location"] == f"/yunfan/concessions/{mine.pk}/"
    assert (mine.state, mine.agent_id, mine.taken_off) == (ConcessionState.ASKED, junior.pk, Decimal(5))
    assert client.get(f"/yunfan/concessions/{theirs.pk}/").status_code == 404
    assert client.post(f"/yunfan/concessions/{mine.pk}/decide/", {"decision": "allow"}).status_code == 403
    # An agent cannot write one down as somebody else's.
    assert (
        "Select a valid choice"
        in client.post("/yunfan/concessions/new/", told | {"agent": other.pk}).content.decode()
    )
    client.force_login(supervisor)
    page = client.get("/yunfan/concessions/").content.decode()
    assert page.count("¥5.00") + page.count("¥3.00") >= 2
    client.post(f"/yunfan/concessions/{mine.pk}/decide/", {"decision": "refuse", "answer": ""})
    with organization_scope(organization.pk):
        mine.refresh_from_db()
        assert mine.state == ConcessionState.ASKED
    client.post(f"/yunfan/concessions/{mine.pk}/decide/", {"decision": "refuse", "answer": "too much"})
    with organization_scope(organization.pk):
        mine.refresh_from_db()
        assert (mine.state, mine.decrypted("answer")) == (ConcessionState.REFUSED, "too much")


def test_limits_are_set_on_the_page_and_the_same_again_corrects(
    client, organization, store, supervisor, english
):
    client.force_login(supervisor)
    told = {"store": "", "grade": "", "since": "2026-01-01", "percent": "5", "amount": ""}
    for percent in ("5", "8"):
        assert client.post("/yunfan/concessions/limits/", told | {"percent": percent}).status_code == 302
    with organization_scope(organization.pk):
        assert list(BargainLimit.objects.values_list("percent", "amount")) == [(Decimal(8), None)]
    for wrong in ({"percent": ""}, {"percent": "101"}, {"percent": "-1"}, {"since": "x"}):
        assert client.post("/yunfan/concessions/limits/", told | wrong).status_code == 200
    limited = make_member(organization, "supervisor", "limited@example.com", store_ids=[store.pk])
    client.force_login(limited)
    assert (
        client.post("/yunfan/concessions/limits/", told).status_code == 200
    )  # all stores are not theirs to set
    with organization_scope(organization.pk):
        assert BargainLimit.objects.count() == 1
