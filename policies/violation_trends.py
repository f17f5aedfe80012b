"""Sums of violations by month and rule, by agent and by store: how many there were, and how many were rightly found."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from policies.inspection_models import Violation, ViolationState
from policies.violations import STANDING

# Of no violation: notices, and what the rule itself took back.
LEFT_OUT = (ViolationState.NOTICE, ViolationState.LAPSED)


@dataclass(frozen=True)
class Sums:
    """standing: confirmed and not revoked; exempt: dismissed because the agent had asked; wrong: dismissed otherwise, or
    revoked; waiting: not judged yet."""

    standing: int = 0
    exempt: int = 0
    wrong: int = 0
    waiting: int = 0

    @property
    def found(self) -> int:
        return self.standing + self.exempt + self.wrong + self.waiting

    @property
    def precision(self) -> float | None:
        """Of what was judged the share that was rightly found; an exempt one was. None: nothing was judged."""
        judged = self.standing + self.exempt + self.wrong
        return (self.standing + self.exempt) / judged if judged else None


def sums_by(found: QuerySet[Violation], field: str) -> dict[Hashable, Sums]:
    """{value of the field: its sums}, None for violations without one. One statement."""
    counted = found.exclude(state__in=LEFT_OUT).order_by()
    groups: dict[Hashable, Counter] = {}
    for key, state, exempt, count in counted.values_list(field, "state", "exempt").annotate(Count("pk")):
        groups.setdefault(key, Counter())[_part(state, exempt)] += count
    return {key: Sums(**parts) for key, parts in groups.items()}


def by_month(found: QuerySet[Violation]) -> dict[tuple[date, str], int]:
    """{(first of the month, the rule's title): how many stand}. One statement."""
    standing = found.filter(state__in=STANDING).order_by()
    rows = standing.values_list(TruncMonth("day"), "rule__title").annotate(Count("pk"))
    return {(month, title): count for month, title, count in rows}


def _part(state: str, exempt: bool) -> str:
    if state in STANDING:
        return "standing"
    if state in (ViolationState.DISMISSED, ViolationState.REVOKED):
        return "exempt" if exempt else "wrong"
    return "waiting"
