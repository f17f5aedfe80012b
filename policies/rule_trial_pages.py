"""Trying a rule on past chats before it counts: how often it would fire, examples to label, and its precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.surroundings import lines_around
from policies.inspection_models import InspectionRun, RunKind, TrialHit
from policies.inspection_runs import label, precision_of, start_trial
from policies.rule_changes import PHRASES, change_rule
from policies.rule_forms import SpecFields, spec_initial
from policies.rule_list import may_set
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_pages import needs_every_store, newest_version, rule_of
from policies.rule_versions import applies_to, in_words
from policies.rule_words import LEVELS
from policies.run_batches import Batch, act_on
from policies.violation_words import MESSAGE, Marked, marked, reason_in_words
from stores.forms import DayField, StyledForm, posted
from stores.models import Store
from tenants.access import permission_required
from tenants.masking import masked_text

HITS_PER_PAGE = 20
AROUND = 3  # messages before and after a hit
LONGEST_DAYS = 366
DAYS = 30
BATCHES = 10
ANSWERS = {"right": True, "wrong": False, "": None}


class TrialForm(StyledForm):
    """Which chats a rule is tried on."""

    stores = forms.ModelMultipleChoiceField(
        label=_("Stores"),
        queryset=Store.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    level = forms.TypedChoiceField(label=_("Shown from"), choices=list(LEVELS.items()), coerce=int)

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stores"].queryset = Store.objects.open_to(membership)

    def clean(self):
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("It ends before it begins."))
        elif since and until and (until - since).days >= LONGEST_DAYS:
            self.add_error("until", gettext("At most %(days)s days.") % {"days": LONGEST_DAYS})
        return values


@dataclass(frozen=True)
class Sampled:
    """One example with what was written around it; lines: (whose, at, text cut around the hit or None)."""

    hit: TrialHit
    store: Store
    reason: str
    lines: list[tuple[str, datetime, Marked]]


class Trial(Batch):
    """The runs that were started together, one a store."""

    @property
    def first(self) -> InspectionRun:
        return self.runs[0]

    @property
    def messages(self) -> int:
        return sum(run.messages for run in self.runs)

    @property
    def hits(self) -> int:
        return sum(run.hits for run in self.runs)

    @property
    def per_thousand(self) -> float | None:
        """Hits per 1,000 messages of agents; None where there were none."""
        return 1000 * self.hits / self.messages if self.messages else None


@require_http_methods(["GET", "POST"])
@permission_required("set_policies")
def policy_trial(request, rule_code: str):
    """Try a rule, its words changed perhaps, on past chats (POST); what a trial found, ?run= names which."""
    rule, now = rule_of(request, rule_code), timezone.now()
    if rule.reads != Reads.CHAT:
        raise Http404
    newest = newest_version(rule)
    trials = trials_of(request, rule)
    trial = _asked_trial(request, trials)
    form, spec = _forms(request, rule, newest, trial, timezone.localdate(now))
    if request.method == "POST" and form.is_valid() and (spec is None or spec.is_valid()):
        chosen = form.cleaned_data
        runs = start_trial(
            list(chosen["stores"]), rule, spec.cleaned_data["spec"] if spec else {}, chosen["level"],
            chosen["since"], chosen["until"], request.user, now,
        )  # fmt: skip
        return redirect(_address(request, rule, runs[0]))
    shown = {
        "rule": rule,
        "title": in_words(rule),
        "form": form,
        "spec": spec,
        "trials": trials,
        "trial": trial,
        "may_set": may_set(request),
    }
    if trial:
        shown |= _results(request, rule, trial)
    page = "_trial_result.html" if request.htmx and not request.htmx.boosted else "trial.html"
    return render(request, f"policies/{page}", shown)


@require_POST
@permission_required("set_policies")
def policy_trial_use(request, rule_code: str, run_id: int):
    """Put in use what was tried: a new version from today on, with its words and level."""
    rule, now = rule_of(request, rule_code), timezone.now()
    needs_every_store(request)
    run = get_object_or_404(_runs_of(request, rule), pk=run_id)
    values = {"enabled": True, "level": run.level, "until": None}
    if rule.detector == PHRASES:
        values["spec"] = run.spec
    newest = newest_version(rule)
    is_so = all(getattr(newest, name) == value for name, value in values.items())
    if is_so and newest.since <= timezone.localdate(now):
        # Pressed twice, or on going back.
        messages.info(request, gettext("These are the rules valid on that day already."))
        return redirect("policy_rule", request.organization.slug, rule.code)
    change_rule(
        rule, timezone.localdate(now), values, reason=gettext("After a trial"), request=request, now=now
    )
    messages.success(request, gettext("In use from today on."))
    return redirect("policy_rule", request.organization.slug, rule.code)


@require_POST
@permission_required("set_policies")
def policy_trial_act(request, rule_code: str, run_id: int):
    """Stop a trial (`act` "stop"), or have what failed or was stopped of it tried "again", in the member's stores."""
    rule = get_object_or_404(PolicyRule, code=rule_code)
    run = get_object_or_404(_runs_of(request, rule), pk=run_id)
    together = list(_runs_of(request, rule).filter(made_at=run.made_at).order_by("pk"))
    act_on(Batch(together), request.POST.get("act", ""), timezone.now())
    return redirect(_address(request, rule, run))


