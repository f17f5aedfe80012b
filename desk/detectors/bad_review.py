"""Bad and middling reviews, and good stars with negative words: read the next morning, answered, and mended where that
is possible (R22, R34)."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, first_of, next_wall, touched
from desk.models import FollowUp
from orders.models import Review
from orders.reviews import settle
from tenants.models import User


def _review(follow_up: FollowUp) -> Review:
    return Review.objects.select_related("store").get(
        store_id=follow_up.store_id, review_id=follow_up.subject
    )


def _close(follow_up: FollowUp, outcome: str, user: User | None, now: datetime, note: str) -> None:
    settle(_review(follow_up), outcome, follow_up.agent_id, user, now, text=note)


def _reopen(follow_up: FollowUp, user: User, now: datetime) -> None:
    settle(_review(follow_up), "", None, user, now)


DETECTOR = Detector(
    name="bad_review",
    label=_("Bad review"),
    sentence=_("A review with %(rating)s of 5 stars: contact the buyer."),
    # The codes of orders.reviews.OUTCOMES.
    outcomes=(
        ("settled", _("Settled with the buyer")),
        ("will_change", _("Buyer changes it")),
        ("changed", _("Buyer changed it")),
        ("deleted", _("Buyer deleted it")),
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
        **first_of(replied="least(v.replied_at, v.published_at)", handled="v.outcome_at"),
    },
    # Reviews are few, orders many: a review without a buyer has its order's. A class set by hand stands over the stars.
    source=f"""(
        SELECT r.*, coalesce(r.buyer_id, o.buyer_id) AS of_buyer, o.paid_amount, h.published_at, h.outcome_at
        FROM orders_review r
        LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id
        LEFT JOIN orders_reviewhandling h ON h.store_id = r.store_id AND h.review_id = r.review_id
        WHERE r.store_id = %(store)s AND r.created_at IS NOT NULL AND (r.grade = 'hidden'
            OR CASE WHEN r.graded_with = 'hand' THEN r.grade IN ('bad', 'middling') ELSE r.rating <= %(stars)s END)
    ) AS v WHERE {touched("coalesce(v.of_buyer, 0)")}""",
    on_close=_close,
    on_reopen=_reopen,
)
