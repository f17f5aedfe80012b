"""What people do to rules: a new one, a new version, saying that its figures are right. Each is in the audit trail."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest

from policies.detection.phrases import checked_spec
from policies.inspection_runs import start_again
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_versions import VALUES, new_version
from tenants.audit import changes, record

PHRASES = "phrases"  # PolicyRule.detector of an organization's own words
# A figure is right for the stores it was looked up for: others ask for a new look.
_SCOPE = ("platforms", "kinds", "countries")


@transaction.atomic
def change_rule(
    rule: PolicyRule, since: date, values: dict, *, reason: str, request: HttpRequest, now: datetime
) -> PolicyVersion:
    """A new version of a rule, and the chats it can affect inspected again. values: of VALUES.

    A wider scope takes the verification away as other figures do. Raises as policies.rule_versions.new_version.
    """
    old = list(rule.versions.order_by("number"))
    widened = any(
        set(getattr(old[-1], name)) != set(values.get(name, getattr(old[-1], name))) for name in _SCOPE
    )
    if widened and "verified_on" not in values:
        values = values | {"verified_on": None, "verified_by_id": None}
    version = new_version(rule, since, user=request.user, now=now, reason=reason, **values)
    changed = changes(_told(old[-1]), _told(version))
    record(request, "rule_made", version, since=since, reason=reason, **changed)
    start_again(rule, old, request.user, now)
    return version


def verify(
    rule: PolicyRule, since: date, *, source: str, checked_on: date, request: HttpRequest, now: datetime
) -> PolicyVersion:
    """The newest version once more, its figures said to be right by who read the source on `checked_on`."""
    values = {"source": source, "verified_on": checked_on, "verified_by_id": request.user.pk}
    return change_rule(rule, since, values, reason="", request=request, now=now)


@transaction.atomic
def make_rule(
    title: str, spec: dict, since: date, values: dict, *, reason: str, request: HttpRequest, now: datetime
) -> PolicyRule:
    """A rule of the organization's own words, not in use yet. spec: as policies.detection.phrases takes it.

    Raises ValidationError in words for a spec that cannot be.
    """
    rule = PolicyRule.objects.create(
        organization=request.organization,
        code=f"own-{uuid.uuid4().hex[:8]}",
        title=title,
        reads=Reads.CHAT,
        detector=PHRASES,
        made_at=now,
    )
    values = {"enabled": False} | values | {"spec": checked_spec(spec)}
    version = new_version(rule, since, user=request.user, now=now, reason=reason, **values)
    record(request, "rule_made", version, since=since, reason=reason, title=title)
    return rule


def _told(version: PolicyVersion) -> dict:
    """A version's values as the audit trail keeps them, which says itself who verified them."""
    return {name: getattr(version, name) for name in VALUES if name != "verified_by_id"}
