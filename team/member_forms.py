"""Forms about members: whom to invite, what they may do, and what the organization asks of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stores.forms import StyledForm
from stores.models import Store
from team.models import Agent
from tenants.models import Membership, Role


class MemberForm(StyledForm):
    """What one member may do. cleaned_data: role, store_ids (empty: all stores), agent_id."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)
    stores = forms.ModelMultipleChoiceField(
        label=_("Stores"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None marked: all stores, also those to come."),
    )
    agent = forms.ModelChoiceField(
        label=_("Is this person"),
        queryset=None,
        required=False,
        empty_label=_("nobody of the team"),
        help_text=_("Whose own figures an agent sees."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stores"].queryset = Store.objects.all()
        self.fields["agent"].queryset = Agent.objects.order_by("name")

    @classmethod
    def about(cls, membership: Membership, data=None) -> "MemberForm":
        """The form filled with what this member may do now, or with what was sent."""
        now = {"role": membership.role, "stores": membership.store_ids, "agent": membership.agent_id}
        return cls(data, initial=now)

    def wanted(self) -> dict:
        """role, store_ids, agent_id, once the form is valid."""
        said = self.cleaned_data
        return {
            "role": said["role"],
            "store_ids": sorted(store.pk for store in said["stores"]),
            "agent_id": said["agent"].pk if said["agent"] else None,
        }


class InviteForm(MemberForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("email", "role", "stores", "agent")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Membership.objects.filter(user__email=email).exists():
            raise forms.ValidationError(_("This person is a member already."))
        return email


class RequirementsForm(StyledForm):
    """What the organization asks of its members, and lets agents see."""

    require_mfa = forms.BooleanField(
        label=_("Every member needs a second factor"),
        required=False,
        help_text=_("Who has none is led to set one up before any page opens. That includes you."),
    )
    agents_see_names = forms.BooleanField(label=_("Agents see each other's figures by name"), required=False)
