"""The list of promises: open ones by due time, proposed ones with what was written around them, settled ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from desk.lines import clock, minutes_text
from desk.promise_context import Line, contexts_of, words_of
from desk.promise_forms import AcceptForm, PromiseFilters, wall
from desk.promise_rates import due_between
from kpis.exports import Sheet, wall_clock
from orders.models import Order
from orders.promise_patterns import promises_in, words_at
from orders.promises import default_due, facts_say, orders_of
from orders.service_models import Promise, PromiseProposal, PromiseState, ProposalState
from stores.models import Store
from team.seats import agents_open_to
from tenants.masking import masked_text
from tenants.models import Membership, Role

ROWS_PER_PAGE = 50
PROPOSED_PER_PAGE = 20
LONGEST_FILE = 20_000
TABS = {
    "open": _("To keep"),
    "proposed": _("Proposed"),
    "settled": _("Settled"),
    "loose": _("Broken, nothing linked"),
}


def promises_open_to(membership: Membership) -> QuerySet[Promise]:
    """The promises of the stores this member may see: whoever is on shift answers the buyer."""
    return Promise.objects.filter(store__in=Store.objects.open_to(membership))


def proposals_open_to(membership: Membership) -> QuerySet[PromiseProposal]:
    found = PromiseProposal.objects.filter(store__in=Store.objects.open_to(membership))
    return found.filter(state=ProposalState.PROPOSED)


@dataclass(frozen=True)
class Row:
    """One promise in words. due: the store's wall clock; late, left: how long it is overdue or has left, "" if not so.

    suggested: what the facts say became of it, a state's label.
    """

    promise: Promise
    kind: str
    text: str
    who: str
    due: str
    late: str
    left: str
    state: str
    settled: str
    suggested: str
    order_address: str


@dataclass(frozen=True)
class Proposed:
    """One proposal in words. quoted: the words that seem a promise; unsaid: the due time is the default."""

    proposal: PromiseProposal
    kind: str
    who: str
    said: str
    quoted: str
    lines: list[Line]
    form: AcceptForm
    due: str
    unsaid: bool
    sure: bool
    orders: list[str]


class PromiseList:
    """Everything the page shows; the same number of statements however many rows."""

    def __init__(self, request, now: datetime):
        self.request, self.membership, self.now = request, request.membership, now
        self.stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
        self.names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
        self.leads = request.membership.role != Role.AGENT
        self.tabs = {key: name for key, name in TABS.items() if key != "loose" or self.leads}
        self.show = request.GET.get("show") if request.GET.get("show") in self.tabs else "open"
        self.filters = PromiseFilters(request.GET, list(self.stores.values()), self.names)

    def _narrowed(self, found: QuerySet) -> QuerySet:
        if code := self.filters.asked("store"):
            found = found.filter(store_id=next(pk for pk, store in self.stores.items() if store.code == code))
        if agent := self.filters.asked("agent"):
            found = found.filter(agent_id=int(agent))
        if kind := self.filters.asked("kind"):
            found = found.filter(kind=kind)
        return found

    def promises(self) -> QuerySet[Promise]:
        """The chosen promises: open ones by due time, settled ones latest first."""
        found = self._narrowed(promises_open_to(self.membership)).select_related("buyer", "settled_by")
        since, until = self.filters.asked("since"), self.filters.asked("until")
        if since or until:
            found = found.filter(due_between(self.stores.values(), since, until))
        if self.show == "open":
            return found.filter(state=PromiseState.OPEN).order_by("due_at", "pk")
        found = found.exclude(state=PromiseState.OPEN).order_by("-settled_at", "-pk")
        if self.show == "loose":
            return found.filter(state=PromiseState.BROKEN, refund_id=None, complaint_id=None)
        state = self.filters.asked("state")
        return found.filter(state=state) if state else found

    def context(self) -> dict:
        """The context of desk/promise_list.html."""
        number = self.request.GET.get("page")
        context = {
            "show": self.show, "tabs": self.tabs, "filters": self.filters, "counts": self._counts(), "leads": self.leads,
        }  # fmt: skip
        if self.show == "proposed":
            found = self._narrowed(proposals_open_to(self.membership)).select_related("buyer")
            page = Paginator(found.order_by("-said_at", "-pk"), PROPOSED_PER_PAGE).get_page(number)
            return context | {"page": page, "proposed": self.proposed(list(page.object_list))}
        page = Paginator(self.promises(), ROWS_PER_PAGE).get_page(number)
        return context | {"page": page, "rows": self.rows(list(page.object_list))}

    def _counts(self) -> dict[str, int]:
        """How many the tabs hold, whatever the filters say, and how many are overdue; two statements."""
        counts = promises_open_to(self.membership).aggregate(
            open=Count("pk", filter=Q(state=PromiseState.OPEN)),
            overdue=Count("pk", filter=Q(state=PromiseState.OPEN, due_at__lt=self.now)),
            loose=Count("pk", filter=Q(state=PromiseState.BROKEN, refund_id=None, complaint_id=None)),
        )
        return counts | {"proposed": proposals_open_to(self.membership).count()}

    def rows(self, promises: list[Promise]) -> list[Row]:
        orders = orders_of([one for one in promises if one.state == PromiseState.OPEN])
        return [self._row(one, orders.get((one.store_id, one.order_id))) for one in promises]

    def _row(self, promise: Promise, order: Order | None) -> Row:
        promise.store = store = self.stores[promise.store_id]
        is_open = promise.state == PromiseState.OPEN
        late = self.now - promise.due_at
        suggested = facts_say(promise, order, self.now) if is_open else ""
        return Row(
            promise, promise.get_kind_display(), masked_text(promise.decrypted("text") or ""),
            self.names.get(promise.agent_id, ""), clock(promise.due_at, store.time_zone, self.now),
            minutes_text(late) if is_open and late >= timedelta(minutes=1) else "",
            minutes_text(-late) if is_open and late < timedelta(0) else "",
            promise.get_state_display(),
            clock(promise.settled_at, store.time_zone, self.now) if promise.settled_at else "",
            PromiseState(suggested).label if suggested else "", order_address(self.request, promise),
        )  # fmt: skip

    def proposed(self, proposals: list[PromiseProposal]) -> list[Proposed]:
        contexts = contexts_of(proposals)
        latest = latest_orders(proposals)
        return [
            self._proposed(one, contexts[one.pk], latest.get((one.store_id, one.buyer_id), []))
            for one in proposals
        ]

    def _proposed(self, proposal: PromiseProposal, lines: list[Line], orders: list[Order]) -> Proposed:
        proposal.store = store = self.stores[proposal.store_id]
        words = words_of(lines)
        found = next((one for one in promises_in(words) if one.kind == proposal.kind), None)
        about = next((order for order in orders if order.order_id == proposal.order_id), None)
        due_at = proposal.due_at or default_due(proposal.kind, proposal.said_at, about)
        initial = {
            "due_at": wall(due_at, store.time_zone),
            "agent": proposal.agent_id,
            "order_id": proposal.order_id or "",
        }
        form = AcceptForm(
            zone=store.time_zone, names=self.names, initial=initial, auto_id=f"p{proposal.pk}-%s"
        )
        quoted = masked_text(words_at(words, found.start, found.end) if found else words)
        return Proposed(
            proposal, proposal.get_kind_display(), self.names.get(proposal.agent_id, ""),
            clock(proposal.said_at, store.time_zone, self.now), quoted, lines, form,
            clock(due_at, store.time_zone, self.now), proposal.due_at is None, bool(found and found.certain >= 0.7),
            [order.order_id for order in orders],
        )  # fmt: skip

    def sheet(self) -> Sheet:
        """The chosen promises as a file, times on the stores' clocks, what was said masked."""
        titles = [
            _("Kind"), _("What was promised"), _("Store"), _("Buyer"), _("Order"), _("Who answers for it"), _("Promised"),
            _("Due"), _("State"), _("Settled"), _("Refund"), _("Complaint"), _("Platform points"),
        ]  # fmt: skip
        lines = []
        for row in self.rows(list(self.promises()[:LONGEST_FILE])):
            one, zone = row.promise, row.promise.store.time_zone
            lines.append([
                row.kind, row.text, one.store.code, one.buyer.name if one.buyer else "", one.order_id or "", row.who,
                wall_clock(one.promised_at, zone), wall_clock(one.due_at, zone), row.state,
                wall_clock(one.settled_at, zone), one.refund_id or "", one.complaint_id, one.points,
            ])  # fmt: skip
        return Sheet([str(title) for title in titles], lines)


def latest_orders(proposals: list[PromiseProposal]) -> dict[tuple[int, int], list[Order]]:
    """{(store, buyer): their latest five orders, newest first} of the proposals' buyers; one statement."""
    buyers = {(one.store_id, one.buyer_id) for one in proposals if one.buyer_id}
    if not buyers:
        return {}
    ranked = Order.objects.raw(
        "SELECT o.* FROM unnest(%s::integer[], %s::integer[]) AS k(store_id, buyer_id) CROSS JOIN LATERAL ("
        " SELECT * FROM orders_order o WHERE o.store_id = k.store_id AND o.buyer_id = k.buyer_id"
        " ORDER BY o.created_at DESC NULLS LAST LIMIT 5) AS o",
        [[store for store, _buyer in buyers], [buyer for _store, buyer in buyers]],
    )
    found: dict[tuple[int, int], list[Order]] = {}
    for order in ranked:
        found.setdefault((order.store_id, order.buyer_id), []).append(order)
    return found


def order_address(request, promise: Promise) -> str:
    """The page of the promise's order, "" for none."""
    if not promise.order_id:
        return ""
    return reverse("order_page", args=[request.organization.slug, promise.store.code, promise.order_id])
