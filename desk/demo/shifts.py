"""The demo's last two days as they were worked: signed in, handed over, accepted, one returned, one not answered yet."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from desk.demo.words import ANSWER, CLOSINGS, MATTERS, NOTES
from desk.detectors import BY_HAND, DETECTORS
from desk.duties import sign_in
from desk.follow_ups import close, make_by_hand
from desk.handovers import accept, close_duty, hand_over, needs_an_owner, return_line, to_hand_over
from desk.models import Duty, FollowUp, HandoverLine, State
from kpis.models import ChatSession
from team.models import SeatAssignment
from team.roster_models import EntryKind, RosterEntry
from tenants.encryption import encrypt
from tenants.models import Membership, User

# Whose page visitors look at: the last thing handed over waits for this agent.
VISITED = "agent@demo.example"
# Of what a morning brings so much is done by the demo's now.
DONE = 0.8


@dataclass
class Play:
    """users: {agent id: account}; stores: {agent id: the stores they hold a seat in}."""

    users: dict[int, User]
    entries: list[RosterEntry]
    now: datetime
    stores: dict[int, list[int]] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random("shifts"))
    numbers: count = field(default_factory=count)

    def is_eve_of_visited(self, entry: RosterEntry) -> bool:
        """Whether the visited agent's next shift may take over this one's stores."""
        visited = next(pk for pk, user in self.users.items() if user.email == VISITED)
        shared = set(self.stores[visited]) & set(self.stores.get(entry.agent_id, ()))
        return bool(shared) and entry.ends_at > self.now - timedelta(hours=18)

    def follower(self, entry: RosterEntry, store_id: int) -> RosterEntry | None:
        """Whoever of the store's people works next after (or over) the end of a shift."""
        later = [
            one
            for one in self.entries
            if one.agent_id != entry.agent_id
            and one.ends_at > entry.ends_at + timedelta(hours=1)
            and store_id in self.stores.get(one.agent_id, ())
        ]
        return min(later, key=lambda one: (max(one.starts_at, entry.ends_at), one.agent_id), default=None)


def play_shifts(users: dict[int, User], today: date, now: datetime) -> int:
    """Work the shifts of the two days before today and of today up to `now`; returns how many matters were handed
    over. Nothing where shifts have been worked already. In the organization's scope: all of it or nothing."""
    if Duty.objects.exists():
        return 0
    work = RosterEntry.objects.filter(
        published=True, kind=EntryKind.WORK, day__range=(today - timedelta(days=2), today + timedelta(days=1))
    )
    play = Play(users, list(work.order_by("ends_at", "agent_id").select_related("agent")), now)
    for held in SeatAssignment.objects.filter(until=None).select_related("seat"):
        play.stores.setdefault(held.agent_id, []).append(held.seat.store_id)
    for entry in play.entries:
        if entry.starts_at < now:
            early = timedelta(minutes=play.random.randrange(1, 9))
            duty = sign_in(entry.agent_id, entry.organization_id, entry.starts_at - early)
            if entry.ends_at < now:
                _end(play, entry, duty)
    # Signing in also made the shifts of the evening before these days, which nobody played.
    Duty.objects.filter(day__lt=today - timedelta(days=2), signed_in_at=None).delete()
    return HandoverLine.objects.count()


def _end(play: Play, entry: RosterEntry, duty: Duty) -> None:
    """The end of one shift: what was promised goes to a colleague, and the shift is closed."""
    user, ended = play.users[entry.agent_id], entry.ends_at + timedelta(minutes=play.random.randrange(1, 6))
    wanted: dict[int, tuple[int | None, str]] = {
        matter.pk: (None, "") for matter in to_hand_over(duty, ended) if needs_an_owner(matter.kind)
    }
    receivers: dict[int, RosterEntry] = {}
    if play.random.random() < 0.6 or play.is_eve_of_visited(entry):
        matter, remark = _promise(play, entry)
        receiver = play.follower(entry, matter.store_id)
        if receiver:
            wanted[matter.pk] = (receiver.agent_id, remark)
            receivers[matter.pk] = receiver
    hand_over(duty, wanted, user, ended)
    if note := play.random.choice(NOTES):
        duty.note = encrypt(duty.organization_id, "note", note)
        duty.save(update_fields=["note"])
    close_duty(duty, user, ended)
    for line in HandoverLine.objects.filter(duty=duty, follow_up__in=receivers).select_related("follow_up"):
        _answer(play, line, receivers[line.follow_up_id], ended)


