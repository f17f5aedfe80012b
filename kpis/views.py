"""The pages of figures. Each reads the filter bar, asks one page object, and answers as page or file."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kpis import exports
from kpis.agent_page import AgentPage, carried, rows_page, subtitle_of
from kpis.figures import data_until
from kpis.forms import Filters, read_filters
from kpis.models import UNASSIGNED
from kpis.periods import COMPARISONS, PRESETS, month_start
from kpis.person_page import PersonPage
from kpis.response_page import ResponsePage
from policies.models import Judgement
from team.models import Agent, PositionKind
from tenants.access import AGENT, EVERYBODY, role_required


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
        return exports.file_answer(
            table, request.GET["file"], f"{name}-{filters.period.since}-{filters.period.until}"
        )
    rows = rows_page(table, request.GET.get("page"))
    context = page.context()
    shared = bar(filters, context.pop("newest"))
    return render(
        request,
        template,
        {"table": table, "rows": rows, "page": rows, "table_title": title, **shared, **context},
    )


@require_GET
@role_required(*EVERYBODY)
def agent_table(request):
    """Who sells, who answers, who loses buyers, and why. An agent is sent to the own figures."""
    if request.membership.role == AGENT and request.membership.agent_id:
        own = redirect("agent_days", request.organization.slug, request.membership.agent_id)
        own["Location"] += carried(request)
        return own
    filters = read_filters(request)
    if not filters.stores or request.membership.role == AGENT:
        return render(request, "kpis/agent_table.html", bar(filters))
    return table_answer(
        request, "kpis/agent_table.html", filters, AgentPage(request, filters), gettext("Agents"), "agents"
    )


def may_see_person(request, agent_id: int) -> None:
    """404 for nobody's number, 403 for an agent who asks for another's figures."""
    if request.membership.role == AGENT and request.membership.agent_id != agent_id:
        raise PermissionDenied
    if agent_id != UNASSIGNED:
        get_object_or_404(Agent, pk=agent_id)


@require_GET
@role_required(*EVERYBODY)
def agent_days(request, agent_id: int):
    """One agent by day."""
    may_see_person(request, agent_id)
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/agent_days.html", bar(filters))
    page = PersonPage(request, filters, agent_id, see_team=request.membership.role != AGENT)
    return table_answer(
        request, "kpis/agent_days.html", filters, page, gettext("By day"), f"agent-{agent_id}"
    )


@require_GET
@role_required(*EVERYBODY)
def response_figures(request):
    """How long buyers wait for an answer, and with whom."""
    filters = read_filters(request)
    if not filters.stores:
        return render(request, "kpis/response_figures.html", bar(filters))
    page = ResponsePage(request, filters)
    return table_answer(
        request, "kpis/response_figures.html", filters, page, gettext("Response by agent"), "response"
    )
