"""Chats as they came in: messages, and the sessions of platforms that export no messages."""

from django.db import models

from stores.models import Buyer, Store
from team.models import Agent, Seat
from tenants.encryption import EncryptedText, Personal
from tenants.fields import CodePointField, LooseKey, OrganizationKey
from tenants.models import User


class Kind(models.IntegerChoices):
    """Direction and automation in one number, so that ties sort as docs/kpis.md §3 asks: `in` first."""

    IN = 0
    HUMAN = 1
    AUTO_BY_FILE = 2
    AUTO_BY_TEXT = 3


class Message(models.Model):
    """One chat line. One covering index serves sessions, rounds, chasers and time lines; the key is the
    platform's own id as text, because ties are ordered by it (docs/decisions/message-key.md)."""

    pk = models.CompositePrimaryKey("organization_id", "store_id", "message_id")
    organization = OrganizationKey()
    store = LooseKey(Store)
    message_id = CodePointField()
    buyer = LooseKey(Buyer)
    seat = LooseKey(Seat)
    kind = models.SmallIntegerField(choices=Kind)
    sent_at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "store", "buyer", "sent_at", "kind", "message_id"],
                include=["seat"],
                name="message_by_buyer",
            )
        ]

    def __str__(self) -> str:
        return self.message_id


class ExportedSession(models.Model):
    """A session as a platform exports it. Its figures count only where its seat has no messages that day."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    session_id = CodePointField()
    buyer = LooseKey(Buyer)
    seat = LooseKey(Seat)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    buyer_messages = models.IntegerField(null=True)
    agent_messages = models.IntegerField(null=True)
    invited = models.BooleanField(null=True)
    rating = models.SmallIntegerField(null=True)
    transferred_to = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "session_id", name="one_session_per_id")
        ]
        indexes = [
            models.Index("organization", "store", "seat", "started_at", name="exported_session_by_seat")
        ]

    def __str__(self) -> str:
        return self.session_id


class Rating(models.Model):
    """What a buyer said of a session (the format `ratings`). rating_id: the session's id, or one derived from
    buyer, seat and time. rating None: invited, not rated."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    rating_id = CodePointField()
    buyer = LooseKey(Buyer, null=True)
    seat = LooseKey(Seat, null=True)
    rated_at = models.DateTimeField(null=True)
    invited = models.BooleanField(null=True)
    rating = models.SmallIntegerField(null=True)
    text = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", "store", "rating_id", name="one_rating_per_id")
        ]
        indexes = [models.Index(fields=["organization", "store", "buyer"], name="rating_by_buyer")]

    def __str__(self) -> str:
        return self.rating_id


class PhoneCall(Personal):
    """A call with a buyer, written down by hand (R43). agent_id: team.Agent."""

    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer, null=True)
    order_id = CodePointField(null=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    incoming = models.BooleanField(default=False)
    called_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    about = EncryptedText()
    outcome = EncryptedText(null=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-called_at",)
        indexes = [
            models.Index(fields=["organization", "store", "buyer"], name="call_by_buyer"),
            models.Index(fields=["organization", "-called_at"], name="call_by_time"),
        ]

    def __str__(self) -> str:
        return f"call {self.called_at}"


# Django looks for models here; these live in a file of their own.
from conversations import script_models  # noqa: E402, F401
