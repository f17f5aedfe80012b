"""The ledger of what buyers are given for cases and complaints, against limits and with approval (R32).

A case's procedure says what an agent and what a supervisor may give for it alone; nothing set means nothing for an agent
and no limit for a supervisor. What counts is the whole of a case, not each line. Beyond what was paid for the order only an
owner gives anything, and says why. Everything about one order happens under one lock, so two who decide at once
cannot pass a limit together. Repeats change nothing; ValueError says in words why something cannot be.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from orders.cases import SAME_CLICK, lock_subject
from orders.dossiers import happened
from orders.models import Order, Refund
from orders.remark_models import About
from orders.service_models import Case, Compensation, PaymentState
from stores.models import Store
from team.notices import notify, supervisors_of
from tenants.models import Membership, Role, User

KINDS = {
    "money": gettext_lazy("Money"),
    "coupon": gettext_lazy("Coupon"),
    "gift": gettext_lazy("Gift"),
    "resend": gettext_lazy("Sent anew"),
    "freight": gettext_lazy("Way back"),
}
GIVEN = (PaymentState.APPROVED, PaymentState.PAID)
UNLIMITED = None
NOTHING = Decimal(0)
LARGEST = Decimal("9999999999.99")


@transaction.atomic
def ask(
    store: Store,
    *,
    kind: str,
    amount: Decimal,
    user: User,
    role: str,
    now: datetime,
    case: Case | None = None,
    complaint_id: int | None = None,
    order_id: str | None = None,
    product_code: str = "",
    agent_id: int | None = None,
    note: str = "",
) -> Compensation:
    """Approved at once within the asker's limit, else waiting for who may approve it; they are told.

    case or complaint_id: what it is for; of a case order and product are the case's. amount: the store's currency;
    of goods, what they cost. Asking again for what the same person has just asked for (same kind and amount, the last
    ten seconds) is the first asking.
    """
    if case is None and complaint_id is None:
        raise ValueError(_("A compensation belongs to a case or a complaint."))
    if kind not in KINDS or not NOTHING < amount <= LARGEST:
        raise ValueError(_("Give an amount greater than 0."))
    if case:
        order_id, product_code = case.order_id, case.product_code
    _lock(store, order_id, case, complaint_id)
    if case:
        case = Case.objects.select_related("procedure").get(pk=case.pk)
        if case.closed_at:
            raise ValueError(_("The case is closed: open it again first."))
    lately = _asked_lately(case, complaint_id, kind, amount, user, now)
    if lately:
        return lately
    sums = _Sums(store, case, complaint_id, order_id, count_asked=True)
    beyond = sums.beyond_paid(amount)
    if beyond and not note.strip():
        raise ValueError(_("This is more than was paid for the order: say why."))
    alone = sums.within(role, amount)
    made = Compensation.objects.create(
        organization_id=store.organization_id, store=store, case=case, complaint_id=complaint_id, order_id=order_id,
        product_code=product_code, kind=kind, amount=amount, agent_id=agent_id, asked_by=user, asked_at=now,
        state=PaymentState.APPROVED if alone else PaymentState.ASKED,
        decided_by=user if alone else None, decided_at=now if alone else None,
    )  # fmt: skip
    _line(made, "compensation_asked", user, now, note, state=made.state, beyond=beyond)
    if not alone:
        _ask_approvers(made, sums, now)
    return made


@transaction.atomic
def decide(
    compensation: Compensation, approve: bool, *, user: User, role: str, now: datetime, note: str = ""
) -> bool:
    """Approved or refused (with a reason) by somebody else than who asked; what is approved and not paid may still be
    refused. False: it stands so already."""
    row = _locked(compensation)
    wanted = PaymentState.APPROVED if approve else PaymentState.REFUSED
    if row.state == wanted or (approve and row.state == PaymentState.PAID):
        return False
    if row.state in (PaymentState.PAID, PaymentState.REFUSED):
        raise ValueError(_("It was decided before."))
    if role not in (Role.OWNER, Role.SUPERVISOR):
        raise ValueError(_("Only a supervisor or owner decides on compensation."))
    if approve:
        _may_approve(row, user, role)
    elif not note.strip():
        raise ValueError(_("Say why it is refused."))
    row.state, row.decided_by, row.decided_at = wanted, user, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _line(row, "compensation_approved" if approve else "compensation_refused", user, now, note)
    if row.asked_by_id and row.asked_by_id != user.pk:
        text = (
            gettext_noop("%(store)s: a compensation you asked for was approved.")
            if approve
            else gettext_noop("%(store)s: a compensation you asked for was refused.")
        )
        _tell(row, [row.asked_by_id], row.state, text, now)
    return _told(compensation, row)


@transaction.atomic
def mark_paid(compensation: Compensation, *, user: User, now: datetime) -> bool:
    """The buyer has it. False: marked before. ValueError: it is not approved."""
    row = _locked(compensation)
    if row.state == PaymentState.PAID:
        return False
    if row.state != PaymentState.APPROVED:
        raise ValueError(_("Only what is approved can be paid."))
    row.state, row.paid_at = PaymentState.PAID, now
    row.save(update_fields=["state", "paid_at"])
    _line(row, "compensation_paid", user, now, "")
    return _told(compensation, row)


def limit_of(case: Case | None, role: str) -> Decimal | None:
    """What this role may give for the case alone, in the store's currency; None: no limit."""
    if role == Role.OWNER:
        return UNLIMITED
    if role == Role.SUPERVISOR:
        return case.procedure.supervisor_limit if case else UNLIMITED
    return (case.procedure.agent_limit if case else None) or NOTHING


