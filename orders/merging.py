"""How two tellings of the same row become one (docs/imports.md: an older file after a newer one harms nothing).

A status never goes back unless its source is later; a blank never erases; else the later source wins, and of two
equally late ones the one that comes last.
"""

LATER = "(t.as_of IS NULL OR s.as_of IS NULL OR s.as_of >= t.as_of)"


def merged(column: str) -> str:
    return (
        f"CASE WHEN {LATER} THEN coalesce(s.{column}, t.{column}) ELSE coalesce(t.{column}, s.{column}) END"
    )


def merged_status(ranks: dict[str, int], column: str = "status") -> str:
    """SQL of the status that holds; ranks: how far along each one is."""

    def rank(of: str) -> str:
        return f"CASE {of} " + " ".join(f"WHEN '{name}' THEN {no}" for name, no in ranks.items()) + " END"

    return (
        f"CASE WHEN s.{column} IS NULL THEN t.{column} WHEN s.as_of > t.as_of OR {rank(f's.{column}')} >"
        f" {rank(f't.{column}')} THEN s.{column} ELSE t.{column} END"
    )


def merge(
    cursor, table: str, source: str, match: str, values: dict[str, str], returning: str, params: list
) -> None:
    """Update `table` t from `source` s where `match` and any of `values` (column → SQL) differs from what is stored.

    Leaves the rows `returning` yields in the temporary table `merged_rows`. Also lets as_of grow, which alone is
    no change.
    """
    differs = " OR ".join(f"t.{column} IS DISTINCT FROM ({value})" for column, value in values.items())
    assignments = ", ".join(f"{column} = {value}" for column, value in values.items())
    cursor.execute("DROP TABLE IF EXISTS merged_rows")
    cursor.execute(
        f"CREATE TEMPORARY TABLE merged_rows ON COMMIT DROP AS"
        f" SELECT {returning} FROM {table} t JOIN {source} s ON {match} WHERE {differs}",
        params,
    )
    cursor.execute(
        f"UPDATE {table} t SET {assignments}, as_of = greatest(t.as_of, s.as_of) FROM {source} s WHERE {match}"
        f" AND ({differs} OR s.as_of > t.as_of)",
        params,
    )
