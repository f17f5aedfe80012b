"""What the live board shows, read in a constant number of statements. Nothing here is older than it says.

`data_to` of a store is the end of its newest chat: beyond it nobody knows who waits. Data older than STALE says
nothing about now, so its tile names the time and keeps quiet about the rest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.utils.translation import gettext

from desk.detectors import DETECTORS
from desk.duties import ends_of, open_duties
from desk.lines import minutes_text
from desk.models import Duty, FollowUp, State
from kpis.figures import Query, Row, agent_rows
from stores.models import Store
from team.roster_models import EntryKind, RosterEntry

STALE = timedelta(hours=1)
# How many of the longest waiting buyers a store's tile names.
NAMED = 5

REACH = """
    SELECT s.id, (SELECT max(c.ended_at) FROM kpis_chatsession c WHERE c.store_id = s.id AND c.day >= %(since)s),
        (SELECT max(a.day) FROM kpis_agentday a WHERE a.store_id = s.id)
    FROM stores_store s WHERE s.id = ANY(%(stores)s)
"""
# A question nobody answered, after which the buyer asked nothing else that was; the buyer waits since the first
# of those. Today's are meant: what was left yesterday is a follow-up.
WAITING = """
    WITH today AS (SELECT * FROM unnest(%(stores)s::integer[], %(days)s::date[]) AS t (store_id, day)),
    last_answered AS (
        SELECT r.store_id, r.buyer_id, max(r.started_at) AS at FROM kpis_round r JOIN today t USING (store_id, day)
        WHERE r.seconds IS NOT NULL GROUP BY 1, 2
    )
    SELECT r.store_id, r.buyer_id, b.name, min(r.started_at)
    FROM kpis_round r JOIN today t USING (store_id, day) JOIN stores_buyer b ON b.id = r.buyer_id
    LEFT JOIN last_answered a ON a.store_id = r.store_id AND a.buyer_id = r.buyer_id
    WHERE r.seconds IS NULL AND (a.at IS NULL OR r.started_at > a.at) AND r.started_at <= %(now)s
        AND NOT EXISTS (SELECT FROM desk_followup f WHERE f.store_id = r.store_id AND f.buyer_id = r.buyer_id
            AND f.kind = 'unanswered' AND f.state = 'closed' AND f.closed_at > r.started_at)
    GROUP BY 1, 2, 3 ORDER BY 4
"""
LAST_REPLIES = """
    SELECT agent_id, max(started_at + make_interval(secs => seconds)) FROM kpis_round
    WHERE day >= %(since)s AND seconds IS NOT NULL AND agent_id = ANY(%(agents)s) GROUP BY agent_id
"""
STAMP = """
    SELECT (SELECT coalesce(md5(string_agg(concat_ws('/', d.id, d.starts_at, d.ends_at, d.signed_in_at,
            d.signed_out_at, d.starts_at <= %(now)s, d.ends_at < %(now)s), ',' ORDER BY d.id)), '')
            FROM desk_duty d WHERE d.closed_at IS NULL AND d.ends_at > %(now)s::timestamptz - interval '2 days'),
        (SELECT concat_ws('/', count(*), sum(f.id), max(f.due_at)) FROM desk_followup f
            WHERE f.state = 'open' AND f.due_at < %(now)s AND f.opens_at <= %(now)s AND f.store_id = ANY(%(stores)s)),
        (SELECT concat_ws('/', count(*), sum(l.id), max(l.id)) FROM desk_handoverline l
            JOIN desk_followup f ON f.id = l.follow_up_id
            WHERE l.state = 'offered' AND f.store_id = ANY(%(stores)s)),
        (SELECT concat_ws('/', max(l.answered_at), count(*)) FROM desk_handoverline l
            WHERE l.state = 'returned' AND l.answered_at > %(now)s::timestamptz - interval '1 day'),
        (SELECT string_agg(concat_ws('/', k.store_id, k.transaction_no), ',' ORDER BY k.store_id)
            FROM stores_changecursor k WHERE k.reader = 'kpis' AND k.store_id = ANY(%(stores)s)),
        date_trunc('minute', %(now)s::timestamptz)::text
"""


@dataclass(frozen=True)
class StoreTile:
    """One store now. row: today's figures, None without any. waiting: [(buyer, since)], the longest first,
    who they are in waiting_ids."""

    store: Store
    data_to: datetime | None
    stale: bool
    row: Row | None
    waiting: list[tuple[str, datetime]]
    waiting_ids: list[int]
    waiting_count: int
    longest: timedelta | None

    @property
    def longest_text(self) -> str:
        return minutes_text(self.longest or timedelta(0))


@dataclass(frozen=True)
class OnDuty:
    """Somebody whose shift runs. state: "in", "out", "missing" or "extended"; last_reply None: none known."""

    name: str
    shift: str
    begins: datetime
    ends: datetime
    zone: str
    state: str
    last_reply: datetime | None


def board_stamp(store_ids: Sequence[int], now: datetime) -> str:
    """Differs whenever the board would, and every minute since it shows ages. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP, {"stores": list(store_ids), "now": now})
        parts = cursor.fetchone()
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:32]


