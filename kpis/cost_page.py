"""The monthly cost table (R09): stores, a store's products, and the orders of a product."""

from datetime import date

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kpis import exports, wording
from kpis.agent_page import rows_page
from kpis.cost_sums import AMOUNTS, NO_PRODUCT, Costs, OrderPart, Sums, costs_of, orders_of
from kpis.daily import ALL
from kpis.definitions import MEASURES, Measure
from kpis.exports import Sheet
from kpis.figures import Query, data_until
from kpis.forms import today_of
from kpis.months import shift_month
from kpis.periods import month_start
from kpis.rows import ratio
from kpis.tables import PAGE_ROWS, Cell, Table, TableRow, asked_sort, sorted_rows
from stores.models import Product, Store
from tenants.access import permission_required

MONTHS_BACK = 24
COLUMNS = (
    MEASURES["paid_amount"], MEASURES["orders"],
    Measure("refunds", _("Refunds"), "money", "down", _("Completed refunds of the month’s orders, whenever refunded."), "§7"),
    Measure("courier", _("Courier"), "money", "down",
            _("What sending the month’s orders cost: as imported, else by the courier rates."), "§11"),
    Measure("compensation", _("Compensation"), "money", "down",
            _("Given to buyers of the month’s orders: as imported, else what our ledger approved or paid."), "§11"),
    Measure("other", _("Other costs"), "money", "down", _("Other imported costs."), "§11"),
    Measure("left", _("What is left"), "money", "up", _("Sales − refunds − courier − compensation − other costs."), "§11"),
    Measure("left_share", _("Left of sales"), "rate", "up", _("What is left ÷ sales."), "§11"),
    Measure("sales_before", _("Sales the month before"), "money", None, _("Sales of the whole month before."), "§5"),
    Measure("left_before", _("Left the month before"), "money", None, _("What was left of the month before."), "§11"),
)  # fmt: skip


def source_words(sums: Sums) -> str:
    """How the courier costs are known."""
    parts = [
        (sums.by_file, gettext("%(n)s orders as imported")), (sums.by_rate, gettext("%(n)s by courier rates")),
        (sums.unpriced, gettext("%(n)s shipped without a known cost")),
    ]  # fmt: skip
    return ", ".join(text % {"n": wording.count_text(number)} for number, text in parts if number)


def cells_of(sums: Sums | None, before: Sums | None, currency: str) -> list[Cell]:
    """The cells of COLUMNS. sums None: nothing this month."""
    if sums is None:
        values: list = [0] * 7
        why = ""
    else:
        values = [sums.sales, sums.orders, *(getattr(sums, name) for name in AMOUNTS[1:]), sums.left]
        why = source_words(sums)
    share = ratio(values[6], values[0]) if values[6] is not None else None
    values += [share, before.sales if before else 0, before.left if before else 0]
    cells = [Cell(value, measure, currency) for value, measure in zip(values, COLUMNS, strict=True)]
    cells[3] = cells[3]._replace(why=why)
    if values[6] is not None and values[6] < 0:
        cells[6] = cells[6]._replace(tone="worse")
    return cells


def _extra(store: Store, month: date, sums: Sums | None) -> dict:
    """What files say besides."""
    counts = (sums.by_file, sums.by_rate, sums.unpriced) if sums else (0, 0, 0)
    return {
        gettext("store code"): store.code, gettext("month"): month.strftime("%Y-%m"), gettext("currency"): store.currency,
        gettext("courier cost as imported (orders)"): counts[0], gettext("courier cost by rate (orders)"): counts[1],
        gettext("courier cost unknown (orders)"): counts[2],
    }  # fmt: skip


def product_name(costs: Costs, store: Store, product: str) -> str:
    if product == NO_PRODUCT:
        return gettext("no product")
    return costs.titles.get((store.pk, product), product)


def stores_table(costs: Costs, stores: list[Store], address: str, sort: str, home: str) -> Table:
    """A line per store with anything in the month, and all of them in the organization's currency."""
    before, rows = shift_month(costs.month, -1), []
    for place, store in enumerate(stores):
        sums, earlier = costs.stores.get((store.pk, costs.month)), costs.stores.get((store.pk, before))
        if sums is None and earlier is None:
            continue
        link = f"{address}?{urlencode({'month': costs.month.strftime('%Y-%m'), 'store': store.code})}"
        rows.append(TableRow(
            store.name, cells_of(sums, earlier, store.currency), link, store.get_platform_display(), order=place,
            extra=_extra(store, costs.month, sums),
        ))  # fmt: skip
    total = None
    if len(rows) > 1:
        cells = cells_of(costs.together.get(costs.month), costs.together.get(before), home)
        total = TableRow(gettext("Stores together"), cells)
    currencies = {store.currency for store in stores}
    return _table(
        gettext("Store"), rows, sort, "name", currencies.pop() if len(currencies) == 1 else "", total
    )


def products_table(costs: Costs, store: Store, address: str, sort: str) -> Table:
    """A line per product of the store; they add up to the store's line."""
    before, rows = shift_month(costs.month, -1), []
    keys = {product for store_id, _month, product in costs.products if store_id == store.pk}
    for product in keys:
        sums = costs.products.get((store.pk, costs.month, product))
        earlier = costs.products.get((store.pk, before, product))
        asked = {"month": costs.month.strftime("%Y-%m"), "store": store.code, "product": product}
        title = product_name(costs, store, product)
        extra = {gettext("product code"): product} | _extra(store, costs.month, sums)
        link = f"{address}?{urlencode(asked)}" if sums else ""
        detail = product if title != product and product else ""
        rows.append(
            TableRow(title, cells_of(sums, earlier, store.currency), link, detail, order=title, extra=extra)
        )
    sums, earlier = costs.stores.get((store.pk, costs.month)), costs.stores.get((store.pk, before))
    total = TableRow(gettext("The store"), cells_of(sums, earlier, store.currency))
    return _table(gettext("Product"), rows, sort, "-paid_amount", store.currency, total if rows else None)


