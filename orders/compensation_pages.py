"""Deciding on a compensation and marking it paid, from its case or from the ledger (desk/compensation_page.py)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from orders.compensations import decide, mark_paid
from orders.service_models import Compensation
from stores.models import Store
from tenants.access import permission_required
from tenants.permissions import allowed


@require_POST
@permission_required("work_cases")
def compensation_act(request, compensation_id: int):
    """approve, refuse (with note=) or pay, named by `act`. back=list returns to the ledger as it was."""
    rows = Compensation.objects.filter(store__in=Store.objects.open_to(request.membership))
    row = get_object_or_404(rows.select_related("store", "case"), pk=compensation_id)
    act, note, now = request.POST.get("act"), request.POST.get("note", ""), timezone.now()
    if act in ("approve", "refuse") and not allowed(request.membership, "approve_compensation"):
        raise PermissionDenied
    try:
        if act in ("approve", "refuse"):
            decide(row, act == "approve", user=request.user, role=request.membership.role, now=now, note=note)
        elif act == "pay":
            mark_paid(row, user=request.user, now=now)
        else:
            raise ValueError(gettext("Nothing was changed."))
    except ValueError as refused:
        messages.error(request, str(refused))
    slug = request.organization.slug
    if request.POST.get("back") == "list" or not (row.case_id or row.complaint_id):
        return redirect("compensation_list", slug)
    if row.case_id:
        return redirect("case_detail", slug, row.case_id)
    return redirect("complaint_detail", slug, row.complaint_id)
