"""Looking for risky buyers in the background. A task lost is made up by the next beat."""

from datetime import timedelta

from celery import shared_task
from celery.signals import task_success
from django.core.cache import cache
from django.utils import timezone

from desk.duties import desk_settings
from kpis.tasks import refresh_organization
from policies.risk_erasure import drop_old_signs
from policies.risk_looking import look
from stores.models import Store
from tenants.scope import organization_ids, organization_scope


@shared_task
def look_for_risk_in_all() -> dict[str, int]:
    """Every five minutes: one task for each organization. Where nothing is new it costs a few reads."""
    ids = organization_ids()
    for organization_id in ids:
        look_for_risk.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def look_for_risk(organization_id: int) -> dict[str, int]:
    """Bring the signs of the organization's buyers up to date. Debounced: of many queued at once, one works."""
    waiting = f"look-for-risk-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"stores": 0}
    with organization_scope(organization_id):
        stores = list(Store.objects.order_by("pk"))
        fresh = timedelta(days=desk_settings().fresh_days)
    # From here on what comes needs a new task.
    cache.delete(waiting)
    counts = [look(store, timezone.now(), fresh) for store in stores]
    return {
        "stores": len(stores),
        "signs": sum(one.signs for one in counts),
        "told": sum(one.told for one in counts),
    }


@shared_task
def drop_old_signs_of_all() -> dict[str, int]:
    """Every night: signs too old to count."""
    now = timezone.now()
    return {"dropped": sum(drop_old_signs(organization_id, now) for organization_id in organization_ids())}


@task_success.connect(sender=refresh_organization)
def look_after_refresh(sender=None, **kwargs) -> None:
    """What was imported is looked at with the figures: at once, not with the next beat."""
    arguments = sender.request.args or list((sender.request.kwargs or {}).values())
    if arguments:
        look_for_risk.delay(arguments[0])
