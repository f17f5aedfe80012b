"""Handing over at the end of a shift, answering what was handed over, and the handover book."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from desk.day_page import live_answer, my_stores, not_modified
from desk.duties import duty_of, stores_of
from desk.handover_book import book, duties_of, lately_returned, lines_open_to, not_accepted
from desk.handovers import OwnerMissing, accept, close_duty, hand_over, needs_an_owner, to_hand_over
from desk.handovers import return_line as return_to_giver
from desk.lines import tell
from desk.models import Duty, FollowUp, HandoverLine, LineState
from stores.models import Store
from team.models import Agent
from team.roster_models import EntryKind, RosterEntry
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.encryption import encrypt
from tenants.permissions import allowed


def receivers(duty: Duty) -> list[RosterEntry]:
    """Shifts of colleagues that go on after the duty's end or begin within a day of it, the first one each."""
    coming = RosterEntry.objects.filter(
        published=True, kind=EntryKind.WORK, ends_at__gt=duty.ends_at,
        starts_at__lt=duty.ends_at + timedelta(days=1),
    )  # fmt: skip
    found: dict[int, RosterEntry] = {}
    for entry in (
        coming.exclude(agent_id=duty.agent_id).select_related("agent", "shift").order_by("starts_at")
    ):
        found.setdefault(entry.agent_id, entry)
    return list(found.values())


def _choices(matter: FollowUp, entries: list[RosterEntry]) -> list[dict]:
    """[{id, name, from}] of the receivers whose shift covers the matter's store."""
    return [
        {
            "id": entry.agent_id,
            "name": entry.agent.name,
            "shift": entry.shift.name,
            "at": entry.starts_at.astimezone(ZoneInfo(entry.shift.time_zone)),
        }
        for entry in entries
        if not entry.shift.store_ids or matter.store_id in entry.shift.store_ids
    ]


def _rows(matters: list[FollowUp], duty: Duty, now: datetime) -> list[dict]:
    """What the page asks of each matter. chosen: "" (say who), "next" or "mine"."""
    entries = receivers(duty)
    mine = RosterEntry.objects.filter(agent_id=duty.agent_id, published=True, kind=EntryKind.WORK)
    again = mine.filter(starts_at__gt=duty.ends_at).order_by("starts_at").first()
    rows = []
    for matter in matters:
        must = needs_an_owner(matter.kind)
        waits = again is not None and matter.due_at >= again.starts_at
        rows.append(
            {
                "told": tell(matter, now),
                "must": must,
                "choices": _choices(matter, entries),
                "chosen": "" if must else "mine" if waits else "next",
            }
        )
    return rows


