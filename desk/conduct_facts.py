"""Conduct that facts tell and no words do (R17): idle on line, a chat left before the order was confirmed, an own buyer
passed to somebody else. They become violations, judged by the dated rules; what follows is the violations' own way.

Looking again changes nothing; what nobody has touched follows the facts and lapses with them.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from desk.attendance_month import corrected
from desk.fine_answers import COURTESY, waits
from desk.fine_facts import Found, Look
from desk.models import Attendance, AttendanceCorrection
from orders.remark_models import About, DossierEvent
from policies.inspection_models import Violation, ViolationState
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import RuleBook
from tenants.models import Organization

LOCK = 7308  # advisory lock class of these looks; the second key is the organization
FACT = "fact:"
QUESTION = r"[?？]|[吗嗎呢]|多少|怎[么麼]|什[么麼]|哪|几|幾|能不能|有没有|有沒有"
BACK_WITHIN = timedelta(minutes=30)  # whoever came back to the buyer so soon had not left

# A served chat in which the buyer's last words nobody answered, with an order of theirs that is not paid, or a question.
_LEFT = """
SELECT s.store_id, s.buyer_id, s.agent_id, r.started_at, o.order_id
FROM kpis_round r
JOIN kpis_chatsession s ON s.store_id = r.store_id AND s.buyer_id = r.buyer_id
    AND r.started_at BETWEEN s.started_at AND s.ended_at AND s.human_replies > 0 AND NOT s.exported
JOIN LATERAL (
    SELECT m.seat_id, m.text FROM conversations_message m WHERE m.store_id = r.store_id AND m.buyer_id = r.buyer_id
        AND m.sent_at = r.started_at AND m.kind + 0 = 0 ORDER BY m.message_id LIMIT 1
) AS q ON q.seat_id = s.seat_id
LEFT JOIN LATERAL (
    SELECT o.order_id FROM orders_order o WHERE o.store_id = r.store_id AND o.buyer_id = r.buyer_id
        AND o.created_at BETWEEN s.started_at - interval '1 day' AND r.started_at + interval '1 hour'
        AND (o.paid_at IS NULL OR o.paid_at > r.started_at) AND o.cod IS NOT TRUE ORDER BY o.created_at DESC LIMIT 1
) AS o ON true
WHERE r.store_id = ANY(%(stores)s) AND r.day BETWEEN %(since)s AND %(until)s AND r.seconds IS NULL AND s.agent_id > 0
    AND q.text !~* %(courtesy)s AND (o.order_id IS NOT NULL OR q.text ~ %(question)s)
    AND NOT EXISTS (
        SELECT 1 FROM desk_followup f WHERE f.store_id = r.store_id AND f.kind = 'unanswered'
            AND f.subject = r.buyer_id::text AND f.occasion = extract(epoch FROM r.started_at)::bigint::text
            AND f.closed_by_id IS NOT NULL)
ORDER BY r.started_at, s.store_id, s.buyer_id, s.started_at
"""
# The platform's own word of a transfer; or a chat that goes on at once with a colleague of the same position.
_PASSED = """
SELECT e.store_id, e.buyer_id, h.agent_id, e.started_at, 'transferred' AS how
FROM conversations_exportedsession e
JOIN stores_store t ON t.id = e.store_id
JOIN team_seatassignment h ON h.seat_id = e.seat_id AND h.since <= {day} AND (h.until IS NULL OR h.until >= {day})
WHERE e.store_id = ANY(%(stores)s) AND e.transferred_to <> '' AND e.started_at >= %(begins)s AND e.started_at < %(ends)s
UNION ALL
SELECT s.store_id, s.buyer_id, s.agent_id, n.started_at, 'moved'
FROM kpis_chatsession s
JOIN stores_store t ON t.id = s.store_id
JOIN kpis_chatsession n ON n.store_id = s.store_id AND n.buyer_id = s.buyer_id AND n.seat_id <> s.seat_id
    AND n.started_at > s.started_at AND n.started_at <= s.ended_at + make_interval(mins => t.session_gap_minutes)
WHERE s.store_id = ANY(%(stores)s) AND s.day BETWEEN %(since)s AND %(until)s AND s.agent_id > 0 AND n.agent_id > 0
    AND n.agent_id <> s.agent_id AND s.human_replies > 0 AND n.human_replies > 0 AND NOT s.exported AND NOT n.exported
    AND NOT EXISTS (
        SELECT 1 FROM team_position a JOIN team_position b ON b.agent_id = n.agent_id AND b.kind <> a.kind
            AND b.since <= s.day AND (b.until IS NULL OR b.until >= s.day)
        WHERE a.agent_id = s.agent_id AND a.since <= s.day AND (a.until IS NULL OR a.until >= s.day))
    AND NOT EXISTS (
        SELECT 1 FROM desk_handoverline l JOIN desk_followup f ON f.id = l.follow_up_id
        WHERE f.store_id = s.store_id AND f.buyer_id = s.buyer_id
            AND l.offered_at BETWEEN s.started_at - interval '1 day' AND n.started_at + interval '1 hour')
