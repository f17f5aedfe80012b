"""The ledger of compensations: limits of a whole case, approval, refusal, and two who decide at once."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from orders.cases import close_early
from orders.compensations import ask, decide, mark_paid
from orders.remark_models import About, DossierEvent
from orders.service_models import Case, Compensation
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store
from tests.orders.after_sales import HOUR, NOW, a_case, an_order, limits

pytestmark = pytest.mark.usefixtures("english")
MINUTE = HOUR / 60


@pytest.fixture
def mei(organization, store):
    agent = make_agent(organization, "王小美", (store, "s:mei"))
    return make_member(organization, "agent", agent_id=agent.pk)


@pytest.fixture
def case(organization, store, owner, mei):
    """An agent gives 20 alone, a supervisor 60; the order was paid with 100."""
    an_order(store)
    with organization_scope(organization.pk):
        limits(store, "quality_slight", "20", "60", owner)
        return a_case(store, mei)


def asked(case, user, role, amount, later=0, **fields):
    return ask(
        case.store, case=case, kind="money", amount=Decimal(amount), user=user, role=role, now=NOW + later * MINUTE,
        **fields,
    )  # fmt: skip


def lines(case) -> list[str]:
    found = DossierEvent.objects.filter(about=About.CASE, about_id=case.pk, what__startswith="compensation")
    return [event.what.removeprefix("compensation_") for event in found.order_by("pk")]


@pytest.mark.usefixtures("scope")
class TestLimits:
    def test_within_the_limit_it_is_approved_at_once(self, case, mei):
        row = asked(case, mei, "agent", "20")
        assert (row.state, row.decided_by, row.order_id, row.product_code) == ("approved", mei, "o1", "P1")

    def test_the_limit_is_the_whole_cases_not_each_line(self, case, mei):
        states = [asked(case, mei, "agent", "8", later).state for later in (0, 1, 2)]
        assert states == ["approved", "approved", "asked"]
        assert asked(case, mei, "agent", "4", 3).state == "asked"  # 28 of 20: what waits counts

    def test_what_was_refused_counts_no_more(self, case, mei, supervisor):
        waiting = asked(case, mei, "agent", "30")
        decide(waiting, False, user=supervisor, role="supervisor", now=NOW, note="too much")
        assert asked(case, mei, "agent", "20", 1).state == "approved"

    def test_without_limits_an_agent_gives_nothing_and_a_supervisor_anything(
        self, store, case, mei, supervisor
    ):
        case = a_case(store, mei, "repair")
        assert asked(case, mei, "agent", "0.01").state == "asked"
        assert asked(case, supervisor, "supervisor", "99", 1).state == "approved"

    def test_a_supervisor_beyond_the_own_limit_asks_the_owner(self, case, supervisor, owner):
        row = asked(case, supervisor, "supervisor", "61")
        assert row.state == "asked"
        assert list(Notice.objects.values_list("user_id", flat=True)) == [owner.pk]
        with pytest.raises(ValueError, match="Somebody else"):
            decide(row, True, user=supervisor, role="supervisor", now=NOW)
        assert decide(row, True, user=owner, role="owner", now=NOW)

    def test_beyond_what_was_paid_only_an_owner_gives_with_a_reason(
        self, store, case, mei, supervisor, owner
    ):
        other = a_case(store, mei, "repair")
        asked(other, supervisor, "supervisor", "90")
        with pytest.raises(ValueError, match="more than was paid"):
            asked(case, mei, "agent", "11", 1)  # 90 + 11 of 100, over two cases of the order
        row = asked(case, mei, "agent", "11", 1, note="she lost a day")
        assert row.state == "asked"
        with pytest.raises(ValueError, match="only an owner"):
            decide(row, True, user=supervisor, role="supervisor", now=NOW)
        assert decide(row, True, user=owner, role="owner", now=NOW)

    @pytest.mark.parametrize("amount", ["0", "-1", "10000000000"])
    def test_an_amount_is_greater_than_nothing_and_not_absurd(self, case, mei, amount):
        with pytest.raises(ValueError, match="amount"):
            asked(case, mei, "agent", amount)

    def test_nothing_is_asked_for_a_closed_case(self, case, mei):
        close_early(case, "settled", "x", user=mei, lead=True, now=NOW)
        with pytest.raises(ValueError, match="closed"):
            asked(case, mei, "agent", "1")


@pytest.mark.usefixtures("scope")
class TestDecisions:
    def test_supervisors_are_told_and_the_asker_of_the_answer(self, case, mei, supervisor):
        row = asked(case, mei, "agent", "30")
        assert [n.user_id for n in Notice.objects.order_by("pk")] == [supervisor.pk]
        assert decide(row, True, user=supervisor, role="supervisor", now=NOW)
        assert not decide(row, True, user=supervisor, role="supervisor", now=NOW + HOUR)
        assert [n.user_id for n in Notice.objects.order_by("pk")] == [supervisor.pk, mei.pk]
        assert (row.decided_by_id, row.decided_at, lines(case)) == (supervisor.pk, NOW, ["asked", "approved"])

    def test_a_refusal_needs_a_reason_and_ends_it(self, case, mei, supervisor):
        row = asked(case, mei, "agent", "30")
        with pytest.raises(ValueError, match="why"):
            decide(row, False, user=supervisor, role="supervisor", now=NOW, note=" ")
        assert decide(row, False, user=supervisor, role="supervisor", now=NOW, note="the fault is small")
        with pytest.raises(ValueError, match="decided before"):
            decide(row, True, user=supervisor, role="supervisor", now=NOW)
        with pytest.raises(ValueError, match="approved can be paid"):
            mark_paid(row, user=mei, now=NOW)

    def test_what_is_approved_may_be_taken_back_until_it_is_paid(self, case, mei, supervisor):
        first, second = asked(case, mei, "agent", "5"), asked(case, mei, "agent", "6", 1)
        assert decide(first, False, user=supervisor, role="supervisor", now=NOW, note="wrong buyer")
        assert (mark_paid(second, user=mei, now=NOW), mark_paid(second, user=mei, now=NOW)) == (True, False)
        with pytest.raises(ValueError, match="decided before"):
            decide(second, False, user=supervisor, role="supervisor", now=NOW, note="x")

    def test_agents_decide_nothing(self, case, mei, supervisor):
        row = asked(case, supervisor, "supervisor", "61")
        for approve in (True, False):
            with pytest.raises(ValueError, match="Only a supervisor"):
                decide(row, approve, user=mei, role="agent", now=NOW, note="x")

    def test_a_supervisors_approvals_together_keep_the_limit(self, case, mei, supervisor):
        first, second = asked(case, mei, "agent", "40"), asked(case, mei, "agent", "30", 1)
        assert decide(first, True, user=supervisor, role="supervisor", now=NOW)
        with pytest.raises(ValueError, match="beyond a supervisor's limit"):
            decide(second, True, user=supervisor, role="supervisor", now=NOW)

    def test_asked_twice_by_a_double_click_is_asked_once(self, case, mei):
        first = asked(case, mei, "agent", "5")
        assert asked(case, mei, "agent", "5").pk == first.pk
        assert asked(case, mei, "agent", "5", 1).pk != first.pk
        assert lines(case) == ["asked", "asked"]


class TestAtOnce:
    """Two connections, really at once."""

    @pytest.fixture
    def world(self, committed):
        organization = make_organization("yunfan")
        store = make_store(organization, "tb1")
        people = [make_member(organization, "supervisor", f"s{n}@yunfan.example") for n in (1, 2)]
        owner, agent = make_member(organization, "owner"), make_member(organization, "agent")
        an_order(store)
        with organization_scope(organization.pk):
            limits(store, "quality_slight", "20", "60", owner)
            case = a_case(store, agent)
        return organization, case, people, agent

    def at_once(self, organization, *acts) -> list:
        """What each act gave, or the words of its ValueError."""
        barrier = Barrier(len(acts))

        def run(act):
            try:
                barrier.wait()
                with organization_scope(organization.pk):
                    return act()
            except ValueError as refused:
                return str(refused)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(run, acts))

    def test_two_supervisors_approve_one_thing_once(self, world):
        organization, case, people, agent = world
        with organization_scope(organization.pk):
            row = asked(case, agent, "agent", "50")
        found = self.at_once(
            organization,
            *(lambda who=who: decide(Compensation.objects.select_related("store", "case").get(pk=row.pk), True,
                                     user=who, role="supervisor", now=NOW) for who in people),
        )  # fmt: skip
        assert sorted(found) == [False, True]
        with organization_scope(organization.pk):
            assert lines(case) == ["asked", "approved"]

    def test_two_approvals_at_once_do_not_pass_the_limit(self, world):
        organization, case, people, agent = world
        with organization_scope(organization.pk):
            rows = [asked(case, agent, "agent", amount, n).pk for n, amount in enumerate(("40", "41"))]
        found = self.at_once(
            organization,
            *(lambda pk=pk, who=who: decide(Compensation.objects.select_related("store", "case").get(pk=pk), True,
                                            user=who, role="supervisor", now=NOW)
              for pk, who in zip(rows, people, strict=True)),
        )  # fmt: skip
        # One is approved, the other told in words why not.
        assert sorted(type(one).__name__ for one in found) == ["bool", "str"]

    def test_two_askings_at_once_do_not_pass_the_limit(self, world):
        organization, case, _people, agent = world
        found = self.at_once(
            organization,
            *(lambda amount=amount: asked(Case.objects.select_related("store", "procedure").get(pk=case.pk), agent,
                                          "agent", amount).state for amount in ("15", "16")),
        )  # fmt: skip
        assert sorted(found) == ["approved", "asked"]


class TestPages:
    @pytest.fixture(autouse=True)
    def reads_english(self, client):
        client.cookies["django_language"] = "en"

    def act(self, client, organization, row, **fields):
        return client.post(reverse("compensation_act", args=[organization.slug, row.pk]), fields, follow=True)

    def test_an_agent_reads_why_it_was_refused(self, client, organization, case, mei, supervisor):
        client.force_login(mei)
        address = reverse("case_act", args=[organization.slug, case.pk])
        client.post(address, {"act": "ask", "kind": "money", "amount": "30", "note": "big stain"})
        with organization_scope(organization.pk):
            row = Compensation.objects.get()
        assert row.state == "asked"
        assert self.act(client, organization, row, act="approve").status_code == 403
        client.force_login(supervisor)
        ledger = client.get(reverse("compensation_list", args=[organization.slug])).content.decode()
        assert "big stain" in ledger
        assert 'value="approve"' in ledger
        self.act(client, organization, row, act="refuse", note="it washes out", back="list")
        client.force_login(mei)
        page = client.get(reverse("case_detail", args=[organization.slug, case.pk])).content.decode()
        assert "it washes out" in page
        assert "Refused" in page

    def test_the_ledger_shows_what_waits_first_sums_and_a_file(self, client, organization, case, mei, owner):
        with organization_scope(organization.pk):
            given = asked(case, mei, "agent", "0.50", -100 * 24 * 60)  # older than what is shown
            waiting = asked(case, mei, "agent", "30", -90 * 24 * 60)
            mark_paid(given, user=mei, now=NOW)
        client.force_login(owner)
        address = reverse("compensation_list", args=[organization.slug])
        page = client.get(address)
        assert [item["row"].pk for item in page.context["rows"]] == [waiting.pk]
        page = client.get(address, {"since": "2026-07-01", "until": "2026-11-02"})
        assert [item["row"].pk for item in page.context["rows"]] == [waiting.pk, given.pk]
        sums = {(row["currency"], str(row["state"])): row["sum"] for row in page.context["sums"]}
        assert sums == {("CNY", "Waits for approval"): 30, ("CNY", "Paid"): Decimal("0.50")}
        file = client.get(address, {"since": "2026-07-01", "file": "csv"}).content.decode("utf-8-sig")
        assert [line.split(",")[5] for line in file.splitlines()] == ["Amount", "30.00", "0.50"]
        assert client.get(address, {"file": "xlsx"}).content.startswith(b"PK")
