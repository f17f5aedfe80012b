"""What comes of scripts: how often each was used, and how often its buyer then bought (docs/scripts.md)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

PERIOD = timedelta(days=90)

# A use counts for conversion when its buyer is known and the window of the store's rule of its day is over. The buyer
# converted who paid for a sale in that store within the window.
FIGURES = """
SELECT u.script_id, count(*), max(u.used_at),
    count(*) FILTER (WHERE w.ends_at <= %(now)s),
    count(*) FILTER (WHERE w.ends_at <= %(now)s AND EXISTS (
        SELECT 1 FROM kpis_orderfact f WHERE f.store_id = u.store_id AND f.buyer_id = u.buyer_id
            AND f.paid_at > u.used_at AND f.paid_at <= w.ends_at))
FROM conversations_scriptuse u
LEFT JOIN stores_store s ON s.id = u.store_id
LEFT JOIN LATERAL (
    SELECT u.used_at + make_interval(days => r.window_days) AS ends_at FROM policies_attributionrule r
    WHERE r.store_id = u.store_id AND u.buyer_id IS NOT NULL
        AND r.since <= ((u.used_at AT TIME ZONE s.time_zone) - make_interval(mins => s.day_cut_minutes))::date
    ORDER BY r.since DESC, r.number DESC LIMIT 1
) AS w ON true
WHERE u.script_id = ANY(%(scripts)s) AND u.used_at >= %(since)s AND u.used_at <= %(now)s
GROUP BY u.script_id
"""


class Figures(NamedTuple):
    """Of one script in the last 90 days. counted: uses whose buyer had the whole window to buy."""

    uses: int = 0
    last_at: datetime | None = None
    counted: int = 0
    bought: int = 0

    @property
    def conversion(self) -> Decimal | None:
        """bought / counted; None: not known."""
        return Decimal(self.bought) / self.counted if self.counted else None


def figures_of(script_ids: Iterable[int], now: datetime) -> dict[int, Figures]:
    """{script id: its figures}; one statement, scripts nobody used are left out."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"scripts": list(script_ids), "since": now - PERIOD, "now": now})
        return {row[0]: Figures(*row[1:]) for row in cursor.fetchall()}
