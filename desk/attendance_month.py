"""A month's attendance as it is read: derived rows with the corrections over them, marks, totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from desk.attendance_rules import Status, late_marks
from desk.models import Attendance, AttendanceCorrection, DeskSettings
from team.models import Agent
from team.roster_models import EntryKind

LEAVE = (EntryKind.ANNUAL, EntryKind.SICK, EntryKind.PERSONAL, EntryKind.HOLIDAY)
WORKED = (Status.PRESENT, Status.LATE, Status.LEFT_EARLY, Status.ON_SHIFT)


@dataclass(frozen=True)
class Cell:
    """One person's day as it counts. derived: None where only a correction stands. mark: "free", "counted" or ""."""

    day: date
    status: str
    late_minutes: int
    derived: Attendance | None
    correction: AttendanceCorrection | None
    mark: str = ""

    @property
    def label(self) -> str:
        return str(Status(self.status).label)

    @property
    def left_early_minutes(self) -> int:
        """A correction that calls the day present takes leaving early back too."""
        if self.derived is None or (self.correction and self.status != Status.LEFT_EARLY):
            return 0
        return self.derived.left_early_minutes

    @property
    def extended_minutes(self) -> int:
        return self.derived.extended_minutes if self.derived else 0

    @property
    def idle_minutes(self) -> int:
        return self.derived.idle_minutes if self.derived else 0


@dataclass
class Person:
    agent: Agent
    cells: dict[date, Cell] = field(default_factory=dict)

    def totals(self) -> dict[str, int]:
        """Days and minutes of the month by name, in the order of TOTALS."""
        cells = list(self.cells.values())
        return {
            "worked": sum(cell.status in WORKED for cell in cells),
            "rest": sum(cell.status == EntryKind.REST for cell in cells),
            "leave": sum(cell.status in LEAVE for cell in cells),
            "late": sum(bool(cell.mark) for cell in cells),
            "late_counted": sum(cell.mark == "counted" for cell in cells),
            "left_early": sum(cell.left_early_minutes > 0 for cell in cells),
            "absent": sum(cell.status == Status.ABSENT for cell in cells),
            "idle_minutes": sum(cell.idle_minutes for cell in cells),
            "extended_minutes": sum(cell.extended_minutes for cell in cells),
        }


def month_sheet(agents: Iterable[Agent], days: list[date], figures: DeskSettings) -> list[Person]:
    """Each person's days. Two queries, however many people."""
    people = {agent.pk: Person(agent) for agent in agents}
    asked = {"agent_id__in": list(people), "day__range": (days[0], days[-1])}
    # Without a roster a day is told only if something belongs to it; the end of a night belongs to the day before.
    told = Attendance.objects.filter(**asked).exclude(status=Status.EXTRA, own_messages=0)
    rows = {(row.agent_id, row.day): row for row in told}
    words = {(word.agent_id, word.day): word for word in AttendanceCorrection.objects.filter(**asked)}
    for key in rows.keys() | words.keys():
        people[key[0]].cells[key[1]] = corrected(key[1], rows.get(key), words.get(key))
    for person in people.values():
        # An absent day is no late one.
        late = [
            (cell.day, cell.late_minutes) for cell in person.cells.values() if cell.status != Status.ABSENT
        ]
        for day, mark in late_marks(late, figures).items():
            cell = person.cells[day]
            person.cells[day] = Cell(day, cell.status, cell.late_minutes, cell.derived, cell.correction, mark)
        person.cells = dict(sorted(person.cells.items()))
    return list(people.values())


def corrected(day: date, row: Attendance | None, word: AttendanceCorrection | None) -> Cell:
    """What counts: the correction where there is one. Its minutes of lateness, else those derived if it says late."""
    if word is None:
        assert row is not None, "a cell needs a row or a correction"
        return Cell(day, row.status, row.late_minutes, row, None)
    derived = row.late_minutes if row and word.status == Status.LATE else 0
    return Cell(day, word.status, derived if word.late_minutes is None else word.late_minutes, row, word)
