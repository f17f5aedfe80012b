"""What the filter bar asks for: read from the address, checked, and limited to what the member may see."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpis.figures import Query, first_days
from kpis.periods import COMPARISONS, PRESETS, Period, compared_period, preset_period
from policies.models import Judgement
from stores.models import Store
from team.models import Agent, Group, Position, PositionKind
from team.seats import agents_open_to
from tenants.permissions import allowed

LONGEST_DAYS = 800
# An agent no row belongs to: an empty tuple would read as "no filter" further on.
NOBODY = -2
DEFAULT_PRESET, DEFAULT_COMPARISON = "month", "previous"


class FilterForm(forms.Form):
    """The address' parameters. Unknown stores or agents are refused, not ignored."""

    period = forms.ChoiceField(choices=list(PRESETS.items()), required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    store = forms.MultipleChoiceField(required=False)
    agent = forms.MultipleChoiceField(required=False)
    position = forms.ChoiceField(choices=[("", ""), *PositionKind.choices], required=False)
    group = forms.ChoiceField(required=False)
    compare = forms.ChoiceField(choices=list(COMPARISONS.items()), required=False)
    rule = forms.ChoiceField(choices=[("", ""), *Judgement.choices], required=False)

    def __init__(self, data, stores: list[Store], agents: list[Agent], groups: list[Group]):
        super().__init__(data)
        self.fields["store"].choices = [(store.code, store.name) for store in stores]
        self.fields["agent"].choices = [(str(agent.pk), agent.name) for agent in agents]
        self.fields["group"].choices = [("", ""), *((str(group.pk), group.name) for group in groups)]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("since", _("The period begins after it ends."))
        if since and until and (until - since).days >= LONGEST_DAYS:
            self.add_error("since", _("A period has at most %(days)s days.") % {"days": LONGEST_DAYS})
        if cleaned.get("period") == "custom" and not (since and until) and not self.errors:
            self.add_error("since", _("Give the first and the last day."))
        return cleaned


@dataclass(frozen=True)
class Filters:
    """A checked filter bar. stores: those chosen, or all open to the member; empty only if none is open.

    compared_with: the period asked to be compared with. agent_ids None: no filter by agent. errors: what was wrong in the address; the default stands in for it.
    """

    period: Period
    preset: str
    comparison: str
    compared_with: Period | None
    stores: list[Store]
    store_choices: list[Store]
    chosen_codes: frozenset[str]
    agent_ids: tuple[int, ...] | None
    agent_choices: list[Agent]
    people: list[Agent]
    chosen_agents: frozenset[int]
    group_choices: list[Group]
    group: str
    position: str
    judgement: str | None
    errors: list[str] = field(default_factory=list)

    def query(self, period: Period | None = None, agent_ids: tuple[int, ...] | None = None) -> Query:
        """The figures asked for. Raises ValueError where the member may see no store."""
        if not self.stores:
            raise ValueError("no store is open to this member")
        period = period or self.period
        stores = tuple(store.pk for store in self.stores)
        return Query(period.since, period.until, stores, agent_ids or self.agent_ids, self.judgement)

    @cached_property
    def data_began(self) -> date | None:
        """The first day on which all chosen stores have figures; None before there are any."""
        return max(first_days(self.query()).values(), default=None) if self.stores else None

    @property
    def compared(self) -> Period | None:
        """`compared_with`, unless figures begin inside it: sums of a part of it would tell of a rise that is none."""
        with_period = self.compared_with
        if with_period is None or self.data_began is None or self.data_began > with_period.since:
            return None
        return with_period

    def ranks(self) -> dict[int, int]:
        """{agent id: rank by id}: what a person's colour is chosen by, so that it is the same all over."""
        return {pk: rank for rank, pk in enumerate(sorted(agent.pk for agent in self.people))}


def today_of(stores: list[Store]) -> date:
    """The business day it is now in the first of `stores`; the server's day where there is none."""
    return stores[0].business_day(timezone.now()) if stores else timezone.localdate()


def read_filters(request) -> Filters:
    """The request's filter bar. An agent is limited to their own figures, whatever the address says."""
    stores = list(Store.objects.open_to(request.membership))
    agents, groups = list(agents_open_to(request.membership)), list(Group.objects.all())
    form = FilterForm(request.GET, stores, agents, groups)
    form.is_valid()
    cleaned = form.cleaned_data
    preset, period = _period(cleaned, bool(form.errors), today_of(stores))
    codes = frozenset(cleaned.get("store") or ())
    chosen_agents = frozenset(int(pk) for pk in cleaned.get("agent") or ())
    position, group = cleaned.get("position") or "", cleaned.get("group") or ""
    comparison = cleaned.get("compare") or DEFAULT_COMPARISON
    own = not allowed(request.membership, "see_all_figures")
    agent_ids = (
        (request.membership.agent_id or NOBODY,)
        if own
        else _agent_ids(chosen_agents, position, group, period)
    )
    return Filters(
        period, preset, comparison, compared_period(period, comparison),
        [store for store in stores if not codes or store.code in codes], stores, codes,
        agent_ids, [] if own else agents, agents, chosen_agents, [] if own else groups, group, position,
        cleaned.get("rule") or None, [message for messages in form.errors.values() for message in messages],
    )  # fmt: skip


def _period(cleaned: dict, wrong: bool, today: date) -> tuple[str, Period]:
    since, until = cleaned.get("since"), cleaned.get("until")
    preset = cleaned.get("period") or ("custom" if since and until else DEFAULT_PRESET)
    if preset == "custom":
        if since and until and not wrong:
            return preset, Period(since, until)
        preset = DEFAULT_PRESET
    return preset, preset_period(preset, today)


def _agent_ids(chosen: frozenset[int], position: str, group: str, period: Period) -> tuple[int, ...] | None:
    """Those chosen by name who also held the position and belonged to the group some day of the period."""
    if not position and not group:
        return tuple(sorted(chosen)) or None
    held = Position.objects.filter(since__lte=period.until).exclude(until__lt=period.since)
    if position:
        held = held.filter(
            kind__in={position, PositionKind.BOTH} if position != PositionKind.BOTH else {position}
        )
    if group:
        held = held.filter(group_id=int(group))
    ids = set(held.values_list("agent_id", flat=True))
    return tuple(sorted(ids & chosen if chosen else ids)) or (NOBODY,)


def days_of(period: Period) -> list[date]:
    return [period.since + timedelta(days=offset) for offset in range(period.days)]
