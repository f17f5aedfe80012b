"""The pages of risky buyers (R16): the list, and one buyer with the evidence, the history and what may be decided."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from policies.risk_evidence import opened
from policies.risk_kinds import MOST_SCORE
from policies.risk_list import RiskList, RiskPages
from policies.risk_rulings import ACTS, HAPPENED, acts_open, history_of, rule
from policies.risk_scores import Level, judge, weighing
from stores.forms import StyledForm
from stores.models import Buyer, Store
from tenants.access import permission_required

LONGEST_REASON = 2000
LABELS = {
    "watch": pgettext_lazy("risk", "Watch"),
    "ask": _("Propose to confirm"),
    "confirm": _("Confirm as risky"),
    "refuse": _("Do not confirm"),
    "clear": _("Clear of suspicion"),
}


class ReasonForm(StyledForm):
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
@permission_required("see_risky_buyers")
def risk_list(request):
    """Who shows signs of risk, the most urgent first."""
    listed = RiskList(request.membership, request.GET, timezone.now())
    pages = RiskPages(listed, request.GET.get("page"))
    context = {
        "page": pages.page(pages.wanted), "rows": pages.rows, "form": listed.form, "most": MOST_SCORE,
        "threshold": listed.weighs.threshold, "narrowed": bool(listed.kind or listed.code),
    }  # fmt: skip
    return render(request, "policies/risk_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("see_risky_buyers", change="rule_risky_buyers")
def risk_buyer(request, code: str, buyer_id: int):
    """One buyer: the score in words, each sign opened, what was decided and by whom. POST decides: act and reason."""
    stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
    store = next((one for one in stores.values() if one.code == code), None)
    buyer = get_object_or_404(Buyer, store=store, pk=buyer_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act = request.POST.get("act", "")
            if act not in ACTS:
                raise ValueError(gettext("Choose what to do."))
            rule(store, buyer, act, form.cleaned_data["reason"], request.user, timezone.now())
            messages.success(request, gettext("Saved."))
            return redirect("risk_buyer", request.organization.slug, code, buyer_id)
        except ValueError as refused:
            form.add_error(None, str(refused))
    weighs = weighing()
    judged = judge(buyer.store_id, buyer.pk, timezone.now(), weighs)
    response = render(request, "policies/risk_buyer.html", {
        "store": store, "buyer": buyer, "judged": judged, "evidence": opened(store, judged.signs, stores), "form": form,
        "history": [(line, gettext(HAPPENED[line.what])) for line in history_of(buyer)],
        "acts": [
            (act, LABELS[act])
            for act in acts_open(judged.standing, request.user)
            if act != "clear" or judged.level not in (Level.NONE, Level.CLEARED)
        ],
        "own": bool(judged.standing and judged.standing.asked_by_id == request.user.pk), "threshold": weighs.threshold,
        "most": MOST_SCORE,
    })  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response
