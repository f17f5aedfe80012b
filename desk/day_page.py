"""The agent's day: one list to work from, the shift, and the figures so far."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from desk.day import Matter, lists_of, notes_left, stamp_of
from desk.day_figures import figures_today, rate_targets, sales_so_far
from desk.duties import duty_of, ends_of, sign_in, sign_out, stores_held
from desk.follow_ups import close, make_by_hand, reopen, take
from desk.lines import outcome_words, told
from desk.models import Duty, FollowUp, State
from kpis.targets import month_of, target_of
from policies.risk_scores import hints_of
from policies.warnings import waiting
from stores.models import Store
from team.roster_models import EntryKind, RosterEntry
from tenants.access import permission_required

# Nobody works after 03:00, so a working day ends there.
NIGHT = timedelta(hours=3)


def end_of_day(now: datetime, zone: str) -> datetime:
    """03:00 of the night that ends the working day `now` belongs to, by the wall clock of `zone`."""
    wall = now.astimezone(ZoneInfo(zone)) - NIGHT
    return datetime.combine(wall.date() + timedelta(days=1), time(), ZoneInfo(zone)) + NIGHT


def not_modified(request, stamp: str) -> HttpResponse | None:
    """The answer to a page that asks whether anything is new, if nothing is."""
    if request.htmx and request.headers.get("If-None-Match") == f'"{stamp}"':
        return HttpResponse(status=304)
    return None


def live_answer(request, page: str, part: str, stamp: str, context: dict) -> HttpResponse:
    """The page, or the part of it that renews itself, with the stamp a later request may name."""
    context = {**context, "stamp": stamp, "part": part}
    response = render(request, part if request.htmx and not request.htmx.boosted else page, context)
    response["ETag"] = f'"{stamp}"'
    response["Cache-Control"] = "no-store"
    return response


def my_stores(membership, now: datetime) -> list[Store]:
    """The stores whose pool is the member's: they hold a seat there, and may see it."""
    held = stores_held(membership.agent_id, now)
    return [store for store in held if not membership.store_ids or store.pk in membership.store_ids]


@require_GET
@permission_required("work_desk")
def my_day(request):
    """What to do now, by due time and worth. It renews itself; what came in is announced."""
    agent_id, now = request.membership.agent_id, timezone.now()
    if agent_id is None:
        return render(request, "desk/day.html", {"nobody": True})
    stores = my_stores(request.membership, now)
    store_ids = [store.pk for store in stores]
    until = end_of_day(now, stores[0].time_zone if stores else settings.TIME_ZONE)
    stamp = stamp_of(agent_id, store_ids, now, until)
    if same := not_modified(request, stamp):
        return same
    lists = lists_of(agent_id, store_ids, now, until)
    duty = duty_of(agent_id, now)
    aims = target_of(agent_id, month_of(stores[0], now)) if stores else None
    currency = request.organization.currency
    matters = (*lists.offered, *lists.now, *lists.later)
    context = {
        "risky": hints_of((one.follow_up.buyer_id for one in matters), now, from_hint=False),
        "offered": told(not_my_own(lists.offered, agent_id, duty), now),
        "todo": told(lists.now, now),
        "later": told(lists.later, now),
        "lists": lists,
        "figures": figures_today(agent_id, stores, now, currency, rate_targets(aims) if aims else None),
        "targets": sales_so_far(aims, agent_id, stores, now) if aims else [],
        "notes": notes_left(now, store_ids, agent_id),
        "dangerous": waiting(request.membership).filter(store__in=store_ids).count(),
        "stores": stores,
        "open_id": request.GET.get("open", ""),
        "agent_id": agent_id,
        "keys_of_page": KEYS,
        "undo": undo_of(request),
        "new_due": now.astimezone(until.tzinfo) + timedelta(hours=3),
        **shift_context(agent_id, duty, now),
    }
    return live_answer(request, "desk/day.html", "desk/_day.html", stamp, context)


def not_my_own(offered: list[Matter], agent_id: int, duty: Duty | None) -> list[Matter]:
    """Without what the agent gave to the next shift themselves, until a later shift of their own begins."""
    current = duty.pk if duty else None
    return [
        matter
        for matter in offered
        if not (
            matter.line and matter.line.duty.agent_id == agent_id and current in (None, matter.line.duty_id)
        )
    ]


KEYS = (
    ("1 … 9", _("Close the open matter with this outcome")),
    ("t", _("Take the matter from the pool")),
    ("a", _("Accept what was handed over")),
    ("r", _("Return what was handed over")),
    ("n", _("New matter by hand")),
    ("u", _("Undo the last closing")),
)


def shift_context(agent_id: int, duty: Duty | None, now: datetime) -> dict:
    """The present shift, whether it goes on beyond its hours, and the next one of the published roster."""
    later = RosterEntry.objects.filter(
        agent_id=agent_id, published=True, kind=EntryKind.WORK, starts_at__gt=now
    ).select_related("shift")
    coming = later.order_by("starts_at").first()
    end = ends_of([duty], now)[duty.pk] if duty and duty.ends_at < now else None
    zone = ZoneInfo(
        duty.entry.shift.time_zone
        if duty and duty.entry and duty.entry.shift
        else coming.shift.time_zone
        if coming
        else settings.TIME_ZONE
    )
    return {
        "duty": duty,
        "duty_from": duty and duty.starts_at.astimezone(zone),
        "duty_until": duty and duty.ends_at.astimezone(zone),
        "signed_in": bool(duty and duty.signed_in_at and not duty.signed_out_at),
        "signed_in_at": duty and duty.signed_in_at and duty.signed_in_at.astimezone(zone),
        "signed_out_at": duty and duty.signed_out_at and duty.signed_out_at.astimezone(zone),
        "over": bool(end),
        "extended": bool(end and end.extended),
        "closes_at": end and end.at.astimezone(zone),
        "coming": coming,
        "coming_from": coming and coming.starts_at.astimezone(zone),
        "coming_until": coming and coming.ends_at.astimezone(zone),
    }