def store_tiles(stores: Sequence[Store], now: datetime) -> list[StoreTile]:
    """Waiting buyers and today's figures of each store, those with the longest wait first."""
    if not stores:
        return []
    ids, days = [store.pk for store in stores], [store.business_day(now) for store in stores]
    params = {"stores": ids, "days": days, "now": now, "since": min(days) - timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(REACH, params)
        reach = {store_id: (ended, day) for store_id, ended, day in cursor.fetchall()}
        cursor.execute(WAITING, params)
        waiting: dict[int, list[tuple[int, str, datetime]]] = {}
        for store_id, *asks in cursor.fetchall():
            waiting.setdefault(store_id, []).append(tuple(asks))
    rows = {row.store_id: row for row in today_rows(stores, now)}
    tiles = []
    for store in stores:
        data_to, _last_day = reach[store.pk]
        stale = data_to is None or now - data_to > STALE
        asked = [] if stale else waiting.get(store.pk, [])
        longest = now - asked[0][2] if asked else None
        named = [(name, since) for _buyer_id, name, since in asked[:NAMED]]
        ids = [buyer_id for buyer_id, _name, _since in asked[:NAMED]]
        tiles.append(StoreTile(store, data_to, stale, rows.get(store.pk), named, ids, len(asked), longest))
    return sorted(tiles, key=lambda tile: (tile.stale, -(tile.longest or timedelta(0)), tile.store.name))


def today_rows(stores: Sequence[Store], now: datetime) -> list[Row]:
    """Each store's own row of its business day today."""
    days = {store.pk: store.business_day(now) for store in stores}
    query = Query(min(days.values()), max(days.values()), tuple(days))
    return [row for row in agent_rows(query, "store-day", now) if row.day == days[row.store_id]]


def on_duty_now(agent_ids: Sequence[int], now: datetime) -> list[OnDuty]:
    """Who works now of these agents: begun duties, and published shifts whose duty is not made yet."""
    duties = list(
        open_duties(now)
        .filter(agent_id__in=agent_ids, ends_at__gt=now - timedelta(days=1))
        .select_related("agent", "entry__shift")
    )
    known = {(duty.agent_id, duty.day) for duty in duties}
    closed = Duty.objects.filter(agent_id__in=agent_ids, closed_at__isnull=False, ends_at__gt=now)
    known |= set(closed.values_list("agent_id", "day"))
    planned = RosterEntry.objects.filter(
        published=True, kind=EntryKind.WORK, starts_at__lte=now, ends_at__gt=now, agent_id__in=agent_ids
    ).select_related("agent", "shift")
    duties += [
        Duty(agent=e.agent, day=e.day, entry=e, starts_at=e.starts_at, ends_at=e.ends_at)
        for e in planned
        if (e.agent_id, e.day) not in known
    ]
    replies = _last_replies([duty.agent_id for duty in duties], now)
    over = [duty for duty in duties if duty.pk and duty.ends_at < now]
    ends = ends_of(over, now) if over else {}
    told = [_on_duty(duty, replies, now, bool(duty.pk in ends and ends[duty.pk].extended)) for duty in duties]
    return sorted(told, key=lambda one: (one.begins, one.name))


def _last_replies(agent_ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    params = {"agents": list(agent_ids), "since": (now - timedelta(days=2)).date()}
    with connection.cursor() as cursor:
        cursor.execute(LAST_REPLIES, params)
        return dict(cursor.fetchall())


def _on_duty(duty: Duty, replies: dict[int, datetime], now: datetime, extended: bool) -> OnDuty:
    shift = duty.entry.shift if duty.entry else None
    if extended:
        state = "extended"
    elif duty.signed_in_at:
        state = "out" if duty.signed_out_at else "in"
    else:
        state = "missing"
    zone = shift.time_zone if shift else settings.TIME_ZONE
    return OnDuty(
        duty.agent.name, shift.name if shift else gettext("Not on the roster"), duty.starts_at, duty.ends_at,
        zone, state, replies.get(duty.agent_id),
    )  # fmt: skip


def overdue(store_ids: Sequence[int], now: datetime) -> list[dict]:
    """[{store_id, kind, label, count, oldest}]: open follow-ups past their due time, the most first."""
    late = FollowUp.objects.filter(
        Q(state=State.OPEN), store_id__in=list(store_ids), due_at__lt=now, opens_at__lte=now
    )
    found = late.values("store_id", "kind").annotate(count=Count("pk"), oldest=Min("due_at"))
    return [
        {**row, "label": gettext(DETECTORS[row["kind"]].label) if row["kind"] in DETECTORS else row["kind"]}
        for row in found.order_by("-count", "oldest")
    ]


def total_of(rows: Sequence[Row], currency: str) -> dict:
    """Today's sums over the stores; money in their own currency if they share one, else in the organization's."""
    if not rows:
        return {}
    shared = len({row.currency for row in rows}) == 1
    amounts: list[Decimal | None] = [row.paid_amount if shared else row.paid_amount_converted for row in rows]
    answered, counted = sum(row.rate_answered for row in rows), sum(row.rate_rounds for row in rows)
    inquiries = sum(row.inquiries for row in rows)
    return {
        "amount": None if None in amounts else sum(amounts),
        "currency": rows[0].currency if shared else currency,
        "orders": sum(row.orders for row in rows),
        "inquiries": inquiries,
        "conversion": sum(row.converted_same_day for row in rows) / inquiries if inquiries else None,
        "rate": answered / counted if counted else None,
    }
