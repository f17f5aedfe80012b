"""Pages of reviews: the list by class, one review with its reply and handling, and what came of them (R34)."""

from datetime import datetime
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from desk.complaint_words import lines_in_words
from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from orders import reviews
from orders.attachments import attachments_of
from orders.complaint_levels import service_settings
from orders.complaint_models import Complaint, ReviewHandling
from orders.dossiers import lines_of
from orders.models import Order, Review
from orders.remark_models import About
from orders.review_grades import GRADES, words_of_organization
from orders.review_replies import replies_for
from orders.service_models import Fault
from stores.forms import StyledForm, posted
from stores.models import Buyer, Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Membership
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
# The classes as the list shows them, those that need somebody first.
SHOWN = {
    "bad": _("Bad"),
    "hidden": _("Good stars, negative words"),
    "middling": _("Middling"),
    "good": _("Good"),
    "all": _("All reviews"),
}
REPLIED = {"": _("Answered or not"), "no": _("Waits for an answer"), "yes": _("Answered")}
TITLES = {
    "thanks": _("Thanks"),
    "sorry": _("Sorry"),
    "quality": _("Quality"),
    "logistics": _("Logistics"),
    "doubt": _("Does not fit our records"),
}


def reviews_open_to(membership: Membership) -> QuerySet[Review]:
    """Reviews of the stores this member may see."""
    return Review.objects.filter(store__in=Store.objects.open_to(membership)).select_related("store", "buyer")


class ReviewFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    show = forms.ChoiceField(choices=list(SHOWN.items()), required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    replied = forms.ChoiceField(label=_("Answer"), required=False, choices=list(REPLIED.items()))

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.is_valid()
        self.show = self.cleaned_data.get("show") or "bad"

    def of_stores(self, found: QuerySet[Review]) -> QuerySet[Review]:
        store = self.cleaned_data.get("store")
        return found.filter(store=store) if store else found

    def chosen(self, found: QuerySet[Review]) -> QuerySet[Review]:
        """The newest first."""
        found = self.of_stores(found)
        if self.show != "all":
            found = found.filter(grade=self.show)
        if replied := self.cleaned_data.get("replied"):
            waiting = reviews.waiting(found)
            found = waiting if replied == "no" else found.exclude(pk__in=waiting.values("pk"))
        return found.order_by(F("created_at").desc(nulls_last=True), "-pk")


@require_GET
@permission_required("see_cases")
def review_list(request):
    """Reviews of one class, the newest first, with how many there are of each; also as a file."""
    filters = ReviewFilters(request.GET, request.membership)
    found = filters.chosen(reviews_open_to(request.membership))
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, _sheet(found, names), request.GET["file"], f"reviews-{filters.show}")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    handlings = reviews.handlings_of(listed)
    counts = filters.of_stores(reviews_open_to(request.membership)).order_by().values("grade")
    by_grade = dict(counts.annotate(n=Count("pk")).values_list("grade", "n"))
    by_grade["all"] = sum(by_grade.values())
    settings = service_settings()
    context = {
        "filters": filters,
        "show": filters.show,
        "shown": [(key, label, by_grade.get(key, 0)) for key, label in SHOWN.items()],
        "page": page,
        "rows": [_line(review, handlings.get(review.pk), names) for review in listed],
        "answers_grave": reviews.answers_grave(request.membership, settings),
    }
    return render(request, "desk/review_list.html", context)


def _line(review: Review, handling: ReviewHandling | None, names: dict[int, str]) -> dict:
    """One review in words."""
    return {
        "review": review,
        "handling": handling,
        "text": masked_text(review.text or ""),
        "grade": GRADES[review.grade],
        "agent": names.get(handling.agent_id, "") if handling else "",
        "outcome": reviews.OUTCOMES.get(handling.outcome, "") if handling else "",
        "replied": reviews.replied(review, handling),
        "contacted": bool(handling and handling.contacted_at),
    }


def _sheet(found: QuerySet[Review], names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Review number"), gettext("Store"), gettext("Order"), gettext("Buyer"), gettext("Stars"),
        gettext("Class of review"), gettext("Review"), gettext("Written at"), gettext("Reply"), gettext("Replied at"),
        gettext("Who handles it"), gettext("Contacted at"), gettext("Outcome"), gettext("Fault"), gettext("Malicious"),
        gettext("Buyer rated by us"),
    ]  # fmt: skip
    listed = list(found[:LONGEST_FILE])
    handlings = reviews.handlings_of(listed)

    def cells(review: Review) -> list:
        wall, row = partial(wall_clock, zone=review.store.time_zone), handlings.get(review.pk)
        done = [""] * 6
        if row:
            done = [
                names.get(row.agent_id, ""), wall(row.contacted_at), str(reviews.OUTCOMES.get(row.outcome, "")),
                str(row.get_fault_display()), gettext("yes") if row.malicious else "", row.buyer_rating,
            ]  # fmt: skip
        return [
            review.review_id, review.store.code, review.order_id or "", review.buyer.name if review.buyer else "",
            review.rating, str(GRADES[review.grade]), masked_text(review.text or ""), wall(review.created_at),
            masked_text(review.reply or ""), wall(review.replied_at), *done,
        ]  # fmt: skip

    return Sheet(titles, [cells(review) for review in listed])


