"""The figures of the working day an organization may change."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from desk.models import DeskSettings
from stores.forms import HourField, StyledForm, posted
from stores.settings_text import time_of
from tenants.access import permission_required
from tenants.audit import changes, record

LIMITS = {
    "fresh_days": (0, 60), "late_free_minutes": (0, 120), "late_free_times": (0, 31), "idle_minutes": (30, 720),
    "absent_after_minutes": (15, 720), "left_early_minutes": (5, 240), "rest_days": (0, 20), "rest_hours": (0, 24),
    "days_in_row": (1, 14), "nights_in_row": (1, 14), "chase_lock_minutes": (0, 1440), "rounds_per_hour": (1, 1000),
    "served_minutes": (5, 120), "close_after_minutes": (0, 240),
}  # fmt: skip
GROUPS = (
    (_("Attendance"), ("late_free_minutes", "late_free_times", "left_early_minutes", "idle_minutes", "absent_after_minutes")),
    (_("Roster"), ("rest_days", "rest_hours", "days_in_row", "nights_in_row", "latest_end_minutes", "rounds_per_hour")),
    (_("Follow-ups"), ("fresh_days", "shipping_cut_off_minutes", "chase_lock_minutes")),
)  # fmt: skip


class LateHourField(HourField):
    """HH:MM of a shift's day; after midnight as 24:00 to 30:00, or as the next morning's 00:00 to 06:00."""

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        hours, _colon, rest = text.partition(":")
        if not (hours.isdecimal() and rest.isdecimal() and len(rest) == 2 and int(rest) < 60):
            raise ValidationError(gettext("Give a time such as 03:00."))
        minutes = int(hours) * 60 + int(rest)
        minutes += 1440 if minutes <= 360 else 0
        if minutes > 1800:
            raise ValidationError(gettext("Nobody works past 06:00 of the next morning."))
        return minutes

    def prepare_value(self, value):
        return time_of((value - 1) % 1440 + 1) if isinstance(value, int) else value


class DeskSettingsForm(StyledForm, forms.ModelForm):
    latest_end_minutes = LateHourField(label=_("nobody works after"))
    shipping_cut_off_minutes = HourField(label=_("the day's shipping cut-off"))

    class Meta:
        model = DeskSettings
        exclude = ("organization",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # The model's own words begin in lower case; a label stands by itself.
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
            if name in LIMITS:
                least, most = LIMITS[name]
                field.validators += [MinValueValidator(least), MaxValueValidator(most)]
                field.widget.attrs |= {"min": least, "max": most}

    def groups(self) -> list[tuple]:
        """(title, fields) as the page shows them; what no group names comes last."""
        named = [name for _title, names in GROUPS for name in names]
        rest = [self[name] for name in self.fields if name not in named]
        shown = [(title, [self[name] for name in names if name in self.fields]) for title, names in GROUPS]
        return shown + ([(_("Handover"), rest)] if rest else [])


@require_http_methods(["GET", "POST"])
@permission_required("set_desk")
def desk_settings_page(request):
    """Lateness, rest, the shipping cut-off and the other figures of docs/desk.md."""
    row = DeskSettings.objects.first() or DeskSettings(organization=request.organization)
    names = [field.name for field in DeskSettings._meta.fields if field.name != "organization"]
    before = {name: getattr(row, name) for name in names}
    form = DeskSettingsForm(posted(request), instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        changed = changes(before, {name: getattr(row, name) for name in names})
        if changed["new"]:
            record(request, "settings_changed", request.organization, **changed)
        messages.success(request, gettext("Saved."))
        return redirect("desk_settings", request.organization.slug)
    return render(request, "desk/settings.html", {"form": form})
