"""What an agent's day shows: what was handed over, what to do now, what comes later today."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet

from desk.follow_ups import in_pool, offered_to, on_list_of
from desk.models import Duty, FollowUp, HandoverLine, LineState

# Beyond this many lines nobody reads on; the rest is a number.
SHOWN = 60
# What falls due within the same half hour is ordered by what it is worth.
SAME_TIME = 1800

STAMP = """
    SELECT coalesce(md5(string_agg(concat_ws('/', f.id, f.agent_id, f.offered_agent_id, f.offered_pool, f.due_at,
        f.worth, f.opens_at <= %(now)s, f.free_at <= %(now)s), ',' ORDER BY f.id)), ''),
        -- How long something is late is shown in minutes.
        coalesce(CASE WHEN bool_or(f.due_at < %(now)s) THEN date_trunc('minute', %(now)s::timestamptz)::text END, ''),
        (SELECT coalesce(md5(string_agg(concat_ws('/', d.id, d.starts_at, d.ends_at, d.signed_in_at, d.signed_out_at,
            d.ends_at < %(now)s), ',' ORDER BY d.id)), '')
            FROM desk_duty d WHERE d.agent_id = %(agent)s AND d.closed_at IS NULL),
        (SELECT coalesce(md5(string_agg(concat_ws('/', a.store_id, a.day, a.rate_answered, a.rate_rounds,
            a.paid_amount, a.inquiries, a.response_seconds_sum), ',' ORDER BY a.store_id, a.day)), '')
            FROM kpis_agentday a WHERE a.agent_id = %(agent)s AND a.store_id = ANY(%(stores)s)
                AND a.day >= (%(now)s::timestamptz - interval '2 days')::date),
        (SELECT concat_ws('/', count(*), max(k.changed_at)) FROM policies_riskstanding k
            WHERE k.store_id = ANY(%(stores)s)),
        (SELECT count(*)::text FROM policies_chatwarning w
            WHERE w.store_id = ANY(%(stores)s) AND w.answered_at IS NULL AND w.closed_at IS NULL)
    FROM desk_followup f
    WHERE f.state = 'open' AND f.opens_at < %(later)s
        AND (f.agent_id = %(agent)s OR f.offered_agent_id = %(agent)s OR f.store_id = ANY(%(stores)s))
"""


@dataclass
class Matter:
    """One line of the page. where: "offered", "mine" or "pool"; line: how it was handed over."""

    follow_up: FollowUp
    where: str
    line: HandoverLine | None = None


@dataclass(frozen=True)
class Lists:
    """offered: to be accepted or returned; now: to be done; later: opens before the day ends.

    hidden: how many more there are to do now than are shown; beyond: open matters of later days.
    """

    offered: list[Matter]
    now: list[Matter]
    later: list[Matter]
    hidden: int
    beyond: int


def stamp_of(agent_id: int, store_ids: Sequence[int], now: datetime, day_ends_at: datetime) -> str:
    """A short text that differs whenever the page would: one statement, however much there is to do."""
    params = {"agent": agent_id, "stores": list(store_ids), "now": now, "later": day_ends_at}
    with connection.cursor() as cursor:
        cursor.execute(STAMP, params)
        parts = cursor.fetchone()
    return hashlib.sha256("|".join((*parts, str(day_ends_at))).encode()).hexdigest()[:32]


def lists_of(agent_id: int, store_ids: Sequence[int], now: datetime, day_ends_at: datetime) -> Lists:
    """The agent's matters and those of their stores' pools. day_ends_at: what opens then or later is not for today."""
    offered = [Matter(f, "offered") for f in _read(offered_to(agent_id, now))]
    _add_lines(offered)
    own, pool = on_list_of(agent_id, now), in_pool(store_ids, now)
    todo, later, hidden, beyond = [], [], 0, 0
    for where, found in (("mine", own), ("pool", pool)):
        due = found.filter(opens_at__lte=now)
        todo += [Matter(f, where) for f in _read(due.order_by("due_at", "pk")[: SHOWN + 1])]
        soon = found.filter(opens_at__gt=now, opens_at__lt=day_ends_at).order_by("opens_at", "pk")
        later += [Matter(f, where) for f in _read(soon[:SHOWN])]
        counted = found.aggregate(
            due=Count("pk", filter=Q(opens_at__lte=now)),
            beyond=Count("pk", filter=Q(opens_at__gte=day_ends_at)),
        )
        hidden += counted["due"]
        beyond += counted["beyond"]
    shown = sorted(sorted(todo, key=_due)[:SHOWN], key=_place)
    later = sorted(later, key=lambda matter: matter.follow_up.opens_at)[:SHOWN]
    return Lists(sorted(offered, key=_place), shown, later, hidden - len(shown), beyond)


def _due(matter: Matter) -> tuple:
    return (matter.follow_up.due_at, matter.follow_up.pk)


def _read(found: QuerySet[FollowUp]) -> list[FollowUp]:
    return list(found.select_related("store", "buyer"))


def _place(matter: Matter) -> tuple:
    due = matter.follow_up.due_at.timestamp()
    return (due // SAME_TIME, -(matter.follow_up.worth or 0), due, matter.follow_up.pk)


def _add_lines(offered: list[Matter]) -> None:
    """The open handover line of each, with who handed it over."""
    ids = [matter.follow_up.pk for matter in offered]
    open_lines = HandoverLine.objects.filter(follow_up__in=ids, state=LineState.OFFERED)
    lines = {line.follow_up_id: line for line in open_lines.select_related("duty__agent")}
    for matter in offered:
        matter.line = lines.get(matter.follow_up.pk)


def notes_left(now: datetime, store_ids: Sequence[int], agent_id: int) -> list[dict]:
    """[{agent, day, note}]: what colleagues of the same stores wrote at the end of their shifts within a day."""
    recent = Duty.objects.filter(closed_at__gt=now - timedelta(days=1), note__isnull=False)
    shared = recent.exclude(agent_id=agent_id).filter(agent__assignments__seat__store_id__in=list(store_ids))
    found = shared.select_related("agent").distinct().order_by("-closed_at")[:5]
    return [{"agent": d.agent.name, "day": d.day, "note": d.decrypted("note")} for d in found]
