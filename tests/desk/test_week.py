"""A small organization's week, played through: chats and orders come in, shifts begin, are handed over, close themselves.

Every step is a call of what runs in production: the writers, `refresh_store`, `detect_store`, `close_overdue_duties`,
and the acts of people. After every step each open matter is on exactly one list, and nothing was lost.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from desk.detecting import detect_store
from desk.detectors import DETECTORS
from desk.duties import duty_of, sign_in
from desk.follow_ups import close, make_by_hand, offered_to, on_list_of, take
from desk.handovers import (
    OwnerMissing,
    accept,
    close_duty,
    close_overdue_duties,
    hand_over,
    needs_an_owner,
    return_line,
)
from desk.models import Duty, FollowUp, FollowUpEvent, HandoverLine, State
from kpis.refresh import refresh_store
from stores.models import Store
from team.models import Agent
from team.roster_models import ShiftKind
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.desk.two_shifts import on_lists, rostered
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat, write_order

FIRST = date(2026, 10, 28)  # a Wednesday: the week crosses into November
DAYS = 7
# A working day as it is stepped through, hours and minutes after its midnight: while both shifts work and just after
# each has ended, when it may be handed over by hand for half an hour; by the next step it has closed itself.
STEPS = ((8, 30), (11, 0), (14, 0), (16, 0), (17, 45), (20, 0), (23, 0), (26, 15))


class Week:
    """Four agents in two shifts of two stores, one of them in Ho Chi Minh City's time."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.organization = make_organization("yunfan")
        self.stores = [
            make_store(self.organization, "tb1"),
            make_store(
                self.organization, "vn1", platform="shopee", time_zone="Asia/Ho_Chi_Minh", currency="VND"
            ),
        ]
        self.agents = [
            make_agent(self.organization, name, *((store, f"{store.code}:{name}") for store in self.stores))
            for name in ("Ann", "Bea", "Cai", "Dou")
        ]
        self.users = {
            a.pk: make_member(self.organization, "agent", f"{a.name}@yunfan.example".lower(), agent_id=a.pk)
            for a in self.agents
        }
        self.lead = make_member(self.organization, "supervisor")
        with self.scope():
            self.kinds = [
                ShiftKind.objects.create(
                    organization=self.organization, name=name, starts_minutes=begins, ends_minutes=ends
                )
                for name, begins, ends in (("Day", 510, 1050), ("Night", 1020, 1560))
            ]
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            for agent, kind in zip(self.agents, (0, 0, 1, 1), strict=True):
                # Each rests one day of the week.
                if number % 4 != self.agents.index(agent):
                    rostered(agent, self.kinds[kind], day)
        self.buyers = 0
        self.unpaid: list[tuple[Store, str, str]] = []
        self.did: Counter[str] = Counter()
        self.seen: set[int] = set()

    def scope(self):
        return organization_scope(self.organization.pk)

    # What buyers do.
    def chats(self, now) -> None:
        for _ in range(self.random.randint(2, 5)):
            store, agent = self.random.choice(self.stores), self.random.choice(self.agents)
            self.buyers += 1
            buyer, asked = f"buyer{self.buyers}", now - timedelta(minutes=self.random.randint(5, 110))
            lines = [("in", clock(asked), "在吗")]
            answered = self.random.random() < 0.6
            if answered:
                lines.append(("out", clock(asked + timedelta(seconds=40)), "在"))
            write_chat(store, buyer, f"{store.code}:{agent.name}", *lines)
            if answered and self.random.random() < 0.6:
                number = f"o{self.buyers}"
                write_order(
                    store, number, buyer=buyer, status="unpaid", created_at=clock(asked), total_amount="88"
                )
                self.unpaid.append((store, number, buyer))

    def pays(self, now) -> None:
        for _ in range(self.random.randint(0, min(2, len(self.unpaid)))):
            store, number, buyer = self.unpaid.pop(self.random.randrange(len(self.unpaid)))
            times = {
                "created_at": clock(now - timedelta(hours=3)),
                "paid_at": clock(now - timedelta(minutes=2)),
            }
            write_order(store, number, buyer=buyer, paid_amount="88", **times)

    def facts(self, now) -> None:
        for store in self.stores:
            refresh_store(store)
            counts = detect_store(store, now)
            self.did["made"] += counts.made
            self.did["dropped"] += counts.dropped
            self.did["over already"] += counts.ended

    # What agents do.
    def works(self, agent: Agent, now) -> None:
        user, dice = self.users[agent.pk], self.random.random
        if dice() < 0.5:
            sign_in(agent.pk, self.organization.pk, now)
        for matter in offered_to(agent.pk, now).order_by("pk"):
            line = HandoverLine.objects.filter(
                follow_up=matter, state="offered", duty__closed_at__isnull=False
            ).first()
            if line is None or line.duty.agent_id == agent.pk or dice() < 0.3:
                continue
            if dice() < 0.75:
                accept(line, user, now)
            else:
                return_line(line, user, now, "not mine")
        for matter in on_list_of(agent.pk, now).filter(opens_at__lte=now).order_by("pk"):
            if dice() < 0.25:
                outcome = self.random.choice(DETECTORS[matter.kind].outcomes)[0]
                close(matter, outcome, user, now)
        free = FollowUp.objects.filter(
            state=State.OPEN, agent_id=None, offered_pool=False, opens_at__lte=now
        ).first()
        if free and dice() < 0.4:
            take(free, agent.pk, user, now)
        if dice() < 0.2:
            due = now + timedelta(hours=self.random.randint(1, 30))
            make_by_hand(self.stores[0], kind_text="x", due_at=due, agent_id=agent.pk, user=user, now=now)
            self.did["noted"] += 1

    def hands_over(self, agent: Agent, now) -> None:
        duty = duty_of(agent.pk, now)
        if duty is None or now < duty.ends_at or self.random.random() < 0.5:
            return  # forgotten: it closes itself
        mine = list(on_list_of(agent.pk, now).order_by("pk"))
        others = [a.pk for a in self.agents if a.pk != agent.pk]
        wanted = {
            m.pk: (self.random.choice([None, *others]), "")
            for m in mine
            if needs_an_owner(m.kind) or self.random.random() < 0.6
        }
        must = [m for m in mine if needs_an_owner(m.kind)]
        if must:
            with pytest.raises(OwnerMissing):
                close_duty(duty, self.users[agent.pk], now)
        hand_over(duty, wanted, self.users[agent.pk], now)
        close_duty(duty, self.users[agent.pk], now)
        self.did["closed by hand"] += 1

    # What must hold.
    def check(self, now) -> None:
        with self.scope():
            lists = on_lists(self, now)
            wrong = {pk: names for pk, names in lists.items() if len(names) != 1}
            assert wrong == {}, now
            states = Counter(FollowUp.objects.values_list("state", flat=True))
            # What was made is open, closed or counted; dropped is only what never stood on anybody's list.
            made = self.did["made"] + self.did["noted"] - self.did["dropped"]
            assert made == states["open"] + states["closed"] + states["counted"]
            assert states["open"] == len(lists)
            pks = set(FollowUp.objects.values_list("pk", flat=True))
            # What was ever on a list people see stays known: closed perhaps, never gone.
            assert self.seen <= pks
            self.seen |= set(FollowUp.objects.filter(opens_at__lte=now).values_list("pk", flat=True))
            assert not HandoverLine.objects.filter(
                state="offered", follow_up__offered_agent_id=None, follow_up__offered_pool=False
            )
            lines = HandoverLine.objects.values_list("follow_up_id").filter(state="offered")
            assert len(lines) == len(set(lines))


