"""Everything we know of one buyer of one store, for one member to see (R37). A fixed number of statements."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum, Window
from django.utils.translation import gettext, gettext_noop

from conversations.models import Message
from conversations.phone_calls import calls_open_to, with_texts
from desk.buyer_classes import Bought, Rules, bought_by, rules_on
from desk.detectors import DETECTORS
from desk.follow_up_list import open_to
from desk.lines import tell
from desk.models import State
from kpis.models import UNASSIGNED, ChatSession
from orders.buyer_links import linked_to
from orders.buyers import cards_of
from orders.complaint_models import Complaint, ReviewHandling
from orders.dossiers import lines_of
from orders.models import Order, Review, Status
from orders.remark_models import About
from orders.service_models import Case, Promise
from orders.trade_models import BuyerClass, Concession
from policies.risk_rulings import HAPPENED as RISK_HAPPENED
from policies.risk_scores import hints_of
from stores.models import Buyer, Store
from team.models import Agent
from tenants.models import Membership, Role

MOST_ORDERS, MOST_LINES, MOST_WORDS, MOST_REVIEWED = 20, 10, 30, 200
# A line of the buyer's dossier in words.
HAPPENED = {
    "class_set": gettext_noop("class set by hand: %(before)s → %(after)s"),
    "card_written": gettext_noop("card written: %(fields)s"),
    "noted": gettext_noop("noted"),
    "linked": gettext_noop("said to be the same person as %(other)s"),
    "told_apart": gettext_noop("said not to be the same person as %(other)s"),
    "link_undone": gettext_noop("decision about %(other)s taken back"),
}
FIELDS = {"preferences": gettext_noop("Preferences"), "treatment": gettext_noop("How to serve them")}
BY_RULE = gettext_noop("by the rules")


@dataclass(frozen=True)
class Standing:
    """A buyer's class. by_hand: over what the rules say. treatment: of the class, then of this buyer."""

    name: str
    by_hand: bool
    by_rule: str
    bought: Bought
    class_treatment: str
    treatment: str
    preferences: str

    @property
    def label(self) -> str:
        return BuyerClass(self.name).label

    @property
    def rule_label(self) -> str:
        return BuyerClass(self.by_rule).label


def standing_of(store: Store, buyer: Buyer, now: datetime) -> Standing:
    """Class, treatment and preferences of a buyer; three statements."""
    rules = rules_on([store], now)
    return _standing(store, buyer, rules[store.pk], bought_by({store: [buyer.pk]}, rules, now)[buyer.pk])


def _standing(store: Store, buyer: Buyer, rules: Rules, bought: Bought) -> Standing:
    card = cards_of(store, [buyer.pk]).get(buyer.pk)
    name = (card and card.class_by_hand) or bought.by_rule
    return Standing(
        name, bool(card and card.class_by_hand), bought.by_rule, bought, rules[name].treatment,
        (card and card.decrypted("treatment")) or "", (card and card.decrypted("preferences")) or "",
    )  # fmt: skip


@dataclass(frozen=True)
class Linked:
    """Another buyer said to be the same person, in a store one may see."""

    buyer: Buyer
    store: Store
    bought: Bought
    label: str


