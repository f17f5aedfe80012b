"""What people work from: follow-ups, duties with their handover, attendance, and the load of past hours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stores.models import Buyer, Store
from team.models import Agent
from team.roster_models import RosterEntry
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.history import kept_history
from tenants.models import User


class State(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    # Fell due more than fresh_days before we learned of it: told as a number, asked of nobody.
    COUNTED = "counted", _("Too old, only counted")


class FollowUp(Personal):
    """One thing somebody must do by a time (docs/desk.md). One per (kind, store, subject, occasion).

    kind: a detector's name, or `by_hand`. subject: what it is about (an order's number, a buyer's id, …);
    occasion: what lets the same matter come back (the payment, the month, the courier's event).
    It is on exactly one list: offered_* while a handover of it is neither accepted nor returned; else its agent's
    until free_at; else its store's pool. agent_id, offered_agent_id: team.Agent. worth: in the store's currency.
    facts: numbers and times to show beside it, never personal data.
    """

    organization = OrganizationKey()
    store = LooseKey(Store)
    kind = models.CharField(max_length=30)
    subject = CodePointField()
    occasion = CodePointField(default="")
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    facts = models.JSONField(default=dict)
    text = EncryptedText(null=True)  # what a person wrote
    worth = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    free_at = models.DateTimeField(null=True)
    agent_id = models.IntegerField(null=True)
    offered_agent_id = models.IntegerField(null=True)
    offered_pool = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    outcome = models.CharField(max_length=30, blank=True)
    outcome_note = EncryptedText(null=True)
    credited_agent_id = models.IntegerField(null=True)  # whose chase led to the payment
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", db_index=False
    )  # None: the facts closed it
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "kind", "subject", "occasion", name="one_follow_up_per_occasion"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "agent_id", "due_at"],
                name="follow_up_by_agent",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["organization", "store", "due_at"],
                name="follow_up_by_store",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["organization", "store", "buyer"], name="follow_up_by_buyer"),
            models.Index(fields=["organization", "store", "order_id"], name="follow_up_by_order"),
            models.Index(
                fields=["organization", "closed_at"],
                name="follow_up_by_close",
                condition=models.Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class FollowUpEvent(models.Model):
    """What became of a follow-up, line by line; append-only. user None: the system or the facts."""

    id = models.BigAutoField(primary_key=True)
    organization = OrganizationKey()
    follow_up = LooseKey(FollowUp)
    at = models.DateTimeField()
    user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    what = models.CharField(max_length=20)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organization", "follow_up"], name="event_by_follow_up")]

    def __str__(self) -> str:
        return f"{self.what} {self.follow_up_id}"


@kept_history
class DetectorSetting(models.Model):
    """How one detector works in a store (store None: in all that have none of their own)."""

    organization = OrganizationKey()
    store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+", db_index=False)
    detector = models.CharField(max_length=30)
    enabled = models.BooleanField(default=True)
    options = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "store", "detector", name="one_setting_per_detector", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.detector


class DetectorReach(models.Model):
    """Up to which instant a detector that works by the clock has looked at a store."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    detector = models.CharField(max_length=30)
    reached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "detector", name="one_reach_per_detector")
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.reached_at}"


class Duty(Personal):
    """One agent's shift as it is worked: planned by the roster, or begun by signing in without one.

    closed_at: its handover is done (closed_by None: it closed itself). note: what the agent adds for the next.
    """

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    entry = models.ForeignKey(RosterEntry, models.SET_NULL, null=True, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    signed_in_at = models.DateTimeField(null=True)
    signed_out_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    note = EncryptedText(null=True)

    class Meta:
        ordering = ("starts_at",)
        constraints = [models.UniqueConstraint("organization", "agent", "day", name="one_duty_per_day")]
        indexes = [models.Index(fields=["organization", "ends_at"], name="duty_by_end")]

    def __str__(self) -> str:
        return f"duty of {self.agent_id} {self.day}"


class LineState(models.TextChoices):
    OFFERED = "offered", _("Not accepted yet")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    SETTLED = "settled", _("Settled meanwhile")


class HandoverLine(Personal):
    """One matter handed over at the end of a duty. to_agent_id None: whoever of the store's next shift takes it."""

    organization = OrganizationKey()
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="lines", db_index=False)
    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="+", db_index=False)
    to_agent_id = models.IntegerField(null=True)
    remark = EncryptedText(null=True)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.OFFERED)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    answer = EncryptedText(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "follow_up", name="one_open_line_each", condition=models.Q(state="offered")
            ),
        ]
        indexes = [models.Index(fields=["organization", "duty"], name="line_by_duty")]

    def __str__(self) -> str:
        return f"{self.follow_up_id} from duty {self.duty_id}"


