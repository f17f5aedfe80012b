"""Jobs nobody works on: which to take up again, which can never go on."""

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from intake.load import STALLED_AFTER
from intake.models import ImportJob, State
from tenants.scope import organization_scope


def jobs_to_resume(organization_id: int) -> list[int]:
    """The ids of queued and stalled jobs whose file is kept, oldest first.

    Stalled jobs without a kept file belonged to a command that was stopped: they are closed.
    """
    stalled = Q(state=State.RUNNING, heartbeat_at__lt=Now() - STALLED_AFTER)
    with organization_scope(organization_id):
        ImportJob.objects.filter(stalled, kept_as="").update(
            state=State.REFUSED,
            message=_("the command that read this file was stopped: run it again, nothing comes in twice"),
            finished_at=Now(),
        )
        waiting = ImportJob.objects.filter(Q(state=State.QUEUED) | stalled).exclude(kept_as="")
        return list(waiting.order_by("pk").values_list("pk", flat=True))


def close_forgotten(kept_names: list[str]) -> None:
    """In the caller's scope: these kept files are deleted; jobs that still waited for them are refused."""
    jobs = ImportJob.objects.filter(kept_as__in=kept_names)
    jobs.exclude(state__in=(State.DONE, State.REFUSED)).update(
        state=State.REFUSED,
        message=_("nobody confirmed this upload within %(days)s days, so its file was deleted"),
        message_params={"days": 30},
        finished_at=Now(),
    )
    jobs.update(kept_as="")
