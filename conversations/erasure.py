"""Taking chats out of the database: whole messages when their time is over, the words alone of an erased buyer."""

from datetime import datetime

from django.db import connection

from stores.models import Store
from tenants.encryption import encrypt
from tenants.scope import organization_scope

BUYERS_AT_ONCE = 500


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


def erase_words_of(store: Store, buyer_id: int) -> int:
    """Empty a buyer's messages, which stay as facts; how many. What they said of sessions and what was written down
    of calls with them goes too. In the caller's scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_rating SET text = '' WHERE store_id = %s AND buyer_id = %s",
            [store.pk, buyer_id],
        )
        cursor.execute(
            "UPDATE conversations_phonecall SET about = %s, outcome = NULL WHERE store_id = %s AND buyer_id = %s",
            [encrypt(store.organization_id, "about", ""), store.pk, buyer_id],
        )
        cursor.execute(
            "UPDATE conversations_message SET text = '' WHERE store_id = %s AND buyer_id = %s AND text <> ''",
            [store.pk, buyer_id],
        )
        return cursor.rowcount
