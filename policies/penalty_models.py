"""The penalties ledger (R18): fines of agents, platform points of stores, and what an organization sets for both."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.rule_models import PolicyRule, PolicyVersion
from stores.models import Buyer, Platform, Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class FineState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("fine", "Proposed")
    SECOND = "second", _("Waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("fine", "Confirmed")
    APPEALED = "appealed", pgettext_lazy("fine", "Appealed")
    FINAL = "final", pgettext_lazy("fine", "Final")
    DISMISSED = "dismissed", pgettext_lazy("fine", "Dismissed")
    LIFTED = "lifted", pgettext_lazy("fine", "Lifted")
    # The facts no longer say it, and nobody had touched it.
    LAPSED = "lapsed", pgettext_lazy("fine", "Lapsed")


class Fine(models.Model):
    """One fine of one agent, once for each source (source_key) and rule; what happened to it: About.FINE.

    source_key: what is unique about the fact (desk/fine_*.py), `violation:<id>` or `hand:<uuid>`. store: where it
    happened; of attendance where the agent held a seat that day. amount: the organization's currency, the rule's money
    `times` over. facts: numbers and times to show and open, never personal data. violation_id: its way through is the
    violation's. final_day, lifted_day: business days of the store; of a fine that was final and is lifted both are set.
    credit_ruling: kpis.OwnershipRuling that took the order's credit; None: not looked at yet, 0: nothing to take.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    agent_id = models.IntegerField()
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, related_name="+", db_index=False)
    version = models.ForeignKey(PolicyVersion, models.DO_NOTHING, related_name="+", db_index=False)
    source_key = CodePointField()
    violation_id = models.IntegerField(null=True)
    day = models.DateField()
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    facts = models.JSONField(default=dict)
    times = models.PositiveSmallIntegerField(default=1)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    takes_credit = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=FineState, default=FineState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    seconded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    told_at = models.DateTimeField(null=True)
    appealed_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)
    final_day = models.DateField(null=True)
    lifted_day = models.DateField(null=True)
    credit_ruling = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "rule", "source_key", name="one_fine_per_source")
        ]
        indexes = [
            models.Index(fields=["organization", "day"], name="fine_by_day"),
            models.Index(fields=["organization", "agent_id", "day"], name="fine_by_agent"),
            models.Index(
                fields=["organization", "final_day"],
                name="fine_by_final_day",
                condition=models.Q(final_day__isnull=False),
            ),
            models.Index(
                fields=["organization", "violation_id"],
                name="fine_by_violation",
                condition=models.Q(violation_id__isnull=False),
            ),
            models.Index(
                fields=["organization", "told_at"],
                name="open_fine_by_told",
                condition=models.Q(state__in=("proposed", "second", "confirmed", "appealed")),
            ),
        ]

    def __str__(self) -> str:
        return self.source_key


class FineReach(models.Model):
    """Up to which instant the facts have been looked through for fines; one row for each source."""

    organization = OrganizationKey()
    source = models.CharField(max_length=50)
    reached_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "source", name="one_fine_reach_per_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.reached_at}"


class PointState(models.TextChoices):
    # What a confirmed violation would cost; the platform has not taken them.
    EXPECTED = "expected", pgettext_lazy("points", "Expected")
    BOOKED = "booked", pgettext_lazy("points", "Taken by the platform")
    APPEALED = "appealed", pgettext_lazy("points", "Appealed with the platform")
    GIVEN_BACK = "given_back", pgettext_lazy("points", "Given back")
    WITHDRAWN = "withdrawn", pgettext_lazy("points", "Withdrawn")


class PointEntry(Personal):
    """Points of one store, once for each source: `violation:<id>`, `promise:<id>` or `hand:<uuid>`.

    points: as they were taken; latest: after an appeal, None where it changed nothing. words: the reason of what was
    written by hand; answer: what was said when it was appealed or settled. order_id, complaint_id: what it is about.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, null=True, related_name="+", db_index=False)
    version = models.ForeignKey(PolicyVersion, models.DO_NOTHING, null=True, related_name="+", db_index=False)
    source_key = CodePointField()
    violation_id = models.IntegerField(null=True)
    promise_id = models.IntegerField(null=True)
    complaint_id = models.IntegerField(null=True)
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    day = models.DateField()
    points = models.DecimalField(max_digits=5, decimal_places=1)
    latest = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    state = models.CharField(max_length=10, choices=PointState, default=PointState.BOOKED)
    words = EncryptedText(null=True)
    answer = EncryptedText(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "source_key", name="one_point_entry_per_source")
        ]
        indexes = [models.Index(fields=["organization", "store", "day"], name="point_entry_by_day")]

    def __str__(self) -> str:
        return self.source_key


class Period(models.TextChoices):
    YEAR = "year", _("Calendar year")
    QUARTER = "quarter", _("Calendar quarter")
    QUARTER_MONDAY = "quarter_monday", _("Quarter, from its first Monday")


@kept_history
class PointAllowance(models.Model):
    """How many points stores of a platform (store None), or one store, may lose in a period, and what follows.

    tiers: [[points, what follows], …] rising; the last one is what must not be reached. verified: somebody has read
    the source. Without a row the defaults of policies/point_allowances.py hold.
    """

    organization = OrganizationKey()
    platform = models.CharField(_("platform"), max_length=20, choices=Platform)
    store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+", db_index=False)
    period = models.CharField(_("added up over"), max_length=15, choices=Period, default=Period.YEAR)
    tiers = models.JSONField(default=list)
    source = models.CharField(_("source"), max_length=500, blank=True, default="")
    verified_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "platform", "store", name="one_point_allowance", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.store_id or ''}"


@kept_history
class PenaltySettings(models.Model):
    """From when on the facts are a fine, and how long one may appeal; the figures of the documents are the defaults."""

    organization = models.OneToOneField(
        "tenants.Organization", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"), default=7, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    slow_seconds = models.PositiveIntegerField(
        _("slow is an answer after more than (seconds)"), default=120,
        validators=[MinValueValidator(10), MaxValueValidator(7200)],
    )  # fmt: skip
    slow_times = models.PositiveSmallIntegerField(
        _("so many slow answers a month are free"), default=3, validators=[MaxValueValidator(1000)]
    )
    unanswered_minutes = models.PositiveSmallIntegerField(
        _("unanswered for (minutes)"), default=30, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    unanswered_hours = models.PositiveSmallIntegerField(
        _("once more for each (hours)"), default=2, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    review_days = models.PositiveSmallIntegerField(
        _("a bad review is left standing after (days)"), default=7,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
    )  # fmt: skip

    def __str__(self) -> str:
        return f"penalties of {self.organization_id}"


@kept_history
class FineCap(models.Model):
    """What an agent's fines may come to in a month, from a month on; amount None: no cap."""

    organization = OrganizationKey()
    since = models.DateField(_("from the month"))
    amount = models.DecimalField(_("at most"), max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "since", name="one_fine_cap_per_month")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m}"
