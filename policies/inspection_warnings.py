"""Dangerous questions of buyers: who answers is warned before they write (R11–R13)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_noop

from policies.inspection_judge import Told
from policies.inspection_models import ChatWarning
from stores.models import Store
from team.holders import holder_of
from team.notices import notify, supervisors_of
from team.shifts import on_duty
from tenants.models import Membership, Organization

# So long a buyer's further questions of one rule bring no further notice while nobody has answered.
TOLD_FOR_HOURS = 12


class _Open(NamedTuple):
    """A new warning nobody has answered yet. agent_id: who holds the seat the buyer wrote to."""

    warning_id: int
    buyer_id: int
    agent_id: int | None


# When a person first wrote to the buyer after the question; of lines of one second the buyer's come first.
ANSWERED = """
    (SELECT min(m.sent_at) FROM conversations_message m WHERE m.store_id = %(store)s AND m.buyer_id = {buyer}
        AND m.sent_at >= {asked} AND m.kind + 0 = 1)
"""
INSERT = f"""
    INSERT INTO policies_chatwarning
        (organization_id, store_id, rule_id, version_id, message_id, buyer_id, agent_id, reason, asked_at, found_at, answered_at)
    SELECT %(organization)s, %(store)s, q.rule_id, q.version_id, q.message_id, q.buyer_id,
        nullif({holder_of("q.seat_id", "q.day")}, 0), q.reason, q.asked_at, %(now)s,
        {ANSWERED.format(buyer="q.buyer_id", asked="q.asked_at")}
    FROM unnest(%(rules)s::integer[], %(versions)s::integer[], %(messages)s::text[], %(buyers)s::integer[],
        %(seats)s::integer[], %(days)s::date[], %(reasons)s::text[], %(asked)s::timestamptz[])
        AS q(rule_id, version_id, message_id, buyer_id, seat_id, day, reason, asked_at)
    ORDER BY q.message_id, q.rule_id
    ON CONFLICT (organization_id, store_id, message_id, rule_id) DO NOTHING
    RETURNING id
"""
# Those among the new ones of which nobody was told by an earlier question.
TO_TELL = """
    SELECT w.id, w.buyer_id, w.agent_id FROM policies_chatwarning w
    WHERE w.id = ANY(%(ids)s) AND w.answered_at IS NULL AND NOT EXISTS (
        SELECT FROM policies_chatwarning e WHERE e.store_id = w.store_id AND e.buyer_id = w.buyer_id
            AND e.rule_id = w.rule_id AND e.id <> ALL(%(ids)s) AND e.answered_at IS NULL AND e.closed_at IS NULL
            AND e.asked_at BETWEEN w.asked_at - make_interval(hours => %(hours)s) AND w.asked_at
    ) ORDER BY w.id
"""
# A question that turned out to be another buyer's goes along.
SETTLE = f"""
    UPDATE policies_chatwarning w SET buyer_id = q.buyer_id, answered_at = q.answered_at FROM (
        SELECT o.id, s.buyer_id, {ANSWERED.format(buyer="s.buyer_id", asked="s.sent_at")} AS answered_at
        FROM policies_chatwarning o
        JOIN conversations_message s ON s.store_id = %(store)s AND s.message_id = o.message_id
        WHERE o.store_id = %(store)s AND o.buyer_id = ANY(%(buyers)s) AND o.answered_at IS NULL
    ) AS q
    WHERE w.id = q.id AND (w.buyer_id <> q.buyer_id OR q.answered_at IS NOT NULL)
"""
# No buyer's words: mails carry notices out of the house.
TEXT = gettext_noop(
    "%(store)s: %(count)s buyers ask something dangerous to answer. Look at the safe wording before you write."
)


def warn(store: Store, questions: Sequence[Told], now: datetime) -> int:
    """Keep new dangerous questions as warnings, and tell who is to answer those that wait; how many are new.

    In the caller's transaction: a warning and its notice are kept together or not at all.
    """
    if not questions:
        return 0
    columns = {
        "rules": [q.version.rule_id for q in questions],
        "versions": [q.version.pk for q in questions],
        "messages": [q.row.message_id for q in questions],
        "buyers": [q.row.buyer_id for q in questions],
        "seats": [q.row.seat_id for q in questions],
        "days": [q.day for q in questions],
        "reasons": [q.match.reason for q in questions],
        "asked": [q.row.sent_at for q in questions],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, columns | {"organization": store.organization_id, "store": store.pk, "now": now}
        )
        ids = [warning_id for (warning_id,) in cursor.fetchall()]
        cursor.execute(TO_TELL, {"ids": ids, "hours": TOLD_FOR_HOURS})
        waiting = [_Open(*row) for row in cursor.fetchall()]
    if waiting:
        _tell(store, waiting, now)
    return len(ids)


def settle(store: Store, buyer_ids: Collection[int]) -> int:
    """Note of these buyers' open warnings which were answered meanwhile; how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"store": store.pk, "buyers": list(buyer_ids)})
        return cursor.rowcount


def _tell(store: Store, waiting: Sequence[_Open], now: datetime) -> None:
    """One notice for each group of people who are to answer, however many buyers ask."""
    organization = Organization.objects.get(pk=store.organization_id)
    asked: dict[tuple[int, ...], list[_Open]] = defaultdict(list)
    on_shift = {entry.agent_id for entry in on_duty(now, store.pk)}
    if on_shift:
        # Whoever served the buyer has gone home: it is the matter of whoever is there.
        gone = [one.warning_id for one in waiting if one.agent_id not in on_shift]
        ChatWarning.objects.filter(pk__in=gone).update(agent_id=None)
    told_of = _users_by_agent(store, {one.agent_id for one in waiting}, on_shift)
    for one in waiting:
        asked[told_of[one.agent_id]].append(one)
    for user_ids, theirs in asked.items():
        notify(
            organization, user_ids, key=f"dangerous-question:{theirs[0].warning_id}", kind="policy", text=TEXT,
            params={"store": store.name, "count": len({one.buyer_id for one in theirs})},
            link=reverse("warning_list", args=[organization.slug]), now=now,
        )  # fmt: skip


def _users_by_agent(
    store: Store, agent_ids: Collection[int | None], on_shift: set[int]
) -> dict[int | None, tuple[int, ...]]:
    """{agent who serves a buyer: user ids of who is told}: themselves; where they are not on shift, who is, too; where
    nobody can be told, the store's supervisors."""
    members = Membership.objects.filter(agent_id__in={*on_shift, *agent_ids} - {None}).order_by("pk")
    users = {
        agent_id: user_id
        for agent_id, user_id, store_ids in members.values_list("agent_id", "user_id", "store_ids")
        if not store_ids or store.pk in store_ids
    }
    shift = {users[agent_id] for agent_id in on_shift & users.keys()}
    found = {}
    for agent_id in agent_ids:
        own = {users[agent_id]} if agent_id in users else set()
        told = own if agent_id in on_shift else own | shift
        found[agent_id] = tuple(sorted(told or supervisors_of([store.pk])))
    return found
