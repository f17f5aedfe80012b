"""`compute`: every figure of docs/kpis.md for one store, the slow and literal way."""

from datetime import datetime

from .inquiries import find_inquiries, find_unconverted, inquiry_sessions
from .model import Order, Rule, StoreData
from .outcome import ChatSession, Owner, Result
from .ownership import assists_of, flag_not_honoured, owner_of
from .responses import find_rounds
from .rollup import Sheet, add_chat, add_inquiries, add_rounds, add_sales, rows_of
from .sales import rule_of, sales
from .satisfaction import add_satisfaction
from .sessions import find_sessions

JUDGEMENTS = ("order", "payment", "order_first")


def compute(store: StoreData, what_if: str | None = None, now: datetime | None = None) -> Result:
    """All figures of `store`.

    what_if: a judgement rule put in place of every version's own (`export_kpis --rule`).
    now: aware instant the maturity is told as of; without it the maturity is None.
    ValueError: an unknown judgement, overlapping seat assignments, a live paid order without amount.
    """
    if what_if is not None and what_if not in JUDGEMENTS:
        raise ValueError(f"unknown judgement rule {what_if!r}, expected one of {', '.join(JUDGEMENTS)}")
    sessions = find_sessions(store)
    rounds = find_rounds(store)
    owners = all_owners(store, sessions)
    in_force = {
        order.order_id: owners[what_if or rule_of(store, paid_at).judgement, order.order_id]
        for order, paid_at in sales(store)
    }
    asking = inquiry_sessions(store, sessions)
    inquiries = find_inquiries(store, asking, in_force)
    sheet = Sheet()
    add_chat(sheet, store, sessions)
    add_rounds(sheet, rounds)
    add_inquiries(sheet, inquiries)
    add_sales(sheet, store, in_force)
    add_satisfaction(sheet, store, sessions)
    return Result(
        owners=owners,
        flags_not_honoured=flags_not_honoured(store, sessions),
        assists=all_assists(store, sessions, in_force),
        rows=rows_of(sheet, store, what_if, now),
        sessions=sessions,
        rounds=rounds,
        inquiries=inquiries,
        unconverted=find_unconverted(store, asking, inquiries),
    )


def judged(store: StoreData) -> list[tuple[Order, datetime, Rule]]:
    """(order, paid_at, the version it is judged under) of every sale."""
    return [(order, paid_at, rule_of(store, paid_at)) for order, paid_at in sales(store)]


def all_owners(store: StoreData, sessions: list[ChatSession]) -> dict[tuple[str, str], Owner]:
    """(judgement, order_id) -> Owner of every sale under each judgement rule."""
    return {
        (judgement, order.order_id): owner_of(store, sessions, order, paid_at, rule, judgement)
        for judgement in JUDGEMENTS
        for order, paid_at, rule in judged(store)
    }


def flags_not_honoured(store: StoreData, sessions: list[ChatSession]) -> list[str]:
    """Ids of the sales whose flag names an agent and does not hold."""
    return [
        order.order_id
        for order, paid_at, rule in judged(store)
        if flag_not_honoured(store, sessions, order, paid_at, rule)
    ]


def all_assists(
    store: StoreData, sessions: list[ChatSession], in_force: dict[str, Owner]
) -> dict[str, set[str]]:
    """order_id -> agents beside the owner, of every sale, empty sets included."""
    return {
        order.order_id: assists_of(sessions, order, paid_at, rule, in_force[order.order_id])
        for order, paid_at, rule in judged(store)
    }
