"""What the owner decides about personal data: how long they are kept, and a buyer's wish to be forgotten."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kpis.erasure import erase_buyer
from stores.models import Buyer, Store
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.models import Organization

KEPT = ("personal_data_days", "message_days")


class RetentionForm(forms.ModelForm):
    """How many days are kept; blank: for ever."""

    class Meta:
        model = Organization
        fields = KEPT
        widgets = {name: forms.NumberInput(attrs={"class": "form-control"}) for name in KEPT}


class ForgetForm(forms.Form):
    """Whom to forget. The name is typed twice, because nothing brings it back."""

    store = forms.ModelChoiceField(
        Store.objects.none(), label=_("Store"), widget=forms.Select(attrs={"class": "form-select"})
    )
    buyer = forms.CharField(
        label=_("The buyer's account name"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    again = forms.CharField(
        label=_("The same name again"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, membership, *args):
        super().__init__(*args)
        self.fields["store"].queryset = Store.objects.open_to(membership)

    def clean(self) -> dict:
        said = super().clean()
        if said.get("buyer") and said["buyer"] != said.get("again"):
            raise ValidationError(_("The two names differ."))
        known = Buyer.objects.filter(store=said.get("store"), name=said.get("buyer"))
        if said.get("store") and said.get("buyer") and not known.exists():
            raise ValidationError(_("This store knows no buyer of this name."))
        return said


@require_http_methods(["GET", "POST"])
@permission_required("erase_personal_data")
def personal_data(request):
    """How long personal data and messages are kept."""
    organization = Organization.objects.get(pk=request.organization.pk)
    before = {name: getattr(organization, name) for name in KEPT}
    form = RetentionForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        form.save()
        changed = changes(before, {name: form.cleaned_data[name] for name in KEPT})
        if changed["new"]:
            record(request, "settings_changed", organization, **changed)
        messages.success(request, gettext("Saved. What is no longer kept is erased tonight."))
        return redirect("personal_data", request.organization.slug)
    return _page(request, form, ForgetForm(request.membership))


@require_POST
@permission_required("erase_personal_data")
def forget_buyer(request):
    """A buyer asks to be forgotten: one action, figures stay."""
    form = ForgetForm(request.membership, request.POST)
    if not form.is_valid():
        organization = Organization.objects.get(pk=request.organization.pk)
        return _page(request, RetentionForm(instance=organization), form)
    told = erase_buyer(form.cleaned_data["store"], form.cleaned_data["buyer"], request)
    messages.success(
        request,
        gettext("Forgotten: now %(pseudonym)s, with %(orders)s orders and %(messages)s messages erased.")
        % told,
    )
    return redirect("personal_data", request.organization.slug)


def _page(request, form: RetentionForm, forget: ForgetForm) -> HttpResponse:
    return render(request, "kpis/personal_data.html", {"form": form, "forget": forget})
