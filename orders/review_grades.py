"""The class of a review: bad, middling, good, or good by its stars and negative by its words (R34).

It is stored beside the review, with the name of the word list it was found under: lists of a million reviews read an
index, and a changed word list finds what is to be done again (`regrade_some`). A class set by a person stays.
"""

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from orders.complaint_levels import service_settings
from orders.models import Review
from orders.review_words import WordList, word_list
from stores.imports import log_changes
from stores.models import Store

BY_HAND = "hand"
BATCH = 2000
# Those that only leads and named people answer, the gravest first.
GRAVE = ("bad", "hidden", "middling")
GRADES = {
    "bad": _("Bad"),
    "hidden": _("Good stars, negative words"),
    "middling": _("Middling"),
    "good": _("Good"),
    "": _("Without stars"),
}


def grade_of(rating: int | None, text: str | None, words: WordList) -> str:
    """A key of GRADES. rating: 1–5 or None; a good one, or none, with negative words is `hidden`."""
    if rating is not None and rating <= 3:
        return "middling" if rating == 3 else "bad"
    if words.found(text):
        return "hidden"
    return "" if rating is None else "good"


def words_of_organization() -> WordList:
    """The word list of the scope's organization."""
    settings = service_settings()
    return word_list(tuple(settings.negative_words) if settings else ())


def grade_reviews(store: Store, review_ids: Sequence[str]) -> int:
    """Give these reviews of a store their classes; how many changed. Those set by hand stay. In the caller's
    transaction; the change log is the caller's."""
    return len(_grade(Review.objects.filter(store=store, review_id__in=list(review_ids))))


def regrade_some() -> int:
    """Up to BATCH of the organization's reviews whose class was found under another word list; how many were looked
    at. Whose class changed, their buyers go to the change log, in the same transaction."""
    stale = Review.objects.exclude(graded_with__in=[words_of_organization().name, BY_HAND]).order_by("pk")
    rows = list(stale[:BATCH].values_list("pk", flat=True))
    changed = _grade(Review.objects.filter(pk__in=rows))
    stores = Store.objects.in_bulk({store_id for _pk, store_id in changed})
    for store in stores.values():
        log_graded(store, [pk for pk, store_id in changed if store_id == store.pk])
    return len(rows)


def log_graded(store: Store, pks: Sequence[int]) -> None:
    """Write the buyers of these reviews into the change log; a review without one is its order's buyer's."""
    with connection.cursor() as cursor:
        log_changes(
            cursor,
            store,
            "SELECT coalesce(r.buyer_id, o.buyer_id, 0), NULL::integer, min(r.created_at), max(r.created_at)"
            " FROM orders_review r LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id"
            " WHERE r.id = ANY(%s) GROUP BY 1",
            [list(pks)],
        )


def _grade(reviews) -> list[tuple[int, int]]:
    """[(pk, store id)] of those whose class changed."""
    words = words_of_organization()
    rows = reviews.exclude(graded_with=BY_HAND).values_list("pk", "store_id", "rating", "text", "grade")
    found = [
        (pk, store_id, grade_of(rating, text, words), before) for pk, store_id, rating, text, before in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_review r SET grade = f.grade, graded_with = %s"
            " FROM unnest(%s::integer[], %s::text[]) AS f (id, grade)"
            " WHERE r.id = f.id AND (r.grade, r.graded_with) IS DISTINCT FROM (f.grade, %s)",
            [words.name, [row[0] for row in found], [row[2] for row in found], words.name],
        )
    return [(pk, store_id) for pk, store_id, grade, before in found if grade != before]
