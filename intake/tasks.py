"""Import tasks: each loads and calls. The database says what is to be done; a lost message loses nothing."""

from celery import current_app, shared_task
from django.core.cache import cache
from django.utils import timezone

from intake.load import load_kept
from intake.resume import close_forgotten, jobs_to_resume
from orders.attachments import discard_stray_attachments
from tenants import kept_files
from tenants.scope import organization_ids, organization_scope

_DEBOUNCE_SECONDS = 2


@shared_task
def run_import(organization_id: int, job_id: int) -> None:
    """Load one queued or stalled job, then have its organization's figures refreshed."""
    load_kept(organization_id, job_id)
    queue_refresh(organization_id)


@shared_task
def resume_imports() -> dict[str, int]:
    """Send every queued or stalled job of every organization to a worker."""
    sent = 0
    for organization_id in organization_ids():
        for job_id in jobs_to_resume(organization_id):
            run_import.delay(organization_id, job_id)
            sent += 1
    return {"sent": sent}


@shared_task
def delete_kept_files() -> dict[str, int]:
    """Delete uploads kept for 30 days, plain copies of killed processes, and attachments nothing names.

    Attachments that belong to something are never touched here.
    """
    left_over, deleted, stray = kept_files.delete_left_over_copies(), 0, 0
    now = timezone.now()
    for organization_id in organization_ids():
        names = kept_files.discard_older(organization_id)
        deleted += len(names)
        with organization_scope(organization_id):
            close_forgotten(names)
        stray += discard_stray_attachments(organization_id, now)
    return {"deleted": deleted, "left_over": left_over, "stray": stray}


def queue_refresh(organization_id: int) -> None:
    """Have the figures refreshed soon; many calls within two seconds are one refresh.

    By the task's name, because figures are a room above this one. The task starts after the mark has
    expired, so a call that finds the mark is older than the refresh it relies on.
    """
    if cache.add(f"refresh-queued:{organization_id}", 1, _DEBOUNCE_SECONDS):
        current_app.send_task(
            "kpis.tasks.refresh_organization", args=[organization_id], countdown=_DEBOUNCE_SECONDS
        )
