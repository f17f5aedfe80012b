"""Bad and middling reviews: read the next morning, answered, and mended where that is possible (R22)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, next_wall, touched

DETECTOR = Detector(
    name="bad_review",
    label=_("Bad review"),
    sentence=_("A review with %(rating)s of 5 stars: contact the buyer."),
    outcomes=(
        ("settled", _("Settled with the buyer")),
        ("will_change", _("Buyer changes it")),
        ("stays", _("Stays as it is")),
        ("no_answer", _("No answer")),
    ),
    options={
        "stars": Option(_("At most so many stars"), 3),
        "due_minutes": Option(_("Due the next day at"), 720, clock=True),
    },
    columns={
        "subject": "v.review_id",
        "buyer_id": "v.of_buyer",
        "order_id": "v.order_id",
        "opens_at": "v.created_at",
        "due_at": next_wall(
            "(((date_trunc('day', v.created_at AT TIME ZONE %(zone)s) + interval '1 day') AT TIME ZONE %(zone)s))",
            "%(due_minutes)s",
        ),
        "worth": "v.paid_amount",
        "facts": "jsonb_build_object('rating', v.rating)",
        "ended_at": "v.replied_at",
        "outcome": "CASE WHEN v.replied_at IS NULL THEN '' ELSE 'replied' END",
    },
    # Reviews are few, orders many: a review without a buyer has its order's.
    source=f"""(
        SELECT r.*, coalesce(r.buyer_id, o.buyer_id) AS of_buyer, o.paid_amount FROM orders_review r
        LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id
        WHERE r.store_id = %(store)s AND r.rating <= %(stars)s AND r.created_at IS NOT NULL
    ) AS v WHERE {touched("coalesce(v.of_buyer, 0)")}""",
)