class ReviewActForm(StyledForm):
    """What is asked of one review; each deed reads its own fields."""

    reply = forms.CharField(
        label=_("Reply"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    text = forms.CharField(
        label=_("What was said"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Choose…")), *reviews.OUTCOMES.items()]
    )
    fault = forms.ChoiceField(label=_("Fault"), required=False, choices=Fault.choices)
    buyer_rating = forms.TypedChoiceField(
        label=_("We rate the buyer"), required=False, coerce=int, empty_value=None,
        choices=[("", _("not rated")), *((n, f"{n} / 5") for n in range(1, 6))],
    )  # fmt: skip
    malicious = forms.BooleanField(label=_("Malicious review"), required=False)
    grade = forms.ChoiceField(
        label=_("Class of review"), required=False,
        choices=[("", _("by stars and words")), *((key, label) for key, label in GRADES.items() if key)],
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=_("Who handles it"), queryset=Agent.objects.none(), required=False, empty_label=_("nobody yet")
    )

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents_open_to(membership)


@require_http_methods(["GET", "POST"])
@permission_required("see_cases", change="work_cases")
def review_detail(request, code: str, review_id: str):
    """One review: its words, the reply, contact with the buyer, and the next deed (POST, named by the button)."""
    found = reviews_open_to(request.membership)
    review = get_object_or_404(found, store__code=code, review_id=review_id)
    handling = reviews.handlings_of([review]).get(review.pk)
    known = handling or ReviewHandling(organization_id=review.organization_id)
    drafts = replies_for(review.store)
    asked = request.GET.get("draft", "")
    form = ReviewActForm(
        posted(request), membership=request.membership,
        initial={"reply": drafts.get(asked) or known.decrypted("reply_draft") or "", "fault": known.fault,
                 "buyer_rating": known.buyer_rating, "malicious": known.malicious, "grade": known.grade_by_hand,
                 "agent": known.agent_id},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, review, request.POST.get("act", ""), form.cleaned_data, timezone.now())
        except ValueError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, gettext("Saved."))
        return redirect("review_detail", request.organization.slug, code, review_id)
    return _shown(request, review, handling, form)


def _do(request, review: Review, act: str, said: dict, now: datetime) -> None:
    """One deed. ValueError says in words why it cannot be done, PermissionDenied who may not."""
    member, user = request.membership, request.user
    if act == "draft":
        reviews.draft(review, said["reply"], member, now)
    elif act == "publish":
        reviews.draft(review, said["reply"], member, now)
        reviews.published(review, member, now)
    elif act == "contact":
        reviews.contact(review, said["text"], member.agent_id, user, now)
    elif act == "settle":
        if not said["outcome"]:
            raise ValueError(gettext("Choose how it ended."))
        reviews.settle(review, said["outcome"], member.agent_id, user, now, said["text"])
    elif act == "judge":
        reviews.judge(
            review, said["fault"] or Fault.UNKNOWN, said["buyer_rating"], said["malicious"], user, now
        )
    elif act == "give":
        reviews.give(review, said["agent"].pk if said["agent"] else None, user, now)
    elif act == "grade":
        if not reviews.answers_grave(member, service_settings()):
            raise PermissionDenied
        reviews.set_grade(review, said["grade"], member, now)
    else:
        raise ValueError(gettext("Nothing was changed."))


def _shown(request, review: Review, handling: ReviewHandling | None, form: ReviewActForm):
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    settings, store, slug = service_settings(), review.store, request.organization.slug
    order = Order.objects.filter(store=store, order_id=review.order_id).select_related("buyer").first()
    buyer: Buyer | None = review.buyer or (order.buyer if order else None)
    subject = f"store={store.code}&order={review.order_id or ''}&buyer={buyer.pk if buyer else ''}"
    complaint = Complaint.objects.filter(store=store, source="review", source_key=review.review_id).first()
    context = _line(review, handling, names) | {
        "form": form,
        "buyer": buyer,
        "words": words_of_organization().found(review.text),
        "reply": masked_text(review.reply or ""),
        "drafts": [(key, TITLES[key]) for key in replies_for(store)],
        "lines": lines_in_words(About.REVIEW, lines_of(About.REVIEW, [review.pk])[review.pk], names),
        "attachments": attachments_of(About.REVIEW, [review.pk])[review.pk],
        "may_work": allowed(request.membership, "work_cases"),
        "may_answer": reviews.may_answer(request.membership, review, settings),
        "answers_grave": reviews.answers_grave(request.membership, settings),
        "complaint": complaint,
        "complaint_address": f"{reverse('complaint_new', args=[slug])}?{subject}&source=review&key={review.review_id}",
        "feedback_address": f"{reverse('feedback_new', args=[slug])}?{subject}&origin=review&key={review.review_id}",
        "order_address": order and reverse("order_page", args=[slug, store.code, order.order_id]),
        "buyer_address": buyer and reverse("buyer_card", args=[slug, store.code, buyer.pk]),
    }
    return render(request, "desk/review_detail.html", context)
