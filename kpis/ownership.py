"""Who owns each sale under each judgement rule, and why (docs/kpis.md §4)."""

from django.db import connection

from kpis.chats import ANSWERED, PAID
from kpis.facts import Part, is_sealed, replace, rule_on
from stores.business_days import day_of
from team.holders import holder_of

SALES = """
CREATE TEMPORARY TABLE sale ON COMMIT DROP AS
SELECT o.id AS order_id, o.order_id AS order_no, coalesce(o.buyer_id, 0) AS buyer_id, o.created_at, o.paid_at, o.paid_day,
    {created_day} AS created_day, coalesce(remark.flag, o.flag, 0) AS flag, coalesce(o.cod, false) AS cod,
    coalesce(remark.agent_id, CASE WHEN o.flag_seat_id IS NOT NULL THEN {flag_holder} END) AS flag_agent_id,
    remark.agent_id IS NOT NULL OR o.flag_seat_id IS NOT NULL AS signed,
    coalesce(ruling.kind = 'given', false) AS ruled, ruling.agent_id AS ruled_agent_id,
    coalesce(o.paid_amount, 0) AS paid_amount, coalesce(o.postage, 0) AS postage, coalesce(o.items, 0) AS items,
    r.id AS rule_id, r.judgement, r.ownership, r.flag_rule, r.excluded_flags, r.chaser, r.deduct_postage, r.deduct_refunds,
    make_interval(hours => 24 * r.window_days) AS "window"
FROM (SELECT *, {paid_day} AS paid_day FROM orders_order o WHERE o.store_id = %(store)s {only} AND {paid} IS NOT NULL) AS o
{rule} {remark} {ruling}
WHERE NOT (o.status = 'closed' AND r.cancel_days IS NOT NULL AND o.closed_at IS NOT NULL
    AND o.closed_at <= o.paid_at + make_interval(hours => 24 * r.cancel_days))
"""
# The last word on an order: our remark's flag, a supervisor's ruling. Of a whole store all are read once, of some
# buyers each order's is looked up, so that a refresh does not read what it is not about.
LAST_WORDS = """
LEFT JOIN (SELECT DISTINCT ON (order_id) * FROM {table} WHERE store_id = %(store)s {valid}
    ORDER BY order_id, number DESC) AS {name} ON {name}.order_id = o.id
"""
LAST_WORD = """
LEFT JOIN LATERAL (SELECT * FROM {table} x WHERE x.store_id = %(store)s AND x.order_id = o.id {valid}
    ORDER BY x.number DESC LIMIT 1) AS {name} ON true
"""
# A session that covers t ends at or after it, so "latest end first" puts step 1 before step 2.
LANDER = """
LEFT JOIN LATERAL (
    SELECT s.agent_id, s.seat_id, s.started_at FROM fresh_session s JOIN team_seat t ON t.id = s.seat_id
    WHERE s.buyer_id = o.buyer_id AND s.served_at <= o.{at} AND s.ended_at >= o.{at} - o."window"
    ORDER BY CASE WHEN o.ownership = 'rounds' THEN s.rounds END DESC, s.ended_at DESC, s.started_at DESC, t.name LIMIT 1
) AS {name} ON true
"""
# The latest human reply of a person to this buyer, 24 hours or more after the order was made. On a sealed day
# what was found before its messages went still holds.
CHASE = """
LEFT JOIN LATERAL (
    SELECT m.sent_at, m.seat_id, {holder} AS agent_id, NULL::boolean AS on_line, t.name
    FROM conversations_message m JOIN team_seat t ON t.id = m.seat_id
    WHERE o.chaser AND NOT o.cod AND o.paid_at - o.created_at > interval '24 hours'
        AND m.store_id = %(store)s AND m.buyer_id = o.buyer_id AND {answered}
        AND m.sent_at BETWEEN greatest(o.created_at + interval '24 hours', o.paid_at - o."window") AND o.paid_at
        AND {holder} <> 0
    UNION ALL
    SELECT f.chase_at, f.chase_seat_id, f.chase_agent_id, f.chase_on_line, ''
    FROM kpis_orderfact f
    WHERE o.chaser AND NOT o.cod AND o.paid_at - o.created_at > interval '24 hours'
        AND f.order_id = o.order_id AND f.buyer_id = o.buyer_id
        AND f.chase_at BETWEEN greatest(o.created_at + interval '24 hours', o.paid_at - o."window") AND o.paid_at
        AND {sealed}
    ORDER BY sent_at DESC, name LIMIT 1
) AS chase ON true
"""
# Somebody is on line at c who has a shift then, or replied to anybody in the store within half an hour of it.
# Buyer-days tell which buyers to look at: messages have no index by seat.
ON_LINE = """
EXISTS (
    SELECT 1 FROM team_rosterentry e JOIN team_shiftkind k ON k.id = e.shift_id
    WHERE e.agent_id = l.created_agent_id AND e.published AND l.chase_at BETWEEN e.starts_at AND e.ends_at
        AND (k.store_ids = '{{}}' OR %(store)s = ANY(k.store_ids))
) OR EXISTS (
    SELECT 1 FROM kpis_buyerday d JOIN conversations_message m
        ON m.store_id = d.store_id AND m.buyer_id = d.buyer_id AND m.seat_id = d.seat_id AND {answered}
        AND m.sent_at BETWEEN l.chase_at - interval '30 minutes' AND l.chase_at + interval '30 minutes'
        AND {day} = d.day
    WHERE d.store_id = %(store)s AND d.agent_id = l.created_agent_id AND d.human_replies > 0
        AND d.day BETWEEN {first} AND {last}
)
"""
LANDED = """
CREATE TEMPORARY TABLE landed ON COMMIT DROP AS
SELECT c.*, c.chase_at IS NOT NULL AND (coalesce(c.created_agent_id, 0) = 0
    OR (c.created_agent_id <> c.chase_agent_id AND NOT c.chase_on_line)) AS chaser_wins
FROM (SELECT l.*, CASE WHEN l.chase_at IS NOT NULL THEN coalesce(l.known_on_line, {on_line}) END AS chase_on_line FROM (
    SELECT o.*, made.agent_id AS created_agent_id, made.seat_id AS created_seat_id, made.started_at AS created_session_at,
        paid.agent_id AS paid_agent_id, paid.seat_id AS paid_seat_id, paid.started_at AS paid_session_at,
        chase.sent_at AS chase_at, chase.agent_id AS chase_agent_id, chase.seat_id AS chase_seat_id,
        chase.on_line AS known_on_line,
        CASE WHEN o.flag_rule = 'assigns' AND o.flag <> 0 AND o.signed THEN o.flag_agent_id <> 0 AND EXISTS (
            SELECT 1 FROM fresh_session s WHERE s.buyer_id = o.buyer_id
                AND s.agent_id = o.flag_agent_id AND s.started_at <= o.paid_at AND s.served_at <= o.paid_at
                AND s.ended_at >= o.paid_at - o."window"
        ) END AS flag_honoured
    FROM sale o {made} {paid} {chase}
) AS l) AS c
"""
# The first of ruling, flag, chaser, judgement that applies.
OWNED = """
CREATE TEMPORARY TABLE fresh_order ON COMMIT DROP AS
SELECT w.order_id, w.buyer_id, w.rule_id, w.paid_at, w.created_at, w.paid_day, w.created_day,
    w.paid_amount - CASE WHEN w.deduct_postage THEN w.postage ELSE 0 END
        - CASE WHEN w.deduct_refunds THEN coalesce(f.amount, 0) ELSE 0 END AS amount,
    w.items, w.owner_id,
    CASE WHEN w.fixed <> 'judgement' THEN w.fixed WHEN w.owner_id IS NULL THEN 'silent'
        WHEN w.judgement = 'payment' THEN 'payment' WHEN w.created_agent_id IS NOT NULL THEN 'order' ELSE 'payment' END AS reason,
    w.order_owner_id, w.order_first_owner_id, w.payment_owner_id,
    w.created_agent_id, w.created_seat_id, w.created_session_at, w.paid_agent_id, w.paid_seat_id, w.paid_session_at,
    w.flag_agent_id, w.flag_honoured, w.chase_at, w.chase_agent_id, w.chase_seat_id, w.chase_on_line,
    ARRAY(SELECT DISTINCT s.agent_id FROM fresh_session s WHERE s.buyer_id = w.buyer_id
        AND s.served_at <= w.paid_at AND s.ended_at >= w.paid_at - w."window"
        AND s.agent_id IS DISTINCT FROM w.owner_id ORDER BY 1) AS assist_ids,
    coalesce(f.refunds, 0) > 0 AS refunded, coalesce(f.amount, 0) AS refunded_amount,
    coalesce(f.items, 0)::integer AS refunded_items, coalesce(f.without_amount, 0)::integer AS refunds_without_amount,
    coalesce(f.days, '{{}}') AS refund_days
FROM (
    SELECT k.*, CASE k.judgement WHEN 'order' THEN order_owner_id WHEN 'payment' THEN payment_owner_id
        ELSE order_first_owner_id END AS owner_id
    FROM (
        SELECT l.*, {order} AS order_owner_id, {order_first} AS order_first_owner_id, {payment} AS payment_owner_id
        FROM (
            SELECT *, CASE WHEN ruled THEN 'ruling' WHEN flag_rule = 'excludes' AND (flag = ANY(excluded_flags)
                    OR (excluded_flags = '{{}}' AND flag <> 0)) THEN 'flag_excluded'
                WHEN flag_honoured THEN 'flag' WHEN chaser_wins THEN 'chaser' ELSE 'judgement' END AS fixed
            FROM landed
        ) AS l
    ) AS k
) AS w
LEFT JOIN (
    SELECT r.order_id, count(*) AS refunds, sum(r.amount) AS amount, sum(r.items) AS items,
        count(*) FILTER (WHERE r.amount IS NULL) AS without_amount,
        array_agg({refund_day} ORDER BY r.completed_at) FILTER (WHERE r.completed_at IS NOT NULL) AS days
    FROM orders_refund r WHERE r.store_id = %(store)s AND r.status = 'completed'
        AND r.kind IN ('refund_only', 'return_refund') {refunds_only}
    GROUP BY r.order_id
) AS f ON f.order_id = w.order_no
"""
OWNER = """
CASE l.fixed WHEN 'ruling' THEN l.ruled_agent_id WHEN 'flag_excluded' THEN NULL WHEN 'flag' THEN l.flag_agent_id
    WHEN 'chaser' THEN l.chase_agent_id ELSE {lander} END
"""
COLUMNS = (
    "buyer_id", "rule_id", "paid_at", "created_at", "paid_day", "created_day", "amount", "items", "owner_id", "reason",
    "order_owner_id", "order_first_owner_id", "payment_owner_id", "created_agent_id", "created_seat_id",
    "created_session_at", "paid_agent_id", "paid_seat_id", "paid_session_at", "flag_agent_id", "flag_honoured",
    "chase_at", "chase_agent_id", "chase_seat_id", "chase_on_line", "assist_ids", "refunded", "refunded_amount", "refunded_items",
    "refunds_without_amount", "refund_days",
)  # fmt: skip


