"""How many promises are kept, by agent (R15): of those due in a period, kept / (kept + broken)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from orders.service_models import Promise, PromiseState
from stores.models import Store


@dataclass(frozen=True)
class KeptRow:
    """One agent's promises due in the period. agent_id None: nobody answers for them. rate: None without a settled one."""

    agent_id: int | None
    due: int
    kept: int
    broken: int
    withdrawn: int
    open: int
    overdue: int

    @property
    def rate(self) -> Decimal | None:
        settled = self.kept + self.broken
        return Decimal(self.kept) / settled if settled else None


def instants(store: Store, since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """When the first business day of a store begins, and when the last one is over."""
    zone = ZoneInfo(store.time_zone)

    def begins(day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), zone) + store.day_cut

    return since and begins(since), until and begins(until + timedelta(days=1))


def due_between(stores: Iterable[Store], since: date | None, until: date | None) -> Q:
    """The promises of these stores due on these business days, both included; None: no bound."""
    chosen = Q(pk__in=[])
    for store in stores:
        begin, end = instants(store, since, until)
        of_store = Q(store_id=store.pk)
        if begin:
            of_store &= Q(due_at__gte=begin)
        if end:
            of_store &= Q(due_at__lt=end)
        chosen |= of_store
    return chosen


def kept_rows(stores: Iterable[Store], since: date, until: date, now: datetime) -> list[KeptRow]:
    """One row for each agent with a promise due on these days, by id; nobody's last. One statement."""
    rows = (
        Promise.objects.filter(due_between(stores, since, until))
        .order_by()
        .values("agent_id")
        .annotate(
            due=Count("pk"),
            kept=Count("pk", filter=Q(state=PromiseState.KEPT)),
            broken=Count("pk", filter=Q(state=PromiseState.BROKEN)),
            withdrawn=Count("pk", filter=Q(state=PromiseState.WITHDRAWN)),
            open=Count("pk", filter=Q(state=PromiseState.OPEN)),
            overdue=Count("pk", filter=Q(state=PromiseState.OPEN, due_at__lt=now)),
        )
    )
    found = [KeptRow(**row) for row in rows]
    return sorted(found, key=lambda row: (row.agent_id is None, row.agent_id or 0))


def whole_of(rows: Iterable[KeptRow]) -> KeptRow:
    """All rows as one."""
    rows = list(rows)
    names = ("due", "kept", "broken", "withdrawn", "open", "overdue")
    return KeptRow(None, **{name: sum(getattr(row, name) for row in rows) for name in names})
