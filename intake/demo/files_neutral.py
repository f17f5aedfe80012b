"""The demo's files in the product's neutral formats: what a platform's own exports do not hold."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from intake.demo.catalogue import LINES, Product
from intake.demo.company import Store, exchange_rates, seat_assignments
from intake.demo.sales import Order, Refund
from intake.demo.shifts import DAY
from intake.demo.wallclock import Stamp, money
from intake.demo.world import StoreFacts

PROMISED = 15


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8"
) -> Path:
    """One table; a character the encoding lacks would raise UnicodeEncodeError."""
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_seats(path: Path, store: Store, today: date) -> Path:
    rows = [
        (account, agent.name, agent.employee_id, agent.grade, since, until or "")
        for account, agent, since, until in seat_assignments(store.code, today)
    ]
    return write_csv(path, ("agent", "name", "employee_id", "grade", "from", "to"), rows, "utf-8-sig")


def product_code(store: Store, product: Product) -> str:
    """The code the store's platform prints on order lines: JD's are article numbers."""
    return f"100{product.code[-4:]}88" if store.platform == "jd" else product.code


def write_products(path: Path, store: Store) -> Path:
    rows = [
        (product_code(store, each), each.title, each.price, each.stock, int(each.risk))
        for each in LINES[store.goods, store.language].products
    ]
    return write_csv(path, ("product_code", "title", "price", "stock", "counterfeit_risk"), rows, "utf-8-sig")


def write_buyers(path: Path, facts: StoreFacts, today: date) -> Path:
    rows = (
        (
            buyer.nick,
            str(today - timedelta(days=buyer.registered)),
            buyer.credit,
            f"{buyer.good_rate / 100:.2f}",
            "",
        )
        for buyer in facts.buyers
    )
    return write_csv(path, ("buyer", "registered_at", "credit", "good_rate", "note"), rows)


def write_messages(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    """Chats with ids; their order in the file is that of the ids and of time."""
    prefix = facts.store.code.replace("-", "").upper()
    rows = (
        (
            f"{prefix}{number:08d}",
            said.buyer,
            said.seat,
            said.direction,
            int(said.auto),
            stamp(said.sent),
            said.text,
        )
        for number, said in enumerate(facts.messages, 1)
    )
    return write_csv(path, ("message_id", "buyer", "agent", "direction", "auto", "sent_at", "text"), rows)


def _promised(order: Order) -> int | None:
    """Two days after payment. Of the parcels that never leave, because the demo's facts end, one in PROMISED has a
    promise: else all of them would be late on the visitor's clock, which goes on."""
    if order.paid is None or (order.shipped is None and order.closed is None and order.created % PROMISED):
        return None
    return order.paid + 2 * DAY


def write_order_supplement(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    """Flags and times that the platform's own order export does not print."""
    rows = (
        (
            order.order_id,
            order.flag or "",
            stamp(order.shipped),
            stamp(order.completed),
            stamp(order.closed),
            stamp(_promised(order)),
        )
        for order in facts.orders
    )
    header = ("order_id", "flag", "shipped_at", "completed_at", "closed_at", "promised_ship_at")
    return write_csv(path, header, rows)


def _in_refund_file(store: Store, order: Order, refund: Refund) -> bool:
    """Shopee cancels an order instead of refunding it; the Vietnamese store keeps no list of its returns."""
    if store.platform != "shopee":
        return True
    return order.closed is None and not (store.currency == "VND" and refund.kind == "return_refund")


def write_refunds(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    prefix = facts.store.code.upper()
    refunds = [
        (order, refund)
        for order in facts.orders
        for refund in order.refunds
        if _in_refund_file(facts.store, order, refund)
    ]
    rows = (
        (
            f"{prefix}-R{number:06d}",
            order.order_id,
            refund.kind,
            refund.status,
            money(refund.amount),
            sum(line.quantity for line in order.lines) if refund.amount == order.total else 1,
            refund.reason,
            stamp(refund.created),
            stamp(refund.completed),
        )
        for number, (order, refund) in enumerate(refunds, 1)
    )
    header = (
        "refund_id",
        "order_id",
        "kind",
        "status",
        "amount",
        "items",
        "reason",
        "created_at",
        "completed_at",
    )
    return write_csv(path, header, rows)


def write_reviews(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    prefix = facts.store.code.upper()
    reviewed = [(order, order.review) for order in facts.orders if order.review]
    rows = (
        (
            f"{prefix}-P{number:06d}",
            order.order_id,
            order.buyer.nick,
            review.rating,
            review.text,
            stamp(review.created),
            review.reply,
            stamp(review.replied),
        )
        for number, (order, review) in enumerate(reviewed, 1)
    )
    header = ("review_id", "order_id", "buyer", "rating", "text", "created_at", "reply", "replied_at")
    return write_csv(path, header, rows)


def write_rates(path: Path, currency: str, today: date) -> Path:
    rows = [(day, currency, rate) for day, rate in exchange_rates(currency, today)]
    return write_csv(path, ("day", "currency", "rate"), rows)


def file_time(today: date) -> str:
    """The time of export that platforms print into file names."""
    return f"{datetime.combine(today, datetime.min.time()) + timedelta(hours=15):%Y%m%d%H%M}"
