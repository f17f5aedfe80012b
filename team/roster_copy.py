"""Filling a month: a cycle of days repeated, or last month laid over this one weekday on weekday."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from team.roster import Cell, code_of, days_of, previous_month
from team.roster_models import EntryKind, RosterEntry, ShiftKind
from team.roster_month import Grid

LONGEST_CYCLE = 62
REST_WORDS = ("r", "rest", "休")
NOTHING_WORDS = ("-", "")


def parse_cycle(text: str, kinds: Sequence[ShiftKind]) -> list[str]:
    """`1 1 2 2 R R` → codes. A number is the shift of that key on the page, a name the shift so called, R rest,
    - nothing. Raises ValidationError naming what it does not know."""
    words = [word for word in re.split(r"[\s,，、;；]+", text.strip()) if word]
    if not 1 <= len(words) <= LONGEST_CYCLE:
        raise ValidationError(_("Give between 1 and %(most)s days."), params={"most": LONGEST_CYCLE})
    by_name = {kind.name.casefold(): kind for kind in kinds}
    codes = []
    for word in words:
        kind = by_name.get(word.casefold())
        if kind is None and word.isascii() and word.isdecimal() and 1 <= int(word) <= len(kinds):
            kind = kinds[int(word) - 1]
        if kind is not None:
            codes.append(f"s{kind.pk}")
        elif word.casefold() in REST_WORDS:
            codes.append(EntryKind.REST.value)
        elif word in NOTHING_WORDS:
            codes.append("")
        else:
            raise ValidationError(
                _("“%(word)s” is no shift: give its number or name, R for rest, - for nothing."),
                params={"word": word},
            )
    return codes


def from_cycle(
    agent_ids: Sequence[int], days: Sequence[date], codes: Sequence[str], stagger: int = 0
) -> dict[Cell, str]:
    """The cycle from the first of the days on; each next person begins `stagger` days further into it."""
    return {
        (agent_id, day): codes[(number + place * stagger) % len(codes)]
        for place, agent_id in enumerate(agent_ids)
        for number, day in enumerate(days)
    }


def day_before(day: date) -> date:
    """The day of last month that is copied: four weeks earlier, five where that is still this month."""
    earlier = day - timedelta(weeks=4)
    return earlier if earlier.month != day.month else day - timedelta(weeks=5)


def from_last_month(month: date, agent_ids: Sequence[int], kinds: Mapping[int, ShiftKind]) -> dict[Cell, str]:
    """Shifts still in use and rest days of last month. Leave and holidays are not copied. One query."""
    last = previous_month(month)
    entries = RosterEntry.objects.filter(agent_id__in=agent_ids, day__range=(last, days_of(last)[-1]))
    found = {
        (entry.agent_id, entry.day): code_of(entry)
        for entry in entries
        if entry.kind == EntryKind.REST or (entry.kind == EntryKind.WORK and kinds[entry.shift_id].active)
    }
    return {
        (agent_id, day): code
        for agent_id in agent_ids
        for day in days_of(month)
        if (code := found.get((agent_id, day_before(day))))
    }


def sparing(grid: Grid, wanted: Mapping[Cell, str], replace: bool) -> dict[Cell, str]:
    """What of it may be written: never over approved leave or after somebody left; over what is set only on request."""
    left = {agent.pk: agent.left_on for agent in grid.agents}
    return {
        (agent_id, day): code
        for (agent_id, day), code in wanted.items()
        if agent_id in left
        and (agent_id, day) not in grid.leave
        and not (left[agent_id] and day > left[agent_id])
        and (replace or not grid.code(agent_id, day))
    }
