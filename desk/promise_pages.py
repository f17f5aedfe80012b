"""Pages of promises: the list with what is proposed, one with what became of it, and a new one (R15)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from desk import follow_ups
from desk.detectors.promise import OUTCOMES
from desk.lines import clock, minutes_text
from desk.models import FollowUp, State
from desk.promise_context import contexts_of, words_of
from desk.promise_forms import AcceptForm, ChangeForm, PromiseForm, SettleForm, wall
from desk.promise_list import PromiseList, order_address, promises_open_to
from kpis.exports import CONTENT_TYPES, file_answer
from kpis.tasks import refresh_organization
from orders import promises
from orders.attachments import attachments_of
from orders.dossiers import lines_of
from orders.models import Order
from orders.promises import POINTS, UNSAID, facts_say, orders_of
from orders.remark_models import About
from orders.service_models import Promise, PromiseProposal, PromiseState
from stores.forms import posted
from stores.models import Buyer, Store
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.permissions import allowed

# What a line of a promise's dossier was, in words; %(name)s places are filled from its details.
LINES = {
    "made": gettext_noop("put down, due %(due_at)s"),
    "changed": gettext_noop("due %(due_at)s, with %(agent)s"),
    "kept": gettext_noop("kept"),
    "broken": gettext_noop("broken"),
    "withdrawn": gettext_noop("withdrawn"),
    "linked": gettext_noop("linked to what it led to"),
    "reopened": gettext_noop("opened again"),
}
KEYS = (
    ("a", _("Accept the proposal as it stands")),
    ("d", _("Dismiss the proposal")),
)


@require_GET
@permission_required("see_promises")
def promise_list(request):
    """What is to be kept, what is proposed, what became of the rest; also as a file."""
    listed = PromiseList(request, timezone.now())
    if request.GET.get("file") in CONTENT_TYPES and listed.show != "proposed":
        return file_answer(request, listed.sheet(), request.GET["file"], f"promises-{listed.show}")
    context = listed.context()
    if listed.show == "proposed" and allowed(request.membership, "keep_promises"):
        context["keys_of_page"] = KEYS
    return render(request, "desk/promise_list.html", context)


def _refresh(request) -> None:
    """What was changed shows on the lists at once, not with the next beat."""
    organization_id = request.organization.pk
    transaction.on_commit(lambda: refresh_organization.delay(organization_id), robust=True)


def _names(request) -> dict[int, str]:
    return {agent.pk: agent.name for agent in agents_open_to(request.membership)}


def _back(request, fallback: str):
    """To the list as it was filtered."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return redirect(asked)
    return redirect(fallback)


def _proposed(request) -> str:
    return reverse("promise_list", args=[request.organization.slug]) + "?show=proposed"


@require_POST
@permission_required("keep_promises")
def promise_accept(request, proposal_id: int):
    """A proposal becomes a promise, with its due time, owner and order as chosen. Its words are the message's."""
    stores = Store.objects.open_to(request.membership)
    proposal = get_object_or_404(
        PromiseProposal.objects.filter(store__in=stores).select_related("store", "buyer"), pk=proposal_id
    )
    form = AcceptForm(request.POST, zone=proposal.store.time_zone, names=_names(request))
    words = words_of(contexts_of([proposal])[proposal.pk])
    try:
        if not form.is_valid():
            raise ValueError(gettext("Say by when it is to be kept."))
        if not words:
            raise ValueError(gettext("What was said is not kept any more; write the promise down by hand."))
        said = form.cleaned_data
        _check_order(proposal.store, said["order_id"])
        made = promises.accept(
            proposal, text=words, due_at=said["due_at"], agent_id=said["agent"], order_id=said["order_id"],
            user=request.user, now=timezone.now(),
        )  # fmt: skip
    except ValueError as refused:
        messages.error(request, str(refused))
        return _back(request, _proposed(request))
    if made:
        _refresh(request)
        messages.success(request, gettext("It is a promise now, on the list of whoever answers for it."))
    else:
        messages.error(request, gettext("Somebody dismissed this proposal meanwhile."))
    return _back(request, _proposed(request))


def _check_order(store: Store, order_id: str | None) -> None:
    if order_id and not Order.objects.filter(store=store, order_id=order_id).exists():
        raise ValueError(gettext("This store has no order of that number."))


@require_POST
@permission_required("keep_promises")
def promise_dismiss(request):
    """The proposals named by `id` are no promises."""
    ids = [int(one) for one in request.POST.getlist("id") if one.isdigit()]
    stores = Store.objects.open_to(request.membership)
    found = PromiseProposal.objects.filter(store__in=stores, pk__in=ids)
    count = promises.dismiss(found, request.user, timezone.now())
    messages.success(
        request,
        ngettext("%(count)s proposal dismissed.", "%(count)s proposals dismissed.", count) % {"count": count},
    )
    return _back(request, _proposed(request))


