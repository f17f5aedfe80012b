"""What was changed in a month's roster, from the events the database keeps of its entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from team.models import Agent
from team.roster import days_of


@dataclass(frozen=True)
class HistoryRow:
    """One cell that became something else. before, after: codes; who: empty for imports and commands."""

    at: datetime
    who: str
    agent_name: str
    day: date
    before: str
    after: str
    published: bool


class MonthChanges:
    """Changes of these people's days in a month, newest first: a sequence a Paginator counts and slices.

    An event that changed neither shift nor reason (publishing does not) is no change. A cell that was emptied and
    filled again is one cell: events are joined by person and day, not by row.
    """

    _FROM = """
    FROM (
        SELECT pgh_id, pgh_created_at, pgh_context, agent_id, day, published,
            lag(code, 1, '') OVER (PARTITION BY agent_id, day ORDER BY pgh_id) AS before, code AS after
        FROM (
            SELECT *, CASE WHEN pgh_label = 'delete' THEN '' WHEN kind = 'work' THEN 's' || shift_id ELSE kind END AS code
            FROM team_rosterentryevent WHERE day BETWEEN %s AND %s AND agent_id = ANY(%s)
        ) AS event
    ) AS told WHERE before <> after
    """

    def __init__(self, month: date, agents: Iterable[Agent]):
        self.names = {agent.pk: agent.name for agent in agents}
        self._params = [month, days_of(month)[-1], list(self.names)]

    def __len__(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {self._FROM}", self._params)
            return cursor.fetchone()[0]

    def __getitem__(self, part: slice) -> list[HistoryRow]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pgh_created_at, coalesce(pgh_context ->> 'who', ''), agent_id, day, before, after, published"
                f" {self._FROM} ORDER BY pgh_id DESC LIMIT %s OFFSET %s",
                [*self._params, part.stop - part.start, part.start],
            )
            return [
                HistoryRow(at, who, self.names[agent], *rest) for at, who, agent, *rest in cursor.fetchall()
            ]
