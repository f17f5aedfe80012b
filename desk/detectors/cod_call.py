"""Cash-on-delivery orders are confirmed by contact before they are shipped (R29)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, cut_off_after, first_of

DETECTOR = Detector(
    name="cod_call",
    label=_("Cash on delivery to confirm"),
    sentence=_("Order %(order)s is paid on delivery: confirm it with the buyer before it is shipped."),
    outcomes=(
        ("confirmed", _("Confirmed")),
        ("not_wanted", _("Does not want it")),
        ("unreachable", _("Not reached")),
    ),
    columns={
        "opens_at": "o.created_at",
        "due_at": cut_off_after("o.created_at"),
        **first_of(shipped="o.shipped_at", closed_order="o.cancelled_at", arrived="o.arrived_at"),
    },
    source="touched_order o WHERE o.cod AND o.created_at IS NOT NULL",
)
