"""Making the stored follow-ups of some buyers equal to the table `matter` (desk/detecting.py), in set-based steps.

Parameters of every statement: organization, store, kinds, everybody, nobody, buyers, now, cutoff. Once people did
something to a row the facts no longer say whose it is, and once they moved its due time not when it is due; the facts
may still close it.
"""

from desk.detector import ENDS

# Events the facts write have no user and are no handling.
HANDLED = (
    "EXISTS (SELECT 1 FROM desk_followupevent e WHERE e.follow_up_id = f.id"
    " AND NOT (e.user_id IS NULL AND e.what IN ('closed', 'reopened')))"
)
MOVED = "EXISTS (SELECT 1 FROM desk_followupevent e WHERE e.follow_up_id = f.id AND e.what = 'moved')"
SAME = "f.store_id = %(store)s AND f.kind = m.kind AND f.subject = m.subject AND f.occasion = m.occasion"
SCOPE = (
    "f.store_id = %(store)s AND f.kind = ANY(%(kinds)s) AND (%(everybody)s OR f.buyer_id = ANY(%(buyers)s)"
    " OR (%(nobody)s AND f.buyer_id IS NULL))"
)
PENDING = "f.state IN ('open', 'counted')"
BY_FACTS = (
    f"f.state = 'closed' AND f.closed_by_id IS NULL AND f.outcome IN ({', '.join(repr(e) for e in ENDS)})"
)
FRESH_OR_COUNTED = "CASE WHEN {due} >= %(cutoff)s THEN 'open' ELSE 'counted' END"
NOT_SEEN = f"f.opens_at > %(now)s AND NOT {HANDLED}"

