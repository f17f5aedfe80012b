"""The supervisor's page: who sells, who answers, who loses buyers, and why."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext

from kpis import charts, summary, wording
from kpis.definitions import OF_CONVERSION
from kpis.figures import TEAM, Row, agent_names, agent_rows, agent_series
from kpis.forms import Filters, days_of
from kpis.models import STORE, UNASSIGNED
from kpis.periods import month_start
from kpis.positions import Teams, positions_in
from kpis.tables import PAGE_ROWS, Cell, Table, TableRow, asked_sort, cells_of, measures, sorted_rows

COLUMNS = (
    "inquiries", "conversion_final", "lost_inquiries", "paid_amount", "sales_share", "amount_per_buyer", "refund_rate",
    "average_first_response_seconds", "three_minute_rate", "unanswered_buyers", "qa_ratio", "conversion_same_day",
    "orders", "average_response_seconds", "refund_rate_amount", "assists", "satisfaction", "ratings", "invited_rate",
    "rated_rate",
)  # fmt: skip
TILES = (
    "conversion_final",
    "sales_share",
    "store_paid_amount",
    "refund_rate",
    "average_first_response_seconds",
    "three_minute_rate",
)
# What all of these are made of, and what stands above the table besides.
SUMS = (
    "inquiries", "converted_same_day", "converted_final", "orders", "buyers", "paid_amount", "refunded_orders",
    "refunded_amount", "excluded_amount", "owned_amount", "assists", "consulting_buyers", "received_buyers",
    "unanswered_buyers", "in_messages", "human_replies", "response_count", "response_seconds_sum",
    "first_response_count", "first_response_seconds_sum", "rate_rounds", "rate_answered", "received_sessions",
    "invitations_known", "invited_sessions", "rated_invited", "ratings", "satisfied",
)  # fmt: skip
TRENDS = ("conversion_final", "paid_amount", "average_first_response_seconds", "refund_rate")
FURTHER = ("unconverted_buyers", "response_figures", "store_months")
CARRIED = ("period", "since", "until", "store", "position", "group", "compare", "rule")
# Longer than this a line per day is a thicket: months instead.
LONGEST_DAILY = 100


def carried(request, **more) -> str:
    """The filters that go along from page to page, as "?…"; more: parameters to add."""
    kept = [(name, value) for name in CARRIED for value in request.GET.getlist(name)]
    text = urlencode([*kept, *more.items()])
    return f"?{text}" if text else ""


def names_of() -> dict[int, str]:
    """Names of everybody, with the seats nobody held and the stores themselves in the reader's words."""
    return agent_names() | {UNASSIGNED: gettext("Seats nobody held"), STORE: gettext("Stores, all orders")}


def people_address(slug: str) -> str:
    """The address of an agent's days up to the agent's id, which "/" follows."""
    return reverse("agent_days", args=[slug, UNASSIGNED]).removesuffix(f"{UNASSIGNED}/")


