"""Versions of rules: what the library brings, how one is made, which one judges an event (docs/policies.md)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from policies.attribution_rules import ALWAYS
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from stores.models import Store
from tenants.models import User

# What a version says; the rest is who made it, when and why.
VALUES = (
    "until",
    "enabled",
    "platforms",
    "kinds",
    "countries",
    "spec",
    "level",
    "grave",
    "points",
    "money",
    "takes_credit",
    "consequence",
    "wording",
    "source",
    "verified_on",
    "verified_by_id",
)
# Changing one of these asks for a new look at the sources: the version is unverified until somebody says so.
FIGURES = ("points", "money", "takes_credit", "source")


@dataclass(frozen=True)
class Entry:
    """One rule of the library. title, consequence: msgids (gettext_noop); wording: Simplified Chinese, as sent to buyers.

    points, money: None where no source states them. verified_on: the day a source with an official address was read;
    None: unverified. edition: raised by one whenever an entry changes.
    """

    code: str
    title: str
    reads: str
    detector: str = ""
    edition: int = 1
    since: date = ALWAYS
    platforms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    enabled: bool = True
    level: int = 2
    grave: bool = False
    points: Decimal | None = None
    money: Decimal | None = None
    takes_credit: bool = False
    consequence: str = ""
    wording: str = ""
    source: str = ""
    verified_on: date | None = None

    @property
    def values(self) -> dict:
        told = {
            name: getattr(self, name, None)
            for name in VALUES
            if name not in ("until", "verified_by_id", "spec")
        }
        lists = {name: list(told[name]) for name in ("platforms", "kinds", "countries")}
        return told | lists | {"until": None, "spec": {}, "verified_by_id": None}


def in_words(rule: PolicyRule) -> str:
    """A rule's title in the reader's language."""
    return gettext(rule.title) if rule.from_library else rule.title


@transaction.atomic
def ensure_library(organization_id: int, entries: Iterable[Entry], now: datetime) -> int:
    """Bring what the library has and the scope's organization has not; how many versions were made.

    An entry of a newer edition becomes a version of its own, unless a person has written the newest one: their word holds.
    """
    entries = list(entries)
    newest = {
        rule.code: rule.edition or 0 for rule in PolicyRule.objects.annotate(edition=Max("versions__edition"))
    }
    missing = [entry for entry in entries if newest.get(entry.code, -1) < entry.edition]
    if not missing:
        return 0
    rules = [
        PolicyRule(
            organization_id=organization_id,
            code=entry.code,
            title=entry.title,
            reads=entry.reads,
            detector=entry.detector,
            from_library=True,
            made_at=now,
        )
        for entry in missing
    ]
    PolicyRule.objects.bulk_create(rules, ignore_conflicts=True)
    named = PolicyRule.objects.filter(code__in={entry.code for entry in missing}).order_by("pk")
    # Two at once take turns; violations that name a rule may come meanwhile.
    locked = {rule.code: rule for rule in named.select_for_update(no_key=True)}
    versions = PolicyVersion.objects.filter(rule__in=locked.values()).order_by("number")
    last = {version.rule_id: version for version in versions}
    made = []
    for entry in missing:
        rule = locked[entry.code]
        before = last.get(rule.pk)
        if before is None or (before.edition is not None and before.edition < entry.edition):
            made.append(
                PolicyVersion(
                    organization_id=organization_id,
                    rule=rule,
                    number=before.number + 1 if before else 1,
                    since=entry.since,
                    edition=entry.edition,
                    made_at=now,
                    **entry.values,
                )
            )
    return len(PolicyVersion.objects.bulk_create(made))


@transaction.atomic
def new_version(
    rule: PolicyRule, since: date, *, user: User | None, now: datetime, reason: str = "", **values
) -> PolicyVersion:
    """A rule as it is from business day `since` on; what is not named stays as in the newest version.

    values: of VALUES. A change of FIGURES takes the verification away unless it is given anew. The caller writes the
    audit trail and has the chats that it can affect inspected again (policies/inspection_runs.py).
    Raises ValidationError for a value out of range, TypeError for an unknown name.
    """
    if unknown := set(values) - set(VALUES):
        raise TypeError(f"no value of a rule: {', '.join(sorted(unknown))}")
    # As above; an inspection that waited here would be waited for by inspection_runs.start_again.
    PolicyRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    last = rule.versions.order_by("-number").first()
    kept = {name: getattr(last, name) for name in VALUES} if last else {}
    if "verified_on" not in values and any(
        values.get(name, kept.get(name)) != kept.get(name) for name in FIGURES
    ):
        values |= {"verified_on": None, "verified_by_id": None}
    version = PolicyVersion(
        organization_id=rule.organization_id,
        rule=rule,
        number=last.number + 1 if last else 1,
        since=since,
        reason=reason,
        made_by=user,
        made_at=now,
        **kept | values,
    )
    version.full_clean(exclude=["organization", "rule", "made_by", "verified_by", "verified_on", "edition"])
    version.save(force_insert=True)
    return version


def applies_to(version: PolicyVersion, store: Store) -> bool:
    """Whether a version is for this store."""
    return (
        (not version.platforms or store.platform in version.platforms)
        and (not version.kinds or store.kind in version.kinds)
        and (not version.countries or store.country in version.countries)
    )


class RuleBook:
    """Every version of the scope's rules, read once: which of them judge a store on a day."""

    def __init__(self, reads: Collection[str] = tuple(Reads)) -> None:
        """One statement. reads: which rules; of Reads."""
        versions = PolicyVersion.objects.filter(rule__reads__in=reads).select_related("rule")
        self.versions = list(versions.order_by("rule__code", "-number"))
        self._judging: dict[tuple, list[PolicyVersion]] = {}

    def judging(self, store: Store, day: date) -> list[PolicyVersion]:
        """The versions that judge what happened in a store on a business day, by rule code: of each rule the one with
        the highest number whose days hold it, if it is in use and for this store."""
        key = (store.platform, store.kind, store.country, day)
        if key not in self._judging:
            held: dict[int, PolicyVersion] = {}
            for version in self.versions:
                if version.since <= day and (version.until is None or day <= version.until):
                    held.setdefault(version.rule_id, version)
            self._judging[key] = [v for v in held.values() if v.enabled and applies_to(v, store)]
        return self._judging[key]

    def valid(self, rule_code: str, store: Store, day: date) -> PolicyVersion | None:
        """The version of one rule that judges a store on a day; None where none does."""
        return next((v for v in self.judging(store, day) if v.rule.code == rule_code), None)
