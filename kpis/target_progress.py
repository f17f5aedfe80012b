"""How far targets are reached: a store's or a person's month beside its target, with what it will come to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Min
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kpis import charts, wording
from kpis.definitions import MEASURES, NO_CONVERSION, OF_CONVERSION, Measure
from kpis.figures import Query, agent_rows
from kpis.forecast import LOOK_BACK, Forecast, forecast
from kpis.models import STORE, UNASSIGNED, AgentDay
from kpis.months import month_end
from kpis.periods import Period
from kpis.positions import positions_in
from kpis.rows import Row, ratio
from kpis.tables import Cell, Table, TableRow, asked_sort, sorted_rows
from kpis.target_models import AgentTarget, StoreTarget
from kpis.targets import LOWER_IS_BETTER, SERVICE, service_of
from stores.models import Store

TARGET = Measure("target", _("Target"), "money", None, _("What the month is to bring."), "§10")
REACHED = Measure("reached", _("Reached"), "rate", "up", _("Sales so far ÷ target."), "§10")
FORECAST = Measure(
    "forecast", _("Forecast"), "money", "up",
    _("Sales so far, and for each day left the mean of its weekday in the last eight weeks."), "§10",
)  # fmt: skip
EXPECTED = Measure("expected", _("Forecast reaches"), "rate", "up", _("Forecast ÷ target."), "§10")
SALES_COLUMNS = (TARGET, MEASURES["paid_amount"], REACHED, FORECAST, EXPECTED)


@dataclass(frozen=True)
class Progress:
    """One store (agent_id STORE) or one person in a store. row: the month's figures, None where nothing happened."""

    store: Store
    agent_id: int
    target: Decimal | None
    service: dict[str, Decimal]
    row: Row | None
    forecast: Forecast

    @property
    def sales(self) -> Decimal:
        return self.row.paid_amount if self.row else Decimal(0)

    @property
    def reached(self) -> float | None:
        return ratio(self.sales, self.target)

    @property
    def expected(self) -> float | None:
        return ratio(self.forecast.total, self.target)

    def service_figure(self, name: str):
        """What is reached of one of SERVICE so far; None: unknown."""
        return getattr(self.row, name, None) if self.row else None

    def meets(self, name: str) -> bool | None:
        """Whether a service target is met so far; None: no target, or nothing known."""
        value = self.service_figure(name)
        if value is None or name not in self.service:
            return None
        aim = float(self.service[name])
        return value <= aim if name in LOWER_IS_BETTER else value >= aim


def progress_of(
    stores: Sequence[Store], month: date, now: datetime, agent_ids: Iterable[int] | None
) -> list[Progress]:
    """Of each store its own line, and of these agents (None: all) those with a part or with figures in the month.

    Seven statements, however many stores and people.
    """
    ids, last = [store.pk for store in stores], month_end(month)
    if not ids:
        return []
    wanted = None if agent_ids is None else (STORE, *agent_ids)
    targets = {t.store_id: t for t in StoreTarget.objects.filter(store_id__in=ids, month=month)}
    parts = AgentTarget.objects.filter(store_id__in=ids, month=month)
    days = AgentDay.objects.filter(store_id__in=ids)
    if wanted is not None:
        parts, days = parts.filter(agent_id__in=wanted), days.filter(agent_id__in=wanted)
    aims = {(p.store_id, p.agent_id): p.sales for p in parts}
    aims |= {(pk, STORE): t.sales for pk, t in targets.items()}
    query = Query(month, last, tuple(ids), None if wanted is None else tuple(wanted))
    figures = agent_rows(query, "agent", now)
    positions_in(Period(month, last)).mark(figures)
    rows = {(row.store_id, row.agent_id): row for row in figures}
    seen = {
        (store, agent): (first, newest)
        for store, agent, first, newest in days.values_list("store_id", "agent_id").annotate(
            Min("day"), Max("day")
        )
    }
    amounts = _amounts(days, month, last)
    lines = []
    for store in stores:
        service = service_of(targets[store.pk]) if store.pk in targets else {}
        newest = seen.get((store.pk, STORE), (None, None))[1]
        reach = min(newest, store.business_day(now)) if newest else None
        people = {agent for pk, agent in {*rows, *aims} if pk == store.pk and agent > UNASSIGNED}
        for agent in (STORE, *sorted(people)):
            key = (store.pk, agent)
            first = seen.get(key, (None, None))[0]
            line = forecast(amounts[key], month, last, reach, first)
            lines.append(Progress(store, agent, aims.get(key), service, rows.get(key), line))
    return lines


