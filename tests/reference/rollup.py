"""The agent-day rows of `export_kpis`, summed from sessions, rounds, inquiries and sales."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from .days import business_day, holder_at, rule_on
from .model import StoreData
from .outcome import ChatSession, Inquiry, Owner, Round
from .sales import completed_refunds, sale_amount, sales

FIGURES = (
    "inquiries",
    "converted_same_day",
    "converted_final",
    "orders",
    "buyers",
    "items",
    "paid_amount",
    "refunded_orders",
    "refunded_amount",
    "consulting_buyers",
    "received_buyers",
    "unanswered_buyers",
    "response_count",
    "response_seconds_sum",
    "first_response_count",
    "first_response_seconds_sum",
    "unanswered_rounds",
    "within_180s",
    "in_messages",
    "human_replies",
    "refunds_without_amount",
)
# Figures that no file of `export_kpis` holds.
FURTHER = (
    "received_sessions",
    "invitations_known",
    "invited_sessions",
    "rated_invited",
    "ratings",
    "satisfied",
)
MONEY = ("paid_amount", "refunded_amount")
COLUMNS = (
    "store",
    "agent",
    "day",
    "inquiries",
    "converted_same_day",
    "converted_final",
    "orders",
    "buyers",
    "items",
    "paid_amount",
    "store_paid_amount",
    "sales_share",
    "refunded_orders",
    "refunded_amount",
    "consulting_buyers",
    "received_buyers",
    "unanswered_buyers",
    "response_count",
    "response_seconds_sum",
    "first_response_count",
    "first_response_seconds_sum",
    "unanswered_rounds",
    "within_180s",
    "in_messages",
    "human_replies",
    "refunds_without_amount",
    "maturity",
    "rule_version",
)


@dataclass
class Sheet:
    """Figures by (day, agent); agent '' is the store. Distinct buyers are kept as sets until written."""

    sums: dict[tuple[date, str, str], Decimal] = field(default_factory=dict)
    distinct: dict[tuple[date, str, str], set[str]] = field(default_factory=dict)
    owned_amount: dict[date, Decimal] = field(default_factory=dict)

    def add(self, day: date, agents: list[str], figure: str, amount: Decimal | int) -> None:
        """Add `amount` to the figure of each of `agents`."""
        for agent in agents:
            key = (day, agent, figure)
            self.sums[key] = self.sums.get(key, Decimal(0)) + amount

    def meet(self, day: date, agents: list[str], figure: str, buyer: str) -> None:
        """Note `buyer` among the distinct buyers of the figure of each of `agents`."""
        for agent in agents:
            self.distinct.setdefault((day, agent, figure), set()).add(buyer)

    def figure(self, day: date, agent: str, name: str) -> Decimal:
        """The figure as a number, 0 where nothing was noted."""
        key = (day, agent, name)
        return self.sums.get(key, Decimal(0)) + len(self.distinct.get(key, set()))

    def row_keys(self) -> list[tuple[date, str]]:
        """(day, agent) of every row with a figure that is not zero, by day and agent."""
        noted = {(day, agent) for day, agent, _ in [*self.sums, *self.distinct]}
        return sorted(
            key for key in noted if any(self.figure(*key, name) != 0 for name in (*FIGURES, *FURTHER))
        )


def add_chat(sheet: Sheet, store: StoreData, sessions: list[ChatSession]) -> None:
    """Message counts, consulting, received and unanswered buyers.

    An exported session counts on the business day of its start with the counts it was exported with.
    """
    replied = _add_messages(sheet, store)
    for session in sessions:
        both = ["", session.agent]
        if session.served_at is not None:
            sheet.meet(session.day, both, "received_buyers", session.buyer)
        if session.exported:
            sheet.add(session.day, both, "in_messages", session.in_count)
            sheet.add(session.day, both, "human_replies", session.reply_count)
            if session.in_count >= 1:
                sheet.meet(session.day, both, "consulting_buyers", session.buyer)
            if session.reply_count >= 1:
                replied.add((session.day, session.buyer))
    consulting = [(key, buyers) for key, buyers in sheet.distinct.items() if key[2] == "consulting_buyers"]
    for (day, agent, _), buyers in consulting:
        for buyer in buyers:
            if (day, buyer) not in replied:
                sheet.meet(day, [agent], "unanswered_buyers", buyer)


def _add_messages(sheet: Sheet, store: StoreData) -> set[tuple[date, str]]:
    """Count the messages; returns the (day, buyer) to whom anybody in the store replied."""
    replied: set[tuple[date, str]] = set()
    for message in store.messages:
        if message.auto:
            continue
        day = business_day(store, message.sent_at)
        both = ["", holder_at(store, message.seat, message.sent_at)]
        if message.direction == "in":
            sheet.add(day, both, "in_messages", 1)
            sheet.meet(day, both, "consulting_buyers", message.buyer)
        else:
            sheet.add(day, both, "human_replies", 1)
            replied.add((day, message.buyer))
    return replied


def add_rounds(sheet: Sheet, rounds: list[Round]) -> None:
    """Response times of answered rounds, and the unanswered ones."""
    for one in rounds:
        both = ["", one.agent]
        if one.seconds is None:
            sheet.add(one.day, both, "unanswered_rounds", 1)
            continue
        sheet.add(one.day, both, "response_count", 1)
        sheet.add(one.day, both, "response_seconds_sum", one.seconds)
        if one.first:
            sheet.add(one.day, both, "first_response_count", 1)
            sheet.add(one.day, both, "first_response_seconds_sum", one.seconds)
        if one.seconds <= 180:
            sheet.add(one.day, both, "within_180s", 1)


def add_inquiries(sheet: Sheet, inquiries: list[Inquiry]) -> None:
    """Inquiries and conversions; the store's own are counted, not summed from the agents'."""
    for inquiry in inquiries:
        sheet.add(inquiry.day, [inquiry.agent], "inquiries", 1)
        if inquiry.converted_same_day:
            sheet.add(inquiry.day, [inquiry.agent], "converted_same_day", 1)
        if inquiry.converted_final:
            sheet.add(inquiry.day, [inquiry.agent], "converted_final", 1)


def add_sales(sheet: Sheet, store: StoreData, owners: dict[str, Owner]) -> None:
    """Sales and their refunds on the business day of payment: the owner's and the store's."""
    for order, paid_at in sales(store):
        day = business_day(store, paid_at)
        owner = owners[order.order_id].agent
        amount = sale_amount(store, order, paid_at)
        both = [""]
        if owner is not None:
            both.append(owner)
            sheet.owned_amount[day] = sheet.owned_amount.get(day, Decimal(0)) + amount
        sheet.add(day, both, "orders", 1)
        sheet.add(day, both, "items", order.items or 0)
        sheet.add(day, both, "paid_amount", amount)
        if order.buyer is not None:
            sheet.meet(day, both, "buyers", order.buyer)
        refunds = completed_refunds(store, order)
        if refunds:
            sheet.add(day, both, "refunded_orders", 1)
        for refund in refunds:
            if refund.amount is None:
                sheet.add(day, both, "refunds_without_amount", 1)
            else:
                sheet.add(day, both, "refunded_amount", refund.amount)


def maturity(store: StoreData, day: date, now: datetime | None) -> str | None:
    """`final` or `provisional` for the final conversion of `day` as of `now`; None without `now`."""
    if now is None:
        return None
    rule = rule_on(store, day)
    wait = max(rule.inquiry_days + 7 + (rule.cancel_days or 0), ceil(rule.window_days) + 1) + 1
    return "final" if business_day(store, now) >= day + timedelta(days=wait) else "provisional"


def sales_share(sheet: Sheet, day: date, agent: str) -> Decimal | None:
    """Own sales of an agent, or for the store all owned ones, over the store's; None over 0."""
    total = sheet.figure(day, "", "paid_amount")
    if total == 0:
        return None
    own = sheet.figure(day, agent, "paid_amount") if agent else sheet.owned_amount.get(day, Decimal(0))
    return (own / total).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def rows_of(
    sheet: Sheet, store: StoreData, what_if: str | None, now: datetime | None
) -> list[dict[str, object]]:
    """Rows by day and agent, the store's (agent '') first; counts are int, money and share Decimal."""
    rows = []
    for day, agent in sheet.row_keys():
        row: dict[str, object] = {"store": store.code, "agent": agent, "day": day}
        for name in (*FIGURES, *FURTHER):
            number = sheet.figure(day, agent, name)
            row[name] = number if name in MONEY else int(number)
        row["store_paid_amount"] = sheet.figure(day, "", "paid_amount")
        row["sales_share"] = sales_share(sheet, day, agent)
        row["maturity"] = maturity(store, day, now)
        row["rule_version"] = f"what-if:{what_if}" if what_if else str(rule_on(store, day).number)
        rows.append({column: row[column] for column in (*COLUMNS, *FURTHER)})
    return rows
