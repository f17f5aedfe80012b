"""Neutral files as tests need them."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

HEADER = ("message_id", "buyer", "agent", "direction", "auto", "sent_at", "text")


def messages_csv(path: Path, rows: Iterable[tuple], header: tuple = HEADER) -> Path:
    """A messages file; a row may be shorter than the header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def chat_rows(count: int, with_ids: bool = False, refused_every: int = 0) -> list[tuple]:
    """`count` lines, one a second, of 50 buyers and 3 seats; every `refused_every`th has no buyer."""
    start = datetime(2026, 3, 1, 9, 0, 0)
    rows = []
    for number in range(count):
        buyer = "" if refused_every and number % refused_every == 0 else f"buyer{number % 50}"
        way = "in" if number % 2 else "out"
        at = (start + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S")
        message_id = f"m{number:08}" if with_ids else ""
        rows.append((message_id, buyer, f"seat{number % 3}", way, "0", at, f"line {number}"))
    return rows
