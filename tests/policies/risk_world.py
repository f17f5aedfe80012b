"""Facts about buyers for the tests of risk: through the real writers, and what is stored of it afterwards."""

from datetime import timedelta
from decimal import Decimal

from orders.imports import write_refunds
from policies.risk_looking import Counts, look
from policies.risk_models import RiskSignal
from stores.imports import write_buyers
from stores.models import Buyer, Store
from stores.platforms.records import BuyerRecord, RefundRecord
from tenants.scope import organization_scope
from tests.make import at, write_order

NOW = at("2026-11-02 12:00:00")
FRESH = timedelta(days=3)


def told(
    store: Store,
    buyer: str,
    registered: str | None = None,
    credit: int | None = None,
    rate: str | None = None,
):
    """What the platform says of a buyer."""
    record = BuyerRecord(
        buyer, at(registered) if registered else None, credit, Decimal(rate) if rate else None
    )
    with organization_scope(store.organization_id):
        write_buyers(store, [(1, record)])


def bought(store: Store, order_id: str, buyer: str, day: str = "2026-10-01", **fields) -> None:
    """A shipped order of 100 paid at 10:00 of the day."""
    write_order(
        store, order_id, buyer=buyer,
        **{
            "status": "shipped", "created_at": f"{day} 10:00:00", "paid_at": f"{day} 10:01:00",
            "shipped_at": f"{day} 20:00:00", "paid_amount": "100", "total_amount": "100", **fields,
        },
    )  # fmt: skip


def refunded(store: Store, order_id: str, when: str, amount: str = "100", **fields) -> None:
    """Money back for an order, the goods kept."""
    values = {
        "kind": "refund_only",
        "status": "completed",
        "amount": Decimal(amount),
        "created_at": at(when),
        **fields,
    }
    with organization_scope(store.organization_id):
        write_refunds(store, [(1, RefundRecord(f"r{order_id}", order_id, **values))])


def looked(store: Store, now=NOW, **options) -> Counts:
    return look(store, now, FRESH, **options)


def signs(store: Store) -> dict[str, dict[str, dict]]:
    """{buyer: {kind: evidence}} of the store."""
    found: dict[str, dict[str, dict]] = {}
    with organization_scope(store.organization_id):
        for row in (
            RiskSignal.objects.filter(store=store).select_related("buyer").order_by("buyer__name", "kind")
        ):
            found.setdefault(row.buyer.name, {})[row.kind] = row.evidence
    return found


def stored(store: Store) -> list[tuple]:
    """Every row of the organization, but when it was found."""
    with organization_scope(store.organization_id):
        return list(
            RiskSignal.objects.order_by("store", "buyer", "kind").values_list(
                "store", "buyer", "kind", "evidence", "fact_at", "expires_at"
            )
        )


def buyer_of(store: Store, name: str) -> Buyer:
    with organization_scope(store.organization_id):
        return Buyer.objects.select_related("store").get(store=store, name=name)
