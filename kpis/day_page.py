"""One agent's business day down to its facts: chats, orders and response rounds, store by store."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from kpis.explain import REASONS, DayFacts, day_facts
from kpis.models import AgentDay, ChatSession, Inquiry, OrderFact, Round
from stores.models import Store


@dataclass(frozen=True)
class StoreDay:
    """One store's facts as the page lists them."""

    store: Store
    sessions: list[dict]
    orders: list[dict]
    rounds: list[Round]
    counts: dict[str, int]


def store_days(slug: str, stores: list[Store], agent_id: int, day: date) -> list[StoreDay]:
    """The day in every store in which the agent did anything."""
    told = []
    # A row exists wherever any figure of the day is not zero: other stores need not be asked.
    days = AgentDay.objects.filter(agent_id=agent_id, day=day)
    active = set(days.values_list("store_id", flat=True))
    for store in stores:
        if store.pk not in active:
            continue
        facts = day_facts(store, agent_id, day)
        if facts.sessions or facts.orders or facts.rounds:
            told.append(_told(slug, store, facts))
    return told


def _told(slug: str, store: Store, facts: DayFacts) -> StoreDay:
    inquiries = {inquiry.buyer_id: inquiry for inquiry in facts.inquiries}
    # The first inquiry session of a buyer stands for the inquiry: it is counted once a day.
    firsts = {(inquiry.buyer_id, inquiry.started_at) for inquiry in facts.inquiries}
    counts = {
        "sessions": len(facts.sessions),
        "received": len({s.buyer_id for s in facts.sessions if s.served_at}),
        "inquiries": len(facts.inquiries),
        "converted": sum(inquiry.converted_final for inquiry in facts.inquiries),
        "orders": len(facts.orders),
        "answered": sum(r.seconds is not None for r in facts.rounds),
        "unanswered": sum(r.seconds is None for r in facts.rounds),
    }
    sessions = [
        {"session": s, "what": _what(s), "result": _result(s, inquiries.get(s.buyer_id), firsts)}
        for s in facts.sessions
    ]
    orders = [
        {"fact": fact, "why": gettext(REASONS[fact.reason]), "href": order_address(slug, store, fact)}
        for fact in facts.orders
    ]
    rounds = sorted(facts.rounds, key=lambda r: (r.seconds is not None, -(r.seconds or 0)))
    return StoreDay(store, sessions, orders, rounds, counts)


def order_address(slug: str, store: Store, fact: OrderFact) -> str:
    return reverse("order_why", args=[slug, store.code, fact.order.order_id])


def _what(session: ChatSession) -> str:
    """What kind of contact a session was, in words."""
    if session.served_at is None:
        return gettext("not answered") if session.in_messages else gettext("no word from the buyer")
    if session.agent_opened and not session.is_inquiry:
        return gettext("opened by the agent")
    if session.after_sale:
        return gettext("after-sale")
    return gettext("inquiry")


def _result(session: ChatSession, inquiry: Inquiry | None, firsts: set) -> str:
    """Either "converted", "lost" or "" (no inquiry, or one already counted by an earlier session of the day)."""
    if inquiry is None or (session.buyer_id, session.started_at) not in firsts:
        return ""
    return "converted" if inquiry.converted_final else "lost"
