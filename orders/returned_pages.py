"""Goods on their way back, to be inspected, to be decided on: the list, and each move."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from orders.case_forms import InspectForm, SettleItemForm
from orders.returned import (
    CONDITIONS,
    DECISIONS,
    STAGES,
    arrive,
    at_stage,
    inspect,
    settle_item,
)
from orders.service_models import ReturnedItem
from stores.forms import StyledForm
from stores.models import Store
from tenants.access import permission_required

ROWS_PER_PAGE = 50


class ReturnedFilters(StyledForm):
    """What the address asks for; a wrong value asks for everything."""

    show = forms.ChoiceField(choices=list(STAGES.items()), required=False)
    store = forms.ModelChoiceField(
        Store.objects.none(), label=_("Store"), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip

    def __init__(self, data, stores):
        super().__init__(data, auto_id="filter_%s")
        self.fields["store"].queryset = stores
        self.fields["store"].widget.attrs["aria-label"] = self.fields["store"].label


@require_GET
@permission_required("see_cases")
def returned_list(request):
    """What comes back, by what is to be done with it; the oldest first, decided ones latest first."""
    stores = Store.objects.open_to(request.membership)
    filters = ReturnedFilters(request.GET, stores)
    filters.is_valid()
    store, show = filters.cleaned_data.get("store"), filters.cleaned_data.get("show") or "arrived"
    items = ReturnedItem.objects.filter(store__in=[store] if store else stores)
    found = at_stage(items, show).select_related("store", "case", "inspected_by")
    order = ("-inspected_at", "-pk") if show == "decided" else ("expected_at", "pk")
    page = Paginator(found.order_by(*order), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "row": row,
            "condition": CONDITIONS.get(row.condition, ""),
            "decision": DECISIONS.get(row.decision, ""),
        }
        for row in page.object_list
    ]
    context = {
        "page": page, "rows": rows, "filters": filters, "show": show, "stages": _counts(items), "worth": _worth(items),
    }  # fmt: skip
    return render(request, "orders/returned_list.html", context)


def _counts(items) -> list[tuple]:
    """[(stage, its name, how many)]; one statement."""
    done = ~Q(decision="")
    counts = items.aggregate(
        decided=Count("pk", filter=done),
        inspected=Count("pk", filter=~done & Q(inspected_at__isnull=False)),
        arrived=Count("pk", filter=~done & Q(inspected_at=None, arrived_at__isnull=False)),
        expected=Count("pk", filter=~done & Q(inspected_at=None, arrived_at=None)),
    )
    return [(stage, name, counts[stage]) for stage, name in STAGES.items()]


def _worth(items) -> list[dict]:
    """[{currency, decision, count, worth}] of what is decided; one statement."""
    sums = (
        items.exclude(decision="")
        .order_by("store__currency", "decision")
        .values("store__currency", "decision")
        .annotate(count=Count("pk"), worth=Sum("worth"))
    )
    return [
        {
            "currency": row["store__currency"],
            "decision": DECISIONS.get(row["decision"], row["decision"]),
            "count": row["count"],
            "worth": row["worth"],
        }
        for row in sums
    ]


@require_POST
@permission_required("work_cases")
def returned_act(request, returned_id: int):
    """arrive, inspect or settle, named by `act`."""
    items = ReturnedItem.objects.filter(store__in=Store.objects.open_to(request.membership))
    item = get_object_or_404(items.select_related("store", "case__store"), pk=returned_id)
    try:
        _do(request, item)
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect("case_detail", request.organization.slug, item.case_id)


def _do(request, item: ReturnedItem) -> None:
    act, who = request.POST.get("act"), {"user": request.user, "now": timezone.now()}
    if act == "arrive":
        arrive(item, **who)
        return
    if act not in ("inspect", "settle"):
        raise ValueError(gettext("Nothing was changed."))
    form = (InspectForm if act == "inspect" else SettleItemForm)(request.POST)
    if not form.is_valid():
        raise ValueError(next(iter(form.errors.values()))[0])
    said = form.cleaned_data
    if act == "inspect":
        inspect(item, said["condition"], note=said["note"], files=request.FILES.getlist("files"), **who)
    else:
        settle_item(item, said["decision"], said["worth"], **who)
