"""What is owed to buyers: promises, after-sales cases by written procedures (R15, R32)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stores.models import Buyer, Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class Fault(models.TextChoices):
    """Whose fault a refund, case or bad review is (docs/kpis.md §7, `refund_fault`)."""

    QUALITY = "quality", _("Quality")
    LOGISTICS = "logistics", _("Logistics")
    DESCRIPTION = "description", _("Description")
    BUYER = "buyer", _("Buyer")
    AGENT = "agent", _("Agent")
    UNKNOWN = "unknown", _("Unknown")


class PromiseKind(models.TextChoices):
    COURIER = "courier", _("Courier")
    GIFT = "gift", _("Gift")
    SHIP_DATE = "ship_date", _("Ship date")
    PRICE = "price", _("Price protection")
    EFFECT = "effect", _("Effect")
    OTHER = "other", _("Other")


class PromiseState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Promise(Personal):
    """Something promised to a buyer, to be kept by due_at (R15). agent_id: team.Agent who promised and answers for it.

    source_key: the proposal's (PromiseProposal.source_key), "" for one written by hand. refund_id, complaint_id,
    points: what breaking it led to.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    kind = models.CharField(max_length=10, choices=PromiseKind)
    text = EncryptedText(null=True)
    promised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    agent_id = models.IntegerField(null=True)
    source_key = CodePointField(default="")
    state = models.CharField(max_length=10, choices=PromiseState, default=PromiseState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    proof = EncryptedText(null=True)
    refund_id = CodePointField(null=True)
    complaint_id = models.IntegerField(null=True)
    points = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "store", "due_at"],
                name="promise_by_due",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["organization", "store", "buyer"], name="promise_by_buyer"),
            models.Index(fields=["organization", "store", "order_id"], name="promise_by_order"),
            models.Index(fields=["organization", "agent_id", "promised_at"], name="promise_by_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} promise {self.pk}"


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DISMISSED = "dismissed", _("Dismissed")


class PromiseProposal(models.Model):
    """A promise that a chat message or a remark seems to hold; nothing follows from it until a person says so.

    source_key: `message:<message_id>` or `remark:<order pk>/<number>`. due_at: as the words say, None if they do not.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    source_key = CodePointField()
    kind = models.CharField(max_length=10, choices=PromiseKind)
    agent_id = models.IntegerField(null=True)
    said_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    promise = models.ForeignKey(Promise, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "source_key", "kind", name="one_proposal_per_source"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "store", "said_at"],
                name="proposal_by_time",
                condition=models.Q(state="proposed"),
            ),
            models.Index(fields=["organization", "store", "buyer"], name="proposal_by_buyer"),
        ]

    def __str__(self) -> str:
        return self.source_key


class CaseKind(models.TextChoices):
    QUALITY_SLIGHT = "quality_slight", _("Quality, slight")
    QUALITY = "quality", _("Quality, ordinary")
    QUALITY_GRAVE = "quality_grave", _("Quality, grave")
    NO_REASON = "no_reason", _("Returned within 7 days without a reason")
    WRONG_ITEM = "wrong_item", _("Wrong or missing item")
    DAMAGED = "damaged", _("Damaged or lost on the way")
    REPAIR = "repair", _("Repair")
    PRICE = "price", _("Price protection")
    INVOICE = "invoice", _("Invoice")


class ProcedureVersion(models.Model):
    """How cases of a kind are handled, from a version on; append-only. A case keeps the version it was opened under.

    store None: in all stores that have none of their own. steps: [{"key", "title", "who" (agent | supervisor |
    warehouse), "hours", "evidence" (bool), "script"}]. *_limit: compensation in the store's currency, for a case: what
    an agent may give alone, what a supervisor may; beyond it only an owner. None: nothing alone / no limit.
    freight: who pays the way back (buyer | seller | by_fault).
    """

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.DO_NOTHING, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=CaseKind)
    number = models.PositiveIntegerField()
    steps = models.JSONField()
    agent_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    supervisor_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    freight = models.CharField(max_length=10, default="by_fault")
    text = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                "store",
                "kind",
                "number",
                name="one_procedure_per_number",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.number}"


class Case(Personal):
    """One after-sales matter of an order or buyer, handled step by step (R32). agent_id: team.Agent.

    step: key of the step that is next, "" when closed; step_since: since when it is. restarts: how often the steps
    began anew (another kind, reopened). refund_id: the platform's. reason: as the returns report counts it; fault: as
    a person judged it, over the mapping of the refund's reason.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    kind = models.CharField(max_length=20, choices=CaseKind)
    procedure = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+", db_index=False)
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    refund_id = CodePointField(null=True)
    product_code = CodePointField(default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    fault = models.CharField(max_length=12, choices=Fault, default=Fault.UNKNOWN)
    story = EncryptedText(null=True)
    agent_id = models.IntegerField(null=True)
    step = models.CharField(max_length=30, blank=True)
    step_since = models.DateTimeField(null=True)
    step_due_at = models.DateTimeField(null=True)
    restarts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=30, blank=True)
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                "store",
                "refund_id",
                name="one_case_per_refund",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "store", "opened_at"], name="case_by_time"),
            models.Index(fields=["organization", "store", "order_id"], name="case_by_order"),
            models.Index(fields=["organization", "store", "buyer"], name="case_by_buyer"),
            models.Index(
                fields=["organization", "store", "step_due_at"],
                name="open_case_by_due",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} case {self.pk}"


class PaymentState(models.TextChoices):
    ASKED = "asked", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("compensation", "Refused")
    PAID = "paid", _("Paid")


@kept_history
class Compensation(models.Model):
    """Money or goods given to a buyer, in the store's currency; the ledger that limits are checked against.

    kind: money | coupon | gift | resend | freight. complaint_id: where it was given for a complaint.
    """

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    complaint_id = models.IntegerField(null=True)
    order_id = CodePointField(null=True)
    product_code = CodePointField(default="")
    kind = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    agent_id = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=PaymentState)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "asked_at"], name="compensation_by_time"),
            models.Index(fields=["organization", "case"], name="compensation_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


@kept_history
class ReturnedItem(models.Model):
    """Goods a buyer sent back: inspected, then resold, written off, repaired or sent on. worth: store's currency."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    order_id = CodePointField(null=True)
    product_code = CodePointField(default="")
    quantity = models.PositiveIntegerField(default=1)
    tracking_no = models.TextField(blank=True, default="")
    expected_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    condition = models.CharField(max_length=20, blank=True)  # as_new | opened | damaged | incomplete
    decision = models.CharField(max_length=20, blank=True)  # resold | written_off | repaired | sent_back
    worth = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    inspected_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    inspected_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "case"], name="returned_item_by_case"),
            models.Index(fields=["organization", "store", "expected_at"], name="returned_item_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} × {self.quantity}"
