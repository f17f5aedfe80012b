"""Unanswered complaints are told upwards: agent, supervisor, owner, each once (R33).

A step stands in the row, is counted and told in one transaction: a worker that dies in between leaves all or nothing,
a second one waits for the row and finds the step done.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from orders.complaint_levels import Level, levels_of, service_settings
from orders.complaint_models import Complaint
from orders.dossiers import happened
from orders.remark_models import About
from team.notices import notify, supervisors_of, users_of_agents
from tenants.models import Membership, Organization, Role
from tenants.scope import organization_scope

BATCH = 200
TEXTS = {
    "agent": _("A complaint with you waits for its first answer since %(due)s (%(store)s)."),
    "supervisor": _("A complaint has no answer since %(due)s (%(store)s): its agent was told."),
    "owner": _("A complaint has no answer since %(due)s (%(store)s): agent and supervisor were told."),
}


def escalate(organization_id: int, now: datetime) -> int:
    """Tell whoever is to be told by now; how many steps. Opens the organization's scope itself, for each complaint anew."""
    steps, last = 0, 0
    while True:
        with organization_scope(organization_id):
            late = Complaint.objects.filter(closed_at=None, answered_at=None, due_at__lte=now, pk__gt=last)
            ids = list(late.order_by("pk").values_list("pk", flat=True)[:BATCH])
        for number in ids:
            steps += escalate_one(organization_id, number, now)
        if len(ids) < BATCH:
            return steps
        last = ids[-1]


def escalate_one(organization_id: int, complaint_id: int, now: datetime) -> int:
    """The steps of one complaint whose time has come; how many."""
    with organization_scope(organization_id), transaction.atomic():
        row = Complaint.objects.select_for_update().select_related("store").get(pk=complaint_id)
        if row.closed_at or row.answered_at:
            return 0
        level = levels_of(service_settings())[row.level]
        done = 0
        while row.step < len(level.chain) and row.due_at + level.step_after(row.step) <= now:
            _tell(row, level, now)
            row.step, row.escalations, done = row.step + 1, row.escalations + 1, done + 1
        if done:
            row.save(update_fields=["step", "escalations"])
        return done


def _tell(row: Complaint, level: Level, now: datetime) -> None:
    place = level.chain[row.step]
    users = list(users_of_agents([row.agent_id]).values()) if place == "agent" and row.agent_id else []
    if place == "owner":
        users = owners_of(row.store_id)
    # Nobody handles it, or who does is no member: that is the supervisor's matter at once.
    users = users or supervisors_of([row.store_id])
    organization = Organization.objects.get(pk=row.organization_id)
    told = notify(
        organization,
        users,
        key=f"complaint-{row.pk}-{row.due_at:%Y%m%d%H%M%S}-{row.step}",
        kind="complaint",
        text=TEXTS[place],
        params={
            "due": f"{row.due_at.astimezone(ZoneInfo(row.store.time_zone)):%Y-%m-%d %H:%M}",
            "store": row.store.name,
        },
        link=reverse("complaint_detail", args=[organization.slug, row.pk]),
        now=now,
    )
    happened(row.store, About.COMPLAINT, row.pk, "escalated", user=None, now=now, to=place, told=told)


def owners_of(store_id: int) -> list[int]:
    """User ids of the owners who may see the store."""
    owners = Membership.objects.filter(role=Role.OWNER).order_by("user_id")
    return [user for user, own in owners.values_list("user_id", "store_ids") if not own or store_id in own]
