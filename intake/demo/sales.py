"""Orders of one store: what is bought, what it costs, and what becomes of it.

Money is int hundredths of the store's currency, times are seconds of local wall clock since the period began.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from intake.demo.catalogue import CITIES, COURIERS, LINES, REASONS, Product
from intake.demo.company import PERIOD_DAYS, Agent, Store, period
from intake.demo.people import Buyer
from intake.demo.reviews import NOT_DELIVERED, NOTES, REFUNDED_REASONS, REVIEWS, UNPAID_REASONS
from intake.demo.shifts import DAY, NOW_HOUR

HOUR = 3600
NOW = (PERIOD_DAYS - 1) * DAY + NOW_HOUR * HOUR
REFUND_RATE = 0.068


@dataclass(slots=True)
class Line:
    product: Product
    sku: str
    quantity: int
    price: int


@dataclass(slots=True)
class Refund:
    kind: str
    status: str
    amount: int
    reason: str
    created: int
    completed: int | None


@dataclass(slots=True)
class Review:
    rating: int
    text: str
    created: int
    reply: str = ""
    replied: int | None = None


@dataclass(slots=True)
class Order:
    order_id: str
    buyer: Buyer
    created: int
    lines: list[Line]
    discount: int
    postage: int
    courier: str
    tracking: str
    color: str
    cod: bool = False
    paid: int | None = None
    shipped: int | None = None
    completed: int | None = None
    closed: int | None = None
    close_reason: str = ""
    flag: int = 0
    memo: str = ""
    buyer_message: str = ""
    refunds: list[Refund] = field(default_factory=list)
    review: Review | None = None

    @property
    def goods(self) -> int:
        return sum(line.price * line.quantity for line in self.lines) - self.discount

    @property
    def total(self) -> int:
        return self.goods + self.postage

    @property
    def refunded(self) -> int:
        """What has been given back by now."""
        return sum(refund.amount for refund in self.refunds if refund.status == "completed")

    @property
    def status(self) -> str:
        """One of ORDER_STATUSES as of now."""
        for name in ("closed", "completed", "shipped", "paid"):
            if getattr(self, name) is not None:
                return name
        return "unpaid"


def past(instant: float) -> int | None:
    """The instant, or None while it lies in the demo's future."""
    return int(instant) if instant <= NOW else None


