"""Opening a figure down to its facts: a day's sessions, rounds and orders; why an order is somebody's."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext_noop as _

from conversations.models import Message
from kpis.figures import agent_names
from kpis.models import STORE, ChatSession, Inquiry, OrderFact, Round
from kpis.rulings import effective_ruling
from orders.models import Order, Refund
from orders.remark_models import Remark
from policies.models import AttributionRule
from stores.models import Store
from team.models import Seat

# Why an order is whose, in words; the codes are those of OrderFact.reason.
REASONS = {
    "ruling": _("a supervisor ruled so"),
    "flag": _("flagged by an agent who had served the buyer"),
    "flag_excluded": _("its flag takes it out of everybody's sales"),
    "chaser": _("unpaid for more than 24 hours; the agent who chased the payment"),
    "order": _("the agent whose chat led to the order"),
    "payment": _("the agent whose chat led to the payment"),
    "silent": _("no chat led to it: a silent sale"),
    "no_sale": _("not paid, or taken back: no sale"),
}


class DayFacts(NamedTuple):
    """What one agent's (or STORE's) figures of some stores and one business day are made of: named tuples, in which
    every foreign key is an id and `buyer_name`, `seat_name`, `order_number`, `order_paid_at` stand beside them."""

    sessions: list
    rounds: list
    inquiries: list
    orders: list


def day_facts(stores: Sequence[Store], agent_id: int, day: date) -> DayFacts:
    """Sessions and rounds by start, inquiries, and the orders owned (all of the stores' for STORE) by payment."""
    within: dict[str, Any] = {"store__in": [store.pk for store in stores]}
    mine = within | {"day": day} | ({} if agent_id == STORE else {"agent_id": agent_id})
    names = {"buyer_name": F("buyer__name"), "seat_name": F("seat__name")}
    owned = within | {"paid_day": day} | ({} if agent_id == STORE else {"owner_id": agent_id})
    bought = {
        "order_number": F("order__order_id"), "order_paid_at": F("order__paid_at"), "buyer_name": F("order__buyer__name"),
    }  # fmt: skip

    def rows(model, conditions: dict, beside: dict, order: str, *columns: str) -> list:
        found = model.objects.filter(**conditions).annotate(**beside).order_by(order)
        return list(found.values_list("store_id", *columns, *beside, named=True))

    return DayFacts(
        rows(
            ChatSession, mine, names, "started_at", "buyer_id", "started_at", "ended_at", "served_at", "in_messages",
            "human_replies", "rounds", "agent_opened", "after_sale", "is_inquiry",
        ),
        rows(Round, mine, names, "started_at", "started_at", "seconds", "is_first"),
        rows(Inquiry, within | {"day": day, "agent_id": agent_id}, {}, "started_at", "buyer_id", "started_at",
            "converted_final"),
        rows(OrderFact, owned, bought, "paid_at", "amount", "items", "refunded", "reason"),
    )  # fmt: skip


def explain_order(store: Store, order_id: str) -> dict[str, Any]:
    """Why an order is whose (docs/kpis.md §4), ready for JSON: instants ISO 8601 in UTC, amounts as text.

    Keys: store, order_id, sale, owner, reason, rule_version, rule, judgements {name: owner}, winning_session,
    runners_up (sessions that could have landed the order or its payment, best first), created_lander,
    paid_lander, ruling (None, or {number, agent, reason, by, at}), flag, chaser, assists, refunds. Raises
    Order.DoesNotExist.
    """
    order = Order.objects.select_related("buyer", "flag_seat").get(store=store, order_id=order_id)
    names = agent_names()
    fact = OrderFact.objects.select_related("rule").filter(order=order).first()
    told: dict[str, Any] = {
        "store": store.code,
        "order_id": order.order_id,
        "buyer": order.buyer and order.buyer.name,
        "status": order.status,
        "created_at": _iso(order.created_at),
        "paid_at": _iso(order.paid_at),
        "paid_amount": None if order.paid_amount is None else str(order.paid_amount),
        "currency": store.currency,
        "sale": fact is not None,
    }
    if fact is None:
        return told | {"owner": None, "reason": "no_sale"}
    sessions = _candidates(order, fact.rule)
    winner = _winner(fact)
    return told | {
        "owner": names.get(fact.owner_id),
        "reason": fact.reason,
        "rule_version": fact.rule.number,
        "rule": _rule(fact.rule),
        "judgements": {
            "order": names.get(fact.order_owner_id),
            "order_first": names.get(fact.order_first_owner_id),
            "payment": names.get(fact.payment_owner_id),
        },
        "winning_session": next((_session(s, names) for s in sessions if _key(s) == winner), None),
        "runners_up": [_session(s, names) for s in sessions if _key(s) != winner],
        "created_lander": names.get(fact.created_agent_id),
        "paid_lander": names.get(fact.paid_agent_id),
        "ruling": _ruling(order, names),
        "flag": {
            **_flag(order),
            "agent": names.get(fact.flag_agent_id),
            "honoured": fact.flag_honoured,
        },
        "chaser": _chaser(fact, names),
        "assists": [names.get(agent_id) for agent_id in fact.assist_ids],
        "refunds": [
            _refund(r) for r in Refund.objects.filter(store=store, order_id=order_id).order_by("refund_id")
        ],
    }


def _iso(instant: datetime | None) -> str | None:
    return instant and instant.isoformat()


def _rule(rule: AttributionRule) -> dict[str, Any]:
    return {
        "judgement": rule.judgement,
        "ownership": rule.ownership,
        "window_days": rule.window_days,
        "flag_rule": rule.flag_rule,
        "chaser": rule.chaser,
        "valid_from": None if rule.since == date.min else rule.since.isoformat(),
    }


def _ruling(order: Order, names: dict[int, str]) -> dict[str, Any] | None:
    ruling = effective_ruling(order.pk)
    if ruling is None:
        return None
    return {
        "number": ruling.number,
        "agent": names.get(ruling.agent_id),
        "reason": ruling.reason,
        "by": str(ruling.made_by) if ruling.made_by else "",
        "at": _iso(ruling.made_at),
    }


def _flag(order: Order) -> dict[str, Any]:
    """{flag, seat, from_remark}: our remark's word stands over the platform's. seat: the platform's, None where the
    remark names a person."""
    remark = Remark.objects.filter(store=order.store_id, order=order).order_by("-number").first()
    says_flag, says_who = remark and remark.flag is not None, remark and remark.agent_id is not None
    return {
        "flag": remark.flag if says_flag else order.flag,
        "seat": None if says_who or order.flag_seat is None else order.flag_seat.name,
        "from_remark": bool(says_flag or says_who),
    }


def _candidates(order: Order, rule: AttributionRule) -> list[ChatSession]:
    """Sessions with the buyer that cover, or ended within the window before, the creation or the payment."""
    instants = [t for t in (order.created_at, order.paid_at) if t]
    window = timedelta(days=rule.window_days)
    sessions = ChatSession.objects.filter(store=order.store_id, buyer=order.buyer_id).select_related("seat")
    near = [
        s
        for s in sessions
        if s.served_at and any(s.served_at <= t and t - s.ended_at <= window for t in instants)
    ]
    # As lander() orders them: stable sorts from the last tie-break to the first.
    near.sort(key=lambda s: s.seat.name)
    near.sort(
        key=lambda s: (s.rounds if rule.ownership == "rounds" else 0, s.ended_at, s.started_at), reverse=True
    )
    return near


def _winner(fact: OrderFact) -> tuple | None:
    by_creation = (fact.created_seat_id, fact.created_session_at)
    by_payment = (fact.paid_seat_id, fact.paid_session_at)
    return {"order": by_creation, "payment": by_payment}.get(fact.reason)


def _key(session: ChatSession) -> tuple:
    return (session.seat_id, session.started_at)


def _session(session: ChatSession, names: dict[int, str]) -> dict[str, Any]:
    return {
        "agent": names.get(session.agent_id),
        "seat": session.seat.name,
        "start": _iso(session.started_at),
        "end": _iso(session.ended_at),
        "served_at": _iso(session.served_at),
        "rounds": session.rounds,
        "in_messages": session.in_messages,
        "human_replies": session.human_replies,
    }


def _chaser(fact: OrderFact, names: dict[int, str]) -> dict[str, Any] | None:
    if fact.chase_at is None:
        return None
    seat = Seat.objects.get(pk=fact.chase_seat_id)
    agent = names.get(fact.chase_agent_id)
    return {"agent": agent, "seat": seat.name, "at": _iso(fact.chase_at), "won": fact.reason == "chaser"}


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": refund.refund_id,
        "kind": refund.kind,
        "status": refund.status,
        "amount": None if refund.amount is None else str(refund.amount),
        "reason": refund.reason,
        "completed_at": _iso(refund.completed_at),
    }


def timeline(order: Order, limit: int = 500) -> list[tuple[datetime, str, Any]]:
    """What happened around an order, oldest first: (instant, what, Message or None).

    what: "message", "created", "paid", "shipped", "completed", "closed", "refund". Messages of the buyer from
    16 days before creation (the longest window) to a day after payment; the last `limit` of them.
    """
    events: list[tuple[datetime, str, Any]] = [
        (instant, what, None)
        for what in ("created", "paid", "shipped", "completed", "closed")
        if (instant := getattr(order, f"{what}_at"))
    ]
    refunds = Refund.objects.filter(store=order.store_id, order_id=order.order_id, completed_at__isnull=False)
    events += [(refund.completed_at, "refund", refund) for refund in refunds]
    first, last = order.created_at or order.paid_at, order.paid_at or order.created_at
    if order.buyer_id and first and last:
        near = Message.objects.filter(
            store=order.store_id,
            buyer=order.buyer_id,
            sent_at__range=(first - timedelta(days=16), last + timedelta(days=1)),
        )
        latest = near.select_related("seat").order_by("-sent_at", "-kind", "-message_id")[:limit]
        events += [(message.sent_at, "message", message) for message in latest]
    return sorted(events, key=lambda event: (event[0], event[1] == "message"))
