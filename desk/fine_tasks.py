"""Fines, points and conduct in the background. Tasks load and call; a task lost is made up by the next beat."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from desk.conduct_facts import look_at_conduct
from desk.fine_credit import settle_credit
from desk.fine_facts import Look
from desk.fine_sources import look_for_fines
from policies.fine_library import ENTRIES
from policies.fines import finish, penalty_settings
from policies.points import from_promises
from policies.rule_versions import ensure_library
from stores.models import Store
from tenants.models import Organization
from tenants.scope import organization_ids, organization_scope


@shared_task
def settle_fines_of_all() -> dict[str, int]:
    """Every ten minutes: one task for each organization. Where nothing is due it costs a few reads."""
    ids = organization_ids()
    for organization_id in ids:
        settle_fines.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def settle_fines(organization_id: int) -> dict[str, int]:
    """What has become final, the credit it takes or gives back, and points of broken promises. Repeats change nothing."""
    now = timezone.now()
    with organization_scope(organization_id):
        final = finish(now)
    with organization_scope(organization_id):
        credit, promises = settle_credit(now), from_promises(now)
    return {"final": final, "credit": credit, "promises": promises}


@shared_task
def look_for_fines_of_all() -> dict[str, int]:
    """Every hour, behind the attendance: one task for each organization."""
    ids = organization_ids()
    for organization_id in ids:
        look_for_fines_in.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def look_for_fines_in(organization_id: int) -> dict[str, int]:
    """Propose fines and find conduct as the facts tell. Running it again changes nothing."""
    now = timezone.now()
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        ensure_library(organization_id, ENTRIES, now)
        counts = look_for_fines(organization, now)
        conduct = look_at_conduct(organization, conduct_look(now))
    return {**counts._asdict(), "conduct": conduct}


def conduct_look(now) -> Look:
    """The open month and the days before it that may still change."""
    stores = {store.pk: store for store in Store.objects.order_by("pk")}
    since = (now.date() - timedelta(days=3)).replace(day=1)
    return Look(since, now.date() + timedelta(days=1), now, stores, penalty_settings())
