"""Remarks and rulings for a random store: flags set anew, rulings made, lifted, made again, claims refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import Remark, Ruling

if TYPE_CHECKING:
    from .random_store import Draft


def last_words(draft: Draft) -> None:
    """Give about a third of the orders remarks, and a fifth rulings, in versions told out of order."""
    rng, store = draft.rng, draft.store
    people = sorted({held.name for held in store.seats})
    for order in store.orders:
        if rng.random() < 0.35:
            for number in range(1, rng.randrange(2, 5)):
                flag, agent = rng.choice((None, 0, 1, 2, 5)), rng.choice((None, *people))
                store.remarks.append(Remark(order.order_id, number, flag, agent))
        if rng.random() < 0.2:
            for number in range(1, rng.randrange(2, 5)):
                kind = rng.choice(("given", "given", "lifted", "refused"))
                agent = rng.choice((None, *people)) if kind == "given" else None
                store.rulings.append(Ruling(order.order_id, number, kind, agent))
    rng.shuffle(store.remarks)
    rng.shuffle(store.rulings)
