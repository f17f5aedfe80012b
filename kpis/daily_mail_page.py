"""A member's own choice: which daily tables come by e-mail, of which stores, and when."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kpis.daily_access import tables_of
from kpis.daily_mail import MOST_TRIES
from kpis.daily_models import DailyMail, DailyMailSent
from kpis.daily_sheets import TITLES
from kpis.forms import today_of
from stores.forms import StyledForm, posted
from stores.models import Store
from stores.settings_text import MINUTES_PER_DAY, hour_of, time_of
from tenants.access import permission_required

SHOWN = 10


class DailyMailForm(StyledForm):
    """tables, stores: the member's own choice among what they may see; no store chosen: all of them."""

    active = forms.BooleanField(label=_("Send me the daily tables by e-mail"), required=False)
    tables = forms.MultipleChoiceField(label=_("Tables"), widget=forms.CheckboxSelectMultiple, required=False)
    at = forms.CharField(
        label=_("At"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), max_length=5,
        help_text=_("By the clock of each store, the morning after. A day of which nothing came yet is waited for until noon."),
    )  # fmt: skip
    stores = forms.MultipleChoiceField(
        label=_("Stores"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("None chosen: all stores you may see."),
    )  # fmt: skip

    def __init__(self, *args, stores: list[Store], tables: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tables"].choices = [(name, TITLES[name]) for name in tables]
        self.fields["stores"].choices = [(str(store.pk), store.name) for store in stores]

    def clean_at(self) -> int:
        minutes = hour_of(self.cleaned_data["at"])
        if minutes == MINUTES_PER_DAY:
            raise ValidationError(_("Give a time before 24:00."))
        return minutes

    def clean(self):
        values = super().clean()
        if values.get("active") and not values.get("tables") and "tables" not in self.errors:
            self.add_error("tables", _("Choose at least one table."))
        return values


@require_http_methods(["GET", "POST"])
@permission_required("see_daily_tables")
def daily_mail(request):
    """Set one's own mail; below, what was sent lately."""
    stores, tables = list(Store.objects.open_to(request.membership)), tables_of(request.membership)
    mail = DailyMail.objects.filter(user=request.user).first()
    form = DailyMailForm(posted(request), stores=stores, tables=tables, initial=_initial(mail, tables))
    if request.method == "POST" and form.is_valid():
        save_choice(request, mail, form.cleaned_data, stores)
        messages.success(request, gettext("Saved."))
        return redirect("daily_mail", request.organization.slug)
    sent = DailyMailSent.objects.filter(user=request.user).order_by("-day")[:SHOWN]
    context = {"form": form, "sent": sent, "most_tries": MOST_TRIES, "has_stores": bool(stores)}
    return render(request, "kpis/daily_mail.html", context)


def _initial(mail: DailyMail | None, tables: list[str]) -> dict:
    if mail is None:
        return {"tables": tables, "at": time_of(DailyMail._meta.get_field("at_minutes").default)}
    return {
        "active": mail.active, "tables": mail.tables, "stores": [str(pk) for pk in mail.store_ids],
        "at": time_of(mail.at_minutes),
    }  # fmt: skip


def save_choice(request, mail: DailyMail | None, chosen: dict, stores: list[Store]) -> None:
    """Write the choice down. Who switches it on gets yesterday's tables first, and nothing older."""
    since = today_of(stores) - timedelta(days=1)
    if mail is None:
        mail = DailyMail(organization=request.organization, user=request.user, since=since)
    elif chosen["active"] and not mail.active:
        mail.since = since
    mail.active, mail.at_minutes = chosen["active"], chosen["at"]
    mail.tables, mail.store_ids = chosen["tables"], [int(pk) for pk in chosen["stores"]]
    mail.save()
