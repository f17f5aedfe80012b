"""Two months of one store's life: who asks, who buys, who is chased, who comes back with a complaint."""

from datetime import date
from random import Random
from typing import NamedTuple

from intake.demo.company import Agent, Store
from intake.demo.people import Buyer, make_buyer
from intake.demo.phrases_aftersale_simplified import SIMPLIFIED_AFTER
from intake.demo.phrases_english import ENGLISH
from intake.demo.phrases_simplified import CLOSINGS, OPENINGS, TOPICS
from intake.demo.phrases_taiwan import TAIWAN
from intake.demo.phrases_vietnamese import VIETNAMESE
from intake.demo.reviews import REORDERED_REASONS
from intake.demo.sales import HOUR, NOW, Line, Order, Sales, past
from intake.demo.scripts import Script, ScriptBook
from intake.demo.shifts import DAY, STAND_IN, Arrivals, Desk, peak_day
from intake.demo.talk import Heard, Message, Talk

SCRIPTS = {
    "simplified": OPENINGS + TOPICS + CLOSINGS + SIMPLIFIED_AFTER,
    "taiwan": TAIWAN,
    "vietnamese": VIETNAMESE,
    "english": ENGLISH,
}
# Measured on the default world: all messages of a store / its pre-sales contacts.
MESSAGES_PER_INQUIRY = 10.9
SILENT_PER_INQUIRY = 0.33
# Chance of a contact to hold one of these; too few to see in a list, enough to be found by a policy check.
RARE_CHANCES = {
    "counterfeit_safe": 0.0060,
    "counterfeit_bad": 0.0010,
    "impolite": 0.0010,
    "invoice_refused": 0.0012,
    "private_channel": 0.0008,
    "sf_promise": 0.0080,
}


ENDINGS = {"buys": "close_deal", "forgets_to_pay": "close_unpaid", "leaves": "close_lost"}


class StoreFacts(NamedTuple):
    """All of a store's demo: messages in time order, orders in order of creation."""

    store: Store
    messages: list[Message]
    orders: list[Order]
    buyers: list[Buyer]


