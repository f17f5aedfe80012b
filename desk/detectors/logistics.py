"""The patrol of the last days' parcels (R31): an exception, or no movement for hours.

What happens while the day shift works is its own that day. What happens later is noted for it: the next day's.
"""

from django.utils.translation import gettext_noop as _

from desk.couriers import IS_EXCEPTION
from desk.detector import Detector, Option, next_wall, wall

MORNING, EVENING, LAST = "%(day_begins)s", "%(evening_begins)s", "%(day_ends)s"
TIME_OF_DAY = f"({wall('o.at')} - date_trunc('day', {wall('o.at')}))"
BY_DAY = (
    f"{TIME_OF_DAY} >= make_interval(mins => {MORNING}) AND {TIME_OF_DAY} < make_interval(mins => {EVENING})"
)
OPENS = f"(CASE WHEN {BY_DAY} THEN o.at ELSE {next_wall('o.at', MORNING)} END)"
# Each event with the one after it: a parcel that moves again needs nobody. `at`: when it becomes a matter.
EVENTS = f"""
(
    SELECT o.*, e.happened_at, e.event, e.next_at, {IS_EXCEPTION} AS exceptional,
        CASE WHEN {IS_EXCEPTION} THEN e.happened_at ELSE e.happened_at + make_interval(hours => %(still_hours)s) END AS at
    FROM touched_order o CROSS JOIN LATERAL (
        SELECT t.happened_at, t.event, lead(t.happened_at) OVER (ORDER BY t.happened_at) AS next_at
        FROM (SELECT happened_at, string_agg(event, ' / ' ORDER BY event) AS event FROM orders_trackingevent
            WHERE store_id = %(store)s AND order_id = o.order_id GROUP BY happened_at) AS t
    ) AS e
    WHERE o.shipped_at IS NOT NULL
) AS o
"""

DETECTOR = Detector(
    name="logistics",
    label=_("Parcel with a problem"),
    sentence=_("Parcel of order %(order)s: %(event)s (%(courier)s). Ask the courier."),
    outcomes=(
        ("courier_asked", _("Courier asked")),
        ("told_buyer", _("Buyer told")),
        ("comes_back", _("Comes back")),
        ("lost", _("Lost")),
    ),
    options={
        "days": Option(_("Parcels of the last days"), 3),
        "still_hours": Option(_("No movement for so many hours"), 24),
        "day_begins": Option(_("Day shift begins"), 510, clock=True),
        "evening_begins": Option(_("Noted for the next day from"), 1020, clock=True),
        "day_ends": Option(_("Day shift ends"), 1050, clock=True),
    },
    pooled=True,
    columns={
        "occasion": "extract(epoch FROM o.happened_at)::bigint::text",
        "opens_at": OPENS,
        "due_at": next_wall(OPENS, LAST),
        "facts": "jsonb_strip_nulls(jsonb_build_object('event', o.event, 'courier', o.courier,"
        " 'still', NOT o.exceptional))",
        "ended_at": "least(o.next_at, o.arrived_at, o.cancelled_at)",
        "outcome": "CASE least(o.next_at, o.arrived_at, o.cancelled_at) WHEN o.arrived_at THEN 'arrived'"
        " WHEN o.cancelled_at THEN 'closed_order' WHEN o.next_at THEN 'moving_again' ELSE '' END",
    },
    source=f"{EVENTS} WHERE o.at <= o.shipped_at + make_interval(days => %(days)s)"
    " AND coalesce(o.arrived_at, 'infinity') > o.happened_at",
)
