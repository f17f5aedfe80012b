"""What people ask of the roster: the agent's own page, the colleague's answer, the supervisor's decision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stores.forms import posted
from team.models import Agent
from team.roster_forms import DecisionForm, RequestForm
from team.roster_models import RequestKind, RequestState, RosterRequest
from team.roster_month import people_of
from team.roster_requests import NotWaiting, answer_swap, ask, decide, withdraw
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.audit import record
from tenants.permissions import allowed

ROWS_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@permission_required("see_roster", change="use_roster")
def roster_requests(request):
    """Who is a person of the team asks here and answers swaps; who plans the roster decides. POST makes a request."""
    agent = Agent.objects.filter(pk=request.membership.agent_id).first()
    if request.method == "POST" and agent is None:
        raise PermissionDenied
    form = _form(request, agent) if agent else None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        ask(
            request.organization, agent, said["kind"], said["since"], said["until"], timezone.now(),
            entry_kind=said["entry_kind"], shift=said["shift"], colleague=said["colleague"], reason=said["reason"],
        )  # fmt: skip
        messages.success(request, _("Your request is on its way."))
        return redirect("roster_requests", request.organization.slug)
    manages = allowed(request.membership, "manage_roster")
    waiting, others = _requests(request, agent, manages)
    shown = {
        "form": form,
        "agent": agent,
        "manages": manages,
        "waiting": waiting,
        "page": Paginator(others, ROWS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "team/roster_requests.html", shown)


def _form(request, agent: Agent) -> RequestForm:
    today = timezone.localdate()
    colleagues = people_of(request.membership, today).exclude(pk=agent.pk)
    return RequestForm(
        posted(request), agent=agent, membership=request.membership, today=today, colleagues=colleagues,
        initial={"kind": RequestKind.LEAVE, "entry_kind": "annual"},
    )  # fmt: skip


def _requests(request, agent: Agent | None, manages: bool):
    """(those this member is to answer or decide, oldest first; all others they may see, newest first)"""
    rows = RosterRequest.objects.select_related("agent", "colleague", "shift", "decided_by")
    mine = Q(agent=agent) | Q(colleague=agent) if agent else Q(pk=None)
    asked_of_me = Q(state=RequestState.ASKED, colleague=agent) if agent else Q(pk=None)
    if manages:
        open_here = Q(state=RequestState.OPEN, agent__in=agents_open_to(request.membership))
        seen, todo = mine | Q(agent__in=agents_open_to(request.membership)), asked_of_me | open_here
    else:
        seen, todo = mine, asked_of_me
    waiting = list(rows.filter(todo).order_by("made_at"))
    for one in waiting:
        one.is_mine_to_answer = bool(agent) and one.state == RequestState.ASKED
    return waiting, rows.filter(seen).exclude(pk__in=[one.pk for one in waiting]).order_by("-made_at", "-pk")


def _seen(request, request_id: int) -> RosterRequest:
    """404 for a request that is neither this member's nor of people they plan for."""
    own = request.membership.agent_id
    found = get_object_or_404(RosterRequest, pk=request_id)
    open_here = agents_open_to(request.membership).filter(pk=found.agent_id)
    if own is not None and own in (found.agent_id, found.colleague_id):
        return found
    if not allowed(request.membership, "manage_roster") or not open_here.exists():
        raise Http404
    return found


def _too_late(request):
    messages.error(request, _("This request waits no longer: it was answered or withdrawn meanwhile."))


@require_POST
@permission_required("use_roster")
def answer_request(request, request_id):
    """The colleague of a swap agrees or not."""
    found = _seen(request, request_id)
    accepted = request.POST.get("answer") == "yes"
    try:
        answer_swap(
            request.organization, found.pk, request.membership.agent_id or 0, accepted, timezone.now()
        )
    except NotWaiting:
        _too_late(request)
    else:
        messages.success(request, _("You agreed; a supervisor decides.") if accepted else _("You declined."))
    return redirect("roster_requests", request.organization.slug)


@require_POST
@permission_required("manage_roster")
def decide_request(request, request_id):
    """A supervisor approves or refuses; what is approved stands in the roster at once."""
    found = get_object_or_404(RosterRequest, pk=request_id, agent__in=agents_open_to(request.membership))
    form = DecisionForm(request.POST)
    words = form.cleaned_data["decision"] if form.is_valid() else ""
    approved = request.POST.get("answer") == "yes"
    try:
        decide(request.organization, found.pk, approved, request.user, timezone.now(), words)
    except NotWaiting:
        _too_late(request)
    else:
        record(request, "request_decided", found, approved=approved)
        messages.success(request, _("Approved.") if approved else _("Refused."))
    return redirect("roster_requests", request.organization.slug)


@require_POST
@permission_required("use_roster")
def withdraw_request(request, request_id):
    found = _seen(request, request_id)
    try:
        withdraw(found.pk, request.membership.agent_id or 0)
    except NotWaiting:
        _too_late(request)
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("roster_requests", request.organization.slug)
