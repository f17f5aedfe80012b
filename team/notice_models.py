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
    # When it is tried (again) to mail it; None: nobody asked for a mail, it was sent, or given up.
    mail_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = [models.UniqueConstraint("organization", "user", "key", name="one_notice_per_key")]
        indexes = [
            models.Index(fields=["organization", "user", "-made_at"], name="notice_by_user"),
            # The bell counts these every half minute for everybody who has a page open.
            models.Index(
                fields=["organization", "user"],
                name="notice_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["organization", "mail_at"],
                name="notice_to_mail",
                condition=models.Q(mail_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class NoticeChoice(models.Model):
    """What one member wants of the notices besides seeing them in the application. No row: nothing."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    by_mail = models.BooleanField(_("by e-mail too"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", name="one_notice_choice_each")]

    def __str__(self) -> str:
        return f"notice choice of {self.user_id}"


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
    """One notice to one channel, tried until it is taken or given up. key: the same matter goes out once.

    next_try_at: None once it is delivered or given up; while a worker sends it, when another may take it over.
    last_error: what the last try met, as team/channels.py `error_in_words` reads it.
    """

    organization = OrganizationKey()
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=150)
    kind = models.CharField(max_length=40)
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
        indexes = [
            models.Index(
                fields=["organization", "next_try_at"],
                name="delivery_to_try",
                condition=models.Q(next_try_at__isnull=False),
            ),
            models.Index(fields=["organization", "channel", "-made_at"], name="delivery_by_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.channel_id}"
