"""Paid orders nobody has written a remark for within the store's time, 20 minutes by default (R27).

Only where the store has set how it writes remarks (orders/remark_format_page.py), and of orders paid since then.
"""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, first_of

DUE = "(o.paid_at + make_interval(mins => w.late_minutes))"

DETECTOR = Detector(
    name="remark_missing",
    label=_("Remark missing"),
    sentence=_("Order %(order)s is paid and has no remark: write down what was agreed."),
    outcomes=(("no_need", _("Needs no remark")), ("on_platform", _("Written on the platform only"))),
    columns={
        "opens_at": DUE,
        "due_at": DUE,
        **first_of(
            remarked="r.made_at",
            shipped="o.shipped_at",
            closed_order="o.cancelled_at",
            arrived="o.arrived_at",
        ),
    },
    source="touched_order o JOIN orders_remarkformat w ON w.store_id = %(store)s"
    " LEFT JOIN orders_remark r ON r.store_id = %(store)s AND r.order_id = o.id AND r.number = 1"
    " WHERE o.paid_at >= w.since",
)
