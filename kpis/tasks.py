"""Refreshing figures in the background. Tasks load and call; a task lost is made up by the next beat."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from kpis.daily_mail import any_waiting, mail_next
from kpis.refresh import READER, refresh_store
from kpis.retention import apply_retention
from stores.models import Store
from tenants.scope import organization_ids, organization_scope

# A run ends at some point even if ever more comes in; the next beat goes on.
MOST_MAILS = 200


@shared_task
def refresh_all() -> dict[str, int]:
    """Every 30 seconds: one task for each organization whose change log has unread lines."""
    queued = 0
    for organization_id in organization_ids():
        with organization_scope(organization_id):
            unread = _stores_with_unread_lines()
        if unread:
            refresh_organization.delay(organization_id)
            queued += 1
    return {"queued": queued}


@shared_task
def refresh_organization(organization_id: int) -> dict[str, int]:
    """Refresh the organization's stores that need it. Debounced: of many queued at once, one works.

    A refresh that starts after a mark was written reads it, so those that find one waiting may leave.
    """
    waiting = f"refresh-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"stores": 0}
    with organization_scope(organization_id):
        stores = _stores_with_unread_lines()
    # From here on new marks need a new task.
    cache.delete(waiting)
    for store in stores:
        refresh_store(store)
    return {"stores": len(stores)}


@shared_task
def mail_daily_tables_to_all() -> dict[str, int]:
    """Every five minutes: one task for each organization in which somebody's daily tables are due and not sent."""
    queued, now = 0, timezone.now()
    for organization_id in organization_ids():
        with organization_scope(organization_id):
            is_due = any_waiting(now)
        if is_due:
            mail_daily_tables.delay(organization_id)
            queued += 1
    return {"queued": queued}


@shared_task
def mail_daily_tables(organization_id: int) -> dict[str, int]:
    """Send what is due. Several at once share the work: each claims one mail at a time."""
    mailed = 0
    while mailed < MOST_MAILS and mail_next(organization_id, timezone.now()):
        mailed += 1
    return {"mailed": mailed}


@shared_task
def apply_retention_to_all() -> dict[str, int]:
    """Every night: one task for each organization erases what it no longer keeps."""
    ids = organization_ids()
    for organization_id in ids:
        apply_retention_to.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def apply_retention_to(organization_id: int) -> dict[str, int]:
    """Erase one organization's personal data and messages whose time is over. One lost is made up the next night."""
    return apply_retention(organization_id)


def _stores_with_unread_lines() -> list[Store]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.store_id FROM stores_change c LEFT JOIN stores_changecursor k"
            " ON k.store_id = c.store_id AND k.reader = %s WHERE c.transaction_no >= coalesce(k.transaction_no, 0)",
            [READER],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(Store.objects.filter(pk__in=ids).order_by("pk"))
