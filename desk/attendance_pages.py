"""Attendance: the month's sheet, one day's facts, corrections with their reason."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from desk.attendance import derive_attendance
from desk.attendance_month import Cell, Person, corrected, month_sheet
from desk.attendance_rules import UNDECIDED, Status
from desk.duties import desk_settings
from desk.models import Attendance, AttendanceCorrection
from kpis.exports import Sheet, file_answer
from stores.forms import StyledForm, posted
from stores.models import Store
from team.groups import GroupFilter
from team.models import Agent
from team.roster import days_of, next_month, previous_month
from team.roster_models import RosterEntry
from team.roster_month import people_of
from team.roster_table import weekday_of
from team.roster_views import month_of
from tenants.access import permission_required
from tenants.audit import record
from tenants.permissions import allowed

TOTALS = {
    "worked": gettext_lazy("Days worked"), "rest": gettext_lazy("Rest days"), "leave": pgettext_lazy("absence", "Leave"),
    "late": gettext_lazy("Late"), "late_counted": gettext_lazy("Late, counted"),
    "left_early": gettext_lazy("Left early"), "absent": gettext_lazy("Absent"),
    "idle_minutes": gettext_lazy("Idle (minutes)"), "extended_minutes": gettext_lazy("Stayed longer (minutes)"),
}  # fmt: skip
# What a cell of the sheet shows: a character, which the legend explains.
SIGNS = {
    Status.PRESENT: "✓", Status.ON_SHIFT: "…", Status.PLANNED: "·", Status.ABSENT: "✗",
    Status.LATE: pgettext_lazy("attendance cell", "L"), Status.LEFT_EARLY: pgettext_lazy("attendance cell", "E"),
    Status.EXTRA: "+", Status.REST: pgettext_lazy("roster cell", "Off"), Status.ANNUAL: pgettext_lazy("roster cell", "AL"),
    Status.SICK: pgettext_lazy("roster cell", "SL"), Status.PERSONAL: pgettext_lazy("roster cell", "PL"),
    Status.HOLIDAY: pgettext_lazy("roster cell", "PH"),
}  # fmt: skip


class CorrectionForm(StyledForm, forms.ModelForm):
    """What a day is to count as, and why. No minutes: those derived, if it is late."""

    status = forms.ChoiceField(
        label=gettext_lazy("Counts as"),
        choices=[(one.value, one.label) for one in Status if one not in UNDECIDED],
    )
    late_minutes = forms.IntegerField(
        label=gettext_lazy("Late by (minutes)"), required=False, min_value=0, max_value=1440
    )

    class Meta:
        model = AttendanceCorrection
        fields = ("status", "late_minutes", "reason")
        labels = {"reason": gettext_lazy("Reason")}

    def clean(self) -> dict:
        said = super().clean()
        if said.get("late_minutes") and said.get("status") != Status.LATE:
            self.add_error("late_minutes", gettext("Minutes belong to a late day only."))
        return said


def people_seen(request, month: date):
    """Those whose attendance this member may see: their own, or everybody's of their stores."""
    people = people_of(request.membership, month)
    if allowed(request.membership, "see_attendance"):
        return people
    return people.filter(pk=request.membership.agent_id or 0)


@require_GET
@permission_required("see_own_attendance")
def attendance_month(request):
    """People by days with totals; ?file=xlsx or csv saves it."""
    month = month_of(request)
    days, figures = days_of(month), desk_settings()
    seen, group_filter = (
        people_seen(request, month),
        GroupFilter(request, allowed(request.membership, "see_attendance")),
    )
    if group_filter.chosen:
        seen = seen.filter(pk__in=group_filter.members(days[0], days[-1]))
    people = month_sheet(seen, days, figures)
    if request.GET.get("file") in ("csv", "xlsx"):
        return file_answer(request, _sheet(people, days), request.GET["file"], f"attendance-{month:%Y-%m}")
    rows = [
        (person, [_shown(person.cells.get(day)) for day in days], person.totals().values())
        for person in people
    ]
    shown = {
        "month": month, "group_filter": group_filter, "heads": [(day, weekday_of(day)) for day in days], "rows": rows, "totals": TOTALS.values(), "figures": figures,
        "previous": previous_month(month), "next": next_month(month),
        "legend": [(sign, Status(status).label, _look(status)) for status, sign in SIGNS.items()],
        "has_any": any(person.cells for person in people),
        "sees_all": allowed(request.membership, "see_attendance"),
    }  # fmt: skip
    return render(request, "desk/attendance.html", shown)


def _look(status: str) -> str:
    return {"late": "is-late", "left_early": "is-late", "absent": "is-absent", "present": "is-present"}.get(
        status, "is-work" if status in (*UNDECIDED, Status.EXTRA) else "is-off"
    )


def _shown(cell: Cell | None) -> dict | None:
    if cell is None:
        return None
    text = str(SIGNS[cell.status])
    if cell.late_minutes and cell.status != Status.ABSENT:
        text = f"{text} {cell.late_minutes}"
    look = _look(cell.status) + (" is-free" if cell.mark == "free" else "")
    return {"day": cell.day, "text": text, "look": look, "title": ", ".join(_details(cell)),
            "corrected": cell.correction is not None, "idle": cell.idle_minutes > 0}  # fmt: skip


