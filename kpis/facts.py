"""Replacing derived facts: only rows that differ are touched, and the business days they lie on are noted."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from stores.business_days import day_params
from stores.models import Store


class Part(NamedTuple):
    """What is being derived: one store, all of it or some of its buyers. The parameters of every derivation.

    buyers None: all of the store. Buyer 0 stands for orders without a buyer.
    """

    store: Store
    buyers: Sequence[int] | None

    @property
    def params(self) -> dict:
        store = self.store
        return {
            "organization": store.organization_id,
            "store": store.pk,
            **day_params(store),
            "gap": f"{store.session_gap_minutes} minutes",
            "buyers": list(self.buyers or []),
        }

    def only(self, column: str) -> str:
        """SQL condition that keeps this part's buyers. A literal array keeps the index order, a table would not."""
        return "" if self.buyers is None else f"AND {column} = ANY(%(buyers)s)"


def rule_on(day: str, alias: str = "r") -> str:
    """SQL join of the attribution rule valid on a business day: the latest start, then the highest number.

    Each version is valid until the next one's start, so a join takes the place of a look-up for each row.
    """
    return (
        "JOIN (SELECT v.*, lead(v.since, 1, 'infinity') OVER (ORDER BY v.since, v.number) AS valid_before"
        f" FROM policies_attributionrule v WHERE v.store_id = %(store)s) AS {alias}"
        f" ON {alias}.since <= {day} AND {day} < {alias}.valid_before"
    )


def is_sealed(day: str) -> str:
    """SQL condition that chats of a business day may be gone, so that its chat facts stay as they are."""
    return f"EXISTS (SELECT 1 FROM kpis_sealedday z WHERE z.store_id = %(store)s AND z.day = {day})"


def prepare_days() -> None:
    """An empty temporary table `dirty_day` for the days that turn out to differ."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS dirty_day")
        cursor.execute("CREATE TEMPORARY TABLE dirty_day (day date NOT NULL) ON COMMIT DROP")


def replace(
    part: Part,
    table: str,
    fresh: str,
    key: Sequence[str],
    columns: Sequence[str],
    days: str,
    of_chats: bool = False,
) -> int:
    """Make `table`'s rows of this part equal to the temporary table `fresh`; returns how many rows differed.

    days: SQL of a row's business days (an expression over `x`, dates or NULL), which become dirty; of a whole
    store every day is, so none is noted. of_chats: made of chats, so rows on sealed days stay as they are;
    `table` has a column `day`.
    """
    names = (*key, *columns)
    with connection.cursor() as cursor:
        open_only = _leave_sealed(cursor, part, table, fresh, key) if of_chats else ""
        if part.buyers is None and not _any_stored(cursor, part, table):
            everything = f"SELECT {', '.join(names)} FROM {fresh} ORDER BY {', '.join(key)}"
            _insert(cursor, part, table, names, everything)
            return cursor.rowcount
        if not _compare(cursor, part, table, fresh, key, columns, open_only):
            return 0
        match = " AND ".join(f"t.{k} = x.{k}" for k in key)
        if part.buyers is not None:
            # A row may have moved here from another buyer whose mark is not readable yet: its old place goes too.
            cursor.execute(
                f"INSERT INTO differing SELECT false, {', '.join(f't.{name}' for name in names)} FROM {table} t"
                f" JOIN differing x ON x.comes AND {match}"
                " WHERE t.store_id = %(store)s AND t.buyer_id <> ALL(%(buyers)s)",
                part.params,
            )
            cursor.execute(
                f"INSERT INTO dirty_day SELECT DISTINCT d FROM differing x, unnest({days}) d WHERE d IS NOT NULL"
            )
        cursor.execute(
            f"DELETE FROM {table} t USING differing x WHERE NOT x.comes AND t.store_id = %(store)s AND {match}",
            part.params,
        )
        gone = cursor.rowcount
        _insert(cursor, part, table, names, f"SELECT {', '.join(names)} FROM differing WHERE comes")
        return max(gone, cursor.rowcount)


def any_sealed(part: Part) -> bool:
    """Whether chats of any of the store's days may be gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM kpis_sealedday WHERE store_id = %(store)s)", part.params)
        return cursor.fetchone()[0]


def _leave_sealed(cursor, part: Part, table: str, fresh: str, key: Sequence[str]) -> str:
    """Take out of `fresh` what sealed days keep; SQL condition of the rows of `table` that may change."""
    if not any_sealed(part):
        return ""
    # A changed day cut may move a kept fact's instant to an open day: it must not be there twice.
    match = " AND ".join(f"t.{k} = x.{k}" for k in key)
    cursor.execute(
        f"DELETE FROM {fresh} x WHERE {is_sealed('x.day')} OR EXISTS (SELECT 1 FROM {table} t"
        f" WHERE t.store_id = %(store)s AND {match} AND {is_sealed('t.day')})",
        part.params,
    )
    return f"AND NOT {is_sealed(f'{table}.day')}"


def _any_stored(cursor, part: Part, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE store_id = %(store)s)", part.params)
    return cursor.fetchone()[0]


def _compare(
    cursor, part: Part, table: str, fresh: str, key: Sequence[str], columns: Sequence[str], open_only: str
) -> int:
    """Table `differing`: rows of the part that are only stored (comes: false) or only in `fresh` (true); how many.

    One join tells both: a store whose figures stand is read once and nothing of it is written.
    """
    names = (*key, *columns)
    values = {side: ", ".join(f"{side}.{name}" for name in columns) for side in "tx"}
    cursor.execute("DROP TABLE IF EXISTS differing")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
        WITH pair AS (
            SELECT {", ".join(f"t.{n} AS old_{n}, x.{n}" for n in names)}
            FROM (SELECT {", ".join(names)} FROM {table}
                WHERE store_id = %(store)s {part.only("buyer_id")} {open_only}) t
            FULL JOIN {fresh} x ON {" AND ".join(f"t.{k} = x.{k}" for k in key)}
            WHERE t.{key[0]} IS NULL OR x.{key[0]} IS NULL OR ({values["t"]}) IS DISTINCT FROM ({values["x"]})
        )
        SELECT false AS comes, {", ".join(f"old_{n} AS {n}" for n in names)} FROM pair WHERE old_{key[0]} IS NOT NULL
        UNION ALL
        SELECT true, {", ".join(names)} FROM pair WHERE {key[0]} IS NOT NULL
        """,
        part.params,
    )
    return cursor.rowcount


def _insert(cursor, part: Part, table: str, names: Sequence[str], rows: str) -> None:
    columns = ", ".join(names)
    cursor.execute(
        f"INSERT INTO {table} (organization_id, store_id, {columns})"
        f" SELECT %(organization)s, %(store)s, q.* FROM ({rows}) AS q",
        part.params,
    )
