"""Buyers' dangerous questions that wait for a careful answer (R11–R13): whose they are, and putting one aside."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from conversations.models import Message
from policies.inspection_models import ChatWarning
from stores.models import Store
from tenants.models import Membership, Role, User


def open_to(membership: Membership) -> QuerySet[ChatWarning]:
    """Warnings of the member's stores; of an agent's, those about buyers they serve or nobody does."""
    found = ChatWarning.objects.filter(store__in=Store.objects.open_to(membership))
    if membership.role == Role.AGENT:
        found = found.filter(Q(agent_id=membership.agent_id) | Q(agent_id=None))
    return found


def waiting(membership: Membership) -> QuerySet[ChatWarning]:
    """Those nobody has answered or put aside."""
    return open_to(membership).filter(answered_at=None, closed_at=None)


def put_aside(warning: ChatWarning, user: User, now: datetime) -> bool:
    """It needs no answer any more; whether it was still waiting. Two at once: one of them did it."""
    waits = ChatWarning.objects.filter(pk=warning.pk, answered_at=None, closed_at=None)
    return waits.update(closed_by=user, closed_at=now) == 1


def questions_of(warnings: Iterable[ChatWarning]) -> dict[int, str]:
    """{warning's id: the buyer's words}; left out where the chat is gone. One statement."""
    asked = {(one.store_id, one.message_id): one.pk for one in warnings}
    rows = Message.objects.filter(
        store_id__in={store for store, _ in asked}, message_id__in={message for _, message in asked}
    )
    texts = rows.values_list("store_id", "message_id", "text")
    return {asked[store, message]: text for store, message, text in texts if (store, message) in asked}
