"""Violations in the background. A task lost is made up by the next night's."""

from celery import shared_task
from django.utils import timezone

from policies.violations import finish
from tenants.scope import organization_ids, organization_scope


@shared_task
def finish_violations_of_all() -> dict[str, int]:
    """Every night: what was confirmed and not appealed in time is final."""
    now, count = timezone.now(), 0
    for organization_id in organization_ids():
        with organization_scope(organization_id):
            count += finish(now)
    return {"final": count}
