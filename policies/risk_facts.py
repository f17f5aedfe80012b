"""What the facts of some buyers say of risk (R16): one SELECT for each sign that facts hold by themselves.

All read the temporary table `risk_touched` (store_id, buyer_id) and give (store_id, buyer_id, kind, evidence, fact_at).
A sign is judged at its own latest fact, never at the present: so it is the same whenever it is derived, and only its
age decides whether it still counts.
"""

from policies.risk_kinds import (
    BURST_HOURS,
    BURST_ORDERS,
    CREDIT,
    GOOD_RATE,
    MOST_SHARING,
    REFUND_DAYS,
    REFUND_SHARE,
    REFUNDS,
    YOUNG_DAYS,
)

FIGURES = {
    "refunds": REFUNDS, "refund_share": REFUND_SHARE, "refund_days": REFUND_DAYS, "good_rate": GOOD_RATE,
    "young_days": YOUNG_DAYS, "credit": CREDIT, "burst": BURST_ORDERS, "burst_hours": BURST_HOURS,
    "most_sharing": MOST_SHARING,
}  # fmt: skip

# Goods that were on their way when the money went back, at least half of it: neither a cancelled order nor a small
# compensation. A refund read off an order report does not say its kind.
REFUND_ONLY = """
    WITH refund AS (
        SELECT t.store_id, t.buyer_id, r.refund_id, o.order_id, coalesce(r.created_at, r.completed_at) AS at
        FROM risk_touched t
        JOIN orders_order o ON o.store_id = t.store_id AND o.buyer_id = t.buyer_id
        JOIN orders_refund r ON r.store_id = o.store_id AND r.order_id = o.order_id
        WHERE r.kind = 'refund_only' AND r.status <> 'closed' AND NOT r.from_report
            AND coalesce(r.created_at, r.completed_at) IS NOT NULL
            AND (coalesce(o.shipped_at, o.delivered_at) <= coalesce(r.created_at, r.completed_at)
                OR (o.shipped_at IS NULL AND o.delivered_at IS NULL AND o.status IN ('shipped', 'completed')))
            AND (r.amount IS NULL OR r.amount * 2 >= coalesce(o.paid_amount, 0))
    ), latest AS (
        SELECT store_id, buyer_id, max(at) AS at FROM refund GROUP BY 1, 2
    ), counted AS (
        SELECT l.store_id, l.buyer_id, l.at, count(DISTINCT r.order_id) AS refunded,
            array_agg(DISTINCT r.refund_id ORDER BY r.refund_id) AS refunds,
            array_agg(DISTINCT r.order_id ORDER BY r.order_id) AS orders
        FROM latest l JOIN refund r USING (store_id, buyer_id)
        WHERE r.at > l.at - make_interval(days => %(refund_days)s) GROUP BY 1, 2, 3
    ), judged AS (
        SELECT c.*, greatest(c.refunded, (
            SELECT count(*) FROM orders_order o WHERE o.store_id = c.store_id AND o.buyer_id = c.buyer_id
                AND o.paid_at > c.at - make_interval(days => %(refund_days)s) AND o.paid_at <= c.at
        )) AS paid FROM counted c WHERE c.refunded >= %(refunds)s
    )
    SELECT store_id, buyer_id, 'refund_only_often', jsonb_build_object('items', to_jsonb(refunds), 'orders', to_jsonb(orders),
        'refunded', refunded, 'of', paid), at
    FROM judged WHERE refunded >= paid * %(refund_share)s
"""
# The latest order of those that have so many before it within the hours.
MANY_ORDERS = """
    WITH placed AS (
        SELECT t.store_id, t.buyer_id, o.created_at AS at,
            lag(o.created_at, %(burst)s - 1) OVER w AS first_at
        FROM risk_touched t JOIN orders_order o ON o.store_id = t.store_id AND o.buyer_id = t.buyer_id
        WHERE o.created_at IS NOT NULL
        WINDOW w AS (PARTITION BY t.store_id, t.buyer_id ORDER BY o.created_at, o.order_id)
    ), burst AS (
        SELECT store_id, buyer_id, max(at) AS at FROM placed
        WHERE at - first_at <= make_interval(hours => %(burst_hours)s) GROUP BY 1, 2
    )
    SELECT b.store_id, b.buyer_id, 'many_orders', jsonb_build_object('items', jsonb_agg(o.order_id ORDER BY o.order_id),
        'orders', jsonb_agg(o.order_id ORDER BY o.created_at, o.order_id),
        'minutes', round(extract(epoch FROM max(o.created_at) - min(o.created_at)) / 60)::integer), b.at
    FROM burst b JOIN orders_order o ON o.store_id = b.store_id AND o.buyer_id = b.buyer_id
        AND o.created_at >= b.at - make_interval(hours => %(burst_hours)s) AND o.created_at <= b.at
    GROUP BY b.store_id, b.buyer_id, b.at
"""
# What the platform says of the buyer has no date of its own: it counts from when they last ordered or wrote.
_LAST = """greatest(
        (SELECT max(o.created_at) FROM orders_order o WHERE o.store_id = b.store_id AND o.buyer_id = b.id {order}),
        (SELECT max(m.sent_at) FROM conversations_message m WHERE m.store_id = b.store_id AND m.buyer_id = b.id
            AND m.kind + 0 = 0 {message}))"""
