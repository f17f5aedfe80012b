"""Runs over past chats as pages tell them: how far they are, and which wait for somebody to have them tried again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from policies.inspection_models import InspectionRun, RunKind, RunState
from policies.inspection_runs import ENDED_EARLY, UNDER_WAY, stop, try_again
from policies.rule_models import PolicyRule
from stores.models import Store


@dataclass(frozen=True)
class Batch:
    """Runs that are told together, one a store at most of one start."""

    runs: list[InspectionRun]

    @property
    def unfinished(self) -> bool:
        return any(run.state in UNDER_WAY for run in self.runs)

    @property
    def failed(self) -> list[InspectionRun]:
        return [run for run in self.runs if run.state == RunState.FAILED]

    @property
    def stopped(self) -> list[InspectionRun]:
        return [run for run in self.runs if run.state == RunState.STOPPED]

    @property
    def stopped_in(self) -> str:
        return ", ".join(run.store.name for run in self.stopped)

    @property
    def done_before_stop(self) -> int:
        """Buyers of these stores."""
        return sum(run.buyers_done for run in self.stopped)

    @property
    def buyers(self) -> int:
        """Of the stores whose runs go on or are done, as far as they have begun."""
        return sum(run.buyers or 0 for run in self._going)

    @property
    def done(self) -> int:
        return sum(run.buyers_done for run in self._going)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.buyers) if self.buyers else 0

    @property
    def _going(self) -> list[InspectionRun]:
        return [run for run in self.runs if run.state not in ENDED_EARLY]


def inspected_again(rule: PolicyRule, stores: Iterable[Store]) -> Batch:
    """The runs of the rule's latest change, and of earlier ones what is not done. One statement.

    What failed or was stopped is left out once a later run is there for the same store and all of its days.
    """
    runs = InspectionRun.objects.filter(rule=rule, kind=RunKind.AGAIN, store__in=stores)
    latest = runs.order_by("-made_at").values("made_at")[:1]
    later = runs.filter(
        store=OuterRef("store"),
        pk__gt=OuterRef("pk"),
        since__lte=OuterRef("since"),
        until__gte=OuterRef("until"),
    )
    shown = runs.filter(Q(made_at=Subquery(latest)) | ~Q(state=RunState.DONE))
    shown = shown.exclude(Q(state__in=ENDED_EARLY) & Exists(later))
    return Batch(list(shown.select_related("store").order_by("pk")))


def act_on(batch: Batch, act: str, now: datetime) -> int:
    """Do what was pressed, "stop" or "again"; how many runs it changed, 0 for any other word."""
    if act == "stop":
        return stop(batch.runs, now)
    return try_again(batch.runs) if act == "again" else 0
