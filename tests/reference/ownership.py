"""Who owns an order (docs/kpis.md §4)."""

from datetime import datetime, timedelta

from .days import UNASSIGNED, holder_at
from .model import DAY, Message, Order, Remark, Rule, Ruling, StoreData
from .outcome import ChatSession, Owner

HALF_AN_HOUR = timedelta(minutes=30)


def lander(
    sessions: list[ChatSession], buyer: str | None, t: datetime | None, rule: Rule
) -> ChatSession | None:
    """The session that lands an event of `buyer` at `t`; None = nobody, or an unknown time or buyer."""
    if buyer is None or t is None:
        return None
    covering: list[ChatSession] = []
    ended: list[ChatSession] = []
    for session in sessions:
        if session.buyer != buyer or session.served_at is None or session.served_at > t:
            continue
        if session.start <= t <= session.end:
            covering.append(session)
        elif session.end < t and t - session.end <= rule.window:
            ended.append(session)
    if rule.ownership == "rounds":
        return _with_most_rounds(covering + ended)
    return _latest(covering) or _latest(ended)


def _latest(sessions: list[ChatSession]) -> ChatSession | None:
    best: ChatSession | None = None
    for session in sessions:
        if best is None or _precedes(session, best):
            best = session
    return best


def _with_most_rounds(sessions: list[ChatSession]) -> ChatSession | None:
    most = max((session.rounds for session in sessions), default=0)
    return _latest([session for session in sessions if session.rounds == most])


def _precedes(one: ChatSession, other: ChatSession) -> bool:
    if one.end != other.end:
        return one.end > other.end
    if one.start != other.start:
        return one.start > other.start
    return one.seat < other.seat


def near_payment(session: ChatSession, paid_at: datetime, rule: Rule) -> bool:
    """A session served before the payment that ended no longer than the window before it."""
    return (
        session.served_at is not None
        and session.served_at <= paid_at
        and session.start <= paid_at
        and paid_at - session.end <= rule.window
    )


def remark_of(store: StoreData, order: Order) -> Remark | None:
    """The remark with the highest number that the order has."""
    current: Remark | None = None
    for remark in store.remarks:
        if remark.order_id == order.order_id and (current is None or remark.number > current.number):
            current = remark
    return current


def ruling_of(store: StoreData, order: Order) -> Ruling | None:
    """The ruling that holds; None where there was none, or the last that is not a refusal lifts the one before."""
    last: Ruling | None = None
    for ruling in store.rulings:
        if ruling.order_id != order.order_id or ruling.kind == "refused":
            continue
        if last is None or ruling.number > last.number:
            last = ruling
    return None if last is None or last.kind == "lifted" else last


def flag_of(store: StoreData, order: Order) -> int:
    """The order's flag: our remark's where it says one, else the platform's."""
    remark = remark_of(store, order)
    return order.flag if remark is None or remark.flag is None else remark.flag


def flagger_of(store: StoreData, order: Order, paid_at: datetime) -> str | None:
    """Who flagged the order: whom our remark names, else who held the flag's seat. None: it is not said."""
    remark = remark_of(store, order)
    if remark is not None and remark.agent is not None:
        return remark.agent
    return None if order.flag_seat is None else holder_at(store, order.flag_seat, paid_at)


def has_flag(store: StoreData, order: Order, paid_at: datetime, rule: Rule) -> bool:
    """Whether the order's flag names an agent under this version."""
    if rule.flag_rule != "assigns" or flag_of(store, order) == 0:
        return False
    return flagger_of(store, order, paid_at) is not None


def flag_excludes(store: StoreData, order: Order, rule: Rule) -> bool:
    """Whether the order's flag colour takes it from everybody under this version."""
    if rule.flag_rule != "excludes":
        return False
    flag = flag_of(store, order)
    if rule.excluded_flags is None:
        return flag != 0
    return flag in rule.excluded_flags


def flag_session(
    store: StoreData, sessions: list[ChatSession], order: Order, paid_at: datetime, rule: Rule
) -> ChatSession | None:
    """The session by which the flag holds, None when it does not."""
    person = flagger_of(store, order, paid_at)
    if order.buyer is None or person is None or person == UNASSIGNED:
        return None
    own = [s for s in sessions if s.buyer == order.buyer and s.agent == person]
    return _latest([s for s in own if near_payment(s, paid_at, rule)])


