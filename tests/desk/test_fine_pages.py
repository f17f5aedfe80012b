"""Pages of fines and points, in the roles that use them, and the words that go with a buyer."""

import csv
import html
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from kpis.erasure import erase_buyer
from orders.remark_models import About, DossierNote
from policies import points
from policies.fine_rulings import confirm
from policies.fines import finish
from policies.penalty_erasure import erase_old_penalty_words
from policies.penalty_models import (
    Fine,
    FineCap,
    FineState,
    PenaltySettings,
    PointAllowance,
    PointEntry,
    PointState,
)
from tenants.models import AuditEntry
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store, write_order
from tests.policies.penalties import DAY, NOW, a_fine, the_rule

LIST, POINTS = "/yunfan/policies/penalties/", "/yunfan/policies/points/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False) as clock:
        yield clock


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


@pytest.fixture
def agent(organization, mei):
    return make_member(organization, "agent", agent_id=mei.pk)


@pytest.fixture
def told(organization, store, mei, supervisor, clock):
    """A fine of 20 that 王小美 was told."""
    with organization_scope(organization.pk):
        fine = a_fine(store, mei.pk, supervisor)
        confirm(fine, supervisor, NOW)
        return fine


def test_an_agent_sees_the_own_fines_once_they_are_told(
    client, organization, store, told, mei, agent, supervisor
):
    with organization_scope(organization.pk):
        other = make_agent(organization, "李强", (store, "tb1:li"))
        theirs = a_fine(store, other.pk, supervisor)
        confirm(theirs, supervisor, NOW)
        proposed = a_fine(store, mei.pk, supervisor)
    client.force_login(agent)
    shown = client.get(LIST)
    assert [row.fine.pk for row in shown.context["rows"]] == [told.pk]
    links = re.findall(r'<a class="grow" href="([^"]+)"', shown.content.decode())
    assert [client.get(html.unescape(link)).status_code for link in links] == [200, 200]
    for fine, status in ((told, 200), (theirs, 404), (proposed, 404)):
        assert client.get(f"{LIST}{fine.pk}/").status_code == status
        assert client.post(f"{LIST}{fine.pk}/act/", {"act": "appeal", "note": "不"}).status_code == (
            302 if status == 200 else 404
        )
    assert client.post(f"{LIST}{told.pk}/act/", {"act": "lift", "note": "不"}).status_code == 403
    with organization_scope(organization.pk):
        assert dict(Fine.objects.values_list("pk", "state")) == {
            told.pk: FineState.APPEALED, theirs.pk: FineState.CONFIRMED, proposed.pk: FineState.PROPOSED,
        }  # fmt: skip
    assert client.get(POINTS).status_code == 403


def test_the_owner_calls_a_rule_right_and_from_that_day_on_it_fines(
    client, organization, store, mei, supervisor, owner, clock
):
    with organization_scope(organization.pk):
        the_rule(store, "fine-remark-wrong")
    address, day = f"{LIST}new/", {"day": "2026-11-09"}
    said = {"rule": "fine-remark-wrong", "store": "tb1", "agent": mei.pk, "reason": "宽高写反", **day}
    right = {"verify-source": "员工手册 3.2", "verify-checked_on": "2026-11-10", "verify-since": "2026-11-10"}
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    assert "An owner has to say first" in client.post(address, said).content.decode()
    assert client.post("/yunfan/policies/rules/fine-remark-wrong/verify/", right).status_code == 403
    client.force_login(owner)
    assert client.post("/yunfan/policies/rules/fine-remark-wrong/verify/", right).status_code == 302
    assert "An owner has to say first" in client.post(address, said).content.decode()
    assert client.post(address, said | {"day": "2026-11-10"}).status_code == 302
    with organization_scope(organization.pk):
        fine = Fine.objects.select_related("version").get()
        assert (fine.amount, fine.version.verified_by_id, fine.version.source) == (
            Decimal(20),
            owner.pk,
            "员工手册 3.2",
        )


def test_a_supervisor_of_other_stores_sees_none_of_it(client, organization, told):
    empty = make_store(organization, "tb2")
    limited = make_member(organization, "supervisor", "limited@yunfan.example", store_ids=[empty.pk])
    client.force_login(limited)
    assert client.get(f"{LIST}?show=all").context["rows"] == []
    assert client.get(f"{LIST}months/?month=2026-11").context["lines"] == []
    assert client.post(f"{LIST}{told.pk}/act/", {"act": "lift", "note": "不"}).status_code == 404


def test_an_error_in_an_act_is_told_in_words_and_changes_nothing(client, organization, told, owner):
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    for said in (
        {"act": "lift", "note": ""},
        {"act": "confirm", "amount": "NaN"},
        {"act": "nonsense"},
        {"act": "uphold", "note": "x"},
    ):
        page = client.post(f"{LIST}{told.pk}/act/", said, follow=True)
        assert [str(message) for message in page.context["messages"]] != []
    with organization_scope(organization.pk):
        assert Fine.objects.get().state == FineState.CONFIRMED


def test_the_list_is_saved_as_it_is_chosen(client, told, owner):
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    saved = client.get(f"{LIST}?show=told&month=2026-11&file=csv")
    (row,) = csv.DictReader(io.StringIO(saved.content.decode("utf-8-sig")))
    assert (row["Day"], row["Agent"], row["Amount (CNY)"], row["State"]) == (
        "2026-11-09",
        "王小美",
        "20.00",
        "Confirmed",
    )
    assert client.get(f"{LIST}?show=told&month=2026-10").context["rows"] == []
    assert len(client.get(f"{LIST}?show=told&rule=fine-remark-wrong").context["rows"]) == 1


