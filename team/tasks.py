"""Telling people in the background. Tasks load and call; one that is lost is made up for by the next beat."""

from celery import shared_task
from django.utils import timezone

from team.channels import deliver_next
from team.notice_mails import mail_next
from team.notice_models import Delivery, Notice
from team.notices import delete_old_notices
from tenants.scope import organization_ids, organization_scope

# A run ends at some point even if ever more comes in; the next beat goes on.
MOST_AT_ONCE = 200


@shared_task
def tell_all() -> dict[str, int]:
    """Every half minute: one task for each organization that has a notice to mail or to deliver."""
    queued = 0
    for organization_id in organization_ids():
        with organization_scope(organization_id):
            now = timezone.now()
            due = (
                Delivery.objects.filter(next_try_at__lte=now, channel__active=True).exists()
                or Notice.objects.filter(mail_at__lte=now).exists()
            )
        if due:
            tell_organization.delay(organization_id)
            queued += 1
    return {"queued": queued}


@shared_task
def tell_organization(organization_id: int) -> dict[str, int]:
    """Deliver and mail what is due. Several at once share the work: each claims one thing at a time."""
    told = {"delivered": 0, "mailed": 0}
    for name, tell_next in (("delivered", deliver_next), ("mailed", mail_next)):
        while told[name] < MOST_AT_ONCE and tell_next(organization_id, timezone.now()):
            told[name] += 1
    return told


@shared_task
def delete_old_notices_of_all() -> dict[str, int]:
    """Every night: notices and deliveries whose time is over, of every organization."""
    now = timezone.now()
    return {
        "deleted": sum(delete_old_notices(organization_id, now) for organization_id in organization_ids())
    }
