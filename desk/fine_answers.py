"""Fines for answers (R05): slow ones beyond what is free in a month, and buyers left unanswered.

Whose it is: whoever held the seat that was asked, while they were there. Settled as "needs no answer" or called, and
mere thanks, ask for nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from desk.fine_facts import Found, Look

# What a buyer says last and nobody needs to answer, in both characters, whole.
COURTESY = (
    r"^(好+[的哒滴呢啦吧]*|嗯+[呢嗯]*|哦+|噢+|行|可以|收到|明白|知道了|了解|(好[的]?)?[谢謝]+了?|感[谢謝]|辛苦了?"
    r"|再[见見]|拜拜|ok|okay|thanks?( you)?|thx|3q|88)[\s。.!！~～、,，…]*$"
)
SHOWN = 20

# The first message of a round says whose seat was asked: a round answered by a colleague is credited to the colleague.
_ROUNDS = """
SELECT r.store_id, r.buyer_id, r.started_at, r.day, r.seconds,
    CASE WHEN q.seat_id IS NULL THEN r.agent_id ELSE coalesce(h.agent_id, 0) END AS agent_id,
    CASE WHEN r.seconds IS NOT NULL THEN r.started_at + make_interval(secs => r.seconds) ELSE (
        SELECT m.sent_at FROM conversations_message m WHERE m.store_id = r.store_id AND m.buyer_id = r.buyer_id
            AND m.sent_at >= r.started_at AND m.kind + 0 = 1 ORDER BY m.sent_at LIMIT 1) END AS answered_at
FROM kpis_round r
LEFT JOIN LATERAL (
    SELECT m.seat_id, m.text FROM conversations_message m WHERE m.store_id = r.store_id AND m.buyer_id = r.buyer_id
        AND m.sent_at = r.started_at AND m.kind + 0 = 0 ORDER BY m.message_id LIMIT 1
) AS q ON true
LEFT JOIN team_seatassignment h ON h.seat_id = q.seat_id AND h.since <= r.day AND (h.until IS NULL OR h.until >= r.day)
WHERE r.store_id = ANY(%(stores)s) AND r.day BETWEEN %(since)s AND %(until)s
    AND (r.seconds > %(seconds)s OR (r.seconds IS NULL AND %(open)s)) AND coalesce(q.text, '') !~* %(courtesy)s
    AND NOT EXISTS (
        SELECT 1 FROM desk_followup f WHERE f.store_id = r.store_id AND f.kind = 'unanswered'
            AND f.subject = r.buyer_id::text AND f.occasion = extract(epoch FROM r.started_at)::bigint::text
            AND f.closed_by_id IS NOT NULL)
ORDER BY r.started_at, r.store_id, r.buyer_id
"""


class Wait(NamedTuple):
    """One question that waited. agent_id: who was asked; seconds None: nobody answered that day."""

    store_id: int
    buyer_id: int
    started_at: datetime
    day: date
    seconds: int | None
    agent_id: int
    answered_at: datetime | None

    @property
    def key(self) -> str:
        return f"{self.store_id}/{self.buyer_id}/{int(self.started_at.timestamp())}"


def slow_answers(look: Look) -> list[Found]:
    """One for each agent and month with more slow answers than are free; it happened with the first beyond."""
    free = look.settings.slow_times
    found = []
    for (agent_id, month), misses in misses_of(look).items():
        if len(misses) <= free:
            continue
        first = misses[free]
        rows = [[wait.store_id, wait.buyer_id, wait.started_at.isoformat()] for wait in misses[:SHOWN]]
        facts = {"misses": len(misses), "free": free, "month": month.isoformat(), "rounds": rows}
        found.append(
            Found(
                first.store_id,
                agent_id,
                f"{agent_id}/{month:%Y-%m}",
                first.day,
                buyer_id=first.buyer_id,
                facts=facts,
            )
        )
    return found


def misses_of(look: Look) -> dict[tuple[int, date], list[Wait]]:
    """{(agent id, first day of the month): slow answers to what was asked while they were there, in order}."""
    found: dict[tuple[int, date], list[Wait]] = defaultdict(list)
    for wait in waits(look, look.settings.slow_seconds, include_open=False):
        if look.presence.was_there(wait.agent_id, wait.started_at):
            found[wait.agent_id, wait.day.replace(day=1)].append(wait)
    return found


def unanswered(look: Look) -> list[Found]:
    """One for each question that waited so long while who was asked was there."""
    least = look.settings.unanswered_minutes
    return [
        Found(
            wait.store_id,
            wait.agent_id,
            wait.key,
            wait.day,
            buyer_id=wait.buyer_id,
            facts=_facts(wait, minutes),
        )
        for wait, minutes in _waited(look, least)
    ]


def unanswered_hours(look: Look) -> list[Found]:
    """The same, times how many whole two hours it waited; it adds to the fine for the half hour."""
    each = look.settings.unanswered_hours * 60
    return [
        Found(
            wait.store_id, wait.agent_id, wait.key, wait.day, buyer_id=wait.buyer_id, times=minutes // each,
            facts={**_facts(wait, minutes), "hours": minutes // each},
        )
        for wait, minutes in _waited(look, each)
    ]  # fmt: skip


def _facts(wait: Wait, minutes: int) -> dict:
    return {"waited": minutes, "at": wait.started_at.isoformat()}


def _waited(look: Look, least: int) -> Iterator[tuple[Wait, int]]:
    """(question, minutes it waited while who was asked was there) of those that waited `least` minutes so."""
    for wait in waits(look, least * 60 - 1, include_open=True):
        minutes = look.presence.minutes(wait.agent_id, wait.started_at, wait.answered_at or look.now)
        if minutes >= least:
            yield wait, minutes


def waits(look: Look, seconds: int, include_open: bool) -> list[Wait]:
    """Questions answered after more than so many seconds, and (include_open) those nobody answered. One statement."""
    params = look.params | {"seconds": seconds, "open": include_open, "courtesy": COURTESY}
    with connection.cursor() as cursor:
        cursor.execute(_ROUNDS, params)
        return [wait for wait in (Wait(*row) for row in cursor.fetchall()) if wait.agent_id > 0]
