"""Who has opened what is personal but part of the day's work: once per person and half a day in the audit trail."""

from datetime import datetime, timedelta

from django.db.models import Model
from django.http import HttpRequest

from tenants.audit import record
from tenants.audit_models import AuditEntry

SAME_OPENING = timedelta(hours=12)


def note_opening(request: HttpRequest, verb: str, subject: Model, now: datetime, **details) -> None:
    """Write into the audit trail that the member opened this, unless the trail says so for the last 12 hours.

    A page with ten pictures that is looked at all day would else bury everything beside it.
    """
    known = AuditEntry.objects.filter(
        verb=verb, at__gt=now - SAME_OPENING, user_id=request.user.pk, subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
    )  # fmt: skip
    if not known.exists():
        record(request, verb, subject, **details)
