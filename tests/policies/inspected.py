"""Rules and looks for tests of the inspection. Each opens the organization's scope itself."""

from datetime import date, timedelta

from policies.detection.detector import Certainty, Detector, Match
from policies.detection.phrases import checked_spec
from policies.inspecting import Counts, inspect_store
from policies.inspection_models import ChatWarning, Violation
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import new_version
from stores.models import Change, ChangeCursor, Store
from team.notice_models import Notice
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.make import at

NOW = at("2026-11-02 12:00:00")
FRESH = NOW - timedelta(days=3)
ALWAYS = date(2020, 1, 1)


def make_rule(organization: Organization, code: str, *phrases: str, **values) -> PolicyRule:
    """A rule of chats in use since ALWAYS. phrases, or detector=…; spec fields asked, speaker …; values of a version."""
    named = {
        name: values.pop(name)
        for name in ("asked", "speaker", "in_remarks", "certainty", "except_")
        if name in values
    }
    detector = values.pop("detector", "phrases")
    if phrases:
        named["except"] = named.pop("except_", [])
        values["spec"] = checked_spec({"phrases": list(phrases), **named})
    with organization_scope(organization.pk):
        rule = PolicyRule.objects.create(
            organization=organization, code=code, title=code, reads="chat", detector=detector, made_at=NOW
        )
        new_version(rule, values.pop("since", ALWAYS), user=None, now=NOW, **values)
    return rule


def change_rule(rule: PolicyRule, since: date = ALWAYS, **values) -> PolicyVersion:
    """A new version; a rule's phrases by phrases=[…]."""
    if "phrases" in values:
        values["spec"] = checked_spec({"phrases": values.pop("phrases")})
    with organization_scope(rule.organization_id):
        return new_version(rule, since, user=None, now=NOW, **values)


def inspect(store: Store, now=NOW, fresh_since=FRESH) -> Counts:
    """Look until the log is read to its end: a transaction that still runs holds lines back."""
    total = inspect_store(store, now, fresh_since)
    for _attempt in range(300):
        with organization_scope(store.organization_id):
            place = ChangeCursor.objects.get(store=store, reader="policies").transaction_no
            if not Change.objects.filter(store=store, transaction_no__gte=place).exists():
                return total
        total += inspect_store(store, now, fresh_since)
    raise AssertionError("the change log is not read to its end")


def violations(store: Store, *states: str) -> list[Violation]:
    """By their time; of these states, FOUND if none is named."""
    with organization_scope(store.organization_id):
        found = Violation.objects.filter(store=store, state__in=states or ["found"])
        return list(found.select_related("rule", "buyer").order_by("said_at", "source_key", "rule__code"))


def told(store: Store, *states: str) -> list[tuple]:
    """(source key, rule, buyer's name, agent, day, reason, start, end) of the violations."""
    return [
        (
            v.source_key,
            v.rule.code,
            v.buyer and v.buyer.name,
            v.agent_id,
            str(v.day),
            v.reason,
            v.start,
            v.end,
        )
        for v in violations(store, *states)
    ]


def warnings(store: Store) -> list[ChatWarning]:
    with organization_scope(store.organization_id):
        return list(
            ChatWarning.objects.filter(store=store).select_related("buyer").order_by("asked_at", "pk")
        )


def notices(store: Store) -> list[Notice]:
    with organization_scope(store.organization_id):
        return list(Notice.objects.select_related("user").order_by("pk"))


def _seen(before) -> str:
    """Every line a detector may look back at, in one word."""
    return "".join(line.folded.squeezed[:1] + "io"[not line.by_buyer] for line in before)


def _find(said, before, asked, shop):
    """Hangs on every line before it and on how long ago the question was: what a window cut wrongly would change."""
    ago = asked.ago if asked else 0
    return Match(
        0,
        1,
        f"{ago} {_seen(before)}"[:50],
        Certainty.SURE if "x" in said.folded.squeezed else Certainty.LIKELY,
    )


def _asks(said, before, shop):
    return Match(0, 1, "asks", Certainty.LIKELY) if _seen(before).count("q") % 2 else None


# Every line wakes it; what it says of one hangs on as many lines before as a detector may see.
HAIRY = Detector("hairy", _find, frozenset({"x", "y"}), {}, asks=_asks, question_triggers=frozenset({"q"}))
