"""The rule library (R11–R18): rules with dated, append-only versions. What is judged by them: docs/policies.md."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.fields import OrganizationKey
from tenants.models import User


class Reads(models.TextChoices):
    """What finds that a rule was broken."""

    CHAT = "chat", _("Chats and remarks")
    FACTS = "facts", _("Orders, times and attendance")
    HAND = "hand", _("Written down by hand")


class PolicyRule(models.Model):
    """One rule. code: never changes. detector: of policies.detection.registry, "phrases" for one of the organization's
    own words, or the source of facts (desk/fine_sources.py). title: of a library rule a msgid, else as written."""

    organization = OrganizationKey()
    code = models.SlugField(max_length=50)
    title = models.CharField(_("title"), max_length=200)
    reads = models.CharField(max_length=10, choices=Reads)
    detector = models.CharField(max_length=50, blank=True, default="")
    from_library = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "code", name="one_policy_rule_per_code")]

    def __str__(self) -> str:
        return self.code


class PolicyVersion(models.Model):
    """A rule as it is from a day on; append-only. An event of business day d is judged by the version with the highest
    number whose [since, until] holds d (policies/rule_versions.py).

    platforms, kinds, countries: where it is valid; empty: everywhere. A store outside is not judged by it.
    spec: {} or what policies.detection.phrases takes. level: the least Certainty that is shown. grave: two people confirm.
    points: the platform's, taken from the store. money: the agent's fine, in the organization's currency. Both None
    where nobody has filled them in. takes_credit: the fine takes the order's credit away too.
    verified_on None: unverified; such a rule proposes neither points nor money. edition: of the library's entry it was
    made from, None for one a person made.
    """

    organization = OrganizationKey()
    rule = models.ForeignKey(PolicyRule, models.DO_NOTHING, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    since = models.DateField(_("valid from"))
    until = models.DateField(_("valid to"), null=True, blank=True)
    enabled = models.BooleanField(_("in use"), default=True)
    platforms = ArrayField(
        models.CharField(max_length=20), verbose_name=_("platforms"), default=list, blank=True
    )
    kinds = ArrayField(
        models.CharField(max_length=50), verbose_name=_("kinds of store"), default=list, blank=True
    )
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True
    )
    spec = models.JSONField(default=dict, blank=True)
    level = models.PositiveSmallIntegerField(_("shown from"), default=2)
    grave = models.BooleanField(_("grave: two people confirm"), default=False)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1, null=True, blank=True)
    money = models.DecimalField(_("fine"), max_digits=12, decimal_places=2, null=True, blank=True)
    takes_credit = models.BooleanField(_("takes the order’s credit away"), default=False)
    consequence = models.TextField(_("consequence"), max_length=1000, blank=True, default="")
    wording = models.TextField(_("safe wording"), max_length=2000, blank=True, default="")
    source = models.TextField(_("source"), max_length=500, blank=True, default="")
    verified_on = models.DateField(null=True)
    verified_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    edition = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(_("why it is changed"), max_length=500, blank=True, default="")
    made_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "rule", "number", name="one_policy_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"
