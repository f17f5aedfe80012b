"""The page of all rules: what holds today, with which figures, where, and how often it was broken of late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from policies.inspection_models import Violation, ViolationState
from policies.library import LIBRARY
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import RuleBook, applies_to, ensure_library, in_words
from policies.rule_words import SUBJECTS, consequence_of, present_version, subject_of, value_in_words
from stores.forms import StyledForm
from stores.models import Platform, Store
from tenants.access import permission_required
from tenants.models import Role
from tenants.permissions import allowed_everywhere

ROWS_PER_PAGE = 50
HITS_OF = timedelta(days=30)
STATES = {
    "use": _("In use"),
    "off": _("Not in use"),
    "unverified": _("Figures unverified"),
    "verified": _("Figures verified"),
    "own": _("The organization’s own"),
}


@dataclass(frozen=True)
class RuleLine:
    """One rule as it is today. hits: in the member's stores in the last 30 days, dismissed ones among them."""

    rule: PolicyRule
    version: PolicyVersion
    today: date
    hits: int = 0
    dismissed: int = 0

    @property
    def title(self) -> str:
        return in_words(self.rule)

    @property
    def subject(self) -> str:
        return subject_of(self.rule)

    @property
    def state(self) -> str:
        """use | off | later | over."""
        version = self.version
        if version.since > self.today:
            return "later"
        if version.until and version.until < self.today:
            return "over"
        return "use" if version.enabled else "off"

    @property
    def hits_query(self) -> str:
        """What the list of violations is asked to show these hits."""
        since = self.today - HITS_OF + timedelta(days=1)
        return "?" + urlencode({"show": "all", "rule": self.rule.code, "since": since})

    @property
    def unfilled(self) -> bool:
        return self.version.points is None and self.version.money is None

    @property
    def where(self) -> str:
        """Platforms, kinds and countries, where it is not for all."""
        version = self.version
        places = [value_in_words(version, "platforms")]
        places += [value_in_words(version, name) for name in ("kinds", "countries") if getattr(version, name)]
        return " · ".join(places)

    @property
    def consequence(self) -> str:
        return consequence_of(self.version)

    def holds(self, words: str) -> bool:
        """Whether what people read of the rule holds these words."""
        spec = self.version.spec.get("phrases", [])
        told = [
            self.title,
            self.consequence,
            self.version.wording,
            self.version.source,
            self.rule.code,
            *spec,
        ]
        return words.casefold() in "\n".join(told).casefold()

    def is_in(self, state: str) -> bool:
        if state in ("verified", "unverified"):
            return (self.version.verified_on is not None) == (state == "verified")
        if state == "own":
            return not self.rule.from_library
        return (self.state == "use") == (state == "use")


class RuleFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    platform = forms.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("All platforms")), *Platform.choices]
    )
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *STATES.items()]
    )
    q = forms.CharField(label=_("Words"), required=False, max_length=100)

    def __init__(self, data, membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.fields["q"].widget.attrs |= {
            "placeholder": _("Search the rules"),
            "type": "search",
            "data-search": "",
        }
        self.is_valid()

    def chosen(self, lines: Iterable[RuleLine]) -> list[RuleLine]:
        asked = self.cleaned_data
        store, platform, state, words = (asked.get(name) for name in ("store", "platform", "state", "q"))
        return [
            line
            for line in lines
            if (not store or applies_to(line.version, store))
            and (not platform or not line.version.platforms or platform in line.version.platforms)
            and (not state or line.is_in(state))
            and (not words or line.holds(words.strip()))
        ]


def rule_lines(stores: Iterable[Store], now: datetime) -> list[RuleLine]:
    """Every rule of the scope as it is today, by subject. Two statements."""
    today, subjects = timezone.localdate(now), list(SUBJECTS)
    places = {entry.code: place for place, entry in enumerate(LIBRARY)}
    hits = {row["rule_id"]: row for row in hits_of_late(stores, today)}
    lines = []
    for rule_id, versions in groupby(RuleBook().versions, lambda version: version.rule_id):
        kept = list(versions)
        row = hits.get(rule_id, {})
        version = present_version(kept, today)
        lines.append(RuleLine(version.rule, version, today, row.get("hits", 0), row.get("dismissed", 0)))
    # Within a subject as the library has them; one's own by their titles.
    return sorted(
        lines,
        key=lambda line: (
            subjects.index(line.subject), places.get(line.rule.code, len(places)), line.title, line.rule.code
        ),
    )  # fmt: skip


def hits_of_late(stores: Iterable[Store], today: date) -> list[dict]:
    """[{rule_id, hits, dismissed}] of the violations of the last 30 days that were not gone by themselves."""
    dismissed = Count("pk", filter=Q(state__in=(ViolationState.DISMISSED, ViolationState.REVOKED)))
    found = Violation.objects.filter(store__in=stores, day__gt=today - HITS_OF)
    found = found.exclude(state=ViolationState.LAPSED).order_by()
    return list(found.values("rule_id").annotate(hits=Count("pk"), dismissed=dismissed))


@require_GET
@permission_required("see_policies")
def policy_rules(request):
    """The rules chats and work are judged by, as the filters choose them."""
    now = timezone.now()
    ensure_library(request.organization.pk, LIBRARY, now)
    filters = RuleFilters(request.GET, request.membership)
    every = rule_lines(Store.objects.open_to(request.membership), now)
    lines = filters.chosen(every)
    page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "groups": [
            {"subject": subject, "label": SUBJECTS[subject], "lines": list(those)}
            for subject, those in groupby(page.object_list, lambda line: line.subject)
        ],
        "unverified": sum(line.version.verified_on is None for line in every),
        "asked": any(filters.cleaned_data.values()),
        "may_set": may_set(request),
        # What is found is for an agent to see when it is confirmed.
        "sees_hits": request.membership.role != Role.AGENT,
    }
    return render(request, "policies/rule_list.html", context)


def may_set(request) -> bool:
    """A rule holds in every store: who is limited to some stores does not change it."""
    return allowed_everywhere(request.membership, "set_policies")
