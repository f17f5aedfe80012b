"""What the demo's sales cost: courier rates, the courier's bill of last month, and some costs of products."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from kpis.models import OrderFact
from kpis.months import month_end, shift_month
from orders.costs import write_costs
from orders.models import Order
from orders.trade_models import Cost, CourierRate
from stores.models import Product, Store
from stores.platforms.records import CostRecord
from tenants.models import Organization
from tenants.scope import organization_scope

# A parcel with any courier, and with the dear one, in the currency's own money.
PARCELS = {
    "CNY": ("4.20", "12.00"), "TWD": ("45", "80"), "VND": ("18000", "32000"), "MYR": ("5.30", "9.80"),
}  # fmt: skip
DEAR = "顺丰"
# Of last month's parcels the courier's bill tells so many.
BILLED = 0.7
RATES_SINCE = timedelta(days=200)


def make_costs(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Courier rates of every store, and of last month what files of costs would say."""
    with organization_scope(organization.pk):
        if not CourierRate.objects.exists():
            for store in stores:
                _rates(store, now)
                _bill(store, now)
        return f"costs: {CourierRate.objects.count()} courier rates, {Cost.objects.count()} imported costs"


def _rates(store: Store, now: datetime) -> None:
    usual, dear = map(Decimal, PARCELS.get(store.currency, PARCELS["CNY"]))
    since = store.business_day(now) - RATES_SINCE
    couriers = Order.objects.filter(store=store, courier__contains=DEAR).values_list("courier", flat=True)
    for courier, amount in [("", usual), *((name, dear) for name in sorted(set(couriers)))]:
        CourierRate.objects.create(
            organization_id=store.organization_id, store=store, courier=courier, since=since, amount=amount
        )


def _bill(store: Store, now: datetime) -> None:
    chance = random.Random(f"costs:{store.code}")
    usual = Decimal(PARCELS.get(store.currency, PARCELS["CNY"])[0])
    month = shift_month(store.business_day(now).replace(day=1), -1)
    numbers = OrderFact.objects.filter(store=store, paid_day__range=(month, month_end(month)))
    told = []
    for number in numbers.order_by("order_id").values_list("order__order_id", flat=True):
        if chance.random() < BILLED:
            weight = Decimal(chance.choice(("1", "1", "1", "1.4", "2.1")))
            told.append(CostRecord(number, None, None, "courier", (usual * weight).quantize(Decimal("0.01"))))
        if chance.random() < 0.02:
            told.append(CostRecord(number, None, None, "compensation", usual * chance.randint(1, 6)))
    for product in Product.objects.filter(store=store).order_by("code")[:4]:
        # The page's pictures made anew, samples, packaging.
        day = month + timedelta(days=chance.randrange(28))
        told.append(CostRecord(None, day, product.code, "other", usual * chance.randint(10, 60)))
    write_costs(store, list(enumerate(told, 2)), now)
