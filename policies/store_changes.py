"""Changing a store's own settings, which have no date: everything derived from them is derived anew."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from conversations.imports import remark_automatic
from policies.attribution_rules import SETTINGS, first_version, new_version, valid_on
from policies.inspecting import inspect_whole
from policies.models import AttributionRule
from policies.rule_arguments import Arguments
from stores.imports import log_store
from stores.models import Store
from tenants.audit import changes, record

# Settings that decide how stored facts are read. The memo signature is used while orders are taken in; the
# others only describe the store.
DERIVING = {"day_cut_minutes", "session_gap_minutes", "time_zone", "auto_texts"}
DERIVING |= {"rate_from_minutes", "rate_to_minutes", "rate_seconds"}
# Which rules are for a store's chats (policies/rule_versions.py).
SCOPING = {"kind", "country", "platform"}


@transaction.atomic
def add_store(store: Store, request: HttpRequest | None = None) -> AttributionRule:
    """Save a new, valid store together with the rules it begins with. request: who asked, for the audit trail."""
    store.save(force_insert=True)
    record(request, "store_added", store, code=store.code, platform=store.platform)
    return first_version(store)


@transaction.atomic
def save_settings(store: Store, changed: Collection[str], request: HttpRequest | None = None) -> None:
    """Save the store's fields named in `changed`; where they decide figures, log the store as changed.

    New auto texts are applied to the stored messages at once. request: who asked, for the audit trail.
    """
    if not changed:
        return
    before = Store.objects.filter(pk=store.pk).values(*changed).get()
    store.save(update_fields=list(changed))
    after = {field: getattr(store, field) for field in changed}
    record(request, "settings_changed", store, **changes(before, after))
    if "auto_texts" in changed:
        remark_automatic(store)
    if DERIVING.intersection(changed):
        log_store(store)
    if SCOPING.intersection(changed):
        inspect_whole(store)


@transaction.atomic
def apply_arguments(store: Store, since: date | None, arguments: Arguments) -> AttributionRule | None:
    """What `set_rule` was told: a new version from `since` if it names dated rules, and the store's settings.

    Returns the new version, if any. Raises ValidationError; then nothing is changed.
    """
    changed = {field for field, value in arguments.store.items() if getattr(store, field) != value}
    for field in changed:
        setattr(store, field, arguments.store[field])
    store.full_clean(exclude=["organization"])
    if store.rate_from_minutes >= store.rate_to_minutes:
        raise ValidationError("rate_from, rate_to: the hours counted end before they begin.")
    save_settings(store, changed)
    return change_rules(store, since, arguments.rule) if arguments.rule else None


@transaction.atomic
def change_rules(
    store: Store, since: date, values: Mapping[str, Any], request: HttpRequest | None = None
) -> AttributionRule:
    """`new_version`, with what it changed in the audit trail. Raises ValidationError."""
    before = valid_on(store, since)
    rule = new_version(store, since, **values)
    told = changes(
        {name: getattr(before, name) for name in SETTINGS}, {name: getattr(rule, name) for name in SETTINGS}
    )
    record(request, "rule_made", store, version=rule.number, since=since, **told)
    return rule
