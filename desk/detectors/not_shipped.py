"""Orders that come near the promised time of shipping, or pass it, and are not shipped (R30)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, first_of

DETECTOR = Detector(
    name="not_shipped",
    label=_("Not shipped in time"),
    sentence=_("Order %(order)s is not shipped yet: ask for it, and ask the supervisor where it hangs."),
    outcomes=(("told_buyer", _("Buyer told")), ("warehouse_ships", _("Warehouse ships it"))),
    options={"warn_hours": Option(_("So many hours before the promised time"), 2)},
    columns={
        "opens_at": "o.promised_ship_at - make_interval(hours => %(warn_hours)s)",
        "due_at": "o.promised_ship_at",
        **first_of(shipped="o.shipped_at", closed_order="o.cancelled_at", arrived="o.arrived_at"),
    },
    source="touched_order o WHERE o.promised_ship_at IS NOT NULL AND (o.paid_at IS NOT NULL OR o.cod)",
)
