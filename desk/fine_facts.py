"""What a source of facts is given and what it finds (desk/fine_sources.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from desk.fine_presence import Presence, presence
from policies.fines import next_month
from policies.penalty_models import PenaltySettings
from stores.models import Store
from team.models import Agent, SeatAssignment


class Found(NamedTuple):
    """One breach. key: unique within the rule; day: business day; facts: JSON of numbers and times."""

    store_id: int
    agent_id: int
    key: str
    day: date
    order_id: str | None = None
    buyer_id: int | None = None
    times: int = 1
    facts: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Look:
    """Business days [since, until] of these stores, as the facts stand at `now`. since: the first of a month."""

    since: date
    until: date
    now: datetime
    stores: Mapping[int, Store]
    settings: PenaltySettings = field(default_factory=PenaltySettings)

    @cached_property
    def presence(self) -> Presence:
        return presence(self.since, self.until, self.now)

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """[from, to) that surely holds these days in every time zone; what is outside is left out by `day`."""
        return (
            datetime.combine(self.since - timedelta(days=1), time(), UTC),
            datetime.combine(self.until + timedelta(days=2), time(), UTC),
        )

    @property
    def params(self) -> dict:
        """For SQL."""
        begins, ends = self.instants
        return {
            "stores": list(self.stores), "since": self.since, "until": self.until, "begins": begins, "ends": ends,
            "now": self.now,
        }  # fmt: skip

    def day(self, store_id: int, at: datetime) -> date | None:
        """The store's business day of an instant, None where it lies outside."""
        found = self.stores[store_id].business_day(at)
        return found if self.since <= found <= self.until else None

    @property
    def months(self) -> list[date]:
        """The first days of its months."""
        found, month = [], self.since.replace(day=1)
        while month <= self.until:
            found.append(month)
            month = next_month(month)
        return found

    @cached_property
    def _held(self) -> list[SeatAssignment]:
        return list(
            SeatAssignment.objects.filter(seat__store__in=self.stores)
            .select_related("seat")
            .order_by("-since", "seat__store", "pk")
        )

    def home(self, agent_id: int, day: date) -> int | None:
        """The store where an agent held a seat on a day, for what belongs to no store; else where they held one
        last, else any."""
        own = [held for held in self._held if held.agent_id == agent_id]
        on_day = [held for held in own if held.since <= day and (held.until is None or held.until >= day)]
        if on_day:
            return min(held.seat.store_id for held in on_day)
        return own[0].seat.store_id if own else min(self.stores, default=None)

    @cached_property
    def agents(self) -> list[Agent]:
        return list(Agent.objects.order_by("pk"))
