"""What was agreed with a buyer about an order: the remark ledger, production, pictures and papers (R27)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from stores.models import Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


@kept_history
class RemarkFormat(models.Model):
    """How one store writes its remarks; a store without a row has the defaults of orders/remark_formats.py.

    fields: [{"key", "label", "kind", "unit", "required", "choices", "personal"}] in the order of the
    form (orders/remark_formats.py). flags: {"1": what it means}. late_minutes: a first remark later than so long after the
    payment is late; since: of orders paid from then on.
    """

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    fields = models.JSONField(default=list)
    flags = models.JSONField(default=dict)
    late_minutes = models.PositiveSmallIntegerField(
        _("remark within so many minutes of the payment"), default=20
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", name="one_format_per_store")]

    def __str__(self) -> str:
        return f"remarks of store {self.store_id}"


class RemarkKey(Personal):
    """The key under which one order's remarks are sealed. Without it they are unreadable: that is how append-only
    remarks are erased (docs/decisions/remarks.md)."""

    organization = OrganizationKey()
    order = LooseKey(Order)
    key = EncryptedText()  # base64

    class Meta:
        constraints = [models.UniqueConstraint("organization", "order", name="one_remark_key_per_order")]

    def __str__(self) -> str:
        return f"key of order {self.order_id}"


class RemarkOrigin(models.TextChoices):
    WRITTEN = "written", _("Written")
    RESTORED = "restored", _("Restored")
    ADOPTED = "adopted", _("Taken over from the platform")


class Remark(models.Model):
    """One version of an order's remark; append-only, the highest number holds.

    sealed: {"fields": {key: value}, "text": as written on the platform} under the order's RemarkKey.
    flag None: the remark says nothing of it; agent_id (team.Agent): who flagged the order (docs/kpis.md §4 b).
    warnings: codes of the checks its writer went on in spite of.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    flag = models.SmallIntegerField(null=True)
    agent_id = models.IntegerField(null=True)
    warnings = ArrayField(models.CharField(max_length=30), default=list)
    origin = models.CharField(max_length=10, choices=RemarkOrigin, default=RemarkOrigin.WRITTEN)
    restored_number = models.PositiveIntegerField(null=True)
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "order", "number", name="one_remark_per_number")
        ]
        indexes = [models.Index(fields=["organization", "store", "made_at"], name="remark_by_time")]

    def __str__(self) -> str:
        return f"order {self.order_id} v{self.number}"


class RemarkCopy(models.Model):
    """Somebody put this version on the platform; append-only. What the platform then tells comes by import."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "order"], name="remark_copy_by_order")]

    def __str__(self) -> str:
        return f"order {self.order_id} v{self.number}"


class Stage(models.TextChoices):
    CONFIRMED = "confirmed", _("Buyer confirmed drawing, size and address")
    HANDED_OFF = "handed_off", _("Handed to production")
    MADE = "made", _("Made")
    TAKEN_BACK = "taken_back", _("Taken back from production")


class ProductionStep(models.Model):
    """A stage an order's making reached; append-only. number: the remark's version it was made by."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order = LooseKey(Order)
    stage = models.CharField(max_length=12, choices=Stage)
    number = models.PositiveIntegerField(null=True)
    reached_at = models.DateTimeField()
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "order"], name="production_by_order")]

    def __str__(self) -> str:
        return f"order {self.order_id} {self.stage}"


class OrderToken(models.Model):
    """Part of an order's remark texts (ours and the platform's) as a keyed number, by which they are found
    (orders/tokens.py). Derived: deleted and made anew with the texts. Numbers alone: there are tens for each order."""

    pk = models.CompositePrimaryKey("organization_id", "token", "store_id", "order_id")
    organization_id = models.IntegerField()
    store_id = models.IntegerField()
    order_id = models.IntegerField()
    token = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "store_id", "order_id"], name="token_by_order")]

    def __str__(self) -> str:
        return f"order {self.order_id}"


class About(models.TextChoices):
    """What a dossier is kept on; about_id is its primary key (of an order: Order.pk)."""

    ORDER = "order", _("Order")
    PROMISE = "promise", _("Promise")
    CASE = "case", _("After-sales case")
    COMPLAINT = "complaint", _("Complaint")
    REVIEW = "review", _("Review")
    CONCESSION = "concession", _("Concession")
    FEEDBACK = "feedback", _("Feedback")
    BUYER = "buyer", _("Buyer")
    VIOLATION = "violation", _("Violation")
    FINE = "fine", _("Fine")


class DossierEvent(models.Model):
    """What happened to a promise, case, complaint, review, …, line by line; append-only, never personal data.

    user None: the system. what: a code; details: numbers, codes and times for the line's words.
    """

    id = models.BigAutoField(primary_key=True)
    organization = OrganizationKey()
    store = LooseKey(Store)
    about = models.CharField(max_length=10, choices=About)
    about_id = models.IntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    what = models.CharField(max_length=30)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "about", "about_id"], name="dossier_event_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.about_id} {self.what}"


class DossierNote(Personal):
    """What somebody wrote into a dossier. event_id: the DossierEvent it belongs to, None for a note by itself."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    about = models.CharField(max_length=10, choices=About)
    about_id = models.IntegerField()
    event_id = models.BigIntegerField(null=True)
    text = EncryptedText(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "about", "about_id"], name="dossier_note_by_subject")]

    def __str__(self) -> str:
        return f"{self.about} {self.about_id}"


class Attachment(Personal):
    """A picture or paper in a dossier (orders/attachments.py); the file itself is kept encrypted on disk.

    purpose: `confirmation` (the buyer's word on drawing, size, address), `evidence`, `picture`, `paper`.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    about = models.CharField(max_length=10, choices=About)
    about_id = models.IntegerField()
    purpose = models.CharField(max_length=15)
    name = EncryptedText()
    kept_as = models.CharField(max_length=40)
    content_type = models.CharField(max_length=100)
    size = models.IntegerField()  # bytes
    digest = CodePointField()  # SHA-256, hexadecimal
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "about", "about_id"], name="attachment_by_subject")]

    def __str__(self) -> str:
        return f"{self.about} {self.about_id} {self.purpose}"
