"""What a database holds, in sums: written beside a backup, and compared with what a restore brought back."""

import hashlib

from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier

_WHOLE_NUMBERS = ("smallint", "integer", "bigint", "numeric")
# The text of a row must not depend on who asks.
_SAME_EVERYWHERE = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'"


def fingerprint(key: str) -> str:
    """16 hex digits by which a key of FIELD_KEYS is known; the key cannot be told from them."""
    return hashlib.sha256(b"kefudesk/fingerprint/" + key.encode()).hexdigest()[:16]


def table_sums(connection: Connection) -> dict[str, dict]:
    """{table: {"privileges": […], "organizations": {id or "": {"rows", "sums": {column: text}, "digest"}}}}.

    In the connection's transaction, by a role that row-level security does not bind. sums: of whole and decimal
    columns. digest: a sum over hashes of whole rows, so that any value that differs shows, in whatever order.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SAME_EVERYWHERE)
        cursor.execute(
            "SELECT relname, relacl::text[] FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
        )
        tables = cursor.fetchall()
        return {
            table: {"privileges": sorted(privileges or []), "organizations": _sums_of(cursor, table)}
            for table, privileges in tables
        }


def _sums_of(cursor, table: str) -> dict[str, dict]:
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    columns = dict(cursor.fetchall())
    numbers = [name for name, kind in columns.items() if kind in _WHOLE_NUMBERS]
    key = "organization_id" if "organization_id" in columns else None
    if table == "tenants_organization":
        key = "id"
    sums = [SQL("coalesce(sum({}), 0)::text").format(Identifier(name)) for name in numbers]
    cursor.execute(
        SQL(
            "SELECT {key}, count(*), sum(hashtextextended(t::text, 0)::numeric)::text{sums} FROM {table} t GROUP BY 1"
        ).format(
            key=SQL("coalesce({}::text, '')").format(Identifier(key)) if key else SQL("''"),
            sums=SQL("").join(SQL(", ") + one for one in sums),
            table=Identifier(table),
        )
    )
    return {
        organization: {"rows": rows, "digest": digest, "sums": dict(zip(numbers, values, strict=True))}
        for organization, rows, digest, *values in cursor.fetchall()
    }


def differences(expected: dict[str, dict], found: dict[str, dict]) -> list[str]:
    """How two `table_sums` differ, a line for each table and organization; empty where they are the same."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        if table not in found or table not in expected:
            lines.append(f"{table}: {'missing' if table not in found else 'not in the backup'}")
            continue
        before, after = expected[table], found[table]
        if before["privileges"] != after["privileges"]:
            lines.append(f"{table}: privileges {before['privileges']} → {after['privileges']}")
        for organization in sorted(before["organizations"].keys() | after["organizations"].keys()):
            one, other = (side["organizations"].get(organization) for side in (before, after))
            if one != other:
                lines.append(f"{table}, organization {organization or 'none'}: {_told(one)} → {_told(other)}")
    return lines


def _told(sums: dict | None) -> str:
    if sums is None:
        return "no rows"
    return f"{sums['rows']} rows, sums {sums['sums']}, digest {sums['digest']}"


def row_total(tables: dict[str, dict]) -> int:
    return sum(sums["rows"] for table in tables.values() for sums in table["organizations"].values())
