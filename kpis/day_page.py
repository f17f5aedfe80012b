"""One agent's business day down to its facts: chats, orders and response rounds, store by store."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from kpis import wording
from kpis.explain import REASONS, DayFacts, day_facts
from stores.models import Store

# A round that took longer is marked.
SLOW_SECONDS = 180
# A busy day has a thousand rounds, whose lines take longer to write than everything else of the page.
LINES = 50


@dataclass(frozen=True)
class StoreDay:
    """One store's facts as the page lists them: lines of ready words, since a day has hundreds.

    counts: of all facts, whether listed or not. cut: {section: how many facts it has} of those not listed in full.
    """

    store: Store
    sessions: list[dict]
    orders: list[dict]
    rounds: list[dict]
    counts: dict[str, int]
    cut: dict[str, int]


def store_days(slug: str, stores: list[Store], agent_id: int, day: date, whole: str = "") -> list[StoreDay]:
    """The day in every store in which the agent did anything, the first LINES of each section.

    whole: the section to list in full, as `rounds-` and the store's id.
    """
    facts = day_facts(stores, agent_id, day)
    by_store: dict[int, DayFacts] = defaultdict(lambda: DayFacts([], [], [], []))
    for part in DayFacts._fields:
        for row in getattr(facts, part):
            getattr(by_store[row.store_id], part).append(row)
    return [
        _told(slug, store, by_store[store.pk], whole)
        for store in stores
        if by_store[store.pk].sessions or by_store[store.pk].orders or by_store[store.pk].rounds
    ]


def _told(slug: str, store: Store, facts: DayFacts, whole: str) -> StoreDay:
    counts = {
        "sessions": len(facts.sessions),
        "received": len({s.buyer_id for s in facts.sessions if s.served_at}),
        "inquiries": len(facts.inquiries),
        "converted": sum(inquiry.converted_final for inquiry in facts.inquiries),
        "orders": len(facts.orders),
        "answered": sum(r.seconds is not None for r in facts.rounds),
        "unanswered": sum(r.seconds is None for r in facts.rounds),
    }
    ordered = facts._replace(rounds=_slowest_first(facts.rounds))
    listed, cut = {}, {}
    for section in ("sessions", "orders", "rounds"):
        rows = getattr(ordered, section)
        listed[section] = rows if whole == f"{section}-{store.pk}" else rows[:LINES]
        if len(listed[section]) < len(rows):
            cut[section] = len(rows)
    shown = ordered._replace(**listed)
    return StoreDay(
        store, _sessions(store, shown), _orders(slug, store, shown), _rounds(store, shown), counts, cut
    )


def _slowest_first(rounds: list) -> list:
    """Never answered ones first, then the slowest."""
    return sorted(rounds, key=lambda r: (r.seconds is not None, -(r.seconds or 0)))


def _sessions(store: Store, facts: DayFacts) -> list[dict]:
    # The first inquiry session of a buyer stands for the inquiry: it is counted once a day.
    results = {
        (inquiry.buyer_id, inquiry.started_at): "converted" if inquiry.converted_final else "lost"
        for inquiry in facts.inquiries
    }
    kinds = _kinds()
    return [
        {
            "start": wording.instant_text(s.started_at, store.time_zone),
            "end": wording.instant_text(s.ended_at, store.time_zone)[-5:],
            "buyer": s.buyer_name,
            "what": kinds[_kind(s)],
            "result": results.get((s.buyer_id, s.started_at), ""),
            "in_messages": wording.count_text(s.in_messages),
            "replies": wording.count_text(s.human_replies),
            "rounds": wording.count_text(s.rounds),
            "seat": s.seat_name,
        }
        for s in facts.sessions
    ]


def _orders(slug: str, store: Store, facts: DayFacts) -> list[dict]:
    return [
        {
            "order_id": fact.order_number,
            "href": reverse("order_why", args=[slug, store.code, fact.order_number]),
            "buyer": fact.buyer_name or wording.UNKNOWN,
            "paid": wording.instant_text(fact.order_paid_at, store.time_zone),
            "amount": wording.money_text(fact.amount, store.currency, exact=True),
            "refunded": fact.refunded,
            "items": wording.count_text(fact.items),
            "why": gettext(REASONS[fact.reason]),
        }
        for fact in facts.orders
    ]


def _rounds(store: Store, facts: DayFacts) -> list[dict]:
    never = pgettext("answered", "never")
    return [
        {
            "asked": wording.instant_text(r.started_at, store.time_zone, seconds=True),
            "is_first": r.is_first,
            "buyer": r.buyer_name,
            "slow": r.seconds is None or r.seconds > SLOW_SECONDS,
            "after": never if r.seconds is None else wording.seconds_text(r.seconds),
            "seat": r.seat_name,
        }
        for r in facts.rounds
    ]


def _kinds() -> dict[str, str]:
    """What kind of contact a session was, in words."""
    return {
        "unanswered": gettext("not answered"),
        "silent": gettext("no word from the buyer"),
        "opened": gettext("opened by the agent"),
        "after_sale": gettext("after-sale"),
        "inquiry": gettext("inquiry"),
    }


def _kind(session) -> str:
    if session.served_at is None:
        return "unanswered" if session.in_messages else "silent"
    if session.agent_opened and not session.is_inquiry:
        return "opened"
    return "after_sale" if session.after_sale else "inquiry"
