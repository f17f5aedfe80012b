"""Rules and their versions in the reader's words: what they are about, where and when they hold, what each changed."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.attribution_rules import ALWAYS
from policies.detection.detector import Certainty
from policies.rule_history import Setting
from policies.rule_models import PolicyRule, PolicyVersion
from stores.models import Platform

OWN = "own"
# What rules are about, in the order of the page; of a library rule what stands before the first dash of its code.
SUBJECTS = {
    "counterfeit": _("Counterfeit"),
    "invoice": _("Invoices"),
    "privacy": _("Personal data"),
    "abuse": _("Abuse"),
    "promise": _("Promises"),
    "off_platform": _("Off the platform"),
    "paid_reviews": _("Paid reviews"),
    "superlatives": _("Advertising law"),
    "conduct": _("Conduct"),
    OWN: _("Own words"),
    "response": _("Response"),
    "shipping": _("Shipping"),
    "returns": _("Returns"),
    "service": _("Service"),
    "fine": _("The house’s fines"),
}
LEVELS = {
    Certainty.POSSIBLE: _("all that is possible"),
    Certainty.LIKELY: _("what is likely"),
    Certainty.SURE: _("only what is sure"),
}
SPEAKERS = {"agent": _("Agents"), "buyer": _("Buyers: a warning before the answer")}
CERTAINTIES = {"possible": _("possible"), "likely": _("likely"), "sure": _("sure")}
# The settings people read, in their order; spec is told by its parts.
SHOWN = (
    "enabled",
    "platforms",
    "kinds",
    "countries",
    "level",
    "grave",
    "points",
    "money",
    "takes_credit",
    "consequence",
    "wording",
    "source",
    "verified_on",
)
SPEC_LABELS = {
    "phrases": _("Phrases"),
    "except": _("Exceptions"),
    "asked": _("What the buyer asked before"),
    "speaker": _("Who says it"),
    "in_remarks": _("Remarks too"),
    "certainty": _("How sure a hit is"),
}
# Kinds of store that the library's rules name; an organization may write others, which stand as written.
KINDS = {"enterprise": _("enterprise store (enterprise)")}
LABELS = {"enabled": _("in use"), "verified_on": _("figures")}

Span = tuple[date, date]


class ToldVersion(NamedTuple):
    """spans: the days it judges, as (first or None, last or None); none: a later version took them all.
    changes: against the version before; settings: all of them."""

    version: PolicyVersion
    spans: list[tuple[date | None, date | None]]
    valid_now: bool
    changes: list[Setting]
    settings: list[Setting]


def subject_of(rule: PolicyRule) -> str:
    """Key of SUBJECTS."""
    subject = rule.code.split("-")[0]
    return subject if rule.from_library and subject in SUBJECTS else OWN


def valid_spans(versions: Iterable[PolicyVersion]) -> dict[int, list[Span]]:
    """{number: the days on which that version judges, [first, last], in order}; date.max: no end.

    Of the versions whose days hold a day the one with the highest number judges it (policies/rule_versions.py).
    """
    spans: dict[int, list[Span]] = {}
    taken: list[Span] = []
    for version in sorted(versions, key=lambda one: -one.number):
        whole = (version.since, version.until or date.max)
        pieces = [whole] if whole[0] <= whole[1] else []
        for other in taken:
            pieces = [piece for one in pieces for piece in _without(one, other)]
        spans[version.number] = sorted(pieces)
        taken.append(whole)
    return spans


def _without(span: Span, other: Span) -> list[Span]:
    """What of a span lies outside another."""
    (first, last), (begin, end) = span, other
    if end < first or last < begin or begin > end:
        return [span]
    left = [(first, begin - timedelta(days=1))] if first < begin else []
    return left + ([(end + timedelta(days=1), last)] if end < last else [])


def present_version(versions: Sequence[PolicyVersion], today: date) -> PolicyVersion:
    """The version that judges today, else the newest. versions: of one rule, newest first."""
    for version in versions:
        if version.since <= today and (version.until is None or today <= version.until):
            return version
    return versions[0]


def told_versions(versions: Sequence[PolicyVersion], today: date) -> list[ToldVersion]:
    """One rule's versions, newest first, with made_by and verified_by read along."""
    spans, told = valid_spans(versions), []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        own = spans[version.number]
        told.append(
            ToldVersion(
                version,
                [(None if a == ALWAYS else a, None if b == date.max else b) for a, b in own],
                any(a <= today <= b for a, b in own),
                changes_between(before, version) if before else [],
                settings_of(version),
            )
        )
    return told


def settings_of(version: PolicyVersion) -> list[Setting]:
    """All of a version's settings in words."""
    told = [Setting(label_of(name), value_in_words(version, name), None) for name in SHOWN]
    return told + spec_of(version)


def spec_of(version: PolicyVersion) -> list[Setting]:
    """What an organization's own words look for, in words; nothing for a rule of the library."""
    return [
        Setting(str(label), spec_in_words(version.spec, key), None)
        for key, label in SPEC_LABELS.items()
        if version.spec
    ]


def changes_between(before: PolicyVersion, after: PolicyVersion) -> list[Setting]:
    """The settings in which two versions differ."""
    changed = [
        Setting(label_of(name), value_in_words(after, name), value_in_words(before, name))
        for name in SHOWN
        if getattr(before, name) != getattr(after, name)
    ]
    return changed + [
        Setting(str(label), spec_in_words(after.spec, key), spec_in_words(before.spec, key))
        for key, label in SPEC_LABELS.items()
        if before.spec.get(key) != after.spec.get(key)
    ]


def label_of(name: str) -> str:
    return str(LABELS.get(name) or PolicyVersion._meta.get_field(name).verbose_name)


def value_in_words(version: PolicyVersion, name: str) -> str:
    """One setting's value as people say it."""
    value = getattr(version, name)
    if name == "platforms":
        return ", ".join(str(Platform(one).label) for one in value) or gettext("all platforms")
    if name == "kinds":
        return ", ".join(str(KINDS.get(kind, kind)) for kind in value) or gettext("all")
    if name == "countries":
        return ", ".join(value) or gettext("all")
    if name == "level":
        return str(LEVELS.get(value, value))
    if name in ("points", "money"):
        return gettext("not filled in") if value is None else figure(value)
    if name == "consequence":
        return consequence_of(version) or "–"
    if name == "verified_on":
        return _verified(version)
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    return str(value) or "–"


def _verified(version: PolicyVersion) -> str:
    if version.verified_on is None:
        return gettext("unverified")
    who = version.verified_by.name if version.verified_by else ""
    return gettext("verified on %(day)s %(who)s") % {"day": version.verified_on, "who": who}


def spec_in_words(spec: dict, key: str) -> str:
    value = spec.get(key)
    if key == "speaker":
        return str(SPEAKERS.get(value, "–"))
    if key == "certainty":
        return str(CERTAINTIES.get(value, "–"))
    if key == "in_remarks":
        return gettext("on") if value else gettext("off")
    return " · ".join(value or ()) or "–"


def figure(value) -> str:
    """6.0 as 6, 0.5 as 0.5, 50.00 as 50."""
    return f"{value.normalize():f}"


def consequence_of(version: PolicyVersion) -> str:
    """What follows a breach, in the reader's language where the library says it."""
    text = version.consequence
    return gettext(text) if text and version.rule.from_library else text


def wordings_of(version: PolicyVersion) -> list[str]:
    """The safe wordings of a version; a blank line parts them."""
    return [part.strip() for part in version.wording.replace("\r\n", "\n").split("\n\n") if part.strip()]
