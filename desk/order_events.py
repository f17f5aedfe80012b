"""The timeline of an order: everything that happened around it, in the reader's words, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from desk.detectors import DETECTORS
from desk.lines import outcome_words
from desk.models import FollowUp, State
from desk.order_facts import Fact
from desk.order_matters import Matters
from kpis import wording
from kpis.models import UNASSIGNED, ChatSession
from orders.cases import OUTCOMES as CASE_OUTCOMES
from orders.complaints import OUTCOMES as COMPLAINT_OUTCOMES
from orders.models import Order
from orders.remark_masks import RemarkMask
from orders.remark_models import Stage
from orders.service_models import PromiseState
from orders.trade_models import ConcessionState

MOST_SHOWN = 200
MOST_CHATS = 400  # newest sessions of the buyer that are looked at
# Chats that may have led to the order, and those about it.
BEFORE, AFTER = timedelta(days=16), timedelta(days=30)
_MOMENTS = {
    "created_at": ("order", _("Order placed")),
    "paid_at": ("money", _("Paid")),
    "shipped_at": ("box", _("Shipped")),
    "delivered_at": ("check", _("Delivered")),
    "completed_at": ("check", _("Completed")),
    "closed_at": ("close", _("Closed")),
}
_REFUNDS = {
    "refund_only": _("refund without return"),
    "return_refund": _("return and refund"),
    "exchange": _("exchange"),
    "repair": _("repair"),
}


@dataclass(frozen=True)
class Event:
    """One line. tone: "", "good" or "bad"; chat: address of its messages, where it is a chat; new_day: set on the first
    line of a business day."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    who: str = ""
    href: str = ""
    tone: str = ""
    chat: str = ""
    new_day: date | None = None


def window_of(order: Order) -> tuple[datetime, datetime] | None:
    """When chats of the buyer belong around the order; None where it has no time at all."""
    known = [instant for name in _MOMENTS if (instant := getattr(order, name))]
    return (min(known) - BEFORE, max(known) + AFTER) if known else None


def chats_of(order: Order) -> list[ChatSession]:
    """The buyer's sessions in the order's window, newest first. One statement."""
    window = window_of(order)
    if window is None or order.buyer_id is None:
        return []
    found = ChatSession.objects.filter(store=order.store_id, buyer=order.buyer_id, started_at__range=window)
    return list(found.select_related("seat").order_by("-started_at")[:MOST_CHATS])


