"""A store's rule versions told in words: what each changed, and from when to when it is valid."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from policies.attribution_rules import ALWAYS, SETTINGS, differences
from policies.models import AttributionRule


class Setting(NamedTuple):
    """One setting in words; `before` None where there is no version to compare with."""

    label: str
    value: str
    before: str | None


class Version(NamedTuple):
    """until: the last day it is valid, None while open. since None: always. replaced: another version of the
    same day took its place, so it is valid on no day."""

    rule: AttributionRule
    since: date | None
    until: date | None
    replaced: bool
    valid_now: bool
    settings: list[Setting]
    changes: list[Setting]


def explained_versions(versions: Iterable[AttributionRule], today: date) -> list[Version]:
    """versions: one store's, oldest first. Returns them newest first."""
    rules = list(versions)
    told, effective = [], None
    for position, rule in enumerate(rules):
        following = rules[position + 1] if position + 1 < len(rules) else None
        replaced = following is not None and following.since == rule.since
        until = following.since - timedelta(days=1) if following and not replaced else None
        valid_now = not replaced and rule.since <= today and (until is None or today <= until)
        since = None if rule.since == ALWAYS else rule.since
        changed = differences(effective, rule) if effective else []
        changes = [in_words(rule, name, effective) for name in changed]
        settings = [in_words(rule, name, None) for name in SETTINGS]
        told.append(Version(rule, since, until, replaced, valid_now, settings, changes))
        effective = rule
    return told[::-1]


def in_words(rule: AttributionRule, name: str, before: AttributionRule | None) -> Setting:
    label = str(AttributionRule._meta.get_field(name).verbose_name)
    return Setting(label, value_in_words(rule, name), value_in_words(before, name) if before else None)


def value_in_words(rule: AttributionRule, name: str) -> str:
    """One setting's value as people say it."""
    value = getattr(rule, name)
    if name == "excluded_flags":
        return ", ".join(map(str, value)) or _("every colour but 0")
    if name == "cancel_days" and value is None:
        return _("never")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if hasattr(rule, f"get_{name}_display"):
        return str(getattr(rule, f"get_{name}_display")())
    return str(value)
