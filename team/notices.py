"""Telling members something: once each, seen in the application and, if the member wants it, by e-mail.

Groups are told through channels (team/channels.py). A notice's text is an English msgid with %(name)s places for
`params`, put into the reader's language when it is shown. params hold numbers, days, names of stores and of
colleagues; never a buyer's name, phone, address or words: mails and robots carry them out of the house.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from team.notice_models import Delivery, Notice
from tenants.masking import masked_text
from tenants.models import Membership, Organization, Role
from tenants.scope import organization_scope

# What a notice is about, as pages and the choice of a channel name it. A kind that is not here is shown as it is.
KINDS = {
    "roster": _("Roster"),
    "request": _("Leave, swaps and wishes"),
    "handover": _("Handover"),
    "follow_up": _("Follow-ups"),
    "attendance": _("Attendance"),
    "remark": _("Order remarks"),
    "ownership": _("Whose an order is"),
    "promise": _("Promises"),
    "case": _("After-sales cases"),
    "complaint": _("Complaints"),
    "review": _("Reviews"),
    "concession": _("Concessions"),
    "feedback": _("Feedback"),
    "policy": _("Dangerous questions"),
    "violation": _("Violations"),
    "risk": _("Risky buyers"),
    "penalty": _("Fines and points"),
    "test": _("Test"),
}
# Nobody asks after a quarter what they were told of a shift; what is to be proved stands in the audit trail.
KEPT = timedelta(days=90)
BATCH = 1000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unread:
    """count: unread notices; newest: the highest id among them, 0 without any."""

    count: int
    newest: int


def notify(
    organization: Organization,
    user_ids: Iterable[int],
    *,
    key: str,
    kind: str,
    text: str,
    params: dict | None = None,
    link: str = "",
    now: datetime,
) -> int:
    """Tell members of the scope's organization; how many were told. Who was told this key before is not told again.

    text: see above. link: a path inside the application, where the matter is. Ids of people who are no members are
    passed over. Errors: ValueError for a text its params do not fill, or a link that leads elsewhere.
    """
    params = checked(text, params or {}, link)
    # Sorted, so that two that tell the same people at once do not lock crosswise.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO team_notice
                (organization_id, user_id, key, kind, text, params, link, made_at, mail_at, mail_tries)
            SELECT %s, m.user_id, %s, %s, %s, %s, %s, %s, CASE WHEN c.by_mail THEN %s END, 0
            FROM tenants_membership m LEFT JOIN team_noticechoice c
                ON c.organization_id = m.organization_id AND c.user_id = m.user_id
            WHERE m.organization_id = %s AND m.user_id = ANY(%s) ORDER BY m.user_id
            ON CONFLICT (organization_id, user_id, key) DO NOTHING
            """,
            [
                organization.pk, key, kind, text, json.dumps(params), link, now, now, organization.pk,
                sorted(set(user_ids)),
            ],
        )  # fmt: skip
        return cursor.rowcount


def broadcast(
    organization: Organization,
    *,
    key: str,
    kind: str,
    text: str,
    params: dict | None = None,
    link: str = "",
    now: datetime,
) -> int:
    """Have every channel in use that wants this kind told; how many. The same key goes to a channel once.

    Nothing is sent here: team.tasks delivers what stands in the database. Arguments and errors as of `notify`.
    """
    params = checked(text, params or {}, link)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO team_delivery
                (organization_id, channel_id, key, kind, text, params, link, made_at, tries, next_try_at, last_error)
            SELECT %s, id, %s, %s, %s, %s, %s, %s, 0, %s, '' FROM team_channel
            WHERE organization_id = %s AND active AND (kinds = '[]' OR kinds @> to_jsonb(%s::text)) ORDER BY id
            ON CONFLICT (organization_id, channel_id, key) DO NOTHING
            """,
            [organization.pk, key, kind, text, json.dumps(params), link, now, now, organization.pk, kind],
        )
        return cursor.rowcount


def checked(text: str, params: dict, link: str) -> dict:
    """The params as JSON keeps them. Errors: ValueError, see `notify`."""
    plain = {name: str(value) if isinstance(value, date) else value for name, value in params.items()}
    try:
        text % plain
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"notice {text!r} does not fit its params {sorted(params)}") from error
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        raise ValueError(f"{link!r} is no path inside the application")
    return plain


def words(text: str, params: dict) -> str:
    """A notice's sentence in the active language, with whatever looks like a phone or an address hidden."""
    translated = gettext(text)
    try:
        said = translated % params
    except (KeyError, TypeError, ValueError):
        # A translation with a slip in its places must not take the page down; the msgid was checked.
        logger.exception("translation of %r does not fit its params", text)
        said = text % params
    return masked_text(said)


def kind_in_words(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


def users_of_agents(agent_ids: Iterable[int]) -> dict[int, int]:
    """{agent id: user id} of those agents who are members; of several members who are one agent, the newest."""
    members = Membership.objects.filter(agent_id__in=set(agent_ids)).order_by("pk")
    return dict(members.values_list("agent_id", "user_id"))


def supervisors_of(store_ids: Sequence[int] | None = None) -> list[int]:
    """User ids of the supervisors who may see any of these stores (None: of any store); without one, the owners'."""
    leads = Membership.objects.filter(role__in=(Role.OWNER, Role.SUPERVISOR)).order_by("user_id")
    rows = list(leads.values_list("user_id", "role", "store_ids"))
    wanted = None if store_ids is None else set(store_ids)

    def sees(own: list[int]) -> bool:
        return not own or wanted is None or bool(wanted & set(own))

    found = [user for user, role, own in rows if role == Role.SUPERVISOR and sees(own)]
    return found or [user for user, role, own in rows if role == Role.OWNER and sees(own)]


def notices_of(user_id: int) -> QuerySet[Notice]:
    """The scope's notices of one member, newest first."""
    return Notice.objects.filter(user_id=user_id)


def unread_of(user_id: int) -> Unread:
    """What the bell shows; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(max(id), 0) FROM team_notice WHERE user_id = %s AND read_at IS NULL",
            [user_id],
        )
        return Unread(*cursor.fetchone())


def delete_old_notices(organization_id: int, now: datetime, batch: int = BATCH) -> int:
    """Delete notices and deliveries told more than KEPT ago; how many. Opens the organization's scope itself.

    Batches are transactions of their own, so a run that died is repeated. A delivery still to be tried stays.
    """
    count, before = 0, now - KEPT
    for model, waiting in ((Notice, {"mail_at": None}), (Delivery, {"next_try_at": None})):
        while True:
            with organization_scope(organization_id):
                old = model.objects.filter(made_at__lt=before, **waiting).order_by()[:batch]
                deleted = model.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
            count += deleted
            if deleted < batch:
                break
    return count


def mark_read(user_id: int, now: datetime, up_to: int | None = None, only: int | None = None) -> int:
    """Mark a member's notices read: all, those up to an id, or only one; how many were unread.

    up_to: what came after the page was shown stays unread.
    """
    unread = notices_of(user_id).filter(read_at=None)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    if only is not None:
        unread = unread.filter(pk=only)
    return unread.update(read_at=now)
