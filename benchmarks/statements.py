"""What each SQL statement of a piece of work costs."""

import re
import time
from collections import defaultdict

_TABLE = re.compile(r"(CREATE TEMPORARY TABLE|INSERT INTO|DELETE FROM|ANALYZE|COPY|UPDATE)\s+(\w+)")


class StatementTimes:
    """Context manager: `seconds` {what a statement does: its time} of all that runs on the default connection."""

    def __init__(self):
        self.seconds: dict[str, float] = defaultdict(float)

    def __enter__(self) -> "StatementTimes":
        from django.db import connection

        self._wrapper = connection.execute_wrapper(self._timed)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self._wrapper.__exit__(*error)
        self.seconds = dict(self.seconds)

    def _timed(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds[_job(sql)] += time.perf_counter() - started


def _job(sql: str) -> str:
    found = _TABLE.search(sql)
    if found is None:
        return "other"
    verb = {"CREATE TEMPORARY TABLE": "derive", "INSERT INTO": "insert", "DELETE FROM": "delete"}
    return f"{verb.get(found[1], found[1].lower())} {found[2]}"
