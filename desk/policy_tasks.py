"""Reading chats by the rules in the background. A task lost is made up by the next beat."""

import time
from datetime import timedelta

from celery import shared_task
from celery.signals import task_success
from django.core.cache import cache
from django.utils import timezone

from desk.models import DeskSettings
from kpis.tasks import refresh_organization
from policies.inspecting import inspect_store
from policies.inspection_models import InspectionRun
from policies.inspection_runs import UNDER_WAY
from policies.inspection_steps import step
from policies.library import LIBRARY
from policies.rule_versions import ensure_library
from stores.models import Store
from tenants.scope import organization_ids, organization_scope

# So long a worker stays with runs over past chats before others have their turn.
TURN_SECONDS = 30


@shared_task
def inspect_all() -> dict[str, int]:
    """Every minute: each organization's new chats, and runs over past chats that are under way."""
    ids = organization_ids()
    for organization_id in ids:
        inspect_organization.delay(organization_id)
        run_inspections.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def inspect_organization(organization_id: int) -> dict[str, int]:
    """Inspect what is new in the organization's stores. Debounced: of many queued at once, one works."""
    waiting = f"inspect-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"stores": 0}
    now = timezone.now()
    with organization_scope(organization_id):
        ensure_library(organization_id, LIBRARY, now)
        stores = list(Store.objects.order_by("pk"))
        settings = DeskSettings.objects.filter(organization=organization_id).first() or DeskSettings()
    # From here on what comes needs a new task.
    cache.delete(waiting)
    fresh_since = now - timedelta(days=settings.fresh_days)
    counts = [inspect_store(store, timezone.now(), fresh_since) for store in stores]
    return {
        "stores": len(stores),
        "made": sum(one.made for one in counts),
        "lapsed": sum(one.lapsed for one in counts),
        "warned": sum(one.warned for one in counts),
    }


@task_success.connect(sender=refresh_organization)
def inspect_after_refresh(sender=None, **kwargs) -> None:
    """What was imported is inspected with the figures: at once, not with the next beat."""
    arguments = sender.request.args or list((sender.request.kwargs or {}).values())
    if arguments:
        inspect_organization.delay(arguments[0])


@shared_task
def run_inspections(organization_id: int) -> dict[str, int]:
    """Go on with the organization's runs over past chats, the oldest first, for a turn; then queue the next one."""
    waiting = f"run-inspections-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"steps": 0}
    with organization_scope(organization_id):
        under_way = InspectionRun.objects.filter(state__in=UNDER_WAY)
        run_ids = list(under_way.order_by("pk").values_list("pk", flat=True))
    # From here on new runs need a new task.
    cache.delete(waiting)
    steps, ends = 0, time.monotonic() + TURN_SECONDS
    for run_id in run_ids:
        is_more = True
        while is_more:
            if time.monotonic() > ends:
                run_inspections.delay(organization_id)
                return {"steps": steps}
            is_more = step(organization_id, run_id, timezone.now())
            steps += 1
    return {"steps": steps}
