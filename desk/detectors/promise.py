"""Promises to buyers: whoever made one keeps it, hands it over, and says at last what became of it (R15)."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, touched
from desk.models import FollowUp
from orders import promises
from orders.service_models import Promise, PromiseState
from tenants.models import User

# The outcomes of the matter, by what they mean for the promise.
_STATES = {"kept": PromiseState.KEPT, "broken": PromiseState.BROKEN, "taken_back": PromiseState.WITHDRAWN}
OUTCOMES = {state: outcome for outcome, state in _STATES.items()}


def _settle(follow_up: FollowUp, outcome: str, user: User | None, now: datetime, note: str) -> None:
    """Closing the matter settles its promise. ValueError in words where that cannot be."""
    if promise := Promise.objects.filter(store=follow_up.store_id, pk=int(follow_up.subject)).first():
        state = _STATES[outcome]
        proof = note if state == PromiseState.KEPT else ""
        promises.settle(promise, state, user=user, now=now, proof=proof, note=note)


def _reopen(follow_up: FollowUp, user: User, now: datetime) -> None:
    if promise := Promise.objects.filter(store=follow_up.store_id, pk=int(follow_up.subject)).first():
        promises.reopen(promise, user, now)


DETECTOR = Detector(
    name="promise",
    label=_("Promise to a buyer"),
    sentence=_("Keep what was promised to the buyer: %(kind)s."),
    words={
        "kind": {
            "courier": _("Courier"),
            "gift": _("Gift"),
            "ship_date": _("Ship date"),
            "price": _("Price protection"),
            "effect": _("Effect"),
            "other": _("Other"),
        }
    },
    outcomes=(("kept", _("Kept")), ("broken", _("Broken")), ("taken_back", _("No longer holds (say why)"))),
    needs_owner=True,
    on_close=_settle,
    on_reopen=_reopen,
    columns={
        "subject": "p.id::text",
        "buyer_id": "p.buyer_id",
        "order_id": "p.order_id",
        "agent_id": "p.agent_id",
        "opens_at": "p.made_at",
        "due_at": "p.due_at",
        # It stays with whoever made it however late it is.
        "free_at": "p.due_at + interval '1 year'",
        "worth": "coalesce(o.paid_amount, o.total_amount)",
        "facts": "jsonb_build_object('kind', p.kind, 'promise', p.id)",
        # One that was settled the moment it was put down still stood.
        "ended_at": "CASE WHEN p.state <> 'open' THEN greatest(p.settled_at, p.made_at + interval '1 microsecond') END",
        "outcome": "CASE WHEN p.state = 'open' THEN '' ELSE 'promise_' || p.state END",
    },
    source=f"""orders_promise p LEFT JOIN orders_order o ON o.store_id = p.store_id AND o.order_id = p.order_id
        WHERE p.store_id = %(store)s AND {touched("coalesce(p.buyer_id, 0)")}""",
)
