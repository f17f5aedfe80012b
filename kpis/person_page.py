"""One agent by day: the own figures, beside the team's for those who lead it."""

from dataclasses import replace
from itertools import repeat

from django.urls import reverse
from django.utils.translation import gettext

from kpis import charts, summary, wording
from kpis.agent_page import LONGEST_DAILY, SUMS, TRENDS, carried, names_of
from kpis.definitions import MEASURES, OF_CONVERSION
from kpis.figures import TEAM, Row, agent_rows
from kpis.forms import Filters, days_of
from kpis.models import UNASSIGNED
from kpis.periods import month_start
from kpis.positions import positions_in
from kpis.tables import Table, TableRow, asked_sort, cells_of, measures, sorted_rows, value_of
from kpis.wording import day_text
from team.models import PositionKind

COLUMNS = (
    "consulting_buyers", "received_buyers", "inquiries", "conversion_final", "conversion_same_day", "lost_inquiries",
    "orders", "paid_amount", "sales_share", "amount_per_buyer", "refund_rate", "average_first_response_seconds",
    "average_response_seconds", "three_minute_rate", "unanswered_buyers", "qa_ratio", "assists", "received_sessions",
    "satisfaction", "ratings", "invited_rate", "rated_rate",
)  # fmt: skip
TILES = (
    "conversion_final",
    "paid_amount",
    "inquiries",
    "refund_rate",
    "average_first_response_seconds",
    "three_minute_rate",
)


class PersonPage:
    """Everything the page of one agent (or of the seats nobody held) shows."""

    def __init__(self, request, filters: Filters, agent_id: int, see_team: bool):
        self.request, self.filters, self.agent_id, self.see_team = request, filters, agent_id, see_team
        self.name, self.kept = names_of()[agent_id], carried(request)
        self.positions = positions_in(filters.period)
        self.days = [row for row in self._rows("person-day") if row.agent_id == agent_id]
        own = [row for row in self._rows("person") if row.agent_id == agent_id]
        self.whole = own[0] if own else None
        self.currency = self.whole.currency if self.whole else request.organization.currency

    def _rows(self, by: str, compared: bool = False) -> list[Row]:
        period = self.filters.compared if compared else self.filters.period
        rows = agent_rows(self.filters.query(period, (self.agent_id,)), by, only=SUMS)
        self.positions.mark(rows)
        return rows

    def table(self) -> Table:
        columns = measures(*COLUMNS)
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-name")
        lines = [self._line(row, columns) for row in self.days]
        total = (
            TableRow(gettext("Whole period"), cells_of(self.whole, columns, self.currency))
            if self.whole
            else None
        )
        return Table(gettext("Day"), columns, sorted_rows(lines, columns, sort), sort, self.currency, total)

    def _line(self, row: Row, columns: list) -> TableRow:
        address = reverse(
            "agent_day", args=[self.request.organization.slug, self.agent_id, row.day.isoformat()]
        )
        address += self.kept
        extra = {
            gettext("date"): row.day.isoformat(),
            gettext("currency"): row.currency,
            gettext("rule version"): row.rule_version,
            gettext("maturity"): row.maturity,
        }
        cells = cells_of(row, columns, row.currency, repeat(address))
        detail = "" if row.maturity == "final" else gettext("provisional")
        return TableRow(day_text(row.day, weekday=True), cells, address, detail, order=row.day, extra=extra)

    def context(self) -> dict:
        """The context of kpis/agent_days.html."""
        before = None
        if self.filters.compared:
            before = next(
                (row for row in self._rows("person", compared=True) if row.agent_id == self.agent_id), None
            )
        lost = reverse("unconverted_buyers", args=[self.request.organization.slug])
        lost += carried(self.request, agent=self.agent_id, went="all")
        links = {"conversion_final": lost, "inquiries": lost}
        team = self._team() if self.see_team else []
        return {
            "person_name": self.name,
            "agent_id": self.agent_id,
            "tiles": [
                summary.tile_of(key, self.whole, before, self.days, self.currency, links.get(key, ""))
                for key in TILES
            ],
            "chart": self._chart(team) if self.days else None,
            "chart_measures": measures(*self._trends()),
            "currency": self.currency,
            "comparison": self._against(team),
            "team_position": PositionKind(kind).label if (kind := self.positions.kind(self.agent_id)) else "",
            "lost_address": lost,
            "refunds_address": reverse("agent_refunds", args=[self.request.organization.slug, self.agent_id])
            + self.kept,
            "newest": self.whole,
        }

    def _team(self) -> list[Row]:
        """The figures of everybody of the same position as one by the chart's steps; all people's where it is not
        known, [] where nobody else holds it."""
        by = "team-day" if self.filters.period.days <= LONGEST_DAILY else "team-month"
        people = self.positions.colleagues(self.agent_id)
        if people == [self.agent_id]:
            return []
        query = replace(self.filters.query(self.filters.period), agent_ids=tuple(people) or None)
        return [row for row in agent_rows(query, by, only=SUMS) if row.agent_id == TEAM]

    def _trends(self) -> list[str]:
        """The figures the chart is offered of."""
        none = self.positions.has_no_conversion(self.agent_id)
        return [key for key in TRENDS if not (none and key in OF_CONVERSION)]

    def _chart(self, team: list[Row]) -> dict:
        asked, trends = self.request.GET.get("trend", ""), self._trends()
        key = asked if asked in trends else trends[0]
        daily = self.filters.period.days <= LONGEST_DAILY
        steps = days_of(self.filters.period)
        if not daily:
            steps = sorted({month_start(day) for day in steps})
        own = self.days if daily else [r for r in self._rows("person-month") if r.agent_id == self.agent_id]
        person = {self.agent_id: (self.name, self.filters.ranks().get(self.agent_id, 0) % charts.COLOURS, "")}
        points = {self.agent_id: charts.points_of(own, key)}
        spec = charts.trend(key, [self.whole], points, steps, person, [self.agent_id], months=not daily)
        if team and MEASURES[key].unit in ("rate", "seconds"):
            smooth = charts.is_smooth(key, steps, not daily)
            spec["series"].append(charts.team_line([charts.points_of(team, key)], steps, smooth))
        return spec

    def _against(self, team: list[Row]) -> list[dict]:
        """How the agent compares with the team over the whole period, figure by figure; [] without a team."""
        whole_team = summary.team_of(team)
        if whole_team is None or self.whole is None or self.agent_id == UNASSIGNED:
            return []
        lines = []
        for key in (
            "conversion_final",
            "average_first_response_seconds",
            "three_minute_rate",
            "refund_rate",
            "reply_rate",
            "satisfaction",
        ):
            if self.whole.without_conversion and key in OF_CONVERSION:
                continue
            measure = MEASURES[key]
            own, others = value_of(self.whole, key), value_of(whole_team, key)
            difference = summary.difference_of(own, others, measure)
            lines.append(
                {
                    "measure": measure,
                    "own": wording.figure_text(own, measure),
                    "team": wording.figure_text(others, measure),
                    "difference": wording.change_text(difference, measure),
                    "tone": summary.tone_of(difference, measure),
                }
            )
        return lines
