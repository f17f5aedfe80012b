"""Why a proposal could not fill everything, in words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from desk.proposal_task import DAY, REST, Proposal, Shift, Shortage, Task, Worker
from team.roster_models import EntryKind

# Reasons beyond so many people are told as a number.
NAMED = 8


@dataclass(frozen=True)
class Reason:
    """One shortage: what is missing, and why each of the people who are not there is not."""

    day: date | None
    text: str
    whys: list[str]


def explain(task: Task, proposal: Proposal, store_names: Mapping[int, str]) -> list[Reason]:
    """Each shortage in words, by day; shortages of the whole month first."""
    work = _Work(task, proposal)
    reasons, uncovered = [], defaultdict(list)
    for one in proposal.shortages:
        if one.what == "store":
            uncovered[one.shift, one.store_id].append(one.day)
        else:
            reasons.append(_of_rest(one) if one.worker else _of_people(work, one))
    for (shift, store_id), days in uncovered.items():
        reasons.append(_of_store(work, shift, store_id, sorted(days), store_names.get(store_id, "")))
    return sorted(reasons, key=lambda one: (one.day is not None, one.day or date.min, one.text))


def _of_rest(one: Shortage) -> Reason:
    text = ngettext(
        "%(name)s: %(n)s rest day is missing.", "%(name)s: %(n)s rest days are missing.", one.missing
    ) % {"name": one.worker.name, "n": one.missing}
    return Reason(None, text, [gettext("what is set or wanted leaves no more days free")])


def _of_people(work: "_Work", one: Shortage) -> Reason:
    on = work.on(one.day, one.shift)
    text = ngettext(
        "%(day)s: %(shift)s needs %(wanted)s, only %(free)s is free.",
        "%(day)s: %(shift)s needs %(wanted)s, only %(free)s are free.",
        len(on),
    ) % {
        "day": date_format(one.day, "l j"),
        "shift": one.shift.name,
        "wanted": len(on) + one.missing,
        "free": len(on),
    }
    missing = [worker for worker in work.task.workers if worker not in on]
    return Reason(one.day, text, _shortened(work.whys(missing, one.day, one.shift)))


def _of_store(work: "_Work", shift: Shift, store_id: int, days: list[date], store: str) -> Reason:
    """A store that nobody on the shift knows, on all its days together."""
    holders = [worker for worker in work.task.workers if store_id in worker.stores]
    text = ngettext(
        "On %(n)s day nobody on %(shift)s holds a seat of %(store)s.",
        "On %(n)s days nobody on %(shift)s holds a seat of %(store)s.",
        len(days),
    ) % {"n": len(days), "shift": shift.name, "store": store}
    whys = [f"{date_format(day, 'l j')}: {'; '.join(work.whys(holders, day, shift)[:NAMED])}" for day in days]
    return Reason(None, text, whys)


def _shortened(whys: list[str]) -> list[str]:
    if len(whys) <= NAMED:
        return whys
    rest = len(whys) - NAMED
    return [*whys[:NAMED], ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest}]


class _Work:
    """Who works what in the proposal, and beyond the month as it is set."""

    def __init__(self, task: Task, proposal: Proposal):
        self.task = task
        self.shifts = {shift.id: shift for shift in task.shifts}
        self.done = {(worker.id, day): what for worker in task.workers for day, what in worker.set.items()}
        self.done |= {cell: shift_id for cell, shift_id in proposal.cells.items() if shift_id is not None}

    def on(self, day: date, shift: Shift) -> list[Worker]:
        return [worker for worker in self.task.workers if self.done.get((worker.id, day)) == shift.id]

    def whys(self, workers: list[Worker], day: date, shift: Shift) -> list[str]:
        return [f"{worker.name}: {self.why_not(worker, day, shift)}" for worker in workers]

    def why_not(self, worker: Worker, day: date, shift: Shift) -> str:
        """Why this worker is not on that shift, the plainest reason first."""
        given = worker.set.get(day)
        if given == REST:
            return gettext("has a rest day")
        if isinstance(given, str):
            return gettext("is on leave") if given in EntryKind.values else gettext("is not to be planned")
        if not self.task.able(worker, shift):
            return gettext("holds no seat there")
        other = self.shifts.get(self.done.get((worker.id, day), 0))
        if other:
            return gettext("works %(shift)s") % {"shift": other.name}
        return self._limit(worker, day, shift) or gettext("has a rest day of the month")

    def _limit(self, worker: Worker, day: date, shift: Shift) -> str:
        least = timedelta(hours=self.task.rules.rest_hours)
        before = self.shifts.get(self.done.get((worker.id, day - DAY), 0))
        after = self.shifts.get(self.done.get((worker.id, day + DAY), 0))
        begins, ends = shift.hours[day]
        if before and begins - before.hours[day - DAY][1] < least:
            until = (before.ends_minutes - 1) % 1440 + 1
            return pgettext("the day before", "has worked until %(time)s") % {"time": _clock(until)}
        if after and after.hours[day + DAY][0] - ends < least:
            return gettext("begins %(shift)s too early the next day") % {"shift": after.name}
        if self._streak(worker, day, lambda one: True) > self.task.rules.days_in_row:
            return gettext("would work more than %(n)s days in a row") % {"n": self.task.rules.days_in_row}
        if shift.night and self._streak(worker, day, lambda one: one.night) > self.task.rules.nights_in_row:
            return gettext("would work more than %(n)s nights in a row") % {
                "n": self.task.rules.nights_in_row
            }
        return ""

    def _streak(self, worker: Worker, day: date, counts) -> int:
        def works(on: date) -> bool:
            shift = self.shifts.get(self.done.get((worker.id, on), 0))
            return shift is not None and counts(shift)

        count, before, after = 1, day - DAY, day + DAY
        while works(before):
            count, before = count + 1, before - DAY
        while works(after):
            count, after = count + 1, after + DAY
        return count


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