def _details(cell: Cell) -> list[str]:
    """The cell in words."""
    found = [cell.label]
    if cell.late_minutes:
        n = cell.late_minutes
        found.append(ngettext("%(n)s minute late", "%(n)s minutes late", n) % {"n": n})
        if cell.mark == "free":
            found.append(gettext("free of charge"))
    for n, text in (
        (cell.left_early_minutes, gettext("left %(n)s min early")),
        (cell.extended_minutes, gettext("stayed %(n)s min for buyers")),
        (cell.idle_minutes, gettext("idle for %(n)s min")),
    ):
        if n:
            found.append(text % {"n": n})
    if cell.correction:
        found.append(gettext("corrected: %(reason)s") % {"reason": cell.correction.reason})
    return found


def _sheet(people: list[Person], days: list[date]) -> Sheet:
    lines = []
    for person in people:
        cells = ["; ".join(_details(cell)) if (cell := person.cells.get(day)) else None for day in days]
        lines.append([person.agent.name, person.agent.employee_id, *cells, *person.totals().values()])
    titles = [gettext("Name"), gettext("Employee id"), *map(str, days), *map(str, TOTALS.values())]
    return Sheet(titles, lines, ["", "", *("" for _ in days), *("count" for _ in TOTALS)])


def _person(request, agent_id: int, day: date) -> Agent:
    """404 for nobody this member may know of, 403 for an agent who asks for another's day."""
    agent = get_object_or_404(people_of(request.membership, day.replace(day=1)), pk=agent_id)
    if not allowed(request.membership, "see_attendance") and agent.pk != request.membership.agent_id:
        raise PermissionDenied
    return agent


@require_http_methods(["GET", "POST"])
@permission_required("see_own_attendance")
def attendance_day(request, agent_id: int, day: date):
    """What one cell is made of: roster, sign-ins, messages, gaps; POST corrects it."""
    agent = _person(request, agent_id, day)
    may_correct = allowed(request.membership, "correct_attendance")
    if request.method == "POST" and not may_correct:
        raise PermissionDenied
    row = Attendance.objects.filter(agent=agent, day=day).first()
    word = AttendanceCorrection.objects.filter(agent=agent, day=day).first()
    blank = AttendanceCorrection(
        organization=request.organization, agent=agent, day=day,
        status=row.status if row and row.status not in UNDECIDED else Status.PRESENT,
    )  # fmt: skip
    form = CorrectionForm(posted(request), instance=word or blank)
    if request.method == "POST" and form.is_valid():
        return _correct(request, agent, day, form)
    rostered = RosterEntry.objects.filter(agent=agent, day=day, published=True)
    entry = rostered.select_related("shift").first()
    zone = _zone(request, entry)
    cell = corrected(day, row, word) if row or word else None
    shown = {
        "agent": agent, "day": day, "row": row, "correction": word, "cell": cell, "zone": zone.key,
        "form": form if may_correct else None, "details": _details(cell) if cell else [], "facts": _facts(row, zone),
        "month": day.replace(day=1), "entry": entry,
    }  # fmt: skip
    with timezone.override(zone):
        return render(request, "desk/attendance_day.html", shown)


def _correct(request, agent: Agent, day: date, form: CorrectionForm):
    word = form.save(commit=False)
    word.made_by, word.made_at = request.user, timezone.now()
    word.save()
    record(request, "attendance_corrected", agent, day=str(day), status=word.status, reason=word.reason)
    messages.success(request, gettext("Corrected."))
    return redirect("attendance_day", request.organization.slug, agent.pk, day)


@require_POST
@permission_required("correct_attendance")
def attendance_uncorrect(request, agent_id: int, day: date):
    """Take a correction back: what was derived counts again. Its history stays."""
    agent = _person(request, agent_id, day)
    word = AttendanceCorrection.objects.filter(agent=agent, day=day).first()
    if word is None:
        raise Http404
    word.delete()
    record(request, "attendance_corrected", agent, day=str(day), status="", reason="")
    messages.success(request, gettext("The correction was taken back."))
    return redirect("attendance_day", request.organization.slug, agent.pk, day)


@require_POST
@permission_required("correct_attendance")
def attendance_derive(request):
    """Derive a month anew now: after a late import or a changed setting."""
    month = month_of(request)
    changed = derive_attendance(request.organization, days_of(month), timezone.now())
    text = ngettext("%(n)s day changed.", "%(n)s days changed.", changed)
    messages.success(request, text % {"n": changed})
    return redirect(f"{request.path.removesuffix('derive/')}?month={month:%Y-%m}")


def _zone(request, entry: RosterEntry | None) -> ZoneInfo:
    """The clock the day is told by: of its shift, else of the first store this member sees."""
    if entry and entry.shift:
        return ZoneInfo(entry.shift.time_zone)
    store = Store.objects.open_to(request.membership).first()
    return ZoneInfo(store.time_zone if store else settings.TIME_ZONE)


def _facts(row: Attendance | None, zone: ZoneInfo) -> dict:
    """The stored facts with instants a template can show."""
    if row is None:
        return {}

    def instant(text: str | None) -> datetime | None:
        return parse_datetime(text).astimezone(zone) if text else None

    facts = row.facts
    return {
        "seen_by": {"chat": gettext("own messages"), "sign_in": gettext("signing in"),
                    "presence": gettext("the platform's on-line times")}.get(facts.get("seen_by", ""), ""),
        "signed_in": instant(facts.get("signed_in")), "signed_out": instant(facts.get("signed_out")),
        "seen_from": instant(facts.get("seen_from")), "seen_to": instant(facts.get("seen_to")),
        "online": [(instant(a), instant(b)) for a, b in facts.get("online", ())],
        "gaps": [(instant(a), instant(b), int((instant(b) - instant(a)).total_seconds() // 60)) for a, b in facts.get("gaps", ())],
    }  # fmt: skip
