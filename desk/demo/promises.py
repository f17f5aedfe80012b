"""The demo's promises: what was found in its chats, most of it decided, and what became of what was promised."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from desk.promise_context import contexts_of, words_of
from desk.promise_proposals import propose_in
from orders.models import Order, Refund
from orders.promises import accept, default_due, dismiss, make_promise, settle
from orders.service_models import Promise, PromiseKind, PromiseProposal, PromiseState, ProposalState
from stores.models import Store
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope

# What people wrote down without a chat saying so: by phone, or agreed over a parcel.
BY_HAND = (
    (PromiseKind.GIFT, "电话里答应补一份小礼品，随补件一起寄"),
    (PromiseKind.COURIER, "村里只有邮政到，答应改发邮政"),
    (PromiseKind.OTHER, "量尺寸后给买家回电，确认图案"),
    (PromiseKind.PRICE, "活动开始前下单的，答应降价退差价"),
    (PromiseKind.SHIP_DATE, "开业急用，答应加急三天内发货"),
)
PER_STORE = 4
# Of ten proposals so many are decided by three in the afternoon.
ACCEPTED, DISMISSED = 3, 3


def make_promises(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Proposals from the chats of the last days, some of them accepted, and promises by hand. Done once."""
    with organization_scope(organization.pk):
        if Promise.objects.exists():
            return "promises: there already"
    for store in stores:
        propose_in(store, now)
    with organization_scope(organization.pk):
        user = Membership.objects.filter(role="supervisor").order_by("pk").first().user
        chance = random.Random(15)
        for store in stores:
            _decide(store, user, now, chance)
            _by_hand(store, user, now, chance)
        _settle_some(user, now, chance)
        proposed = PromiseProposal.objects.filter(state=ProposalState.PROPOSED).count()
        return f"promises: {Promise.objects.count()}, {proposed} proposed"


def _decide(store: Store, user: User, now: datetime, chance: random.Random) -> None:
    found = list(
        PromiseProposal.objects.filter(store=store)
        .select_related("store", "buyer")
        .order_by("said_at", "pk")[:40]
    )
    contexts = contexts_of(found)
    turned_down = []
    for place, proposal in enumerate(found):
        at = min(proposal.said_at + timedelta(minutes=chance.randint(5, 90)), now)
        words = words_of(contexts[proposal.pk])
        if place % 10 < ACCEPTED and words:
            order = Order.objects.filter(store=store, order_id=proposal.order_id).first()
            due_at = proposal.due_at or default_due(proposal.kind, proposal.said_at, order)
            accept(
                proposal, text=words, due_at=max(due_at, proposal.said_at), agent_id=proposal.agent_id,
                order_id=proposal.order_id, user=user, now=at,
            )  # fmt: skip
        elif place % 10 < ACCEPTED + DISMISSED:
            turned_down.append(proposal)
    dismiss(turned_down, user, now)


def _by_hand(store: Store, user: User, now: datetime, chance: random.Random) -> None:
    recent = Order.objects.filter(store=store, buyer__isnull=False, paid_at__lte=now).order_by("-paid_at")
    agents = list(
        Membership.objects.filter(agent_id__isnull=False).order_by("pk").values_list("agent_id", flat=True)
    )
    for order in recent[: PER_STORE * 6 : 6]:
        kind, text = chance.choice(BY_HAND)
        at = max(order.paid_at, now - timedelta(days=chance.randint(1, 25)))
        make_promise(
            store, kind=kind, text=text, promised_at=at, due_at=at + timedelta(hours=chance.choice((4, 24, 48, 72))),
            agent_id=chance.choice(agents) if agents else None, user=user, now=at, order_id=order.order_id,
        )  # fmt: skip


def _settle_some(user: User, now: datetime, chance: random.Random) -> None:
    """Most of what was due before this morning was kept; some broken, of which not all led to anything yet."""
    morning = now - timedelta(hours=7)
    for promise in Promise.objects.filter(state=PromiseState.OPEN, due_at__lt=morning).order_by("pk"):
        at = min(promise.due_at + timedelta(minutes=chance.randint(-90, 120)), now)
        draw = chance.random()
        if draw < 0.6:
            settle(promise, PromiseState.KEPT, user=user, now=at, proof="已发出，买家确认收到")
        elif draw < 0.88:
            refund = Refund.objects.filter(store=promise.store_id, order_id=promise.order_id).first()
            settle(
                promise, PromiseState.BROKEN, user=user, now=at, note="仓库漏看备注",
                refund_id=refund and refund.refund_id, points=Decimal(6) if draw < 0.7 else None,
            )  # fmt: skip
        elif draw < 0.93:
            settle(promise, PromiseState.WITHDRAWN, user=user, now=at, note="买家改了主意，不需要了")
