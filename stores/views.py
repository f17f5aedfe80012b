"""The owner's pages: exchange rates and API keys. Stores and their rules: policies/views.py."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stores.forms import ApiKeyForm, RateForm, posted
from stores.models import ExchangeRate, Store
from tenants.access import permission_required
from tenants.audit import record
from tenants.models import ApiKey

ROWS_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@permission_required("see_rules", change="change_rules")
def rate_list(request):
    """Exchange rates, newest first, and a form that adds or corrects one."""
    organization = request.organization
    form = RateForm(posted(request), own_currency=organization.currency)
    if request.method == "POST" and form.is_valid():
        rate = form.cleaned_data
        known = ExchangeRate.objects.filter(currency=rate["currency"], day=rate["day"]).first()
        saved, _created = ExchangeRate.objects.update_or_create(
            organization=organization,
            currency=rate["currency"],
            day=rate["day"],
            defaults={"rate": rate["rate"]},
        )
        old = {"rate": known.rate if known else None}
        record(request, "rate_set", saved, old=old, new={"rate": rate["rate"]})
        messages.success(request, _("Rate saved."))
        return redirect("rate_list", organization.slug)
    rates = Paginator(ExchangeRate.objects.order_by("-day", "currency"), ROWS_PER_PAGE)
    used = set(Store.objects.exclude(currency=organization.currency).values_list("currency", flat=True))
    missing = sorted(used - set(ExchangeRate.objects.values_list("currency", flat=True).distinct()))
    page = rates.get_page(request.GET.get("page"))
    for rate in page:
        rate.written = f"{rate.rate.normalize():f}"
    return render(request, "stores/rate_list.html", {"form": form, "page": page, "missing": missing})


@require_POST
@permission_required("change_rules")
def delete_rate(request, rate_id):
    rate = get_object_or_404(ExchangeRate, pk=rate_id)
    record(request, "rate_deleted", rate)
    rate.delete()
    messages.success(request, _("Rate deleted."))
    return redirect("rate_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("issue_api_keys")
def api_key_list(request):
    """Keys of connectors. A new key's secret is in the answer to the form that asked for it, nowhere else."""
    stores = Store.objects.open_to(request.membership)
    form = ApiKeyForm(posted(request), stores=stores)
    issued = secret = None
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        issued, secret = ApiKey.issue(request.organization, wanted["store"].pk, wanted["name"], request.user)
        record(request, "key_issued", issued, store=wanted["store"].code)
        form = ApiKeyForm(stores=stores)
    names = {store.pk: store.name for store in stores}
    keys = list(
        ApiKey.objects.filter(store_id__in=names).select_related("created_by").order_by("-created_at")
    )
    for key in keys:
        key.store_name = names[key.store_id]
    shown = {"form": form, "keys": keys, "issued": issued, "secret": secret, "has_stores": bool(names)}
    return render(request, "stores/api_key_list.html", shown)


@require_POST
@permission_required("issue_api_keys")
def revoke_api_key(request, key_id):
    """From now on the key opens nothing. Revoking again keeps the first time."""
    stores = Store.objects.open_to(request.membership)
    key = get_object_or_404(ApiKey, pk=key_id, store_id__in=stores.values("pk"))
    if ApiKey.objects.usable().filter(pk=key.pk).update(revoked_at=timezone.now()):
        record(request, "key_revoked", key)
    messages.success(request, _("Key “%(name)s” is revoked.") % {"name": key.name})
    return redirect("api_key_list", request.organization.slug)
