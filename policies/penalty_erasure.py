"""Words people wrote into fines and points go with the buyer they are about, and when personal data expires."""

from datetime import datetime

from django.db import connection

from orders.remark_models import About
from stores.models import Store
from tenants.scope import organization_scope

_OF_BUYER = "x.store_id = %(store)s AND (x.buyer_id = %(buyer)s OR x.order_id = ANY(%(order_ids)s))"
_NOTES = "DELETE FROM orders_dossiernote n USING policies_fine x WHERE n.about = %(about)s AND n.about_id = x.id AND {which}"
_POINTS = (
    "UPDATE policies_pointentry x SET words = NULL, answer = NULL"
    " WHERE (x.words IS NOT NULL OR x.answer IS NOT NULL) AND {which}"
)


def forget_penalty_words(store: Store, buyer_id: int, order_ids: list[str]) -> dict[str, int]:
    """Empty what was written about a buyer's orders in fines and points; {"penalties": how many}. In the caller's
    scope and transaction. That somebody was fined, when and how much, stays."""
    return {"penalties": _run(_OF_BUYER, {"store": store.pk, "buyer": buyer_id, "order_ids": order_ids})}


def erase_old_penalty_words(organization_id: int, before: datetime) -> dict[str, int]:
    """Empty what was written of fines and points that were settled before an instant. Repeats find nothing."""
    with organization_scope(organization_id):
        ended = {"before": before}
        with connection.cursor() as cursor:
            cursor.execute(
                _NOTES.format(which="x.state IN ('final', 'lifted', 'dismissed', 'lapsed') AND coalesce(x.settled_at, x.proposed_at) < %(before)s"),
                ended | {"about": About.FINE},
            )  # fmt: skip
            count = cursor.rowcount
            cursor.execute(_POINTS.format(which="x.state <> 'appealed' AND x.changed_at < %(before)s"), ended)
            return {"penalties": count + cursor.rowcount}


def _run(which: str, params: dict) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NOTES.format(which=which), params | {"about": About.FINE})
        count = cursor.rowcount
        cursor.execute(_POINTS.format(which=which), params)
        return count + cursor.rowcount
