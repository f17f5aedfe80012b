"""Pages about people: the list, one person, persons taken for one, groups. Seats: team/seat_views.py."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stores.forms import posted
from team.forms import AgentFilterForm, AgentForm, GroupForm, PositionForm, SplitForm
from team.models import Agent, Group, Position
from team.positions import add_position, held_on
from team.seats import agents_open_to, assignments_open_to, split_agent
from tenants.access import permission_required
from tenants.audit import record

ROWS_PER_PAGE = 50


@require_GET
@permission_required("see_people", change="manage_people")
def agent_list(request):
    """People with what they are and which seats they hold today."""
    today = timezone.localdate()
    filters = AgentFilterForm(request.GET)
    agents = _filtered(agents_open_to(request.membership), filters, today).prefetch_related(
        Prefetch("positions", Position.objects.select_related("group")),
        Prefetch(
            "assignments", assignments_open_to(request.membership).select_related("seat__store"), "held"
        ),
    )
    page = Paginator(agents, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for agent in page:
        agent.position = held_on(agent.positions.all(), today)
        agent.seats_now = [held.seat for held in agent.held if held_on([held], today)]
    shown = {"page": page, "filters": filters, "unconfirmed": _unconfirmed(request).count()}
    return render(request, "team/agent_list.html", shown)


def _filtered(agents, filters, today):
    """The people the filter bar asks for; a filter filled in wrongly filters nothing."""
    wanted = filters.cleaned_data if filters.is_valid() else {}
    if not wanted.get("left"):
        agents = agents.filter(Q(left_on=None) | Q(left_on__gte=today))
    if text := wanted.get("q"):
        agents = agents.filter(Q(name__icontains=text) | Q(employee_id__icontains=text))
    held = Position.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today)
    if group := wanted.get("group"):
        agents = agents.filter(pk__in=held.filter(group=group).values("agent"))
    if grade := wanted.get("grade"):
        agents = agents.filter(pk__in=held.filter(grade=grade).values("agent"))
    return agents


def _unconfirmed(request):
    return agents_open_to(request.membership).filter(merged_unconfirmed=True)


@require_http_methods(["GET", "POST"])
@permission_required("manage_people")
def agent_new(request):
    form = AgentForm(posted(request), instance=Agent(organization=request.organization))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("%(name)s added.") % {"name": form.instance.name})
        return redirect("agent_edit", request.organization.slug, form.instance.pk)
    return render(request, "team/agent_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("see_people", change="manage_people")
def agent_edit(request, agent_id):
    """One person: name and leaving (POST changes them), positions, and the seats held over time."""
    agent = _agent(request, agent_id)
    form = AgentForm(posted(request), instance=agent)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("agent_edit", request.organization.slug, agent_id)
    return _agent_page(request, agent, form=form)


@require_POST
@permission_required("manage_people")
def position_new(request, agent_id):
    agent = _agent(request, agent_id)
    position = Position(organization=request.organization, agent=agent)
    form = PositionForm(request.POST, instance=position, prefix="position")
    if form.is_valid():
        try:
            add_position(position, form.cleaned_data["end_previous"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("agent_edit", request.organization.slug, agent_id)
    return _agent_page(request, agent, position_form=form)


@require_POST
@permission_required("manage_people")
def delete_position(request, agent_id, position_id):
    get_object_or_404(Position, pk=position_id, agent=_agent(request, agent_id)).delete()
    messages.success(request, _("Position deleted."))
    return redirect("agent_edit", request.organization.slug, agent_id)


def _agent(request, agent_id: int) -> Agent:
    return get_object_or_404(agents_open_to(request.membership), pk=agent_id)


def _agent_page(request, agent: Agent, form=None, position_form=None):
    held = assignments_open_to(request.membership).filter(agent=agent).select_related("seat__store")
    shown = {
        "agent": Agent.objects.get(pk=agent.pk),
        "form": form or AgentForm(instance=agent),
        "positions": agent.positions.select_related("group").order_by("-since"),
        "position_form": position_form
        or PositionForm(initial={"since": timezone.localdate()}, prefix="position"),
        "held": held.order_by("-since"),
    }
    return render(request, "team/agent_edit.html", shown)


@require_GET
@permission_required("see_people", change="manage_people")
def merge_list(request):
    """Persons whom two sources gave one name: confirm that they are one, or split them."""
    held = assignments_open_to(request.membership).select_related("seat__store")
    agents = list(_unconfirmed(request).prefetch_related(Prefetch("assignments", held, "held")))
    for agent in agents:
        agent.split_form = _split_form(request, agent, held=agent.held)
    return render(request, "team/merge_list.html", {"agents": agents})


def _split_form(request, agent: Agent, data=None, held=None) -> SplitForm:
    theirs = assignments_open_to(request.membership).filter(agent=agent).select_related("seat__store")
    return SplitForm(
        data, assignments=theirs, held=held, initial={"name": agent.name}, prefix=f"agent{agent.pk}"
    )


@require_POST
@permission_required("manage_people")
def confirm_agent(request, agent_id):
    agent = _agent(request, agent_id)
    Agent.objects.filter(pk=agent.pk).update(merged_unconfirmed=False)
    messages.success(request, _("%(name)s is one person.") % {"name": agent.name})
    return redirect("merge_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@permission_required("manage_people")
def agent_split(request, agent_id):
    """Give some of this person's seats to another one of their own."""
    agent = _agent(request, agent_id)
    form = _split_form(request, agent, posted(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        other = split_agent(agent, list(values["assignments"]), values["name"], values["employee_id"])
        record(request, "agent_split", agent, new_person=other.name, seats=len(values["assignments"]))
        messages.success(request, _("%(name)s is a person of their own now.") % {"name": other.name})
        return redirect("merge_list", request.organization.slug)
    return render(request, "team/agent_split.html", {"agent": agent, "form": form})


@require_http_methods(["GET", "POST"])
@permission_required("see_people", change="manage_people")
def group_list(request):
    """Groups with leader and how many are in them today; POST adds one."""
    today = timezone.localdate()
    form = GroupForm(posted(request), instance=Group(organization=request.organization))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Group added."))
        return redirect("group_list", request.organization.slug)
    held_now = Q(positions__since__lte=today) & (Q(positions__until=None) | Q(positions__until__gte=today))
    groups = Group.objects.select_related("leader").annotate(members=Count("positions", filter=held_now))
    return render(request, "team/group_list.html", {"form": form, "groups": groups})


@require_http_methods(["GET", "POST"])
@permission_required("see_people", change="manage_people")
def group_edit(request, group_id):
    group = get_object_or_404(Group, pk=group_id)
    form = GroupForm(posted(request), instance=group)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("group_list", request.organization.slug)
    return render(request, "team/group_edit.html", {"form": form, "group": Group.objects.get(pk=group_id)})
