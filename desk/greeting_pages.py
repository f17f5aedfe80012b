"""Choosing whom to greet before a holiday, looking at it, and making the follow-ups."""

from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from conversations.scripts import open_to
from desk.buyer_greetings import MOST, chosen, holidays_ahead, make_greetings
from orders.trade_models import BuyerClass
from stores.forms import StyledForm, posted
from stores.models import Buyer, Store
from tenants.access import permission_required

LISTED = 20


class StoreChoice(StyledForm):
    store = forms.ChoiceField(label=_("Store"), required=False)

    def __init__(self, *args, stores: list[Store], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = [(store.code, store.name) for store in stores]
        self.fields["store"].widget.attrs["aria-label"] = _("Store")


class GreetingForm(StyledForm):
    """Whom to greet, when, and what with. holiday: its first day."""

    holiday = forms.ChoiceField(label=_("Holiday"))
    wanted = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("All classes")), *BuyerClass.choices]
    )
    most = forms.IntegerField(
        label=_("At most so many buyers"), min_value=1, max_value=MOST,
        help_text=_("Those who paid most in the last year come first."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What to write to them"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, holidays: list[tuple[date, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["holiday"].choices = [
            (day.isoformat(), f"{day:%Y-%m-%d} {name}") for day, name in holidays
        ]


def _template(request, store: Store) -> str:
    """The text of the first script for holidays, with the store's name."""
    scripts = open_to(request.membership, store).filter(folder__situation__in=("节日", "節日", "holiday"))
    script = scripts.order_by("pk").first()
    return script.text.replace("{store}", store.name) if script else ""


@require_http_methods(["GET", "POST"])
@permission_required("set_detectors")
def buyer_greetings(request):
    """First a look at who would be greeted, then (`act=make`) the follow-ups."""
    stores, now = list(Store.objects.open_to(request.membership)), timezone.now()
    code = request.GET.get("store", "")
    store = next((one for one in stores if one.code == code), stores[0] if stores else None)
    if store is None:
        return render(request, "desk/buyer_greetings.html", {"store": None})
    holidays = holidays_ahead(store, now, get_language() or "en")
    initial = {"wanted": BuyerClass.VIP.value, "most": 50, "text": _template(request, store)}
    form = GreetingForm(posted(request), holidays=holidays, initial=initial)
    found: list[Buyer] | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        found = chosen(store, said["wanted"], said["most"], now)
        if request.POST.get("act") == "make":
            _make(request, store, found, said, now)
            return redirect("follow_up_list", request.organization.slug)
    context = {
        "store": store, "form": form, "choice": StoreChoice(initial={"store": store.code}, stores=stores),
        "holidays": holidays, "found": found, "listed": (found or [])[:LISTED], "more": max(len(found or []) - LISTED, 0),
    }  # fmt: skip
    return render(request, "desk/buyer_greetings.html", context)


def _make(request, store: Store, found: list[Buyer], said: dict, now: datetime) -> None:
    try:
        day = date.fromisoformat(said["holiday"])
        made = make_greetings(store, found, day, said["text"], request.user, now)
    except ValueError as refused:
        messages.error(request, str(refused))
        return
    words = ngettext(
        "%(n)s buyer to greet was put on the list.", "%(n)s buyers to greet were put on the list.", made
    )
    messages.success(request, words % {"n": made})
