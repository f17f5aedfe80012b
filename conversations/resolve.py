"""Who a masked buyer was: 咚咚 chats print `a****yz`, the session list of the same days the real name."""

from django.db import connection

from stores.imports import log_changes
from stores.models import Store

# A chat of a masked buyer: messages on one seat with gaps of at most the store's session gap.
CHATS = """
CREATE TEMPORARY TABLE masked_chat ON COMMIT DROP AS
SELECT name, buyer_id, seat_id, min(sent_at) AS since, max(sent_at) AS until
FROM (
    SELECT *, sum(starts) OVER (PARTITION BY buyer_id, seat_id ORDER BY sent_at ROWS UNBOUNDED PRECEDING) AS no
    FROM (
        SELECT b.name, m.buyer_id, m.seat_id, m.sent_at, CASE WHEN m.sent_at - lag(m.sent_at)
            OVER (PARTITION BY m.buyer_id, m.seat_id ORDER BY m.sent_at) > %(gap)s THEN 1 ELSE 0 END AS starts
        FROM stores_buyer b JOIN conversations_message m ON m.store_id = b.store_id AND m.buyer_id = b.id
        WHERE b.store_id = %(store)s AND b.masked
    ) AS gaps
) AS numbered
GROUP BY name, buyer_id, seat_id, no
"""
# First by the same second, else within two minutes where only one session fits and fits only this chat.
PAIRS = """
CREATE TEMPORARY TABLE unmasked ON COMMIT DROP AS
WITH near AS (
    SELECT c.buyer_id AS masked_id, c.seat_id, c.since, c.until, e.buyer_id, e.session_id,
        date_trunc('second', e.started_at) = date_trunc('second', c.since) AS same_second,
        count(*) OVER (PARTITION BY c.buyer_id, c.seat_id, c.since) AS sessions,
        count(*) OVER (PARTITION BY e.session_id) AS chats
    FROM masked_chat c
    JOIN conversations_exportedsession e ON e.store_id = %(store)s AND e.seat_id = c.seat_id
        AND e.started_at BETWEEN c.since - interval '2 minutes' AND c.since + interval '2 minutes'
    JOIN stores_buyer b ON b.id = e.buyer_id AND NOT b.masked
        AND starts_with(b.name, split_part(c.name, '*', 1))
        AND right(b.name, length(regexp_replace(c.name, '^.*\\*', ''))) = regexp_replace(c.name, '^.*\\*', '')
), exact AS (
    SELECT masked_id, seat_id, since, until, min(buyer_id) AS buyer_id FROM near WHERE same_second
    GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT buyer_id) = 1
)
SELECT * FROM exact
UNION ALL
SELECT masked_id, seat_id, since, until, buyer_id FROM near n
WHERE sessions = 1 AND chats = 1 AND NOT same_second
    AND NOT EXISTS (SELECT 1 FROM exact e WHERE (e.masked_id, e.seat_id, e.since) = (n.masked_id, n.seat_id, n.since))
"""


def resolve_masked_buyers(store: Store) -> int:
    """Give chats of masked buyers to the buyers the exported sessions name; returns the messages moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM stores_buyer WHERE store_id = %s AND masked)", [store.pk]
        )
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("DROP TABLE IF EXISTS masked_chat, unmasked")
        cursor.execute(CHATS, {"store": store.pk, "gap": f"{store.session_gap_minutes} minutes"})
        cursor.execute(PAIRS, {"store": store.pk})
        log_changes(
            cursor,
            store,
            "SELECT masked_id, NULL::integer, since, until FROM unmasked"
            " UNION ALL SELECT buyer_id, NULL, since, until FROM unmasked"
            " UNION ALL SELECT NULL, seat_id, since, until FROM unmasked",
        )
        cursor.execute(
            "UPDATE conversations_message m SET buyer_id = u.buyer_id FROM unmasked u WHERE m.store_id = %s"
            " AND m.buyer_id = u.masked_id AND m.seat_id = u.seat_id AND m.sent_at BETWEEN u.since AND u.until",
            [store.pk],
        )
        return cursor.rowcount
