"""An order's personal data for people to see: masked for whoever may see the order, revealed for a reason."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from tenants.audit import record
from tenants.audit_models import AuditEntry
from tenants.masking import masked_address, masked_name, masked_phone, masked_text
from tenants.models import Membership
from tenants.permissions import allowed

SHOWN_SECONDS = 60
PASS_LASTS = timedelta(hours=12)
_SALT = "orders.personal"
_HOUR = timedelta(hours=1)


class Field(NamedTuple):
    """One line of the panel."""

    name: str
    label: str
    value: str


LABELS = {
    "receiver_name": _("Receiver"),
    "receiver_phone": _("Phone"),
    "receiver_address": _("Address"),
    "buyer_message": _("Buyer's message"),
    "seller_memo": _("Seller's memo"),
}


class TooManyReveals(Exception):
    """The member has revealed as many orders within an hour as one may. wait_seconds: until the next is possible."""

    def __init__(self, wait_seconds: int):
        super().__init__(f"wait {wait_seconds} s")
        self.wait_seconds = wait_seconds


def revealed_fields(order: Order) -> list[Field]:
    """The order's personal data as they are; what is unknown or erased is left out."""
    values = {name: order.decrypted(name) for name in LABELS}
    return [Field(name, LABELS[name], value) for name, value in values.items() if value]


def masked_fields(order: Order) -> list[Field]:
    """The same with names but for the first letter, phones but for their ends, of addresses province and city."""
    values = {name: order.decrypted(name) for name in LABELS}
    masks = {
        "receiver_name": masked_name,
        "receiver_phone": masked_phone,
        "receiver_address": masked_address,
    }
    known = {values[name]: mask(values[name]) for name, mask in masks.items() if values[name]}

    def shown(name: str, text: str) -> str:
        if name in masks:
            return masks[name](text)
        # Memos often repeat whom the parcel goes to.
        for repeated, mask in known.items():
            text = text.replace(repeated, mask)
        return masked_text(text)

    return [Field(name, LABELS[name], shown(name, text)) for name, text in values.items() if text]


def pass_for(membership: Membership, order: Order) -> str:
    """What lets a member who sees only some orders open this one's panel for 12 hours.

    Given out by pages that know whom the order belongs to and who served its buyer: this room does not.
    """
    return signing.dumps([membership.pk, order.pk], salt=_SALT)


def may_open(membership: Membership, order: Order, shown_pass: str) -> bool:
    """Whether the member may see the order's panel: all orders of the stores, or this one by its pass."""
    if allowed(membership, "see_all_orders"):
        return True
    try:
        return signing.loads(shown_pass, salt=_SALT, max_age=PASS_LASTS) == [membership.pk, order.pk]
    except signing.BadSignature:
        return False


def reveal(request, order: Order, reason: str) -> list[Field]:
    """The personal data of an order, and the audit entry that says who saw them and why.

    Errors: TooManyReveals, settings.REVEALS_PER_HOUR by this person in this organization. Call inside a scope.
    """
    # Two requests at once must not both be the last one allowed.
    Membership.objects.select_for_update().get(pk=request.membership.pk)
    now = timezone.now()
    recent = AuditEntry.objects.filter(verb="revealed", user_id=request.user.pk, at__gt=now - _HOUR)
    times = list(recent.order_by("-at").values_list("at", flat=True)[: settings.REVEALS_PER_HOUR])
    if len(times) >= settings.REVEALS_PER_HOUR:
        oldest = times[-1] if times else now
        raise TooManyReveals(max(1, round((oldest + _HOUR - now).total_seconds())))
    fields = revealed_fields(order)
    shown = [field.name for field in fields]
    record(request, "revealed", order, store=order.store.code, reason=reason, columns=shown)
    return fields
