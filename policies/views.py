"""The owner's pages about stores: settings, automatic replies, and the dated rules with their history."""

from django.contrib import messages
from django.db.models import Count, Max
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.automatic import propose_automatic_texts
from intake.models import ImportJob, State
from policies.attribution_rules import store_versions, valid_on
from policies.day_cut import chats_cut
from policies.forms import RuleForm
from policies.rule_history import explained_versions
from policies.store_changes import add_store, change_rules, save_settings
from stores.auto_texts import checked_auto_texts
from stores.forms import COMMON_ZONES, AutoTextFormSet, NewStoreForm, StoreForm, auto_texts_of, posted
from stores.models import Store
from team.models import Seat
from tenants.access import permission_required


@require_GET
@permission_required("see_rules", change="change_rules")
def store_list(request):
    """Every store with what waits to be done in it. Three queries, however many stores."""
    stores = list(Store.objects.open_to(request.membership))
    unbound = Seat.objects.order_by().filter(assignments=None).values("store_id").annotate(n=Count("pk"))
    done = (
        ImportJob.objects.order_by()
        .filter(state=State.DONE)
        .values("store_id")
        .annotate(at=Max("finished_at"))
    )
    seats_unbound = {row["store_id"]: row["n"] for row in unbound}
    imported = {row["store_id"]: row["at"] for row in done}
    for store in stores:
        store.seats_unbound = seats_unbound.get(store.pk, 0)
        store.imported_at = imported.get(store.pk)
    return render(request, "policies/store_list.html", {"stores": stores})


@require_http_methods(["GET", "POST"])
@permission_required("change_rules")
def store_new(request):
    """A store added by hand, with the rules stores of its platform begin with."""
    form = NewStoreForm(posted(request), instance=Store(organization=request.organization))
    if request.method == "POST" and form.is_valid():
        add_store(form.instance, request)
        messages.success(request, _("Store added. Now import its chats and orders."))
        return redirect("store_settings", request.organization.slug, form.instance.code)
    form.fields["currency"].initial = request.organization.currency
    return render(request, "policies/store_new.html", {"form": form, "zones": COMMON_ZONES})


@require_http_methods(["GET", "POST"])
@permission_required("see_rules", change="change_rules")
def store_settings(request, code):
    """One store: its own settings (POST changes them), its automatic replies and its dated rules."""
    store = _store(request, code)
    form = StoreForm(posted(request), instance=store)
    if request.method == "POST" and form.is_valid():
        save_settings(store, form.changed_data, request)
        messages.success(request, _("Saved. Figures are rebuilt where the change affects them."))
        return redirect("store_settings", request.organization.slug, code)
    return _settings_page(request, store, form=form)


@require_POST
@permission_required("change_rules")
def set_auto_texts(request, code):
    """Replace the store's list of automatic replies, and judge its stored messages by the new one."""
    store = _store(request, code)
    formset = AutoTextFormSet(request.POST, prefix="replies")
    if not formset.is_valid():
        return _settings_page(request, store, formset=formset)
    replies = auto_texts_of(formset)
    if replies != store.auto_texts:
        store.auto_texts = replies
        save_settings(store, ["auto_texts"], request)
    messages.success(request, _("Saved. Figures are rebuilt where the change affects them."))
    return redirect("store_settings", request.organization.slug, code)


@require_GET
@permission_required("change_rules")
def proposed_replies(request, code):
    """Texts that look automatic, looked for when asked: a fragment of the settings page, or a page of its own."""
    store = _store(request, code)
    shown = {"store": store, "proposals": propose_automatic_texts(store)}
    page = "_proposed_replies.html" if request.htmx else "proposed_replies.html"
    return render(request, f"policies/{page}", shown)


@require_POST
@permission_required("change_rules")
def add_auto_text(request, code):
    """Take a proposed text into the store's list of automatic replies."""
    store = _store(request, code)
    text = request.POST.get("text", "").strip()
    kept = [(item["kind"], item["text"]) for item in store.auto_texts]
    if text and ("exact", text) not in kept:
        store.auto_texts = checked_auto_texts([*kept, ("exact", text)])
        save_settings(store, ["auto_texts"])
        messages.success(request, _("Saved. Figures are rebuilt where the change affects them."))
    return redirect("store_settings", request.organization.slug, code)


@require_POST
@permission_required("change_rules")
def add_rule(request, code):
    """Make a new version of the store's rules, valid from a day on."""
    store = _store(request, code)
    form = RuleForm(request.POST, store=store, prefix="rule")
    if not form.is_valid():
        return _settings_page(request, store, rule_form=form)
    rule = change_rules(store, form.cleaned_data["since"], form.rule_values(), request)
    messages.success(
        request,
        _("Version %(number)s is valid from %(day)s; figures from that day on are rebuilt.")
        % {"number": rule.number, "day": rule.since},
    )
    return redirect("store_settings", request.organization.slug, code)


def _store(request, code: str) -> Store:
    return get_object_or_404(Store.objects.open_to(request.membership), code=code)


def _settings_page(request, store: Store, form=None, formset=None, rule_form=None):
    """The settings page; a form filled in wrongly is shown again with its errors, the others fresh."""
    # A form with errors has changed its own copy of the store; the page shows the one in the database.
    store = Store.objects.get(pk=store.pk)
    today = store.business_day(timezone.now())
    now_valid = valid_on(store, today)
    shown = {
        "store": store,
        "form": form or StoreForm(instance=store),
        "formset": formset or AutoTextFormSet(initial=store.auto_texts, prefix="replies"),
        "rule_form": rule_form
        or RuleForm(store=store, initial=model_to_dict(now_valid) | {"since": today}, prefix="rule"),
        "versions": explained_versions(store_versions(store), today),
        "cut": chats_cut(store) if store.day_cut_minutes == 0 else None,
        "zones": COMMON_ZONES,
    }
    return render(request, "policies/store_settings.html", shown)
