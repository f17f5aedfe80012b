"""Ratings for a random store: of its exported sessions, of sessions nobody told of, by buyer, seat and time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .model import Rating
from .random_chats import any_instant

if TYPE_CHECKING:
    from .random_store import Draft


def rate_some(draft: Draft) -> None:
    """Rate sessions in their own line, in a sheet of ratings, in both, or in neither."""
    rng, store = draft.rng, draft.store
    store.sessions = [
        replace(session, rating=rng.choice((None, None, 1, 3, 4, 5))) for session in store.sessions
    ]
    if rng.random() < 0.3:
        return
    for session in store.sessions:
        if rng.random() < 0.6:
            store.ratings.append(_rating(draft, session.session_id))
    for number in range(rng.randrange(8)):
        store.ratings.append(_rating(draft, f"y{number}"))
    named = [replace(_rating(draft, None), **_whole(draft)) for _ in range(rng.randrange(8))]
    # One buyer, seat and second is one rating: of two, the order of the lines would decide.
    store.ratings += {(one.buyer, one.seat, one.rated_at): one for one in named}.values()


def _rating(draft: Draft, session_id: str | None) -> Rating:
    """Of a known session all that is said besides may be wrong; of an unknown one it may be too little."""
    rng = draft.rng
    said = _whole(draft)
    for name in said:
        if rng.random() < 0.3:
            said[name] = None
    invited = rng.choice((None, True, True, False))
    return Rating(session_id, **said, invited=invited, rating=rng.choice((None, 1, 2, 3, 4, 5, 5)))


def _whole(draft: Draft) -> dict:
    rng = draft.rng
    return {
        "buyer": rng.choice(draft.buyers),
        "seat": rng.choice([*draft.seats, "店:导出"]),
        "rated_at": any_instant(draft),
    }
