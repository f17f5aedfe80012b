"""Invitations and ratings of sessions as facts (docs/kpis.md §8)."""

from django.db import connection

from kpis.facts import Part, replace
from stores.business_days import day_of
from team.holders import holder_of

# A session's own line and a rating of the same id are one matter. The session tells whose it is and when it began, in
# whatever order the two come in; of what was said, the rating's word counts before the session list's.
# A rating of no known session needs buyer, seat and time of its own, or waits for its session.
SATISFACTION = """
CREATE TEMPORARY TABLE fresh_satisfaction ON COMMIT DROP AS
WITH told AS MATERIALIZED (
    SELECT t.*, {day} AS day FROM (
        SELECT e.session_id AS rating_id, e.buyer_id, e.seat_id, e.started_at AS at,
            coalesce(r.invited, e.invited) AS invited, coalesce(r.rating, e.rating) AS rating
        FROM conversations_exportedsession e
        LEFT JOIN conversations_rating r ON r.store_id = e.store_id AND r.rating_id = e.session_id
        WHERE e.store_id = %(store)s {of_sessions}
        UNION ALL
        SELECT r.rating_id, r.buyer_id, r.seat_id, r.rated_at, r.invited, r.rating
        FROM conversations_rating r
        WHERE r.store_id = %(store)s {of_ratings}
            AND r.buyer_id IS NOT NULL AND r.seat_id IS NOT NULL AND r.rated_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM conversations_exportedsession e
                WHERE e.store_id = r.store_id AND e.session_id = r.rating_id)
    ) AS t
    WHERE t.invited IS NOT NULL OR t.rating IS NOT NULL
), held AS MATERIALIZED (
    SELECT seat_id, day, {holder} AS agent_id FROM (SELECT DISTINCT seat_id, day FROM told) AS d
)
SELECT t.rating_id, t.buyer_id, t.day, h.agent_id, t.at, t.invited, t.rating FROM told t JOIN held h USING (seat_id, day)
"""


def derive_satisfaction(part: Part) -> int:
    """Derive and store this part's invitations and ratings; returns how many rows differed."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS fresh_satisfaction")
        cursor.execute(
            SATISFACTION.format(
                day=day_of("t.at"),
                holder=holder_of("d.seat_id", "d.day"),
                of_sessions=part.only("e.buyer_id"),
                of_ratings=part.only("r.buyer_id"),
            ),
            part.params,
        )
    return replace(
        part,
        "kpis_satisfaction",
        "fresh_satisfaction",
        ("rating_id",),
        ("buyer_id", "day", "agent_id", "at", "invited", "rating"),
        "ARRAY[x.day]",
        of_chats=True,
    )
