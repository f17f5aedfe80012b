"""Feeding a reference store to the product piece by piece, and comparing what each refresh leaves with the whole."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.db import connection

from intake.writers import WRITERS
from kpis.facts import Part, any_sealed
from kpis.refresh import READER, refresh_store
from kpis.ruling_models import OwnershipRuling
from kpis.rulings import lift, ownable_by, rule
from orders.models import Order as StoredOrder
from orders.remark_models import Remark
from policies.models import AttributionRule
from policies.store_changes import save_settings
from stores.imports import log_changes, log_store
from stores.models import Store
from stores.platforms import records as r
from team.models import Agent, SeatAssignment
from team.seats import end_assignment, remove_assignment, split_agent
from tenants.models import User
from tenants.scope import organization_scope
from tests.kpis.against_reference import make_reference_store
from tests.reference.model import Message, Order, Rating, Refund, Session, StoreData
from tests.reference.model import SeatAssignment as Held

# Targets, rulings and mails live in the same room and are no fact: people make them.
FACTS = sorted(
    model._meta.db_table
    for model in apps.get_app_config("kpis").get_models()
    if model.__module__ == "kpis.models" and not hasattr(model, "pgh_tracked_model")
)


def make_user() -> User:
    """Somebody who rules."""
    return User.objects.get_or_create(email="rules@example.com", defaults={"name": "Rules"})[0]


def record_of(thing: Message | Session | Order | Refund | Rating | Held) -> r.Record:
    """The record a file would hold for a thing of the reference."""
    if isinstance(thing, Message):
        return r.MessageRecord(*(getattr(thing, name) for name in r.MessageRecord._fields[:-1]))
    if isinstance(thing, Session):
        return r.SessionRecord(*(getattr(thing, name) for name in r.SessionRecord._fields[:-1]))
    if isinstance(thing, Held):
        return r.SeatRecord(thing.seat, thing.name, thing.employee_id, None, thing.since, thing.until)
    if isinstance(thing, Rating):
        return r.RatingRecord(*(getattr(thing, name) for name in r.RatingRecord._fields[:-1]))
    if isinstance(thing, Refund):
        values = {name: getattr(thing, name) for name in r.RefundRecord._fields}
        if thing.from_report:
            values |= {"refund_id": f"report:{thing.order_id}", "created_at": None}
        return r.RefundRecord(**values)
    shared = [name for name in r.OrderRecord._fields if hasattr(thing, name)]
    return r.OrderRecord(
        flag_seat=thing.flag_seat, **{n: getattr(thing, n) for n in shared if n != "flag_seat"}
    )


def write(store: Store, *things, as_of=None) -> None:
    """Write things of one kind in a transaction of their own, as an import does."""
    if things:
        records = [record_of(thing) for thing in things]
        with organization_scope(store.organization_id):
            WRITERS[type(records[0])](store, list(enumerate(records)), as_of)


def unread(store: Store) -> bool:
    """Whether the change log holds lines no refresh has read."""
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM stores_change c WHERE c.store_id = %s AND c.transaction_no >= coalesce("
            "(SELECT transaction_no FROM stores_changecursor WHERE store_id = c.store_id AND reader = %s), 0))",
            [store.pk, READER],
        )
        return cursor.fetchone()[0]


def catch_up(store: Store, seconds: float = 180) -> list[dict[str, int]]:
    """Refresh until the log is read to its end; the counts of each refresh. Other tests' open transactions on
    the same server hold lines back, as other organizations' do."""
    deadline, counts = time.monotonic() + seconds, [refresh_store(store)]
    while unread(store):
        assert time.monotonic() < deadline, "somebody's transaction stays open"
        time.sleep(0.05)
        counts.append(refresh_store(store))
    return counts


class _Undone(Exception):
    pass


def dumped(store: Store, whole: bool = False, columns: str = "t::text") -> dict[str, list[tuple]]:
    """{table of facts: its rows as text}; whole: as a full rebuild would leave them, which is then undone.

    Where nothing is sealed the rebuild begins without any fact: what is stored cannot colour it.
    """
    rows: dict[str, list[tuple]] = {}
    try:
        with organization_scope(store.organization_id), connection.cursor() as cursor:
            if whole:
                if not any_sealed(Part(store, None)):
                    for table in FACTS:
                        cursor.execute(f"DELETE FROM {table} WHERE store_id = %s", [store.pk])
                refresh_store(store, whole=True)
            for table in FACTS:
                cursor.execute(
                    f"SELECT {columns} FROM {table} t WHERE store_id = %s ORDER BY t::text", [store.pk]
                )
                rows[table] = cursor.fetchall()
            raise _Undone
    except _Undone:
        return rows


def differing(store: Store) -> list[str]:
    """What the stored facts and those of a full rebuild do not share, in words."""
    stored, rebuilt = dumped(store), dumped(store, whole=True)
    return (
        [
            f"{table} only stored: {row}"
            for table in FACTS
            for row in stored[table]
            if row not in rebuilt[table]
        ]
        + [
            f"{table} only rebuilt: {row}"
            for table in FACTS
            for row in rebuilt[table]
            if row not in stored[table]
        ]
        + [f"{table}: rows twice" for table in FACTS if len(stored[table]) != len(rebuilt[table])]
    )


