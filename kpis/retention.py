"""How long personal data and messages are kept, without figures changing when they go.

Messages go by whole business days. Before they do, their days and some days after them are SEALED: the chat facts
of a sealed day (sessions, rounds, buyer-days, inquiries) stay as they are, whatever is derived again, and so does
who chased a payment on it (kpis/facts.py, kpis/ownership.py). The days after are sealed because what is open next
to them is still derived from messages: a session that began the day before, an inquiry's 24 hours before it, half
an hour around a chase. Sales and owners are derived anew from the kept sessions: a late refund still counts.
"""

import logging
from collections import Counter
from datetime import date, datetime, timedelta

from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from conversations.erasure import delete_messages, erase_old_calls, erase_old_rating_words
from intake.erasure import erase_old_refusals
from kpis.refresh import LOCK, read_marks, refresh_until_clean
from orders.erasure import erase_finished_orders
from orders.matter_erasure import erase_finished_matters
from stores.business_days import start_of
from stores.models import Store
from tenants.audit import record
from tenants.models import Organization
from tenants.scope import organization_scope

# Rooms above erase what they hold: receivers(organization_id, before) -> {what: how many}. They may be repeated.
personal_data_expired = Signal()
DAYS_BETWEEN = 2
logger = logging.getLogger(__name__)


def apply_retention(organization_id: int, now: datetime | None = None) -> dict[str, int]:
    """Erase what the organization no longer keeps; counts {"orders", "messages", "calls", …}. May be interrupted and
    repeated.

    now: an aware instant, the present if None. A run that erased something is recorded in the audit trail.
    """
    now = now or timezone.now()
    counts = Counter({"orders": 0, "messages": 0})
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        stores = list(Store.objects.all())
    if organization.personal_data_days is not None:
        before = now - timedelta(days=organization.personal_data_days)
        counts["orders"] = erase_finished_orders(organization_id, before)
        counts.update(erase_finished_matters(organization_id, before))
        counts["calls"] = erase_old_calls(organization_id, before)
        counts["refused_rows"] = erase_old_refusals(organization_id, before)
        for _receiver, found in personal_data_expired.send(
            None, organization_id=organization_id, before=before
        ):
            counts.update(found)
    if organization.message_days is not None:
        for store in stores:
            last = store.business_day(now) - timedelta(days=organization.message_days + 1)
            counts["messages"] += delete_chats(store, last)
            counts["rating_words"] += erase_old_rating_words(store, start_of(store, last + timedelta(days=1)))
    if any(counts.values()):
        with organization_scope(organization_id):
            record(None, "erased", organization, **{name: count for name, count in counts.items() if count})
    return dict(counts)


def delete_chats(store: Store, last: date) -> int:
    """Seal the store's days up to `last` and delete their messages; how many. 0 while figures are behind."""
    if not _has_messages(store, start_of(store, last + timedelta(days=1))):
        return 0
    # A session may go on over the cut for as long as its gap.
    if not seal(store, last + timedelta(days=DAYS_BETWEEN + store.session_gap_minutes // 1440)):
        logger.warning("store %s: the figures are behind, so no messages are deleted today", store.code)
        return 0
    return delete_messages(store, start_of(store, last + timedelta(days=1)))


def seal(store: Store, last: date) -> bool:
    """Seal every day up to `last` on which the store has figures; False if facts are not up to date just now."""
    refresh_until_clean(store)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk])
        if not read_marks(cursor, store).empty:
            return False
        cursor.execute(
            """
            INSERT INTO kpis_sealedday (organization_id, store_id, day)
            SELECT %(organization)s, %(store)s, d::date FROM generate_series(
                (SELECT min(day) FROM (SELECT day FROM kpis_buyerday WHERE store_id = %(store)s
                    UNION ALL SELECT day FROM kpis_chatsession WHERE store_id = %(store)s) AS known),
                %(last)s::date, interval '1 day') AS d
            ON CONFLICT DO NOTHING
            """,
            {"organization": store.organization_id, "store": store.pk, "last": last},
        )
        return True


def _has_messages(store: Store, before: datetime) -> bool:
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM conversations_message WHERE store_id = %s AND sent_at < %s)",
            [store.pk, before],
        )
        return cursor.fetchone()[0]
