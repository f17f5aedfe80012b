"""The pages of buyers: finding one, the card, its short form for other pages, and writing on it."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from desk.buyer_card import BuyerCardPage, latest_words, standing_of
from desk.buyer_list import BuyerList
from kpis.exports import CONTENT_TYPES, file_answer
from orders.buyers import note_on, write_card
from orders.trade_models import BuyerClass
from policies.risk_scores import hints_of
from stores.forms import StyledForm
from stores.models import Buyer, Store
from tenants.access import permission_required

LONGEST = 2000


class CardForm(StyledForm):
    preferences = forms.CharField(
        label=_("Preferences"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    treatment = forms.CharField(
        label=_("How to serve them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    class_by_hand = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("As the rules say")), *BuyerClass.choices]
    )
    reason = forms.CharField(
        label=_("Why this class"),
        required=False,
        max_length=500,
        help_text=_("Needed where the class changes; it is kept with your name."),
    )


class NoteForm(StyledForm):
    note = forms.CharField(label=_("Note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


def buyer_open_to(request, code: str, buyer_id: int) -> tuple[Store, Buyer]:
    """404 where there is none or it is no store of the member's."""
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    return store, get_object_or_404(Buyer, store=store, pk=buyer_id)


@require_GET
@permission_required("see_buyers")
def buyer_list(request):
    """Buyers by name, or the most valuable of a period and class; also as a file."""
    listed = BuyerList(request, timezone.now())
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, listed.sheet(), request.GET["file"], "buyers")
    return render(request, "desk/buyer_list.html", listed.context())


@require_GET
@permission_required("see_buyers")
def buyer_card(request, code: str, buyer_id: int):
    """All that is known of one buyer."""
    return _shown(request, code, buyer_id)


def _shown(request, code: str, buyer_id: int, form: CardForm | None = None, note: NoteForm | None = None):
    stores = list(Store.objects.open_to(request.membership))
    buyer = get_object_or_404(
        Buyer, pk=buyer_id, store_id__in=[store.pk for store in stores if store.code == code]
    )
    context = BuyerCardPage(request.membership, stores, buyer, timezone.now()).context()
    standing = context["standing"]
    initial = {
        "preferences": standing.preferences, "treatment": standing.treatment,
        "class_by_hand": standing.name if standing.by_hand else "",
    }  # fmt: skip
    context |= {"form": form or CardForm(initial=initial), "note_form": note or NoteForm()}
    return _private(render(request, "desk/buyer_card.html", context))


@require_POST
@permission_required("write_buyers")
def buyer_write(request, code: str, buyer_id: int):
    """Preferences, treatment and class of one buyer."""
    store, buyer = buyer_open_to(request, code, buyer_id)
    form = CardForm(request.POST)
    if form.is_valid():
        try:
            changed = write_card(store, buyer, **form.cleaned_data, user=request.user, now=timezone.now())
            messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
            return redirect("buyer_card", request.organization.slug, code, buyer_id)
        except ValueError as refused:
            form.add_error(None, str(refused))
    return _shown(request, code, buyer_id, form=form)


@require_POST
@permission_required("write_buyers")
def buyer_note(request, code: str, buyer_id: int):
    """A note that stays with its writer and time."""
    store, buyer = buyer_open_to(request, code, buyer_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            note_on(store, buyer, form.cleaned_data["note"], request.user, timezone.now())
            messages.success(request, gettext("Written down."))
            return redirect("buyer_card", request.organization.slug, code, buyer_id)
        except ValueError as refused:
            form.add_error(None, str(refused))
    return _shown(request, code, buyer_id, note=form)


@require_GET
@permission_required("see_buyers")
def buyer_words(request, code: str, buyer_id: int):
    """The latest messages with a buyer, personal data hidden: asked for on the card, a fragment of it."""
    store, buyer = buyer_open_to(request, code, buyer_id)
    context = {"store": store, "buyer": buyer, "words": latest_words(store, buyer)}
    part = request.htmx and not request.htmx.boosted
    return _private(render(request, "desk/_buyer_words.html" if part else "desk/buyer_words.html", context))


@require_GET
@permission_required("see_buyers")
def buyer_hint(request, code: str, buyer_id: int):
    """The card in a few lines, for other pages to include: class, whether to take care, how to serve them, preferences."""
    store, buyer = buyer_open_to(request, code, buyer_id)
    now = timezone.now()
    context = {"store": store, "buyer": buyer, "standing": standing_of(store, buyer, now)}
    context["risk"] = hints_of([buyer.pk], now).get(buyer.pk)
    part = request.htmx and not request.htmx.boosted
    return _private(render(request, "desk/_buyer_hint.html" if part else "desk/buyer_hint.html", context))


def _private(response):
    """Kept by no cache: people's words about a buyer."""
    response.headers["Cache-Control"] = "no-store"
    return response
