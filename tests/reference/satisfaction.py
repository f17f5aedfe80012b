"""Invitations and ratings of sessions (docs/kpis.md §8)."""

from datetime import datetime

from .days import business_day, holder_at
from .model import StoreData
from .outcome import ChatSession
from .rollup import Sheet


def add_satisfaction(sheet: Sheet, store: StoreData, sessions: list[ChatSession]) -> None:
    """Received sessions, invitations and ratings.

    An exported session is rated even if messages of its seat take its place in every other figure.
    """
    for session in sessions:
        if session.served_at is not None:
            sheet.add(session.day, ["", session.agent], "received_sessions", 1)
    for exported in store.sessions:
        invited, rating = exported.invited, exported.rating
        for told in store.ratings:
            if told.session_id == exported.session_id:
                invited = told.invited if told.invited is not None else invited
                rating = told.rating if told.rating is not None else rating
        _count(sheet, store, exported.seat, exported.started_at, invited, rating)
    known = {exported.session_id for exported in store.sessions}
    for told in store.ratings:
        if told.session_id in known:
            continue
        if told.buyer is None or told.seat is None or told.rated_at is None:
            continue
        _count(sheet, store, told.seat, told.rated_at, told.invited, told.rating)


def _count(
    sheet: Sheet, store: StoreData, seat: str, at: datetime, invited: bool | None, rating: int | None
) -> None:
    day, both = business_day(store, at), ["", holder_at(store, seat, at)]
    if invited is not None:
        sheet.add(day, both, "invitations_known", 1)
    if invited:
        sheet.add(day, both, "invited_sessions", 1)
    if invited and rating is not None:
        sheet.add(day, both, "rated_invited", 1)
    if rating is not None:
        sheet.add(day, both, "ratings", 1)
        if rating >= 4:
            sheet.add(day, both, "satisfied", 1)
