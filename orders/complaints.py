"""Complaints from opening to closing (R33). Each act locks the row, writes a line of the dossier and tells the
detectors; repeated, it changes nothing. ValueError says in words why it cannot be.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.complaint_levels import levels_of, service_settings
from orders.complaint_models import Complaint
from orders.dossiers import happened
from orders.remark_models import About
from orders.service_models import Fault
from stores.imports import log_changes
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import User

LONGEST_TEXT = 2000
LOCK = 7311  # advisory lock class of complaints opened from one source
SOURCES = {
    "chat": _("Chat"),
    "review": _("Review"),
    "phone": _("Phone"),
    "platform": _("Platform"),
}
OUTCOMES = {
    "settled": _("Settled with the buyer"),
    "compensated": _("Compensated"),
    "refunded": _("Refunded or replaced"),
    "unfounded": _("Unfounded"),
    "taken_back": _("Buyer took it back"),
    "no_answer": _("No answer"),
}


@transaction.atomic
def open_complaint(
    store: Store,
    *,
    source: str,
    level: str,
    user: User | None,
    now: datetime,
    story: str = "",
    source_key: str = "",
    order_id: str | None = None,
    buyer: Buyer | None = None,
    product_code: str = "",
    agent_id: int | None = None,
    about_agent_id: int | None = None,
) -> Complaint:
    """A new complaint; one that its source names already (the platform's number, the review) is given back as it is.

    agent_id: who handles it, about_agent_id: whom it is about (team.Agent). KeyError: no such level or source.
    """
    SOURCES[source]
    due_at = now + timedelta(hours=levels_of(service_settings())[level].hours)
    made, new = Complaint(
        organization_id=store.organization_id, store=store, source=source, source_key=source_key, level=level,
        order_id=order_id or None, buyer=buyer, product_code=product_code,
        story=encrypt(store.organization_id, "story", story.strip()[:LONGEST_TEXT]) if story.strip() else None,
        agent_id=agent_id, about_agent_id=about_agent_id, due_at=due_at, opened_by=user, opened_at=now,
    ), True  # fmt: skip
    if source_key:
        # Two who open the same one at once.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"{store.pk}/{source}/{source_key}"]
            )
        found = Complaint.objects.filter(store=store, source=source, source_key=source_key).first()
        made, new = (found, False) if found else (made, True)
    if new:
        made.save()
        _write(made, "opened", user, now, source=source, level=level, agent_id=agent_id)
    return made


@transaction.atomic
def answer(
    complaint: Complaint, text: str, user: User, now: datetime, next_at: datetime | None = None
) -> None:
    """What the buyer was told. The first one stops the clock; next_at: when somebody looks at it again, by default
    after as long as the level gave for the first answer."""
    row = _locked(complaint)
    if not text.strip():
        raise ValueError(gettext("Say what the buyer was told."))
    first = row.answered_at is None
    if first:
        row.answered_at = now
    row.next_at = next_at or now + timedelta(hours=levels_of(service_settings())[row.level].hours)
    row.save(update_fields=["answered_at", "next_at"])
    late = max(0, round((now - row.due_at).total_seconds() / 60)) if first else 0
    _write(row, "answered", user, now, note=text, first=first, late_minutes=late)
    _told(complaint, row)


def note(complaint: Complaint, text: str, user: User, now: datetime) -> None:
    """A line for colleagues; it answers nothing."""
    if not text.strip():
        raise ValueError(gettext("Write something down first."))
    happened(complaint.store, About.COMPLAINT, complaint.pk, "note", user=user, now=now, note=text)


@transaction.atomic
def give(complaint: Complaint, agent_id: int | None, user: User, now: datetime) -> bool:
    """To somebody who handles it from now on; None: nobody yet. False: it is theirs already."""
    row = _locked(complaint)
    if row.agent_id == agent_id:
        return False
    row.agent_id, before = agent_id, row.agent_id
    row.save(update_fields=["agent_id"])
    _write(row, "given", user, now, agent_id=agent_id, before=before)
    return _told(complaint, row)


@transaction.atomic
def judge(
    complaint: Complaint, fault: str, about_agent_id: int | None, product_code: str, user: User, now: datetime
) -> bool:
    """Whose fault it is, whom and which product it is about. False: nothing differs. An open or a closed one."""
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    said = (Fault(fault).value, about_agent_id, product_code)
    if (row.fault, row.about_agent_id, row.product_code) == said:
        return False
    row.fault, row.about_agent_id, row.product_code = said
    row.save(update_fields=["fault", "about_agent_id", "product_code"])
    _write(row, "judged", user, now, fault=row.fault, agent_id=about_agent_id, product=product_code)
    return _told(complaint, row)


@transaction.atomic
def set_level(complaint: Complaint, level: str, user: User, now: datetime) -> bool:
    """Another level: an unanswered one is due by it from when it was opened, and its chain begins anew.

    False: it has it. KeyError: no such level.
    """
    row = _locked(complaint)
    if row.level == level:
        return False
    hours = levels_of(service_settings())[level].hours
    row.level, before = level, row.level
    if row.answered_at is None:
        row.due_at = (row.reopened_at or row.opened_at) + timedelta(hours=hours)
        row.step = 0
    row.save(update_fields=["level", "due_at", "step"])
    _write(row, "level", user, now, before=before, level=level)
    return _told(complaint, row)


@transaction.atomic
def close(
    complaint: Complaint, outcome: str, fault: str, user: User | None, now: datetime, text: str = ""
) -> bool:
    """Done, with one of OUTCOMES. fault: "" leaves what was judged. False where it is closed already."""
    if outcome not in OUTCOMES:
        raise ValueError(gettext("Choose how it ended."))
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if row.closed_at:
        return False
    row.outcome, row.closed_by, row.closed_at = outcome, user, now
    if fault:
        row.fault = Fault(fault).value
    row.save(update_fields=["outcome", "closed_by", "closed_at", "fault"])
    _write(row, "closed", user, now, note=text, outcome=outcome, fault=row.fault)
    return _told(complaint, row)


@transaction.atomic
def reopen(complaint: Complaint, user: User, now: datetime, text: str = "") -> bool:
    """Open again: an answer is due as if it had just come. False where it is open."""
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if row.closed_at is None:
        return False
    row.outcome, row.closed_by, row.closed_at = "", None, None
    row.answered_at = row.next_at = None
    row.due_at = now + timedelta(hours=levels_of(service_settings())[row.level].hours)
    row.step, row.reopened_at, row.reopenings = 0, now, row.reopenings + 1
    row.save()
    _write(row, "reopened", user, now, note=text)
    return _told(complaint, row)


@transaction.atomic
def undo_close(complaint: Complaint, user: User, now: datetime) -> bool:
    """It was closed by mistake: as it was before, its clock too. False where it is open."""
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if row.closed_at is None:
        return False
    row.outcome, row.closed_by, row.closed_at = "", None, None
    row.save(update_fields=["outcome", "closed_by", "closed_at"])
    _write(row, "not_closed", user, now)
    return _told(complaint, row)


def log_touched(store: Store, buyer_id: int | None, at: datetime) -> None:
    """Tell whoever derives from a buyer's complaints and reviews that something changed (the change log)."""
    with connection.cursor() as cursor:
        log_changes(
            cursor,
            store,
            "SELECT %s::integer, NULL::integer, %s::timestamptz, %s::timestamptz",
            [buyer_id or 0, at, at],
        )


def _locked(complaint: Complaint) -> Complaint:
    """The row as it stands, locked until the transaction ends. ValueError if it is closed."""
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if row.closed_at:
        raise ValueError(gettext("It is closed already."))
    return row


def _write(row: Complaint, what: str, user: User | None, now: datetime, note: str = "", **details) -> None:
    happened(row.store, About.COMPLAINT, row.pk, what, user=user, now=now, note=note, **details)
    log_touched(row.store, row.buyer_id, row.opened_at)


def _told(complaint: Complaint, row: Complaint) -> bool:
    """The caller's object shows what became of it."""
    for field in Complaint._meta.concrete_fields:
        setattr(complaint, field.attname, getattr(row, field.attname))
    return True
