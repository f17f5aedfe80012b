"""Rows for tables a test knows nothing of: the least a table takes, found out from the database itself."""

from django.db import connection

# Tables of organizations whose policy is not the plain one, and the column that names the organization.
OWN_RULES = {"tenants_organization": "id", "tenants_membership": "organization_id"}
# Kept from the application altogether: read through two functions that only give ids away.
WITHHELD = {"tenants_slug"}

VALUES = {
    "integer": "1", "bigint": "1", "smallint": "1", "numeric": "1", "double precision": "1", "boolean": "true",
    "text": "'x'", "character varying": "'x'", "date": "'2025-06-01'", "jsonb": "'{}'", "bytea": "'x'",
    "timestamp with time zone": "'2025-06-01 10:00+08'", "ARRAY": "'{}'", "uuid": "gen_random_uuid()",
}  # fmt: skip


def public_tables(cursor) -> set[str]:
    """Everything in schema public that rows can be read from: tables, views, foreign and partitioned tables."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p')"
    )
    return {row[0] for row in cursor.fetchall()}


def organization_column(table: str) -> str:
    return OWN_RULES.get(table, "organization_id")


def required_columns(cursor, table: str) -> list[tuple[str, str]]:
    """(name, SQL value) of the columns that must be given; a foreign key's value is any row the scope shows."""
    cursor.execute(
        """
        SELECT c.column_name, c.data_type, f.confrelid::regclass::text
        FROM information_schema.columns c LEFT JOIN pg_constraint f
            ON f.contype = 'f' AND f.conrelid = ('public.' || c.table_name)::regclass AND f.conkey = ARRAY[(
                SELECT attnum FROM pg_attribute WHERE attrelid = f.conrelid AND attname = c.column_name)]
        WHERE c.table_schema = 'public' AND c.table_name = %s AND c.is_nullable = 'NO' AND c.column_default IS NULL
            AND c.is_identity = 'NO'
        """,
        [table],
    )
    return [
        (f'"{name}"', f"(SELECT max(id) FROM {target})" if target else VALUES[kind])
        for name, kind, target in cursor.fetchall()
    ]


def insert_row(cursor, table: str, organization_id: int) -> None:
    """One row of an organization, with the least it needs. Errors: the database's own."""
    given = dict(required_columns(cursor, table))
    given[f'"{organization_column(table)}"'] = str(organization_id)
    if "tenants_user" in table:
        given["email"] = f"'{organization_id}@example.com'"
    cursor.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join(given.values())})")


def is_empty(table: str, organization_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT NOT EXISTS (SELECT 1 FROM {table} WHERE {organization_column(table)} = %s)",
            [organization_id],
        )
        return cursor.fetchone()[0]
