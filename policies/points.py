"""The ledger of platform points of each store (R18): what is expected, taken, appealed, given back.

`expected` is what a confirmed violation would cost; only what the platform took counts against a store's allowance
(policies/point_allowances.py). Each act locks the row; done twice it changes nothing; ValueError says why not, in words.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from orders.complaint_models import Complaint
from orders.models import Order
from orders.service_models import Promise, PromiseState
from policies.inspection_models import Violation
from policies.penalty_models import PointEntry, PointState
from policies.rule_models import PolicyRule
from stores.models import Buyer, Store
from tenants.encryption import encrypt
from tenants.models import User

MOST = Decimal(100)
LONGEST = 2000
PROMISE_BATCH = 500


@transaction.atomic
def points_for(violation: Violation, user: User | None, now: datetime) -> PointEntry | None:
    """What a confirmed violation would cost its store, None where it costs nothing. Confirmed anew: the same entry."""
    if not violation.points:
        return None
    known = PointEntry.objects.select_for_update().filter(violation_id=violation.pk).first()
    if known:
        if known.state == PointState.WITHDRAWN:
            known.state, known.points = PointState.EXPECTED, violation.points
            _changed(known, user, now, ["state", "points"])
        return known
    return PointEntry.objects.create(
        organization_id=violation.organization_id, store_id=violation.store_id, rule_id=violation.rule_id,
        version_id=violation.version_id, source_key=f"violation:{violation.pk}", violation_id=violation.pk,
        order_id=violation.order_id, buyer_id=violation.buyer_id, day=violation.day, points=violation.points,
        state=PointState.EXPECTED, made_by=user, made_at=now, changed_by=user, changed_at=now,
    )  # fmt: skip


@transaction.atomic
def withdraw_for(violation: Violation, user: User | None, now: datetime) -> PointEntry | None:
    """The violation no longer stands: what was only expected is withdrawn. What the platform took stays taken."""
    known = PointEntry.objects.select_for_update().filter(
        violation_id=violation.pk, state=PointState.EXPECTED
    )
    entry = known.first()
    if entry:
        entry.state = PointState.WITHDRAWN
        _changed(entry, user, now, ["state"])
    return entry


@transaction.atomic
def by_hand(
    store: Store,
    points: Decimal,
    day: date,
    *,
    reason: str,
    rule: PolicyRule | None,
    order_id: str | None,
    complaint_id: int | None,
    user: User,
    now: datetime,
    key: uuid.UUID | None = None,
) -> PointEntry:
    """Write down points the platform took. key: the same one is written down once. Errors: ValueError without a reason,
    for points out of range, a day to come, an order or a complaint the store does not have."""
    if not reason.strip():
        raise ValueError(_("Give the reason."))
    if not 0 < points <= MOST:
        raise ValueError(_("Points are more than 0 and at most %(most)s.") % {"most": MOST})
    if day > store.business_day(now):
        raise ValueError(_("This day is still to come."))
    if order_id and not Order.objects.filter(store=store, order_id=order_id).exists():
        raise ValueError(_("This store has no such order."))
    if complaint_id and not Complaint.objects.filter(store=store, pk=complaint_id).exists():
        raise ValueError(_("This store has no such complaint."))
    entry, _made = PointEntry.objects.get_or_create(
        organization_id=store.organization_id, store=store, source_key=f"hand:{key or uuid.uuid4()}",
        defaults={
            "rule": rule, "day": day, "order_id": order_id or None, "complaint_id": complaint_id, "points": points,
            "words": _sealed(store, "words", reason), "made_by": user, "made_at": now, "changed_by": user,
            "changed_at": now,
        },
    )  # fmt: skip
    return entry


@transaction.atomic
def taken(entry: PointEntry, points: Decimal | None, user: User, now: datetime) -> bool:
    """The platform took what was expected; points: how many, None for as many as expected. False: noted before."""
    row = _locked(entry)
    if row.state == PointState.BOOKED:
        return False
    _in_state(row, PointState.EXPECTED)
    if points is not None and not 0 < points <= MOST:
        raise ValueError(_("Points are more than 0 and at most %(most)s.") % {"most": MOST})
    row.state, row.points = PointState.BOOKED, points or row.points
    return _changed(row, user, now, ["state", "points"], entry)


@transaction.atomic
def not_taken(entry: PointEntry, user: User, now: datetime, note: str) -> bool:
    """The platform will not take what was expected. False: noted before."""
    row = _locked(entry)
    if row.state == PointState.WITHDRAWN:
        return False
    _in_state(row, PointState.EXPECTED)
    row.state, row.answer = PointState.WITHDRAWN, _sealed(row.store, "answer", _reason(note))
    return _changed(row, user, now, ["state", "answer"], entry)


@transaction.atomic
def appeal(entry: PointEntry, user: User, now: datetime, note: str) -> bool:
    """An appeal went to the platform; until it answers the points count. False: noted before."""
    row = _locked(entry)
    if row.state == PointState.APPEALED:
        return False
    _in_state(row, PointState.BOOKED)
    row.state, row.answer = PointState.APPEALED, _sealed(row.store, "answer", _reason(note))
    return _changed(row, user, now, ["state", "answer"], entry)


@transaction.atomic
def answered(entry: PointEntry, latest: Decimal, user: User, now: datetime, note: str) -> bool:
    """The platform's answer: how many of the points are left after the appeal (as many as before: refused)."""
    row = _locked(entry)
    if row.state in (PointState.GIVEN_BACK, PointState.BOOKED) and row.latest == latest:
        return False
    _in_state(row, PointState.APPEALED)
    if not 0 <= latest <= row.points:
        raise ValueError(
            _("After an appeal there are between 0 and %(most)s points.")
            % {"most": f"{row.points.normalize():f}"}
        )
    row.latest = latest
    row.state = PointState.GIVEN_BACK if latest < row.points else PointState.BOOKED
    row.answer = _sealed(row.store, "answer", _reason(note))
    return _changed(row, user, now, ["state", "latest", "answer"], entry)


