"""Pages of targets: all stores of a month, one store's people, and the form that sets and divides them."""

from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kpis import exports, wording
from kpis.agent_page import names_of, rows_page
from kpis.definitions import MEASURES
from kpis.forms import NOBODY, today_of
from kpis.models import STORE
from kpis.months import month_end, shift_month
from kpis.target_models import AgentTarget, Division, StoreTarget
from kpis.target_progress import chart_of, progress_of, table_of
from kpis.targets import SERVICE, NotDivisible, people_of, service_of, set_targets
from stores.forms import StyledForm, posted
from stores.models import Store
from team.groups import GroupFilter
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.permissions import allowed

MONTHS_BACK, MONTHS_AHEAD = 24, 3
RATES = tuple(name for name in SERVICE if name != "average_first_response_seconds")


def months_shown(request, stores: list[Store]) -> tuple[date, list[tuple[str, str]]]:
    """The asked month, else the one it is now in the first store; and those to choose from, newest first."""
    this = today_of(stores).replace(day=1)
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = this
    near = [shift_month(this, by) for by in range(MONTHS_AHEAD, -MONTHS_BACK - 1, -1)]
    shown = sorted({*near, month}, reverse=True)
    return month, [(each.strftime("%Y-%m"), wording.month_text(each)) for each in shown]


def own_only(request) -> bool:
    """Whether this member sees no targets but their own."""
    return not allowed(request.membership, "see_all_figures")


def who_of(request) -> list[int] | None:
    """Whose lines this member sees: None is everybody's."""
    return [request.membership.agent_id or NOBODY] if own_only(request) else None


def answer(request, template: str, table, name: str, context: dict):
    """The page, or its table as the file that ?file= asks for."""
    if request.GET.get("file") in exports.CONTENT_TYPES:
        return exports.file_answer(request, exports.sheet_of(table), request.GET["file"], name)
    rows = rows_page(table, request.GET.get("page"))
    return render(request, template, {"table": table, "rows": rows, "page": rows, **context})


@require_GET
@permission_required("see_targets")
def target_list(request):
    """The stores of a month with their targets; an agent sees the own part of each."""
    stores = list(Store.objects.open_to(request.membership))
    month, months = months_shown(request, stores)
    own = own_only(request)
    lines = progress_of(stores, month, timezone.now(), who_of(request) or [])
    lines = [line for line in lines if (line.agent_id != STORE) == own]
    if own:
        lines = [line for line in lines if line.target is not None or line.row]
    slug, key = request.organization.slug, month.strftime("%Y-%m")
    table = table_of(
        lines,
        gettext("Store"),
        request.GET.get("sort", ""),
        lambda line: line.store.name,
        lambda line: reverse("target_store", args=[slug, line.store.code]) + f"?month={key}",
    )
    context = {
        "month": month, "month_key": key, "months": months, "own": own, "has_stores": bool(stores),
        "has_targets": any(line.target is not None or line.service for line in lines),
    }  # fmt: skip
    return answer(request, "kpis/target_list.html", table, f"targets-{key}", context)


@require_GET
@permission_required("see_targets")
def target_store(request, code: str):
    """One store's month: its people with their parts, and the forecast line. An agent sees the own line only."""
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    month, months = months_shown(request, [store])
    names, own, slug = names_of(), own_only(request), request.organization.slug
    if own and not request.membership.agent_id:
        raise PermissionDenied
    lines = progress_of([store], month, timezone.now(), who_of(request))
    whole = next(line for line in lines if line.agent_id == STORE)
    people = [line for line in lines if line.agent_id != STORE]
    group_filter = GroupFilter(request, not own)
    if group_filter.chosen:
        members = set(group_filter.members(month, month_end(month)))
        people = [line for line in people if line.agent_id in members]
    key = month.strftime("%Y-%m")
    table = table_of(
        people,
        gettext("Agent"),
        request.GET.get("sort", "-target"),
        lambda line: names.get(line.agent_id, str(line.agent_id)),
        lambda line: reverse("agent_days", args=[slug, line.agent_id]) + f"?store={store.code}",
    )
    shown = (people[0] if people else None) if own else whole
    target = StoreTarget.objects.filter(store=store, month=month).first()
    context = {
        "store": store, "month": month, "month_key": key, "months": months, "own": own, "line": shown,
        "chart": chart_of(shown, month) if shown else None, "target": target,
        "service": _service_lines(shown) if shown else [], "group_filter": group_filter,
    }  # fmt: skip
    return answer(request, "kpis/target_store.html", table, f"targets-{store.code}-{key}", context)


def _service_lines(line) -> list[dict]:
    """One tile a service target: name, what is reached, what is asked, whether it is met."""
    return [
        {
            "measure": MEASURES[name],
            "value": wording.figure_text(line.service_figure(name), MEASURES[name]),
            "target": wording.figure_text(aim, MEASURES[name]),
            "met": line.meets(name),
        }
        for name, aim in line.service.items()
    ]


