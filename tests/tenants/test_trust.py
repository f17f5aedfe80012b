"""The trust page says what is so, also when it is bad; and the comparison it shows finds what is wrong."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone

from kpis.models import AgentDay, OrderFact
from kpis.refresh import refresh_store
from tenants.audit import record
from tenants.models import AuditEntry, Upkeep
from tenants.rls import GLOBAL_TABLES
from tenants.scope import organization_scope
from tenants.trust import database_role, exports_of_month, key_ages, note_keys, table_protection, trust_facts
from tests.make import make_agent, make_organization, make_store, write_chat, write_order
from tests.tenants.rows import WITHHELD, public_tables


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def test_the_program_works_as_a_role_the_policies_bind(db):
    assert database_role() == {"name": "app", "bound": True}


def test_the_tables_owner_would_be_shown_as_not_bound(committed, monkeypatch):
    monkeypatch.setattr("tenants.trust.connection", connections["migrate"])
    assert database_role() == {"name": "migrate", "bound": False}


def test_every_table_is_counted_and_one_without_protection_is_named(committed, monkeypatch):
    owner = connections["migrate"]
    with transaction.atomic("migrate"), owner.cursor() as cursor:
        known = public_tables(cursor) - set(GLOBAL_TABLES)
        found = table_protection()
        assert found == {"protected": len(known), "missing": [], "global": len(GLOBAL_TABLES)}
        assert set(WITHHELD) <= known
        monkeypatch.setattr("tenants.trust.connection", owner)
        # The owner may read what is withheld from the program; that is left out here.
        monkeypatch.setitem(GLOBAL_TABLES, "tenants_slug", "")
        for hole in (
            "ALTER TABLE orders_order NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE orders_order DISABLE ROW LEVEL SECURITY",
            "DROP POLICY organization_only ON orders_order",
        ):
            cursor.execute("SAVEPOINT hole")
            cursor.execute(hole)
            found = table_protection()
            assert (found["missing"], found["protected"]) == (["orders_order"], len(known) - 2)
            cursor.execute("ROLLBACK TO SAVEPOINT hole")
        cursor.execute("CREATE TABLE stray (organization_id int)")
        assert table_protection()["missing"] == ["stray"]
        transaction.set_rollback(True, "migrate")


def test_the_page_says_that_nothing_was_done_yet(signed_in, organization):
    page = signed_in.get("/yunfan/trust/")
    facts = page.context
    assert (facts["backup"], facts["restore_test"], facts["comparison"]) == (None, None, None)
    assert facts["backup_is_late"]
    assert page.content.decode().count("bg-yellow-lt") == 3
    assert "bg-red-lt" not in page.content.decode()


def test_the_page_shows_the_last_backup_test_comparison_and_exports(signed_in, organization, store):
    Upkeep.objects.create(
        kind=Upkeep.BACKUP, details={"file": "a.dump", "bytes": 2048, "sha256": "ab" * 32, "tables": 50}
    )
    Upkeep.objects.create(kind=Upkeep.RESTORE_TEST, passed=False, details={"rows": 9, "differences": 2})
    note_keys()
    with organization_scope(organization.pk):
        record(None, "exported", "a.csv", rows=12)
        record(None, "exported", "b.csv", rows=30)
        record(None, "figures_compared", store, rows=77, differences={})
    page = signed_in.get("/yunfan/trust/", headers={"Accept-Language": "en"})
    text = page.content.decode()
    assert "abababababababab…" in text
    assert "Differences found" in text
    assert "77 rows derived anew" in text
    (line,) = page.context["exports"]
    assert (line["files"], line["lines"]) == (2, 42)
    assert not page.context["backup_is_late"]


def test_an_old_backup_and_an_old_test_are_called_late(organization, scope, settings):
    settings.BACKUP_EVERY_HOURS = 24
    Upkeep.objects.create(kind=Upkeep.BACKUP, at=timezone.now() - timedelta(hours=49))
    Upkeep.objects.create(kind=Upkeep.RESTORE_TEST, at=timezone.now() - timedelta(days=32))
    facts = trust_facts()
    assert (facts["backup_is_late"], facts["restore_test_is_late"]) == (True, True)
    backup = Upkeep.objects.create(kind=Upkeep.BACKUP)
    test = Upkeep.objects.create(kind=Upkeep.RESTORE_TEST, passed=True)
    facts = trust_facts()
    assert (facts["backup"], facts["restore_test"]) == (backup, test)
    assert (facts["backup_is_late"], facts["restore_test_is_late"]) == (False, False)
    Upkeep.objects.create(kind=Upkeep.RESTORE_TEST, passed=False)
    assert trust_facts()["restore_test_is_late"]


def test_a_keys_age_counts_from_when_it_was_first_seen_and_a_new_key_begins_anew(db, settings):
    settings.FIELD_KEYS = ["first"]
    assert key_ages() == {"count": 1, "since": None}
    note_keys()
    note_keys()
    first = Upkeep.objects.get(kind=Upkeep.KEY)
    Upkeep.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=100))
    assert timezone.now() - key_ages()["since"] > timedelta(days=99)
    assert "first" not in str(first.details)
    settings.FIELD_KEYS = ["second", "first"]
    note_keys()
    assert key_ages()["count"] == 2
    assert timezone.now() - key_ages()["since"] < timedelta(minutes=1)


def test_last_months_exports_are_not_this_months(organization, scope):
    with organization_scope(organization.pk):
        begin = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for at, rows in ((begin - timedelta(seconds=1), 1000), (begin, 5)):
            AuditEntry.objects.create(
                organization=organization, at=at, who="x", verb="exported", details={"rows": rows}
            )
        assert exports_of_month() == [{"who": "x", "files": 1, "lines": 5}]


@pytest.fixture
def figures(committed):
    """A store with a chat that sold an order, refreshed."""
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    make_agent(organization, "Ann", (store, "s:ann"))
    write_chat(
        store, "b", "s:ann", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:20", "在的")
    )
    write_order(
        store, "o1", buyer="b", created_at="2026-11-02 10:30:00", paid_at="2026-11-02 10:31:00",
        paid_amount="100.00", items=1,
    )  # fmt: skip
    refresh_store(store, whole=True)
    return store


def compared(store) -> tuple[str, AuditEntry]:
    output = StringIO()
    try:
        call_command("compare_kpis", "--organization", "yunfan", "--store", "tb1", stdout=output)
    except CommandError as error:
        output.write(f"exit code {error.returncode}")
    with organization_scope(store.organization_id):
        return output.getvalue(), AuditEntry.objects.filter(verb="figures_compared").latest("pk")


def test_right_figures_are_found_identical_and_left_alone(figures):
    def rows() -> list:
        with organization_scope(figures.organization_id):
            return list(AgentDay.objects.order_by("day", "agent_id").values())

    before = rows()
    assert before
    output, entry = compared(figures)
    assert output.endswith("rows, identical\n")
    assert entry.details["differences"] == {}
    # A session, a round, a buyer's day, an order, inquiries of the agent and the store, sums of both.
    assert entry.details["rows"] >= 7
    assert rows() == before


def test_a_wrong_sum_a_lost_fact_and_a_sum_of_an_empty_day_are_found(figures):
    with organization_scope(figures.organization_id):
        AgentDay.objects.filter(agent_id__gt=0).update(orders=9)
    output, entry = compared(figures)
    assert "exit code 1" in output
    # The wrong row is there and the right one is not.
    assert entry.details["differences"] == {"kpis_agentday": 2}
    with organization_scope(figures.organization_id):
        AgentDay.objects.filter(agent_id__gt=0).update(orders=1, day="2020-01-01")
    assert compared(figures)[1].details["differences"] == {"kpis_agentday": 2}
    with organization_scope(figures.organization_id):
        OrderFact.objects.all().delete()
    assert compared(figures)[1].details["differences"] == {"kpis_agentday": 2, "kpis_orderfact": 1}
