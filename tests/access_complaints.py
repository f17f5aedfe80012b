"""For the access test: a complaint with Ann, a bad review, and feedback, all of order o1."""

from datetime import datetime

from orders.complaints import open_complaint
from orders.feedback import give_feedback
from orders.imports import write_reviews
from orders.models import Review
from orders.reviews import settle
from stores.models import Store
from stores.platforms.records import ReviewRecord
from team.models import Agent
from tenants.models import Organization, User
from tenants.scope import organization_scope


def ids(
    organization: Organization, store: Store, person: Agent, users: dict[str, User], now: datetime
) -> dict[str, object]:
    with organization_scope(organization.pk):
        return _one(store, person, users["agent"], f"r1-{organization.slug}", now)


def _one(store: Store, person: Agent, user: User | None, review_id: str, now: datetime) -> dict[str, object]:
    complaint = open_complaint(
        store,
        source="chat",
        level="ordinary",
        user=user,
        now=now,
        story="漏发",
        order_id="o1",
        agent_id=person.pk,
    )
    write_reviews(store, [(1, ReviewRecord(review_id, "o1", "buyer1", 1, "太差了", now))])
    review = Review.objects.select_related("store").get(store=store, review_id=review_id)
    settle(review, "stays", person.pk, user, now)
    feedback = give_feedback(
        store, department="product", kind="fault", text="开线", product_code=f"p-{review_id}", user=user, now=now,
        order_id="o1", agent_id=person.pk,
    )  # fmt: skip
    return {"complaint_id": complaint.pk, "review_id": review_id, "feedback_id": feedback.pk}


def grow(world, store: Store, people: list[Agent], number: int, now: datetime) -> None:
    """One more of everything; in the caller's scope."""
    for place in (store, world.store):
        for person in people:
            _one(place, person, None, f"r{number}-{person.pk}", now)
