"""The demo's limits, a month of concessions, and last month's count sheet."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from kpis.models import OrderFact
from orders.concessions import Wish, decide, give_or_ask
from orders.stock import make_sheet, sheet_lines, write_counts
from orders.trade_models import BargainLimit, Concession, ConcessionKind
from stores.models import Product, Store
from tenants.models import Membership, Organization, Role
from tenants.scope import organization_scope

# A percentage alone, since the stores sell in four currencies.
LIMITS = (("", 3), ("junior", 3), ("mid", 5), ("senior", 8))
WORDS = (
    "买家说别家便宜，想再少一点",
    "买两件，问能不能抹零头",
    "老客户，要包邮",
    "颜色有一点偏差，想要个小礼物",
    "要改成公司地址，周一到周五收",
)
PER_STORE = 9


def make_concessions(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Limits by grade, and what was given or asked in the last days. Done once."""
    with organization_scope(organization.pk):
        if Concession.objects.exists():
            return "concessions: there already"
        for grade, percent in LIMITS:
            BargainLimit.objects.create(
                organization=organization, grade=grade, since=date(2026, 1, 1), percent=percent
            )
        lead = Membership.objects.filter(role=Role.SUPERVISOR).order_by("pk").first()
        chance = random.Random(20)
        for store in stores:
            for fact in _sold(store, now):
                _one(store, fact, lead.user, chance)
            _count(store, lead.user, now, chance)
        return f"concessions: {Concession.objects.count()}"


def _sold(store: Store, now: datetime) -> list[OrderFact]:
    recent = OrderFact.objects.filter(store=store, owner_id__gt=0, paid_at__gte=now - timedelta(days=20))
    return list(recent.select_related("order__buyer").order_by("-paid_at")[: PER_STORE * 5 : 5])


def _one(store: Store, fact: OrderFact, lead, chance: random.Random) -> None:
    kind = chance.choice(
        [ConcessionKind.DISCOUNT] * 4 + [ConcessionKind.FREIGHT, ConcessionKind.GIFT, ConcessionKind.ADDRESS]
    )
    price = fact.order.total_amount or fact.amount
    off = (
        None
        if kind == ConcessionKind.ADDRESS
        else (price * chance.randint(1, 12) / 100).quantize(Decimal("0.01"))
    )
    at = fact.order.created_at or fact.paid_at
    wish = Wish(
        store, kind, fact.owner_id, fact.order.buyer, fact.order.order_id, "", None if off is None else price,
        off or None if off is None else max(off, Decimal("0.01")), chance.choice(WORDS),
    )  # fmt: skip
    made = give_or_ask(wish, user=lead, may_decide=False, now=at)
    if made.state == "asked" and chance.random() < 0.8:
        allow = chance.random() < 0.6
        decide(
            made,
            allow,
            "这单可以，下不为例" if allow else "已经低于活动价，送个小礼物即可",
            user=lead,
            now=at + timedelta(minutes=chance.randint(1, 25)),
        )


def _count(store: Store, lead, now: datetime, chance: random.Random) -> None:
    if not Product.objects.filter(store=store).exists():
        return
    month = (store.business_day(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    make_sheet(store, month)
    told = {
        line.pk: (max(0, line.expected + chance.choice([0, 0, 0, 0, -1, 1, -2])), "")
        for line in sheet_lines(store, month)
        if line.expected is not None and chance.random() < 0.9
    }
    write_counts(store, month, told, user=lead, now=now)