_EVER = _LAST.format(order="", message="")
_WHILE_YOUNG = _LAST.format(
    **{
        name: f"AND {at} >= b.registered_at AND {at} < b.registered_at + make_interval(days => %(young_days)s)"
        for name, at in (("order", "o.created_at"), ("message", "m.sent_at"))
    }
)
_BUYERS = "risk_touched t JOIN stores_buyer b ON b.id = t.buyer_id"
GOOD_RATES = f"""
    SELECT q.store_id, q.id, 'low_good_rate',
        jsonb_build_object('items', jsonb_build_array(q.good_rate::text), 'rate', q.good_rate), q.at
    FROM (SELECT b.store_id, b.id, b.good_rate, {_EVER} AS at FROM {_BUYERS} WHERE b.good_rate < %(good_rate)s) AS q
    WHERE q.at IS NOT NULL
"""
CREDITS = f"""
    SELECT q.store_id, q.id, 'low_credit',
        jsonb_build_object('items', jsonb_build_array(q.credit::text), 'credit', q.credit), q.at
    FROM (SELECT b.store_id, b.id, b.credit, {_EVER} AS at FROM {_BUYERS} WHERE b.credit <= %(credit)s) AS q
    WHERE q.at IS NOT NULL
"""
YOUNG = f"""
    SELECT q.store_id, q.id, 'young_account', jsonb_build_object(
        'items', jsonb_build_array(extract(epoch FROM q.registered_at)::bigint::text),
        'days', extract(day FROM q.at - q.registered_at)::integer), q.at
    FROM (SELECT b.store_id, b.id, b.registered_at, {_WHILE_YOUNG} AS at FROM {_BUYERS} WHERE b.registered_at IS NOT NULL) AS q
    WHERE q.at IS NOT NULL
"""
SIGNS = (REFUND_ONLY, MANY_ORDERS, GOOD_RATES, CREDITS, YOUNG)

# For signs only words and names can tell. A masked name is no name.
NICKS = (
    f"SELECT b.store_id, b.id, b.name, {_EVER} FROM {_BUYERS} WHERE NOT b.masked AND b.name NOT LIKE '%%*%%'"
)
RECIPIENTS = """
    SELECT t.store_id, t.buyer_id, o.receiver_name, max(o.created_at),
        (array_agg(o.order_id ORDER BY o.created_at DESC, o.order_id))[1:5]
    FROM risk_touched t JOIN orders_order o ON o.store_id = t.store_id AND o.buyer_id = t.buyer_id
    WHERE o.receiver_name IS NOT NULL AND o.created_at IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 4, 3
"""
WORDS = """
    SELECT t.store_id, t.buyer_id, m.message_id, m.sent_at, m.text
    FROM risk_touched t JOIN conversations_message m ON m.store_id = t.store_id AND m.buyer_id = t.buyer_id
    WHERE m.kind + 0 = 0 AND m.text <> '' ORDER BY t.store_id, t.buyer_id, m.sent_at, m.message_id
"""

