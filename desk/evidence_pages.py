"""The evidence file of a complaint or a review: a page that asks why, and the zip (R33, R34)."""

import hashlib
import re

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from desk.complaint_pages import complaints_open_to
from desk.evidence import MOST_BYTES, MOST_MESSAGES, MOST_ORDERS, collect
from desk.evidence_file import zip_of
from desk.review_pages import reviews_open_to
from orders.dossiers import happened
from orders.models import Order
from orders.remark_models import About
from stores.forms import StyledForm, posted
from stores.models import Buyer, Store
from tenants.access import permission_required
from tenants.audit import record_export
from tenants.models import Membership
from tenants.permissions import allowed


class EvidenceForm(StyledForm):
    reason = forms.CharField(
        label=_("What is it for?"), max_length=200,
        help_text=_("Kept in the audit trail with your name."),
    )  # fmt: skip
    full = forms.BooleanField(
        label=_("With personal data and attachments"), required=False,
        help_text=_("Names, phones, addresses and pictures as they are. Without it they are hidden."),
    )  # fmt: skip


def may_have_full(membership: Membership) -> bool:
    """Who reveals personal data and sees all orders of the stores; agents reveal order by order only."""
    return allowed(membership, "reveal_personal_data") and allowed(membership, "see_all_orders")


@require_http_methods(["GET", "POST"])
@permission_required("work_cases")
def complaint_evidence(request, complaint_id: int):
    """The file for a complaint."""
    row = get_object_or_404(complaints_open_to(request.membership), pk=complaint_id)
    subject = gettext("Complaint %(number)s") % {"number": row.pk}
    back = reverse("complaint_detail", args=[request.organization.slug, row.pk])
    return _evidence(request, row.store, row.buyer, row.order_id, (About.COMPLAINT, row.pk), subject, back)


@require_http_methods(["GET", "POST"])
@permission_required("work_cases")
def review_evidence(request, code: str, review_id: str):
    """The file for a review."""
    row = get_object_or_404(reviews_open_to(request.membership), store__code=code, review_id=review_id)
    subject = gettext("Review %(number)s") % {"number": row.review_id}
    back = reverse("review_detail", args=[request.organization.slug, code, review_id])
    return _evidence(request, row.store, row.buyer, row.order_id, (About.REVIEW, row.pk), subject, back)


def _evidence(
    request,
    store: Store,
    buyer: Buyer | None,
    order_id: str | None,
    about: tuple[About, int],
    subject: str,
    back: str,
):
    if not allowed(request.membership, "export"):
        raise PermissionDenied
    may_full = may_have_full(request.membership)
    form = EvidenceForm(posted(request))
    if not may_full:
        del form.fields["full"]
    if request.method == "POST" and form.is_valid():
        if buyer is None and order_id:
            order = Order.objects.filter(store=store, order_id=order_id).select_related("buyer").first()
            buyer = order and order.buyer
        full, now = bool(form.cleaned_data.get("full")), timezone.now()
        found = collect(store, buyer, {order_id} if order_id else set(), full)
        content = zip_of(found, subject, str(request.user), now)
        name = f"evidence-{store.code}-{re.sub(r'[^A-Za-z0-9-]+', '-', subject).strip('-')}"
        record_export(
            request, name, "zip", found.lines, store=store.code, reason=form.cleaned_data["reason"], full=full,
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        happened(store, about[0], about[1], "evidence", user=request.user, now=now, full=full)
        answer = HttpResponse(content, content_type="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        answer.headers["Cache-Control"] = "no-store"
        return answer
    context = {
        "form": form, "subject": subject, "back": back, "may_full": may_full, "store": store,
        "most_messages": MOST_MESSAGES, "most_orders": MOST_ORDERS, "most_megabytes": MOST_BYTES // 1024**2,
    }  # fmt: skip
    return render(request, "desk/evidence.html", context)
