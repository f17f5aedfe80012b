"""What is to be done next about an order, soonest first, and what may be begun from its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from desk.lines import clock, minutes_text, tell
from desk.models import State
from desk.order_matters import Matters
from orders.models import Order, Status
from orders.remark_masks import RemarkMask
from orders.service_models import PromiseState
from tenants.models import Membership
from tenants.permissions import allowed

MINUTE = timedelta(minutes=1)
# Forms that begin something about the order: (address, permission, icon, words).
BEGINNINGS = (
    ("promise_new", "keep_promises", "promise", _("Promise")),
    ("case_new", "work_cases", "box", _("After-sales case")),
    ("complaint_new", "work_cases", "warning", _("Complaint")),
    ("concession_new", "ask_concessions", "percent", _("Concession")),
    ("feedback_new", "give_feedback", "line", _("Feedback")),
    ("call_new", "log_calls", "phone", _("Phone call")),
    ("follow_up_new", "work_follow_ups", "flag", _("Follow-up")),
)


@dataclass(frozen=True)
class Step:
    """One thing to do. due: the store's wall clock, left: how long until then or overdue since; "" where there is no time."""

    icon: str
    title: str
    text: str
    href: str
    due: str
    left: str
    overdue: bool


class NextSteps:
    """The steps of one order."""

    def __init__(self, slug: str, order: Order, matters: Matters, has_remark: bool, now: datetime):
        self.slug, self.order, self.store, self.now = slug, order, order.store, now
        self.matters, self.has_remark, self.mask = matters, has_remark, RemarkMask(order)

    def steps(self) -> list[Step]:
        """By due time, those without one last."""
        last = self.now + timedelta(days=36_500)
        return [step for _due, step in sorted(self._all(), key=lambda pair: pair[0] or last)]

    def _all(self) -> Iterator[tuple[datetime | None, Step]]:
        yield from self._of_the_order()
        for promise in self.matters.promises:
            if promise.state == PromiseState.OPEN:
                title = gettext("Promise: %(kind)s") % {"kind": promise.get_kind_display()}
                text = self.mask.text(promise.decrypted("text"))
                yield self._step("promise", title, text, "promise_detail", promise.pk, promise.due_at)
        for case in self.matters.cases:
            if case.closed_at is None:
                title = gettext("After-sales case: %(kind)s") % {"kind": case.get_kind_display()}
                yield self._step("box", title, "", "case_detail", case.pk, case.step_due_at)
        for complaint in self.matters.complaints:
            if complaint.closed_at is None:
                text = self.mask.text(complaint.decrypted("story"))
                yield self._step(
                    "warning", gettext("Complaint"), text, "complaint_detail", complaint.pk, complaint.due_at
                )
        for follow_up in self.matters.follow_ups:
            if follow_up.state == State.OPEN and follow_up.opens_at <= self.now:
                follow_up.store = self.store
                told = tell(follow_up, self.now)
                text = self.mask.text(told.text)
                yield self._step("flag", told.kind, text, "follow_up_detail", follow_up.pk, follow_up.due_at)

    def _of_the_order(self) -> Iterator[tuple[datetime | None, Step]]:
        order = self.order
        if order.status == Status.UNPAID:
            since = minutes_text(self.now - order.created_at) if order.created_at else ""
            text = gettext("for %(span)s") % {"span": since} if since else ""
            yield None, Step("money", gettext("Not paid"), text, "", "", "", False)
        elif order.status == Status.PAID:
            yield self._timed(
                order.promised_ship_at, Step("box", gettext("Not shipped"), "", "", "", "", False)
            )
            if not self.has_remark:
                step = Step("note", gettext("No remark is written"), "", "#remark", "", "", False)
                yield order.paid_at, step

    def _step(
        self, icon: str, title: str, text: str, address: str, pk: int, due_at: datetime | None
    ) -> tuple[datetime | None, Step]:
        href = reverse(address, args=[self.slug, pk])
        return self._timed(due_at, Step(icon, title, text, href, "", "", False))

    def _timed(self, due_at: datetime | None, step: Step) -> tuple[datetime | None, Step]:
        if due_at is None:
            return None, step
        late = self.now - due_at
        left = minutes_text(abs(late)) if abs(late) >= MINUTE else ""
        due = clock(due_at, self.store.time_zone, self.now)
        return due_at, Step(step.icon, step.title, step.text, step.href, due, left, late > timedelta(0))


def beginnings(slug: str, order: Order, membership: Membership) -> list[dict]:
    """[{href, icon, label}] of what the member may begin about the order."""
    asked = {"store": order.store.code, "order": order.order_id} | (
        {"buyer": order.buyer_id} if order.buyer_id else {}
    )
    return [
        {"href": f"{reverse(name, args=[slug])}?{urlencode(asked)}", "icon": icon, "label": gettext(label)}
        for name, permission, icon, label in BEGINNINGS
        if allowed(membership, permission)
    ]