class TargetForm(StyledForm):
    """A store's targets of a month; rates in percent. Parts by hand are fields `part-<agent id>`."""

    sales = forms.DecimalField(label=_("Sales"), required=False, min_value=Decimal("0.01"), max_digits=14)
    conversion_final = forms.DecimalField(
        label=_("Final conversion (%)"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    three_minute_rate = forms.DecimalField(
        label=_("3-minute rate (%)"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    average_first_response_seconds = forms.DecimalField(
        label=_("First response (seconds, at most)"), required=False, min_value=1, max_value=86400,
        decimal_places=1,
    )  # fmt: skip
    satisfaction = forms.DecimalField(
        label=_("Satisfaction (%)"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    division = forms.ChoiceField(label=_("Divide the sales"), choices=Division.choices)

    def __init__(self, *args, people, digits: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["sales"].decimal_places = digits
        for person in people:
            self.fields[f"part-{person.pk}"] = forms.DecimalField(
                label=person.name, required=False, min_value=0, max_digits=14, decimal_places=digits
            )

    @property
    def parts(self):
        """The bound fields of the parts by hand."""
        return [self[f"part-{person.pk}"] for person in self.people]

    def by_hand(self) -> dict[int, Decimal]:
        values = {person.pk: self.cleaned_data.get(f"part-{person.pk}") for person in self.people}
        return {pk: value for pk, value in values.items() if value is not None}

    def clean(self):
        values = super().clean()
        sales = values.get("sales")
        if values.get("division") == Division.HAND and sales is not None and not self.errors:
            total = sum(self.by_hand().values())
            if total != sales:
                said = gettext("The parts add up to %(parts)s, the target is %(target)s.")
                self.add_error(None, said % {"parts": f"{total:,}", "target": f"{sales:,}"})
        return values

    def service(self) -> dict[str, Decimal | None]:
        """As kpis.targets keeps them: rates 0..1."""
        values = {name: self.cleaned_data[name] for name in SERVICE}
        return {
            name: value / 100 if value is not None and name in RATES else value
            for name, value in values.items()
        }


def _initial(store: Store, month: date, people) -> dict:
    """What stands there now; of a month without targets, the month before's as a proposal."""
    rows = {
        t.month: t for t in StoreTarget.objects.filter(store=store, month__in=(month, shift_month(month, -1)))
    }
    target = rows.get(month) or rows.get(shift_month(month, -1))
    if target is None:
        return {}
    values = service_of(target)
    initial = {name: value * 100 if name in RATES else value for name, value in values.items()}
    initial = {name: value.normalize() + 0 for name, value in initial.items()}
    initial |= {"sales": target.sales, "division": target.division}
    parts = AgentTarget.objects.filter(store=store, month=month)
    return initial | {f"part-{part.agent_id}": part.sales for part in parts}


@require_http_methods(["GET", "POST"])
@permission_required("set_targets")
def target_set(request, code: str):
    """Set a store's targets of ?month= and divide its sales over its people."""
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    month, months = months_shown(request, [store])
    people = people_of(store, month)
    digits = min(wording.get_currency_precision(store.currency), 2)
    form = TargetForm(posted(request), people=people, digits=digits, initial=_initial(store, month, people))
    if request.method == "POST" and form.is_valid() and _save(request, store, month, form):
        messages.success(request, gettext("Targets saved."))
        answer = redirect("target_store", request.organization.slug, store.code)
        answer["Location"] += f"?month={month:%Y-%m}"
        return answer
    context = {
        "form": form, "store": store, "month": month, "month_key": month.strftime("%Y-%m"), "months": months,
    }  # fmt: skip
    return render(request, "kpis/target_set.html", context)


def _save(request, store: Store, month: date, form: TargetForm) -> bool:
    """Write what the form says; False, and the form says why, where it cannot be divided."""
    before = _described(store, month)
    try:
        set_targets(
            store, month, sales=form.cleaned_data["sales"], service=form.service(),
            division=Division(form.cleaned_data["division"]), by_hand=form.by_hand(),
        )  # fmt: skip
    except NotDivisible as error:
        form.add_error("division", gettext(str(error)))
        return False
    told = changes(before, _described(store, month))
    record(request, "targets_set", store, month=month.strftime("%Y-%m"), **told)
    return True


def _described(store: Store, month: date) -> dict:
    target = StoreTarget.objects.filter(store=store, month=month).first()
    names = ("sales", *SERVICE, "division")
    told = {name: getattr(target, name) if target else None for name in names}
    parts = AgentTarget.objects.filter(store=store, month=month).order_by("agent_id")
    return {name: None if value is None else str(value) for name, value in told.items()} | {
        "parts": {str(part.agent_id): str(part.sales) for part in parts}
    }
