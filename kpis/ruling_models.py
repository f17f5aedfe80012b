"""Disputes over whose an order is, and rulings on them (docs/kpis.md §4 a); and the daily tables by e-mail (R08)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orders.models import Order
from stores.models import Store
from tenants.fields import LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class OwnershipClaim(models.Model):
    """Somebody says an order is an agent's (agent_id; None: nobody's); append-only. Decided by a Ruling of it."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    agent_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "order"], name="claim_by_order"),
            models.Index(fields=["organization", "made_at"], name="claim_by_time"),
        ]

    def __str__(self) -> str:
        return f"claim on order {self.order_id}"


class RulingKind(models.TextChoices):
    GIVEN = "given"  # the order is agent_id's (None: nobody's), whatever the rules say
    LIFTED = "lifted"  # the rules decide again
    REFUSED = "refused"  # the claim is not followed; nothing changes


class OwnershipRuling(models.Model):
    """A supervisor's word on whose an order is; append-only. Of an order's rulings that are not `refused`, the one with
    the highest number holds. claim_id: the OwnershipClaim it answers, None for one without."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=RulingKind)
    agent_id = models.IntegerField(null=True)
    claim_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "order", "number", name="one_ruling_per_number"),
            models.UniqueConstraint(
                "organization",
                "claim_id",
                name="one_ruling_per_claim",
                condition=models.Q(claim_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"ruling {self.number} on order {self.order_id}"


@kept_history
class DailyMail(models.Model):
    """Which daily tables a member gets by e-mail, of which stores ([]: all they may see), at what time of the day
    (minutes after midnight by each store's clock; yesterday's tables)."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    tables = ArrayField(models.CharField(max_length=20), default=list)
    store_ids = ArrayField(models.IntegerField(), default=list)
    at_minutes = models.PositiveSmallIntegerField(default=540)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", name="one_daily_mail_per_user")]

    def __str__(self) -> str:
        return f"daily mail of {self.user_id}"


class DailyMailSent(models.Model):
    """A day's tables that went out to somebody: claimed before sending, so that none goes twice."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", "day", name="one_daily_mail_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
