"""The neutral table `roster` (name or employee id, day, shift), written as a sheet of the page would be."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from stores.imports import Written
from stores.models import Store
from stores.platforms.records import Refusal, RosterRecord
from team.models import Agent
from team.roster import Cell, write_cells
from team.roster_sheets import codes_of_words, people_by_key, whose
from team.shifts import shift_kinds


def write_roster(
    store: Store, records: Sequence[tuple[int, RosterRecord]], as_of: datetime | None = None
) -> Written:
    """Write what people do on which days: as a draft, or as changes where the month is published.

    Unknown people and shifts are refused row by row. Of two rows for one person and day the later one holds.
    """
    codes = codes_of_words(shift_kinds(store.organization_id))
    people = people_by_key(Agent.objects.all())
    wanted: dict[Cell, str] = {}
    refusals = []
    for row, record in records:
        agent = whose(record.name, record.employee_id, people)
        code = codes.get(record.shift.casefold())
        if isinstance(agent, str):
            column = "name" if record.name else "employee_id"
            refusals.append(Refusal(row, column, agent, {"name": record.name or record.employee_id}))
        elif code is None:
            message = _("“%(value)s” is no shift in use, rest or leave")
            refusals.append(Refusal(row, "shift", message, {"value": record.shift}))
        else:
            wanted[agent.pk, record.day] = code
    changed = write_cells(store.organization, wanted, timezone.now())
    new = sum(1 for one in changed if not one.before)
    unchanged = len(records) - len(refusals) - len(changed)
    return Written(new, len(changed) - new, unchanged, refusals)
