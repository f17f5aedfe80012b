"""A store with a day and an evening shift, worked out by hand; the tests of duties, handover and the day share it.

2026-11-02 (a Monday), Asia/Shanghai. Day shift 08:30–17:30, on duty 17:00–02:00 of the 3rd.
Ann has the day shift of the 2nd and the 3rd, Bea is on duty on the 2nd. Both hold a seat of store tb1. Cai has no roster.
"""

from dataclasses import dataclass
from datetime import date, datetime

from desk.follow_ups import make_by_hand
from desk.models import FollowUp, FollowUpEvent, HandoverLine, State
from stores.models import Store
from team.models import Agent
from team.roster_models import RosterEntry, ShiftKind
from team.shifts import hours_of
from tenants.models import Organization, User
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store

DAY = date(2026, 11, 2)


@dataclass(frozen=True)
class TwoShifts:
    organization: Organization
    store: Store
    day: ShiftKind
    night: ShiftKind
    ann: Agent
    bea: Agent
    cai: Agent
    ann_user: User
    bea_user: User
    cai_user: User
    supervisor: User


def make_two_shifts(slug: str = "yunfan", **store_fields) -> TwoShifts:
    organization = make_organization(slug)
    store = make_store(organization, "tb1", **store_fields)
    people = [make_agent(organization, name, (store, f"tb1:{name}")) for name in ("Ann", "Bea", "Cai")]
    users = [
        make_member(organization, "agent", f"{agent.name.lower()}@{slug}.example", agent_id=agent.pk)
        for agent in people
    ]
    supervisor = make_member(organization, "supervisor")
    with organization_scope(organization.pk):
        day, night = (
            ShiftKind.objects.create(
                organization=organization, name=name, starts_minutes=starts, ends_minutes=ends
            )
            for name, starts, ends in (("Day", 510, 1050), ("Night", 1020, 1560))
        )
    rostered(people[0], day, DAY)
    rostered(people[0], day, date(2026, 11, 3))
    rostered(people[1], night, DAY)
    return TwoShifts(organization, store, day, night, *people, *users, supervisor)


def rostered(agent: Agent, shift: ShiftKind, day: date, published: bool = True) -> RosterEntry:
    with organization_scope(agent.organization_id):
        starts, ends = hours_of(shift, day)
        return RosterEntry.objects.create(
            organization_id=agent.organization_id, agent=agent, day=day, kind="work", shift=shift,
            starts_at=starts, ends_at=ends, published=published,
        )  # fmt: skip


def noted(world: TwoShifts, text: str, agent: Agent | None, made: str, due: str) -> FollowUp:
    """A matter by hand; times as wall clocks in Shanghai."""
    return make_by_hand(
        world.store, kind_text=text, due_at=at(due), agent_id=agent and agent.pk, user=world.supervisor, now=at(made)
    )  # fmt: skip


def unanswered(world: TwoShifts, agent: Agent, opened: str) -> FollowUp:
    """A buyer nobody answered, as the detector stores one; it stays its agent's."""
    return FollowUp.objects.create(
        organization=world.organization, store=world.store, kind="unanswered", subject=f"b{opened}", opens_at=at(opened),
        due_at=at(opened), agent_id=agent.pk, made_at=at(opened), state=State.OPEN,
    )  # fmt: skip


def on_lists(world: TwoShifts, now: datetime) -> dict[int, list[str]]:
    """{follow-up id: the lists it is on}, asked of the lists themselves; every open one must be on exactly one.

    "Ann", "Bea", "Cai", "pool", "offered Ann" …, "offered pool".
    """
    from desk.follow_ups import in_pool, on_list_of

    found: dict[int, list[str]] = {pk: [] for pk in FollowUp.objects.values_list("pk", flat=True)}
    for agent in Agent.objects.all():
        for matter in on_list_of(agent.pk, now):
            found[matter.pk].append(agent.name)
    for store in Store.objects.all():
        for matter in in_pool([store.pk], now):
            found[matter.pk].append("pool")
    names = dict(Agent.objects.values_list("pk", "name"))
    for line in HandoverLine.objects.filter(state="offered", follow_up__state="open"):
        found[line.follow_up_id].append(f"offered {names.get(line.to_agent_id, 'pool')}")
    opened = set(FollowUp.objects.filter(state="open").values_list("pk", flat=True))
    assert {pk for pk, lists in found.items() if lists} == opened
    return {pk: found[pk] for pk in opened}


def events(follow_up: FollowUp) -> list[str]:
    return list(
        FollowUpEvent.objects.filter(follow_up=follow_up).order_by("pk").values_list("what", flat=True)
    )
