"""What remarks say against the rules: a notice for the supervisor, nobody's violation (docs/policies.md)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from conversations.models import Kind
from orders.remark_models import Remark
from orders.remark_seals import read
from policies.inspection_judge import Judge
from policies.inspection_models import Violation, ViolationState
from policies.inspection_reading import Row
from policies.inspection_storing import Hit, Stored, store_hits
from stores.models import Store
from tenants.models import Membership

REMARK = "remark:"  # how the source_key of a remark begins
CHUNK = 1000
# A remark of a transaction that was still running at the last look.
LATE = timedelta(minutes=10)


def inspect_remarks(
    store: Store, judge: Judge, remarks: QuerySet[Remark], now: datetime, rule_id: int | None = None
) -> tuple[int, Stored]:
    """Judge remarks of the store; how many there were, and what became of their notices. In the caller's transaction.

    judge: of what reads remarks. rule_id: only this rule is asked.
    """
    count, total = 0, Stored()
    for rows in _chunks(remarks):
        count += len(rows)
        judged = {_key(row) for row in rows}
        hits = _first_of_orders(store, list(_hits(store, judge, rows)), judged)
        stored = store_hits(store, judged, hits, now, rule_id)
        total = Stored(total.made + stored.made, total.lapsed + stored.lapsed)
    return count, total


def _key(row: Remark) -> str:
    return f"{REMARK}{row.order_id}/{row.number}"


def _chunks(remarks: QuerySet[Remark]) -> Iterator[list[Remark]]:
    found = remarks.select_related("order").order_by("pk").iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _first_of_orders(store: Store, hits: list[Hit], judged: set[str]) -> list[Hit]:
    """The hits that are the first of their order and rule: a remark is repeated in every later version of it."""
    parts = {tuple(hit.source_key.split("/")) for hit in hits}
    keys = {f"{order}/{n}" for order, number in parts for n in range(1, int(number))} - judged
    rows = Violation.objects.filter(store=store, source_key__in=keys).exclude(state=ViolationState.LAPSED)
    noticed = {(key.split("/")[0], rule_id) for key, rule_id in rows.values_list("source_key", "rule_id")}
    first = []
    for hit in hits:  # by the remarks' primary keys, so by number within an order
        of = (hit.source_key.split("/")[0], hit.version.rule_id)
        if of not in noticed:
            noticed.add(of)
            first.append(hit)
    return first


def _hits(store: Store, judge: Judge, rows: list[Remark]) -> Iterator[Hit]:
    contents = read(rows)
    writers = {row.made_by_id for row in rows}
    agents = dict(Membership.objects.filter(user_id__in=writers).values_list("user_id", "agent_id"))
    for row in rows:
        if not contents[row.pk]:
            continue
        line = Row(0, _key(row), 0, Kind.HUMAN, row.made_at, contents[row.pk].text, True)
        for told in judge.told_of([line]):
            yield Hit(
                _key(row), told.version, told.day, row.made_at, line.text, told.match, row.order.buyer_id,
                agent_id=agents.get(row.made_by_id) or row.agent_id, order_id=row.order.order_id,
                state=ViolationState.NOTICE,
            )  # fmt: skip