class Sales:
    """Draws orders for a store and lives their lives; `orders` holds them as they are made."""

    def __init__(self, store: Store, today: date, rng: Random):
        self.store, self.rng = store, rng
        self.line = LINES[store.goods, store.language]
        self.cities = CITIES[store.country]
        self.couriers = COURIERS[store.country if store.platform == "shopee" else store.platform]
        self.orders: list[Order] = []
        self._first = datetime.combine(period(today)[0], datetime.min.time())

    def draft(self) -> tuple[Line, dict[str, object]]:
        """What a buyer has in mind: an order line, and the words for it in a dialogue."""
        rng, goods = self.rng, self.line
        product = goods.products[min(int(rng.expovariate(0.55)), len(goods.products) - 1)]
        width, height = rng.randrange(10, 40) / 10, rng.randrange(10, 29) / 10
        price = product.price * 100
        if goods.custom:  # curtains take twice the width for their folds
            folds = 2 if self.store.goods == "curtains" else 1
            price = round(price * width * height * folds / 100) * 100
        color, size = rng.choice(goods.colors), rng.choice(goods.sizes)
        quantity = 1 if goods.custom else rng.choices((1, 2, 3), (86, 11, 3))[0]
        sku = f"{color},{size}" + (f",{width}×{height}m" if goods.custom else "")
        slots = {"w": width, "h": height, "w2": round(width * 2, 1), "color": color, "size": size}
        return Line(product, sku, quantity, price), slots | self._words(product, price)

    def _words(self, product: Product, price: int) -> dict[str, object]:
        rng = self.rng
        courier, prefix = rng.choice(self.couriers)
        return {
            "title": product.title,
            "short": product.short,
            "price": self.spoken(product.price * 100),
            "deal": self.spoken(price),
            "comp": self.spoken(max(500, price // 1000 * 100)),
            "kg": rng.randrange(45, 80),
            "days": rng.randrange(2, 7),
            "stock": rng.randrange(2, 60),
            "cutoff": rng.choice(("15:00", "16:00", "17:00")),
            "courier": courier,
            "tracking": self._tracking(prefix),
            "city": rng.choice(self.cities),
            "agent": "",
            "receiver": "",
        }

    def spoken(self, amount: int) -> str:
        """An amount as people write it in a chat."""
        return f"{amount // 100:,}".replace(",", ".") if self.store.currency == "VND" else f"{amount // 100}"

    def _tracking(self, prefix: str) -> str:
        return f"{prefix}{self.rng.randrange(10**10):010d}"

    def _order_id(self, created: int) -> str:
        number = len(self.orders)
        if self.store.platform == "shopee":
            day = self._first + timedelta(seconds=created)
            tail = "".join(self.rng.choices("0123456789ABCDEFGHJKMNPQRSTUVWXYZ", k=4))
            return f"{day:%y%m%d}{tail}{number:04X}"
        if self.store.platform == "jd":
            return f"3{number:06d}{self.rng.randrange(10**5):05d}"
        return f"31{number:06d}{self.rng.randrange(1, 10**11):011d}"

    def place(self, buyer: Buyer, created: int, first: Line, slots: dict[str, object]) -> Order:
        """A new order, unpaid. Now and then a second line, a discount, a note of the buyer."""
        rng = self.rng
        lines = [first]
        if rng.random() < 0.14:
            lines.append(self.draft()[0])
        worth = sum(line.price * line.quantity for line in lines)
        discount = round(worth * rng.choice((0, 0, 0, 0.03, 0.05, 0.08)) / 100) * 100
        postage = rng.choice(self._postages())
        order = Order(
            self._order_id(created), buyer, created, lines, discount, postage,
            str(slots["courier"]), str(slots["tracking"]), str(slots["color"]),
        )  # fmt: skip
        order.cod = self.store.currency == "VND" and rng.random() < 0.6
        if rng.random() < 0.05:
            order.buyer_message = rng.choice(NOTES[self.store.language])
        self.orders.append(order)
        return order

    def _postages(self) -> tuple[int, ...]:
        small = {"CNY": 800, "TWD": 6000, "VND": 1650000, "MYR": 490}[self.store.currency]
        return (0, small) if self.store.platform == "shopee" else (0, 0, 0, 0, small)

    def pay(self, order: Order, at: float) -> None:
        order.paid = past(at)

    def leave_unpaid(self, order: Order) -> None:
        """The platform closes what nobody pays for."""
        hours = 72 if self.store.platform in ("taobao", "tmall") else 24
        order.closed = past(order.created + hours * HOUR + self.rng.randrange(600))
        if order.closed is not None:
            order.close_reason = UNPAID_REASONS[self.store.language]

    def live(self, order: Order, agent: Agent | None) -> None:
        """What happens to a paid order up to now: shipping, receipt, refund, review."""
        rng = self.rng
        if order.paid is None:
            return
        if order.cod and rng.random() < 0.06:
            order.closed = past(order.paid + rng.uniform(1, 6) * DAY)
            order.close_reason = NOT_DELIVERED if order.closed else ""
            return
        made = rng.uniform(1.5, 4) * DAY if self.line.custom else rng.uniform(3, 40) * HOUR
        order.shipped = past(order.paid + made)
        if order.shipped:
            order.completed = past(order.shipped + rng.uniform(3, 10) * DAY)
        if rng.random() < REFUND_RATE * (agent.refund_factor if agent else 1.0):
            self._refund(order, order.paid)
        if order.completed and rng.random() < 0.35:
            order.review = self._review(order, order.completed)

    def _refund(self, order: Order, paid: int) -> None:
        rng = self.rng
        reasons = REASONS[self.store.language]
        fault, reason = rng.choice(reasons)
        when = rng.random()
        if when < 0.22:  # before shipping: everything back, the order closes
            created, kind, amount = paid + rng.uniform(0.3, 20) * HOUR, "refund_only", order.total
        else:
            arrived = paid + rng.uniform(3, 9) * DAY
            kind = "return_refund" if when < 0.68 else "exchange" if when > 0.95 else "refund_only"
            whole = kind == "return_refund"
            part = round(order.total * rng.uniform(0.05, 0.3) / 100) * 100
            created, amount = arrived, order.total if whole else 0 if kind == "exchange" else max(100, part)
        if past(created) is None:
            return
        self._settle(order, Refund(kind, "open", amount, reason, int(created), None), fault)

    def _settle(self, order: Order, refund: Refund, fault: str) -> None:
        rng = self.rng
        order.refunds.append(refund)
        done = past(refund.created + rng.uniform(5, 130) * HOUR)
        if done is None:
            return
        if rng.random() < 0.07 and fault == "buyer":
            refund.status, refund.completed = "closed", done
            return
        refund.status, refund.completed = "completed", done
        returned = self.store.platform == "shopee" and refund.kind == "return_refund"
        if refund.amount == order.total and not returned:
            order.closed, order.completed = done, None
            order.close_reason = REFUNDED_REASONS[self.store.language]
            if order.shipped and order.shipped > refund.created - 2 * DAY:
                order.shipped = None

    def _review(self, order: Order, received: int) -> Review:
        rng = self.rng
        rating = rng.choices(
            (5, 4, 3, 2, 1), (86, 6, 3, 2, 3) if not order.refunds else (30, 10, 15, 15, 30)
        )[0]
        mood = "sour" if rating == 5 and rng.random() < 0.02 else "good" if rating > 3 else "bad"
        texts, replies = REVIEWS[self.store.language][mood], REVIEWS[self.store.language]["reply"]
        created = received + rng.randrange(40 * HOUR)
        review = Review(rating, rng.choice(texts), min(created, NOW))
        if rng.random() < (0.6 if rating <= 3 else 0.15):
            review.replied = past(review.created + rng.uniform(1, 60) * HOUR)
            review.reply = rng.choice(replies) if review.replied else ""
        return review
