"""Versions of a store's attribution rules: which one is valid on a day, and how a new one is made."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from policies.models import AttributionRule
from stores.imports import log_store
from stores.models import Platform, Store

# Valid before anything happened.
ALWAYS = date(1, 1, 1)

# The dated settings, in the order people read them.
SETTINGS = (
    "judgement",
    "ownership",
    "window_days",
    "flag_rule",
    "excluded_flags",
    "chaser",
    "after_sale_horizon_days",
    "agent_opened",
    "inquiry_days",
    "cancel_days",
    "deduct_postage",
    "deduct_refunds",
)


def first_version(store: Store) -> AttributionRule:
    """The rules a store begins with: docs/kpis.md's defaults, valid always; JD takes cancelled sales back."""
    return AttributionRule.objects.create(
        organization_id=store.organization_id,
        store=store,
        number=1,
        since=ALWAYS,
        cancel_days=15 if store.platform == Platform.JD else None,
    )


def valid_on(store: Store, day: date) -> AttributionRule:
    """The version an event of business day `day` is judged by: latest since <= day, then highest number.

    Raises AttributionRule.DoesNotExist for a store without a first version.
    """
    return store_versions(store).filter(since__lte=day).latest("since", "number")


def store_versions(store: Store):
    """QuerySet of the store's versions, oldest first."""
    return AttributionRule.objects.filter(store=store).order_by("since", "number")


@transaction.atomic
def new_version(store: Store, since: date, **values) -> AttributionRule:
    """Make the rules valid from business day `since` on; settings not named stay as they were on that day.

    values: fields of SETTINGS. Numbers count up by store; of two versions of one day the later counts. Writes
    the store into the change log. Raises ValidationError for a value out of range, TypeError for an unknown
    name.
    """
    if unknown := set(values) - set(SETTINGS):
        raise TypeError(f"no dated setting: {', '.join(sorted(unknown))}")
    # The lock keeps two changes at once from taking the same number.
    Store.objects.select_for_update().get(pk=store.pk)
    before = valid_on(store, since)
    highest = store_versions(store).aggregate(highest=Max("number"))["highest"]
    rule = AttributionRule(
        organization_id=store.organization_id,
        store=store,
        number=highest + 1,
        since=since,
        **{name: getattr(before, name) for name in SETTINGS} | values,
    )
    rule.full_clean(exclude=["organization", "store"])
    rule.save()
    log_store(store)
    return rule


def differences(before: AttributionRule, after: AttributionRule) -> list[str]:
    """Names of the settings in which two versions differ, in the order of SETTINGS."""
    return [name for name in SETTINGS if getattr(before, name) != getattr(after, name)]
