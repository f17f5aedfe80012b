"""What people have to do with an order, as far as a member may see it: promises, cases, complaints, reviews, calls, …"""

from dataclasses import dataclass
from datetime import datetime

from conversations.models import PhoneCall
from conversations.phone_calls import calls_open_to, with_texts
from desk.follow_up_list import open_to
from desk.models import FollowUp
from orders.complaint_models import Complaint
from orders.models import Order, Review
from orders.service_models import Case, Promise
from orders.trade_models import Concession
from tenants.models import Membership, Role
from tenants.permissions import allowed

MOST = 200  # of each kind; the newest
# Follow-ups that only remind of a matter which the order's page shows itself.
REMINDERS = ("promise", "case_step", "complaint")


@dataclass(frozen=True)
class Matters:
    """The rows of one order, newest first; empty where the member may not see the kind."""

    promises: list[Promise]
    cases: list[Case]
    complaints: list[Complaint]
    concessions: list[Concession]
    reviews: list[Review]
    calls: list[PhoneCall]
    follow_ups: list[FollowUp]


def matters_of(order: Order, membership: Membership, now: datetime) -> Matters:
    """At most seven statements. Concessions, calls and follow-ups of an agent are those their own lists show."""
    mine = {"store": order.store_id, "order_id": order.order_id}

    def rows(found, permission: str, order_by: str, *related: str) -> list:
        if not allowed(membership, permission):
            return []
        # Without names select_related would join every table there is a key to.
        found = found.filter(**mine).select_related(*related) if related else found.filter(**mine)
        return list(found.order_by(order_by, "-pk")[:MOST])

    concessions = Concession.objects.all()
    if membership.role == Role.AGENT:
        concessions = concessions.filter(agent_id=membership.agent_id)
    calls = rows(calls_open_to(membership), "see_calls", "-called_at", "store", "buyer", "agent")
    return Matters(
        rows(Promise.objects, "see_promises", "-promised_at", "settled_by"),
        rows(Case.objects, "see_cases", "-opened_at", "closed_by"),
        rows(Complaint.objects, "see_cases", "-opened_at", "closed_by"),
        rows(concessions, "see_concessions", "-asked_at", "decided_by"),
        rows(Review.objects, "see_cases", "-created_at"),
        with_texts(calls),
        rows(open_to(membership, now).exclude(kind__in=REMINDERS), "see_follow_ups", "-made_at", "closed_by"),
    )