def paid_for(store: Store, order_id: str | None) -> Decimal | None:
    """What the buyer paid for the order; its refunds where the order is not known; None where nothing says it."""
    if not order_id:
        return None
    paid = Order.objects.filter(store=store, order_id=order_id).values_list("paid_amount", flat=True).first()
    if paid is not None:
        return paid
    return Refund.objects.filter(store=store, order_id=order_id).aggregate(sum=Sum("amount"))["sum"]


class _Sums:
    """What is given so far for one case or complaint, and for its order. without: a line that is left out.

    count_asked: what waits for approval counts too.
    """

    def __init__(self, store, case, complaint_id, order_id, *, count_asked: bool, without: int = 0):
        states = [*GIVEN, PaymentState.ASKED] if count_asked else list(GIVEN)
        ledger = Compensation.objects.filter(store=store, state__in=states).exclude(pk=without)
        self.case = case
        about = ledger.filter(case=case) if case else ledger.filter(complaint_id=complaint_id)
        self.matter = _sum(about)
        self.order = _sum(ledger.filter(order_id=order_id)) if order_id else NOTHING
        self.paid = paid_for(store, order_id)

    def beyond_paid(self, amount: Decimal) -> bool:
        return self.paid is not None and self.order + amount > self.paid

    def within(self, role: str, amount: Decimal) -> bool:
        """Whether this role may give so much more."""
        if role == Role.OWNER:
            return True
        limit = limit_of(self.case, role)
        return not self.beyond_paid(amount) and (limit is UNLIMITED or self.matter + amount <= limit)


def _may_approve(row: Compensation, user: User, role: str) -> None:
    if role == Role.OWNER:
        return
    if row.asked_by_id == user.pk:
        raise ValueError(_("Somebody else must approve what you asked for."))
    sums = _Sums(row.store, row.case, row.complaint_id, row.order_id, count_asked=False, without=row.pk)
    if sums.beyond_paid(row.amount):
        raise ValueError(_("This is more than was paid for the order: only an owner approves it."))
    if not sums.within(role, row.amount):
        raise ValueError(_("This is beyond a supervisor's limit: only an owner approves it."))


def _ask_approvers(made: Compensation, sums: _Sums, now: datetime) -> None:
    """Supervisors where one may approve it, else owners."""
    if sums.within(Role.SUPERVISOR, made.amount):
        people = supervisors_of([made.store_id])
    else:
        people = Membership.objects.filter(role=Role.OWNER).values_list("user_id", flat=True)
    text = gettext_noop("%(store)s: a compensation waits for your approval.")
    _tell(made, [pk for pk in people if pk != made.asked_by_id], "asked", text, now)


def _lock(store: Store, order_id: str | None, case: Case | None, complaint_id: int | None) -> None:
    lock_subject(store, order_id or (f"case {case.pk}" if case else f"complaint {complaint_id}"))


def _locked(compensation: Compensation) -> Compensation:
    """The row as it stands, behind the lock of its order: it is read after whoever was before has finished."""
    _lock(compensation.store, compensation.order_id, compensation.case, compensation.complaint_id)
    rows = Compensation.objects.select_for_update(of=("self",))
    return rows.select_related("store__organization", "case__procedure").get(pk=compensation.pk)


def _asked_lately(case, complaint_id, kind, amount, user, now) -> Compensation | None:
    ledger = Compensation.objects.filter(kind=kind, amount=amount, asked_by=user).exclude(
        state=PaymentState.REFUSED
    )
    ledger = ledger.filter(case=case) if case else ledger.filter(complaint_id=complaint_id)
    last = ledger.order_by("-pk").first()
    return last if last and now - last.asked_at < SAME_CLICK else None


def _sum(ledger) -> Decimal:
    return ledger.aggregate(sum=Sum("amount"))["sum"] or NOTHING


def _line(row: Compensation, what: str, user: User, now: datetime, note: str, **details) -> None:
    about, about_id = (About.CASE, row.case_id) if row.case_id else (About.COMPLAINT, row.complaint_id)
    happened(
        row.store, about, about_id, what, user=user, now=now, note=note, compensation_id=row.pk, kind=row.kind,
        amount=str(row.amount.quantize(Decimal("0.01"))), **details,
    )  # fmt: skip


def _tell(row: Compensation, user_ids, key: str, text: str, now: datetime) -> None:
    organization = row.store.organization
    place = ("case_detail", row.case_id) if row.case_id else ("complaint_detail", row.complaint_id)
    notify(
        organization, user_ids, key=f"compensation-{row.pk}-{key}", kind="case", text=text,
        params={"store": row.store.name}, link=reverse(place[0], args=[organization.slug, place[1]]), now=now,
    )  # fmt: skip


def _told(compensation: Compensation, row: Compensation) -> bool:
    for name in ("state", "decided_by_id", "decided_at", "paid_at"):
        setattr(compensation, name, getattr(row, name))
    return True
