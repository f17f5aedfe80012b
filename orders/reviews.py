"""What is done about a review: who may answer it, the reply, contact with the buyer and what came of it (R34).

One row per review (ReviewHandling), each act a line in the review's dossier. ValueError says in words why it cannot
be; PermissionDenied where the member may not answer such a review.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.complaint_levels import service_settings
from orders.complaint_models import ReviewHandling, ServiceSettings
from orders.dossiers import happened
from orders.models import Review
from orders.remark_models import About
from orders.review_grades import BY_HAND, GRADES, GRAVE, grade_of, log_graded, words_of_organization
from orders.service_models import Fault
from tenants.encryption import encrypt
from tenants.models import Membership, Role, User
from tenants.permissions import allowed

LONGEST_REPLY = 2000
OUTCOMES = {
    "changed": _("Buyer changed it"),
    "deleted": _("Buyer deleted it"),
    "will_change": _("Buyer changes it"),
    "settled": _("Settled with the buyer"),
    "stays": _("Stays as it is"),
    "no_answer": _("No answer"),
}
MENDED = ("changed", "deleted")  # the buyer took it back
KEPT = ("settled", "stays", "no_answer")  # it stands


def may_answer(membership: Membership, review: Review, settings: ServiceSettings | None) -> bool:
    """Good reviews everybody who works; bad, middling and `hidden` ones leads and the members named in the settings."""
    if not allowed(membership, "work_cases"):
        return False
    return review.grade not in GRAVE or answers_grave(membership, settings)


def answers_grave(membership: Membership, settings: ServiceSettings | None) -> bool:
    """Whether the member may answer bad reviews, and set a review's class by hand."""
    named = settings.review_answerers if settings else []
    return allowed(membership, "work_cases") and (
        membership.role in (Role.OWNER, Role.SUPERVISOR) or membership.pk in named
    )


def replied(review: Review, handling: ReviewHandling | None) -> bool:
    """Whether a reply stands on the platform: the platform says so, or somebody here."""
    return bool(review.replied_at or review.reply or (handling and handling.published_at))


@transaction.atomic
def draft(review: Review, text: str, membership: Membership, now: datetime) -> ReviewHandling:
    """Keep what is to be answered. "" throws the draft away."""
    row = _for_answer(review, membership, now)
    text = text.strip()[:LONGEST_REPLY]
    if (row.decrypted("reply_draft") or "") == text:
        return row
    row.reply_draft = encrypt(row.organization_id, "reply_draft", text) if text else None
    return _save(review, row, "drafted", membership.user, now)


@transaction.atomic
def published(review: Review, membership: Membership, now: datetime) -> ReviewHandling:
    """Somebody put the draft on the platform. Again: nothing happens."""
    row = _for_answer(review, membership, now)
    if row.reply_draft is None:
        raise ValueError(gettext("Write the reply first."))
    if row.published_at:
        return row
    row.published_at = now
    return _save(review, row, "published", membership.user, now)


@transaction.atomic
def contact(review: Review, text: str, agent_id: int | None, user: User, now: datetime) -> ReviewHandling:
    """The buyer was contacted; text: what was said. agent_id: whoever handles the review from now on if nobody did."""
    if not text.strip():
        raise ValueError(gettext("Say what was said."))
    row = _locked(review, now)
    row.contacted_at = row.contacted_at or now
    row.agent_id = row.agent_id or agent_id
    return _save(review, row, "contacted", user, now, note=text)


@transaction.atomic
def settle(
    review: Review, outcome: str, agent_id: int | None, user: User | None, now: datetime, text: str = ""
) -> ReviewHandling:
    """What came of it, a key of OUTCOMES; "" takes it back. A contact is implied unless nobody could be reached."""
    if outcome and outcome not in OUTCOMES:
        raise ValueError(gettext("Choose how it ended."))
    row = _locked(review, now)
    if row.outcome == outcome:
        return row
    row.outcome, row.outcome_at = outcome, now if outcome else None
    if outcome:
        row.contacted_at = row.contacted_at or now
        row.agent_id = row.agent_id or agent_id
    return _save(review, row, "settled", user, now, note=text, outcome=outcome)


