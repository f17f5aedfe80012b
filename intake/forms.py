"""What a user says of a file: whose it is, and what it holds."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from stores.models import Store
from team.models import Seat
from tenants.models import Membership

MOST_FILES = 50
LONGEST_PASTE = 2_000_000


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleaned to a list."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(item, initial) for item in data or [None]]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Give at most %(limit)s files at once."), params={"limit": MOST_FILES})
        return files


class UploadForm(forms.Form):
    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"))
    files = FilesField(label=_("Files"), allow_empty_file=True)

    def __init__(self, membership: Membership, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["store"].widget.attrs["class"] = "form-select"
        self.fields["files"].widget.attrs["class"] = "form-control"

    def clean_files(self):
        files = self.cleaned_data["files"]
        for file in files:
            if file.size > settings.UPLOAD_MAX_BYTES:
                limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
                raise ValidationError(
                    _("%(name)s is larger than %(limit)s: split it by month, or zip it."),
                    params={"name": file.name, "limit": limit},
                )
        return files


class PasteForm(forms.Form):
    """A chat copied from the agent's desk."""

    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"))
    seat = forms.CharField(
        label=_("Seat"), max_length=100, help_text=_("The account the chat was copied from.")
    )
    buyer = forms.CharField(
        label=_("Buyer"),
        max_length=100,
        required=False,
        help_text=_("May stay blank when the text names one buyer."),
    )
    text = forms.CharField(
        label=_("Chat"), max_length=LONGEST_PASTE, strip=False, widget=forms.Textarea(attrs={"rows": 14})
    )

    def __init__(self, membership: Membership, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stores = Store.objects.open_to(membership)
        self.fields["store"].queryset = stores
        self.seat_names = sorted(set(Seat.objects.filter(store__in=stores).values_list("name", flat=True)))
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "store" else "form-control"
        self.fields["seat"].widget.attrs["list"] = "seat-names"
