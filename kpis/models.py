"""Facts without text, derived from chats and orders, and the daily sums made of them (docs/kpis.md §9).

Everything here can be derived again; nothing here is written by hand. `agent_id` is a number without a foreign
key because it also says UNASSIGNED (a seat nobody held that day) and STORE (the store's own row).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orders.models import Order
from policies.models import AttributionRule
from stores.models import Buyer, Store
from team.models import Seat
from tenants.fields import CodePointField, LooseKey, OrganizationKey

UNASSIGNED = 0
STORE = -1

# Upper bounds, in seconds, of the response-time histogram's bins; one more bin takes what is slower.
RESPONSE_BINS = (
    5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600, 7200, 14400,
)  # fmt: skip


class ChatSession(models.Model):
    """One session (docs/kpis.md §2). `is_inquiry`: served, neither after-sale nor agent-opened (§6)."""

    pk = models.CompositePrimaryKey("organization_id", "store_id", "buyer_id", "seat_id", "started_at")
    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    seat = LooseKey(Seat)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True)
    day = models.DateField()
    agent_id = models.IntegerField()
    in_messages = models.IntegerField()
    human_replies = models.IntegerField()
    rounds = models.IntegerField()
    exported = models.BooleanField()
    agent_opened = models.BooleanField(null=True)
    after_sale = models.BooleanField(null=True)
    is_inquiry = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "day", "agent_id"], name="session_by_day")]

    def __str__(self) -> str:
        return f"session of buyer {self.buyer_id} {self.started_at}"


class Round(models.Model):
    """One round (docs/kpis.md §3). `agent_id`: who answered, else whose seat was asked. seconds None: unanswered."""

    pk = models.CompositePrimaryKey("organization_id", "store_id", "buyer_id", "started_at")
    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    started_at = models.DateTimeField()
    day = models.DateField()
    seat = LooseKey(Seat)
    agent_id = models.IntegerField()
    seconds = models.IntegerField(null=True)
    is_first = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "day", "agent_id"], name="round_by_day")]

    def __str__(self) -> str:
        return f"round of buyer {self.buyer_id} {self.started_at}"


class BuyerDay(models.Model):
    """What one buyer and one seat wrote on one business day."""

    pk = models.CompositePrimaryKey("organization_id", "store_id", "buyer_id", "day", "seat_id")
    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer = LooseKey(Buyer)
    day = models.DateField()
    seat = LooseKey(Seat)
    agent_id = models.IntegerField()
    in_messages = models.IntegerField()
    human_replies = models.IntegerField()
    exported = (
        models.BooleanField()
    )  # counted by the platform's session list: the seat has no messages that day

    class Meta:
        indexes = [models.Index(fields=["organization", "store", "day", "agent_id"], name="buyer_day_by_day")]

    def __str__(self) -> str:
        return f"buyer {self.buyer_id} {self.day}"


class OrderFact(models.Model):
    """One sale with its owner under each judgement rule and why (docs/kpis.md §4). Orders that are no sale have none.

    *_owner_id: None is nobody (silent or flag-excluded), UNASSIGNED a seat nobody held. owner_id and reason are
    those of the version valid on paid_at's day. created_* and paid_* name the session that landed each event.
    amount: what counts as sales, after deduct_postage and deduct_refunds.
    """

    order = models.OneToOneField(
        Order, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="fact"
    )
    organization = OrganizationKey()
    store = LooseKey(Store)
    buyer_id = models.IntegerField()  # 0: the order has no buyer
    rule = LooseKey(AttributionRule)
    paid_at = models.DateTimeField()
    created_at = models.DateTimeField(null=True)
    paid_day = models.DateField()
    created_day = models.DateField(null=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    items = models.IntegerField()
    owner_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=20)
    order_owner_id = models.IntegerField(null=True)
    order_first_owner_id = models.IntegerField(null=True)
    payment_owner_id = models.IntegerField(null=True)
    created_agent_id = models.IntegerField(null=True)
    created_seat_id = models.IntegerField(null=True)
    created_session_at = models.DateTimeField(null=True)
    paid_agent_id = models.IntegerField(null=True)
    paid_seat_id = models.IntegerField(null=True)
    paid_session_at = models.DateTimeField(null=True)
    flag_agent_id = models.IntegerField(null=True)
    flag_honoured = models.BooleanField(null=True)
    chase_at = models.DateTimeField(null=True)
    chase_agent_id = models.IntegerField(null=True)
    chase_seat_id = models.IntegerField(null=True)
    chase_on_line = models.BooleanField(null=True)  # whoever led to the order was on line at the chase
    assist_ids = ArrayField(models.IntegerField(), default=list)
    refunded = models.BooleanField()
    refunded_amount = models.DecimalField(max_digits=16, decimal_places=2)
    refunded_items = models.IntegerField()
    refunds_without_amount = models.IntegerField()
    refund_days = ArrayField(models.DateField(), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "paid_day"], name="order_fact_by_day"),
            models.Index(fields=["organization", "store", "buyer_id"], name="order_fact_by_buyer"),
            models.Index(
                fields=["organization", "store", "chase_at"],
                name="order_fact_by_chase",
                condition=models.Q(chase_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"sale {self.order_id}"


class Inquiry(models.Model):
    """One inquiry: a buyer, an agent (or STORE), a business day (docs/kpis.md §6).

    bought_order_id: the first order the buyer paid within the limits of converted_final, whoever owns it;
    bought_owner_id: its owner. unpaid_order_id: an order created after the start and not paid.
    """

    pk = models.CompositePrimaryKey("organization_id", "store_id", "day", "buyer_id", "agent_id")
    organization = OrganizationKey()
    store = LooseKey(Store)
    day = models.DateField()
    buyer = LooseKey(Buyer)
    agent_id = models.IntegerField()
    rule = LooseKey(AttributionRule)
    started_at = models.DateTimeField()
    converted_same_day = models.BooleanField()
    converted_final = models.BooleanField()
    bought_order_id = models.IntegerField(null=True)
    bought_owner_id = models.IntegerField(null=True)
    unpaid_order_id = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "buyer"], name="inquiry_by_buyer"),
            # Counts and pages of unconverted buyers are read from it alone (kpis/unconverted.py).
            models.Index(
                fields=["organization", "day", "started_at"],
                name="lost_inquiry",
                include=[
                    "store", "buyer", "agent_id", "rule", "bought_order_id", "bought_owner_id", "unpaid_order_id",
                ],
                condition=models.Q(converted_final=False) & ~models.Q(agent_id=STORE),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"inquiry of buyer {self.buyer_id} {self.day}"


class Satisfaction(models.Model):
    """One session of which it is known whether its buyer was invited to rate it, or how they rated it
    (docs/kpis.md §8). rating_id: that of conversations.Rating. `agent_id`: who held the seat on the session's day.

    invited None: not known. rating: 1–5, None for none.
    """

    pk = models.CompositePrimaryKey("organization_id", "store_id", "rating_id")
    organization = OrganizationKey()
    store = LooseKey(Store)
    rating_id = CodePointField()
    buyer = LooseKey(Buyer)
    day = models.DateField()
    agent_id = models.IntegerField()
    at = models.DateTimeField()
    invited = models.BooleanField(null=True)
    rating = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "store", "day"], name="satisfaction_by_day"),
            models.Index(fields=["organization", "store", "buyer"], name="satisfaction_by_buyer"),
        ]

    def __str__(self) -> str:
        return f"rating {self.rating_id}"


class SealedDay(models.Model):
    """A business day of a store whose chats may be gone: its chat facts stay as they are (kpis/retention.py)."""

    pk = models.CompositePrimaryKey("organization_id", "store_id", "day")
    organization = OrganizationKey()
    store = LooseKey(Store)
    day = models.DateField()

    def __str__(self) -> str:
        return f"store {self.store_id} {self.day}"


class AgentDay(models.Model):
    """One row of sums and counts per store, agent (or UNASSIGNED, or STORE) and business day.

    Rates and averages are never stored: they are sums over sums. response_bins: counts by RESPONSE_BINS.
    """

    pk = models.CompositePrimaryKey("organization_id", "store_id", "day", "agent_id")
    organization = OrganizationKey()
    store = LooseKey(Store)
    day = models.DateField()
    agent_id = models.IntegerField()
    rule = LooseKey(AttributionRule)
    inquiries = models.IntegerField()
    converted_same_day = models.IntegerField()
    converted_final = models.IntegerField()
    orders = models.IntegerField()
    buyers = models.IntegerField()
    items = models.IntegerField()
    paid_amount = models.DecimalField(max_digits=18, decimal_places=2)
    refunded_orders = models.IntegerField()
    refunded_amount = models.DecimalField(max_digits=18, decimal_places=2)
    refunded_items = models.IntegerField()
    refunds_without_amount = models.IntegerField()
    refunds_completed = models.IntegerField()  # by the day of completion, for refund_rate_event
    excluded_orders = models.IntegerField()  # nobody's because of their flag; on the store's row
    excluded_amount = models.DecimalField(max_digits=18, decimal_places=2)
    owned_amount = models.DecimalField(max_digits=18, decimal_places=2)  # by anybody, unassigned too
    flags_not_honoured = models.IntegerField()
    assists = models.IntegerField()
    consulting_buyers = models.IntegerField()
    received_buyers = models.IntegerField()
    unanswered_buyers = models.IntegerField()
    in_messages = models.IntegerField()
    human_replies = models.IntegerField()
    response_count = models.IntegerField()
    response_seconds_sum = models.BigIntegerField()
    first_response_count = models.IntegerField()
    first_response_seconds_sum = models.BigIntegerField()
    unanswered_rounds = models.IntegerField()
    within_30s = models.IntegerField()
    within_60s = models.IntegerField()
    within_120s = models.IntegerField()
    within_180s = models.IntegerField()
    within_300s = models.IntegerField()
    rate_rounds = models.IntegerField()  # rounds in the hours the store's answer rate counts
    rate_answered = models.IntegerField()  # those answered within the store's rate_seconds
    response_bins = ArrayField(models.IntegerField())
    received_sessions = models.IntegerField(default=0)  # served ones
    invitations_known = models.IntegerField(default=0)  # sessions that are known to be invited, or not
    invited_sessions = models.IntegerField(default=0)
    rated_invited = models.IntegerField(default=0)
    ratings = models.IntegerField(default=0)  # invited or not
    satisfied = models.IntegerField(default=0)  # of the ratings those of 4 and 5

    class Meta:
        indexes = [models.Index(fields=["organization", "day"], name="agent_day_by_day")]

    def __str__(self) -> str:
        return f"store {self.store_id} agent {self.agent_id} {self.day}"


# Django looks for models here; these live in files of their own.
from kpis import daily_models, ruling_models, target_models  # noqa: E402, F401
