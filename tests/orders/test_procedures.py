"""Procedures: what an organization begins with, new versions, a store's own, and who is quicker."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from orders.procedure_pages import moved
from orders.procedures import (
    changes_between,
    checked_steps,
    follow_common,
    kept_procedure,
    present_procedure,
    save_version,
    steps_of,
)
from orders.service_models import CaseKind, ProcedureVersion
from tenants.scope import organization_scope
from tests.make import make_member, make_store
from tests.orders.after_sales import NOW, a_case, an_order, limits

pytestmark = pytest.mark.usefixtures("english")
STEP = {"key": "a", "title": "Ask", "who": "agent", "hours": 2, "evidence": False, "script": "Hello"}


def save(store, owner, of=None, kind="repair", based_on=0, **fields):
    values = {
        "steps": [STEP], "agent_limit": None, "supervisor_limit": None, "freight": "by_fault", "text": "",
    } | fields  # fmt: skip
    return save_version(store.organization_id, of, kind, based_on=based_on, user=owner, now=NOW, **values)


@pytest.mark.usefixtures("scope")
class TestVersions:
    @pytest.mark.parametrize("kind", CaseKind.values)
    def test_every_kind_has_a_procedure_as_delivered_with_neutral_figures(self, organization, store, kind):
        delivered = present_procedure(organization.pk, store, kind)
        assert delivered.pk is None
        assert checked_steps(delivered.steps) == delivered.steps
        assert {step.hours for step in steps_of(delivered)} == {24}
        assert (delivered.agent_limit, delivered.supervisor_limit, delivered.made_by) == (None, None, None)
        assert delivered.freight == ("buyer" if kind == "no_reason" else "by_fault")

    def test_the_first_case_keeps_it_once(self, store):
        first, again = (kept_procedure(store, "repair", NOW) for _time in (1, 2))
        assert (first.pk, first.number, ProcedureVersion.objects.count()) == (again.pk, 1, 1)

    def test_a_change_is_a_new_version_and_none_is_none(self, store, owner):
        first, new = save(store, owner, based_on=1)
        assert (first.number, new) == (2, True)  # 1 is as delivered
        same, new = save(store, owner, based_on=2)
        assert (same.pk, new) == (first.pk, False)
        assert present_procedure(store.organization_id, store, "repair").pk == first.pk

    def test_who_is_slower_is_told_so(self, store, owner):
        save(store, owner, based_on=1)
        with pytest.raises(ValueError, match="Somebody else"):
            save(store, owner, based_on=1, text="mine")

    def test_a_store_may_have_its_own_and_go_back(self, organization, store, owner):
        other = make_store(organization, "tb2")
        own, _new = save(store, owner, of=store)
        assert (own.number, present_procedure(organization.pk, store, "repair").pk) == (1, own.pk)
        assert present_procedure(organization.pk, other, "repair").pk is None
        follow_common(organization.pk, store, "repair", based_on=1, user=owner, now=NOW)
        assert present_procedure(organization.pk, store, "repair").pk is None
        with pytest.raises(ValueError, match="Somebody else"):
            follow_common(organization.pk, store, "repair", based_on=2, user=owner, now=NOW)
        assert save(store, owner, of=store, based_on=2)[0].number == 3

    @pytest.mark.parametrize(
        "wrong", [{"title": " "}, {"who": "owner"}, {"hours": 0}, {"hours": 2001}]
    )  # fmt: skip
    def test_a_step_is_refused_that_is_none(self, wrong):
        with pytest.raises(ValueError, match="A step has"):
            checked_steps([{**STEP, **wrong}])

    def test_steps_are_one_at_least_twenty_at_most_and_of_different_keys(self):
        for steps, words in (([], "at least"), ([STEP] * 21, "at most"), ([STEP, STEP], "same key")):
            with pytest.raises(ValueError, match=words):
                checked_steps(steps)
        first, second = checked_steps([{**STEP, "key": ""}, {**STEP, "key": ""}])
        assert first["key"] != second["key"]

    def test_what_changed_is_said(self, organization):
        def version(*steps, **fields):
            return ProcedureVersion(
                organization=organization, kind="repair", number=1, steps=list(steps), **fields
            )

        ship = {**STEP, "key": "b", "title": "Ship"}
        before = version(STEP, ship, freight="by_fault", agent_limit=None)
        after = version(
            {**ship, "who": "warehouse", "hours": 3, "evidence": True}, STEP, {**STEP, "key": "c", "title": "Call"},
            freight="buyer", agent_limit=Decimal(20),
        )  # fmt: skip
        assert changes_between(before, after) == [
            "Step added: Call", "Ship: Agent → Warehouse; 2 h → 3 h; evidence asked for", "Steps in another order",
            "Agent's limit: none → 20", "Way back paid by: By fault: the buyer only where the fault is the buyer's → The buyer",
        ]  # fmt: skip
        assert changes_between(after, before)[0] == "Step removed: Call"

    def test_versions_are_never_changed_nor_deleted(self, store, owner):
        version, _new = save(store, owner, based_on=1)
        for statement in (
            "UPDATE orders_procedureversion SET number = 9",
            "DELETE FROM orders_procedureversion",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert ProcedureVersion.objects.get(pk=version.pk).number == 2


def test_steps_are_moved_added_and_removed_on_the_page():
    a, b, c = ({**STEP, "key": key} for key in "abc")
    assert moved([a, b, c], "up-1") == [b, a, c]
    assert moved([a, b, c], "down-1") == [a, c, b]
    assert moved([a, b, c], "remove-0") == [b, c]
    assert [step["key"] for step in moved([a], "add")] == ["a", ""]
    for nothing in ("up-0", "down-2", "remove-7", "up-x", "sideways-1", ""):
        assert moved([a, b, c], nothing) == [a, b, c]


class TestPages:
    @pytest.fixture(autouse=True)
    def reads_english(self, client):
        client.cookies["django_language"] = "en"

    def data(self, *steps, **fields) -> dict:
        sent = {"step-TOTAL_FORMS": len(steps), "step-INITIAL_FORMS": 0, "freight": "buyer", "based_on": 1}
        for number, step in enumerate(steps):
            sent |= {f"step-{number}-{name}": value for name, value in step.items() if value is not False}
        return sent | fields

    def test_edited_moved_and_saved_as_a_new_version(self, client, organization, store, supervisor):
        client.force_login(supervisor)
        address = reverse("procedure_edit", args=[organization.slug]) + "?kind=repair"
        assert "As delivered" in client.get(address).content.decode()
        second = {**STEP, "key": "b", "title": "Ship"}
        page = client.post(address, self.data(STEP, second, move="up-1"))
        assert [form.initial["title"] for form in page.context["steps"]] == ["Ship", "Ask"]
        assert client.post(address, self.data(second, STEP, agent_limit="20")).status_code == 302
        with organization_scope(organization.pk):
            present = present_procedure(organization.pk, store, "repair")
        assert [step.title for step in steps_of(present)] == ["Ship", "Ask"]
        assert (present.number, present.agent_limit, present.made_by_id) == (2, 20, supervisor.pk)
        page = client.post(address, self.data(second, agent_limit="20"))
        assert "Somebody else has changed" in page.content.decode()
        page = client.post(address, self.data({**STEP, "hours": "x"}, based_on=2))
        assert page.status_code == 200

    def test_a_supervisor_of_some_stores_sets_theirs_but_not_everybodys(self, client, organization, store):
        limited = make_member(organization, "supervisor", "l@yunfan.example", store_ids=[store.pk])
        client.force_login(limited)
        address = reverse("procedure_edit", args=[organization.slug])
        assert client.get(address, {"kind": "repair"}).status_code == 403
        assert client.post(f"{address}?kind=repair", self.data(STEP)).status_code == 403
        assert client.post(f"{address}?kind=repair&store=tb1", self.data(STEP, based_on=0)).status_code == 302
        other = make_store(organization, "tb2")
        assert client.get(address, {"kind": "repair", "store": other.code}).status_code == 404
        assert client.get(address, {"kind": "no_such"}).status_code == 404

    def test_a_running_case_shows_its_version_of_the_newest(self, client, organization, store, owner):
        an_order(store)
        with organization_scope(organization.pk):
            case = a_case(store, owner, "repair")
            limits(store, "repair", "5", None, owner)
        client.force_login(owner)
        page = client.get(reverse("case_detail", args=[organization.slug, case.pk]))
        assert "version 1 of 2" in page.content.decode()
