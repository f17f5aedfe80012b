"""Pages about seats: who holds which account buyers write to."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stores.forms import posted
from stores.models import Store
from team.forms import BindForm, EndForm
from team.models import Seat, SeatAssignment
from team.positions import held_on
from team.seats import (
    agents_open_to,
    assignments_open_to,
    bind_seat,
    days_in_words,
    end_assignment,
    remove_assignment,
    seats_open_to,
)
from tenants.access import permission_required
from tenants.audit import record

ROWS_PER_PAGE = 50


@require_GET
@permission_required("see_people", change="manage_people")
def seat_list(request):
    """Seats nobody ever held, each with the form that binds it; below, the others with their holder today."""
    stores = Store.objects.open_to(request.membership)
    seats = (
        seats_open_to(request.membership)
        .select_related("store")
        .order_by("store__platform", "store__code", "name")
    )
    code = request.GET.get("store", "")
    if code:
        seats = seats.filter(store__code=code)
    unbound = Paginator(seats.filter(assignments=None), ROWS_PER_PAGE).get_page(request.GET.get("unbound"))
    agents = list(agents_open_to(request.membership).filter(left_on=None))
    for seat in unbound:
        seat.form = _bind_form(seat, agents)
    everybody = Prefetch("assignments", SeatAssignment.objects.select_related("agent"))
    held = seats.filter(pk__in=SeatAssignment.objects.values("seat"))
    page = Paginator(held.prefetch_related(everybody), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    for seat in page:
        seat.holder = held_on(seat.assignments.all(), today)
    shown = {"stores": stores, "code": code, "unbound": unbound, "page": page}
    return render(request, "team/seat_list.html", shown)


@require_http_methods(["GET", "POST"])
@permission_required("see_people", change="manage_people")
def seat_edit(request, seat_id):
    """One seat: everybody who held it, and a form that binds it (POST). htmx gets the list's row for it."""
    seat = get_object_or_404(seats_open_to(request.membership).select_related("store"), pk=seat_id)
    agents = list(agents_open_to(request.membership).filter(left_on=None))
    history = list(seat.assignments.select_related("agent").order_by("-since"))
    form = _bind_form(seat, agents, posted(request), propose=not history)
    bound = request.method == "POST" and form.is_valid() and _bind(request, seat, form)
    if request.htmx and request.method == "POST":
        seat.form = None if bound else form
        return render(request, "team/_seat.html", {"seat": seat, "bound": bound})
    if bound:
        messages.success(request, _("%(seat)s: %(agent)s, %(days)s.") % told(bound))
        return redirect("seat_edit", request.organization.slug, seat_id)
    rows = [(held, EndForm(initial={"until": held.until}, prefix=f"held{held.pk}")) for held in history]
    return render(request, "team/seat_edit.html", {"seat": seat, "form": form, "rows": rows})


def _bind_form(seat: Seat, agents, data=None, propose: bool = True) -> BindForm:
    """Every form of a page has its own field ids, by the seat. propose: whoever the seat is named after."""
    suggested = seat.name if propose else ""
    return BindForm(data, agents=agents, suggested=suggested, prefix=f"seat{seat.pk}")


def _bind(request, seat: Seat, form: BindForm) -> SeatAssignment | None:
    """The new assignment, or None and the reason among the form's errors; then no new agent is kept."""
    values = form.cleaned_data
    try:
        with transaction.atomic():
            agent = form.holder(request.organization)
            held = bind_seat(seat, agent, values["since"], values["until"], values["end_holder"])
            record(request, "seat_bound", seat, **told_to_trail(held))
            return held
    except ValidationError as error:
        form.add_error(None, error)
        return None


def told_to_trail(held: SeatAssignment) -> dict:
    return {"agent": held.agent.name, "since": held.since, "until": held.until}


def told(held: SeatAssignment) -> dict[str, str]:
    days = days_in_words(held.since, held.until)
    return {"seat": held.seat.name, "agent": held.agent.name, "days": days}


@require_POST
@permission_required("manage_people")
def end_holding(request, assignment_id):
    """Change the last day somebody holds a seat; blank opens it again."""
    held = _assignment(request, assignment_id)
    form = EndForm(request.POST, prefix=f"held{held.pk}")
    try:
        if not form.is_valid():
            raise ValidationError(_("Give the last day as a date, or leave it blank."))
        before, until = held.until, form.cleaned_data["until"]
        end_assignment(held, until)
        if until != before:
            about = {"agent": held.agent.name, "old": {"until": before}, "new": {"until": until}}
            record(request, "seat_ended", held.seat, **about)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(seat)s: %(agent)s, %(days)s.") % told(held))
    return redirect("seat_edit", request.organization.slug, held.seat_id)


@require_POST
@permission_required("manage_people")
def remove_holding(request, assignment_id):
    held = _assignment(request, assignment_id)
    seat_id, words = held.seat_id, told(held)
    record(request, "seat_removed", held.seat, **told_to_trail(held))
    remove_assignment(held)
    messages.success(request, _("%(seat)s no longer belongs to %(agent)s (%(days)s).") % words)
    return redirect("seat_edit", request.organization.slug, seat_id)


def _assignment(request, assignment_id: int) -> SeatAssignment:
    held = assignments_open_to(request.membership).select_related("seat__store", "agent")
    return get_object_or_404(held, pk=assignment_id)
