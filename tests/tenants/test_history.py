"""What the database keeps by itself of stores, rules, members, positions and seats."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from stores.models import Store
from team.models import SeatAssignment
from tenants.history_page import kinds
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_store


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def test_these_models_keep_their_history():
    assert set(kinds()) == {
        "store", "attributionrule", "membership", "position", "seatassignment", "rosterentry", "rosterrequest",
        "storetarget", "agenttarget", "detectorsetting", "attendancecorrection", "remarkformat", "compensation",
        "returneditem", "servicesettings", "courierrate", "bargainlimit", "stockcount", "buyerclassrule", "buyerlink",
        "scriptfolder", "script", "refundfault", "dailymail", "risksettings", "penaltysettings", "finecap",
        "pointallowance",
    }  # fmt: skip


def test_raw_sql_leaves_its_trace_too(organization, store):
    with organization_scope(organization.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE stores_store SET name = 'Quiet'")
        events = list(kinds()["store"].objects.values_list("pgh_label", "name", "pgh_context"))
    assert events == [("insert", "TB1", None), ("update", "Quiet", None)]


def test_a_page_says_who_it_was_and_only_while_it_is_answered(signed_in, organization, store, owner):
    signed_in.post("/yunfan/stores/+/", {
        "code": "tb2", "name": "Two", "platform": "tmall", "currency": "CNY", "time_zone": "Asia/Shanghai",
        "kind": "", "country": "", "day_cut_minutes": "00:00",
    })  # fmt: skip
    with organization_scope(organization.pk):
        Store.objects.filter(code="tb2").update(name="Later")
        events = kinds()["store"].objects.filter(code="tb2").values_list("name", "pgh_context__who")
        assert list(events) == [("Two", owner.email), ("Later", None)]


def test_history_is_append_only_and_the_organizations_own(organization, other_organization, store):
    make_store(other_organization, "theirs")
    events = kinds()["store"]
    with organization_scope(organization.pk):
        assert set(events.objects.values_list("code", flat=True)) == {"tb1"}
        for act in (events.objects.all().delete, lambda: events.objects.update(name="x")):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()


def test_every_table_of_history_is_append_only(db):
    tables = [model._meta.db_table for model in kinds().values()] + ["tenants_auditentry"]
    assert len(tables) == 29
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT has_table_privilege('app', %s, 'UPDATE, DELETE, TRUNCATE'),"
                " EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'append_only')",
                [table, table],
            )
            assert cursor.fetchone() == (False, True), table


def test_the_page_tells_what_changed_with_names(signed_in, organization, store):
    ann = make_agent(organization, "Ann", (store, "s:1"))
    bob = make_agent(organization, "Bob")
    with organization_scope(organization.pk):
        SeatAssignment.objects.filter(agent=ann).update(agent=bob, until="2026-11-30")
        SeatAssignment.objects.all().delete()
    told = signed_in.get(
        "/yunfan/audit/history/?kind=seatassignment", headers={"Accept-Language": "en"}
    ).context["told"]
    deleted, changed, added = told
    assert (deleted.label, deleted.lines) == ("deleted", [])
    assert changed.lines == ["agent: Ann → Bob", "to: – → 2026-11-30"]
    assert "seat: s:1" in added.lines
    assert {one.who for one in told} == {""}


def test_one_rows_history_can_be_had_alone_and_an_unknown_kind_is_not_found(signed_in, organization):
    stores = [make_store(organization, code) for code in ("a", "b")]
    page = signed_in.get(f"/yunfan/audit/history/?kind=store&of={stores[1].pk}")
    assert [one.number for one in page.context["told"]] == [stores[1].pk]
    assert signed_in.get("/yunfan/audit/history/?kind=user").status_code == 404
    assert apps.get_model("tenants", "membershipevent") is kinds()["membership"]


def test_a_role_change_by_any_way_is_kept(signed_in, organization, supervisor):
    with organization_scope(organization.pk):
        Membership.objects.filter(user=supervisor).update(role="owner")
    told = signed_in.get("/yunfan/audit/history/?kind=membership", headers={"Accept-Language": "en"}).context[
        "told"
    ]
    assert told[0].lines == ["role: Supervisor → Owner"]
