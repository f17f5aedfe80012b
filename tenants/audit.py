"""The audit trail: who did what, when and from where. Writing it; tenants/audit_page.py reads it."""

import getpass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from tenants.audit_models import AuditEntry
from tenants.origin import client_address
from tenants.scope import ORGANIZATION

# What an entry's verb means, in the words of the page. A verb that is not here is shown as it is.
VERBS = {
    "entered": _("came in"),
    "exported": _("exported"),
    "imported": _("imported"),
    "import_refused": _("import refused"),
    "revealed": _("revealed personal data"),
    "erased": _("erased personal data"),
    "settings_changed": _("changed settings"),
    "store_added": _("added a store"),
    "rule_made": _("made a rule version"),
    "inspection_stopped": _("stopped inspecting chats again"),
    "inspection_resumed": _("had an inspection of chats go on"),
    "seat_bound": _("bound a seat"),
    "seat_ended": _("changed the end of a seat's holding"),
    "seat_removed": _("removed a seat's holding"),
    "agent_split": _("split a person in two"),
    "rate_set": _("set an exchange rate"),
    "rate_deleted": _("deleted an exchange rate"),
    "key_issued": _("issued an API key"),
    "key_revoked": _("revoked an API key"),
    "member_invited": _("invited a member"),
    "member_joined": _("joined"),
    "role_changed": _("changed a member's role"),
    "member_removed": _("removed a member"),
    "figures_compared": _("compared stored figures with the facts"),
    "keys_rotated": _("re-encrypted under a new key"),
    "ruled": _("ruled on a case"),
    "order_claimed": _("said that an order is somebody else’s"),
    "order_given": _("ruled on whose an order is"),
    "ruling_lifted": _("lifted a ruling on an order"),
    "claim_refused": _("refused a claim on an order"),
    "refund_faults_set": _("set whose fault refunds are"),
    "roster_published": _("published a roster"),
    "roster_filled": _("filled a roster"),
    "roster_read": _("took in a roster's workbook"),
    "request_decided": _("decided a request"),
    "shift_changed": _("changed a kind of shift"),
    "calendar_linked": _("made a calendar link"),
    "calendar_unlinked": _("revoked a calendar link"),
    "attendance_corrected": _("corrected attendance"),
    "channel_added": _("added a channel"),
    "channel_changed": _("changed a channel"),
    "channel_tested": _("sent a test to a channel"),
    "channel_deleted": _("deleted a channel"),
    "targets_set": _("set targets"),
    "call_logged": _("wrote down a call"),
    "call_changed": _("changed what was written down of a call"),
    "remark_opened": _("opened the full text of a remark"),
    "attachment_opened": _("opened an attachment"),
    "attachment_removed": _("removed an attachment"),
}
COMMAND = "command line"
_LONGEST_BROWSER = 160
_LONGEST_SUBJECT = 200


def record(
    request: HttpRequest | None,
    verb: str,
    subject: models.Model | str | None = None,
    *,
    by: AbstractBaseUser | None = None,
    **details,
) -> AuditEntry:
    """Append one entry to the trail of the organization whose scope is open; it stands or falls with the transaction.

    request: None for commands and tasks; by: the person they work for, if any. subject: the row it is about, or
    its name. details: JSON values, dates and decimals; old and new as dicts of the same keys are shown side by side.
    """
    kind, number, label = _named(subject)
    return AuditEntry.objects.create(
        organization_id=_organization_id(),
        verb=verb,
        subject_kind=kind,
        subject_id=number,
        subject=_clean(label, _LONGEST_SUBJECT),
        details=details,
        **_origin(request, by),
    )


def record_export(request: HttpRequest | None, name: str, kind: str, rows: int, **details) -> None:
    """A file of `rows` lines was given out. kind: its ending, such as csv; details: what was chosen."""
    record(request, "exported", f"{name}.{kind}", rows=rows, **details)


def record_entry(request: HttpRequest) -> None:
    """The first request of a session to an organization is somebody coming in; later ones are not noted."""
    entered = request.session.get("entered", [])
    if request.organization.pk not in entered:
        record(request, "entered", request.organization)
        request.session["entered"] = [*entered, request.organization.pk]


def changes(before: dict, after: dict) -> dict[str, dict]:
    """{"old": …, "new": …} of the keys whose values differ, as `record` takes them."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {"old": {key: before.get(key) for key in changed}, "new": {key: after[key] for key in changed}}


def _organization_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)::integer", [ORGANIZATION])
        return cursor.fetchone()[0]


def _named(subject: models.Model | str | None) -> tuple[str, str, str]:
    if isinstance(subject, models.Model):
        return subject._meta.label_lower, str(subject.pk), str(subject)
    return "", "", str(subject or "")


def _origin(request: HttpRequest | None, by: AbstractBaseUser | None) -> dict:
    if request is None:
        if by is not None:
            return {"user_id": by.pk, "who": by.email}
        return {"who": f"{COMMAND} ({getpass.getuser()})"}
    origin = {
        "address": _clean(client_address(request), 64),
        "browser": _clean(request.headers.get("User-Agent", ""), _LONGEST_BROWSER),
    }
    if key := getattr(request, "api_key", None):
        return origin | {"who": str(key)}
    return origin | {"user_id": request.user.pk, "who": request.user.email}


def _clean(text: str, longest: int) -> str:
    return text.replace("\0", "")[:longest]