@require_http_methods(["GET", "POST"])
@permission_required("keep_promises")
def promise_new(request):
    """A promise written down by hand; ?store=, ?order= and ?buyer= fill in what the page before knew."""
    now = timezone.now()
    agents = agents_open_to(request.membership).filter(left_on=None)
    form = PromiseForm(
        posted(request),
        stores=Store.objects.open_to(request.membership),
        agents=agents,
        initial=_known(request, now),
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = promises.make_promise(
                said["store"], kind=said["kind"], text=said["text"], promised_at=now, due_at=said["due_at"],
                agent_id=said["agent"] and said["agent"].pk, user=request.user, now=now, buyer=said["known_buyer"],
                order_id=said["order_id"],
            )  # fmt: skip
        except ValueError as refused:
            form.add_error("due_at", str(refused))
        else:
            _refresh(request)
            messages.success(request, gettext("The promise is written down."))
            return redirect("promise_detail", request.organization.slug, made.pk)
    return render(request, "desk/promise_new.html", {"form": form})


def _known(request, now: datetime) -> dict:
    stores = Store.objects.open_to(request.membership)
    store = stores.filter(code=request.GET.get("store", "")).first() or stores.first()
    number = request.GET.get("buyer", "")
    buyer = Buyer.objects.filter(store=store, pk=int(number)).first() if store and number.isdigit() else None
    return {
        "store": store, "agent": request.membership.agent_id, "order_id": request.GET.get("order", "")[:100],
        "buyer": buyer.name if buyer else "", "due_at": wall(now + UNSAID, store.time_zone) if store else None,
    }  # fmt: skip


def one_open_to(request, promise_id: int) -> Promise:
    """The promise with its store; 404 where the member may not see it."""
    found = promises_open_to(request.membership).select_related("store", "buyer", "settled_by", "made_by")
    return get_object_or_404(found, pk=promise_id)


@require_GET
@permission_required("see_promises")
def promise_detail(request, promise_id: int):
    """One promise: what was said, whose it is, what the facts say, what became of it."""
    return _shown(request, one_open_to(request, promise_id))


def _shown(request, promise: Promise, form: SettleForm | None = None, status: int = 200):
    now, names, zone = timezone.now(), _names(request), promise.store.time_zone
    order = orders_of([promise]).get((promise.store_id, promise.order_id))
    is_open = promise.state == PromiseState.OPEN
    suggested = facts_say(promise, order, now) if is_open else ""
    late = now - promise.due_at
    initial = {
        "due_at": wall(promise.due_at, zone), "agent": promise.agent_id, "order_id": promise.order_id or "",
        "refund_id": promise.refund_id or "", "complaint_id": promise.complaint_id,
        "points": promise.points if not is_open else POINTS,
    }  # fmt: skip
    context = {
        "promise": promise,
        "text": masked_text(promise.decrypted("text") or ""),
        "proof": masked_text(promise.decrypted("proof") or ""),
        "who": names.get(promise.agent_id, ""),
        "holder": _holder(promise, names),
        "is_open": is_open,
        "late": minutes_text(late) if is_open and late.total_seconds() >= 60 else "",
        "left": minutes_text(-late) if is_open and late.total_seconds() < 0 else "",
        "suggested": suggested,
        "suggestion": _suggestion(promise, order, suggested, now),
        "order": order,
        "order_address": order_address(request, promise),
        "lines": contexts_of([promise])[promise.pk] if promise.source_key else [],
        "history": [
            _line_in_words(line, names, zone) for line in lines_of(About.PROMISE, [promise.pk])[promise.pk]
        ],
        "attachments": attachments_of(About.PROMISE, [promise.pk]).get(promise.pk, []),
        "form": form or SettleForm(initial=initial),
        "change_form": ChangeForm(zone=zone, names=names, initial=initial),
        "may_keep": allowed(request.membership, "keep_promises"),
        "unverified_points": POINTS,
    }
    return render(request, "desk/promise_detail.html", context, status=status)


def _follow_up(promise: Promise) -> FollowUp | None:
    return FollowUp.objects.filter(store=promise.store_id, kind="promise", subject=str(promise.pk)).first()


def _holder(promise: Promise, names: dict[int, str]) -> str:
    """On whose list it is now, where that is somebody else than who answers for it."""
    matter = _follow_up(promise)
    if matter is None or matter.state != State.OPEN or matter.agent_id == promise.agent_id:
        return ""
    return names.get(matter.agent_id) or gettext("the pool")


def _suggestion(promise: Promise, order: Order | None, suggested: str, now: datetime) -> str:
    """Why the facts suggest what they do, in words."""
    if not suggested or order is None:
        return ""
    places = {"courier": order.courier or "–", "at": ""}
    if order.shipped_at:
        places["at"] = clock(order.shipped_at, promise.store.time_zone, now)
    if suggested == PromiseState.WITHDRAWN:
        return gettext("The order was closed without being shipped.")
    if promise.kind == "courier":
        return gettext("The order was shipped by %(courier)s.") % places
    if order.shipped_at is None:
        return gettext("The order is not shipped yet and the time is over.")
    return gettext("The order was shipped at %(at)s.") % places


def _line_in_words(line, names: dict[int, str], zone: str) -> dict:
    """{at, who, what, note, links} of a line of the dossier, in the reader's language."""
    said = line.details
    places = {"agent": names.get(said.get("agent_id")) or gettext("whoever served the buyer"), "due_at": ""}
    if due_at := said.get("due_at"):
        places["due_at"] = f"{datetime.fromisoformat(due_at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    text = gettext(LINES[line.what]) % places if line.what in LINES else line.what
    labels = {"refund": gettext("refund"), "complaint": gettext("complaint"), "points": gettext("points")}
    links = [f"{label} {said[name]}" for name, label in labels.items() if name in said]
    return {
        "at": line.at, "who": line.who or gettext("by the facts"), "what": text, "note": masked_text(line.note),
        "links": ", ".join(links),
    }  # fmt: skip


@require_POST
@permission_required("keep_promises")
def promise_act(request, promise_id: int):
    """One deed, named by the button: kept, broken, withdrawn, link, change or reopen."""
    promise = one_open_to(request, promise_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _shown(request, promise, form)
    try:
        _do(request, promise, request.POST.get("act", ""), form.cleaned_data, timezone.now())
    except ValueError as refused:
        messages.error(request, str(refused))
    else:
        _refresh(request)
    return redirect("promise_detail", request.organization.slug, promise.pk)


@transaction.atomic
def _do(request, promise: Promise, act: str, asked: dict, now: datetime) -> None:
    """ValueError says in words why it cannot be done."""
    user = request.user
    links = {
        "refund_id": asked["refund_id"],
        "complaint_id": asked["complaint_id"],
        "points": asked["points"],
    }
    done = gettext("Saved.")
    if act in (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.WITHDRAWN):
        more = links if act == PromiseState.BROKEN else {}
        settled = promises.settle(
            promise, act, user=user, now=now, proof=asked["proof"] if act == PromiseState.KEPT else "",
            note=asked["note"], **more,
        )  # fmt: skip
        if not settled:
            raise ValueError(gettext("Somebody settled it already."))
        _close_matter(promise, act, user, now)
    elif act == "link":
        promises.link(promise, **links, user=user, now=now)
    elif act == "reopen":
        promises.reopen(promise, user, now, note=asked["note"])
        _reopen_matter(promise, user, now)
    elif act == "change":
        form = ChangeForm(request.POST, zone=promise.store.time_zone, names=_names(request))
        if not form.is_valid():
            raise ValueError(gettext("Say by when it is to be kept."))
        said = form.cleaned_data
        _check_order(promise.store, said["order_id"])
        before = (promise.due_at, promise.agent_id)
        promises.change(
            promise,
            due_at=said["due_at"],
            agent_id=said["agent"],
            order_id=said["order_id"],
            user=user,
            now=now,
        )
        _change_matter(promise, before, user, now)
    else:
        raise ValueError(gettext("Nothing was changed."))
    messages.success(request, done)


def _close_matter(promise: Promise, state: str, user, now: datetime) -> None:
    """The matter on somebody's list ends with the promise."""
    matter = _follow_up(promise)
    if matter and matter.state == State.OPEN:
        follow_ups.close(matter, OUTCOMES[state], user, now)


def _reopen_matter(promise: Promise, user, now: datetime) -> None:
    """What a person closed a person opens again; what the facts closed they open by themselves."""
    matter = _follow_up(promise)
    if matter and matter.state == State.CLOSED and matter.closed_by_id:
        follow_ups.reopen(matter, user, now)


def _change_matter(promise: Promise, before: tuple, user, now: datetime) -> None:
    """The matter follows what was changed by hand; who has it otherwise (handed over) keeps it."""
    matter = _follow_up(promise)
    if matter is None or matter.state != State.OPEN:
        return
    if promise.due_at != before[0]:
        follow_ups.set_due(matter, promise.due_at, user, now)
    if promise.agent_id != before[1]:
        follow_ups.assign(matter, promise.agent_id, user, now)
