"""Which fines a member may see, how a list of them is chosen, and one of them in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.fine_words import facts_in_words
from policies.fines import next_month
from policies.penalty_models import Fine, FineState
from policies.rule_models import PolicyRule, Reads
from policies.rule_versions import in_words
from stores.forms import StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership, Role

# What an agent sees: proposals are not judged yet.
TOLD = (FineState.CONFIRMED, FineState.APPEALED, FineState.FINAL, FineState.LIFTED)
WAITING = (FineState.PROPOSED, FineState.SECOND, FineState.APPEALED)
SHOWN = {
    "waiting": (_("To decide"), WAITING),
    "told": (_("Told, may be appealed"), (FineState.CONFIRMED,)),
    "final": (pgettext_lazy("fine", "Final"), (FineState.FINAL,)),
    "lifted": (_("Lifted or dismissed"), (FineState.LIFTED, FineState.DISMISSED)),
    "all": (_("All"), tuple(FineState)),
}
OWN = ("told", "final", "lifted", "all")


def fines_open_to(membership: Membership) -> QuerySet[Fine]:
    """Fines of the member's stores; of an agent the own ones, once they are told."""
    found = Fine.objects.filter(store__in=Store.objects.open_to(membership)).select_related(
        "store", "rule", "version"
    )
    if membership.role == Role.AGENT:
        found = found.filter(agent_id=membership.agent_id or 0, state__in=TOLD)
    return found


def _month(label) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m", attrs={"type": "month"})
    return forms.DateField(label=label, required=False, input_formats=["%Y-%m"], widget=widget)


def of_payroll(month: date) -> Q:
    """Fines that policies.fines.deducted(month) is made of: final in it and not lifted in it, or given back in it."""
    after = next_month(month)
    final = Q(final_day__gte=month, final_day__lt=after) & ~Q(lifted_day__lt=after)
    return final | Q(lifted_day__gte=month, lifted_day__lt=after, final_day__lt=month)


class FineFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    show = forms.ChoiceField(choices=[(key, name) for key, (name, _states) in SHOWN.items()], required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code",
        empty_label=_("All stores"),
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("All agents")
    )
    rule = forms.ModelChoiceField(
        label=_("Rule"), queryset=PolicyRule.objects.none(), required=False, to_field_name="code",
        empty_label=_("All rules"),
    )  # fmt: skip
    month = _month(_("Month"))
    payroll = _month(_("Deducted in"))

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.membership = membership
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        self.fields["rule"].queryset = PolicyRule.objects.filter(pk__in=Fine.objects.values("rule")).order_by(
            "code"
        )
        self.fields["rule"].label_from_instance = in_words
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()
        first = "all" if membership.role == Role.AGENT else "waiting"
        self.show = self.cleaned_data.get("show") or first
        self.shown = OWN if membership.role == Role.AGENT else tuple(SHOWN)

    def chosen(self, found: QuerySet[Fine]) -> QuerySet[Fine]:
        """What waits by the day it happened, the rest latest first."""
        said = self.cleaned_data
        found = found.filter(state__in=SHOWN[self.show][1])
        if self.show == "all" and self.membership.role != Role.AGENT:
            found = found.exclude(state=FineState.LAPSED)
        for name in ("store", "rule"):
            if said.get(name):
                found = found.filter(**{name: said[name]})
        if said.get("agent") and self.membership.role != Role.AGENT:
            found = found.filter(agent_id=said["agent"].pk)
        if month := said.get("month"):
            found = found.filter(day__gte=month, day__lt=next_month(month))
        if month := said.get("payroll"):
            found = found.filter(of_payroll(month))
        return found.order_by("day", "pk") if self.show == "waiting" else found.order_by("-day", "-pk")


@dataclass(frozen=True)
class Row:
    """One fine in words. is_verified: its rule's figures were an owner's word when it was made."""

    fine: Fine
    agent: str
    rule: str
    state: str
    look: str
    facts: list[str]


LOOKS = {
    FineState.PROPOSED: "bg-blue-lt",
    FineState.SECOND: "bg-blue-lt",
    FineState.CONFIRMED: "bg-yellow-lt",
    FineState.APPEALED: "bg-yellow-lt",
    FineState.FINAL: "bg-red-lt",
}


def row_of(fine: Fine, agents: dict[int, str]) -> Row:
    """A fine with its store and rule. agents: {id: name}."""
    return Row(
        fine, agents.get(fine.agent_id, "–"), in_words(fine.rule), fine.get_state_display(),
        LOOKS.get(fine.state, "bg-secondary-lt"), facts_in_words(fine.facts),
    )  # fmt: skip


def agent_names() -> dict[int, str]:
    return dict(Agent.objects.values_list("pk", "name"))


def evidence_of(fine: Fine, slug: str) -> list[tuple[str, str]]:
    """[(what, address)]: where the facts behind a fine can be opened. One statement at most."""
    code, links = fine.store.code, []
    if fine.order_id:
        links.append((_("Order %(order)s") % {"order": fine.order_id}, ("order_page", code, fine.order_id)))
    if fine.buyer_id:
        links.append((_("The buyer and their chats"), ("buyer_card", code, fine.buyer_id)))
    if number := fine.facts.get("follow_up"):
        links.append((_("The follow-up"), ("follow_up_detail", number)))
    if review := fine.facts.get("review"):
        links.append((_("The review"), ("review_detail", code, review)))
    if fine.violation_id:
        links.append((_("The violation"), ("violation_detail", fine.violation_id)))
    if fine.rule.reads == Reads.FACTS:
        day = fine.day.isoformat()
        links.append((_("The agent’s figures of the day"), ("agent_day", fine.agent_id, day)))
        links.append((_("The agent’s attendance of the day"), ("attendance_day", fine.agent_id, day)))
    return [(str(text), reverse(name, args=[slug, *args])) for text, (name, *args) in links]


def rounds_of(fine: Fine, slug: str, stores: dict[int, Store]) -> list[dict]:
    """The slow answers a fine of a month counts: [{at, zone, store, address of the buyer}]."""
    rows = []
    for store_id, buyer_id, at in fine.facts.get("rounds", []):
        if store := stores.get(store_id):
            rows.append(
                {
                    "at": datetime.fromisoformat(at), "zone": store.time_zone, "store": store.name,
                    "address": reverse("buyer_card", args=[slug, store.code, buyer_id]),
                }
            )  # fmt: skip
    return rows


def month_asked(text: str, today: date) -> date:
    """The first day of a month given as 2026-11; of today's where the text is none."""
    try:
        year, month = (int(part) for part in text.split("-"))
        return date(year, month, 1)
    except ValueError:
        return today.replace(day=1)
