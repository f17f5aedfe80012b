"""Sessions out of messages and out of a platform's export (docs/kpis.md §2)."""

from datetime import datetime

from .days import business_day, holder
from .model import Message, Session, StoreData
from .outcome import ChatSession


def in_tie_order(messages: list[Message]) -> list[Message]:
    """Messages by time; in the same second `in` first, then message id by code point (docs/kpis.md §3)."""
    return sorted(messages, key=lambda m: (m.sent_at, 0 if m.direction == "in" else 1, m.message_id))


def find_sessions(store: StoreData) -> list[ChatSession]:
    """All sessions of the store, by start, seat, buyer; those never served among them."""
    found: list[ChatSession] = []
    pairs = {(m.buyer, m.seat) for m in store.messages}
    for buyer, seat in sorted(pairs):
        chat = [m for m in store.messages if (m.buyer, m.seat) == (buyer, seat) and not m.auto]
        run: list[Message] = []
        for message in in_tie_order(chat):
            if run and message.sent_at - run[-1].sent_at > store.session_gap:
                found.append(_session_of_run(store, run))
                run = []
            run.append(message)
        if run:
            found.append(_session_of_run(store, run))
    for exported in store.sessions:
        if stands(store, exported):
            found.append(_session_of_export(store, exported))
    return sorted(found, key=lambda s: (s.start, s.seat, s.buyer, s.end))


def stands(store: StoreData, exported: Session) -> bool:
    """Whether an exported session counts: no message of its seat on the business day of its start."""
    day = business_day(store, exported.started_at)
    for message in store.messages:
        if message.seat == exported.seat and business_day(store, message.sent_at) == day:
            return False
    return True


def _session_of_run(store: StoreData, run: list[Message]) -> ChatSession:
    first_in: datetime | None = None
    first_reply: datetime | None = None
    rounds = 0
    before: str | None = None
    for message in run:
        if message.direction == "in" and first_in is None:
            first_in = message.sent_at
        if message.direction == "out" and first_reply is None:
            first_reply = message.sent_at
        if before == "in" and message.direction == "out":
            rounds += 1
        before = message.direction
    served_at = None
    if first_in is not None and first_reply is not None:
        served_at = max(first_in, first_reply)
    day = business_day(store, run[0].sent_at)
    return ChatSession(
        buyer=run[0].buyer,
        seat=run[0].seat,
        agent=holder(store, run[0].seat, day),
        day=day,
        start=run[0].sent_at,
        end=run[-1].sent_at,
        served_at=served_at,
        rounds=rounds,
        in_count=sum(1 for m in run if m.direction == "in"),
        reply_count=sum(1 for m in run if m.direction == "out"),
        opened_by=run[0].direction,
        messages=run,
    )


def _session_of_export(store: StoreData, exported: Session) -> ChatSession:
    served = exported.buyer_messages >= 1 and exported.agent_messages >= 1
    day = business_day(store, exported.started_at)
    return ChatSession(
        buyer=exported.buyer,
        seat=exported.seat,
        agent=holder(store, exported.seat, day),
        day=day,
        start=exported.started_at,
        end=exported.ended_at,
        served_at=exported.started_at if served else None,
        rounds=min(exported.buyer_messages, exported.agent_messages),
        in_count=exported.buyer_messages,
        reply_count=exported.agent_messages,
        opened_by=None,
        exported=True,
    )