class Timeline:
    """Makes the lines of one order. facts, matters, chats: as read; names: {agent_id: name}."""

    def __init__(
        self,
        slug: str,
        order: Order,
        names: dict[int, str],
        facts: list[Fact],
        matters: Matters,
        chats: list[ChatSession],
    ):
        self.slug, self.order, self.store, self.names = slug, order, order.store, names
        self.mask = RemarkMask(order)
        self.facts, self.matters, self.chats = facts, matters, chats

    def lines(self, before: datetime | None = None) -> tuple[list[Event], datetime | None]:
        """(the newest MOST_SHOWN lines before an instant, oldest first; the instant before which there are more)."""
        told = [event for event in self._all() if before is None or event.at < before]
        told.sort(key=lambda event: event.at)
        shown = told[-MOST_SHOWN:]
        day, lines = None, []
        for event in shown:
            today = self.store.business_day(event.at)
            lines.append(replace(event, new_day=today) if today != day else event)
            day = today
        return lines, shown[0].at if len(told) > len(shown) else None

    def _all(self) -> Iterator[Event]:
        yield from self._moments()
        yield from map(self._chat, self.chats)
        yield from map(self._fact, self.facts)
        yield from self._promises()
        yield from self._cases()
        yield from self._complaints()
        yield from self._concessions()
        yield from self._reviews()
        yield from self._calls()
        yield from self._follow_ups()

    def name(self, agent_id: int | None) -> str:
        """A person's name; "" for nobody."""
        if agent_id == UNASSIGNED:
            return gettext("a seat nobody held")
        return self.names.get(agent_id, "") if agent_id else ""

    def _money(self, amount) -> str:
        return wording.money_text(amount, self.store.currency, exact=True)

    def _moments(self) -> Iterator[Event]:
        order = self.order
        texts = {
            "paid_at": self._money(order.paid_amount) if order.paid_amount is not None else "",
            "shipped_at": " ".join(filter(None, (order.courier, order.tracking_no))),
            "closed_at": order.close_reason or "",
        }
        for name, (icon, title) in _MOMENTS.items():
            if instant := getattr(order, name):
                tone = {"closed_at": "bad", "delivered_at": "good"}.get(name, "")
                yield Event(instant, icon, gettext(title), texts.get(name, ""), tone=tone)

    def _chat(self, session: ChatSession) -> Event:
        said = ngettext("%(n)s message of the buyer", "%(n)s messages of the buyer", session.in_messages) % {
            "n": session.in_messages
        }
        answered = ngettext("%(n)s reply", "%(n)s replies", session.human_replies) % {
            "n": session.human_replies
        }
        address = reverse(
            "order_chat", args=[self.slug, self.store.code, session.seat_id, self.order.order_id]
        )
        asked = urlencode({"start": session.started_at.isoformat()})
        until = wording.instant_text(session.ended_at, self.store.time_zone)[-5:]
        return Event(
            session.started_at, "chat", gettext("Chat until %(until)s") % {"until": until}, f"{said} · {answered}",
            self.name(session.agent_id) or session.seat.name, chat="" if session.exported else f"{address}?{asked}",
        )  # fmt: skip

    def _fact(self, fact: Fact) -> Event:
        return getattr(self, f"_of_{fact.what}")(fact)

    def _of_remark(self, fact: Fact) -> Event:
        titles = {
            "written": gettext("Remark, version %(number)s"),
            "restored": gettext("Remark restored as version %(number)s"),
            "adopted": gettext("Remark taken over from the platform as version %(number)s"),
        }
        return Event(fact.at, "note", titles[fact.code] % {"number": fact.number}, "", fact.who, "#remark")

    def _of_production(self, fact: Fact) -> Event:
        text = gettext("by the remark's version %(number)s") % {"number": fact.number} if fact.number else ""
        tone = "bad" if fact.code == Stage.TAKEN_BACK else ""
        return Event(fact.at, "box", str(Stage(fact.code).label), text, fact.who, tone=tone)

    def _of_parcel(self, fact: Fact) -> Event:
        return Event(fact.at, "box", fact.code, fact.detail)

    def _of_refund_asked(self, fact: Fact) -> Event:
        return self._refund(fact, gettext("Refund asked: %(kind)s"), "bad")

    def _of_refund_done(self, fact: Fact) -> Event:
        return self._refund(fact, gettext("Refund completed: %(kind)s"), "bad")

    def _refund(self, fact: Fact, title: str, tone: str) -> Event:
        kind = gettext(_REFUNDS[fact.code]) if fact.code in _REFUNDS else fact.code
        amount = self._money(fact.amount) if fact.amount is not None else ""
        text = " · ".join(filter(None, (amount, self.mask.text(fact.detail))))
        return Event(fact.at, "money", title % {"kind": kind}, text, tone=tone)

    def _of_claim(self, fact: Fact) -> Event:
        owner = self.name(fact.number) or gettext("nobody")
        return Event(
            fact.at,
            "scales",
            gettext("Claimed for %(owner)s") % {"owner": owner},
            self.mask.text(fact.detail),
            fact.who,
        )

    def _of_ruling(self, fact: Fact) -> Event:
        titles = {
            "given": gettext("Ruled: belongs to %(owner)s")
            % {"owner": self.name(fact.number) or gettext("nobody")},
            "lifted": gettext("Ruling lifted: the rules decide again"),
            "refused": gettext("Claim refused"),
        }
        return Event(fact.at, "scales", titles[fact.code], self.mask.text(fact.detail), fact.who)

    def _promises(self) -> Iterator[Event]:
        tones = {PromiseState.KEPT: "good", PromiseState.BROKEN: "bad"}
        for promise in self.matters.promises:
            href = reverse("promise_detail", args=[self.slug, promise.pk])
            kind, who = str(promise.get_kind_display()), self.name(promise.agent_id)
            text = self.mask.text(promise.decrypted("text"))
            yield Event(
                promise.promised_at,
                "promise",
                gettext("Promised: %(kind)s") % {"kind": kind},
                text,
                who,
                href,
            )
            if promise.settled_at:
                title = gettext("Promise (%(kind)s): %(state)s") % {
                    "kind": kind,
                    "state": promise.get_state_display(),
                }
                yield Event(
                    promise.settled_at, "promise", title, who=str(promise.settled_by or ""), href=href,
                    tone=tones.get(promise.state, ""),
                )  # fmt: skip

    def _cases(self) -> Iterator[Event]:
        for case in self.matters.cases:
            href = reverse("case_detail", args=[self.slug, case.pk])
            kind = {"kind": case.get_kind_display()}
            title = gettext("After-sales case opened: %(kind)s") % kind
            yield Event(
                case.opened_at,
                "box",
                title,
                self.mask.text(case.decrypted("story")),
                self.name(case.agent_id),
                href,
                "bad",
            )
            if case.closed_at:
                outcome = CASE_OUTCOMES.get(case.outcome, case.outcome)
                title = gettext("After-sales case closed: %(kind)s") % kind
                yield Event(case.closed_at, "check", title, str(outcome), str(case.closed_by or ""), href)

    def _complaints(self) -> Iterator[Event]:
        for complaint in self.matters.complaints:
            href = reverse("complaint_detail", args=[self.slug, complaint.pk])
            text = self.mask.text(complaint.decrypted("story"))
            who = self.name(complaint.agent_id)
            yield Event(complaint.opened_at, "warning", gettext("Complaint"), text, who, href, "bad")
            if complaint.closed_at:
                outcome = COMPLAINT_OUTCOMES.get(complaint.outcome, complaint.outcome)
                closer = str(complaint.closed_by or "")
                yield Event(
                    complaint.closed_at, "check", gettext("Complaint closed"), str(outcome), closer, href
                )

    def _concessions(self) -> Iterator[Event]:
        for concession in self.matters.concessions:
            href = reverse("concession_detail", args=[self.slug, concession.pk])
            taken = self._money(concession.taken_off) if concession.taken_off is not None else ""
            text = " · ".join(filter(None, (taken, self.mask.text(concession.decrypted("text")))))
            kind = {"kind": concession.get_kind_display()}
            who = self.name(concession.agent_id)
            yield Event(
                concession.asked_at, "percent", gettext("Concession: %(kind)s") % kind, text, who, href
            )
            if concession.decided_at:
                state = {**kind, "state": concession.get_state_display()}
                tone = "bad" if concession.state == ConcessionState.REFUSED else ""
                yield Event(
                    concession.decided_at, "percent", gettext("Concession (%(kind)s): %(state)s") % state, "",
                    str(concession.decided_by or ""), href, tone,
                )  # fmt: skip

    def _reviews(self) -> Iterator[Event]:
        for review in self.matters.reviews:
            href = reverse("review_detail", args=[self.slug, self.store.code, review.review_id])
            if review.created_at:
                stars = "" if review.rating is None else gettext("%(n)s of 5") % {"n": review.rating}
                title = " ".join(filter(None, (gettext("Review"), stars)))
                tone = "" if review.rating is None or review.rating > 3 else "bad"
                yield Event(
                    review.created_at, "star", title, self.mask.text(review.text), href=href, tone=tone
                )
            if review.replied_at:
                yield Event(
                    review.replied_at,
                    "star",
                    gettext("Review answered"),
                    self.mask.text(review.reply),
                    href=href,
                )

    def _calls(self) -> Iterator[Event]:
        for call in self.matters.calls:
            title = gettext("The buyer called") if call.incoming else gettext("Buyer called by phone")
            text = " · ".join(filter(None, (call.about_shown, call.outcome_shown)))
            yield Event(call.called_at, "phone", title, text, call.agent.name)

    def _follow_ups(self) -> Iterator[Event]:
        for follow_up in self.matters.follow_ups:
            if follow_up.state == State.CLOSED and follow_up.closed_at:
                yield Event(
                    follow_up.closed_at, "flag", f"{label_of(follow_up)}: {outcome_words(follow_up)}",
                    self.mask.text(follow_up.decrypted("outcome_note")), str(follow_up.closed_by or gettext("by the facts")),
                    reverse("follow_up_detail", args=[self.slug, follow_up.pk]),
                )  # fmt: skip


def label_of(follow_up: FollowUp) -> str:
    """The name of a follow-up's kind."""
    detector = DETECTORS.get(follow_up.kind)
    return gettext(detector.label) if detector else follow_up.kind
