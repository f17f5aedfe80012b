"""The first rows of a file as they were understood, fit to be shown and kept: personal data masked."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stores.platforms.columns import Parsed
from stores.platforms.records import Refusal

PREVIEW_ROWS = 5
LONGEST_SHOWN = 80
_NAMES = frozenset({"buyer", "receiver_name", "masked_buyer"})
_HIDDEN = frozenset({"receiver_phone", "receiver_address"})
_LONG_NUMBER = re.compile(r"\d{7,}")
# Whoever reads it sees whether the encoding is right; names and addresses mostly come later in the text.
_FREE_TEXT = frozenset({"text", "note", "reply"})
_FREE_TEXT_SHOWN = 8
_REMARKS = frozenset({"seller_memo", "buyer_message"})
_REMARK_SHOWN = 2


def preview_rows(parsed: Iterator[Parsed]) -> list[dict[str, str | None]]:
    """One dict per record: `row`, `record` and its known fields as text. A refused row: `row`, `refused`."""
    shown: list[dict[str, str | None]] = []
    for item in parsed:
        if isinstance(item, Refusal):
            shown.append({"row": str(item.row), "column": item.column, "refused": item.message % item.params})
        else:
            number, record = item
            known = {
                name: value for name, value in record._asdict().items() if value is not None and name != "raw"
            }
            kind = type(record).__name__.removesuffix("Record").lower()
            shown.append(
                {
                    "row": str(number),
                    "record": kind,
                    **{name: masked(name, value) for name, value in known.items()},
                }
            )
        if len(shown) == PREVIEW_ROWS:
            break
    return shown


def masked(name: str, value: Any) -> str:
    """A field's value as shown: names keep their first character, free text its first few without long numbers."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    if name in _HIDDEN:
        return "***"
    if name in _NAMES:
        return f"{text[:1]}***"
    if name in _FREE_TEXT or name in _REMARKS:
        text = _LONG_NUMBER.sub(lambda found: f"{found[0][:2]}***", text)
        longest = _FREE_TEXT_SHOWN if name in _FREE_TEXT else _REMARK_SHOWN
        return text if len(text) <= longest else f"{text[:longest]}…"
    return text[:LONGEST_SHOWN]
