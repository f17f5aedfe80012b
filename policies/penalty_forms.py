"""Forms of the penalties ledger: a fine and points written down by hand, settings, allowances."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.fines import LARGEST
from policies.penalty_models import PenaltySettings, Period
from policies.points import MOST
from policies.rule_models import PolicyRule, Reads
from policies.rule_versions import RuleBook, in_words
from policies.violation_forms import rules_by_subject
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership

MOST_TIERS = 12
LONGEST_TIER = 200
# At most as many digits as a figure of money has, so that every number read can be rounded.
NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")


def number_typed(text: str) -> Decimal | None:
    """A number of digits and a point; None for anything else, signs and exponents too."""
    return Decimal(text.strip()) if NUMBER.fullmatch(text.strip()) else None


class FineForm(StyledForm):
    """A fine written down by hand."""

    rule = forms.ModelChoiceField(label=_("Rule"), queryset=PolicyRule.objects.none(), to_field_name="code")
    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), to_field_name="code")
    agent = forms.ModelChoiceField(label=_("Agent"), queryset=Agent.objects.none())
    day = DayField(label=_("Day"))
    order_id = forms.CharField(label=_("Order"), required=False, max_length=100)
    amount = forms.DecimalField(
        label=_("Amount"), required=False, max_digits=12, decimal_places=2, min_value=Decimal("0.01"),
        max_value=LARGEST,
        help_text=_("Empty: what the rule says. Where a rule is at cost, give what it cost."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What happened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The agent reads this."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        rules = PolicyRule.objects.filter(reads__in=(Reads.HAND, Reads.FACTS), code__startswith="fine-")
        self.fields["rule"].queryset = rules.order_by("reads", "code")
        self.fields["rule"].label_from_instance = in_words
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership).order_by("name", "pk")


class PointForm(StyledForm):
    """Points the platform took, written down by hand."""

    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), to_field_name="code")
    points = forms.DecimalField(
        label=_("Points"), max_digits=5, decimal_places=1, min_value=Decimal("0.1"), max_value=MOST
    )
    day = DayField(label=_("Day"))
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    order_id = forms.CharField(label=_("Order"), required=False, max_length=100)
    complaint_id = forms.IntegerField(label=_("Number of the complaint"), required=False, min_value=1)
    reason = forms.CharField(
        label=_("What the platform says"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        named = rules_by_subject(but=("fine", "conduct"))
        self.fields["rule"].choices = [("", _("None of these")), *named]

    def clean(self):
        said = super().clean()
        said["rule"] = _rule_named(said.get("rule"), said.get("store"), said.get("day"))
        return said


def _rule_named(title: str | None, store: Store | None, day: date | None) -> PolicyRule | None:
    """Of rules that differ by platform the one that judges the store on that day, else the first of this title."""
    if not (title and store and day):
        return None
    judging = (one.rule for one in RuleBook().judging(store, day) if one.rule.title == title)
    return next(judging, None) or PolicyRule.objects.filter(title=title).order_by("code").first()


class SettingsForm(StyledForm, forms.ModelForm):
    """The figures of facts and appeals; the cap is kept by month beside them."""

    cap = forms.DecimalField(
        label=_("Fines of one agent in a month, at most"), required=False, max_digits=12, decimal_places=2,
        min_value=Decimal(0), help_text=_("Empty: no cap. It holds from this month on; earlier months stay."),
    )  # fmt: skip

    class Meta:
        model = PenaltySettings
        fields = (
            "appeal_days", "slow_seconds", "slow_times", "unanswered_minutes", "unanswered_hours", "review_days",
        )  # fmt: skip


class AllowanceForm(StyledForm):
    """How many points the stores of a platform, or one store, have. Steps one a line: points, then what follows."""

    period = forms.ChoiceField(label=_("Added up over"), choices=Period.choices)
    tiers = forms.CharField(
        label=_("Steps"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: points, a space, what follows. The last step is what must not be reached."),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), required=False, max_length=500)
    verified = forms.BooleanField(label=_("I have read the source: these figures are right"), required=False)

    def clean_tiers(self) -> list[list]:
        tiers = [_tier(line) for line in self.cleaned_data["tiers"].splitlines() if line.strip()]
        if len(tiers) > MOST_TIERS:
            raise forms.ValidationError(gettext("At most %(most)s steps.") % {"most": MOST_TIERS})
        points = [Decimal(at) for at, _text in tiers]
        if points != sorted(set(points)):
            raise forms.ValidationError(gettext("Each step has more points than the one before."))
        return tiers

    def clean(self):
        said = super().clean()
        if said.get("verified") and not (said.get("tiers") and said.get("source")):
            raise forms.ValidationError(
                gettext("Give the steps and their source before you call them right.")
            )
        return said


def _tier(line: str) -> list:
    at, _space, text = line.strip().partition(" ")
    try:
        points = Decimal(at)
        if not 0 < points <= MOST or points != points.quantize(Decimal("0.1")):
            raise InvalidOperation
    except InvalidOperation as error:
        raise forms.ValidationError(
            gettext("“%(line)s” does not begin with a number of points.") % {"line": line.strip()[:60]}
        ) from error
    return [str(points), text.strip()[:LONGEST_TIER]]
