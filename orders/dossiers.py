"""The dossier kept on an order, promise, case, complaint, review, …: what happened line by line, and what people wrote.

Events are append-only and hold codes and numbers; words stand apart, because words are erased (orders/erasure.py).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from orders.remark_models import About, DossierEvent, DossierNote
from stores.models import Store
from tenants.encryption import encrypt
from tenants.models import User

LONGEST_NOTE = 2000


class Line(NamedTuple):
    """One line of a dossier. who: a member's name, "" for the system; note: "" where nobody wrote or it was erased."""

    at: datetime
    who: str
    what: str
    details: dict[str, Any]
    note: str


def happened(
    store: Store,
    about: About,
    about_id: int,
    what: str,
    *,
    user: User | None,
    now: datetime,
    note: str = "",
    **details: Any,
) -> DossierEvent:
    """Write one line. details: JSON; note: a person's words, kept encrypted."""
    event = DossierEvent.objects.create(
        organization_id=store.organization_id, store=store, about=about, about_id=about_id, at=now, user=user,
        what=what, details=details,
    )  # fmt: skip
    if note.strip():
        DossierNote.objects.create(
            organization_id=store.organization_id, store=store, about=about, about_id=about_id, event_id=event.pk,
            text=encrypt(store.organization_id, "text", note.strip()[:LONGEST_NOTE]), made_by=user, made_at=now,
        )  # fmt: skip
    return event


def lines_of(about: About, about_ids: Iterable[int]) -> dict[int, list[Line]]:
    """{about_id: its lines, oldest first}; two statements however many dossiers."""
    ids = list(about_ids)
    notes = {
        note.event_id: note.decrypted("text") or ""
        for note in DossierNote.objects.filter(about=about, about_id__in=ids)
    }
    found: dict[int, list[Line]] = {number: [] for number in ids}
    events = DossierEvent.objects.filter(about=about, about_id__in=ids).select_related("user").order_by("pk")
    for event in events:
        who = str(event.user) if event.user else ""
        found[event.about_id].append(Line(event.at, who, event.what, event.details, notes.get(event.pk, "")))
    return found
