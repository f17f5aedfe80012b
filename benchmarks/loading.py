"""Bringing the made-up organization into the database through the product's writers, and into Parquet."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.dataset import Size, seats, store_days
from benchmarks.parquet import StoreTables

CHUNK = 20_000  # records in one transaction, as intake does it


def make_organization(slug: str, size: Size) -> tuple[int, list[int]]:
    """An empty organization with its stores and their first rule; (organization id, store ids by number)."""
    from django.db import connection

    from policies.models import AttributionRule
    from stores.models import Store
    from tenants.models import Organization
    from tenants.scope import organization_scope

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organization', 'id'))")
        number = cursor.fetchone()[0]
    with organization_scope(number):
        organization = Organization.objects.create(pk=number, slug=slug, name=slug)
        store_ids = []
        for store in range(size.stores):
            made = Store.objects.create(
                organization=organization,
                code=f"s{store:02d}",
                name=f"Store {store}",
                platform="taobao",
                time_zone="Asia/Shanghai",
                currency="CNY",
            )
            AttributionRule.objects.create(organization=organization, store=made, number=1, since=date.min)
            store_ids.append(made.pk)
    return number, store_ids


def load(
    pool: ProcessPoolExecutor, slug: str, size: Size, parquet: Path | None = None
) -> tuple[int, list[int], float]:
    """Import all of it over the pool's processes; (organization id, store ids, seconds)."""
    organization_id, store_ids = make_organization(slug, size)
    started = time.perf_counter()
    jobs = [
        pool.submit(load_store, organization_id, pk, size, number, parquet)
        for number, pk in enumerate(store_ids)
    ]
    for job in jobs:
        job.result()
    return organization_id, store_ids, time.perf_counter() - started


def load_store(organization_id: int, store_id: int, size: Size, number: int, parquet: Path | None) -> None:
    """One store's people, chats, orders and refunds; also written to `parquet` if given."""
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        store = Store.objects.get(pk=store_id)
    write(store, seats(number))
    tables = StoreTables(parquet, number) if parquet else None
    waiting: dict[str, list] = {"messages": [], "orders": [], "refunds": []}
    for made in store_days(size, number):
        if tables:
            tables.add(made)
        for name, records in waiting.items():
            records += getattr(made, name)
            while len(records) >= CHUNK:
                write(store, records[:CHUNK])
                del records[:CHUNK]
    for records in waiting.values():
        write(store, records)
    if tables:
        tables.close()


def write(store, records: Sequence[Any]):
    """One transaction of the product's writer for these records (all of one type); what it says of them."""
    from intake.writers import WRITERS
    from tenants.scope import organization_scope

    if not records:
        return None
    with organization_scope(store.organization_id):
        return WRITERS[type(records[0])](store, list(enumerate(records, 1)), None)


def chunks(records: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The records in lists of `size`."""
    iterator = iter(records)
    while chunk := list(islice(iterator, size)):
        yield chunk
