"""What people type on the pages of promises. Times are wall clocks of the promise's store."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order
from orders.promises import LONGEST_TEXT, POINTS
from orders.service_models import PromiseKind, PromiseState
from stores.forms import DayField, StyledForm
from stores.models import Buyer, Store

WALL = "%Y-%m-%dT%H:%M"
SETTLED = (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.WITHDRAWN)


class WallField(forms.DateTimeField):
    """An instant by the clock of a store, which the form puts onto it."""

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=[WALL],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL),
            **kwargs,
        )


def wall(instant: datetime, zone: str) -> str:
    """An instant as WallField shows it."""
    return instant.astimezone(ZoneInfo(zone)).strftime(WALL)


class PromiseFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    store = forms.ChoiceField(label=_("Store"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    since = DayField(label=pgettext_lazy("period", "Due from"), required=False)
    until = DayField(label=pgettext_lazy("period", "Due to"), required=False)

    def __init__(self, data, stores: list[Store], names: dict[int, str]):
        super().__init__(data)
        self.fields["store"].choices = [("", _("All stores")), *((s.code, s.name) for s in stores)]
        self.fields["agent"].choices = [
            ("", _("Everybody")),
            *((str(pk), name) for pk, name in names.items()),
        ]
        self.fields["kind"].choices = [("", _("All kinds")), *PromiseKind.choices]
        self.fields["state"].choices = [
            ("", _("All states")), *((state.value, state.label) for state in SETTLED)
        ]  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()

    def asked(self, name: str):
        """The value asked for, None for none or a wrong one."""
        return self.cleaned_data.get(name) or None


class AcceptForm(forms.Form):
    """By when, who answers for it, and which of the buyer's orders it is about."""

    due_at = WallField(label=_("Due"))
    agent = forms.ChoiceField(label=_("Who answers for it"), required=False)
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=100)

    def __init__(self, *args, zone: str, names: dict[int, str], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["agent"].choices = [
            ("", _("whoever served the buyer")),
            *((str(pk), n) for pk, n in names.items()),
        ]
        for field in self.fields.values():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = f"{look} {look}-sm"

    def clean_due_at(self) -> datetime:
        return self.cleaned_data["due_at"].replace(tzinfo=self.zone)

    def clean_agent(self) -> int | None:
        return int(self.cleaned_data["agent"]) if self.cleaned_data["agent"] else None

    def clean_order_id(self) -> str | None:
        return self.cleaned_data["order_id"].strip() or None


class ChangeForm(AcceptForm):
    """Another due time, owner or order of a promise."""


class PromiseForm(StyledForm):
    """A promise written down by hand."""

    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=PromiseKind.choices)
    text = forms.CharField(
        label=_("What was promised"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_at = WallField(label=_("To be kept by"), help_text=_("By the clock of the store."))
    agent = forms.ModelChoiceField(
        None, label=_("Who answers for it"), required=False, empty_label=_("whoever served the buyer")
    )
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=100)
    buyer = forms.CharField(
        label=_("Buyer"), required=False, max_length=200, help_text=_("As the store's chats name them.")
    )

    def __init__(self, *args, stores, agents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores
        self.fields["agent"].queryset = agents

    def clean(self):
        said = super().clean()
        store, name, order_id = said.get("store"), said.get("buyer"), (said.get("order_id") or "").strip()
        said["known_buyer"], said["order_id"] = None, order_id or None
        if store and name:
            said["known_buyer"] = Buyer.objects.filter(store=store, name=name).first()
            if said["known_buyer"] is None:
                self.add_error("buyer", _("This store knows no buyer of that name."))
        if store and order_id and not Order.objects.filter(store=store, order_id=order_id).exists():
            self.add_error("order_id", _("This store has no order of that number."))
        if not name and not order_id:
            self.add_error("order_id", _("Name the order or the buyer."))
        if store and said.get("due_at"):
            said["due_at"] = said["due_at"].replace(tzinfo=ZoneInfo(store.time_zone))
        return said


class SettleForm(StyledForm):
    """What became of it. points: proposed as the handbooks have them; who confirms it writes what the platform took."""

    proof = forms.CharField(
        label=_("How it was kept"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as the parcel's number or the buyer's words; pictures can be attached below."),
    )  # fmt: skip
    refund_id = forms.CharField(label=_("Refund it led to"), required=False, max_length=100)
    complaint_id = forms.IntegerField(label=_("Complaint it led to"), required=False, min_value=1)
    points = forms.DecimalField(
        label=_("Platform points"), required=False, min_value=0, max_value=48, max_digits=5, decimal_places=1,
        help_text=_("Leave empty where the platform took none. %(points)s by the handbooks, unverified.") % {"points": POINTS},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
