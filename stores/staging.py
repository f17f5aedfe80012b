"""Bulk rows on their way in: COPY into a temporary table, from where set-based SQL takes them.

Under row-level security COPY into the table itself is refused to the application's role; a temporary table is
its own (docs/performance.md compares the ways).
"""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any


def cell(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return escaped(json.dumps(value, ensure_ascii=False))
    return str(value)


def escaped(text: str) -> str:
    """Text without NUL (PostgreSQL has none) and with COPY's four special characters escaped."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    return text.replace("\x00", "") if "\x00" in text else text


def stage(cursor, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table `name` with `columns` (SQL) holding `rows`; it goes with the transaction."""
    stage_lines(cursor, name, columns, ["\t".join(map(cell, row)) for row in rows])


def stage_lines(cursor, name: str, columns: str, lines: Sequence[str], analyze: bool = True) -> None:
    """Like `stage`, from lines already in COPY's text format, without line ends.

    analyze: gather what the planner wants to know before a join; it costs as much as the COPY.
    """
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
    # Tables grow within one import, and their statistics lag behind: a sequential scan per staged row would take
    # minutes. Every lookup of an import goes by a key.
    cursor.execute("SET LOCAL enable_seqscan = off")
    text = "\n".join(lines)
    cursor.copy_expert(f"COPY {name} FROM STDIN", io.StringIO(text + "\n" if text else ""))
    if analyze:
        cursor.execute(f"ANALYZE {name}")