class BuyerCardPage:
    """The card as `membership` may see it: what a permission shows agents of their own only is narrowed so."""

    def __init__(self, membership: Membership, stores: list[Store], buyer: Buyer, now: datetime):
        self.membership, self.buyer, self.now = membership, buyer, now
        self.stores = {store.pk: store for store in stores}
        self.store = store = self.stores[buyer.store_id]
        self.of = {"store": store, "buyer": buyer}

    def context(self) -> dict:
        """The context of desk/buyer_card.html."""
        # The same person elsewhere is asked for together with this buyer.
        others = [buyer for buyer in linked_to(self.buyer.pk) if buyer.store_id in self.stores]
        by_store: dict[Store, list[int]] = {self.store: [self.buyer.pk]}
        for buyer in others:
            by_store.setdefault(buyer.store, []).append(buyer.pk)
        rules = rules_on(by_store, self.now)
        found = bought_by(by_store, rules, self.now)
        bought = found[self.buyer.pk]
        standing = _standing(self.store, self.buyer, rules[self.store.pk], bought)
        return {
            "store": self.store, "buyer": self.buyer, "standing": standing, "bought": bought,
            "refund_share": Decimal(bought.refunded_orders) / bought.orders if bought.orders else None,
            **self.orders(), "chats": self.chats(),
            "calls": with_texts(calls_open_to(self.membership).filter(**self.of)[:MOST_LINES]),
            "matters": self.matters(), "promises": self.promises(), "cases": self.cases(),
            "complaints": list(Complaint.objects.filter(**self.of).order_by("-opened_at")[:MOST_LINES]),
            "reviews": self.reviews(), "concessions": self.concessions(), "linked": [
                Linked(one, one.store, found[one.pk], BuyerClass(found[one.pk].by_rule).label) for one in others
            ],
            "risk": hints_of([self.buyer.pk], self.now).get(self.buyer.pk),
            "dossier": self.dossier({one.pk: f"{one.name} ({one.store.name})" for one in others}),
        }  # fmt: skip

    def orders(self) -> dict:
        """{orders, unpaid: {n, amount}}: the latest orders, each with `owner_name` (whose it is, "" for nobody's) and
        `refunded`; and all that were placed and not paid. One statement."""
        unpaid = Q(status=Status.UNPAID)
        found = Order.objects.filter(**self.of).select_related("fact").defer("raw")
        found = found.annotate(
            unpaid=Window(Count("pk", filter=unpaid)),
            unpaid_amount=Window(Sum("total_amount", filter=unpaid)),
            owner_name=_name_of("fact__owner_id"),
        )
        orders = list(found.order_by("-created_at", "-pk")[:MOST_ORDERS])
        for order in orders:
            fact = getattr(order, "fact", None)
            if fact and fact.owner_id == UNASSIGNED:
                order.owner_name = gettext("a seat nobody held")
            order.refunded = bool(fact and fact.refunded)
        first = orders[0] if orders else None
        told = {"n": first.unpaid, "amount": first.unpaid_amount} if first else {"n": 0, "amount": None}
        return {"orders": orders, "unpaid": told}

    def chats(self) -> list[dict]:
        """[{agent, sessions, messages, last_at}] who talked with them, latest first."""
        rows = (
            ChatSession.objects.filter(store=self.store, buyer=self.buyer)
            .order_by()
            .values("agent_id")
            .annotate(sessions=Count("started_at"), messages=Sum("in_messages"), last_at=Max("ended_at"))
            .annotate(agent=_name_of("agent_id"))
            .order_by("-last_at")[:MOST_LINES]
        )
        return [row | {"agent": row["agent"] or gettext("a seat nobody held")} for row in rows]

    def matters(self) -> list:
        """Their follow-ups that this member may see: open ones first, by due time."""
        found = open_to(self.membership, self.now).filter(**self.of).exclude(state=State.COUNTED)
        found = found.filter(Q(state=State.CLOSED) | Q(opens_at__lte=self.now)).order_by("-state", "-due_at")
        matters = []
        for follow_up in found[:MOST_LINES]:
            follow_up.store = self.store
            outcome = DETECTORS[follow_up.kind].outcome_label(follow_up.outcome) if follow_up.outcome else ""
            matters.append({"told": tell(follow_up, self.now), "outcome": outcome, "follow_up": follow_up})
        return matters

    def promises(self) -> list[Promise]:
        found = list(Promise.objects.filter(**self.of).order_by("-due_at")[:MOST_LINES])
        for promise in found:
            promise.words = promise.decrypted("text") or ""
            promise.late = promise.state == "open" and promise.due_at < self.now
        return found

    def cases(self) -> list[Case]:
        return list(Case.objects.filter(**self.of).order_by("-opened_at")[:MOST_LINES])

    def reviews(self) -> list[Review]:
        """Their latest reviews with `our_rating`: how we rated the buyer, 1–5 or None."""
        # Reviews are indexed by their orders, not by buyers.
        numbers = (
            Order.objects.filter(**self.of).order_by("-created_at", "-pk").values("order_id")[:MOST_REVIEWED]
        )
        handled = ReviewHandling.objects.filter(store=self.store, review_id=OuterRef("review_id"))
        found = Review.objects.filter(store=self.store, order_id__in=numbers)
        found = found.annotate(our_rating=Subquery(handled.values("buyer_rating")[:1]))
        return list(found.order_by("-created_at")[:MOST_LINES])

    def concessions(self) -> list[Concession]:
        found = Concession.objects.filter(**self.of)
        if self.membership.role == Role.AGENT:
            found = found.filter(agent_id=self.membership.agent_id or 0)
        return list(found.order_by("-asked_at")[:MOST_LINES])

    def dossier(self, names: dict[int, str]) -> list[dict]:
        """[{at, who, words, note}] what people did about this buyer, newest first. names: of linked buyers.

        What was decided of a risk, and why, is for those who may see risky buyers, on its own page.
        """
        told = lines_of(About.BUYER, [self.buyer.pk])[self.buyer.pk][::-1]
        lines = [line for line in told if line.what not in RISK_HAPPENED][:MOST_WORDS]
        return [
            {
                "at": line.at,
                "who": line.who,
                "note": line.note,
                "words": _in_words(line.what, line.details, names),
            }
            for line in lines
        ]


def _name_of(agent_id: str) -> Subquery:
    """The name of the person a column names, None for nobody."""
    return Subquery(Agent.objects.filter(pk=OuterRef(agent_id)).values("name")[:1])


def _in_words(what: str, details: dict, names: dict[int, str]) -> str:
    def label(name: str) -> str:
        return str(BuyerClass(name).label) if name else gettext(BY_RULE)

    if what not in HAPPENED:
        return what
    return gettext(HAPPENED[what]) % {
        "before": label(details.get("before", "")),
        "after": label(details.get("after", "")),
        "fields": ", ".join(gettext(FIELDS[name]) for name in details.get("fields", ()) if name in FIELDS),
        "other": names.get(details.get("other", 0)) or gettext("another buyer"),
    }


def latest_words(store: Store, buyer: Buyer) -> list[Message]:
    """The last messages with a buyer, oldest first; whoever shows them hides personal data in them."""
    found = Message.objects.filter(store=store, buyer=buyer).select_related("seat")
    return list(found.order_by("-sent_at", "-kind", "-message_id")[:MOST_WORDS])[::-1]
