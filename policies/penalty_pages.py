"""Pages of fines: one with its facts and what may be done, a new one by hand, the settings (R18)."""

import uuid
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.dossiers import lines_of
from orders.remark_models import About
from policies import fine_rulings, fines
from policies.fine_list import agent_names, evidence_of, fines_open_to, rounds_of, row_of
from policies.fine_words import lines_in_words
from policies.library import LIBRARY
from policies.penalty_forms import FineForm, SettingsForm, number_typed
from policies.penalty_models import Fine, FineCap, FineState, PenaltySettings
from policies.rule_versions import ensure_library
from stores.forms import posted
from stores.models import Store
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.permissions import allowed

RULING = {
    FineState.PROPOSED: ("confirm", "dismiss"),
    FineState.SECOND: ("agree", "disagree"),
    FineState.CONFIRMED: ("lift",),
    FineState.APPEALED: ("uphold", "allow"),
    FineState.FINAL: ("lift",),
}


@require_GET
@permission_required("see_penalties")
def penalty_detail(request, fine_id: int):
    """A fine with the facts behind it, its story, and what this member may do about it."""
    fine = get_object_or_404(fines_open_to(request.membership), pk=fine_id)
    slug, now = request.organization.slug, timezone.now()
    stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
    until = fine_rulings.appeal_until(fine)
    own = fine.agent_id == request.membership.agent_id
    context = {
        "line": row_of(fine, agent_names()),
        "fine": fine,
        "until": until,
        "evidence": evidence_of(fine, slug),
        "rounds": rounds_of(fine, slug, stores),
        "lines": lines_in_words(lines_of(About.FINE, [fine.pk])[fine.pk]),
        "acts": _acts(fine, request, own),
        "may_appeal": own
        and fine.state == FineState.CONFIRMED
        and not fine.violation_id
        and until is not None
        and now <= until,
        "is_own": own,
        "waits_for_other": fine.state == FineState.SECOND and fine.confirmed_by_id == request.user.pk,
        "appeal_is_others": _appeal_is_others(fine, request),
    }
    return render(request, "policies/penalty_detail.html", context)


def _acts(fine: Fine, request, own: bool) -> tuple[str, ...]:
    """What this member may do about it now, by the names `penalty_act` takes."""
    if own or not allowed(request.membership, "rule_penalties") or fine.violation_id:
        return ()
    acts = RULING.get(fine.state, ())
    if fine.state == FineState.SECOND and fine.confirmed_by_id == request.user.pk:
        return ()
    return () if _appeal_is_others(fine, request) else acts


def _appeal_is_others(fine: Fine, request) -> bool:
    """Whether this member confirmed the fine and so leaves its appeal to somebody else."""
    if fine.state != FineState.APPEALED or fine.violation_id or fine.confirmed_by_id != request.user.pk:
        return False
    return fine_rulings.others_may_rule(fine, request.user)


@require_POST
@permission_required("see_penalties")
def penalty_act(request, fine_id: int):
    """One act named by `act` on a fine, with note= where it needs a reason."""
    fine = get_object_or_404(fines_open_to(request.membership), pk=fine_id)
    act, note, now = request.POST.get("act", ""), request.POST.get("note", ""), timezone.now()
    if act != "appeal" and not allowed(request.membership, "rule_penalties"):
        raise PermissionDenied
    try:
        if _do(fine, act, note, request, now):
            messages.success(request, gettext("Saved.") + " " + fine.get_state_display())
        else:
            messages.info(request, gettext("Nothing was changed."))
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect("penalty_detail", request.organization.slug, fine.pk)


def _do(fine: Fine, act: str, note: str, request, now) -> bool:
    user = request.user
    if act == "confirm":
        return fine_rulings.confirm(fine, user, now, note, _amount(request.POST.get("amount", "")))
    if act in ("agree", "disagree"):
        return fine_rulings.second(fine, act == "agree", user, now, note)
    if act == "dismiss":
        return fine_rulings.dismiss(fine, user, now, note)
    if act == "appeal":
        return fine_rulings.appeal(fine, request.membership, now, note)
    if act in ("uphold", "allow"):
        return fine_rulings.decide(fine, act == "uphold", user, now, note)
    return act == "lift" and fine_rulings.lift(fine, user, now, note)


def _amount(text: str) -> Decimal | None:
    """The amount typed, None for none. ValueError for what is no amount."""
    if not text.strip():
        return None
    amount = number_typed(text)
    if amount is None:
        raise ValueError(gettext("Give an amount greater than 0."))
    return amount.quantize(Decimal("0.01"))


@require_http_methods(["GET", "POST"])
@permission_required("rule_penalties")
def penalty_new(request):
    """A fine a person writes down; it is a proposal like others."""
    now = timezone.now()
    ensure_library(request.organization.pk, LIBRARY, now)
    first = {
        "key": uuid.uuid4(), "day": now.date().isoformat(), "order_id": request.GET.get("order", "")[:100],
    }  # fmt: skip
    form = FineForm(posted(request), membership=request.membership, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            fine = fines.by_hand(
                said["rule"], said["store"], said["agent"].pk, said["day"], order_id=said["order_id"].strip(),
                amount=said["amount"], reason=said["reason"], user=request.user, now=now, key=said["key"],
            )  # fmt: skip
        except ValueError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("The fine is proposed."))
            return redirect("penalty_detail", request.organization.slug, fine.pk)
    return render(request, "policies/penalty_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("see_penalties", change="set_penalties")
def penalty_settings_page(request):
    """From when on facts are a fine, how long one may appeal, and the cap of a month."""
    row = PenaltySettings.objects.first()
    month = timezone.now().date().replace(day=1)
    cap = FineCap.objects.filter(since__lte=month).order_by("-since").first()
    held = row or PenaltySettings(organization=request.organization)
    before = {name: getattr(held, name) for name in SettingsForm.Meta.fields}
    before["cap"] = cap.amount if cap else None
    form = SettingsForm(posted(request), instance=held, initial={"cap": before["cap"]})
    if request.method == "POST" and form.is_valid():
        form.save()
        said = {name: form.cleaned_data[name] for name in before}
        if said["cap"] != before["cap"]:
            FineCap.objects.update_or_create(
                organization=request.organization, since=month, defaults={"amount": said["cap"]}
            )
        changed = changes(before, said)
        if changed["new"]:
            record(request, "settings_changed", gettext("Fines and points"), **changed)
        messages.success(request, gettext("Saved."))
        return redirect("penalty_settings", request.organization.slug)
    return render(request, "policies/penalty_settings.html", {"form": form, "unset": row is None})
