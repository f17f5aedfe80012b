"""Orders not paid for hours: the buyer is reminded before the day's shipping cut-off (R28)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, cut_off_after, first_of, last_reply

OPENS = "(o.created_at + make_interval(hours => %(open_hours)s))"
# Another order after this one was chased, or a paid one with the same product (另拍): this one needs no payment.
ORDERED_AGAIN = f"""
LEFT JOIN LATERAL (
    SELECT n.order_id, CASE WHEN c.sent_at IS NOT NULL THEN n.created_at ELSE n.paid_at END AS at
    FROM touched_order n
    LEFT JOIN LATERAL {last_reply("o.buyer_id", f"greatest({OPENS}, n.created_at - make_interval(hours => %(again_hours)s))", "n.created_at")} c ON true
    WHERE n.buyer_id = o.buyer_id AND n.created_at > o.created_at
        AND n.created_at <= o.created_at + make_interval(days => %(again_days)s)
        AND n.created_at < coalesce(least(o.paid_at, o.cancelled_at), 'infinity')
        AND (c.sent_at IS NOT NULL OR (n.paid_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM orders_orderline a JOIN orders_orderline b ON b.store_id = a.store_id
                AND coalesce(b.product_code, b.title) = coalesce(a.product_code, a.title) AND b.order_id = n.order_id
            WHERE a.store_id = %(store)s AND a.order_id = o.order_id)))
    ORDER BY 2, n.order_id LIMIT 1
) n ON true
"""
LAST_REPLY = last_reply(
    "o.buyer_id",
    "o.created_at",
    "coalesce(least(o.paid_at, o.cancelled_at, n.at), 'infinity')",
    f"coalesce(least(o.paid_at, o.cancelled_at, n.at), 'infinity') > {OPENS}",
)

DETECTOR = Detector(
    name="unpaid",
    label=_("Unpaid order"),
    sentence=_("Order %(order)s is not paid yet: remind the buyer."),
    outcomes=(
        ("reminded", _("Reminded")),
        ("will_pay", _("Will pay")),
        ("no_answer", _("No answer")),
        ("changed_mind", _("Does not want it")),
        ("order_to_close", _("Order to be closed")),
    ),
    options={
        "open_hours": Option(_("Not paid after so many hours"), 12),
        "free_hours": Option(_("Free for others after so many hours"), 24),
        "again_hours": Option(_("Ordered again within so many hours of a chase"), 24),
        "again_days": Option(_("Ordered again within so many days"), 7),
    },
    columns={
        "opens_at": OPENS,
        "due_at": cut_off_after(OPENS),
        "free_at": "o.created_at + make_interval(hours => %(free_hours)s)",
        "locked_until": "r.sent_at + make_interval(mins => %(lock)s)",
        "facts": "jsonb_strip_nulls(jsonb_build_object('new_order', n.order_id))",
        **first_of(paid="o.paid_at", closed_order="o.cancelled_at", re_ordered="n.at"),
        # Whoever wrote last between the opening and the payment made it happen.
        "credited_agent_id": f"CASE WHEN o.paid_at IS NOT NULL AND o.paid_at <= coalesce(least(o.cancelled_at, n.at), 'infinity')"
        f" THEN coalesce(CASE WHEN r.sent_at >= {OPENS} THEN r.agent_id END, nullif(f.chase_agent_id, 0)) END",
    },
    source=f"touched_order o {ORDERED_AGAIN} LEFT JOIN LATERAL {LAST_REPLY} r ON true"
    f" LEFT JOIN kpis_orderfact f ON f.order_id = o.id AND o.paid_at > {OPENS}"
    " WHERE NOT o.cod AND o.created_at IS NOT NULL",
)