def _promise(play: Play, entry: RosterEntry) -> tuple[FollowUp, str]:
    """Something the agent wrote down towards the end of the shift, of a buyer they served in it."""
    text, remark = MATTERS[next(play.numbers) % len(MATTERS)]
    served = ChatSession.objects.filter(
        agent_id=entry.agent_id,
        served_at__gte=entry.starts_at,
        ended_at__lt=entry.ends_at - timedelta(minutes=20),
    )
    chat = served.select_related("store", "buyer").order_by("-ended_at").first()
    store = chat.store if chat else entry.agent.assignments.filter(until=None).first().seat.store
    made = make_by_hand(
        store,
        kind_text=text,
        buyer=chat and chat.buyer,
        due_at=entry.ends_at + timedelta(hours=play.random.randrange(3, 20)),
        agent_id=entry.agent_id,
        user=play.users[entry.agent_id],
        now=entry.ends_at - timedelta(minutes=play.random.randrange(10, 20)),
    )
    return made, remark


def _answer(play: Play, line: HandoverLine, receiver: RosterEntry, offered: datetime) -> None:
    """The receiver answers when their shift has begun, and does what was handed over a while later."""
    user = play.users[receiver.agent_id]
    answered = max(offered, receiver.starts_at) + timedelta(minutes=play.random.randrange(3, 25))
    if answered > play.now or user.email == VISITED:
        return
    if not HandoverLine.objects.filter(state="returned").exists():
        return_line(line, user, answered, ANSWER)
        return
    accept(line, user, answered)
    done = answered + timedelta(minutes=play.random.randrange(20, 180))
    if done < min(play.now, receiver.ends_at):
        close(line.follow_up, "done", user, done, play.random.choice(CLOSINGS))


def is_begun() -> bool:
    """Whether people have closed something of what the facts ask: then the day's work was played before."""
    people = FollowUp.objects.filter(state=State.CLOSED, closed_by__isnull=False)
    return people.exclude(kind=BY_HAND).exists()


def close_some(users: dict[int, User], since: datetime, now: datetime) -> int:
    """Those who work by day today close most of what was to be done; returns how much. In the organization's scope."""
    random, working = Random("closing"), _working(since, now)
    closed = 0
    matters = FollowUp.objects.filter(state=State.OPEN, opens_at__lt=now - timedelta(minutes=30))
    for matter in matters.exclude(kind=BY_HAND).order_by("opens_at", "pk"):
        there = working.get(matter.store_id, [])
        agent_id = matter.agent_id if matter.agent_id in there else random.choice(there) if there else None
        if agent_id is None or random.random() > DONE:
            continue
        begins = max(since, matter.opens_at)
        at = begins + (now - begins) * random.random()
        outcome = random.choice(DETECTORS[matter.kind].outcomes)[0]
        closed += close(matter, outcome, users[agent_id], at, random.choice(CLOSINGS))
    return closed


def _working(since: datetime, now: datetime) -> dict[int, list[int]]:
    """{store id: agents with an account who hold a seat there and work at `now`}."""
    here = RosterEntry.objects.filter(
        published=True, starts_at__lte=since + timedelta(hours=1), ends_at__gt=now
    )
    held = SeatAssignment.objects.filter(until=None, agent_id__in=here.values("agent_id"))
    members = set(Membership.objects.exclude(agent_id=None).values_list("agent_id", flat=True))
    found: dict[int, list[int]] = {}
    for agent_id, store_id in held.order_by("pk").values_list("agent_id", "seat__store_id"):
        if agent_id in members:
            found.setdefault(store_id, []).append(agent_id)
    return found