def _amounts(days, month: date, last: date) -> dict[tuple[int, int], dict[date, Decimal]]:
    """{(store, agent): {day: sales}} of all days a forecast of the month can ask for."""
    amounts: dict[tuple[int, int], dict[date, Decimal]] = defaultdict(dict)
    # The newest day may lie before the month, its eight weeks before that.
    newest = days.filter(day__lte=last).aggregate(Max("day"))["day__max"] or month
    wide = days.filter(day__range=(min(month, newest - LOOK_BACK), last))
    for store, agent, day, amount in wide.values_list("store_id", "agent_id", "day", "paid_amount"):
        amounts[store, agent][day] = amount
    return amounts


def table_of(
    lines: Sequence[Progress], head: str, sort: str, name_of, link_of, code_of=lambda line: line.store.code
) -> Table:
    """The lines as the house's table; service columns only where somebody has such a target.

    name_of, link_of: functions of a line.
    """
    asked = [name for name in SERVICE if any(name in line.service for line in lines)]
    columns = [*SALES_COLUMNS, *(MEASURES[name] for name in asked)]
    rows = []
    for line in lines:
        extra = {gettext("store code"): code_of(line), gettext("currency"): line.store.currency}
        extra |= {
            gettext("target: %(figure)s") % {"figure": MEASURES[name].name}: line.service.get(name)
            for name in asked
        }
        cells = [*_sales_cells(line), *(_service_cell(line, name) for name in asked)]
        rows.append(TableRow(name_of(line), cells, link_of(line), extra=extra))
    currencies = {line.store.currency for line in lines}
    sort = asked_sort(sort, columns, "name")
    return Table(
        head,
        columns,
        sorted_rows(rows, columns, sort),
        sort,
        currencies.pop() if len(currencies) == 1 else "",
    )


def _sales_cells(line: Progress) -> list[Cell]:
    currency = line.store.currency

    reached, expected = line.reached, line.expected
    bar = None if reached is None else min(reached, 1.0) * 100
    tone = "" if expected is None else "better" if expected >= 1 else "worse"
    return [
        Cell(line.target, TARGET, currency), Cell(line.sales, MEASURES["paid_amount"], currency),
        Cell(reached, REACHED, bar=bar), Cell(line.forecast.total, FORECAST, currency),
        Cell(expected, EXPECTED, tone=tone),
    ]  # fmt: skip


def _service_cell(line: Progress, name: str) -> Cell:
    measure, value, aim = MEASURES[name], line.service_figure(name), line.service.get(name)
    text = wording.figure_text(value, measure)
    if aim is not None:
        text = gettext("%(value)s / %(target)s") % {
            "value": text,
            "target": wording.figure_text(aim, measure),
        }
    tone = {True: "better", False: "worse", None: ""}[line.meets(name)]
    none = line.row is not None and line.row.without_conversion and name in OF_CONVERSION
    return Cell(value, measure, tone=tone, words=text, why=NO_CONVERSION if none else "")


def chart_of(line: Progress, month: date) -> dict | None:
    """Sales so far day by day, what they will come to, and the target; None where nothing is known yet."""
    told = line.forecast
    if told.reach is None:
        return None
    days = [month.replace(day=number) for number in range(1, month_end(month).day + 1)]
    lines = [charts.series(gettext("Sales so far"), told.achieved_by_day, "person", 0)]
    if any(value is not None for value in told.expected_by_day):
        lines.append(charts.series(gettext("Forecast"), told.expected_by_day, "person", 1))
    if line.target is not None:
        lines.append(charts.series(gettext("Target"), [line.target] * len(days), "team"))
    title = gettext("Sales of the month, added up")
    axis = [wording.day_text(day) for day in days]
    return charts.chart("trend", title, MEASURES["paid_amount"], axis, lines, line.store.currency)
