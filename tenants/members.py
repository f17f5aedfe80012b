"""Members of an organization: changing what they may do, and leaving.

Every change is made under a lock on the organization, so that two at the same time cannot take its last two
owners.
"""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.utils import timezone

from tenants.models import ApiKey, Invitation, Membership, Organization, Role, User
from tenants.scope import user_scope


class LastOwner(Exception):
    """Somebody must own the organization."""


@dataclass(frozen=True)
class Left:
    """What ended with a membership."""

    api_keys: int
    invitations: int
    sessions: int


def change_member(
    membership: Membership, role: str, store_ids: list[int], agent_id: int | None
) -> dict[str, tuple]:
    """Write what a member may do; {field: (old, new)} of what differs. Raises LastOwner.

    In effect with the member's next request: every request asks anew.
    """
    current = _locked(membership)
    if role != Role.OWNER:
        _keep_an_owner(current)
    wanted = {"role": role, "store_ids": sorted(store_ids), "agent_id": agent_id}
    changed = {
        name: (getattr(current, name), value)
        for name, value in wanted.items()
        if getattr(current, name) != value
    }
    for name, (_, value) in changed.items():
        setattr(current, name, value)
    current.save(update_fields=list(changed))
    return changed


def remove_member(membership: Membership) -> Left:
    """End a membership, the API keys and invitations its person made here, and, if this was the person's only
    organization, every session of theirs. Raises LastOwner."""
    current = _locked(membership)
    _keep_an_owner(current)
    user, now = current.user, timezone.now()
    keys = ApiKey.objects.usable().filter(created_by=user).update(revoked_at=now)
    invitations = Invitation.objects.open().filter(created_by=user).update(withdrawn_at=now)
    current.delete()
    return Left(keys, invitations, 0 if _belongs_somewhere(user) else end_sessions(user))


def end_sessions(user: User) -> int:
    """Sign a person out everywhere; how many sessions that were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def _locked(membership: Membership) -> Membership:
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    return Membership.objects.select_related("user").get(pk=membership.pk)


def _keep_an_owner(leaving: Membership) -> None:
    others = Membership.objects.filter(organization_id=leaving.organization_id, role=Role.OWNER)
    if leaving.role == Role.OWNER and not others.exclude(pk=leaving.pk).exists():
        raise LastOwner


def _belongs_somewhere(user: User) -> bool:
    with user_scope(user.pk):
        return Membership.objects.filter(user=user).exists()
