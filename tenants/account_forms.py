"""Forms at the door: signing up, founding an organization, accepting an invitation; and of passkeys."""

from allauth.account.forms import SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

from tenants.founding import checked_organization
from tenants.models import User

# Words of Django and allauth that their own catalogues leave in English, or say otherwise than this product.
BORROWED = (
    gettext_noop("Email"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "number",
    ),
)


class SignUpForm(SignupForm):
    """allauth's, and the person's name."""

    name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1")


class OrganizationForm(forms.Form):
    """A new organization; `organization` once valid. Errors of the short name stand with it."""

    name = forms.CharField(label=_("Name of the company"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name in the addresses"),
        max_length=50,
        help_text=_("Letters, digits, - and _. It cannot be changed later."),
    )
    currency = forms.CharField(
        label=_("Currency its stores are compared in"),
        max_length=3,
        initial="CNY",
        validators=[RegexValidator(r"^[A-Za-z]{3}$", _("Give an ISO 4217 code such as CNY."))],
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                self.organization = checked_organization(
                    cleaned["slug"], cleaned["name"], cleaned["currency"]
                )
            except ValidationError as error:
                self.add_error("slug", error)
        return cleaned


class NewPersonForm(forms.Form):
    """A name and a password, chosen by somebody who has been invited."""

    name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("password"):
            try:
                validate_password(cleaned["password"], User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class NewKeyForm(AddWebAuthnForm):
    """allauth's, in words for people who have never heard of passkeys."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with this key alone")
        alone.help_text = _(
            "No password is asked for then; the device asks for your fingerprint, face or PIN instead."
        )


class KeyNameForm(EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
