"""The stages of an order's making: confirmed by the buyer, handed to production, made, or taken back (R27).

The hand-off's time decides what a mistake in the remark costs (「以上錯誤如在下生產單前發現…；如已下到工廠…」), so
every stage is a row that cannot be changed, with the version of the remark it was made by.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from orders.models import Order
from orders.remark_models import About, Attachment, ProductionStep, Remark, Stage
from tenants.models import User

CONFIRMATION = "confirmation"
# What may follow; None: nothing was done yet.
FOLLOWING = {
    None: (Stage.CONFIRMED, Stage.HANDED_OFF),
    Stage.CONFIRMED: (Stage.CONFIRMED, Stage.HANDED_OFF),
    Stage.HANDED_OFF: (Stage.MADE, Stage.TAKEN_BACK),
    Stage.MADE: (),
    Stage.TAKEN_BACK: (Stage.CONFIRMED, Stage.HANDED_OFF),
}


def steps_of(order: Order) -> list[ProductionStep]:
    """The stages an order went through, oldest first."""
    steps = ProductionStep.objects.filter(store=order.store_id, order=order)
    return list(steps.select_related("made_by").order_by("pk"))


def latest_step(order: Order) -> ProductionStep | None:
    """The stage an order is at."""
    return ProductionStep.objects.filter(store=order.store_id, order=order).order_by("-pk").first()


def reach(order: Order, stage: str, *, user: User | None, now: datetime) -> ProductionStep:
    """Note that the order reached a stage by its current remark; the same stage again by the same version is none.

    Errors: ValueError in words where nothing was agreed yet, the stage cannot follow, or the buyer's confirmation is
    not attached.
    """
    Order.objects.select_for_update().get(pk=order.pk)
    last = latest_step(order)
    number = (
        Remark.objects.filter(store=order.store_id, order=order)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    if last and (last.stage, last.number) == (stage, number):
        return last
    if stage not in FOLLOWING[Stage(last.stage) if last else None]:
        raise ValueError(_("This stage cannot follow the one the order is at."))
    if number is None:
        raise ValueError(_("Write the remark first: a stage is reached by a version of it."))
    if stage == Stage.CONFIRMED and not is_confirmed(order):
        raise ValueError(_("Attach what the buyer confirmed: drawing, size and address."))
    return ProductionStep.objects.create(
        organization_id=order.organization_id, store_id=order.store_id, order=order, stage=stage, number=number,
        reached_at=now, made_by=user, made_at=now,
    )  # fmt: skip


def is_confirmed(order: Order) -> bool:
    """Whether the buyer's word on drawing, size and address is attached to the order."""
    return Attachment.objects.filter(
        store=order.store_id, about=About.ORDER, about_id=order.pk, purpose=CONFIRMATION
    ).exists()


def stage_bar(steps: list[ProductionStep]) -> list[tuple[str, ProductionStep | None]]:
    """(stage's name, the step that reached it or None) of the three stages of the way; a taking back begins it anew."""
    reached: dict[str, ProductionStep] = {}
    for step in steps:
        if step.stage == Stage.TAKEN_BACK:
            reached = {}
        else:
            reached[step.stage] = step
    return [(stage.label, reached.get(stage)) for stage in (Stage.CONFIRMED, Stage.HANDED_OFF, Stage.MADE)]
