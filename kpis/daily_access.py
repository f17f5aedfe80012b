"""Who sees which of the daily tables, and whose lines of them."""

from kpis.daily_sheets import TITLES
from kpis.forms import NOBODY
from tenants.permissions import allowed

# Supervisors' reports; everybody has the others, agents with their own lines.
REPORTS = ("returns", "report")


def tables_of(membership) -> list[str]:
    """The daily tables this member may see."""
    reports = allowed(membership, "see_sales_report")
    return [name for name in TITLES if reports or name not in REPORTS]


def own_agents(membership) -> tuple[int, ...] | None:
    """Whose lines this member sees: None is everybody's, else the person they are."""
    return None if allowed(membership, "see_sales_report") else (membership.agent_id or NOBODY,)