def chase_of(store: StoreData, order: Order, paid_at: datetime, rule: Rule) -> Message | None:
    """The latest reply of a person to the buyer from 24 h after creation to payment, within the window."""
    if order.created_at is None or order.buyer is None:
        return None
    chase: Message | None = None
    for message in store.messages:
        c = message.sent_at
        if message.buyer != order.buyer or message.direction != "out" or message.auto:
            continue
        if not (order.created_at + DAY <= c <= paid_at and paid_at - c <= rule.window):
            continue
        if holder_at(store, message.seat, c) == UNASSIGNED:
            continue
        if chase is None or c > chase.sent_at or (c == chase.sent_at and message.seat < chase.seat):
            chase = message
    return chase


def off_line(store: StoreData, person: str, c: datetime) -> bool:
    """No shift of `person` covers `c`, and no human reply of theirs to anybody lies within 30 min of it, all ends
    included."""
    for shift in store.shifts:
        if shift.name == person and shift.starts_at <= c <= shift.ends_at:
            return False
    for message in store.messages:
        if message.direction != "out" or message.auto:
            continue
        if (
            abs(message.sent_at - c) <= HALF_AN_HOUR
            and holder_at(store, message.seat, message.sent_at) == person
        ):
            return False
    return True


def chaser(
    store: StoreData, sessions: list[ChatSession], order: Order, paid_at: datetime, rule: Rule
) -> str | None:
    """The person who wins the order by chasing its payment; None when nobody does."""
    if not rule.chaser or order.cod or order.created_at is None:
        return None
    if not paid_at - order.created_at > DAY:
        return None
    chase = chase_of(store, order, paid_at, rule)
    if chase is None:
        return None
    person = holder_at(store, chase.seat, chase.sent_at)
    landed = lander(sessions, order.buyer, order.created_at, rule)
    if landed is None or landed.agent == UNASSIGNED:
        return person
    if landed.agent != person and off_line(store, landed.agent, chase.sent_at):
        return person
    return None


def owner_of(
    store: StoreData,
    sessions: list[ChatSession],
    order: Order,
    paid_at: datetime,
    rule: Rule,
    judgement: str,
) -> Owner:
    """Steps a to d of docs/kpis.md §4 for one sale under `rule`, its judgement replaced by `judgement`."""
    ruling = ruling_of(store, order)
    if ruling is not None:
        return Owner(ruling.agent, "ruling", None)
    if flag_excludes(store, order, rule):
        return Owner(None, "flag_excluded", None)
    if has_flag(store, order, paid_at, rule):
        session = flag_session(store, sessions, order, paid_at, rule)
        if session is not None:
            return Owner(session.agent, "flag", (session.seat, session.start, session.end))
    person = chaser(store, sessions, order, paid_at, rule)
    if person is not None:
        return Owner(person, "chaser", None)
    if judgement in ("order", "order_first"):
        session = lander(sessions, order.buyer, order.created_at, rule)
        if session is not None:
            return Owner(session.agent, "order", (session.seat, session.start, session.end))
    if judgement in ("payment", "order_first"):
        session = lander(sessions, order.buyer, paid_at, rule)
        if session is not None:
            return Owner(session.agent, "payment", (session.seat, session.start, session.end))
    return Owner(None, "silent", None)


def flag_not_honoured(
    store: StoreData, sessions: list[ChatSession], order: Order, paid_at: datetime, rule: Rule
) -> bool:
    """The order's flag names an agent and does not hold."""
    if not has_flag(store, order, paid_at, rule):
        return False
    return flag_session(store, sessions, order, paid_at, rule) is None


def assists_of(
    sessions: list[ChatSession], order: Order, paid_at: datetime, rule: Rule, owner: Owner
) -> set[str]:
    """Agents other than the owner who served the buyer near the payment."""
    helped: set[str] = set()
    for session in sessions:
        if session.buyer == order.buyer and near_payment(session, paid_at, rule):
            helped.add(session.agent)
    helped.discard(owner.agent or "")
    return helped