@require_POST
@permission_required("set_policies")
def trial_label(request, hit_id: int):
    """Somebody says that an example is right or wrong, or takes it back."""
    stores = Store.objects.open_to(request.membership)
    hit = get_object_or_404(TrialHit.objects.select_related("run__rule"), pk=hit_id, run__store__in=stores)
    try:
        label(hit, ANSWERS.get(request.POST.get("right", "")), request.user, timezone.now())
    except ValueError:
        messages.error(request, gettext("The trial still runs: judge its examples when it is done."))
    address = _address(request, hit.run.rule, hit.run)
    page = request.POST.get("page", "")
    return redirect(f"{address}&page={page}" if page.isdecimal() else address)


def _address(request, rule: PolicyRule, run: InspectionRun) -> str:
    return f"{reverse('policy_trial', args=[request.organization.slug, rule.code])}?run={run.pk}"


def _forms(request, rule: PolicyRule, newest: PolicyVersion, trial: Trial | None, today: date):
    """(which chats, which words or None), beginning with those of the trial that is shown."""
    stores = [store for store in Store.objects.open_to(request.membership) if applies_to(newest, store)]
    initial = {"stores": [store.code for store in stores], "since": today - timedelta(days=DAYS - 1), "until": today,
               "level": newest.level}  # fmt: skip
    spec = newest.spec
    if trial:
        initial = {name: getattr(trial.first, name) for name in ("since", "until", "level")}
        initial["stores"], spec = [run.store.code for run in trial.runs], trial.first.spec
    form = TrialForm(posted(request), membership=request.membership, initial=initial)
    words = SpecFields(posted(request), initial=spec_initial(spec)) if rule.detector == PHRASES else None
    return form, words


def _runs_of(request, rule: PolicyRule):
    stores = Store.objects.open_to(request.membership)
    return InspectionRun.objects.filter(rule=rule, kind=RunKind.TRIAL, store__in=stores)


def trials_of(request, rule: PolicyRule) -> list[Trial]:
    """The latest trials of a rule, newest first; in the member's stores only. Two statements."""
    times = (
        _runs_of(request, rule).order_by("-made_at").values_list("made_at", flat=True).distinct()[:BATCHES]
    )
    found = _runs_of(request, rule).filter(made_at__in=list(times)).select_related("store", "made_by")
    batches: dict[datetime, list[InspectionRun]] = {}
    for run in found.order_by("-made_at", "pk"):
        batches.setdefault(run.made_at, []).append(run)
    return [Trial(runs) for runs in batches.values()]


def _asked_trial(request, trials: Sequence[Trial]) -> Trial | None:
    """The one of ?run=, else the latest."""
    asked = request.GET.get("run", "")
    named = (trial for trial in trials if asked in {str(run.pk) for run in trial.runs})
    return next(named, trials[0] if trials else None)


def _results(request, rule: PolicyRule, trial: Trial) -> dict:
    """Figures of a trial and a page of its examples."""
    hits = TrialHit.objects.filter(run__in=trial.runs).order_by("said_at", "pk")
    page = Paginator(hits, HITS_PER_PAGE).get_page(request.GET.get("page"))
    right, labelled, low, high = precision_of(trial.runs)
    return {
        "page": page,
        "sampled": sampled(rule, trial, list(page.object_list)),
        "right": right,
        "labelled": labelled,
        "precision": right / labelled if labelled else None,
        "low": low,
        "high": high,
        "address": _address(request, rule, trial.first),
        "act_address": reverse(
            "policy_trial_act", args=[request.organization.slug, rule.code, trial.first.pk]
        ),
    }


def sampled(rule: PolicyRule, trial: Trial, hits: Sequence[TrialHit]) -> list[Sampled]:
    """Examples with what was written around them, personal data hidden. One statement."""
    stores = {run.pk: run.store for run in trial.runs}
    places = [
        (hit.pk, stores[hit.run_id].pk, hit.source_key.removeprefix(MESSAGE))
        for hit in hits
        if hit.source_key.startswith(MESSAGE)
    ]
    near, told = lines_around(places, AROUND), []
    for hit in hits:
        lines = [
            (
                "buyer" if line.by_buyer else "automatic" if line.automatic else "agent",
                line.at,
                marked(line.text, hit.start, hit.end)
                if line.said
                else Marked(masked_text(line.text), "", ""),
            )
            for line in near.get(hit.pk, [])
        ]
        told.append(Sampled(hit, stores[hit.run_id], reason_in_words(rule, hit.reason), lines))
    return told
