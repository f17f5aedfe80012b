"""Taking chats out of the database: whole messages when their time is over, the words alone of an erased buyer."""

from datetime import datetime

from django.db import connection

from stores.models import Store
from tenants.encryption import encrypt
from tenants.scope import organization_scope

BUYERS_AT_ONCE = 500
BATCH = 1000


def delete_messages(store: Store, before: datetime, buyers: int = BUYERS_AT_ONCE) -> int:
    """Delete the store's messages sent before an instant; how many. Their days must be sealed (kpis/retention.py).

    Goes from buyer to buyer, because messages are indexed so; the messages of 500 buyers are one transaction, and
    a run that died is repeated.
    """
    count, last = 0, 0
    while True:
        with organization_scope(store.organization_id), connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(id) FROM (SELECT id FROM stores_buyer WHERE store_id = %s AND id > %s"
                " ORDER BY id LIMIT %s) AS next_buyers",
                [store.pk, last, buyers],
            )
            (ids,) = cursor.fetchone()
            if not ids:
                return count
            cursor.execute(
                "DELETE FROM conversations_message WHERE store_id = %s AND buyer_id = ANY(%s) AND sent_at < %s",
                [store.pk, ids, before],
            )
            count, last = count + cursor.rowcount, max(ids)


def erase_old_rating_words(store: Store, before: datetime, batch: int = BATCH) -> int:
    """Empty what buyers wrote with ratings given before an instant; how many. The stars stay. As of messages."""
    return _in_batches(
        store.organization_id,
        "UPDATE conversations_rating SET text = '' WHERE id IN (SELECT id FROM conversations_rating"
        " WHERE store_id = %s AND rated_at < %s AND text <> '' LIMIT %s)",
        [store.pk, before, batch],
        batch,
    )


def erase_old_calls(organization_id: int, before: datetime, batch: int = BATCH) -> int:
    """Empty what was written down of calls made before an instant; how many. That they were made stays."""
    # Equal texts are equal bytes under one key: what is empty already is passed over.
    empty = encrypt(organization_id, "about", "")
    return _in_batches(
        organization_id,
        "UPDATE conversations_phonecall SET about = %s, outcome = NULL WHERE id IN (SELECT id FROM"
        " conversations_phonecall WHERE called_at < %s AND (about <> %s OR outcome IS NOT NULL) LIMIT %s)",
        [empty, before, empty, batch],
        batch,
    )


def _in_batches(organization_id: int, statement: str, params: list, batch: int) -> int:
    """Run an UPDATE until it finds less than a whole batch, each in a transaction of its own."""
    count, done = 0, batch
    while done == batch:
        with organization_scope(organization_id), connection.cursor() as cursor:
            cursor.execute(statement, params)
            done = cursor.rowcount
        count += done
    return count


def erase_words_of(store: Store, buyer_id: int, order_ids: list[str]) -> int:
    """Empty a buyer's messages, which stay as facts; how many. What they said of sessions and what was written down
    of calls with them, or of their orders, goes too. In the caller's scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_rating SET text = '' WHERE store_id = %s AND buyer_id = %s",
            [store.pk, buyer_id],
        )
        cursor.execute(
            "UPDATE conversations_phonecall SET about = %s, outcome = NULL"
            " WHERE store_id = %s AND (buyer_id = %s OR order_id = ANY(%s))",
            [encrypt(store.organization_id, "about", ""), store.pk, buyer_id, order_ids],
        )
        cursor.execute(
            "UPDATE conversations_message SET text = '' WHERE store_id = %s AND buyer_id = %s AND text <> ''",
            [store.pk, buyer_id],
        )
        return cursor.rowcount
