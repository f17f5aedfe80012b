"""The top of a page: tiles with their change, where sales come from, and the answer in a sentence or two."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from kpis import wording
from kpis.definitions import MEASURES, NO_CONVERSION, OF_CONVERSION, Measure
from kpis.figures import COUNTS
from kpis.rows import MONEY, Row
from kpis.tables import value_of

# With fewer inquiries a rate says more about luck than about the agent.
ENOUGH_INQUIRIES = 20
# A tenth slower, or a tenth more unanswered, than the team is chance.
NOTABLE = Decimal("1.25")


@dataclass(frozen=True)
class Tile:
    """One figure with its change. spark: points of a 100 × 26 drawing; tone: "better", "worse" or ""; why: it is unknown."""

    measure: Measure
    text: str
    exact: str
    change_text: str
    before_text: str
    direction: str
    tone: str
    spark: str
    href: str
    why: str | Promise = ""


@dataclass(frozen=True)
class Share:
    """One part of all sales. percent and from_percent: 0..100, for the drawing."""

    key: str
    name: str
    term: str
    amount: Decimal
    share: Decimal
    from_percent: float
    percent: float


def team_of(rows: Sequence[Row]) -> Row | None:
    """Several people's rows as one: sums of their sums, so that its rates weigh everybody by their work.

    None for no rows. Unlike a store's own row it counts a buyer who asked two people twice.
    """
    if not rows:
        return None
    team = copy(rows[0])
    known = team.__dict__
    for name in (name for name in COUNTS if name in known):
        known[name] = sum(getattr(row, name) for row in rows)
    for name in (name for name in MONEY if name in known):
        amounts = [getattr(row, name) for row in rows]
        setattr(team, name, None if None in amounts else sum(amounts))
    # The rows' histograms side by side: they are added up where somebody asks.
    known.pop("response_bins", None)
    if "bins_text" in known:
        team.bins_text = "{" + ",".join(row.bins_text[1:-1] for row in rows) + "}"
    team.rule_numbers = sorted({number for row in rows for number in row.rule_numbers})
    team.without_conversion = all(row.without_conversion for row in rows)
    team.is_final = all(row.is_final for row in rows)
    team.same_day_is_final = all(row.same_day_is_final for row in rows)
    return team


def difference_of(now, before, measure: Measure) -> Decimal | None:
    """Points of a rate, seconds of a time, else the share of the former value; None where either is unknown."""
    if now is None or before is None:
        return None
    now, before = Decimal(now), Decimal(before)
    if measure.unit in ("rate", "seconds"):
        return now - before
    return (now - before) / before if before else None


def tone_of(difference, measure: Measure) -> str:
    """Whether a difference is good news for this figure: a falling refund rate is."""
    if not difference or measure.better is None:
        return ""
    return "better" if (difference > 0) == (measure.better == "up") else "worse"


def tile_of(key: str, now, before, days: Sequence, currency: str, href: str = "") -> Tile:
    """now, before: figures rows (before may be None); days: the rows of its single days, in order."""
    measure = MEASURES[key]
    # Of somebody who has no conversion rate the days tell none either.
    none = now is not None and now.without_conversion and key in OF_CONVERSION
    value = value_of(now, key) if now else None
    former = value_of(before, key) if before else None
    difference = difference_of(value, former, measure)
    if difference is not None and measure.unit in ("rate", "money", "count", "ratio"):
        difference = round(difference, 3)
    return Tile(
        measure=measure,
        text=wording.figure_text(value, measure, currency),
        exact=wording.money_text(value, currency, exact=True) if measure.unit == "money" else "",
        change_text=wording.change_text(difference, measure) if difference is not None else "",
        before_text=wording.figure_text(former, measure, currency),
        direction="" if not difference else "up" if difference > 0 else "down",
        tone=tone_of(difference, measure),
        spark="" if none else spark_points([value_of(row, key) for row in days]),
        href="" if none else href,
        why=NO_CONVERSION if none else "",
    )


def spark_points(values: Sequence) -> str:
    """Values as "x,y x,y …" within 100 × 26, the highest on top; "" for fewer than three known ones."""
    known = [(position, float(value)) for position, value in enumerate(values) if value is not None]
    if len(known) < 3:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    step, scale = 100 / (len(values) - 1), (high - low) or 1
    return " ".join(
        f"{position * step:.1f},{23 - 20 * (value - low) / scale:.1f}" for position, value in known
    )


def composition_of(total: Decimal | None, agents, unassigned, silent, excluded) -> list[Share]:
    """All sales by who owns them; [] where there are none or a rate of exchange is missing."""
    parts = [
        ("agents", gettext("Agents"), "sales_share", agents),
        ("silent", gettext("Silent"), "silent_amount", silent),
        ("unassigned", gettext("Seats nobody held"), "", unassigned),
        ("excluded", gettext("Excluded by flag"), "excluded_amount", excluded),
    ]
    if not total or any(amount is None for *_, amount in parts):
        return []
    shares, start = [], 0.0
    for key, name, term, amount in parts:
        if not amount and key in ("unassigned", "excluded"):
            continue
        percent = float(max(amount, Decimal(0)) / total * 100)
        shares.append(Share(key, name, term, amount, amount / total, start, percent))
        start += percent
    return shares


def answer_of(
    rows: Sequence, team_for: Callable, currency: str, name_of: Callable, link: Callable
) -> list[SafeString]:
    """Who sells, and who loses buyers and why, in sentences worked out from the figures.

    rows: one per person; team_for(row) → the people to compare that person with, as one row; name_of(agent_id) → name;
    link(agent_id, page) → address. [] where nobody has enough inquiries to say anything.
    """

    def person(row) -> SafeString:
        return format_html('<a href="{}">{}</a>', link(row.agent_id, "agent_days"), name_of(row.agent_id))

    asked = [row for row in rows if row.inquiries >= ENOUGH_INQUIRIES and not row.without_conversion]
    if len(asked) < 2:
        return []
    return [_who_sells(asked, team_for, currency, person), *_who_loses(asked, team_for, person, link)]


def _who_sells(rows: Sequence, team_for: Callable, currency: str, person: Callable) -> SafeString:
    most = max(rows, key=lambda row: row.paid_amount or 0)
    best = max(rows, key=lambda row: row.conversion_final)
    values = {
        "agent": person(most),
        "amount": wording.money_text(most.paid_amount, currency),
        "share": wording.rate_text(most.sales_share),
        "rate": wording.rate_text(most.conversion_final),
        "team": wording.rate_text(team_for(best).conversion_final),
        "best": person(best),
        "best_rate": wording.rate_text(best.conversion_final),
    }
    if best is most:
        text = gettext(
            "{agent} sells the most ({amount}, {share} of all sales) and converts best: {rate} of inquiries, the team {team}."
        )
    else:
        text = gettext(
            "{agent} sells the most ({amount}, {share} of all sales); {best} converts best with {best_rate}, the team {team}."
        )
    return format_html(text, **values)


def lost_beyond_team(row, team) -> Decimal:
    """Inquiries this agent would have converted more at the team's rate; negative for a better agent."""
    return row.inquiries * Decimal(team.conversion_final) - row.converted_final


