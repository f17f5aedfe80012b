"""Which violations a member sees, and how the list's tabs and filters choose among them."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.inspection_models import Violation, ViolationState
from policies.rule_models import PolicyRule, Reads
from policies.rule_versions import in_words
from policies.violation_words import CERTAINTIES, Marked, reason_in_words, words_of
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership, Role
from tenants.permissions import allowed

# What somebody has judged and not dismissed: all that an agent sees of their own.
JUDGED = (
    ViolationState.CONFIRMED, ViolationState.APPEALED, ViolationState.FINAL, ViolationState.REVOKED,
)  # fmt: skip
OPEN = (ViolationState.FOUND, ViolationState.SECOND, ViolationState.APPEALED)
TABS = {
    "waiting": _("Waiting for me"),
    "notice": pgettext_lazy("violation", "Notices"),
    "appealed": pgettext_lazy("violations", "Appealed"),
    "confirmed": pgettext_lazy("violations", "Confirmed"),
    "dismissed": pgettext_lazy("violations", "Dismissed"),
    "all": _("All"),
}
OF_AGENTS = ("waiting", "appealed", "confirmed", "all")
STATES = {
    "notice": (ViolationState.NOTICE,),
    "appealed": (ViolationState.APPEALED,),
    "confirmed": (ViolationState.CONFIRMED, ViolationState.FINAL),
    "dismissed": (ViolationState.DISMISSED, ViolationState.REVOKED),
}
# No agent has this id.
NOBODY = -1


def violations_open_to(membership: Membership) -> QuerySet[Violation]:
    """Those of the member's stores; of an agent only their own, once somebody has confirmed them."""
    found = Violation.objects.filter(store__in=Store.objects.open_to(membership))
    if membership.role == Role.AGENT:
        found = found.filter(agent_id=membership.agent_id or NOBODY, state__in=JUDGED)
    return found.select_related("store", "rule", "version", "buyer")


def waiting_for(membership: Membership) -> Q:
    """What this member can do something about: judge, second or decide it; an agent appeal against it. For one who
    only watches, all that is open."""
    if membership.role == Role.AGENT:
        return Q(state=ViolationState.CONFIRMED)
    if not allowed(membership, "rule_violations"):
        return Q(state__in=OPEN)
    user = membership.user_id
    mine = Q(agent_id=membership.agent_id) if membership.agent_id else Q(pk__in=[])
    first = Q(state__in=(ViolationState.SECOND, ViolationState.APPEALED)) & (
        Q(confirmed_by=user) | Q(seconded_by=user, state=ViolationState.APPEALED)
    )
    return Q(state__in=OPEN) & ~mine & ~first


class ViolationFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    show = forms.ChoiceField(choices=list(TABS.items()), required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("Everybody")
    )
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    certainty = forms.TypedChoiceField(
        label=_("How sure"), required=False, coerce=int, empty_value=None,
        choices=[("", _("However sure")), (2, _("likely or sure")), (3, _("only sure"))],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *ViolationState.choices]
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.membership = membership
        self.is_agent = membership.role == Role.AGENT
        self.tabs = {key: name for key, name in TABS.items() if not self.is_agent or key in OF_AGENTS}
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        # Of rules that differ by platform one stands for all: the store says which it is.
        rules = list(PolicyRule.objects.order_by("code"))
        self.titles = {rule.title: in_words(rule) for rule in rules}
        named = sorted(self.titles.items(), key=lambda one: one[1])
        # A number of the rule library opens what this one has found.
        single = [
            (rule.code, f"{in_words(rule)} ({rule.code})") for rule in rules if rule.code == data.get("rule")
        ]
        self.fields["rule"].choices = [("", _("All rules")), *named, *single]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()
        asked = self.cleaned_data.get("show")
        self.show = asked if asked in self.tabs else "waiting"

    def chosen(self) -> QuerySet[Violation]:
        """The chosen ones, the latest first."""
        asked, found = self.cleaned_data, violations_open_to(self.membership)
        if self.show == "waiting":
            found = found.filter(waiting_for(self.membership))
        elif self.show in STATES:
            found = found.filter(state__in=STATES[self.show])
        elif asked.get("state"):
            found = found.filter(state=asked["state"])
        else:
            found = found.exclude(state=ViolationState.LAPSED)
        if asked.get("agent") and not self.is_agent:
            found = found.filter(agent_id=asked["agent"].pk)
        named = {
            "store": "store", "rule": self.rule_is, "certainty": "certainty__gte", "since": "day__gte", "until": "day__lte",
        }  # fmt: skip
        found = found.filter(**{place: asked[name] for name, place in named.items() if asked.get(name)})
        return found.order_by("-said_at", "-pk")

    @property
    def rule_is(self) -> str:
        """Of what the rule that is asked for is the value: what several rules are called, or the code of one."""
        return "rule__title" if self.cleaned_data.get("rule") in self.titles else "rule__code"

    @property
    def narrowed(self) -> bool:
        """Whether more is chosen than a tab."""
        return any(value for name, value in self.cleaned_data.items() if name != "show")

    def counts(self) -> dict[str, int]:
        """How many wait, and how many notices there are, whatever else is chosen. One statement."""
        return violations_open_to(self.membership).aggregate(
            waiting=Count("pk", filter=waiting_for(self.membership)),
            notice=Count("pk", filter=Q(state=ViolationState.NOTICE)),
        )


def neighbours(found: QuerySet[Violation], one: Violation) -> tuple[int | None, int | None]:
    """The ids before and after one in a list, whether it is still in it or not. Two statements."""
    before = found.filter(Q(said_at__gt=one.said_at) | Q(said_at=one.said_at, pk__gt=one.pk))
    after = found.filter(Q(said_at__lt=one.said_at) | Q(said_at=one.said_at, pk__lt=one.pk))
    return (
        before.order_by("said_at", "pk").values_list("pk", flat=True).first(),
        after.values_list("pk", flat=True).first(),
    )


@dataclass(frozen=True)
class ListLine:
    """One violation as lists show it. reason: of what facts tell. agent: "" for nobody's."""

    row: Violation
    rule: str
    words: Marked
    reason: str
    agent: str
    certainty: str
    points: Decimal | None
    money: Decimal | None


def list_line(row: Violation, names: dict[int, str]) -> ListLine:
    """names: {agent id: name}."""
    reason = reason_in_words(row.rule, row.reason) if row.rule.reads == Reads.FACTS else ""
    return ListLine(
        row, in_words(row.rule), words_of(row), reason, names.get(row.agent_id, ""),
        str(CERTAINTIES.get(row.certainty, "")), row.points, row.money,
    )  # fmt: skip
