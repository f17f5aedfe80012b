"""The stores of an organization, the buyers who write to them, products, exchange rates, and the change log."""

import zoneinfo
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.platforms.records import StoreSettings
from tenants.fields import CodePointField, CurrentTransaction, LooseKey, OrganizationKey
from tenants.history import kept_history


class Platform(models.TextChoices):
    TAOBAO = "taobao", _("Taobao")
    TMALL = "tmall", _("Tmall")
    JD = "jd", _("JD")
    SHOPEE = "shopee", _("Shopee")
    OTHER = "other", _("Other")


def a_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is no IANA time zone such as Asia/Shanghai."), params={"name": name}
        )


class StoreQuerySet(models.QuerySet):
    def open_to(self, membership) -> "StoreQuerySet":
        """The stores this member may see. A member without named stores sees all."""
        return self.filter(pk__in=membership.store_ids) if membership.store_ids else self


@kept_history
class Store(models.Model):
    """One shop on one platform. Its time zone, day cut, session gap and auto texts are not dated: changing one
    rebuilds the store's figures (docs/kpis.md §1)."""

    organization = OrganizationKey()
    code = models.SlugField(_("code"), max_length=50)
    name = models.CharField(_("store name"), max_length=200)
    platform = models.CharField(_("platform"), max_length=20, choices=Platform)
    kind = models.CharField(_("kind"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Give an ISO 4217 code such as CNY."))],
    )
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[a_time_zone])
    day_cut_minutes = models.PositiveSmallIntegerField(
        _("day cut"),
        default=0,
        validators=[MaxValueValidator(360, _("The day cut is between 00:00 and 06:00."))],
    )
    session_gap_minutes = models.PositiveSmallIntegerField(_("session gap (minutes)"), default=30)
    # Rounds that count for the answer rate start in [from, to) of the wall clock and are answered within so many
    # seconds (docs/kpis.md §3); Taobao counts 08–24 with 180 s, JD 09–23 with 30 s.
    rate_from_minutes = models.PositiveSmallIntegerField(
        _("answer rate counts from"), default=0, validators=[MaxValueValidator(1440)]
    )
    rate_to_minutes = models.PositiveSmallIntegerField(
        _("answer rate counts to"), default=1440, validators=[MaxValueValidator(1440)]
    )
    rate_seconds = models.PositiveSmallIntegerField(_("answer rate (seconds)"), default=180)
    # Automatic replies the platform's files do not mark: [{"kind": "exact"|"prefix"|"sender", "text": …}]
    auto_texts = models.JSONField(_("automatic replies"), default=list, blank=True)
    # A regular expression whose first group is the name of the seat that flagged the order.
    memo_signature = models.CharField(_("memo signature"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StoreQuerySet.as_manager()

    class Meta:
        ordering = ("platform", "code")
        constraints = [models.UniqueConstraint("organization", "code", name="one_store_per_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def day_cut(self) -> timedelta:
        return timedelta(minutes=self.day_cut_minutes)

    def business_day(self, instant):
        """The business day of an aware datetime (docs/kpis.md §1)."""
        wall = instant.astimezone(zoneinfo.ZoneInfo(self.time_zone)).replace(tzinfo=None)
        return (wall - self.day_cut).date()

    def parser_settings(self) -> StoreSettings:
        return StoreSettings(self.platform, self.time_zone, self.currency)


class Buyer(models.Model):
    """A buyer as one store knows them. `masked`: the source hides the name (咚咚) and it is not resolved yet."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    name = CodePointField()
    masked = models.BooleanField(default=False)
    registered_at = models.DateTimeField(null=True)
    credit = models.IntegerField(null=True)
    good_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", "name", name="one_buyer_per_name")]

    def __str__(self) -> str:
        return self.name


class ErasedBuyer(models.Model):
    """A buyer who asked to be forgotten: what was known goes by a pseudonym, which files cannot undo.

    name_hash: of the name, by which files that still print it are recognised (tenants.encryption.search_hash).
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    name_hash = models.BinaryField()
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "name_hash", name="one_erased_buyer_per_name")
        ]

    def __str__(self) -> str:
        return f"erased buyer {self.buyer_id}"


class Product(models.Model):
    organization = OrganizationKey()
    store = LooseKey(Store)
    code = CodePointField()
    title = models.TextField(blank=True, default="")
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    stock = models.IntegerField(null=True)
    counterfeit_risk = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "store", "code", name="one_product_per_code")]

    def __str__(self) -> str:
        return self.title or self.code


class ExchangeRate(models.Model):
    """From `day` on, one unit of `currency` is `rate` units of the organization's currency."""

    organization = OrganizationKey()
    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "currency", "day", name="one_rate_per_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.rate}"


class Change(models.Model):
    """One line of the change log: facts of a buyer, a seat or a whole store between two instants changed.

    Written in the transaction that changes the facts. A reader takes the lines of finished transactions only:
    `transaction_no` at or above its cursor and below the oldest transaction still running.
    buyer None and seat None: the whole store. buyer 0: the store's orders without a buyer. A seat alone: somebody
    wrote from it, or (holder_changed) it has another holder.
    """

    id = models.BigAutoField(primary_key=True)
    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer_id = models.IntegerField(null=True)
    seat_id = models.IntegerField(null=True)
    holder_changed = models.BooleanField(db_default=False)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    transaction_no = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        indexes = [models.Index("organization", "store", "transaction_no", name="change_by_transaction")]

    def __str__(self) -> str:
        return f"store {self.store_id} buyer {self.buyer_id} seat {self.seat_id}"


class ChangeCursor(models.Model):
    """How far one reader has read one store's change log."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    reader = models.CharField(max_length=20)
    transaction_no = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "reader", name="one_cursor_per_reader")
        ]

    def __str__(self) -> str:
        return f"{self.reader} @ {self.transaction_no}"
