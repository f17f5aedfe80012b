"""Small stores written by hand: 2025-06-01 is day 1, all times are wall clock in Shanghai."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .metrics import JUDGEMENTS, compute
from .model import (
    Message,
    Order,
    Rating,
    Refund,
    Remark,
    Rule,
    Ruling,
    SeatAssignment,
    Session,
    Shift,
    StoreData,
)
from .outcome import Result

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(number: int) -> date:
    """The date of day `number`; day 1 is 2025-06-01."""
    return date(2025, 6, 1) + timedelta(days=number - 1)


def at(number: int, wall_clock: str) -> datetime:
    """The instant of `HH:MM` or `HH:MM:SS` on day `number`, in UTC."""
    return datetime.fromisoformat(f"{day(number)}T{wall_clock}").replace(tzinfo=SHANGHAI).astimezone(UTC)


@dataclass
class HandStore:
    """A store under way: say what was said and ordered, then `result()`."""

    rule: dict[str, Any] = field(default_factory=dict)
    day_cut: timedelta = timedelta(0)
    messages: list[Message] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    seats: list[SeatAssignment] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)

    def says(
        self, seat: str, sent_at: datetime, direction: str = "out", auto: bool = False, buyer: str = "b"
    ) -> None:
        """One message between the buyer and `seat`; later ones get smaller ids."""
        message_id = f"m{1000 - len(self.messages)}"
        self.messages.append(Message(message_id, buyer, seat, direction, auto, sent_at, message_id))

    def chat(self, seat: str, start: datetime, end: datetime) -> None:
        """The buyer writes at `start`, every 20 minutes and at `end`; one reply, a minute after the start."""
        self.says(seat, start, "in")
        self.says(seat, start + timedelta(minutes=1))
        t = start + timedelta(minutes=20)
        while t < end:
            self.says(seat, t, "in")
            t += timedelta(minutes=20)
        self.says(seat, end, "in")

    def order(
        self, created: datetime | None, paid: datetime | None, amount: str = "100", **fields: Any
    ) -> None:
        """An order of buyer `b`, completed unless told otherwise; ids count from o1."""
        values: dict[str, Any] = {"buyer": "b", "status": "completed", "closed_at": None, "items": 1}
        values |= {"total_amount": Decimal(amount), "paid_amount": Decimal(amount), "postage": Decimal(0)}
        values |= fields
        order_id = f"o{len(self.orders) + 1}"
        self.orders.append(Order(order_id=order_id, created_at=created, paid_at=paid, **values))

    def refund(self, amount: str | None, status: str = "completed", **fields: Any) -> None:
        """A refund of order o1."""
        values: dict[str, Any] = {"order_id": "o1", "kind": "refund_only", "items": 1, "reason": ""}
        values |= {"created_at": at(5, "10:00"), "completed_at": None} | fields
        known = None if amount is None else Decimal(amount)
        refund_id = f"r{len(self.refunds) + 1}"
        self.refunds.append(Refund(refund_id=refund_id, status=status, amount=known, **values))

    def remark(self, flag: int | None = None, agent: str | None = None) -> None:
        """A further version of o1's remark."""
        self.remarks.append(Remark("o1", len(self.remarks) + 1, flag, agent))

    def rule_on(self, kind: str, agent: str | None = None) -> None:
        """A further ruling on o1."""
        self.rulings.append(Ruling("o1", len(self.rulings) + 1, kind, agent))

    def store(self) -> StoreData:
        """The store; unless told otherwise the seats A, B, C are held by people of the same names."""
        seats = self.seats or [SeatAssignment(name, name, None, day(-400), None) for name in "ABC"]
        rule = Rule(1, date.min, **({"chaser": False} | self.rule))
        return StoreData(
            code="s",
            platform="taobao",
            time_zone="Asia/Shanghai",
            currency="CNY",
            day_cut=self.day_cut,
            messages=self.messages,
            orders=self.orders,
            refunds=self.refunds,
            seats=seats,
            shifts=self.shifts,
            sessions=self.sessions,
            ratings=self.ratings,
            remarks=self.remarks,
            rulings=self.rulings,
            rules=[rule],
        )

    def result(self, **arguments: Any) -> Result:
        """What `compute` finds for this store."""
        return compute(self.store(), **arguments)

    def owners(self) -> tuple[str | None, ...]:
        """Who owns o1 under order, order_first, payment."""
        owners = self.result().owners
        return tuple(owners[judgement, "o1"].agent for judgement in ("order", "order_first", "payment"))

    def reasons(self) -> set[str]:
        """By which steps o1 is judged, under all judgement rules."""
        owners = self.result().owners
        return {owners[judgement, "o1"].reason for judgement in JUDGEMENTS}


def row(result: Result, number: int, agent: str) -> dict[str, object]:
    """The row of an agent ('' the store) on day `number`; LookupError when there is none."""
    for one in result.rows:
        if one["day"] == day(number) and one["agent"] == agent:
            return one
    raise LookupError(f"no row of {agent!r} on day {number}")
