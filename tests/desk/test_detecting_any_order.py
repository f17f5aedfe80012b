"""Whatever happens in whatever order: one list for each open matter, and the same matters as a whole detection finds."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conversations.imports import write_messages
from desk.detecting import detect_store
from desk.follow_ups import assign, close, in_pool, offered_to, on_list_of, reopen, set_due, take
from desk.models import DeskSettings, Duty, FollowUp, FollowUpEvent, HandoverLine, LineState, State
from orders.imports import write_orders
from stores.platforms.records import MessageRecord, OrderRecord
from team.models import Agent
from tenants.scope import organization_scope
from tests.desk.matters import catch_up
from tests.make import at, make_agent, make_member, make_organization, make_store

pytestmark = pytest.mark.usefixtures("committed")

START = at("2026-11-02 09:00:00")
BUYERS, SEATS = ("ann", "bob", "cat"), ("s:a", "s:b")
FACTS = ("order", "pay", "ship", "cancel", "arrive", "in", "out", "clock")
ACTS = ("take", "assign", "pool", "due", "close", "reopen", "offer", "accept")
numbers = count(1)


class World:
    """A store whose facts come step by step, with two people who work on what they make."""

    def __init__(self):
        slug = f"w{next(numbers)}"
        self.organization = make_organization(slug)
        self.store = make_store(self.organization, "s", platform="other")
        self.agents = [make_agent(self.organization, seat, (self.store, seat)) for seat in SEATS]
        self.user = make_member(self.organization, "owner")
        self.now: datetime = START
        self.orders: list[str] = []
        self.said = count()
        self.log: list[tuple] = []

    def fact(self, what: str, pick: int) -> None:
        """One fact of now; pick chooses of what."""
        at_now, buyer = self.now, BUYERS[pick % 3]
        if what == "clock":
            self.now += timedelta(minutes=(7, 61, 400, 1440)[pick % 4])
        elif what in ("in", "out"):
            message = MessageRecord(
                f"m{next(self.said):04}", buyer, SEATS[pick % 2], what, False, at_now, "?"
            )
            self.write(write_messages, message)
        elif what == "order":
            order = OrderRecord(
                f"o{len(self.orders)}",
                buyer if pick % 5 else None,
                "unpaid",
                at_now,
                total_amount=Decimal(9),
                cod=pick % 7 == 0,
            )
            self.orders.append(order.order_id)
            self.write(write_orders, order)
        elif self.orders:
            order_id = self.orders[pick % len(self.orders)]
            fields = {
                "pay": {
                    "status": "paid",
                    "paid_at": at_now,
                    "paid_amount": Decimal(9),
                    "promised_ship_at": at_now + timedelta(days=1),
                },
                "ship": {"status": "shipped", "shipped_at": at_now},
                "cancel": {"status": "closed", "closed_at": at_now},
                "arrive": {"status": "completed", "completed_at": at_now},
            }[what]
            self.write(write_orders, OrderRecord(order_id, **fields))

    def write(self, writer, record) -> None:
        self.log.append((writer, record))
        with organization_scope(self.organization.pk):
            writer(self.store, [(1, record)])

    def act(self, what: str, pick: int) -> None:
        """What a person does, where it can be done."""
        with organization_scope(self.organization.pk):
            wanted = State.CLOSED if what == "reopen" else State.OPEN
            rows = list(FollowUp.objects.filter(state=wanted).order_by("pk"))
            if not rows:
                return
            row, agent = rows[pick % len(rows)], self.agents[pick % 2]
            try:
                self._act(what, row, agent, pick)
            except ValueError:
                return  # said in words to whoever tried; nothing has changed

    def _act(self, what: str, row: FollowUp, agent: Agent, pick: int) -> None:
        from desk.detectors import DETECTORS

        if what == "take":
            take(row, agent.pk, self.user, self.now)
        elif what in ("assign", "pool"):
            assign(row, agent.pk if what == "assign" else None, self.user, self.now)
        elif what == "due":
            set_due(row, self.now + timedelta(minutes=pick), self.user, self.now)
        elif what == "close":
            close(row, DETECTORS[row.kind].outcomes[0][0], self.user, self.now)
        elif what == "reopen":
            reopen(row, self.user, self.now)
        elif what == "offer":
            self._offer(row, agent if pick % 3 else None)
        else:
            self._accept(row, agent)

    def _offer(self, row: FollowUp, to: Agent | None) -> None:
        if row.offered_pool or row.offered_agent_id:
            return
        keys = {"organization": self.organization, "agent": self.agents[0], "day": self.now.date()}
        duty, _ = Duty.objects.get_or_create(**keys, defaults={"starts_at": self.now, "ends_at": self.now})
        HandoverLine.objects.create(
            organization=self.organization,
            duty=duty,
            follow_up=row,
            to_agent_id=to and to.pk,
            offered_at=self.now,
        )
        FollowUp.objects.filter(pk=row.pk).update(offered_agent_id=to and to.pk, offered_pool=to is None)
        FollowUpEvent.objects.create(
            organization=self.organization, follow_up=row, at=self.now, what="offered"
        )

    def _accept(self, row: FollowUp, agent: Agent) -> None:
        lines = HandoverLine.objects.filter(follow_up=row, state=LineState.OFFERED)
        if lines.update(state=LineState.ACCEPTED, answered_at=self.now):
            FollowUp.objects.filter(pk=row.pk).update(
                offered_agent_id=None, offered_pool=False, agent_id=agent.pk, free_at=None
            )

    def check(self) -> None:
        """Every open matter is on exactly one list, now and later; a line waits exactly where one is offered."""
        with organization_scope(self.organization.pk):
            open_ids = set(FollowUp.objects.filter(state=State.OPEN).values_list("pk", flat=True))
            for moment in (self.now, self.now + timedelta(hours=5), self.now + timedelta(days=9)):
                offered = {
                    pk for a in self.agents for pk in offered_to(a.pk, moment).values_list("pk", flat=True)
                }
                lists = [offered, set(in_pool([self.store.pk], moment).values_list("pk", flat=True))]
                lists += [set(on_list_of(a.pk, moment).values_list("pk", flat=True)) for a in self.agents]
                assert sum(map(len, lists)) == len(open_ids)
                assert set().union(*lists) == open_ids
            waiting = set(
                HandoverLine.objects.filter(state=LineState.OFFERED).values_list("follow_up_id", flat=True)
            )
            assert waiting == {f.pk for f in FollowUp.objects.all() if f.offered_pool or f.offered_agent_id}

    def rows(self) -> list[tuple]:
        with organization_scope(self.organization.pk):
            return list(FollowUp.objects.order_by("pk").values_list())


pairs = lambda kinds: st.lists(st.tuples(st.sampled_from(kinds), st.integers(0, 1000)), max_size=6)  # noqa: E731
quietly = settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes of a real database
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True,
)  # fmt: skip


@quietly
@given(st.lists(pairs(FACTS + ACTS), min_size=2, max_size=8))
def test_every_open_matter_is_on_exactly_one_list_and_a_whole_detection_changes_nothing(batches):
    world = World()
    for batch in batches:
        for what, pick in batch:
            world.fact(what, pick) if what in FACTS else world.act(what, pick)
            world.check()
        catch_up(world.store, world.now)
        world.check()
    before = world.rows()
    detect_store(world.store, world.now, whole=True)
    assert world.rows() == before


def stood(world: World) -> set[tuple]:
    """The matters that ever stood, by buyers' names."""
    with organization_scope(world.organization.pk):
        rows = FollowUp.objects.select_related("buyer")
        return {
            (
                f.kind, f.order_id or f.buyer.name, f.occasion, f.opens_at, f.due_at, f.free_at, f.state, f.outcome, f.closed_at,
                f.credited_agent_id and [a.pk for a in world.agents].index(f.credited_agent_id),
                # Who had it when it was closed is history, not a function of the facts.
                [a.pk for a in world.agents].index(f.agent_id) if f.agent_id and f.state == State.OPEN else None,
            )
            for f in rows
            if f.closed_at is None or f.closed_at > f.opens_at
        }  # fmt: skip


@quietly
@given(st.lists(pairs(FACTS), min_size=2, max_size=8))
def test_bit_by_bit_makes_what_one_look_at_everything_makes(batches):
    world, once = World(), World()
    for organization in (world.organization, once.organization):
        with organization_scope(organization.pk):
            DeskSettings.objects.create(organization=organization, fresh_days=10_000)
    for batch in batches:
        for what, pick in batch:
            world.fact(what, pick)
        catch_up(world.store, world.now)
    for writer, record in world.log:
        once.write(writer, record)
    catch_up(once.store, world.now)
    bit_by_bit, at_once = stood(world), stood(once)
    assert at_once <= bit_by_bit
    # What somebody had on a list stays as history, closed, when later facts say that it never stood.
    assert {row[6] for row in bit_by_bit - at_once} <= {State.CLOSED}
