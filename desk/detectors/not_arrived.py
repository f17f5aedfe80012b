"""Parcels on their way for longer than the courier needs (R30). Per country: each store has its own setting."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, first_of

# Of `顺丰=3, 中通=5`, the order's own courier's days.
DAYS = """coalesce((
    SELECT max(split_part(trim(part), '=', 2)::integer) FROM unnest(string_to_array(%(by_courier)s, ',')) AS part
    WHERE trim(split_part(part, '=', 1)) = trim(o.courier) AND trim(split_part(part, '=', 2)) ~ '^[0-9]{1,3}$'
), %(days)s)"""
OPENS = f"(o.shipped_at + make_interval(days => {DAYS}))"

DETECTOR = Detector(
    name="not_arrived",
    label=_("Not arrived in time"),
    sentence=_("Order %(order)s was shipped long ago (%(courier)s) and has not arrived: ask the courier."),
    outcomes=(
        ("courier_asked", _("Courier asked")),
        ("told_buyer", _("Buyer told")),
        ("sent_again", _("To be sent again")),
    ),
    options={
        "days": Option(_("Days on the way"), 7),
        "by_courier": Option(_("Days by courier (name=days, …)"), ""),
    },
    columns={
        "opens_at": OPENS,
        "due_at": f"{OPENS} + interval '1 day'",
        "facts": "jsonb_strip_nulls(jsonb_build_object('courier', o.courier))",
        **first_of(arrived="o.arrived_at", closed_order="o.cancelled_at"),
    },
    source="touched_order o WHERE o.shipped_at IS NOT NULL",
)
