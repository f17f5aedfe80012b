"""How long buyers wait: percentiles and shares within a time, per agent, and the whole distribution."""

from itertools import repeat

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext

from kpis import charts, summary
from kpis.agent_page import before_of, carried, names_of, people_address
from kpis.figures import BINS, agent_rows
from kpis.forms import Filters
from kpis.models import STORE, UNASSIGNED
from kpis.positions import Teams, positions_in
from kpis.tables import Table, TableRow, asked_sort, cells_of, measures, sorted_rows

COLUMNS = (
    "average_first_response_seconds", "average_response_seconds", "response_p50", "response_p90", "response_p95",
    "within_30s_rate", "within_60s_rate", "within_120s_rate", "within_180s_rate", "within_300s_rate", "response_count",
    "unanswered_rounds", "unanswered_buyers", "reply_rate",
)  # fmt: skip
# What all of these are made of.
SUMS = (
    "consulting_buyers", "unanswered_buyers", "response_count", "response_seconds_sum", "first_response_count",
    "first_response_seconds_sum", "unanswered_rounds", "within_30s", "within_60s", "within_120s", "within_180s",
    "within_300s", "rate_rounds", "rate_answered", BINS,
)  # fmt: skip
TILES = (
    "average_first_response_seconds",
    "response_p50",
    "response_p90",
    "three_minute_rate",
    "reply_rate",
    "unanswered_rounds",
)


class ResponsePage:
    """Everything the page of response figures shows."""

    def __init__(self, request, filters: Filters):
        self.request, self.filters = request, filters
        self.names = names_of()
        rows = agent_rows(filters.query(), only=SUMS)
        self.people = [row for row in rows if row.agent_id > UNASSIGNED]
        self.rows = [row for row in rows if row.agent_id != STORE]
        self.stores = next((row for row in rows if row.agent_id == STORE), None)
        self.whole = self.stores if filters.agent_ids is None else summary.team_of(self.people)

    def table(self) -> Table:
        columns = measures(*COLUMNS)
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-average_first_response_seconds")
        people, kept = people_address(self.request.organization.slug), carried(self.request)
        title = gettext("rule version")
        lines = []
        for row in self.rows:
            address = f"{people}{row.agent_id}/{kept}"
            cells = cells_of(row, columns, "", repeat(address))
            name = self.names.get(row.agent_id, str(row.agent_id))
            extra = {title: row.rule_version}
            lines.append(TableRow(name, cells, address, person=self.colours.get(row.agent_id), extra=extra))
        # An agent sees the own figures only.
        shown = self.stores if self.filters.agent_choices else None
        total = TableRow(self.names[STORE], cells_of(shown, columns, "")) if shown else None
        return Table(gettext("Agent"), columns, sorted_rows(lines, columns, sort), sort, "", total)

    def context(self) -> dict:
        """The context of kpis/response_figures.html."""
        before = before_of(self.filters, SUMS) if self.filters.compared else None
        people = {
            row.agent_id: (self.names.get(row.agent_id, ""), self.colours.get(row.agent_id, 0), "")
            for row in self.people
        }
        drawn = self.whole is not None and self.whole.response_count
        return {
            "tiles": [summary.tile_of(key, self.whole, before, [], "") for key in TILES],
            "chart": charts.distribution(self.whole, self.people, people, self.shown) if drawn else None,
            "slowest": self._slowest(),
            "newest": self.whole,
        }

    @cached_property
    def colours(self) -> dict[int, int]:
        return charts.colours_of(self.shown, self.filters.ranks())

    @cached_property
    def shown(self) -> list[int]:
        """Chosen people, else the quickest and the two slowest."""
        known = [row for row in self.people if row.response_count >= summary.ENOUGH_INQUIRIES]
        ordered = [row.agent_id for row in sorted(known, key=lambda row: row.average_response_seconds)]
        chosen = [agent_id for agent_id in ordered if agent_id in self.filters.chosen_agents]
        return chosen[: charts.SHOWN] or (ordered[:1] + ordered[-2:] if len(ordered) > 3 else ordered)

    def _slowest(self) -> dict | None:
        """Who keeps buyers waiting the longest, against the team; None where nobody stands out."""
        known = [row for row in self.people if row.first_response_count >= summary.ENOUGH_INQUIRIES]
        if len(known) < 2:
            return None
        worst = max(known, key=lambda row: row.average_first_response_seconds)
        team = Teams(known, positions_in(self.filters.period)).of(worst).average_first_response_seconds
        address = reverse("agent_days", args=[self.request.organization.slug, worst.agent_id]) + carried(
            self.request
        )
        return {
            "link": format_html('<a href="{}">{}</a>', address, self.names.get(worst.agent_id, "")),
            "seconds": worst.average_first_response_seconds,
            "times": worst.average_first_response_seconds / team if team else None,
            "team": team,
            "misses": worst.rounds - worst.within_180s,
        }
