"""Pages of feedback to other departments: the list, a new one, one with its states, and the opinions by product (R40)."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from desk.complaint_forms import FeedbackForm, known_subject
from desk.complaint_words import lines_in_words
from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from orders import feedback as ledger
from orders.attachments import attachments_of
from orders.complaint_models import Feedback
from orders.dossiers import lines_of
from orders.remark_models import About
from stores.forms import StyledForm, posted
from stores.models import Product, Store
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Membership
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
OPEN = ("new", "sent", "accepted")
SHOWN = {
    "open": _("Open"),
    "settled": _("Settled"),
    "all": pgettext_lazy("feedback", "All"),
}
# Under a state, the words of the button that leads there.
DEEDS = {
    "sent": _("Send to the department"),
    "accepted": _("The department accepts it"),
    "declined": _("Decline"),
    "done": _("It is done"),
}


def feedback_open_to(membership: Membership) -> QuerySet[Feedback]:
    """Feedback of the stores this member may see."""
    found = Feedback.objects.filter(store__in=Store.objects.open_to(membership))
    return found.select_related("store", "buyer", "made_by")


class FeedbackFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    show = forms.ChoiceField(choices=list(SHOWN.items()), required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    department = forms.ChoiceField(
        label=_("Department"),
        required=False,
        choices=[("", _("All departments")), *ledger.DEPARTMENTS.items()],
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("feedback", "Kind"),
        required=False,
        choices=[("", _("All kinds")), *ledger.KINDS.items()],
    )
    product = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()
        self.show = self.cleaned_data.get("show") or "open"
        self.product = self.cleaned_data.get("product") or ""

    def chosen(self, found: QuerySet[Feedback]) -> QuerySet[Feedback]:
        """The newest first."""
        asked = {k: v for k, v in self.cleaned_data.items() if v and k not in ("show", "product")}
        if self.product:
            asked["product_code"] = self.product
        if self.show != "all":
            wanted = Q(state__in=OPEN)
            found = found.filter(wanted if self.show == "open" else ~wanted)
        return found.filter(**asked).order_by("-made_at", "-pk")


@require_GET
@permission_required("see_feedback")
def feedback_list(request):
    """Feedback as the filters choose it, the newest first; also as a file."""
    filters = FeedbackFilters(request.GET, request.membership)
    found = filters.chosen(feedback_open_to(request.membership))
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, _sheet(found, names), request.GET["file"], f"feedback-{filters.show}")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters, "show": filters.show, "shown": SHOWN, "page": page,
        "rows": [_line(row, names) for row in page.object_list],
    }  # fmt: skip
    return render(request, "desk/feedback_list.html", context)


def _line(row: Feedback, names: dict[int, str]) -> dict:
    """One line in words, personal data in texts hidden."""
    return {
        "row": row,
        "department": ledger.DEPARTMENTS.get(row.department, row.department),
        "kind": ledger.KINDS.get(row.kind, row.kind),
        "state": ledger.STATES.get(row.state, row.state),
        "origin": ledger.ORIGINS.get(row.origin, row.origin),
        "text": masked_text(row.decrypted("text") or ""),
        "result": masked_text(row.decrypted("result") or ""),
        "agent": names.get(row.agent_id, ""),
    }


def _sheet(found: QuerySet[Feedback], names: dict[int, str]) -> Sheet:
    """The customers' opinion table, line by line."""
    titles = [
        gettext("Store"), gettext("Product"), gettext("Department"), gettext("Kind of feedback"),
        gettext("What it is about"), gettext("Competitor"), gettext("Their price"), gettext("currency"),
        gettext("Order"), gettext("Agent"), gettext("Written at"), gettext("State"), gettext("What came of it"),
    ]  # fmt: skip

    def cells(row: Feedback) -> list:
        line, price = _line(row, names), row.competitor_price
        return [
            row.store.code, row.product_code, str(line["department"]), str(line["kind"]), line["text"],
            row.competitor, price, row.store.currency if price is not None else "", row.order_id or "",
            line["agent"], wall_clock(row.made_at, row.store.time_zone), str(line["state"]), line["result"],
        ]  # fmt: skip

    return Sheet(titles, [cells(row) for row in found[:LONGEST_FILE]])


@require_http_methods(["GET", "POST"])
@permission_required("give_feedback")
def feedback_new(request):
    """Write feedback down; ?origin= and ?key= say which chat, case or review it comes from."""
    origin = request.GET.get("origin", "hand")
    first = known_subject(request) | {
        "origin": origin if origin in ledger.ORIGINS else "hand", "origin_key": request.GET.get("key", "")[:200],
    }  # fmt: skip
    form = FeedbackForm(posted(request), membership=request.membership, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = ledger.give_feedback(
            said["store"], department=said["department"], kind=said["kind"], text=said["text"],
            product_code=said["product_code"].strip(), order_id=said["order_id"], buyer=said["found_buyer"],
            competitor=said["competitor"].strip(), competitor_price=said["competitor_price"],
            origin=said["origin"] or "hand", origin_key=said["origin_key"], agent_id=request.membership.agent_id,
            user=request.user, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, gettext("Written down. It is told to the supervisors in Monday's digest."))
        return redirect("feedback_detail", request.organization.slug, made.pk)
    return render(request, "desk/feedback_new.html", {"form": form})


class FeedbackActForm(StyledForm):
    result = forms.CharField(
        label=_("What came of it"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_http_methods(["GET", "POST"])
@permission_required("see_feedback", change="work_feedback")
def feedback_detail(request, feedback_id: int):
    """One feedback with its states; leads say what came of it (POST, `state` names where it goes)."""
    row = get_object_or_404(feedback_open_to(request.membership), pk=feedback_id)
    form = FeedbackActForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _moved(request, row, form.cleaned_data["result"])
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    slug = request.organization.slug
    context = _line(row, names) | {
        "form": form,
        "works": allowed(request.membership, "work_feedback"),
        "steps": [(state, DEEDS[state], state in ("declined", "done")) for state in ledger.NEXT[row.state]],
        "needs_result": {"declined", "done"} & set(ledger.NEXT[row.state]),
        "lines": lines_in_words(About.FEEDBACK, lines_of(About.FEEDBACK, [row.pk])[row.pk], names),
        "attachments": attachments_of(About.FEEDBACK, [row.pk])[row.pk],
        "product": Product.objects.filter(store=row.store, code=row.product_code).first() if row.product_code else None,
        "order_address": row.order_id and reverse("order_page", args=[slug, row.store.code, row.order_id]),
        "review_address": row.origin == "review" and row.origin_key
        and reverse("review_detail", args=[slug, row.store.code, row.origin_key]),
    }  # fmt: skip
    return render(request, "desk/feedback_detail.html", context)


def _moved(request, row: Feedback, result: str):
    try:
        ledger.move(row, request.POST.get("state", ""), request.user, timezone.now(), result)
    except ValueError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("feedback_detail", request.organization.slug, row.pk)
