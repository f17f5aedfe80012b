"""The page of courier rates (R09): what a parcel costs from a day on, where no imported cost says it."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from orders.models import Order
from orders.trade_models import CourierRate
from stores.forms import DayField, StyledForm, posted
from stores.models import Store
from tenants.access import permission_required

ROWS_PER_PAGE = 50
LATELY = timedelta(days=30)


class RateForm(StyledForm):
    """courier blank: any courier without a rate of its own."""

    store = forms.ChoiceField(label=_("Store"))
    courier = forms.CharField(
        label=_("Courier"), required=False, max_length=100,
        help_text=_("As the orders name it. Blank: every courier without a rate of its own."),
        widget=forms.TextInput(attrs={"list": "couriers"}),
    )  # fmt: skip
    since = DayField(label=_("From"))
    amount = forms.DecimalField(
        label=_("Cost of a parcel"), min_value=Decimal(0), max_digits=12, decimal_places=2,
        help_text=_("In the store’s currency."),
    )  # fmt: skip

    def __init__(self, *args, stores: list[Store], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = [(store.code, f"{store.name} ({store.currency})") for store in stores]


@require_http_methods(["GET", "POST"])
@permission_required("see_costs", change="set_costs")
def courier_rates(request):
    """The rates of one's stores, newest first, and a form that adds or corrects one."""
    stores = list(Store.objects.open_to(request.membership))
    form = RateForm(posted(request), stores=stores)
    if request.method == "POST" and form.is_valid():
        rate = form.cleaned_data
        CourierRate.objects.update_or_create(
            organization=request.organization,
            store=next(store for store in stores if store.code == rate["store"]),
            courier=" ".join(rate["courier"].split()),
            since=rate["since"],
            defaults={"amount": rate["amount"]},
        )
        messages.success(request, gettext("Courier rate saved."))
        return redirect("courier_rates", request.organization.slug)
    rates = CourierRate.objects.filter(store__in=stores).select_related("store")
    page = Paginator(rates.order_by("store__code", "courier", "-since"), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "couriers": _couriers(stores, timezone.now()),
        "has_stores": bool(stores),
    }
    return render(request, "orders/courier_rates.html", context)


def _couriers(stores: list[Store], now: datetime) -> list[str]:
    """The couriers that parcels of the last weeks went with, offered while typing."""
    lately = Order.objects.filter(store__in=stores, paid_at__gte=now - LATELY, courier__isnull=False)
    return sorted(lately.values_list("courier", flat=True).distinct())


@require_POST
@permission_required("see_costs", change="set_costs")
def courier_rate_delete(request, courier_rate_id: int):
    stores = Store.objects.open_to(request.membership)
    get_object_or_404(CourierRate, pk=courier_rate_id, store__in=stores).delete()
    messages.success(request, gettext("Courier rate deleted."))
    return redirect("courier_rates", request.organization.slug)
