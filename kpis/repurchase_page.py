"""The page of the repurchase rate: by store, agent and product; and the card other pages show of it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kpis.agent_page import carried, names_of
from kpis.forms import Filters, read_filters
from kpis.repurchase import Repurchase, by_agent, by_product, by_store
from kpis.tables import Cell, Table, TableRow, asked_sort, measures, sorted_rows
from kpis.views import bar, table_answer
from tenants.access import permission_required

BY = {"store": _("By store"), "agent": _("By agent"), "product": _("By product")}
COLUMNS = ("period_buyers", "repurchasing_buyers", "repurchase_rate")
OF_PRODUCT = ("same_product_buyers", "same_product_rate")


class RepurchasePage:
    """Everything the page shows of one way to look at it."""

    def __init__(self, request, filters: Filters, by: str):
        self.request, self.filters, self.by = request, filters, by
        self.stores = {store.pk: store for store in filters.stores}
        self.names = names_of()
        asked = (filters.stores, filters.period.since, filters.period.until)
        if by == "store":
            self.rows = by_store(*asked)
        else:
            self.rows = (by_agent if by == "agent" else by_product)(*asked, filters.agent_ids)

    def table(self) -> Table:
        columns = measures(*COLUMNS, *(OF_PRODUCT if self.by == "product" else ()))
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-period_buyers")
        heads = {"store": gettext("Store"), "agent": gettext("Agent"), "product": gettext("Product")}
        lines = sorted_rows([self._line(row, columns) for row in self.rows], columns, sort)
        return Table(heads[self.by], columns, lines, sort, "", self._total(columns))

    def _line(self, row: Repurchase, columns: list) -> TableRow:
        if self.by == "agent":
            address = reverse("agent_days", args=[self.request.organization.slug, row.agent_id])
            return TableRow(
                self.names.get(row.agent_id, "–"), cells_of(row, columns), address + carried(self.request)
            )
        store = self.stores[row.store_id]
        extra = {gettext("store code"): store.code}
        if self.by == "store":
            return TableRow(store.name, cells_of(row, columns), extra=extra)
        title = "" if row.title == row.product else row.title
        extra |= {gettext("title"): row.title}
        detail = " · ".join(filter(None, (title, store.name if len(self.stores) > 1 else "")))
        return TableRow(row.product, cells_of(row, columns), detail=detail, extra=extra)

    def _total(self, columns: list) -> TableRow | None:
        """Of stores alone, whose buyers are different ones: of agents and products a buyer may be in several lines."""
        if self.by != "store" or len(self.rows) < 2:
            return None
        whole = Repurchase(
            None, None, "", "", sum(r.buyers for r in self.rows), sum(r.again for r in self.rows), None
        )
        return TableRow(gettext("Stores together"), cells_of(whole, columns))

    def context(self) -> dict:
        """The context of kpis/repurchase.html."""
        return {"by": self.by, "ways": BY, "newest": None}


def cells_of(row: Repurchase, columns: list) -> list[Cell]:
    values = {
        "period_buyers": row.buyers,
        "repurchasing_buyers": row.again,
        "repurchase_rate": row.rate,
        "same_product_buyers": row.same,
        "same_product_rate": row.same_rate,
    }
    return [Cell(values[column.key], column) for column in columns]


@require_GET
@permission_required("see_store_figures")
def repurchase(request):
    """How many buyers come back, by store, agent or product; for htmx the stores' card alone."""
    filters = read_filters(request)
    by = request.GET.get("by", "")
    by = by if by in BY else "store"
    if not filters.stores:
        return render(request, "kpis/repurchase.html", {**bar(filters), "by": by, "ways": BY})
    page = RepurchasePage(request, filters, by)
    if request.htmx and not request.htmx.boosted:
        return render(
            request, "kpis/_repurchase_stores.html", {"table": page.table(), "href": request.get_full_path()}
        )
    return table_answer(request, "kpis/repurchase.html", filters, page, str(BY[by]), f"repurchase-{by}")
