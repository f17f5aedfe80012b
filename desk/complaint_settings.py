"""The settings page of complaints and reviews: levels and deadlines, who may answer bad reviews, negative words."""

from dataclasses import asdict

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from desk.complaint_tasks import regrade_organization
from orders.complaint_levels import DEFAULTS, LEVELS, PLACES, levels_of, service_settings
from orders.complaint_models import ServiceSettings
from stores.forms import StyledForm, posted
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.models import Membership, Role

MOST_WORDS = 300
LONGEST_WORD = 50


class ServiceForm(StyledForm):
    """One row of fields for each level; members by name; words a line each."""

    answerers = forms.MultipleChoiceField(
        label=_("May answer bad reviews beside supervisors and owners"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = forms.CharField(
        label=_("Words of your own"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line, up to 50 characters. They count wherever they stand, unless a negation stands right before."),
    )  # fmt: skip

    def __init__(self, *args, members: list[Membership], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answerers"].choices = [(str(member.pk), str(member.user)) for member in members]
        for level in DEFAULTS:
            self.fields[f"hours_{level.key}"] = forms.IntegerField(
                label=_("First answer within (hours)"), min_value=1, max_value=720
            )
            self.fields[f"to_{level.key}"] = forms.ChoiceField(
                label=_("Told first when it is late"), choices=list(PLACES.items())
            )
            self.fields[f"again_{level.key}"] = forms.IntegerField(
                label=_("The next above after (hours)"), min_value=1, max_value=720
            )

    def clean_words(self) -> list[str]:
        words = sorted({line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()})
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(gettext("At most %(most)s words.") % {"most": MOST_WORDS})
        for word in words:
            if not 2 <= len(word) <= LONGEST_WORD:
                raise forms.ValidationError(
                    gettext("“%(word)s” is no word of 2 to %(most)s characters.")
                    % {"word": word[:60], "most": LONGEST_WORD}
                )
        return words

    def levels(self) -> list[tuple]:
        """(label, its three fields) of each level, for the page."""
        return [
            (LEVELS[level.key], [self[f"{name}_{level.key}"] for name in ("hours", "to", "again")])
            for level in DEFAULTS
        ]

    def said(self) -> dict:
        """What the valid form sets, as ServiceSettings keeps it."""
        told = self.cleaned_data
        return {
            "levels": [
                {"key": level.key, **{name: told[f"{name}_{level.key}"] for name in ("hours", "to", "again")}}
                for level in DEFAULTS
            ],
            "review_answerers": sorted(int(pk) for pk in told["answerers"]),
            "negative_words": told["words"],
        }


def _initial(settings: ServiceSettings | None) -> dict:
    first: dict = {"answerers": [], "words": ""}
    for level in levels_of(settings).values():
        for name, value in asdict(level).items():
            first[f"{name}_{level.key}"] = value
    if settings:
        first["answerers"] = [str(pk) for pk in settings.review_answerers]
        first["words"] = "\n".join(settings.negative_words)
    return first


@require_http_methods(["GET", "POST"])
@permission_required("set_procedures")
def service_settings_page(request):
    """Deadlines and escalation of complaints, who answers bad reviews, which words are negative."""
    settings = service_settings()
    members = list(
        Membership.objects.filter(role=Role.AGENT).select_related("user").order_by("user__name", "pk")
    )
    form = ServiceForm(posted(request), members=members, initial=_initial(settings))
    if request.method == "POST" and form.is_valid():
        row = settings or ServiceSettings(organization=request.organization)
        before = {name: getattr(row, name) for name in form.said()}
        for name, value in form.said().items():
            setattr(row, name, value)
        row.save()
        changed = changes(before, form.said())
        if changed["new"]:
            record(request, "settings_changed", gettext("Complaints and reviews"), **changed)
        if "negative_words" in changed["new"]:
            number = request.organization.pk
            transaction.on_commit(lambda: regrade_organization.delay(number))
        messages.success(request, gettext("Saved."))
        return redirect("service_settings", request.organization.slug)
    return render(request, "desk/service_settings.html", {"form": form, "unset": settings is None})
