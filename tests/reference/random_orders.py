"""Orders and refunds for a random store: paid at the end of windows, chased, flagged, closed, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .days import business_day, rule_on
from .model import DAY, SECOND, Message, Order, Refund
from .random_chats import any_instant, chat_of

if TYPE_CHECKING:
    from .random_store import Draft

HALF_AN_HOUR = timedelta(minutes=30)
NEAR = (-1, 0, 0, 1)
LIVE = ("paid", "shipped", "completed")
DELAYS = (
    timedelta(0),
    timedelta(seconds=40),
    timedelta(minutes=20),
    timedelta(hours=3),
    timedelta(hours=13),
    DAY,
    DAY + SECOND,
    timedelta(hours=26),
    timedelta(hours=40),
    3 * DAY,
    7 * DAY,
    7 * DAY + SECOND,
)
CENT = Decimal("0.01")


def order_all_over(draft: Draft) -> None:
    """One more order of a buyer, placed at telling times around that buyer's chats."""
    rng = draft.rng
    buyer: str | None = rng.choice(draft.buyers)
    chats = [chat for chat in draft.chats if chat[0].buyer == buyer]
    created_at, paid_at = _times(draft, chats)
    if rng.random() < 0.75 and paid_at is not None and paid_at - created_at >= DAY:
        _chase(draft, str(buyer), created_at, paid_at)
    if rng.random() < 0.06:
        buyer = None
    draft.store.orders.append(_order(draft, buyer, created_at, paid_at))


def _times(draft: Draft, chats: list[list[Message]]) -> tuple[datetime, datetime | None]:
    rng = draft.rng
    if not chats or rng.random() < 0.15:
        created_at = any_instant(draft)
        return created_at, created_at + rng.choice(DELAYS)
    chat = rng.choice(chats)
    if rng.random() < 0.2:  # before the chat: an after-sale contact, on the edge of the horizon
        horizon = draft.rule.after_sale_horizon_days * DAY
        paid_at = chat[0].sent_at - rng.choice((horizon + rng.choice(NEAR) * SECOND, 0 * SECOND, SECOND))
        return paid_at - rng.choice(DELAYS), paid_at
    created_at = _moment_near(draft, chat)
    if rng.random() < 0.15:
        return created_at, None
    if rng.random() < 0.45:
        later = [m for m in (_moment_near(draft, rng.choice(chats)) for _ in range(4)) if m >= created_at]
        if later:
            return created_at, rng.choice(later)
    return created_at, created_at + rng.choice(DELAYS)


def _moment_near(draft: Draft, chat: list[Message]) -> datetime:
    """A moment at which who owns the order, or whether the chat is an inquiry, hangs on a second."""
    rng = draft.rng
    second = rng.choice(NEAR) * SECOND
    window = draft.rule.window
    first, last = chat[0].sent_at, chat[-1].sent_at
    return rng.choice(
        (
            rng.choice(chat).sent_at + second,
            first + second,
            last + second,
            last + window + second,
            first + window + second,
            first + (last - first) / 2,
            last + timedelta(minutes=10),
            first - timedelta(minutes=30),
        )
    ).replace(microsecond=0)


def after_sale_edges(draft: Draft) -> None:
    """Buyers with one served chat, paid the very horizon before it, who may order at the window's end."""
    rng, store = draft.rng, draft.store
    for number in range(rng.randrange(1, 3)):
        buyer = f"老买家{number}"
        start = any_instant(draft)
        rule = rule_on(store, business_day(store, start))
        chat_of(draft, buyer, rng.choice(draft.seats), start, "iooi", (10, 60))
        horizon = rule.after_sale_horizon_days * DAY
        paid_at = start - rng.choice((horizon, horizon, horizon + SECOND, SECOND))
        store.orders.append(_order(draft, buyer, paid_at - rng.choice(DELAYS), paid_at))
        if rng.random() < 0.5:
            again = start + rng.choice((rule.window, rule.window + SECOND, -SECOND, 0 * SECOND))
            store.orders.append(_order(draft, buyer, again, None))