class AgentPage:
    """Everything the page shows, worked out once. Raises ValueError where no store is open to the member."""

    def __init__(self, request, filters: Filters):
        self.request, self.filters = request, filters
        self.names = names_of()
        rows = agent_rows(filters.query(), only=SUMS)
        self.people = [row for row in rows if row.agent_id > UNASSIGNED]
        self.positions = positions_in(filters.period)
        self.positions.mark(self.people)
        self.teams = Teams(self.people, self.positions)
        self.rows = [row for row in rows if row.agent_id != STORE]
        self.stores = next((row for row in rows if row.agent_id == STORE), None)
        # Chosen people are judged by their own sums, everybody by the stores' rows, which also count what is silent.
        self.whole = self.stores if filters.agent_ids is None else self.teams.everybody
        self.currency = rows[0].currency if rows else request.organization.currency

    def link(self, agent_id: int, page: str) -> str:
        if page == "agent_days":
            return f"{self.pages[page]}{agent_id}/{self.kept}"
        # The figure counts those who bought elsewhere too.
        more = "&went=all" if page == "unconverted_buyers" else ""
        return f"{self.pages[page]}{self.kept}{'&' if self.kept else '?'}agent={agent_id}{more}"

    @cached_property
    def titles(self) -> tuple[str, str, str]:
        """Of the columns files have besides."""
        return gettext("currency"), gettext("rule version"), gettext("maturity")

    @cached_property
    def kept(self) -> str:
        return carried(self.request)

    @cached_property
    def pages(self) -> dict[str, str]:
        """Addresses of the other pages, found once: the table links to them from every cell."""
        slug = self.request.organization.slug
        return {"agent_days": people_address(slug)} | {name: reverse(name, args=[slug]) for name in FURTHER}

    def person(self, agent_id: int) -> tuple[str, int, str]:
        return (
            self.names.get(agent_id, str(agent_id)),
            self.colours.get(agent_id, 0),
            self.link(agent_id, "agent_days"),
        )

    def table(self) -> Table:
        columns = measures(*COLUMNS)
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-conversion_final")
        details = self.positions.words(self.filters.period.until)
        pages = [page_behind(column.key) for column in columns]
        lines = [self._line(row, columns, pages, details.get(row.agent_id, "")) for row in self.rows]
        total = (
            TableRow(self.names[STORE], cells_of(self.stores, columns, self.currency))
            if self.stores
            else None
        )
        return Table(gettext("Agent"), columns, sorted_rows(lines, columns, sort), sort, self.currency, total)

    def _line(self, row: Row, columns: list, pages: list[str], detail: str) -> TableRow:
        links = {page: self.link(row.agent_id, page) for page in set(pages)}
        cells = cells_of(row, columns, self.currency, [links[page] for page in pages])
        position = COLUMNS.index("conversion_final")
        cells[position] = self._barred(cells[position], row)
        extra = dict(zip(self.titles, (row.currency, row.rule_version, row.maturity), strict=True))
        return TableRow(
            self.names.get(row.agent_id, str(row.agent_id)), cells, links["agent_days"], detail,
            person=self.colours.get(row.agent_id), extra=extra,
        )  # fmt: skip

    def _barred(self, cell: Cell, row: Row) -> Cell:
        """A bar of the rate, with that of the people of the same position as a mark."""
        team = self.teams.of(row)
        if cell.value is None or team is None or team.conversion_final is None:
            return cell
        return cell._replace(bar=float(cell.value) * 100, mark=team.conversion_final * 100)

    @cached_property
    def trends(self) -> list[str]:
        """The figures a chart is offered of: no conversion where nobody shown has any."""
        none = bool(self.people) and all(row.without_conversion for row in self.people)
        return [key for key in TRENDS if not (none and key in OF_CONVERSION)]

    @property
    def trend(self) -> str:
        """The figure of the chart."""
        asked = self.request.GET.get("trend", "")
        return asked if asked in self.trends else self.trends[0]

    @cached_property
    def shown(self) -> list[int]:
        return charts.shown_people(self.people, self.trend, self.filters.chosen_agents)

    @cached_property
    def colours(self) -> dict[int, int]:
        return charts.colours_of(self.shown, self.filters.ranks())

    def context(self) -> dict:
        """The context of kpis/agent_table.html."""
        filters = self.filters
        # Chosen people's own sales, else all sales of the stores.
        tiles = [key if filters.agent_ids is None else key.removeprefix("store_") for key in TILES]
        before = before_of(filters, SUMS) if filters.compared else None
        pages = {
            "paid_amount": "store_months",
            "store_paid_amount": "store_months",
            "sales_share": "store_months",
            "conversion_final": "unconverted_buyers",
        }
        links = {key: self.pages[pages.get(key) or page_behind(key)] + self.kept for key in tiles}
        links["refund_rate"] = ""
        by_step = self.by_step()
        return {
            "answer": summary.answer_of(self.people, self.teams.of, self.currency, self.names.get, self.link),
            "tiles": [
                summary.tile_of(k, self.whole, before, by_step, self.currency, links[k]) for k in tiles
            ],
            "chart": self.chart() if self.people else None,
            "chart_measures": measures(*self.trends),
            "composition": self.composition(),
            "composition_total": self.stores.paid_amount if self.stores else None,
            "currency": self.currency,
            "newest": self.whole,
        }

    @cached_property
    def step(self) -> str:
        """What the points of the charts sum, "day" or "month"."""
        return "day" if self.filters.period.days <= LONGEST_DAILY else "month"

    def by_step(self) -> list[Row]:
        """The days or months of the tiles' figures, in order."""
        by, who = ("together", STORE) if self.filters.agent_ids is None else ("team", TEAM)
        rows = agent_rows(self.filters.query(), f"{by}-{self.step}", only=SUMS)
        return [row for row in rows if row.agent_id == who]

    def chart(self) -> dict:
        steps = days_of(self.filters.period)
        if self.step == "month":
            steps = sorted({month_start(day) for day in steps})
        drawn = [row for row in self.people if not (row.without_conversion and self.trend in OF_CONVERSION)]
        people = {row.agent_id: self.person(row.agent_id) for row in drawn}
        points = agent_series(self.filters.query(), f"person-{self.step}", charts.SUMS_OF[self.trend])
        return charts.trend(self.trend, drawn, points, steps, people, self.shown, months=self.step == "month")

    def composition(self) -> list[summary.Share]:
        stores = self.stores
        if stores is None or stores.paid_amount is None:
            return []
        # The filter by agents leaves the unassigned row out, so it is what remains of the owned amount.
        unassigned = next((row.paid_amount for row in self.rows if row.agent_id == UNASSIGNED), 0)
        if None in (unassigned, stores.owned_amount):
            return []
        return summary.composition_of(
            stores.paid_amount,
            stores.owned_amount - unassigned,
            unassigned,
            stores.silent_amount,
            stores.excluded_amount,
        )


def page_behind(key: str) -> str:
    """Name of the page that shows what a person's figure is made of."""
    if key == "lost_inquiries":
        return "unconverted_buyers"
    response = {"average_first_response_seconds", "three_minute_rate", "average_response_seconds"}
    return "response_figures" if key in response else "agent_days"


def before_of(filters: Filters, only: Sequence[str]) -> Row | None:
    """The stores' row of the period compared with; where people are chosen, theirs together."""
    query = filters.query(filters.compared)
    if filters.agent_ids is None:
        return next(iter(agent_rows(query, "together", only=only)), None)
    return summary.team_of([row for row in agent_rows(query, only=only) if row.agent_id > UNASSIGNED])


def rows_page(table: Table, number: str):
    """The asked page of a table's rows; the last one for a number behind it."""
    return Paginator(table.rows, PAGE_ROWS).get_page(number)


def subtitle_of(row: Row | None, filters: Filters) -> dict:
    """Rule version, maturity and period in words, for the line under the title."""
    return {
        "rule_version": row.rule_version if row else "",
        "maturity": row.maturity if row else "",
        "period_text": wording.period_text(filters.period.since, filters.period.until),
        "compared_text": wording.period_text(filters.compared.since, filters.compared.until)
        if filters.compared
        else "",
        "uncompared_since": filters.data_began if filters.compared_with and not filters.compared else None,
        "what_if": pgettext("judgement rule", "what if") if filters.judgement else "",
    }
