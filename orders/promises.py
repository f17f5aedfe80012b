"""Promises to buyers: made by a person, kept, broken or withdrawn, and what the facts say of them (R15).

A proposal (PromiseProposal) is no promise and asks nothing of anybody; only `make_promise` and `accept` make one, and
both want a person. Every act locks the row, writes a line of the dossier and changes nothing when repeated.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from orders.complaint_models import Complaint
from orders.dossiers import happened
from orders.models import Order, Refund, Status
from orders.promise_patterns import courier_in, means_arrival
from orders.remark_models import About, DossierEvent
from orders.service_models import Promise, PromiseKind, PromiseProposal, PromiseState, ProposalState
from stores.imports import log_changes
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import User

LONGEST_TEXT = 2000
# Where the words name no time. The handbooks name none either; 48 h is what Taobao gives an order to ship in.
UNSAID = timedelta(hours=48)
# What breaking one costs on Taobao by the handbooks (seed 001); proposed to whoever confirms it, never put down by itself.
POINTS = Decimal(6)
SHIPPED = (Status.SHIPPED, Status.COMPLETED)


@transaction.atomic
def make_promise(
    store: Store,
    *,
    kind: str,
    text: str,
    promised_at: datetime,
    due_at: datetime,
    agent_id: int | None,
    user: User,
    now: datetime,
    buyer: Buyer | None = None,
    order_id: str | None = None,
    source_key: str = "",
) -> Promise:
    """A promise a person puts down. agent_id: team.Agent who answers for it. ValueError says in words what is missing."""
    if user is None:
        raise TypeError("a promise is made by a person")
    if not text.strip():
        raise ValueError(_("Say what was promised."))
    if due_at < promised_at:
        raise ValueError(_("It cannot be due before it was promised."))
    promise = Promise.objects.create(
        organization_id=store.organization_id, store=store, buyer=buyer or buyer_of(store, order_id),
        order_id=order_id or None, kind=PromiseKind(kind), agent_id=agent_id, source_key=source_key,
        text=encrypt(store.organization_id, "text", text.strip()[:LONGEST_TEXT]), promised_at=promised_at, due_at=due_at,
        made_by=user, made_at=now,
    )  # fmt: skip
    happened(store, About.PROMISE, promise.pk, "made", user=user, now=now, due_at=due_at.isoformat())
    _log(promise)
    return promise


@transaction.atomic
def accept(
    proposal: PromiseProposal,
    *,
    text: str,
    due_at: datetime,
    agent_id: int | None,
    order_id: str | None,
    user: User,
    now: datetime,
) -> Promise | None:
    """Make the promise a proposal is about. Accepted before: that promise. None where it was dismissed meanwhile."""
    row = (
        PromiseProposal.objects.select_for_update(of=("self",))
        .select_related("store", "buyer")
        .get(pk=proposal.pk)
    )
    if row.state != ProposalState.PROPOSED:
        return row.promise
    promise = make_promise(
        row.store, kind=row.kind, text=text, promised_at=row.said_at, due_at=due_at, agent_id=agent_id, user=user, now=now,
        buyer=row.buyer, order_id=order_id, source_key=row.source_key,
    )  # fmt: skip
    row.state, row.promise, row.decided_by, row.decided_at = ProposalState.ACCEPTED, promise, user, now
    row.save(update_fields=["state", "promise", "decided_by", "decided_at"])
    return promise


@transaction.atomic
def dismiss(proposals: Iterable[PromiseProposal], user: User, now: datetime) -> int:
    """No promises; how many were proposed till now. They are not proposed again."""
    found = PromiseProposal.objects.filter(pk__in=[one.pk for one in proposals], state=ProposalState.PROPOSED)
    return found.update(state=ProposalState.DISMISSED, decided_by=user, decided_at=now)


@transaction.atomic
def settle(
    promise: Promise,
    state: str,
    *,
    user: User | None,
    now: datetime,
    proof: str = "",
    note: str = "",
    refund_id: str | None = None,
    complaint_id: int | None = None,
    points: Decimal | None = None,
) -> bool:
    """Say what became of it; False where somebody did already. user None: the facts say so, which is only ever "kept".

    proof: how it was kept; note: why it is withdrawn. refund_id, complaint_id, points: what breaking it led to.
    ValueError says in words what is missing.
    """
    if state == PromiseState.OPEN or (user is None and state != PromiseState.KEPT):
        raise ValueError(f"{state} is nothing a promise can be settled as")
    if state == PromiseState.WITHDRAWN and not note.strip():
        raise ValueError(_("Say why the promise no longer holds."))
    row = Promise.objects.select_for_update(of=("self",)).select_related("store").get(pk=promise.pk)
    if row.state != PromiseState.OPEN:
        return False
    if state == PromiseState.BROKEN:
        row.refund_id, row.complaint_id, row.points = _checked_links(row, refund_id, complaint_id, points)
    row.state, row.settled_by, row.settled_at = state, user, now
    row.proof = encrypt(row.organization_id, "proof", proof.strip()[:LONGEST_TEXT]) if proof.strip() else None
    row.save()
    happened(row.store, About.PROMISE, row.pk, state, user=user, now=now, note=note or proof, **_links(row))
    return _told(promise, row)


@transaction.atomic
def link(
    promise: Promise,
    *,
    refund_id: str | None,
    complaint_id: int | None,
    points: Decimal | None,
    user: User,
    now: datetime,
) -> bool:
    """What breaking it led to, as it is known later. False where that is what stands there. ValueError: see `settle`."""
    row = Promise.objects.select_for_update(of=("self",)).select_related("store").get(pk=promise.pk)
    if row.state != PromiseState.BROKEN:
        raise ValueError(_("Only a broken promise leads to a refund, a complaint or points."))
    asked = _checked_links(row, refund_id, complaint_id, points)
    if (row.refund_id, row.complaint_id, row.points) == asked:
        return False
    row.refund_id, row.complaint_id, row.points = asked
    row.save(update_fields=["refund_id", "complaint_id", "points"])
    happened(row.store, About.PROMISE, row.pk, "linked", user=user, now=now, **_links(row))
    return _told(promise, row)


@transaction.atomic
def reopen(promise: Promise, user: User, now: datetime, note: str = "") -> bool:
    """It was settled by mistake: open again. False where it is open."""
    row = Promise.objects.select_for_update(of=("self",)).select_related("store").get(pk=promise.pk)
    if row.state == PromiseState.OPEN:
        return False
    row.state = PromiseState.OPEN
    row.settled_at = row.settled_by = row.proof = row.refund_id = row.complaint_id = row.points = None
    row.save()
    happened(row.store, About.PROMISE, row.pk, "reopened", user=user, now=now, note=note)
    return _told(promise, row)


@transaction.atomic
def change(
    promise: Promise,
    *,
    due_at: datetime,
    agent_id: int | None,
    order_id: str | None,
    user: User,
    now: datetime,
) -> bool:
    """Another due time, owner or order of an open promise. False where nothing differs. ValueError says why not."""
    row = Promise.objects.select_for_update(of=("self",)).select_related("store").get(pk=promise.pk)
    if row.state != PromiseState.OPEN:
        raise ValueError(_("It is settled already; open it again first."))
    if due_at < row.promised_at:
        raise ValueError(_("It cannot be due before it was promised."))
    asked = (due_at, agent_id, order_id or None)
    if (row.due_at, row.agent_id, row.order_id) == asked:
        return False
    before = {"before_due_at": row.due_at.isoformat(), "before_agent_id": row.agent_id}
    row.due_at, row.agent_id, row.order_id = asked
    row.buyer = row.buyer or buyer_of(row.store, row.order_id)
    row.save()
    happened(
        row.store, About.PROMISE, row.pk, "changed", user=user, now=now, due_at=due_at.isoformat(), agent_id=agent_id,
        **before,
    )  # fmt: skip
    return _told(promise, row)


def default_due(kind: str, said_at: datetime, order: Order | None) -> datetime:
    """By when, where the words do not say it: what goes with the parcel when that is to be shipped, all else after 48 h."""
    if order and kind in (PromiseKind.COURIER, PromiseKind.GIFT):
        due_at = order.promised_ship_at or (order.paid_at and order.paid_at + UNSAID)
        if due_at and due_at > said_at:
            return due_at
    return said_at + UNSAID


def buyer_of(store: Store, order_id: str | None) -> Buyer | None:
    """Whose order it is, as far as the store knows."""
    order = order_id and Order.objects.filter(store=store, order_id=order_id).select_related("buyer").first()
    return order.buyer if order else None


def orders_of(promises: Iterable[Promise]) -> dict[tuple[int, str], Order]:
    """{(store's id, order's number): order} of the promises that name one; one statement."""
    wanted = {(one.store_id, one.order_id) for one in promises if one.order_id}
    found = Order.objects.filter(
        store_id__in={store_id for store_id, _order in wanted},
        order_id__in={order for _store, order in wanted},
    )
    return {
        (order.store_id, order.order_id): order
        for order in found
        if (order.store_id, order.order_id) in wanted
    }


def facts_say(promise: Promise, order: Order | None, now: datetime) -> str:
    """What the order tells of an open promise: a PromiseState to suggest, "" where it tells nothing.

    A courier is judged by who took the parcel, a ship date by when it left (or arrived, if arrival was promised). An
    order that left before the promise was made is not the one it is about.
    """
    if order is None or promise.kind not in (PromiseKind.COURIER, PromiseKind.SHIP_DATE):
        return ""
    if order.status == Status.CLOSED and order.shipped_at is None:
        return PromiseState.WITHDRAWN
    words = promise.decrypted("text") or ""
    done_at = order.shipped_at
    if promise.kind == PromiseKind.SHIP_DATE:
        if means_arrival(words):
            done_at = order.delivered_at
        if done_at is None:
            unknown = order.status in SHIPPED and not (
                means_arrival(words) and order.status == Status.SHIPPED
            )
            return PromiseState.BROKEN if promise.due_at < now and not unknown else ""
        if done_at < promise.promised_at:
            return ""
        return PromiseState.KEPT if done_at <= promise.due_at else PromiseState.BROKEN
    promised, took = courier_in(words), courier_in(order.courier or "")
    if not promised or not took or order.status not in SHIPPED or (done_at and done_at < promise.promised_at):
        return ""
    return PromiseState.KEPT if promised == took else PromiseState.BROKEN


def settle_kept(store: Store, now: datetime) -> int:
    """Settle the open promises of a store that the facts say were kept; how many. What is broken a person confirms.

    One that somebody opened again is theirs to settle.
    """
    found = list(
        Promise.objects.filter(
            store=store, state=PromiseState.OPEN, order_id__isnull=False,
            kind__in=(PromiseKind.COURIER, PromiseKind.SHIP_DATE),
        ).order_by("pk")
    )  # fmt: skip
    orders = orders_of(found)
    kept = [
        one for one in found if facts_say(one, orders.get((store.pk, one.order_id)), now) == PromiseState.KEPT
    ]
    reopened = set(
        DossierEvent.objects.filter(
            about=About.PROMISE, about_id__in=[one.pk for one in kept], what="reopened"
        ).values_list("about_id", flat=True)
    )
    return sum(settle(one, PromiseState.KEPT, user=None, now=now) for one in kept if one.pk not in reopened)


def _checked_links(
    row: Promise, refund_id: str | None, complaint_id: int | None, points: Decimal | None
) -> tuple[str | None, int | None, Decimal | None]:
    if refund_id and not Refund.objects.filter(store=row.store_id, refund_id=refund_id).exists():
        raise ValueError(_("This store has no refund of that number."))
    if complaint_id and not Complaint.objects.filter(store=row.store_id, pk=complaint_id).exists():
        raise ValueError(_("This store has no complaint of that number."))
    if points is not None and not 0 <= points <= 48:
        raise ValueError(_("Platform points are between 0 and 48."))
    return refund_id or None, complaint_id or None, points


def _links(row: Promise) -> dict:
    """What breaking it led to, as JSON for the dossier."""
    told = {"refund": row.refund_id, "complaint": row.complaint_id, "points": row.points and str(row.points)}
    return {name: value for name, value in told.items() if value}


def _log(promise: Promise) -> None:
    """The desk looks at this buyer's matters again (0: the matters of nobody in particular)."""
    with connection.cursor() as cursor:
        log_changes(
            cursor, promise.store, "SELECT %s::integer, NULL::integer, %s::timestamptz, %s::timestamptz",
            [promise.buyer_id or 0, promise.promised_at, promise.promised_at],
        )  # fmt: skip


def _told(promise: Promise, row: Promise) -> bool:
    """The caller's object shows what became of it, and the desk hears of it."""
    for field in row._meta.concrete_fields:
        setattr(promise, field.attname, getattr(row, field.attname))
    _log(row)
    return True
