"""Finding orders by words of their remarks: their tokens lead to candidates, their texts decide."""

from collections.abc import Sequence

from django.db import connection

from orders.tokens import folded, pieces_of, runs_of, texts_of, token_of

MOST_CANDIDATES = 200  # whose texts are read
MOST_COUNTED = 2_000  # of a piece's orders; one with more is common
NEWEST_LOOKED_AT = 500  # of each store's orders with a common piece, when others are asked for too
MOST_PIECES = 12  # of a question; the texts are held against all of it

_COUNTS = """
SELECT w.token, count(t.found) FROM unnest(%s::bigint[]) AS w(token) LEFT JOIN LATERAL (
    SELECT true AS found FROM orders_ordertoken WHERE token = w.token AND store_id = ANY(%s) LIMIT %s
) t ON true GROUP BY 1
"""
# As a value, not as EXISTS: that could be planned as a join with all of a common token's rows.
_HAS_TOO = " AND (SELECT true FROM orders_ordertoken x WHERE x.token = %s AND x.store_id = s.id AND x.order_id = n.order_id)"


def orders_with_words(organization_id: int, store_ids: Sequence[int], question: str) -> list[int]:
    """Primary keys of orders whose remark texts hold every word of the question, newest first, of MOST_CANDIDATES at most."""
    pieces = pieces_of(question)[:MOST_PIECES]
    candidates = _candidates([token_of(organization_id, piece) for piece in pieces], list(store_ids))
    texts = texts_of(candidates)
    runs = runs_of(question)
    return [pk for pk in candidates if _holds(texts.get(pk, ()), runs)]


def _holds(texts: Sequence[str], runs: Sequence[str]) -> bool:
    text = folded("\n".join(texts))
    return all(run in text for run in runs)


def _candidates(tokens: Sequence[int], store_ids: list[int]) -> list[int]:
    """Orders that have all tokens, newest first; of common ones only the newest of each store are looked at."""
    if not tokens:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(tokens), store_ids, MOST_COUNTED])
        counts = dict(cursor.fetchall())
        rarest, *others = sorted(tokens, key=lambda token: counts[token])
        if not counts[rarest]:
            return []
        cursor.execute(
            "SELECT t.order_id FROM unnest(%s::integer[]) AS s(id) CROSS JOIN LATERAL (SELECT n.order_id FROM ("
            "SELECT order_id FROM orders_ordertoken WHERE token = %s AND store_id = s.id ORDER BY order_id DESC LIMIT %s"
            f") n WHERE true{_HAS_TOO * len(others)}) t ORDER BY 1 DESC LIMIT %s",
            [store_ids, rarest, NEWEST_LOOKED_AT if others else MOST_CANDIDATES, *others, MOST_CANDIDATES],
        )
        return [pk for (pk,) in cursor.fetchall()]
