"""The deal's credit a fine takes away (†): a ruling that the order is nobody's, lifted with the fine (docs/kpis.md §4 a)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from kpis.rulings import NotPossible, effective_ruling, lift, rule
from orders.dossiers import happened
from orders.models import Order
from orders.remark_models import About
from policies.penalty_models import Fine, FineState
from policies.rule_versions import in_words

NOTHING = 0


def settle_credit(now: datetime) -> int:
    """Bring orders' credit to where final and lifted fines want it; how many fines were looked at. In the scope.

    Running it again finds nothing. An order somebody ruled on meanwhile is left as they said.
    """
    waiting = Fine.objects.filter(
        Q(state=FineState.FINAL, takes_credit=True, credit_ruling=None)
        | Q(state=FineState.LIFTED, credit_ruling__gt=NOTHING)
    )
    count = 0
    for number in waiting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            fine = Fine.objects.select_for_update(of=("self",)).select_related(
                "store__organization", "rule", "confirmed_by", "settled_by"
            )
            count += _settle(fine.get(pk=number), now)
    return count


def _settle(fine: Fine, now: datetime) -> bool:
    order = Order.objects.filter(store=fine.store_id, order_id=fine.order_id).first()
    if fine.state == FineState.FINAL and fine.credit_ruling is None:
        fine.credit_ruling = _take(fine, order, now) if order else NOTHING
    elif fine.state == FineState.LIFTED and fine.credit_ruling:
        if order:
            _give_back(fine, order, now)
        fine.credit_ruling = NOTHING
    else:
        return False
    fine.save(update_fields=["credit_ruling"])
    return True


def _take(fine: Fine, order: Order, now: datetime) -> int:
    """The ruling's id; NOTHING where the order is no sale."""
    reason = gettext("Fine %(number)s: %(rule)s") % {"number": fine.pk, "rule": in_words(fine.rule)}
    try:
        ruling = rule(order, None, reason, user=fine.confirmed_by, now=now)
    except NotPossible:
        return NOTHING
    happened(fine.store, About.FINE, fine.pk, "credit_taken", user=None, now=now, order=order.order_id)
    return ruling.pk


def _give_back(fine: Fine, order: Order, now: datetime) -> None:
    """Lift our ruling where it still holds; another final fine on the order keeps it nobody's."""
    holding = effective_ruling(order.pk)
    if holding is None or holding.pk != fine.credit_ruling:
        return
    others = Fine.objects.filter(
        store=fine.store_id, order_id=fine.order_id, state=FineState.FINAL, takes_credit=True,
        credit_ruling__gt=NOTHING,
    ).exclude(pk=fine.pk)  # fmt: skip
    if others.exists():
        others.update(credit_ruling=holding.pk)
        return
    lift(order, gettext("Fine %(number)s was lifted") % {"number": fine.pk}, user=fine.settled_by, now=now)
    happened(fine.store, About.FINE, fine.pk, "credit_given_back", user=None, now=now, order=order.order_id)
