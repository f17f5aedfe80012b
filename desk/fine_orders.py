"""Fines for orders not looked after (R30, R34): shipping nobody followed up, bad reviews left standing."""

from datetime import timedelta

from django.db import connection

from desk.fine_facts import Found, Look

# Overdue, nobody asked or acted before, the same agent's ever since; and it led to something.
_SHIPPING = """
SELECT * FROM (
    SELECT f.store_id, f.agent_id, f.id, f.due_at, f.order_id, f.buyer_id,
        floor(extract(epoch FROM coalesce(f.closed_at, %(now)s) - f.due_at) / 3600)::integer AS hours,
        CASE WHEN EXISTS (
            SELECT 1 FROM orders_review v WHERE v.store_id = f.store_id AND v.order_id = f.order_id
                AND v.created_at >= f.due_at AND v.grade IN ('bad', 'middling', 'hidden')) THEN 'review'
        WHEN EXISTS (
            SELECT 1 FROM orders_complaint c WHERE c.store_id = f.store_id AND c.order_id = f.order_id
                AND c.opened_at >= f.opens_at) THEN 'complaint'
        WHEN EXISTS (
            SELECT 1 FROM orders_refund r WHERE r.store_id = f.store_id AND r.order_id = f.order_id
                AND r.completed_at >= f.due_at) THEN 'refund' END AS came_of
    FROM desk_followup f
    WHERE f.store_id = ANY(%(stores)s) AND f.kind IN ('not_shipped', 'not_arrived') AND f.agent_id IS NOT NULL
        AND f.state <> 'counted' AND f.due_at >= %(begins)s AND f.due_at < least(%(ends)s, %(now)s)
        AND (f.closed_at IS NULL OR f.closed_at > f.due_at)
        AND NOT EXISTS (
            SELECT 1 FROM desk_followupevent e WHERE e.follow_up_id = f.id
                AND (e.user_id IS NOT NULL AND e.at <= f.due_at OR e.at > f.due_at AND e.what IN ('taken', 'assigned')))
) AS late WHERE came_of IS NOT NULL ORDER BY due_at, id
"""
_REVIEWS = """
SELECT v.store_id, coalesce(CASE WHEN f.owner_id > 0 THEN f.owner_id END, h.agent_id) AS agent_id, v.review_id,
    v.created_at, v.order_id, coalesce(v.buyer_id, o.buyer_id), v.rating
FROM orders_reviewhandling h
JOIN orders_review v ON v.store_id = h.store_id AND v.review_id = h.review_id
LEFT JOIN orders_order o ON o.store_id = v.store_id AND o.order_id = v.order_id
LEFT JOIN kpis_orderfact f ON f.order_id = o.id
WHERE h.store_id = ANY(%(stores)s) AND h.fault = 'agent' AND NOT h.malicious AND h.outcome NOT IN ('changed', 'deleted')
    AND v.grade IN ('bad', 'middling', 'hidden') AND v.created_at + %(stands)s >= %(begins)s
    AND v.created_at + %(stands)s < least(%(ends)s, %(now)s)
ORDER BY v.created_at, v.review_id
"""


def shipping(look: Look) -> list[Found]:
    """Orders not shipped or not arrived in time that nobody followed up before it was late, and what came of it."""
    with connection.cursor() as cursor:
        cursor.execute(_SHIPPING, look.params)
        rows = cursor.fetchall()
    found = []
    for store_id, agent_id, number, due_at, order_id, buyer_id, hours, came_of in rows:
        if day := look.day(store_id, due_at):
            facts = {"overdue_hours": hours, "came_of": came_of, "follow_up": number}
            found.append(Found(store_id, agent_id, str(number), day, order_id, buyer_id, facts=facts))
    return found


def bad_review(look: Look) -> list[Found]:
    """Bad reviews judged to be the agent's fault that still stand after the days the settings give."""
    stands = timedelta(days=look.settings.review_days)
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWS, look.params | {"stands": stands})
        rows = cursor.fetchall()
    found = []
    for store_id, agent_id, review_id, created_at, order_id, buyer_id, rating in rows:
        if agent_id and (day := look.day(store_id, created_at + stands)):
            facts = {"stars": rating, "review": review_id}
            found.append(
                Found(store_id, agent_id, f"{store_id}/{review_id}", day, order_id, buyer_id, facts=facts)
            )
    return found
