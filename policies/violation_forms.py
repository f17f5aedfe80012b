"""Forms of violations: a ruling on one, and one that somebody saw and writes down."""

from collections.abc import Collection
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from policies import fines, points
from policies.rule_models import PolicyRule
from policies.rule_versions import in_words
from policies.rule_words import SUBJECTS, subject_of
from stores.forms import StyledForm
from stores.models import Buyer, Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership


class RulingForm(StyledForm):
    """What is said with a deed. points, money: blank is none."""

    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    points = forms.DecimalField(
        label=_("Platform points"), required=False, min_value=0, max_value=points.MOST, max_digits=5, decimal_places=1
    )  # fmt: skip
    money = forms.DecimalField(
        label=_("Fine"), required=False, min_value=0, max_value=fines.LARGEST, max_digits=12, decimal_places=2
    )  # fmt: skip
    exempt = forms.BooleanField(label=_("The agent had asked the supervisor before"), required=False)

    def figures(self) -> dict[str, Decimal]:
        """points and money as policies.violations.confirm takes them; a field the page did not show is as proposed."""
        return {
            name: self.cleaned_data[name] or Decimal(0) for name in ("points", "money") if name in self.data
        }


class ManyForm(StyledForm):
    """One reason for all that is dismissed at once."""

    note = forms.CharField(label=_("Reason"), max_length=2000)
    exempt = forms.BooleanField(label=_("The agent had asked the supervisor before"), required=False)


class AppealForm(StyledForm):
    """The agent's own words."""

    note = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ViolationForm(StyledForm):
    """A violation somebody saw. rule: a title; said_at: the store's wall clock; key: so that what is sent twice is one."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), to_field_name="code", empty_label=None
    )
    rule = forms.ChoiceField(label=_("Rule"))
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody")
    )
    said_at = forms.DateTimeField(
        label=_("When"), input_formats=["%Y-%m-%dT%H:%M"], help_text=_("By the store’s clock."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=200)
    buyer = forms.CharField(
        label=_("Buyer"), required=False, max_length=200, help_text=_("The name on the platform, as in chats.")
    )  # fmt: skip
    words = forms.CharField(
        label=_("What was written or done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership).filter(left_on=None)
        self.fields["rule"].choices = [("", _("Choose…")), *rules_by_subject()]

    def clean(self):
        said = super().clean()
        store, said["found_buyer"] = said.get("store"), None
        if store is None:
            return said
        if said.get("said_at"):
            said["said_at"] = said["said_at"].replace(tzinfo=ZoneInfo(store.time_zone))
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


def rules_by_subject(but: Collection[str] = ("fine",)) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(subject, [(title, title in words)])], without these subjects: fines of the house are written down among the
    fines."""
    grouped: dict[str, dict[str, str]] = {}
    for rule in PolicyRule.objects.order_by("code"):
        grouped.setdefault(subject_of(rule), {})[rule.title] = in_words(rule)
    return [
        (name, list(grouped[key].items()))
        for key, name in SUBJECTS.items()
        if key in grouped and key not in but
    ]
