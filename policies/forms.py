"""The form for a new version of a store's rules, with each setting explained in words."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from policies.attribution_rules import SETTINGS, valid_on
from policies.models import AttributionRule
from stores.forms import DayField, StyledForm
from stores.settings_text import parse_flags

# What each setting decides, for people who have not read docs/kpis.md §4–§6.
EXPLANATIONS = {
    "judgement": _(
        "Which event decides who owns an order: who served the buyer when it was created, when it was paid,"
        " or when created and only otherwise when paid."
    ),
    "ownership": _(
        "When several agents served the buyer within the window: the one of the last chat, or the one of the"
        " chat with most rounds."
    ),
    "window_days": _(
        "How long after a chat’s end an order still counts for its agent: 2 to 15 days of 24 hours."
    ),
    "flag_rule": _(
        "A flagged order belongs to whoever flagged it (if they served the buyer), or to nobody, or the flag"
        " is ignored."
    ),
    "excluded_flags": _(
        "Only where a flag excludes: numbers of the colours that do, such as 1,2,3. Blank: every colour"
        " but 0."
    ),
    "chaser": _(
        "An order paid more than 24 hours after its creation goes to the agent who chased it meanwhile."
    ),
    "after_sale_horizon_days": _(
        "A buyer who paid within so many days before a chat and buys nothing new in it came about the old"
        " order: no inquiry. 0 to 180 days."
    ),
    "agent_opened": _(
        "Whether a chat that the agent began (a return visit, a chase) may count as an inquiry."
    ),
    "inquiry_days": _(
        "Final conversion counts orders created within so many days, the day of the inquiry included."
    ),
    "cancel_days": _(
        "A paid order closed within so many days of payment is no sale. Blank: it stays a sale. JD: 15."
    ),
    "deduct_postage": _("Sales count without the postage the buyer paid."),
    "deduct_refunds": _("Sales count without what was refunded."),
}


class FlagsField(forms.CharField):
    """`1,2,3` on the page, [1, 2, 3] in the rule."""

    def prepare_value(self, value):
        return ",".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value):
        return parse_flags(super().clean(value))


class RuleForm(StyledForm, forms.ModelForm):
    """All dated settings, beginning with those of the version it starts from."""

    since = DayField(
        label=_("Valid from"),
        help_text=_("The first business day judged by these rules. Earlier days keep theirs."),
    )
    excluded_flags = FlagsField(label=_("Excluded flags"), required=False)

    class Meta:
        model = AttributionRule
        fields = ("since", *SETTINGS)

    def __init__(self, *args, store, **kwargs):
        super().__init__(*args, **kwargs)
        self.store = store
        for name, words in EXPLANATIONS.items():
            self.fields[name].help_text = words

    def clean(self):
        values = super().clean()
        if self.errors:
            return values
        before = valid_on(self.store, values["since"])
        if all(values[name] == getattr(before, name) for name in SETTINGS):
            raise ValidationError(_("These are the rules valid on that day already."))
        return values

    def rule_values(self) -> dict:
        """The settings of a valid form, for `new_version`."""
        return {name: self.cleaned_data[name] for name in SETTINGS}
