"""Pages of platform points: a gauge for each store with its entries, a new entry, allowances (R18)."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import points
from policies.library import LIBRARY
from policies.penalty_forms import AllowanceForm, PointForm, number_typed
from policies.penalty_models import PointAllowance, PointEntry, PointState
from policies.point_allowances import allowance_of, gauges
from policies.rule_versions import ensure_library, in_words
from stores.forms import posted
from stores.models import Platform, Store
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.masking import masked_text
from tenants.models import Role
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
ACTS = {
    PointState.EXPECTED: ("taken", "not_taken"),
    PointState.BOOKED: ("appeal",),
    PointState.APPEALED: ("answer",),
}
LOOKS = {
    PointState.EXPECTED: "bg-blue-lt",
    PointState.BOOKED: "bg-red-lt",
    PointState.APPEALED: "bg-yellow-lt",
    PointState.GIVEN_BACK: "bg-green-lt",
}
SOURCES = {"violation": _("Violation"), "promise": _("Broken promise"), "hand": _("Written down by hand")}


@require_GET
@permission_required("see_penalties")
def point_list(request):
    """Gauges of the stores, and the entries of all or of store=, newest first. Points are no agent's matter."""
    if request.membership.role == Role.AGENT:
        raise PermissionDenied
    now = timezone.now()
    stores = list(Store.objects.open_to(request.membership))
    chosen = next((store for store in stores if store.code == request.GET.get("store")), None)
    wanted = [chosen] if chosen else stores
    found = PointEntry.objects.filter(store__in=wanted).select_related(
        "store", "rule", "made_by", "changed_by", "buyer"
    )
    page = Paginator(found.order_by("-day", "-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    may_rule = allowed(request.membership, "rule_penalties")
    context = {
        "stores": stores,
        "chosen": chosen,
        "gauges": sorted(gauges(wanted, now), key=lambda gauge: (-gauge.percent, gauge.store.name)),
        "page": page,
        "rows": [_row(entry, request.organization.slug, may_rule) for entry in page.object_list],
    }  # fmt: skip
    return render(request, "policies/point_list.html", context)


def _row(entry: PointEntry, slug: str, may_rule: bool) -> dict:
    """An entry in words, with where its evidence is."""
    kind = entry.source_key.partition(":")[0]
    links: list[tuple[str, Sequence]] = []
    if entry.violation_id:
        links.append((gettext("Violation"), ("violation_detail", entry.violation_id)))
    if entry.promise_id:
        links.append((gettext("Promise"), ("promise_detail", entry.promise_id)))
    if entry.complaint_id:
        links.append((gettext("Complaint"), ("complaint_detail", entry.complaint_id)))
    if entry.order_id:
        links.append((entry.order_id, ("order_page", entry.store.code, entry.order_id)))
    elif entry.buyer_id:
        links.append((gettext("Buyer"), ("buyer_card", entry.store.code, entry.buyer_id)))
    words = masked_text(entry.decrypted("words") or "")
    return {
        "entry": entry,
        "why": in_words(entry.rule) if entry.rule else words or SOURCES[kind],
        "words": words if entry.rule else "",
        "answer": masked_text(entry.decrypted("answer") or ""),
        "look": LOOKS.get(entry.state, "bg-secondary-lt"),
        "counts": entry.points if entry.latest is None else entry.latest,
        "links": [(text, reverse(name, args=[slug, *args])) for text, (name, *args) in links],
        "acts": ACTS.get(entry.state, ()) if may_rule else (),
    }


@require_POST
@permission_required("rule_penalties")
def point_act(request, entry_id: int):
    """One act named by `act`: taken, not_taken, appeal, answer (with points= and note=)."""
    entries = PointEntry.objects.filter(store__in=Store.objects.open_to(request.membership))
    entry = get_object_or_404(entries.select_related("store"), pk=entry_id)
    act, note, now = request.POST.get("act", ""), request.POST.get("note", ""), timezone.now()
    try:
        if _do(entry, act, note, request, now):
            messages.success(request, gettext("Saved.") + " " + entry.get_state_display())
        else:
            messages.info(request, gettext("Nothing was changed."))
    except ValueError as refused:
        messages.error(request, str(refused))
    address = reverse("point_list", args=[request.organization.slug])
    code = request.POST.get("store", "")
    return redirect(f"{address}?store={entry.store.code}" if code == entry.store.code else address)


def _do(entry: PointEntry, act: str, note: str, request, now) -> bool:
    if act == "taken":
        return points.taken(entry, _points(request), request.user, now)
    if act == "not_taken":
        return points.not_taken(entry, request.user, now, note)
    if act == "appeal":
        return points.appeal(entry, request.user, now, note)
    if act == "answer":
        left = _points(request)
        if left is None:
            raise ValueError(gettext("Say how many points are left."))
        return points.answered(entry, left, request.user, now, note)
    return False


def _points(request) -> Decimal | None:
    text = request.POST.get("points", "").strip()
    if not text:
        return None
    found = number_typed(text)
    if found is None or found != found.quantize(Decimal("0.1")):
        raise ValueError(gettext("Points are a number such as 6 or 1.5."))
    return found


@require_http_methods(["GET", "POST"])
@permission_required("rule_penalties")
def point_new(request):
    """Points the platform took, written down."""
    now = timezone.now()
    ensure_library(request.organization.pk, LIBRARY, now)
    first = {
        "key": uuid.uuid4(), "day": now.date().isoformat(), "store": request.GET.get("store", "")[:50],
        "order_id": request.GET.get("order", "")[:100],
    }  # fmt: skip
    form = PointForm(posted(request), membership=request.membership, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            points.by_hand(
                said["store"], said["points"], said["day"], reason=said["reason"], rule=said["rule"],
                order_id=said["order_id"].strip(), complaint_id=said["complaint_id"], user=request.user, now=now,
                key=said["key"],
            )  # fmt: skip
        except ValueError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("Written down."))
            address = reverse("point_list", args=[request.organization.slug])
            return redirect(f"{address}?store={said['store'].code}")
    return render(request, "policies/point_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("rule_penalties", change="set_penalties")
def point_allowance(request, platform: str):
    """How many points the stores of a platform have; store= for one store's own."""
    if platform not in Platform.values:
        raise Http404
    stores = list(Store.objects.open_to(request.membership))
    mine = [store for store in stores if store.platform == platform]
    store = next((one for one in mine if one.code == request.GET.get("store")), None)
    row = PointAllowance.objects.filter(platform=platform, store=store).first()
    held = allowance_of(platform, store)
    first = {
        "period": held.period, "tiers": "\n".join(f"{at} {gettext(text) if text else ''}".strip() for at, text in held.tiers),
        "source": held.source, "verified": held.verified_on is not None,
    }  # fmt: skip
    form = AllowanceForm(posted(request), initial=first)
    if request.method == "POST" and form.is_valid():
        _save(request, platform, store, row, form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("point_list", request.organization.slug)
    context = {
        "form": form, "platform": Platform(platform).label, "key": platform, "store": store, "stores": mine,
        "is_default": row is None, "verified_on": held.verified_on,
    }  # fmt: skip
    return render(request, "policies/point_allowance.html", context)


def _save(request, platform: str, store: Store | None, row: PointAllowance | None, said: dict) -> None:
    row = row or PointAllowance(organization=request.organization, platform=platform, store=store)
    names = ("period", "tiers", "source", "verified_on")
    before = {name: getattr(row, name) for name in names}
    was = (row.period, row.tiers, row.source)
    row.period, row.tiers, row.source = said["period"], said["tiers"], said["source"]
    if not said["verified"]:
        row.verified_on = None
    elif row.verified_on is None or was != (row.period, row.tiers, row.source):
        row.verified_on = timezone.now().date()
    row.save()
    changed = changes(before, {name: getattr(row, name) for name in names})
    if changed["new"]:
        record(
            request,
            "settings_changed",
            f"{gettext('Points')}: {store or Platform(platform).label}",
            **changed,
        )
