"""A first roster for the solver to improve: day by day, whoever has worked least. Pure; keeps the unbreakable rules."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from desk.proposal_task import DAY, Shift, Task, Worker

# Weights of what may be worked else today and of nights had, against days worked in a row: tried out on months of
# 24 people, 3 shifts and little slack, where these leave the fewest gaps.
CHOICES, NIGHTS = 3, 0.5


def first_roster(task: Task) -> dict[tuple[int, date], int | None]:
    """{(worker id, day): shift id, None for a day off} of the empty cells. Nights are given out first."""
    start = _Start(task)
    for day in task.days:
        for shift in sorted(task.shifts, key=lambda one: (not one.night, one.id)):
            start.give_out(day, shift, shift.wanted)
    start.fill_up()
    return {
        (worker.id, day): start.placed.get((worker.id, day))
        for worker in task.workers
        for day in task.days
        if task.free(worker, day)
    }


class _Start:
    def __init__(self, task: Task):
        self.task = task
        self.shifts = {shift.id: shift for shift in task.shifts}
        self.placed: dict[tuple[int, date], int] = {
            (worker.id, day): what
            for worker in task.workers
            for day, what in worker.set.items()
            if isinstance(what, int) and what in self.shifts
        }
        inside = set(task.days)
        self.worked = Counter(worker_id for worker_id, day in self.placed if day in inside)
        self.nights = Counter(
            key[0]
            for key, shift_id in self.placed.items()
            if key[1] in inside and self.shifts[shift_id].night
        )
        self.most = {
            worker.id: len(task.days) - task.rules.rest_days - task.away(worker) for worker in task.workers
        }

    def give_out(self, day: date, shift: Shift, wanted: int) -> None:
        """Put people on the shift until as many as wanted are on, as far as the rules allow."""
        on = sum(self.placed.get((worker.id, day)) == shift.id for worker in self.task.workers)
        free = [worker for worker in self.task.workers if self._may(worker, day, shift)]
        free.sort(key=lambda one: self._rank(one, day, shift))
        for worker in free[: max(0, wanted - on)]:
            self._place(worker, day, shift)

    def _rank(self, worker: Worker, day: date, shift: Shift) -> tuple:
        """Who is asked first: who wished it; who has not worked long in a row; who may work little else today, since
        late shifts keep from early ones; who had fewer nights and days."""
        choices = sum(self._rested(worker, day, one) for one in self.task.shifts)
        streak = self._row(worker, day, list(self.shifts))
        return (
            worker.wishes.get(day, shift.id) != shift.id,
            streak + CHOICES * choices + (NIGHTS * self.nights[worker.id] if shift.night else 0),
            self.worked[worker.id] - self.most[worker.id],
            worker.id,
        )

    def fill_up(self) -> None:
        """Days nobody asked for: on the shift that is the farthest below its share of people, while any rule allows."""
        wanted = sum(shift.wanted for shift in self.task.shifts) or 1
        on = Counter((key[1], shift_id) for key, shift_id in self.placed.items())
        for worker in self.task.workers:
            for day in sorted(self.task.days, key=lambda one: sum(on[one, shift] for shift in self.shifts)):
                able = [shift for shift in self.task.shifts if self._may(worker, day, shift) and shift.wanted]
                if able:
                    best = min(able, key=lambda one: on[day, one.id] * wanted / one.wanted)
                    on[day, best.id] += 1
                    self._place(worker, day, best)

    def _place(self, worker: Worker, day: date, shift: Shift) -> None:
        self.placed[worker.id, day] = shift.id
        self.worked[worker.id] += 1
        self.nights[worker.id] += shift.night

    def _may(self, worker: Worker, day: date, shift: Shift) -> bool:
        return (
            self.task.free(worker, day)
            and (worker.id, day) not in self.placed
            and self.task.able(worker, shift)
            and self.worked[worker.id] < self.most[worker.id]
            and self._rested(worker, day, shift)
            and self._row(worker, day, list(self.shifts)) <= self.task.rules.days_in_row
            and (
                not shift.night or self._row(worker, day, self._night_ids()) <= self.task.rules.nights_in_row
            )
        )

    def _night_ids(self) -> Sequence[int]:
        return [shift.id for shift in self.task.shifts if shift.night]

    def _rested(self, worker: Worker, day: date, shift: Shift) -> bool:
        least = timedelta(hours=self.task.rules.rest_hours)
        before = self.shifts.get(self.placed.get((worker.id, day - DAY), 0))
        after = self.shifts.get(self.placed.get((worker.id, day + DAY), 0))
        begins, ends = shift.hours[day]
        return not (
            (before and begins - before.hours[day - DAY][1] < least)
            or (after and after.hours[day + DAY][0] - ends < least)
        )

    def _row(self, worker: Worker, day: date, ids: Sequence[int]) -> int:
        """How many such shifts in a row there were with one on `day`."""
        count, before, after = 1, day - DAY, day + DAY
        while self.placed.get((worker.id, before)) in ids:
            count, before = count + 1, before - DAY
        while self.placed.get((worker.id, after)) in ids:
            count, after = count + 1, after + DAY
        return count
