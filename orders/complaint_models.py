"""What buyers complain about and write, and what other departments are told (R33, R34, R40)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orders.service_models import Fault
from stores.models import Buyer, Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


@kept_history
class ServiceSettings(models.Model):
    """An organization's rules for complaints and reviews.

    levels: [{"key", "hours", "to" (agent | supervisor | owner), "again"}] of complaints: by when the first answer is
    due, who is told first when it is not, and after how many further hours the next above. review_answerers: ids of members who may answer bad reviews beside supervisors.
    """

    organization = models.OneToOneField(
        "tenants.Organization", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    levels = models.JSONField(default=list)
    review_answerers = ArrayField(models.IntegerField(), default=list)
    negative_words = ArrayField(models.CharField(max_length=50), default=list)

    def __str__(self) -> str:
        return f"service settings of {self.organization_id}"


class Complaint(Personal):
    """A buyer's complaint from chat, review, phone or platform (R33). level: key of ServiceSettings.levels.

    due_at: of the first answer; answered_at: when it was given; next_at: when somebody looks at it again after that.
    step: who of the escalation chain is told next (orders/complaints.py); escalations: how many were, ever.
    reopened_at: None if it never was.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    source = models.CharField(max_length=10)  # chat | review | phone | platform
    source_key = CodePointField(default="")  # the platform's number, the review's id
    level = models.CharField(max_length=20)
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    product_code = CodePointField(default="")
    story = EncryptedText(null=True)
    agent_id = models.IntegerField(null=True)  # who handles it
    about_agent_id = models.IntegerField(null=True)  # whom it is about
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    step = models.PositiveSmallIntegerField(default=0)
    escalations = models.PositiveSmallIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True)
    reopenings = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=30, blank=True)
    fault = models.CharField(max_length=12, choices=Fault, default=Fault.UNKNOWN)
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                "store",
                "source",
                "source_key",
                name="one_complaint_per_source",
                condition=~models.Q(source_key=""),
            )
        ]
        indexes = [
            models.Index(fields=["organization", "store", "opened_at"], name="complaint_by_time"),
            models.Index(fields=["organization", "store", "order_id"], name="complaint_by_order"),
            models.Index(fields=["organization", "store", "buyer"], name="complaint_by_buyer"),
            models.Index(
                fields=["organization", "store", "due_at"],
                name="open_complaint_by_due",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["organization", "due_at"],
                name="unanswered_complaint",
                condition=models.Q(closed_at__isnull=True, answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class ReviewHandling(Personal):
    """What we did about a review (R34); one per review. agent_id: who handles it (team.Agent).

    grade_by_hand: over the derived class. first_rating: its stars when handling began. outcome: a code of
    orders/reviews.py. published_at: somebody said the reply stands on the platform. buyer_rating: how the buyer is
    rated by us (1–5).
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    review_id = CodePointField()
    grade_by_hand = models.CharField(max_length=20, blank=True)
    first_rating = models.SmallIntegerField(null=True)
    agent_id = models.IntegerField(null=True)
    reply_draft = EncryptedText(null=True)
    published_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    outcome_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=12, choices=Fault, default=Fault.UNKNOWN)
    malicious = models.BooleanField(default=False)
    buyer_rating = models.SmallIntegerField(null=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "review_id", name="one_handling_per_review")
        ]

    def __str__(self) -> str:
        return self.review_id


class Feedback(Personal):
    """What buyers and agents tell other departments (R40). origin: chat | case | review | hand; origin_key: of what.

    department: operations | design | product | warehouse | logistics. kind: opinion | fault | page | competitor | other.
    state: new | sent | accepted | done | declined. result: what came of it.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    department = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    product_code = CodePointField(default="")
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    text = EncryptedText(null=True)
    competitor = models.CharField(max_length=200, blank=True, default="")
    competitor_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    origin = models.CharField(max_length=8)
    origin_key = CodePointField(default="")
    state = models.CharField(max_length=10, default="new")
    result = EncryptedText(null=True)
    agent_id = models.IntegerField(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "made_at"], name="feedback_by_time")]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
