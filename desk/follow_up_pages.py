"""The pages of follow-ups: the list, one with its history and what may be done, and one written by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from desk.detectors import DETECTORS
from desk.follow_up_list import FollowUpList, open_to
from desk.follow_ups import (
    ask_supervisor,
    asked_in_time,
    assign,
    close,
    make_by_hand,
    reopen,
    set_due,
    take,
)
from desk.models import FollowUp, FollowUpEvent, State
from kpis.exports import CONTENT_TYPES, file_answer
from stores.forms import StyledForm, posted
from stores.models import Buyer, Store
from team.notices import notify, supervisors_of, users_of_agents
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.models import Role
from tenants.permissions import allowed

# What an event of a follow-up was, in words; %(name)s places are filled from its details.
EVENTS = {
    "made": gettext_noop("written down"),
    "taken": gettext_noop("taken by %(agent)s"),
    "assigned": gettext_noop("given to %(agent)s"),
    "offered": gettext_noop("handed over"),
    "accepted": gettext_noop("accepted"),
    "returned": gettext_noop("returned"),
    "moved": gettext_noop("due time moved to %(due_at)s"),
    "asked": gettext_noop("supervisor asked"),
    "closed": gettext_noop("closed: %(outcome)s"),
    "reopened": gettext_noop("opened again"),
}


@require_GET
@permission_required("see_follow_ups")
def follow_up_list(request):
    """What is open, overdue, closed or only counted, with filters; also as a file."""
    listed = FollowUpList(request, timezone.now())
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, listed.sheet(), request.GET["file"], f"follow-ups-{listed.show}")
    return render(request, "desk/follow_up_list.html", listed.context())


def one_open_to(request, follow_up_id: int) -> FollowUp:
    """The follow-up, with store and buyer; 404 where the member may not see it."""
    found = open_to(request.membership, timezone.now()).select_related(
        "store", "buyer", "closed_by", "made_by"
    )
    return get_object_or_404(found, pk=follow_up_id)


class ActForm(StyledForm):
    """What is asked of one follow-up. due_at: the store's wall clock."""

    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    agent = forms.ChoiceField(label=_("Give to"), required=False)
    due_at = forms.DateTimeField(
        label=_("Due"), required=False, input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    question = forms.CharField(
        label=_("Question to the supervisor"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args, follow_up: FollowUp, people: dict[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(follow_up.store.time_zone)
        detector = DETECTORS[follow_up.kind]
        self.fields["outcome"].choices = [
            ("", _("Choose…")), *((code, gettext(label)) for code, label in detector.outcomes)
        ]  # fmt: skip
        self.fields["agent"].choices = [
            ("", _("the pool")),
            *((str(pk), name) for pk, name in people.items()),
        ]
        self.initial.setdefault("due_at", follow_up.due_at.astimezone(self.zone).replace(tzinfo=None))
        self.initial.setdefault("agent", str(follow_up.agent_id or ""))

    def clean_due_at(self) -> datetime | None:
        due_at = self.cleaned_data["due_at"]
        # The form reads a wall clock; it is the store's, not the reader's.
        return due_at and due_at.replace(tzinfo=self.zone)


@require_GET
@permission_required("see_follow_ups")
def follow_up_detail(request, follow_up_id: int):
    """One follow-up: what it is about, whose it is, what became of it."""
    return _shown(request, one_open_to(request, follow_up_id))


def _shown(request, follow_up: FollowUp, form: ActForm | None = None, status: int = 200):
    now, detector = timezone.now(), DETECTORS[follow_up.kind]
    people = {agent.pk: agent.name for agent in agents_open_to(request.membership) if not agent.left_on}
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    events = FollowUpEvent.objects.filter(follow_up=follow_up).select_related("user").order_by("at", "pk")
    free = follow_up.free_at is not None and follow_up.free_at <= now
    holder = names.get(follow_up.agent_id) if not free else None
    slug = request.organization.slug
    context = {
        "follow_up": follow_up,
        "kind": gettext(detector.label),
        "text": follow_up.decrypted("text"),
        "sentence": detector.describe(follow_up),
        "holder": holder,
        "offered": follow_up.offered_pool or follow_up.offered_agent_id is not None,
        "offered_to": names.get(follow_up.offered_agent_id),
        "outcome": detector.outcome_label(follow_up.outcome),
        "note": follow_up.decrypted("outcome_note"),
        "credited": names.get(follow_up.credited_agent_id),
        "history": [_event_in_words(event, follow_up, names) for event in events],
        "asked_in_time": asked_in_time(follow_up),
        "form": form or ActForm(follow_up=follow_up, people=people),
        "is_open": follow_up.state == State.OPEN,
        "may_reopen": follow_up.state == State.CLOSED and follow_up.closed_by_id is not None,
        "overdue": follow_up.state == State.OPEN and follow_up.due_at < now,
        "may_work": allowed(request.membership, "work_follow_ups"),
        "leads": request.membership.role != Role.AGENT,
        "order_address": follow_up.order_id
        and reverse("order_page", args=[slug, follow_up.store.code, follow_up.order_id]),
        "other_orders": [
            (order, reverse("order_page", args=[slug, follow_up.store.code, order]))
            for order in (follow_up.facts.get("other"), follow_up.facts.get("new_order"))
            if order
        ],
    }
    return render(request, "desk/follow_up_detail.html", context, status=status)


def _event_in_words(event: FollowUpEvent, follow_up: FollowUp, names: dict[int, str]) -> dict:
    """{at, who, what} of one event, in the reader's language."""
    said = event.details
    places = {
        "agent": names.get(said.get("agent_id")) or gettext("the pool"),
        "outcome": DETECTORS[follow_up.kind].outcome_label(said.get("outcome", "")),
        "due_at": "",
    }
    if due_at := said.get("due_at"):
        wall = datetime.fromisoformat(due_at).astimezone(ZoneInfo(follow_up.store.time_zone))
        places["due_at"] = f"{wall:%Y-%m-%d %H:%M}"
    text = gettext(EVENTS[event.what]) % places if event.what in EVENTS else event.what
    return {"at": event.at, "who": event.user.name if event.user else gettext("by itself"), "what": text}


@require_POST
@permission_required("work_follow_ups")
def follow_up_act(request, follow_up_id: int):
    """One deed, named by the button: take, assign, close, reopen, due or ask."""
    follow_up = one_open_to(request, follow_up_id)
    people = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    form = ActForm(request.POST, follow_up=follow_up, people=people)
    if not form.is_valid():
        return _shown(request, follow_up, form)
    act = request.POST.get("act", "")
    try:
        _do(request, follow_up, act, form.cleaned_data, timezone.now())
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect("follow_up_detail", request.organization.slug, follow_up.pk)


def _do(request, follow_up: FollowUp, act: str, asked: dict, now: datetime) -> None:
    """ValueError says in words why it cannot be done."""
    leads, own = request.membership.role != Role.AGENT, request.membership.agent_id
    done = gettext("Saved.")
    if act == "take":
        if not own:
            raise ValueError(gettext("Your account is not tied to a person; ask the owner to do that."))
        take(follow_up, own, request.user, now)
    elif act == "assign":
        if not leads and asked["agent"]:
            raise PermissionDenied
        agent_id = int(asked["agent"]) if asked["agent"] else None
        if assign(follow_up, agent_id, request.user, now) and agent_id:
            _tell(
                request,
                follow_up,
                users_of_agents([agent_id]).values(),
                gettext_noop("You were given a follow-up."),
                now,
            )
    elif act == "close":
        close(follow_up, asked["outcome"], request.user, now, note=asked["note"])
    elif act == "reopen":
        reopen(follow_up, request.user, now)
    elif act == "due" and asked["due_at"]:
        set_due(follow_up, asked["due_at"], request.user, now)
    elif act == "ask":
        ask_supervisor(follow_up, asked["question"], request.user, now)
        people = supervisors_of([follow_up.store_id])
        _tell(request, follow_up, people, gettext_noop("An agent asks about a follow-up."), now)
        done = gettext("The question is recorded with its time; the supervisors are told.")
    else:
        raise ValueError(gettext("Nothing was changed."))
    messages.success(request, done)


def _tell(request, follow_up: FollowUp, user_ids, text: str, now: datetime) -> None:
    notify(
        request.organization,
        [user_id for user_id in user_ids if user_id != request.user.pk],
        key=f"follow-up-{follow_up.pk}-{now:%Y%m%d%H%M%S}",
        kind="follow_up",
        text=text,
        link=reverse("follow_up_detail", args=[request.organization.slug, follow_up.pk]),
        now=now,
    )


class ByHandForm(StyledForm):
    """A follow-up by hand. due_at: the wall clock of the chosen store."""

    store = forms.ModelChoiceField(Store.objects.none(), label=_("Store"))
    text = forms.CharField(
        label=_("What is to be done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_at = forms.DateTimeField(
        label=_("Due"), input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("By the clock of the store."),
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        None, label=_("Who"), required=False, empty_label=_("whoever of the store is there"), blank=True
    )
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=100)
    buyer = forms.CharField(
        label=_("Buyer"), required=False, max_length=200, help_text=_("As the store's chats name them.")
    )

    def __init__(self, *args, stores, agents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores
        self.fields["agent"].queryset = agents

    def clean(self):
        said = super().clean()
        store, name = said.get("store"), said.get("buyer")
        said["known_buyer"] = None
        if store and name:
            said["known_buyer"] = Buyer.objects.filter(store=store, name=name).first()
            if said["known_buyer"] is None:
                self.add_error("buyer", _("This store knows no buyer of that name."))
        if store and said.get("due_at"):
            said["due_at"] = said["due_at"].replace(tzinfo=ZoneInfo(store.time_zone))
        return said


@require_http_methods(["GET", "POST"])
@permission_required("work_follow_ups")
def follow_up_new(request):
    """A follow-up written down by hand; an agent's own unless it goes to the pool."""
    agents = agents_open_to(request.membership).filter(left_on=None)
    if request.membership.role == Role.AGENT:
        agents = agents.filter(pk=request.membership.agent_id)
    form = ByHandForm(
        posted(request),
        stores=Store.objects.open_to(request.membership),
        agents=agents,
        initial={"order_id": request.GET.get("order", ""), "agent": request.membership.agent_id},
    )
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, timezone.now()
        made = make_by_hand(
            said["store"], kind_text=said["text"], buyer=said["known_buyer"], order_id=said["order_id"] or None,
            due_at=said["due_at"], agent_id=said["agent"] and said["agent"].pk, user=request.user, now=now,
        )  # fmt: skip
        if made.agent_id:
            _tell(
                request,
                made,
                users_of_agents([made.agent_id]).values(),
                gettext_noop("You were given a follow-up."),
                now,
            )
        messages.success(request, gettext("Written down."))
        return redirect("follow_up_detail", request.organization.slug, made.pk)
    return render(request, "desk/follow_up_new.html", {"form": form})