class World:
    """One store being simulated; `run` makes its facts."""

    def __init__(self, store: Store, today: date, messages: int, seed: int):
        self.rng = Random(f"{seed}:{today}:{store.code}:{messages}")
        self.store = store
        self.contacts = max(12, round(messages * store.share / MESSAGES_PER_INQUIRY))
        self.book = ScriptBook(SCRIPTS[store.language], store.goods)
        self.talk = Talk(store, self.book, self.rng, peak_day(today))
        self.desk = Desk(store, today)
        self.arrivals = Arrivals(today)
        self.sales = Sales(store, today, self.rng)
        self.buyers: list[Buyer] = []
        self.sellers: dict[str, Agent] = {}
        self._rare = [(name, chance) for name, chance in RARE_CHANCES.items() if self._may_happen(name)]

    def _may_happen(self, name: str) -> bool:
        return self.book.has(name) and (name != "invoice_refused" or self.store.platform == "tmall")

    def run(self) -> StoreFacts:
        for start in sorted(self.arrivals.draw(self.rng) for _ in range(self.contacts)):
            self._contact(start)
        for created in sorted(
            self.arrivals.draw(self.rng) for _ in range(int(self.contacts * SILENT_PER_INQUIRY))
        ):
            self._silent(created)
        for order in list(self.sales.orders):
            if order.paid is None:
                self._chase(order)
        for order in self.sales.orders:
            self.sales.live(order, self.sellers.get(order.order_id))
        for order in self.sales.orders:
            self._afterwards(order)
        self.sales.orders.sort(key=lambda order: (order.created, order.order_id))
        self.talk.messages.sort(key=lambda message: message.sent)
        return StoreFacts(self.store, self.talk.messages, self.sales.orders, self.buyers)

    def _buyer(self, returning: float) -> Buyer:
        if len(self.buyers) > 20 and self.rng.random() < returning:
            return self.rng.choice(self.buyers)
        number = len(self.buyers) + 1
        buyer = make_buyer(self.rng, self.store.platform, self.store.country, self.sales.cities, number)
        self.buyers.append(buyer)
        return buyer

    def _contact(self, start: int) -> None:
        """A buyer with a question before buying: answered at once, in the morning, or never."""
        buyer = self._buyer(0.18)
        line, slots = self.sales.draft()
        slots["receiver"] = buyer.receiver
        held = self.desk.somebody(self.rng, start, "pre_sales")
        if held is None:
            seat = self.desk.last_seat(self.rng, start)
            ended = self.talk.unanswered(
                start, buyer.nick, seat, [self.book.choose(self.rng, "night")], slots
            )
            self._answer_in_the_morning(ended, buyer, line, slots)
        elif self.rng.random() < (0.08 if held[1].reply_seconds >= 110 else 0.008):
            self.talk.unanswered(start, buyer.nick, held[0], [self.book.choose(self.rng, "open")], slots)
        else:
            self._ask(start, buyer, held, line, slots, "open")

    def _answer_in_the_morning(self, ended: int, buyer: Buyer, line: Line, slots: dict) -> None:
        """Most who wrote at night have bought elsewhere by then; the longer ago, the more."""
        morning = self.desk.next_hours(ended)
        held = self.desk.somebody(self.rng, morning, "pre_sales") if past(morning) else None
        if held and self.rng.random() < (0.35 if morning - ended < 3 * HOUR else 0.01):
            self._ask(morning + self.rng.randrange(1500), buyer, held, line, slots, "morning")

    def _ask(
        self, start: int, buyer: Buyer, held: tuple[str, Agent], line: Line, slots: dict, begin: str
    ) -> None:
        """An answered question: what is said, and whether it ends in an order."""
        rng, book = self.rng, self.book
        scripts = [book.choose(rng, begin), *book.choose_several(rng, "topic", rng.choice((1, 1, 1, 2, 2)))]
        for name, chance in self._rare:
            if rng.random() < chance:
                scripts[-1] = book.named(name)
        colleague = self._colleague(start, held)
        if colleague:
            scripts.insert(-1, book.choose(rng, "handover"))
        fate = self._fate((colleague or held)[1].conversion)
        scripts.append(self._ending(fate, (colleague or held)[1]))
        if rng.random() < 0.9:
            scripts.append(book.choose(rng, "courtesy"))
        heard = self.talk.converse(start, buyer.nick, held, scripts, slots, colleague)
        self._decide(fate, heard, buyer, line, slots)

    def _colleague(self, start: int, held: tuple[str, Agent]) -> tuple[str, Agent] | None:
        if self.rng.random() > 0.035:
            return None
        other = self.desk.somebody(self.rng, start, "after_sales")
        return other if other and other[0] != held[0] else None

    def _fate(self, chance: float) -> str:
        """What the buyer will do, given the agent's chance to sell."""
        drawn = self.rng.random()
        if drawn < chance:
            return "buys" if drawn < chance * 0.74 else "buys_later"
        return "forgets_to_pay" if drawn < chance + 0.05 else "leaves"

    def _ending(self, fate: str, agent: Agent) -> Script:
        """The last script: a slow agent's buyers sometimes say why they go."""
        if fate == "buys_later":
            return self.book.choose(self.rng, "close_later")
        slow = fate == "leaves" and agent.reply_seconds >= 60 and self.rng.random() < 0.3
        if slow and self.book.has("lost_angry"):
            return self.book.named("lost_angry")
        return self.book.choose(self.rng, ENDINGS[fate])

    def _decide(self, fate: str, heard: Heard, buyer: Buyer, line: Line, slots: dict) -> None:
        rng = self.rng
        if fate == "leaves" or heard.ended > NOW:
            return
        if (
            heard.first_wait is not None
            and heard.first_wait > 300
            and rng.random() < 0.35
            and heard.ordered is None
        ):
            return
        later = rng.uniform(300, 9 * HOUR) if rng.random() < 0.85 else rng.uniform(9, 34) * HOUR
        created = past(heard.ordered or heard.ended + later)
        if created is None:
            return
        order = self.sales.place(buyer, created, line, slots)
        if fate == "forgets_to_pay":
            return
        quick = rng.random()
        wait = (
            rng.uniform(20, 400)
            if quick < 0.85
            else rng.uniform(0.2, 7) * HOUR
            if quick < 0.97
            else 30 * HOUR
        )
        self.sales.pay(order, order.created + wait)
        self._note(order, heard.seat, heard.agent)

    def _note(self, order: Order, seat: str, agent: Agent) -> None:
        """The agent flags the order: colour and a remark signed with the seat, where there are flags."""
        if order.paid is None:
            return
        self.sellers[order.order_id] = agent
        if not self.store.memo_signature or agent is STAND_IN or self.rng.random() > 0.62:
            return
        if self.rng.random() < 0.015:  # entered by a colleague, who may never have served the buyer
            seat = self.desk.last_seat(self.rng, order.created)
        order.flag = self.rng.choice((1, 1, 2, 3, 4, 5))
        remark = "；".join(line.sku for line in order.lines)
        extra = self.rng.choice(("", " 送小礼品", " 加急", f" 发{order.courier}", " 客户已核对地址尺寸"))
        order.memo = f"【{seat.split(':')[-1]}】{order.buyer.receiver} {remark}{extra}"

    def _silent(self, created: int) -> None:
        """An order without a word, or (one in sixteen) one that is never paid."""
        line, slots = self.sales.draft()
        order = self.sales.place(self._buyer(0.12), created, line, slots)
        if self.rng.random() < 0.94:
            self.sales.pay(order, created + self.rng.uniform(5, 300))

    def _chase(self, order: Order) -> None:
        """An unpaid order: an agent may write a day later, and the buyer pays, orders anew, or does not."""
        rng = self.rng
        chased = self.desk.next_hours(int(order.created + DAY + rng.uniform(0.1, 6) * HOUR))
        held = self.desk.somebody(rng, chased, "pre_sales") if past(chased) else None
        if order.cod or held is None or rng.random() < 0.45:
            self.sales.leave_unpaid(order)
            return
        _, slots = self.sales.draft()
        slots["short"] = order.lines[0].product.short
        scripts = [self.book.choose(rng, "chase"), self.book.choose(rng, "courtesy")]
        heard = self.talk.converse(chased, order.buyer.nick, held, scripts, slots)
        outcome = rng.random()
        if outcome < 0.5:
            self.sales.pay(order, heard.ended + rng.uniform(60, 3 * HOUR))
            self._note(order, *held)
        elif outcome < 0.62 and past(heard.ended + 600):
            order.closed, order.close_reason = heard.ended + 540, REORDERED_REASONS[self.store.language]
            again = self.sales.place(order.buyer, heard.ended + 480, order.lines[0], slots)
            self.sales.pay(again, again.created + 60)
            self._note(again, *held)
        else:
            self.sales.leave_unpaid(order)

    def _afterwards(self, order: Order) -> None:
        """What is said after the sale: complaints and questions, and the agents' own return visits."""
        if order.paid is None:
            return
        chance = 0.8 if order.refunds else 0.5 if order.review and order.review.rating <= 3 else 0.19
        if self.rng.random() < chance:
            base = order.refunds[0].created - 2 * HOUR if order.refunds else order.paid + 20 * HOUR
            self._complain(order, int(base + self.rng.uniform(0, 2 if order.refunds else 120) * HOUR))
        if order.completed and self.rng.random() < 0.07:
            self._visit(order, self.desk.next_hours(int(order.completed + self.rng.uniform(1, 4) * DAY)))

    def _slots_of(self, order: Order) -> dict[str, object]:
        _, slots = self.sales.draft()
        product = order.lines[0].product
        return slots | {
            "title": product.title, "short": product.short, "courier": order.courier,
            "tracking": order.tracking, "receiver": order.buyer.receiver, "color": order.color,
            "comp": self.sales.spoken(max(300, order.total // 1000 * 100)),
        }  # fmt: skip

    def _complain(self, order: Order, start: int) -> None:
        start = max(start, (order.paid or 0) + 1800)
        held = self.desk.somebody(self.rng, start, "after_sales") if past(start) else None
        slots, topics = (
            self._slots_of(order),
            self.book.choose_several(self.rng, "after", self.rng.choice((1, 1, 2))),
        )
        if held is None:
            if past(start):
                seat = self.desk.last_seat(self.rng, start)
                self.talk.unanswered(start, order.buyer.nick, seat, topics[:1], slots)
            return
        scripts = [*topics, self.book.choose(self.rng, "courtesy")]
        self.talk.converse(start, order.buyer.nick, held, scripts, slots)

    def _visit(self, order: Order, start: int) -> None:
        held = self.desk.somebody(self.rng, start, "after_sales") if past(start) else None
        if held is None:
            return
        each = self.book.choose(self.rng, "visit")
        answered = self.rng.random() < 0.45
        scripts = [each, self.book.choose(self.rng, "courtesy")] if answered else [each.opening()]
        self.talk.converse(start, order.buyer.nick, held, scripts, self._slots_of(order))


def build(store: Store, today: date, messages: int, seed: int) -> StoreFacts:
    """The store's facts for the PERIOD_DAYS up to `today`; `messages` is the whole company's target."""
    return World(store, today, messages, seed).run()
