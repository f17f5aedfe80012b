"""Import jobs: what came in, how far it is read, and which rows were refused."""

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Store
from tenants.encryption import EncryptedText, Personal, encrypt
from tenants.fields import LooseKey, OrganizationKey
from tenants.models import Membership, User

COUNTED = ("new", "changed", "unchanged", "rejected")


class State(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting for confirmation")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class ImportJobQuerySet(models.QuerySet):
    def open_to(self, membership: Membership) -> "ImportJobQuerySet":
        """The jobs of stores this member may see. A member without named stores sees all."""
        return self.filter(store__in=membership.store_ids) if membership.store_ids else self

    def unfinished(self) -> "ImportJobQuerySet":
        """Jobs that wait for a worker or have one."""
        return self.filter(state__in=(State.QUEUED, State.RUNNING))


class ImportJob(models.Model):
    """One file on its way in.

    options: what its user said: {"kind": …} or, of a pasted chat, {"pasted": true, "seat": …, "buyer": …}.
    done_records: records and refused rows already committed; a job that died goes on behind them.
    counts: {kind: {"new", "changed", "unchanged", "rejected"}}. heartbeat_at: its worker's last sign of life.
    claim: the mark of the worker that has it, new with every claim, so that one that was taken for dead
    cannot commit any more. attempts: claims since the last chunk that came in, that one's included.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    name = models.TextField()
    kept_as = models.TextField(blank=True, default="")
    size = models.BigIntegerField(default=0)
    format = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=20, blank=True, default="")
    options = models.JSONField(default=dict)
    as_of = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    preview = models.JSONField(default=dict)
    done_records = models.BigIntegerField(default=0)
    done_bytes_share = models.FloatField(default=0)
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True, default="")
    message_params = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.CharField(max_length=32, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["organization", "state"], name="job_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def totals(self) -> dict[str, int]:
        """{"new", "changed", "unchanged", "rejected"} over all kinds."""
        return {name: sum(kind.get(name, 0) for kind in self.counts.values()) for name in COUNTED}

    @property
    def percent(self) -> int:
        """How much of the file is read, 0..100."""
        return round(100 * self.done_bytes_share)

    @property
    def is_unfinished(self) -> bool:
        return self.state in (State.QUEUED, State.RUNNING)


class RefusedRow(Personal):
    """One row that was not taken: where, and why in the reader's language (msgid and its values).

    values_told: the values as JSON, encrypted: what stood in the wrong cell may be somebody's name or address.
    """

    organization = OrganizationKey()
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="refused_rows")
    row = models.BigIntegerField()
    column = models.TextField(blank=True, default="")
    message = models.TextField()
    values_told = EncryptedText(null=True)

    class Meta:
        ordering = ("row", "id")
        indexes = [models.Index(fields=["organization", "job", "row"], name="refused_by_job")]

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"

    @property
    def params(self) -> dict[str, Any]:
        """The values that go into the message's places."""
        return json.loads(self.decrypted("values_told") or "{}")

    @params.setter
    def params(self, values: dict[str, Any]) -> None:
        text = json.dumps(values, ensure_ascii=False)
        self.values_told = encrypt(self.organization_id, "values_told", text) if values else None
