"""The page of refund reasons: what the platforms say, how often, and whose fault that is."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orders.service_models import Fault
from policies.fault_models import RefundFault
from policies.refund_faults import DEFAULTS, fault_sql, set_faults
from stores.forms import StyledForm
from stores.models import Platform, Store
from tenants.access import permission_required
from tenants.permissions import allowed_everywhere

ROWS_PER_PAGE = 50
BY_DEFAULT = "default"
# The reasons of the stores' refunds with how many there are, in money of each currency.
REASONS = f"""
SELECT s.platform, btrim(coalesce(r.reason, '')) AS reason, s.currency, count(*), coalesce(sum(r.amount), 0),
    min({fault_sql("r.reason", "s.platform")})
FROM orders_refund r JOIN stores_store s ON s.id = r.store_id
WHERE r.store_id = ANY(%(stores)s) AND r.kind IN ('refund_only', 'return_refund') AND NOT r.from_report
GROUP BY 1, 2, 3
"""


@dataclass
class Reason:
    """One reason of a platform. own: the organization set it; amounts: [(amount, currency)]."""

    platform: str
    platform_name: str
    text: str
    fault: str
    own: bool
    default: bool
    refunds: int = 0
    amounts: list[tuple[Decimal, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.text}"

    @property
    def fault_name(self) -> str:
        return str(Fault(self.fault).label)


class FaultForm(StyledForm):
    """The fault to set, or back to the default."""

    fault = forms.ChoiceField(
        label=_("Fault"), choices=[("", _("Choose…")), *Fault.choices, (BY_DEFAULT, _("as by default"))]
    )


def reasons_seen(stores: list[Store]) -> list[Reason]:
    """All reasons of the stores' refunds: those of unknown fault first, then the most frequent. Two statements."""
    own = {(line.platform, line.reason) for line in RefundFault.objects.all()}
    names, found = dict(Platform.choices), {}
    amounts: dict[tuple, list] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(REASONS, {"stores": [store.pk for store in stores]})
        for platform, text, currency, refunds, amount, fault in cursor.fetchall():
            key = (platform, text)
            known = found.setdefault(
                key,
                Reason(
                    platform, str(names.get(platform, platform)), text, fault,
                    bool({key, ("", text)} & own), text in DEFAULTS,
                ),
            )  # fmt: skip
            known.refunds += refunds
            amounts[key].append((amount, currency))
    for key, reason in found.items():
        reason.amounts = sorted(amounts[key], key=lambda pair: pair[1])
    return sorted(
        found.values(),
        key=lambda reason: (reason.fault != Fault.UNKNOWN or reason.own, -reason.refunds, reason.key),
    )


@require_http_methods(["GET", "POST"])
@permission_required("see_refund_faults", change="set_refund_faults")
def refund_fault_list(request):
    """Every reason the stores' refunds give, with its fault; POST sets the fault of those chosen (403 for who is limited
    to some stores: a fault holds in every store)."""
    may_set = allowed_everywhere(request.membership, "set_refund_faults")
    stores = list(Store.objects.open_to(request.membership))
    reasons = reasons_seen(stores)
    form = FaultForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied
        chosen = set(request.POST.getlist("reason"))
        named = [(reason.platform, reason.text) for reason in reasons if reason.key in chosen]
        if not named:
            messages.error(request, gettext("Choose at least one reason."))
        elif form.is_valid():
            fault = form.cleaned_data["fault"]
            changed = set_faults(
                request.organization.pk, named, None if fault == BY_DEFAULT else fault, request
            )
            said = ngettext("%(count)d reason changed.", "%(count)d reasons changed.", changed)
            messages.success(request, said % {"count": changed})
        else:
            messages.error(request, gettext("Choose the fault."))
        return redirect(request.get_full_path())
    page = Paginator(reasons, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    unmapped = [reason for reason in reasons if reason.fault == Fault.UNKNOWN and not reason.own]
    context = {
        "page": page,
        "reasons": list(page),
        "form": form,
        "unmapped": len(unmapped),
        "may_set": may_set,
    }
    return render(request, "policies/refund_fault_list.html", context)
