"""Risky buyers (R16): signs found in the facts, what people decided of a buyer, and what each sign weighs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.risk_kinds import DEFAULT_THRESHOLD
from stores.models import Buyer, Store
from tenants.fields import LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class RiskSignal(models.Model):
    """One sign of risk of one buyer, derived from the facts (policies/risk_looking.py) and never written by people.

    kind: of policies.risk_kinds.KINDS. evidence: JSON of counts, order numbers and message ids; its `items` tell one
    set of facts from another, so that what was cleared is not held against the buyer again. Never personal data.
    fact_at: when the latest of these facts happened; the sign counts until expires_at.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    kind = models.CharField(max_length=30)
    evidence = models.JSONField()
    fact_at = models.DateTimeField()
    found_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "buyer", "kind", name="one_risk_signal_per_kind")
        ]
        indexes = [models.Index(fields=["organization", "fact_at"], name="risk_signal_by_fact")]

    def __str__(self) -> str:
        return f"{self.kind} of buyer {self.buyer_id}"


class Standing(models.TextChoices):
    WATCHED = "watched", pgettext_lazy("risk", "Watched")
    ASKED = "asked", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed as risky")
    CLEARED = "cleared", pgettext_lazy("risk", "Cleared")


class RiskStanding(models.Model):
    """What people decided of a buyer; who nobody decided on has none. Who did what and why is in the buyer's dossier.

    asked_by: who proposed the confirmation, which somebody else must give. cleared: {kind: items} of the signs that
    were known when the buyer was cleared. spread: those who share a phone or an address with the buyer have been
    looked at since the standing or the buyer's orders changed.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    state = models.CharField(max_length=10, choices=Standing)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    cleared = models.JSONField(default=dict)
    spread = models.BooleanField(default=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "buyer", name="one_risk_standing_per_buyer")
        ]

    def __str__(self) -> str:
        return f"{self.state} buyer {self.buyer_id}"


@kept_history
class RiskSettings(models.Model):
    """What signs of risk weigh in this organization; without a row the defaults of policies/risk_kinds.py hold.

    weights: {kind: 0–100}, 0 leaves the sign out; days: {kind: how long it counts}; threshold: from which sum on a
    buyer is proposed to be watched.
    """

    organization = OrganizationKey()
    weights = models.JSONField(default=dict)
    days = models.JSONField(default=dict)
    threshold = models.PositiveSmallIntegerField(_("threshold"), default=DEFAULT_THRESHOLD)

    class Meta:
        constraints = [models.UniqueConstraint("organization", name="one_risk_settings")]

    def __str__(self) -> str:
        return f"from {self.threshold}"
