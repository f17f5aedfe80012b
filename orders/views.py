"""Personal data of orders: the panel, revealing it, and finding a receiver's orders."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.forms import ReceiverForm, RevealForm
from orders.models import Order
from orders.personal import SHOWN_SECONDS, TooManyReveals, masked_fields, may_open, reveal
from orders.search import orders_of_receiver
from stores.models import Store
from tenants.access import permission_required
from tenants.masking import masked_name, masked_phone

MOST_FOUND = 50


@require_GET
@permission_required("see_own_figures")
def order_personal(request, code: str, order_id: str):
    """An order's personal data, masked. A fragment for pages that show the order, or a page of its own."""
    order, shown_pass = _order(request, code, order_id)
    return _panel(request, order, shown_pass, fields=masked_fields(order), form=RevealForm())


@require_POST
@permission_required("reveal_personal_data")
def order_reveal(request, code: str, order_id: str):
    """The same as it is, for a minute and for a reason."""
    order, shown_pass = _order(request, code, order_id)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _panel(request, order, shown_pass, fields=masked_fields(order), form=form)
    try:
        fields = reveal(request, order, form.cleaned_data["reason"])
    except TooManyReveals as error:
        minutes = -(-error.wait_seconds // 60)
        answer = _panel(
            request, order, shown_pass, fields=masked_fields(order), form=form, wait_minutes=minutes
        )
        answer.headers["Retry-After"] = str(error.wait_seconds)
        return answer
    return _panel(request, order, shown_pass, fields=fields, seconds=SHOWN_SECONDS)


@require_http_methods(["GET", "POST"])
@permission_required("reveal_personal_data")
@permission_required("see_all_orders")
def order_search(request):
    """Orders by the receiver's exact phone or name. Asked by POST: what is looked for stays out of addresses."""
    form, orders = ReceiverForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        stores = Store.objects.open_to(request.membership)
        found = orders_of_receiver(request.organization.pk, **form.cleaned_data).filter(store__in=stores)
        orders = [
            {
                "order": order,
                "name": masked_name(order.decrypted("receiver_name")),
                "phone": masked_phone(order.decrypted("receiver_phone")),
            }
            for order in found.select_related("store", "buyer")[:MOST_FOUND]
        ]
    return _private(render(request, "orders/order_search.html", {"form": form, "orders": orders}))


def _order(request, code: str, order_id: str) -> tuple[Order, str]:
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    order = get_object_or_404(Order.objects.select_related("store"), store=store, order_id=order_id)
    shown_pass = request.GET.get("pass", "")
    if not may_open(request.membership, order, shown_pass):
        raise PermissionDenied
    return order, shown_pass


def _panel(request, order: Order, shown_pass: str, **context) -> HttpResponse:
    part = request.htmx and not request.htmx.boosted
    template = "orders/_order_personal.html" if part else "orders/order_personal.html"
    return _private(render(request, template, {"order": order, "pass": shown_pass, **context}))


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, neither on the way nor in the browser."""
    response.headers["Cache-Control"] = "no-store"
    return response
