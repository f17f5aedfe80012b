"""Two orders of one buyer with the same products within a day: the buyer is asked, one is closed (R28)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, cut_off_after, first_of

PRODUCTS = """(
    SELECT array_agg(coalesce(l.product_code, l.title) ORDER BY coalesce(l.product_code, l.title)) FROM orders_orderline l
    WHERE l.store_id = %(store)s AND l.order_id = {order}
)"""

DETECTOR = Detector(
    name="duplicate",
    label=_("Ordered twice"),
    sentence=_("Orders %(other)s and %(order)s hold the same: ask the buyer and close one."),
    outcomes=(
        ("wants_both", _("Wants both")),
        ("one_to_close", _("One to be closed")),
        ("no_answer", _("No answer")),
    ),
    options={"hours": Option(_("Ordered twice within so many hours"), 24)},
    columns={
        "opens_at": "o.created_at",
        "due_at": cut_off_after("o.created_at"),
        "facts": "jsonb_build_object('other', a.order_id)",
        **first_of(closed_order="least(o.cancelled_at, a.cancelled_at)", shipped="o.shipped_at"),
    },
    # An unpaid order followed by a paid one was ordered again, which the detector `unpaid` says.
    source=f"""touched_order o CROSS JOIN LATERAL (
        SELECT a.order_id, a.cancelled_at FROM touched_order a
        WHERE a.buyer_id = o.buyer_id AND (a.created_at, a.order_id) < (o.created_at, o.order_id)
            AND a.created_at >= o.created_at - make_interval(hours => %(hours)s)
            AND (a.paid_at IS NOT NULL OR o.paid_at IS NULL)
            AND coalesce(a.cancelled_at, 'infinity') > o.created_at
            AND {PRODUCTS.format(order="a.order_id")} = {PRODUCTS.format(order="o.order_id")}
        ORDER BY a.created_at DESC, a.order_id LIMIT 1
    ) a""",
)
