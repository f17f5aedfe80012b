"""The kinds of shifts: which there are, and changing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stores.forms import COMMON_ZONES, posted
from stores.models import Store
from team.roster import change_shift
from team.roster_forms import ShiftForm
from team.roster_limits import limits_of
from team.roster_models import ShiftKind
from team.roster_table import hours_in_words
from team.shifts import shift_kinds
from tenants.access import permission_required
from tenants.audit import changes, record

FIELDS = ("name", "starts_minutes", "ends_minutes", "time_zone", "people_wanted", "store_ids", "active")


@require_http_methods(["GET", "POST"])
@permission_required("see_roster", change="manage_roster")
def shift_list(request):
    """All kinds of shifts with their hours and stores; POST adds one. They concern all stores: who may see some of
    them only changes none."""
    organization = request.organization
    if request.membership.store_ids:
        if request.method == "POST":
            raise PermissionDenied
        request.read_only = True
    kinds = shift_kinds(organization.pk)
    new = ShiftKind(organization=organization, time_zone=_usual_zone(kinds))
    form = ShiftForm(posted(request), instance=new, limits=limits_of(organization.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        record(request, "shift_changed", form.instance, **changes({}, _values(form.instance)))
        messages.success(request, _("%(name)s added.") % {"name": form.instance.name})
        return redirect("shift_list", organization.slug)
    stores = {store.pk: store.name for store in Store.objects.open_to(request.membership)}
    for kind in kinds:
        kind.hours = hours_in_words(kind)
        kind.store_names = [stores[pk] for pk in kind.store_ids if pk in stores]
    return render(request, "team/roster_shifts.html", {"kinds": kinds, "form": form, "zones": COMMON_ZONES})


def _usual_zone(kinds: list[ShiftKind]) -> str:
    return kinds[0].time_zone if kinds else "Asia/Shanghai"


def _values(kind: ShiftKind) -> dict:
    return {name: getattr(kind, name) for name in FIELDS}


@require_http_methods(["GET", "POST"])
@permission_required("manage_roster")
def shift_edit(request, shift_id):
    """One kind of shift. New hours hold for shifts that have not begun yet."""
    if request.membership.store_ids:
        raise PermissionDenied
    kind = get_object_or_404(ShiftKind, pk=shift_id)
    before, name = _values(kind), kind.name
    form = ShiftForm(posted(request), instance=kind, limits=limits_of(request.organization.pk))
    if request.method == "POST" and form.is_valid():
        changed = [field for field, value in before.items() if value != getattr(kind, field)]
        moved = change_shift(request.organization, kind, changed, timezone.now(), request.user)
        if changed:
            record(request, "shift_changed", kind, **changes(before, _values(kind)))
        text = ngettext("Saved; %(n)s planned shift moved.", "Saved; %(n)s planned shifts moved.", moved)
        messages.success(request, text % {"n": moved} if moved else _("Saved."))
        return redirect("shift_list", request.organization.slug)
    return render(request, "team/roster_shift.html", {"form": form, "name": name, "zones": COMMON_ZONES})
