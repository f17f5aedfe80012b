"""An agent's figures so far today, and what the next threshold of the answer rate still asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from kpis import wording
from kpis.figures import Query, agent_rows
from kpis.periods import Period
from kpis.positions import positions_in
from kpis.rows import MONEY, Row
from kpis.summary import team_of
from kpis.targets import Aims
from stores.models import Store

# What marketplaces grade by where the organization has set no target of its own.
THRESHOLDS = (Fraction(9, 10), Fraction(95, 100), Fraction(98, 100))


def replies_to_reach(answered: int, rounds: int, target: Fraction) -> int | None:
    """How many further rounds, all answered in time, bring answered / rounds to `target` (0..1); 0: it is reached.

    None where no number does: everything is asked for and something was late already.
    """
    missing = target * rounds - answered
    if missing <= 0:
        return 0
    if target >= 1:
        return None
    return -(-missing // (1 - target))


def late_to_spare(answered: int, rounds: int, target: Fraction) -> int:
    """How many further rounds may be answered late before answered / rounds falls below `target`; 0 below it."""
    if target <= 0:
        raise ValueError("a target of nothing is never missed")
    return max(0, int(answered / target) - rounds)


@dataclass(frozen=True)
class Rate:
    """Rounds of today in stores that ask for an answer within the same seconds."""

    seconds: int
    answered: int
    rounds: int
    target: Fraction

    @property
    def reached(self) -> bool:
        return self.rounds > 0 and self.answered >= self.target * self.rounds

    def sentence(self) -> str:
        """What the next threshold asks for, in the reader's language."""
        within = wording.seconds_text(self.seconds)
        share = f"{wording.ratio_text(self.target * 100).rstrip('0').rstrip('.,')}%"
        if not self.rounds:
            return gettext("No question has counted for the answer rate yet today.")
        if self.reached:
            spare = late_to_spare(self.answered, self.rounds, self.target)
            text = ngettext(
                "%(count)s reply may come later than %(within)s and %(share)s is kept.",
                "%(count)s replies may come later than %(within)s and %(share)s is kept.",
                spare,
            )
            return text % {"count": spare, "within": within, "share": share}
        wanted = replies_to_reach(self.answered, self.rounds, self.target)
        if wanted is None:
            return gettext("%(share)s within %(within)s cannot be reached today any more.") % {
                "share": share,
                "within": within,
            }
        text = ngettext(
            "%(count)s more reply within %(within)s reaches %(share)s.",
            "%(count)s more replies within %(within)s reach %(share)s.",
            wanted,
        )
        return text % {"count": wanted, "within": within, "share": share}


def next_target(answered: int, rounds: int, own: Fraction | None = None) -> Fraction:
    """The threshold to work for: `own` until it is reached, then the next of THRESHOLDS above it, the last one kept."""
    ladder = sorted({*THRESHOLDS, own}) if own else list(THRESHOLDS)
    if own:
        ladder = [step for step in ladder if step >= own]
    for step in ladder:
        if rounds == 0 or answered < step * rounds:
            return step
    return ladder[-1]


@dataclass(frozen=True)
class Today:
    """row: sums of the agent's business day over their stores, None without any; rates: one per seconds asked for."""

    row: Row | None
    rates: list[Rate]


def in_one_currency(rows: Sequence[Row], currency: str) -> list[Row]:
    """The rows with their money in `currency`, the organization's, where their stores' own differ."""
    if len({row.currency for row in rows}) > 1:
        for row in rows:
            for name in MONEY:
                setattr(row, name, getattr(row, f"{name}_converted"))
            row.currency = currency
    return list(rows)


def figures_today(
    agent_id: int,
    stores: Sequence[Store],
    now: datetime,
    currency: str,
    own: Mapping[int, Fraction] | None = None,
) -> Today:
    """What the agent did today, each store by its own business day.

    currency: the organization's. own: {store id: its target of the answer rate}, where one is set.
    """
    if not stores:
        return Today(None, [])
    days = {store.pk: store.business_day(now) for store in stores}
    query = Query(min(days.values()), max(days.values()), tuple(days), (agent_id,))
    rows = [
        row
        for row in agent_rows(query, "agent-day", now)
        if row.agent_id == agent_id and row.day == days[row.store_id]
    ]
    positions_in(Period(query.since, query.until)).mark(rows)
    seconds = {store.pk: store.rate_seconds for store in stores}
    wanted: dict[int, Fraction] = {}
    for store_id, target in (own or {}).items():
        if store_id in seconds:
            wanted[seconds[store_id]] = max(target, wanted.get(seconds[store_id], Fraction(0)))
    sums: dict[int, list[int]] = {}
    for row in rows:
        both = sums.setdefault(seconds[row.store_id], [0, 0])
        both[0] += row.rate_answered
        both[1] += row.rate_rounds
    rates = [
        Rate(asked, answered, rounds, next_target(answered, rounds, wanted.get(asked)))
        for asked, (answered, rounds) in sorted(sums.items())
        if rounds
    ]
    return Today(team_of(in_one_currency(rows, currency)), rates)


def sales_so_far(aims: Aims, agent_id: int, stores: Sequence[Store], now: datetime) -> list[str]:
    """A sentence for each of `stores` in which the agent has a part of the month's sales target.

    The month is that of the aims, up to each store's business day today.
    """
    parts = {aim.store_id: aim for aim in aims.stores if aim.sales and aim.store_id in {s.pk for s in stores}}
    if not parts:
        return []
    until = max(store.business_day(now) for store in stores)
    rows = agent_rows(Query(aims.month, until, tuple(parts), (agent_id,)), "agent", now)
    sold = {row.store_id: row.paid_amount for row in rows if row.agent_id == agent_id}
    names = {store.pk: store.name for store in stores}
    return [
        gettext("%(store)s this month: %(sold)s of %(target)s, %(share)s.")
        % {
            "store": names[store_id],
            "sold": wording.money_text(sold.get(store_id, Decimal(0)), aim.currency),
            "target": wording.money_text(aim.sales, aim.currency),
            "share": wording.rate_text(sold.get(store_id, Decimal(0)) / aim.sales),
        }
        for store_id, aim in parts.items()
    ]


def rate_targets(aims: Aims) -> dict[int, Fraction]:
    """{store id: its target of the answer rate}, where one is set."""
    return {
        aim.store_id: Fraction(aim.service["three_minute_rate"])
        for aim in aims.stores
        if aim.service.get("three_minute_rate")
    }
