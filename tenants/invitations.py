"""Invitations by e-mail: made by an owner, good for a week, used once."""

import hashlib
import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException

from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.models import Invitation, Membership, Organization, User
from tenants.scope import organization_id_of

VALID_DAYS = 7
logger = logging.getLogger(__name__)


class Gone(Exception):
    """The invitation was used, withdrawn or too old, or never made."""


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(
    organization: Organization,
    email: str,
    role: str,
    store_ids: list[int],
    agent_id: int | None,
    by: User | None,
) -> tuple[Invitation, str]:
    """A new invitation and the secret of its link. An open one to the same address ends."""
    email, now = email.lower(), timezone.now()
    Invitation.objects.open().filter(email=email).update(withdrawn_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        role=role,
        store_ids=sorted(store_ids),
        agent_id=agent_id,
        digest=digest_of(secret),
        created_by=by,
        expires_at=now + timedelta(days=VALID_DAYS),
    )
    return invitation, secret


def mail_after_commit(request: HttpRequest, invitation: Invitation, secret: str) -> None:
    """Send the link once the invitation is stored, and tell the person at the page how that went.

    The link is shown to nobody else: who opens it is known to own the address.
    """
    path = reverse("accept_invitation", args=[invitation.organization.slug, secret])
    context = {"invitation": invitation, "link": request.build_absolute_uri(path), "days": VALID_DAYS}
    subject = _("You are invited to %(organization)s") % {"organization": invitation.organization.name}
    body = render_to_string("tenants/email/invitation.txt", context)

    def send() -> None:
        try:
            send_mail(" ".join(subject.split()), body, None, [invitation.email])
        except (SMTPException, OSError):
            logger.exception("invitation %s was not sent", invitation.pk)
            messages.error(request, _("The mail could not be sent. Try again, or ask the operator."))
        else:
            messages.success(request, _("%(email)s has been invited.") % {"email": invitation.email})

    transaction.on_commit(send)


def organization_of_link(slug: str) -> int:
    """The organization a link names. Raises Gone."""
    organization_id = organization_id_of(slug)
    if organization_id is None:
        raise Gone
    return organization_id


def open_invitation(secret: str, lock: bool = False) -> Invitation:
    """The invitation of a link, in its organization's scope. Raises Gone.

    lock: nobody else accepts it meanwhile.
    """
    invitations = Invitation.objects.open().filter(digest=digest_of(secret))
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.select_related("organization").first()
    if invitation is None:
        raise Gone
    return invitation


def accept(invitation: Invitation, user: User) -> Membership:
    """Make the invited person a member; who is one already keeps the role. ValueError for somebody else."""
    if user.email != invitation.email:
        raise ValueError("this invitation is for another address")
    membership, _made = Membership.objects.get_or_create(
        organization=invitation.organization,
        user=user,
        defaults={
            "role": invitation.role,
            "store_ids": invitation.store_ids,
            "agent_id": invitation.agent_id,
        },
    )
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    return membership
