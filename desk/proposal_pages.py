"""The roster's proposal: asked for, looked at in the grid, taken or dropped (docs/desk.md, Proposal).

The solver runs in the background; what it found waits in the cache for whoever asked. A proposal lost is no loss:
nothing is written before it is taken.
"""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from desk.tasks import PROPOSAL_KEPT, propose_roster
from team.roster import Cell, link_to, shift_id_of, write_cells
from team.roster_copy import sparing
from team.roster_models import EntryKind, RosterEntry
from team.roster_month import Grid
from team.roster_table import palette_of, table_of
from team.roster_views import grid_of, month_of
from tenants.access import permission_required
from tenants.audit import record

# The solver stops by itself long before; a worker that died leaves a proposal that is never done.
GIVEN_UP = timedelta(minutes=3)


def _key(request, month: date) -> str:
    return f"proposal-{request.organization.pk}-{request.user.pk}-{month:%Y-%m}"


@require_http_methods(["GET", "POST"])
@permission_required("manage_roster")
def roster_proposal(request):
    """Ask for a proposal (POST), see how far it is, and what it says."""
    month, now = month_of(request), timezone.now()
    key = _key(request, month)
    if request.method == "POST":
        agent_ids = [agent.pk for agent in grid_of(request, month).agents]
        cache.set(key, {"state": "running", "since": now.isoformat()}, PROPOSAL_KEPT)
        propose_roster.delay(request.organization.pk, f"{month:%Y-%m}", agent_ids, key, get_language())
        return redirect(f"{request.path}?month={month:%Y-%m}")
    found = cache.get(key)
    if found and found["state"] == "running":
        seconds = int((now - parse_datetime(found["since"])).total_seconds())
        if seconds > GIVEN_UP.total_seconds():
            found = {"state": "failed", "why": _("Nobody worked on it. Ask again.")}
        elif request.htmx:
            return render(request, "desk/_proposal_running.html", {"month": month, "seconds": seconds})
        else:
            return render(
                request, "desk/proposal.html", {"month": month, "state": "running", "seconds": seconds}
            )
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _page(request, month, found, now)


def _page(request, month: date, found: dict | None, now: datetime) -> HttpResponse:
    grid = grid_of(request, month)
    kinds = [kind for kind in grid.kinds.values() if kind.active]
    shown = {
        "month": month,
        "state": found["state"] if found else "none",
        "found": found,
        "kinds": kinds,
        "wanted": sum(kind.people_wanted for kind in kinds),
        "empty": sum(not grid.code(agent.pk, day) for agent in grid.agents for day in grid.days),
        "people": len(grid.agents),
    }
    if found and found["state"] == "done":
        shown |= _preview(grid, _cells(found), timezone.localdate(now))
    return render(request, "desk/proposal.html", shown)


def _cells(found: dict) -> dict[Cell, str]:
    return {(agent_id, date.fromisoformat(day)): code for agent_id, day, code in found["cells"]}


def _preview(grid: Grid, proposed: dict[Cell, str], today: date) -> dict:
    """The grid as it would be. Cells that were set since stay as they are."""
    cells = {
        cell: code
        for cell, code in sparing(grid, proposed, replace=False).items()
        if shift_id_of(code) in grid.kinds or code in EntryKind.values
    }
    for (agent_id, day), code in cells.items():
        kind = EntryKind.WORK if shift_id_of(code) else code
        grid.entries[agent_id, day] = RosterEntry(
            agent_id=agent_id, day=day, kind=kind, shift_id=shift_id_of(code)
        )
    table = table_of(grid, [], "", today, None)
    marked = {(agent_id, str(day)) for agent_id, day in cells}
    for line in table.lines:
        line.cells = [
            (day, code, short, f"{look} is-proposed" if (line.agent_id, day) in marked else look, title)
            for day, code, short, look, title in line.cells
        ]
    return {"table": table, "palette": palette_of(grid), "count": len(cells)}


@require_POST
@permission_required("manage_roster")
def roster_proposal_accept(request):
    """Write the proposal into the cells that are still empty. Everything is checked again as if it came by hand."""
    month = month_of(request)
    found = cache.get(_key(request, month))
    if not found or found["state"] != "done":
        messages.error(request, _("There is no proposal any more. Ask again."))
        return redirect(f"{_address(request, month)}")
    grid = grid_of(request, month)
    proposed = {
        cell: code
        for cell, code in _cells(found).items()
        if shift_id_of(code) in grid.kinds or code in EntryKind.values
    }
    changed = write_cells(
        request.organization, sparing(grid, proposed, replace=False), timezone.now(), request.user
    )
    record(request, "roster_filled", f"{month:%Y-%m}", source="proposal", cells=len(changed))
    cache.delete(_key(request, month))
    text = ngettext("%(n)s day filled.", "%(n)s days filled.", len(changed))
    messages.success(request, text % {"n": len(changed)})
    return redirect(link_to(request.organization, month))


@require_POST
@permission_required("manage_roster")
def roster_proposal_drop(request):
    """Forget the proposal; the roster stays as it is."""
    month = month_of(request)
    cache.delete(_key(request, month))
    messages.success(request, _("The proposal was dropped; the roster is as it was."))
    return redirect(link_to(request.organization, month))


def _address(request, month: date) -> str:
    return f"{request.path.removesuffix('accept/')}?month={month:%Y-%m}"
