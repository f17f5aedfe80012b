"""Inquiries, what became of them, and the unconverted buyers (docs/kpis.md §6)."""

from datetime import date, datetime, timedelta

from .days import business_day, rule_on
from .model import DAY, Order, Rule, StoreData
from .outcome import ChatSession, Inquiry, Owner, Unconverted
from .sales import paid_at_of, paid_within_seven_days, sales


def after_sale(store: StoreData, session: ChatSession, rule: Rule) -> bool:
    """Paid within the horizon before the start; nothing created or paid from it to `window` after it."""
    start = session.start
    horizon = timedelta(hours=24 * rule.after_sale_horizon_days)
    paid_before = False
    for order in store.orders:
        if order.buyer != session.buyer:
            continue
        paid_at = paid_at_of(order)
        for event in (order.created_at, paid_at):
            if event is not None and start <= event <= start + rule.window:
                return False
        if paid_at is not None and paid_at < start and start - paid_at <= horizon:
            paid_before = True
    return paid_before


def agent_opened(store: StoreData, session: ChatSession) -> bool:
    """It begins with a human reply, and the buyer wrote nothing to any seat in the 24 h before it."""
    if session.opened_by != "out":
        return False
    for message in store.messages:
        if message.buyer != session.buyer or message.direction != "in":
            continue
        if session.start - DAY <= message.sent_at <= session.start:
            return False
    return True


def is_inquiry_session(store: StoreData, session: ChatSession) -> bool:
    """A served session that is neither an after-sale nor an agent-opened contact."""
    rule = rule_on(store, session.day)
    if session.served_at is None or after_sale(store, session, rule):
        return False
    return rule.agent_opened == "inquiry" or not agent_opened(store, session)


def inquiry_sessions(store: StoreData, sessions: list[ChatSession]) -> list[ChatSession]:
    """Those of `sessions` that make inquiries, by start."""
    return [s for s in sessions if is_inquiry_session(store, s)]


def within_final_limits(store: StoreData, order: Order, paid_at: datetime, inquiry: Inquiry) -> bool:
    """The limits of converted_final, whoever owns the order."""
    if order.buyer != inquiry.buyer or paid_at < inquiry.start or order.created_at is None:
        return False
    last = inquiry.day + timedelta(days=rule_on(store, inquiry.day).inquiry_days - 1)
    return business_day(store, order.created_at) <= last and paid_within_seven_days(order, paid_at)


def within_same_day_limits(store: StoreData, order: Order, paid_at: datetime, inquiry: Inquiry) -> bool:
    """The limits of converted_same_day, whoever owns the order."""
    if order.buyer != inquiry.buyer or paid_at < inquiry.start:
        return False
    return business_day(store, paid_at) == inquiry.day and paid_within_seven_days(order, paid_at)


def find_inquiries(store: StoreData, asking: list[ChatSession], owners: dict[str, Owner]) -> list[Inquiry]:
    """Inquiries of every agent, and with agent '' the store's, out of the inquiry sessions `asking`.

    owners: order_id -> Owner of every sale under the judgement in force.
    """
    starts: dict[tuple[date, str, str], datetime] = {}
    for session in asking:
        for agent in ("", session.agent):
            key = (session.day, agent, session.buyer)
            if key not in starts or session.start < starts[key]:
                starts[key] = session.start
    inquiries = []
    for (day, agent, buyer), start in sorted(starts.items()):
        inquiry = Inquiry(agent, buyer, day, start, False, False, rule_on(store, day).number)
        for order, paid_at in sales(store):
            owner = owners[order.order_id].agent
            owned = owner is not None if agent == "" else owner == agent
            if owned and within_same_day_limits(store, order, paid_at, inquiry):
                inquiry.converted_same_day = True
            if owned and within_final_limits(store, order, paid_at, inquiry):
                inquiry.converted_final = True
        inquiries.append(inquiry)
    return inquiries


def find_unconverted(
    store: StoreData, asking: list[ChatSession], inquiries: list[Inquiry]
) -> list[Unconverted]:
    """The agents' inquiries after which the buyer paid nothing in the store within the final limits."""
    found = []
    for inquiry in inquiries:
        if inquiry.agent == "":
            continue
        if any(within_final_limits(store, order, paid_at, inquiry) for order, paid_at in sales(store)):
            continue
        chats = [
            s for s in asking if (s.agent, s.buyer, s.day) == (inquiry.agent, inquiry.buyer, inquiry.day)
        ]
        found.append(_unconverted(store, inquiry, chats))
    return found


def _unconverted(store: StoreData, inquiry: Inquiry, chats: list[ChatSession]) -> Unconverted:
    first = min(s.start for s in chats)
    last = max(s.end for s in chats)
    last_words = None
    said_at = None
    for session in chats:
        for message in session.messages:
            if said_at is None or message.sent_at >= said_at:
                last_words, said_at = message.text, message.sent_at
    return Unconverted(
        agent=inquiry.agent,
        buyer=inquiry.buyer,
        day=inquiry.day,
        start=inquiry.start,
        first_message_at=first,
        last_message_at=last,
        chat_seconds=int((last - first).total_seconds()),
        in_count=sum(s.in_count for s in chats),
        reply_count=sum(s.reply_count for s in chats),
        last_words=last_words,
        unpaid_order=any(_created_unpaid(store, order, inquiry) for order in store.orders),
    )


def _created_unpaid(store: StoreData, order: Order, inquiry: Inquiry) -> bool:
    if order.buyer != inquiry.buyer or order.created_at is None or order.created_at < inquiry.start:
        return False
    last = inquiry.day + timedelta(days=rule_on(store, inquiry.day).inquiry_days - 1)
    return business_day(store, order.created_at) <= last and paid_at_of(order) is None
