"""Re-encrypting personal columns under the newest key, after which the older keys may go."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection

from tenants.encryption import EncryptedText, decrypt, encrypt, newest_id
from tenants.scope import organization_scope

BATCH = 1000


def encrypted_columns() -> dict[str, list[str]]:
    """{table: its EncryptedText columns} of every model there is."""
    found = {
        model._meta.db_table: [f.column for f in model._meta.concrete_fields if isinstance(f, EncryptedText)]
        for model in apps.get_models()
    }
    return {table: columns for table, columns in found.items() if columns}


def rotate_columns(organization_id: int, batch: int = BATCH) -> int:
    """Bring the organization's personal columns under the newest key; how many rows were written anew.

    Each batch is one transaction, and a row under the newest key is passed over: a run that died is simply
    repeated. Errors: InvalidTag for a value whose key is not configured; nothing of its batch is changed.
    """
    return sum(
        written
        for table, columns in encrypted_columns().items()
        for written in _rotate_table(organization_id, table, columns, batch)
    )


def walk(
    organization_id: int, table: str, columns: list[str], condition: str, batch: int
) -> Iterator[list[tuple]]:
    """Rows (id, *columns) of a table where `condition` (SQL) holds, by id, locked, each batch in a scope of its own."""
    last = 0
    while True:
        with organization_scope(organization_id), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {', '.join(columns)} FROM {table} WHERE id > %s AND ({condition})"
                " ORDER BY id LIMIT %s FOR UPDATE",
                [last, batch],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield rows


def write_back(table: str, columns: list[str], rows: list[list]) -> None:
    """Set `columns` of the rows (id, *values); values are bytes or None. In the caller's scope."""
    ids, *values = zip(*rows, strict=True)
    arrays = ", ".join(["%s::integer[]", *["%s::bytea[]"] * len(columns)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(f'{c} = u.{c}' for c in columns)}"
            f" FROM unnest({arrays}) AS u(id, {', '.join(columns)}) WHERE t.id = u.id",
            [list(ids), *map(list, values)],
        )


def _rotate_table(organization_id: int, table: str, columns: list[str], batch: int) -> Iterator[int]:
    is_old = _under_old_key(columns)
    for rows in walk(organization_id, table, columns, is_old, batch):
        anew = [
            [number, *(_anew(organization_id, c, v) for c, v in zip(columns, values, strict=True))]
            for number, *values in rows
        ]
        write_back(table, columns, anew)
        yield len(anew)


def _under_old_key(columns: list[str]) -> str:
    newest = newest_id()
    return " OR ".join(f"substr({c}, 1, {len(newest)}) <> decode('{newest.hex()}', 'hex')" for c in columns)


def _anew(organization_id: int, column: str, value: memoryview | None) -> bytes | None:
    text = decrypt(organization_id, column, value)
    return None if text is None else encrypt(organization_id, column, text)


def rows_under_old_keys(organization_id: int) -> dict[str, int]:
    """{table: rows with a value that is not under the newest key}, those without any left out."""
    counts = {}
    with organization_scope(organization_id), connection.cursor() as cursor:
        for table, columns in encrypted_columns().items():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {_under_old_key(columns)}")
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count}
