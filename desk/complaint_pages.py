"""Pages of complaints: the list, a new one, and one with its dossier and what may be done (R33)."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from desk import follow_ups
from desk.complaint_forms import ComplaintActForm, ComplaintForm, known_subject
from desk.complaint_words import lines_in_words
from desk.models import FollowUp, State
from kpis import wording
from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from orders import compensations, complaints
from orders.attachments import attachments_of
from orders.complaint_levels import LEVELS, PLACES, levels_of, service_settings
from orders.complaint_models import Complaint
from orders.dossiers import lines_of
from orders.remark_models import About
from orders.service_models import Compensation, Fault, Promise
from stores.forms import StyledForm, posted
from stores.models import Store
from team.models import Agent
from team.notices import notify, users_of_agents
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Membership, Role
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
SHOWN = {
    "open": _("Open"),
    "late": _("Unanswered and late"),
    "closed": _("Closed"),
}


def complaints_open_to(membership: Membership) -> QuerySet[Complaint]:
    """Complaints of the stores this member may see: whoever is on shift must be able to answer."""
    found = Complaint.objects.filter(store__in=Store.objects.open_to(membership))
    return found.select_related("store", "buyer", "opened_by", "closed_by")


class ComplaintFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    show = forms.ChoiceField(choices=list(SHOWN.items()), required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("All levels")), *LEVELS.items()]
    )
    source = forms.ChoiceField(
        label=_("Where it came from"),
        required=False,
        choices=[("", _("All sources")), *complaints.SOURCES.items()],
    )
    agent = forms.ModelChoiceField(
        label=_("Who handles it"), queryset=Agent.objects.none(), required=False, empty_label=_("Everybody")
    )

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()
        self.show = self.cleaned_data.get("show") or "open"

    def chosen(self, found: QuerySet[Complaint], now: datetime) -> QuerySet[Complaint]:
        """Open ones by what is due first, closed ones latest first."""
        asked = {k: v for k, v in self.cleaned_data.items() if v and k != "show"}
        if agent := asked.pop("agent", None):
            asked["agent_id"] = agent.pk
        found = found.filter(**asked)
        if self.show == "closed":
            return found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
        found = found.filter(closed_at=None)
        if self.show == "late":
            found = found.filter(answered_at=None, due_at__lte=now)
        return found.order_by(F("answered_at").asc(nulls_first=True), "due_at", "pk")


@require_GET
@permission_required("see_cases")
def complaint_list(request):
    """Complaints as the filters choose them, the unanswered first; also as a file."""
    now = timezone.now()
    filters = ComplaintFilters(request.GET, request.membership)
    found = filters.chosen(complaints_open_to(request.membership), now)
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, _sheet(found, names), request.GET["file"], f"complaints-{filters.show}")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "shown": SHOWN,
        "show": filters.show,
        "page": page,
        "rows": [_line(row, names, now) for row in page.object_list],
    }
    return render(request, "desk/complaint_list.html", context)


def _line(row: Complaint, names: dict[int, str], now: datetime) -> dict:
    """One complaint in words."""
    waits = row.closed_at is None and row.answered_at is None
    late = waits and row.due_at <= now
    return {
        "row": row,
        "source": complaints.SOURCES.get(row.source, row.source),
        "level": LEVELS.get(row.level, row.level),
        "story": masked_text(row.decrypted("story") or ""),
        "agent": names.get(row.agent_id, ""),
        "about": names.get(row.about_agent_id, ""),
        "waits": waits,
        "late": wording.span_text(now - row.due_at) if late else "",
        "left": wording.span_text(row.due_at - now) if waits and not late else "",
        "outcome": complaints.OUTCOMES.get(row.outcome, row.outcome),
        "fault": row.get_fault_display(),
    }


def _sheet(found: QuerySet[Complaint], names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Number"), gettext("Store"), gettext("Where it came from"), gettext("Level"), gettext("Order"),
        gettext("Buyer"), gettext("Product"), gettext("What the buyer complains about"), gettext("Who handles it"),
        gettext("Whom it is about"), gettext("Opened at"), gettext("Answer due"), gettext("Answered at"),
        gettext("Times told upwards"), gettext("Fault"), gettext("Outcome"), gettext("Closed at"),
    ]  # fmt: skip

    def cells(row: Complaint) -> list:
        wall = partial(wall_clock, zone=row.store.time_zone)
        line = _line(row, names, row.opened_at)
        return [
            row.pk, row.store.code, str(line["source"]), str(line["level"]), row.order_id or "",
            row.buyer.name if row.buyer else "", row.product_code, line["story"], line["agent"], line["about"],
            wall(row.opened_at), wall(row.due_at), wall(row.answered_at), row.escalations, str(line["fault"]),
            str(line["outcome"]), wall(row.closed_at),
        ]  # fmt: skip

    return Sheet(titles, [cells(row) for row in found[:LONGEST_FILE]])


@require_http_methods(["GET", "POST"])
@permission_required("work_cases")
def complaint_new(request):
    """A complaint from chat, review, phone or platform; the address fills in what the page before knew."""
    first = known_subject(request) | {
        "source": request.GET.get("source", "chat"), "source_key": request.GET.get("key", "")[:200],
        "agent": request.membership.agent_id,
    }  # fmt: skip
    form = ComplaintForm(posted(request), membership=request.membership, initial=first)
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, timezone.now()
        made = complaints.open_complaint(
            said["store"], source=said["source"], source_key=said["source_key"].strip(), level=said["level"],
            story=said["story"], order_id=said["order_id"], buyer=said["found_buyer"],
            product_code=said["product_code"].strip(), agent_id=said["agent"] and said["agent"].pk,
            about_agent_id=said["about_agent"] and said["about_agent"].pk, user=request.user, now=now,
        )  # fmt: skip
        if made.opened_at == now:
            _tell_handler(request, made, now)
            messages.success(request, gettext("The complaint is open."))
        else:
            messages.info(request, gettext("This complaint was opened before: here it is."))
        return redirect("complaint_detail", request.organization.slug, made.pk)
    levels = levels_of(service_settings()).values()
    return render(request, "desk/complaint_new.html", {"form": form, "levels": levels})


def _tell_handler(request, complaint: Complaint, now: datetime) -> None:
    if complaint.agent_id is None:
        return
    users = [pk for pk in users_of_agents([complaint.agent_id]).values() if pk != request.user.pk]
    notify(
        request.organization, users, key=f"complaint-{complaint.pk}-given-{now:%Y%m%d%H%M%S}", kind="complaint",
        text=gettext_noop("You were given a complaint (%(store)s)."), params={"store": complaint.store.name},
        link=reverse("complaint_detail", args=[request.organization.slug, complaint.pk]), now=now,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required("see_cases", change="work_cases")
def complaint_detail(request, complaint_id: int):
    """One complaint: what it is about, what was done, and the next deed (POST, named by the button)."""
    complaint = get_object_or_404(complaints_open_to(request.membership), pk=complaint_id)
    form = ComplaintActForm(
        posted(request), membership=request.membership, kinds=compensations.KINDS,
        initial={"fault": complaint.fault, "level": complaint.level, "agent": complaint.agent_id,
                 "about_agent": complaint.about_agent_id, "product_code": complaint.product_code},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request, complaint, request.POST.get("act", ""), form.cleaned_data, timezone.now())
        except ValueError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, said)
        return redirect("complaint_detail", request.organization.slug, complaint.pk)
    return _shown(request, complaint, form)


def _do(request, complaint: Complaint, act: str, said: dict, now: datetime) -> str:
    """One deed; what is said of it. ValueError says in words why it cannot be done."""
    user, agent = request.user, said["agent"]
    if act == "answer":
        zone = ZoneInfo(complaint.store.time_zone)
        next_at = said["next_at"] and said["next_at"].replace(tzinfo=zone)
        complaints.answer(complaint, said["text"], user, now, next_at)
    elif act == "note":
        complaints.note(complaint, said["text"], user, now)
    elif act == "give":
        if complaints.give(complaint, agent.pk if agent else None, user, now):
            _move_follow_up(complaint, user, now)
            _tell_handler(request, complaint, now)
    elif act == "judge":
        about = said["about_agent"].pk if said["about_agent"] else None
        complaints.judge(
            complaint, said["fault"] or Fault.UNKNOWN, about, said["product_code"].strip(), user, now
        )
    elif act == "level":
        complaints.set_level(complaint, said["level"] or complaint.level, user, now)
    elif act == "close":
        complaints.close(complaint, said["outcome"], said["fault"], user, now, said["text"])
    elif act == "reopen":
        if request.membership.role == Role.AGENT and complaint.closed_by_id != user.pk:
            raise PermissionDenied
        complaints.reopen(complaint, user, now, said["text"])
    elif act == "compensate":
        return _compensate(request, complaint, said, now)
    else:
        raise ValueError(gettext("Nothing was changed."))
    return gettext("Saved.")


def _move_follow_up(complaint: Complaint, user, now: datetime) -> None:
    """Whoever handles the complaint has it on their list, whatever people did with it there before."""
    found = FollowUp.objects.filter(
        store=complaint.store, kind="complaint", subject=str(complaint.pk), state=State.OPEN
    ).first()
    if found:
        follow_ups.assign(found, complaint.agent_id, user, now)


def _compensate(request, complaint: Complaint, said: dict, now: datetime) -> str:
    if complaint.closed_at:
        raise ValueError(gettext("It is closed already."))
    if not said["amount"]:
        raise ValueError(gettext("Give an amount greater than 0."))
    made = compensations.ask(
        complaint.store, kind=said["compensation"], amount=said["amount"], user=request.user,
        role=request.membership.role, now=now, complaint_id=complaint.pk, order_id=complaint.order_id,
        product_code=complaint.product_code, agent_id=request.membership.agent_id, note=said["text"],
    )  # fmt: skip
    return (
        gettext("Approved: it is within your limit.")
        if made.state == "approved"
        else gettext("This is beyond your limit: the supervisors are asked.")
    )


def _shown(request, complaint: Complaint, form: ComplaintActForm):
    now = timezone.now()
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    level = levels_of(service_settings())[complaint.level]
    slug, store = request.organization.slug, complaint.store
    subject = f"store={store.code}&order={complaint.order_id or ''}&buyer={complaint.buyer_id or ''}"
    context = _line(complaint, names, now) | {
        "complaint": complaint,
        "form": form,
        "lines": lines_in_words(
            About.COMPLAINT, lines_of(About.COMPLAINT, [complaint.pk])[complaint.pk], names
        ),
        "attachments": attachments_of(About.COMPLAINT, [complaint.pk])[complaint.pk],
        "compensations": Compensation.objects.filter(complaint_id=complaint.pk).order_by("pk"),
        "gifts": compensations.KINDS,
        "promises": Promise.objects.filter(complaint_id=complaint.pk).order_by("pk"),
        "chain": [
            {
                "who": PLACES[place],
                "at": complaint.due_at + level.step_after(number),
                "told": number < complaint.step,
            }
            for number, place in enumerate(level.chain)
        ],
        "may_work": allowed(request.membership, "work_cases"),
        "may_reopen": request.membership.role != Role.AGENT or complaint.closed_by_id == request.user.pk,
        "case_address": f"{reverse('case_new', args=[slug])}?{subject}&complaint={complaint.pk}",
        "promise_address": f"{reverse('promise_new', args=[slug])}?{subject}",
        "feedback_address": f"{reverse('feedback_new', args=[slug])}?{subject}&origin=case&product={complaint.product_code}",
        "order_address": complaint.order_id
        and reverse("order_page", args=[slug, store.code, complaint.order_id]),
        "buyer_address": complaint.buyer_id
        and reverse("buyer_card", args=[slug, store.code, complaint.buyer_id]),
    }
    return render(request, "desk/complaint_detail.html", context)
