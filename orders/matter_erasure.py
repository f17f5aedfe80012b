"""Taking what people wrote of buyers out of remarks, promises, cases, complaints, reviews, feedback and buyers' cards.

That something happened, when, by whom and for how much stays; words, pictures and papers go. Remarks are append-only:
with the key of their order they become unreadable (orders/remark_models.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from orders.attachments import discard_attachments
from orders.remark_models import About
from orders.tokens import delete_tokens
from stores.models import Store
from tenants.scope import organization_scope

BATCH = 1000


class Matter(NamedTuple):
    """A kind of dossier. table: has `id`, what `about_id` of notes and attachments is; a place of `x`.

    words: (table of the words, its columns); ended: SQL condition that the matter was over before %(before)s;
    of_buyer: SQL condition that it is about %(buyer)s or an order of %(order_ids)s.
    """

    name: str
    about: About
    table: str
    words: tuple[str, tuple[str, ...]]
    ended: str
    of_buyer: str = "(x.buyer_id = %(buyer)s OR x.order_id = ANY(%(order_ids)s))"
    match: str = "w.id = x.id"


_OVER = "(x.status IN ('completed', 'closed') AND coalesce(greatest(x.completed_at, x.closed_at)," \
    " greatest(x.created_at, x.paid_at, x.shipped_at), x.as_of) < %(before)s)"  # fmt: skip
MATTERS = (
    Matter(
        "order_dossiers", About.ORDER, "orders_order", ("orders_remarkkey", ("key",)), _OVER, "x.buyer_id = %(buyer)s",
        "w.order_id = x.id",
    ),
    Matter(
        "promises", About.PROMISE, "orders_promise", ("orders_promise", ("text", "proof")),
        "(x.state <> 'open' AND coalesce(x.settled_at, x.due_at) < %(before)s)",
    ),
    Matter("cases", About.CASE, "orders_case", ("orders_case", ("story",)), "x.closed_at < %(before)s"),
    Matter(
        "complaints", About.COMPLAINT, "orders_complaint", ("orders_complaint", ("story",)), "x.closed_at < %(before)s"
    ),
    Matter(
        "concessions", About.CONCESSION, "orders_concession", ("orders_concession", ("text", "answer")),
        "(x.state <> 'asked' AND coalesce(x.decided_at, x.asked_at) < %(before)s)",
    ),
    Matter(
        "feedback", About.FEEDBACK, "orders_feedback", ("orders_feedback", ("text", "result")),
        "(x.state IN ('done', 'declined') AND x.changed_at < %(before)s)",
    ),
    Matter(
        "review_dossiers", About.REVIEW, "orders_review", ("orders_reviewhandling", ("reply_draft",)),
        "NOT EXISTS (SELECT 1 FROM orders_reviewhandling h WHERE h.store_id = x.store_id AND h.review_id = x.review_id"
        " AND h.changed_at >= %(before)s) AND coalesce(x.created_at, x.replied_at) < %(before)s",
        match="w.store_id = x.store_id AND w.review_id = x.review_id",
    ),
    # What is known of a buyer goes when neither the card nor any order of theirs is newer.
    Matter(
        "buyer_cards", About.BUYER, "stores_buyer", ("orders_buyercard", ("preferences", "treatment")),
        "NOT EXISTS (SELECT 1 FROM orders_buyercard c WHERE c.store_id = x.store_id AND c.buyer_id = x.id"
        " AND c.changed_at >= %(before)s) AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.store_id = x.store_id"
        " AND o.buyer_id = x.id AND coalesce(o.created_at, o.paid_at, o.as_of) >= %(before)s)",
        "x.id = %(buyer)s", "w.store_id = x.store_id AND w.buyer_id = x.id",
    ),
)  # fmt: skip


def erase_finished_matters(
    organization_id: int, before: datetime, batch: int = BATCH, matters: Sequence[Matter] = MATTERS
) -> dict[str, int]:
    """Erase words, files and remarks of what was over before an instant; {name of the matter: how many}.

    Batches are transactions of their own; what holds nothing any more is passed over, so a run that died is repeated.
    What is still open keeps its words: somebody works by them.
    """
    counts = {}
    for matter in matters:
        counts[matter.name], done = 0, batch
        while done == batch:
            with organization_scope(organization_id):
                done = _erase(matter, matter.ended, {"before": before, "batch": batch})
            counts[matter.name] += done
    return counts


def erase_matters_of(
    store: Store, buyer_id: int, order_ids: Sequence[str], matters: Sequence[Matter] = MATTERS
) -> dict[str, int]:
    """Erase words, files and remarks of all that is about a buyer or an order of theirs, open or over; {name of the
    matter: how many}. In the caller's scope and transaction."""
    known = {"store": store.pk, "buyer": buyer_id, "order_ids": list(order_ids), "batch": None}
    counts = {
        matter.name: _erase(matter, f"x.store_id = %(store)s AND {matter.of_buyer}", known)
        for matter in matters
    }
    with connection.cursor() as cursor:
        # That somebody unknown is the same person as somebody known would make them known.
        cursor.execute("DELETE FROM orders_buyerlink WHERE %(buyer)s IN (buyer_id, other_id)", known)
    return counts


def _erase(matter: Matter, condition: str, params: dict) -> int:
    """Erase at most `batch` of the matters that hold anything and meet the condition; how many."""
    table, columns = matter.words
    told = " OR ".join(f"w.{column} IS NOT NULL" for column in columns)
    with connection.cursor() as cursor:
        # From what is held, which is little, to what it is held on.
        cursor.execute(
            f"""
            SELECT x.id FROM (
                SELECT x.id FROM {table} w JOIN {matter.table} x ON {matter.match} WHERE {told}
                UNION SELECT about_id FROM orders_dossiernote WHERE about = %(about)s
                UNION SELECT about_id FROM orders_attachment WHERE about = %(about)s
            ) AS held JOIN {matter.table} x ON x.id = held.id WHERE {condition} ORDER BY x.id LIMIT %(batch)s
            """,
            params | {"about": matter.about},
        )
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        if matter.about == About.ORDER:
            cursor.execute(f"DELETE FROM {table} WHERE order_id = ANY(%s)", [ids])
            delete_tokens(ids)
        else:
            empty = ", ".join(f"{column} = NULL" for column in columns)
            cursor.execute(
                f"UPDATE {table} w SET {empty} FROM {matter.table} x WHERE {matter.match} AND x.id = ANY(%s)",
                [ids],
            )
        cursor.execute(
            "DELETE FROM orders_dossiernote WHERE about = %s AND about_id = ANY(%s)", [matter.about, ids]
        )
    discard_attachments(matter.about, ids)
    return len(ids)
