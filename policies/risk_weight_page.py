"""The page where leads set what signs of risk weigh, and see whom that would flag before they save it (R16)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from policies.risk_kinds import KINDS, LONGEST_DAYS, MOST_SCORE
from policies.risk_scores import Weighing, weighing
from policies.risk_settings import default_weighing, preview, save_weighing
from stores.forms import StyledForm
from stores.models import Store
from tenants.access import permission_required
from tenants.permissions import allowed_everywhere


def _number(label: str, least: int, most: int) -> forms.IntegerField:
    field = forms.IntegerField(label=label, validators=[MinValueValidator(least), MaxValueValidator(most)])
    field.widget.attrs |= {"min": least, "max": most, "inputmode": "numeric"}
    return field


class WeighingForm(StyledForm):
    """weight_<kind> and days_<kind> of every kind, and the threshold."""

    threshold = _number(_("Proposed to be watched from so many points"), 1, MOST_SCORE)

    def __init__(self, data=None, weighs: Weighing | None = None):
        super().__init__(data)
        for kind, sign in KINDS.items():
            weight, days = _number(_("Weight"), 0, MOST_SCORE), _number(_("Days"), 1, LONGEST_DAYS)
            for name, field in (("weight", weight), ("days", days)):
                field.widget.attrs |= {"aria-label": f"{gettext(sign.label)}: {field.label}"}
                self.fields[f"{name}_{kind}"] = field
        if weighs:
            self.initial = {f"weight_{kind}": weight for kind, weight in weighs.weights.items()}
            self.initial |= {f"days_{kind}": days for kind, days in weighs.days.items()}
            self.initial["threshold"] = weighs.threshold

    def weighing(self) -> Weighing:
        """What was filled in, of a valid form."""
        filled = self.cleaned_data
        return Weighing(
            {kind: filled[f"weight_{kind}"] for kind in KINDS}, {kind: filled[f"days_{kind}"] for kind in KINDS},
            filled["threshold"],
        )  # fmt: skip

    def lines(self) -> list[dict]:
        """One line for each sign, as the page shows them."""
        return [
            {
                "label": gettext(sign.label), "meaning": gettext(sign.meaning), "weight": self[f"weight_{kind}"],
                "days": self[f"days_{kind}"], "default_weight": sign.weight, "default_days": sign.days,
                "weight_differs": str(self[f"weight_{kind}"].value()) != str(sign.weight),
                "days_differs": str(self[f"days_{kind}"].value()) != str(sign.days),
            }
            for kind, sign in KINDS.items()
        ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required("see_risky_buyers", change="set_risk")
def risk_weights(request):
    """Weights, days and threshold. POST act=look shows whom they would flag, act=save saves them (403 for who is
    limited to some stores), act=default fills in the defaults."""
    act = request.POST.get("act", "")
    # They hold in every store: who is limited to some sees only in these whom they flag.
    may_save = allowed_everywhere(request.membership, "set_risk")
    form = WeighingForm(weighs=weighing())
    found = None
    if act == "default":
        form = WeighingForm(weighs=default_weighing())
    elif request.method == "POST":
        form = WeighingForm(request.POST)
        if form.is_valid():
            if act == "save":
                if not may_save:
                    raise PermissionDenied
                changed = save_weighing(request.organization.pk, form.weighing(), request)
                messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
                return redirect("risk_weights", request.organization.slug)
            stores = Store.objects.open_to(request.membership).values_list("pk", flat=True)
            found = preview(stores, form.weighing(), timezone.now())
    context = {
        "form": form,
        "lines": form.lines(),
        "found": found,
        "filled": act == "default",
        "may_save": may_save,
    }
    return render(request, "policies/risk_weights.html", context)
