"""The pages of figures. Each reads the filter bar, asks one page object, and answers as page or file."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kpis import exports
from kpis.agent_page import AgentPage, carried, names_of, rows_page, subtitle_of
from kpis.day_page import store_days
from kpis.figures import data_until
from kpis.forms import Filters, read_filters
from kpis.lost_page import LostPage
from kpis.models import UNASSIGNED
from kpis.month_page import MonthPage
from kpis.order_page import OrderPage, may_see_order, personal_address
from kpis.periods import COMPARISONS, PRESETS, month_start
from kpis.person_page import PersonPage
from kpis.refund_faults import fault_lines, faults_by_agent
from kpis.repurchase import by_agent
from kpis.response_page import ResponsePage
from kpis.ruling_pages import ruling_of
from orders.models import Order
from policies.models import Judgement
from stores.models import Store
from team.models import PositionKind
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.permissions import allowed


def bar(filters: Filters, row=None) -> dict:
    """The context every page shares: filter bar, line under the title, what an empty page says."""
    until = data_until(filters.query()) if filters.stores else None
    return {
        "filters": filters,
        "presets": PRESETS,
        "comparisons": COMPARISONS,
        "positions": PositionKind.choices,
        "judgements": Judgement.choices,
        "data_until": until,
        "month_of_data": month_start(until) if until else None,
        **subtitle_of(row, filters),
    }


def table_answer(request, template: str, filters: Filters, page, title: str, name: str):
    """The page, or its table as the file that ?file= asks for."""
    table = page.table()
    if request.GET.get("file") in exports.CONTENT_TYPES:
        span = f"{filters.period.since}-{filters.period.until}"
        return exports.file_answer(request, exports.sheet_of(table), request.GET["file"], f"{name}-{span}")
    rows = rows_page(table, request.GET.get("page"))
    context = page.context()
    shared = bar(filters, context.pop("newest"))
    return render(
        request,
        template,
        {"table": table, "rows": rows, "page": rows, "table_title": title, **shared, **context},
    )


@require_GET
@permission_required("see_own_figures")
def agent_table(request):
    """Who sells, who answers, who loses buyers, and why. An agent is sent to the own figures."""
    sees_all = allowed(request.membership, "see_all_figures")
    if not sees_all and request.membership.agent_id:
        own = redirect("agent_days", request.organization.slug, request.membership.agent_id)
        own["Location"] += carried(request)
        return own
    filters = read_filters(request)
    if not filters.stores or not sees_all:
        return render(request, "kpis/agent_table.html", bar(filters))
    return table_answer(
        request, "kpis/agent_table.html", filters, AgentPage(request, filters), gettext("Agents"), "agents"
    )


def may_see_person(request, agent_id: int) -> None:
    """404 for nobody's number, 403 for an agent who asks for another's figures."""
    if not allowed(request.membership, "see_all_figures") and request.membership.agent_id != agent_id:
        raise PermissionDenied
    if agent_id != UNASSIGNED:
        get_object_or_404(agents_open_to(request.membership), pk=agent_id)


@require_GET
@permission_required("see_own_figures")
def agent_days(request, agent_id: int):
    """One agent by day."""
    may_see_person(request, agent_id)
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/agent_days.html", bar(filters))
    page = PersonPage(request, filters, agent_id, see_team=allowed(request.membership, "see_all_figures"))
    return table_answer(
        request, "kpis/agent_days.html", filters, page, gettext("By day"), f"agent-{agent_id}"
    )


@require_GET
@permission_required("see_own_figures")
def agent_refunds(request, agent_id: int):
    """One agent's refunds by fault and repurchase rate: for htmx a part of the person's page, else a page of its own."""
    may_see_person(request, agent_id)
    filters = read_filters(request)
    period, faults, found = filters.period, [], []
    if filters.stores:
        faults = fault_lines(faults_by_agent(filters.stores, period.since, period.until, [agent_id]))
        found = by_agent(filters.stores, period.since, period.until, [agent_id])
    context = {"faults": faults, "repurchase": found[0] if found else None}
    if request.htmx and not request.htmx.boosted:
        return render(request, "kpis/_person_refunds.html", context)
    named = {"agent_id": agent_id, "person_name": names_of()[agent_id]}
    return render(request, "kpis/agent_refunds.html", {**bar(filters), **context, **named})


@require_GET
@permission_required("see_own_figures")
def response_figures(request):
    """How long buyers wait for an answer, and with whom."""
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/response_figures.html", bar(filters))
    page = ResponsePage(request, filters)
    return table_answer(
        request, "kpis/response_figures.html", filters, page, gettext("Response by agent"), "response"
    )


@require_GET
@permission_required("see_own_figures")
def agent_day(request, agent_id: int, day: date):
    """The chats, orders and response rounds one agent's day is made of."""
    may_see_person(request, agent_id)
    filters = read_filters(request)
    whole = request.GET.get("all", "")
    stores = store_days(request.organization.slug, filters.stores, agent_id, day, whole)
    context = {"agent_id": agent_id, "person_name": names_of()[agent_id], "day": day, "store_days": stores}
    around = {
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "carried": carried(request),
    }
    return render(request, "kpis/agent_day.html", {**bar(filters), **context, **around})


@require_GET
@permission_required("see_own_figures")
def order_why(request, code: str, order_id: str):
    """Why an order is whose, in words, with the chats around it."""
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    try:
        page = OrderPage(store, order_id)
    except Order.DoesNotExist:
        raise Http404 from None
    if not may_see_order(request.membership, store, page.order):
        raise PermissionDenied
    address = personal_address(request, page.order, store)
    page.order.store = store
    ruling = ruling_of(page.order, request.membership)
    return render(
        request, "kpis/order_why.html", {**page.context(), "personal_address": address, "ruling": ruling}
    )


@require_GET
@permission_required("see_own_figures")
def unconverted_buyers(request):
    """Who asked and did not buy, with whom, for how long, and the last words."""
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/unconverted_buyers.html", bar(filters))
    page = LostPage(request, filters)
    if request.GET.get("file") in exports.CONTENT_TYPES:
        name = f"unconverted-{filters.period.since}-{filters.period.until}"
        return exports.file_answer(request, page.sheet(), request.GET["file"], name)
    return render(request, "kpis/unconverted_buyers.html", {**bar(filters), **page.context()})


@require_GET
@permission_required("see_store_figures")
def store_months(request):
    """Stores side by side by month, in one currency, and what changed their sales."""
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/store_months.html", bar(filters))
    page = MonthPage(request, filters)
    return table_answer(request, "kpis/store_months.html", page.filters, page, gettext("Stores"), "stores")
