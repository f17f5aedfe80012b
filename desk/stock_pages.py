"""Products and stock to look at while answering, and the count sheet of a month (R36)."""

import re
from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from orders.stock import LOW, make_sheet, products_matching, sheet_lines, write_counts
from stores.forms import StyledForm
from stores.models import Product, Store
from tenants.access import permission_required

ROWS_PER_PAGE = 50
MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$")
MOST_PIECES = 2**31 - 1


class ProductFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    only = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("All products")), ("low", _("Few or none left")), ("risk", _("Counterfeit risk"))],
    )
    q = forms.CharField(label=_("Product code or title"), required=False, max_length=100)

    def __init__(self, data, stores):
        super().__init__(data)
        self.fields["store"].queryset = stores
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


@require_GET
@permission_required("see_stock")
def product_list(request):
    """Products by code or title, with what is left of them."""
    stores = Store.objects.open_to(request.membership)
    filters = ProductFilters(request.GET, stores)
    filters.is_valid()
    asked = filters.cleaned_data
    found = products_matching(stores, asked.get("q") or "")
    if asked.get("store"):
        found = found.filter(store=asked["store"])
    if asked.get("only") == "low":
        found = found.filter(stock__lte=LOW)
    elif asked.get("only") == "risk":
        found = found.filter(counterfeit_risk=True)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    chosen = any(asked.get(name) for name in filters.fields)
    return render(
        request, "desk/product_list.html", {"filters": filters, "page": page, "low": LOW, "chosen": chosen}
    )


@require_http_methods(["GET", "POST"])
@permission_required("see_stock", change="count_stock")
def stock_count(request):
    """The sheet of ?store= and ?month= (2026-11): made from the present stock, filled in, printed, saved as a file."""
    stores = list(Store.objects.open_to(request.membership).order_by("name"))
    if not stores:
        return render(request, "desk/stock_count.html", {"stores": stores})
    store = _chosen(request, stores)
    month = _month(request, store)
    lines = sheet_lines(store, month)
    if request.method == "POST":
        return _posted(request, store, month)
    titles = {product.code: product.title for product in Product.objects.filter(store=store)}
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(
            request, _sheet(lines, titles), request.GET["file"], f"stock-{store.code}-{month:%Y-%m}"
        )
    page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.title = titles.get(line.product_code, "")
    context = {
        "stores": stores,
        "store": store,
        "month": month,
        "page": page,
        "left": lines.filter(counted=None).count(),
        "wrong": lines.exclude(difference=0).exclude(difference=None).count(),
        "new_products": len(titles) - page.paginator.count,
    }
    return render(request, "desk/stock_count.html", context)


def _chosen(request, stores: list[Store]) -> Store:
    code = request.GET.get("store")
    if not code:
        return stores[0]
    return next((store for store in stores if store.code == code), None) or get_object_or_404(Store, pk=0)


def _month(request, store: Store) -> date:
    """The month asked for, else the store's present one; its first day."""
    found = MONTH.match(request.GET.get("month", ""))
    if found:
        return date(int(found[1]), int(found[2]), 1)
    return store.business_day(timezone.now()).replace(day=1)


def _posted(request, store: Store, month: date):
    address = (
        f"{reverse('stock_count', args=[request.organization.slug])}?store={store.code}&month={month:%Y-%m}"
    )
    if "make" in request.POST:
        made = make_sheet(store, month)
        messages.success(request, gettext("%(count)s products were put on the sheet.") % {"count": made})
        return redirect(address)
    told, wrong = {}, []
    for name, value in request.POST.items():
        if not name.startswith("counted-") or not name[8:].isdecimal():
            continue
        number, pieces = int(name[8:]), value.strip()
        if pieces and not (pieces.isdecimal() and int(pieces) <= MOST_PIECES):
            wrong.append(f"{request.POST.get(f'code-{number}', number)}: {pieces[:20]}")
            continue
        told[number] = (int(pieces) if pieces else None, request.POST.get(f"note-{number}", ""))
    changed = write_counts(store, month, told, user=request.user, now=timezone.now())
    if wrong:
        messages.error(
            request,
            gettext("Not taken, a count is a whole number: %(lines)s") % {"lines": "; ".join(wrong[:10])},
        )
    messages.success(request, gettext("%(count)s lines saved.") % {"count": changed})
    page = request.POST.get("page", "")
    return redirect(f"{address}&page={page}" if page.isdecimal() else address)


def _sheet(lines, titles: dict[str, str]) -> Sheet:
    head = [
        gettext("Product"), gettext("Title"), gettext("Stock by the books"), gettext("Counted"), gettext("Difference"),
        gettext("Note"), gettext("Counted by"), gettext("Counted at"),
    ]  # fmt: skip
    rows = (
        [
            line.product_code, titles.get(line.product_code, ""), line.expected, line.counted, line.difference, line.note,
            str(line.counted_by or ""), line.counted_at,
        ]
        for line in lines
    )  # fmt: skip
    return Sheet(head, rows)
