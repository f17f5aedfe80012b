"""What the product makes of a hand-written store, told by day numbers and names."""

from kpis.figures import Query, Row, agent_names, agent_rows
from kpis.models import STORE, Inquiry
from kpis.unconverted import unconverted
from stores.models import Store
from tenants.scope import organization_scope
from tests.kpis.against_reference import product_owners
from tests.reference.by_hand import HandStore, at, day


def one_chat(seat: str = "A", start: str = "10:00", end: str = "10:20", number: int = 1, **rule) -> HandStore:
    """A store with one chat; rule: settings of its rule version."""
    hand = HandStore(rule)
    hand.chat(seat, at(number, start), at(number, end))
    return hand


class Imported:
    """A hand-written store as the product sees it."""

    def __init__(self, store: Store):
        self.store = store

    def owners(self, order_id: str = "o1") -> tuple[str | None, ...]:
        found = product_owners(self.store)
        return tuple(found[judgement, order_id] for judgement in ("order", "order_first", "payment"))

    def figures(self) -> dict[tuple[int, str], Row]:
        """{(day number, agent's name, '' the store)}: row."""
        with organization_scope(self.store.organization_id):
            names = agent_names()
            rows = agent_rows(Query(day(-60), day(60), (self.store.pk,)), "agent-day")
            return {
                ((row.day - day(1)).days + 1, "" if row.is_store else names[row.agent_id]): row
                for row in rows
            }

    def inquiries(self) -> dict[tuple[int, str], tuple[bool, bool]]:
        """{(day number, agent's name, '' the store)}: (converted the same day, finally)."""
        with organization_scope(self.store.organization_id):
            names = agent_names() | {STORE: ""}
            return {
                ((i.day - day(1)).days + 1, names[i.agent_id]): (i.converted_same_day, i.converted_final)
                for i in Inquiry.objects.filter(store=self.store)
            }

    def lost(self) -> int:
        """How many unconverted inquiries agents have, wherever the buyer bought."""
        with organization_scope(self.store.organization_id):
            return unconverted(Query(day(-60), day(60), (self.store.pk,)), went="all")[1]
