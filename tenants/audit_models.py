"""What was done, by whom: the audit trail of each organization, and the installation's own upkeep."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from tenants.fields import OrganizationKey


class AuditEntry(models.Model):
    """One act of one person (or connector, or command) in one organization. Written by `tenants.audit.record`.

    The database refuses to change or delete an entry, for the application's role and the tables' owner alike.
    who: as the person was called then; user_id None: no person. details: what the verb says more, such as
    {"old": …, "new": …} or {"rows": 12}.
    """

    id = models.BigAutoField(primary_key=True)
    organization = OrganizationKey()
    at = models.DateTimeField(default=timezone.now)
    user_id = models.IntegerField(null=True)
    who = models.TextField()
    address = models.TextField(blank=True, default="")
    browser = models.TextField(blank=True, default="")
    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [
            models.Index("organization", models.F("at").desc(), name="audit_by_time"),
            models.Index("organization", "verb", models.F("at").desc(), name="audit_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.verb} {self.subject}"


class Upkeep(models.Model):
    """Something done to the installation as a whole: a backup, a trial restore, a key taken into use.

    Belongs to no organization and holds nothing of one: a file's name, sums over all tables, a key's fingerprint.
    """

    BACKUP, RESTORE_TEST, KEY = "backup", "restore_test", "key"

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20)
    passed = models.BooleanField(default=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index("kind", models.F("at").desc(), name="upkeep_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
