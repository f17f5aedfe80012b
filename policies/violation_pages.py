"""Pages of violations: the list, one with what may be done about it, and one written down by hand (R11–R17)."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import violations
from policies.inspection_models import Violation
from policies.library import LIBRARY
from policies.rule_versions import ensure_library
from policies.violation_forms import AppealForm, ManyForm, RulingForm, ViolationForm
from policies.violation_list import ViolationFilters, list_line, neighbours, violations_open_to
from policies.violation_view import context_of
from policies.violation_writing import write_down
from stores.forms import posted
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.models import Role
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
# What common dismissals say, offered while typing.
REASONS = (
    _("Quoted, or said in jest"),
    _("Meant otherwise in its context"),
    _("Not about the buyer"),
    _("The rule misreads it"),
)
KEYS_OF_LIST = (("x", _("Choose the row")), ("d", _("Reason for dismissing the chosen")))
KEYS_OF_ONE = (
    ("c", _("To the button that confirms or agrees; Enter presses it")),
    ("d", _("To the reason for dismissing; Enter sends it")),
    ("j k", _("Next and previous violation of the list")),
)


@require_GET
@permission_required("see_violations")
def violation_list(request):
    """Violations as the tabs and filters choose them; agents see their own, once confirmed."""
    filters = ViolationFilters(request.GET, request.membership)
    page = Paginator(filters.chosen(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    may_dismiss = allowed(request.membership, "rule_violations") and filters.show in ("waiting", "notice")
    context = {
        "filters": filters,
        "show": filters.show,
        "counts": filters.counts(),
        "page": page,
        "rows": [list_line(row, names) for row in page.object_list],
        "carried": _carried(request, filters.show),
        "may_dismiss": may_dismiss,
        "reasons": REASONS,
        "own_agent": request.membership.agent_id,
        "keys_of_page": KEYS_OF_LIST if may_dismiss else (),
    }
    return render(request, "policies/violation_list.html", context)


def _carried(request, show: str) -> str:
    """The list's choice as a query, so that one opened from it knows what comes next."""
    asked = request.GET.copy()
    asked.pop("page", None)
    asked["show"] = show
    return asked.urlencode()


@require_POST
@permission_required("rule_violations")
def violation_dismiss(request):
    """Those named by `id` are none, or need nothing more, for one reason."""
    form, back = ManyForm(request.POST), reverse("violation_list", args=[request.organization.slug])
    asked = {int(one) for one in request.POST.getlist("id") if one.isascii() and one.isdecimal()}
    found = list(violations_open_to(request.membership).filter(pk__in=asked).values_list("pk", flat=True))
    if not found:
        messages.error(request, gettext("Choose at least one violation."))
    elif not form.is_valid():
        messages.error(request, gettext("Give the reason."))
    else:
        said = form.cleaned_data
        done = violations.dismiss_many(found, request.user, timezone.now(), said["note"], said["exempt"])
        told = ngettext("%(count)s dismissed.", "%(count)s dismissed.", done) % {"count": done}
        if left := len(found) - done:
            told += " " + ngettext(
                "%(count)s left as it was: judged meanwhile, or about yourself.",
                "%(count)s left as they were: judged meanwhile, or about yourself.",
                left,
            ) % {"count": left}
        messages.success(request, told)
    return redirect(f"{back}?{request.GET.urlencode()}" if request.GET else back)


def _one(request, violation_id: int) -> Violation:
    return get_object_or_404(violations_open_to(request.membership), pk=violation_id)


@require_GET
@permission_required("see_violations")
def violation_detail(request, violation_id: int):
    """One violation: the words in their context, the rule as it was then, what happened, what may be done."""
    row, now = _one(request, violation_id), timezone.now()
    context = context_of(row, request.membership, request.organization, now)
    before = after = None
    if request.GET.get("show"):
        before, after = neighbours(ViolationFilters(request.GET, request.membership).chosen(), row)
    context |= {
        "before": before, "after": after, "carried": request.GET.urlencode(), "reasons": REASONS,
        "form": RulingForm(initial={"points": row.points, "money": row.money}),
        "keys_of_page": KEYS_OF_ONE if context["deeds"] else KEYS_OF_ONE[2:],
    }  # fmt: skip
    return render(request, "policies/violation_detail.html", context)


