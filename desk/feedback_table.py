"""The customers' opinion table (产品意见统计表): which product was spoken of how often, by kind, and what came of it (R40)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from desk.review_figures import PeriodForm
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from orders.complaint_models import Feedback
from orders.feedback import KINDS, STATES
from stores.models import Product, Store
from tenants.access import permission_required

ROWS_PER_PAGE = 50
SETTLING = ("accepted", "declined", "done")


def counted(stores: list[Store], since=None, until=None) -> list[dict]:
    """[{store, product_code, title, n, cells: counts by KINDS, then by SETTLING}], the most spoken of first.

    since, until: days by the stores' clocks, both included; None: no bound. Two statements and one for each zone.
    """
    kinds = {f"kind_{kind}": Count("pk", filter=Q(kind=kind)) for kind in KINDS}
    states = {f"state_{state}": Count("pk", filter=Q(state=state)) for state in SETTLING}
    by_pk = {store.pk: store for store in stores}
    rows = []
    for zone in {store.time_zone for store in stores}:
        found = Feedback.objects.filter(store__in=[store for store in stores if store.time_zone == zone])
        if since:
            found = found.filter(made_at__gte=datetime.combine(since, time(), ZoneInfo(zone)))
        if until:
            found = found.filter(
                made_at__lt=datetime.combine(until + timedelta(days=1), time(), ZoneInfo(zone))
            )
        rows += found.order_by().values("store_id", "product_code").annotate(n=Count("pk"), **kinds, **states)
    titles = {
        (store_id, code): title
        for store_id, code, title in Product.objects.filter(
            store__in=stores, code__in={row["product_code"] for row in rows if row["product_code"]}
        ).values_list("store_id", "code", "title")
    }
    told = [
        {
            "store": by_pk[row["store_id"]],
            "product_code": row["product_code"],
            "title": titles.get((row["store_id"], row["product_code"]), ""),
            "n": row["n"],
            "cells": [row[name] for name in (*kinds, *states)],
        }
        for row in rows
    ]
    return sorted(told, key=lambda row: (-row["n"], row["store"].code, row["product_code"]))


@require_GET
@permission_required("see_feedback")
def feedback_by_product(request):
    """The table, narrowed by store and days; also as a file."""
    stores = Store.objects.open_to(request.membership)
    form = PeriodForm(request.GET)
    form.fields["store"].queryset = stores
    form.is_valid()
    asked = form.cleaned_data
    chosen = [asked["store"]] if asked.get("store") else list(stores)
    rows = counted(chosen, asked.get("since"), asked.get("until"))
    heads = [*KINDS.values(), *(STATES[state] for state in SETTLING)]
    if request.GET.get("file") in CONTENT_TYPES:
        titles = [gettext("Store"), gettext("Product"), gettext("Title"), gettext("In all"), *map(str, heads)]
        lines = [
            [row["store"].code, row["product_code"], row["title"], row["n"], *row["cells"]] for row in rows
        ]
        return file_answer(request, Sheet(titles, lines), request.GET["file"], "feedback-by-product")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": page.object_list, "heads": heads}
    return render(request, "desk/feedback_by_product.html", context)