Step = tuple[str, Callable[[], None]]
# Steps after which the log says "the whole store", so that the refresh is no incremental one.
WHOLE = ("rule", "setting")


def parts(rng: random.Random, things: Sequence, most: int) -> list[list]:
    """`things` in random order, cut into up to `most` lists of uneven length."""
    shuffled = rng.sample(list(things), len(things))
    cuts = sorted(rng.randrange(len(shuffled) + 1) for _ in range(rng.randrange(most)))
    return [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True) if b > a]


class Piecewise:
    """One random store coming in bit by bit, with corrections in between."""

    def __init__(self, organization, data: StoreData, rng: random.Random):
        self.rng, self.data = rng, data
        self.store = make_reference_store(organization, replace(data, rules=data.rules[:1]))

    def arrivals(self) -> list[Step]:
        """Everything the store holds, in steps of random size and order."""
        rng, data, steps = self.rng, self.data, []
        kinds = {"messages": (data.messages, 4), "orders": (data.orders, 3), "refunds": (data.refunds, 3)}
        kinds |= {"sessions": (data.sessions, 2), "seats": (data.seats, 3), "ratings": (data.ratings, 4)}
        for name, (things, most) in kinds.items():
            steps += [(name, lambda part=part: write(self.store, *part)) for part in parts(rng, things, most)]
        steps += [("rule", lambda rule=rule: self.new_rule(rule)) for rule in data.rules[1:]]
        return rng.sample(steps, len(steps))

    def corrections(self, count: int) -> list[Step]:
        """`count` random later tellings of what came in."""
        kinds = (
            self.message_anew, self.message_anew, self.order_anew, self.buyer_known, self.late_refund,
            self.session_anew, self.holding_ends, self.holding_removed, self.agent_split, self.late_message,
            self.setting, self.rating_anew, self.session_of_a_rating, self.remark_anew, self.remark_anew, self.ruled,
            self.ruled,
        )  # fmt: skip
        chosen = self.rng.choices(kinds, k=count)
        return [(kind.__name__, kind) for kind in chosen]

    def new_rule(self, rule) -> None:
        with organization_scope(self.store.organization_id):
            AttributionRule.objects.create(
                organization_id=self.store.organization_id,
                store=self.store,
                excluded_flags=sorted(rule.excluded_flags or []),
                **{
                    name: getattr(rule, name)
                    for name in rule.__dataclass_fields__
                    if name != "excluded_flags"
                },
            )
            log_store(self.store)

    def message_anew(self) -> None:
        """A message printed differently: its seat, time, buyer or automatic mark."""
        rng, old = self.rng, self.rng.choice(self.data.messages)
        other = rng.choice(self.data.messages)
        seconds = timedelta(seconds=rng.choice((-90000, -1801, -1, 1, 1801, 86400)))
        change = rng.choice(
            ({"seat": other.seat}, {"sent_at": old.sent_at + seconds}, {"buyer": other.buyer}, {"auto": True})
        )
        if old.direction == "in" and "auto" in change:
            change = {"direction": "out"}
        self.replace_in(self.data.messages, old, replace(old, **change))

    def late_message(self) -> None:
        """Somebody writes to another buyer within half an hour of what may be a chase."""
        old = self.rng.choice([m for m in self.data.messages if m.direction == "out"] or self.data.messages)
        seat = self.rng.choice(self.data.messages).seat
        sent_at = old.sent_at + timedelta(seconds=self.rng.choice((-1801, -1800, 0, 60, 1800, 1801)))
        late = replace(
            old, message_id=f"late{len(self.data.messages)}", seat=seat, sent_at=sent_at, buyer="late"
        )
        self.data.messages.append(late)
        write(self.store, late)

    def order_anew(self) -> None:
        rng, old = self.rng, self.rng.choice(self.data.orders)
        paid_at = (old.paid_at or old.created_at) + timedelta(hours=rng.choice((0, 1, 30)))
        change = rng.choice(
            (
                {"paid_at": paid_at, "paid_amount": old.total_amount, "status": "paid"},
                {"status": "closed", "closed_at": paid_at},
                {"flag": rng.choice((0, 1, 2)), "flag_seat": rng.choice(self.data.messages).seat},
                {"buyer": rng.choice(self.data.messages).buyer},
            )
        )
        self.replace_in(self.data.orders, old, replace(old, **change))

    def buyer_known(self) -> None:
        """An order without a buyer gets one; another loses nothing by being told without."""
        unknown = [order for order in self.data.orders if order.buyer is None]
        if unknown:
            known = replace(unknown[0], buyer=self.rng.choice(self.data.messages).buyer)
            self.replace_in(self.data.orders, unknown[0], known)
        write(self.store, replace(self.rng.choice(self.data.orders), buyer=None))

    def late_refund(self) -> None:
        """Months later, for an order of long ago."""
        order = self.rng.choice(self.data.orders)
        months = (order.paid_at or order.created_at) + timedelta(days=self.rng.choice((40, 100)))
        refund = Refund(
            f"L{self.rng.randrange(10**9)}", order.order_id, "refund_only", "completed", order.paid_amount, 1, "",
            months, months,
        )  # fmt: skip
        write(self.store, refund)

    def session_anew(self) -> None:
        if self.data.sessions:
            old = self.rng.choice(self.data.sessions)
            other = self.rng.choice(self.data.messages)
            change = self.rng.choice(
                (
                    {"buyer": other.buyer},
                    {"seat": other.seat},
                    {"started_at": other.sent_at},
                    {"agent_messages": 2},
                )
            )
            new = replace(old, **change)
            new = replace(new, ended_at=max(new.ended_at, new.started_at))
            self.replace_in(self.data.sessions, old, new)

    def rating_anew(self) -> None:
        """A rating told differently: another buyer, seat, time or number of stars, or of a session known by now."""
        if self.data.ratings:
            rng, old, other = (
                self.rng,
                self.rng.choice(self.data.ratings),
                self.rng.choice(self.data.messages),
            )
            changes = [
                {"buyer": other.buyer},
                {"seat": other.seat},
                {"rated_at": other.sent_at},
                {"rating": 4},
            ]
            changes += [{"session_id": session.session_id} for session in self.data.sessions[:1]]
            write(self.store, replace(old, **rng.choice(changes), invited=True))

    def session_of_a_rating(self) -> None:
        """The session of a rating that stood by itself comes in, or comes in as somebody else's."""
        named = [rating for rating in self.data.ratings if rating.session_id]
        if named:
            message = self.rng.choice(self.data.messages)
            at = message.sent_at
            write(
                self.store,
                Session(self.rng.choice(named).session_id, message.buyer, message.seat, at, at, 1, 1),
            )

    def a_holding(self) -> SeatAssignment | None:
        held = list(SeatAssignment.objects.filter(seat__store=self.store).order_by("pk"))
        return self.rng.choice(held) if held else None

    def a_day(self) -> date:
        return self.store.business_day(self.rng.choice(self.data.messages).sent_at)

    def holding_ends(self) -> None:
        with organization_scope(self.store.organization_id):
            held = self.a_holding()
            if held:
                last = max(held.since, self.a_day())
                end_assignment(held, min(last, held.until) if held.until else last)

    def holding_removed(self) -> None:
        with organization_scope(self.store.organization_id):
            if held := self.a_holding():
                remove_assignment(held)

    def agent_split(self) -> None:
        with organization_scope(self.store.organization_id):
            if held := self.a_holding():
                name = f"new {Agent.objects.count()}"
                split_agent(held.agent, [held], name, name)

    def setting(self) -> None:
        """A setting without a date: the whole store changes."""
        name, values = self.rng.choice(
            (
                ("day_cut_minutes", (0, 120, 240)),
                ("session_gap_minutes", (5, 30, 60)),
                ("auto_texts", ([], [{"kind": "prefix", "text": "亲"}])),
            )
        )
        with organization_scope(self.store.organization_id):
            setattr(self.store, name, self.rng.choice(values))
            save_settings(self.store, [name])

    def an_order(self) -> StoredOrder | None:
        known = list(StoredOrder.objects.filter(store=self.store).order_by("order_id"))
        return self.rng.choice(known) if known else None

    def an_agent(self) -> int | None:
        return self.rng.choice([None, *Agent.objects.order_by("pk").values_list("pk", flat=True)])

    def remark_anew(self) -> None:
        """A further version of an order's remark, with the line of the log that its writer writes."""
        with organization_scope(self.store.organization_id), connection.cursor() as cursor:
            if order := self.an_order():
                Remark.objects.create(
                    organization_id=self.store.organization_id, store=self.store, order=order,
                    number=Remark.objects.filter(order=order).count() + 1, sealed=b"",
                    flag=self.rng.choice((None, 0, 1, 2)), agent_id=self.an_agent(),
                    made_at=datetime(2025, 1, 1, tzinfo=UTC),
                )  # fmt: skip
                buyer = "SELECT %s::integer, NULL::integer, NULL::timestamptz, NULL::timestamptz"
                log_changes(cursor, self.store, buyer, [order.buyer_id or 0])

    def ruled(self) -> None:
        """A supervisor rules on an order, or lifts the ruling on one that has one."""
        user, now = make_user(), datetime(2025, 1, 1, tzinfo=UTC)
        with organization_scope(self.store.organization_id):
            held = [row.order for row in OwnershipRuling.objects.filter(kind="given").order_by("pk")]
            if held and self.rng.random() < 0.4:
                lift(self.rng.choice(held), "not so", user=user, now=now)
            elif (order := self.an_order()) and order.paid_at:
                people = [None, *ownable_by(order).values_list("pk", flat=True)]
                rule(order, self.rng.choice(people), "so", user=user, now=now)

    def replace_in(self, things: list, old, new) -> None:
        things[things.index(old)] = new
        write(self.store, new)
