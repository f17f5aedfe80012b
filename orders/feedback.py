"""What buyers and agents tell other departments, and what came of it (R40)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.complaint_models import Feedback
from orders.dossiers import happened
from orders.remark_models import About
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import User

LONGEST_TEXT = 2000
DEPARTMENTS = {
    "operations": _("Operations"),
    "design": _("Design"),
    "product": pgettext_lazy("department", "Product"),
    "warehouse": _("Warehouse"),
    "logistics": _("Logistics"),
}
KINDS = {
    "opinion": _("Opinion"),
    "fault": pgettext_lazy("feedback", "Product fault"),
    "page": _("Gap on the page"),
    "competitor": _("Competitor's price or gift"),
    "other": _("Other"),
}
ORIGINS = {
    "chat": _("Chat"),
    "case": _("After-sales case"),
    "review": _("Review"),
    "hand": _("By hand"),
}
STATES = {
    "new": pgettext_lazy("feedback", "New"),
    "sent": _("Sent to the department"),
    "accepted": pgettext_lazy("feedback", "Accepted"),
    "declined": pgettext_lazy("feedback", "Declined"),
    "done": pgettext_lazy("feedback", "Done"),
}
# Where a state leads; what is declined or done stays so, except that it may be sent again.
NEXT = {
    "new": ("sent",),
    "sent": ("accepted", "declined"),
    "accepted": ("done", "declined"),
    "declined": ("sent",),
    "done": ("sent",),
}


@transaction.atomic
def give_feedback(
    store: Store,
    *,
    department: str,
    kind: str,
    text: str,
    user: User | None,
    now: datetime,
    product_code: str = "",
    order_id: str | None = None,
    buyer: Buyer | None = None,
    competitor: str = "",
    competitor_price: Decimal | None = None,
    origin: str = "hand",
    origin_key: str = "",
    agent_id: int | None = None,
) -> Feedback:
    """Write one down. competitor_price: store's currency. KeyError: no such department, kind or origin."""
    DEPARTMENTS[department], KINDS[kind], ORIGINS[origin]
    if not text.strip():
        raise ValueError(gettext("Say what it is about."))
    made = Feedback.objects.create(
        organization_id=store.organization_id, store=store, department=department, kind=kind,
        product_code=product_code, order_id=order_id or None, buyer=buyer,
        text=encrypt(store.organization_id, "text", text.strip()[:LONGEST_TEXT]), competitor=competitor,
        competitor_price=competitor_price, origin=origin, origin_key=origin_key, agent_id=agent_id,
        made_by=user, made_at=now, changed_at=now,
    )  # fmt: skip
    happened(store, About.FEEDBACK, made.pk, "given", user=user, now=now, department=department, kind=kind)
    return made


@transaction.atomic
def move(feedback: Feedback, state: str, user: User, now: datetime, result: str = "") -> bool:
    """On to a state of NEXT; declined and done need a result in words. False: it is there already."""
    row = Feedback.objects.select_for_update().get(pk=feedback.pk)
    if row.state == state:
        return False
    if state not in NEXT[row.state]:
        raise ValueError(gettext("It cannot go there from where it is."))
    if state in ("declined", "done") and not result.strip():
        raise ValueError(gettext("Say what came of it."))
    before, row.state, row.changed_at = row.state, state, now
    if result.strip():
        row.result = encrypt(row.organization_id, "result", result.strip()[:LONGEST_TEXT])
    row.save(update_fields=["state", "changed_at", "result"])
    happened(
        row.store,
        About.FEEDBACK,
        row.pk,
        "moved",
        user=user,
        now=now,
        note=result,
        before=before,
        state=state,
    )
    feedback.state, feedback.changed_at, feedback.result = row.state, row.changed_at, row.result
    return True
