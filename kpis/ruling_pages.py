"""Claims and rulings on orders: the list of both, and the addresses that make them."""

from dataclasses import dataclass
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kpis import exports
from kpis.figures import agent_names
from kpis.ruling_effects import Effect, effects_of
from kpis.ruling_models import OwnershipClaim, OwnershipRuling
from kpis.rulings import NotPossible, claim, decide, effective_ruling, lift, open_claims, ownable_by, rule
from kpis.tasks import refresh_organization
from orders.models import Order
from stores.forms import StyledForm
from stores.models import Store
from tenants.access import permission_required
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
NOBODY = "nobody"


@dataclass(frozen=True)
class Line:
    """One line of the list. claim: what was asked, None for a ruling without; ruling: the answer, None for none yet."""

    order: Order
    store: Store
    owner: str
    claim: OwnershipClaim | None
    claimed_for: str
    ruling: OwnershipRuling | None
    decision: str
    effect: Effect | None


class ClaimForm(StyledForm):
    """Whose the order is, and why."""

    agent = forms.ChoiceField(label=_("Belongs to"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, people: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        nobody = (NOBODY, _("nobody"))
        self.fields["agent"].choices = [
            ("", _("Choose…")), *((str(pk), name) for pk, name in people), nobody,
        ]  # fmt: skip

    def agent_id(self) -> int | None:
        """The chosen agent, None for nobody."""
        chosen = self.cleaned_data["agent"]
        return None if chosen == NOBODY else int(chosen)


class LiftForm(StyledForm):
    """Why a ruling is lifted."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecideForm(LiftForm):
    """Why a claim is followed or refused."""

    claim = forms.IntegerField(label=_("Claim"), min_value=1, widget=forms.HiddenInput)


def ruling_of(order: Order, membership) -> dict:
    """The context `ruling` of kpis/_order_ruling.html: what holds, what is asked, and the forms to ask and rule.

    order: with its store. Eight statements at most.
    """
    names = agent_names()
    people = [(agent.pk, names[agent.pk]) for agent in ownable_by(order)]
    holding = effective_ruling(order.pk)
    mine = str(membership.agent_id) if membership.agent_id in dict(people) else ""
    return {
        "order": order,
        "store": order.store,
        "sale": order.paid_at is not None,
        "holding": holding,
        "held_by": name_in(names, holding.agent_id) if holding else "",
        "claims": [
            (made, name_in(names, made.agent_id))
            for made in open_claims(order.pk).select_related("made_by").order_by("pk")
        ],
        "claim_form": ClaimForm(people=people, initial={"agent": mine}, prefix="claim"),
        "rule_form": ClaimForm(people=people, prefix="rule"),
        "lift_form": LiftForm(prefix="lift"),
    }


def name_in(names: dict[int, str], agent_id: int | None) -> str:
    """An owner's name; nobody and the seats nobody held in words."""
    if agent_id is None:
        return gettext("nobody")
    return gettext("a seat nobody held") if agent_id == 0 else names.get(agent_id, "–")


@require_GET
@permission_required("see_orders")
def claim_list(request):
    """What waits for a ruling, and what was ruled with its effect on the figures; also as a file."""
    stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
    show = "decided" if request.GET.get("show") == "decided" else "open"
    code = request.GET.get("store", "")
    chosen = [pk for pk, store in stores.items() if store.code == code] or list(stores)
    found = _open(request, chosen) if show == "open" else _decided(request, chosen)
    if request.GET.get("file") in exports.CONTENT_TYPES:
        lines = _lines(list(found[:LONGEST_FILE]), stores, show)
        return exports.file_answer(request, _sheet(lines, show), request.GET["file"], f"claims-{show}")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "lines": _lines(list(page), stores, show), "show": show, "chosen": code,
        "stores": list(stores.values()), "waiting": _open(request, list(stores)).count(),
    }  # fmt: skip
    return render(request, "kpis/claim_list.html", context)


def _mine(request) -> Q | None:
    """What an agent may see of claims; None: everything."""
    if allowed(request.membership, "see_all_orders"):
        return None
    mine = Q(made_by=request.user)
    return mine | Q(agent_id=request.membership.agent_id) if request.membership.agent_id else mine


def _open(request, store_ids: list[int]) -> QuerySet[OwnershipClaim]:
    found = open_claims().filter(store__in=store_ids).select_related("made_by", "order__fact")
    mine = _mine(request)
    return (found if mine is None else found.filter(mine)).order_by("made_at", "pk")


def _decided(request, store_ids: list[int]) -> QuerySet[OwnershipRuling]:
    """Rulings, newest first. An agent's: those that answered them, and those by which they won or lost."""
    found = OwnershipRuling.objects.filter(store__in=store_ids).select_related("made_by", "order__fact")
    mine = _mine(request)
    if mine is not None:
        asked = OwnershipClaim.objects.filter(mine)
        concerned = Q(claim_id__in=asked.values("pk"))
        if agent_id := request.membership.agent_id:
            concerned |= Q(agent_id=agent_id) | Q(owner_before=agent_id)
        found = found.filter(concerned)
    return found.order_by("-made_at", "-pk")


def _lines(rows: list, stores: dict[int, Store], show: str) -> list[Line]:
    """Five statements, however many rows."""
    names = agent_names()
    if show == "open":
        return [
            Line(
                made.order, stores[made.store_id], name_in(names, _owner_of(made.order)), made,
                name_in(names, made.agent_id), None, "", None,
            )
            for made in rows
        ]  # fmt: skip
    claims = OwnershipClaim.objects.select_related("made_by").in_bulk(
        [r.claim_id for r in rows if r.claim_id]
    )
    effects = effects_of(rows, stores)
    lines = []
    for ruling in rows:
        made = claims.get(ruling.claim_id)
        lines.append(
            Line(
                ruling.order, stores[ruling.store_id], name_in(names, ruling.owner_before), made,
                name_in(names, made.agent_id) if made else "", ruling, _decision(ruling, names), effects[ruling.pk],
            )
        )  # fmt: skip
    return lines


def _decision(ruling: OwnershipRuling, names: dict[int, str]) -> str:
    if ruling.kind == "given":
        return gettext("belongs to %(owner)s") % {"owner": name_in(names, ruling.agent_id)}
    return gettext("the rules decide again") if ruling.kind == "lifted" else gettext("claim refused")


def _owner_of(order: Order) -> int | None:
    return order.fact.owner_id if hasattr(order, "fact") else None


def _sheet(lines: list[Line], show: str) -> exports.Sheet:
    owner = gettext("Owner now") if show == "open" else gettext("Owner before")
    titles = [
        gettext("Order"), gettext("Store"), owner, gettext("Claimed for"), gettext("Claimed by"),
        gettext("Claimed at"), gettext("Claim"), gettext("Ruling"), gettext("Reason"), gettext("Ruled by"),
        gettext("Ruled at"), gettext("Amount"), gettext("Currency"),
    ]  # fmt: skip
    rows = []
    for line in lines:
        made, ruling = line.claim, line.ruling
        claimed = (
            [made.made_by and made.made_by.name, made.made_at, made.reason] if made else [None, None, None]
        )
        ruled = (
            [ruling.reason, ruling.made_by and ruling.made_by.name, ruling.made_at] if ruling else [None] * 3
        )
        amount = line.order.fact.amount if hasattr(line.order, "fact") else None
        rows.append(
            [
                line.order.order_id, line.store.name, line.owner, line.claimed_for, *claimed, line.decision, *ruled,
                amount, line.store.currency,
            ]
        )  # fmt: skip
    return exports.Sheet(titles, rows, ["text"] * 11 + ["money"])


@require_POST
@permission_required("claim_orders")
def order_claim(request, code: str, order_id: str):
    """Say that an order is somebody else's."""
    order = _order(request, code, order_id)
    form = _claim_form(request, order, "claim")
    if form.is_valid():
        try:
            claim(
                order, form.agent_id(), form.cleaned_data["reason"], user=request.user, now=timezone.now(),
                request=request,
            )  # fmt: skip
            messages.success(request, gettext("Your claim waits for a supervisor; you will be told."))
        except NotPossible as error:
            messages.error(request, str(error))
    else:
        _say_errors(request, form)
    return _back(request, order)


@require_POST
@permission_required("rule_orders")
def order_rule(request, code: str, order_id: str):
    """act: `rule` (without a claim), `follow` or `refuse` (the claim named), `lift`."""
    order, act = _order(request, code, order_id), request.POST.get("act", "rule")
    if act == "rule":
        form = _claim_form(request, order, "rule")
    else:
        form = (
            LiftForm(request.POST, prefix="lift")
            if act == "lift"
            else DecideForm(request.POST, prefix="decide")
        )
    if not form.is_valid():
        _say_errors(request, form)
        return _back(request, order)
    known = {
        "reason": form.cleaned_data["reason"],
        "user": request.user,
        "now": timezone.now(),
        "request": request,
    }
    try:
        if act == "rule":
            rule(order, form.agent_id(), **known)
        elif act == "lift":
            lift(order, **known)
        else:
            made = get_object_or_404(OwnershipClaim, order=order, pk=form.cleaned_data["claim"])
            decide(made, follow=act == "follow", **known)
        messages.success(request, gettext("Ruled. The figures follow within a minute."))
    except NotPossible as error:
        messages.error(request, str(error))
    organization_id = request.organization.pk
    transaction.on_commit(lambda: refresh_organization.delay(organization_id), robust=True)
    return _back(request, order)


def _claim_form(request, order: Order, prefix: str) -> ClaimForm:
    return ClaimForm(
        request.POST, people=[(agent.pk, agent.name) for agent in ownable_by(order)], prefix=prefix
    )


def _say_errors(request, form: forms.Form) -> None:
    for name, errors in form.errors.items():
        messages.error(request, f"{form.fields[name].label}: {errors[0]}")


def _order(request, code: str, order_id: str) -> Order:
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    return get_object_or_404(Order.objects.select_related("store"), store=store, order_id=order_id)


def _back(request, order: Order):
    """To the page the form was on, by its field `next`; the list of claims else."""
    going = request.POST.get("next", "")
    if going and url_has_allowed_host_and_scheme(going, {request.get_host()}, request.is_secure()):
        return redirect(going)
    answer = redirect("claim_list", request.organization.slug)
    answer["Location"] += f"?store={quote(order.store.code)}"
    return answer
