"""Are the stored facts and daily sums what the raw facts give today? Everything derived anew, compared, undone."""

from typing import NamedTuple

from django.db import connection, transaction

from kpis.facts import Part
from kpis.models import AgentDay, BuyerDay, ChatSession, Inquiry, OrderFact, Round, Satisfaction
from kpis.refresh import LOCK, derive, refresh_until_clean
from kpis.rollups import roll_up
from stores.models import Store
from tenants.audit import record
from tenants.scope import organization_scope

DERIVED = (ChatSession, Round, BuyerDay, OrderFact, Inquiry, Satisfaction, AgentDay)


class Compared(NamedTuple):
    """rows: derived anew; differences: {table: rows that are stored and not derived, or the other way round}."""

    rows: int
    differences: dict[str, int]


def compare_store(store: Store) -> Compared:
    """Hold a store's derived rows against a full derivation, which is rolled back; the outcome is in the audit trail.

    What the change log still holds is refreshed first: a figure that is merely behind does not differ.
    """
    refresh_until_clean(store)
    with organization_scope(store.organization_id):
        with transaction.atomic():
            compared = _derived_anew(store)
            transaction.set_rollback(True)
        told = {"rows": compared.rows, "differences": compared.differences}
        record(None, "figures_compared", store, **told)
    return compared


def _derived_anew(store: Store) -> Compared:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        for model in DERIVED:
            cursor.execute(
                f"CREATE TEMPORARY TABLE stored_{model._meta.db_table} ON COMMIT DROP AS {_rows(model)}",
                [store.pk],
            )
        part = Part(store, None)
        roll_up(part, derive(part))
        rows, differences = 0, {}
        for model in DERIVED:
            count, differing = _compared(cursor, model, store)
            rows += count
            if differing:
                differences[model._meta.db_table] = differing
        return Compared(rows, differences)


def _rows(model) -> str:
    """SELECT of a store's rows without the number the database gave each."""
    columns = [
        f'"{field.column}"' for field in model._meta.concrete_fields if field.column and field.column != "id"
    ]
    return f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE store_id = %s"


def _compared(cursor, model, store: Store) -> tuple[int, int]:
    stored, fresh = f"SELECT * FROM stored_{model._meta.db_table}", _rows(model)
    # ALL: of equal rows each counts.
    cursor.execute(
        f"SELECT (SELECT count(*) FROM ({fresh}) f), (SELECT count(*) FROM ({stored} EXCEPT ALL {fresh}) a)"
        f" + (SELECT count(*) FROM ({fresh} EXCEPT ALL {stored}) b)",
        [store.pk, store.pk, store.pk],
    )
    return cursor.fetchone()
