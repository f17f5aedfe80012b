"""What tests of remarks share: an order, its remark's fields, and a version of it."""

from datetime import datetime

from orders.models import Order
from orders.remark_models import Remark
from orders.remarks import write_remark
from stores.models import Store
from tenants.models import User
from tests.make import at, write_order

NOW = at("2026-11-02 10:30:00")
FIELDS = {
    "name": "刘贺",
    "size": {"width": "3", "height": "2.4"},
    "pattern": "图案正常",
    "ship_date": "2026-11-12",
    "delivery": "自提",
    "notes": "送胶",
}
TEXT = "刘贺，3米*2.4米，图案正常，11月12日发货，自提。送胶。"


def an_order(store: Store, order_id: str = "A1", **fields) -> Order:
    """A paid order, 10:00 on 2 November; in the caller's scope."""
    told = {"created_at": "2026-11-02 09:59:00", "paid_at": "2026-11-02 10:00:00", "paid_amount": "100"}
    write_order(store, order_id, **{"buyer": "ann", **told, **fields})
    return Order.objects.select_related("store").get(store=store, order_id=order_id)


def write(
    order: Order, user: User | None = None, now: datetime = NOW, *, flag: int | None = None,
    agent_id: int | None = None, accepted: tuple[str, ...] = (), based_on: int | None = None, **fields,
) -> Remark:  # fmt: skip
    """A version with FIELDS but for those named."""
    return write_remark(
        order, {**FIELDS, **fields}, flag=flag, agent_id=agent_id, user=user, now=now, accepted=accepted,
        based_on=based_on,
    )  # fmt: skip
