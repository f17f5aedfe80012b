"""What a detector is: one small file in desk/detectors/ that says which matters stand by the facts.

A detector's SELECT is a function of the facts and of nothing else: it names every matter of the touched buyers that
ever stood, with the instant it opens (it may lie in the future) and, where the facts ended it, when and how. So it
does not matter when or how often it runs (desk/detecting.py compares the result with what is stored).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from stores.business_days import day_of
from team.holders import holder_of

# What the facts may say; no person can choose these codes.
ENDS = {
    "paid": _("Paid"),
    "closed_order": _("Order closed"),
    "re_ordered": _("Ordered again"),
    "shipped": _("Shipped"),
    "arrived": _("Arrived"),
    "moving_again": _("Moving again"),
    "answered": _("Answered"),
    "replied": _("Reply published"),
    "bought": _("Bought"),
    "remarked": _("Remark written"),
    "step_done": _("Step done"),
    "handled": _("Handled where it is kept"),
    "promise_kept": _("Kept"),
    "promise_broken": _("Broken"),
    "promise_withdrawn": _("Promise withdrawn"),
    "withdrawn": _("No longer holds"),
}


@dataclass(frozen=True)
class Option:
    """One figure or text of a detector that a store may set otherwise; its SQL reads it as %(name)s.

    clock: the figure is a time of day in minutes after midnight, shown and given as 17:30.
    """

    label: str
    default: int | str
    clock: bool = False


@dataclass(frozen=True)
class Detector:
    """name: the follow-ups' kind. label: what a list calls it; sentence: a msgid with places for facts, order, buyer.

    outcomes: what a person chooses from when closing, (code, msgid). columns: SQL of the columns of a matter (see
    COLUMNS), source: SQL after FROM. It may read the temporary table `touched_order` (desk/detecting.py) and must keep
    to `touched(column)` elsewhere. Parameters: zone, store, cut_off, lock (minutes), now, and the options.
    reach: SQL of the buyers whose time came in (%(reached)s, %(now)s], for what begins by the clock alone.
    needs_owner: a shift cannot end while it belongs to nobody. pooled: never given to whoever served the buyer.
    on_close, on_reopen: for a matter that is kept elsewhere (a complaint, a review), so that what a person says on
    the list is said there too, in the same transaction: (follow-up, outcome, user, now, note) and (follow-up, user, now).
    words: {name of a fact: {its code: msgid}} for facts the sentence shows in words.
    """

    name: str
    label: str
    sentence: str
    outcomes: tuple[tuple[str, str], ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    reach: str = ""
    enabled: bool = True
    needs_owner: bool = False
    pooled: bool = False
    on_close: Callable[..., None] | None = None
    on_reopen: Callable[..., None] | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self):
        if taken := {code for code, _label in self.outcomes} & ENDS.keys():
            raise ValueError(f"{self.name}: {taken} are outcomes the facts give")

    @property
    def select(self) -> str:
        """SELECT of this detector's matters, every column of COLUMNS by name."""
        if unknown := self.columns.keys() - COLUMNS.keys():
            raise ValueError(f"{self.name}: no such column: {unknown}")
        given = {**COLUMNS, **self.columns}
        return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in given.items())} FROM {self.source}"

    def defaults(self) -> dict[str, int | str]:
        return {name: option.default for name, option in self.options.items()}

    def describe(self, follow_up) -> str:
        """What is to be done, in the reader's language. follow_up: desk.FollowUp."""
        places = {**follow_up.facts, "order": follow_up.order_id or ""}
        for name, labels in self.words.items():
            if msgid := labels.get(places.get(name)):
                places[name] = gettext(msgid)
        return gettext(self.sentence) % _Places(places)

    def outcome_label(self, code: str) -> str:
        """The words for an outcome, a person's or the facts'; an unknown code is shown as it is."""
        label = {**ENDS, **dict(self.outcomes)}.get(code)
        return gettext(label) if label else code


class _Places(dict):
    def __missing__(self, key: str) -> str:
        return "–"


# The columns of a matter and what stands in where a detector says nothing. `opens_at`: when it begins to stand;
# one ended by then never stood. `locked_until`: not on any list before. `free_at`: from then on in the pool.
COLUMNS = {
    "subject": "o.order_id",
    "occasion": "''",
    "buyer_id": "o.buyer_id",
    "order_id": "o.order_id",
    "agent_id": "NULL::integer",
    "opens_at": "NULL::timestamptz",
    "due_at": "NULL::timestamptz",
    "free_at": "NULL::timestamptz",
    "locked_until": "NULL::timestamptz",
    "worth": "coalesce(o.paid_amount, o.total_amount)",
    "facts": "'{}'::jsonb",
    "ended_at": "NULL::timestamptz",
    "outcome": "''",
    "credited_agent_id": "NULL::integer",
}


def touched(column: str) -> str:
    """SQL condition that keeps the buyers being looked at. A literal array keeps the index order."""
    return f"(%(everybody)s OR {column} = ANY(%(buyers)s))"


def wall(instant: str) -> str:
    """SQL of an instant on the store's clocks, a timestamp without zone."""
    return f"({instant} AT TIME ZONE %(zone)s)"


def next_wall(instant: str, minutes: str) -> str:
    """SQL of the first instant at or after `instant` when the store's clocks show `minutes` after midnight."""
    midnight = f"date_trunc('day', {wall(instant)})"
    late = f"{wall(instant)} > {midnight} + make_interval(mins => {minutes})"
    return (
        f"(({midnight} + make_interval(mins => {minutes}, days => CASE WHEN {late} THEN 1 ELSE 0 END))"
        " AT TIME ZONE %(zone)s)"
    )


def cut_off_after(instant: str) -> str:
    """SQL of the day's shipping cut-off at or after `instant`, of that day or the next."""
    return next_wall(instant, "%(cut_off)s")


def first_of(**ends: str) -> dict[str, str]:
    """Columns ended_at and outcome: the earliest of these instants (SQL) and its name, in this order where equal."""
    earliest = f"least({', '.join(ends.values())})"
    cases = " ".join(f"WHEN {instant} = {earliest} THEN '{name}'" for name, instant in ends.items())
    return {"ended_at": earliest, "outcome": f"CASE {cases} ELSE '' END"}


def last_reply(buyer: str, since: str, until: str, unless: str = "true") -> str:
    """SQL of a subquery with sent_at and agent_id of the last reply a person wrote to a buyer between two instants.

    unless: SQL condition under which it is looked for at all. `kind + 0` as in kpis/chats.py.
    """
    return (
        f"(SELECT m.sent_at, nullif({holder_of('m.seat_id', day_of('m.sent_at'))}, 0) AS agent_id"
        f" FROM conversations_message m WHERE m.store_id = %(store)s AND m.buyer_id = {buyer} AND {unless}"
        f" AND m.sent_at BETWEEN {since} AND {until} AND m.kind + 0 = 1 ORDER BY m.sent_at DESC LIMIT 1)"
    )
