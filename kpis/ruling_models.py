"""Disputes over whose an order is, and rulings on them (docs/kpis.md §4 a)."""

from django.db import models

from orders.models import Order
from stores.models import Store
from tenants.fields import LooseKey, OrganizationKey
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
    the highest number holds. claim_id: the OwnershipClaim it answers, None for one without. owner_before: whose the
    order was when it was made."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=RulingKind)
    agent_id = models.IntegerField(null=True)
    owner_before = models.IntegerField(null=True)
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
