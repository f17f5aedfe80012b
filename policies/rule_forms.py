"""Forms about rules: a new version, a rule of one's own words, saying that figures are right."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.detection.phrases import checked_spec
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_words import CERTAINTIES, LEVELS, SPEAKERS, consequence_of, figure
from stores.forms import DayField, StyledForm
from stores.models import Platform

_COUNTRY = re.compile(r"[A-Z]{2}")


class WordsField(forms.CharField):
    """`flagship, enterprise` on the page, ["flagship", "enterprise"] in the rule."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        words = (word.strip() for word in re.split(r"[,，、;；\n]", super().clean(value) or ""))
        return list(dict.fromkeys(filter(None, words)))


def one_line_end(text: str) -> str:
    """With the line ends of the database where a browser sends its own."""
    return text.replace("\r\n", "\n")


class TextField(forms.CharField):
    """Text of several lines."""

    def __init__(self, rows: int, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value):
        return one_line_end(super().to_python(value))


class LinesField(forms.CharField):
    """Phrases, one a line."""

    def __init__(self, rows: int = 4, **kwargs):
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}), max_length=20_000, **kwargs
        )

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class SpecFields(StyledForm):
    """The words of a rule. `spec` of the cleaned data: as policies.detection.phrases keeps it."""

    # Where they are folded away the browser could not say that one is missing.
    use_required_attribute = False

    phrases = LinesField(
        label=_("Phrases"), rows=6, error_messages={"required": _("Write at least one phrase.")},
        help_text=_("One a line. “…” stands for up to 8 characters between two words. Simplified, Traditional, full-width and spaced-out writing are found alike."),
    )  # fmt: skip
    exceptions = LinesField(
        label=_("Exceptions"), required=False, help_text=_("A phrase counts nowhere where one of these holds it: 第一时间 for 第一."),
    )  # fmt: skip
    asked = LinesField(
        label=_("What the buyer asked before"), required=False, help_text=_("Blank: the phrases count in any answer. Otherwise only after a buyer wrote one of these."),
    )  # fmt: skip
    speaker = forms.ChoiceField(label=_("Who says it"), choices=list(SPEAKERS.items()))
    in_remarks = forms.BooleanField(
        label=_("Read remarks too"),
        required=False,
        help_text=_("There it is only a notice to the supervisor."),
    )
    certainty = forms.ChoiceField(
        label=_("How sure a hit is"), choices=list(CERTAINTIES.items()), initial="likely"
    )

    def clean(self):
        values = super().clean()
        if not self.errors:
            spec = {name: values[name] for name in ("phrases", "asked", "speaker", "in_remarks", "certainty")}
            values["spec"] = checked_spec(spec | {"except": values["exceptions"]})
        return values


def spec_initial(spec: dict) -> dict:
    """What the fields of SpecFields begin with."""
    return spec | {"exceptions": spec.get("except", [])}