def derive_owners(part: Part) -> int:
    """Derive and store this part's sales and owners from its sessions; returns how many differed."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sale, landed, fresh_order")
        cursor.execute(
            SALES.format(
                created_day=day_of("o.created_at"),
                paid_day=day_of("o.paid_at"),
                flag_holder=holder_of("o.flag_seat_id", "o.paid_day"),
                only=_buyers_or_none(part),
                paid=PAID,
                rule=rule_on("o.paid_day"),
                remark=_last_word(part, "orders_remark", "remark"),
                ruling=_last_word(part, "kpis_ownershipruling", "ruling", "AND kind <> 'refused'"),
            ),
            part.params,
        )
        cursor.execute("ANALYZE sale (buyer_id)")
        on_line = ON_LINE.format(
            answered=ANSWERED,
            day=day_of("m.sent_at"),
            first=day_of("(l.chase_at - interval '30 minutes')"),
            last=day_of("(l.chase_at + interval '30 minutes')"),
        )
        cursor.execute(
            LANDED.format(
                on_line=on_line,
                made=LANDER.format(at="created_at", name="made"),
                paid=LANDER.format(at="paid_at", name="paid"),
                chase=CHASE.format(
                    answered=ANSWERED,
                    holder=holder_of("m.seat_id", day_of("m.sent_at")),
                    sealed=is_sealed(day_of("f.chase_at")),
                ),
            ),
            part.params,
        )
        cursor.execute("ANALYZE landed (order_no)")
        cursor.execute(
            OWNED.format(
                order=OWNER.format(lander="l.created_agent_id"),
                order_first=OWNER.format(lander="coalesce(l.created_agent_id, l.paid_agent_id)"),
                payment=OWNER.format(lander="l.paid_agent_id"),
                refund_day=day_of("r.completed_at"),
                refunds_only="" if part.buyers is None else "AND r.order_id IN (SELECT order_no FROM landed)",
            ),
            part.params,
        )
        cursor.execute("ANALYZE fresh_order (buyer_id)")
    return replace(
        part, "kpis_orderfact", "fresh_order", ("order_id",), COLUMNS, "x.paid_day || x.refund_days"
    )


def _buyers_or_none(part: Part) -> str:
    if part.buyers is not None and 0 in part.buyers:
        return "AND (o.buyer_id = ANY(%(buyers)s) OR o.buyer_id IS NULL)"
    return part.only("o.buyer_id")


def _last_word(part: Part, table: str, name: str, valid: str = "") -> str:
    """SQL join of the row with the highest number of each order `o`; valid: a condition on the rows that count."""
    return (LAST_WORDS if part.buyers is None else LAST_WORD).format(table=table, name=name, valid=valid)
