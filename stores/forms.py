"""Forms about stores, and the look all forms of the product share."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from stores.auto_texts import EXACT, PREFIX, SENDER, checked_auto_texts
from stores.models import ExchangeRate, Store
from stores.settings_text import a_signature, hour_of, minutes_of, time_of

# Offered while typing; any IANA name may be given.
COMMON_ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Bangkok",
    "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Manila", "America/Sao_Paulo", "America/Mexico_City",
)  # fmt: skip
CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("Give an ISO 4217 code such as CNY."))


def posted(request):
    """What a form is filled with: the fields sent, even if none were; None where it is only looked at."""
    return request.POST if request.method == "POST" else None


class StyledField(forms.BoundField):
    """A field with Tabler's classes, and marked where it is wrong."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
            look = "form-check-input"
        else:
            look = "form-select" if isinstance(widget, forms.Select) else "form-control"
        wrong = " is-invalid" if self.form.is_bound and self.errors else ""
        return attrs | {"class": look + wrong}


class StyledForm(forms.Form):
    """Fields drawn as Tabler draws them; templates/stores/_field.html shows one."""

    bound_field_class = StyledField

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DayField(forms.DateField):
    """A day, picked in the browser's own calendar and sent as 2026-11-01 in every language."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d"],
            **kwargs,
        )


class UpperCharField(forms.CharField):
    def clean(self, value):
        return super().clean((value or "").upper())


class HourField(forms.CharField):
    """HH:MM on the page (24:00 is the end of the day), minutes after midnight in the store."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 5, "maxlength": 5})
    parse = staticmethod(hour_of)

    def prepare_value(self, value):
        return time_of(value) if isinstance(value, int) else value

    def clean(self, value):
        return self.parse(super().clean(value))

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class DayCutField(HourField):
    widget = forms.TimeInput(attrs={"type": "time", "min": "00:00", "max": "06:00"})
    parse = staticmethod(minutes_of)


class StoreForm(StyledForm, forms.ModelForm):
    """Settings of a store that are not dated. Changing zone, day cut or gap rebuilds its figures."""

    day_cut_minutes = DayCutField(
        label=_("Day cut"),
        help_text=_(
            "When a business day begins, 00:00–06:00. 00:00 is the platforms’ own day; 04:00 keeps a night’s"
            " chats on the day they began."
        ),
    )
    session_gap_minutes = forms.IntegerField(
        label=_("Session gap (minutes)"),
        min_value=1,
        max_value=1440,
        help_text=_("A silence longer than this ends a session (30 minutes by default)."),
    )
    rate_from_minutes = HourField(
        label=_("Answer rate counts from"),
        help_text=_("Rounds that begin outside these hours are left out of the 3-minute rate."),
    )
    rate_to_minutes = HourField(
        label=_("Answer rate counts to"), help_text=_("Taobao counts 08:00 to 24:00, JD 09:00 to 23:00.")
    )
    rate_seconds = forms.IntegerField(
        label=_("Answered in time within (seconds)"),
        min_value=1,
        max_value=3600,
        help_text=_("180 by default; JD counts 30."),
    )
    country = UpperCharField(
        label=_("Country"), required=False, max_length=2, help_text=_("Two letters, such as TW.")
    )

    class Meta:
        model = Store
        fields = (
            "name",
            "kind",
            "country",
            "time_zone",
            "day_cut_minutes",
            "session_gap_minutes",
            "rate_from_minutes",
            "rate_to_minutes",
            "rate_seconds",
            "memo_signature",
        )
        labels = {"name": _("Name"), "kind": _("Kind of store"), "time_zone": _("Time zone")}
        labels |= {"memo_signature": _("Memo signature")}
        help_texts = {
            "kind": _(
                "Such as flagship or franchise. Rules ask for it: “enterprise” means a Taobao enterprise store, which has to issue invoices."
            ),
            "time_zone": _(
                "IANA name, such as Asia/Shanghai. Decides which day a chat or payment belongs to."
            ),
            "memo_signature": _(
                "A regular expression whose one group is the seat that flagged the order, such as"
                " ^\\[(.+?)\\]. Applies to orders imported from now on."
            ),
        }
        widgets = {"time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})}

    def clean(self):
        values = super().clean()
        begin, end = values.get("rate_from_minutes"), values.get("rate_to_minutes")
        if begin is not None and end is not None and begin >= end:
            self.add_error("rate_to_minutes", _("The hours counted end before they begin."))
        return values

    def clean_memo_signature(self):
        return a_signature(self.cleaned_data["memo_signature"])


class NewStoreForm(StoreForm):
    currency = UpperCharField(
        label=_("Currency"), max_length=3, help_text=_("ISO 4217 code. It cannot be changed later.")
    )

    class Meta(StoreForm.Meta):
        fields = ("name", "code", "platform", "currency", "time_zone", "country", "kind", "day_cut_minutes")
        labels = StoreForm.Meta.labels | {"code": _("Code"), "platform": _("Platform")}
        help_texts = StoreForm.Meta.help_texts | {
            "code": _(
                "Short name in addresses and commands: letters, digits, - and _. It cannot be changed later."
            )
        }

    session_gap_minutes = rate_from_minutes = rate_to_minutes = rate_seconds = None

    def clean_code(self):
        code = self.cleaned_data["code"]
        if Store.objects.filter(code=code).exists():
            raise ValidationError(_("A store of this code exists already."))
        return code


class AutoTextForm(StyledForm):
    """One automatic reply. An empty text takes the line away."""

    kind = forms.ChoiceField(
        label=_("Recognised by"),
        choices=[(EXACT, _("The whole text")), (PREFIX, _("How it begins")), (SENDER, _("Who wrote it"))],
    )
    # A beginning may end with a blank, so the field itself strips nothing.
    text = forms.CharField(
        label=_("Text or sender"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
    )


AutoTextFormSet = forms.formset_factory(AutoTextForm, extra=3, max_num=300, absolute_max=320)


def auto_texts_of(formset) -> list[dict[str, str]]:
    """A valid formset's lines as `Store.auto_texts` keeps them."""
    lines = [form.cleaned_data for form in formset if form.cleaned_data.get("text", "").strip()]
    return checked_auto_texts([(line["kind"], line["text"].replace("\r\n", "\n")) for line in lines])


class RateForm(StyledForm, forms.ModelForm):
    """One dated exchange rate. A rate of the same day and currency is replaced."""

    currency = UpperCharField(label=_("Currency"), max_length=3, validators=[CURRENCY])
    day = DayField(label=_("Valid from"))
    rate = forms.DecimalField(label=_("Rate"), max_digits=18, decimal_places=8)

    class Meta:
        model = ExchangeRate
        fields = ("currency", "day", "rate")

    def __init__(self, *args, own_currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.own_currency = own_currency

    def clean_currency(self):
        currency = self.cleaned_data["currency"]
        if currency == self.own_currency:
            raise ValidationError(_("This is the currency everything is converted into; it needs no rate."))
        return currency

    def clean_rate(self):
        rate = self.cleaned_data["rate"]
        if rate <= 0:
            raise ValidationError(_("A rate is greater than 0."))
        return rate


class ApiKeyForm(StyledForm):
    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), empty_label=None)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What uses it, such as “order system” or “chat collector”."),
    )

    def __init__(self, *args, stores, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores
