"""Why an order is whose, in words, with the chats around it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from kpis import wording
from kpis.explain import REASONS, explain_order, timeline
from kpis.models import ChatSession, OrderFact
from orders.models import Order
from orders.personal import pass_for
from policies.models import FlagRule, Judgement, Ownership
from stores.models import Store
from tenants.permissions import allowed

MESSAGES = 200


def may_see_order(membership, store: Store, order: Order) -> bool:
    """Leads see every order of their stores; an agent those of buyers they chatted with, or that they own."""
    if allowed(membership, "see_all_orders"):
        return True
    if OrderFact.objects.filter(order=order, owner_id=membership.agent_id).exists():
        return True
    chats = ChatSession.objects.filter(store=store, buyer_id=order.buyer_id, agent_id=membership.agent_id)
    return order.buyer_id is not None and membership.agent_id is not None and chats.exists()


def personal_address(request, order: Order, store: Store) -> str:
    """Where the panel with the order's personal data is, for a member who may see the order."""
    address = reverse("order_personal", args=[request.organization.slug, store.code, order.order_id])
    return f"{address}?{urlencode({'pass': pass_for(request.membership, order)})}"


class OrderPage:
    """Everything the page shows. Raises Order.DoesNotExist."""

    def __init__(self, store: Store, order_id: str):
        self.store = store
        self.order = Order.objects.select_related("buyer").get(store=store, order_id=order_id)
        self.told = explain_order(store, order_id)

    def context(self) -> dict:
        """The context of kpis/order_why.html."""
        told = self.told
        winner = told.get("winning_session")
        return {
            "order": self.order,
            "store": self.store,
            "told": told,
            "owner": self.name(told["owner"]),
            "reason": gettext(REASONS[told["reason"]]),
            "sentences": self.sentences(),
            "judgements": self.judgements(),
            "winner": self._session(winner) if winner else None,
            "runners_up": [self._session(session) for session in told.get("runners_up", [])],
            "assists": [self.name(name) for name in told.get("assists", [])],
            "refunds": told.get("refunds", []),
            "events": self.events(winner),
        }

    def name(self, name: str | None) -> str:
        """A person's name; nobody and the seats nobody held in words."""
        if name is None:
            return gettext("nobody")
        return gettext("a seat nobody held") if name == "unassigned" else name

    def clock(self, instant: str | None) -> str:
        return (
            wording.instant_text(datetime.fromisoformat(instant), self.store.time_zone)
            if instant
            else wording.UNKNOWN
        )

    def _session(self, session: dict[str, Any]) -> dict[str, Any]:
        start, end = (datetime.fromisoformat(session[name]) for name in ("start", "end"))
        return session | {"start": start, "end": end, "name": self.name(session["agent"])}

    def judgements(self) -> list[dict[str, Any]]:
        """What each judgement rule alone would say, and which one is in force."""
        if not self.told["sale"]:
            return []
        in_force = self.told["rule"]["judgement"]
        owners = self.told["judgements"]
        return [
            {
                "name": choice.label,
                "owner": self.name(owners[choice.value]),
                "in_force": choice.value == in_force,
            }
            for choice in Judgement
        ]

    def sentences(self) -> list[str]:
        """The decision step by step, as a supervisor would tell it."""
        told = self.told
        if not told["sale"]:
            return [gettext("It is not paid, or was taken back: no sale, so nobody owns it.")]
        rule = told["rule"]
        said = [
            gettext(
                "Created %(created)s, paid %(paid)s, so rule v%(number)s applies: %(judgement)s, %(ownership)s, window %(days)s days."
            )
            % {
                "created": self.clock(told["created_at"]),
                "paid": self.clock(told["paid_at"]),
                "number": told["rule_version"],
                "judgement": Judgement(rule["judgement"]).label,
                "ownership": Ownership(rule["ownership"]).label,
                "days": rule["window_days"],
            }
        ]
        if told["reason"] == "ruling":
            return [*said, *self._ruling()]
        said += filter(None, [self._flag(), self._chase()])
        said.append(self._decision())
        return said

    def _ruling(self) -> list[str]:
        """Before everything else, so that flag and chaser need not be told."""
        ruling = self.told["ruling"]
        if ruling is None:
            return [gettext("A ruling was just lifted; the figures follow within a minute.")]
        values = {
            "by": ruling["by"] or "–",
            "at": self.clock(ruling["at"]),
            "owner": self.name(ruling["agent"]),
            "reason": ruling["reason"],
        }
        return [gettext("%(by)s ruled at %(at)s that it belongs to %(owner)s: %(reason)s") % values]

    def _flag(self) -> str:
        flag, rule = self.told["flag"], self.told["rule"]["flag_rule"]
        if not flag["flag"] or rule == FlagRule.IGNORED:
            return ""
        if rule == FlagRule.EXCLUDES:
            return (
                gettext("It carries flag %(flag)s; this store takes flagged orders out of everybody's sales.")
                % flag
            )
        if not flag["agent"]:
            return (
                gettext("It carries flag %(flag)s, but not whose it is, so the flag decides nothing.") % flag
            )
        values = {"agent": self.name(flag["agent"]), "flag": flag["flag"]}
        if flag["from_remark"]:
            return self._remark_flag(values)
        if flag["honoured"]:
            return (
                gettext("%(agent)s flagged it and had served the buyer in time: the flag decides.") % values
            )
        return (
            gettext("%(agent)s flagged it without having served the buyer in time: the flag does not hold.")
            % values
        )

    def _remark_flag(self, values: dict) -> str:
        if self.told["flag"]["honoured"]:
            return (
                gettext(
                    "Our remark says that %(agent)s flagged it, who had served the buyer in time: the flag decides."
                )
                % values
            )
        return (
            gettext(
                "Our remark says that %(agent)s flagged it, without having served the buyer in time: the flag does not hold."
            )
            % values
        )

    def _chase(self) -> str:
        chaser = self.told["chaser"]
        # Behind a flag the chase is not asked for.
        if not chaser or self.told["reason"] in ("flag", "flag_excluded"):
            return ""
        values = {"agent": self.name(chaser["agent"]), "at": self.clock(chaser["at"])}
        if chaser["won"]:
            return (
                gettext(
                    "It was unpaid for more than 24 hours; %(agent)s chased the payment at %(at)s and gets it."
                )
                % values
            )
        return (
            gettext(
                "%(agent)s chased the payment at %(at)s, but whoever led to the order was on line or is the same person."
            )
            % values
        )

    def _decision(self) -> str:
        reason, winner = self.told["reason"], self.told["winning_session"]
        if not winner:
            return gettext("Decided: %(owner)s — %(reason)s.") % {
                "owner": self.name(self.told["owner"]), "reason": gettext(REASONS[reason]),
            }  # fmt: skip
        event = self.told["created_at"] if reason == "order" else self.told["paid_at"]
        waited = datetime.fromisoformat(event) - datetime.fromisoformat(winner["end"])
        values = {
            "owner": self.name(winner["agent"]),
            "start": self.clock(winner["start"]),
            "end": self.clock(winner["end"]),
            "waited": wording.span_text(max(waited, timedelta(0))),
        }
        if waited <= timedelta(0):
            if reason == "order":
                return (
                    gettext("%(owner)s's chat of %(start)s – %(end)s was going on when it was created.")
                    % values
                )
            return gettext("%(owner)s's chat of %(start)s – %(end)s was going on when it was paid.") % values
        if reason == "order":
            return (
                gettext(
                    "%(owner)s's chat of %(start)s – %(end)s is the one that counts: it ended %(waited)s before creation."
                )
                % values
            )
        return (
            gettext(
                "%(owner)s's chat of %(start)s – %(end)s is the one that counts: it ended %(waited)s before payment."
            )
            % values
        )

    def events(self, winner: dict | None) -> list[dict[str, Any]]:
        """The timeline: messages (`won`: of the deciding chat) and what happened to the order."""
        words = {
            "created": gettext("Order created"),
            "paid": gettext("Order paid"),
            "shipped": gettext("Order shipped"),
            "completed": gettext("Order completed"),
            "closed": gettext("Order closed"),
            "refund": gettext("Refund completed"),
        }
        bounds = [datetime.fromisoformat(winner[name]) for name in ("start", "end")] if winner else []
        told, day = [], None
        for instant, what, subject in timeline(self.order, MESSAGES):
            today = self.store.business_day(instant)
            won = (
                bool(bounds)
                and what == "message"
                and bounds[0] <= instant <= bounds[1]
                and subject.seat.name == winner["seat"]
            )
            told.append(
                {"at": instant, "what": what, "words": words.get(what, ""), "message": subject if what == "message" else None,
                 "won": won, "new_day": today if today != day else None}
            )  # fmt: skip
            day = today
        return told
