"""After payment the address is checked with the buyer, before the parcel goes (R29)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, cut_off_after, first_of

DETECTOR = Detector(
    name="address_check",
    label=_("Address check"),
    sentence=_("Order %(order)s is paid: check the address with the buyer."),
    outcomes=(
        ("right", _("Address is right")),
        ("changed", _("Address changed")),
        ("no_answer", _("No answer")),
    ),
    options={"at_least": Option(_("Only orders worth at least"), 0)},
    columns={
        "opens_at": "o.paid_at",
        "due_at": cut_off_after("o.paid_at"),
        **first_of(shipped="o.shipped_at", closed_order="o.cancelled_at", arrived="o.arrived_at"),
    },
    source="touched_order o WHERE NOT o.cod AND o.paid_at IS NOT NULL AND coalesce(o.paid_amount, o.total_amount, 0) >= %(at_least)s",
)