def _stamp(duty: Duty) -> str:
    """Differs whenever the state of a line of this duty does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(md5(string_agg(concat_ws('/', id, state, to_agent_id), ',' ORDER BY id)), 'none')"
            " FROM desk_handoverline WHERE duty_id = %s",
            [duty.pk],
        )
        return cursor.fetchone()[0]


def _handed(duty: Duty, now: datetime) -> list:
    told = book(HandoverLine.objects.filter(duty=duty), now)
    return told[0].lines if told else []


@require_http_methods(["GET", "POST"])
@permission_required("work_desk")
def handover(request):
    """Everything on my list gets a receiver or stays mine; then the shift is closed."""
    agent_id, now = request.membership.agent_id, timezone.now()
    duty = duty_of(agent_id, now) if agent_id else None
    if duty is None:
        if request.method == "POST":
            messages.error(request, gettext("You have no shift to hand over."))
            return redirect("my_day", request.organization.slug)
        return render(request, "desk/handover.html", {"nobody": True})
    if request.method == "POST":
        return _hand_over(request, duty, now)
    stamp = _stamp(duty)
    if same := not_modified(request, stamp):
        return same
    if request.htmx:
        context = {"handed": _handed(duty, now), "duty": duty}
        return live_answer(request, "desk/handover.html", "desk/_handed.html", stamp, context)
    matters = list(to_hand_over(duty, now).select_related("store", "buyer"))
    context = {
        "duty": duty,
        "rows": _rows(matters, duty, now),
        "handed": _handed(duty, now),
        "note": duty.decrypted("note") or "",
        "stores": my_stores(request.membership, now),
        "new_due": now.astimezone(ZoneInfo(settings.TIME_ZONE)) + timedelta(hours=3),
        "next": "handover",
    }
    return live_answer(request, "desk/handover.html", "desk/_handed.html", stamp, context)


def _hand_over(request, duty: Duty, now: datetime):
    """What the form says: receivers, the note, and whether the shift ends here."""
    note = request.POST.get("note", "").strip()
    kept = encrypt(duty.organization_id, "note", note) if note else None
    Duty.objects.filter(pk=duty.pk).update(note=kept)
    known = {entry.agent_id for entry in receivers(duty)}
    wanted: dict[int, tuple[int | None, str]] = {}
    for name, value in request.POST.items():
        number = name.removeprefix("to-")
        if number == name or not number.isdigit() or value in ("", "mine"):
            continue
        if value != "next" and not (value.isdigit() and int(value) in known):
            messages.error(request, gettext("This person is not on the next shift; nothing was changed."))
            return redirect("handover", request.organization.slug)
        to = None if value == "next" else int(value)
        wanted[int(number)] = (to, request.POST.get(f"remark-{number}", "").strip())
    given = hand_over(duty, wanted, request.user, now)
    if request.POST.get("action") != "close":
        messages.success(request, gettext("Handed over: %(count)s.") % {"count": given})
        return redirect("handover", request.organization.slug)
    try:
        close_duty(duty, request.user, now)
    except OwnerMissing as missing:
        messages.error(
            request,
            gettext("The shift stays open: %(count)s matters need somebody who takes them on.")
            % {"count": len(missing.follow_ups)},
        )
        return redirect("handover", request.organization.slug)
    messages.success(request, gettext("Your shift is closed. Thank you, and have a good rest."))
    return redirect("my_day", request.organization.slug)


def _line(request, line_id: int) -> HandoverLine:
    """A line of a store the member may see that they may answer; 404 or 403 otherwise."""
    lines = lines_open_to(request.membership, None)
    line = get_object_or_404(lines.select_related("duty__agent", "follow_up"), pk=line_id)
    if request.membership.role == "agent":
        to = line.to_agent_id or (
            request.membership.agent_id
            if line.follow_up.store_id in stores_of(request.membership.agent_id or 0, timezone.now())
            else None
        )
        if to is None or to != request.membership.agent_id:
            raise PermissionDenied
    return line


@require_POST
@permission_required("work_desk")
def accept_line(request, line_id: int):
    """I take it on."""
    line = _line(request, line_id)
    try:
        taken = accept(line, request.user, timezone.now(), request.membership.agent_id)
    except ValueError:
        messages.error(request, gettext("You are not entered as an agent, so it cannot become yours."))
        return redirect("my_day", request.organization.slug)
    if taken:
        messages.success(request, gettext("It is yours now."))
    else:
        messages.error(request, gettext("This was answered already."))
    return redirect("my_day", request.organization.slug)


@require_POST
@permission_required("work_desk")
def return_line(request, line_id: int):
    """I do not take it on, and say why."""
    line, why = _line(request, line_id), request.POST.get("why", "").strip()
    if not why:
        messages.error(request, gettext("Say why you return it."))
    elif return_to_giver(line, request.user, timezone.now(), why):
        messages.success(request, gettext("Returned to %(agent)s.") % {"agent": line.duty.agent.name})
    else:
        messages.error(request, gettext("This was answered already."))
    return redirect("my_day", request.organization.slug)


def _asked_day(request, now: datetime) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@require_GET
@permission_required("see_handovers")
def handover_book(request):
    """Day by day: who handed what to whom, what became of it, and where time went by."""
    now, membership = timezone.now(), request.membership
    watches = allowed(membership, "see_board")
    own = None if watches else membership.agent_id or 0
    day = _asked_day(request, now)
    lines = lines_open_to(membership, own)
    stores = list(Store.objects.open_to(membership))
    people = list(agents_open_to(membership)) if watches else list(Agent.objects.filter(pk=own))
    chosen = {name: request.GET.get(name, "") for name in ("store", "agent", "state")}
    lines = _filtered(lines, chosen, stores)
    waiting = chosen["state"] == LineState.OFFERED and "day" not in request.GET
    if waiting:
        told = book(not_accepted(lines), now)
    else:
        narrowed = any(chosen.values())
        shifts = [] if narrowed else list(duties_of(day, [person.pk for person in people]))
        told = book(lines.filter(duty__day=day), now, shifts)
    open_lines = lines_open_to(membership, own)
    context = {
        "duties": told, "day": day, "before": day - timedelta(days=1), "after": day + timedelta(days=1),
        "stores": stores, "people": people, "chosen": chosen, "states": LineState.choices, "waiting": waiting,
        "open_count": not_accepted(open_lines).count(),
        "returned_count": lately_returned(open_lines, now).count(), "watches": watches,
    }  # fmt: skip
    return render(request, "desk/handover_book.html", context)


def _filtered(lines, chosen: dict[str, str], stores: list[Store]):
    """The lines a choice of store, person (as giver or receiver) and state leaves."""
    if chosen["store"]:
        codes = {store.code: store.pk for store in stores}
        if chosen["store"] not in codes:
            raise Http404
        lines = lines.filter(follow_up__store_id=codes[chosen["store"]])
    if chosen["agent"].isdigit():
        person = int(chosen["agent"])
        lines = lines.filter(Q(duty__agent_id=person) | Q(to_agent_id=person))
    if chosen["state"] in LineState.values:
        lines = lines.filter(state=chosen["state"])
    return lines
