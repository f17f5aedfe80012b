"""What tests of follow-ups share: facts through the real writers, figures, one detection, and rows told shortly."""

from datetime import datetime, timedelta

from desk.detecting import Counts, detect_store
from desk.models import FollowUp
from kpis.refresh import refresh_until_clean
from orders.imports import write_order_lines
from stores.models import Store
from stores.platforms.records import OrderLineRecord
from tenants.scope import organization_scope
from tests.make import at


def catch_up(store: Store, now: datetime) -> Counts:
    """Figures, then follow-ups, as the background does."""
    # Transactions of tests that run beside hold the log back.
    refresh_until_clean(store, seconds=180)
    return detect_store(store, now)


def follow_ups(store: Store, *kinds: str, **fields) -> list[FollowUp]:
    with organization_scope(store.organization_id):
        found = (
            FollowUp.objects.select_related("buyer")
            .filter(store=store, **fields)
            .order_by("kind", "subject", "occasion")
        )
        return list(found.filter(kind__in=kinds) if kinds else found)


def the_one(store: Store, kind: str, **fields) -> FollowUp:
    (found,) = follow_ups(store, kind, **fields)
    return found


def told(store: Store, *kinds: str) -> set[tuple]:
    """What the facts say, without whose it is: (kind, subject, occasion, opens, due, state, outcome, closed)."""
    return {
        (f.kind, f.subject, f.occasion, f.opens_at, f.due_at, f.state, f.outcome, f.closed_at)
        for f in follow_ups(store, *kinds)
    }


def holds(store: Store, order_id: str, *products: str) -> None:
    """The order's lines, one for each product."""
    records = [
        (n, OrderLineRecord(order_id, n, product_code=code, quantity=1)) for n, code in enumerate(products)
    ]
    with organization_scope(store.organization_id):
        write_order_lines(store, records)


def later(text: str, **delta) -> datetime:
    return at(text) + timedelta(**delta)
