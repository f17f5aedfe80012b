"""What a store and its agents are to reach in a month (docs/kpis.md §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Store
from tenants.fields import OrganizationKey
from tenants.history import kept_history


class Division(models.TextChoices):
    EQUAL = "equal", _("Equally")
    SHARE = "share", _("By last month's share of sales")
    DAYS = "days", _("By working days in the published roster")
    HAND = "hand", _("By hand")


@kept_history
class StoreTarget(models.Model):
    """One store's targets of a month (its first day), in business days of the store. None: no target.

    sales: in the store's currency, the store's paid_amount. Rates are 0..1; the others as kpis.definitions names them.
    """

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    sales = models.DecimalField(_("sales"), max_digits=16, decimal_places=2, null=True, blank=True)
    conversion_final = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    three_minute_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    average_first_response_seconds = models.DecimalField(
        max_digits=8, decimal_places=1, null=True, blank=True
    )
    satisfaction = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    division = models.CharField(max_length=10, choices=Division, default=Division.EQUAL)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "month", name="one_store_target_per_month")
        ]

    def __str__(self) -> str:
        return f"store {self.store_id} {self.month:%Y-%m}"


@kept_history
class AgentTarget(models.Model):
    """One agent's part of a store's sales target. Service targets are not divided: the store's hold for each."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    agent_id = models.IntegerField()
    sales = models.DecimalField(_("sales"), max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "month", "agent_id", name="one_agent_target_per_month"
            )
        ]
        indexes = [models.Index(fields=["organization", "agent_id", "month"], name="target_by_agent")]

    def __str__(self) -> str:
        return f"agent {self.agent_id} store {self.store_id} {self.month:%Y-%m}"
