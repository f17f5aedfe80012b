"""A violation that somebody saw and writes down by hand; from there on it goes the way of those that were found."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from orders.dossiers import LONGEST_NOTE, happened
from orders.remark_models import About
from policies.inspection_models import Violation
from policies.rule_versions import RuleBook
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import User


@transaction.atomic
def write_down(
    store: Store,
    title: str,
    *,
    key: uuid.UUID,
    agent_id: int | None,
    said_at: datetime,
    words: str,
    user: User,
    now: datetime,
    buyer: Buyer | None = None,
    order_id: str | None = None,
) -> Violation:
    """A violation somebody saw, to be confirmed like a found one. key: the same one is written down once.

    title: PolicyRule.title; of rules that differ by platform the one that judges the store on that day. Errors: ValueError
    in words for no words, a time to come, or where none does.
    """
    words, day = words.strip(), store.business_day(said_at)
    if not words:
        raise ValueError(_("Say what was written or done."))
    if said_at > now:
        raise ValueError(_("This time is still to come."))
    version = next((one for one in RuleBook().judging(store, day) if one.rule.title == title), None)
    if version is None:
        raise ValueError(_("This rule is not valid for this store on that day."))
    priced = version.verified_on is not None
    row, made = Violation.objects.get_or_create(
        organization_id=store.organization_id, store=store, rule=version.rule, source_key=f"hand:{key}",
        defaults={
            "version": version, "buyer": buyer, "order_id": order_id, "agent_id": agent_id, "said_at": said_at,
            "day": day, "end": len(words[:LONGEST_NOTE]), "found_at": now,
            "quote": encrypt(store.organization_id, "quote", words[:LONGEST_NOTE]),
            "points": version.points if priced else None, "money": version.money if priced else None,
        },
    )  # fmt: skip
    if made:
        happened(store, About.VIOLATION, row.pk, "written", user=user, now=now)
    return row
