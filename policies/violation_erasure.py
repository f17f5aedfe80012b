"""Taking what was said out of violations. That there was one, of which rule, whose and what came of it stays."""

from datetime import datetime

from orders.matter_erasure import BATCH, Matter, erase_finished_matters, erase_matters_of
from orders.remark_models import About
from stores.models import Store

# What nobody has judged counts from when it was found: nobody works by it. What waits for a second person, an appeal
# or its answer keeps its words.
VIOLATIONS = Matter(
    "violations", About.VIOLATION, "policies_violation", ("policies_violation", ("quote",)),
    "(x.state NOT IN ('second', 'confirmed', 'appealed') AND coalesce(x.settled_at, x.found_at) < %(before)s)",
)  # fmt: skip


def forget_violations(store: Store, buyer_id: int, order_ids: list[str]) -> dict[str, int]:
    """Empty the quotes of a buyer's violations and what people wrote about them, open ones too; {"violations": how many}.
    In the caller's scope and transaction."""
    return erase_matters_of(store, buyer_id, order_ids, (VIOLATIONS,))


def erase_old_violations(organization_id: int, before: datetime, batch: int = BATCH) -> dict[str, int]:
    """Empty those of violations that were settled, or found and never judged, before an instant; {"violations": how
    many}. Batches are transactions of their own."""
    return erase_finished_matters(organization_id, before, batch, (VIOLATIONS,))
