"""Forms of complaints and feedback: what they are about, found by the numbers and names people know."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.complaint_levels import LEVELS
from orders.complaints import OUTCOMES, SOURCES
from orders.feedback import DEPARTMENTS, KINDS, ORIGINS
from orders.models import Order
from orders.service_models import Fault
from stores.forms import StyledForm
from stores.models import Buyer, Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership


class SubjectForm(StyledForm):
    """Store, order, buyer and product. Valid, `found_buyer` is the named one's or the order's."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), to_field_name="code", empty_label=None
    )
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=200)
    buyer = forms.CharField(
        label=_("Buyer"),
        required=False,
        max_length=200,
        help_text=_("The name on the platform, as in chats."),
    )
    product_code = forms.CharField(label=_("Product code"), required=False, max_length=200)

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)

    def clean(self):
        said = super().clean()
        store = said.get("store")
        said["found_buyer"] = None
        if store is None:
            return said
        number, name = (said.get("order_id") or "").strip(), (said.get("buyer") or "").strip()
        order = (
            Order.objects.filter(store=store, order_id=number).select_related("buyer").first()
            if number
            else None
        )
        if number and order is None:
            self.add_error("order_id", gettext("%(store)s knows no such order.") % {"store": store.name})
        if name:
            said["found_buyer"] = Buyer.objects.filter(store=store, name=name).first()
            if said["found_buyer"] is None:
                self.add_error(
                    "buyer", gettext("%(store)s knows no buyer of this name.") % {"store": store.name}
                )
        elif order:
            said["found_buyer"] = order.buyer
        said["order_id"] = number or None
        return said


def known_subject(request) -> dict:
    """What ?store=, ?order=, ?buyer= (its number) and ?product= of the page before say, as first values of a form."""
    stores = Store.objects.open_to(request.membership)
    buyer = request.GET.get("buyer", "")
    known = Buyer.objects.filter(store__in=stores, pk=int(buyer)).first() if _is_number(buyer) else None
    return {
        "store": request.GET.get("store") or None, "order_id": request.GET.get("order", "")[:200],
        "buyer": known.name if known else "", "product_code": request.GET.get("product", "")[:200],
    }  # fmt: skip


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


class ComplaintForm(SubjectForm):
    """A new complaint."""

    source = forms.ChoiceField(label=_("Where it came from"), choices=list(SOURCES.items()))
    source_key = forms.CharField(
        label=_("Number on the platform"), required=False, max_length=200,
        help_text=_("Of the platform's complaint, or the review's; the same one is opened once."),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Level"), choices=list(LEVELS.items()))
    story = forms.CharField(
        label=_("What the buyer complains about"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    agent = forms.ModelChoiceField(
        label=_("Who handles it"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody yet")
    )
    about_agent = forms.ModelChoiceField(
        label=_("Whom it is about"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody")
    )
    field_order = (
        "store",
        "source",
        "source_key",
        "level",
        "order_id",
        "buyer",
        "product_code",
        "story",
        "agent",
    )

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, membership=membership, **kwargs)
        for name in ("agent", "about_agent"):
            self.fields[name].queryset = agents_open_to(membership).filter(left_on=None)


class ComplaintActForm(StyledForm):
    """What is asked of one complaint; each deed reads its own fields. next_at: the store's wall clock."""

    text = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    next_at = forms.DateTimeField(
        label=_("Look at it again"), required=False, input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Choose…")), *OUTCOMES.items()]
    )
    fault = forms.ChoiceField(label=_("Fault"), required=False, choices=Fault.choices)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=list(LEVELS.items()))
    agent = forms.ModelChoiceField(
        label=_("Who handles it"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody yet")
    )
    about_agent = forms.ModelChoiceField(
        label=_("Whom it is about"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody")
    )
    product_code = forms.CharField(label=_("Product code"), required=False, max_length=200)
    amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    compensation = forms.ChoiceField(label=_("What is given"), required=False)

    def __init__(self, *args, membership: Membership, kinds: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["compensation"].choices = list(kinds.items())
        for name in ("agent", "about_agent"):
            self.fields[name].queryset = agents_open_to(membership)


class FeedbackForm(SubjectForm):
    """New feedback. origin and origin_key: the chat, case or review it came from."""

    department = forms.ChoiceField(label=_("For which department"), choices=list(DEPARTMENTS.items()))
    kind = forms.ChoiceField(label=pgettext_lazy("feedback", "Kind"), choices=list(KINDS.items()))
    text = forms.CharField(
        label=_("What it is about"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the buyer said or what is wrong; no names, phones or addresses."),
    )  # fmt: skip
    competitor = forms.CharField(label=_("Competitor"), required=False, max_length=200)
    competitor_price = forms.DecimalField(
        label=_("Their price"), required=False, min_value=0, max_digits=14, decimal_places=2,
        help_text=_("In the store's currency."),
    )  # fmt: skip
    origin = forms.ChoiceField(choices=list(ORIGINS.items()), required=False, widget=forms.HiddenInput)
    origin_key = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    field_order = ("department", "kind", "store", "product_code", "text", "order_id", "buyer")
