"""The procedures of cases: how each kind is handled, and writing a new version."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from orders.compensations import LARGEST
from orders.procedures import (
    LONGEST_SCRIPT,
    LONGEST_TITLE,
    MOST_HOURS,
    MOST_STEPS,
    PAYS,
    WHO,
    as_delivered,
    changes_between,
    follow_common,
    newest_versions,
    present_procedure,
    save_version,
    steps_of,
)
from orders.service_models import CaseKind, ProcedureVersion
from stores.forms import StyledForm
from stores.models import Store
from tenants.access import permission_required
from tenants.permissions import allowed

NEW_STEP = {"key": "", "title": "", "who": "agent", "hours": 24, "evidence": False, "script": ""}


class StepForm(StyledForm):
    key = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What is to be done"), max_length=LONGEST_TITLE)
    who = forms.ChoiceField(label=_("Who"), choices=list(WHO.items()))
    hours = forms.IntegerField(label=_("Within hours"), min_value=1, max_value=MOST_HOURS)
    evidence = forms.BooleanField(label=_("Asks for a picture or paper"), required=False)
    script = forms.CharField(
        label=_("What to say to the buyer"), required=False, max_length=LONGEST_SCRIPT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


StepFormSet = forms.formset_factory(StepForm, extra=0, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 5)


def _limit(label: str, hint: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=hint, required=False, min_value=Decimal(0), max_value=LARGEST, max_digits=12,
        decimal_places=2,
    )  # fmt: skip


class ProcedureForm(StyledForm):
    """Everything of a version but its steps. based_on: the number of the version the writer has seen."""

    agent_limit = _limit(_("An agent gives alone, for a case"), _("Empty: nothing. In the store's currency."))
    supervisor_limit = _limit(
        _("A supervisor gives alone, for a case"), _("Empty: no limit. Beyond it only an owner.")
    )
    freight = forms.ChoiceField(label=_("Who pays the way back"), choices=list(PAYS.items()))
    text = forms.CharField(
        label=_("Notes"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _kind_of(request) -> str:
    kind = request.GET.get("kind") or CaseKind.values[0]
    if kind not in CaseKind.values:
        raise Http404
    return kind


def _store_of(request) -> Store | None:
    code = request.GET.get("store", "")
    if not code:
        return None
    store = Store.objects.open_to(request.membership).filter(code=code).first()
    if store is None:
        raise Http404
    return store


@require_GET
@permission_required("see_cases")
def procedure_list(request):
    """How each kind of case is handled, in all stores or in one."""
    stores = list(Store.objects.open_to(request.membership))
    store = _store_of(request)
    newest = newest_versions([one.pk for one in stores])
    rows = []
    for kind, label in CaseKind.choices:
        own = newest.get((store.pk, kind)) if store else None
        own = own if own and own.steps else None
        present = own or newest.get((None, kind)) or as_delivered(request.organization.pk, kind)
        rows.append(
            {
                "kind": kind, "label": label, "version": present, "steps": _named(present), "own": own is not None,
                "pays": PAYS.get(present.freight, ""), "delivered": present.made_by_id is None,
                "own_in": [one for one in stores if (v := newest.get((one.pk, kind))) and v.steps] if not store else [],
            }
        )  # fmt: skip
    context = {
        "rows": rows, "stores": stores, "store": store,
        "may_set": allowed(request.membership, "set_procedures") and _may_edit(request, store),
    }  # fmt: skip
    return render(request, "orders/procedure_list.html", context)


def _named(version: ProcedureVersion) -> list[dict]:
    return [{"step": step, "who": WHO.get(step.who, step.who)} for step in steps_of(version)]


def _may_edit(request, store: Store | None) -> bool:
    """What holds in every store is set by those who may see every store."""
    return store is not None or not request.membership.store_ids


@require_http_methods(["GET", "POST"])
@permission_required("set_procedures")
def procedure_edit(request):
    """A new version of ?kind='s procedure, in ?store= or in all; below it what the versions changed.

    move=add, up-N, down-N, remove-N change the steps on the page and save nothing.
    """
    kind, store = _kind_of(request), _store_of(request)
    if not _may_edit(request, store):
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("act") == "common" and store:
        return _common_again(request, store, kind)
    form, steps = ProcedureForm(_data(request)), StepFormSet(_data(request), prefix="step")
    if request.method == "GET":
        form, steps = _filled(request, store, kind)
    elif move := request.POST.get("move"):
        form = ProcedureForm(initial={name: request.POST.get(name) for name in form.fields})
        steps = StepFormSet(initial=moved(_raw_steps(request.POST), move), prefix="step")
    elif form.is_valid() and steps.is_valid() and _saved(request, store, kind, form, steps):
        return redirect(_list_address(request, store))
    return render(request, "orders/procedure_edit.html", _edit_context(request, store, kind, form, steps))


def _data(request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _filled(request, store: Store | None, kind: str) -> tuple[ProcedureForm, forms.BaseFormSet]:
    present = present_procedure(request.organization.pk, store, kind)
    newest = newest_versions([store.pk] if store else []).get((store.pk if store else None, kind))
    number = newest.number if newest else (0 if store else 1)
    initial = {
        name: getattr(present, name) for name in ("agent_limit", "supervisor_limit", "freight", "text")
    }
    form = ProcedureForm(initial={**initial, "based_on": number})
    return form, StepFormSet(initial=present.steps, prefix="step")


def _saved(request, store: Store | None, kind: str, form: ProcedureForm, steps) -> bool:
    try:
        version, new = save_version(
            request.organization.pk, store, kind, steps=[one.cleaned_data for one in steps if one.cleaned_data],
            user=request.user, now=timezone.now(), **form.cleaned_data,
        )  # fmt: skip
    except ValueError as refused:
        form.add_error(None, str(refused))
        return False
    if new:
        said = gettext("Version %(number)s holds for new cases; open ones keep theirs.")
        messages.success(request, said % {"number": version.number})
    else:
        messages.info(request, gettext("Nothing was changed."))
    return True


def _common_again(request, store: Store, kind: str):
    based_on = request.POST.get("based_on", "")
    try:
        number = int(based_on) if based_on.isdecimal() else 0
        follow_common(
            request.organization.pk, store, kind, based_on=number, user=request.user, now=timezone.now()
        )
        messages.success(request, gettext("The store goes by the common procedure again."))
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect(_list_address(request, store))


def _list_address(request, store: Store | None) -> str:
    address = reverse("procedure_list", args=[request.organization.slug])
    return f"{address}?store={store.code}" if store else address


def _raw_steps(data) -> list[dict]:
    """The steps as they were sent, valid or not."""
    total = data.get("step-TOTAL_FORMS", "")
    count = min(int(total), MOST_STEPS + 5) if total.isdecimal() else 0
    return [
        {
            name: data.get(f"step-{n}-{name}", "") if name != "evidence" else f"step-{n}-evidence" in data
            for name in NEW_STEP
        }
        for n in range(count)
    ]


def moved(steps: list[dict], move: str) -> list[dict]:
    """The steps with one added at the end, or one taken away or changed places; an unknown move changes nothing."""
    what, _dash, place = move.partition("-")
    number = int(place) if place.isdecimal() else -1
    if what == "add" and len(steps) < MOST_STEPS:
        return [*steps, dict(NEW_STEP)]
    if not 0 <= number < len(steps):
        return steps
    if what == "remove":
        return steps[:number] + steps[number + 1 :]
    other = number + {"up": -1, "down": 1}.get(what, 0)
    if 0 <= other < len(steps):
        steps = list(steps)
        steps[number], steps[other] = steps[other], steps[number]
    return steps


def _edit_context(request, store: Store | None, kind: str, form: ProcedureForm, steps) -> dict:
    versions = list(
        ProcedureVersion.objects.filter(store=store, kind=kind).select_related("made_by").order_by("number")
    )
    told = []
    for before, version in zip([None, *versions], versions, strict=False):
        if not version.steps:
            changes = [gettext("The store goes by the common procedure again.")]
        elif before and before.steps:
            changes = changes_between(before, version)
        else:
            changes = [gettext("As delivered") if version.made_by_id is None else gettext("First version")]
        told.append({"version": version, "changes": changes})
    present = present_procedure(request.organization.pk, store, kind)
    return {
        "form": form, "steps": steps, "store": store, "kind": kind, "kind_label": CaseKind(kind).label,
        "versions": told[::-1], "delivered": present.made_by_id is None, "full": steps.total_form_count() >= MOST_STEPS,
        "own": bool(store and versions and versions[-1].steps), "number": versions[-1].number if versions else 0,
    }  # fmt: skip