@transaction.atomic
def from_promises(now: datetime) -> int:
    """Bring in what broken promises cost as their pages say; how many entries came, went or changed. In the scope.

    What is appealed or answered stays as it is. Running it again changes nothing.
    """
    known = {
        entry.promise_id: entry
        for entry in PointEntry.objects.filter(promise_id__isnull=False).select_for_update().order_by("pk")
    }
    broken = Promise.objects.filter(state=PromiseState.BROKEN, points__gt=0).select_related("store")
    fresh, changed, stand = [], [], set()
    for promise in broken:
        stand.add(promise.pk)
        entry = known.get(promise.pk)
        if entry is None:
            fresh.append(_of_promise(promise, now))
        elif entry.state == PointState.WITHDRAWN or (
            entry.state == PointState.BOOKED and entry.latest is None and entry.points != promise.points
        ):
            entry.state, entry.points, entry.changed_at = PointState.BOOKED, promise.points, now
            changed.append(entry)
    for promise_id, entry in known.items():
        if promise_id not in stand and entry.state == PointState.BOOKED and entry.latest is None:
            entry.state, entry.changed_at = PointState.WITHDRAWN, now
            changed.append(entry)
    PointEntry.objects.bulk_create(fresh, batch_size=PROMISE_BATCH, ignore_conflicts=True)
    PointEntry.objects.bulk_update(changed, ["state", "points", "changed_at"], batch_size=PROMISE_BATCH)
    return len(fresh) + len(changed)


def _of_promise(promise: Promise, now: datetime) -> PointEntry:
    return PointEntry(
        organization_id=promise.organization_id, store_id=promise.store_id, source_key=f"promise:{promise.pk}",
        promise_id=promise.pk, complaint_id=promise.complaint_id, order_id=promise.order_id,
        buyer_id=promise.buyer_id, day=promise.store.business_day(promise.settled_at or promise.due_at),
        points=promise.points, made_at=now, changed_at=now,
    )  # fmt: skip


def buyers_of(entries) -> dict[int, str]:
    """{buyer id: name} of these entries; one statement."""
    return dict(
        Buyer.objects.filter(pk__in={entry.buyer_id for entry in entries if entry.buyer_id}).values_list(
            "pk", "name"
        )
    )


def _locked(entry: PointEntry) -> PointEntry:
    return PointEntry.objects.select_for_update(of=("self",)).select_related("store").get(pk=entry.pk)


def _in_state(row: PointEntry, state: str) -> None:
    if row.state != state:
        raise ValueError(
            _("This cannot be done any more: the points are “%(state)s”.")
            % {"state": row.get_state_display()}
        )


def _reason(note: str) -> str:
    if not note.strip():
        raise ValueError(_("Give the reason."))
    return note


def _sealed(store: Store, field: str, words: str) -> bytes:
    return encrypt(store.organization_id, field, words.strip()[:LONGEST])


def _changed(row: PointEntry, user: User | None, now: datetime, names: list[str], told=None) -> bool:
    row.changed_by, row.changed_at = user, now
    row.save(update_fields=[*names, "changed_by", "changed_at"])
    if told is not None:
        for name in (*names, "changed_by_id", "changed_at"):
            setattr(told, name, getattr(row, name))
    return True
