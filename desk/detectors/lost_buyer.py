"""Buyers who chatted long and did not buy: worth a call (R03, docs/kpis.md §6)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, touched

OPENS = "(i.started_at + make_interval(hours => %(mature_hours)s))"

DETECTOR = Detector(
    name="lost_buyer",
    label=_("Asked and did not buy"),
    sentence=_("The buyer wrote %(messages)s messages and bought nothing: ask again."),
    outcomes=(
        ("wants_to_buy", _("Wants to buy")),
        ("bought_elsewhere", _("Bought elsewhere")),
        ("not_interested", _("Not interested")),
        ("no_answer", _("No answer")),
    ),
    options={
        "mature_hours": Option(_("Bought nothing for so many hours"), 24),
        "messages": Option(_("Buyers who wrote at least so many messages"), 8),
        "due_hours": Option(_("Due after so many more hours"), 24),
    },
    columns={
        "subject": "i.buyer_id::text",
        "occasion": "i.day::text",
        "buyer_id": "i.buyer_id",
        "order_id": "u.order_id",
        "opens_at": OPENS,
        "due_at": f"{OPENS} + make_interval(hours => %(due_hours)s)",
        "worth": "u.total_amount",
        "facts": "jsonb_build_object('messages', i.messages)",
        "ended_at": "b.paid_at",
        "outcome": "CASE WHEN b.paid_at IS NULL THEN '' ELSE 'bought' END",
    },
    # The store's own row: one for each buyer and day, whoever served.
    source=f"""(
        SELECT i.*, (SELECT sum(s.in_messages) FROM kpis_chatsession s WHERE s.store_id = %(store)s
            AND s.buyer_id = i.buyer_id AND s.day = i.day AND s.is_inquiry) AS messages
        FROM kpis_inquiry i WHERE i.store_id = %(store)s AND i.agent_id = -1 AND {touched("i.buyer_id")}
    ) AS i
    LEFT JOIN orders_order u ON u.id = i.unpaid_order_id
    LEFT JOIN LATERAL (SELECT min(p.paid_at) AS paid_at FROM touched_order p
        WHERE p.buyer_id = i.buyer_id AND p.paid_at >= i.started_at) b ON true
    WHERE i.messages >= %(messages)s""",
)
