"""Load against people, hour by hour: a fragment below the roster's grid, and a page by itself."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from desk.coverage import Day, coverage, month_days
from desk.duties import desk_settings
from kpis.charts import series
from stores.models import Store
from team.roster_views import month_of
from tenants.access import permission_required


@require_GET
@permission_required("manage_roster")
def roster_coverage(request):
    """A month's hours, and one day of it as a chart: ?month=2026-12&day=2026-12-07."""
    month, now = month_of(request), timezone.now()
    stores = list(Store.objects.open_to(request.membership))
    figures = desk_settings()
    zone = ZoneInfo(stores[0].time_zone if stores else settings.TIME_ZONE)
    days = coverage(stores, month_days(month), zone, figures.rounds_per_hour, now)
    shown = {"month": month, "days": days, "zone": zone.key, "rounds_per_hour": figures.rounds_per_hour}
    if any(hour.load for day in days for hour in day.hours):
        chosen = _chosen(request, days, now.astimezone(zone).date())
        rows = [(day, _cells(day)) for day in days]
        shown |= {"chosen": chosen, "chart": _chart(chosen, figures.rounds_per_hour), "rows": rows,
                  "hours": range(24), "short": sum(bool(day.missing) for day in days),
                  "missing": round(sum(day.missing for day in days))}  # fmt: skip
    # The roster's page asks for the fragment, a browser for the page.
    name = "desk/_coverage.html" if request.htmx else "desk/coverage.html"
    return render(request, name, shown)


def _chosen(request, days: list[Day], today: date) -> Day:
    """The day asked for, else the one that lacks most people from today on, else the last."""
    for day in days:
        if str(day.day) == request.GET.get("day"):
            return day
    ahead = [day for day in days if day.day >= today] or days
    return max(ahead, key=lambda day: day.missing)


def _cells(day: Day) -> list[dict]:
    """24 cells; an hour that daylight saving repeats is added to its first, one it skips is empty."""
    cells: list[dict] = [{"text": "", "short": False, "title": ""} for _ in range(24)]
    for hour in day.hours:
        lacking = round(hour.needed - hour.people, 1)
        cell = cells[hour.hour]
        cell["short"] = cell["short"] or hour.short
        cell["text"] = f"−{lacking:g}" if hour.short else f"{hour.people:g}" if hour.people else "·"
        load = gettext("asked") if hour.known else gettext("expected")
        cell["title"] = ngettext(
            "%(load)s questions %(how)s; %(people)s on shift, %(needed)s person needed",
            "%(load)s questions %(how)s; %(people)s on shift, %(needed)s people needed",
            hour.needed,
        ) % {"load": f"{hour.load:g}", "how": load, "people": f"{hour.people:g}", "needed": hour.needed}
    return cells


def _chart(day: Day, rounds_per_hour: int) -> dict:
    """Questions as bars, what the people on shift can answer as a line; the JS of kpis/charts.py draws it."""
    known = any(hour.known for hour in day.hours)
    title = gettext("Questions and people on %(day)s") % {"day": date_format(day.day, "Y-m-d l")}
    return {
        "kind": "bars", "title": title, "measure": "coverage", "unit": "count", "currency": "",
        "axis": [f"{hour.hour:02}" for hour in day.hours], "axis_name": gettext("Questions an hour"),
        "series": [
            series(gettext("Asked") if known else gettext("Expected"), [hour.load for hour in day.hours], "team"),
            series(gettext("People can answer"), [hour.people * rounds_per_hour for hour in day.hours], "person", 0),
        ],
        "words": {"axis": gettext("Hour"), "seconds": gettext("{n} s")},
    }  # fmt: skip
