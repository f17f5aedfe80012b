"""The roster as a workbook: saved, and read back with a preview of what it would change."""

from datetime import date

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stores.forms import posted
from stores.platforms.records import FileRefused
from team.roster import Cell, is_code, link_to, write_cells
from team.roster_forms import SheetForm
from team.roster_month import Grid
from team.roster_sheets import as_workbook, read_workbook
from team.roster_table import palette_of
from team.roster_views import grid_of, month_of
from tenants.access import permission_required
from tenants.audit import record, record_export
from tenants.permissions import allowed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "roster sheet"
VALID_SECONDS = 3600
REFUSALS_SHOWN = 200


@require_GET
@permission_required("see_roster")
def roster_sheet(request):
    """The month as this member sees it, as an XLSX file."""
    if not allowed(request.membership, "export"):
        raise PermissionDenied
    grid = grid_of(request, month_of(request))
    name = f"roster-{grid.month:%Y-%m}"
    record_export(request, name, "xlsx", len(grid.agents))
    answer = HttpResponse(as_workbook(grid), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("manage_roster")
def roster_upload(request):
    """Read a workbook: nothing is written, the page shows what would change and what is refused."""
    month = month_of(request)
    form = SheetForm(posted(request), request.FILES or None)
    shown = {"form": form, "month": month}
    if request.method == "POST" and form.is_valid():
        grid, file = grid_of(request, month), form.cleaned_data["file"]
        try:
            reading = read_workbook(file.read(), file.name, grid)
        except FileRefused as refused:
            form.add_error("file", _(refused.message) % refused.params)
        else:
            shown |= _preview(grid, reading)
    return render(request, "team/roster_upload.html", shown)


def _preview(grid: Grid, reading) -> dict:
    changed = {cell: code for cell, code in reading.cells.items() if grid.code(*cell) != code}
    words, names = palette_of(grid).words, {agent.pk: agent.name for agent in grid.agents}
    changes = [
        (names[agent_id], day, words[grid.code(agent_id, day)], words[code])
        for (agent_id, day), code in sorted(changed.items(), key=lambda item: (names[item[0][0]], item[0][1]))
    ]
    refusals = [
        (refusal.row, refusal.column or "", _(refusal.message) % refusal.params)
        for refusal in reading.refusals[:REFUSALS_SHOWN]
    ]
    cells = [[agent_id, day.isoformat(), code] for (agent_id, day), code in changed.items()]
    return {
        "read": True,
        "changes": changes,
        "unchanged": len(reading.cells) - len(changed),
        "refusals": refusals,
        "refused": len(reading.refusals),
        "token": signing.dumps([f"{grid.month:%Y-%m}", cells], salt=SALT, compress=True),
    }


@require_POST
@permission_required("manage_roster")
def roster_upload_apply(request):
    """Write what the preview showed, for the people this member may still plan."""
    month = month_of(request)
    try:
        named, cells = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        messages.error(request, _("The preview is too old: give the workbook again."))
        return redirect(link_to(request.organization, month))
    month = date.fromisoformat(f"{named}-01")
    wanted = _still_known(grid_of(request, month), cells)
    changed = write_cells(request.organization, wanted, timezone.now(), request.user)
    record(request, "roster_read", named, cells=len(changed))
    text = ngettext("%(n)s day changed.", "%(n)s days changed.", len(changed))
    messages.success(request, text % {"n": len(changed)})
    return redirect(link_to(request.organization, month))


def _still_known(grid: Grid, cells: list) -> dict[Cell, str]:
    people = {agent.pk for agent in grid.agents}
    return {
        (agent_id, date.fromisoformat(day)): code
        for agent_id, day, code in cells
        if agent_id in people and is_code(code, grid.kinds)
    }
