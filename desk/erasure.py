"""Taking what people wrote of buyers out of the working day. The matters, lines and duties stay as facts."""

from datetime import datetime

from django.db import connection

from desk.models import LineState, State
from policies.penalty_erasure import erase_old_penalty_words, forget_penalty_words
from policies.risk_erasure import forget_risk
from policies.violation_erasure import erase_old_violations, forget_violations
from stores.models import Store
from tenants.scope import organization_scope

BATCH = 1000

# (what it counts, UPDATE of at most `batch` rows whose matter or shift ended before an instant)
_OLD = (
    (
        "follow_ups",
        "UPDATE desk_followup SET text = NULL, outcome_note = NULL WHERE id IN (SELECT id FROM desk_followup"
        " WHERE (text IS NOT NULL OR outcome_note IS NOT NULL) AND state <> %(open)s"
        " AND coalesce(closed_at, due_at) < %(before)s LIMIT %(batch)s)",
    ),
    (
        "handover_lines",
        "UPDATE desk_handoverline SET remark = NULL, answer = NULL WHERE id IN (SELECT l.id FROM desk_handoverline l"
        " JOIN desk_followup f ON f.id = l.follow_up_id WHERE (l.remark IS NOT NULL OR l.answer IS NOT NULL)"
        " AND l.state <> %(offered)s AND f.state <> %(open)s AND coalesce(f.closed_at, f.due_at) < %(before)s"
        " LIMIT %(batch)s)",
    ),
    (
        "duty_notes",
        "UPDATE desk_duty SET note = NULL WHERE id IN (SELECT id FROM desk_duty"
        " WHERE note IS NOT NULL AND ends_at < %(before)s LIMIT %(batch)s)",
    ),
)
_OF_BUYER = "SELECT id FROM desk_followup WHERE store_id = %s AND (buyer_id = %s OR order_id = ANY(%s))"


def forget_buyer(sender, store: Store, buyer_id: int, order_ids: list[str], **kwargs) -> dict[str, int]:
    """Empty what was written of a buyer's matters and of handing them over, open ones too, what was thought of
    them as a risk and what violations quote; {"follow_ups", "risk_signs", "violations"}: how many. In the caller's
    scope and transaction (kpis/erasure.py). The note of a shift names no buyer we could look for."""
    of_buyer = [store.pk, buyer_id, order_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE desk_handoverline SET remark = NULL, answer = NULL"
            f" WHERE (remark IS NOT NULL OR answer IS NOT NULL) AND follow_up_id IN ({_OF_BUYER})",
            of_buyer,
        )
        cursor.execute(
            "UPDATE desk_followup SET text = NULL, outcome_note = NULL"
            f" WHERE (text IS NOT NULL OR outcome_note IS NOT NULL) AND id IN ({_OF_BUYER})",
            of_buyer,
        )
        follow_ups = cursor.rowcount
    return {
        "follow_ups": follow_ups,
        **forget_risk(store, buyer_id),
        **forget_violations(store, buyer_id, order_ids),
        **forget_penalty_words(store, buyer_id, order_ids),
    }


def erase_old_words(
    sender, organization_id: int, before: datetime, batch: int = BATCH, **kwargs
) -> dict[str, int]:
    """Empty what was written of matters, shifts and violations that ended before an instant; how many of each.

    Batches are transactions of their own; what is empty is passed over, so a run that died is repeated. What is still
    open keeps its words: somebody works by them.
    """
    params = {"before": before, "batch": batch, "open": State.OPEN, "offered": LineState.OFFERED}
    counts = {}
    for name, statement in _OLD:
        counts[name], done = 0, batch
        while done == batch:
            with organization_scope(organization_id), connection.cursor() as cursor:
                cursor.execute(statement, params)
                done = cursor.rowcount
            counts[name] += done
    counts |= erase_old_violations(organization_id, before, batch)
    return counts | erase_old_penalty_words(organization_id, before)
