"""Forms of the roster: kinds of shifts, filling a month, requests, sheets."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stores.forms import DayField, HourField, StyledForm
from stores.models import Store
from stores.settings_text import time_of
from team.models import Agent
from team.roster_copy import parse_cycle
from team.roster_limits import Limits
from team.roster_models import EntryKind, RequestKind, RosterEntry, ShiftKind
from tenants.models import Membership

LEAVE = (EntryKind.ANNUAL, EntryKind.SICK, EntryKind.PERSONAL)
LARGEST_SHEET = 5 * 1024**2
LONGEST_LEAVE_DAYS = 366


class ShiftForm(StyledForm, forms.ModelForm):
    """A kind of shift. An end not after its beginning is on the next day: 17:00 to 02:00."""

    starts_minutes = HourField(label=_("Begins"))
    ends_minutes = HourField(
        label=_("Ends"), help_text=_("An earlier time than the beginning is on the next day: 17:00 to 02:00.")
    )
    store_ids = forms.ModelMultipleChoiceField(
        Store.objects.none(), label=_("Stores it covers"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all stores."),
    )  # fmt: skip

    class Meta:
        model = ShiftKind
        fields = (
            "name",
            "starts_minutes",
            "ends_minutes",
            "time_zone",
            "people_wanted",
            "store_ids",
            "active",
        )
        labels = {
            "name": pgettext_lazy("thing", "Name"),
            "time_zone": _("Time zone"),
            "people_wanted": _("People wanted on a day"),
        }
        labels |= {"active": _("In use")}
        widgets = {"time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})}

    def __init__(self, *args, limits: Limits, **kwargs):
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.fields["store_ids"].queryset = Store.objects.all()
        if self.instance.pk and not self.is_bound:
            self.initial["ends_minutes"] = (self.instance.ends_minutes - 1) % 1440 + 1

    def clean_name(self):
        name = self.cleaned_data["name"]
        if ShiftKind.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("A shift of this name exists already."))
        return name

    def clean_starts_minutes(self):
        return self.cleaned_data["starts_minutes"] % 1440

    def clean_store_ids(self):
        return sorted(store.pk for store in self.cleaned_data["store_ids"])

    def clean(self):
        values = super().clean()
        starts, ends = values.get("starts_minutes"), values.get("ends_minutes")
        if starts is None or ends is None:
            return values
        if ends <= starts:
            ends += 1440
        if ends > self.limits.latest_end_minutes:
            limit = time_of(self.limits.latest_end_minutes % 1440)
            self.add_error(
                "ends_minutes", ValidationError(_("Nobody works past %(limit)s."), params={"limit": limit})
            )
        values["ends_minutes"] = ends
        return values


class FillForm(StyledForm):
    """Fill the month: from a cycle of days, or from last month."""

    CYCLE, LAST_MONTH = "cycle", "last_month"
    source = forms.ChoiceField(
        label=_("From"),
        choices=[(CYCLE, _("A cycle of days")), (LAST_MONTH, _("Last month, weekday on weekday"))],
    )
    cycle = forms.CharField(
        label=_("Cycle"), required=False, max_length=1000,
        help_text=_("Shifts by number or name, R for rest: 1 1 2 2 R R. It begins on the first day filled."),
    )  # fmt: skip
    since = DayField(label=_("From the day"), required=False)
    stagger = forms.IntegerField(
        label=_("Each next person begins so many days further into it"), min_value=0, max_value=61, initial=1,
        required=False,
    )  # fmt: skip
    agents = forms.CharField(required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(label=_("Replace what is set already"), required=False)

    def __init__(self, *args, kinds: list[ShiftKind], **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds = kinds

    def clean_agents(self) -> list[int]:
        return [int(word) for word in self.cleaned_data["agents"].split(",") if word.isdecimal()]

    def clean(self):
        values = super().clean()
        if values.get("source") == self.CYCLE and "cycle" in values:
            try:
                values["codes"] = parse_cycle(values["cycle"], self.kinds)
            except ValidationError as error:
                self.add_error("cycle", error)
        return values


class RequestForm(StyledForm):
    """What an agent asks for: leave, a swap with a colleague, or a wish."""

    kind = forms.ChoiceField(label=_("What"), choices=RequestKind.choices, widget=forms.RadioSelect)
    entry_kind = forms.ChoiceField(
        label=_("Kind of leave"), required=False, choices=[(kind.value, kind.label) for kind in LEAVE]
    )
    shift = forms.ModelChoiceField(
        ShiftKind.objects.none(), label=_("Wished shift"), required=False, empty_label=_("A rest day")
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("To"), required=False)
    colleague = forms.ModelChoiceField(Agent.objects.none(), label=_("Colleague"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, agent: Agent, membership: Membership, today: date, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.agent, self.today = agent, today
        self.fields["shift"].queryset = ShiftKind.objects.filter(active=True)
        self.fields["colleague"].queryset = colleagues

    def clean(self):
        values = super().clean()
        since, kind = values.get("since"), values.get("kind")
        if since is None or kind is None:
            return values
        until = values["until"] = values.get("until") or since
        if kind != RequestKind.SWAP:
            self._check_days(since, until)
        elif values.get("colleague") is None:
            self.add_error("colleague", _("Choose with whom."))
        else:
            self._check_swap(since, until, values["colleague"])
        if kind == RequestKind.LEAVE and not values.get("entry_kind"):
            self.add_error("entry_kind", _("Choose the kind of leave."))
        return values

    def _check_days(self, since: date, until: date) -> None:
        if until < since:
            self.add_error("until", _("The last day is before the first."))
        elif (until - since).days >= LONGEST_LEAVE_DAYS:
            self.add_error("until", _("These are more days than a year has."))

    def _check_swap(self, since: date, until: date, colleague: Agent) -> None:
        """Both must have a published shift on the day they give, and that day must not be over."""
        working = set(
            RosterEntry.objects.filter(
                agent__in=(self.agent, colleague), day__in=(since, until), published=True, kind=EntryKind.WORK
            ).values_list("agent_id", "day")
        )
        if min(since, until) < self.today:
            self.add_error("since", _("This day is over."))
        if (self.agent.pk, since) not in working:
            self.add_error("since", _("You have no shift on this day."))
        if (colleague.pk, until) not in working:
            self.add_error("until", _("Your colleague has no shift on this day."))


class DecisionForm(StyledForm):
    decision = forms.CharField(label=_("Answer"), required=False, max_length=500)


class SheetForm(StyledForm):
    file = forms.FileField(
        label=_("Workbook"), help_text=_("An XLSX file laid out like the one you can save here.")
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_SHEET:
            raise ValidationError(_("The file is larger than 5 MB."))
        return file
