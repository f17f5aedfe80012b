"""3. All rollups anew: PostgreSQL on two connections beside DuckDB on two threads, compared cell by cell.

Twice: over figures that stand, where every fact is derived and compared and only what differs is written, and from
no figures at all, where every fact is written too.
"""

from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from benchmarks import yardstick
from benchmarks.measure import Report, interleaved, ratio, seconds, spread
from benchmarks.statements import StatementTimes
from benchmarks.surroundings import as_superuser


def rebuild(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    main = run.main()
    rows: list[tuple] = []

    def with_duckdb() -> float:
        rows.clear()
        return seconds(lambda: rows.extend(yardstick.compute(main.parquet)))

    def over_figures() -> float:
        return rebuild_all(run.pool, main.organization_id, main.store_ids)

    def from_nothing() -> float:
        forget_figures(run)
        return over_figures()

    actions = {"over figures": over_figures, "from nothing": from_nothing, "DuckDB": with_duckdb}
    over_figures()
    run.vacuum()
    return _report(run, main, interleaved(actions, run.repeats), rows)


def _report(run, main, found: dict[str, list[float]], rows: list[tuple]) -> Report:
    different = differences(rows, stored_rows(main))
    report = Report("Full rebuild of the rollups")
    for name, told in {
        "over figures": "figures that stand derived anew",
        "from nothing": "figures derived where there were none",
    }.items():
        report.add(
            f"{told}: PostgreSQL, 2 connections / DuckDB, 2 threads",
            ratio(found, name, "DuckDB"),
            2.5,
            "at most",
            "×",
        )
    report.add("cells that differ between the two", len(different), 0)
    report.add("cells compared", len(rows) * len(rows[0]))
    report.add("messages/s", run.size.messages / min(found["over figures"]))
    report.notes.append(f"{run.size.messages:,} messages, {run.repeats} rounds: {spread(found)}")
    report.notes += [f"differs: {line}" for line in different[:5]]
    for name, prepare in {"over figures": run.vacuum, "from nothing": lambda: forget_figures(run)}.items():
        prepare()
        shares = statement_shares(run, main)
        report.notes.append(f"where the time goes {name} (seconds of both connections): {shares}")
    return report


def forget_figures(run) -> None:
    """Take every stored fact and daily sum away, of all organizations: the next rebuild finds none."""
    from kpis.compare import DERIVED

    tables = [model._meta.db_table for model in DERIVED]
    as_superuser(run.var_dir, f"TRUNCATE {', '.join(tables)}")


def rebuild_all(pool: ProcessPoolExecutor, organization_id: int, store_ids: list[int]) -> float:
    """Seconds to derive every store anew, the largest first, over the pool's processes."""
    return seconds(
        lambda: [job.result() for job in [pool.submit(rebuild_store, organization_id, s) for s in store_ids]]
    )


def rebuild_store(organization_id: int, store_id: int) -> dict[str, float]:
    """One store's figures anew; seconds by statement."""
    from kpis.refresh import refresh_store
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        store = Store.objects.get(pk=store_id)
    with StatementTimes() as times:
        refresh_store(store, whole=True)
    return times.seconds


def statement_shares(run, main) -> str:
    total: dict[str, float] = defaultdict(float)
    for job in [run.pool.submit(rebuild_store, main.organization_id, s) for s in main.store_ids]:
        for name, taken in job.result().items():
            total[name] += taken
    costly = sorted(total.items(), key=lambda item: -item[1])[:12]
    return "; ".join(f"{name} {taken:.1f}" for name, taken in costly)


def stored_rows(main) -> list[tuple]:
    """The product's rows in the yardstick's shape: numbers of stores and agents, money in cents."""
    from django.db import connection

    from kpis.rollups import FIGURES
    from tenants.scope import organization_scope

    money = {"paid_amount", "refunded_amount", "excluded_amount", "owned_amount"}
    figures = ", ".join(f"({f} * 100)::bigint" if f in money else f for f in FIGURES)
    with organization_scope(main.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT store_id, day, CASE WHEN a.id IS NULL THEN d.agent_id ELSE right(a.name, 1)::integer + 1 END,"
            f" {figures}, response_bins FROM kpis_agentday d LEFT JOIN team_agent a ON a.id = d.agent_id"
        )
        return [(main.store_ids.index(row[0]), *row[1:]) for row in cursor.fetchall()]


def differences(expected: list[tuple], found: list[tuple]) -> list[str]:
    """Every cell in which two lists of rows differ, in words; rows are keyed by their first three columns."""
    from kpis.rollups import FIGURES

    wanted, stored = ({row[:3]: row[3:] for row in rows} for rows in (expected, found))
    lines = [f"{key} only in DuckDB" for key in wanted.keys() - stored.keys()]
    lines += [f"{key} only in PostgreSQL" for key in stored.keys() - wanted.keys()]
    names = (*FIGURES, "response_bins")
    for key in wanted.keys() & stored.keys():
        lines += [
            f"{key} {name}: DuckDB {a}, PostgreSQL {b}"
            for name, a, b in zip(names, wanted[key], stored[key], strict=True)
            if a != b
        ]
    return sorted(lines)
