"""Dated rules. An event is judged by the version that was valid on its business day, never by today's."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Store
from tenants.fields import LooseKey, OrganizationKey
from tenants.history import kept_history


class Judgement(models.TextChoices):
    ORDER = "order", _("By creation")
    ORDER_FIRST = "order_first", _("Creation first")
    PAYMENT = "payment", _("By payment")


class Ownership(models.TextChoices):
    TIME = "time", _("Last chat")
    ROUNDS = "rounds", _("Most rounds")


class FlagRule(models.TextChoices):
    ASSIGNS = "assigns", _("Flag assigns")
    EXCLUDES = "excludes", _("Flag excludes")
    IGNORED = "ignored", _("Flag ignored")


class AgentOpened(models.TextChoices):
    NO_INQUIRY = "no_inquiry", _("No inquiry")
    INQUIRY = "inquiry", _("Inquiry")


@kept_history
class AttributionRule(models.Model):
    """Who owns an order and what an inquiry is, for one store from a day on (docs/kpis.md §4–§6)."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    number = models.IntegerField()
    since = models.DateField(_("valid from"))
    judgement = models.CharField(
        _("judgement rule"), max_length=12, choices=Judgement, default=Judgement.ORDER_FIRST
    )
    ownership = models.CharField(_("ownership"), max_length=10, choices=Ownership, default=Ownership.TIME)
    window_days = models.PositiveSmallIntegerField(
        _("window (days)"), default=2, validators=[MinValueValidator(2), MaxValueValidator(15)]
    )
    flag_rule = models.CharField(_("flag rule"), max_length=10, choices=FlagRule, default=FlagRule.ASSIGNS)
    # Empty: every flag but 0.
    excluded_flags = ArrayField(
        models.SmallIntegerField(), verbose_name=_("excluded flags"), default=list, blank=True
    )
    chaser = models.BooleanField(_("chaser"), default=True)
    after_sale_horizon_days = models.PositiveSmallIntegerField(
        _("after-sale horizon (days)"), default=15, validators=[MaxValueValidator(180)]
    )
    agent_opened = models.CharField(
        _("agent-opened chats"), max_length=10, choices=AgentOpened, default=AgentOpened.NO_INQUIRY
    )
    inquiry_days = models.PositiveSmallIntegerField(
        _("inquiry days"), default=2, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    cancel_days = models.PositiveSmallIntegerField(
        _("cancelled sales taken back within (days)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(90)],
    )
    deduct_postage = models.BooleanField(_("deduct postage"), default=False)
    deduct_refunds = models.BooleanField(_("deduct refunds"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("since", "number")
        constraints = [models.UniqueConstraint("organization", "store", "number", name="one_rule_per_number")]

    def __str__(self) -> str:
        return f"v{self.number}"


# Django looks for models here; these live in files of their own.
from policies import fault_models, inspection_models, penalty_models, risk_models, rule_models  # noqa: E402, F401
