"""6. What row-level security costs: reads beside copies without a policy, writes beside a role no policy holds."""

import contextlib
import statistics
from functools import partial

import psycopg2

from benchmarks.import_rows import first_messages
from benchmarks.measure import Report, interleaved, ratio, seconds, spread
from benchmarks.surroundings import as_superuser
from config.embedded_postgres import postgres_url

_COPIES = ("kpis_agentday", "stores_store", "policies_attributionrule", "stores_exchangerate", "team_agent")
_ROUNDS = 5


class _TakenBack(Exception):
    """Ends a transaction whose rows nobody wants."""


def security(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    main = run.main()
    _make_copies(run.var_dir, main.organization_id)
    query, params = dashboard_query(main)
    records = first_messages(run.size, run.import_rows // 4)
    bare = psycopg2.connect(postgres_url(run.var_dir, "postgres"))
    try:
        actions = {
            "read, on": partial(_read, _guarded(main.organization_id), query, params, run.requests),
            "read, off": partial(_read, _unguarded(bare, main.organization_id), query, params, run.requests),
            "write, on": partial(_write, _guarded(main.organization_id), main.organization_id, records),
            # Into the same table: a copy would be empty, and its indexes less deep.
            "write, off": partial(
                _write, _unguarded(bare, main.organization_id, "public"), main.organization_id, records
            ),
        }
        found = interleaved(actions, run.repeats + _ROUNDS if run.repeats > 1 else 1)
    finally:
        bare.close()
        as_superuser(run.var_dir, "DROP SCHEMA bare CASCADE")
    report = Report("Row-level security")
    report.add(
        "dashboard query with / without, median", ratio(found, "read, on", "read, off"), 1.15, "at most", "×"
    )
    report.add(
        "write rate with / without, median", ratio(found, "write, off", "write, on"), 0.9, "at least", "×"
    )
    report.notes.append(f"{run.requests} queries and {len(records):,} rows a round: {spread(found)}")
    return report


def dashboard_query(main) -> tuple[str, dict]:
    """What the agents' page asks of all stores for the newest month."""
    from datetime import timedelta

    from benchmarks.dataset import LAST_DAY
    from kpis.figures import EVERYTHING, Query, _asked

    month = Query(LAST_DAY - timedelta(days=29), LAST_DAY, tuple(main.store_ids))
    return _asked(month, "person", None, EVERYTHING)


def _make_copies(var_dir, organization_id: int) -> None:
    """Schema `bare`: tables with the organization's rows, the same indexes and no policy."""
    as_superuser(
        var_dir,
        "DROP SCHEMA IF EXISTS bare CASCADE",
        "CREATE SCHEMA bare",
        *(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)" for table in _COPIES),
        *(
            f"INSERT INTO bare.{table} OVERRIDING SYSTEM VALUE SELECT * FROM public.{table}"
            f" WHERE organization_id = {organization_id}"
            for table in _COPIES
        ),
        *(f"VACUUM ANALYZE bare.{table}" for table in _COPIES),
    )


def _guarded(organization_id: int):
    """A function that runs work on a cursor of the application's role, in the organization's scope."""
    from django.db import connection

    from tenants.scope import organization_scope

    def run(work) -> None:
        with organization_scope(organization_id), connection.cursor() as cursor:
            work(cursor)

    return run


def _unguarded(bare, organization_id: int, schemas: str = "bare, public"):
    """The same as superuser, whom no policy holds; on the copies unless `schemas` says otherwise."""

    def run(work) -> None:
        with bare, bare.cursor() as cursor:
            cursor.execute(f"SET LOCAL search_path = {schemas}")
            cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization_id)])
            work(cursor)

    return run


def _read(within, query: str, params: dict, times: int) -> float:
    """Median seconds of the query."""
    taken: list[float] = []

    def work(cursor) -> None:
        def ask() -> None:
            cursor.execute(query, params)
            cursor.fetchall()

        taken.extend(seconds(ask) for _ in range(times))

    within(work)
    return statistics.median(taken)


def _write(within, organization_id: int, records) -> float:
    """Seconds to insert messages of a store that does not exist from a temporary table; they are taken back."""
    from stores.staging import stage

    taken: list[float] = []

    def work(cursor) -> None:
        stage(
            cursor,
            "raw",
            "id text, at timestamptz, words text",
            [(m.message_id, m.sent_at, m.text) for m in records],
        )
        taken.append(
            seconds(
                lambda: cursor.execute(
                    "INSERT INTO conversations_message (organization_id, store_id, buyer_id, seat_id, sent_at, kind,"
                    " message_id, text) SELECT %s, 0, 1, 1, at, 0, id, words FROM raw"
                    " ON CONFLICT (organization_id, store_id, message_id) DO NOTHING",
                    [organization_id],
                )
            )
        )
        raise _TakenBack

    with contextlib.suppress(_TakenBack):
        within(work)
    return taken[0]
