"""Whose fault a refund is, by the reason the platform gives (docs/kpis.md §7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.service_models import Fault
from stores.models import Platform
from tenants.fields import CodePointField, OrganizationKey
from tenants.history import kept_history


@kept_history
class RefundFault(models.Model):
    """One line of the mapping: refunds of a platform ("": of any) whose reason is exactly this are of this fault."""

    organization = OrganizationKey()
    platform = models.CharField(_("platform"), max_length=20, choices=Platform, blank=True, default="")
    reason = CodePointField()
    fault = models.CharField(_("fault"), max_length=12, choices=Fault)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "platform", "reason", name="one_fault_per_reason")
        ]

    def __str__(self) -> str:
        return f"{self.reason} → {self.fault}"
