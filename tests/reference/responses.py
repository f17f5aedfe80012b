"""Rounds of question and answer (docs/kpis.md §3)."""

from datetime import date

from .days import business_day, holder
from .model import Message, StoreData
from .outcome import Round
from .sessions import in_tie_order


def find_rounds(store: StoreData) -> list[Round]:
    """All rounds of the store, per buyer and business day, over all seats; all hours count."""
    keys = {(m.buyer, business_day(store, m.sent_at)) for m in store.messages}
    rounds: list[Round] = []
    for buyer, day in sorted(keys):
        chat = [
            m
            for m in store.messages
            if m.buyer == buyer and not m.auto and business_day(store, m.sent_at) == day
        ]
        rounds.extend(_rounds_of_day(store, buyer, day, in_tie_order(chat)))
    return rounds


def _rounds_of_day(store: StoreData, buyer: str, day: date, chat: list[Message]) -> list[Round]:
    rounds: list[Round] = []
    asked: Message | None = None
    for message in chat:
        if message.direction == "in":
            if asked is None:
                asked = message
        elif asked is not None:
            rounds.append(_round(store, buyer, day, asked, message, first=not rounds))
            asked = None
    if asked is not None:
        rounds.append(_round(store, buyer, day, asked, None, first=not rounds))
    return rounds


def _round(
    store: StoreData, buyer: str, day: date, asked: Message, reply: Message | None, first: bool
) -> Round:
    asked_agent = holder(store, asked.seat, day)
    if reply is None:
        return Round(buyer, day, asked_agent, asked_agent, asked.sent_at, None, None, first)
    seconds = int((reply.sent_at - asked.sent_at).total_seconds())
    agent = holder(store, reply.seat, day)
    return Round(buyer, day, agent, asked_agent, asked.sent_at, reply.sent_at, seconds, first)
