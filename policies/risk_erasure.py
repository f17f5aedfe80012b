"""Risk and those who asked to be forgotten; signs too old to count. The reasons people gave are the dossier's
(orders/matter_erasure.py)."""

from datetime import datetime, timedelta

from django.db import connection

from policies.risk_kinds import LONGEST_DAYS
from stores.models import Store
from tenants.scope import organization_scope


def forget_risk(store: Store, buyer_id: int) -> dict[str, int]:
    """Delete a buyer's signs and standing, and the signs of others that name them; {"risk_signs": how many}. In the
    caller's scope and transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM policies_riskstanding WHERE store_id = %s AND buyer_id = %s", [store.pk, buyer_id]
        )
        cursor.execute(
            "DELETE FROM policies_risksignal WHERE (store_id = %s AND buyer_id = %s)"
            " OR (kind = 'shares_address' AND evidence -> 'buyers' @> to_jsonb(%s::integer)) RETURNING kind",
            [store.pk, buyer_id, buyer_id],
        )
        gone = [kind for (kind,) in cursor.fetchall()]
        if "shares_address" in gone:
            # Who shared with somebody else as well still does: the next look finds it.
            cursor.execute("UPDATE policies_riskstanding SET spread = false WHERE state = 'confirmed'")
    return {"risk_signs": len(gone)}


def drop_old_signs(organization_id: int, now: datetime) -> int:
    """Delete signs whose facts are older than any sign may count; how many. And have those who share with confirmed
    buyers looked at again: how many have a phone changes with orders of others. Opens the scope itself."""
    with organization_scope(organization_id), connection.cursor() as cursor:
        cursor.execute("UPDATE policies_riskstanding SET spread = false WHERE state = 'confirmed' AND spread")
        cursor.execute(
            "DELETE FROM policies_risksignal WHERE fact_at < %s", [now - timedelta(days=LONGEST_DAYS)]
        )
        return cursor.rowcount
