"""Shifts, the roster, and what people ask of it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stores.models import Store, a_time_zone
from team.models import Agent
from tenants.fields import LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class ShiftKind(models.Model):
    """A shift people work, by the wall clock of its time zone: minutes after midnight of the day it starts on.

    17:00–02:00 is 1020–1560 and belongs to its starting day. store_ids: the stores it covers; none named: all.
    people_wanted: how many a normal day needs, what the proposal aims at.
    """

    organization = OrganizationKey()
    name = models.CharField(_("shift"), max_length=50)
    starts_minutes = models.PositiveSmallIntegerField(_("begins"), validators=[MaxValueValidator(1439)])
    ends_minutes = models.PositiveSmallIntegerField(_("ends"))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Shanghai", validators=[a_time_zone]
    )
    store_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    people_wanted = models.PositiveSmallIntegerField(_("people wanted"), default=1)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("starts_minutes", "name")
        constraints = [models.UniqueConstraint("organization", "name", name="one_shift_per_name")]

    def __str__(self) -> str:
        return self.name


class RosterMonth(models.Model):
    """One month of the roster. Until it is published only supervisors see it."""

    organization = OrganizationKey()
    month = models.DateField(_("month"))  # its first day
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "month", name="one_roster_per_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class EntryKind(models.TextChoices):
    WORK = "work", _("Shift")
    REST = "rest", _("Rest day")
    ANNUAL = "annual", _("Annual leave")
    SICK = "sick", _("Sick leave")
    PERSONAL = "personal", _("Personal leave")
    HOLIDAY = "holiday", _("Public holiday")


@kept_history
class RosterEntry(models.Model):
    """What one agent does on one day: a shift, or why none. starts_at and ends_at are the shift's instants.

    published: its month is; only then it counts for attendance, handover and the chaser (docs/kpis.md §4 c).
    """

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="roster", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    shift = models.ForeignKey(
        ShiftKind, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    published = models.BooleanField(default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ("day",)
        constraints = [
            models.UniqueConstraint("organization", "agent", "day", name="one_roster_entry_per_day"),
            models.CheckConstraint(
                name="a_shift_has_its_hours",
                condition=models.Q(
                    kind="work", shift__isnull=False, starts_at__isnull=False, ends_at__isnull=False
                )
                | (
                    ~models.Q(kind="work")
                    & models.Q(shift__isnull=True, starts_at__isnull=True, ends_at__isnull=True)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "day"], name="roster_by_day"),
            models.Index(
                fields=["organization", "starts_at"],
                name="roster_by_start",
                condition=models.Q(published=True, kind="work"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day} {self.kind}"


class RequestKind(models.TextChoices):
    LEAVE = "leave", pgettext_lazy("absence", "Leave")
    SWAP = "swap", _("Swap of shifts")
    WISH = "wish", _("Wish for the roster")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waiting for a decision")
    ASKED = "asked", _("Waiting for the colleague")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@kept_history
class RosterRequest(models.Model):
    """An agent asks for leave (since–until), a swap of one day's duty with a colleague, or wishes a rest or shift.

    entry_kind: the leave asked for, or REST/WORK of a wish; shift: the wished shift. A swap: `agent` gives their day
    `since` and takes over the colleague's day `until` (the same day: they change places).
    """

    organization = OrganizationKey()
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    entry_kind = models.CharField(max_length=10, choices=EntryKind, blank=True)
    shift = models.ForeignKey(
        ShiftKind, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    colleague = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes = [models.Index(fields=["organization", "agent", "since"], name="roster_request_by_agent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.agent_id} {self.since}"


class CalendarLink(models.Model):
    """The secret address of one agent's iCalendar feed; only its hash is kept."""

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "digest", name="one_calendar_link_each")]

    def __str__(self) -> str:
        return f"calendar of {self.agent_id}"


class Presence(models.Model):
    """A stretch on line as a platform's or our own sheet tells it (the format `presence`)."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    online_at = models.DateTimeField()
    offline_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "agent", "online_at", name="one_presence_each")
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.online_at}"
