"""Open complaints, each on the list of whoever handles it until it is closed (R33)."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, touched
from desk.models import FollowUp
from orders.complaint_models import Complaint
from orders.complaints import close, undo_close
from tenants.models import User


def _close(follow_up: FollowUp, outcome: str, user: User | None, now: datetime, note: str) -> None:
    close(Complaint.objects.get(pk=int(follow_up.subject)), outcome, "", user, now, text=note)


def _reopen(follow_up: FollowUp, user: User, now: datetime) -> None:
    undo_close(Complaint.objects.get(pk=int(follow_up.subject)), user, now)


DETECTOR = Detector(
    name="complaint",
    label=_("Complaint"),
    sentence=_("Complaint %(number)s: answer the buyer, and see it to its end."),
    # The codes of orders.complaints.OUTCOMES.
    outcomes=(
        ("settled", _("Settled with the buyer")),
        ("compensated", _("Compensated")),
        ("refunded", _("Refunded or replaced")),
        ("unfounded", _("Unfounded")),
        ("taken_back", _("Buyer took it back")),
        ("no_answer", _("No answer")),
    ),
    columns={
        "subject": "c.id::text",
        # Opened again it is another matter: what was closed before stays written.
        "occasion": "CASE WHEN c.reopenings > 0 THEN c.reopenings::text ELSE '' END",
        "buyer_id": "c.buyer_id",
        "order_id": "c.order_id",
        "agent_id": "c.agent_id",
        "opens_at": "coalesce(c.reopened_at, c.opened_at)",
        "due_at": "CASE WHEN c.answered_at IS NULL THEN c.due_at ELSE coalesce(c.next_at, c.due_at) END",
        # It stays with its handler however late it is.
        "free_at": "c.due_at + interval '1 year'",
        "worth": "NULL::numeric",
        "facts": "jsonb_build_object('number', c.id)",
        "ended_at": "c.closed_at",
        "outcome": "CASE WHEN c.closed_at IS NULL THEN '' ELSE 'handled' END",
    },
    source=f"""(
        SELECT * FROM orders_complaint WHERE store_id = %(store)s
    ) AS c WHERE {touched("coalesce(c.buyer_id, 0)")}""",
    needs_owner=True,
    on_close=_close,
    on_reopen=_reopen,
)
