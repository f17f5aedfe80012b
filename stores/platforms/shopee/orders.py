"""Shopee's `Order.all` export: one row per line, the order's own values repeated on each of its rows.

The order is read from its first row. An amount refunded is never printed: an approved return becomes a
refund without an amount.
"""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from stores.platforms import cells
from stores.platforms.cells import Cell
from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import OrderLineRecord, OrderRecord, Record, RefundRecord, StoreSettings
from stores.platforms.shopee.headers import (
    ALIASES,
    CASH_ON_DELIVERY,
    RECEIVED_BEGINNINGS,
    RETURN_APPROVED,
    RETURN_CLOSED,
    STATUSES,
)

# Their exports print thousands with a dot: `150.000` is 150000.
DOT_GROUPED_CURRENCIES = frozenset({"IDR", "VND"})


def _status(row: Row) -> str:
    text = row.need("status", row.text("status"))
    folded = " ".join(text.casefold().split())
    if folded.startswith(RECEIVED_BEGINNINGS):
        return "shipped"
    if folded not in STATUSES:
        raise row.refused("status", _("the order status %(value)s is not known"), value=text)
    return STATUSES[folded]


def _return(row: Row, order_id: str) -> list[Record]:
    """A return or refund the order's row speaks of; every status that is neither end is open."""
    text = row.text("return_status")
    if text is None:
        return []
    folded = text.casefold()
    status = "open"
    if any(word in folded for word in RETURN_CLOSED):
        status = "closed"
    elif any(word in folded for word in RETURN_APPROVED):
        status = "completed"
    return [
        RefundRecord(f"report:{order_id}", order_id, kind="return_refund", status=status, from_report=True)
    ]


def _cash_on_delivery(row: Row) -> bool | None:
    method = row.text("payment_method")
    if method is None:
        return None
    folded = method.casefold()
    return folded == "cod" or any(words in folded for words in CASH_ON_DELIVERY)


def _order(row: Row, order_id: str, money: Callable[[Cell], Decimal | None]) -> OrderRecord:
    status, paid_at = _status(row), row.instant("paid_at")
    paid_amount = row.read("paid_amount", money)
    if status == "unpaid":
        paid_amount = None
    elif paid_at is not None and paid_amount is None and status != "closed":
        raise row.refused("paid_amount", _("a paid order needs an amount"))
    return OrderRecord(
        order_id=order_id,
        buyer=row.text("buyer"),
        status=status,
        created_at=row.instant("created_at"),
        paid_at=paid_at,
        shipped_at=row.instant("shipped_at"),
        completed_at=row.instant("completed_at"),
        close_reason=row.text("close_reason"),
        total_amount=row.read("total_amount", money),
        paid_amount=paid_amount,
        postage=row.read("postage", money),
        items=row.count("items"),
        seller_memo=row.text("seller_memo"),
        buyer_message=row.text("buyer_message"),
        receiver_name=row.text("receiver_name"),
        receiver_phone=row.text("receiver_phone"),
        receiver_address=row.text("receiver_address"),
        cod=_cash_on_delivery(row),
        courier=row.text("courier"),
        tracking_no=row.tracking_number("tracking_no"),
        promised_ship_at=row.promise("promised_ship_at"),
        raw=row.raw(),
    )


def _rows(store: StoreSettings) -> Callable[[Row], list[Record]]:
    """Two equal rows of an order are two lines: a buyer may order the same thing twice."""
    lines_seen: Counter[str] = Counter()
    orders_made: set[str] = set()
    grouping = "." if store.currency in DOT_GROUPED_CURRENCIES else ","

    def money(cell: Cell) -> Decimal | None:
        return cells.money(cell, grouping)

    def make(row: Row) -> list[Record]:
        order_id = row.need("order_id", row.identifier("order_id"))
        lines_seen[order_id] += 1
        records: list[Record] = []
        if order_id not in orders_made:
            records = [_order(row, order_id, money), *_return(row, order_id)]
        if row.text("title") is not None:
            line = OrderLineRecord(
                order_id=order_id,
                line_no=lines_seen[order_id],
                product_code=row.identifier("product_code") or row.identifier("variation_code"),
                title=row.text("title"),
                sku=row.text("variation") or row.text("variation_code"),
                quantity=row.count("quantity"),
                price=row.read("price", money),
            )
            records.append(line)
        orders_made.add(order_id)
        return records

    return make


FORMATS = (
    TableFormat(
        name="shopee.orders",
        kind="orders",
        aliases=ALIASES,
        required=frozenset({"order_id", "status", "created_at", "paid_amount"}),
        parse=row_by_row(_rows),
        platforms=frozenset({"shopee"}),
    ),
)