@transaction.atomic
def judge(
    review: Review, fault: str, buyer_rating: int | None, malicious: bool, user: User, now: datetime
) -> ReviewHandling:
    """Whose fault it is, how the buyer is rated by us (1–5, None: not), and whether the review is malicious."""
    row = _locked(review, now)
    if buyer_rating is not None and not 1 <= buyer_rating <= 5:
        raise ValueError(gettext("Rate the buyer from 1 to 5."))
    said = (Fault(fault).value, buyer_rating, malicious)
    if (row.fault, row.buyer_rating, row.malicious) == said:
        return row
    row.fault, row.buyer_rating, row.malicious = said
    return _save(review, row, "judged", user, now, fault=row.fault, rating=buyer_rating, malicious=malicious)


@transaction.atomic
def give(review: Review, agent_id: int | None, user: User, now: datetime) -> ReviewHandling:
    """To somebody who handles it; None: nobody."""
    row = _locked(review, now)
    if row.agent_id == agent_id:
        return row
    row.agent_id = agent_id
    return _save(review, row, "given", user, now, agent_id=agent_id)


@transaction.atomic
def set_grade(review: Review, grade: str, membership: Membership, now: datetime) -> ReviewHandling:
    """Its class by a person, over the derived one; "" gives it back to stars and words."""
    if not answers_grave(membership, service_settings()):
        raise PermissionDenied
    if grade and grade not in GRADES:
        raise ValueError(gettext("There is no such class."))
    row = _locked(review, now)
    if row.grade_by_hand == grade:
        return row
    row.grade_by_hand = grade
    words = words_of_organization()
    review.grade = grade or grade_of(review.rating, review.text, words)
    review.graded_with = BY_HAND if grade else words.name
    review.save(update_fields=["grade", "graded_with"])
    return _save(review, row, "graded", membership.user, now, grade=grade)


def settle_changed(now: datetime) -> int:
    """Reviews whose stars rose from 3 or less to 4 or more since their handling began count as changed; how many.

    The platform's word stands over what was written down before, except that it was deleted.
    """
    rows = (
        ReviewHandling.objects.filter(first_rating__lte=3).exclude(outcome__in=MENDED).select_related("store")
    )
    by_key = {(row.store_id, row.review_id): row for row in rows}
    raised = Review.objects.filter(
        review_id__in=[key for _store, key in by_key], store__in={s for s, _key in by_key}, rating__gte=4
    )
    count = 0
    for review in raised:
        if (review.store_id, review.review_id) in by_key:
            settle(review, "changed", None, None, now)
            count += 1
    return count


def handlings_of(reviews: list[Review]) -> dict[int, ReviewHandling]:
    """{review pk: its handling} of those that have one; one statement."""
    keys = {(review.store_id, review.review_id): review.pk for review in reviews}
    rows = ReviewHandling.objects.filter(
        store__in={store for store, _key in keys}, review_id__in=[key for _store, key in keys]
    )
    return {keys[row.store_id, row.review_id]: row for row in rows if (row.store_id, row.review_id) in keys}


def waiting(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Those that nobody answered, here or on the platform, and of which nothing came yet."""
    done = ReviewHandling.objects.filter(Q(published_at__isnull=False) | ~Q(outcome=""))
    pairs = done.filter(store=OuterRef("store"), review_id=OuterRef("review_id"))
    return reviews.filter(replied_at=None, reply=None).exclude(Exists(pairs))


def _for_answer(review: Review, membership: Membership, now: datetime) -> ReviewHandling:
    if not may_answer(membership, review, service_settings()):
        raise PermissionDenied
    return _locked(review, now)


def _locked(review: Review, now: datetime) -> ReviewHandling:
    """The review's row, made if there is none, locked until the transaction ends."""
    # The review's own row keeps two from making it at once, and its class from changing meanwhile.
    held = Review.objects.select_for_update().get(pk=review.pk)
    review.grade, review.graded_with = held.grade, held.graded_with
    row, _new = ReviewHandling.objects.select_for_update().get_or_create(
        organization_id=review.organization_id,
        store_id=review.store_id,
        review_id=review.review_id,
        defaults={"changed_at": now, "first_rating": held.rating},
    )
    return row


def _save(
    review: Review,
    row: ReviewHandling,
    what: str,
    user: User | None,
    now: datetime,
    note: str = "",
    **details,
) -> ReviewHandling:
    row.changed_by, row.changed_at = user, now
    row.save()
    happened(review.store, About.REVIEW, review.pk, what, user=user, now=now, note=note, **details)
    log_graded(review.store, [review.pk])
    return row
