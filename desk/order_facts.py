"""What happened to an order as rows of many tables, read in one statement: (at, what, code, detail, number, amount, who)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import DecimalField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from kpis.ruling_models import OwnershipClaim, OwnershipRuling
from orders.models import Order, Refund, TrackingEvent
from orders.remark_models import ProductionStep, Remark

MOST = 1000  # rows of one order; none that we know of has so many
_TEXT, _NUMBER = TextField(), IntegerField()
_AMOUNT = DecimalField(max_digits=16, decimal_places=2)
# Cast: a bare NULL would be text in a union.
_BLANK, _NONE, _NO_AMOUNT = Value("", _TEXT), Cast(Value(None), _NUMBER), Cast(Value(None), _AMOUNT)


class Fact(NamedTuple):
    """what: the table's word below; code: what kind of it; who: a member's name or "". Amounts in the store's currency."""

    at: datetime
    what: str
    code: str
    detail: str
    number: int | None
    amount: Decimal | None
    who: str


def facts_of(order: Order) -> list[Fact]:
    """Remarks, stages of production, parcel events, refunds, claims and rulings of an order, newest first. One statement."""
    first, *others = _parts(order)
    rows = first.union(*others, all=True).order_by("-told_at")[:MOST]
    return [Fact(*row) for row in rows]


def _parts(order: Order) -> Iterator[QuerySet]:
    mine = {"store": order.store_id, "order": order}
    numbered = {"store": order.store_id, "order_id": order.order_id}
    yield _rows(
        Remark.objects.filter(**mine),
        "made_at",
        "remark",
        "origin",
        "flag",
        number="number",
        who="made_by__name",
    )
    yield _rows(
        ProductionStep.objects.filter(**mine),
        "reached_at",
        "production",
        "stage",
        number="number",
        who="made_by__name",
    )
    yield _rows(TrackingEvent.objects.filter(**numbered), "happened_at", "parcel", "event", "place")
    refunds = Refund.objects.filter(**numbered)
    yield _rows(
        refunds.filter(created_at__isnull=False),
        "created_at",
        "refund_asked",
        "kind",
        "reason",
        amount="amount",
    )
    yield _rows(
        refunds.filter(completed_at__isnull=False),
        "completed_at",
        "refund_done",
        "kind",
        "reason",
        amount="amount",
    )
    yield _rows(
        OwnershipClaim.objects.filter(**mine),
        "made_at",
        "claim",
        None,
        "reason",
        number="agent_id",
        who="made_by__name",
    )
    yield _rows(
        OwnershipRuling.objects.filter(**mine), "made_at", "ruling", "kind", "reason", number="agent_id",
        who="made_by__name",
    )  # fmt: skip


def _rows(
    found: QuerySet,
    at: str,
    what: str,
    code: str | None,
    detail: str | None = None,
    *,
    number: str | None = None,
    amount: str | None = None,
    who: str | None = None,
) -> QuerySet:
    """The columns of Fact, each from the field named, blank where none is."""

    def text(field: str | None):
        return Coalesce(Cast(F(field), _TEXT), _BLANK) if field else _BLANK

    # Under names that no table has.
    columns = {
        "told_at": F(at), "told_what": Value(what, _TEXT), "told_code": text(code), "told_detail": text(detail),
        "told_number": Cast(F(number), _NUMBER) if number else _NONE,
        "told_amount": Cast(F(amount), _AMOUNT) if amount else _NO_AMOUNT, "told_who": text(who),
    }  # fmt: skip
    return found.order_by().annotate(**columns).values_list(*columns)
