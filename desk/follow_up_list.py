"""The list of follow-ups with its filters and its file, and how many there are of each kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.detectors import DETECTORS
from desk.follow_ups import offered_to
from desk.lines import clock
from desk.models import FollowUp, State
from kpis import wording
from kpis.exports import Sheet, wall_clock
from stores.forms import StyledForm
from stores.models import Store
from team.groups import GroupFilter
from team.models import Agent
from team.seats import agents_open_to
from tenants.models import Membership, Role

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
RECENT = timedelta(days=7)  # how far back the overview counts what was closed
SHOWN = {
    "open": _("Open"),
    "overdue": _("Overdue"),
    "pool": _("In the pool"),
    "closed": _("Closed"),
    "counted": _("Too old, only counted"),
}


def open_to(membership: Membership, now: datetime) -> QuerySet[FollowUp]:
    """The follow-ups a member may see: of their stores; an agent's own, those offered to them and the pools'."""
    found = FollowUp.objects.filter(store__in=Store.objects.open_to(membership))
    if membership.role != Role.AGENT:
        return found
    agent_id = membership.agent_id
    mine = Q(closed_by_id=membership.user_id)
    if agent_id:
        mine |= Q(agent_id=agent_id) | Q(pk__in=offered_to(agent_id, now).values("pk"))
    pool = Q(state=State.OPEN, offered_pool=False, offered_agent_id=None) & (
        Q(agent_id=None) | Q(free_at__lte=now)
    )
    return found.filter(mine | pool)


class FollowUpFilters(StyledForm):
    """What the address asks for; a wrong value falls back to the default."""

    show = forms.ChoiceField(label=_("State"), choices=list(SHOWN.items()), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    store = forms.ChoiceField(label=_("Store"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)

    def __init__(self, data, stores: list[Store], agents: list[Agent]):
        # A field that is left out or wrong shows what holds instead of it.
        super().__init__(data)
        self.fields["kind"].choices = [
            ("", _("All kinds")),
            *((name, gettext(detector.label)) for name, detector in DETECTORS.items()),
        ]
        self.fields["store"].choices = [("", _("All stores")), *((s.code, s.name) for s in stores)]
        self.fields["agent"].choices = [("", _("Everybody")), *((str(a.pk), a.name) for a in agents)]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name in self.data and self.data[name] not in dict(field.choices):
                self.data = self.data.copy()
                del self.data[name]


@dataclass(frozen=True)
class Row:
    """One line: the follow-up and the words about it."""

    follow_up: FollowUp
    kind: str
    text: str
    holder: str
    due: str
    overdue: str
    worth: str
    outcome: str
    closed: str


class FollowUpList:
    """Everything the page shows. Six statements and a count, however many rows."""

    def __init__(self, request, now: datetime):
        self.membership, self.now = request.membership, now
        self.stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
        agents = list(agents_open_to(request.membership))
        self.names = {agent.pk: agent.name for agent in agents}
        self.sees_all = request.membership.role != Role.AGENT
        self.form = FollowUpFilters(request.GET, list(self.stores.values()), agents if self.sees_all else [])
        self.form.is_valid()
        self.asked = self.form.cleaned_data
        self.group_filter = GroupFilter(request, self.sees_all)
        self.show = self.asked.get("show") or "open"
        self.page_number = request.GET.get("page")

    def _narrowed(self) -> QuerySet[FollowUp]:
        found = open_to(self.membership, self.now)
        if kind := self.asked.get("kind"):
            found = found.filter(kind=kind)
        if code := self.asked.get("store"):
            found = found.filter(store_id=next(pk for pk, store in self.stores.items() if store.code == code))
        if agent := self.asked.get("agent"):
            found = found.filter(agent_id=int(agent))
        if self.group_filter.chosen:
            today = timezone.localdate(self.now)
            found = found.filter(agent_id__in=self.group_filter.members(today, today))
        return found

    def rows_asked(self) -> QuerySet[FollowUp]:
        """The chosen follow-ups: open ones by due time, closed ones latest first."""
        found = self._narrowed()
        if self.show in ("closed", "counted"):
            order = "-closed_at" if self.show == "closed" else "-due_at"
            return found.filter(state=self.show).order_by(order, "-pk").select_related("buyer", "closed_by")
        found = found.filter(state=State.OPEN, opens_at__lte=self.now).order_by("due_at", "pk")
        if self.show == "overdue":
            found = found.filter(due_at__lt=self.now)
        elif self.show == "pool":
            free = Q(agent_id=None) | Q(free_at__lte=self.now)
            found = found.filter(free, offered_pool=False, offered_agent_id=None)
        return found.select_related("buyer", "closed_by")

    def overview(self) -> list[dict]:
        """[{kind, label, open, overdue, closed, counted}] of the stores, whatever kind is chosen. One statement."""
        now = self.now
        is_open = Q(state=State.OPEN, opens_at__lte=now)
        counts = (
            open_to(self.membership, now)
            .order_by()
            .values("kind")
            .annotate(
                open=Count("pk", filter=is_open),
                overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
                closed=Count("pk", filter=Q(state=State.CLOSED, closed_at__gt=now - RECENT)),
                counted=Count("pk", filter=Q(state=State.COUNTED)),
            )
        )
        by_kind = {row["kind"]: row for row in counts}
        return [
            {**by_kind[name], "label": gettext(detector.label)}
            for name, detector in DETECTORS.items()
            if name in by_kind
        ]

    def row(self, follow_up: FollowUp) -> Row:
        detector = DETECTORS[follow_up.kind]
        store = self.stores[follow_up.store_id]
        late = self.now - follow_up.due_at
        shows_late = follow_up.state == State.OPEN and late >= timedelta(minutes=1)
        return Row(
            follow_up,
            gettext(detector.label),
            follow_up.decrypted("text") or detector.describe(follow_up),
            self._holder(follow_up),
            clock(follow_up.due_at, store.time_zone, self.now),
            wording.span_text(late) if shows_late else "",
            wording.money_text(follow_up.worth, store.currency) if follow_up.worth else "",
            detector.outcome_label(follow_up.outcome) if follow_up.outcome else "",
            clock(follow_up.closed_at, store.time_zone, self.now) if follow_up.closed_at else "",
        )

    def _holder(self, follow_up: FollowUp) -> str:
        if follow_up.state == State.CLOSED:
            return follow_up.closed_by.name if follow_up.closed_by else gettext("by the facts")
        if follow_up.offered_pool or follow_up.offered_agent_id:
            to = self.names.get(follow_up.offered_agent_id) or gettext("the next shift")
            return gettext("offered to %(name)s") % {"name": to}
        free = follow_up.free_at and follow_up.free_at <= self.now
        if follow_up.agent_id and not free:
            return self.names.get(follow_up.agent_id, str(follow_up.agent_id))
        return gettext("pool")

    def context(self) -> dict:
        """The context of desk/follow_up_list.html."""
        page = Paginator(self.rows_asked(), ROWS_PER_PAGE).get_page(self.page_number)
        for follow_up in page.object_list:
            follow_up.store = self.stores[follow_up.store_id]
        return {
            "page": page,
            "rows": [self.row(follow_up) for follow_up in page.object_list],
            "overview": self.overview(),
            "form": self.form,
            "show": self.show,
            "shown": SHOWN,
            "sees_all": self.sees_all,
            "group_filter": self.group_filter,
        }

    def sheet(self) -> Sheet:
        """All chosen rows as a file, times on the store's clocks."""
        titles = [
            gettext("Kind"), gettext("What"), gettext("Store"), gettext("Buyer"), gettext("Order"), gettext("With"),
            gettext("Opens"), gettext("Due"), gettext("Worth"), gettext("currency"), gettext("State"), gettext("Outcome"),
            gettext("Closed at"), gettext("Payment credited to"),
        ]  # fmt: skip
        return Sheet(titles, [self._cells(self.row(f)) for f in self.rows_asked()[:LONGEST_FILE]])

    def _cells(self, row: Row) -> list:
        found = row.follow_up
        store = self.stores[found.store_id]
        wall = partial(wall_clock, zone=store.time_zone)
        return [
            row.kind, row.text, store.code, found.buyer.name if found.buyer else "", found.order_id or "", row.holder,
            wall(found.opens_at), wall(found.due_at), found.worth, store.currency, str(found.get_state_display()),
            row.outcome, wall(found.closed_at), self.names.get(found.credited_agent_id, ""),
        ]  # fmt: skip
