"""Complaints told upwards, reviews classed anew, the week's feedback: in the background. Tasks load and call; a task
lost is made up by the next beat."""

from celery import shared_task
from django.utils import timezone

from orders.complaint_escalation import escalate
from orders.feedback_digest import tell_week
from orders.review_grades import BATCH, regrade_some
from orders.reviews import settle_changed
from tenants.scope import organization_ids, organization_scope


@shared_task
def escalate_all() -> dict[str, int]:
    """Every minute: unanswered complaints of every organization. Where none is late it costs one read each."""
    now = timezone.now()
    return {"steps": sum(escalate(organization_id, now) for organization_id in organization_ids())}


@shared_task
def regrade_all() -> dict[str, int]:
    """Every ten minutes, and when an organization's words have changed: one task for each organization."""
    ids = organization_ids()
    for organization_id in ids:
        regrade_organization.delay(organization_id)
    return {"queued": len(ids)}


@shared_task
def regrade_organization(organization_id: int) -> dict[str, int]:
    """Class whatever was found under another word list, batch by batch, each a transaction; note what buyers mended."""
    looked = 0
    while True:
        with organization_scope(organization_id):
            some = regrade_some()
        looked += some
        if some < BATCH:
            break
    with organization_scope(organization_id):
        return {"looked": looked, "changed": settle_changed(timezone.now())}


@shared_task
def tell_feedback_of_week() -> dict[str, int]:
    """Every hour of Monday: last week's feedback, told to each supervisor and owner once."""
    now = timezone.now()
    return {"told": sum(tell_week(organization_id, now) for organization_id in organization_ids())}
