"""Making anew the hashes by which receivers are found, when settings.SEARCH_KEY has changed."""

from orders.imports import HASHES
from tenants.encryption import decrypt
from tenants.rotation import BATCH, walk, write_back


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


def _hashes(organization_id: int, values: list) -> list[bytes | None]:
    texts = [
        decrypt(organization_id, source, value)
        for (source, _), value in zip(HASHES.values(), values, strict=True)
    ]
    return [
        None if text is None else hash_of(organization_id, text)
        for (_, hash_of), text in zip(HASHES.values(), texts, strict=True)
    ]
