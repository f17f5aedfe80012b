"""The daily tables by e-mail: who wants them, and which went out (docs/daily-tables.md)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.fields import OrganizationKey
from tenants.history import kept_history
from tenants.models import User


@kept_history
class DailyMail(models.Model):
    """Which daily tables a member gets by e-mail, of which stores ([]: all they may see), at what time of the day
    (minutes after midnight by each store's clock; yesterday's tables). since: the first day whose tables are sent."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    tables = ArrayField(models.CharField(max_length=20), default=list)
    store_ids = ArrayField(models.IntegerField(), default=list)
    at_minutes = models.PositiveSmallIntegerField(default=540)
    active = models.BooleanField(default=True)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", name="one_daily_mail_per_user")]

    def __str__(self) -> str:
        return f"daily mail of {self.user_id}"


class DailyMailSent(models.Model):
    """A day's tables that went out to somebody: claimed before sending, so that none goes twice."""

    organization = OrganizationKey()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", "day", name="one_daily_mail_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
