"""What stood in wrong cells goes when its time is over; that rows were refused stays with the import."""

from datetime import timedelta

from django.utils import timezone

from intake.erasure import erase_old_refusals
from intake.models import ImportJob, RefusedRow
from kpis.retention import apply_retention
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.make import make_store

NOW = timezone.now()


def an_import(store, name: str, age_days: int, rows: int) -> ImportJob:
    job = ImportJob.objects.create(organization_id=store.organization_id, store=store, name=name, kept_as="")
    ImportJob.objects.filter(pk=job.pk).update(created_at=NOW - timedelta(days=age_days))
    for row in range(2, 2 + rows):
        refused = RefusedRow(
            organization_id=store.organization_id, job=job, row=row, message="%(value)s is no time"
        )
        refused.params = {"value": "李雷 13812345678"}
        refused.save()
    RefusedRow.objects.create(
        organization_id=store.organization_id, job=job, row=99, message="no such column"
    )
    return job


def left(organization) -> list[tuple[str, int]]:
    with organization_scope(organization.pk):
        return list(RefusedRow.objects.order_by("job__name", "row").values_list("job__name", "row"))


def test_values_of_old_imports_go_in_batches_and_twice_changes_nothing(
    organization, other_organization, store, other_store
):
    with organization_scope(organization.pk):
        an_import(store, "new.csv", 9, 1)
        an_import(store, "old.csv", 11, 5)
    with organization_scope(other_organization.pk):
        an_import(other_store, "theirs.csv", 11, 1)
    before = NOW - timedelta(days=10)
    assert erase_old_refusals(organization.pk, before, batch=2) == 5
    assert erase_old_refusals(organization.pk, before, batch=2) == 0
    assert left(organization) == [("new.csv", 2), ("new.csv", 99), ("old.csv", 99)]
    assert left(other_organization) == [("theirs.csv", 2), ("theirs.csv", 99)]


def test_retention_takes_them_where_the_organization_says_so(organization):
    store = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        an_import(store, "old.csv", 40, 2)
    assert apply_retention(organization.pk, NOW).get("refused_rows", 0) == 0
    with organization_scope(organization.pk):
        Organization.objects.filter(pk=organization.pk).update(personal_data_days=30)
    assert apply_retention(organization.pk, NOW)["refused_rows"] == 2
    assert left(organization) == [("old.csv", 99)]
