"""The people who answer buyers: agents, their dated positions and groups, and the seats they hold."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from stores.models import Store
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history


class DayRange(Func):
    """[since, until] with both days included; until None is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


def no_overlap(key: str, name: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (F("organization"), RangeOperators.EQUAL),
            (F(key), RangeOperators.EQUAL),
            (DayRange("since", "until", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
        ],
    )


class Agent(models.Model):
    """A customer-service agent: one person, whatever seats they write from."""

    organization = OrganizationKey()
    name = models.CharField(_("name"), max_length=100)
    employee_id = models.CharField(_("employee id"), max_length=50, blank=True, default="")
    # The same name came from two sources without an employee id: taken as one person until somebody confirms.
    merged_unconfirmed = models.BooleanField(default=False)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint("organization", "name", "employee_id", name="one_agent_each")]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    organization = OrganizationKey()
    name = models.CharField(_("group"), max_length=100)
    leader = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint("organization", "name", name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name


class PositionKind(models.TextChoices):
    PRE_SALES = "pre_sales", _("Pre-sales")
    AFTER_SALES = "after_sales", _("After-sales")
    BOTH = "both", _("Pre- and after-sales")


class Grade(models.TextChoices):
    JUNIOR = "junior", _("Junior")
    MIDDLE = "middle", _("Middle")
    SENIOR = "senior", _("Senior")
    ACCOUNT_MANAGER = "account_manager", _("Account manager")


@kept_history
class Position(models.Model):
    """What an agent does, in which group and grade, between two business days (both included)."""

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="positions")
    kind = models.CharField(_("position"), max_length=20, choices=PositionKind, default=PositionKind.BOTH)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="positions")
    grade = models.CharField(_("grade"), max_length=20, choices=Grade, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("since",)
        constraints = [no_overlap("agent", "positions_do_not_overlap")]

    def __str__(self) -> str:
        return f"{self.agent} {self.kind} {self.since}"


class Seat(models.Model):
    """An account buyers write to on a platform (子账号), as its files name it."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    name = CodePointField()
    created_at = models.DateTimeField(auto_now_add=True, null=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint("organization", "store", "name", name="one_seat_per_name")]

    def __str__(self) -> str:
        return self.name


@kept_history
class SeatAssignment(models.Model):
    """Who held a seat between two business days, both included. Overlaps are refused by the database."""

    organization = OrganizationKey()
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="assignments")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="assignments")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("since",)
        constraints = [no_overlap("seat", "assignments_do_not_overlap")]

    def __str__(self) -> str:
        return f"{self.seat} → {self.agent} {self.since}"


# Django looks for models here; they live in files of their own.
from team import notice_models, roster_models  # noqa: E402, F401
