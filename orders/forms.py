"""What people type on the pages of orders."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class RevealForm(forms.Form):
    """Why personal data are needed."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        min_length=4,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class ReceiverForm(forms.Form):
    """Whose orders are looked for: the exact phone, the exact name, or both."""

    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Receiver"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("phone") and not cleaned.get("name"):
            raise ValidationError(_("Give a phone or a name, exactly as in the order."))
        return cleaned
