"""Words of orders' remarks as keyed numbers, so that orders are found by them under row-level security.

Equality is all an index does there (docs/decisions/search-tokens.md). A text is cut into pieces: pairs of neighbouring
CJK characters, words of other letters, numbers. The table holds a keyed hash of each, which reveals nothing to read.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection

from orders.models import Order
from orders.remark_seals import current_texts
from stores.models import Store
from stores.staging import stage_lines
from tenants.encryption import search_hash

MOST_TOKENS = 200  # of one order; a longer text is found by its beginning
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Sizes such as 1.24 are one number; the x of 1.24x2 is none of it.
_PIECE = re.compile(rf"[{_CJK}]+|\d+(?:\.\d+)*|(?:(?![{_CJK}])[^\W\d_])+")
_IS_CJK = re.compile(f"[{_CJK}]")


def folded(text: str) -> str:
    """A text as it is compared: full-width forms and case do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs_of(text: str) -> list[str]:
    """The folded text's runs of CJK characters, words and numbers, without what stands between them."""
    return _PIECE.findall(folded(text))


def pieces_of(text: str) -> list[str]:
    """The pieces a text is found by, in their order, each once: `1.24×2米 顺丰` → 1.24, 顺丰 (one character is none)."""
    found: dict[str, None] = {}
    for run in runs_of(text):
        if _IS_CJK.match(run):
            found.update(dict.fromkeys(run[n : n + 2] for n in range(len(run) - 1)))
        elif len(run) > 1:
            found[run] = None
    return list(found)


def token_of(organization_id: int, piece: str) -> int:
    """What orders_ordertoken.token holds for a piece: 8 bytes of its keyed hash as a signed number."""
    return int.from_bytes(search_hash(organization_id, "remark", piece)[:8], "big", signed=True)


def tokens_of(organization_id: int, text: str) -> set[int]:
    """The tokens of a text's first MOST_TOKENS pieces."""
    return {token_of(organization_id, piece) for piece in pieces_of(text)[:MOST_TOKENS]}


def refresh_tokens(store: Store, order_pks: Iterable[int]) -> None:
    """Bring the tokens of these orders of the store to what their texts say, in the caller's transaction."""
    pks = sorted(set(order_pks))
    if not pks:
        return
    texts = texts_of(pks)
    known: dict[str, int] = {}
    wanted = {}
    for pk in pks:
        pieces = pieces_of("\n".join(texts.get(pk, ())))[:MOST_TOKENS]
        for piece in pieces:
            if piece not in known:
                known[piece] = token_of(store.organization_id, piece)
        wanted[pk] = {known[piece] for piece in pieces}
    with connection.cursor() as cursor:
        set_tokens(cursor, store, wanted)


def set_tokens(cursor, store: Store, wanted: dict[int, set[int]]) -> None:
    """Make these the tokens of orders of the store, and no others. wanted: {order's primary key: tokens}."""
    lines = [f"{pk}\t{token}" for pk, tokens in wanted.items() for token in tokens]
    stage_lines(cursor, "staged_token", "order_id integer, token bigint", lines)
    cursor.execute(
        "DELETE FROM orders_ordertoken t WHERE t.store_id = %s AND t.order_id = ANY(%s) AND NOT EXISTS ("
        "SELECT FROM staged_token s WHERE s.order_id = t.order_id AND s.token = t.token)",
        [store.pk, list(wanted)],
    )
    # By token: neighbours in the index are written one after another.
    cursor.execute(
        "INSERT INTO orders_ordertoken (organization_id, token, store_id, order_id)"
        " SELECT %s, token, %s, order_id FROM staged_token ORDER BY token ON CONFLICT DO NOTHING",
        [store.organization_id, store.pk],
    )


def delete_tokens(order_pks: Iterable[int]) -> int:
    """Forget the words of orders, of whichever stores, as their texts are erased; how many tokens. In the caller's scope."""
    pks = sorted(set(order_pks))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM orders_ordertoken t USING orders_order o WHERE o.id = ANY(%s) AND t.store_id = o.store_id"
            " AND t.order_id = o.id",
            [pks],
        )
        return cursor.rowcount


def texts_of(order_pks: Iterable[int]) -> dict[int, list[str]]:
    """{order's primary key: its texts, ours first} of those orders that have any. Three statements, in a scope."""
    pks = list(order_pks)
    texts = {pk: [text] for pk, text in current_texts(pks).items()}
    orders = Order.objects.filter(pk__in=pks, seller_memo__isnull=False).only(
        "organization_id", "seller_memo"
    )
    for order in orders:
        texts.setdefault(order.pk, []).append(order.decrypted("seller_memo") or "")
    return texts