ORDER BY 4, 1, 2
""".format(day="((e.started_at AT TIME ZONE t.time_zone) - make_interval(mins => t.day_cut_minutes))::date")


class Breach(NamedTuple):
    """What was found, when it happened, and why: a key of REASONS."""

    found: Found
    at: datetime
    reason: str


def idle(look: Look) -> list[Breach]:
    """Each silence of at least the desk's setting while on line in which a buyer who asked this agent was kept waiting,
    of days no correction says something else of. Who nobody asks may be silent."""
    asked = defaultdict(list)
    for wait in waits(look, look.settings.slow_seconds, include_open=True):
        asked[wait.agent_id].append(wait.started_at)
    rows = Attendance.objects.filter(day__range=(look.since, look.until), idle_minutes__gt=0).order_by(
        "day", "agent_id"
    )
    words = {
        (word.agent_id, word.day): word
        for word in AttendanceCorrection.objects.filter(day__range=(look.since, look.until))
    }
    breaches = []
    for row in rows:
        home, cell = (
            look.home(row.agent_id, row.day),
            corrected(row.day, row, words.get((row.agent_id, row.day))),
        )
        if home is None or (cell.correction and cell.status != row.status):
            continue
        for since, until in row.facts.get("gaps", []):
            begins, ends = datetime.fromisoformat(since), datetime.fromisoformat(until)
            key = f"idle/{row.agent_id}/{int(begins.timestamp())}"
            # A silence that still lasts grows: it is told when it is over.
            if ends < look.now and any(begins <= at < ends for at in asked[row.agent_id]):
                breaches.append(Breach(Found(home, row.agent_id, key, row.day), begins, "idle"))
    return breaches


def left(look: Look) -> list[Breach]:
    """Chats left with the buyer's last words unanswered by somebody who stayed there for half an hour more."""
    breaches: dict[str, Breach] = {}
    for store_id, buyer_id, agent_id, at, order_id in _rows(look, _LEFT):
        if look.presence.minutes(agent_id, at, at + BACK_WITHIN) < BACK_WITHIN.total_seconds() // 60:
            continue
        key = f"left/{buyer_id}/{int(at.timestamp())}"
        found = Found(store_id, agent_id, key, look.stores[store_id].business_day(at), order_id, buyer_id)
        breaches.setdefault(key, Breach(found, at, "order_unpaid" if order_id else "question_open"))
    return list(breaches.values())


def passed(look: Look) -> list[Breach]:
    """Buyers passed on: transfers the platform names, and chats that went on with a colleague while one was there."""
    breaches: dict[str, Breach] = {}
    for store_id, buyer_id, agent_id, at, how in _rows(look, _PASSED):
        day = look.day(store_id, at)
        if day is None or (how == "moved" and not look.presence.was_there(agent_id, at)):
            continue
        key = f"passed/{buyer_id}/{int(at.timestamp())}"
        breaches.setdefault(key, Breach(Found(store_id, agent_id, key, day, None, buyer_id), at, how))
    return list(breaches.values())


CONDUCT_SOURCES: dict[str, Callable[[Look], list[Breach]]] = {"idle": idle, "left": left, "passed": passed}


def _rows(look: Look, sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, look.params | {"courtesy": COURTESY, "question": QUESTION})
        return cursor.fetchall()


def look_at_conduct(organization: Organization, look: Look) -> int:
    """Bring the violations the facts of these days tell into line with them; how many came, went or changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, organization.pk])
        book, count = RuleBook(["facts"]), 0
        for rule in PolicyRule.objects.filter(detector__in=CONDUCT_SOURCES).order_by("code"):
            wanted = {}
            for breach in CONDUCT_SOURCES[rule.detector](look):
                version = book.valid(rule.code, look.stores[breach.found.store_id], breach.found.day)
                if version is not None:
                    wanted[breach.found.store_id, FACT + breach.found.key] = (breach, version)
            count += _bring(organization, rule, wanted, look)
        return count


FOLLOWS = (
    "version_id",
    "buyer_id",
    "order_id",
    "agent_id",
    "said_at",
    "day",
    "reason",
    "points",
    "money",
    "state",
)


def _bring(organization: Organization, rule: PolicyRule, wanted: dict, look: Look) -> int:
    keys = [key for _store, key in wanted]
    known = {
        (row.store_id, row.source_key): row
        for row in Violation.objects.select_for_update().order_by("pk").filter(
            Q(day__range=(look.since, look.until)) | Q(source_key__in=keys), rule=rule, source_key__startswith=FACT
        )
    }  # fmt: skip
    fresh, changed, lines = [], [], []
    for key, (breach, version) in wanted.items():
        values, row = _values(breach, version), known.get(key)
        if row is None:
            fresh.append(
                Violation(
                    organization=organization, store_id=key[0], rule=rule, source_key=key[1], found_at=look.now,
                    **values,
                )
            )  # fmt: skip
        elif row.state in (ViolationState.FOUND, ViolationState.LAPSED) and any(
            getattr(row, name) != value for name, value in values.items()
        ):
            if row.state == ViolationState.LAPSED:
                lines.append((row, "found_again"))
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    for key, row in known.items():
        if key not in wanted and row.state == ViolationState.FOUND:
            row.state = ViolationState.LAPSED
            changed.append(row)
            lines.append((row, "lapsed"))
    Violation.objects.bulk_create(fresh, batch_size=500)
    Violation.objects.bulk_update(changed, FOLLOWS, batch_size=500)
    _write_lines(lines, look.now)
    return len(fresh) + len(changed)


def _write_lines(lines: list[tuple[Violation, str]], now: datetime) -> None:
    """One line of the system in the story of each violation. One statement."""
    DossierEvent.objects.bulk_create(
        DossierEvent(
            organization_id=row.organization_id, store_id=row.store_id, about=About.VIOLATION, about_id=row.pk, at=now,
            what=what,
        )
        for row, what in lines
    )  # fmt: skip


def _values(breach: Breach, version: PolicyVersion) -> dict:
    verified = version.verified_on is not None
    return {
        "version_id": version.pk, "buyer_id": breach.found.buyer_id, "order_id": breach.found.order_id,
        "agent_id": breach.found.agent_id, "said_at": breach.at, "day": breach.found.day, "reason": breach.reason,
        "points": version.points if verified else None, "money": version.money if verified else None,
        "state": ViolationState.FOUND,
    }  # fmt: skip
