"""Shopee: monthly `Order.all` workbooks, one row per line, every cell a text, the order's money on each."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from xlsxwriter import Workbook

from intake.demo.company import period
from intake.demo.sales import Order
from intake.demo.shifts import DAY
from intake.demo.shopee_headers import APPROVED, CASH, FIELDS, HEADERS, ONLINE, STATUSES
from intake.demo.wallclock import Stamp, money
from intake.demo.world import StoreFacts


def _approved(order: Order) -> bool:
    return any(refund.kind == "return_refund" and refund.status == "completed" for refund in order.refunds)


def _order_cells(order: Order, language: str, country: str, stamp: Stamp) -> dict[str, str]:
    """What an order prints on each of its rows. A cancelled order keeps its paid time and shows 0.00."""
    closed = order.status == "closed"
    return {
        "order_id": order.order_id,
        "status": STATUSES[language][order.status],
        "close_reason": order.close_reason if closed else "",
        "returned": APPROVED[language] if _approved(order) else "",
        "created": stamp(order.created)[:16],
        "paid": stamp(order.paid)[:16] or "-",
        "shipped": stamp(order.shipped)[:16],
        "promised": stamp(order.created + 2 * DAY)[:16] if order.shipped else "",
        "completed": stamp(order.completed)[:16],
        "tracking": order.tracking if order.shipped else "",
        "courier": order.courier,
        "goods": money(order.goods),
        "postage": money(order.postage),
        "total": "0.00" if closed else money(order.total),
        "method": (CASH if order.cod else ONLINE)[language],
        "items": str(sum(line.quantity for line in order.lines)),
        "buyer": order.buyer.nick,
        "receiver": order.buyer.receiver,
        "phone": order.buyer.phone,
        "address": order.buyer.address,
        "buyer_message": order.buyer_message,
        "country": country,
    }


def _rows(order: Order, language: str, country: str, stamp: Stamp) -> Iterator[list[str]]:
    cells = _order_cells(order, language, country, stamp)
    for line in order.lines:
        cells |= {
            "code": line.product.code,
            "title": line.product.title,
            "sku": line.sku,
            "price": money(line.price),
            "quantity": str(line.quantity),
            "subtotal": money(line.price * line.quantity),
        }
        yield [cells[FIELDS[header]] if header in FIELDS else "" for header in HEADERS[language]]


def write_orders(directory: Path, facts: StoreFacts, today: date, stamp: Stamp) -> Iterator[Path]:
    """One workbook for each calendar month of creation, named as Seller Centre names them."""
    first, _ = period(today)
    language, country = facts.store.language, facts.store.country

    def month_of(order: Order) -> date:
        return (first + timedelta(days=order.created // DAY)).replace(day=1)

    for month, orders in groupby(facts.orders, month_of):
        last = min(month.replace(day=monthrange(month.year, month.month)[1]), today)
        path = directory / f"Order.all.{max(month, first):%Y%m%d}_{last:%Y%m%d}.xlsx"
        workbook = Workbook(
            path, {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
        )
        # The same day gives the same bytes.
        workbook.set_properties({"created": datetime(today.year, today.month, today.day)})
        sheet = workbook.add_worksheet("orders")
        rows = (row for order in orders for row in _rows(order, language, country, stamp))
        for number, row in enumerate((HEADERS[language], *rows)):
            sheet.write_row(number, 0, row)
        workbook.close()
        yield path
