"""The demo's claims on orders, and rulings on some of them."""

import random
from datetime import datetime, timedelta

from kpis.models import OrderFact
from kpis.refresh import refresh_until_clean
from kpis.ruling_models import OwnershipClaim
from kpis.rulings import claim, decide, lift, ownable_by, rule
from stores.models import Store
from tenants.models import Membership, Organization, Role, User
from tenants.scope import organization_scope

WORDS = (
    "买家是他上午接待的，下单前问的也是他",
    "方案是他做的，别人只代回了一句",
    "昨天电话里谈好的，系统里看不到",
)
NOBODYS = "这单是买家自己下的，没有人接待"
PER_STORE = 4


def make_rulings(organization: Organization, stores: list[Store], now: datetime) -> str:
    """A few claims for each store, half of them answered, and a ruling that some stores lift again. Done once."""
    with organization_scope(organization.pk):
        if OwnershipClaim.objects.exists():
            return "claims: there already"
        lead = Membership.objects.filter(role=Role.SUPERVISOR).order_by("pk").first().user
        agent = Membership.objects.filter(role=Role.AGENT).order_by("pk").first()
        chance = random.Random(21)
        ruled = []
        for place, store in enumerate(stores):
            sold = OrderFact.objects.filter(
                store=store, owner_id__gt=0, paid_at__gte=now - timedelta(days=12)
            )
            disputed = sold.select_related("order").order_by("-paid_at")[: PER_STORE * 7 : 7]
            for number, fact in enumerate(disputed):
                asker = agent.user if agent and number % 2 else lead
                _dispute(fact, asker, lead if number % 2 == place % 2 else None, now, chance)
            if (
                first := sold.exclude(order__in=OwnershipClaim.objects.values("order"))
                .order_by("paid_at")
                .first()
            ):
                rule(first.order, None, "员工自购", user=lead, now=now - timedelta(hours=3))
                ruled.append(first.order)
        count = OwnershipClaim.objects.count()
    _refresh(stores)
    with organization_scope(organization.pk):
        for order in ruled[::3]:
            lift(order, "已核实，不是员工", user=lead, now=now - timedelta(hours=1))
    _refresh(stores)
    return f"claims: {count}"


def _refresh(stores: list[Store]) -> None:
    for store in stores:
        refresh_until_clean(store)


def _dispute(fact: OrderFact, asker: User, lead: User | None, now: datetime, chance: random.Random) -> None:
    """Somebody claims the order for a colleague, or for nobody; lead: who answers, None for nobody yet."""
    people = [pk for pk in ownable_by(fact.order).values_list("pk", flat=True) if pk != fact.owner_id]
    wanted = chance.choice(people) if people and chance.random() < 0.8 else None
    asked_at = min(now, fact.paid_at + timedelta(hours=chance.randint(1, 20)))
    words = chance.choice(WORDS) if wanted else NOBODYS
    made = claim(fact.order, wanted, words, user=asker, now=asked_at)
    if lead is not None:
        follow = chance.random() < 0.6
        reason = "聊天记录属实" if follow else "聊天记录里没有"
        decide(made, follow=follow, reason=reason, user=lead, now=min(now, asked_at + timedelta(hours=2)))
