"""Looking for promises in the background. A task lost is made up by the next beat."""

from celery import shared_task
from celery.signals import task_success
from django.core.cache import cache
from django.utils import timezone

from desk.promise_proposals import propose_in
from kpis.tasks import refresh_organization
from stores.models import Store
from tenants.scope import organization_ids, organization_scope


@shared_task
def propose_promises_of_all() -> dict[str, int]:
    """Every five minutes: one task for each organization. Where nothing is new it costs a few reads."""
    ids = organization_ids()
    for organization_id in ids:
        propose_promises.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def propose_promises(organization_id: int) -> dict[str, int]:
    """Propose what seems promised in the organization's stores. Debounced: of many queued at once, one works."""
    waiting = f"propose-promises-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"stores": 0}
    with organization_scope(organization_id):
        stores = list(Store.objects.order_by("pk"))
    # From here on what comes needs a new task.
    cache.delete(waiting)
    counts = [propose_in(store, timezone.now()) for store in stores]
    return {
        "stores": len(stores),
        "made": sum(one.made for one in counts),
        "kept": sum(one.kept for one in counts),
    }


@task_success.connect(sender=refresh_organization)
def propose_after_refresh(sender=None, **kwargs) -> None:
    """What was imported is looked at with the figures: at once, not with the next beat."""
    arguments = sender.request.args or list((sender.request.kwargs or {}).values())
    if arguments:
        propose_promises.delay(arguments[0])
