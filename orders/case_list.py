"""The list of after-sales cases: what is open by due time, what is overdue, what is closed."""

from datetime import datetime, timedelta

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from orders.cases import OUTCOMES, step_of
from orders.procedures import WHO
from orders.service_models import Case, CaseKind
from stores.forms import StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.access import permission_required

ROWS_PER_PAGE = 50
RECENT = timedelta(days=7)  # how far back the overview counts what was closed
SHOWN = {"open": _("Open"), "overdue": _("Overdue"), "closed": _("Closed")}


def cases_open_to(membership) -> QuerySet[Case]:
    """The cases of the stores a member may see: whoever is on shift must be able to answer."""
    return Case.objects.filter(store__in=Store.objects.open_to(membership))


class CaseFilters(StyledForm):
    """What the address asks for; a wrong value asks for everything."""

    show = forms.ChoiceField(label=_("State"), choices=list(SHOWN.items()), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *CaseKind.choices], required=False
    )
    store = forms.ChoiceField(label=_("Store"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    q = forms.CharField(label=_("Order number or buyer"), required=False, max_length=200)

    def __init__(self, data, stores: list[Store], agents: list[Agent]):
        super().__init__(data, auto_id="filter_%s")
        self.fields["store"].choices = [("", _("All stores")), *((s.code, s.name) for s in stores)]
        self.fields["agent"].choices = [("", _("Everybody")), *((str(a.pk), a.name) for a in agents)]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if hasattr(field, "choices") and self.data.get(name, "") not in dict(field.choices):
                self.data = self.data.copy()
                self.data.pop(name, None)


def chosen(cases: QuerySet[Case], asked: dict) -> QuerySet[Case]:
    """The cases the filters choose, whatever their state."""
    if asked.get("kind"):
        cases = cases.filter(kind=asked["kind"])
    if asked.get("store"):
        cases = cases.filter(store__code=asked["store"])
    if asked.get("agent"):
        cases = cases.filter(agent_id=int(asked["agent"]))
    if words := asked.get("q", "").strip():
        cases = cases.filter(Q(order_id=words) | Q(refund_id=words) | Q(buyer__name=words))
    return cases


def at_state(cases: QuerySet[Case], show: str, now: datetime) -> QuerySet[Case]:
    """Open ones by due time, closed ones latest first."""
    if show == "closed":
        return cases.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
    open_ones = cases.filter(closed_at=None).order_by("step_due_at", "pk")
    return open_ones.filter(step_due_at__lt=now) if show == "overdue" else open_ones


def overview(cases: QuerySet[Case], now: datetime) -> list[dict]:
    """[{kind, label, open, overdue, closed}] of kinds that have any; one statement."""
    is_open = Q(closed_at=None)
    counts = (
        cases.order_by()
        .values("kind")
        .annotate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(step_due_at__lt=now)),
            closed=Count("pk", filter=Q(closed_at__gt=now - RECENT)),
        )
    )
    by_kind = {row["kind"]: row for row in counts}
    return [{**by_kind[kind], "label": label} for kind, label in CaseKind.choices if kind in by_kind]


@require_GET
@permission_required("see_cases")
def case_list(request):
    """Cases by due time with filters, and how many there are of each kind."""
    now = timezone.now()
    stores = list(Store.objects.open_to(request.membership))
    agents = list(agents_open_to(request.membership))
    filters = CaseFilters(request.GET, stores, agents)
    filters.is_valid()
    asked = filters.cleaned_data
    show = asked.get("show") or "open"
    cases = cases_open_to(request.membership)
    found = at_state(chosen(cases, asked), show, now).select_related(
        "store", "buyer", "procedure", "closed_by"
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    names = {agent.pk: agent.name for agent in agents}
    rows = [_row(case, names, now) for case in page.object_list]
    context = {
        "page": page, "rows": rows, "filters": filters, "show": show, "shown": SHOWN, "overview": overview(cases, now),
        "narrowed": any(value for name, value in asked.items() if name != "show"),
    }  # fmt: skip
    return render(request, "orders/case_list.html", context)


def _row(case: Case, names: dict[int, str], now: datetime) -> dict:
    late = now - case.step_due_at if case.step_due_at else timedelta()
    step = step_of(case)
    return {
        "case": case,
        "step": step,
        "who": WHO.get(step.who, step.who) if step else "",
        "agent": names.get(case.agent_id, ""),
        "late": late if late >= timedelta(minutes=1) else None,
        "outcome": OUTCOMES.get(case.outcome, ""),
    }
