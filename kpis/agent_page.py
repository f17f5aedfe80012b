"""The supervisor's page: who sells, who answers, who loses buyers, and why."""

from datetime import date

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext

from kpis import charts, summary, wording
from kpis.figures import Row, agent_names, agent_rows
from kpis.forms import Filters, days_of
from kpis.models import STORE, UNASSIGNED
from kpis.periods import month_start
from kpis.tables import PAGE_ROWS, Cell, Table, TableRow, asked_sort, cells_of, measures, sorted_rows
from team.models import Position

COLUMNS = (
    "inquiries", "conversion_final", "lost_inquiries", "paid_amount", "sales_share", "amount_per_buyer", "refund_rate",
    "average_first_response_seconds", "three_minute_rate", "unanswered_buyers", "qa_ratio", "conversion_same_day",
    "orders", "average_response_seconds", "refund_rate_amount", "assists",
)  # fmt: skip
TILES = (
    "conversion_final",
    "sales_share",
    "store_paid_amount",
    "refund_rate",
    "average_first_response_seconds",
    "three_minute_rate",
)
TRENDS = ("conversion_final", "paid_amount", "average_first_response_seconds", "refund_rate")
CARRIED = ("period", "since", "until", "store", "compare", "rule")
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


class AgentPage:
    """Everything the page shows, worked out once. Raises ValueError where no store is open to the member."""

    def __init__(self, request, filters: Filters):
        self.request, self.filters = request, filters
        self.names = names_of()
        rows = agent_rows(filters.query())
        self.people = [row for row in rows if row.agent_id > UNASSIGNED]
        self.rows = [row for row in rows if row.agent_id != STORE]
        self.stores = next((row for row in rows if row.agent_id == STORE), None)
        # Chosen people are judged by their own sums, everybody by the stores' rows, which also count what is silent.
        self.whole = self.stores if filters.agent_ids is None else summary.team_of(self.people)
        self.team = summary.team_of(self.people)
        self.currency = rows[0].currency if rows else request.organization.currency

    def link(self, agent_id: int, page: str) -> str:
        slug = self.request.organization.slug
        if page == "agent_days":
            return reverse(page, args=[slug, agent_id]) + carried(self.request)
        # The figure counts those who bought elsewhere too.
        more = {"went": "all"} if page == "unconverted_buyers" else {}
        return reverse(page, args=[slug]) + carried(self.request, agent=agent_id, **more)

    def person(self, agent_id: int) -> tuple[str, int, str]:
        return (
            self.names.get(agent_id, str(agent_id)),
            self.colours.get(agent_id, 0),
            self.link(agent_id, "agent_days"),
        )

    def table(self) -> Table:
        columns = measures(*COLUMNS)
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-conversion_final")
        details = position_words(self.filters.period.until)
        lines = [self._line(row, columns, details.get(row.agent_id, "")) for row in self.rows]
        total = (
            TableRow(self.names[STORE], cells_of(self.stores, columns, self.currency))
            if self.stores
            else None
        )
        return Table(gettext("Agent"), columns, sorted_rows(lines, columns, sort), sort, self.currency, total)

    def _line(self, row: Row, columns: list, detail: str) -> TableRow:
        facts = {"lost_inquiries": "unconverted_buyers"}
        response = {"average_first_response_seconds", "three_minute_rate", "average_response_seconds"}

        def link(key: str) -> str:
            page = facts.get(key) or ("response_figures" if key in response else "agent_days")
            return self.link(row.agent_id, page)

        cells = cells_of(row, columns, self.currency, link)
        position = [column.key for column in columns].index("conversion_final")
        cells[position] = self._barred(cells[position])
        extra = {
            gettext("currency"): row.currency,
            gettext("rule version"): row.rule_version,
            gettext("maturity"): row.maturity,
        }
        return TableRow(
            self.names.get(row.agent_id, str(row.agent_id)), cells, self.link(row.agent_id, "agent_days"), detail,
            person=self.colours.get(row.agent_id), extra=extra,
        )  # fmt: skip

    def _barred(self, cell: Cell) -> Cell:
        """A bar of the rate, with the team's as a mark."""
        if cell.value is None or self.team is None or self.team.conversion_final is None:
            return cell
        return Cell(
            cell.value,
            cell.text,
            cell.href,
            cell.exact,
            float(cell.value) * 100,
            self.team.conversion_final * 100,
        )

    @property
    def trend(self) -> str:
        """The figure of the chart."""
        asked = self.request.GET.get("trend", "")
        return asked if asked in TRENDS else TRENDS[0]

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
        steps, daily, by_step = self.steps()
        before = self._before() if filters.compared else None
        pages = {
            "paid_amount": "store_months",
            "store_paid_amount": "store_months",
            "sales_share": "store_months",
        }
        response = {"average_first_response_seconds", "three_minute_rate"}
        slug = self.request.organization.slug
        links = {
            key: reverse(
                pages.get(key) or ("response_figures" if key in response else "unconverted_buyers"),
                args=[slug],
            )
            + carried(self.request)
            for key in tiles
        } | {"refund_rate": ""}
        people = {row.agent_id: self.person(row.agent_id) for row in self.people}
        people_daily = [row for row in daily if row.agent_id > UNASSIGNED]
        return {
            "answer": summary.answer_of(self.people, self.team, self.currency, self.names.get, self.link),
            "tiles": [
                summary.tile_of(k, self.whole, before, by_step, self.currency, links[k]) for k in tiles
            ],
            "chart": charts.trend(self.trend, self.people, people_daily, steps, people, self.shown)
            if self.people
            else None,
            "chart_measures": measures(*TRENDS),
            "composition": self.composition(),
            "composition_total": self.stores.paid_amount if self.stores else None,
            "currency": self.currency,
            "newest": self.whole,
        }

    def steps(self) -> tuple[list[date], list[Row], list[Row]]:
        """The days (months, in a long period) of the charts; everybody's rows by them; the whole's, in order."""
        period = self.filters.period
        if period.days <= LONGEST_DAILY:
            days = days_of(period)
            rows = agent_rows(self.filters.query(), "person-day")
        else:
            days = sorted({month_start(day) for day in days_of(period)})
            rows = agent_rows(self.filters.query(), "person-month")
        if self.filters.agent_ids is None:
            return days, rows, [row for row in rows if row.agent_id == STORE]
        grouped = [[r for r in rows if (r.day or r.month) == day and r.agent_id > UNASSIGNED] for day in days]
        return days, rows, [summary.team_of(group) for group in grouped if group]

    def _before(self) -> Row | None:
        rows = agent_rows(self.filters.query(self.filters.compared))
        if self.filters.agent_ids is None:
            return next((row for row in rows if row.agent_id == STORE), None)
        return summary.team_of([row for row in rows if row.agent_id > UNASSIGNED])

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


def position_words(day: date) -> dict[int, str]:
    """{agent_id: position and grade on `day`, in words}."""
    held = Position.objects.filter(since__lte=day).exclude(until__lt=day).select_related("group")
    return {
        position.agent_id: " · ".join(
            filter(
                None,
                [
                    position.get_kind_display(),
                    position.get_grade_display(),
                    position.group and position.group.name,
                ],
            )
        )
        for position in held
    }


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
        "what_if": pgettext("judgement rule", "what if") if filters.judgement else "",
    }
