"""How many chats run across the end of a business day: the reason to move a store's day cut."""

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from conversations.models import Kind, Message
from stores.models import Buyer, Store

NIGHT_CUT_MINUTES = 240
BUYERS_LOOKED_AT = 500


class CutChats(NamedTuple):
    """Of the `buyers` newest buyers' chats, how many run across midnight and across 04:00."""

    buyers: int
    across_midnight: int
    across_four: int


def chats_cut(store: Store) -> CutChats:
    """Count neighbouring messages of one buyer no further apart than the session gap, on two different days.

    Automatic messages are left out, since they hold no session together (docs/kpis.md §2). Looks at the newest
    buyers only, so that it costs the same in a large store.
    """
    buyers = list(
        Buyer.objects.filter(store=store).order_by("-pk").values_list("pk", flat=True)[:BUYERS_LOOKED_AT]
    )
    rows = (
        Message.objects.filter(store=store, buyer_id__in=buyers, kind__in=(Kind.IN, Kind.HUMAN))
        .order_by("buyer_id", "sent_at")
        .values_list("buyer_id", "sent_at")
    )
    zone, gap = ZoneInfo(store.time_zone), timedelta(minutes=store.session_gap_minutes)
    counts, last_buyer, last = {0: 0, NIGHT_CUT_MINUTES: 0}, None, None
    for buyer_id, sent_at in rows:
        if buyer_id == last_buyer and sent_at - last <= gap:
            walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in (last, sent_at)]
            for minutes in counts:
                days = {(wall - timedelta(minutes=minutes)).date() for wall in walls}
                counts[minutes] += len(days) - 1
        last_buyer, last = buyer_id, sent_at
    return CutChats(len(buyers), counts[0], counts[NIGHT_CUT_MINUTES])