def _table(head: str, rows: list[TableRow], sort: str, first: str, currency: str, total) -> Table:
    sort = asked_sort(sort, COLUMNS, first)
    return Table(head, list(COLUMNS), sorted_rows(rows, COLUMNS, sort), sort, currency, total)


SOURCES = {"file": _("imported"), "rate": _("by rate"), "unpriced": _("not known")}


def order_sheet(store: Store, parts: list[OrderPart]) -> Sheet:
    titles = [
        gettext("Day"), gettext("Order"), *(str(COLUMNS[place].name) for place in (0, 2, 3, 4, 5, 6)),
        gettext("currency"), gettext("Courier cost"),
    ]  # fmt: skip
    lines = [
        [part.day.isoformat(), part.order, *part[2:7], part.left, store.currency, str(SOURCES.get(part.source, ""))]
        for part in parts
    ]  # fmt: skip
    return Sheet(titles, lines, ["", "", *["money"] * 6, "", ""])


def asked_month(request, stores: list[Store]) -> tuple[date, list[tuple[str, str]]]:
    """The month of ?month=, else the newest with data; and those to choose from, newest first."""
    this = month_start(today_of(stores))
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        until = data_until(Query(this, this, tuple(store.pk for store in stores))) if stores else None
        month = min(month_start(until), this) if until else this
    shown = sorted({*(shift_month(this, -back) for back in range(MONTHS_BACK + 1)), month}, reverse=True)
    return month, [(each.strftime("%Y-%m"), wording.month_text(each)) for each in shown]


@require_GET
@permission_required("see_costs")
def cost_table(request):
    """A month's costs: of all stores, with ?store= of its products, with ?product= besides of the orders behind one."""
    stores = list(Store.objects.open_to(request.membership))
    store = None
    if request.GET.get("store"):
        store = get_object_or_404(Store.objects.open_to(request.membership), code=request.GET["store"])
    month, months = asked_month(request, stores)
    context = {
        "month": month, "month_key": month.strftime("%Y-%m"), "months": months, "stores": stores, "store": store,
        "running": month_start(today_of(stores)) == month,
    }  # fmt: skip
    if store and "product" in request.GET:
        return _orders(request, store, month, context)
    costs = costs_of([store] if store else stores, month)
    address, sort = reverse("cost_table", args=[request.organization.slug]), request.GET.get("sort", "")
    if store:
        table, name = products_table(costs, store, address, sort), f"costs-{store.code}"
        whole = costs.stores.get((store.pk, month))
    else:
        table, name = stores_table(costs, stores, address, sort, request.organization.currency), "costs"
        whole = costs.together.get(month)
    if request.GET.get("file") in exports.CONTENT_TYPES:
        return _file(request, costs, stores if store is None else [store], table, f"{name}-{month:%Y-%m}")
    rows = rows_page(table, request.GET.get("page"))
    context |= {
        "table": table, "rows": rows, "page": rows, "sources": source_words(whole) if whole else "",
        "unpriced": whole.unpriced if whole else 0, "unknown": _unknown(costs, stores),
        "table_title": gettext("Products") if store else gettext("Stores"),
    }  # fmt: skip
    return render(request, "kpis/cost_table.html", context)


def _file(request, costs: Costs, stores: list[Store], table: Table, name: str):
    """CSV: the table shown; XLSX: the stores, and a sheet with the products of each."""
    if request.GET["file"] == "csv":
        return exports.file_answer(request, exports.sheet_of(table), "csv", name)
    sheets = {gettext("Costs"): exports.sheet_of(table)}
    if len(stores) > 1:
        for store in stores:
            products = products_table(costs, store, "", "")
            if products.rows:
                sheets[store.code] = exports.sheet_of(products)
    return exports.workbook_answer(request, sheets, name)


def _unknown(costs: Costs, stores: list[Store]) -> list[str]:
    """A sentence for each store with imported costs of orders that are not known."""
    by_id = {store.pk: store for store in stores}
    return [
        gettext("%(store)s: %(n)s imported costs (%(amount)s) are of orders that are not known; they are in no month.")
        % {
            "store": by_id[pk].name, "n": wording.count_text(number),
            "amount": wording.money_text(amount, by_id[pk].currency, exact=True),
        }
        for pk, (number, amount) in costs.unknown.items()
    ]  # fmt: skip


def _orders(request, store: Store, month: date, context: dict):
    """The orders behind a product's line, as page or file."""
    product = request.GET["product"]
    if request.GET.get("file") in exports.CONTENT_TYPES:
        parts, _total = orders_of(store, month, product, ALL)
        name = f"costs-{store.code}-{month:%Y-%m}-orders"
        return exports.file_answer(request, order_sheet(store, parts), request.GET["file"], name)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 100_000 else 1
    parts, total = orders_of(store, month, product, PAGE_ROWS, (number - 1) * PAGE_ROWS)
    known = Product.objects.filter(store=store, code=product).first()
    context |= {
        "product_name": (known and known.title) or product or gettext("no product"),
        "parts": [(part, SOURCES.get(part.source, "")) for part in parts],
        "page": Paginator(range(total), PAGE_ROWS).get_page(number), "total": total,
    }  # fmt: skip
    return render(request, "kpis/cost_orders.html", context)
