"""What is wrong with a month's roster, worked out on the server in one place and shown beside the grid."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from stores.settings_text import time_of
from team.models import Agent
from team.roster import days_in_brief
from team.roster_models import EntryKind, RosterEntry
from team.roster_month import Grid

LEAVE = (EntryKind.ANNUAL, EntryKind.SICK, EntryKind.PERSONAL)
RESTS = (EntryKind.REST, EntryKind.HOLIDAY)


@dataclass(frozen=True)
class Conflict:
    """kind: what rule is broken. agent_id None: the days themselves lack people. text: an English msgid."""

    kind: str
    agent_id: int | None
    days: tuple[date, ...]
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def words(self) -> str:
        return gettext(self.text) % {**self.params, "days": days_in_brief(self.days)}


def conflicts(month: Grid) -> list[Conflict]:
    """Everything in the month that breaks a rule or is missing: people first, by name, then days without enough of
    them. A month in which nobody works yet has none."""
    if not any(entry.kind == EntryKind.WORK for entry in month.entries.values()):
        return []
    return [*(one for agent in month.agents for one in _of_person(month, agent)), *_too_few(month)]


def _of_person(month: Grid, agent: Agent) -> Iterator[Conflict]:
    days = month.days
    entries = {
        day: entry
        for day in (days[0] - timedelta(days=1), *days, days[-1] + timedelta(days=1))
        if (entry := month.entries.get((agent.pk, day)))
    }
    within = {day: entry for day, entry in entries.items() if days[0] <= day <= days[-1]}
    work = [entry for entry in within.values() if entry.kind == EntryKind.WORK]
    told = {
        "overlap": (_overlapping(entries.values()), _("%(name)s: two shifts at once on %(days)s")),
        "rest_hours": (
            _too_little_rest(month, entries.values()),
            _("%(name)s: less than %(hours)s h of rest before %(days)s"),
        ),
        "late_end": (_ending_late(month, work), _("%(name)s: works past %(limit)s on %(days)s")),
        "on_leave": (
            [entry.day for entry in work if (agent.pk, entry.day) in month.leave],
            _("%(name)s: a shift in spite of approved leave on %(days)s"),
        ),
        "left": (
            [day for day in within if agent.left_on and day > agent.left_on],
            _("%(name)s: has left by %(days)s"),
        ),
        "missing": (_missing(agent, days, within), _("%(name)s: nothing said for %(days)s")),
    }
    words = {
        "name": agent.name,
        "hours": month.limits.rest_hours,
        "limit": time_of(month.limits.latest_end_minutes % 1440),
    }
    for kind, (found, text) in told.items():
        if shown := tuple(day for day in found if days[0] <= day <= days[-1]):
            yield Conflict(kind, agent.pk, shown, text, words)
    yield from _too_few_rest_days(month, agent, within)


def _pairs(entries: Iterable[RosterEntry]) -> Iterator[tuple[RosterEntry, RosterEntry]]:
    work = sorted((e for e in entries if e.kind == EntryKind.WORK), key=lambda e: (e.starts_at, e.day))
    return pairwise(work)


def _overlapping(entries: Iterable[RosterEntry]) -> list[date]:
    return [later.day for earlier, later in _pairs(entries) if later.starts_at < earlier.ends_at]


def _too_little_rest(month: Grid, entries: Iterable[RosterEntry]) -> list[date]:
    rest = timedelta(hours=month.limits.rest_hours)
    return [
        later.day
        for earlier, later in _pairs(entries)
        if timedelta(0) <= later.starts_at - earlier.ends_at < rest
    ]


def _ending_late(month: Grid, work: list[RosterEntry]) -> list[date]:
    latest = month.limits.latest_end_minutes
    return [entry.day for entry in work if month.kinds[entry.shift_id].ends_minutes > latest]


def _missing(agent: Agent, days: list[date], within: dict[date, RosterEntry]) -> list[date]:
    """Days without anything of a person who has something in the month."""
    if not within:
        return []
    return [day for day in days if day not in within and not (agent.left_on and day > agent.left_on)]


def _too_few_rest_days(month: Grid, agent: Agent, within: dict[date, RosterEntry]) -> Iterator[Conflict]:
    """Whether the days not yet given to shifts or leave are still enough. Leave and days after leaving lessen the rest
    due in proportion, rounded down: 4 of 30 days, 2 of 15."""
    here = [day for day in month.days if not (agent.left_on and day > agent.left_on)]
    kinds = Counter(within[day].kind if day in within else "" for day in here)
    present = len(here) - sum(kinds[kind] for kind in LEAVE)
    due = month.limits.rest_days * present // len(month.days)
    possible = kinds[""] + sum(kinds[kind] for kind in RESTS)
    if kinds[EntryKind.WORK] and possible < due:
        text = _("%(name)s: %(possible)s rest days of %(due)s this month")
        params = {"name": agent.name, "possible": possible, "due": due}
        yield Conflict("rest_days", agent.pk, (), text, params)


def _too_few(month: Grid) -> Iterator[Conflict]:
    """Days on which fewer people work a kind of shift than it wants."""
    there = Counter(
        (entry.shift_id, entry.day) for entry in month.entries.values() if entry.kind == EntryKind.WORK
    )
    for kind in month.kinds.values():
        lacking = tuple(day for day in month.days if there[kind.pk, day] < kind.people_wanted)
        if kind.active and lacking:
            text = _("%(shift)s: fewer than %(wanted)s on %(days)s")
            yield Conflict(
                "coverage", None, lacking, text, {"shift": kind.name, "wanted": kind.people_wanted}
            )
