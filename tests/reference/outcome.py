"""What the reference finds: sessions, rounds, owners, inquiries and the agent-day rows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from .model import Message


@dataclass
class ChatSession:
    """A session of docs/kpis.md §2, built from messages or taken from an export.

    `served_at` is None when it was never served. `opened_by` is the direction of its first message,
    None for an exported one, whose messages are unknown (`messages` is empty then).
    """

    buyer: str
    seat: str
    agent: str
    day: date
    start: datetime
    end: datetime
    served_at: datetime | None
    rounds: int
    in_count: int
    reply_count: int
    opened_by: str | None
    messages: list[Message] = field(default_factory=list)
    exported: bool = False


@dataclass
class Round:
    """A round of docs/kpis.md §3; `agent` replied, or, unanswered, holds the seat that was asked.

    `seconds` and `replied_at` are None for an unanswered round.
    """

    buyer: str
    day: date
    agent: str
    asked_agent: str
    start: datetime
    replied_at: datetime | None
    seconds: int | None
    first: bool


@dataclass
class Inquiry:
    """An inquiry of docs/kpis.md §6; agent '' is the store's one inquiry of that buyer and day."""

    agent: str
    buyer: str
    day: date
    start: datetime
    converted_same_day: bool
    converted_final: bool
    rule_number: int


@dataclass
class Unconverted:
    """A row of R03: an agent's inquiry after which the buyer paid nothing in the store in time."""

    agent: str
    buyer: str
    day: date
    start: datetime
    first_message_at: datetime
    last_message_at: datetime
    chat_seconds: int
    in_count: int
    reply_count: int
    last_words: str | None
    unpaid_order: bool


@dataclass(frozen=True)
class Owner:
    """Who owns an order and by which step of docs/kpis.md §4.

    `agent` None = nobody. `reason`: flag, flag_excluded, chaser, order, payment, silent.
    `session`: (seat, start, end) of the winning session, None for the chaser and for nobody.
    """

    agent: str | None
    reason: str
    session: tuple[str, datetime, datetime] | None


@dataclass
class Result:
    """All that `compute` found.

    owners: (judgement, order_id) -> Owner for every sale under all three judgements.
    flags_not_honoured: order ids, sorted, whose flag did not hold (the same under every judgement).
    assists: order_id -> agents, for every sale, under the judgement the rows are made by.
    rows: dicts with the columns of `export_kpis --by agent-day`.
    """

    owners: dict[tuple[str, str], Owner]
    flags_not_honoured: list[str]
    assists: dict[str, set[str]]
    rows: list[dict[str, object]]
    sessions: list[ChatSession]
    rounds: list[Round]
    inquiries: list[Inquiry]
    unconverted: list[Unconverted]
