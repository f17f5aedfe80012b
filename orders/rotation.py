"""Making anew the hashes by which receivers and words of remarks are found, when settings.SEARCH_KEY has changed."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Q

from orders.imports import HASHES
from orders.models import Order
from orders.remark_models import Remark
from orders.tokens import refresh_tokens
from stores.models import Store
from tenants.encryption import decrypt
from tenants.rotation import BATCH, walk, write_back
from tenants.scope import organization_scope


def rehash_receivers(organization_id: int, batch: int = BATCH) -> int:
    """Write every order's hashes under the present SEARCH_KEY; how many orders. May be repeated.

    Until it is through, orders it has not reached are not found by phone or name.
    """
    sources, columns = [source for source, _ in HASHES.values()], list(HASHES)
    is_known = " OR ".join(f"{source} IS NOT NULL" for source in sources)
    count = 0
    for rows in walk(organization_id, "orders_order", sources, is_known, batch):
        write_back("orders_order", columns, [[n, *_hashes(organization_id, values)] for n, *values in rows])
        count += len(rows)
    return count


def remake_tokens(organization_id: int, batch: int = BATCH) -> int:
    """Write the words of all orders' remarks under the present SEARCH_KEY; how many orders. May be repeated.

    Each batch is one transaction. Also makes findable what was imported before words were kept.
    """
    count = last = 0
    written = Remark.objects.filter(store=OuterRef("store"), order=OuterRef("pk"))
    while True:
        with organization_scope(organization_id):
            told = Order.objects.filter(Q(seller_memo__isnull=False) | Exists(written), pk__gt=last)
            rows = list(told.order_by("pk").select_for_update().values_list("store_id", "pk")[:batch])
            if not rows:
                return count
            by_store = defaultdict(list)
            for store_id, pk in rows:
                by_store[store_id].append(pk)
            for store in Store.objects.filter(pk__in=by_store):
                refresh_tokens(store, by_store[store.pk])
            count, last = count + len(rows), rows[-1][1]


def _hashes(organization_id: int, values: list) -> list[bytes | None]:
    texts = [
        decrypt(organization_id, source, value)
        for (source, _), value in zip(HASHES.values(), values, strict=True)
    ]
    return [
        None if text is None else hash_of(organization_id, text)
        for (_, hash_of), text in zip(HASHES.values(), texts, strict=True)
    ]
