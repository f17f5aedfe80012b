"""Forms about people, their positions and groups, and the seats they hold."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stores.forms import DayField, StyledForm
from team.models import Agent, Grade, Group, Position, SeatAssignment
from team.seats import ALWAYS, days_in_words


class DaysForm(StyledForm):
    """A first and a last day, both included. Forms that use it declare `since` and `until`."""

    def clean(self):
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return values


class AgentForm(StyledForm, forms.ModelForm):
    left_on = DayField(
        label=_("Left on"), required=False, help_text=_("Last day with you. Their figures stay as they are.")
    )

    class Meta:
        model = Agent
        fields = ("name", "employee_id", "left_on")
        labels = {"name": _("Name"), "employee_id": _("Employee id")}
        help_texts = {"employee_id": _("Tells people of one name apart; files may name it.")}

    def clean(self):
        values = super().clean()
        refuse_taken_name(values.get("name"), values.get("employee_id"), self.instance.pk)
        return values


def refuse_taken_name(name: str | None, employee_id: str | None, own_pk: int | None = None) -> None:
    """Raise ValidationError where somebody else bears this name and employee id."""
    if name and Agent.objects.filter(name=name, employee_id=employee_id or "").exclude(pk=own_pk).exists():
        raise ValidationError(
            _(
                "Somebody of this name and employee id is there already. Give an employee id to tell them"
                " apart."
            )
        )


class PositionForm(DaysForm, forms.ModelForm):
    since = DayField(label=_("From"))
    until = DayField(label=_("To"), required=False, help_text=_("Blank: until further notice."))
    end_previous = forms.BooleanField(
        label=_("End the position before it the day before"), required=False, initial=True
    )

    class Meta:
        model = Position
        fields = ("kind", "group", "grade", "since", "until")
        labels = {"kind": _("Position"), "group": _("Group"), "grade": _("Grade")}


class GroupForm(StyledForm, forms.ModelForm):
    class Meta:
        model = Group
        fields = ("name", "leader")
        labels = {"name": _("Name"), "leader": _("Leader")}

    def clean_name(self):
        name = self.cleaned_data["name"]
        if Group.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("A group of this name exists already."))
        return name


class BindForm(DaysForm):
    """Give a seat to somebody there already, or to somebody made on the spot.

    agents: the people to choose from, a list; lists of many seats share one. suggested: the seat's own name,
    whose last part is often the person's.
    """

    agent = forms.ChoiceField(label=_("Agent"), required=False)
    new_name = forms.CharField(label=_("Or a new agent"), required=False, max_length=100)
    new_employee_id = forms.CharField(label=_("Employee id"), required=False, max_length=50)
    since = DayField(label=_("From"), required=False, help_text=_("Blank: since ever."))
    until = DayField(label=_("To"), required=False, help_text=_("Blank: until further notice."))
    end_holder = forms.BooleanField(label=_("Whoever holds it ends the day before"), required=False)

    def __init__(self, *args, agents: list[Agent], suggested: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.agents = {str(agent.pk): agent for agent in agents}
        self.fields["agent"].choices = [
            ("", _("Choose…")), *((str(agent.pk), named_apart(agent)) for agent in agents)
        ]  # fmt: skip
        self._propose(agents, suggested)
        for name in ("agent", "new_name", "new_employee_id", "since"):
            # Where a wide list shows the labels once, above all rows, a field still says what it is.
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def _propose(self, agents: list[Agent], seat_name: str) -> None:
        """Whoever the seat is named after: `shop:name` on 千牛, elsewhere a name of characters at the end."""
        _shop, colon, person = re.sub("：", ":", seat_name).rpartition(":")
        if not colon:
            ending = re.search(r"[\u4e00-\u9fff]{2,4}$", seat_name)
            person = ending[0] if ending else ""
        known = [agent for agent in agents if agent.name == person.strip()]
        if len(known) == 1:
            self.fields["agent"].initial = str(known[0].pk)
        elif not known:
            self.fields["new_name"].initial = person.strip() or None

    def clean(self):
        values = super().clean()
        chosen, name = values.get("agent"), (values.get("new_name") or "").strip()
        if chosen:
            # The new name is only proposed; a chosen person counts.
            values["new_name"] = ""
        elif not name:
            raise ValidationError(_("Choose an agent, or name a new one."))
        else:
            refuse_taken_name(name, values.get("new_employee_id"))
        values["since"] = values.get("since") or ALWAYS
        return values

    def holder(self, organization) -> Agent:
        """The agent chosen, or the new one, saved."""
        values = self.cleaned_data
        if values["agent"]:
            return self.agents[values["agent"]]
        return Agent.objects.create(
            organization=organization, name=values["new_name"].strip(), employee_id=values["new_employee_id"]
        )


def named_apart(agent: Agent) -> str:
    return f"{agent.name} ({agent.employee_id})" if agent.employee_id else agent.name


class EndForm(StyledForm):
    until = DayField(label=_("Last day"), required=False, help_text=_("Blank: until further notice."))


class AssignmentChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, assignment):
        days = days_in_words(assignment.since, assignment.until)
        return f"{assignment.seat.store} · {assignment.seat} ({days})"


class SplitForm(StyledForm):
    """Which seats are the other person's, and who that is."""

    assignments = AssignmentChoices(
        label=_("The other person’s seats"),
        queryset=SeatAssignment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    employee_id = forms.CharField(
        label=_("Employee id"),
        required=False,
        max_length=50,
        help_text=_("Needed where both have the same name."),
    )

    def __init__(self, *args, assignments, held=None, **kwargs):
        """assignments: the seats to choose from. held: the same, read already, for a form that is only shown."""
        super().__init__(*args, **kwargs)
        field = self.fields["assignments"]
        field.queryset = assignments
        if held is not None:
            field.choices = [(one.pk, field.label_from_instance(one)) for one in held]

    def clean(self):
        values = super().clean()
        refuse_taken_name(values.get("name"), values.get("employee_id"))
        return values


class AgentFilterForm(StyledForm):
    """The filter bar of the list of people; every field may be blank."""

    q = forms.CharField(label=_("Search"), required=False)
    group = forms.ModelChoiceField(
        label=_("Group"), queryset=Group.objects.none(), required=False, empty_label=_("All groups")
    )
    grade = forms.ChoiceField(
        label=_("Grade"), required=False, choices=[("", _("All grades")), *Grade.choices]
    )
    left = forms.BooleanField(label=_("With those who left"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.all()