class StoreHour(models.Model):
    """What came in within one hour of the store's wall clock on one business day.

    An hour that the day cut divides has a row for each of its days; one that daylight saving repeats has two instants.
    """

    pk = models.CompositePrimaryKey("organization_id", "store_id", "day", "starts_at")
    organization = OrganizationKey()
    store = LooseKey(Store)
    day = models.DateField()  # business day
    starts_at = models.DateTimeField()  # the instant the hour begins
    hour = models.SmallIntegerField()  # 0-23 of the wall clock
    rounds = models.IntegerField()  # questions buyers asked
    buyers = models.IntegerField()
    unanswered_rounds = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["organization", "starts_at"], name="store_hour_by_start")]

    def __str__(self) -> str:
        return f"store {self.store_id} {self.starts_at}"


class Attendance(models.Model):
    """One agent's day as it was: what the roster asked, what chats and sign-ins show, and what follows.

    Derived from nothing written by hand; AttendanceCorrection stands over it. minutes are whole, rounded down.
    first_at, last_at: own messages of the shift. idle: gaps of at least the setting (2 h) between own messages while
    on line. replies: what kpis_agentday held for the day when this was derived, to see what must be derived anew.
    facts: {"seen_by": chat | sign_in | presence, "seen_from", "seen_to": instants, "gaps": [[from, to], ...]}.
    """

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    starts_at = models.DateTimeField(null=True)  # as rostered
    ends_at = models.DateTimeField(null=True)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    own_messages = models.IntegerField(default=0)
    late_minutes = models.IntegerField(default=0)
    left_early_minutes = models.IntegerField(default=0)
    extended_minutes = models.IntegerField(default=0)
    idle_minutes = models.IntegerField(default=0)
    absent = models.BooleanField(default=False)
    status = models.CharField(max_length=20)
    replies = models.IntegerField(default=0)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "agent", "day", name="one_attendance_per_day")]
        indexes = [models.Index(fields=["organization", "day"], name="attendance_by_day")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day} {self.status}"


@kept_history
class AttendanceCorrection(models.Model):
    """A supervisor's word over what was derived, with the reason; it stays when the day is derived anew."""

    organization = OrganizationKey()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    status = models.CharField(max_length=20)
    late_minutes = models.IntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=500)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "agent", "day", name="one_correction_per_day")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day}"


class DeskSettings(models.Model):
    """Figures of the working day an organization may change (docs/desk.md gives each one's source).

    late_*: minutes that are free, how many times a month. fresh_days: see State.COUNTED.
    """

    organization = models.OneToOneField(
        "tenants.Organization", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    fresh_days = models.PositiveSmallIntegerField(
        _("what is older than so many days is only counted"), default=3
    )
    late_free_minutes = models.PositiveSmallIntegerField(
        _("late by at most so many minutes is free"), default=10
    )
    late_free_times = models.PositiveSmallIntegerField(_("so many times a month"), default=2)
    idle_minutes = models.PositiveSmallIntegerField(_("idle on line from so many minutes on"), default=120)
    absent_after_minutes = models.PositiveSmallIntegerField(
        _("absent when nothing is seen for so many minutes of a shift"), default=240
    )
    left_early_minutes = models.PositiveSmallIntegerField(
        _("left early when nothing is seen for the last (minutes)"), default=30
    )
    rest_days = models.PositiveSmallIntegerField(_("rest days a month"), default=4)
    days_in_row = models.PositiveSmallIntegerField(_("at most so many working days in a row"), default=6)
    nights_in_row = models.PositiveSmallIntegerField(_("at most so many night shifts in a row"), default=4)
    rest_hours = models.PositiveSmallIntegerField(_("hours of rest between two shifts"), default=11)
    latest_end_minutes = models.PositiveSmallIntegerField(_("nobody works after"), default=1620)  # 03:00
    shipping_cut_off_minutes = models.PositiveSmallIntegerField(_("the day's shipping cut-off"), default=960)
    chase_lock_minutes = models.PositiveSmallIntegerField(
        _("after a chase nobody chases again for (minutes)"), default=60
    )
    rounds_per_hour = models.PositiveSmallIntegerField(
        _("questions one agent answers in an hour"), default=40
    )
    close_after_minutes = models.PositiveSmallIntegerField(
        _("a shift nobody hands over closes itself after (minutes)"), default=30
    )
    served_minutes = models.PositiveSmallIntegerField(
        _("a shift goes on while a buyer was served in the last (minutes)"), default=15
    )

    def __str__(self) -> str:
        return f"desk settings of {self.organization_id}"
