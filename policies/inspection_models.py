"""What inspection finds in chats and remarks: warnings, violations with their way through, and its runs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.rule_models import PolicyRule, PolicyVersion
from stores.models import Buyer, Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.models import User


class ViolationState(models.TextChoices):
    FOUND = "found", _("To be looked at")
    # Nobody's fault: a notice about what somebody noted in a remark. It can only be put aside.
    NOTICE = "notice", _("Notice")
    SECOND = "second", _("Waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("violation", "Confirmed")
    APPEALED = "appealed", pgettext_lazy("violation", "Appealed")
    FINAL = "final", pgettext_lazy("violation", "Final")
    REVOKED = "revoked", pgettext_lazy("violation", "Revoked")
    DISMISSED = "dismissed", pgettext_lazy("violation", "Dismissed")
    # The rule no longer finds it, and nobody had touched it.
    LAPSED = "lapsed", pgettext_lazy("violation", "Lapsed")


class Violation(Personal):
    """One breach of a rule in one message, remark or fact, once whatever happens (source_key).

    source_key: `message:<message_id>`, `remark:<order pk>/<number>`, `fact:<what is unique about it>` or `hand:<uuid>`.
    agent_id: team.Agent, None for nobody's seat. [start, end): in the text. quote: the sentence, for when the chat is gone.
    reason: key of the detector's reasons. points, money: what is proposed, as the version says or a person changed it.
    What happened to it and why, line by line: orders/dossiers.py, About.VIOLATION.
    exempt: dismissed because the agent had asked the supervisor before.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, related_name="+", db_index=False)
    version = models.ForeignKey(PolicyVersion, models.DO_NOTHING, related_name="+", db_index=False)
    source_key = CodePointField()
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    agent_id = models.IntegerField(null=True)
    said_at = models.DateTimeField()
    day = models.DateField()
    certainty = models.PositiveSmallIntegerField(default=3)
    reason = models.CharField(max_length=50, blank=True, default="")
    start = models.IntegerField(default=0)
    end = models.IntegerField(default=0)
    quote = EncryptedText(null=True)
    state = models.CharField(max_length=10, choices=ViolationState, default=ViolationState.FOUND)
    points = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    money = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    exempt = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    seconded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    appealed_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "source_key", "rule", name="one_violation_per_source"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "store", "day"], name="violation_by_day"),
            models.Index(fields=["organization", "agent_id", "day"], name="violation_by_agent"),
            models.Index(fields=["organization", "store", "buyer"], name="violation_by_buyer"),
            models.Index(
                fields=["organization", "store", "said_at"],
                name="open_violation_by_time",
                condition=models.Q(state__in=("found", "notice", "second", "appealed")),
            ),
        ]

    def __str__(self) -> str:
        return self.source_key


class ChatWarning(models.Model):
    """A buyer put a dangerous question (counterfeit, invoice, somebody's data): who answers was warned.

    agent_id: who serves the buyer (team.Agent), None for nobody. answered_at: when a person first wrote after it.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, related_name="+", db_index=False)
    version = models.ForeignKey(PolicyVersion, models.DO_NOTHING, related_name="+", db_index=False)
    message_id = CodePointField()
    buyer = LooseKey(Buyer)
    agent_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=50, blank=True, default="")
    asked_at = models.DateTimeField()
    found_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "message_id", "rule", name="one_warning_per_question"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "store", "asked_at"], name="warning_by_time"),
            models.Index(fields=["organization", "store", "buyer"], name="warning_by_buyer"),
            models.Index(
                fields=["organization", "store"],
                name="open_warning_by_store",
                condition=models.Q(answered_at__isnull=True, closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class RunKind(models.TextChoices):
    TRIAL = "trial", _("Trial")
    AGAIN = "again", _("Inspected again")


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waits")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class InspectionRun(models.Model):
    """One rule over the past chats of one store: a trial before it goes live, or again after it changed.

    spec, level: what is tried (a trial); version: what is judged by (again). [since, until]: business days.
    at_buyer: the last buyer done; a run that died goes on behind it. Rates count agents' messages.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    kind = models.CharField(max_length=10, choices=RunKind)
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, null=True, related_name="+", db_index=False)
    detector = models.CharField(max_length=50, default="")
    spec = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(default=2)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    at_buyer = models.IntegerField(default=0)
    buyers = models.IntegerField(null=True)
    buyers_done = models.IntegerField(default=0)
    messages = models.BigIntegerField(default=0)
    hits = models.IntegerField(default=0)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "made_at"], name="inspection_run_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class TrialHit(models.Model):
    """What a trial found, a sample of at most 200; `right` is what a person said of it, by which precision is told."""

    organization = OrganizationKey()
    run = models.ForeignKey(InspectionRun, models.CASCADE, related_name="+", db_index=False)
    source_key = CodePointField()
    buyer = LooseKey(Buyer, null=True)
    said_at = models.DateTimeField()
    certainty = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=50, blank=True, default="")
    start = models.IntegerField()
    end = models.IntegerField()
    right = models.BooleanField(null=True)
    labelled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    labelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "run", "source_key", name="one_trial_hit_per_source")
        ]

    def __str__(self) -> str:
        return self.source_key


class InspectionReach(models.Model):
    """How far the inspection of a store has come (what messages were read stands in stores.ChangeCursor).

    upto, at_buyer: a look under way reads the change log up to this transaction and has done the buyers up to this
    one; upto None: none is. remarks_at: remarks made before were read. library: the newest version of the library's
    rules (PolicyVersion) by which everything was read.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    upto = models.BigIntegerField(null=True)
    at_buyer = models.IntegerField(default=0)
    remarks_at = models.DateTimeField(null=True)
    library = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", name="one_inspection_reach")]

    def __str__(self) -> str:
        return f"store {self.store_id} up to {self.upto}, buyer {self.at_buyer}"
