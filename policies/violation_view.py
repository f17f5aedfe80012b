"""Everything the page of one violation shows, and what its reader may do there."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from orders.dossiers import lines_of
from orders.remark_models import About
from policies.inspection_models import Violation, ViolationState
from policies.rule_models import Reads
from policies.rule_versions import in_words
from policies.violation_list import violations_open_to
from policies.violation_words import CERTAINTIES, HAND, around, lines_in_words, reason_in_words
from policies.violations import STANDING, appeal_until, others_who_may_rule
from team.models import Agent
from tenants.models import Membership, Organization
from tenants.permissions import allowed

PRECEDENTS = 5


def deeds_of(row: Violation, membership: Membership, now: datetime) -> set[str]:
    """What this member may do about it now: names of functions of policies.violations."""
    concerned = row.agent_id is not None and membership.agent_id == row.agent_id
    if concerned:
        until = appeal_until(row)
        in_time = row.state == ViolationState.CONFIRMED and until is not None and now <= until
        return {"appeal"} if in_time else set()
    if not allowed(membership, "rule_violations"):
        return set()
    first = (row.confirmed_by_id, row.seconded_by_id)
    is_first = membership.user_id in first
    found: dict[str, set[str]] = {
        ViolationState.FOUND: {"confirm", "dismiss"},
        ViolationState.NOTICE: {"put_aside"},
        ViolationState.SECOND: {"dismiss"} if is_first else {"second", "refuse_second", "dismiss"},
        ViolationState.CONFIRMED: {"revoke"},
        ViolationState.FINAL: {"revoke"},
        ViolationState.DISMISSED: {"look_again"},
    }
    if row.state == ViolationState.APPEALED and not (is_first and others_who_may_rule(row, first)):
        return {"decide_appeal"}
    return found.get(row.state, set())


def why_not(row: Violation, membership: Membership, deeds: set[str]) -> str:
    """Why somebody who rules on violations cannot rule on this one just now; "" where nothing is in the way."""
    if not allowed(membership, "rule_violations"):
        return ""
    if row.agent_id is not None and membership.agent_id == row.agent_id:
        return gettext("It is about yourself: somebody else rules on it.")
    if row.state == ViolationState.SECOND and "second" not in deeds:
        return gettext("You confirmed it: a second person must agree before it counts.")
    if row.state == ViolationState.APPEALED and not deeds:
        return gettext("You confirmed it: somebody else decides the appeal.")
    return ""


def context_of(row: Violation, membership: Membership, organization: Organization, now: datetime) -> dict:
    """The context of policies/violation_detail.html but the list it was opened from. A constant number of statements."""
    deeds = deeds_of(row, membership, now)
    known = dict(Agent.objects.filter(pk=row.agent_id).values_list("pk", "name")) if row.agent_id else {}
    lines = lines_of(About.VIOLATION, [row.pk])[row.pk]
    return {
        "violation": row,
        "rule_title": in_words(row.rule),
        "reason": reason_in_words(row.rule, row.reason),
        "certainty": CERTAINTIES.get(row.certainty, "") if row.rule.reads == "chat" else "",
        "lines": around(row),
        "agent": known.get(row.agent_id, ""),
        "history": lines_in_words(lines, organization.currency),
        "precedents": _precedents(row, membership),
        "deeds": deeds,
        "why_not": why_not(row, membership, deeds),
        "appeal_until": appeal_until(row) if row.state == ViolationState.CONFIRMED else None,
        "currency": organization.currency,
        "by_hand": row.source_key.startswith(HAND),
        "evidence": evidence_of(row, organization.slug),
        **_addresses(row, membership, organization),
    }


def _precedents(row: Violation, membership: Membership) -> dict:
    """The same agent's earlier ones of this rule that stand: how many, and the latest."""
    if row.agent_id is None:
        return {"count": 0, "rows": []}
    earlier = violations_open_to(membership).filter(
        agent_id=row.agent_id, rule_id=row.rule_id, state__in=STANDING, said_at__lt=row.said_at
    )
    rows = list(earlier.order_by("-said_at", "-pk")[:PRECEDENTS])
    return {"count": earlier.count() if len(rows) == PRECEDENTS else len(rows), "rows": rows}


def evidence_of(row: Violation, slug: str) -> list[tuple[str, str]]:
    """[(what, address)]: where what facts tell of an agent can be seen; [] for what was said."""
    if row.rule.reads != Reads.FACTS or row.agent_id is None:
        return []
    links = [
        (gettext("The agent’s figures of the day"), "agent_day"),
        (gettext("The agent’s attendance of the day"), "attendance_day"),
    ]
    return [(what, reverse(name, args=[slug, row.agent_id, row.day.isoformat()])) for what, name in links]


def _addresses(row: Violation, membership: Membership, organization: Organization) -> dict[str, str]:
    """Pages of what it is about, "" where there is none or the member may not open it."""
    slug, store = organization.slug, row.store
    return {
        "order_address": reverse("order_page", args=[slug, store.code, row.order_id]) if row.order_id else "",
        "buyer_address": reverse("buyer_card", args=[slug, store.code, row.buyer_id]) if row.buyer_id else "",
        "rule_address": reverse("policy_rule", args=[slug, row.rule.code]),
    }