def _who_loses(rows: Sequence, team_for: Callable, person: Callable, link: Callable) -> list[SafeString]:
    worst = max(rows, key=lambda row: lost_beyond_team(row, team_for(row)))
    team = team_for(worst)
    lost = int(lost_beyond_team(worst, team))
    if lost < 1:
        return []
    sentence = format_html(
        ngettext(
            "{agent} converts {rate} and loses {lost} buyer more than at the team's rate",
            "{agent} converts {rate} and loses {lost} buyers more than at the team's rate",
            lost,
        ),
        agent=person(worst),
        rate=wording.rate_text(worst.conversion_final),
        lost=wording.count_text(lost),
    )
    return [format_html("{}{}", sentence, _reason(worst, team, link(worst.agent_id, "unconverted_buyers")))]


def _reason(worst, team, lost_chats: str) -> SafeString:
    """What sets the agent apart: slow answers, no answers, else only the chats themselves can tell."""
    slow = _times(worst.average_first_response_seconds, team.average_first_response_seconds)
    if slow and slow >= NOTABLE:
        return format_html(
            gettext(": the first answer takes {own}, {times} times the team's {team}."),
            own=wording.seconds_text(worst.average_first_response_seconds),
            team=wording.seconds_text(team.average_first_response_seconds),
            times=wording.ratio_text(slow).rstrip("0").rstrip("."),
        )
    silent = _times(_unanswered_share(worst), _unanswered_share(team))
    if silent and silent >= NOTABLE:
        return format_html(
            gettext(": {own} of the buyers who write get no answer that day, in the team {team}."),
            own=wording.rate_text(_unanswered_share(worst)),
            team=wording.rate_text(_unanswered_share(team)),
        )
    return format_html(
        gettext(", though answers come as quickly as the team's: read {chats}."),
        chats=format_html('<a href="{}">{}</a>', lost_chats, gettext("the lost chats")),
    )


def _times(own, others) -> Decimal | None:
    return Decimal(own) / Decimal(others) if own is not None and others else None


def _unanswered_share(row) -> Decimal | None:
    return Decimal(row.unanswered_buyers) / row.consulting_buyers if row.consulting_buyers else None
