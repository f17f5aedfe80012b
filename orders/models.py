"""Orders, their lines, refunds and reviews, as the platforms tell them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Buyer, Store
from team.models import Seat
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey


class Status(models.TextChoices):
    UNPAID = "unpaid", _("Unpaid")
    PAID = "paid", _("Paid")
    SHIPPED = "shipped", _("Shipped")
    COMPLETED = "completed", _("Completed")
    CLOSED = "closed", _("Closed")


class Order(Personal):
    """One order of one store. `paid_amount` is gross; amounts are in the store's currency.

    as_of: how late its source knew it; decides which of two files wins (docs/imports.md).
    items_given: the file itself counts the items, else they are the sum of the lines.
    *_hash: by which an exact name or phone is found (orders/search.py). personal_erased_at: the personal columns
    were erased then; no file fills them again.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    order_id = CodePointField()
    buyer = LooseKey(Buyer, null=True)
    status = models.CharField(max_length=10, choices=Status)
    created_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(null=True)
    total_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    paid_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    postage = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    items = models.IntegerField(null=True)
    items_given = models.BooleanField(default=False)
    flag = models.SmallIntegerField(null=True)
    flag_seat = LooseKey(Seat, null=True)
    seller_memo = EncryptedText(null=True)
    buyer_message = EncryptedText(null=True)
    receiver_name = EncryptedText(null=True)
    receiver_phone = EncryptedText(null=True)
    receiver_address = EncryptedText(null=True)
    name_hash = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    personal_erased_at = models.DateTimeField(null=True)
    cod = models.BooleanField(null=True)
    courier = models.TextField(null=True)
    tracking_no = models.TextField(null=True)
    promised_ship_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)
    raw = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", "order_id", name="one_order_per_id")]
        indexes = [
            models.Index(fields=["organization", "store", "buyer", "created_at"], name="order_by_buyer"),
            models.Index(fields=["organization", "store", "paid_at"], name="order_by_payment"),
            models.Index(
                fields=["organization", "phone_hash"],
                name="order_by_phone",
                condition=models.Q(phone_hash__isnull=False),
            ),
            models.Index(
                fields=["organization", "name_hash"],
                name="order_by_name",
                condition=models.Q(name_hash__isnull=False),
            ),
            models.Index(
                fields=["organization", "tracking_no"],
                name="order_by_tracking",
                condition=models.Q(tracking_no__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.order_id


class OrderLine(models.Model):
    organization = OrganizationKey()
    store = LooseKey(Store)
    order_id = CodePointField()
    line_no = models.IntegerField()
    product_code = models.TextField(null=True)
    title = models.TextField(null=True)
    sku = models.TextField(null=True)
    quantity = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "order_id", "line_no", name="one_line_per_no")
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no}"


class Refund(models.Model):
    """One refund, exchange or repair. `from_report`: read off an order report; a real one replaces it."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    refund_id = CodePointField()
    order_id = CodePointField()
    kind = models.CharField(max_length=15)
    status = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    items = models.IntegerField(null=True)
    reason = models.TextField(null=True)
    created_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    from_report = models.BooleanField(default=False)
    as_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "refund_id", name="one_refund_per_id")
        ]
        indexes = [
            models.Index(fields=["organization", "store", "order_id"], name="refund_by_order"),
            models.Index(fields=["organization", "store", "created_at"], name="refund_by_time"),
        ]

    def __str__(self) -> str:
        return self.refund_id


class Review(models.Model):
    """One review as the platform tells it. grade: its class, derived from stars and words under the list that
    `graded_with` names (orders/review_grades.py), "hand" for a person's."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    review_id = CodePointField()
    order_id = CodePointField(null=True)
    buyer = LooseKey(Buyer, null=True)
    rating = models.SmallIntegerField(null=True)
    text = models.TextField(null=True)
    created_at = models.DateTimeField(null=True)
    reply = models.TextField(null=True)
    replied_at = models.DateTimeField(null=True)
    grade = models.CharField(max_length=10, default="", db_default="")
    graded_with = models.CharField(max_length=16, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "review_id", name="one_review_per_id")
        ]
        indexes = [
            models.Index(fields=["organization", "store", "grade", "created_at"], name="review_by_grade"),
            models.Index(fields=["organization", "graded_with"], name="review_by_word_list"),
            models.Index(fields=["organization", "store", "created_at"], name="review_by_time"),
            models.Index(fields=["organization", "store", "order_id"], name="review_by_order"),
        ]

    def __str__(self) -> str:
        return self.review_id


class TrackingEvent(models.Model):
    """One thing a courier reported about a parcel (the format `tracking`)."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order_id = CodePointField()
    tracking_no = CodePointField(default="")
    courier = models.TextField(blank=True, default="")
    event = CodePointField()
    happened_at = models.DateTimeField()
    place = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                "store",
                "order_id",
                "tracking_no",
                "happened_at",
                "event",
                name="one_tracking_event",
            )
        ]
        indexes = [models.Index(fields=["organization", "store", "happened_at"], name="tracking_by_time")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.event}"


# Django looks for models here; these live in files of their own.
from orders import complaint_models, remark_models, service_models, trade_models  # noqa: E402, F401
