"""Notices by e-mail: one mail with all that are due to a member, tried again while the mail server refuses.

A mail is claimed before it is sent and noted after, in transactions of their own: no lock is held while the mail
server is talked to. A worker that dies in between leaves a claim that runs out, and the mail is sent then.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from team.notice_models import Notice
from team.notices import kind_in_words, words
from tenants.models import Organization, User
from tenants.scope import organization_scope

CLAIM_LASTS = timedelta(minutes=5)
WAITS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
MOST_TRIES = len(WAITS) + 1
MOST_TOLD = 50  # notices a mail lists; of more it says the number
logger = logging.getLogger(__name__)


class Claimed(NamedTuple):
    """The notices of one member that one mail tells; each one's mail_tries counts this try already."""

    user: User
    notices: list[Notice]


def mail_next(organization_id: int, now: datetime) -> bool:
    """Send one member all notices that are due by mail; False: nobody has any.

    Read notices are not mailed. After MOST_TRIES refusals a notice stays in the application alone.
    """
    with organization_scope(organization_id):
        claimed = _claim(now)
        organization = Organization.objects.get(pk=organization_id)
    if claimed is None:
        return False
    try:
        message_of(organization, claimed.user, claimed.notices).send()
    except (SMTPException, OSError):
        logger.exception("notices were not mailed to member %s", claimed.user.pk)
        for notice in claimed.notices:
            notice.mail_at = _next_try(notice, now)
    else:
        for notice in claimed.notices:
            notice.mail_at, notice.mailed_at = None, now
    with organization_scope(organization_id):
        # Whoever took the claim over after it ran out will say how it went.
        mine = set(Notice.objects.filter(mail_at=now + CLAIM_LASTS).values_list("pk", flat=True))
        Notice.objects.bulk_update([n for n in claimed.notices if n.pk in mine], ["mail_at", "mailed_at"])
    return True


def _next_try(notice: Notice, now: datetime) -> datetime | None:
    return None if notice.mail_tries >= MOST_TRIES else now + WAITS[notice.mail_tries - 1]


def _claim(now: datetime) -> Claimed | None:
    """Take all due notices of the member who has waited longest; nobody else takes them until the claim runs out."""
    with connection.cursor() as cursor:
        # Read meanwhile, or the person has left: nothing to mail any more.
        cursor.execute(
            "UPDATE team_notice n SET mail_at = NULL WHERE mail_at <= %s AND (read_at IS NOT NULL"
            " OR NOT EXISTS (SELECT 1 FROM tenants_membership m WHERE m.user_id = n.user_id))",
            [now],
        )
        cursor.execute(
            """
            WITH first_due AS (
                SELECT user_id FROM team_notice WHERE mail_at <= %(now)s ORDER BY mail_at, id LIMIT 1
            ), due AS (
                SELECT id FROM team_notice WHERE user_id = (SELECT user_id FROM first_due) AND mail_at <= %(now)s
                ORDER BY id FOR UPDATE SKIP LOCKED
            )
            UPDATE team_notice n SET mail_at = %(until)s, mail_tries = mail_tries + 1 FROM due WHERE n.id = due.id
            RETURNING n.id
            """,
            {"now": now, "until": now + CLAIM_LASTS},
        )
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return None
    notices = list(Notice.objects.filter(pk__in=ids).select_related("user"))
    return Claimed(notices[0].user, notices)


def message_of(organization: Organization, user: User, notices: list[Notice]) -> EmailMessage:
    """The mail in the member's language; newest first."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        told = [
            {
                "kind": kind_in_words(notice.kind),
                "words": words(notice.text, notice.params),
                "link": site_link(notice.link),
            }
            for notice in notices[:MOST_TOLD]
        ]
        subject = _("%(organization)s: %(count)s new in Kefudesk") % {
            "organization": organization.name, "count": len(notices),
        }  # fmt: skip
        context = {"organization": organization, "told": told, "more": len(notices) - len(told)}
        body = render_to_string("team/email/notices.txt", context)
    return EmailMessage(" ".join(subject.split()), body, None, [user.email])


def site_link(path: str) -> str:
    """The path as an address people can open from outside; blank where the installation does not know its own."""
    return f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS and path else ""