def _chase(draft: Draft, buyer: str, created_at: datetime, paid_at: datetime) -> None:
    """A reply to the buyer around the edges of the chase, and perhaps proof that the lander was on line."""
    rng = draft.rng
    c = rng.choice(
        (
            created_at + DAY + rng.choice(NEAR) * SECOND,
            paid_at + rng.choice(NEAR) * SECOND,
            paid_at - draft.rule.window + rng.choice(NEAR) * SECOND,
            created_at + (paid_at - created_at) * 9 / 10,
        )
    ).replace(microsecond=0)
    seats = [rng.choice(draft.seats)]
    if rng.random() < 0.3:  # two chase in the same second
        seats.append(rng.choice(draft.seats))
    served_by = [chat[0].seat for chat in draft.chats if chat[0].buyer == buyer]
    for seat in seats:
        chat_of(draft, buyer, seat, c, rng.choice(("o", "o", "oi", "io")), (0, 20))
    for _ in range(rng.randrange(3)):
        start = c + rng.choice((-1, 1)) * (HALF_AN_HOUR + rng.choice((0, 0, 1)) * SECOND)
        seat = rng.choice(served_by or draft.seats)
        chat_of(draft, rng.choice(draft.buyers), seat, start, rng.choice("ooa"))


def _order(draft: Draft, buyer: str | None, created_at: datetime, paid_at: datetime | None) -> Order:
    rng = draft.rng
    status, closed_at = "unpaid", None
    amount: Decimal | None = None
    postage = rng.choice((0, 0, 600, 1250)) * CENT
    total = rng.randrange(1, 50000) * CENT + postage
    if paid_at is None:
        if rng.random() < 0.4:
            status, closed_at = "closed", created_at + DAY
    else:
        status, amount = rng.choice(LIVE), rng.choice((total, total, total - CENT, Decimal("0.00")))
        if rng.random() < 0.25:
            status = "closed"
            amount = rng.choice((total, total, total, Decimal("0.00"), None))
            days = draft.rule.cancel_days or 15
            late = paid_at + days * DAY + rng.choice(NEAR) * SECOND
            closed_at = rng.choice((late, late, paid_at + timedelta(hours=5), paid_at, None))
    return Order(
        order_id=f"{rng.choice('AB')}{len(draft.store.orders):04d}",
        buyer=buyer,
        status=status,
        created_at=None if paid_at is not None and rng.random() < 0.03 else created_at,
        paid_at=paid_at,
        closed_at=closed_at,
        total_amount=total,
        paid_amount=amount,
        postage=postage,
        items=rng.choice((None, 0, 1, 1, 2, 7)),
        flag=rng.choice((0, 0, 0, 1, 1, 2, 3, 5)),
        flag_seat=rng.choice((None, *draft.seats)),
        cod=rng.random() < 0.1,
    )


def refund_some(draft: Draft) -> None:
    """Refunds of about a third of the paid orders: in parts, open, closed, exchanged, without amount."""
    rng, refunds = draft.rng, draft.store.refunds
    for order in draft.store.orders:
        if order.paid_at is None or rng.random() < 0.65:
            continue
        if rng.random() < 0.35:
            refunds.append(_refund(draft, order, "refund_only", "completed", from_report=True))
            if rng.random() < 0.5:
                continue
        for _ in range(rng.choice((1, 1, 2, 3))):
            kind = rng.choice(("refund_only", "refund_only", "return_refund", "exchange", "repair"))
            status = rng.choice(("completed", "completed", "open", "closed"))
            refunds.append(_refund(draft, order, kind, status, from_report=False))


def _refund(draft: Draft, order: Order, kind: str, status: str, *, from_report: bool) -> Refund:
    rng = draft.rng
    asked_at = (order.paid_at or order.created_at or any_instant(draft)) + timedelta(hours=rng.randrange(60))
    amount = rng.choice((None, (order.paid_amount or Decimal(0)) / 4, order.paid_amount, Decimal("3.30")))
    if from_report and amount is None:
        amount = Decimal("1.10")
    completed = status == "completed" and not from_report
    return Refund(
        refund_id=f"R{len(draft.store.refunds):04d}",
        order_id=order.order_id,
        kind=kind,
        status=status,
        amount=None if amount is None else amount.quantize(CENT),
        items=rng.choice((None, 1)),
        reason=rng.choice(("质量问题", "七天无理由", "少件", "")),
        created_at=asked_at,
        completed_at=asked_at + timedelta(hours=30) if completed else None,
        from_report=from_report,
    )
