"""Writing what the sources say of buyers, products and rates. Every writer may run twice with the same result.

Called inside the organization's scope; facts and change-log lines are one transaction, the caller's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from stores.models import ErasedBuyer, Store
from stores.platforms.records import BuyerRecord, ProductRecord, RateRecord, Refusal
from stores.staging import stage
from tenants.encryption import search_hash


class Written(NamedTuple):
    """What became of the records: counts, and those the database side had to refuse."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = []

    def __add__(self, other):
        return Written(*(a + b for a, b in zip(self, other, strict=True)))


def ids_of(table: str, store: Store, names: Iterable[str], **fields) -> dict[str, int]:
    """{name: id} of the store's buyers or seats with these names; unknown ones are made, with `fields`."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    known: dict[str, int] = {}
    columns, values = "".join(f", {c}" for c in fields), list(fields.values())
    with connection.cursor() as cursor:
        select = f"SELECT name, id FROM {table} WHERE store_id = %s AND name = ANY(%s)"
        cursor.execute(select, [store.pk, wanted])
        known.update(cursor.fetchall())
        missing = [name for name in wanted if name not in known]
        if missing:
            # Sorted, so that two imports that meet the same new names do not lock crosswise.
            cursor.execute(
                f"INSERT INTO {table} (organization_id, store_id, name{columns})"
                f" SELECT %s, %s, name{', %s' * len(fields)} FROM unnest(%s) AS name"
                " ON CONFLICT (organization_id, store_id, name) DO NOTHING RETURNING name, id",
                [store.organization_id, store.pk, *values, missing],
            )
            known.update(cursor.fetchall())
        late = [name for name in wanted if name not in known]
        if late:
            cursor.execute(select, [store.pk, late])
            known.update(cursor.fetchall())
    return known


def buyer_ids(store: Store, names: Iterable[str], masked: bool = False) -> dict[str, int]:
    """{name: id} as `ids_of`; a buyer who was erased is known by the pseudonym's id."""
    wanted = set(names)
    erased = {} if masked else erased_ids(store, wanted)
    return ids_of("stores_buyer", store, wanted - erased.keys(), masked=masked, note="") | erased


def erased_ids(store: Store, names: Iterable[str]) -> dict[str, int]:
    """{name: buyer id} of those names whose buyers asked to be forgotten."""
    known = {
        bytes(name_hash): buyer_id
        for name_hash, buyer_id in ErasedBuyer.objects.filter(store=store).values_list("name_hash", "buyer")
    }
    if not known:
        return {}
    hashed = {name: buyer_name_hash(store, name) for name in names}
    return {name: known[name_hash] for name, name_hash in hashed.items() if name_hash in known}


def buyer_name_hash(store: Store, name: str) -> bytes:
    """What stores_erasedbuyer.name_hash holds for this name."""
    return search_hash(store.organization_id, f"buyer of {store.pk}", name)


def forget_erased(cursor, store: Store, columns: dict[str, str], at: str) -> None:
    """Take what an old file says of erased buyers out of the table `staged`; it has a column buyer_id.

    columns: {column: SQL it is set to}. at: SQL of a row's instant; what is later than the erasure stays.
    """
    cursor.execute(
        f"UPDATE staged SET {', '.join(f'{column} = {value}' for column, value in columns.items())}"
        " FROM stores_erasedbuyer e WHERE e.store_id = %s AND e.buyer_id = staged.buyer_id"
        f" AND coalesce({at}, '-infinity') <= e.erased_at",
        [store.pk],
    )


def seat_ids(store: Store, names: Iterable[str]) -> dict[str, int]:
    return ids_of("team_seat", store, names)


def log_changes(cursor, store: Store, query: str, params: Sequence = ()) -> None:
    """Append to the change log what `query` yields: (buyer_id, seat_id, since, until)."""
    cursor.execute(
        "INSERT INTO stores_change (organization_id, store_id, buyer_id, seat_id, since, until)"
        f" SELECT %s, %s, q.* FROM ({query}) AS q",
        [store.organization_id, store.pk, *params],
    )


