"""Who held which position in a period: whom figures compare with whom, and who has no conversion rate (R42)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kpis.models import UNASSIGNED
from kpis.periods import Period
from kpis.rows import Row
from kpis.summary import team_of
from team.models import Position, PositionKind


@dataclass(frozen=True)
class Positions:
    """held: {agent id: positions of the period, the earliest first}."""

    held: dict[int, list[Position]]

    def kind(self, agent_id: int) -> str | None:
        """The position held last in the period; None where none is known."""
        held = self.held.get(agent_id)
        return held[-1].kind if held else None

    def has_no_conversion(self, agent_id: int) -> bool:
        """Whether somebody did after-sales and nothing else."""
        held = self.held.get(agent_id, ())
        return bool(held) and all(one.kind == PositionKind.AFTER_SALES for one in held)

    def colleagues(self, agent_id: int) -> list[int]:
        """Everybody of the same position, that person too; [] where it is not known."""
        kind = self.kind(agent_id)
        return [other for other in self.held if self.kind(other) == kind] if kind else []

    def mark(self, rows: Iterable[Row]) -> None:
        """Take conversion from the rows of people who have none."""
        for row in rows:
            row.without_conversion = row.agent_id > UNASSIGNED and self.has_no_conversion(row.agent_id)

    def words(self, day: date) -> dict[int, str]:
        """{agent_id: position, grade and group on `day`}."""
        told = {}
        for agent_id, held in self.held.items():
            for one in held:
                if one.since <= day and (one.until is None or one.until >= day):
                    parts = (one.get_kind_display(), one.get_grade_display(), one.group and one.group.name)
                    told[agent_id] = " · ".join(filter(None, parts))
        return told


def positions_in(period: Period) -> Positions:
    """Of everybody. One statement."""
    held: dict[int, list[Position]] = {}
    found = Position.objects.filter(since__lte=period.until).exclude(until__lt=period.since)
    for one in found.select_related("group").order_by("since"):
        held.setdefault(one.agent_id, []).append(one)
    return Positions(held)


class Teams:
    """The people of each position as one, to compare a person with. people: one row for each person.

    Whose position is not known is compared with everybody.
    """

    def __init__(self, people: Sequence[Row], positions: Positions):
        self.positions = positions
        by_kind: dict[str, list[Row]] = {}
        for row in people:
            if kind := positions.kind(row.agent_id):
                by_kind.setdefault(kind, []).append(row)
        self.everybody = team_of(people)
        self.by_kind = {kind: team_of(rows) for kind, rows in by_kind.items()}

    def of(self, row: Row) -> Row:
        return self.by_kind.get(self.positions.kind(row.agent_id) or "", self.everybody)
