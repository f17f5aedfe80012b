"""Prices, costs and stock, and what is known of buyers: bargaining, courier rules, month-end counts, classes (R09, R35–R37)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stores.models import Buyer, Store
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class Cost(models.Model):
    """A cost as a file tells it (the format `costs`), of an order or of a product's day; store's currency."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    order_id = CodePointField(default="")
    day = models.DateField(null=True)
    product_code = CodePointField(default="")
    kind = models.CharField(max_length=15)  # courier | compensation | other
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    as_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "order_id", "day", "product_code", "kind", name="one_cost_each",
                nulls_distinct=False,
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["organization", "store", "day"], name="cost_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


@kept_history
class CourierRate(models.Model):
    """From `since` on a parcel costs so much, where no file says it. courier "": any courier. Store's currency."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    courier = models.CharField(_("courier"), max_length=100, blank=True, default="")
    since = models.DateField(_("from"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "courier", "since", name="one_courier_rate_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.courier} {self.since} {self.amount}"


@kept_history
class BargainLimit(models.Model):
    """From `since` on, how much an agent of a grade may take off by themselves. store None: every store; grade "":
    every grade. percent: of the asked price; amount: store's currency; the smaller of those given holds."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+", db_index=False)
    grade = models.CharField(_("grade"), max_length=50, blank=True, default="")
    since = models.DateField(_("from"))
    percent = models.DecimalField(_("at most (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(
        _("at most (amount)"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                "store",
                "grade",
                "since",
                name="one_bargain_limit_per_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.since}"


class ConcessionKind(models.TextChoices):
    DISCOUNT = "discount", pgettext_lazy("concession", "Price")
    FREIGHT = "freight", _("Freight")
    ADDRESS = "address", _("Address")
    GIFT = "gift", _("Gift")


class ConcessionState(models.TextChoices):
    WITHIN = "within", _("Within the limit")
    ASKED = "asked", _("Waits for an answer")
    ALLOWED = "allowed", _("Allowed")
    REFUSED = "refused", pgettext_lazy("compensation", "Refused")


class Concession(Personal):
    """A price, freight or address changed for a buyer, with who allowed it (R35). price: what was asked for it before;
    taken_off: how much less; limit: what the agent might give alone. Store's currency."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    kind = models.CharField(max_length=10, choices=ConcessionKind)
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    product_code = CodePointField(default="")
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    taken_off = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    text = EncryptedText(null=True)
    agent_id = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=ConcessionState)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    answer = EncryptedText(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "asked_at"], name="concession_by_time"),
            models.Index(fields=["organization", "store", "order_id"], name="concession_by_order"),
            models.Index(fields=["organization", "store", "buyer"], name="concession_by_buyer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.taken_off}"


@kept_history
class StockCount(models.Model):
    """One product in the count sheet of a month (its first day). expected: the stock when the sheet was made."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    product_code = CodePointField()
    expected = models.IntegerField(null=True)
    counted = models.IntegerField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    counted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "month", "product_code", name="one_count_per_product"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.month}"


class BuyerClass(models.TextChoices):
    NEW = "new", pgettext_lazy("class of buyers", "New")
    RETURNING = "returning", pgettext_lazy("class of buyers", "Returning")
    VIP = "vip", _("VIP")


@kept_history
class BuyerClassRule(models.Model):
    """From `since` on, what makes a buyer returning or VIP: so many paid orders or so much paid within so many days.

    store None: every store that has no rule of its own. treatment: how the class is served. None: asks nothing.
    """

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+", db_index=False)
    name = models.CharField(_("class"), max_length=10, choices=BuyerClass)
    since = models.DateField(_("from"))
    orders = models.PositiveIntegerField(_("paid orders"), null=True, blank=True)
    amount = models.DecimalField(_("paid in all"), max_digits=14, decimal_places=2, null=True, blank=True)
    within_days = models.PositiveIntegerField(_("within so many days"), default=365)
    treatment = models.TextField(_("treatment"), blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "name", "since", name="one_class_rule_per_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since}"


class BuyerCard(Personal):
    """What people wrote of a buyer: one per store and buyer. class_by_hand: over the rule's class."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    class_by_hand = models.CharField(max_length=10, choices=BuyerClass, blank=True)
    preferences = EncryptedText(null=True)
    treatment = EncryptedText(null=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", "buyer", name="one_card_per_buyer")]

    def __str__(self) -> str:
        return f"card of buyer {self.buyer_id}"


@kept_history
class BuyerLink(models.Model):
    """Two buyers of the organization (buyer before other by id): the same person, or, refused, not."""

    organization = OrganizationKey()
    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Buyer, models.CASCADE, related_name="+", db_index=False)
    same = models.BooleanField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "buyer", "other", name="one_link_per_pair"),
        ]
        indexes = [models.Index(fields=["organization", "other"], name="link_by_other")]

    def __str__(self) -> str:
        return f"{self.buyer_id} = {self.other_id}"
