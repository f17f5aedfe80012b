"""What the audit trail and the kept versions hold, in the reader's words: names of fields, values, who."""

import json
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.audit import COMMAND, VERBS
from tenants.audit_models import AuditEntry

# Fields and details whose model does not name them for people.
FIELD_NAMES = {
    "agent": gettext_noop("agent"),
    "agent_id": gettext_noop("person of the team"),
    "agents_see_names": gettext_noop("agents see each other's figures by name"),
    "api_keys": gettext_noop("API keys ended"),
    "asked": gettext_noop("What the buyer asked before"),
    "buyer_cards": gettext_noop("buyers’ cards"),
    "buyers": gettext_noop("buyers"),
    "calls": gettext_noop("calls"),
    "celebrity_recipient": gettext_noop("Celebrity as recipient"),
    "certainty": gettext_noop("How sure a hit is"),
    "claim_words": gettext_noop("Words of claims"),
    "cases": gettext_noop("after-sales cases"),
    "chosen": gettext_noop("chosen"),
    "columns": gettext_noop("shown"),
    "complaints": gettext_noop("complaints"),
    "concessions": gettext_noop("concessions"),
    "counts": gettext_noop("counts"),
    "differences": gettext_noop("differences"),
    "days": gettext_noop("days"),
    "duty_notes": gettext_noop("notes of shifts"),
    "except": gettext_noop("Exceptions"),
    "fault": gettext_noop("fault"),
    "feedback": gettext_noop("feedback"),
    "files": gettext_noop("files"),
    "fishing_no_haggling": gettext_noop("Fishing questions, no bargaining"),
    "follow_ups": gettext_noop("follow-ups"),
    "risk_signs": gettext_noop("signs of risk"),
    "group": gettext_noop("group"),
    "handover_lines": gettext_noop("matters handed over"),
    "in_remarks": gettext_noop("Remarks too"),
    "invitations": gettext_noop("invitations ended"),
    "job": gettext_noop("import number"),
    "low_credit": gettext_noop("Low credit"),
    "low_good_rate": gettext_noop("Low good-review rate"),
    "machine_nick": gettext_noop("Machine-like name"),
    "many_orders": gettext_noop("Many orders at once"),
    "message_days": gettext_noop("chat messages are kept for (days)"),
    "messages": gettext_noop("messages"),
    "new_person": gettext_noop("new person"),
    "number": gettext_noop("number"),
    "order_dossiers": gettext_noop("remarks, notes and files of orders"),
    "order_lines": gettext_noop("order lines"),
    "owner": gettext_noop("owner of the order"),
    "orders": gettext_noop("orders"),
    "personal_data_days": gettext_noop("personal data of finished orders is kept for (days)"),
    "phrases": gettext_noop("Phrases"),
    "products": gettext_noop("products"),
    "promises": gettext_noop("promises"),
    "rate": gettext_noop("rate"),
    "rates": gettext_noop("exchange rates"),
    "rating_words": gettext_noop("words of ratings"),
    "ratings": gettext_noop("ratings"),
    "reason": gettext_noop("reason"),
    "reasons": gettext_noop("reasons"),
    "receiver_address": gettext_noop("address"),
    "receiver_name": gettext_noop("receiver"),
    "receiver_phone": gettext_noop("phone"),
    "buyer_message": gettext_noop("buyer's message"),
    "refund_only_often": gettext_noop("Refunds without returns"),
    "refunds": gettext_noop("refunds"),
    "refused_rows": gettext_noop("refused rows"),
    "require_mfa": gettext_noop("every member needs a second factor"),
    "review_dossiers": gettext_noop("notes and files of reviews"),
    "reviews": gettext_noop("reviews"),
    "rows": gettext_noop("rows"),
    "seat": gettext_noop("seat"),
    "seats": gettext_noop("seats"),
    "seller_memo": gettext_noop("seller's memo"),
    "sessions": gettext_noop("sessions"),
    "shares_address": gettext_noop("Address of a confirmed buyer"),
    "speaker": gettext_noop("Who says it"),
    "spec": gettext_noop("what it looks for"),
    "store": gettext_noop("store"),
    "store_ids": gettext_noop("stores"),
    "since": gettext_noop("from"),
    "threshold": gettext_noop("threshold"),
    "until": gettext_noop("to"),
    "user": gettext_noop("user"),
    "vague_recipient": gettext_noop("Vague recipient"),
    "verified_on": gettext_noop("verified on"),
    "version": gettext_noop("version"),
    "weight": gettext_noop("weight"),
    "young_account": gettext_noop("Young account"),
}
# How an import's rows are counted.
OUTCOMES = {
    "new": gettext_noop("new"),
    "changed": gettext_noop("changed"),
    "unchanged": gettext_noop("unchanged"),
    "rejected": gettext_noop("refused"),
}
# Fields that name rows by their numbers alone, and of which model.
NUMBERED = {"store_ids": "stores.Store", "agent_id": "team.Agent"}
NONE, NOTHING = "–", (None, "", [], {})

