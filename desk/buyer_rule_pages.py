"""What makes a buyer returning or VIP, from a day on, and how each class is served (R37)."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from desk.buyer_classes import EVER, rules_on
from orders.trade_models import BuyerClass, BuyerClassRule
from stores.forms import DayField, StyledForm, posted
from stores.models import Store
from tenants.access import permission_required


class RuleForm(StyledForm, forms.ModelForm):
    """One rule; a rule of the same class, store and day is replaced."""

    since = DayField(label=_("From"))
    orders = forms.IntegerField(
        label=_("At least so many paid orders"), required=False, min_value=1, max_value=10_000,
        help_text=_("Empty: not asked for. Without either figure VIP is nobody, returning whoever bought twice."),
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Or paid at least"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2,
        help_text=_("In the store’s currency."),
    )  # fmt: skip
    within_days = forms.IntegerField(label=_("Within so many days"), min_value=1, max_value=EVER, initial=365)

    class Meta:
        model = BuyerClassRule
        fields = ("name", "store", "since", "orders", "amount", "within_days", "treatment")
        labels = {"name": _("Class"), "store": _("Store"), "treatment": _("How this class is served")}
        widgets = {"treatment": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, stores, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset, self.fields["store"].required = stores, False
        self.fields["store"].empty_label = _("All stores that have no rule of their own")

    def clean(self):
        values = super().clean()
        if values.get("name") == BuyerClass.NEW:
            # Whoever is nothing else is new: nothing is asked for.
            values["orders"] = values["amount"] = None
        return values


def _open_to(membership):
    stores = Store.objects.open_to(membership)
    # Rules for all stores are set by who sees them all.
    everybody = Q() if membership.store_ids else Q(store=None)
    return BuyerClassRule.objects.filter(Q(store__in=stores) | everybody)


@require_http_methods(["GET", "POST"])
@permission_required("link_buyers")
def buyer_classes(request):
    """The rules there are, what holds today, and a new one."""
    stores, now = Store.objects.open_to(request.membership), timezone.now()
    form = RuleForm(posted(request), stores=stores, initial={"since": timezone.localdate(now)})
    if request.membership.store_ids:
        form.fields["store"].required, form.fields["store"].empty_label = True, None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        BuyerClassRule.objects.update_or_create(
            organization=request.organization, store=asked["store"], name=asked["name"], since=asked["since"],
            defaults={name: asked[name] for name in ("orders", "amount", "within_days", "treatment")},
        )  # fmt: skip
        messages.success(request, gettext("Saved."))
        return redirect("buyer_classes", request.organization.slug)
    shown = list(stores)
    today = rules_on(shown, now)
    holds = [
        {"store": store, "classes": [(name.label, today[store.pk][name.value]) for name in BuyerClass]}
        for store in shown
    ]
    rules = _open_to(request.membership).select_related("store").order_by("-since", "name", "pk")
    context = {"form": form, "rules": rules, "holds": holds, "ever": EVER}
    return render(request, "desk/buyer_classes.html", context)


@require_POST
@permission_required("link_buyers")
def buyer_class_delete(request, rule_id: int):
    """Take a rule away; what held before it holds again."""
    get_object_or_404(_open_to(request.membership), pk=rule_id).delete()
    messages.success(request, gettext("The rule is taken away."))
    return redirect("buyer_classes", request.organization.slug)
