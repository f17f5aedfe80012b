"""The history the database keeps of stores, rules, members, the roster and more, as the audit page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import ForeignKey, Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.audit_words import NONE, field_in_words, numbered_names, value_in_words

KIND_NAMES = {
    "store": gettext_noop("Stores"),
    "attributionrule": gettext_noop("Attribution rules"),
    "membership": gettext_noop("Members"),
    "position": gettext_noop("Positions"),
    "seatassignment": gettext_noop("Who held which seat"),
    "rosterentry": gettext_noop("Roster"),
    "rosterrequest": gettext_noop("Requests to the roster"),
    "storetarget": gettext_noop("Stores’ targets"),
    "agenttarget": gettext_noop("Agents’ targets"),
    "detectorsetting": gettext_noop("Detectors’ settings"),
    "attendancecorrection": gettext_noop("Corrected attendance"),
    "remarkformat": gettext_noop("How stores write remarks"),
    "compensation": gettext_noop("Compensation"),
    "returneditem": gettext_noop("Returned goods"),
    "servicesettings": gettext_noop("Complaints and reviews"),
    "courierrate": gettext_noop("Courier rates"),
    "bargainlimit": gettext_noop("Bargaining limits"),
    "stockcount": gettext_noop("Stock counts"),
    "buyerclassrule": gettext_noop("Buyers’ classes"),
    "buyerlink": gettext_noop("Buyers who are one person"),
    "scriptfolder": gettext_noop("Folders of scripts"),
    "script": gettext_noop("Scripts"),
    "refundfault": gettext_noop("Whose fault a refund is"),
    "dailymail": gettext_noop("Daily tables by e-mail"),
    "risksettings": gettext_noop("What makes a buyer risky"),
    "penaltysettings": gettext_noop("Fines: settings"),
    "finecap": gettext_noop("Caps of fines"),
    "pointallowance": gettext_noop("How many points stores have"),
}
LABELS = {
    "insert": gettext_noop("added"),
    "update": gettext_noop("changed"),
    "delete": gettext_noop("deleted"),
}


@dataclass(frozen=True)
class Told:
    """One event in words. who: empty for commands, imports and tasks; lines: `field: before → after`."""

    at: datetime
    who: str
    label: str
    number: int
    lines: list[str]


def kinds() -> dict[str, type[Model]]:
    """{name of the model: its table of events}, in the order of the rooms."""
    events = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return {model.pgh_tracked_model._meta.model_name: model for model in events}


def kind_names() -> list[tuple[str, str]]:
    """(kind, its name for people)."""
    return [(key, _(KIND_NAMES[key])) for key in kinds()]


def events_of(kind: str, number: str) -> QuerySet:
    """The scope's events of a kind, newest first; number: of one row alone, or "". KeyError: no such kind."""
    events = kinds()[kind].objects.order_by("-pgh_id")
    return events.filter(pgh_obj_id=int(number)) if number.isdecimal() else events


def in_words(events: Iterable) -> list[Told]:
    """Events of one kind with what each changed. Five queries and one for each kind of row they name."""
    events = list(events)
    if not events:
        return []
    model = type(events[0])
    earlier = model.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    previous = dict(
        model.objects.filter(pk__in=[event.pk for event in events])
        .annotate(before=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
        .values_list("pk", "before")
    )
    before = model.objects.in_bulk([pk for pk in previous.values() if pk])
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name not in ("id", "organization", "created_at")
    ]
    rows, numbered = _names([*events, *before.values()], fields), numbered_names()

    def value(field, row) -> str:
        held = getattr(row, field.attname)
        if isinstance(field, ForeignKey) and held is not None:
            return rows.get((field.related_model, held), f"#{held}")
        return value_in_words(field.name, held, numbered, model._meta.label_lower)

    return [_told(event, before.get(previous[event.pk]), fields, value) for event in events]


def _told(event, before, fields: list, value) -> Told:
    """value(field, row): what the row holds there, in words."""
    lines = []
    for field in fields:
        name = field_in_words(field.name, event._meta.label_lower)
        new, old = (getattr(row, field.attname) if row else None for row in (event, before))
        if event.pgh_label == "insert" and new not in (None, "", [], {}):
            lines.append(f"{name}: {value(field, event)}")
        elif event.pgh_label == "update" and new != old:
            lines.append(f"{name}: {value(field, before) if before else NONE} → {value(field, event)}")
    who = (event.pgh_context or {}).get("who", "")
    return Told(event.pgh_created_at, who, _(LABELS[event.pgh_label]), event.pgh_obj_id, lines)


def _names(events: list, fields: list) -> dict[tuple[type[Model], int], str]:
    """{(model, id): name} of the rows the events name, as far as they are still there."""
    wanted: dict[type[Model], set[int]] = {}
    for field in fields:
        if isinstance(field, ForeignKey):
            wanted.setdefault(field.related_model, set()).update(
                getattr(e, field.attname) or 0 for e in events
            )
    return {
        (model, number): str(row)
        for model, numbers in wanted.items()
        for number, row in model._default_manager.in_bulk(numbers).items()
    }
