"""Buyers of two months ago who have not come back are visited again (R38): once for each month they bought in.

The one matter that begins by the clock alone: most buyers of two months ago have no other news today.
"""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, touched
from desk.visits import OUTCOMES
from stores.business_days import day_of

AFTER = "make_interval(days => %(days)s)"
MONTH = f"date_trunc('month', {day_of('o.paid_at')}::timestamp)"

DETECTOR = Detector(
    name="return_visit",
    label=_("Return visit"),
    sentence=_("Bought in %(month)s and not since: ask how things are."),
    outcomes=OUTCOMES,
    options={
        "days": Option(_("So many days after the last payment of a month"), 60),
        "due_days": Option(_("Due after so many more days"), 7),
        "at_least": Option(_("Only buyers who paid at least"), 0),
    },
    columns={
        "subject": "v.buyer_id::text",
        "occasion": "v.month",
        "buyer_id": "v.buyer_id",
        "order_id": "NULL::text",
        "opens_at": f"v.paid_at + {AFTER}",
        "due_at": f"v.paid_at + {AFTER} + make_interval(days => %(due_days)s)",
        "worth": "v.amount",
        "facts": "jsonb_build_object('month', v.month)",
        "ended_at": "v.next_at",
        "outcome": "CASE WHEN v.next_at IS NULL THEN '' ELSE 'bought' END",
    },
    source=f"""(
        SELECT m.buyer_id, to_char(m.month, 'YYYY-MM') AS month, m.paid_at, m.amount,
            lead(m.first_at) OVER (PARTITION BY m.buyer_id ORDER BY m.month) AS next_at
        FROM (SELECT o.buyer_id, {MONTH} AS month, min(o.paid_at) AS first_at, max(o.paid_at) AS paid_at,
                sum(coalesce(o.paid_amount, 0)) AS amount
            FROM touched_order o WHERE o.paid_at IS NOT NULL AND o.cancelled_at IS NULL AND o.buyer_id IS NOT NULL
            GROUP BY 1, 2) AS m
    ) AS v WHERE {touched("v.buyer_id")} AND v.paid_at + {AFTER} <= %(now)s AND v.amount >= %(at_least)s""",
    reach=f"SELECT o.buyer_id FROM orders_order o WHERE o.store_id = %(store)s AND o.buyer_id IS NOT NULL"
    f" AND o.paid_at > %(reached)s - {AFTER} AND o.paid_at <= %(now)s - {AFTER}",
)
