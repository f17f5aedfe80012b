"""Quick replies and scripts (R39)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Buyer, Platform, Store
from tenants.fields import LooseKey, OrganizationKey
from tenants.history import kept_history


@kept_history
class ScriptFolder(models.Model):
    """A folder of scripts for a store, a platform or a situation; blank: for all."""

    organization = OrganizationKey()
    name = models.CharField(_("folder"), max_length=100)
    store = models.ForeignKey(Store, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    platform = models.CharField(_("platform"), max_length=20, choices=Platform, blank=True)
    situation = models.CharField(_("situation"), max_length=50, blank=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


@kept_history
class Script(models.Model):
    """A text to answer with; {buyer}, {order}, … are filled when it is used.

    initials: what it is found by, the first letters of its pinyin before all else (conversations/scripts.py).
    """

    organization = OrganizationKey()
    folder = models.ForeignKey(ScriptFolder, models.CASCADE, related_name="scripts", db_index=False)
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=2000)
    initials = models.TextField(blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("title", "pk")
        indexes = [models.Index(fields=["organization", "folder"], name="script_by_folder")]

    def __str__(self) -> str:
        return self.title


class ScriptUse(models.Model):
    """Somebody copied a script, for a buyer if known; append-only. Counts and conversion are made of it."""

    id = models.BigAutoField(primary_key=True)
    organization = OrganizationKey()
    script_id = models.IntegerField()
    store = LooseKey(Store, null=True)
    buyer = LooseKey(Buyer, null=True)
    agent_id = models.IntegerField(null=True)
    used_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "script_id", "used_at"], name="script_use_by_script")]

    def __str__(self) -> str:
        return f"script {self.script_id}"
