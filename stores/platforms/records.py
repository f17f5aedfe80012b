"""The plain records every file, API call or page is turned into before it reaches the database.

One record is one fact as its source prints it. `None` always means "the source does not say": it never
erases what is known. Instants are aware datetimes in UTC, money is Decimal in the store's currency,
text is stripped and NFC-normalised. Field meanings: docs/imports.md.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

IN, OUT = "in", "out"
ORDER_STATUSES = ("unpaid", "paid", "shipped", "completed", "closed")
REFUND_KINDS = ("refund_only", "return_refund", "exchange", "repair")
REFUND_STATUSES = ("open", "completed", "closed")
COST_KINDS = ("courier", "compensation", "other")


class MessageRecord(NamedTuple):
    """One chat line. `message_id` None: intake derives one from seat, sender, time, text and ordinal.

    buyer: None when the source masks it (咚咚); then `masked_buyer` holds what is printed.
    seat: the agent account the buyer wrote to, or that wrote.
    """

    message_id: str | None
    buyer: str | None
    seat: str
    direction: str
    auto: bool
    sent_at: datetime
    text: str
    masked_buyer: str | None = None


class SessionRecord(NamedTuple):
    """One session as a platform exports it, without its messages."""

    session_id: str
    buyer: str
    seat: str
    started_at: datetime
    ended_at: datetime | None = None
    buyer_messages: int | None = None
    agent_messages: int | None = None
    invited: bool | None = None
    rating: int | None = None
    transferred_to: str | None = None


class OrderRecord(NamedTuple):
    """One order. `paid_amount` is gross: what the buyer paid before any refund, postage included.

    items None: the sum of the order's lines. raw: columns we have no field for, personal ones left out.
    """

    order_id: str
    buyer: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    total_amount: Decimal | None = None
    paid_amount: Decimal | None = None
    postage: Decimal | None = None
    items: int | None = None
    flag: int | None = None
    flag_seat: str | None = None
    seller_memo: str | None = None
    buyer_message: str | None = None
    receiver_name: str | None = None
    receiver_phone: str | None = None
    receiver_address: str | None = None
    cod: bool | None = None
    courier: str | None = None
    tracking_no: str | None = None
    promised_ship_at: datetime | None = None
    delivered_at: datetime | None = None
    raw: dict[str, Any] | None = None


class OrderLineRecord(NamedTuple):
    order_id: str
    line_no: int
    product_code: str | None = None
    title: str | None = None
    sku: str | None = None
    quantity: int | None = None
    price: Decimal | None = None


class RefundRecord(NamedTuple):
    """One refund. `from_report`: read off an order report's 退款金额 (or a return status), not a refund of
    its own; a real refund of the same order replaces it. Its refund_id is `report:<order_id>`."""

    refund_id: str
    order_id: str
    kind: str = "refund_only"
    status: str = "open"
    amount: Decimal | None = None
    items: int | None = None
    reason: str | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    from_report: bool = False


class ReviewRecord(NamedTuple):
    review_id: str
    order_id: str | None = None
    buyer: str | None = None
    rating: int | None = None
    text: str | None = None
    created_at: datetime | None = None
    reply: str | None = None
    replied_at: datetime | None = None


class TrackingRecord(NamedTuple):
    """One thing a courier reported about an order's parcel, in the courier's words."""

    order_id: str
    event: str
    happened_at: datetime
    tracking_no: str | None = None
    courier: str | None = None
    place: str | None = None


class BuyerRecord(NamedTuple):
    buyer: str
    registered_at: datetime | None = None
    credit: int | None = None
    good_rate: Decimal | None = None
    note: str | None = None


class SeatRecord(NamedTuple):
    """A seat held by a person from a business day on. `to` None: until further notice (both included)."""

    seat: str
    name: str
    employee_id: str | None = None
    grade: str | None = None
    since: Any = None  # datetime.date
    until: Any = None  # datetime.date


class RosterRecord(NamedTuple):
    """What a person does on a day: the name of a shift, or of a reason not to work (rest, annual, sick, …)."""

    name: str | None
    employee_id: str | None
    day: Any  # datetime.date
    shift: str


class RateRecord(NamedTuple):
    """One unit of `currency` is `rate` units of the organization's currency, from `day` on."""

    day: Any  # datetime.date
    currency: str
    rate: Decimal


class ProductRecord(NamedTuple):
    product_code: str
    title: str | None = None
    price: Decimal | None = None
    stock: int | None = None
    counterfeit_risk: bool | None = None


class CostRecord(NamedTuple):
    """What an order cost beside its goods, or a product on a day. `kind`: courier, compensation or other.

    Of an order: `day` and `product_code` may tell its costs apart. Without an order both are there.
    """

    order_id: str | None
    day: Any  # datetime.date
    product_code: str | None
    kind: str
    amount: Decimal


class RatingRecord(NamedTuple):
    """A buyer's rating of a session, joined by session_id or by buyer, seat and time."""

    session_id: str | None
    buyer: str | None
    seat: str | None
    rated_at: datetime | None
    invited: bool | None = None
    rating: int | None = None
    text: str | None = None


class PresenceRecord(NamedTuple):
    """A stretch on line of whoever held the seat. `offline_at` None: not known, or still on line."""

    seat: str
    online_at: datetime
    offline_at: datetime | None = None
    state: str | None = None


Record = (
    MessageRecord
    | SessionRecord
    | OrderRecord
    | OrderLineRecord
    | RefundRecord
    | ReviewRecord
    | TrackingRecord
    | BuyerRecord
    | SeatRecord
    | RosterRecord
    | RateRecord
    | ProductRecord
    | CostRecord
    | RatingRecord
    | PresenceRecord
)


class Refusal(NamedTuple):
    """Why one row was not taken. `message` is an English msgid with %(name)s places for `params`.

    row: the row's number in the file as its user sees it (header = 1). column: the header as printed.
    """

    row: int
    column: str | None
    message: str
    params: dict[str, Any] = {}


class FileRefused(Exception):
    """Nothing of the file can be taken. `message` is an English msgid with places for `params`."""

    def __init__(self, message: str, **params: Any):
        super().__init__(message % params if params else message)
        self.message, self.params = message, params


class StoreSettings(NamedTuple):
    """What a parser must know of the store. `time_zone` is an IANA name, `currency` an ISO 4217 code."""

    platform: str
    time_zone: str
    currency: str