Names = dict[str, dict[int, str]]


def numbered_names() -> Names:
    """{field of NUMBERED: {id: name}} of the scope's rows. A query for each."""
    return {
        field: dict(apps.get_model(label).objects.values_list("pk", "name"))
        for field, label in NUMBERED.items()
    }


def verb_in_words(verb: str) -> str:
    return _(VERBS[verb]) if verb in VERBS else verb


def who_in_words(who: str) -> str:
    """An entry's `who`; commands are called so in the reader's language."""
    return _("command line") + who.removeprefix(COMMAND) if who.startswith(COMMAND) else who


def details_in_words(entry: AuditEntry, names: Names) -> list[str]:
    """`business day begins at (minutes after midnight): 0 → 120` for what changed, `rows: 12` for the rest."""
    rest, kind = dict(entry.details), entry.subject_kind
    lines = []
    old, new = rest.get("old"), rest.get("new")
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            before, after = (value_in_words(key, said.get(key), names, kind) for said in (old, new))
            lines.append(f"{field_in_words(key, kind)}: {before} → {after}")
        del rest["old"], rest["new"]
    for key, value in rest.items():
        if key == "counts" and isinstance(value, dict):
            lines += [f"{field_in_words(name)}: {_counted(count)}" for name, count in value.items()]
        else:
            lines.append(f"{field_in_words(key, kind)}: {value_in_words(key, value, names, kind)}")
    return lines


def field_in_words(key: str, kind: str = "") -> str:
    """A field's name for people, parted by points where it is of something else (`low_credit.weight`). kind: the model it
    belongs to, such as `stores.store`, if any."""
    if key in FIELD_NAMES:
        return _(FIELD_NAMES[key])
    if "." in key:
        return ", ".join(map(field_in_words, key.split(".")))
    field = _field(key, kind)
    return str(field.verbose_name) if field else key.replace("_", " ")


def value_in_words(key: str, value: Any, names: Names, kind: str = "") -> str:
    """A value of JSON for people: choices by their names, rows named by number by theirs."""
    if value in NOTHING:
        return _("all") if key == "store_ids" and value == [] else NONE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key in names:
        numbers = value if isinstance(value, list) else [value]
        return ", ".join(names[key].get(number, f"#{number}") for number in numbers)
    field = _field(key, kind)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if key == "columns":
        return ", ".join(field_in_words(name) for name in value)
    if isinstance(value, dict):
        return "; ".join(f"{field_in_words(name)}: {_plain(part)}" for name, part in value.items()) or NONE
    return _plain(value)


def _counted(count: Any) -> str:
    """{"new": 3, "changed": 0, …} without what is nothing."""
    if not isinstance(count, dict):
        return _plain(count)
    told = [f"{_(OUTCOMES.get(name, name))} {number}" for name, number in count.items() if number]
    return ", ".join(told) or NONE


def _field(key: str, kind: str) -> Field | None:
    if not kind:
        return None
    try:
        return apps.get_model(kind)._meta.get_field(key)
    except (LookupError, FieldDoesNotExist):
        # A model of earlier days, or a detail that is no field.
        return None


def _plain(value: Any) -> str:
    if value in NOTHING:
        return NONE
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return ", ".join(map(str, value))
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
