"""The sales report of a day to the supervisor (R08): each store and agent beside target, yesterday and last week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kpis.definitions import MEASURES, Measure
from kpis.figures import Query, agent_rows
from kpis.models import STORE
from kpis.periods import Period, month_start
from kpis.positions import positions_in
from kpis.rollups import FIGURES
from kpis.rows import Row, ratio
from kpis.tables import Cell, Table, TableRow, asked_sort, cells_of, sorted_rows
from kpis.target_models import AgentTarget, StoreTarget
from kpis.target_progress import TARGET
from stores.models import Store

WEEK = timedelta(days=7)
REFUNDS = Measure(
    "refunds_completed", _("Refunds completed"), "count", "down",
    _("Refunds completed on this day, whenever their orders were paid."), "§7",
)  # fmt: skip
BEFORE = Measure(
    "sales_before", _("Sales the day before"), "money", None, _("Sales of the day before."), "§5"
)
WEEK_AGO = Measure(
    "sales_week_ago",
    _("Sales a week ago"),
    "money",
    None,
    _("Sales of the same weekday a week before."),
    "§5",
)
SO_FAR = Measure(
    "month_so_far",
    _("Month so far"),
    "money",
    "up",
    _("Sales from the first of the month to this day."),
    "§10",
)
REACHED = Measure(
    "reached_so_far", _("Of the target"), "rate", "up",
    _("Sales from the first of the month to this day ÷ target of the month."), "§10",
)  # fmt: skip
OF_DAY = (
    *(MEASURES[key] for key in ("inquiries", "conversion_same_day", "conversion_final", "orders", "paid_amount",
                                "sales_share")),
    REFUNDS,
    *(MEASURES[key] for key in ("average_first_response_seconds", "three_minute_rate", "unanswered_buyers")),
)  # fmt: skip
COLUMNS = (*OF_DAY, BEFORE, WEEK_AGO, SO_FAR, TARGET, REACHED)


@dataclass(frozen=True)
class ReportLine:
    """One store (agent_id STORE) or one person in a store. Rows are None where nothing happened; target None: none."""

    store: Store
    agent_id: int
    of_day: Row | None
    day_before: Row | None
    week_ago: Row | None
    so_far: Row | None
    target: Decimal | None

    @property
    def reached(self) -> float | None:
        return ratio(self.so_far.paid_amount if self.so_far else 0, self.target)


@dataclass(frozen=True)
class Report:
    """The lines by store, the store itself first; together: all stores' rows by day, money converted if need be."""

    day: date
    lines: list[ReportLine]
    together: dict[date, Row]


def report_of(
    stores: Sequence[Store], day: date, now: datetime, agent_ids: tuple[int, ...] | None = None
) -> Report:
    """The report of a business day; of these people (None: all who have figures that day or in its month, or a target).

    Eight statements, however many stores and people.
    """
    ids, month = tuple(store.pk for store in stores), month_start(day)
    if not ids:
        return Report(day, [], {})
    week = Query(day - WEEK, day, ids, agent_ids)
    rows = agent_rows(week, "agent-day", now, FIGURES)
    so_far = agent_rows(Query(month, day, ids, agent_ids), "agent", now, FIGURES)
    positions_in(Period(day, day)).mark([*rows, *so_far])
    by_day = {(row.store_id, row.agent_id, row.day): row for row in rows}
    of_month = {(row.store_id, row.agent_id): row for row in so_far}
    aims = _targets(ids, month, agent_ids)
    together = {row.day: row for row in agent_rows(week, "together-day", now, FIGURES)}
    lines = []
    for store in stores:
        people = {agent for pk, agent in {*of_month, *aims} if pk == store.pk and agent != STORE}
        lines += [
            ReportLine(
                store,
                agent,
                *(by_day.get((store.pk, agent, each)) for each in (day, day - timedelta(days=1), day - WEEK)),
                of_month.get((store.pk, agent)),
                aims.get((store.pk, agent)),
            )
            for agent in (STORE, *sorted(people))
        ]
    return Report(
        day, [line for line in lines if line.so_far or line.target or line.agent_id == STORE], together
    )


def _targets(
    ids: tuple[int, ...], month: date, agent_ids: tuple[int, ...] | None
) -> dict[tuple[int, int], Decimal | None]:
    """{(store, agent): sales the month is to bring}."""
    parts = AgentTarget.objects.filter(store_id__in=ids, month=month)
    if agent_ids is not None:
        parts = parts.filter(agent_id__in=agent_ids)
    aims: dict[tuple[int, int], Decimal | None] = {
        (part.store_id, part.agent_id): part.sales for part in parts
    }
    whole = StoreTarget.objects.filter(store_id__in=ids, month=month)
    return aims | {(target.store_id, STORE): target.sales for target in whole}


def report_table(report: Report, names: dict[int, str], sort: str = "", slug: str = "") -> Table:
    """The report as the house's table. slug: of the organization, for the links to each person's day; "": none."""
    lines = [_row(report.day, line, names, slug, place) for place, line in enumerate(report.lines)]
    sort = asked_sort(sort, COLUMNS, "name")
    currencies = {line.store.currency for line in report.lines}
    row = report.together.get(report.day)
    total = None
    if row and len({line.store.pk for line in report.lines}) > 1:
        before, week_ago = (
            report.together.get(day) for day in (report.day - timedelta(days=1), report.day - WEEK)
        )
        cells = [
            *cells_of(row, OF_DAY, row.currency),
            Cell(before.paid_amount if before else None, BEFORE, before.currency if before else row.currency),
            Cell(week_ago.paid_amount if week_ago else None, WEEK_AGO, week_ago.currency if week_ago else row.currency),
            Cell(None, SO_FAR), Cell(None, TARGET), Cell(None, REACHED),
        ]  # fmt: skip
        total = TableRow(gettext("Stores together"), cells)
    return Table(
        gettext("Store, agent"),
        list(COLUMNS),
        sorted_rows(lines, COLUMNS, sort),
        sort,
        currencies.pop() if len(currencies) == 1 else "",
        total,
    )


def _row(day: date, line: ReportLine, names: dict[int, str], slug: str, place: int) -> TableRow:
    store, whole = line.store, line.agent_id == STORE
    name = store.name if whole else names.get(line.agent_id, str(line.agent_id))
    link = reverse("agent_day", args=[slug, line.agent_id, day]) if slug and line.agent_id >= 0 else ""
    extra = {
        gettext("store code"): store.code,
        gettext("currency"): store.currency,
        gettext("day"): day.isoformat(),
    }
    detail = gettext("the whole store") if whole else store.name
    return TableRow(name, _cells(line), link, detail, order=place, extra=extra)


def _cells(line: ReportLine) -> list[Cell]:
    currency = line.store.currency
    if line.of_day:
        of_day = cells_of(line.of_day, OF_DAY, currency)
    else:
        # Nothing happened: counts and sums are 0, and of nothing there is no rate.
        of_day = [
            Cell(0 if measure.unit in ("count", "money") else None, measure, currency) for measure in OF_DAY
        ]
    bar = None if line.reached is None else min(line.reached, 1.0) * 100
    return [
        *of_day,
        *(
            Cell(row.paid_amount if row else Decimal(0), measure, currency)
            for measure, row in ((BEFORE, line.day_before), (WEEK_AGO, line.week_ago), (SO_FAR, line.so_far))
        ),
        Cell(line.target, TARGET, currency),
        Cell(line.reached, REACHED, bar=bar),
    ]
