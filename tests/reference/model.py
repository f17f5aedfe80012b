"""What a store holds, as the reference reads it: messages, orders, refunds, seats, rules."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Message:
    """One line of a chat; `direction` is `in` (buyer) or `out` (store), `sent_at` aware UTC."""

    message_id: str
    buyer: str
    seat: str
    direction: str
    auto: bool
    sent_at: datetime
    text: str


@dataclass(frozen=True)
class Session:
    """A session as a platform exports it (docs/kpis.md §2, in brackets): counts instead of messages."""

    session_id: str
    buyer: str
    seat: str
    started_at: datetime
    ended_at: datetime
    buyer_messages: int
    agent_messages: int
    invited: bool | None = None
    rating: int | None = None


@dataclass(frozen=True)
class Rating:
    """A line of a sheet of ratings: of a session by its id, else by buyer, seat and time; None = not said."""

    session_id: str | None
    buyer: str | None
    seat: str | None
    rated_at: datetime | None
    invited: bool | None = None
    rating: int | None = None


@dataclass(frozen=True)
class Order:
    """One order; amounts in the store's currency, None = unknown; `flag` 0 = none."""

    order_id: str
    buyer: str | None
    status: str
    created_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    total_amount: Decimal
    paid_amount: Decimal | None
    postage: Decimal
    items: int | None
    flag: int = 0
    flag_seat: str | None = None
    cod: bool = False


@dataclass(frozen=True)
class Refund:
    """One refund, exchange or repair; `from_report` = known only from an order report's refund column."""

    refund_id: str
    order_id: str
    kind: str
    status: str
    amount: Decimal | None
    items: int | None
    reason: str
    created_at: datetime
    completed_at: datetime | None
    from_report: bool = False


@dataclass(frozen=True)
class Remark:
    """A version of our own remark of an order; `flag` and `agent` (a person) None = it says nothing of it."""

    order_id: str
    number: int
    flag: int | None = None
    agent: str | None = None


@dataclass(frozen=True)
class Ruling:
    """A supervisor's ruling on an order; `kind` given | lifted | refused, `agent` None = nobody's."""

    order_id: str
    number: int
    kind: str
    agent: str | None = None


@dataclass(frozen=True)
class SeatAssignment:
    """`seat` is held by the person `name` on the business days since..until, both included."""

    seat: str
    name: str
    employee_id: str | None
    since: date
    until: date | None


@dataclass(frozen=True)
class Shift:
    """The person `name` is on duty between two instants, both included."""

    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rule:
    """One version of the store's attribution rule, valid from the business day `since` on."""

    number: int
    since: date
    judgement: str = "order_first"
    ownership: str = "time"
    window_days: Decimal | int = 2
    flag_rule: str = "assigns"
    excluded_flags: frozenset[int] | None = None
    chaser: bool = True
    after_sale_horizon_days: int = 15
    agent_opened: str = "no_inquiry"
    inquiry_days: int = 2
    cancel_days: int | None = None
    deduct_postage: bool = False
    deduct_refunds: bool = False

    @property
    def window(self) -> timedelta:
        """The attribution window as elapsed time."""
        return timedelta(seconds=int(self.window_days * 86400))


@dataclass
class StoreData:
    """Everything known of one store; `rules` sorted by since, the first valid from date.min."""

    code: str
    platform: str
    time_zone: str
    currency: str
    day_cut: timedelta = timedelta(0)
    session_gap: timedelta = timedelta(minutes=30)
    messages: list[Message] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    seats: list[SeatAssignment] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=lambda: [Rule(1, date.min)])
