"""The desk's work in the background. Tasks load and call; a task lost is made up by the next beat."""

from datetime import date

from celery import shared_task
from celery.signals import task_success
from django.core.cache import cache
from django.utils import timezone, translation

from desk import complaint_tasks, fine_tasks, policy_tasks, promise_tasks, risk_tasks  # noqa: F401  # the worker looks for tasks here
from desk.attendance import derive_attendance, stale_days
from desk.detecting import detect_store
from desk.handovers import close_overdue_duties
from desk.load import refresh_stale_load
from desk.proposal import propose
from desk.proposal_source import read_task
from desk.proposal_words import explain
from kpis.tasks import refresh_organization
from stores.models import Store
from tenants.models import Organization
from tenants.scope import organization_ids, organization_scope

# How long a proposal nobody took waits for its supervisor, in seconds.
PROPOSAL_KEPT = 3600


@shared_task
def detect_all() -> dict[str, int]:
    """Every minute: one task for each organization. Where nothing is new it costs a few reads."""
    ids = organization_ids()
    for organization_id in ids:
        detect_organization.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def detect_organization(organization_id: int) -> dict[str, int]:
    """Bring the follow-ups of the organization's stores up to date. Debounced: of many queued at once, one works."""
    waiting = f"detect-waiting-{organization_id}"
    if not cache.add(waiting, 1, timeout=600):
        return {"stores": 0}
    with organization_scope(organization_id):
        stores = list(Store.objects.order_by("pk"))
    # From here on what changes needs a new task.
    cache.delete(waiting)
    news = [detect_store(store, timezone.now()).buyers for store in stores]
    # The log names orders of long ago as well, so what it says of days would be far more than changed: the days'
    # sums tell it exactly.
    hours = refresh_stale_load(organization_id) if any(news) else 0
    return {"stores": len(stores), "hours": hours}


@task_success.connect(sender=refresh_organization)
def detect_after_refresh(sender=None, **kwargs) -> None:
    """Fresh figures mean fresh matters: at once, not with the next beat."""
    arguments = sender.request.args or list((sender.request.kwargs or {}).values())
    if arguments:
        detect_organization.delay(arguments[0])


@shared_task
def close_duties_of_all() -> dict[str, int]:
    """Every three minutes: shifts that begin, and those nobody handed over, in every organization."""
    ids = organization_ids()
    for organization_id in ids:
        close_duties.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def close_duties(organization_id: int) -> dict[str, int]:
    """One organization's shifts; whatever was missed, the next run does."""
    with organization_scope(organization_id):
        return close_overdue_duties(timezone.now())


@shared_task
def propose_roster(organization_id: int, month: str, agent_ids: list[int], key: str, language: str) -> str:
    """Fill the month's empty cells for these people and leave the result in the cache under `key`; returns its state.

    language: of the reasons why something is missing. The database is not held while the solver works.
    """
    with translation.override(language):
        try:
            with organization_scope(organization_id):
                task = read_task(
                    organization_id, date.fromisoformat(f"{month}-01"), agent_ids, timezone.now()
                )
                stores = dict(Store.objects.values_list("pk", "name"))
            proposal = propose(task)
        except ValueError:
            why = translation.gettext(
                "No shift in use wants anybody: say on the shifts' page how many people it needs."
            )
            found = {"state": "failed", "why": why}
        else:
            found = {
                "state": "done",
                "cells": [
                    [agent_id, str(day), f"s{shift_id}" if shift_id else "rest"]
                    for (agent_id, day), shift_id in proposal.cells.items()
                ],
                "reasons": [[one.text, one.whys] for one in explain(task, proposal, stores)],
                "wishes": proposal.wishes_broken,
                "seconds": round(proposal.seconds, 1),
            }
        cache.set(key, found, PROPOSAL_KEPT)
        return found["state"]


@shared_task
def refresh_work_all() -> dict[str, int]:
    """Every hour: one task for each organization brings load and attendance up to date."""
    ids = organization_ids()
    for organization_id in ids:
        refresh_work.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def refresh_work(organization_id: int) -> dict[str, int]:
    """The hours' load and everybody's attendance on the days that changed. Running it again changes nothing."""
    now = timezone.now()
    hours = refresh_stale_load(organization_id)
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        days = stale_days(now)
    return {"hours": hours, "attendance": derive_attendance(organization, days, now)}