def _back(request) -> HttpResponse:
    return redirect("my_day", request.organization.slug)


def _agent(request) -> int | None:
    """The agent who works here; None, with a word about it, where the member is none."""
    if request.membership.agent_id is None:
        messages.error(request, gettext("You are not entered as an agent, so you have no list of your own."))
    return request.membership.agent_id


@require_POST
@permission_required("work_desk")
def start_shift(request):
    """I am here."""
    if agent_id := _agent(request):
        sign_in(agent_id, request.organization.pk, timezone.now())
        messages.success(request, gettext("Signed in."))
    return _back(request)


@require_POST
@permission_required("work_desk")
def leave_shift(request):
    """I leave. What is open still needs the handover."""
    agent_id, now = _agent(request), timezone.now()
    duty = duty_of(agent_id, now) if agent_id else None
    if duty and sign_out(duty, now):
        messages.success(request, gettext("Signed out. Hand over what is open, then close your shift."))
        return redirect("handover", request.organization.slug)
    return _back(request)


def open_matter(request, follow_up_id: int) -> FollowUp:
    """A follow-up of a store the member may see; 404 otherwise."""
    stores = Store.objects.open_to(request.membership)
    return get_object_or_404(FollowUp, pk=follow_up_id, store__in=stores)


@require_POST
@permission_required("work_desk")
def take_matter(request, follow_up_id: int):
    """From the pool onto the own list."""
    matter, agent_id = open_matter(request, follow_up_id), _agent(request)
    if agent_id is None:
        return _back(request)
    try:
        take(matter, agent_id, request.user, timezone.now())
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("It is yours now."))
    return _back(request)


@require_POST
@permission_required("work_desk")
def close_matter(request, follow_up_id: int):
    """Done, with an outcome. What lay in the pool is credited to whoever closes it."""
    matter, now = open_matter(request, follow_up_id), timezone.now()
    outcome = request.POST.get("outcome", "")
    if request.membership.role == "agent" and _is_another_s(matter, request.membership.agent_id, now):
        messages.error(request, gettext("This is on a colleague's list."))
        return _back(request)
    try:
        if not outcome:
            raise ValueError(gettext("Choose how it ended."))
        if close(matter, outcome, request.user, now, note=request.POST.get("note", "").strip()):
            request.session["closed"] = matter.pk
    except ValueError as error:
        messages.error(request, str(error))
    return _back(request)


def _is_another_s(matter: FollowUp, agent_id: int | None, now: datetime) -> bool:
    """Whether it is neither the agent's own nor in the pool."""
    free = matter.agent_id is None or (matter.free_at is not None and matter.free_at <= now)
    offered = matter.offered_pool or matter.offered_agent_id is not None
    return offered or not (free or matter.agent_id == agent_id)


@require_POST
@permission_required("work_desk")
def reopen_matter(request, follow_up_id: int):
    """It was closed by mistake."""
    matter = open_matter(request, follow_up_id)
    if matter.state == State.CLOSED and matter.closed_by_id == request.user.pk:
        reopen(matter, request.user, timezone.now())
        messages.success(request, gettext("It is open again."))
    else:
        messages.error(request, gettext("Only what you closed yourself can be opened again here."))
    return _back(request)


def undo_of(request) -> dict | None:
    """{id, outcome} of what was closed by the request before; told once."""
    number = request.session.pop("closed", None)
    closed = FollowUp.objects.filter(pk=number, state=State.CLOSED).first() if number else None
    return {"id": closed.pk, "outcome": outcome_words(closed)} if closed else None


class MatterForm(forms.Form):
    """A matter by hand: what, for which store, until when (the store's wall clock)."""

    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"))
    text = forms.CharField(label=_("What is to be done"), max_length=500)
    order_id = forms.CharField(label=_("Order number"), max_length=100, required=False)
    due_on = forms.DateField(label=_("Due on"))
    due_time = forms.TimeField(label=_("at"))

    def __init__(self, stores, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores

    def due_at(self) -> datetime:
        """The instant asked for, by the clock of the store."""
        said = self.cleaned_data
        return datetime.combine(said["due_on"], said["due_time"], ZoneInfo(said["store"].time_zone))


@require_POST
@permission_required("work_desk")
def new_matter(request):
    """A matter by hand, onto the own list; without an agent of one's own into the store's pool."""
    form = MatterForm(Store.objects.open_to(request.membership), request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say what is to be done, for which store and until when."))
        return _back(request)
    said, now = form.cleaned_data, timezone.now()
    make_by_hand(
        said["store"], kind_text=said["text"], order_id=said["order_id"] or None, due_at=form.due_at(),
        agent_id=request.membership.agent_id, user=request.user, now=now,
    )  # fmt: skip
    messages.success(request, gettext("Noted."))
    going = request.POST.get("next", "")
    return redirect("handover", request.organization.slug) if going == "handover" else _back(request)
