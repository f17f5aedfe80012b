"""The page of the daily tables (R08), and who sees whose lines of them."""

from datetime import date, datetime, timedelta

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kpis import exports, wording
from kpis.agent_page import names_of, rows_page
from kpis.daily_access import own_agents, tables_of
from kpis.daily_report import report_of, report_table
from kpis.daily_sheets import PAGES, TITLES, Writer, sheet_named
from kpis.figures import Query, agent_rows, data_until
from kpis.forms import Filters, read_filters, today_of
from kpis.rows import Row
from kpis.tables import PAGE_ROWS
from kpis.views import bar
from tenants.access import permission_required

# A page to be printed holds all lines of a day; beyond this a file is the better paper.
PRINTED_ROWS = 2_000


class DayForm(forms.Form):
    """What the address asks for beside stores and agents; a wrong value falls back to the default."""

    day = forms.DateField(required=False)
    table = forms.ChoiceField(choices=list(TITLES.items()), required=False)
    page = forms.IntegerField(min_value=1, required=False)
    print = forms.BooleanField(required=False)


@require_GET
@permission_required("see_daily_tables")
def daily_tables(request):
    """A day's inquiries, deals, returns and sales report, of ?day= and ?store=; ?table= says which is shown."""
    filters, now = read_filters(request), timezone.now()
    form = DayForm(request.GET)
    form.is_valid()
    tables, asked = tables_of(request.membership), form.cleaned_data
    if not filters.stores:
        return render(request, "kpis/daily_tables.html", bar(filters))
    agents = own_agents(request.membership) or filters.agent_ids
    day = asked.get("day") or newest_day(filters)
    name = asked.get("table") if asked.get("table") in tables else tables[0]
    query = Query(day, day, tuple(store.pk for store in filters.stores), agents)
    if request.GET.get("file") in exports.CONTENT_TYPES:
        return _file(request, filters, name, day, agents, now)
    context = bar(filters, _row(query, now)) | _frame(request, tables, name, day, bool(asked.get("print")))
    if name == "report":
        return render(
            request, "kpis/daily_tables.html", context | _report(request, filters, day, agents, now)
        )
    return render(request, "kpis/daily_tables.html", context | _lines(request, filters, name, query, asked))


def _row(query: Query, now: datetime) -> Row | None:
    """A row of the day, for its rule version and whether it is final."""
    return next(iter(agent_rows(query, "together", now, ("inquiries",))), None)


def _frame(request, tables: list[str], name: str, day: date, printed: bool) -> dict:
    """What the page of every table shows around it."""
    return {
        "tables": {key: TITLES[key] for key in tables}, "shown": name, "title": TITLES[name], "day": day,
        "period_text": wording.day_text(day, weekday=True), "uncompared_since": None, "printed": printed,
        "day_before": day - timedelta(days=1), "day_after": day + timedelta(days=1),
        "own": own_agents(request.membership) is not None,
    }  # fmt: skip


def _report(request, filters: Filters, day: date, agents: tuple[int, ...] | None, now: datetime) -> dict:
    report = report_of(filters.stores, day, now, agents)
    table = report_table(report, names_of(), request.GET.get("sort", ""), request.organization.slug)
    rows = rows_page(table, request.GET.get("page"))
    return {"table": table, "rows": rows, "page": rows, "table_title": TITLES["report"]}


def newest_day(filters: Filters) -> date:
    """Today, or the newest day with figures where there are none yet of today."""
    today = today_of(filters.stores)
    newest = data_until(filters.query())
    return min(newest, today) if newest else today


def _lines(request, filters: Filters, name: str, query: Query, asked: dict) -> dict:
    """What the page shows of a table of lines."""
    size = PRINTED_ROWS if asked.get("print") else PAGE_ROWS
    writer = Writer(filters.stores, request.organization.slug)
    number = asked.get("page") or 1
    told = PAGES[name](writer, query, size, (number - 1) * size)
    if not told.lines and number > 1:
        number = 1
        told = PAGES[name](writer, query, size, 0)
    # The database has cut the page out already; the paginator only needs to count.
    return {"daily": told, "page": Paginator(range(told.count), size).get_page(number)}


def _file(request, filters: Filters, name: str, day: date, agents: tuple[int, ...] | None, now: datetime):
    """CSV: the table shown; XLSX: a workbook with every table the member may see, a sheet each."""
    writer = Writer(filters.stores)
    if request.GET["file"] == "csv":
        sheet = sheet_named(name, writer, filters.stores, day, agents, now)
        return exports.file_answer(request, sheet, "csv", f"{name}-{day}")
    sheets = {
        str(TITLES[each]): sheet_named(each, writer, filters.stores, day, agents, now)
        for each in tables_of(request.membership)
    }
    return exports.workbook_answer(request, sheets, f"daily-tables-{day}")
