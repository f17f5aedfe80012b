"""Refunds by whose fault they are, over the orders agents own (docs/kpis.md §7). From facts, not from messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext

from orders.service_models import Fault
from policies.refund_faults import JUDGED, NOT_DEDUCTED, refund_fault_sql
from stores.models import Store

DEDUCTED = "deducted"
ROWS = f"""
WITH found AS (
    SELECT f.owner_id, s.currency, f.order_id, r.amount, {refund_fault_sql("s.platform")} AS fault
    FROM kpis_orderfact f JOIN orders_order o ON o.id = f.order_id JOIN stores_store s ON s.id = f.store_id
    JOIN orders_refund r ON r.store_id = f.store_id AND r.order_id = o.order_id AND r.status = 'completed'
        AND r.kind IN ('refund_only', 'return_refund')
    {JUDGED}
    WHERE f.store_id = ANY(%(stores)s) AND f.paid_day BETWEEN %(since)s AND %(until)s AND f.refunded
        AND f.owner_id IS NOT NULL AND (%(agents)s::integer[] IS NULL OR f.owner_id = ANY(%(agents)s))
)
SELECT owner_id, currency, line, count(*), count(DISTINCT order_id), coalesce(sum(amount), 0),
    count(*) FILTER (WHERE amount IS NULL)
FROM (SELECT found.*, fault AS line FROM found
    UNION ALL SELECT found.*, '{DEDUCTED}' FROM found WHERE fault <> ALL(%(not_deducted)s)) AS lines
GROUP BY owner_id, currency, line ORDER BY owner_id, currency, line
"""


@dataclass(frozen=True)
class FaultRow:
    """Completed refunds of an agent's orders paid in the period, of one fault, or all that pay is deducted for.

    fault: of orders.service_models.Fault, or DEDUCTED: neither quality nor logistics. orders: different ones; one order
    refunded for two faults counts with each. amount: of the known ones, in the currency; without_amount: the others.
    """

    agent_id: int
    currency: str
    fault: str
    refunds: int
    orders: int
    amount: Decimal
    without_amount: int

    @property
    def name(self) -> str:
        """The fault in words."""
        return gettext("Deducted in pay") if self.fault == DEDUCTED else str(Fault(self.fault).label)

    @property
    def is_deducted(self) -> bool:
        return self.fault == DEDUCTED


def faults_by_agent(
    stores: Sequence[Store], since: date, until: date, agent_ids: Sequence[int] | None = None
) -> list[FaultRow]:
    """Rows of every agent (0: the seats nobody held), currency and fault, and of DEDUCTED; one statement.

    since, until: business days of payment, both included. agent_ids: of these alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ROWS,
            {
                "stores": [store.pk for store in stores],
                "since": since,
                "until": until,
                "agents": None if agent_ids is None else list(agent_ids),
                "not_deducted": [str(fault) for fault in NOT_DEDUCTED],
            },
        )
        return [FaultRow(*row) for row in cursor.fetchall()]


def fault_lines(rows: Sequence[FaultRow]) -> list[FaultRow]:
    """One agent's rows as a table shows them: by fault in the order of Fault, what is deducted last."""
    order = [*(str(fault) for fault in Fault), DEDUCTED]
    return sorted(rows, key=lambda row: (order.index(row.fault), row.currency))
