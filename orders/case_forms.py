"""What people fill in about after-sales cases. Each form's fields have ids of their own: many stand on one page."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.cases import OUTCOMES
from orders.compensations import KINDS, LARGEST
from orders.models import OrderLine, Refund
from orders.returned import CONDITIONS, DECISIONS
from orders.service_models import CaseKind, Fault
from stores.forms import StyledForm
from stores.models import Buyer, Store

CHOOSE = ("", _("Choose …"))
_WORDS = {"max_length": 2000, "widget": forms.Textarea(attrs={"rows": 2})}


def products_of(store: Store | None, order_id: str | None) -> list[tuple[str, str]]:
    """[(code, title)] of the order's lines that have a code."""
    if not store or not order_id:
        return []
    lines = OrderLine.objects.filter(store=store, order_id=order_id).order_by("line_no")
    rows = lines.values_list("product_code", "title", "sku")
    named = {
        code: " ".join(part for part in (title or code, sku) if part) for code, title, sku in rows if code
    }
    return list(named.items())


def _outcome_field(required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("How it ended"), choices=[CHOOSE, *OUTCOMES.items()], required=required)


class CaseForm(StyledForm):
    """A new case. order_id, buyer: at least one; buyer: a name as the store's chats have it."""

    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("What it is about"), choices=[CHOOSE, *CaseKind.choices], error_messages={"required": _("Choose one.")}
    )  # fmt: skip
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=100)
    refund_id = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    buyer = forms.CharField(
        label=_("Buyer"), required=False, max_length=200, help_text=_("As the store's chats name them.")
    )
    product_code = forms.ChoiceField(label=_("Product"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200,
        help_text=_("In a few words, as the returns report counts it."),
    )  # fmt: skip
    story = forms.CharField(label=_("What happened"), required=False, **_WORDS)

    def __init__(self, data, *, stores, initial: dict):
        super().__init__(data, initial=initial, auto_id="case_%s")
        self.fields["store"].queryset = stores
        code = (data or {}).get("store") or getattr(initial.get("store"), "pk", None)
        store = stores.filter(pk=code).first() if str(code or "").isdecimal() else None
        order_id = (data or {}).get("order_id", initial.get("order_id", ""))
        choices = products_of(store, order_id)
        self.fields["product_code"].choices = [("", _("The whole order, or not known")), *choices]
        if not choices:
            del self.fields["product_code"]

    def clean(self):
        said = super().clean()
        store, name, refund_id = said.get("store"), said.get("buyer"), said.get("refund_id")
        if store and name:
            said["buyer"] = Buyer.objects.filter(store=store, name=name).first()
            if said["buyer"] is None:
                self.add_error("buyer", _("The store has no buyer of this name."))
        if store and refund_id and not Refund.objects.filter(store=store, refund_id=refund_id).exists():
            said["refund_id"] = ""
        if store and not (said.get("order_id") or name or said.get("refund_id")):
            self.add_error("order_id", _("Say which order or which buyer it is about."))
        return said


class StepForm(StyledForm):
    """The open step is done. outcome: of the last step."""

    note = forms.CharField(label=_("Note"), required=False, **_WORDS)
    outcome = _outcome_field()

    def __init__(self, *args, is_last: bool, **kwargs):
        super().__init__(*args, auto_id="step_%s", **kwargs)
        if not is_last:
            del self.fields["outcome"]


class SkipForm(StyledForm):
    reason = forms.CharField(label=_("Why it is passed over"), max_length=500)
    outcome = _outcome_field()

    def __init__(self, *args, is_last: bool, **kwargs):
        super().__init__(*args, auto_id="skip_%s", **kwargs)
        if not is_last:
            del self.fields["outcome"]


class KindForm(StyledForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=CaseKind.choices)
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="kind_%s", **kwargs)


class AssignForm(StyledForm):
    agent = forms.ChoiceField(label=_("Give to"), required=False)

    def __init__(self, *args, people: dict[int, str], **kwargs):
        super().__init__(*args, auto_id="assign_%s", **kwargs)
        self.fields["agent"].choices = [
            ("", _("nobody")),
            *((str(pk), name) for pk, name in people.items()),
        ]


class JudgeForm(StyledForm):
    """What the returns report counts."""

    fault = forms.ChoiceField(label=_("Whose fault"), choices=Fault.choices)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)
    product_code = forms.ChoiceField(label=_("Product"), required=False)

    def __init__(self, *args, products: list[tuple[str, str]], **kwargs):
        super().__init__(*args, auto_id="judge_%s", **kwargs)
        self.fields["product_code"].choices = [("", _("The whole order, or not known")), *products]


class NoteForm(StyledForm):
    note = forms.CharField(label=_("Note"), **_WORDS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="note_%s", **kwargs)


class CloseForm(StyledForm):
    outcome = _outcome_field()
    reason = forms.CharField(label=_("Why no step is left to do"), max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="close_%s", **kwargs)


class ReopenForm(StyledForm):
    reason = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="reopen_%s", **kwargs)


class AskForm(StyledForm):
    """A compensation. amount: the store's currency."""

    kind = forms.ChoiceField(label=_("What is given"), choices=list(KINDS.items()))
    amount = forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_value=LARGEST, max_digits=12, decimal_places=2
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="ask_%s", **kwargs)


class ExpectForm(StyledForm):
    """Goods the buyer sends back."""

    product_code = forms.ChoiceField(label=_("Product"), required=False)
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=100_000, initial=1)
    tracking_no = forms.CharField(label=_("Tracking number"), required=False, max_length=100)

    def __init__(self, *args, products: list[tuple[str, str]], **kwargs):
        super().__init__(*args, auto_id="expect_%s", **kwargs)
        self.fields["product_code"].choices = [("", _("The whole order, or not known")), *products]


class InspectForm(StyledForm):
    condition = forms.ChoiceField(label=_("Condition"), choices=[CHOOSE, *CONDITIONS.items()])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class SettleItemForm(StyledForm):
    """worth: the store's currency."""

    decision = forms.ChoiceField(label=_("What becomes of it"), choices=[CHOOSE, *DECISIONS.items()])
    worth = forms.DecimalField(
        label=_("Still worth"),
        required=False,
        min_value=0,
        max_value=LARGEST,
        max_digits=12,
        decimal_places=2,
    )
