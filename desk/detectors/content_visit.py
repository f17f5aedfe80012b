"""Days after a parcel arrived: is the buyer content? (R38). Off until a store wants it: one for every parcel."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option
from desk.visits import OUTCOMES

OPENS = "(o.arrived_at + make_interval(days => %(days)s))"

DETECTOR = Detector(
    name="content_visit",
    label=_("Return visit after arrival"),
    sentence=_("Order %(order)s has arrived: ask whether the buyer is content."),
    outcomes=OUTCOMES,
    options={
        "days": Option(_("So many days after arrival"), 3),
        "at_least": Option(_("Only orders worth at least"), 0),
    },
    enabled=False,
    columns={
        "opens_at": OPENS,
        "due_at": f"{OPENS} + interval '1 day'",
        "ended_at": "o.cancelled_at",
        "outcome": "CASE WHEN o.cancelled_at IS NULL THEN '' ELSE 'closed_order' END",
    },
    source="touched_order o WHERE o.arrived_at IS NOT NULL AND o.buyer_id IS NOT NULL"
    " AND coalesce(o.paid_amount, o.total_amount, 0) >= %(at_least)s",
)