def log_store(store: Store) -> None:
    """Append to the change log: the whole store must be derived anew."""
    with connection.cursor() as cursor:
        log_changes(
            cursor, store, "SELECT NULL::integer, NULL::integer, NULL::timestamptz, NULL::timestamptz"
        )


def write_buyers(
    store: Store, records: Sequence[tuple[int, BuyerRecord]], as_of: datetime | None = None
) -> Written:
    erased = erased_ids(store, {r.buyer for _, r in records})
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'name text COLLATE "C", registered_at timestamptz, credit integer, good_rate numeric, note text, row bigint',
            [
                (r.buyer, r.registered_at, r.credit, r.good_rate, r.note, row)
                for row, r in records
                if r.buyer not in erased
            ],
        )
        return upsert(
            cursor,
            store,
            "stores_buyer",
            keys=("name",),
            columns=("registered_at", "credit", "good_rate", "note"),
            fill="SELECT DISTINCT ON (name) name, registered_at, credit, good_rate, note FROM staged"
            " ORDER BY name, row DESC",
            defaults={"note": "''", "masked": "false"},
            read=len(records),
        )


def write_products(
    store: Store, records: Sequence[tuple[int, ProductRecord]], as_of: datetime | None = None
) -> Written:
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'code text COLLATE "C", title text, price numeric, stock integer, counterfeit_risk boolean, row bigint',
            [(r.product_code, r.title, r.price, r.stock, r.counterfeit_risk, row) for row, r in records],
        )
        return upsert(
            cursor,
            store,
            "stores_product",
            keys=("code",),
            columns=("title", "price", "stock", "counterfeit_risk"),
            fill="SELECT DISTINCT ON (code) code, title, price, stock, counterfeit_risk FROM staged"
            " ORDER BY code, row DESC",
            defaults={"title": "''"},
            read=len(records),
        )


def write_rates(
    store: Store, records: Sequence[tuple[int, RateRecord]], as_of: datetime | None = None
) -> Written:
    """Exchange rates belong to the organization; the store only brings them in."""
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            "currency text, day date, rate numeric, row bigint",
            [(r.currency, r.day, r.rate, row) for row, r in records],
        )
        return upsert(
            cursor,
            store,
            "stores_exchangerate",
            keys=("currency", "day"),
            columns=("rate",),
            fill="SELECT DISTINCT ON (currency, day) currency, day, rate FROM staged ORDER BY currency, day, row DESC",
            read=len(records),
            of_store=False,
        )


def upsert(
    cursor,
    store: Store,
    table: str,
    keys: Sequence[str],
    columns: Sequence[str],
    fill: str,
    read: int,
    defaults: dict[str, str] | None = None,
    of_store: bool = True,
) -> Written:
    """Insert or update `table` from `fill` (a SELECT of keys then columns); a blank never erases.

    defaults: SQL values of an inserted row where the source is blank, or says nothing of the column.
    """
    defaults = defaults or {}
    owner = ("organization_id", "store_id") if of_store else ("organization_id",)
    owner_values = [store.organization_id, store.pk][: len(owner)]
    match = " AND ".join(f"t.{k} = s.{k}" for k in keys) + (" AND t.store_id = %s" if of_store else "")
    match_values = [store.pk] if of_store else []
    merged = {c: f"coalesce(s.{c}, t.{c})" for c in columns}
    differs = " OR ".join(f"t.{c} IS DISTINCT FROM {merged[c]}" for c in columns)
    cursor.execute(
        f"UPDATE {table} t SET {', '.join(f'{c} = {v}' for c, v in merged.items())}"
        f" FROM ({fill}) s WHERE {match} AND ({differs})",
        match_values,
    )
    changed = cursor.rowcount
    extra = [c for c in defaults if c not in columns]
    names = [*owner, *keys, *columns, *extra]
    values = [f"coalesce(s.{c}, {defaults[c]})" if c in defaults else f"s.{c}" for c in columns]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)})"
        f" SELECT {', '.join(['%s'] * len(owner) + [f's.{k}' for k in keys] + values + [defaults[c] for c in extra])}"
        f" FROM ({fill}) s ON CONFLICT ({', '.join([*owner, *keys])}) DO NOTHING",
        owner_values,
    )
    new = cursor.rowcount
    return Written(new, changed, read - new - changed, [])
