"""What people are told: in the application, by e-mail, and through a group's robot or a signed webhook."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.encryption import EncryptedText, Personal
from tenants.fields import OrganizationKey
from tenants.models import User


class Notice(models.Model):
    """One thing one member is told. key: the same matter is told once. text: an English msgid with %(name)s
    places filled from params when shown, in the reader's language. link: a path inside the application."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=150)
    kind = models.CharField(max_length=40)
    text = models.TextField()
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = [models.UniqueConstraint("organization", "user", "key", name="one_notice_per_key")]
        indexes = [models.Index(fields=["organization", "user", "-made_at"], name="notice_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class ChannelKind(models.TextChoices):
    WEBHOOK = "webhook", _("Signed webhook")
    DINGTALK = "dingtalk", _("DingTalk robot")
    WECOM = "wecom", _("WeCom robot")
    FEISHU = "feishu", _("Feishu robot")


class Channel(Personal):
    """A group's robot or a webhook that is told too. kinds: which notices; none named: all of them."""

    organization = OrganizationKey()
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind)
    url = EncryptedText()
    secret = EncryptedText(null=True)
    kinds = models.JSONField(default=list, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint("organization", "name", name="one_channel_per_name")]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One notice to one channel, tried until it is taken or given up. key: the same matter goes out once."""

    organization = OrganizationKey()
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=150)
    text = models.TextField()
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = [models.UniqueConstraint("organization", "channel", "key", name="one_delivery_per_key")]

    def __str__(self) -> str:
        return f"{self.key} → {self.channel_id}"
