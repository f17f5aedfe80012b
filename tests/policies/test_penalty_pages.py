"""What pages of fines and points take and refuse: impossible input, the same form twice, deeds that are somebody else's."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from orders.complaint_models import Complaint
from policies.fine_rulings import appeal, confirm, lift
from policies.fines import finish
from policies.penalty_models import Fine, FineState, PointEntry
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store
from tests.policies.penalties import DAY, NOW, a_fine, the_rule, verified

LIST, POINTS = "/yunfan/policies/penalties/", "/yunfan/policies/points/"
POINTS_SAID = {"store": "tb1", "points": "6", "day": "2026-11-09", "reason": "平台通知"}


@pytest.fixture(autouse=True)
def english_at_eleven(client):
    client.cookies["django_language"] = "en"
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


def told(answer) -> str:
    """The latest message of a page."""
    return str(list(answer.context["messages"])[-1])


def a_complaint(store) -> int:
    return Complaint.objects.create(
        organization_id=store.organization_id, store=store, source="platform", level="normal",
        opened_at=NOW, due_at=NOW,
    ).pk  # fmt: skip


def test_points_name_a_complaint_of_their_store_or_none(client, organization, store, supervisor):
    with organization_scope(organization.pk):
        ours, theirs = a_complaint(store), a_complaint(make_store(organization, "tb2"))
    client.force_login(supervisor)
    for wrong in ("99999999999999999999999", str(theirs), str(theirs + 1000)):
        answer = client.post(f"{POINTS}new/", POINTS_SAID | {"complaint_id": wrong})
        assert "This store has no such complaint." in answer.content.decode()
    assert client.post(f"{POINTS}new/", POINTS_SAID | {"complaint_id": str(ours)}).status_code == 302
    with organization_scope(organization.pk):
        assert PointEntry.objects.values_list("complaint_id", flat=True).get() == ours


def test_a_rule_of_points_is_named_once_and_is_the_one_of_the_store(client, organization, store, supervisor):
    with organization_scope(organization.pk):
        the_rule(store, "abuse-taobao")
    client.force_login(supervisor)
    page = client.get(f"{POINTS}new/").content.decode()
    assert page.count(">Abuse of a buyer<") == 1
    assert "Late beyond" not in page  # fines of the house are no points of a platform
    said = POINTS_SAID | {"rule": "Abuse of a buyer"}
    assert client.post(f"{POINTS}new/", said | {"rule": "nothing"}).status_code == 200
    assert client.post(f"{POINTS}new/", said).status_code == 302
    with organization_scope(organization.pk):
        assert PointEntry.objects.select_related("rule").get().rule.code == "abuse-taobao"


def test_the_same_form_sent_twice_is_one_fine_and_one_entry(client, organization, store, mei, supervisor):
    with organization_scope(organization.pk):
        verified(store, "fine-remark-wrong")
    client.force_login(supervisor)
    said = {
        "rule": "fine-remark-wrong", "store": "tb1", "agent": mei.pk, "reason": "宽高写反", "day": "2026-11-09",
    }  # fmt: skip
    for address, fields in ((f"{LIST}new/", said), (f"{POINTS}new/", POINTS_SAID)):
        key = client.get(address).context["form"]["key"].value()
        first, again = (client.post(address, fields | {"key": key}) for _time in range(2))
        assert first.status_code == 302
        assert first.url == again.url
        assert client.post(address, fields | {"key": str(uuid.uuid4())}).status_code == 302
    with organization_scope(organization.pk):
        assert (Fine.objects.count(), PointEntry.objects.count()) == (2, 2)


def test_nobody_is_fined_for_a_day_to_come(client, organization, store, mei, supervisor):
    with organization_scope(organization.pk):
        verified(store, "fine-remark-wrong")
    client.force_login(supervisor)
    said = {"rule": "fine-remark-wrong", "store": "tb1", "agent": mei.pk, "reason": "宽高写反"}
    assert (
        "This day is still to come."
        in client.post(f"{LIST}new/", said | {"day": "2026-11-11"}).content.decode()
    )
    assert client.post(f"{LIST}new/", said | {"day": "2026-11-10"}).status_code == 302


def test_an_amount_is_digits(client, organization, store, mei, supervisor):
    with organization_scope(organization.pk):
        fine = a_fine(store, mei.pk, supervisor)
    client.force_login(supervisor)
    for typed in ("1e5", "1_0", "-5", "Infinity"):
        said = {"act": "confirm", "amount": typed, "note": "x"}
        assert (
            told(client.post(f"{LIST}{fine.pk}/act/", said, follow=True)) == "Give an amount greater than 0."
        )
    assert client.post(f"{POINTS}new/", POINTS_SAID).status_code == 302
    with organization_scope(organization.pk):
        number = PointEntry.objects.get().pk
    client.post(f"{POINTS}{number}/act/", {"act": "appeal", "note": "x"})
    for typed in ("1e0", "0_1", "2.55"):
        said = {"act": "answer", "points": typed, "note": "x"}
        answer = client.post(f"{POINTS}{number}/act/", said, follow=True)
        assert told(answer) == "Points are a number such as 6 or 1.5."
    with organization_scope(organization.pk):
        assert Fine.objects.get().state == FineState.PROPOSED


def test_what_was_done_is_said(client, organization, store, mei, supervisor):
    with organization_scope(organization.pk):
        fine = a_fine(store, mei.pk, supervisor)
    client.force_login(supervisor)
    answer = client.post(f"{LIST}{fine.pk}/act/", {"act": "confirm"}, follow=True)
    assert told(answer) == "Saved. Confirmed"
    assert client.post(f"{POINTS}new/", POINTS_SAID).status_code == 302
    with organization_scope(organization.pk):
        number = PointEntry.objects.get().pk
    answer = client.post(f"{POINTS}{number}/act/", {"act": "appeal", "note": "凭证"}, follow=True)
    assert told(answer) == "Saved. Appealed with the platform"
    answer = client.post(f"{POINTS}{number}/act/", {"act": "answer", "points": "7", "note": "x"}, follow=True)
    assert told(answer) == "After an appeal there are between 0 and 6 points."


def test_who_confirmed_a_fine_is_not_offered_its_appeal(client, organization, store, mei, supervisor, owner):
    agent = make_member(organization, "agent", agent_id=mei.pk)
    with organization_scope(organization.pk):
        fine = a_fine(store, mei.pk, supervisor)
        confirm(fine, supervisor, NOW)
        appeal(fine, Membership.objects.get(user=agent), NOW, "不对")
    said = "somebody else decides the appeal"
    for user, deeds in ((supervisor, ()), (owner, ("uphold", "allow"))):
        client.force_login(user)
        page = client.get(f"{LIST}{fine.pk}/")
        assert page.context["acts"] == deeds
        assert (said in page.content.decode()) == (not deeds)
    # Where there is nobody else, they decide all the same.
    with organization_scope(organization.pk):
        Membership.objects.filter(user=owner).delete()
    client.force_login(supervisor)
    assert client.get(f"{LIST}{fine.pk}/").context["acts"] == ("uphold", "allow")


def test_the_figures_of_a_month_open_the_fines_they_are_made_of(
    client, organization, store, mei, supervisor, owner
):
    """Of October final in November: 30. Of November final in it: 20, and 7 lifted before payroll saw them; 50 proposed."""
    with organization_scope(organization.pk):
        october = a_fine(store, mei.pk, supervisor, day=date(2026, 10, 30), amount=30)
        november, lifted_at_once = (a_fine(store, mei.pk, supervisor, amount=amount) for amount in (20, 7))
        for fine in (october, november, lifted_at_once):
            confirm(fine, supervisor, NOW)
        finish(NOW + timedelta(days=7))
        proposed = a_fine(store, mei.pk, supervisor, day=DAY, amount=50)
        lift(lifted_at_once, owner, NOW + timedelta(days=8), "错")
    client.force_login(owner)
    page = client.get(f"{LIST}months/?month=2026-11")
    (line,) = page.context["lines"]
    assert (line.proposed, line.final) == (Decimal(50), Decimal(50))
    shown = {
        query: sorted(row.fine.pk for row in client.get(f"{LIST}{query}").context["rows"])
        for query in (
            f"?show=all&agent={mei.pk}&payroll=2026-11",
            f"?show=all&agent={mei.pk}&month=2026-11",
        )
    }
    for query in shown:
        assert query.replace("&", "&amp;") in page.content.decode()
    assert list(shown.values()) == [
        sorted([october.pk, november.pk]),
        sorted([november.pk, lifted_at_once.pk, proposed.pk]),
    ]
    # Lifted a month later, it is given back then.
    with organization_scope(organization.pk):
        lift(october, owner, NOW + timedelta(days=30), "错")
    rows = client.get(f"{LIST}?show=all&payroll=2026-12").context["rows"]
    assert [row.fine.pk for row in rows] == [october.pk]