# Locked before anything is compared, in one order, so that two who lock several rows never wait for each other.
LOCK = f"SELECT count(*) FROM (SELECT f.id FROM desk_followup f WHERE {SCOPE} AND f.state = 'open' ORDER BY f.id FOR UPDATE) l"
# Every stored row of these buyers that the facts may change, with its matter; and those known under another buyer.
FIND = f"""
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
SELECT f.id, m.kind IS NULL AS gone, {HANDLED} AS handled, {MOVED} AS moved, m.*
FROM desk_followup f LEFT JOIN matter m ON {SAME}
WHERE {SCOPE} AND ({PENDING} OR {BY_FACTS})
UNION ALL
SELECT f.id, false, {HANDLED}, {MOVED}, m.* FROM matter m
CROSS JOIN LATERAL (SELECT * FROM desk_followup f WHERE {SAME} OFFSET 0) f -- one look-up by the key for each matter
WHERE ({SCOPE}) IS NOT TRUE AND ({PENDING} OR {BY_FACTS})
"""
# Nobody saw it on a list, and it never stood: it is not kept.
DROP = f"""
DELETE FROM desk_followup f USING found m
WHERE f.id = m.id AND {PENDING} AND (m.gone OR m.ended_at <= m.opens_at) AND {NOT_SEEN}
"""
CLOSE = f"""
WITH closed AS (
    UPDATE desk_followup f SET state = 'closed', outcome = CASE WHEN m.gone THEN 'withdrawn' ELSE m.outcome END,
        closed_at = CASE WHEN m.gone THEN %(now)s ELSE m.ended_at END, credited_agent_id = m.credited_agent_id,
        facts = coalesce(m.facts, f.facts), offered_agent_id = NULL, offered_pool = false
    FROM found m WHERE f.id = m.id AND {PENDING} AND (m.gone OR m.ended_at IS NOT NULL)
    RETURNING f.id, f.outcome
), settled AS (
    UPDATE desk_handoverline l SET state = 'settled', answered_at = %(now)s
    FROM closed c WHERE l.follow_up_id = c.id AND l.state = 'offered'
)
INSERT INTO desk_followupevent (organization_id, follow_up_id, at, what, details)
SELECT %(organization)s, c.id, %(now)s, 'closed', jsonb_build_object('outcome', c.outcome) FROM closed c
"""
# What the facts closed and tell otherwise now, or no longer.
CORRECT = f"""
UPDATE desk_followup f SET outcome = m.outcome, closed_at = m.ended_at, credited_agent_id = m.credited_agent_id,
    facts = m.facts
FROM found m WHERE f.id = m.id AND {BY_FACTS} AND m.ended_at IS NOT NULL
    AND (f.outcome, f.closed_at, f.credited_agent_id, f.facts) IS DISTINCT FROM (m.outcome, m.ended_at, m.credited_agent_id, m.facts)
"""
RESUME = f"""
WITH resumed AS (
    UPDATE desk_followup f SET state = {FRESH_OR_COUNTED.format(due="m.due_at")}, outcome = '', closed_at = NULL,
        credited_agent_id = NULL
    FROM found m WHERE f.id = m.id AND {BY_FACTS} AND NOT m.gone AND m.ended_at IS NULL
    RETURNING f.id
)
INSERT INTO desk_followupevent (organization_id, follow_up_id, at, what, details)
SELECT %(organization)s, id, %(now)s, 'reopened', '{{}}' FROM resumed
"""
# What a row says, beside what it would say if it followed the facts as far as people left it to them.
FOLLOWED = """
    CASE WHEN m.moved THEN f.opens_at ELSE m.opens_at END, CASE WHEN m.moved THEN f.due_at ELSE m.due_at END,
    CASE WHEN m.handled THEN f.free_at ELSE m.free_at END, CASE WHEN m.handled THEN f.agent_id ELSE m.agent_id END,
    m.worth, m.facts, m.buyer_id, m.order_id
"""
MOVE = f"""
UPDATE desk_followup f SET (opens_at, due_at, free_at, agent_id, worth, facts, buyer_id, order_id) = ROW ({FOLLOWED}),
    state = CASE WHEN f.state = 'counted' AND m.due_at > f.due_at AND m.due_at >= %(cutoff)s THEN 'open' ELSE f.state END
FROM found m WHERE f.id = m.id AND {PENDING} AND NOT m.gone AND m.ended_at IS NULL
    AND (f.opens_at, f.due_at, f.free_at, f.agent_id, f.worth, f.facts, f.buyer_id, f.order_id) IS DISTINCT FROM ({FOLLOWED})
"""
# What is over already is kept as history if it fell due lately; older, it never concerned anybody.
MAKE = f"""
INSERT INTO desk_followup (organization_id, store_id, kind, subject, occasion, buyer_id, order_id, agent_id, opens_at,
    due_at, free_at, worth, facts, offered_pool, state, outcome, closed_at, credited_agent_id, made_at)
SELECT %(organization)s, %(store)s, m.kind, m.subject, m.occasion, m.buyer_id, m.order_id, m.agent_id, m.opens_at, m.due_at,
    m.free_at, m.worth, m.facts, false,
    CASE WHEN m.ended_at IS NOT NULL THEN 'closed' ELSE {FRESH_OR_COUNTED.format(due="m.due_at")} END,
    CASE WHEN m.ended_at IS NULL THEN '' ELSE m.outcome END, m.ended_at,
    CASE WHEN m.ended_at IS NOT NULL THEN m.credited_agent_id END, %(now)s
FROM matter m
WHERE (m.ended_at IS NULL OR (m.ended_at > m.opens_at AND m.due_at >= %(cutoff)s))
    AND NOT EXISTS (SELECT 1 FROM desk_followup f WHERE {SAME})
ON CONFLICT (organization_id, store_id, kind, subject, occasion) DO NOTHING
RETURNING state
"""


def compare(cursor, params: dict) -> dict[str, int]:
    """Bring the stored rows up to the table `matter`; returns counts by what was done (desk.detecting.Counts)."""
    cursor.execute("ANALYZE matter")
    cursor.execute("DROP TABLE IF EXISTS found")
    cursor.execute(LOCK, params)
    cursor.execute(FIND, params)
    cursor.execute("ANALYZE found")
    done = {}
    for name, statement in (
        ("dropped", DROP),
        ("closed", CLOSE),
        ("corrected", CORRECT),
        ("resumed", RESUME),
        ("moved", MOVE),
    ):
        cursor.execute(statement, params)
        done[name] = cursor.rowcount
    done["moved"] += done.pop("corrected")
    cursor.execute(MAKE, params)
    states = [row[0] for row in cursor.fetchall()]
    return {**done, "made": len(states), "counted": states.count("counted"), "ended": states.count("closed")}
