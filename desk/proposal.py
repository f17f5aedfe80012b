"""Filling the empty cells of a month's roster fairly (docs/desk.md, Proposal). Pure: plain rows in, plain rows out.

What is set stays. Never broken: one shift a day, rest between shifts, working days and nights in a row, shifts only
for whoever holds a seat of a store they cover. Kept where possible, in this order: people wanted, rest days, every
store covered, people for the expected load, wishes; then days and nights even.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from desk.proposal_start import first_roster
from desk.proposal_task import DAY, Proposal, Shift, Shortage, Task, Worker

# Seconds of one worker's time by the solver's own count, the same on every machine, and by the clock at most.
EFFORT, LONGEST = 2.0, 20.0
SEED = 4
# Empty cells up to which a whole search ends soon.
SMALL = 150
# What one missing or broken thing costs.
PERSON, REST_DAY, UNCOVERED_STORE, LOAD, WISH, SPREAD, CROWD, IDLE = 1000, 500, 200, 30, 12, 8, 4, 3


def propose(task: Task) -> Proposal:
    """The best roster found within the effort. The same task gives the same roster, on any machine that is given
    LONGEST seconds. Raises ValueError when the rules themselves contradict each other."""
    from ortools.sat.python import cp_model

    search = _Search(task, cp_model.CpModel())
    search.build()
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = SEED
    if len(search.works) > SMALL:
        # The first roster is near the best one: neighbourhoods of it are searched, by workers that take turns. Racing
        # each other they would be no faster on two cores, and the roster would differ from run to run.
        solver.parameters.num_workers = 2
        solver.parameters.interleave_search = True
        solver.parameters.use_lns_only = True
    else:
        solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.max_time_in_seconds = LONGEST
    status = solver.solve(search.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise ValueError(f"no roster keeps these rules: {solver.status_name(status)}")
    return search.answer(solver, status == cp_model.OPTIMAL)


class _Search:
    """The model of one task. `on[worker, day, shift]` is a variable for an empty cell, 0 or 1 for a set one."""

    def __init__(self, task: Task, model):
        self.task, self.model, self.costs = task, model, []
        self.on: dict[tuple[int, date, int], object] = {}
        self.slack: list[tuple[object, Shortage]] = []
        self.wishes: list = []
        self.works: dict[tuple[int, date], object] = {}  # of empty cells: whether any shift is worked
        self.first: dict[int, int] = {}  # {a variable's index: what it is in the first roster}

    def build(self) -> None:
        self._cells()
        for worker in self.task.workers:
            self._rest_between(worker)
            self._in_row(worker, self.task.shifts, self.task.rules.days_in_row)
            self._in_row(worker, [s for s in self.task.shifts if s.night], self.task.rules.nights_in_row)
            self._wishes(worker)
        self._people()
        self._stores()
        self._load()
        self._even()
        self.model.minimize(sum(self.costs))

    def _cells(self) -> None:
        start = first_roster(self.task)
        for worker in self.task.workers:
            for day in self.task.days:
                for shift in self.task.shifts:
                    key = (worker.id, day, shift.id)
                    if not self.task.free(worker, day):
                        self.on[key] = int(worker.set[day] == shift.id)
                    elif self.task.able(worker, shift):
                        self.on[key] = self._variable(1, int(start.get((worker.id, day)) == shift.id))
                    else:
                        self.on[key] = 0
                if self.task.free(worker, day):
                    row = self._row(worker, day, self.task.shifts)
                    works = self._variable(1, self._first(row))
                    self.model.add(sum(row) == works)
                    self.works[worker.id, day] = works

    def _row(self, worker: Worker, day: date, shifts: Sequence[Shift]) -> list:
        """Whether the worker is on each of the shifts; of days beyond the month as it was set."""
        outside = worker.set.get(day)
        return [self.on.get((worker.id, day, shift.id), int(outside == shift.id)) for shift in shifts]

    def _on(self, worker: Worker, day: date, shifts: Sequence[Shift]) -> list:
        """As `_row`, in one value where any shift counts."""
        whole = len(shifts) == len(self.task.shifts) and (worker.id, day) in self.works
        return [self.works[worker.id, day]] if whole else self._row(worker, day, shifts)

    def _variable(self, most: int, first: int):
        """A whole number from 0 to `most`; `first`: what it is in the roster the search begins with."""
        found = self.model.new_int_var(0, most, "")
        self.first[found.index] = first
        self.model.add_hint(found, first)
        return found

    def _first(self, values: Sequence) -> int:
        return sum(value if isinstance(value, int) else self.first[value.index] for value in values)

    def _rest_between(self, worker: Worker) -> None:
        first, last = self.task.days[0] - DAY, self.task.days[-1] + DAY
        days = [first, *self.task.days, last]
        least = timedelta(hours=self.task.rules.rest_hours)
        for day, after in pairwise(days):
            for one, value in zip(self.task.shifts, self._row(worker, day, self.task.shifts), strict=True):
                late = [
                    follows
                    for other, follows in zip(
                        self.task.shifts, self._row(worker, after, self.task.shifts), strict=True
                    )
                    if other.hours[after][0] - one.hours[day][1] < least
                ]
                self._at_most(1, [value, *late])

    def _at_most(self, most: int, values: Sequence) -> None:
        """No more than `most` of the values; what was set by hand beyond that is left alone."""
        known = sum(value for value in values if isinstance(value, int))
        free = [value for value in values if not isinstance(value, int)]
        if len(free) + known > most and free:
            self.model.add(sum(free) <= max(0, most - known))

    def _in_row(self, worker: Worker, shifts: Sequence[Shift], most: int) -> None:
        first, last = self.task.days[0] - DAY * most, self.task.days[-1] + DAY * most
        day = first
        while shifts and day + DAY * most <= last:
            window = [day + DAY * number for number in range(most + 1)]
            self._at_most(most, [value for one in window for value in self._on(worker, one, shifts)])
            day += DAY

    def _wishes(self, worker: Worker) -> None:
        for day, wished in worker.wishes.items():
            if day not in self.task.days or not self.task.free(worker, day):
                continue
            if wished is None:
                broken = self.works[worker.id, day]
            else:
                broken = 1 - self.on.get((worker.id, day, wished), 0)
            self.wishes.append(broken)
            self.costs.append(WISH * broken)

    def _missing(self, wanted: int, values: Sequence, cost: int, shortage: dict | None = None) -> None:
        known = sum(value for value in values if isinstance(value, int))
        free = [value for value in values if not isinstance(value, int)]
        if wanted - known <= 0:
            return
        missing = self._variable(wanted - known, max(0, wanted - known - self._first(free)))
        self.model.add(sum(free) + missing >= wanted - known)
        self.costs.append(cost * missing)
        if shortage is not None:
            self.slack.append((missing, shortage))

    def _people(self) -> None:
        """People wanted on each shift; beyond them, what is left of people is spread in the same proportion."""
        wanted = sum(shift.wanted for shift in self.task.shifts) or 1
        for day in self.task.days:
            here = sum(not isinstance(worker.set.get(day), str) for worker in self.task.workers)
            for shift in self.task.shifts:
                values = [self.on[worker.id, day, shift.id] for worker in self.task.workers]
                self._missing(shift.wanted, values, PERSON, {"what": "people", "day": day, "shift": shift})
                share = max(shift.wanted, -(-here * shift.wanted // wanted))
                crowd = self._variable(len(values), max(0, self._first(values) - share))
                self.model.add(sum(values) - crowd <= share)
                self.costs.append(CROWD * crowd)

    def _stores(self) -> None:
        """Of each store a shift covers somebody is on who holds a seat there."""
        for store_id in sorted({one for worker in self.task.workers for one in worker.stores}):
            holders = [worker for worker in self.task.workers if store_id in worker.stores]
            for shift in self.task.shifts:
                if not shift.wanted or store_id not in shift.stores or len(holders) == len(self.task.workers):
                    continue
                for day in self.task.days:
                    values = [self.on[worker.id, day, shift.id] for worker in holders]
                    about = {"what": "store", "day": day, "shift": shift, "store_id": store_id}
                    self._missing(1, values, UNCOVERED_STORE, about)

    def _load(self) -> None:
        for stretch in self.task.load:
            on = [
                self.on[worker.id, stretch.day, shift.id]
                for shift in self.task.shifts
                if shift.hours[stretch.day][0] <= stretch.begins
                and stretch.ends <= shift.hours[stretch.day][1]
                for worker in self.task.workers
            ]
            if on:
                self._missing(min(stretch.people, len(self.task.workers)), on, LOAD)

    def _even(self) -> None:
        """Rest days for everybody, and days and nights even among those who may work them."""
        nights = [shift for shift in self.task.shifts if shift.night]
        self._spread(self.task.workers, self.task.shifts, rest=True)
        able = [worker for worker in self.task.workers if any(self.task.able(worker, one) for one in nights)]
        self._spread(able, nights)

    def _spread(self, workers: Sequence[Worker], shifts: Sequence[Shift], rest: bool = False) -> None:
        """Nobody has many more of the shifts than another. rest: and everybody has their rest days, few beyond."""
        size, counts = len(self.task.days), []
        for worker in workers:
            if not any(self.task.free(worker, day) for day in self.task.days):
                continue
            # Leave is no rest day, and who is on leave need not make up for it.
            away = self.task.away(worker)
            row = [value for day in self.task.days for value in self._on(worker, day, shifts)]
            if rest:
                off, wanted = size - away - self._first(row), min(self.task.rules.rest_days, size - away)
                missing, idle = (
                    self._variable(size, max(0, wanted - off)),
                    self._variable(size, max(0, off - wanted)),
                )
                self.model.add(size - away - sum(row) + missing - idle == wanted)
                self.costs += [REST_DAY * missing, IDLE * idle]
                self.slack.append((missing, {"what": "rest", "worker": worker}))
            if away <= size // 4:
                counts.append([*row, away] if rest else row)
        if len(counts) < 2 or not shifts:
            return
        firsts = [self._first(row) for row in counts]
        most, least = self._variable(size, max(firsts)), self._variable(size, min(firsts))
        for row in counts:
            self.model.add(sum(row) <= most)
            self.model.add(sum(row) >= least)
        self.costs.append(SPREAD * (most - least))

    def answer(self, solver, best: bool) -> Proposal:
        cells: dict[tuple[int, date], int | None] = {}
        for worker in self.task.workers:
            for day in self.task.days:
                if self.task.free(worker, day):
                    row = self._row(worker, day, self.task.shifts)
                    taken = [s.id for s, v in zip(self.task.shifts, row, strict=True) if solver.value(v)]
                    cells[worker.id, day] = taken[0] if taken else None
        found = [
            Shortage(missing=solver.value(missing), **about)
            for missing, about in self.slack
            if solver.value(missing)
        ]
        broken = sum(solver.value(wish) for wish in self.wishes)
        return Proposal(cells, found, broken, best, solver.wall_time)
