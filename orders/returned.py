"""Goods that come back for a case: expected, arrived, inspected, and what became of them (R32).

Each move locks the row and writes one line of the case's dossier; a repeat changes nothing (False). ValueError says in
words why something cannot be.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.cases import attach_evidence, has_evidence_since
from orders.dossiers import happened
from orders.remark_models import About
from orders.service_models import Case, ReturnedItem
from tenants.models import User

CONDITIONS = {
    "as_new": gettext_lazy("As new"),
    "opened": gettext_lazy("Unpacked"),
    "damaged": gettext_lazy("Damaged"),
    "incomplete": gettext_lazy("Incomplete"),
}
DECISIONS = {
    "resold": gettext_lazy("Resold"),
    "written_off": gettext_lazy("Written off"),
    "repaired": gettext_lazy("Repaired"),
    "sent_back": gettext_lazy("Sent back to the buyer"),
}
# Whoever says so shows it.
NEEDS_PICTURE = ("damaged", "incomplete")
STAGES = {
    "expected": gettext_lazy("On its way back"),
    "arrived": gettext_lazy("Arrived, to inspect"),
    "inspected": gettext_lazy("Inspected, to decide"),
    "decided": gettext_lazy("Dealt with"),
}


def stage_of(item: ReturnedItem) -> str:
    """Key of STAGES."""
    if item.decision:
        return "decided"
    if item.inspected_at:
        return "inspected"
    return "arrived" if item.arrived_at else "expected"


def at_stage(items: QuerySet[ReturnedItem], stage: str) -> QuerySet[ReturnedItem]:
    if stage == "decided":
        return items.exclude(decision="")
    open_ones = items.filter(decision="")
    if stage == "inspected":
        return open_ones.filter(inspected_at__isnull=False)
    return open_ones.filter(inspected_at=None, arrived_at__isnull=stage == "expected")


@transaction.atomic
def expect(
    case: Case, *, product_code: str, quantity: int, tracking_no: str = "", user: User, now: datetime
) -> ReturnedItem:
    """The buyer sends something back. The same product and parcel of a case, not yet arrived, is one row."""
    if quantity < 1:
        raise ValueError(_("At least one piece comes back."))
    Case.objects.select_for_update().get(pk=case.pk)
    values = {"product_code": product_code.strip(), "tracking_no": tracking_no.strip()}
    there = ReturnedItem.objects.filter(case=case, arrived_at=None, quantity=quantity, **values).first()
    if there:
        return there
    item = ReturnedItem.objects.create(
        organization_id=case.organization_id, store=case.store, case=case, order_id=case.order_id, quantity=quantity,
        expected_at=now, **values,
    )  # fmt: skip
    _line(item, "goods_expected", user, now, product_code=item.product_code, quantity=quantity)
    return item


@transaction.atomic
def arrive(item: ReturnedItem, *, user: User, now: datetime) -> bool:
    row = _locked(item)
    if row.arrived_at:
        return False
    row.arrived_at = now
    row.save(update_fields=["arrived_at"])
    _line(row, "goods_arrived", user, now)
    return True


@transaction.atomic
def inspect(
    item: ReturnedItem, condition: str, *, user: User, now: datetime, note: str = "", files: Iterable = ()
) -> bool:
    """How it came back. Damaged and incomplete goods ask for a picture, kept with the case."""
    row = _locked(item)
    if condition not in CONDITIONS:
        raise ValueError(_("Choose its condition."))
    if row.condition == condition and row.inspected_at:
        return False
    if not row.arrived_at:
        raise ValueError(_("It has not arrived yet."))
    if row.decision:
        raise ValueError(_("It is decided already what becomes of it."))
    for file in files:
        attach_evidence(row.case, file, user, now)
    if condition in NEEDS_PICTURE and not has_evidence_since(row.case, row.arrived_at):
        raise ValueError(_("Damaged or incomplete: add a picture of it."))
    row.condition, row.inspected_by, row.inspected_at = condition, user, now
    row.save(update_fields=["condition", "inspected_by", "inspected_at"])
    _line(row, "goods_inspected", user, now, note, condition=condition)
    return True


@transaction.atomic
def settle_item(
    item: ReturnedItem, decision: str, worth: Decimal | None, *, user: User, now: datetime
) -> bool:
    """What becomes of it. worth: what it still is worth, or what was lost by writing it off; store's currency."""
    row = _locked(item)
    if decision not in DECISIONS:
        raise ValueError(_("Choose what becomes of it."))
    if worth is not None and worth < 0:
        raise ValueError(_("The worth is not below 0."))
    if row.decision == decision and row.worth == worth:
        return False
    if not row.inspected_at:
        raise ValueError(_("Inspect it first."))
    row.decision, row.worth = decision, worth
    row.save(update_fields=["decision", "worth"])
    _line(row, "goods_decided", user, now, decision=decision, worth="" if worth is None else str(worth))
    return True


def _locked(item: ReturnedItem) -> ReturnedItem:
    rows = ReturnedItem.objects.select_for_update(of=("self",))
    return rows.select_related("store", "case__store").get(pk=item.pk)


def _line(row: ReturnedItem, what: str, user: User, now: datetime, note: str = "", **details) -> None:
    happened(
        row.store, About.CASE, row.case_id, what, user=user, now=now, note=note, item_id=row.pk, **details
    )
