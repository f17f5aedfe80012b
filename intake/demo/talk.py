"""Conversations of one store: scripts spoken at human speed by a buyer and an agent."""

from random import Random
from typing import NamedTuple

from intake.demo.company import Agent, Store
from intake.demo.sales import NOW
from intake.demo.scripts import BUYER, ORDER, Script, ScriptBook, speak
from intake.demo.shifts import DAY
from stores.platforms.records import IN, OUT

STAND_IN_NAME = "小云"
# Below the 30 minutes that end a session: whoever waits longer has left.
LONGEST_WAIT = 1_700


class Message(NamedTuple):
    """One line. `sent` in seconds of local wall clock since the period began."""

    sent: int
    buyer: str
    seat: str
    direction: str
    auto: bool
    text: str


class Heard(NamedTuple):
    """How a conversation went. `first_wait` None: nobody replied. `ordered` None: no order placed in it."""

    ended: int
    first_wait: int | None
    ordered: int | None
    seat: str
    agent: Agent


class Talk:
    """Writes conversations into `messages`, those of the demo's future left out."""

    def __init__(self, store: Store, book: ScriptBook, rng: Random, peak: int):
        self.store, self.book, self.rng, self.peak = store, book, rng, peak
        self.messages: list[Message] = []

    def say(self, sent: int, buyer: str, seat: str, direction: str, text: str, auto: bool = False) -> None:
        if sent <= NOW:
            self.messages.append(Message(sent, buyer, seat, direction, auto, text))

    def greet(self, sent: int, buyer: str, seat: str) -> None:
        """The automatic reply that follows a buyer's first line, where the store has one."""
        texts = self.store.auto_texts
        if texts:
            night = 2 * 3600 <= sent % DAY < 8.5 * 3600
            self.say(sent + 1, buyer, seat, OUT, texts[-1] if night else texts[0], auto=True)

    def reply_seconds(self, agent: Agent, sent: int, first: bool) -> int:
        """How long the agent takes: log-normal round the usual, longer in the evening and at the peak."""
        load = 1.25 if 19 <= sent % DAY / 3600 < 23 else 1.0
        load *= {0: 2.1, 1: 1.4, -1: 1.3}.get(sent // DAY - self.peak, 1.0)
        usual = agent.reply_seconds * load * (1.0 if first else 0.8)
        return 2 + min(int(self.rng.lognormvariate(0, 0.6) * usual), LONGEST_WAIT)

    def think_seconds(self) -> int:
        return 3 + min(int(self.rng.lognormvariate(3.2, 0.8)), LONGEST_WAIT)

    def converse(
        self,
        start: int,
        buyer: str,
        held: tuple[str, Agent],
        scripts: list[Script],
        slots: dict[str, object],
        colleague: tuple[str, Agent] | None = None,
    ) -> Heard:
        """Speak the scripts one after the other from `start`. In a `handover` the colleague takes over."""
        seat, agent = held
        clock, asked, first_wait, ordered, spoken = start, None, None, None, False
        for each in scripts:
            slots["agent"] = (colleague or held)[1].name or STAND_IN_NAME
            for mark, text in speak(self.rng, each, slots):
                if mark == ORDER:
                    clock = ordered = clock + self.rng.randrange(8, 90)
                elif mark == BUYER:
                    clock += self.think_seconds() if spoken else 0
                    self.say(clock, buyer, seat, IN, text)
                    if not spoken:
                        self.greet(clock, buyer, seat)
                    asked = clock if asked is None else asked
                else:
                    clock = self._answer(clock, asked, buyer, seat, agent, text)
                    if first_wait is None and asked is not None:
                        first_wait = clock - asked
                    asked = None
                    if each.stage == "handover" and colleague:
                        seat, agent = colleague
                spoken = True
        return Heard(clock, first_wait, ordered, seat, agent)

    def _answer(self, clock: int, asked: int | None, buyer: str, seat: str, agent: Agent, text: str) -> int:
        wait = self.reply_seconds(agent, clock, asked is not None)
        if wait > 150 and asked is not None and self.rng.random() < 0.4:
            nudge = speak(self.rng, self.book.choose(self.rng, "nudge"), {})[0][1]
            self.say(clock + wait * 2 // 3, buyer, seat, IN, nudge)
        self.say(clock + wait, buyer, seat, OUT, text)
        return clock + wait

    def unanswered(
        self, start: int, buyer: str, seat: str, scripts: list[Script], slots: dict[str, object]
    ) -> int:
        """The buyer writes and nobody but the robot replies. Returns the time of the last line."""
        clock = start
        for each in scripts:
            for mark, text in speak(self.rng, each, slots):
                if mark == BUYER:
                    self.say(clock, buyer, seat, IN, text)
                    if clock == start:
                        self.greet(clock, buyer, seat)
                    clock += self.think_seconds()
        return clock
