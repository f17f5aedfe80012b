"""One rule: as it is, its versions told in words, a new version, saying that its figures are right; and a new rule."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from policies.library import LIBRARY
from policies.rule_changes import PHRASES, change_rule, make_rule, verify
from policies.rule_forms import (
    SpecFields,
    TitleForm,
    VerifyForm,
    VersionForm,
    spec_initial,
    version_initial,
)
from policies.rule_list import may_set, rule_lines
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import ensure_library, in_words
from policies.rule_words import SUBJECTS, present_version, spec_of, subject_of, told_versions, wordings_of
from policies.run_batches import Batch, act_on, inspected_again
from stores.forms import posted
from stores.models import Store
from tenants.access import permission_required
from tenants.audit import record
from tenants.models import Role
from tenants.permissions import allowed

AUDITED = {"stop": "inspection_stopped", "again": "inspection_resumed"}


def rule_of(request, rule_code: str) -> PolicyRule:
    """A rule of the scope's organization, the library's among them; 404 for others."""
    ensure_library(request.organization.pk, LIBRARY, timezone.now())
    return get_object_or_404(PolicyRule, code=rule_code)


def newest_version(rule: PolicyRule) -> PolicyVersion:
    return rule.versions.select_related("rule").latest("number")


def needs_every_store(request) -> None:
    """A rule holds in every store: 403 for who is limited to some."""
    if not may_set(request):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
@permission_required("see_policies", change="set_policies")
def policy_rule(request, rule_code: str):
    """One rule with its history; POST makes a new version."""
    rule = rule_of(request, rule_code)
    newest, now = newest_version(rule), timezone.now()
    form, spec = version_forms(request, rule, newest, now)
    if request.method == "POST":
        needs_every_store(request)
        if form.is_valid() and (spec is None or spec.is_valid()):
            values = form.values() | ({"spec": spec.cleaned_data["spec"]} if spec else {})
            said, since = form.cleaned_data["reason"], form.cleaned_data["since"]
            version = change_rule(rule, since, values, reason=said, request=request, now=now)
            told = gettext("Version %(number)s is valid from %(day)s.")
            messages.success(request, told % {"number": version.number, "day": since})
            return redirect("policy_rule", request.organization.slug, rule.code)
    return rule_page(request, rule, now, form=form, spec=spec)


def version_forms(request, rule: PolicyRule, newest: PolicyVersion, now: datetime):
    """(the form of a new version, the form of its words or None), filled with what was sent or with the newest."""
    data, today = posted(request), timezone.localdate(now)
    form = VersionForm(
        data, rule=rule, version=newest, currency=request.organization.currency,
        initial=version_initial(newest, today),
    )  # fmt: skip
    spec = SpecFields(data, initial=spec_initial(newest.spec)) if rule.detector == PHRASES else None
    return form, spec


@require_POST
@permission_required("verify_policies")
def policy_rule_verify(request, rule_code: str):
    """The owner says that points and money of the newest version are right."""
    rule, now = rule_of(request, rule_code), timezone.now()
    form = VerifyForm(request.POST, prefix="verify", today=timezone.localdate(now))
    if not form.is_valid():
        return rule_page(request, rule, now, verify_form=form)
    verify(rule, request=request, now=now, **form.cleaned_data)
    messages.success(request, gettext("Verified: from that day on points and fines are proposed."))
    return redirect("policy_rule", request.organization.slug, rule.code)


def rule_page(request, rule: PolicyRule, now: datetime, form=None, spec=None, verify_form=None):
    """The rule's page; a form filled in wrongly is shown again with its errors, the others fresh."""
    versions = list(rule.versions.select_related("rule", "made_by", "verified_by").order_by("-number"))
    today, newest = timezone.localdate(now), versions[0]
    if form is None:
        initial = version_initial(newest, today)
        form = VersionForm(rule=rule, version=newest, currency=request.organization.currency, initial=initial)
        spec = SpecFields(initial=spec_initial(newest.spec)) if rule.detector == PHRASES else None
    lines = rule_lines(Store.objects.open_to(request.membership), now)
    subject = subject_of(rule)
    shown = {
        "rule": rule,
        "title": in_words(rule),
        "subject": SUBJECTS[subject],
        "line": next(line for line in lines if line.rule.pk == rule.pk),
        "siblings": [line for line in lines if line.subject == subject and line.rule.from_library],
        "present": present_version(versions, today),
        "newest": newest,
        "wordings": wordings_of(present_version(versions, today)),
        "words": spec_of(present_version(versions, today)),
        "versions": told_versions(versions, today),
        "form": form,
        "spec": spec,
        "verify_form": verify_form
        or VerifyForm(
            prefix="verify",
            today=today,
            initial={"source": newest.source, "checked_on": today, "since": today},
        ),
        "may_set": may_set(request),
        "may_verify": allowed(request.membership, "verify_policies"),
        "sees_hits": request.membership.role != Role.AGENT,
        "runs": _runs(request, rule),
    }
    return render(request, "policies/rule_detail.html", shown)


@require_http_methods(["GET", "POST"])
@permission_required("see_policies", change="set_policies")
def policy_rule_runs(request, rule_code: str):
    """How far the chats are inspected again after a change: the fragment of the rule's page that asks for itself.

    POST with `act`: "stop" what is under way, or have what failed or was stopped tried "again".
    """
    rule = get_object_or_404(PolicyRule, code=rule_code)
    runs = _runs(request, rule)
    if request.method == "POST":
        needs_every_store(request)
        act = request.POST.get("act", "")
        if number := act_on(runs, act, timezone.now()):
            record(request, AUDITED[act], rule, stores=number)
        part = request.htmx and not request.htmx.boosted
        return redirect("policy_rule_runs" if part else "policy_rule", request.organization.slug, rule.code)
    shown = {"rule": rule, "runs": runs, "may_set": may_set(request)}
    return render(request, "policies/_rule_runs.html", shown)


def _runs(request, rule: PolicyRule) -> Batch:
    return inspected_again(rule, Store.objects.open_to(request.membership))


@require_http_methods(["GET", "POST"])
@permission_required("set_policies")
def policy_rule_new(request):
    """A rule of the organization's own words. It is not in use before it was tried, or put in use by hand."""
    needs_every_store(request)
    data, now = posted(request), timezone.now()
    title, spec = TitleForm(data), SpecFields(data)
    form = VersionForm(
        data, rule=None, version=None, currency=request.organization.currency,
        initial=version_initial(None, timezone.localdate(now)),
    )  # fmt: skip
    if request.method == "POST" and all([title.is_valid(), spec.is_valid(), form.is_valid()]):
        rule = make_rule(
            title.cleaned_data["title"], spec.cleaned_data["spec"], form.cleaned_data["since"], form.values(),
            reason="", request=request, now=now,
        )  # fmt: skip
        messages.success(request, gettext("Kept, and not in use yet. Try it on past chats first."))
        return redirect(reverse("policy_trial", args=[request.organization.slug, rule.code]))
    return render(request, "policies/rule_new.html", {"title_form": title, "spec": spec, "form": form})
