"""How violations go: by month and rule, by agent and store, and how often each rule is right. Each line opens its violations."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kpis import wording
from kpis.charts import COLOURS, series
from policies.violation_list import ViolationFilters, violations_open_to
from policies.violation_trends import Sums, by_month, sums_by
from stores.models import Store
from team.seats import agents_open_to
from tenants.access import permission_required

MONTHS = 12
NAMED = 6  # rules with a line of their own


class Line(NamedTuple):
    """address: the list of what is counted, "" where the list cannot choose it."""

    name: str
    sums: Sums
    address: str


@require_GET
@permission_required("see_violations")
def violation_trends(request):
    """Violations by the month they happened in, and their sums; agents see what was confirmed of their own."""
    filters = ViolationFilters(request.GET, request.membership)
    asked = {name: value for name, value in filters.cleaned_data.items() if value}
    until = asked.get("until") or timezone.localdate(timezone.now())
    since = asked.get("since") or _months_before(until, MONTHS - 1)
    found = violations_open_to(request.membership).filter(day__gte=since, day__lte=until)
    if store := asked.get("store"):
        found = found.filter(store=store)
    if (agent := asked.get("agent")) and not filters.is_agent:
        found = found.filter(agent_id=agent.pk)
    if rule := asked.get("rule"):
        found = found.filter(**{filters.rule_is: rule})
    found = found.select_related(None)
    agents = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
    names = {pk: store.name for pk, store in stores.items()}
    chosen = {"show": "all", "since": since, "until": until}
    chosen |= {name: request.GET[name] for name in ("store", "agent", "rule") if asked.get(name)}
    address = reverse("violation_list", args=[request.organization.slug])

    def lines(field: str, named: Mapping[Hashable, str], asks: Callable[[Hashable], dict]) -> list[Line]:
        return _lines(sums_by(found, field), named, lambda key: f"{address}?{urlencode(chosen | asks(key))}")

    rules = lines("rule__title", filters.titles, lambda title: {"rule": title})
    context = {
        "filters": filters,
        "since": since,
        "until": until,
        "rules": rules,
        "chart": _chart(months, since, until, filters.titles) if (months := by_month(found)) else None,
        "tables": [
            (gettext("By rule"), gettext("Rule"), rules),
            (
                gettext("By store"),
                gettext("Store"),
                lines("store_id", names, lambda pk: {"store": stores[pk].code}),
            ),
        ],
    }
    if not filters.is_agent:
        by_agent = lines("agent_id", agents, lambda pk: {"agent": pk})
        context["tables"].insert(1, (gettext("By agent"), gettext("Agent"), by_agent))
    return render(request, "desk/violation_trends.html", context)


def _lines(
    sums: dict[Hashable, Sums], names: Mapping[Hashable, str], address_of: Callable[[Hashable], str]
) -> list[Line]:
    """The most standing first."""
    lines = [
        Line(names[key], one, address_of(key))
        if key in names
        else Line(gettext("nobody of the team"), one, "")
        for key, one in sums.items()
    ]
    return sorted(lines, key=lambda line: (-line.sums.standing, -line.sums.found, line.name))


def _chart(
    counts: dict[tuple[date, str], int], since: date, until: date, titles: dict[str, str]
) -> dict | None:
    """A line for each of the rules that stand most, by month of the day it happened, from the first that has any; None for
    a single month, of which the tables tell the same."""
    months = _months(max(since, min(month for month, _title in counts)), until)
    if len(months) == 1:
        return None
    totals: dict[str, int] = {}
    for (_month, title), count in counts.items():
        totals[title] = totals.get(title, 0) + count
    shown = sorted(totals, key=lambda title: (-totals[title], title))[:NAMED]
    # By rank of their titles, so that a rule keeps its colour while the same rules are shown.
    colours = {title: place % COLOURS for place, title in enumerate(sorted(shown))}
    lines = [
        series(
            titles[rule_id], [counts.get((month, rule_id), 0) for month in months], person=colours[rule_id]
        )
        for rule_id in shown
    ]
    return {
        "kind": "trend", "title": gettext("Confirmed violations by month"), "measure": "violations", "unit": "count",
        "currency": "", "axis": [wording.month_text(month) for month in months],
        "axis_name": gettext("Violations"), "series": lines,
        "words": {"axis": gettext("Month"), "seconds": gettext("{n} s")},
        "note": gettext("By the month in which it happened; what was revoked is left out."),
    }  # fmt: skip


def _months(since: date, until: date) -> list[date]:
    months, month = [], since.replace(day=1)
    while month <= until:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months


def _months_before(day: date, count: int) -> date:
    month = day.replace(day=1)
    for _step in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
    return month