@require_POST
@permission_required("rule_violations")
def violation_rule(request, violation_id: int):
    """One deed, named by the button; then the next violation of the list it was opened from."""
    row, form = _one(request, violation_id), RulingForm(request.POST)
    here = reverse("violation_detail", args=[request.organization.slug, row.pk])
    deed = DEEDS.get(request.POST.get("act", ""))
    if deed is None or not form.is_valid():
        messages.error(
            request, gettext("Nothing was changed: look at the figures and the length of the note.")
        )
        return redirect(_with(here, request))
    after = _next_of(request, row)
    try:
        done = deed(row, request.user, timezone.now(), form)
    except ValueError as refused:
        messages.error(request, str(refused))
        return redirect(_with(here, request))
    if done:
        messages.success(request, gettext("Saved.") + " " + row.get_state_display())
    return redirect(after or _with(here, request))


def _with(address: str, request) -> str:
    return f"{address}?{request.GET.urlencode()}" if request.GET else address


def _next_of(request, row: Violation) -> str:
    """Where judging goes on: the next of the list, else the one before, else the list; "" for one opened by itself."""
    if not request.GET.get("show"):
        return ""
    before, after = neighbours(ViolationFilters(request.GET, request.membership).chosen(), row)
    slug = request.organization.slug
    if following := after or before:
        return _with(reverse("violation_detail", args=[slug, following]), request)
    return _with(reverse("violation_list", args=[slug]), request)


Deed = Callable[[Violation, object, datetime, RulingForm], bool]
DEEDS: dict[str, Deed] = {
    "confirm": lambda row, user, now, form: violations.confirm(
        row, user, now, form.cleaned_data["note"], **form.figures()
    ),
    "second": lambda row, user, now, form: violations.second(row, user, now, form.cleaned_data["note"]),
    "refuse_second": lambda row, user, now, form: violations.refuse_second(
        row, user, now, form.cleaned_data["note"]
    ),
    "dismiss": lambda row, user, now, form: violations.dismiss(
        row, user, now, form.cleaned_data["note"], form.cleaned_data["exempt"]
    ),
    "put_aside": lambda row, user, now, form: violations.put_aside(row, user, now, form.cleaned_data["note"]),
    "look_again": lambda row, user, now, form: violations.look_again(
        row, user, now, form.cleaned_data["note"]
    ),
    "uphold": lambda row, user, now, form: violations.decide_appeal(
        row, True, user, now, form.cleaned_data["note"]
    ),
    "grant": lambda row, user, now, form: violations.decide_appeal(
        row, False, user, now, form.cleaned_data["note"]
    ),
    "revoke": lambda row, user, now, form: violations.revoke(row, user, now, form.cleaned_data["note"]),
}


@require_POST
@permission_required("see_violations")
def violation_appeal(request, violation_id: int):
    """The agent's own appeal, once, with reasons; nobody else's: 404."""
    if request.membership.role == Role.AUDITOR:
        raise PermissionDenied
    row, form = _one(request, violation_id), AppealForm(request.POST)
    if row.agent_id is None or row.agent_id != request.membership.agent_id:
        raise Http404
    try:
        if not form.is_valid():
            raise ValueError(gettext("Give the reason."))
        violations.appeal(row, request.membership, timezone.now(), form.cleaned_data["note"])
    except ValueError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Your appeal was handed in: you are told what comes of it."))
    return redirect(_with(reverse("violation_detail", args=[request.organization.slug, row.pk]), request))


@require_http_methods(["GET", "POST"])
@permission_required("rule_violations")
def violation_new(request):
    """What a supervisor saw is written down; it is then confirmed like a found one."""
    ensure_library(request.organization.pk, LIBRARY, timezone.now())
    asked = request.GET
    first = {
        "key": uuid.uuid4(), "store": asked.get("store"), "order_id": asked.get("order", "")[:200],
        "agent": asked.get("agent"),
    }  # fmt: skip
    form = ViolationForm(posted(request), membership=request.membership, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = write_down(
                said["store"], said["rule"], key=said["key"],
                agent_id=said["agent"] and said["agent"].pk, said_at=said["said_at"], words=said["words"],
                user=request.user, now=timezone.now(), buyer=said["found_buyer"], order_id=said["order_id"],
            )  # fmt: skip
        except ValueError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("It is written down: confirm it, or have it confirmed."))
            return redirect("violation_detail", request.organization.slug, made.pk)
    return render(request, "policies/violation_new.html", {"form": form})
