"""How many promises each agent kept: the page and its file (R15)."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from desk.promise_rates import KeptRow, kept_rows, whole_of
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from kpis.forms import read_filters
from kpis.views import bar
from team.seats import agents_open_to
from tenants.access import permission_required


@require_GET
@permission_required("see_promises")
def promise_rates(request):
    """Of the promises due in a period, how many each agent kept; agents see their own; also as a file."""
    filters, now = read_filters(request), timezone.now()
    rows = (
        kept_rows(filters.stores, filters.period.since, filters.period.until, now) if filters.stores else []
    )
    if filters.agent_ids is not None:
        rows = [row for row in rows if row.agent_id in filters.agent_ids]
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    if request.GET.get("file") in CONTENT_TYPES:
        name = f"promises-kept-{filters.period.since}-{filters.period.until}"
        return file_answer(request, _rate_sheet(rows, names), request.GET["file"], name)
    told = [{"row": row, "name": names.get(row.agent_id) or gettext("nobody of the team")} for row in rows]
    context = {
        "rows": sorted(told, key=lambda one: (one["row"].rate is None, one["row"].rate or 0, one["name"])),
        "whole": whole_of(rows),
        **bar(filters),
        "since": filters.period.since.isoformat(),
        "until": filters.period.until.isoformat(),
        "store_code": next(iter(filters.chosen_codes)) if len(filters.chosen_codes) == 1 else "",
    }
    return render(request, "desk/promise_rates.html", context)


def _rate_sheet(rows: list[KeptRow], names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Agent"), gettext("Due"), gettext("Kept"), gettext("Broken"), gettext("Kept rate"),
        gettext("Promise withdrawn"), gettext("Open"), gettext("Overdue"),
    ]  # fmt: skip
    lines = [
        [
            names.get(row.agent_id) or gettext("nobody of the team"), row.due, row.kept, row.broken, row.rate,
            row.withdrawn, row.open, row.overdue,
        ]
        for row in rows
    ]  # fmt: skip
    return Sheet(titles, lines, ["", "count", "count", "count", "rate", "count", "count", "count"])
