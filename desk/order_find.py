"""One box that finds an order by whatever is at hand. Asked by POST: what is typed stays out of addresses and logs."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orders.finding import LONGEST_QUESTION, Found, find_orders, the_one_meant
from orders.models import Order
from stores.forms import StyledForm, posted
from stores.models import Store
from tenants.access import permission_required
from tenants.masking import masked_name, masked_phone

# Why an order was found.
WAYS = {
    "number": _("order number"),
    "tracking": _("tracking number"),
    "phone": _("receiver's phone"),
    "buyer": _("buyer's name"),
    "receiver": _("receiver's name"),
    "number_beginning": _("order number begins so"),
    "buyer_beginning": _("buyer's name begins so"),
    "remark": _("words of the remark"),
}


class FindForm(StyledForm):
    """What is looked for."""

    q = forms.CharField(
        label=_("Order, buyer, phone, tracking number or words of the remark"), max_length=LONGEST_QUESTION
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.update(
            autocomplete="off", autofocus=True, enterkeyhint="search", type="search"
        )


@require_http_methods(["GET", "POST"])
@permission_required("see_orders")
def order_find(request):
    """Orders of the member's stores that what was typed may mean; a whole number that leads to one opens it."""
    form, rows = FindForm(posted(request)), None
    if request.method == "POST" and form.is_valid():
        stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
        found = find_orders(request.organization.pk, list(stores), form.cleaned_data["q"])
        if one := the_one_meant(found):
            order = Order.objects.get(pk=one)
            return _private(
                redirect("order_page", request.organization.slug, stores[order.store_id].code, order.order_id)
            )
        rows = _rows(found, stores)
    return _private(render(request, "desk/order_find.html", {"form": form, "rows": rows}))


def _rows(found: list[Found], stores: dict[int, Store]) -> list[dict]:
    """[{order, way, name, phone}] in the order in which they were found. One statement."""
    orders = Order.objects.select_related("buyer").in_bulk([each.pk for each in found])
    rows = []
    for each in found:
        order = orders[each.pk]
        order.store = stores[order.store_id]
        rows.append(
            {
                "order": order,
                "way": WAYS[each.way],
                "name": masked_name(order.decrypted("receiver_name")),
                "phone": masked_phone(order.decrypted("receiver_phone")),
            }
        )
    return rows


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
