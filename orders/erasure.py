"""Taking personal data out of orders. What figures are made of (amounts, times, flags) stays."""

from datetime import datetime

from django.db import connection

from orders.imports import HASHES, SECRETS
from orders.tokens import delete_tokens
from stores.models import Store
from tenants.scope import organization_scope

BATCH = 1000
_ERASED = (
    ", ".join(f"{column} = NULL" for column in (*SECRETS, *HASHES))
    + ", personal_erased_at = statement_timestamp()"
)


def erase_finished_orders(organization_id: int, before: datetime, batch: int = BATCH) -> int:
    """Erase the personal columns of orders completed or closed before an instant; how many orders.

    Batches are transactions of their own; what is erased is passed over, so a run that died is repeated. An order
    whose source does not say when it ended counts from the latest time it does say.
    """
    count, last = 0, 0
    while True:
        with organization_scope(organization_id), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH finished AS (
                    SELECT id FROM orders_order
                    WHERE id > %s AND personal_erased_at IS NULL AND status IN ('completed', 'closed')
                        AND coalesce(greatest(completed_at, closed_at), greatest(created_at, paid_at, shipped_at), as_of) < %s
                    ORDER BY id LIMIT %s
                ), erased AS (
                    UPDATE orders_order o SET {_ERASED} FROM finished f WHERE o.id = f.id RETURNING o.id
                )
                SELECT coalesce(array_agg(id), '{{}}') FROM erased
                """,
                [last, before, batch],
            )
            (erased,) = cursor.fetchone()
            delete_tokens(erased)
        if not erased:
            return count
        count, last = count + len(erased), max(erased)


def erase_orders_of(store: Store, buyer_id: int) -> int:
    """Erase the personal columns of a buyer's orders, and the words of their reviews; how many orders. In the
    caller's scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_review SET text = NULL, reply = NULL WHERE store_id = %s AND buyer_id = %s",
            [store.pk, buyer_id],
        )
        cursor.execute(
            f"UPDATE orders_order SET {_ERASED} WHERE store_id = %s AND buyer_id = %s AND personal_erased_at IS NULL"
            " RETURNING id",
            [store.pk, buyer_id],
        )
        erased = [row[0] for row in cursor.fetchall()]
    delete_tokens(erased)
    return len(erased)