class VersionForm(StyledForm):
    """Everything of a version, beginning with the newest. currency: of the fines."""

    since = DayField(label=_("Valid from"), help_text=_("What was said before is judged as it was."))
    until = DayField(label=_("Valid to"), required=False, help_text=_("Blank: from then on."))
    enabled = forms.BooleanField(label=_("In use"), required=False)
    platforms = forms.MultipleChoiceField(
        label=_("Platforms"), choices=Platform.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )  # fmt: skip
    kinds = WordsField(
        label=_("Kinds of store"), required=False, max_length=500,
        help_text=_("As written in the stores’ settings, with commas between. Blank: all."),
    )  # fmt: skip
    countries = WordsField(
        label=_("Countries"), required=False, max_length=200, help_text=_("Two letters each, such as TW, MY. Blank: all."),
    )  # fmt: skip
    level = forms.TypedChoiceField(label=_("Shown from"), choices=list(LEVELS.items()), coerce=int)
    grave = forms.BooleanField(label=_("Grave: two people confirm"), required=False)
    points = forms.DecimalField(
        label=_("Points of the platform"), required=False, min_value=Decimal(0), max_value=Decimal(999), max_digits=5,
        decimal_places=1, help_text=_("Blank: not known."),
    )  # fmt: skip
    money = forms.DecimalField(
        label=_("Fine of the agent"), required=False, min_value=Decimal(0), max_value=Decimal(1_000_000),
        max_digits=12, decimal_places=2,
    )  # fmt: skip
    takes_credit = forms.BooleanField(label=_("Takes the order’s credit away"), required=False)
    consequence = TextField(label=_("What follows"), rows=2, required=False, max_length=1000)
    wording = TextField(
        label=_("Safe wording"), rows=4, required=False, max_length=2000,
        help_text=_("What agents may answer instead. Between two wordings leave a line blank."),
    )  # fmt: skip
    source = TextField(
        label=_("Source"), rows=2, required=False, max_length=500,
        help_text=_("Where the figures are written. Other figures or another source have to be verified anew."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why it is changed"), required=False, max_length=500)

    def __init__(
        self, *args, rule: PolicyRule | None, version: PolicyVersion | None, currency: str, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.rule, self.version = rule, version
        self.fields["money"].help_text = gettext("In %(currency)s. Blank: none.") % {"currency": currency}
        if rule and rule.reads != Reads.CHAT:
            del self.fields["level"]
        if rule is None:
            # Of a rule that is new there is nothing to say why.
            del self.fields["reason"], self.fields["enabled"]

    def clean_countries(self):
        countries = [one.upper() for one in self.cleaned_data["countries"]]
        if wrong := [one for one in countries if not _COUNTRY.fullmatch(one)]:
            raise ValidationError(
                gettext("“%(country)s” is no country of two letters.") % {"country": wrong[0]}
            )
        return countries

    def clean_kinds(self):
        kinds = self.cleaned_data["kinds"]
        if any(len(one) > 50 for one in kinds):
            raise ValidationError(gettext("A kind of store has at most 50 characters."))
        return kinds

    def clean(self):
        values = super().clean()
        if values.get("since") and values.get("until") and values["until"] < values["since"]:
            self.add_error("until", gettext("It ends before it begins."))
        if not self.errors and self.version and self._says_nothing_new():
            raise ValidationError(gettext("These are the rules valid on that day already."))
        return values

    def _says_nothing_new(self) -> bool:
        same_days = self.cleaned_data["since"] == self.version.since
        return same_days and all(getattr(self.version, k) == v for k, v in self.values().items())

    def values(self) -> dict:
        """The settings of a valid form, for policies.rule_versions.new_version."""
        told = {k: v for k, v in self.cleaned_data.items() if k not in ("since", "reason")}
        # A sentence of the library stays one, so that every reader has it in their language.
        if self.version and told["consequence"] == consequence_of(self.version):
            told["consequence"] = self.version.consequence
        for name in ("consequence", "wording", "source") if self.version else ():
            kept = getattr(self.version, name)
            # Other line ends are no other source: its figures stay verified.
            told[name] = kept if one_line_end(kept) == told[name] else told[name]
        return told


def version_initial(version: PolicyVersion | None, today: date) -> dict:
    """What a VersionForm begins with: the version as it is, from today on."""
    if version is None:
        return {"since": today, "level": 2}
    kept = {name: getattr(version, name) for name in VersionForm.base_fields if name != "reason"}
    figures = {name: figure(kept[name]) for name in ("points", "money") if kept[name] is not None}
    return kept | figures | {"since": today, "consequence": consequence_of(version)}


class TitleForm(StyledForm):
    title = forms.CharField(label=_("What the rule is called"), max_length=200)


class VerifyForm(StyledForm):
    """These figures are right: where that was read, when, and from which day on it counts."""

    source = TextField(label=_("Source"), rows=2, max_length=500)
    checked_on = DayField(label=_("Read on"))
    since = DayField(
        label=_("Counts from"),
        help_text=_("From this day on points and fines are proposed by these figures."),
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_checked_on(self):
        if self.cleaned_data["checked_on"] > self.today:
            raise ValidationError(gettext("That day has not come yet."))
        return self.cleaned_data["checked_on"]