def clock(instant) -> str:
    return f"{instant.astimezone(at('2026-10-28 00:00:00').tzinfo):%Y-%m-%d %H:%M:%S}"


def test_a_week_in_which_nothing_is_lost(committed):
    week = Week(seed=1)
    with time_machine.travel(at(f"{FIRST} 08:00:00"), tick=False) as clockwork:
        midnight = at(f"{FIRST} 00:00:00")
        # The morning after shows how the last night closed.
        for step in range(len(STEPS) * DAYS + 1):
            day, number = divmod(step, len(STEPS))
            hours, minutes = STEPS[number]
            clockwork.move_to(midnight + timedelta(days=day, hours=hours, minutes=minutes))
            now = timezone.now()
            if hours < 26:
                week.chats(now)
            week.pays(now)
            week.facts(now)
            week.check(now)
            with week.scope():
                for agent in week.agents:
                    if duty_of(agent.pk, now):
                        week.works(agent, now)
                        week.hands_over(agent, now)
            week.check(now)
            with week.scope():
                told = close_overdue_duties(now)
                week.did["closed itself"] += told["closed"]
                again = close_overdue_duties(now)
                assert again == {"made": 0, "closed": 0}
            week.check(now)
        summary(week)


def summary(week: Week) -> None:
    """The week was one: everything that can happen did, and the numbers add up."""
    with week.scope():
        assert not Duty.objects.filter(
            closed_at=None, ends_at__lt=timezone.now() - timedelta(hours=10)
        ).exists()
        states = Counter(FollowUp.objects.values_list("state", flat=True))
        kinds = Counter(FollowUp.objects.values_list("kind", flat=True))
        lines = Counter(HandoverLine.objects.values_list("state", flat=True))
        closings = FollowUpEvent.objects.filter(what="closed").count()
        reopened = FollowUpEvent.objects.filter(what="reopened").count()
        assert closings - reopened + week.did["over already"] == states["closed"]
        assert Membership.objects.count() == 5
    assert week.did["closed itself"] > 3
    assert week.did["closed by hand"] > 3
    assert lines["accepted"] > 5
    assert lines["returned"] > 1
    assert lines["settled"] > 1
    assert kinds["unanswered"] > 20
    assert kinds["unpaid"] > 10
    assert kinds["by_hand"] == week.did["noted"] > 5
