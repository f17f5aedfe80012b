"""Whatever comes in whatever bits: violations by the change log are those a look at everything finds."""

from datetime import timedelta
from itertools import count
from random import Random

import pytest

from conversations.imports import write_messages, write_sessions
from policies import inspecting
from policies.detection.registry import DETECTORS
from policies.inspecting import inspect_whole
from policies.inspection_models import Violation
from stores.platforms.records import MessageRecord, SessionRecord
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_organization, make_store
from tests.policies.inspected import HAIRY, inspect, make_rule

pytestmark = pytest.mark.usefixtures("committed")
START = at("2026-11-01 09:00:00")
SEATS = ("s:a", "s:b")
WORDS = ("q", "x", "y", "qx", "返现", "假货吗", "是的", "z", "xy", "qq", "x", "返现")
numbers = count(1)


class World:
    """Chats that come message by message, late, corrected, of masked buyers who become known."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        organization = make_organization(f"w{next(numbers)}")
        self.store = make_store(organization, "s", auto_texts=[{"kind": "exact", "text": "z"}])
        for seat in SEATS:
            make_agent(organization, seat, (self.store, seat))
        make_rule(organization, "hairy", detector="hairy", level=1)
        make_rule(organization, "cash", "返现")
        make_rule(organization, "admits", "是的", asked=["假货"])
        self.said: list[MessageRecord] = []

    def says(self) -> None:
        random = self.random
        # Mostly close together, so that lines hang on one another; sometimes half a day apart.
        gap = random.choice((1, 7, 60, 60, 600, 5_000))
        when = START + timedelta(seconds=random.randrange(40) * gap)
        buyer = random.choice(("ann", "bob", None))
        message = MessageRecord(
            f"m{len(self.said):03}", buyer, random.choice(SEATS), random.choice(("in", "out", "out")), random.random() < 0.1,
            when, random.choice(WORDS), "" if buyer else "a****yz",
        )  # fmt: skip
        self.said.append(message)
        self.write(write_messages, message)

    def corrects(self) -> None:
        if not self.said:
            return
        random, place = self.random, self.random.randrange(len(self.said))
        changed = {
            "text": random.choice(WORDS),
            "sent_at": START + timedelta(seconds=random.randrange(2000)),
            "direction": random.choice(("in", "out")),
            "seat": random.choice(SEATS),
        }
        name = random.choice(list(changed))
        self.said[place] = self.said[place]._replace(**{name: changed[name]})
        self.write(write_messages, self.said[place])

    def unmasks(self) -> None:
        """The list of sessions names who the masked buyer of one message was, and so of that chat."""
        hidden = [m for m in self.said if m.buyer is None]
        if hidden:
            first = self.random.choice(hidden)
            session = SessionRecord(
                f"x{len(self.said)}", "anna_yz", first.seat, first.sent_at, first.sent_at, 1, 1
            )
            self.write(write_sessions, session)

    def write(self, writer, record) -> None:
        with organization_scope(self.store.organization_id):
            writer(self.store, [(1, record)])

    def rows(self) -> list[tuple]:
        with organization_scope(self.store.organization_id):
            found = Violation.objects.exclude(state="lapsed").order_by("source_key", "rule")
            return list(
                found.values_list("source_key", "rule__code", "buyer__name", "agent_id", "said_at", "day", "certainty",
                                  "reason", "start", "end", "state", "version")
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_bit_by_bit_finds_what_one_look_at_everything_finds(seed, monkeypatch):
    monkeypatch.setitem(DETECTORS, "hairy", HAIRY)
    monkeypatch.setattr(inspecting, "BUYERS", 2)  # several steps in a look
    world, seen = World(seed), 0
    for _message in range(20):
        world.says()
    for _batch in range(6):
        for _step in range(world.random.randrange(4, 14)):
            deed = world.random.choices((world.says, world.corrects, world.unmasks), (8, 3, 1))[0]
            deed()
        inspect(world.store)
        bit_by_bit = world.rows()
        with organization_scope(world.store.organization_id):
            inspect_whole(world.store)
        counts = inspect(world.store)
        assert (world.rows(), counts.made, counts.lapsed) == (bit_by_bit, 0, 0)
        seen = max(seen, len(bit_by_bit))
    # And what an organization finds that never looked before.
    with organization_scope(world.store.organization_id):
        Violation.objects.all().delete()
        inspect_whole(world.store)
    inspect(world.store)
    assert world.rows() == bit_by_bit
    assert seen > 10
