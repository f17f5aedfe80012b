"""The day that fines from facts are tested with: Ann is on line on 3 November from 09:00 to 17:00 of Shanghai's clock
(UTC+8) unless said."""

from datetime import date

from desk.fine_facts import Look
from desk.models import Attendance
from policies.penalty_models import PenaltySettings
from stores.models import Store
from tests.make import at, write_chat

DAY, NOW = date(2026, 11, 3), at("2026-11-05 12:00:00")


def on_line(
    agent, since: str = "2026-11-03 09:00:00", until: str = "2026-11-03 17:00:00", **fields
) -> Attendance:
    facts = {
        "seen_from": at(since).isoformat(),
        "seen_to": at(until).isoformat(),
        "gaps": [],
        **fields.pop("facts", {}),
    }
    told = {"day": DAY, "status": "present", "facts": facts} | fields
    return Attendance.objects.create(organization_id=agent.organization_id, agent=agent, **told)


def look(since: date = date(2026, 11, 1), now=NOW, **settings) -> Look:
    stores = {store.pk: store for store in Store.objects.all()}
    return Look(since, now.date(), now, stores, PenaltySettings(**settings))


def chat(store, buyer: str, *lines) -> None:
    """lines: (direction, clock of 3 November, text)."""
    write_chat(store, buyer, "s:ann", *((way, f"2026-11-03 {clock}", text) for way, clock, text in lines))
