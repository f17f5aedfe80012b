"""Which buyers a rule can concern at all: of most no line holds a word of it, and then nothing need be walked.

A detector is asked only where one of its triggers stands in a line (policies/detection/detector.py). All lines of a buyer
are looked through at once, folded as single lines are. A regular expression in the database, which would have to know
every writing of every character, took three times as long for a rule of many words.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from policies.detection.reader import Reader
from stores.business_days import day_of, day_params
from stores.models import Store

# Lines apart: folding brings nothing together over a line break.
SAID = f"""
    SELECT m.buyer_id, coalesce(string_agg(m.text, E'\\n') FILTER (WHERE m.kind = 1), ''),
        coalesce(string_agg(m.text, E'\\n') FILTER (WHERE m.kind = 0), ''),
        count(*) FILTER (WHERE m.kind = 1 AND {day_of("m.sent_at")} BETWEEN %(since)s AND %(until)s)
    FROM conversations_message m WHERE m.store_id = %(store)s AND m.buyer_id = ANY(%(buyers)s)
    GROUP BY m.buyer_id ORDER BY m.buyer_id
"""


class Concerned(NamedTuple):
    """buyers: with a line that could say something; messages: what agents wrote to all that were asked about, in the
    days."""

    buyers: list[int]
    messages: int


def concerned(store: Store, reader: Reader, buyer_ids: Sequence[int], since: date, until: date) -> Concerned:
    """Which of these buyers the reader's detectors could be asked about. One statement."""
    params = {"store": store.pk, "buyers": list(buyer_ids), "since": since, "until": until}
    found, messages = [], 0
    with connection.cursor() as cursor:
        cursor.execute(SAID, params | day_params(store))
        for buyer_id, answers, questions, count in cursor:
            messages += count
            if reader.wakes(answers, questions):
                found.append(buyer_id)
    return Concerned(found, messages)