def test_a_month_adds_up_what_payroll_deducts(client, organization, store, told, mei, supervisor, owner):
    """Final in November: 20 of 王小美; a cap of 15 lets 15 through. Another 50 is only proposed."""
    with organization_scope(organization.pk):
        finish(NOW + timedelta(days=7))
        FineCap.objects.create(organization=organization, since=date(2026, 11, 1), amount=Decimal(15))
        a_fine(store, mei.pk, supervisor, amount=50)
    client.force_login(owner)
    (line,) = client.get(f"{LIST}months/?month=2026-11").context["lines"]
    assert (line.name, line.fines, line.proposed, line.confirmed, line.final, line.deducted, line.above_cap) == (
        "王小美", 2, Decimal(50), Decimal(0), Decimal(20), Decimal(15), Decimal(5),
    )  # fmt: skip
    assert client.get(f"{LIST}months/?month=nonsense").status_code == 200


def test_the_owner_sets_figures_and_the_cap_and_it_is_written_down(
    client, organization, clock, owner, supervisor
):
    figures = {
        "appeal_days": "5", "slow_seconds": "120", "slow_times": "3", "unanswered_minutes": "30", "unanswered_hours": "2",
        "review_days": "7",
    }  # fmt: skip
    client.force_login(supervisor)
    assert client.post(f"{LIST}settings/", {**figures, "cap": "300"}).status_code == 403
    client.force_login(owner)
    assert client.post(f"{LIST}settings/", {**figures, "cap": "300"}).status_code == 302
    assert client.post(f"{LIST}settings/", {**figures, "appeal_days": "0"}).status_code == 200
    with organization_scope(organization.pk):
        assert PenaltySettings.objects.get().appeal_days == 5
        assert FineCap.objects.values_list("since", "amount").get() == (date(2026, 11, 1), Decimal(300))
        assert AuditEntry.objects.filter(verb="settings_changed").count() == 1


def test_points_are_written_down_appealed_and_given_back_on_the_page(
    client, organization, store, clock, owner
):
    client.force_login(owner)
    said = {"store": "tb1", "points": "6", "day": "2026-11-09", "reason": "违背承诺"}
    assert client.post(f"{POINTS}new/", said | {"points": "0"}).status_code == 200
    assert client.post(f"{POINTS}new/", said).status_code == 302
    with organization_scope(organization.pk):
        number = PointEntry.objects.get().pk
    for act in ({"act": "appeal", "note": "凭证"}, {"act": "answer", "points": "1.5", "note": "部分"}):
        assert client.post(f"{POINTS}{number}/act/", act).status_code == 302
    with organization_scope(organization.pk):
        entry = PointEntry.objects.get()
    assert (entry.points, entry.latest, entry.state) == (Decimal(6), Decimal("1.5"), PointState.GIVEN_BACK)
    page = client.get(f"{POINTS}?store=tb1")
    assert page.context["gauges"][0].taken == Decimal("1.5")


def test_steps_are_given_in_order_with_a_source_before_they_are_called_right(
    client, organization, clock, store, owner
):
    client.force_login(owner)
    address = f"{POINTS}allowance/taobao/"
    said = {
        "period": "year",
        "tiers": "12 限制\n48 查封",
        "source": "rulechannel.taobao.com",
        "verified": "on",
    }
    for wrong in (
        {"tiers": "48 a\n12 b"},
        {"tiers": "many"},
        {"source": ""},
        {"tiers": "-1 x"},
        {"period": "week"},
    ):
        assert client.post(address, said | wrong).status_code == 200
    assert client.post(address, said).status_code == 302
    with organization_scope(organization.pk):
        row = PointAllowance.objects.get()
    assert (row.tiers, row.store_id, row.verified_on) == (
        [["12", "限制"], ["48", "查封"]],
        None,
        date(2026, 11, 10),
    )
    assert client.get(f"{POINTS}allowance/nowhere/").status_code == 404


def test_words_about_a_buyer_go_with_the_buyer_and_what_is_settled_in_time(
    organization, store, mei, supervisor, clock
):
    write_order(
        store,
        "O1",
        buyer="阿月",
        created_at="2026-11-09 09:00:00",
        paid_at="2026-11-09 09:01:00",
        paid_amount="9",
    )
    with organization_scope(organization.pk):
        a_fine(store, mei.pk, supervisor, order_id="O1")
        other = a_fine(store, mei.pk, supervisor)
        entry = points.by_hand(
            store,
            Decimal(6),
            DAY,
            reason="阿月投诉",
            rule=None,
            order_id="O1",
            complaint_id=None,
            user=supervisor,
            now=NOW,
        )
        assert erase_buyer(store, "阿月")["penalties"] == 2
        entry.refresh_from_db()
        assert (entry.words, entry.points) == (None, Decimal(6))
        assert list(DossierNote.objects.filter(about=About.FINE).values_list("about_id", flat=True)) == [
            other.pk
        ]
        confirm(other, supervisor, NOW)
    # Open ones keep their words; a week later it is final.
    assert erase_old_penalty_words(organization.pk, NOW + timedelta(days=30)) == {"penalties": 0}
    with organization_scope(organization.pk):
        finish(NOW + timedelta(days=7))
    assert erase_old_penalty_words(organization.pk, NOW + timedelta(days=30)) == {"penalties": 1}
    assert erase_old_penalty_words(organization.pk, NOW + timedelta(days=30)) == {"penalties": 0}
