"""The owner's page: stores side by side by month, in one currency, and what changed their sales."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from kpis import charts, summary, wording
from kpis.definitions import MEASURES
from kpis.figures import agent_rows, data_until, first_days
from kpis.forms import Filters, today_of
from kpis.months import (
    StoreMonth,
    decomposition,
    month_end,
    month_rows,
    months_between,
    shift_month,
    store_months,
)  # fmt: skip
from kpis.periods import Period, month_start, shifted_by_months
from kpis.rollups import FIGURES
from kpis.rows import MONEY_NAMES, Row, ratio
from kpis.tables import Cell, Table, TableRow, asked_sort, measures, sorted_rows, value_of

PARTS = ("inquiries", "conversion", "amount_per_order", "silent", "refunds")
COLUMNS = (
    "paid_amount", "month_over_month", "year_over_year", "net_amount", "net_change",
    *(f"part_{part}" for part in PARTS),
    "inquiries", "conversion_final", "amount_per_buyer", "silent_share", "refund_rate", "satisfaction",
)  # fmt: skip
CHART_MONTHS = 12


class MonthPage:
    """Everything the page shows of one month."""

    def __init__(self, request, filters: Filters):
        self.request = request
        self.currency = request.organization.currency
        until = self.until = data_until(filters.query())
        today = today_of(filters.stores)
        self.newest_month = month_start(until or today)
        self.month = self._asked_month(request.GET.get("month", ""), today)
        # A running month is compared with the same days: beside a whole one it would always look bad.
        self.running = until is not None and month_start(today) == self.month
        self.filters = replace(
            filters, period=Period(self.month, month_end(self.month)), compared_with=None, agent_ids=None
        )
        self.stores = {store.pk: store for store in filters.stores}
        self.began = first_days(self.filters.query())
        self.by_month = month_rows(self.filters.query())
        self.rows = [self._comparable(told) for told in self._months()]
        self.history = self._history()

    def _asked_month(self, asked: str, today: date) -> date:
        """The asked month; else the newest whole one with data."""
        try:
            return date.fromisoformat(f"{asked}-01")
        except ValueError:
            whole = shift_month(month_start(today), -1)
            return min(self.newest_month, whole) if self.newest_month else whole

    def _months(self) -> list[StoreMonth]:
        """Every store's month; a running one beside the same days of the months it is compared with."""
        if not self.running:
            return store_months(self.filters.query(), self.by_month)
        now, before, year_ago = (
            {row.store_id: row for row in self._rows(self._same_days(back), "store")} for back in (0, 1, 12)
        )
        return [
            StoreMonth(
                row,
                before.get(pk),
                year_ago.get(pk),
                decomposition(before[pk], row) if pk in before else None,
            )
            for pk, row in now.items()
        ]

    def _rows(self, period: Period, by: str) -> list[Row]:
        return agent_rows(self.filters.query(period), by, only=FIGURES)

    def _same_days(self, back: int) -> Period:
        """The days of the running month that have data, `back` months ago."""
        start = shift_month(self.month, -back)
        return Period(start, min(shifted_by_months(self.until, -back), month_end(start)))

    def _comparable(self, told: StoreMonth, began: date | None = None) -> StoreMonth:
        """Without the months whose data begins in their middle: they would make any change look huge."""
        began = began or self.began.get(told.row.store_id, date.max)
        before = told.before if began <= shift_month(self.month, -1) else None
        year_ago = told.year_ago if began <= shift_month(self.month, -12) else None
        return StoreMonth(told.row, before, year_ago, told.parts if before else None)

    def _history(self) -> dict[date, Row]:
        """All stores together, of the months of the chart and a year before them."""
        wide = Period(shift_month(self.month, -12), month_end(self.month))
        return {row.month: row for row in self._rows(wide, "together-month")}

    @cached_property
    def together(self) -> StoreMonth | None:
        row = self.history.get(self.month)
        if row is None:
            return None
        before, year_ago = (self._together(back) for back in (1, 12))
        told = StoreMonth(row, before, year_ago, decomposition(before, row) if before else None)
        return self._comparable(told, max(self.began.values()))

    def _together(self, back: int) -> Row | None:
        if not self.running:
            return self.history.get(shift_month(self.month, -back))
        return next(iter(self._rows(self._same_days(back), "together")), None)

    def table(self) -> Table:
        columns = measures(*COLUMNS)
        sort = asked_sort(self.request.GET.get("sort", ""), columns, "-paid_amount")
        lines = [self._line(told, columns) for told in self.rows]
        together = self.together
        total = None
        if together:
            cells = [cell._replace(tone="") for cell in self._cells(together, columns)]
            total = TableRow(gettext("Stores together"), cells)
        return Table(gettext("Store"), columns, sorted_rows(lines, columns, sort), sort, self.currency, total)

    def _line(self, told: StoreMonth, columns: list) -> TableRow:
        store, row = self.stores[told.row.store_id], told.row
        detail = store.get_platform_display()
        if row.currency != self.currency:
            detail += f" · {wording.money_text(row.paid_amount, row.currency)}"
        extra = {
            gettext("month"): self.month.strftime("%Y-%m"),
            gettext("store code"): store.code,
            gettext("currency of the store"): row.currency,
            gettext("sales in it"): row.paid_amount,
            gettext("rule version"): row.rule_version,
            gettext("maturity"): row.maturity,
        }
        return TableRow(store.name, self._cells(told, columns), self._agents(store.code), detail, extra=extra)

    def _agents(self, code: str) -> str:
        slug = self.request.organization.slug
        until = month_end(self.month)
        return f"{reverse('agent_table', args=[slug])}?since={self.month}&until={until}&store={code}"

    def _cells(self, told: StoreMonth, columns: list) -> list[Cell]:
        row, before, year_ago = (in_one_currency(r) for r in (told.row, told.before, told.year_ago))
        base = net_of(told.before)
        values = {
            "month_over_month": change_of(row, before),
            "year_over_year": change_of(row, year_ago),
            "net_change": ratio(sum(told.parts.values()), base) if told.parts and base else None,
        } | {f"part_{part}": ratio(told.parts[part], base) if told.parts and base else None for part in PARTS}
        cells = []
        for column in columns:
            value = values[column.key] if column.key in values else value_of(row, column.key)
            tone = summary.tone_of(value, column) if column.unit == "change" else ""
            cells.append(Cell(value, column, self.currency, tone=tone))
        return cells

    def context(self) -> dict:
        """The context of kpis/store_months.html."""
        months = months_between(shift_month(self.newest_month, -23), self.newest_month)
        return {
            "month": self.month,
            "month_text": wording.month_text(self.month),
            "months": [(month.strftime("%Y-%m"), wording.month_text(month)) for month in reversed(months)],
            "month_key": self.month.strftime("%Y-%m"),
            "running": self.running,
            "same_days": wording.period_text(*vars(self._same_days(1)).values()) if self.running else "",
            "data_began": max(self.began.values(), default=None),
            "incomplete": bool(self.began) and max(self.began.values()) > shift_month(self.month, -1),
            "answer": self._answer(),
            "repurchase_address": self._repurchase(),
            "chart": self._chart(),
            "currency": self.currency,
            "newest": self.history.get(self.month),
        }

    def _repurchase(self) -> str:
        """Where the stores' repurchase rates of the month are."""
        address = reverse("repurchase", args=[self.request.organization.slug])
        asked = {
            "since": self.month,
            "until": self.filters.period.until,
            "store": sorted(self.filters.chosen_codes),
        }
        return f"{address}?{urlencode(asked, doseq=True)}"

    def _answer(self) -> list[str]:
        """What the stores sold together and what moved it most."""
        told = self.together
        if told is None or told.row.paid_amount is None:
            return []
        values = {
            "month": wording.month_text(self.month),
            "amount": wording.money_text(told.row.paid_amount, self.currency),
        }
        change, base = change_of(told.row, told.before), net_of(told.before)
        if change is None or not told.parts or not base:
            return [gettext("%(month)s: the stores sold %(amount)s together.") % values]
        part = max(told.parts, key=lambda name: abs(told.parts[name]))
        measure = MEASURES["month_over_month"]
        values |= {
            "change": wording.change_text(change, measure),
            "net": wording.change_text(sum(told.parts.values()) / base, measure),
            "cause": MEASURES[f"part_{part}"].name,
            "effect": wording.change_text(told.parts[part] / base, measure),
        }
        return [
            gettext(
                "%(month)s: the stores sold %(amount)s together, %(change)s on the month before. Net of refunds it is %(net)s;"
                " the largest part, %(effect)s, came %(cause)s."
            )
            % values
        ]

    def _chart(self) -> dict | None:
        """Sales of the last twelve months: a line per store, the five largest named."""
        months = months_between(shift_month(self.month, 1 - CHART_MONTHS), self.month)
        amounts = {place: in_one_currency(row).paid_amount for place, row in self.by_month.items()}
        known = [month for month in months if any((pk, month) in amounts for pk in self.stores)]
        if len(known) < 2:
            return None
        months = months[months.index(known[0]) :]
        now = sorted(self.stores, key=lambda pk: amounts.get((pk, self.month)) or 0, reverse=True)
        ranks = {pk: rank for rank, pk in enumerate(sorted(self.stores))}
        colours = charts.colours_of(now[: charts.SHOWN], ranks)
        lines = [
            charts.series(
                store.name, [amounts.get((pk, month)) for month in months],
                "person" if pk in now[: charts.SHOWN] else "rest", colours.get(pk, 0), self._agents(store.code),
            )
            for pk, store in self.stores.items()
        ]  # fmt: skip
        lines.sort(key=lambda line: line["role"] == "person")
        axis = [wording.month_text(month) for month in months]
        title = gettext("Sales by store and month")
        spec = charts.chart("trend", title, MEASURES["store_paid_amount"], axis, lines, self.currency)
        spec["words"]["axis"] = gettext("Month")
        return spec


def in_one_currency(row: Row | None) -> Row | None:
    """The row with its money in the organization's currency; None stays unknown."""
    if row is None or row.converted:
        return row
    turned = Row.__new__(Row)
    turned.__dict__.update(row.__dict__)
    for name in MONEY_NAMES:
        setattr(turned, name, getattr(row, f"{name}_converted"))
    return turned


def net_of(row: Row | None) -> float | None:
    return None if row is None or row.paid_amount is None else float(row.paid_amount - row.refunded_amount)


def change_of(row: Row | None, before: Row | None) -> float | None:
    """Sales against another month's, as a share of it; None where one is unknown or that was nothing."""
    if row is None or before is None or row.paid_amount is None or not before.paid_amount:
        return None
    return float(row.paid_amount / before.paid_amount - 1)
