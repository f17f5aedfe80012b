"""The roster's pages: the month as a grid, saving blocks of it, filling, publishing, and what was changed."""

import json
from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from stores.models import Store
from team.calendar_days import countries_of, special_days
from team.calendar_feed import open_link
from team.calendar_views import SHOWN_ONCE
from team.groups import GroupFilter
from team.roster import (
    days_of,
    is_code,
    link_to,
    month_start,
    next_month,
    previous_month,
    publish,
    write_cells,
)
from team.roster_conflicts import conflicts
from team.roster_copy import from_cycle, from_last_month, sparing
from team.roster_forms import FillForm
from team.roster_history import MonthChanges
from team.roster_limits import limits_of
from team.roster_month import Grid, load_month, people_of
from team.roster_sheets import words_of_codes
from team.roster_table import conflict_rows, own_days, palette_of, table_of
from team.shifts import shift_kinds
from tenants.access import permission_required
from tenants.audit import record
from tenants.permissions import allowed

MOST_CELLS = 20_000
ROWS_PER_PAGE = 50


def month_of(request, name: str = "month") -> date:
    """The month the address names (2026-11), else the present one."""
    try:
        return date.fromisoformat(f"{request.GET.get(name) or request.POST.get(name, '')}-01")
    except ValueError:
        return month_start(timezone.localdate())


def grid_of(request, month: date) -> Grid:
    """The month as this member may see it: who plans it sees drafts, everybody else what is published."""
    organization = request.organization
    return load_month(
        month,
        people_of(request.membership, month),
        shift_kinds(organization.pk),
        limits_of(organization.pk),
        drafts=allowed(request.membership, "manage_roster"),
    )


@require_GET
@never_cache
@permission_required("see_roster")
def roster(request):
    """The month, people by days; the member's own row first. Who plans it edits the cells and sees conflicts."""
    month = month_of(request)
    grid = grid_of(request, month)
    manages, own = allowed(request.membership, "manage_roster"), request.membership.agent_id
    grid.agents.sort(key=lambda agent: agent.pk != own)
    countries = countries_of(Store.objects.open_to(request.membership))
    specials = special_days(grid.days[0], grid.days[-1], countries, get_language() or "en")
    today = timezone.localdate()
    # Conflicts are told of everybody: whoever else is on line covers a store too.
    group_filter, lines = GroupFilter(request), grid
    if group_filter.chosen:
        members = set(group_filter.members(grid.days[0], grid.days[-1]))
        lines = replace(grid, agents=[agent for agent in grid.agents if agent.pk in members])
    shown = {
        "grid": grid,
        "group_filter": group_filter,
        "month": month,
        "previous": previous_month(month),
        "next": next_month(month),
        "manages": manages,
        "table": table_of(lines, specials, countries[0], today, own),
        "specials": specials,
        "palette": palette_of(grid),
        "own": own_days(own, today) if own else None,
        "calendar_link": open_link(own) if own else None,
        "calendar_address": request.session.pop(SHOWN_ONCE, ""),
        "is_hidden": grid.published_at is None and not manages,
    }
    if manages:
        kinds = [kind for kind in grid.kinds.values() if kind.active]
        shown["conflicts"] = conflict_rows(conflicts(grid))
        shown["fill"] = FillForm(
            kinds=kinds, initial={"since": month, "source": FillForm.CYCLE}, prefix="fill"
        )
        shown["asked"] = len({cell[0] for cell in grid.asked})
        shown["may_publish"] = not request.membership.store_ids
    return render(request, "team/roster.html", shown)


@require_POST
@permission_required("manage_roster")
def roster_save(request):
    """One block: {"month": "2026-11", "cells": [[agent, "2026-11-03", code], …]} → what changed and all conflicts.

    400 for what is no such thing, with nothing written: an agent or shift unknown here, a day of another month.
    """
    wanted = _block(request)
    if wanted is None:
        return HttpResponseBadRequest(_("This is no block of the roster."))
    month, cells = wanted
    changed = write_cells(request.organization, cells, timezone.now(), request.user)
    rows = conflict_rows(conflicts(grid_of(request, month)))
    return JsonResponse(
        {
            "changed": [[one.agent_id, str(one.day), one.before, one.after] for one in changed],
            "conflicts": rows,
        }
    )


def _block(request) -> tuple[date, dict[tuple[int, date], str]] | None:
    """The month and its cells as a request names them; None where it names anything else."""
    try:
        said = json.loads(request.body)
        month = date.fromisoformat(f"{said['month']}-01")
        cells = {(agent, date.fromisoformat(day)): code for agent, day, code in said["cells"]}
    except (ValueError, KeyError, TypeError):
        return None
    people = set(people_of(request.membership, month).values_list("pk", flat=True))
    kinds = {kind.pk: kind for kind in shift_kinds(request.organization.pk)}
    days = set(days_of(month))
    for (agent, day), code in cells.items():
        if agent not in people or day not in days or not isinstance(code, str) or not is_code(code, kinds):
            return None
    return (month, cells) if len(cells) <= MOST_CELLS else None


@require_POST
@permission_required("manage_roster")
def roster_fill(request):
    """Fill the month from a cycle or from last month; what is set stays unless asked."""
    month = month_of(request)
    grid = grid_of(request, month)
    kinds = [kind for kind in grid.kinds.values() if kind.active]
    form = FillForm(request.POST, kinds=kinds, prefix="fill")
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return redirect(link_to(request.organization, month))
    said = form.cleaned_data
    chosen = set(said["agents"])
    people = [agent.pk for agent in grid.agents if not chosen or agent.pk in chosen]
    if said["source"] == FillForm.LAST_MONTH:
        wanted = from_last_month(month, people, grid.kinds)
    else:
        days = [day for day in grid.days if day >= (said["since"] or month)]
        wanted = from_cycle(people, days, said["codes"], said["stagger"] or 0)
    changed = write_cells(
        request.organization, sparing(grid, wanted, said["replace"]), timezone.now(), request.user
    )
    record(request, "roster_filled", f"{month:%Y-%m}", source=said["source"], cells=len(changed))
    text = ngettext("%(n)s day filled.", "%(n)s days filled.", len(changed))
    messages.success(request, text % {"n": len(changed)})
    return redirect(link_to(request.organization, month))


@require_POST
@permission_required("manage_roster")
def roster_publish(request):
    """The month is there for everybody. It concerns all stores: who may see some of them only cannot do it."""
    month = month_of(request)
    if request.membership.store_ids:
        messages.error(request, _("Publishing concerns all stores: ask somebody who may see them all."))
    elif entries := publish(request.organization, month, request.user, timezone.now()):
        record(request, "roster_published", f"{month:%Y-%m}", entries=entries)
        messages.success(request, _("The roster is published. Everybody in it has been told."))
    return redirect(link_to(request.organization, month))


@require_GET
@permission_required("see_people")
def roster_history(request):
    """What was changed in the month, by whom, newest first."""
    month = month_of(request)
    rows = MonthChanges(month, people_of(request.membership, month))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    words = words_of_codes(shift_kinds(request.organization.pk))
    page.object_list = [
        replace(row, before=words.get(row.before, "–"), after=words.get(row.after, "–")) for row in page
    ]
    return render(request, "team/roster_history.html", {"page": page, "month": month})
