"""The first rows of a file as they would come in: personal data masked, times on the store's clocks."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from intake.refusals import explain, printable, printable_params
from stores.platforms.columns import Parsed
from stores.platforms.preview import PREVIEW_ROWS, masked
from stores.platforms.recognise import Recognised
from stores.platforms.records import Refusal


def preview_of(found: Recognised, time_zone: str) -> dict[str, Any]:
    """What is kept with a job for its user to look at before the file comes in.

    {"encoding", "columns": [[header, field]], "ignored": [header], "fields": [name],
    "rows": [{"row", "cells": [text per field]} or, if refused, {"row", "column", "message", "params"}]}.
    """
    rows = [_row(item, ZoneInfo(time_zone)) for item in islice(found.parse(), PREVIEW_ROWS)]
    fields = list(dict.fromkeys(name for row in rows for name in row.get("values", ())))
    for row in rows:
        if "values" in row:
            values = row.pop("values")
            row["cells"] = [values.get(name, "") for name in fields]
    return {
        "encoding": found.encoding,
        "columns": [[printable(header), name] for header, name in found.columns.items()],
        "ignored": [printable(header) for header in found.unknown_columns],
        "fields": fields,
        "rows": rows,
    }


def rows_in_words(preview: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The preview's rows with the reasons of refused ones in the active language."""
    for row in preview.get("rows", ()):
        yield {**row, "reason": explain(row["message"], row["params"]) if "message" in row else ""}


def _row(item: Parsed, zone: ZoneInfo) -> dict[str, Any]:
    if isinstance(item, Refusal):
        return {
            "row": item.row,
            "column": printable(item.column or ""),
            "message": item.message,
            # What stands in the wrong cell may be somebody's name: of texts only the beginning is kept.
            "params": {
                name: masked("seller_memo", value) if isinstance(value, str) else value
                for name, value in printable_params(item.params).items()
            },
        }
    number, record = item
    known = {name: value for name, value in record._asdict().items() if value is not None and name != "raw"}
    return {"row": number, "values": {name: _shown(name, value, zone) for name, value in known.items()}}


def _shown(name: str, value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return str(printable(masked(name, value)))