# Orders of the touched that share a phone or an address with a confirmed buyer: (store, buyer, the confirmed one, order,
# its time, the phone where the phone is shared, the address where the address is). How many buyers have it is counted
# over the organization.
_CONFIRMED = """
    confirmed AS (
        SELECT s.store_id, s.buyer_id FROM policies_riskstanding s WHERE s.state = 'confirmed'
    ), theirs AS MATERIALIZED (
        SELECT DISTINCT c.buyer_id, o.phone_hash, o.receiver_address
        FROM confirmed c JOIN orders_order o ON o.store_id = c.store_id AND o.buyer_id = c.buyer_id
    )
"""
SHARED = f"""
    WITH {_CONFIRMED}, mine AS (
        SELECT t.store_id, t.buyer_id, o.id, o.order_id, o.created_at, o.phone_hash, o.receiver_phone, o.receiver_address
        FROM risk_touched t JOIN orders_order o ON o.store_id = t.store_id AND o.buyer_id = t.buyer_id
        WHERE o.created_at IS NOT NULL AND (o.phone_hash IS NOT NULL OR o.receiver_address IS NOT NULL)
    ), pair AS (
        SELECT m.*, h.buyer_id AS confirmed_id, true AS by_phone FROM mine m JOIN theirs h USING (phone_hash)
        WHERE h.buyer_id <> m.buyer_id
        UNION ALL
        SELECT m.*, h.buyer_id, false FROM mine m JOIN theirs h USING (receiver_address) WHERE h.buyer_id <> m.buyer_id
    ), common_phone AS (
        SELECT p.phone_hash FROM (SELECT DISTINCT phone_hash FROM pair WHERE by_phone) AS p
        JOIN orders_order o ON o.phone_hash = p.phone_hash WHERE o.buyer_id IS NOT NULL
        GROUP BY 1 HAVING count(DISTINCT o.buyer_id) > %(most_sharing)s
    ), common_address AS (
        SELECT p.receiver_address FROM (SELECT DISTINCT receiver_address FROM pair WHERE NOT by_phone) AS p
        JOIN orders_order o ON o.receiver_address = p.receiver_address WHERE o.buyer_id IS NOT NULL
        GROUP BY 1 HAVING count(DISTINCT o.buyer_id) > %(most_sharing)s
    )
    SELECT store_id, buyer_id, confirmed_id, order_id, created_at, CASE WHEN by_phone THEN receiver_phone END,
        CASE WHEN NOT by_phone THEN receiver_address END
    FROM pair WHERE (by_phone AND phone_hash NOT IN (SELECT phone_hash FROM common_phone))
        OR (NOT by_phone AND receiver_address NOT IN (SELECT receiver_address FROM common_address))
    ORDER BY store_id, buyer_id, created_at DESC, order_id, confirmed_id
"""
ANY_CONFIRMED = "SELECT EXISTS (SELECT 1 FROM policies_riskstanding WHERE state = 'confirmed')"
# Whether what the touched do can change who shares with a confirmed buyer.
SHARING_MOVES = f"""
    WITH {_CONFIRMED}
    SELECT EXISTS (SELECT 1 FROM policies_riskstanding WHERE NOT spread)
        OR EXISTS (SELECT 1 FROM risk_touched t JOIN policies_risksignal s ON s.store_id = t.store_id
            AND s.buyer_id = t.buyer_id AND s.kind = 'shares_address')
        OR EXISTS (SELECT 1 FROM risk_touched t JOIN orders_order o ON o.store_id = t.store_id AND o.buyer_id = t.buyer_id
            WHERE o.phone_hash IN (SELECT phone_hash FROM theirs)
                OR o.receiver_address IN (SELECT receiver_address FROM theirs))
"""
SPREAD = f"""
    WITH {_CONFIRMED}
    INSERT INTO risk_touched
    SELECT o.store_id, o.buyer_id FROM orders_order o WHERE o.buyer_id IS NOT NULL AND (
        o.phone_hash IN (SELECT phone_hash FROM theirs) OR o.receiver_address IN (SELECT receiver_address FROM theirs))
    UNION SELECT s.store_id, s.buyer_id FROM policies_risksignal s WHERE s.kind = 'shares_address'
    ON CONFLICT DO NOTHING
"""
